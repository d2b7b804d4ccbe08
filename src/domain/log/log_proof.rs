//! The inclusion proof of a log entry, as one text that can be checked with only the log's key
//! (C2SP `tlog-proof`): the entry itself, its index, the path to the root, and the checkpoint.

use crate::log::audit::AuditEntry;
use crate::log::merkle::Hash;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::fmt;

/// An entry, its index and inclusion path, and the checkpoint that covers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogProof {
    pub entry: AuditEntry,
    /// The index among the leaves, counted from 0.
    pub index: u64,
    /// The inclusion path, from the leaf's sibling up to the child of the root.
    pub path: Vec<Hash>,
    /// The signed note.
    pub checkpoint: String,
}

impl LogProof {
    /// The entry as JSON, which is sent with the proof: its hash is computed from these fields.
    pub fn entry_json(&self) -> String {
        // An entry holds only text and numbers, which always have a JSON form.
        serde_json::to_string(&self.entry).unwrap_or_default()
    }
}

impl fmt::Display for LogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "c2sp.org/tlog-proof@v1")?;
        writeln!(f, "extra {}", BASE64.encode(self.entry_json()))?;
        writeln!(f, "index {}", self.index)?;
        for hash in &self.path {
            writeln!(f, "{}", BASE64.encode(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::UserId;
    use crate::log::audit::{AuditFacts, AuditOutcome, FIRST_PREVIOUS_HASH};

    #[test]
    fn the_text_is_that_of_the_specification() {
        let facts = AuditFacts {
            sequence: 4,
            recorded_at: "2026-05-01T00:00:00Z".parse().unwrap(),
            actor_id: UserId(uuid::Uuid::nil()),
            command: "c".into(),
            subject: "s".into(),
            outcome: AuditOutcome::Done,
            code: None,
            details: "{}".into(),
            journal_digest: None,
        };
        let entry = facts.link(FIRST_PREVIOUS_HASH);
        let proof = LogProof { entry, index: 3, path: vec![[7; 32], [8; 32]], checkpoint: "o\n4\nr\n\n— s\n".into() };
        let text = proof.to_string();
        let lines: Vec<&str> = text.split('\n').collect();
        assert_eq!((lines[0], lines[2]), ("c2sp.org/tlog-proof@v1", "index 3"));
        let extra = BASE64.decode(lines[1].strip_prefix("extra ").unwrap()).unwrap();
        assert_eq!(String::from_utf8(extra).unwrap(), proof.entry_json());
        assert_eq!(lines[3..5].iter().map(|line| BASE64.decode(line).unwrap()).collect::<Vec<_>>(), [[7; 32], [8; 32]]);
        assert_eq!(lines[5..], ["", "o", "4", "r", "", "— s", ""]);
    }
}
