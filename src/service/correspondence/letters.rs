//! Letters between office and company: an office sends one, an officer enters one that came on paper, a signatory
//! writes one. Offices and auditors read all letters, a company those to and from it.

use crate::db::correspondence::{letter_closings, letters, notes};
use crate::db::engine::transaction::ReadTx;
use crate::service::Service;
use crate::service::correspondence::about::standing;
use crate::service::running::cursor::require_known;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::evidence::require_evidence;
use crate::service::running::runner::{Caller, Command, Done, Work};
use chrono::NaiveDate;
use domain::award::application::check_note;
use domain::base::evidence::EvidenceIds;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::id::{EvidenceId, LetterId};
use domain::base::permission::Permission;
use domain::base::refusal::Refusal;
use domain::correspondence::about::{About, AboutIds};
use domain::correspondence::letter::{Letter, LetterClosing, LetterDirection, LetterText};
use domain::log::audit::digest_of;
use domain::people::disclosure::DisclosedField;
use serde_json::json;
use std::sync::Arc;

/// How a letter comes on record.
struct How {
    direction: LetterDirection,
    on_paper: bool,
    dated_on: NaiveDate,
    answer_by: Option<NaiveDate>,
}

/// Puts a letter on record, with files of whoever acts: of the offices, or of the company.
fn record(work: &mut Work<'_, '_>, about: AboutIds, letter: LetterText, how: How) -> Result<Done<Letter>, Error> {
    let about = about.one()?;
    let standing = standing(work.tx, &work.actor, about)?;
    let company = standing.organisation_id.or_not_found("company")?;
    if standing.number.is_none() {
        let noun = about.kind.as_str();
        return Err(Refusal::WrongState { noun, is: "draft", needs: "submitted" }.into());
    }
    let owner = Some(company).filter(|_| work.actor.roles.is_manufacturer());
    let files = require_evidence(work.tx, &letter.documents, owner)?;
    require_none_of_a_note(work.tx, &letter.documents)?;
    if let Some(earlier) = letter.reply_to_id {
        let same = letters::find(work.tx, earlier)?.is_some_and(|earlier| earlier.about() == about);
        if !same {
            return Err(FieldErrors::one("/reply_to_id", FieldReason::LetterOfRecord).into());
        }
    }
    let prefix = work.schemes.newest(&standing.scheme_code)?.number_prefix.clone();
    let letter = Letter {
        id: LetterId(work.new_id()),
        number: work.next_number(&prefix, "LTR")?,
        direction: how.direction,
        on_paper: how.on_paper,
        about_kind: about.kind,
        about_id: about.id,
        organisation_id: company,
        dated_on: how.dated_on,
        title: letter.title,
        text: letter.text,
        their_reference: letter.their_reference,
        reply_to_id: letter.reply_to_id,
        answer_by: how.answer_by,
        documents: EvidenceIds(letter.documents),
        recorded_by: work.actor.user_id,
        recorded_at: work.now,
    };
    letters::insert(work.tx, &letter)?;
    work.withhold(DisclosedField::Text, &letter.text)?;
    let mut details = json!({
        "about": about.to_string(), "number": letter.number, "direction": letter.direction, "on_paper": letter.on_paper,
        "dated_on": letter.dated_on, "reply_to_id": letter.reply_to_id, "digest": digest_of(&letter.without_text()),
        "document_digests": files.into_iter().map(|file| file.digest).collect::<Vec<_>>(),
    });
    if let Some(day) = letter.answer_by {
        details["answer_by"] = json!(day);
    }
    Ok(Done { subject: format!("letter:{}", letter.id), answer: letter, details })
}

/// Refuses files of internal notes: the company would read them from then on.
fn require_none_of_a_note(tx: &mut ReadTx<'_>, documents: &[EvidenceId]) -> Result<(), Error> {
    let noted = notes::attached(tx, documents)?;
    let mut errors = FieldErrors::new();
    for (place, file) in documents.iter().enumerate() {
        errors.require(!noted.contains(file), format!("/documents/{place}"), FieldReason::FileOfNote);
    }
    Ok(errors.finish()?)
}

/// An officer sends a letter to the company of a record.
pub struct SendLetter {
    pub about: AboutIds,
    /// The day by which the company is asked to answer, if it is asked.
    pub answer_by: Option<NaiveDate>,
    pub letter: LetterText,
}

impl Command for SendLetter {
    const NAME: &'static str = "send_letter";
    const PERMISSION: Permission = Permission::SendLetter;
    const REFUSALS: &'static [&'static str] = &["evidence_unknown", "wrong_state"];
    type Answer = Letter;

    fn subject(&self) -> String {
        "letter".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Letter>, Error> {
        let (dated_on, answer_by) = (work.today(), self.answer_by);
        self.letter.check_sent(answer_by, dated_on)?;
        let how = How { direction: LetterDirection::Sent, on_paper: false, dated_on, answer_by };
        record(work, self.about, self.letter, how)
    }
}

/// An officer enters a letter of the company that came on paper.
pub struct EnterLetter {
    pub about: AboutIds,
    pub dated_on: NaiveDate,
    pub letter: LetterText,
}

impl Command for EnterLetter {
    const NAME: &'static str = "enter_letter";
    const PERMISSION: Permission = Permission::SendLetter;
    const REFUSALS: &'static [&'static str] = SendLetter::REFUSALS;
    type Answer = Letter;

    fn subject(&self) -> String {
        "letter".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Letter>, Error> {
        self.letter.check_dated(self.dated_on, work.today())?;
        let how =
            How { direction: LetterDirection::Received, on_paper: true, dated_on: self.dated_on, answer_by: None };
        record(work, self.about, self.letter, how)
    }
}

/// A signatory of the company writes to the office.
pub struct WriteLetter {
    pub about: AboutIds,
    pub letter: LetterText,
}

impl Command for WriteLetter {
    const NAME: &'static str = "write_letter";
    const PERMISSION: Permission = Permission::WriteLetter;
    const REFUSALS: &'static [&'static str] = SendLetter::REFUSALS;
    type Answer = Letter;

    fn subject(&self) -> String {
        "letter".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Letter>, Error> {
        self.letter.check()?;
        let dated_on = work.today();
        let how = How { direction: LetterDirection::Received, on_paper: false, dated_on, answer_by: None };
        record(work, self.about, self.letter, how)
    }
}

/// An officer says that a letter needs no answer: of the company, or any more of an office. It leaves the inbox.
pub struct CloseLetter {
    pub id: LetterId,
    pub reason: String,
}

impl Command for CloseLetter {
    const NAME: &'static str = "close_letter";
    const PERMISSION: Permission = Permission::SendLetter;
    const REFUSALS: &'static [&'static str] = &["wrong_state"];
    type Answer = LetterClosing;

    fn subject(&self) -> String {
        format!("letter_closing:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<LetterClosing>, Error> {
        check_note("/reason", &self.reason)?;
        let letter = letters::find(work.tx, self.id)?.or_not_found("letter")?;
        require_open(work.tx, &letter)?;
        let closing = LetterClosing {
            letter_id: letter.id,
            reason: self.reason,
            closed_by: work.actor.user_id,
            closed_at: work.now,
        };
        letter_closings::insert(work.tx, &closing)?;
        work.withhold(DisclosedField::Reason, &closing.reason)?;
        let details = json!({ "letter": letter.number, "digest": digest_of(&closing.without_reason()) });
        Ok(Done { subject: format!("letter_closing:{}", letter.id), answer: closing, details })
    }
}

/// Refuses for a letter that waits for no answer.
fn require_open(tx: &mut ReadTx<'_>, letter: &Letter) -> Result<(), Error> {
    if letter.direction == LetterDirection::Sent && letter.answer_by.is_none() {
        return Err(Refusal::WrongState { noun: "letter", is: "sent", needs: "open" }.into());
    }
    if letter_closings::find(tx, letter.id)?.is_some() {
        return Err(Refusal::WrongState { noun: "letter", is: "closed", needs: "open" }.into());
    }
    if letters::is_answered(tx, letter)? {
        return Err(Refusal::WrongState { noun: "letter", is: "answered", needs: "open" }.into());
    }
    Ok(())
}

/// The filter for a list of letters.
#[derive(Clone, Copy, Debug, Default)]
pub struct LetterFilter {
    pub about: Option<About>,
    pub direction: Option<LetterDirection>,
    pub after: Option<LetterId>,
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

impl Service {
    /// Letters in the order in which they were recorded, at most `limit`.
    pub async fn list_letters(
        self: &Arc<Self>,
        caller: Caller,
        filter: LetterFilter,
        limit: i64,
    ) -> Result<Vec<Letter>, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let LetterFilter { about, direction, after } = filter;
            let selection = letters::Selection { about, direction, only: actor.narrowed_to(), after };
            let seen = |letter: &Letter| actor.sees(letter.organisation_id);
            require_known(after, |id| Ok(letters::find(tx, id)?.filter(seen)))?;
            Ok(letters::page(tx, selection, limit)?)
        })
        .await
    }

    pub async fn letter(self: &Arc<Self>, caller: Caller, id: LetterId) -> Result<Letter, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            letters::find(tx, id)?.filter(|letter| actor.sees(letter.organisation_id)).or_not_found("letter")
        })
        .await
    }
}
