//! The list of tranches that a person may see, the newest first.

use crate::service::payment::tranche_file::{TrancheList, TrancheRow};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::tranche_page::status_colour;
use crate::web::portal::reference;
use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::Query;
use askama::Template;
use domain::payment::tranche::TrancheStatus;
use serde::Deserialize;

/// How many rows a page of the list has.
const ROWS: i64 = 20;

/// Which part of the list is shown. An empty filter is none.
#[derive(Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    status: String,
    page: Option<i64>,
}

#[derive(Template)]
#[template(path = "templates/payment/tranche_list.html", config = "src/web/askama.toml")]
struct TrancheListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: TrancheList,
    status: Option<TrancheStatus>,
    /// What the list has in all, in words.
    count: String,
    newer: Option<String>,
    older: Option<String>,
}

/// The list of tranches.
pub async fn tranche_list(page: Page, query: Query<ListQuery>) -> Reply {
    let status = match query.status.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|why: String| Problem::edge("bad_parameter", why))?),
    };
    let at = query.page.unwrap_or(1).max(1);
    let list = page.web.service.tranche_list(page.caller()?, status, at, ROWS).await?;
    let pages = (list.all + ROWS - 1) / ROWS;
    if list.rows.is_empty() && list.all > 0 {
        // A page that was there once; the filter stays.
        return Ok(HttpResponse::SeeOther().insert_header((LOCATION, address_of(&page, status, pages))).finish());
    }
    page.show(&view(&page, list, status, at, pages))
}

fn address_of(page: &Page, status: Option<TrancheStatus>, to: i64) -> String {
    let filter = status.map(|status| format!("status={status}&")).unwrap_or_default();
    page.to(&format!("/tranches?{filter}page={to}"))
}

fn view(page: &Page, list: TrancheList, status: Option<TrancheStatus>, at: i64, pages: i64) -> TrancheListPage<'_> {
    TrancheListPage {
        frame: page.frame(page.t("title-tranches")),
        count: page.t1("count-tranches", "n", list.all),
        newer: (at > 1).then(|| address_of(page, status, at - 1)),
        older: (at < pages).then(|| address_of(page, status, at + 1)),
        page,
        list,
        status,
    }
}

impl TrancheListPage<'_> {
    fn address(&self, row: &TrancheRow) -> String {
        self.page.to(&format!("/tranches/{}", reference::in_address(&row.tranche.number)))
    }

    fn statuses(&self) -> &'static [TrancheStatus] {
        TrancheStatus::ALL
    }

    fn is_chosen(&self, status: &TrancheStatus) -> bool {
        self.status == Some(*status)
    }

    fn colour(&self, row: &TrancheRow) -> &'static str {
        status_colour(row.tranche.status)
    }

    fn has_filter(&self) -> bool {
        self.status.is_some()
    }
}
