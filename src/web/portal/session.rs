//! The session of a browser: who its cookie says it is, and the headers that set the cookie and take it away.

use crate::config::Portal;
use crate::service::people::tokens::PortalToken;
use crate::service::running::runner::Caller;
use crate::service::worklist::visitor::ToDo;
use crate::web::Web;
use crate::web::edge::problem::Problem;
use crate::web::edge::{cookie, extract};
use actix_web::HttpRequest;
use domain::base::id::SessionId;
use domain::people::user::User;

/// A person who is signed in.
#[derive(Clone)]
pub struct Visitor {
    pub user: User,
    pub caller: Caller,
    pub session_id: SessionId,
    /// What waits for them; `None` for roles that have no worklist.
    pub to_do: Option<ToDo>,
}

/// The cookie for the next answer, when the old one is no longer fresh.
pub struct Renewed(pub String);

/// What the cookie says, if there is one that this service made; an access token beside it is refused.
pub fn token_of(request: &HttpRequest, web: &Web) -> Result<Option<PortalToken>, Problem> {
    extract::refuse_both(request, web)?;
    let Some(value) = cookie::value(request, &web.service.portal) else { return Ok(None) };
    Ok(web.service.tokens.check_portal(value, web.service.clock.system_now()).ok())
}

/// The value of `Set-Cookie` that keeps a person signed in until the browser is closed or the token is over.
pub fn keeping(settings: &Portal, token: &str) -> String {
    format!("{}={token}; {}", cookie::name(settings), attributes(settings))
}

/// The value of `Set-Cookie` that takes the cookie away.
pub fn ending(settings: &Portal) -> String {
    format!("{}=; {}; Max-Age=0", cookie::name(settings), attributes(settings))
}

fn attributes(settings: &Portal) -> &'static str {
    if settings.plain_cookie { "Path=/; HttpOnly; SameSite=Lax" } else { "Path=/; Secure; HttpOnly; SameSite=Lax" }
}
