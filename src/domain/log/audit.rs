//! The audit log: one entry for every act and every refused attempt, each linked to the previous
//! entry by its hash (a hash chain). The hash is taken over length-prefixed fields, never over a
//! serialiser's output, so that anybody can compute it in any language.

use crate::base::calendar::Timestamp;
use crate::base::digest::{FieldHasher, hex};
use crate::base::id::UserId;
use crate::budget::ledger::Entry;
use crate::words;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

words! {
    /// The outcome of an attempt.
    pub enum AuditOutcome {
        Done = "done",
        Refused = "refused",
    }
}

/// The previous hash of the first entry.
pub const FIRST_PREVIOUS_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The fields of one entry, without its link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditFacts {
    /// 1 for the first entry; the sequence has no gaps.
    pub sequence: i64,
    pub recorded_at: Timestamp,
    pub actor_id: UserId,
    /// The command, such as `sanction_tranche`.
    pub command: String,
    /// The record the command acted on: noun and id.
    pub subject: String,
    pub outcome: AuditOutcome,
    /// The refusal's code, if it was refused.
    pub code: Option<String>,
    /// The decision, as JSON text. It contains no personal data and no full account number.
    pub details: String,
    /// Digest of the journal that the act posted.
    pub journal_digest: Option<String>,
}

/// One entry as stored: its fields and its link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditEntry {
    #[serde(flatten)]
    pub facts: AuditFacts,
    pub previous_hash: String,
    pub hash: String,
}

impl AuditFacts {
    /// Links the entry to the one whose hash is `previous_hash`.
    pub fn link(self, previous_hash: &str) -> AuditEntry {
        let hash = self.hash_after(previous_hash);
        AuditEntry { facts: self, previous_hash: previous_hash.to_owned(), hash }
    }

    /// SHA-256 over a domain-separation text and every field, each prefixed with its length (8
    /// bytes, big-endian).
    pub fn hash_after(&self, previous_hash: &str) -> String {
        let (recorded_at, actor_id) = (self.recorded_at.to_string(), self.actor_id.to_string());
        let (code, journal_digest) = (self.code.as_deref(), self.journal_digest.as_deref());
        let outcome = self.outcome.as_str();
        let before = [&recorded_at, &actor_id, &self.command, &self.subject, outcome, code.unwrap_or("")];
        let fields = before.into_iter().chain([&self.details, journal_digest.unwrap_or("")]);
        entry_hash(previous_hash, self.sequence, fields)
    }
}

fn entry_hash<'f>(previous_hash: &str, sequence: i64, fields: impl Iterator<Item = &'f str>) -> String {
    let mut hasher = FieldHasher::new("magnet-scheme audit entry v1");
    hasher.field(previous_hash);
    hasher.field(itoa::Buffer::new().format(sequence));
    fields.for_each(|field| hasher.field(field));
    hasher.finish()
}

/// One entry in the text form in which it is stored. Its hash is over these texts, so checking it
/// does not require parsing them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenEntry {
    pub sequence: i64,
    pub recorded_at: String,
    pub actor_id: String,
    pub command: String,
    pub subject: String,
    pub outcome: String,
    pub code: Option<String>,
    pub details: String,
    pub journal_digest: Option<String>,
    pub previous_hash: String,
    pub hash: String,
}

impl WrittenEntry {
    /// The same hash as [`AuditFacts::hash_after`].
    pub fn hash_after(&self, previous_hash: &str) -> String {
        let (code, journal_digest) = (self.code.as_deref(), self.journal_digest.as_deref());
        let before = [&self.recorded_at, &self.actor_id, &self.command, &self.subject, &self.outcome];
        let after = [code.unwrap_or(""), &self.details, journal_digest.unwrap_or("")];
        entry_hash(previous_hash, self.sequence, before.into_iter().map(String::as_str).chain(after))
    }
}

/// A journal as stored, from which its digest is computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredJournal {
    pub id: String,
    pub kind: String,
    pub reference: String,
    pub posted_at: String,
    pub audit_sequence: i64,
    pub entries: Vec<Entry>,
}

impl StoredJournal {
    /// SHA-256 over every field of the journal and of its entries in order.
    pub fn digest(&self) -> String {
        let mut hasher = FieldHasher::new("magnet-scheme journal v1");
        for field in [&self.id, &self.kind, &self.reference, &self.posted_at] {
            hasher.field(field);
        }
        hasher.field(&self.audit_sequence.to_string());
        for entry in &self.entries {
            hasher.field(&entry.account_code);
            hasher.field(&entry.amount_paise.to_string());
        }
        hasher.finish()
    }
}

/// SHA-256 of a record's JSON, as hexadecimal digits. Records hold only text, numbers and lists,
/// which always have a JSON form.
pub fn digest_of<T: serde::Serialize>(record: &T) -> String {
    hex(&Sha256::digest(serde_json::to_string(record).unwrap_or_default().as_bytes()))
}

/// Reads 64 lower-case hexadecimal digits as a hash; `None` for any other text.
pub fn parse_hash(text: &str) -> Option<[u8; 32]> {
    let half = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut hash = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = (half(pair[0])? << 4) | half(pair[1])?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> AuditFacts {
        AuditFacts {
            sequence: 1,
            recorded_at: "2026-05-01T00:00:00Z".parse().unwrap(),
            actor_id: UserId(uuid::Uuid::nil()),
            command: "c".into(),
            subject: "s".into(),
            outcome: AuditOutcome::Done,
            code: None,
            details: "{}".into(),
            journal_digest: None,
        }
    }

    #[test]
    fn every_field_counts_and_none_can_slide_into_the_next() {
        let base = facts().hash_after(FIRST_PREVIOUS_HASH);
        let variants = [
            AuditFacts { sequence: 2, ..facts() },
            AuditFacts { command: "cs".into(), subject: String::new(), ..facts() },
            AuditFacts { code: Some("x".into()), ..facts() },
            AuditFacts { details: "{} ".into(), ..facts() },
            AuditFacts { journal_digest: Some("x".into()), ..facts() },
            AuditFacts { outcome: AuditOutcome::Refused, ..facts() },
        ];
        for variant in variants {
            assert_ne!(variant.hash_after(FIRST_PREVIOUS_HASH), base, "{variant:?}");
        }
        assert_ne!(facts().hash_after("other"), base);
    }

    #[test]
    fn an_entry_has_the_hash_of_its_texts() {
        let entry = AuditFacts { code: Some("x".into()), journal_digest: Some("y".into()), ..facts() }.link("z");
        let facts = entry.facts;
        let written = WrittenEntry {
            sequence: facts.sequence,
            recorded_at: facts.recorded_at.to_string(),
            actor_id: facts.actor_id.to_string(),
            command: facts.command,
            subject: facts.subject,
            outcome: facts.outcome.to_string(),
            code: facts.code,
            details: facts.details,
            journal_digest: facts.journal_digest,
            previous_hash: entry.previous_hash,
            hash: entry.hash,
        };
        assert_eq!(written.hash_after("z"), written.hash);
        let emptied = WrittenEntry { code: None, ..written.clone() };
        assert_ne!(emptied.hash_after("z"), written.hash);
    }

    #[test]
    fn a_hash_is_64_small_digits() {
        let hash: [u8; 32] = Sha256::digest(b"x").into();
        let text = hex(&hash);
        assert_eq!(parse_hash(&text), Some(hash));
        for wrong in ["", &text[1..], &format!("{text}0"), &text.to_uppercase(), &text.replacen(&text[..1], "+", 1)] {
            assert_eq!(parse_hash(wrong), None, "{wrong}");
        }
    }
}
