//! One file for the treasury: its totals and digests, the payments in it with what became of them, and the file itself.

use crate::service::payment::treasury_files::{NamedPayment, WholeAdvice};
use crate::web::api::payment::payment_advices::download;
use crate::web::edge::reply::Reply;
use crate::web::portal::colour;
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::bank_ways::{frame_below, year_end};
use crate::web::portal::payment::tranche_page::{Notice, NoticeQuery, notice_of};
use crate::web::portal::reference;
use crate::web::portal::texts::Language;
use actix_web::web::{Path, Query};
use askama::Template;
use domain::base::id::PaymentAdviceId;
use domain::base::permission::{Permission, Step};
use domain::payment::payment_advice::FileFormat;
use domain::people::office::PersonThere;

#[derive(Template)]
#[template(path = "templates/payment/advice.html", config = "src/web/askama.toml")]
struct AdvicePage<'a> {
    page: &'a Page,
    frame: Frame,
    file: WholeAdvice,
    notice: Option<Notice>,
}

/// The address of a file for the treasury, after the language.
pub fn record_of(id: PaymentAdviceId) -> String {
    format!("/advices/{id}")
}

/// The page of one file for the treasury.
pub async fn advice_page(page: Page, at: Path<(Language, PaymentAdviceId)>, query: Query<NoticeQuery>) -> Reply {
    let file = page.web.service.advice_file(page.caller()?, at.1).await?;
    let notice = notice_of(&page, query.entry, vec![format!("payment_advice:{}", at.1)]).await?;
    let title = page.t1("title-advice", "number", &file.advice.message_id);
    let frame = frame_below(&page, title, "title-advices", "/advices");
    page.show(&AdvicePage { page: &page, frame, file, notice })
}

/// The file as CSV; that it was taken is on record.
pub async fn as_csv(page: Page, at: Path<(Language, PaymentAdviceId)>) -> Reply {
    download(&page.web, page.caller()?, at.1, FileFormat::Csv).await
}

/// The file as XML; that it was taken is on record.
pub async fn as_xml(page: Page, at: Path<(Language, PaymentAdviceId)>) -> Reply {
    download(&page.web, page.caller()?, at.1, FileFormat::Xml).await
}

impl AdvicePage<'_> {
    /// What happens at the year's end, while the bank has not answered about every payment.
    fn year_end(&self) -> Option<String> {
        let waits = self.file.payments.iter().any(|row| row.payment.status.is_on_its_way());
        waits.then(|| year_end(self.page, self.file.advice.execute_on))
    }

    fn made_by(&self) -> Option<PersonThere> {
        let advice = &self.file.advice;
        self.file.people.person(advice.made_by, Some(advice.made_at), Some(Step::Pay))
    }

    /// Where each format is downloaded, for a person who may.
    fn downloads(&self) -> Vec<(String, FileFormat)> {
        let may = self.page.may(Permission::DownloadPaymentAdvice);
        let address = |format: &FileFormat| self.page.to(&format!("/advices/{}/file.{format}", self.file.advice.id));
        FileFormat::ALL.iter().filter(|_| may).map(|format| (address(format), *format)).collect()
    }

    fn payment_address(&self, row: &NamedPayment) -> String {
        self.page.to(&format!("/payments/{}", reference::in_address(&row.payment.number)))
    }

    fn colour(&self, row: &NamedPayment) -> &'static str {
        colour::of_payment(row.payment.status)
    }
}
