//! Signing in, refreshing a session, signing out. A wrong password and an unknown address take equally long and
//! get the same answer. A refresh token is valid once: its second use ends the whole session (refresh token
//! rotation).

use crate::db::people::users::Credentials;
use crate::db::people::{sessions, users};
use crate::service::Service;
use crate::service::people::passwords;
use crate::service::running::error::Error;
use crate::service::running::operation::Operation;
use crate::service::running::runner::{Call, Caller, Command, Done, Work};
use crate::service::running::secret::random_secret;
use domain::base::calendar::Timestamp;
use domain::base::digest::hex;
use domain::base::id::{SessionId, UserId};
use domain::base::permission::Permission;
use domain::base::refusal::Refusal;
use domain::people::user::parse_email;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// After this many wrong passwords in a row …
const ATTEMPTS_MOST: i64 = 5;
/// … the account is locked for this many seconds.
const REST_SECONDS: i64 = 15 * 60;
const SECONDS_PER_DAY: i64 = 86_400;
/// So many sessions of a person are remembered to whom a form was shown.
const LAST_SESSIONS_MOST: i64 = 50;

/// The tokens returned by signing in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub access_token: String,
    pub expires_in_seconds: i64,
    pub refresh_token: String,
    pub user_id: UserId,
}

struct OpenSession {
    user_id: UserId,
    /// The hash that the password was checked against; the password may have been changed meanwhile.
    password_hash: String,
    session_id: SessionId,
    /// The digest of the refresh token; a browser has none.
    token_digest: Option<String>,
    seconds: i64,
}

impl Command for OpenSession {
    const NAME: &'static str = "sign_in";
    const PERMISSION: Permission = Permission::KeepSession;
    const REFUSALS: &'static [&'static str] = &["sign_in_failed"];
    type Answer = ();

    fn subject(&self) -> String {
        format!("user:{}", self.user_id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<()>, Error> {
        let at = work.system_now;
        let kept = users::credentials(work.tx, self.user_id)?;
        if !kept.is_some_and(|kept| kept.password_hash == self.password_hash && !rests(&kept, at)) {
            return Err(Refusal::SignInFailed.into());
        }
        sessions::insert(work.tx, self.session_id, self.user_id, at, at.plus_seconds(self.seconds))?;
        if let Some(digest) = &self.token_digest {
            sessions::insert_token(work.tx, digest, self.session_id, at)?;
        }
        users::set_attempts(work.tx, self.user_id, 0, None)?;
        Ok(Done { answer: (), subject: self.subject(), details: json!({ "session_id": self.session_id }) })
    }
}

struct CountWrongPassword {
    user_id: UserId,
}

impl Command for CountWrongPassword {
    const NAME: &'static str = "count_wrong_password";
    const PERMISSION: Permission = Permission::KeepSession;
    const REFUSALS: &'static [&'static str] = &[];
    type Answer = ();

    fn subject(&self) -> String {
        format!("user:{}", self.user_id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<()>, Error> {
        let kept = users::credentials(work.tx, self.user_id)?;
        // A guess that was under way when the lock began must not end it.
        let rested = kept.as_ref().is_some_and(|kept| rests(kept, work.system_now));
        let failed = kept.map_or(0, |kept| kept.failed_attempts) + 1;
        let rests = rested || failed >= ATTEMPTS_MOST;
        if !rested {
            let until = rests.then(|| work.system_now.plus_seconds(REST_SECONDS));
            users::set_attempts(work.tx, self.user_id, if rests { 0 } else { failed }, until)?;
        }
        Ok(Done { answer: (), subject: self.subject(), details: json!({ "rests": rests }) })
    }
}

struct RefreshSession {
    session_id: SessionId,
    used_digest: String,
    new_digest: String,
}

impl Command for RefreshSession {
    const NAME: &'static str = "refresh_session";
    const PERMISSION: Permission = Permission::KeepSession;
    const REFUSALS: &'static [&'static str] = &[];
    /// Whether the session continues; a token used twice ends it, and that must be committed.
    type Answer = bool;

    fn subject(&self) -> String {
        format!("session:{}", self.session_id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<bool>, Error> {
        let at = work.system_now;
        let token = sessions::find_token(work.tx, &self.used_digest)?;
        let fresh = token.is_some_and(|token| !token.used && !token.session_ended && token.session_expires_at > at);
        if fresh {
            sessions::use_token(work.tx, &self.used_digest, at)?;
            sessions::insert_token(work.tx, &self.new_digest, self.session_id, at)?;
        } else {
            sessions::end(work.tx, self.session_id, "refresh_token_used_twice", at)?;
        }
        Ok(Done { answer: fresh, subject: self.subject(), details: json!({ "goes_on": fresh }) })
    }
}

/// Signs out: the session ends at once.
pub struct EndSession {
    pub session_id: SessionId,
}

impl Command for EndSession {
    const NAME: &'static str = "end_session";
    const PERMISSION: Permission = Permission::KeepSession;
    const REFUSALS: &'static [&'static str] = &[];
    type Answer = ();

    fn subject(&self) -> String {
        format!("session:{}", self.session_id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<()>, Error> {
        sessions::end(work.tx, self.session_id, "signed_out", work.system_now)?;
        Ok(Done { answer: (), subject: self.subject(), details: json!({}) })
    }
}

/// Whether the account is locked after many wrong passwords.
fn rests(kept: &Credentials, now: Timestamp) -> bool {
    kept.locked_until.is_some_and(|until| until > now)
}

pub(in crate::service) fn digest(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Nobody has a token yet.
pub const SIGN_IN: Operation = Operation { permission: None, ..Operation::of::<OpenSession>() };
/// The refresh token says who it is. That it is not known is found before the command.
pub const REFRESH_SESSION: Operation =
    Operation { permission: None, refusals: &["session_ended"], ..Operation::of::<RefreshSession>() };
/// The log names what was ended, not the request.
pub const SIGN_OUT: Operation = Operation { command: None, ..Operation::of::<EndSession>() };

impl Service {
    /// Opens a session for a correct address and password.
    pub async fn sign_in(self: &Arc<Self>, email: &str, password: String) -> Result<SignedIn, Error> {
        let (user_id, password_hash) = self.recognise(email, password).await?;
        let refresh_token = random_secret()?;
        let seconds = self.session_days * SECONDS_PER_DAY;
        let session_id = self.open_session(user_id, password_hash, Some(&refresh_token), seconds).await?;
        let (access_token, expires_in_seconds) = self.tokens.issue(user_id, session_id, self.clock.system_now())?;
        Ok(SignedIn { access_token, expires_in_seconds, refresh_token, user_id })
    }

    /// The person with this address and password, and the hash that the password was checked against.
    pub(in crate::service) async fn recognise(
        self: &Arc<Self>,
        email: &str,
        password: String,
    ) -> Result<(UserId, String), Error> {
        let email = parse_email(email).unwrap_or_default();
        let found = self
            .read_openly(move |tx| {
                let Some(user) = users::find_by_email(tx, &email)?.filter(|user| user.disabled_at.is_none()) else {
                    return Ok(None);
                };
                Ok(users::credentials(tx, user.id)?.map(|kept| (user.id, kept)))
            })
            .await?;
        self.require_password(found, password).await
    }

    /// The account with the hash that its password was checked against, if the password is correct and the
    /// account is not locked. A wrong password is counted, whichever request it came with.
    pub(in crate::service) async fn require_password(
        self: &Arc<Self>,
        found: Option<(UserId, Credentials)>,
        password: String,
    ) -> Result<(UserId, String), Error> {
        let kept = found.as_ref().map(|(_, kept)| kept.password_hash.clone());
        let cost = self.password_cost;
        let right = self
            .with_password(move || match kept {
                Some(hash) => passwords::verify(&password, &hash),
                None => passwords::verify_nothing(cost, &password).map(|()| false),
            })
            .await?;
        let now = self.clock.system_now();
        match found.filter(|(_, kept)| !rests(kept, now)) {
            Some((user_id, kept)) if right => Ok((user_id, kept.password_hash)),
            Some((user_id, _)) => {
                let call = Call::unkeyed(Caller::Arriving(user_id));
                self.execute(call, CountWrongPassword { user_id }, |()| String::new()).await?;
                Err(Refusal::SignInFailed.into())
            }
            None => Err(Refusal::SignInFailed.into()),
        }
    }

    /// The last sessions of the caller, over or not.
    pub async fn last_sessions(self: &Arc<Self>, caller: Caller) -> Result<Vec<SessionId>, Error> {
        self.read(caller, Permission::KeepSession, move |tx, actor| {
            Ok(sessions::last_of(tx, actor.user_id, LAST_SESSIONS_MOST)?)
        })
        .await
    }

    /// Opens a session of this many seconds, with the digest of a refresh token if there is one.
    pub(in crate::service) async fn open_session(
        self: &Arc<Self>,
        user_id: UserId,
        password_hash: String,
        refresh_token: Option<&str>,
        seconds: i64,
    ) -> Result<SessionId, Error> {
        let session_id = SessionId(uuid::Uuid::now_v7());
        let token_digest = refresh_token.map(digest);
        let command = OpenSession { user_id, password_hash, session_id, token_digest, seconds };
        self.execute(Call::unkeyed(Caller::Arriving(user_id)), command, |()| String::new()).await?;
        Ok(session_id)
    }

    /// A new pair of tokens for a refresh token that was not used before.
    pub async fn refresh(self: &Arc<Self>, refresh_token: &str) -> Result<SignedIn, Error> {
        let used_digest = digest(refresh_token);
        let wanted = used_digest.clone();
        let ended = || Error::from(Refusal::SessionEnded);
        let token = self.read_openly(move |tx| Ok(sessions::find_token(tx, &wanted)?)).await?.ok_or_else(ended)?;
        let new_token = random_secret()?;
        let command = RefreshSession { session_id: token.session_id, used_digest, new_digest: digest(&new_token) };
        let call = Call::unkeyed(Caller::Arriving(token.user_id));
        let answered = self.execute(call, command, |goes_on| goes_on.to_string()).await;
        // A disabled account is told only that its session has ended.
        let answered = answered.map_err(|error| match error {
            Error::Unauthenticated => ended(),
            other => other,
        })?;
        if answered.body != true.to_string() {
            return Err(ended());
        }
        let (access_token, expires_in_seconds) =
            self.tokens.issue(token.user_id, token.session_id, self.clock.system_now())?;
        Ok(SignedIn { access_token, expires_in_seconds, refresh_token: new_token, user_id: token.user_id })
    }
}
