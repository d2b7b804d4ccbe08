//! The list of awards that a person may see, the newest first.

use crate::service::award::award_desk::{AwardList, AwardRow};
use crate::web::edge::reply::Reply;
use crate::web::portal::award::application_acts::award_of;
use crate::web::portal::list::{ListQuery, Neighbours, Place, ROWS};
use crate::web::portal::milestone::milestone_page;
use crate::web::portal::page::{Frame, Page};
use actix_web::web::Query;
use askama::Template;
use domain::milestone::milestone::Milestone;

#[derive(Template)]
#[template(path = "templates/award/award_list.html", config = "src/web/askama.toml")]
struct AwardListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: AwardList,
    /// What the list has in all, in words.
    count: String,
    pages: Neighbours,
}

/// The list of awards.
pub async fn award_list(page: Page, query: Query<ListQuery>) -> Reply {
    let place = Place::of(&page, "/awards", &query);
    let list = page.web.service.award_list(page.caller()?, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    page.show(&AwardListPage {
        frame: page.frame(page.t("title-awards")),
        count: page.t1("count-awards", "n", list.all),
        pages: place.neighbours(list.all),
        page: &page,
        list,
    })
}

impl AwardListPage<'_> {
    fn address(&self, row: &AwardRow) -> String {
        self.page.to(&award_of(&row.award.number))
    }

    fn milestone(&self, milestone: &Milestone) -> String {
        milestone_page::title_of(self.page, milestone)
    }
}
