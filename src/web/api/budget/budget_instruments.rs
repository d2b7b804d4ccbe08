//! Budget instruments: the orders that change the budget.

use crate::service::budget::budget_instruments::{
    ApproveBudgetInstrument, ProposeBudgetInstrument, RefuseBudgetInstrument, WithdrawBudgetInstrument,
};
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::record_list::{Asked, Listing, RecordList};
use crate::web::edge::reply::{Reply, json, show_version};
use crate::web::routes::{Nothing, Reason};
use actix_web::{HttpRequest, get, post, web};
use domain::base::id::InstrumentId;
use domain::budget::budget_instrument::{BudgetInstrument, InstrumentForm, InstrumentKind, InstrumentStatus};
use domain::desk::selection::Subject;
use domain::scheme::scheme::Component;

/// The list of budget instruments.
pub struct BudgetInstrumentListing;

impl Listing for BudgetInstrumentListing {
    const SUBJECT: Subject = Subject::BudgetInstruments;

    fn words(field: &str) -> Option<Vec<&'static str>> {
        match field {
            "status" => Some(InstrumentStatus::ALL.iter().map(|word| word.as_str()).collect()),
            "kind" => Some(InstrumentKind::ALL.iter().map(|word| word.as_str()).collect()),
            "component" | "to_component" => Some(Component::ALL.iter().map(|word| word.as_str()).collect()),
            _ => None,
        }
    }
}

/// Propose a change of the budget.
/// It is a provision, revision, supplementary grant, re-appropriation, surrender, lapse or change of outlay.
#[utoipa::path(tag = "budget", request_body = InstrumentForm, responses((status = 201, description = "The instrument", body = BudgetInstrument)))]
#[post("/budget-instruments")]
pub async fn propose_budget_instrument(web: web::Data<Web>, post: Post<InstrumentForm>) -> Reply {
    web.make(post.call, "/budget-instruments", ProposeBudgetInstrument { form: post.body }, json).await
}

/// List the budget instruments, in the order in which they were proposed.
#[utoipa::path(tag = "budget", params(Asked<BudgetInstrumentListing>), responses((status = 200, description = "One page", body = RecordList<BudgetInstrument>)))]
#[get("/budget-instruments")]
pub async fn list_budget_instruments(
    web: web::Data<Web>,
    signed: Signed,
    asked: Asked<BudgetInstrumentListing>,
) -> Reply {
    asked.answer(web.service.list_budget_instruments(signed.0, asked.page.clone()).await?)
}

/// Show one budget instrument.
#[utoipa::path(tag = "budget", responses((status = 200, description = "The instrument", body = BudgetInstrument)))]
#[get("/budget-instruments/{id}")]
pub async fn show_budget_instrument(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<InstrumentId>,
    request: HttpRequest,
) -> Reply {
    let instrument = web.service.budget_instrument(signed.0, id.into_inner()).await?;
    show_version(&request, instrument.version, instrument)
}

/// Approve an instrument that another person proposed: it takes effect at once.
#[utoipa::path(tag = "budget", request_body = Nothing, responses((status = 200, description = "The instrument", body = BudgetInstrument)))]
#[post("/budget-instruments/{id}/approval")]
pub async fn approve_budget_instrument(web: web::Data<Web>, id: web::Path<InstrumentId>, post: Post<Nothing>) -> Reply {
    let command = ApproveBudgetInstrument { id: id.into_inner(), seen_version: post.version()? };
    web.run(post.call, command, json).await
}

/// Refuse an instrument that another person proposed.
#[utoipa::path(tag = "budget", request_body = Reason, responses((status = 200, description = "The instrument", body = BudgetInstrument)))]
#[post("/budget-instruments/{id}/refusal")]
pub async fn refuse_budget_instrument(web: web::Data<Web>, id: web::Path<InstrumentId>, post: Post<Reason>) -> Reply {
    let seen_version = post.version()?;
    let command = RefuseBudgetInstrument { id: id.into_inner(), seen_version, reason: post.body.reason };
    web.run(post.call, command, json).await
}

/// Withdraw an instrument of one's own.
#[utoipa::path(tag = "budget", request_body = Reason, responses((status = 200, description = "The instrument", body = BudgetInstrument)))]
#[post("/budget-instruments/{id}/withdrawal")]
pub async fn withdraw_budget_instrument(web: web::Data<Web>, id: web::Path<InstrumentId>, post: Post<Reason>) -> Reply {
    let seen_version = post.version()?;
    let command = WithdrawBudgetInstrument { id: id.into_inner(), seen_version, reason: post.body.reason };
    web.run(post.call, command, json).await
}
