//! Differences between the bank's scrolls and our records (reconciliation): a queue with ageing, settled by two
//! people.

use crate::service::payment::bank_differences::{
    AgeTotal, AgedDifference, DifferenceFilter, ProposeDifferenceSettlement, SettleDifference,
};
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::listing::{Page, page_answer, rows_on_page};
use crate::web::edge::reply::{Reply, json, show_of_day};
use actix_web::{HttpRequest, get, post, web};
use domain::base::id::BankDifferenceId;
use domain::base::money::Paise;
use domain::payment::bank_difference::{
    BankDifference, DifferenceAge, DifferenceProposal, DifferenceSettlement, DifferenceStatus,
};
use domain::payment::bank_scroll::ScrollFinding;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A difference with its age today; a settled one has none.
#[derive(Serialize, ToSchema)]
pub struct BankDifferenceView {
    #[serde(flatten)]
    pub difference: BankDifference,
    pub age_days: Option<u64>,
    pub age: Option<DifferenceAge>,
}

impl From<AgedDifference> for BankDifferenceView {
    fn from(one: AgedDifference) -> Self {
        let (age_days, age) = one.age.unzip();
        BankDifferenceView { difference: one.difference, age_days, age }
    }
}

/// The totals of all unsettled differences of one age, independent of the filter of the list.
#[derive(Serialize, ToSchema)]
pub struct DifferenceAgeTotal {
    pub age: DifferenceAge,
    pub count: i64,
    pub amount_paise: Paise,
}

impl From<AgeTotal> for DifferenceAgeTotal {
    fn from(total: AgeTotal) -> Self {
        DifferenceAgeTotal { age: total.age, count: total.count, amount_paise: total.amount }
    }
}

/// The filter for differences.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DifferenceQuery {
    pub status: Option<DifferenceStatus>,
    pub kind: Option<ScrollFinding>,
    /// Only unsettled ones of this age.
    pub age: Option<DifferenceAge>,
    /// 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the previous page.
    pub cursor: Option<BankDifferenceId>,
}

/// One page of the queue, and the whole of it by age.
#[derive(Serialize, ToSchema)]
pub struct BankDifferenceList {
    pub data: Vec<BankDifferenceView>,
    pub page: Page,
    pub ageing: Vec<DifferenceAgeTotal>,
}

/// List differences in the order in which they were found.
#[utoipa::path(tag = "reconciliation", params(DifferenceQuery), responses((status = 200, description = "One page", body = BankDifferenceList)))]
#[get("/bank-differences")]
pub async fn list_bank_differences(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<DifferenceQuery>,
    request: HttpRequest,
) -> Reply {
    let DifferenceQuery { status, kind, age, limit, cursor } = query.into_inner();
    let limit = rows_on_page(limit)?;
    let filter = DifferenceFilter { status, kind, age, after: cursor };
    let found = web.service.list_bank_differences(signed.0, filter, limit).await?;
    let next = found.rows.last().filter(|_| found.more).map(|last| last.difference.id.to_string());
    let page = Page { limit, next };
    let address = page.address(&request);
    let list = BankDifferenceList {
        data: found.rows.into_iter().map(BankDifferenceView::from).collect(),
        page,
        ageing: found.ageing.into_iter().map(DifferenceAgeTotal::from).collect(),
    };
    Ok(page_answer(json(list), address))
}

/// Show one difference.
#[utoipa::path(tag = "reconciliation", responses((status = 200, description = "The difference", body = BankDifferenceView)))]
#[get("/bank-differences/{id}")]
pub async fn show_bank_difference(web: web::Data<Web>, signed: Signed, id: web::Path<BankDifferenceId>) -> Reply {
    let found = web.service.bank_difference(signed.0, id.into_inner()).await?;
    show_of_day(found.difference.version, BankDifferenceView::from(found))
}

/// Propose how a difference is settled (a finance officer who did not pay it).
#[utoipa::path(tag = "reconciliation", request_body = DifferenceProposal, responses((status = 200, description = "The difference", body = BankDifference)))]
#[post("/bank-differences/{id}/proposal")]
pub async fn propose_difference_settlement(
    web: web::Data<Web>,
    id: web::Path<BankDifferenceId>,
    post: Post<DifferenceProposal>,
) -> Reply {
    let command = ProposeDifferenceSettlement { id: id.into_inner(), seen_version: post.version()?, form: post.body };
    web.run(post.call, command, json).await
}

/// Settle a difference as proposed, or return the proposal.
/// Another finance officer, or the competent authority, does so.
#[utoipa::path(tag = "reconciliation", request_body = DifferenceSettlement, responses((status = 200, description = "The difference", body = BankDifference)))]
#[post("/bank-differences/{id}/settlement")]
pub async fn settle_difference(
    web: web::Data<Web>,
    id: web::Path<BankDifferenceId>,
    post: Post<DifferenceSettlement>,
) -> Reply {
    let command = SettleDifference { id: id.into_inner(), seen_version: post.version()?, form: post.body };
    web.run(post.call, command, json).await
}
