//! The list of claims that a person may see, the newest first.

use crate::service::claim::claim_file::{ClaimList, ClaimRow};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::claim::claim_page::{record_of, status_colour};
use crate::web::portal::page::{Frame, Page};
use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::Query;
use askama::Template;
use domain::claim::claim::ClaimStatus;
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
#[template(path = "templates/claim/claim_list.html", config = "src/web/askama.toml")]
struct ClaimListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: ClaimList,
    status: Option<ClaimStatus>,
    /// What the list has in all, in words.
    count: String,
    newer: Option<String>,
    older: Option<String>,
}

/// The list of claims.
pub async fn claim_list(page: Page, query: Query<ListQuery>) -> Reply {
    let status = match query.status.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|why: String| Problem::edge("bad_parameter", why))?),
    };
    let at = query.page.unwrap_or(1).max(1);
    let list = page.web.service.claim_list(page.caller()?, status, at, ROWS).await?;
    let pages = (list.all + ROWS - 1) / ROWS;
    if list.rows.is_empty() && list.all > 0 {
        // A page that was there once; the filter stays.
        return Ok(HttpResponse::SeeOther().insert_header((LOCATION, address_of(&page, status, pages))).finish());
    }
    page.show(&view(&page, list, status, at, pages))
}

fn address_of(page: &Page, status: Option<ClaimStatus>, to: i64) -> String {
    let filter = status.map(|status| format!("status={status}&")).unwrap_or_default();
    page.to(&format!("/claims?{filter}page={to}"))
}

fn view(page: &Page, list: ClaimList, status: Option<ClaimStatus>, at: i64, pages: i64) -> ClaimListPage<'_> {
    ClaimListPage {
        frame: page.frame(page.t("title-claims")),
        count: page.t1("count-claims", "n", list.all),
        newer: (at > 1).then(|| address_of(page, status, at - 1)),
        older: (at < pages).then(|| address_of(page, status, at + 1)),
        page,
        list,
        status,
    }
}

impl ClaimListPage<'_> {
    fn address(&self, row: &ClaimRow) -> String {
        self.page.to(&record_of(&row.claim))
    }

    /// Its number; a draft has none yet.
    fn name(&self, row: &ClaimRow) -> String {
        row.claim.number.clone().unwrap_or_else(|| self.page.t("claim-status-draft"))
    }

    fn statuses(&self) -> &'static [ClaimStatus] {
        ClaimStatus::ALL
    }

    fn is_chosen(&self, status: &ClaimStatus) -> bool {
        self.status == Some(*status)
    }

    fn colour(&self, row: &ClaimRow) -> &'static str {
        status_colour(row.claim.status)
    }

    fn has_filter(&self) -> bool {
        self.status.is_some()
    }
}
