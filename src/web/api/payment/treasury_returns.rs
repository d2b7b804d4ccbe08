//! Return files of the treasury: uploaded whole, answered line by line.

use crate::service::payment::treasury_lines::CloseTreasuryLine;
use crate::service::payment::treasury_returns::ReturnFile;
use crate::service::running::runner::{Call, IdempotencyKey};
use crate::service::running::text_file::TextFile;
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed, fingerprint, idempotency_key, media_type, receive_file};
use crate::web::edge::listing::{Page, no_cursor, page_answer, records_on_page};
use crate::web::edge::problem::Problem;
use crate::web::edge::record_list::{Asked, Listing, RecordList};
use crate::web::edge::reply::{Reply, json, made, show};
use crate::web::edge_reason::EdgeReason;
use crate::web::routes::Reason;
use actix_web::{HttpRequest, get, post, web};
use domain::base::id::TreasuryReturnId;
use domain::budget::ledger::AccountBalance;
use domain::desk::selection::Subject;
use domain::payment::payment_advice::FileFormat;
use domain::payment::treasury_line_closing::TreasuryLineClosing;
use domain::payment::treasury_return::{LineResult, TreasuryReturn, TreasuryReturnLine};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// The list of treasury returns.
pub struct TreasuryReturnListing;

impl Listing for TreasuryReturnListing {
    const SUBJECT: Subject = Subject::TreasuryReturns;

    fn words(field: &str) -> Option<Vec<&'static str>> {
        match field {
            "file_format" => Some(FileFormat::ALL.iter().map(|word| word.as_str()).collect()),
            _ => None,
        }
    }
}

/// A return with the result of each of its answers.
#[derive(Serialize, ToSchema)]
pub struct TreasuryReturnView {
    #[serde(flatten)]
    pub file: TreasuryReturn,
    /// The number of lines for each result.
    pub results: BTreeMap<String, usize>,
    pub lines: Vec<TreasuryReturnLine>,
}

/// A return with its results, as the answer to an upload.
#[derive(Serialize, ToSchema)]
pub struct TreasuryReturnUploaded {
    #[serde(flatten)]
    pub file: TreasuryReturnView,
    /// The balances now of all accounts that this upload moved money into or out of.
    pub balances: Vec<AccountBalance>,
}

/// The filter for lines.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LineQuery {
    /// The result of the lines; those that contradict the records unless given.
    pub result: Option<LineResult>,
    /// 1 to 200; 200 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the previous page: a return and a line of it, with a dot between.
    pub cursor: Option<String>,
}

impl LineQuery {
    fn behind(&self) -> Result<Option<(TreasuryReturnId, i64)>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let parts = cursor.split_once('.').and_then(|(id, line)| Some((id.parse().ok()?, line.parse().ok()?)));
        parts.map(Some).ok_or_else(no_cursor)
    }
}

/// One page of lines.
#[derive(Serialize, ToSchema)]
pub struct TreasuryReturnLineList {
    pub data: Vec<TreasuryReturnLine>,
    pub page: Page,
}

fn view((file, lines): ReturnFile) -> TreasuryReturnView {
    let mut results = BTreeMap::new();
    lines.iter().for_each(|line| *results.entry(line.result.to_string()).or_default() += 1);
    TreasuryReturnView { file, results, lines }
}

/// The format in which a file is sent.
pub fn format_of(request: &HttpRequest) -> Result<FileFormat, Problem> {
    match media_type(request).as_str() {
        "text/csv" => Ok(FileFormat::Csv),
        "application/xml" | "text/xml" => Ok(FileFormat::Xml),
        _ => {
            let kinds = "text/csv, application/xml".to_owned();
            Err(Problem::because("unsupported_media_type", EdgeReason::SendAs { kinds }))
        }
    }
}

/// Upload a return file of the treasury (disbursing officer).
/// It is recorded whole or not at all; sending the same file again continues with the answers that are still pending
/// and changes nothing else.
#[utoipa::path(tag = "treasury returns",
    request_body(content = String, content_type = "text/csv", description = "The file itself, as text/csv or application/xml"),
    responses((status = 201, description = "The return and what became of each of its lines", body = TreasuryReturnUploaded)))]
#[post("/treasury-returns")]
pub async fn upload_treasury_return(
    web: web::Data<Web>,
    signed: Signed,
    request: HttpRequest,
    payload: web::Payload,
) -> Reply {
    let key = idempotency_key(&request)?;
    web.service.begin_treasury_return(&Call::unkeyed(signed.0)).await?;
    let format = format_of(&request)?;
    let content = receive_file(&web, payload, web.service.treasury.return_bytes_most).await?;
    let fingerprint = fingerprint(&request, &content)?;
    let call = Call { caller: signed.0, key: Some(IdempotencyKey { key, fingerprint }), dry_run: false };
    let answered = match web.service.begin_treasury_return(&call).await? {
        Some(answered) => answered,
        None => {
            let render = |file, balances| json(TreasuryReturnUploaded { file: view(file), balances });
            web.service.upload_treasury_return(call, format, TextFile::unnamed(content), render).await?
        }
    };
    Ok(made("/treasury-returns", answered))
}

/// List the returns, oldest first.
#[utoipa::path(tag = "treasury returns", params(Asked<TreasuryReturnListing>), responses((status = 200, description = "One page", body = RecordList<TreasuryReturn>)))]
#[get("/treasury-returns")]
pub async fn list_treasury_returns(web: web::Data<Web>, signed: Signed, asked: Asked<TreasuryReturnListing>) -> Reply {
    asked.answer(web.service.list_treasury_returns(signed.0, asked.page.clone()).await?)
}

/// Show one return with the result of each of its lines.
#[utoipa::path(tag = "treasury returns", responses((status = 200, description = "The return", body = TreasuryReturnView)))]
#[get("/treasury-returns/{id}")]
pub async fn show_treasury_return(web: web::Data<Web>, signed: Signed, id: web::Path<TreasuryReturnId>) -> Reply {
    show(view(web.service.treasury_return(signed.0, id.into_inner()).await?))
}

/// Close an answer of which nothing was recorded (disbursing officer).
/// It contradicted the records or a rule refused it, and neither the records nor a later answer agree with it. It
/// leaves the inbox, and nothing else changes.
#[utoipa::path(tag = "treasury returns", request_body = Reason,
    responses((status = 200, description = "The closing", body = TreasuryLineClosing)))]
#[post("/treasury-returns/{id}/lines/{line}/closing")]
pub async fn close_treasury_line(
    web: web::Data<Web>,
    at: web::Path<(TreasuryReturnId, i64)>,
    post: Post<Reason>,
) -> Reply {
    let (return_id, line) = at.into_inner();
    web.run(post.call, CloseTreasuryLine { return_id, line, reason: post.body.reason }, json).await
}

/// List answers by result, newest return first.
/// Without a result, those that contradict the records are listed.
#[utoipa::path(tag = "treasury returns", params(LineQuery), responses((status = 200, description = "One page", body = TreasuryReturnLineList)))]
#[get("/treasury-return-lines")]
pub async fn list_treasury_return_lines(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<LineQuery>,
    request: HttpRequest,
) -> Reply {
    let limit = records_on_page(query.limit)?;
    let (result, behind) = (query.result.unwrap_or(LineResult::Contradicted), query.behind()?);
    let found = web.service.list_treasury_return_lines(signed.0, result, behind, limit as i64 + 1).await?;
    let (data, page) = Page::cut(found, limit, |last| format!("{}.{}", last.return_id, last.line));
    let address = page.address(&request);
    Ok(page_answer(json(TreasuryReturnLineList { data, page }), address))
}
