//! Links that sign a person in once, for the people of the demo. Only a process that plays the demo on a fresh sandbox
//! has them; in every other process there is no such way in. Their digests are in memory alone, so that every link
//! ends with the process.

use crate::db::people::users;
use crate::service::Service;
use crate::service::people::sessions::digest;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::secret::random_secret;
use domain::base::id::UserId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// The links of this process; none can be made before the demo has begun.
#[derive(Default)]
pub struct SignInLinks(OnceLock<Mutex<BTreeMap<String, Link>>>);

struct Link {
    user_id: UserId,
    used: bool,
}

/// What a link led to.
pub enum Entered {
    /// A session, with the token for the cookie.
    In(String),
    /// Nothing: it was used before.
    UsedBefore,
}

impl SignInLinks {
    fn begin(&self) {
        self.0.get_or_init(Mutex::default);
    }

    fn open(&self) -> Result<MutexGuard<'_, BTreeMap<String, Link>>, Error> {
        let links = self.0.get().ok_or(Error::NotFound("link"))?;
        Ok(links.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes a link; `None` if it was used before.
    fn take(&self, digest: &str) -> Result<Option<UserId>, Error> {
        let mut links = self.open()?;
        let link = links.get_mut(digest).or_not_found("link")?;
        let was_used = std::mem::replace(&mut link.used, true);
        Ok((!was_used).then_some(link.user_id))
    }

    /// Makes a link good again that led to no session.
    fn put_back(&self, digest: &str) -> Result<(), Error> {
        self.open()?.get_mut(digest).or_not_found("link")?.used = false;
        Ok(())
    }
}

/// What somebody reads whose demo would play in a database that is in use.
pub const NEEDS_UNUSED: &str = "the demo needs a fresh database, and this one has been used: name another one, or none";

impl Service {
    /// Says that this process plays the demo: only a sandbox that nobody has used may.
    pub async fn begin_demo(self: &Arc<Self>) -> Result<(), Error> {
        if !self.sandbox || !self.is_unused().await? {
            return Err(Error::Setup(NEEDS_UNUSED.to_owned()));
        }
        self.sign_in_links.begin();
        Ok(())
    }

    /// Whether this process plays the demo.
    pub fn plays_demo(&self) -> bool {
        self.sign_in_links.0.get().is_some()
    }

    /// Makes a link for a person; returns its secret, which is stored nowhere.
    pub async fn make_sign_in_link(self: &Arc<Self>, email: &str) -> Result<String, Error> {
        let email = email.to_owned();
        let user = self.read_openly(move |tx| Ok(users::find_by_email(tx, &email)?)).await?.or_not_found("user")?;
        let secret = random_secret()?;
        self.sign_in_links.open()?.insert(digest(&secret), Link { user_id: user.id, used: false });
        Ok(secret)
    }

    /// Opens an ordinary session of a browser for the person of a link, the first time.
    pub async fn sign_in_by_link(self: &Arc<Self>, secret: &str) -> Result<Entered, Error> {
        let digest = digest(secret);
        let Some(user_id) = self.sign_in_links.take(&digest)? else { return Ok(Entered::UsedBefore) };
        let opened = self.enter(user_id).await;
        if opened.is_err() {
            self.sign_in_links.put_back(&digest)?;
        }
        opened.map(Entered::In)
    }

    async fn enter(self: &Arc<Self>, user_id: UserId) -> Result<String, Error> {
        let kept = self.read_openly(move |tx| Ok(users::credentials(tx, user_id)?)).await?;
        let kept = kept.ok_or(Error::Unauthenticated)?;
        Ok(self.begin_portal_session(user_id, kept.password_hash).await?.1)
    }
}
