//! The list of tranches that a person may see, the newest first.

use crate::service::payment::tranche_file::{TrancheList, TrancheRow};
use crate::web::edge::reply::Reply;
use crate::web::portal::colour;
use crate::web::portal::list::{ListQuery, Neighbours, ROWS, StatusFilter};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::reference;
use actix_web::web::Query;
use askama::Template;
use domain::payment::tranche::TrancheStatus;

#[derive(Template)]
#[template(path = "templates/payment/tranche_list.html", config = "src/web/askama.toml")]
struct TrancheListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: TrancheList,
    /// What the list has in all, in words.
    count: String,
    filter: StatusFilter<TrancheStatus>,
    pages: Neighbours,
}

/// The list of tranches.
pub async fn tranche_list(page: Page, query: Query<ListQuery>) -> Reply {
    let filter = StatusFilter::of("/tranches", &query)?;
    let place = filter.place(&page, &query);
    let list = page.web.service.tranche_list(page.caller()?, filter.status, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    page.show(&TrancheListPage {
        frame: page.frame(page.t("title-tranches")),
        count: page.t1("count-tranches", "n", list.all),
        pages: place.neighbours(list.all),
        filter,
        page: &page,
        list,
    })
}

impl TrancheListPage<'_> {
    fn address(&self, row: &TrancheRow) -> String {
        self.page.to(&format!("/tranches/{}", reference::in_address(&row.tranche.number)))
    }

    fn colour(&self, row: &TrancheRow) -> &'static str {
        colour::of(row.tranche.status)
    }
}
