//! The list of claims that a person may see, the newest first.

use crate::service::claim::claim_file::{ClaimList, ClaimRow};
use crate::web::edge::reply::Reply;
use crate::web::portal::claim::claim_page::record_of;
use crate::web::portal::colour;
use crate::web::portal::list::{ListQuery, Neighbours, ROWS, StatusFilter};
use crate::web::portal::page::{Frame, Page};
use actix_web::web::Query;
use askama::Template;
use domain::base::money::Paise;
use domain::claim::claim::ClaimStatus;

#[derive(Template)]
#[template(path = "templates/claim/claim_list.html", config = "src/web/askama.toml")]
struct ClaimListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: ClaimList,
    /// What the list has in all, in words.
    count: String,
    filter: StatusFilter<ClaimStatus>,
    pages: Neighbours,
}

/// The list of claims.
pub async fn claim_list(page: Page, query: Query<ListQuery>) -> Reply {
    let filter = StatusFilter::of("/claims", &query)?;
    let place = filter.place(&page, &query);
    let list = page.web.service.claim_list(page.caller()?, filter.status, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    page.show(&ClaimListPage {
        frame: page.frame(page.t("title-claims")),
        count: page.t1("count-claims", "n", list.all),
        pages: place.neighbours(list.all),
        filter,
        page: &page,
        list,
    })
}

impl ClaimListPage<'_> {
    fn address(&self, row: &ClaimRow) -> String {
        self.page.to(&record_of(&row.claim))
    }

    /// Its number; a draft has none yet, and is called by its period, or by its year.
    fn name(&self, row: &ClaimRow) -> String {
        let (page, claim) = (self.page, &row.claim);
        match (&claim.number, claim.period_from, claim.period_to) {
            (Some(number), ..) => number.clone(),
            (None, Some(from), Some(to)) => {
                page.language.text_with("claim-draft-period", &[("from", page.day(&from)), ("to", page.day(&to))])
            }
            (None, ..) => page.t1("claim-draft-year", "year", claim.performance_year),
        }
    }

    /// What of a verified claim waits for appropriation; less than a rupee, for which nobody can act, is not said.
    fn deferred(&self, row: &ClaimRow) -> Option<String> {
        let waits = |deferred: &Paise| *deferred > Paise::ZERO && !row.offices.is_empty();
        let deferred = Some(row.claim.deferred_paise).filter(waits);
        deferred.map(|amount| self.page.t1("claim-list-deferred", "amount", amount))
    }

    fn colour(&self, row: &ClaimRow) -> &'static str {
        colour::of(row.claim.status)
    }
}
