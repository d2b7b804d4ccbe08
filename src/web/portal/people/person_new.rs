//! Making an account. Its random password is shown once, on the page that answers the form, and kept nowhere.

use crate::service::people::users::NewUser;
use crate::web::api::people::users::UserCreation;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::sent::Sent;
use actix_web::HttpResponse;
use askama::Template;
use domain::base::permission::Role;

const FORM: &str = "person-new";
const FIELDS: &[&str] = &["/email", "/name", "/roles", "/organisation_id"];

#[derive(Template)]
#[template(path = "templates/people/person_new.html", config = "src/web/askama.toml")]
struct PersonNewPage<'a> {
    page: &'a Page,
    frame: Frame,
    companies: Vec<(String, String)>,
    form: Form,
    warning: Option<Warning>,
}

#[derive(Template)]
#[template(path = "templates/people/person_made.html", config = "src/web/askama.toml")]
struct PersonMadePage<'a> {
    page: &'a Page,
    frame: Frame,
    /// `None` when the form was sent again: it was shown before.
    password: Option<String>,
    address: String,
    /// For whom it is, as it was typed.
    name: String,
    email: String,
}

/// The form of a new account.
pub async fn person_new(page: Page) -> Reply {
    let companies = page.web.service.companies_for_people(page.caller()?).await?;
    page.show(&view(&page, companies, None))
}

fn frame_of(page: &Page, key: &str) -> Frame {
    let mut frame = page.frame(page.t(key));
    frame.crumbs.push(page.crumb("title-people", "/people"));
    frame
}

fn view<'a>(page: &'a Page, companies: Vec<(String, String)>, trouble: Option<&Trouble>) -> PersonNewPage<'a> {
    let form = Form::new(page, FORM, "/people", FIELDS, trouble);
    let form = form.labelled([("/organisation_id", "field-organisation_id")]);
    let warning = trouble.map(|trouble| Warning::of(trouble, &form, page.language));
    let frame = Frame { wrong: warning.is_some(), ..frame_of(page, "title-person-new") };
    PersonNewPage { page, frame, companies, form, warning }
}

/// Makes the account.
pub async fn make(sent: Sent) -> Reply {
    match made(&sent).await {
        Ok((address, password)) => {
            // The account is made: its page in another language is no form that is sent again.
            let page = &Page { carried: None, ..sent.page.clone() };
            let frame = frame_of(page, "title-person-made");
            let typed = |pointer: &str| sent.typed.text(pointer).trim().to_owned();
            let (name, email) = (typed("/name"), typed("/email"));
            page.show_with(HttpResponse::Created(), &PersonMadePage { page, frame, password, address, name, email })
        }
        Err(problem) => sent.answer(Err(problem), "/people", FORM, again).await,
    }
}

/// The address of the new account, and its password.
async fn made(sent: &Sent) -> Result<(String, Option<String>), Problem> {
    let (UserCreation { email, name, roles, organisation_id, password }, call) = sent.call()?;
    let new = NewUser { email, name, roles, organisation_id, password };
    let render = |user: domain::people::user::User| format!("/people/{}", user.id);
    let made = sent.page.web.service.create_user(call, new, render).await?;
    Ok((sent.page.to(&made.answered.body), made.password))
}

async fn again(page: Page, trouble: Trouble) -> Reply {
    let companies = page.web.service.companies_for_people(page.caller()?).await?;
    let shown = view(&page, companies, Some(&trouble));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

impl PersonNewPage<'_> {
    fn all_roles(&self) -> &'static [Role] {
        Role::ALL
    }
}
