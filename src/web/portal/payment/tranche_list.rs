//! The list of tranches that a person may see, the newest first.

use crate::service::payment::tranche_file::{TrancheList, TrancheRow};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::tranche_page::status_colour;
use crate::web::portal::reference;
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
    let link = |to: i64| {
        let filter = status.map(|status| format!("status={status}&")).unwrap_or_default();
        page.to(&format!("/tranches?{filter}page={to}"))
    };
    page.show(&TrancheListPage {
        frame: page.frame(page.t("title-tranches")),
        count: page.t1("count-tranches", "n", list.all),
        newer: (at > 1).then(|| link(at - 1)),
        older: (at < pages).then(|| link(at + 1)),
        page: &page,
        list,
        status,
    })
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
