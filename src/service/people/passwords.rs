//! Passwords: hashing with argon2id (RFC 9106) and the parameters that OWASP recommends, and random passwords.

use crate::service::running::error::Error;
use crate::service::running::secret::random_secret;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};

/// How much work one password costs, and so how much each guess at it costs. No setting chooses it:
/// a service that is started by [`crate::service::Service::start`] has the recommended cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    pub memory_kib: u32,
    pub passes: u32,
}

impl PasswordCost {
    /// What OWASP recommends for argon2id. It takes tens of milliseconds.
    pub const RECOMMENDED: PasswordCost = PasswordCost { memory_kib: 19_456, passes: 2 };

    fn hasher(self) -> Result<Argon2<'static>, Error> {
        let params = Params::new(self.memory_kib, self.passes, LANES, None)
            .map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

const LANES: u32 = 1;

/// The hash to store. It is slow on purpose, so it never runs inside a transaction.
pub fn hash(cost: PasswordCost, password: &str) -> Result<String, Error> {
    let hasher = cost.hasher()?;
    let hash = hasher.hash_password(password.as_bytes()).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(hash.to_string())
}

/// Whether the password belongs to the hash, which names the cost it was made at.
pub fn verify(password: &str, kept: &str) -> Result<bool, Error> {
    let parsed = PasswordHash::new(kept).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(PasswordCost::RECOMMENDED.hasher()?.verify_password(password.as_bytes(), &parsed).is_ok())
}

/// Does as much work as [`verify`] for an unknown address, so that the answer takes equally long.
pub fn verify_nothing(cost: PasswordCost, password: &str) -> Result<(), Error> {
    hash(cost, password).map(|_| ())
}

/// A random password of 120 bits that people can type.
pub fn random_password() -> Result<String, Error> {
    Ok(random_secret()?.chars().take(20).collect())
}
