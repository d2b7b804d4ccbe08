//! Signing in, refreshing a session, signing out.

use crate::service::people::sessions::{EndSession, SignedIn};
use crate::service::running::runner::{Call, Caller};
use crate::web::Web;
use crate::web::edge::extract::{Open, Signed};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::{Reply, show};
use actix_web::{HttpResponse, delete, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The credentials of a person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub email: String,
    pub password: String,
}

/// A refresh token; it is valid once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    pub refresh_token: String,
}

/// Tokens of an open session.
#[derive(Serialize, ToSchema)]
pub struct TokensGiven {
    /// Send it as `Authorization: Bearer …`.
    pub access_token: String,
    pub token_type: &'static str,
    pub expires_in_seconds: i64,
    pub refresh_token: String,
    pub user_id: domain::base::id::UserId,
}

impl From<SignedIn> for TokensGiven {
    fn from(signed: SignedIn) -> Self {
        TokensGiven {
            access_token: signed.access_token,
            token_type: "Bearer",
            expires_in_seconds: signed.expires_in_seconds,
            refresh_token: signed.refresh_token,
            user_id: signed.user_id,
        }
    }
}

/// Sign in with e-mail and password.
#[utoipa::path(tag = "sessions", request_body = SignIn, responses((status = 200, description = "An open session", body = TokensGiven)))]
#[post("/sessions")]
pub async fn sign_in(web: web::Data<Web>, body: Open<SignIn>) -> Reply {
    let Open(SignIn { email, password }) = body;
    show(TokensGiven::from(web.service.sign_in(&email, password).await?))
}

/// Get new tokens for a refresh token. Using one twice ends the session.
#[utoipa::path(tag = "sessions", request_body = Refresh, responses((status = 200, description = "The session goes on", body = TokensGiven)))]
#[post("/sessions/refresh")]
pub async fn refresh_session(web: web::Data<Web>, body: Open<Refresh>) -> Reply {
    show(TokensGiven::from(web.service.refresh(&body.0.refresh_token).await?))
}

/// Sign out: the session and all its tokens end at once.
#[utoipa::path(tag = "sessions", responses((status = 204, description = "Signed out")))]
#[delete("/sessions/current")]
pub async fn sign_out(web: web::Data<Web>, signed: Signed) -> Reply {
    let Caller::Person { session_id, .. } = signed.0 else {
        return Err(Problem::edge("unauthenticated", "sign in first"));
    };
    web.service.execute(Call::unkeyed(signed.0), EndSession { session_id }, |()| String::new()).await?;
    Ok(HttpResponse::NoContent().finish())
}
