//! The list of accounts, the newest first.

use crate::service::people::people_file::{PeopleList, PersonRow};
use crate::web::edge::reply::Reply;
use crate::web::portal::page::{Frame, Page};
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

/// How many rows a page of the list has.
const ROWS: usize = 20;

/// Which page of the list is shown.
#[derive(Default, Deserialize)]
pub struct PeopleQuery {
    page: Option<usize>,
}

#[derive(Template)]
#[template(path = "templates/people/people_list.html", config = "src/web/askama.toml")]
struct PeopleListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: PeopleList,
    count: String,
    newer: Option<String>,
    older: Option<String>,
}

/// The list of accounts.
pub async fn people_list(page: Page, query: Query<PeopleQuery>) -> Reply {
    let at = query.page.unwrap_or(1).max(1);
    let list = page.web.service.people_list(page.caller()?, at, ROWS).await?;
    let address = |to: usize| page.to(&format!("/people?page={to}"));
    let shown = PeopleListPage {
        frame: page.frame(page.t("title-people")),
        count: page.t1("count-people", "n", list.all),
        newer: (at > 1).then(|| address(at - 1)),
        older: (at.saturating_mul(ROWS) < list.all).then(|| address(at + 1)),
        page: &page,
        list,
    };
    page.show(&shown)
}

impl PeopleListPage<'_> {
    fn address(&self, row: &PersonRow) -> String {
        self.page.to(&format!("/people/{}", row.user.id))
    }

    fn roles(&self, row: &PersonRow) -> Vec<String> {
        row.user.roles.0.iter().map(|role| self.page.word("role", role)).collect()
    }

    fn state(&self, row: &PersonRow) -> String {
        self.page.word("account-is", state_of(row))
    }

    fn colour(&self, row: &PersonRow) -> &'static str {
        if row.user.disabled_at.is_none() { "govuk-tag--green" } else { "govuk-tag--grey" }
    }
}

fn state_of(row: &PersonRow) -> &'static str {
    match (row.user.erased_at, row.user.disabled_at) {
        (Some(_), _) => "erased",
        (None, Some(_)) => "disabled",
        (None, None) => "enabled",
    }
}
