//! One return file of the treasury: what became of each answer.

use crate::service::payment::treasury_files::WholeReturn;
use crate::web::edge::reply::Reply;
use crate::web::portal::field::as_a_sentence;
use crate::web::portal::list::{ListQuery, Neighbours, Place};
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::payment::bank_ways::frame_below;
use crate::web::portal::payment::tranche_page::{Notice, NoticeQuery, notice_of};
use crate::web::portal::payment::{advice_page, bank_words};
use crate::web::portal::reference;
use crate::web::portal::refusal_words::in_words;
use crate::web::portal::texts::Language;
use actix_web::web::{Path, Query};
use askama::Template;
use domain::base::id::TreasuryReturnId;
use domain::base::permission::Step;
use domain::base::told::Message;
use domain::payment::treasury_return::{LineResult, TreasuryReturnLine};
use domain::people::office::PersonThere;
use std::collections::BTreeSet;

#[derive(Template)]
#[template(path = "templates/bank/return.html", config = "src/web/askama.toml")]
struct ReturnPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: WholeReturn,
    notice: Option<Notice>,
    lines: Vec<TreasuryReturnLine>,
    pages: Neighbours,
}

/// The address of a return file, after the language.
pub fn record_of(id: TreasuryReturnId) -> String {
    format!("/treasury/{id}")
}

/// The page of a payment that a line names, if there is this payment.
pub fn payment_of(page: &Page, known: &BTreeSet<String>, number: &str) -> Option<String> {
    reference::page_of(number).filter(|_| known.contains(number)).map(|path| page.to(&path))
}

/// Why nothing was recorded for a line, in the words of the page: with the number where it is about the number alone.
fn why_not(page: &Page, line: &TreasuryReturnLine) -> Option<Said> {
    let (code, detail) = (line.code.as_deref()?, line.detail.as_deref()?);
    let named = serde_json::json!({ "payment": { "kind": "text", "value": line.end_to_end_id } });
    Some(match Message::of_refusal(code, &named, detail) {
        Some(message) => Said { text: as_a_sentence(&in_words(&message, page.language)), language: page.language },
        None => return bank_words::of_return(page, line),
    })
}

/// The page of one return file.
pub async fn return_page(
    page: Page,
    at: Path<(Language, TreasuryReturnId)>,
    query: Query<NoticeQuery>,
    part: Query<ListQuery>,
) -> Reply {
    let file = page.web.service.return_file(page.caller()?, at.1).await?;
    let notice = notice_of(&page, query.entry, vec![format!("treasury_return:{}", at.1)]).await?;
    let place = Place::of(&page, &record_of(at.1), &part);
    if let Some(last) = place.last_instead(file.file.line_count) {
        return Ok(last);
    }
    let title = page.t1("title-return", "number", &file.file.message_id);
    let frame = frame_below(&page, title, "title-treasury-returns", "/treasury");
    let lines = place.part(&file.lines);
    page.show(&ReturnPage { pages: place.neighbours(file.file.line_count), page: &page, frame, file, notice, lines })
}

impl ReturnPage<'_> {
    fn uploaded_by(&self) -> Option<PersonThere> {
        let file = &self.file.file;
        self.file.people.person(file.uploaded_by, Some(file.uploaded_at), Some(Step::Pay))
    }

    /// The file for the treasury that it answers: its address and name.
    fn advice(&self) -> Option<(String, String)> {
        let advice = self.file.advice.as_ref()?;
        Some((self.page.to(&advice_page::record_of(advice.id)), advice.message_id.clone()))
    }

    fn payment(&self, number: &str) -> Option<String> {
        payment_of(self.page, &self.file.known, number)
    }

    fn why_not(&self, line: &TreasuryReturnLine) -> Option<Said> {
        why_not(self.page, line)
    }

    fn colour(&self, result: &LineResult) -> &'static str {
        match result {
            LineResult::Applied => "govuk-tag--green",
            LineResult::AlreadyRecorded => "govuk-tag--grey",
            LineResult::Open | LineResult::Waiting => "govuk-tag--yellow",
            LineResult::Contradicted | LineResult::Refused => "govuk-tag--red",
        }
    }
}
