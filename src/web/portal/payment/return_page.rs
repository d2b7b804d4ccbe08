//! One return file of the treasury: what became of each answer, and the form that closes one of which nothing was
//! recorded.

use crate::service::payment::treasury_files::WholeReturn;
use crate::service::payment::treasury_lines::{CloseTreasuryLine, UnrecordedLine};
use crate::service::running::runner::Command;
use crate::web::edge::reply::Reply;
use crate::web::portal::field::{Form, Trouble, as_a_sentence};
use crate::web::portal::list::{ListQuery, Neighbours, Place};
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::payment::bank_ways::frame_below;
use crate::web::portal::payment::tranche_page::{Notice, NoticeQuery, notice_of};
use crate::web::portal::payment::{advice_page, bank_words};
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::reference;
use crate::web::portal::refusal_words::in_words;
use crate::web::portal::sent::{DONE, Sent};
use crate::web::portal::texts::Language;
use actix_web::web::{Path, Query};
use askama::Template;
use domain::base::id::TreasuryReturnId;
use domain::base::permission::Step;
use domain::base::told::Message;
use domain::payment::treasury_line_closing::TreasuryLineClosing;
use domain::payment::treasury_return::{LineResult, TreasuryReturnLine};
use domain::people::office::PersonThere;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The form that closes a line has the name of its command.
const CLOSE: &str = CloseTreasuryLine::NAME;

/// What is typed to close a line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Closing {
    line: i64,
    reason: String,
}

#[derive(Template)]
#[template(path = "templates/payment/return.html", config = "src/web/askama.toml")]
struct ReturnPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: WholeReturn,
    notice: Option<Notice>,
    lines: Vec<TreasuryReturnLine>,
    pages: Neighbours,
    warning: Option<Warning>,
    /// The form that closes a line, for whoever may, while one waits.
    closing: Option<Form>,
}

/// What became of a line of which nothing was recorded.
struct Fate<'a> {
    says: String,
    closing: Option<&'a TreasuryLineClosing>,
    by: Option<PersonThere>,
}

/// The key of what became of a line of which nothing was recorded.
pub fn fate_of(one: &UnrecordedLine) -> &'static str {
    match (one.waits, &one.closing) {
        (true, _) => "line-waits",
        (false, Some(_)) => "line-closed",
        (false, None) => "line-agrees-now",
    }
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
pub fn why_not(page: &Page, line: &TreasuryReturnLine) -> Option<Said> {
    let (code, detail) = (line.code.as_deref()?, line.detail.as_deref()?);
    let named = serde_json::json!({ "payment": { "kind": "text", "value": line.refused_over() } });
    Some(match Message::of_refusal(code, &named, detail) {
        Some(message) => Said { text: as_a_sentence(&in_words(&message, page.language)), language: page.language },
        None => return bank_words::of_return(page, line),
    })
}

type At = Path<(Language, TreasuryReturnId)>;

/// The page of one return file.
pub async fn return_page(page: Page, at: At, query: Query<NoticeQuery>, part: Query<ListQuery>) -> Reply {
    let file = page.web.service.return_file(page.caller()?, at.1).await?;
    let closings = file.unrecorded.iter().filter_map(|one| Some(one.closing.as_ref()?.subject()));
    let subjects = closings.chain([format!("treasury_return:{}", at.1)]).collect();
    let notice = notice_of(&page, query.entry, subjects).await?;
    let place = Place::of(&page, &record_of(at.1), &part);
    if let Some(last) = place.last_instead(file.file.line_count) {
        return Ok(last);
    }
    page.show(&ReturnPage { notice, ..view(&page, file, &place, None) })
}

/// The disbursing officer closes a line of which nothing was recorded.
pub async fn close(sent: Sent, at: At) -> Reply {
    let return_id = at.1;
    let make = |Closing { line, reason }| Ok(CloseTreasuryLine { return_id, line, reason });
    let done = match sent.command(make).await {
        Ok((command, call)) => sent.run(call, command, |_| DONE.to_owned()).await,
        Err(problem) => Err(problem),
    };
    sent.answer(done, &record_of(return_id), CLOSE, |page, trouble| again(page, return_id, trouble)).await
}

async fn again(page: Page, id: TreasuryReturnId, trouble: Trouble) -> Reply {
    let file = page.web.service.return_file(page.caller()?, id).await?;
    let place = Place::of(&page, &record_of(id), &ListQuery::default());
    let shown = view(&page, file, &place, Some(&trouble));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

fn view<'a>(page: &'a Page, file: WholeReturn, place: &Place, trouble: Option<&Trouble>) -> ReturnPage<'a> {
    let path = format!("{}/closing", record_of(file.file.id));
    let waits = file.unrecorded.iter().any(|one| one.waits) && page.may(CloseTreasuryLine::PERMISSION);
    let labels = [("/line", "label-line-to-close"), ("/reason", "label-closed-because")];
    let closing = waits.then(|| Form::new(page, CLOSE, &path, &["/line", "/reason"], trouble).labelled(labels));
    let warning = trouble.zip(closing.as_ref()).map(|(trouble, form)| Warning::of(trouble, form, page.language));
    let title = page.t1("title-return", "number", &file.file.message_id);
    ReturnPage {
        frame: Frame { wrong: warning.is_some(), ..frame_below(page, title, "title-treasury-returns", "/treasury") },
        lines: place.part(&file.lines),
        pages: place.neighbours(file.file.line_count),
        page,
        file,
        notice: None,
        warning,
        closing,
    }
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

    /// What became of a line of which nothing was recorded.
    fn fate(&self, line: &TreasuryReturnLine) -> Option<Fate<'_>> {
        let one = self.file.unrecorded.iter().find(|one| one.line.line == line.line)?;
        let by = |closing: &TreasuryLineClosing| {
            self.file.people.person(closing.closed_by, Some(closing.closed_at), Some(Step::Pay))
        };
        Some(Fate {
            says: self.page.t(fate_of(one)),
            closing: one.closing.as_ref(),
            by: one.closing.as_ref().and_then(by),
        })
    }

    /// The lines that can be closed: the number of each, and what it says.
    fn to_close(&self) -> Vec<(String, String)> {
        let waiting = self.file.unrecorded.iter().filter(|one| one.waits);
        let named = |one: &UnrecordedLine| {
            let says = self.page.word("payment-status", one.line.outcome);
            (one.line.line.to_string(), format!("{}. {} · {says}", one.line.line, one.line.end_to_end_id))
        };
        waiting.map(named).collect()
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
