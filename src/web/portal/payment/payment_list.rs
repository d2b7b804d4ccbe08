//! The list of payments that a person may see, the newest first.

use crate::service::payment::payment_list::{ListedPayment, PaymentList};
use crate::web::edge::reply::Reply;
use crate::web::portal::colour;
use crate::web::portal::list::{ListQuery, Neighbours, ROWS, StatusFilter};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::reference;
use actix_web::web::Query;
use askama::Template;
use domain::payment::payment::PaymentStatus;

#[derive(Template)]
#[template(path = "templates/payment/payment_list.html", config = "src/web/askama.toml")]
struct PaymentListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: PaymentList,
    /// What the list has in all, in words.
    count: String,
    filter: StatusFilter<PaymentStatus>,
    pages: Neighbours,
}

/// The list of payments.
pub async fn payment_list(page: Page, query: Query<ListQuery>) -> Reply {
    let filter = StatusFilter::of("/payments", &query)?;
    let place = filter.place(&page, &query);
    let list = page.web.service.payment_list(page.caller()?, filter.status, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    page.show(&PaymentListPage {
        frame: page.frame(page.t("title-payments")),
        count: page.t1("count-payments", "n", list.all),
        pages: place.neighbours(list.all),
        filter,
        page: &page,
        list,
    })
}

impl PaymentListPage<'_> {
    fn address(&self, row: &ListedPayment) -> String {
        self.page.to(&format!("/payments/{}", reference::in_address(&row.payment.number)))
    }

    fn colour(&self, row: &ListedPayment) -> &'static str {
        colour::of_payment(row.payment.status)
    }
}
