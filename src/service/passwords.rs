//! Passwords: hashing with argon2id (RFC 9106) and the parameters that OWASP recommends, and random passwords.

use crate::service::error::Error;
use crate::service::secret::random_secret;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

fn hasher() -> Result<Argon2<'static>, Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash to store. Takes tens of milliseconds, so it never runs inside a transaction.
pub fn hash(password: &str) -> Result<String, Error> {
    let hash = hasher()?.hash_password(password.as_bytes()).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(hash.to_string())
}

/// Whether the password belongs to the hash.
pub fn verify(password: &str, kept: &str) -> Result<bool, Error> {
    let parsed = PasswordHash::new(kept).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(hasher()?.verify_password(password.as_bytes(), &parsed).is_ok())
}

/// Does as much work as [`verify`] for an unknown address, so that the answer takes equally long.
pub fn verify_nothing(password: &str) -> Result<(), Error> {
    hash(password).map(|_| ())
}

/// A random password of 120 bits that people can type.
pub fn random_password() -> Result<String, Error> {
    Ok(random_secret()?.chars().take(20).collect())
}
