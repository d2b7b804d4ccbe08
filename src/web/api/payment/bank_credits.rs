//! Credits of the bank: what arrived on the account, as a finance officer records it from the statement.

use crate::service::payment::bank_credits::RecordBankCredit;
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::listing::{Page, page_answer, rows_on_page};
use crate::web::edge::reply::{Reply, json, show};
use actix_web::{HttpRequest, get, post, web};
use domain::base::id::BankCreditId;
use domain::payment::bank_credit::{BankCredit, BankCreditForm};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The start and length of a page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CreditQuery {
    /// 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the previous page.
    pub cursor: Option<BankCreditId>,
}

/// One page of credits.
#[derive(Serialize, ToSchema)]
pub struct BankCreditList {
    pub data: Vec<BankCredit>,
    pub page: Page,
}

/// Record what arrived on the account, from the statement of the bank (finance officer).
///
/// A receipt of a recovery or on a guarantee needs such a credit with the same reference, day and amount, recorded by
/// another person. What was mistyped is recorded again: the newest with a reference counts, until a receipt rests on
/// it.
#[utoipa::path(tag = "reconciliation", request_body = BankCreditForm, responses((status = 201, description = "The credit", body = BankCredit)))]
#[post("/bank-credits")]
pub async fn record_bank_credit(web: web::Data<Web>, post: Post<BankCreditForm>) -> Reply {
    web.make(post.call, "/bank-credits", RecordBankCredit { form: post.body }, json).await
}

/// List credits, newest first.
#[utoipa::path(tag = "reconciliation", params(CreditQuery), responses((status = 200, description = "One page", body = BankCreditList)))]
#[get("/bank-credits")]
pub async fn list_bank_credits(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<CreditQuery>,
    request: HttpRequest,
) -> Reply {
    let limit = rows_on_page(query.limit)?;
    let found = web.service.list_bank_credits(signed.0, query.cursor, limit as i64 + 1).await?;
    let (data, page) = Page::cut(found, limit, |last| last.id.to_string());
    let address = page.address(&request);
    Ok(page_answer(json(BankCreditList { data, page }), address))
}

/// Show one credit.
#[utoipa::path(tag = "reconciliation", responses((status = 200, description = "The credit", body = BankCredit)))]
#[get("/bank-credits/{id}")]
pub async fn show_bank_credit(web: web::Data<Web>, signed: Signed, id: web::Path<BankCreditId>) -> Reply {
    show(web.service.bank_credit(signed.0, id.into_inner()).await?)
}
