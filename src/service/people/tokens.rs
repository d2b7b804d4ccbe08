//! Access tokens: JWT (RFC 7519, RFC 9068) signed with Ed25519. The key is created at the first start and
//! stored in a file that only the service may read. Issuer, audience, type, key id and times are checked.

use crate::config::SignIn;
use crate::service::running::error::Error;
use crate::service::running::key_file;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::KeyPair;
use domain::base::calendar::Timestamp;
use domain::base::digest::hex;
use domain::base::id::{SessionId, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;

/// The required `typ` of a token (RFC 9068).
const TOKEN_TYPE: &str = "at+jwt";
/// Clocks may differ by this many seconds.
const LEEWAY_SECONDS: i64 = 5;
/// Number of tokens whose valid signature is cached.
const MOST_CHECKED: usize = 4_096;

/// Issues and checks access tokens.
pub struct Tokens {
    signing: EncodingKey,
    checking: DecodingKey,
    key_id: String,
    fingerprinting: hmac::Key,
    settings: SignIn,
    checked: Mutex<HashMap<String, Claims>>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl Tokens {
    /// Reads the key from the folder, or creates it there (mode 0600).
    pub fn open(folder: &Path, settings: &SignIn) -> Result<Tokens, Error> {
        let (key, pair) = key_file::open(&folder.join("signing-key.p8"))?;
        let public = pair.public_key().as_ref().to_vec();
        Ok(Tokens {
            signing: EncodingKey::from_ed_der(&key),
            checking: DecodingKey::from_ed_der(&public),
            fingerprinting: hmac::Key::new(hmac::HMAC_SHA256, &Sha256::digest(&key)),
            key_id: hex(&Sha256::digest(&public)).chars().take(16).collect(),
            settings: settings.clone(),
            checked: Mutex::default(),
        })
    }

    /// Returns a token for this session, and for how many seconds it is valid.
    pub fn issue(&self, user: UserId, session: SessionId, now: Timestamp) -> Result<(String, i64), Error> {
        let seconds = self.settings.access_minutes * 60;
        let claims = Claims {
            iss: self.settings.issuer.clone(),
            aud: self.settings.audience.clone(),
            sub: user,
            sid: session,
            iat: now.seconds(),
            nbf: now.seconds(),
            exp: now.seconds() + seconds,
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TOKEN_TYPE.to_owned());
        header.kid = Some(self.key_id.clone());
        let token = jsonwebtoken::encode(&header, &claims, &self.signing)
            .map_err(|error| Error::Internal(error.to_string()))?;
        Ok((token, seconds))
    }

    /// Computes the fingerprint by which two requests count as the same. It is keyed (HMAC), because bodies may
    /// contain passwords, and from a plain hash in the database they could be guessed.
    pub fn fingerprint(&self, parts: &[&[u8]]) -> String {
        let mut context = hmac::Context::with_key(&self.fingerprinting);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        hex(context.sign().as_ref())
    }

    /// The user and session of a token, if this service issued it for itself and it is valid now.
    pub fn check(&self, token: &str, now: Timestamp) -> Result<(UserId, SessionId), Error> {
        let claims = self.known_claims(token)?;
        let now = now.seconds();
        let in_time = claims.nbf <= now + LEEWAY_SECONDS
            && claims.iat <= now + LEEWAY_SECONDS
            && now < claims.exp + LEEWAY_SECONDS;
        if in_time { Ok((claims.sub, claims.sid)) } else { Err(Error::Unauthenticated) }
    }

    /// The claims of a token that this service signed. The signature over one text is checked once (a
    /// read-through cache); times, session and account are checked again for every request.
    fn known_claims(&self, token: &str) -> Result<Claims, Error> {
        if let Ok(checked) = self.checked.lock()
            && let Some(claims) = checked.get(token)
        {
            return Ok(claims.clone());
        }
        let claims = self.signed_claims(token)?;
        if let Ok(mut checked) = self.checked.lock() {
            if checked.len() >= MOST_CHECKED {
                checked.clear();
            }
            checked.insert(token.to_owned(), claims.clone());
        }
        Ok(claims)
    }

    fn signed_claims(&self, token: &str) -> Result<Claims, Error> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Error::Unauthenticated)?;
        if header.typ.as_deref() != Some(TOKEN_TYPE) || header.kid.as_deref() != Some(self.key_id.as_str()) {
            return Err(Error::Unauthenticated);
        }
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        rules.set_issuer(&[&self.settings.issuer]);
        rules.set_audience(&[&self.settings.audience]);
        // Times are checked below against the clock that is passed in.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        Ok(jsonwebtoken::decode::<Claims>(token, &self.checking, &rules).map_err(|_| Error::Unauthenticated)?.claims)
    }
}
