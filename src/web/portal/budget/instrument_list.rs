//! The list of budget instruments, the newest first.

use crate::service::budget::instrument_file::InstrumentList;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::budget::instrument_page::{record_of, status_colour};
use crate::web::portal::page::{Frame, Page};
use actix_web::web::Query;
use askama::Template;
use domain::base::permission::Permission;
use domain::budget::budget_instrument::{BudgetInstrument, InstrumentStatus};
use serde::Deserialize;

/// How many rows a page of the list has.
const ROWS: usize = 20;

/// Which part of the list is shown. An empty filter is none.
#[derive(Default, Deserialize)]
pub struct InstrumentQuery {
    #[serde(default)]
    status: String,
    page: Option<usize>,
}

#[derive(Template)]
#[template(path = "templates/budget/instrument_list.html", config = "src/web/askama.toml")]
struct InstrumentListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: InstrumentList,
    status: Option<InstrumentStatus>,
    count: String,
    newer: Option<String>,
    older: Option<String>,
    may_propose: bool,
}

/// The list of instruments.
pub async fn instrument_list(page: Page, query: Query<InstrumentQuery>) -> Reply {
    let status = match query.status.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|why: String| Problem::edge("bad_parameter", why))?),
    };
    let at = query.page.unwrap_or(1).max(1);
    let list = page.web.service.instrument_list(page.caller()?, status, at, ROWS).await?;
    let shown = view(&page, list, status, at)?;
    page.show(&shown)
}

fn view(
    page: &Page,
    list: InstrumentList,
    status: Option<InstrumentStatus>,
    at: usize,
) -> Result<InstrumentListPage<'_>, Problem> {
    let mut frame = page.frame(page.t("title-instruments"));
    frame.crumbs.push(page.crumb("nav-budget", "/budget"));
    let filter = status.map(|status| format!("status={status}&")).unwrap_or_default();
    let address = |to: usize| page.to(&format!("/budget/instruments?{filter}page={to}"));
    Ok(InstrumentListPage {
        frame,
        count: page.t1("count-instruments", "n", list.all),
        newer: (at > 1).then(|| address(at - 1)),
        older: (at.saturating_mul(ROWS) < list.all).then(|| address(at + 1)),
        may_propose: Permission::ProposeBudgetInstrument.check(&page.visitor()?.user.roles).is_ok(),
        page,
        list,
        status,
    })
}

impl InstrumentListPage<'_> {
    fn address(&self, row: &BudgetInstrument) -> String {
        self.page.to(&record_of(row))
    }

    fn statuses(&self) -> &'static [InstrumentStatus] {
        InstrumentStatus::ALL
    }

    fn is_chosen(&self, status: &InstrumentStatus) -> bool {
        self.status == Some(*status)
    }

    fn colour(&self, row: &BudgetInstrument) -> &'static str {
        status_colour(row.status)
    }
}
