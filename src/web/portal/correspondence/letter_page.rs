//! One letter: what it says, the record that it is about, the letters around it, with whom it lies while no office has
//! answered it, and the form with which the side that received it answers.

use crate::service::correspondence::letters::{CloseLetter, SendLetter, WriteLetter};
use crate::service::correspondence::one_letter::{Answers, WholeLetter};
use crate::service::running::runner::Answered;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::act_form::reference_of;
use crate::web::portal::correspondence::letters_page::{ANSWER_BY, LABELS};
use crate::web::portal::correspondence::record::{Record, name_of, signatory_writes};
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::tranche_page::{At, Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::reference;
use crate::web::portal::sent::{DONE, Sent};
use crate::web::portal::upload::{FILES, SentFiles};
use crate::web::portal::worklist::waits::{self, Wait};
use crate::web::routes::Reason;
use actix_web::web::Query;
use askama::Template;
use chrono::NaiveDate;
use domain::correspondence::letter::{Letter, LetterClosing, LetterDirection, LetterText};
use domain::people::office::PersonThere;
use serde::Deserialize;

/// The form that says that no answer is needed has the name of its command.
const CLOSE: &str = "close_letter";
const FIELDS: &[&str] = &["/title", "/text", "/their_reference", FILES];
const FIELDS_SENT: &[&str] = &["/title", "/text", "/their_reference", ANSWER_BY, FILES];

#[derive(Template)]
#[template(path = "templates/correspondence/letter.html", config = "src/web/askama.toml")]
struct LetterPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: WholeLetter,
    record: Record,
    /// What people call the record.
    name: String,
    notice: Option<Notice>,
    warning: Option<Warning>,
    form: Option<Form>,
    /// Whether the answer may ask for an answer itself.
    asks: bool,
    /// The form that says that no answer is needed.
    closing: Option<Form>,
    /// Whether files were chosen that must be chosen again.
    choose_again: bool,
}

/// The address of a letter after the language.
pub fn address_of(letter: &Letter) -> String {
    format!("/letters/{}", reference::in_address(&letter.number))
}

/// Which way a letter went, and whether on paper.
pub fn way(page: &Page, letter: &Letter) -> String {
    if letter.on_paper { page.t("letter-on-paper") } else { page.word("letter", letter.direction) }
}

/// The page of one letter.
pub async fn letter_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = read(&page, &at).await?;
    let answers = file.answers.iter().map(|answer| format!("letter:{}", answer.id));
    let subjects = answers.chain([format!("letter_closing:{}", file.letter.id)]).collect();
    let notice = notice_of(&page, query.entry, subjects).await?;
    page.show(&LetterPage { notice, ..view(&page, file, None) })
}

async fn read(page: &Page, at: &At) -> Result<WholeLetter, Problem> {
    let missing = || Problem::edge("not_found", "there is no such letter");
    Ok(page.web.service.letter_page(page.caller()?, reference_of(&at.1).ok_or_else(missing)?).await?)
}

/// What an officer types for an answer.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    title: String,
    text: String,
    their_reference: Option<String>,
    answer_by: Option<NaiveDate>,
}

impl From<Answer> for LetterText {
    fn from(Answer { title, text, their_reference, .. }: Answer) -> LetterText {
        LetterText { title, text, their_reference, reply_to_id: None, documents: Vec::new() }
    }
}

/// An officer answers a letter of a company.
pub async fn send(mut sent: SentFiles, at: At) -> Reply {
    let letter = read(&sent.sent.page, &at).await?.letter;
    let (about, reply_to_id) = (letter.about().into(), Some(letter.id));
    let today = sent.sent.page.web.service.today();
    let make = |typed: Answer, documents| SendLetter {
        about,
        answer_by: typed.answer_by,
        letter: LetterText { reply_to_id, documents, ..typed.into() },
    };
    let check = |typed: &Answer| LetterText::from(typed.clone()).check_sent(typed.answer_by, today);
    let done = sent.act(check, make).await;
    answer(sent, at, &letter, Answers::Office, done).await
}

/// A signatory answers a letter of an office.
pub async fn write(mut sent: SentFiles, at: At) -> Reply {
    let letter = read(&sent.sent.page, &at).await?.letter;
    let (about, reply_to_id) = (letter.about().into(), Some(letter.id));
    let make = |text, documents| WriteLetter { about, letter: LetterText { reply_to_id, documents, ..text } };
    let done = sent.act(LetterText::check, make).await;
    answer(sent, at, &letter, Answers::Company, done).await
}

/// An officer says that a letter needs no answer.
pub async fn close(sent: Sent, at: At) -> Reply {
    let letter = read(&sent.page, &at).await?.letter;
    let done = match sent.command(|Reason { reason }| Ok(CloseLetter { id: letter.id, reason })).await {
        Ok((command, call)) => sent.run(call, command, |_| DONE.to_owned()).await,
        Err(problem) => Err(problem),
    };
    sent.answer(done, &address_of(&letter), CLOSE, |page, trouble| again(page, at, trouble, false)).await
}

async fn answer(sent: SentFiles, at: At, letter: &Letter, answers: Answers, done: Result<Answered, Problem>) -> Reply {
    let (to, chosen) = (address_of(letter), sent.chosen);
    sent.sent.answer(done, &to, name_of_form(answers), |page, trouble| again(page, at, trouble, chosen)).await
}

/// The page again after the form was not taken.
async fn again(page: Page, at: At, trouble: Trouble, choose_again: bool) -> Reply {
    let file = read(&page, &at).await?;
    let shown = LetterPage { choose_again, ..view(&page, file, Some(&trouble)) };
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

/// The form of an answer has the name of the command that it runs.
fn name_of_form(answers: Answers) -> &'static str {
    match answers {
        Answers::Office => "send_letter",
        Answers::Company => "write_letter",
    }
}

/// The form of an answer; a new one has the subject of the letter.
fn form_of(page: &Page, letter: &Letter, answers: Answers, trouble: Option<&Trouble>) -> Form {
    let (path, fields) = match answers {
        Answers::Office => (format!("{}/answer", address_of(letter)), FIELDS_SENT),
        Answers::Company => (format!("{}/answer/to-office", address_of(letter)), FIELDS),
    };
    let form = Form::new(page, name_of_form(answers), &path, fields, trouble).labelled(LABELS.iter().copied());
    if trouble.is_some() { form } else { form.with_values(vec![("/title".to_owned(), letter.title.clone())]) }
}

fn closing_of(page: &Page, letter: &Letter, trouble: Option<&Trouble>) -> Form {
    let path = format!("{}/closing", address_of(letter));
    Form::new(page, CLOSE, &path, &["/reason"], trouble).labelled([("/reason", "label-no-answer-because")])
}

fn view<'a>(page: &'a Page, file: WholeLetter, trouble: Option<&Trouble>) -> LetterPage<'a> {
    let form = file.may_answer.map(|answers| form_of(page, &file.letter, answers, trouble));
    let asks = file.may_answer == Some(Answers::Office);
    let closing = file.may_close.then(|| closing_of(page, &file.letter, trouble));
    let sent = |trouble: &Trouble| if trouble.form == CLOSE { closing.as_ref() } else { form.as_ref() };
    let warning = trouble.and_then(|trouble| Some(Warning::of(trouble, sent(trouble)?, page.language)));
    let record = Record::of_letter(file.letter.about(), &file.standing);
    let name = name_of(page, &file.standing);
    let mut crumbs = record.crumbs(page, &name);
    crumbs.push(page.crumb("title-letters-alone", &format!("{}/letters", record.path)));
    let title = page.t1("title-letter", "number", &file.letter.number);
    LetterPage {
        frame: Frame { title, crumbs, wrong: warning.is_some() },
        page,
        file,
        record,
        name,
        notice: None,
        warning,
        form,
        asks,
        closing,
        choose_again: false,
    }
}

impl LetterPage<'_> {
    fn who(&self) -> Option<PersonThere> {
        self.file.people.person(self.file.letter.recorded_by, Some(self.file.letter.recorded_at), None)
    }

    fn way(&self, letter: &Letter) -> String {
        way(self.page, letter)
    }

    fn address(&self, letter: &Letter) -> String {
        self.page.to(&address_of(letter))
    }

    fn record_address(&self) -> String {
        self.page.to(&self.record.path)
    }

    /// With whom it lies, since when and until when, and what happens if nothing is done.
    fn waits(&self) -> Vec<Wait> {
        waits::all_in_words(self.page, &self.file.waiting, self.file.today)
    }

    /// Whether the letter is to the reader's company, where somebody else writes its letters.
    fn signatory_answers(&self) -> bool {
        self.file.letter.direction == LetterDirection::Sent && signatory_writes(self.page)
    }

    fn closed_by(&self, closing: &LetterClosing) -> Option<PersonThere> {
        self.file.people.person(closing.closed_by, Some(closing.closed_at), None)
    }

    /// Why no answer is on the page.
    fn no_answer(&self) -> String {
        let key = match (self.file.waiting.is_empty(), self.file.letter.direction) {
            (true, _) => "letter-without-answer",
            (false, LetterDirection::Received) => "letter-waits-for-answer",
            (false, LetterDirection::Sent) => "letter-asks-for-answer",
        };
        self.page.t(key)
    }
}
