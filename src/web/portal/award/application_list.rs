//! The list of applications that a person may see, the newest first.

use crate::service::award::application_file::{ApplicationList, ApplicationRow};
use crate::web::edge::reply::Reply;
use crate::web::portal::award::application_page::{record_of, status_colour};
use crate::web::portal::list::{ListQuery, Neighbours, ROWS, StatusFilter};
use crate::web::portal::page::{Frame, Page};
use actix_web::web::Query;
use askama::Template;
use domain::award::application::ApplicationStatus;

#[derive(Template)]
#[template(path = "templates/award/application_list.html", config = "src/web/askama.toml")]
struct ApplicationListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: ApplicationList,
    /// What the list has in all, in words.
    count: String,
    filter: StatusFilter<ApplicationStatus>,
    pages: Neighbours,
}

/// The list of applications.
pub async fn application_list(page: Page, query: Query<ListQuery>) -> Reply {
    let filter = StatusFilter::of("/applications", &query)?;
    let place = filter.place(&page, &query);
    let list = page.web.service.application_list(page.caller()?, filter.status, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    page.show(&ApplicationListPage {
        frame: page.frame(page.t("title-applications")),
        count: page.t1("count-applications", "n", list.all),
        pages: place.neighbours(list.all),
        filter,
        page: &page,
        list,
    })
}

impl ApplicationListPage<'_> {
    fn address(&self, row: &ApplicationRow) -> String {
        self.page.to(&record_of(&row.application))
    }

    /// Its number; a draft has none yet.
    fn name(&self, row: &ApplicationRow) -> String {
        row.application.number.clone().unwrap_or_else(|| self.page.t("application-status-draft"))
    }

    fn colour(&self, row: &ApplicationRow) -> &'static str {
        status_colour(row.application.status)
    }
}
