//! A note: what an officer notes about a record, for offices and auditors only (note sheet of a file, Central
//! Secretariat Manual of Office Procedure). Notes of a record are numbered from 1 and never change.

use crate::base::calendar::Timestamp;
use crate::base::evidence::EvidenceIds;
use crate::base::field::{FieldErrors, check_text};
use crate::base::field_reason::FieldReason;
use crate::base::id::{EvidenceId, InstrumentId, NoteId, UserId};
use crate::correspondence::about::{About, AboutKind, about_form};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The longest text of a note or a letter.
pub const CHARACTERS_MOST: usize = 10_000;
/// The largest number of files with one note or letter.
pub const FILES_MOST: usize = 20;

/// One note of the note sheet of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SheetNote {
    pub id: NoteId,
    /// The kind of record that it is about.
    pub about_kind: AboutKind,
    pub about_id: Uuid,
    /// 1 for the first note about this record.
    pub number: i64,
    pub text: String,
    /// Evidence files of the offices.
    pub documents: EvidenceIds,
    pub written_by: UserId,
    pub written_at: Timestamp,
}

about_form! {
    /// A note, and the one record that it is about.
    pub struct NoteForm about budget_instrument_id: InstrumentId; {
        /// 1 to 10,000 characters.
        text: String,
        /// At most 20 evidence files that an office uploaded.
        #[serde(default)]
        documents: Vec<EvidenceId>,
    }
}

impl SheetNote {
    pub fn about(&self) -> About {
        About { kind: self.about_kind, id: self.about_id }
    }

    /// This note without its text, which stands beside the log: the log has the digest of the rest.
    pub fn without_text(&self) -> SheetNote {
        SheetNote { text: String::new(), ..self.clone() }
    }
}

/// Checks text and files of a note or a letter.
pub fn check_written(errors: &mut FieldErrors, text: &str, documents: &[EvidenceId]) {
    check_text(errors, "/text", text, CHARACTERS_MOST);
    let most = FieldReason::AtMost { most: FILES_MOST as i64, what: "files" };
    errors.require(documents.len() <= FILES_MOST, "/documents", most);
    for (place, id) in documents.iter().enumerate().take(FILES_MOST) {
        let before = documents.iter().take(place).any(|other| other == id);
        errors.require(!before, format!("/documents/{place}"), FieldReason::Twice);
    }
}

/// Checks a note; the error lists every field that is not valid.
pub fn check_note(text: &str, documents: &[EvidenceId]) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::new();
    check_written(&mut errors, text, documents);
    errors.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_has_text_and_each_file_once() {
        let file = EvidenceId(Uuid::from_u128(1));
        assert!(check_note("Seen.", &[]).is_ok());
        assert!(check_note("Seen.\nनमूना", &[file]).is_ok());
        assert!(check_note(&"x".repeat(CHARACTERS_MOST), &[]).is_ok());
        for bad in ["", " \n", &"x".repeat(CHARACTERS_MOST + 1), "a\u{202E}b"] {
            assert!(check_note(bad, &[]).is_err());
        }
        assert!(check_note("Seen.", &[file, file]).is_err());
        let many: Vec<EvidenceId> = (0..21).map(|n| EvidenceId(Uuid::from_u128(n))).collect();
        assert!(check_note("Seen.", &many).is_err());
        assert!(check_note("Seen.", &many[1..]).is_ok());
    }
}
