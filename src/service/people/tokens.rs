//! Access tokens, and the tokens in the cookies of browsers: JWT (RFC 7519, RFC 9068) signed with Ed25519. The key
//! is created at the first start and stored in a file that only the service may read. Issuer, audience, type, key
//! id and times are checked. The two kinds have different types, so that neither is taken for the other.

use crate::config::SignIn;
use crate::service::running::error::Error;
use crate::service::running::key_file;
use aws_lc_rs::signature::KeyPair;
use aws_lc_rs::{constant_time, hmac};
use domain::base::calendar::Timestamp;
use domain::base::digest::hex;
use domain::base::id::{SessionId, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A program sends it with every request to the interface.
    Access,
    /// A browser sends it as the cookie of the portal.
    Portal,
}

impl Kind {
    /// The required `typ` of a token (RFC 9068 for the first).
    fn typ(self) -> &'static str {
        match self {
            Kind::Access => "at+jwt",
            Kind::Portal => "portal+jwt",
        }
    }
}

/// What the cookie of a browser says. The signature is ours; whether it is still in time is said apart, because a
/// cookie that is over still says whose typed text it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortalToken {
    pub user_id: UserId,
    pub session_id: SessionId,
    /// When the person signed in, in seconds since 1970.
    pub signed_in_at: i64,
    /// When this token was issued, in seconds since 1970.
    pub issued_at: i64,
    pub in_time: bool,
}

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
    checked: Mutex<HashMap<String, (Kind, Claims)>>,
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
    /// When the person signed in; only tokens of the portal say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
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
        let claims = self.claims(user, session, now, now.seconds() + seconds);
        Ok((self.sign(Kind::Access, &claims)?, seconds))
    }

    /// Returns the token for the cookie of a browser: good until `until`, in seconds since 1970.
    pub fn issue_portal(
        &self,
        user: UserId,
        session: SessionId,
        signed_in_at: i64,
        now: Timestamp,
        until: i64,
    ) -> Result<String, Error> {
        let claims = Claims { auth_time: Some(signed_in_at), ..self.claims(user, session, now, until) };
        self.sign(Kind::Portal, &claims)
    }

    fn claims(&self, user: UserId, session: SessionId, now: Timestamp, until: i64) -> Claims {
        Claims {
            iss: self.settings.issuer.clone(),
            aud: self.settings.audience.clone(),
            sub: user,
            sid: session,
            iat: now.seconds(),
            nbf: now.seconds(),
            exp: until,
            auth_time: None,
        }
    }

    fn sign(&self, kind: Kind, claims: &Claims) -> Result<String, Error> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(kind.typ().to_owned());
        header.kid = Some(self.key_id.clone());
        jsonwebtoken::encode(&header, claims, &self.signing).map_err(|error| Error::Internal(error.to_string()))
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

    /// Whether somebody who has our key made this fingerprint of these parts; takes equally long for every answer.
    pub fn is_fingerprint(&self, parts: &[&[u8]], claimed: &str) -> bool {
        constant_time::verify_slices_are_equal(self.fingerprint(parts).as_bytes(), claimed.as_bytes()).is_ok()
    }

    /// What the cookie of a browser says, if this service issued it for the portal.
    pub fn check_portal(&self, token: &str, now: Timestamp) -> Result<PortalToken, Error> {
        let claims = self.known_claims(Kind::Portal, token)?;
        let now = now.seconds();
        Ok(PortalToken {
            user_id: claims.sub,
            session_id: claims.sid,
            signed_in_at: claims.auth_time.ok_or(Error::Unauthenticated)?,
            issued_at: claims.iat,
            in_time: claims.nbf <= now && now < claims.exp,
        })
    }

    /// The user and session of a token, if this service issued it for itself and it is valid now.
    pub fn check(&self, token: &str, now: Timestamp) -> Result<(UserId, SessionId), Error> {
        let claims = self.known_claims(Kind::Access, token)?;
        let now = now.seconds();
        let in_time = claims.nbf <= now + LEEWAY_SECONDS
            && claims.iat <= now + LEEWAY_SECONDS
            && now < claims.exp + LEEWAY_SECONDS;
        if in_time { Ok((claims.sub, claims.sid)) } else { Err(Error::Unauthenticated) }
    }

    /// The claims of a token that this service signed. The signature over one text is checked once (a
    /// read-through cache); times, session and account are checked again for every request.
    fn known_claims(&self, kind: Kind, token: &str) -> Result<Claims, Error> {
        if let Ok(checked) = self.checked.lock()
            && let Some((known, claims)) = checked.get(token)
        {
            return if *known == kind { Ok(claims.clone()) } else { Err(Error::Unauthenticated) };
        }
        let claims = self.signed_claims(kind, token)?;
        if let Ok(mut checked) = self.checked.lock() {
            if checked.len() >= MOST_CHECKED {
                checked.clear();
            }
            checked.insert(token.to_owned(), (kind, claims.clone()));
        }
        Ok(claims)
    }

    fn signed_claims(&self, kind: Kind, token: &str) -> Result<Claims, Error> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Error::Unauthenticated)?;
        // Whoever made a token critical in something that is not understood here must not be taken at half their word
        // (RFC 7515, 4.1.11).
        if header.crit.is_some()
            || header.typ.as_deref() != Some(kind.typ())
            || header.kid.as_deref() != Some(self.key_id.as_str())
        {
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
