//! Signing in and out.

use crate::service::people::sessions::EndSession;
use crate::service::running::runner::{Call, Caller};
use crate::web::api::people::sessions::SignIn;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::field::Trouble;
use crate::web::portal::page::{Page, own_page};
use crate::web::portal::problem_page::{REDRAWN, brings_the_form_back, redrawn};
use crate::web::portal::route_table::permission_of_page;
use crate::web::portal::sent::Sent;
use crate::web::portal::session::{ending, keeping};
use crate::web::portal::sign_in_page::{self, FORM, KEPT, RETURN, Resume};
use crate::web::routes::Nothing;
use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Query;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::id::SessionId;
use domain::base::permission::Permission;
use domain::people::user::User;
use serde::Deserialize;

/// Why one signs in, and where one goes on to.
#[derive(Default, Deserialize)]
pub struct SignInQuery {
    #[serde(default)]
    after: String,
    #[serde(default, rename = "return")]
    return_to: String,
}

/// The page to sign in.
pub async fn sign_in_page(page: Page, query: Query<SignInQuery>) -> Reply {
    let lead = (query.after == "password").then(|| page.t("password-changed"));
    sign_in_page::page(&page, own_page(&query.return_to).unwrap_or_default(), lead)
}

/// Signs in, and returns to where one was.
pub async fn sign_in(sent: Sent) -> Reply {
    let begun = if sent.typed.redraws() { Err(redrawn(REDRAWN)) } else { begin(&sent).await };
    match begun {
        Ok((user, sessions, token)) => {
            let mut answer = entered(&sent, &user, &sessions)?;
            let cookie = keeping(&sent.page.web.service.portal, &token);
            let value = HeaderValue::from_str(&cookie).map_err(|error| Problem::edge("internal", error.to_string()))?;
            answer.headers_mut().insert(header::SET_COOKIE, value);
            Ok(answer)
        }
        Err(problem) if brings_the_form_back(&problem) => {
            let trouble = Trouble { form: FORM, typed: sent.typed, problem, key: None };
            sign_in_page::again(&sent.page, &trouble)
        }
        Err(problem) => Err(problem),
    }
}

/// Begins the session: the person, their sessions, and the token for the cookie.
async fn begin(sent: &Sent) -> Result<(User, Vec<SessionId>, String), Problem> {
    let (SignIn { email, password }, _) = sent.typed.body::<SignIn>()?;
    // Nobody tried a password who typed none: it is named, and counts as no attempt.
    let mut empty = FieldErrors::new();
    empty.require(!email.trim().is_empty(), "/email", FieldReason::Empty);
    empty.require(!password.is_empty(), "/password", FieldReason::Empty);
    empty.finish()?;
    let service = &sent.page.web.service;
    let (user_id, session_id, token) = service.sign_in_to_portal(&email, password).await?;
    let caller = Caller::Person { user_id, session_id };
    let (user, _) = service.visitor(caller).await?;
    let kept = sent.typed.named(KEPT).is_some();
    let sessions = if kept { service.last_sessions(caller).await? } else { Vec::new() };
    Ok((user, sessions, token))
}

/// What follows on signing in: what the same person had typed, where they were, or the first page. Nobody is led to a
/// page that their roles do not have.
fn entered(sent: &Sent, user: &User, sessions: &[SessionId]) -> Reply {
    if let Some(resume) = Resume::of(&sent.page, user.id, sessions, &sent.typed) {
        return sent.page.show(&resume);
    }
    let may = |permission: Permission| permission.check(&user.roles).is_ok();
    let asked = sent.typed.named(RETURN).and_then(own_page);
    let asked = asked.filter(|address| permission_of_page(address).is_none_or(may));
    let first = sent.page.to("/");
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, asked.unwrap_or(&first))).finish())
}

/// Signs out: the session ends at once, and the browser forgets what it has of this service.
pub async fn sign_out(sent: Sent) -> Reply {
    let (Nothing {}, call) = sent.call::<Nothing>()?;
    let session_id = sent.page.visitor()?.session_id;
    let call = Call { key: None, ..call };
    sent.page.web.service.execute(call, EndSession { session_id }, |()| String::new()).await?;
    let mut answer = sent.page.see_other("/");
    let forget = HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");
    answer.headers_mut().insert(header::HeaderName::from_static("clear-site-data"), forget);
    if let Ok(value) = HeaderValue::from_str(&ending(&sent.page.web.service.portal)) {
        answer.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(answer)
}
