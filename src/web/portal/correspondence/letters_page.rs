//! The letters about a record: those that the office sent and those that it received, and the forms of whoever may
//! write one. A company sees the letters about its own records.

use crate::service::correspondence::letter_file::LetterFile;
use crate::service::correspondence::letters::{EnterLetter, SendLetter, WriteLetter};
use crate::service::running::runner::Answered;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::correspondence::letter_page::{address_of, way};
use crate::web::portal::correspondence::record::{Record, name_of, signatory_writes};
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::list::{ListQuery, Neighbours, Place, ROWS};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::tranche_page::{Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::upload::{FILES, SentFiles};
use actix_web::web::Query;
use askama::Template;
use chrono::NaiveDate;
use domain::base::evidence::Evidence;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::id::{EvidenceId, LetterId};
use domain::correspondence::letter::{Letter, LetterText};
use domain::people::office::PersonThere;
use serde::Deserialize;

/// The forms, by the commands that they run.
const SEND: &str = "send_letter";
const ENTER: &str = "enter_letter";
const WRITE: &str = "write_letter";

/// The day by which the company is asked to answer.
pub const ANSWER_BY: &str = "/answer_by";
const FIELDS: &[&str] = &["/title", "/text", "/their_reference", "/reply_to_id", FILES];
const FIELDS_SENT: &[&str] = &["/title", "/text", "/their_reference", ANSWER_BY, "/reply_to_id", FILES];
const FIELDS_ON_PAPER: &[&str] = &["/dated_on", "/title", "/text", "/their_reference", "/reply_to_id", FILES];

/// The keys of the labels of these fields.
pub const LABELS: &[(&str, &str)] = &[
    ("/dated_on", "label-letter-day"),
    ("/title", "label-letter-title"),
    ("/text", "label-letter-text"),
    ("/their_reference", "label-their-reference"),
    ("/reply_to_id", "label-reply-to"),
    (ANSWER_BY, "label-answer-by"),
    (FILES, "label-files"),
];

/// One form, closed until it is needed.
struct LetterForm {
    form: Form,
    on_paper: bool,
    /// Whether it may ask for an answer.
    asks: bool,
    /// Whether it came back.
    open: bool,
    /// Whether files were chosen that must be chosen again.
    choose_again: bool,
}

#[derive(Template)]
#[template(path = "templates/correspondence/letters.html", config = "src/web/askama.toml")]
struct LettersPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: LetterFile,
    /// What people call the record, and where its page is.
    name: String,
    record: String,
    notice: Option<Notice>,
    warning: Option<Warning>,
    forms: Vec<LetterForm>,
    pages: Neighbours,
}

/// The letters about the record in the address.
pub async fn letters_page(page: Page, query: Query<ListQuery>, notice: Query<NoticeQuery>) -> Reply {
    let record = Record::of(&page)?;
    let place = Place::of(&page, &address(&record), &query);
    let file = read(&page, &record, place.number).await?;
    if let Some(last) = place.last_instead(file.all) {
        return Ok(last);
    }
    let subjects = file.letters.iter().map(|letter| format!("letter:{}", letter.id)).collect();
    let notice = notice_of(&page, notice.entry, subjects).await?;
    page.show(&LettersPage { notice, ..view(&page, &record, file, &place, None) })
}

/// What is typed for a letter of the company. The letter that it replies to is a text here, so that one which is none
/// is named together with whatever else is wrong.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    title: String,
    text: String,
    their_reference: Option<String>,
    reply_to_id: Option<String>,
}

/// The same for a letter of an office.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToCompany {
    title: String,
    text: String,
    their_reference: Option<String>,
    reply_to_id: Option<String>,
    answer_by: Option<NaiveDate>,
}

/// The same for a letter on paper.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OnPaper {
    dated_on: NaiveDate,
    title: String,
    text: String,
    their_reference: Option<String>,
    reply_to_id: Option<String>,
}

/// The letter that was typed.
fn letter_of(
    (title, text): (&str, &str),
    (their_reference, reply_to_id): (Option<&String>, Option<&String>),
    documents: Vec<EvidenceId>,
) -> LetterText {
    LetterText {
        title: title.to_owned(),
        text: text.to_owned(),
        their_reference: their_reference.cloned(),
        reply_to_id: reply_to_id.and_then(|id| id.parse().ok()),
        documents,
    }
}

/// Adds to what the rules of a letter say that it replies to no letter.
fn checked(reply_to_id: Option<&String>, letter: Result<(), FieldErrors>) -> Result<(), FieldErrors> {
    let mut errors = letter.err().unwrap_or_default();
    let reads = reply_to_id.is_none_or(|id| id.parse::<LetterId>().is_ok());
    errors.require(reads, "/reply_to_id", FieldReason::LetterOfRecord);
    errors.finish()
}

/// The letter of a form, with these files.
macro_rules! letter {
    ($typed:ident, $documents:expr) => {
        letter_of(
            (&$typed.title, &$typed.text),
            ($typed.their_reference.as_ref(), $typed.reply_to_id.as_ref()),
            $documents,
        )
    };
}

impl Written {
    fn check(&self) -> Result<(), FieldErrors> {
        checked(self.reply_to_id.as_ref(), letter!(self, Vec::new()).check())
    }
}

impl ToCompany {
    fn check(&self, today: NaiveDate) -> Result<(), FieldErrors> {
        checked(self.reply_to_id.as_ref(), letter!(self, Vec::new()).check_sent(self.answer_by, today))
    }
}

impl OnPaper {
    fn check(&self, today: NaiveDate) -> Result<(), FieldErrors> {
        checked(self.reply_to_id.as_ref(), letter!(self, Vec::new()).check_dated(self.dated_on, today))
    }
}

/// An officer sends a letter to the company.
pub async fn send(mut sent: SentFiles) -> Reply {
    let (record, about) = about_of(&sent).await?;
    let today = sent.sent.page.web.service.today();
    let make = |typed: ToCompany, documents| SendLetter {
        about: about.into(),
        answer_by: typed.answer_by,
        letter: letter!(typed, documents),
    };
    let done = sent.act(|typed: &ToCompany| typed.check(today), make).await;
    answer(sent, record, SEND, done).await
}

/// An officer enters a letter that came on paper.
pub async fn enter(mut sent: SentFiles) -> Reply {
    let (record, about) = about_of(&sent).await?;
    let today = sent.sent.page.web.service.today();
    let make = |typed: OnPaper, documents| EnterLetter {
        about: about.into(),
        dated_on: typed.dated_on,
        letter: letter!(typed, documents),
    };
    let done = sent.act(|typed: &OnPaper| typed.check(today), make).await;
    answer(sent, record, ENTER, done).await
}

/// A signatory writes to the office.
pub async fn write(mut sent: SentFiles) -> Reply {
    let (record, about) = about_of(&sent).await?;
    let make = |typed: Written, documents| WriteLetter { about: about.into(), letter: letter!(typed, documents) };
    let done = sent.act(Written::check, make).await;
    answer(sent, record, WRITE, done).await
}

/// The record of a form, if it exists for whoever sent it.
async fn about_of(sent: &SentFiles) -> Result<(Record, domain::correspondence::about::About), Problem> {
    let record = Record::of(&sent.sent.page)?;
    let about = read(&sent.sent.page, &record, 1).await?.about;
    Ok((record, about))
}

async fn answer(sent: SentFiles, record: Record, form: &'static str, done: Result<Answered, Problem>) -> Reply {
    let (to, chosen) = (address(&record), sent.chosen);
    sent.sent.answer(done, &to, form, |page, trouble| again(page, record, trouble, chosen)).await
}

/// The address of the letters after the language.
fn address(record: &Record) -> String {
    format!("{}/letters", record.path)
}

async fn read(page: &Page, record: &Record, number: i64) -> Result<LetterFile, Problem> {
    Ok(page.web.service.letter_file(page.caller()?, record.of.clone(), number, ROWS).await?)
}

/// The page again after a form was not taken.
async fn again(page: Page, record: Record, trouble: Trouble, choose_again: bool) -> Reply {
    let file = read(&page, &record, 1).await?;
    let place = Place::of(&page, &address(&record), &ListQuery::default());
    let mut shown = view(&page, &record, file, &place, Some(&trouble));
    for form in shown.forms.iter_mut().filter(|form| form.open) {
        form.choose_again = choose_again;
    }
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

/// The forms that a reader may send.
fn forms_of(page: &Page, record: &Record, file: &LetterFile, trouble: Option<&Trouble>) -> Vec<LetterForm> {
    let to = address(record);
    let all = [
        (file.may_send, SEND, to.clone(), FIELDS_SENT),
        (file.may_send, ENTER, format!("{to}/on-paper"), FIELDS_ON_PAPER),
        (file.may_write, WRITE, format!("{to}/to-office"), FIELDS),
    ];
    let may = all.into_iter().filter(|(may, ..)| *may);
    let form = |(_, name, path, fields): (bool, &'static str, String, _)| LetterForm {
        form: Form::new(page, name, &path, fields, trouble).labelled(LABELS.iter().copied()),
        on_paper: name == ENTER,
        asks: name == SEND,
        open: trouble.is_some_and(|trouble| trouble.form == name),
        choose_again: false,
    };
    may.map(form).collect()
}

fn view<'a>(
    page: &'a Page,
    record: &Record,
    file: LetterFile,
    place: &Place,
    trouble: Option<&Trouble>,
) -> LettersPage<'a> {
    let forms = forms_of(page, record, &file, trouble);
    let warning = trouble.map(|trouble| match forms.iter().find(|form| form.open) {
        Some(form) => Warning::of(trouble, &form.form, page.language),
        None => {
            let form = Form::new(page, trouble.form, &address(record), FIELDS, Some(trouble));
            let form = form.labelled(LABELS.iter().copied());
            Warning::of(trouble, &form, page.language)
        }
    });
    let name = name_of(page, &file.standing);
    let title = page.t1("title-letters", "record", &name);
    LettersPage {
        frame: Frame { title, crumbs: record.crumbs(page, &name), wrong: warning.is_some() },
        pages: place.neighbours(file.all),
        record: page.to(&record.path),
        page,
        file,
        name,
        notice: None,
        warning,
        forms,
    }
}

impl LettersPage<'_> {
    fn who(&self, letter: &Letter) -> Option<PersonThere> {
        self.file.people.person(letter.recorded_by, Some(letter.recorded_at), None)
    }

    fn files(&self, letter: &Letter) -> Vec<&Evidence> {
        letter.documents.0.iter().filter_map(|id| self.file.files.get(id)).collect()
    }

    fn way(&self, letter: &Letter) -> String {
        way(self.page, letter)
    }

    fn address(&self, letter: &Letter) -> String {
        self.page.to(&address_of(letter))
    }

    /// Whether somebody else of the reader's company writes its letters.
    fn signatory_writes(&self) -> bool {
        signatory_writes(self.page)
    }

    /// The number of the letter that this one replies to.
    fn replies_to(&self, letter: &Letter) -> Option<&str> {
        let earlier = letter.reply_to_id?;
        self.file.numbers.iter().find(|(id, _)| *id == earlier).map(|(_, number)| number.as_str())
    }

    /// The letters that a new one may reply to, as choices.
    fn earlier(&self) -> Vec<(String, String)> {
        self.file.numbers.iter().map(|(id, number)| (id.to_string(), number.clone())).collect()
    }
}
