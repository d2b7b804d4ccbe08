//! One letter as its page shows it: what it says, the record that it is about, the letters that it replies to and that
//! reply to it, with whom it lies while nobody has answered it, and whether its reader may answer.

use crate::db::correspondence::{letter_closings, letters};
use crate::db::engine::evidence;
use crate::db::engine::transaction::ReadTx;
use crate::db::people::organisations;
use crate::service::Service;
use crate::service::correspondence::about::{Standing, standing};
use crate::service::correspondence::letters::READ_PERMISSION;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use crate::service::worklist::names::Names;
use chrono::NaiveDate;
use domain::base::evidence::Evidence;
use domain::base::id::LetterId;
use domain::base::permission::Permission;
use domain::base::record_reference::RecordReference;
use domain::correspondence::letter::{Letter, LetterClosing, LetterDirection};
use domain::people::user::Actor;
use domain::worklist::matter::MatterKind;
use domain::worklist::waiting::Waiting;
use std::sync::Arc;

/// How many letters in reply a page names; the first one is what an office or a company waits for.
const ANSWERS_MOST: i64 = 50;

/// One letter with everything that its page shows.
pub struct WholeLetter {
    pub letter: Letter,
    pub standing: Standing,
    pub company: String,
    /// The letter that this one replies to.
    pub replies_to: Option<Letter>,
    /// The letters that reply to this one, in the order in which they were recorded.
    pub answers: Vec<Letter>,
    pub files: Vec<Evidence>,
    pub people: Names,
    /// With whom it lies; nobody once it is answered, and nobody for a letter of an office that asks for no answer.
    pub waiting: Vec<Waiting>,
    pub may_answer: Option<Answers>,
    /// That an officer said it needs no answer; the reason is for offices and auditors alone.
    pub closing: Option<LetterClosing>,
    pub may_close: bool,
    pub today: NaiveDate,
}

/// Who may answer a letter: the side that received it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    Office,
    Company,
}

/// Which answer this person may write.
fn may_answer(actor: &Actor, letter: &Letter) -> Option<Answers> {
    let (answers, permission) = match letter.direction {
        LetterDirection::Received => (Answers::Office, Permission::SendLetter),
        LetterDirection::Sent => (Answers::Company, Permission::WriteLetter),
    };
    actor.may(permission).is_ok().then_some(answers)
}

impl Service {
    fn whole_letter(
        &self,
        tx: &mut ReadTx<'_>,
        actor: &Actor,
        of: &RecordReference<LetterId>,
    ) -> Result<WholeLetter, Error> {
        let today = self.clock.now().date_in_india();
        let found = letters::named(tx, of)?;
        let letter = found.filter(|letter| actor.sees(letter.organisation_id)).or_not_found("letter")?;
        let files: Vec<String> = letter.documents.0.iter().map(ToString::to_string).collect();
        let (earlier, answers): (Vec<Letter>, Vec<Letter>) = letters::beside(tx, &letter, ANSWERS_MOST)?
            .into_iter()
            .partition(|other| Some(other.id) == letter.reply_to_id);
        let company_reads = actor.narrowed_to().is_some();
        let closing = letter_closings::find(tx, letter.id)?;
        let mut people = vec![letter.recorded_by];
        people.extend(closing.iter().map(|closing| closing.closed_by));
        let waiting =
            self.waiting_of(tx, &[MatterKind::Letter, MatterKind::LetterToAnswer], &letter.id.to_string(), today)?;
        let company = organisations::find(tx, letter.organisation_id)?.or_not_found("organisation")?;
        Ok(WholeLetter {
            standing: standing(tx, actor, letter.about())?,
            company: company.name,
            replies_to: earlier.into_iter().next(),
            answers,
            files: evidence::of_ids(tx, &files)?,
            people: Names::of_people(tx, actor, &people)?,
            may_answer: may_answer(actor, &letter),
            closing: closing.map(|closing| if company_reads { closing.without_reason() } else { closing }),
            may_close: !waiting.is_empty() && actor.may(Permission::SendLetter).is_ok(),
            waiting,
            letter,
            today,
        })
    }

    /// One letter with what its page shows, if it exists for this person.
    pub async fn letter_page(
        self: &Arc<Self>,
        caller: Caller,
        of: RecordReference<LetterId>,
    ) -> Result<WholeLetter, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| service.whole_letter(tx, actor, &of)).await
    }
}
