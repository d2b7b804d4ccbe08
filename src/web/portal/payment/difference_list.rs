//! Where the bank and the records disagree: the list of differences, and the unsettled ones by age.

use crate::service::payment::bank_differences::AgedDifference;
use crate::service::payment::reconciliation::DifferenceList;
use crate::web::edge::reply::Reply;
use crate::web::portal::colour;
use crate::web::portal::list::{ListQuery, Neighbours, ROWS, StatusFilter};
use crate::web::portal::page::{Frame, Link, Page};
use crate::web::portal::payment::bank_ways::{frame_of_list, ways};
use crate::web::portal::payment::difference_page::record_of;
use crate::web::portal::reference;
use actix_web::web::Query;
use askama::Template;
use domain::payment::bank_difference::DifferenceStatus;

#[derive(Template)]
#[template(path = "templates/payment/difference_list.html", config = "src/web/askama.toml")]
struct DifferenceListPage<'a> {
    page: &'a Page,
    frame: Frame,
    ways: Vec<Link>,
    list: DifferenceList,
    count: String,
    filter: StatusFilter<DifferenceStatus>,
    pages: Neighbours,
}

/// The list of differences.
pub async fn difference_list(page: Page, query: Query<ListQuery>) -> Reply {
    let filter = StatusFilter::of("/differences", &query)?;
    let place = filter.place(&page, &query);
    let list = page.web.service.difference_list(page.caller()?, filter.status, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    page.show(&DifferenceListPage {
        frame: frame_of_list(&page, page.t("title-differences"), "/differences"),
        ways: ways(&page),
        count: page.t1("count-differences", "n", list.all),
        pages: place.neighbours(list.all),
        filter,
        page: &page,
        list,
    })
}

impl DifferenceListPage<'_> {
    fn address(&self, row: &AgedDifference) -> String {
        self.page.to(&record_of(row.difference.id))
    }

    /// The payment that a difference is about: its number and its page.
    fn payment(&self, row: &AgedDifference) -> Option<(&str, String)> {
        let number = self.list.numbers.get(&row.difference.payment_id?)?;
        Some((number, self.page.to(&format!("/payments/{}", reference::in_address(number)))))
    }

    fn colour(&self, row: &AgedDifference) -> &'static str {
        colour::of(row.difference.status)
    }
}
