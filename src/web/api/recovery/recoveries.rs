//! Recoveries: money that is demanded back.

use crate::service::recovery::notice_withdrawal::WithdrawShowCause;
use crate::service::recovery::recoveries::{
    DemandRecovery, IssueShowCause, OrderRecovery, RecoveryFile, ReplyToShowCause,
};
use crate::service::recovery::recovery_credits::{
    Credited, DecideRelief, GrantInstalments, OrderSetOff, ProposeRelief, Relieved,
};
use crate::service::recovery::recovery_receipts::RecordReceipt;
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::record_list::{Asked, Listing, RecordList};
use crate::web::edge::reply::{Reply, json, show};
use crate::web::routes::Reason;
use actix_web::{get, post, web};
use chrono::{Datelike, NaiveDate};
use domain::base::field::BadParameter;
use domain::base::field_reason::FieldReason;
use domain::base::id::RecoveryId;
use domain::base::money::Paise;
use domain::desk::selection::Subject;
use domain::recovery::instalments::{AskedInstalment, InstalmentState};
use domain::recovery::recovery::{Recovery, RecoveryKind, RecoveryStatus};
use domain::recovery::recovery_credit::{
    NoticeReplyForm, OrderForm, ReceiptForm, RecoveryCredit, RecoveryStatement, ShowCauseForm,
};
use domain::recovery::recovery_relief::{ReliefForm, ReliefOutcome};
use domain::scheme::scheme::Component;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The list of recoveries.
pub struct RecoveryListing;

impl Listing for RecoveryListing {
    const SUBJECT: Subject = Subject::Recoveries;

    fn words(field: &str) -> Option<Vec<&'static str>> {
        match field {
            "status" => Some(RecoveryStatus::ALL.iter().map(|word| word.as_str()).collect()),
            "kind" => Some(RecoveryKind::ALL.iter().map(|word| word.as_str()).collect()),
            "component" => Some(Component::ALL.iter().map(|word| word.as_str()).collect()),
            _ => None,
        }
    }
}

/// The day of the statement.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatementQuery {
    /// The day; today unless given. It may be in the future.
    pub on: Option<NaiveDate>,
}

/// A recovery with its credits and the amount due.
#[derive(Serialize, ToSchema)]
pub struct RecoveryView {
    #[serde(flatten)]
    pub recovery: Recovery,
    pub credits: Vec<RecoveryCredit>,
    pub instalments: Vec<InstalmentState>,
    pub statement: RecoveryStatement,
}

/// A recovery, and the credit that reduced it, if any.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCredited {
    #[serde(flatten)]
    pub recovery: Recovery,
    pub credit: Option<RecoveryCredit>,
}

/// The day by which it must be paid.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemandForm {
    pub due_on: NaiveDate,
    pub note: String,
}

/// The instalments in which it may be paid. Paid on their days they pay what is due today and the interest that runs;
/// the amount of the last one may be left out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstalmentsForm {
    pub instalments: Vec<AskedInstalment>,
    pub note: String,
}

/// The amount to set off against the next payments.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetOffForm {
    pub amount_paise: Paise,
    pub note: String,
}

/// The decision on proposed relief.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReliefDecision {
    pub outcome: ReliefOutcome,
    pub note: String,
}

/// Issue a notice to show cause why money should not be paid back (section officer).
#[utoipa::path(tag = "recoveries", request_body = ShowCauseForm, responses((status = 201, description = "The recovery", body = Recovery)))]
#[post("/recoveries")]
pub async fn issue_show_cause(web: web::Data<Web>, post: Post<ShowCauseForm>) -> Reply {
    web.make(post.call, "/recoveries", IssueShowCause { form: post.body }, json).await
}

/// List the recoveries the caller may see, in the order in which they were begun.
#[utoipa::path(tag = "recoveries", params(Asked<RecoveryListing>), responses((status = 200, description = "One page", body = RecordList<Recovery>)))]
#[get("/recoveries")]
pub async fn list_recoveries(web: web::Data<Web>, signed: Signed, asked: Asked<RecoveryListing>) -> Reply {
    asked.answer(web.service.list_recoveries(signed.0, asked.page.clone()).await?)
}

/// Show one recovery with its credits and its statement for a day.
#[utoipa::path(tag = "recoveries", params(StatementQuery), responses((status = 200, description = "The recovery", body = RecoveryView)))]
#[get("/recoveries/{id}")]
pub async fn show_recovery(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<RecoveryId>,
    query: web::Query<StatementQuery>,
) -> Reply {
    if query.on.is_some_and(|day| !(1900..2200).contains(&day.year())) {
        return Err(BadParameter::new("on", FieldReason::YearRange).into());
    }
    let RecoveryFile { recovery, credits, instalments, statement } =
        web.service.recovery(signed.0, id.into_inner(), query.on).await?;
    show(RecoveryView { recovery, credits, instalments, statement })
}

/// Reply to a show-cause notice (signatory of the beneficiary).
#[utoipa::path(tag = "recoveries", request_body = NoticeReplyForm, responses((status = 200, description = "The recovery", body = Recovery)))]
#[post("/recoveries/{id}/reply")]
pub async fn reply_to_show_cause(web: web::Data<Web>, id: web::Path<RecoveryId>, post: Post<NoticeReplyForm>) -> Reply {
    let command = ReplyToShowCause { id: id.into_inner(), seen_version: post.version()?, form: post.body };
    web.run(post.call, command, json).await
}

/// Withdraw a notice on which nobody decided (section officer). The beneficiary reads the reason.
#[utoipa::path(tag = "recoveries", request_body = Reason, responses((status = 200, description = "The recovery", body = Recovery)))]
#[post("/recoveries/{id}/withdrawal")]
pub async fn withdraw_show_cause(web: web::Data<Web>, id: web::Path<RecoveryId>, post: Post<Reason>) -> Reply {
    let (id, seen_version) = (id.into_inner(), post.version()?);
    web.run(post.call, WithdrawShowCause { id, seen_version, reason: post.body.reason }, json).await
}

/// Confirm, reduce or drop the requested amount (competent authority).
#[utoipa::path(tag = "recoveries", request_body = OrderForm, responses((status = 200, description = "The recovery", body = Recovery)))]
#[post("/recoveries/{id}/order")]
pub async fn order_recovery(web: web::Data<Web>, id: web::Path<RecoveryId>, post: Post<OrderForm>) -> Reply {
    let command = OrderRecovery { id: id.into_inner(), seen_version: post.version()?, form: post.body };
    web.run(post.call, command, json).await
}

/// Demand the ordered amount (finance): it becomes due.
#[utoipa::path(tag = "recoveries", request_body = DemandForm, responses((status = 200, description = "The recovery", body = Recovery)))]
#[post("/recoveries/{id}/demand")]
pub async fn demand_recovery(web: web::Data<Web>, id: web::Path<RecoveryId>, post: Post<DemandForm>) -> Reply {
    let seen_version = post.version()?;
    let DemandForm { due_on, note } = post.body;
    web.run(post.call, DemandRecovery { id: id.into_inner(), seen_version, due_on, note }, json).await
}

/// Grant instalments that pay what is due and the interest that runs (competent authority).
#[utoipa::path(tag = "recoveries", request_body = InstalmentsForm, responses((status = 200, description = "The recovery", body = Recovery)))]
#[post("/recoveries/{id}/instalments")]
pub async fn grant_instalments(web: web::Data<Web>, id: web::Path<RecoveryId>, post: Post<InstalmentsForm>) -> Reply {
    let seen_version = post.version()?;
    let InstalmentsForm { instalments, note } = post.body;
    web.run(post.call, GrantInstalments { id: id.into_inner(), seen_version, instalments, note }, json).await
}

/// Record money received (disbursing officer). A credit of the bank, recorded by another person, shows it.
#[utoipa::path(tag = "recoveries", request_body = ReceiptForm, responses((status = 200, description = "The recovery", body = RecoveryCredited)))]
#[post("/recoveries/{id}/receipts")]
pub async fn record_receipt(web: web::Data<Web>, id: web::Path<RecoveryId>, post: Post<ReceiptForm>) -> Reply {
    let command =
        RecordReceipt { id: id.into_inner(), seen_version: post.version()?, form: post.body, credit_follows: false };
    let render = |Credited { recovery, credit }| json(RecoveryCredited { recovery, credit: Some(credit) });
    web.run(post.call, command, render).await
}

/// Order that the next payments to the beneficiary are reduced (competent authority).
#[utoipa::path(tag = "recoveries", request_body = SetOffForm, responses((status = 200, description = "The recovery", body = Recovery)))]
#[post("/recoveries/{id}/set-off")]
pub async fn order_set_off(web: web::Data<Web>, id: web::Path<RecoveryId>, post: Post<SetOffForm>) -> Reply {
    let seen_version = post.version()?;
    let SetOffForm { amount_paise, note } = post.body;
    web.run(post.call, OrderSetOff { id: id.into_inner(), seen_version, amount_paise, note }, json).await
}

/// Propose to write off or waive the amount due (finance).
#[utoipa::path(tag = "recoveries", request_body = ReliefForm, responses((status = 200, description = "The recovery", body = Recovery)))]
#[post("/recoveries/{id}/relief")]
pub async fn propose_relief(web: web::Data<Web>, id: web::Path<RecoveryId>, post: Post<ReliefForm>) -> Reply {
    let command = ProposeRelief { id: id.into_inner(), seen_version: post.version()?, form: post.body };
    web.run(post.call, command, json).await
}

/// Grant or refuse the proposed relief (competent authority).
#[utoipa::path(tag = "recoveries", request_body = ReliefDecision, responses((status = 200, description = "The recovery", body = RecoveryCredited)))]
#[post("/recoveries/{id}/relief-decision")]
pub async fn decide_relief(web: web::Data<Web>, id: web::Path<RecoveryId>, post: Post<ReliefDecision>) -> Reply {
    let seen_version = post.version()?;
    let ReliefDecision { outcome, note } = post.body;
    let render = |Relieved { recovery, credit }| json(RecoveryCredited { recovery, credit });
    web.run(post.call, DecideRelief { id: id.into_inner(), seen_version, outcome, note }, render).await
}
