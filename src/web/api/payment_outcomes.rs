//! Outcomes of payments in bulk.

use crate::domain::disbursement::Disbursement;
use crate::domain::id::PaymentId;
use crate::domain::ledger::AccountBalance;
use crate::domain::payment::BankAnswer;
use crate::domain::treasury_return::LineResult;
use crate::service::error::Error;
use crate::service::payment_outcomes::{Outcomes, PaymentName, RecordOutcome, Recorded};
use crate::service::runner::{BulkMode, Outcome};
use crate::web::Web;
use crate::web::api::payments::PaymentView;
use crate::web::extract::Post;
use crate::web::problem::Problem;
use crate::web::reply::{Reply, done, json};
use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// The bank's answer on one payment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeItem {
    /// The payment by its id, or else by its number.
    pub payment_id: Option<PaymentId>,
    pub number: Option<String>,
    pub answer: BankAnswer,
}

/// Many answers at once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeItems {
    pub mode: BulkMode,
    /// 1 to 10,000.
    pub items: Vec<OutcomeItem>,
}

/// What became of one item.
#[derive(Serialize, ToSchema)]
pub struct ItemOutcome {
    /// Its place in the request, from 0.
    pub index: usize,
    /// `applied`, `already_recorded` or `refused`.
    pub result: LineResult,
    pub payment: Option<PaymentView>,
    pub disbursement: Option<Disbursement>,
    /// What every account that this item moved money into or out of now holds.
    pub balances: Option<Vec<AccountBalance>>,
    /// Why it was refused.
    pub problem: Option<Problem>,
}

/// What became of every item, in the order of the request.
#[derive(Serialize, ToSchema)]
pub struct ItemOutcomes {
    pub applied: usize,
    pub already_recorded: usize,
    pub refused: usize,
    pub items: Vec<ItemOutcome>,
}

impl From<OutcomeItem> for RecordOutcome {
    fn from(item: OutcomeItem) -> Self {
        let payment = match (item.payment_id, item.number) {
            (Some(id), None) => Some(PaymentName::Id(id)),
            (None, Some(number)) => Some(PaymentName::Number(number)),
            _ => None,
        };
        RecordOutcome { payment, answer: item.answer }
    }
}

/// The body of one item, as it is kept for replays.
fn one(recorded: Recorded) -> String {
    let Recorded { result, settled } = recorded;
    json(json!({
        "result": result, "payment": PaymentView::from(settled.payment), "disbursement": settled.disbursement,
    }))
}

/// The body of the whole answer.
fn whole(outcomes: Vec<Outcome>) -> String {
    let mut counts = [0_usize; 3];
    let mut items = Vec::with_capacity(outcomes.len());
    for (index, outcome) in outcomes.into_iter().enumerate() {
        let mut item = match outcome {
            Ok(answered) => serde_json::from_str(&answered.body).unwrap_or_default(),
            Err(error) => json!({ "result": LineResult::Refused, "problem": Problem::from(error) }),
        };
        let kinds = [LineResult::Applied, LineResult::AlreadyRecorded, LineResult::Refused];
        for (count, kind) in counts.iter_mut().zip(kinds) {
            *count += usize::from(item["result"] == kind.as_str());
        }
        item["index"] = json!(index);
        items.push(item);
    }
    let [applied, already_recorded, refused] = counts;
    let items = Value::from(items);
    json(json!({ "applied": applied, "already_recorded": already_recorded, "refused": refused, "items": items }))
}

/// The problem of a request that was undone because of one item.
fn undone(index: usize, error: Error) -> Problem {
    let mut problem = Problem::from(error);
    for error in &mut problem.errors {
        error.pointer = format!("/items/{index}{}", error.pointer);
    }
    if problem.errors.is_empty() {
        let pointer = format!("/items/{index}");
        problem.errors.push(crate::domain::field::FieldError { pointer, reason: problem.detail.clone() });
    }
    problem
}

/// Record the bank's answers on up to 10,000 payments, all or nothing or each on its own.
#[utoipa::path(tag = "payments", request_body = OutcomeItems, responses((status = 200, description = "What became of each", body = ItemOutcomes)))]
#[post("/payments/outcomes")]
pub async fn settle_payments(web: web::Data<Web>, post: Post<OutcomeItems>) -> Reply {
    let items = post.body.items.into_iter().map(RecordOutcome::from).collect();
    match web.service.record_outcomes(post.call, items, post.body.mode, one, whole).await? {
        Outcomes::Answered(answered) => Ok(done(answered)),
        Outcomes::Undone { index, error } => Err(undone(index, error)),
    }
}
