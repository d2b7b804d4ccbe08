//! The one hidden field of every form: an idempotency key, and a keyed digest (MAC) over the key and the session. A
//! form that another site made has none that fits, and a form that is sent twice acts once.

use crate::service::people::tokens::Tokens;
use domain::base::id::SessionId;

/// Keeps the digests of seals apart from all others that are made with the same key.
const PURPOSE: &[u8] = b"seal of a form";

/// A seal with a new key, for a form that this session is shown.
pub fn new(tokens: &Tokens, session: SessionId) -> String {
    of_key(tokens, session, &uuid::Uuid::now_v7().to_string())
}

/// The seal of this key in this session.
pub fn of_key(tokens: &Tokens, session: SessionId, key: &str) -> String {
    let digest = tokens.fingerprint(&[PURPOSE, session.to_string().as_bytes(), key.as_bytes()]);
    format!("{key}.{digest}")
}

/// The key of a seal that was made for this session; `None` for every other text.
pub fn open(tokens: &Tokens, session: SessionId, seal: &str) -> Option<String> {
    let (key, digest) = seal.split_once('.')?;
    let ours = tokens.is_fingerprint(&[PURPOSE, session.to_string().as_bytes(), key.as_bytes()], digest);
    ours.then(|| key.to_owned())
}
