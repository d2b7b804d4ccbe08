//! The note sheet of a record: its notes, the newest first, and the form that adds one with files.

use crate::service::correspondence::note_sheet::NoteSheet;
use crate::service::correspondence::notes::WriteNote;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::correspondence::record::{Record, name_of};
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::list::{ListQuery, Neighbours, Place, ROWS};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::tranche_page::{Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::upload::{FILES, SentFiles};
use actix_web::web::Query;
use askama::Template;
use domain::base::evidence::Evidence;
use domain::correspondence::note::{SheetNote, check_note};
use domain::people::office::PersonThere;
use serde::Deserialize;

/// The name of the form.
const FORM: &str = "note";

#[derive(Template)]
#[template(path = "templates/correspondence/notes.html", config = "src/web/askama.toml")]
struct NotesPage<'a> {
    page: &'a Page,
    frame: Frame,
    sheet: NoteSheet,
    /// What people call the record, and where its page is.
    name: String,
    record: String,
    notice: Option<Notice>,
    warning: Option<Warning>,
    form: Form,
    /// Whether files were chosen that must be chosen again.
    choose_again: bool,
    pages: Neighbours,
}

/// The note sheet of the record in the address.
pub async fn notes_page(page: Page, query: Query<ListQuery>, notice: Query<NoticeQuery>) -> Reply {
    let record = Record::of(&page)?;
    let place = Place::of(&page, &format!("{}/notes", record.path), &query);
    let sheet = read(&page, &record, place.number).await?;
    if let Some(last) = place.last_instead(sheet.all) {
        return Ok(last);
    }
    let subjects = sheet.notes.iter().map(|note| format!("note:{}", note.id)).collect();
    let notice = notice_of(&page, notice.entry, subjects).await?;
    page.show(&NotesPage { notice, ..view(&page, &record, sheet, &place, None) })
}

/// What is typed into the form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    text: String,
}

/// An officer adds a note.
pub async fn write(mut sent: SentFiles) -> Reply {
    let record = Record::of(&sent.sent.page)?;
    let about = read(&sent.sent.page, &record, 1).await?.about.into();
    let make = |Written { text }, documents| WriteNote { about, text, documents };
    let done = sent.act(|written: &Written| check_note(&written.text, &[]), make).await;
    let (address, chosen) = (format!("{}/notes", record.path), sent.chosen);
    sent.sent.answer(done, &address, FORM, |page, trouble| again(page, record, trouble, chosen)).await
}

async fn read(page: &Page, record: &Record, number: i64) -> Result<NoteSheet, Problem> {
    Ok(page.web.service.note_sheet(page.caller()?, record.of.clone(), number, ROWS).await?)
}

/// The page again after the form was not taken.
async fn again(page: Page, record: Record, trouble: Trouble, choose_again: bool) -> Reply {
    let sheet = read(&page, &record, 1).await?;
    let place = Place::of(&page, &format!("{}/notes", record.path), &ListQuery::default());
    let shown = NotesPage { choose_again, ..view(&page, &record, sheet, &place, Some(&trouble)) };
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

fn view<'a>(
    page: &'a Page,
    record: &Record,
    sheet: NoteSheet,
    place: &Place,
    trouble: Option<&Trouble>,
) -> NotesPage<'a> {
    let form = Form::new(page, FORM, &format!("{}/notes", record.path), &["/text", FILES], trouble);
    let form = form.labelled([("/text", "label-note-text"), (FILES, "label-files")]);
    let warning = trouble.map(|trouble| Warning::of(trouble, &form, page.language));
    let name = name_of(page, &sheet.standing);
    let title = page.t1("title-notes", "record", &name);
    NotesPage {
        frame: Frame { title, crumbs: record.crumbs(page, &name), wrong: warning.is_some() },
        pages: place.neighbours(sheet.all),
        record: page.to(&record.path),
        page,
        sheet,
        name,
        notice: None,
        warning,
        form,
        choose_again: false,
    }
}

impl NotesPage<'_> {
    fn who(&self, note: &SheetNote) -> Option<PersonThere> {
        self.sheet.people.person(note.written_by, Some(note.written_at), None)
    }

    fn files(&self, note: &SheetNote) -> Vec<&Evidence> {
        note.documents.0.iter().filter_map(|id| self.sheet.files.get(id)).collect()
    }
}
