//! The list of excuses that a person may see, the newest first.

use crate::service::milestone::excuse_file::{ExcuseList, ExcuseRow};
use crate::web::edge::reply::Reply;
use crate::web::portal::colour;
use crate::web::portal::list::{ListQuery, Neighbours, ROWS, StatusFilter};
use crate::web::portal::milestone::excuse_page::{record_of, span};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::reference;
use actix_web::web::Query;
use askama::Template;
use domain::milestone::excuse::ExcuseStatus;

#[derive(Template)]
#[template(path = "templates/milestone/excuse_list.html", config = "src/web/askama.toml")]
struct ExcuseListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: ExcuseList,
    /// What the list has in all, in words.
    count: String,
    filter: StatusFilter<ExcuseStatus>,
    pages: Neighbours,
}

/// The list of excuses.
pub async fn excuse_list(page: Page, query: Query<ListQuery>) -> Reply {
    let filter = StatusFilter::of("/excuses", &query)?;
    let place = filter.place(&page, &query);
    let list = page.web.service.excuse_list(page.caller()?, filter.status, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    let mut frame = page.frame(page.t("title-excuses"));
    frame.crumbs.push(page.crumb("nav-milestones", "/milestones"));
    page.show(&ExcuseListPage {
        count: page.t1("count-excuses", "n", list.all),
        pages: place.neighbours(list.all),
        page: &page,
        frame,
        filter,
        list,
    })
}

impl ExcuseListPage<'_> {
    fn address(&self, row: &ExcuseRow) -> String {
        self.page.to(&record_of(&row.excuse.number))
    }

    fn award_address(&self, row: &ExcuseRow) -> String {
        self.page.to(&format!("/awards/{}", reference::in_address(&row.award)))
    }

    fn colour(&self, row: &ExcuseRow) -> &'static str {
        colour::of(row.excuse.status)
    }

    fn asked(&self, row: &ExcuseRow) -> String {
        span(self.page, &row.excuse.asked())
    }
}
