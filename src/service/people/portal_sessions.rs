//! Sessions of browsers: the same table as the sessions of programs, so that ending one ends it everywhere. The
//! cookie lives for some minutes after the last request, and the session for some hours in all.

use crate::service::Service;
use crate::service::people::tokens::PortalToken;
use crate::service::running::error::Error;
use domain::base::id::{SessionId, UserId};
use std::sync::Arc;

const SECONDS_PER_MINUTE: i64 = 60;
const SECONDS_PER_HOUR: i64 = 3_600;
/// A cookie that is older than this is issued again with the next answer.
const FRESH_SECONDS: i64 = 60;

impl Service {
    /// Opens a session for a correct address and password; returns who it is, and the token for the cookie.
    pub async fn sign_in_to_portal(
        self: &Arc<Self>,
        email: &str,
        password: String,
    ) -> Result<(UserId, SessionId, String), Error> {
        let (user_id, password_hash) = self.recognise(email, password).await?;
        let (session_id, token) = self.begin_portal_session(user_id, password_hash).await?;
        Ok((user_id, session_id, token))
    }

    /// Opens the session of a browser for a person who was recognised; returns it with the token for the cookie.
    pub(in crate::service) async fn begin_portal_session(
        self: &Arc<Self>,
        user_id: UserId,
        password_hash: String,
    ) -> Result<(SessionId, String), Error> {
        let seconds = self.portal.session_hours * SECONDS_PER_HOUR;
        let session_id = self.open_session(user_id, password_hash, None, seconds).await?;
        let token = self.portal_token(user_id, session_id, self.clock.system_now().seconds())?;
        Ok((session_id, token))
    }

    /// A new token for the cookie when the old one is more than a minute old; `None` while it is fresh.
    pub fn renewed_portal_token(&self, token: &PortalToken) -> Result<Option<String>, Error> {
        if self.clock.system_now().seconds() - token.issued_at <= FRESH_SECONDS {
            return Ok(None);
        }
        self.portal_token(token.user_id, token.session_id, token.signed_in_at).map(Some)
    }

    /// The token of a cookie: good for the minutes of the settings, but not past the end of the session.
    fn portal_token(&self, user: UserId, session: SessionId, signed_in_at: i64) -> Result<String, Error> {
        let now = self.clock.system_now();
        let idle = now.seconds() + self.portal.idle_minutes * SECONDS_PER_MINUTE;
        let last = signed_in_at + self.portal.session_hours * SECONDS_PER_HOUR;
        self.tokens.issue_portal(user, session, signed_in_at, now, idle.min(last))
    }
}
