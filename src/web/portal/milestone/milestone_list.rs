//! The list of milestones: those that were reported or are late, or all; those that are due first.

use crate::service::milestone::milestone_desk::{MilestonePart, MilestoneRow};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::edge_reason::EdgeReason;
use crate::web::portal::colour;
use crate::web::portal::milestone::milestone_page::{record_of, title_of};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::reference;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

/// Which part of the list is shown: what waits or is late unless something else is chosen.
#[derive(Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    part: String,
}

#[derive(Template)]
#[template(path = "templates/milestone/milestone_list.html", config = "src/web/askama.toml")]
struct MilestoneListPage<'a> {
    page: &'a Page,
    frame: Frame,
    rows: Vec<MilestoneRow>,
    part: MilestonePart,
    count: String,
}

/// The list of milestones.
pub async fn milestone_list(page: Page, query: Query<ListQuery>) -> Reply {
    let part = match query.part.as_str() {
        "" => MilestonePart::Open,
        text => text.parse().map_err(|_: String| Problem::because("bad_parameter", EdgeReason::Address))?,
    };
    let rows = page.web.service.milestone_list(page.caller()?, part).await?;
    let count = page.t1("count-milestones", "n", rows.len());
    page.show(&MilestoneListPage { page: &page, frame: page.frame(page.t("title-milestones")), rows, part, count })
}

impl MilestoneListPage<'_> {
    fn address(&self, row: &MilestoneRow) -> String {
        self.page.to(&record_of(&row.award, &row.file.milestone.code))
    }

    fn award_address(&self, row: &MilestoneRow) -> String {
        self.page.to(&format!("/awards/{}", reference::in_address(&row.award)))
    }

    fn title(&self, row: &MilestoneRow) -> String {
        title_of(self.page, &row.file.milestone)
    }

    fn parts(&self) -> &'static [MilestonePart] {
        MilestonePart::ALL
    }

    fn is_chosen(&self, part: &MilestonePart) -> bool {
        self.part == *part
    }

    fn colour(&self, row: &MilestoneRow) -> &'static str {
        colour::of(row.file.milestone.status)
    }

    fn days_late(&self, row: &MilestoneRow) -> String {
        self.page.t1("milestone-days", "n", row.file.standing.days_late)
    }
}
