//! Payments: each attempt to pay a tranche, and what the bank answered.

use crate::service::payment::payment_failures::ConfirmFailure;
use crate::service::payment::payments::{AdvisePayment, SettlePayment};
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::record_list::{Asked, Listing, RecordList};
use crate::web::edge::reply::{Reply, json, made, show_version};
use crate::web::routes::Nothing;
use actix_web::{HttpRequest, get, post, web};
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::id::{OrganisationId, PaymentId, TrancheId, UserId};
use domain::base::money::Paise;
use domain::desk::selection::Subject;
use domain::payment::disbursement::Disbursement;
use domain::payment::payment::{BankAnswer, Payment, PaymentStatus};
use domain::payment::payment_failure::{FailureForm, PaymentFailure};
use domain::payment::payment_outcome::PaymentOutcome;
use domain::people::organisation::mask;
use domain::scheme::scheme::Component;
use serde::Serialize;
use utoipa::ToSchema;

/// The list of payments.
pub struct PaymentListing;

impl Listing for PaymentListing {
    const SUBJECT: Subject = Subject::Payments;

    fn words(field: &str) -> Option<Vec<&'static str>> {
        match field {
            "status" => Some(PaymentStatus::ALL.iter().map(|word| word.as_str()).collect()),
            "component" => Some(Component::ALL.iter().map(|word| word.as_str()).collect()),
            _ => None,
        }
    }
}

/// A payment; its account number shows the last four digits only.
#[derive(Serialize, ToSchema)]
pub struct PaymentView {
    pub id: PaymentId,
    pub number: String,
    pub tranche_id: TrancheId,
    pub organisation_id: OrganisationId,
    /// The amount that the bank is to pay: the tranche less the amount set off.
    pub amount_paise: Paise,
    /// The amount set off against recoveries.
    pub set_off_paise: Paise,
    pub bank_account_masked: String,
    pub ifsc: String,
    pub status: PaymentStatus,
    pub advised_by: UserId,
    pub advised_at: Timestamp,
    pub utr: Option<String>,
    pub paid_on: Option<NaiveDate>,
    pub reason: Option<String>,
    pub settled_by: Option<UserId>,
    pub settled_at: Option<Timestamp>,
    pub version: i64,
    pub accepted_at: Option<Timestamp>,
}

impl From<Payment> for PaymentView {
    fn from(payment: Payment) -> Self {
        PaymentView {
            id: payment.id,
            number: payment.number,
            tranche_id: payment.tranche_id,
            organisation_id: payment.organisation_id,
            amount_paise: payment.amount_paise,
            set_off_paise: payment.set_off_paise,
            bank_account_masked: mask(&payment.bank_account),
            ifsc: payment.ifsc,
            status: payment.status,
            advised_by: payment.advised_by,
            advised_at: payment.advised_at,
            utr: payment.utr,
            paid_on: payment.paid_on,
            reason: payment.reason,
            settled_by: payment.settled_by,
            settled_at: payment.settled_at,
            version: payment.version,
            accepted_at: payment.accepted_at,
        }
    }
}

/// A payment, and the word of a second person if one confirmed that it failed or came back.
#[derive(Serialize, ToSchema)]
pub struct PaymentShown {
    #[serde(flatten)]
    pub payment: PaymentView,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<PaymentFailure>,
}

/// A settled payment, and the disbursement if it succeeded.
#[derive(Serialize, ToSchema)]
pub struct PaymentSettled {
    #[serde(flatten)]
    pub payment: PaymentView,
    pub disbursement: Option<Disbursement>,
}

/// Advise the treasury to pay a sanctioned tranche (disbursing officer).
#[utoipa::path(tag = "payments", request_body = Nothing, responses((status = 201, description = "The advice", body = PaymentView)))]
#[post("/tranches/{id}/payments")]
pub async fn advise_payment(web: web::Data<Web>, id: web::Path<TrancheId>, post: Post<Nothing>) -> Reply {
    let command = AdvisePayment { tranche_id: id.into_inner(), seen_version: post.version()? };
    let render = |payment| json(PaymentView::from(payment));
    Ok(made("/payments", web.service.execute(post.call, command, render).await?))
}

/// List the payments the caller may see, in the order in which they were advised.
#[utoipa::path(tag = "payments", params(Asked<PaymentListing>), responses((status = 200, description = "One page", body = RecordList<PaymentView>)))]
#[get("/payments")]
pub async fn list_payments(web: web::Data<Web>, signed: Signed, asked: Asked<PaymentListing>) -> Reply {
    asked.answer(web.service.list_payments(signed.0, asked.page.clone()).await?.map(PaymentView::from))
}

/// Show one payment.
#[utoipa::path(tag = "payments", responses((status = 200, description = "The payment", body = PaymentShown)))]
#[get("/payments/{id}")]
pub async fn show_payment(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<PaymentId>,
    request: HttpRequest,
) -> Reply {
    let (payment, failure) = web.service.payment(signed.0, id.into_inner()).await?;
    show_version(&request, payment.version, PaymentShown { payment: payment.into(), failure })
}

/// Record the bank's answer: accepted, paid with its UTR, failed, unknown, or returned by the bank.
#[utoipa::path(tag = "payments", request_body = BankAnswer, responses((status = 200, description = "The payment", body = PaymentSettled)))]
#[post("/payments/{id}/settlement")]
pub async fn settle_payment(web: web::Data<Web>, id: web::Path<PaymentId>, post: Post<BankAnswer>) -> Reply {
    let command = SettlePayment { id: id.into_inner(), seen_version: post.version()?, answer: post.body };
    let render =
        |PaymentOutcome { payment, disbursement, .. }| json(PaymentSettled { payment: payment.into(), disbursement });
    web.run(post.call, command, render).await
}

/// Confirm with evidence, as a second person of another office, that a payment failed or came back.
/// A finance officer or the competent authority does it, who took no other step on this money.
#[utoipa::path(tag = "payments", request_body = FailureForm, responses((status = 200, description = "The payment", body = PaymentView)))]
#[post("/payments/{id}/failure")]
pub async fn confirm_failure(web: web::Data<Web>, id: web::Path<PaymentId>, post: Post<FailureForm>) -> Reply {
    let (id, seen_version) = (id.into_inner(), post.version()?);
    let command = ConfirmFailure { id, seen_version, form: post.body, evidence_follows: false };
    web.run(post.call, command, |payment| json(PaymentView::from(payment))).await
}
