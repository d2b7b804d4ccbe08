//! The page on which people sign in. It returns to where one was, and what was typed into a form when the session
//! ended comes back with it: in the page itself, with a digest that only the same person gets it back by. Who typed it
//! is known by the cookie or, where that is gone (somebody signed out in another tab), by the seal of the form, which
//! belongs to one session.

use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::form::{SEAL, Typed};
use crate::web::portal::page::{Frame, Page, own_address, split};
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::seal;
use crate::web::portal::session::token_of;
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::base::id::{SessionId, UserId};

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
    let owner = |typed: &Typed| match &token {
        Some(token) => Some(Owner::Person(token.user_id)),
        None => typed.named(SEAL).map(|seal| Owner::Form(seal.to_owned())),
    };
    let kept = typed.and_then(|typed| Some(keep(page, &owner(&typed)?, &typed)));
    let lead = match (&token, &kept) {
        (_, Some(_)) => page.t("title-signed-out"),
        (Some(_), None) => page.t("signed-out"),
        (None, None) => page.t("sign-in-first"),
    };
    let return_to = match (request.method() == Method::GET, page.shown_at.as_str()) {
        (true, _) => page.here_in(page.language),
        (false, "") => String::new(),
        (false, record) => page.to(record),
    };
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

/// Who gets back what was typed.
enum Owner {
    /// The person of the cookie, whose session is over.
    Person(UserId),
    /// The person in whose session the form with this seal was shown.
    Form(String),
}

fn keep(page: &Page, owner: &Owner, typed: &Typed) -> Kept {
    let fields: Vec<(&str, &str)> =
        typed.shown_again().chain(typed.named("version").map(|text| ("version", text))).collect();
    let seal = if let Owner::Form(seal) = owner { Some(seal) } else { None };
    let text = serde_json::json!({ "address": page.to(&page.path), "fields": fields, "seal": seal }).to_string();
    let digest =
        page.web.service.tokens.fingerprint(&signed(owner, &text).iter().map(Vec::as_slice).collect::<Vec<_>>());
    Kept { text, digest }
}

/// What the digest is of.
fn signed(owner: &Owner, text: &str) -> [Vec<u8>; 3] {
    let whose = match owner {
        Owner::Person(user) => user.to_string(),
        Owner::Form(_) => "a form".to_owned(),
    };
    [PURPOSE.to_vec(), whose.into_bytes(), text.as_bytes().to_vec()]
}

#[derive(serde::Deserialize)]
struct KeptForm {
    address: String,
    fields: Vec<(String, String)>,
    #[serde(default)]
    seal: Option<String>,
}

/// The page that brings a person back to what they typed: its button sends the form to its address, where it comes
/// back filled and is not acted on, because it has no seal of the new session.
#[derive(Template)]
#[template(path = "templates/everyone/resume.html", config = "src/web/askama.toml")]
pub struct Resume {
    /// At the address of the form, which its page in another language sends again.
    page: Page,
    frame: Frame,
    address: String,
    fields: Vec<(String, String)>,
}

impl Resume {
    /// What this person had typed; `None` if nothing was kept, or somebody else typed it. `sessions` are those of the
    /// person, over or not: in one of them the form was shown.
    pub fn of(page: &Page, user: UserId, sessions: &[SessionId], typed: &Typed) -> Option<Resume> {
        let (text, claimed) = typed.named(KEPT).zip(typed.named(KEPT_DIGEST))?;
        let kept: KeptForm = serde_json::from_str(text).ok()?;
        let tokens = &page.web.service.tokens;
        let owner = match kept.seal {
            Some(seal) => Owner::Form(seal),
            None => Owner::Person(user),
        };
        let parts = signed(&owner, text);
        let ours = tokens.is_fingerprint(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>(), claimed);
        let theirs = match &owner {
            Owner::Person(_) => true,
            Owner::Form(seal) => sessions.iter().any(|session| seal::open(tokens, *session, seal).is_some()),
        };
        let address = own_address(&kept.address).filter(|_| ours && theirs)?.to_owned();
        let frame = page.frame(page.t("title-resume"));
        let (_, path) = split(&address);
        let page = Page { path, carried: Some(kept.fields.clone().into()), ..page.clone() };
        Some(Resume { page, frame, address, fields: kept.fields })
    }
}
