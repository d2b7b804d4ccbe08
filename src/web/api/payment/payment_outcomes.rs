//! Recording the bank's outcomes of many payments in one request (bulk).

use crate::service::payment::payment_outcomes::{Outcomes, PaymentName, RecordOutcome, Recorded};
use crate::service::running::bulk::{BulkMode, Many};
use crate::service::running::error::Error;
use crate::web::Web;
use crate::web::edge::extract::Post;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::{Reply, done, json};
use actix_web::{post, web};
use domain::base::field::FieldError;
use domain::base::field_reason::FieldReason;
use domain::base::id::{DisbursementId, PaymentId};
use domain::budget::ledger::AccountBalance;
use domain::payment::payment::{BankAnswer, PaymentStatus};
use domain::payment::treasury_return::LineResult;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use utoipa::ToSchema;

/// The bank's answer on one payment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeItem {
    /// The payment by its id, or instead by its number.
    pub payment_id: Option<PaymentId>,
    pub number: Option<String>,
    pub answer: BankAnswer,
}

/// Many answers of the bank in one request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeItems {
    pub mode: BulkMode,
    /// 1 to 10,000.
    pub items: Vec<OutcomeItem>,
}

/// The payment of an item after the item was applied.
#[derive(Serialize, ToSchema)]
pub struct ItemPayment {
    pub id: PaymentId,
    pub number: String,
    pub status: PaymentStatus,
    pub version: i64,
}

/// The disbursement that an item made.
#[derive(Serialize, ToSchema)]
pub struct ItemDisbursement {
    pub id: DisbursementId,
    pub number: String,
}

/// The result of one item.
#[derive(Serialize, ToSchema)]
pub struct ItemOutcome {
    /// Its place in the request, counted from 0.
    pub index: usize,
    /// `applied`, `already_recorded` or `refused`.
    pub result: LineResult,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<ItemPayment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disbursement: Option<ItemDisbursement>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// The result of every item, in the order of the request.
#[derive(Serialize, ToSchema)]
pub struct ItemOutcomes {
    pub applied: usize,
    pub already_recorded: usize,
    pub refused: usize,
    /// The balances, after this request, of all accounts that it moved money into or out of.
    pub balances: Vec<AccountBalance>,
    #[schema(value_type = Vec<ItemOutcome>)]
    pub items: Vec<Box<RawValue>>,
}

/// The stored result of an item, and its part of the answer as it was first given.
#[derive(Serialize, Deserialize)]
struct KeptItem {
    result: LineResult,
    body: Box<RawValue>,
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

fn one(index: usize, outcome: Result<Recorded, Error>) -> KeptItem {
    let item = match outcome {
        Ok(Recorded { result, payment, disbursement }) => ItemOutcome {
            index,
            result,
            payment: Some(ItemPayment {
                id: payment.id,
                number: payment.number,
                status: payment.status,
                version: payment.version,
            }),
            disbursement: disbursement.map(|made| ItemDisbursement { id: made.id, number: made.number }),
            problem: None,
        },
        Err(error) => ItemOutcome {
            index,
            result: LineResult::Refused,
            payment: None,
            disbursement: None,
            problem: Some(Problem::from(error)),
        },
    };
    // A value of text, numbers and lists always has a JSON form.
    KeptItem { result: item.result, body: to_raw_value(&item).unwrap_or_default() }
}

/// The body of the whole answer.
fn whole(done: Many<KeptItem>) -> String {
    let count = |result: LineResult| done.items.iter().filter(|item| item.result == result).count();
    json(ItemOutcomes {
        applied: count(LineResult::Applied),
        already_recorded: count(LineResult::AlreadyRecorded),
        refused: count(LineResult::Refused),
        balances: done.balances(),
        items: done.items.into_iter().map(|item| item.body).collect(),
    })
}

/// The problem of a request that was rolled back because of one item.
fn undone(index: usize, error: Error) -> Problem {
    let mut problem = Problem::from(error);
    for error in &mut problem.errors {
        error.pointer = format!("/items/{index}{}", error.pointer);
    }
    if problem.errors.is_empty() {
        let pointer = format!("/items/{index}");
        let reason = match &problem.refusal {
            Some(refusal) => Some(FieldReason::Refused { why: (**refusal).clone() }),
            None => Some(FieldReason::NoRecord).filter(|_| problem.code == "not_found"),
        };
        problem.errors.extend(reason.map(|reason| FieldError::new(pointer, reason).into()));
    }
    problem
}

/// Record the bank's answers on up to 10,000 payments, all or nothing or each on its own.
#[utoipa::path(tag = "payments", request_body = OutcomeItems, responses((status = 200, description = "What became of each", body = ItemOutcomes)))]
#[post("/payments/outcomes")]
pub async fn settle_payments(web: web::Data<Web>, post: Post<OutcomeItems>) -> Reply {
    let items = post.body.items.into_iter().map(RecordOutcome::from).collect();
    let refused = |item: &KeptItem| item.result == LineResult::Refused;
    match web.service.record_outcomes(post.call, items, post.body.mode, one, refused, whole).await? {
        Outcomes::Answered(answered) => Ok(done(answered)),
        Outcomes::Undone { index, error } => Err(undone(index, error)),
    }
}
