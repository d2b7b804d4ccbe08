//! Digests: hexadecimal text, and a hash over a list of fields that is different for different
//! lists.

use sha2::{Digest, Sha256};

/// The bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

/// Hashes length-prefixed fields, so that no two different lists of fields give the same input
/// bytes.
pub(crate) struct FieldHasher(Sha256);

impl FieldHasher {
    /// Starts with a domain-separation text, which names the kind and version of what is hashed.
    pub(crate) fn new(domain: &str) -> Self {
        let mut hasher = Self(Sha256::new());
        hasher.field(domain);
        hasher
    }

    /// Adds a field, prefixed with its length in bytes (8 bytes, big-endian).
    pub(crate) fn field(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(text.as_bytes());
    }

    /// The SHA-256 as hexadecimal digits.
    pub(crate) fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

/// The same input as for [`FieldHasher`], gathered first and hashed at once: many short fields are hashed faster so.
pub(crate) struct Fields(Vec<u8>);

impl Fields {
    pub(crate) fn new(domain: &str) -> Self {
        let mut fields = Self(Vec::with_capacity(1_024));
        fields.field(domain);
        fields
    }

    pub(crate) fn field(&mut self, text: &str) {
        self.0.extend_from_slice(&(text.len() as u64).to_be_bytes());
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn sha256(self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }
}
