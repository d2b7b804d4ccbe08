//! A change of the key that signs the log. Its entry names the new key, which signs that it begins there; the key
//! before signs the same, where it is still at hand.

use crate::log::checkpoint::VerifierKey;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

/// The command whose entry changes the key.
pub const ACCEPT_NEW_KEY: &str = "accept_new_key";

/// The subject of that entry.
pub const LOG_KEY: &str = "log_key";

/// A key and its signature of the text that begins its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySignature {
    pub key: VerifierKey,
    pub signature: Vec<u8>,
}

/// What the entry of a change says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogKeyChange {
    /// The entry: checkpoints that cover it are signed with the new key, and those before with the key before.
    pub sequence: i64,
    pub new: KeySignature,
    /// The key before, where it was at hand.
    pub before: Option<KeySignature>,
}

/// The text that both keys sign: the place in the log, the hash of the entry before it, and the new key.
pub fn signed_text(sequence: i64, previous_hash: &str, new: &VerifierKey) -> String {
    format!("magnet-scheme log key v1\n{sequence}\n{previous_hash}\n{new}\n")
}

impl KeySignature {
    fn json(&self) -> Value {
        json!({ "key": self.key.to_string(), "signature": BASE64.encode(&self.signature) })
    }

    fn of(value: &Value) -> Option<KeySignature> {
        let key = value["key"].as_str()?.parse().ok()?;
        Some(KeySignature { key, signature: BASE64.decode(value["signature"].as_str()?).ok()? })
    }
}

impl LogKeyChange {
    /// The details of its entry; `entries` is the size of the newest checkpoint that the key before signed.
    pub fn details(&self, entries: i64) -> Value {
        json!({
            "new": self.new.json(), "before": self.before.as_ref().map(KeySignature::json),
            "newest_checkpoint": entries,
        })
    }

    /// What an entry with these details says; `None` if it is no change of the key.
    pub fn of(sequence: i64, details: &str) -> Option<LogKeyChange> {
        let details: Value = serde_json::from_str(details).ok()?;
        let before = Some(&details["before"]).filter(|before| !before.is_null());
        let before = match before {
            Some(before) => Some(KeySignature::of(before)?),
            None => None,
        };
        Some(LogKeyChange { sequence, new: KeySignature::of(&details["new"])?, before })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_reads_back_from_its_entry() {
        let key = |byte: u8| VerifierKey { name: "example.org/log".to_owned(), public: [byte; 32] };
        let signature = |byte: u8| KeySignature { key: key(byte), signature: vec![byte; 64] };
        for before in [None, Some(signature(1))] {
            let change = LogKeyChange { sequence: 7, new: signature(2), before };
            assert_eq!(LogKeyChange::of(7, &change.details(5).to_string()), Some(change));
        }
        let whole = LogKeyChange { sequence: 7, new: signature(2), before: Some(signature(1)) }.details(5).to_string();
        for wrong in ["", "{}", &whole.replace("example.org/log+", "other+"), &whole.replacen("AgIC", "!", 1)] {
            assert_eq!(LogKeyChange::of(7, wrong), None, "{wrong}");
        }
        assert_ne!(signed_text(7, "a", &key(1)), signed_text(7, "a", &key(2)));
    }
}
