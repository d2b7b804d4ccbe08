//! The list of guarantees that a person may see, the first to expire on top.

use crate::service::award::security_file::{SecurityList, SecurityRow};
use crate::web::edge::reply::Reply;
use crate::web::portal::award::application_acts::award_of;
use crate::web::portal::award::guarantee_page::record_of;
use crate::web::portal::colour;
use crate::web::portal::list::{ListQuery, Neighbours, ROWS, StatusFilter};
use crate::web::portal::page::{Frame, Page};
use actix_web::web::Query;
use askama::Template;
use domain::award::security::SecurityStatus;

#[derive(Template)]
#[template(path = "templates/award/guarantee_list.html", config = "src/web/askama.toml")]
struct GuaranteeListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: SecurityList,
    /// What the list has in all, in words.
    count: String,
    filter: StatusFilter<SecurityStatus>,
    pages: Neighbours,
}

/// The list of guarantees.
pub async fn guarantee_list(page: Page, query: Query<ListQuery>) -> Reply {
    let filter = StatusFilter::of("/guarantees", &query)?;
    let place = filter.place(&page, &query);
    let list = page.web.service.security_list(page.caller()?, filter.status, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    let mut frame = page.frame(page.t("title-guarantees"));
    frame.crumbs.push(page.crumb("nav-awards", "/awards"));
    page.show(&GuaranteeListPage {
        count: page.t1("count-guarantees", "n", list.all),
        pages: place.neighbours(list.all),
        page: &page,
        frame,
        filter,
        list,
    })
}

impl GuaranteeListPage<'_> {
    fn address(&self, row: &SecurityRow) -> String {
        self.page.to(&record_of(&row.security))
    }

    fn award_address(&self, row: &SecurityRow) -> String {
        self.page.to(&award_of(&row.award))
    }

    fn colour(&self, row: &SecurityRow) -> &'static str {
        colour::of(row.security.status)
    }

    /// How many days it still covers, or since how many it does not.
    fn days_left(&self, row: &SecurityRow) -> String {
        let left = (row.security.expires_on - self.list.today).num_days();
        let key = if left < 0 { "guarantee-days-over" } else { "guarantee-days-left" };
        self.page.t1(key, "n", left.abs())
    }
}
