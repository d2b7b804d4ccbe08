//! Cosignatures (C2SP `tlog-cosignature`, Ed25519): a witness states that a checkpoint is
//! consistent with the one it saw before. The request to a witness (C2SP `tlog-witness`) is also
//! built here.

use crate::base::calendar::Timestamp;
use crate::log::checkpoint::{NotANote, SignedCheckpoint, is_key_name};
use crate::log::merkle::Hash;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::DateTime;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// The signature type of the note format: an Ed25519 cosignature.
const COSIGNER: u8 = 4;
const TIME_BYTES: usize = 8;

/// A cosignature as it is stored with its checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeptCosignature {
    /// The number of entries of the log that the checkpoint covers.
    pub size: i64,
    pub witness: String,
    /// The signature line of the note.
    pub line: String,
    /// The time at which the witness states that it signed.
    pub cosigned_at: Timestamp,
}

/// The key of a witness: its name and its public key, by which its cosignatures are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessKey {
    pub name: String,
    pub public: [u8; 32],
}

impl WitnessKey {
    /// The key id: the first four bytes of SHA-256 over name, type and key.
    pub fn id(&self) -> [u8; 4] {
        let hasher = Sha256::new_with_prefix(&self.name).chain_update([b'\n', COSIGNER]);
        let digest: Hash = hasher.chain_update(self.public).finalize().into();
        [digest[0], digest[1], digest[2], digest[3]]
    }
}

/// Written `<name>+<key id>+<type and key in Base64>`.
impl fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key: Vec<u8> = [COSIGNER].iter().chain(&self.public).copied().collect();
        write!(f, "{}+{:08x}+{}", self.name, u32::from_be_bytes(self.id()), BASE64.encode(key))
    }
}

impl FromStr for WitnessKey {
    type Err = NotANote;

    fn from_str(line: &str) -> Result<Self, NotANote> {
        let bad = || NotANote("a witness's key is a name, its id and kind 4 with the Ed25519 key in Base64");
        let mut parts = line.trim_end_matches('\n').splitn(3, '+');
        let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(bad());
        };
        let bytes = BASE64.decode(encoded).ok().filter(|bytes| bytes.first() == Some(&COSIGNER));
        let public = bytes.and_then(|bytes| bytes.get(1..)?.try_into().ok()).ok_or_else(bad)?;
        let key = WitnessKey { name: name.to_owned(), public };
        let named = is_key_name(name) && id == format!("{:08x}", u32::from_be_bytes(key.id()));
        if named { Ok(key) } else { Err(bad()) }
    }
}

/// A cosignature of this key on a note: the time it was made, the text it signs, and the signature.
/// The caller must verify the signature; no cryptography is done here.
pub fn stated(note: &SignedCheckpoint, key: &WitnessKey) -> Option<(Timestamp, String, Vec<u8>)> {
    let ours = note.signatures.iter().find(|one| one.name == key.name && one.key_id == key.id())?;
    let (time, signature) = ours.signature.split_first_chunk::<TIME_BYTES>()?;
    let seconds = i64::try_from(u64::from_be_bytes(*time)).ok()?;
    let at = Timestamp::new(DateTime::from_timestamp(seconds, 0)?);
    Some((at, format!("cosignature/v1\ntime {seconds}\n{}", note.text), signature.to_vec()))
}

/// The body of the request that a witness cosign a checkpoint, given the size it cosigned last and
/// the consistency proof that the log has only grown since.
pub fn add_checkpoint(old_size: i64, consistency: &[Hash], note: &str) -> String {
    let proof: String = consistency.iter().map(|hash| format!("{}\n", BASE64.encode(hash))).collect();
    format!("old {old_size}\n{proof}\n{note}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_witness_key_has_its_own_kind() {
        let key = WitnessKey { name: "witness.example/w1".to_owned(), public: [3; 32] };
        assert_eq!(key.to_string().parse::<WitnessKey>().unwrap(), key);
        // The key of a log is not a valid key of a witness.
        let log = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        for wrong in ["", "witness.example/w1", log, &key.to_string().replacen('w', "v", 1)] {
            assert!(wrong.parse::<WitnessKey>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_request_is_that_of_the_specification() {
        assert_eq!(add_checkpoint(0, &[], "o\n4\nr\n\n\u{2014} o x\n"), "old 0\n\no\n4\nr\n\n\u{2014} o x\n");
        let line = BASE64.encode([1; 32]);
        assert_eq!(add_checkpoint(3, &[[1; 32]], "n"), format!("old 3\n{line}\n\nn"));
    }
}
