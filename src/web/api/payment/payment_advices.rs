//! Payment advices: files that instruct the treasury to pay.

use crate::service::payment::payment_advices::{AdviceFile, MakePaymentAdvice};
use crate::service::running::runner::Caller;
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::record_list::{Asked, Listing, RecordList};
use crate::web::edge::reply::{Reply, json, show};
use actix_web::{HttpResponse, get, post, web};
use base64::Engine;
use chrono::NaiveDate;
use domain::base::id::{PaymentAdviceId, PaymentId};
use domain::desk::selection::Subject;
use domain::payment::payment_advice::{FileFormat, PaymentAdvice};
use serde::{Deserialize, Serialize};
use sha2::Digest;
use utoipa::ToSchema;

/// The list of payment advices.
pub struct PaymentAdviceListing;

impl Listing for PaymentAdviceListing {
    const SUBJECT: Subject = Subject::PaymentAdvices;
}

/// The payments of a new advice, and when they are to be paid.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPaymentAdvice {
    /// Advised payments of one scheme that are in no advice yet: 1 to 1,000.
    pub payment_ids: Vec<PaymentId>,
    pub execute_on: NaiveDate,
}

/// An advice and its payments. Full account numbers are only in its files.
#[derive(Serialize, ToSchema)]
pub struct PaymentAdviceView {
    #[serde(flatten)]
    pub advice: PaymentAdvice,
    pub payment_ids: Vec<PaymentId>,
}

fn view((advice, payment_ids): AdviceFile) -> PaymentAdviceView {
    PaymentAdviceView { advice, payment_ids }
}

/// Make a payment advice of advised payments, a file for the treasury (disbursing officer).
#[utoipa::path(tag = "payment advices", request_body = NewPaymentAdvice, responses((status = 201, description = "The advice", body = PaymentAdviceView)))]
#[post("/payment-advices")]
pub async fn make_payment_advice(web: web::Data<Web>, post: Post<NewPaymentAdvice>) -> Reply {
    let command = MakePaymentAdvice {
        payments: post.body.payment_ids,
        execute_on: post.body.execute_on,
        source_system: web.service.treasury.source_system.clone(),
    };
    web.make(post.call, "/payment-advices", command, |file| json(view(file))).await
}

/// List payment advices, oldest first.
#[utoipa::path(tag = "payment advices", params(Asked<PaymentAdviceListing>), responses((status = 200, description = "One page", body = RecordList<PaymentAdvice>)))]
#[get("/payment-advices")]
pub async fn list_payment_advices(web: web::Data<Web>, signed: Signed, asked: Asked<PaymentAdviceListing>) -> Reply {
    asked.answer(web.service.list_payment_advices(signed.0, asked.page.clone()).await?)
}

/// Show one payment advice.
#[utoipa::path(tag = "payment advices", responses((status = 200, description = "The advice", body = PaymentAdviceView)))]
#[get("/payment-advices/{id}")]
pub async fn show_payment_advice(web: web::Data<Web>, signed: Signed, id: web::Path<PaymentAdviceId>) -> Reply {
    show(view(web.service.payment_advice(signed.0, id.into_inner()).await?))
}

/// Download the file as CSV (disbursing officer): the same bytes at every download. Each download is on record.
#[utoipa::path(tag = "payment advices", responses((status = 200, description = "The file", body = String, content_type = "text/csv")))]
#[get("/payment-advices/{id}/file.csv")]
pub async fn download_payment_advice_csv(web: web::Data<Web>, signed: Signed, id: web::Path<PaymentAdviceId>) -> Reply {
    download(&web, signed.0, id.into_inner(), FileFormat::Csv).await
}

/// Download the file as XML (disbursing officer): the same bytes at every download. Each download is on record.
#[utoipa::path(tag = "payment advices", responses((status = 200, description = "The file", body = String, content_type = "application/xml")))]
#[get("/payment-advices/{id}/file.xml")]
pub async fn download_payment_advice_xml(web: web::Data<Web>, signed: Signed, id: web::Path<PaymentAdviceId>) -> Reply {
    download(&web, signed.0, id.into_inner(), FileFormat::Xml).await
}

/// The file of an advice, as an attachment.
pub async fn download(web: &Web, caller: Caller, id: PaymentAdviceId, format: FileFormat) -> Reply {
    let kind = match format {
        FileFormat::Csv => "text/csv; charset=utf-8; header=absent",
        FileFormat::Xml => "application/xml",
    };
    let (advice, content) = web.service.payment_advice_file(caller, id, format).await?;
    let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(&content));
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{}.{format}\"", advice.message_id)))
        .insert_header(("Repr-Digest", format!("sha-256=:{digest}:")))
        .body(content))
}
