//! Personal and confidential values are stored outside the audit log: an entry holds only salted
//! digests of them, in the form of disclosures (RFC 9901, sections 4.2.1 and 4.2.3). A disclosure
//! that is shown proves the value; after it is erased, the digest reveals nothing.

use crate::words;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// The member of an entry's details that holds the digests.
pub const DIGESTS: &str = "_sd";

words! {
    /// The field of the entry's subject that a value belongs to.
    pub enum DisclosedField {
        Name = "name",
        Email = "email",
        Pan = "pan",
        Gstin = "gstin",
        BankAccount = "bank_account",
        Reason = "reason",
        Remarks = "remarks",
        Text = "text",
        FileName = "file_name",
    }
}

/// One disclosed value of one log entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Disclosure {
    /// The sequence number of the log entry.
    pub sequence: i64,
    /// The record that the entry is about: noun and id.
    pub subject: String,
    pub field: DisclosedField,
    /// base64url of `[salt, field, value]`; `None` once it is erased.
    pub disclosure: Option<String>,
    /// base64url of the SHA-256 of the disclosure's text; one of the digests in the entry's `_sd`.
    pub digest: String,
    /// The sequence number of the entry that erased it.
    pub erased_by: Option<i64>,
}

/// The text of a disclosure. The salt must be random and have at least 128 bits.
pub fn text(salt: &str, field: DisclosedField, value: &str) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::json!([salt, field.as_str(), value]).to_string())
}

/// Whether an entry's details contain digests. A quotation mark within a text is escaped, so this
/// sequence can only be the name of a member.
pub fn names_digests(details: &str) -> bool {
    details.contains("\"_sd\":[")
}

/// The digest of a disclosure's text, as stored in the log entry.
pub fn digest(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}

impl Disclosure {
    /// The value; `None` once it is erased. `Err` says what is wrong: the text does not match the
    /// digest, or belongs to another field.
    pub fn value(&self) -> Result<Option<String>, String> {
        let Some(text) = &self.disclosure else { return Ok(None) };
        if digest(text) != self.digest {
            return Err(format!("its {} is not the one of its digest", self.field));
        }
        let read = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| {
            let [_, field, value]: [String; 3] = serde_json::from_slice(&bytes).ok()?;
            (field == self.field.as_str()).then_some(value)
        });
        read.map(Some).ok_or_else(|| format!("its {} cannot be read", self.field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_seen_in_details() {
        let details = |member: &str, value: serde_json::Value| serde_json::json!({ member: value }).to_string();
        assert!(names_digests(&details(DIGESTS, serde_json::json!(["X9yH0A"]))));
        assert!(!names_digests(&details("why", serde_json::json!("\"_sd\":[\"X9yH0A\"]"))));
    }

    // The example of RFC 9901, section 4.2.3: the digest of a disclosure as printed there.
    #[test]
    fn digests_are_those_of_the_rfc() {
        let text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
        assert_eq!(digest(text), "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
    }

    #[test]
    fn a_value_is_read_back_and_no_other_passes() {
        let field = DisclosedField::Name;
        let text = text("c2FsdA", field, "Asha \"A\" Rao");
        let kept = Disclosure {
            sequence: 1,
            subject: "user:1".to_owned(),
            field,
            digest: digest(&text),
            disclosure: Some(text),
            erased_by: None,
        };
        assert_eq!(kept.value(), Ok(Some("Asha \"A\" Rao".to_owned())));
        let other = super::text("c2FsdA", field, "Asha B Rao");
        assert!(Disclosure { disclosure: Some(other), ..kept.clone() }.value().is_err());
        assert!(Disclosure { field: DisclosedField::Email, ..kept.clone() }.value().is_err());
        assert_eq!(Disclosure { disclosure: None, ..kept }.value(), Ok(None));
    }
}
