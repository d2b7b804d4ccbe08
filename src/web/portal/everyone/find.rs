//! From a number to its page: one record that has a page is gone to at once; everything else is a list that says what
//! was searched.

use crate::service::desk::finder::{FoundKind, FoundList, FoundRecord};
use crate::web::edge::reply::Reply;
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::{reference, route_table};
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

/// What is searched for.
#[derive(Default, Deserialize)]
pub struct FindQuery {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "templates/everyone/find.html", config = "src/web/askama.toml")]
struct FindPage<'a> {
    page: &'a Page,
    frame: Frame,
    asked: String,
    list: FoundList,
}

/// The page that searches.
pub async fn find_page(page: Page, query: Query<FindQuery>) -> Reply {
    let asked = query.into_inner().q;
    let list = page.web.service.find(page.caller()?, asked.clone()).await?;
    if let [one] = &list.records[..]
        && one.kind != FoundKind::Company
        && let Some(path) = path_of(&page, one)
    {
        return Ok(page.see_other(&path));
    }
    let frame = page.frame(page.t("title-find"));
    page.show(&FindPage { page: &page, frame, asked, list })
}

/// The page of a record, if the reader may open it.
fn path_of(page: &Page, record: &FoundRecord) -> Option<String> {
    let name = reference::in_address(record.name());
    let (id, part) = (&record.id, record.part.as_deref());
    let path = match record.kind {
        FoundKind::Application => format!("/applications/{name}"),
        FoundKind::Allocation => format!("/allocations/{name}"),
        FoundKind::Award => format!("/awards/{name}"),
        FoundKind::Milestone => format!("/awards/{name}/milestones/{}", part?),
        FoundKind::Excuse => format!("/excuses/{name}"),
        FoundKind::Guarantee => format!("/guarantees/{id}"),
        FoundKind::Claim => format!("/claims/{name}"),
        FoundKind::Certificate => format!("/claims/{}/certificate", reference::in_address(part?)),
        FoundKind::Tranche => format!("/tranches/{name}"),
        FoundKind::Payment => format!("/payments/{name}"),
        FoundKind::Disbursement => format!("/disbursements/{name}"),
        FoundKind::Recovery => format!("/recoveries/{name}"),
        FoundKind::Letter => format!("/letters/{name}"),
        FoundKind::Instrument => format!("/budget/instruments/{name}"),
        FoundKind::Advice => format!("/advices/{id}"),
        FoundKind::TreasuryFile => format!("/treasury/{id}"),
        FoundKind::Scroll => format!("/scrolls/{id}"),
        FoundKind::Difference => format!("/differences/{id}"),
        FoundKind::SchemeDraft => format!("/scheme-drafts/{id}"),
        // What a company has here is found by its CIN.
        FoundKind::Company => return record.number.as_ref().map(|cin| format!("/find?q={cin}")),
    };
    route_table::permission_of(&path).filter(|permission| page.may(*permission)).map(|_| path)
}

impl FindPage<'_> {
    fn address(&self, record: &FoundRecord) -> Option<String> {
        // The list of what a company has does not lead to itself.
        let is_here = |path: &String| record.kind == FoundKind::Company && path.ends_with(&format!("={}", self.asked));
        path_of(self.page, record).filter(|path| !is_here(path)).map(|path| self.page.to(&path))
    }

    /// What was searched, by name.
    fn searched(&self) -> String {
        let kinds = self.list.searched.iter().map(|kind| self.page.word("searched", kind));
        kinds.collect::<Vec<_>>().join(", ")
    }
}
