//! The page on which people sign in. It returns to where one was, and what was typed into a form when the session
//! ended comes back with it: in the page itself, with a digest that only the same person gets it back by.

use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::form::Typed;
use crate::web::portal::page::{Frame, Page, own_address};
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::session::token_of;
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::base::id::UserId;

/// The name of the form.
pub const FORM: &str = "sign-in";
/// The hidden field with the address to return to.
pub const RETURN: &str = "return";
/// The hidden field with what was typed when the session ended, and the one with its digest.
pub const KEPT: &str = "kept";
pub const KEPT_DIGEST: &str = "kept-digest";
/// Keeps this digest apart from all others that are made with the same key.
const PURPOSE: &[u8] = b"typed text of an ended session";

#[derive(Template)]
#[template(path = "templates/everyone/sign_in.html", config = "src/web/askama.toml")]
struct SignInPage<'a> {
    page: &'a Page,
    frame: Frame,
    form: Form,
    warning: Option<Warning>,
    /// Why the page is shown, if nobody asked for it.
    lead: Option<String>,
    return_to: String,
    kept: Option<Kept>,
}

/// What was typed into a form when the session ended.
pub struct Kept {
    /// The address and the fields, as JSON.
    pub text: String,
    pub digest: String,
}

/// The sign-in page that was asked for; it leads to `return_to` afterwards.
pub fn page(page: &Page, return_to: &str, lead: Option<String>) -> Reply {
    let shown = SignInPage { lead, return_to: return_to.to_owned(), ..SignInPage::new(page, None) };
    page.show(&shown)
}

/// The sign-in page again, after a wrong password.
pub fn again(page: &Page, trouble: &Trouble) -> Reply {
    let field = |name: &str| trouble.typed.named(name).map(str::to_owned);
    let kept = field(KEPT).zip(field(KEPT_DIGEST)).map(|(text, digest)| Kept { text, digest });
    let return_to = field(RETURN).unwrap_or_default();
    let shown = SignInPage { return_to, kept, ..SignInPage::new(page, Some(trouble)) };
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

/// The sign-in page in place of one that leads nowhere any more.
pub fn instead(page: &Page, lead: String, problem: &Problem) -> Reply {
    let shown = SignInPage { lead: Some(lead), ..SignInPage::new(page, None) };
    Ok(whole(page.show_with(builder(problem), &shown)?, problem))
}

/// The sign-in page in place of another one.
pub fn asked(page: &Page, request: &HttpRequest, typed: Option<Typed>) -> Reply {
    let token = token_of(request, &page.web).ok().flatten();
    let kept = token.as_ref().zip(typed).map(|(token, typed)| keep(page, token.user_id, &typed));
    let lead = match (&token, &kept) {
        (_, Some(_)) => page.t("title-signed-out"),
        (Some(_), None) => page.t("signed-out"),
        (None, None) => page.t("sign-in-first"),
    };
    let is_read = request.method() == Method::GET;
    let return_to = if is_read { page.here_in(page.language) } else { String::new() };
    let shown = SignInPage { lead: Some(lead), return_to, kept, ..SignInPage::new(page, None) };
    page.show_with(HttpResponse::Unauthorized(), &shown)
}

impl<'a> SignInPage<'a> {
    fn new(page: &'a Page, trouble: Option<&Trouble>) -> SignInPage<'a> {
        let form = Form::new(page, FORM, "/sign-in", &["/email", "/password"], trouble);
        let warning = trouble.map(|trouble| Warning::of(trouble, &form, page.language));
        let frame = Frame { wrong: warning.is_some(), ..page.frame(page.t("do-sign-in")) };
        SignInPage { page, frame, form, warning, lead: None, return_to: String::new(), kept: None }
    }
}

fn keep(page: &Page, user: UserId, typed: &Typed) -> Kept {
    let fields: Vec<(&str, &str)> =
        typed.shown_again().chain(typed.named("version").map(|text| ("version", text))).collect();
    let text = serde_json::json!({ "address": page.to(&page.path), "fields": fields }).to_string();
    let digest = digest(page, user, &text);
    Kept { text, digest }
}

fn digest(page: &Page, user: UserId, text: &str) -> String {
    page.web.service.tokens.fingerprint(&[PURPOSE, user.to_string().as_bytes(), text.as_bytes()])
}

#[derive(serde::Deserialize)]
struct KeptForm {
    address: String,
    fields: Vec<(String, String)>,
}

/// The page that brings a person back to what they typed: its button sends the form to its address, where it comes
/// back filled and is not acted on, because it has no seal of the new session.
#[derive(Template)]
#[template(path = "templates/everyone/resume.html", config = "src/web/askama.toml")]
pub struct Resume<'a> {
    page: &'a Page,
    frame: Frame,
    address: String,
    fields: Vec<(String, String)>,
}

impl<'a> Resume<'a> {
    /// What this person had typed; `None` if nothing was kept, or somebody else typed it.
    pub fn of(page: &'a Page, user: UserId, typed: &Typed) -> Option<Resume<'a>> {
        let (text, claimed) = typed.named(KEPT).zip(typed.named(KEPT_DIGEST))?;
        let parts = [PURPOSE, user.to_string().as_bytes(), text.as_bytes()].map(<[u8]>::to_vec);
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let ours = page.web.service.tokens.is_fingerprint(&parts, claimed);
        let kept: KeptForm = serde_json::from_str(text).ok().filter(|_| ours)?;
        let address = own_address(&kept.address)?.to_owned();
        let frame = page.frame(page.t("title-resume"));
        Some(Resume { page, frame, address, fields: kept.fields })
    }
}
