//! A letter between office and company about a record (correspondence side of a file). A letter that an office sends is
//! shown to its company, and may ask for an answer by a day; a letter that is received was written by a signatory here,
//! or came on paper and was entered by an officer. Letters never change.

use crate::base::calendar::Timestamp;
use crate::base::evidence::EvidenceIds;
use crate::base::field::{FieldErrors, check_day, check_name};
use crate::base::field_reason::FieldReason;
use crate::base::id::{EvidenceId, LetterId, OrganisationId, UserId};
use crate::correspondence::about::{About, AboutKind, about_form};
use crate::correspondence::note::check_written;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The longest subject line, and the longest reference of the other side.
const TITLE_MOST: usize = 200;
const REFERENCE_MOST: usize = 100;

words! {
    /// Which way a letter went, seen from the office.
    pub enum LetterDirection {
        /// By an office to the company.
        Sent = "sent",
        /// By the company to the office.
        Received = "received",
    }
}

/// One letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Letter {
    pub id: LetterId,
    /// Its number here: our reference.
    pub number: String,
    pub direction: LetterDirection,
    /// Whether it came on paper and was entered by an officer.
    pub on_paper: bool,
    /// The kind of record that it is about.
    pub about_kind: AboutKind,
    pub about_id: Uuid,
    /// The company that it was sent to, or that wrote it.
    pub organisation_id: OrganisationId,
    /// The day that it bears.
    pub dated_on: NaiveDate,
    /// The subject line.
    pub title: String,
    pub text: String,
    /// The reference that the other side gave.
    pub their_reference: Option<String>,
    /// The earlier letter that it replies to.
    pub reply_to_id: Option<LetterId>,
    /// The day by which the office asks the company for an answer. It is left out where none is asked for, so that the
    /// digest of a letter is the one that it had before letters could ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_by: Option<NaiveDate>,
    pub documents: EvidenceIds,
    pub recorded_by: UserId,
    pub recorded_at: Timestamp,
}

/// An office says that a letter of a company needs no answer, or that it asks the company for none any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LetterClosing {
    pub letter_id: LetterId,
    /// Why it needs none; for offices and auditors.
    pub reason: String,
    pub closed_by: UserId,
    pub closed_at: Timestamp,
}

impl LetterClosing {
    /// This closing without its reason, which stands beside the log: the log has the digest of the rest.
    pub fn without_reason(&self) -> LetterClosing {
        LetterClosing { reason: String::new(), ..self.clone() }
    }
}

about_form! {
    /// A letter of an office to the company of the one record that it is about. It bears the day of today.
    pub struct SentLetterForm {
        /// The subject line, at most 200 characters.
        title: String,
        /// 1 to 10,000 characters.
        text: String,
        /// The reference of the other side, if it gave one.
        their_reference: Option<String>,
        /// An earlier letter about the same record.
        reply_to_id: Option<LetterId>,
        /// The day by which the company is asked to answer, if it is asked: the letter waits in its inbox until then.
        answer_by: Option<NaiveDate>,
        /// At most 20 evidence files of whoever writes.
        #[serde(default)]
        documents: Vec<EvidenceId>,
    }
}

about_form! {
    /// A letter of a company, and the one record that it is about. It bears the day of today.
    pub struct LetterForm {
        /// The subject line, at most 200 characters.
        title: String,
        /// 1 to 10,000 characters.
        text: String,
        /// The reference of the other side, if it gave one.
        their_reference: Option<String>,
        /// An earlier letter about the same record.
        reply_to_id: Option<LetterId>,
        /// At most 20 evidence files of whoever writes.
        #[serde(default)]
        documents: Vec<EvidenceId>,
    }
}

about_form! {
    /// A letter of a company that came on paper, and the one record that it is about.
    pub struct PaperLetterForm {
        /// The day that it bears.
        dated_on: NaiveDate,
        /// The subject line, at most 200 characters.
        title: String,
        /// What it says: 1 to 10,000 characters.
        text: String,
        /// The reference that the company gave it.
        their_reference: Option<String>,
        /// The earlier letter about the same record that it replies to.
        reply_to_id: Option<LetterId>,
        /// At most 20 evidence files of the office, such as a scan. The company can read them.
        #[serde(default)]
        documents: Vec<EvidenceId>,
    }
}

/// What a letter says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterText {
    pub title: String,
    pub text: String,
    #[serde(default)]
    pub their_reference: Option<String>,
    #[serde(default)]
    pub reply_to_id: Option<LetterId>,
    #[serde(default)]
    pub documents: Vec<EvidenceId>,
}

impl LetterText {
    /// Checks every field; the error lists every one that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        self.checked().finish()
    }

    fn checked(&self) -> FieldErrors {
        let mut errors = FieldErrors::new();
        check_name(&mut errors, "/title", &self.title, TITLE_MOST);
        check_written(&mut errors, &self.text, &self.documents);
        if let Some(reference) = &self.their_reference {
            check_name(&mut errors, "/their_reference", reference, REFERENCE_MOST);
        }
        errors
    }

    /// The same for a letter that an office sends today, and which may ask for an answer.
    pub fn check_sent(&self, answer_by: Option<NaiveDate>, today: NaiveDate) -> Result<(), FieldErrors> {
        let mut errors = self.checked();
        if let Some(day) = answer_by {
            check_day(&mut errors, "/answer_by", day);
            errors.require(day >= today, "/answer_by", FieldReason::InPast);
        }
        errors.finish()
    }

    /// The same for a letter on paper, which bears this day.
    pub fn check_dated(&self, dated_on: NaiveDate, today: NaiveDate) -> Result<(), FieldErrors> {
        let mut errors = self.checked();
        check_day(&mut errors, "/dated_on", dated_on);
        errors.require(dated_on <= today, "/dated_on", FieldReason::InFuture);
        errors.finish()
    }
}

impl From<LetterForm> for LetterText {
    fn from(form: LetterForm) -> LetterText {
        let LetterForm { title, text, their_reference, reply_to_id, documents, .. } = form;
        LetterText { title, text, their_reference, reply_to_id, documents }
    }
}

impl From<SentLetterForm> for LetterText {
    fn from(form: SentLetterForm) -> LetterText {
        let SentLetterForm { title, text, their_reference, reply_to_id, documents, .. } = form;
        LetterText { title, text, their_reference, reply_to_id, documents }
    }
}

impl From<PaperLetterForm> for LetterText {
    fn from(form: PaperLetterForm) -> LetterText {
        let PaperLetterForm { title, text, their_reference, reply_to_id, documents, .. } = form;
        LetterText { title, text, their_reference, reply_to_id, documents }
    }
}

impl Letter {
    pub fn about(&self) -> About {
        About { kind: self.about_kind, id: self.about_id }
    }

    /// This letter without its text, which stands beside the log: the log has the digest of the rest.
    pub fn without_text(&self) -> Letter {
        Letter { text: String::new(), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> LetterText {
        LetterText {
            title: "Your claim".to_owned(),
            text: "We have seen it.".to_owned(),
            their_reference: None,
            reply_to_id: None,
            documents: Vec::new(),
        }
    }

    #[test]
    fn a_letter_has_a_subject_line_and_a_text() {
        assert!(letter().check().is_ok());
        for bad in ["", "two\nlines", &"x".repeat(201)] {
            assert!(LetterText { title: bad.to_owned(), ..letter() }.check().is_err(), "{bad}");
        }
        assert!(LetterText { text: " ".to_owned(), ..letter() }.check().is_err());
        assert!(LetterText { their_reference: Some("=1".to_owned()), ..letter() }.check().is_err());
    }

    #[test]
    fn an_answer_is_asked_for_by_a_day_that_can_still_be_met() {
        let day = |day| NaiveDate::from_ymd_opt(2028, 5, day).unwrap();
        assert!(letter().check_sent(None, day(4)).is_ok());
        assert!(letter().check_sent(Some(day(4)), day(4)).is_ok());
        assert!(letter().check_sent(Some(day(3)), day(4)).is_err());
        assert!(letter().check_sent(NaiveDate::from_ymd_opt(9999, 1, 1), day(4)).is_err());
    }

    #[test]
    fn a_letter_on_paper_bears_a_day_that_has_come() {
        let day = |day| NaiveDate::from_ymd_opt(2028, 5, day).unwrap();
        assert!(letter().check_dated(day(4), day(4)).is_ok());
        assert!(letter().check_dated(day(5), day(4)).is_err());
        assert!(letter().check_dated(NaiveDate::from_ymd_opt(1800, 1, 1).unwrap(), day(4)).is_err());
    }
}
