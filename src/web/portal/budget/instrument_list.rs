//! The list of budget instruments, the newest first.

use crate::service::budget::instrument_file::InstrumentList;
use crate::web::edge::reply::Reply;
use crate::web::portal::budget::instrument_page::record_of;
use crate::web::portal::colour;
use crate::web::portal::list::{ListQuery, Neighbours, ROWS, StatusFilter};
use crate::web::portal::page::{Frame, Page};
use actix_web::web::Query;
use askama::Template;
use domain::base::permission::{Permission, Role};
use domain::budget::budget_instrument::{BudgetInstrument, InstrumentStatus};
use domain::worklist::rules;

#[derive(Template)]
#[template(path = "templates/budget/instrument_list.html", config = "src/web/askama.toml")]
struct InstrumentListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: InstrumentList,
    /// What the list has in all, in words.
    count: String,
    filter: StatusFilter<InstrumentStatus>,
    pages: Neighbours,
    may_propose: bool,
}

/// The list of instruments.
pub async fn instrument_list(page: Page, query: Query<ListQuery>) -> Reply {
    let filter = StatusFilter::of("/budget/instruments", &query)?;
    let place = filter.place(&page, &query);
    let list = page.web.service.instrument_list(page.caller()?, filter.status, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    let mut frame = page.frame(page.t("title-instruments"));
    frame.crumbs.push(page.crumb("nav-budget", "/budget"));
    page.show(&InstrumentListPage {
        frame,
        count: page.t1("count-instruments", "n", list.all),
        pages: place.neighbours(list.all),
        filter,
        may_propose: Permission::ProposeBudgetInstrument.check(&page.visitor()?.user.roles).is_ok(),
        page: &page,
        list,
    })
}

impl InstrumentListPage<'_> {
    fn address(&self, row: &BudgetInstrument) -> String {
        self.page.to(&record_of(row))
    }

    /// The offices with which it lies, as its page and the inbox say it.
    fn offices(&self, row: &BudgetInstrument) -> Vec<Role> {
        rules::budget_instrument(row.status).offices()
    }

    fn colour(&self, row: &BudgetInstrument) -> &'static str {
        colour::of(row.status)
    }
}
