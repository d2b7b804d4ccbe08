//! Scrolls of the bank (reconciliation): uploaded whole and compared with the records line by line; no payment
//! changes.

use crate::service::payment::bank_scrolls::{ScrollFile, counts};
use crate::service::running::runner::{Call, IdempotencyKey};
use crate::service::running::text_file::TextFile;
use crate::web::Web;
use crate::web::api::payment::treasury_returns::format_of;
use crate::web::edge::extract::{Signed, fingerprint, idempotency_key, receive_file};
use crate::web::edge::listing::{Page, page_answer, rows_on_page};
use crate::web::edge::reply::{Reply, json, made, show};
use actix_web::{HttpRequest, get, post, web};
use chrono::NaiveDate;
use domain::base::id::BankScrollId;
use domain::payment::bank_scroll::{BankScroll, BankScrollLine};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// A scroll with what was found about each of its lines.
#[derive(Serialize, ToSchema)]
pub struct BankScrollView {
    #[serde(flatten)]
    pub scroll: BankScroll,
    /// The number of lines for each finding.
    pub findings: BTreeMap<String, i64>,
    /// Payments confirmed on its days that no scroll had named when this one was recorded.
    pub missing: usize,
    pub lines: Vec<BankScrollLine>,
}

fn view(file: ScrollFile) -> BankScrollView {
    let findings = counts(&file.lines).into_iter().map(|(finding, count)| (finding.to_owned(), count)).collect();
    BankScrollView { scroll: file.scroll, findings, missing: file.missing, lines: file.lines }
}

/// The days that a scroll covers; those of its lines unless given.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ScrollPeriod {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// Upload the bank's scroll of its payments (finance officer).
/// The form is that of a treasury return, and a line may also name the account credited. No payment changes. Sending
/// the same scroll again, with its lines in any order, changes nothing and returns the first answer.
#[utoipa::path(tag = "reconciliation", params(ScrollPeriod),
    request_body(content = String, content_type = "text/csv", description = "The file itself, as text/csv or application/xml"),
    responses((status = 201, description = "The scroll and what was found about each line", body = BankScrollView)))]
#[post("/bank-scrolls")]
pub async fn upload_bank_scroll(
    web: web::Data<Web>,
    signed: Signed,
    period: web::Query<ScrollPeriod>,
    request: HttpRequest,
    payload: web::Payload,
) -> Reply {
    let key = idempotency_key(&request)?;
    web.service.begin_bank_scroll(&Call::unkeyed(signed.0)).await?;
    let format = format_of(&request)?;
    let content = receive_file(&web, payload, web.service.treasury.return_bytes_most).await?;
    let fingerprint = fingerprint(&request, &content)?;
    let call = Call { caller: signed.0, key: Some(IdempotencyKey { key, fingerprint }), dry_run: false };
    let answered = match web.service.begin_bank_scroll(&call).await? {
        Some(answered) => answered,
        None => {
            let (file, days) = (TextFile::unnamed(content), (period.from, period.to));
            web.service.upload_bank_scroll(call, format, file, days, |file| json(view(file))).await?
        }
    };
    Ok(made("/bank-scrolls", answered))
}

/// The start and length of a page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ScrollQuery {
    /// 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the previous page.
    pub cursor: Option<BankScrollId>,
}

/// One page of scrolls.
#[derive(Serialize, ToSchema)]
pub struct BankScrollList {
    pub data: Vec<BankScroll>,
    pub page: Page,
}

/// List scrolls, newest first, without their lines.
#[utoipa::path(tag = "reconciliation", params(ScrollQuery), responses((status = 200, description = "One page", body = BankScrollList)))]
#[get("/bank-scrolls")]
pub async fn list_bank_scrolls(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<ScrollQuery>,
    request: HttpRequest,
) -> Reply {
    let limit = rows_on_page(query.limit)?;
    let found = web.service.list_bank_scrolls(signed.0, query.cursor, limit as i64 + 1).await?;
    let (data, page) = Page::cut(found, limit, |last| last.id.to_string());
    let address = page.address(&request);
    Ok(page_answer(json(BankScrollList { data, page }), address))
}

/// Show one scroll with the finding for each of its lines.
#[utoipa::path(tag = "reconciliation", responses((status = 200, description = "The scroll", body = BankScrollView)))]
#[get("/bank-scrolls/{id}")]
pub async fn show_bank_scroll(web: web::Data<Web>, signed: Signed, id: web::Path<BankScrollId>) -> Reply {
    show(view(web.service.bank_scroll(signed.0, id.into_inner()).await?))
}
