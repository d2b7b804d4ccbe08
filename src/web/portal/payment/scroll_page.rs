//! One scroll of the bank: what was found about each line, and the payments that are missing from it.

use crate::service::payment::reconciliation::WholeScroll;
use crate::web::edge::reply::Reply;
use crate::web::portal::list::{ListQuery, Neighbours, Place};
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::payment::bank_ways::frame_below;
use crate::web::portal::payment::return_page::payment_of;
use crate::web::portal::payment::tranche_page::{Notice, NoticeQuery, notice_of};
use crate::web::portal::payment::{bank_words, difference_page};
use crate::web::portal::texts::Language;
use actix_web::web::{Path, Query};
use askama::Template;
use domain::base::id::{BankDifferenceId, BankScrollId};
use domain::payment::bank_difference::BankDifference;
use domain::payment::bank_scroll::{BankScrollLine, ScrollFinding};
use domain::people::office::PersonThere;

#[derive(Template)]
#[template(path = "templates/payment/scroll.html", config = "src/web/askama.toml")]
struct ScrollPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: WholeScroll,
    notice: Option<Notice>,
    lines: Vec<BankScrollLine>,
    pages: Neighbours,
}

/// The address of a scroll, after the language.
pub fn record_of(id: BankScrollId) -> String {
    format!("/scrolls/{id}")
}

/// The page of one scroll.
pub async fn scroll_page(
    page: Page,
    at: Path<(Language, BankScrollId)>,
    query: Query<NoticeQuery>,
    part: Query<ListQuery>,
) -> Reply {
    let file = page.web.service.scroll_file(page.caller()?, at.1).await?;
    let notice = notice_of(&page, query.entry, vec![format!("bank_scroll:{}", at.1)]).await?;
    let place = Place::of(&page, &record_of(at.1), &part);
    if let Some(last) = place.last_instead(file.scroll.line_count) {
        return Ok(last);
    }
    let title = page.t1("title-scroll", "number", &file.scroll.message_id);
    let frame = frame_below(&page, title, "title-scrolls", "/scrolls");
    let lines = place.part(&file.lines);
    page.show(&ScrollPage { pages: place.neighbours(file.scroll.line_count), page: &page, frame, file, notice, lines })
}

/// The colour of the tag of a finding; the word beside it says the same.
pub fn finding_colour(finding: ScrollFinding) -> &'static str {
    if finding.agrees() { "govuk-tag--green" } else { "govuk-tag--red" }
}

impl ScrollPage<'_> {
    fn uploaded_by(&self) -> Option<PersonThere> {
        let scroll = &self.file.scroll;
        self.file.people.person(scroll.uploaded_by, Some(scroll.uploaded_at), None)
    }

    fn payment(&self, number: &str) -> Option<String> {
        payment_of(self.page, &self.file.known, number)
    }

    /// The payment that no line names.
    fn missing(&self, difference: &BankDifference) -> Option<&str> {
        self.file.numbers.get(&difference.payment_id?).map(String::as_str)
    }

    fn difference(&self, line: &BankScrollLine) -> Option<String> {
        self.file.differences.get(&line.line).map(|id| self.difference_address(id))
    }

    fn difference_address(&self, id: &BankDifferenceId) -> String {
        self.page.to(&difference_page::record_of(*id))
    }

    fn detail(&self, detail: &str) -> Said {
        bank_words::of_scroll(self.page, detail)
    }

    fn colour(&self, finding: &ScrollFinding) -> &'static str {
        finding_colour(*finding)
    }
}
