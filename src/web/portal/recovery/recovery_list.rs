//! The list of recoveries that a person may see, the newest first.

use crate::service::recovery::recovery_file::{RecoveryList, RecoveryRow};
use crate::web::edge::reply::Reply;
use crate::web::portal::colour;
use crate::web::portal::list::{ListQuery, Neighbours, ROWS, StatusFilter};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::recovery::recovery_page::record_of;
use actix_web::web::Query;
use askama::Template;
use domain::recovery::recovery::RecoveryStatus;

#[derive(Template)]
#[template(path = "templates/recovery/recovery_list.html", config = "src/web/askama.toml")]
struct RecoveryListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: RecoveryList,
    /// What the list has in all, in words.
    count: String,
    filter: StatusFilter<RecoveryStatus>,
    pages: Neighbours,
}

/// The list of recoveries.
pub async fn recovery_list(page: Page, query: Query<ListQuery>) -> Reply {
    let filter = StatusFilter::of("/recoveries", &query)?;
    let place = filter.place(&page, &query);
    let list = page.web.service.recovery_list(page.caller()?, filter.status, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    page.show(&RecoveryListPage {
        frame: page.frame(page.t("title-recoveries")),
        count: page.t1("count-recoveries", "n", list.all),
        pages: place.neighbours(list.all),
        filter,
        page: &page,
        list,
    })
}

impl RecoveryListPage<'_> {
    fn address(&self, row: &RecoveryRow) -> String {
        self.page.to(&record_of(&row.recovery.number))
    }

    fn colour(&self, row: &RecoveryRow) -> &'static str {
        colour::of(row.recovery.status)
    }
}
