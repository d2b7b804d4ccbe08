//! The list of accounts, the newest first.

use crate::service::people::people_file::{PeopleList, PersonRow};
use crate::web::edge::reply::Reply;
use crate::web::portal::list::{ListQuery, Neighbours, Place, ROWS};
use crate::web::portal::page::{Frame, Page};
use actix_web::web::Query;
use askama::Template;

#[derive(Template)]
#[template(path = "templates/people/people_list.html", config = "src/web/askama.toml")]
struct PeopleListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: PeopleList,
    count: String,
    pages: Neighbours,
}

/// The list of accounts.
pub async fn people_list(page: Page, query: Query<ListQuery>) -> Reply {
    let place = Place::of(&page, "/people", &query);
    let list = page.web.service.people_list(page.caller()?, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    page.show(&PeopleListPage {
        frame: page.frame(page.t("title-people")),
        count: page.t1("count-people", "n", list.all),
        pages: place.neighbours(list.all),
        page: &page,
        list,
    })
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
