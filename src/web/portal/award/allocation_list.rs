//! The list of allocations, the newest first, and whom each waits for.

use crate::service::award::allocation_file::{AllocationList, AllocationRow};
use crate::web::edge::reply::Reply;
use crate::web::portal::award::allocation_page::{record_of, status_colour};
use crate::web::portal::list::{ListQuery, Neighbours, ROWS, StatusFilter};
use crate::web::portal::page::{Frame, Page};
use actix_web::web::Query;
use askama::Template;
use domain::award::allocation::AllocationStatus;

#[derive(Template)]
#[template(path = "templates/award/allocation_list.html", config = "src/web/askama.toml")]
struct AllocationListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: AllocationList,
    /// What the list has in all, in words.
    count: String,
    filter: StatusFilter<AllocationStatus>,
    pages: Neighbours,
}

/// The list of allocations.
pub async fn allocation_list(page: Page, query: Query<ListQuery>) -> Reply {
    let filter = StatusFilter::of("/allocations", &query)?;
    let place = filter.place(&page, &query);
    let list = page.web.service.allocation_list(page.caller()?, filter.status, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    page.show(&AllocationListPage {
        frame: page.frame(page.t("title-allocations")),
        count: page.t1("count-allocations", "n", list.all),
        pages: place.neighbours(list.all),
        filter,
        page: &page,
        list,
    })
}

impl AllocationListPage<'_> {
    fn address(&self, row: &AllocationRow) -> String {
        self.page.to(&record_of(&row.allocation.number))
    }

    fn colour(&self, row: &AllocationRow) -> &'static str {
        status_colour(row.allocation.status)
    }
}
