//! Disbursements as the auditor asks for them: pages, totals, streams. The chain behind one:
//! `disbursement_chain.rs`.

use crate::domain::calendar::FinancialYear;
use crate::domain::disbursement::{
    Direction, Disbursement, DisbursementFilter, DisbursementOrder, DisbursementSort, DisbursementStatus,
    DisbursementTotals, Position, WrittenDisbursement,
};
use crate::domain::id::{DisbursementId, OrganisationId};
use crate::domain::money::Paise;
use crate::domain::payment::normalise_utr;
use crate::domain::scheme::Component;
use crate::web::Web;
use crate::web::extract::Signed;
use crate::web::problem::Problem;
use crate::web::reply::{Reply, json, show};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};

const ROWS_DEFAULT: usize = 50;
const ROWS_MOST: usize = 200;
/// A reader that takes nothing for so long is cut off.
const SLOWEST_READ: Duration = Duration::from_secs(30);

/// Which disbursements, in which order. All that is given must hold.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DisbursementQuery {
    pub scheme_code: Option<String>,
    /// The organisation that was paid.
    pub beneficiary_id: Option<OrganisationId>,
    pub component: Option<Component>,
    /// The year in which it was earned, such as `2026-27`.
    pub performance_year: Option<FinancialYear>,
    /// The year in which it was paid.
    pub payment_year: Option<FinancialYear>,
    /// First day of payment.
    pub paid_from: Option<NaiveDate>,
    /// Last day of payment.
    pub paid_to: Option<NaiveDate>,
    /// Smallest amount.
    pub amount_from_paise: Option<Paise>,
    /// Largest amount.
    pub amount_to_paise: Option<Paise>,
    pub status: Option<DisbursementStatus>,
    /// The bank's reference, however spaced or cased.
    pub utr: Option<String>,
    /// `paid_on` unless given.
    pub sort: Option<DisbursementSort>,
    /// `descending` (newest or largest first) unless given.
    pub direction: Option<Direction>,
    /// Rows on a page: 1 to 200, 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// Where the page starts: `next` of the page before.
    pub cursor: Option<String>,
    /// Whether the totals of the whole selection are counted; true unless given.
    pub totals: Option<bool>,
}

/// Where the next page starts.
#[derive(Serialize, ToSchema)]
pub struct Page {
    pub limit: usize,
    /// Absent on the last page.
    pub next: Option<String>,
}

/// One page of a selection.
#[derive(Serialize, ToSchema)]
pub struct DisbursementList {
    #[schema(value_type = Vec<Disbursement>)]
    pub data: Vec<WrittenDisbursement>,
    pub page: Page,
    /// Count and sum of the whole selection.
    pub totals: Option<DisbursementTotals>,
}

impl DisbursementQuery {
    fn filter(&self) -> Result<DisbursementFilter, Problem> {
        let utr = self
            .utr
            .as_deref()
            .map(normalise_utr)
            .transpose()
            .map_err(|why| Problem::edge("bad_parameter", format!("utr: {why}")))?;
        Ok(DisbursementFilter {
            scheme_code: self.scheme_code.clone(),
            organisation_id: self.beneficiary_id,
            component: self.component,
            performance_year: self.performance_year,
            payment_year: self.payment_year,
            paid_from: self.paid_from,
            paid_to: self.paid_to,
            amount_from: self.amount_from_paise,
            amount_to: self.amount_to_paise,
            status: self.status,
            utr,
        })
    }

    fn order(&self) -> Result<DisbursementOrder, Problem> {
        let sort = self.sort.unwrap_or(DisbursementSort::PaidOn);
        let direction = self.direction.unwrap_or(Direction::Descending);
        let after = self.cursor.as_deref().map(|cursor| position(cursor, sort)).transpose()?;
        Ok(DisbursementOrder { sort, direction, after })
    }

    fn limit(&self) -> Result<usize, Problem> {
        let limit = self.limit.unwrap_or(ROWS_DEFAULT);
        if (1..=ROWS_MOST).contains(&limit) {
            Ok(limit)
        } else {
            Err(Problem::edge("bad_parameter", format!("limit: 1 to {ROWS_MOST}")))
        }
    }
}

/// A position as text: base64url of value and id.
fn cursor(position: &Position) -> String {
    URL_SAFE_NO_PAD.encode(format!("{} {}", position.value, position.id))
}

fn position(cursor: &str, sort: DisbursementSort) -> Result<Position, Problem> {
    let wrong = || Problem::edge("bad_parameter", "cursor: use 'next' of the page before, with the same sort");
    let text = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(wrong)?;
    let (value, id) = text.split_once(' ').ok_or_else(wrong)?;
    let fits = match sort {
        DisbursementSort::PaidOn => value.parse::<NaiveDate>().is_ok(),
        DisbursementSort::Amount => value.parse::<i64>().is_ok(),
    };
    let id: DisbursementId = id.parse().map_err(|_| wrong())?;
    if fits { Ok(Position { value: value.to_owned(), id: id.to_string() }) } else { Err(wrong()) }
}

/// List disbursements: filtered, sorted, in pages, with totals of the whole selection.
#[utoipa::path(tag = "disbursements", params(DisbursementQuery), responses((status = 200, description = "One page", body = DisbursementList)))]
#[get("/disbursements")]
pub async fn list_disbursements(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<DisbursementQuery>,
    request: HttpRequest,
) -> Reply {
    let (filter, order, limit) = (query.filter()?, query.order()?, query.limit()?);
    let sorted = DisbursementOrder { after: None, ..order.clone() };
    let found = web.service.list_disbursements(signed.0, filter, order, limit, query.totals.unwrap_or(true)).await?;
    let next = found.rows.last().filter(|_| found.more).map(|row| cursor(&sorted.position(row)));
    let mut answer = HttpResponse::Ok();
    if let Some(next) = &next {
        answer.insert_header(("Link", format!("<{}>; rel=\"next\"", next_link(&request, next))));
    }
    let list = DisbursementList { data: found.rows, page: Page { limit, next }, totals: found.totals };
    Ok(answer.content_type("application/json").body(json(list)))
}

fn next_link(request: &HttpRequest, next: &str) -> String {
    let kept = request.query_string().split('&').filter(|part| !part.is_empty() && !part.starts_with("cursor="));
    let parts: Vec<&str> = kept.collect();
    format!("{}?{}{}cursor={next}", request.path(), parts.join("&"), if parts.is_empty() { "" } else { "&" })
}

/// Show one disbursement.
#[utoipa::path(tag = "disbursements", responses((status = 200, description = "The disbursement", body = Disbursement)))]
#[get("/disbursements/{id}")]
pub async fn show_disbursement(web: web::Data<Web>, signed: Signed, id: web::Path<DisbursementId>) -> Reply {
    show(web.service.disbursement(signed.0, id.into_inner()).await?)
}

/// Download the whole selection as CSV (RFC 4180), streamed.
#[utoipa::path(tag = "disbursements", params(DisbursementQuery),
    responses((status = 200, description = "CSV", body = String, content_type = "text/csv")))]
#[get("/disbursements.csv")]
pub async fn export_disbursements_csv(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<DisbursementQuery>,
) -> Reply {
    let mut first = true;
    let write = move |rows: &[WrittenDisbursement]| {
        let mut writer = csv::WriterBuilder::new()
            .has_headers(std::mem::take(&mut first))
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        for row in rows {
            writer.serialize(row).map_err(|error| error.to_string())?;
        }
        writer.into_inner().map_err(|error| error.to_string())
    };
    export(web, signed, &query, "text/csv; charset=utf-8; header=present", "disbursements.csv", csv_header(), write)
        .await
}

/// Download the whole selection as NDJSON, streamed.
#[utoipa::path(tag = "disbursements", params(DisbursementQuery),
    responses((status = 200, description = "One JSON object a line", body = String, content_type = "application/x-ndjson")))]
#[get("/disbursements.ndjson")]
pub async fn export_disbursements_ndjson(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<DisbursementQuery>,
) -> Reply {
    let write = |rows: &[WrittenDisbursement]| {
        let mut text = Vec::new();
        for row in rows {
            serde_json::to_writer(&mut text, row).map_err(|error| error.to_string())?;
            text.push(b'\n');
        }
        Ok(text)
    };
    export(web, signed, &query, "application/x-ndjson", "disbursements.ndjson", "", write).await
}

/// The header line, for a selection without rows.
fn csv_header() -> &'static str {
    "id,number,scheme_code,component,organisation_id,beneficiary,award_id,claim_id,tranche_id,payment_id,performance_year,\
     payment_year,paid_on,amount_paise,set_off_paise,net_paise,utr,status,recorded_at\r\n"
}

pub(in crate::web) type Part = Result<Bytes, std::io::Error>;

/// Streams a selection from one consistent view. A failure on the way breaks the stream off, so
/// that half a file is never taken for a whole one.
async fn export(
    web: web::Data<Web>,
    signed: Signed,
    query: &DisbursementQuery,
    content_type: &str,
    file_name: &str,
    when_empty: &'static str,
    mut write: impl FnMut(&[WrittenDisbursement]) -> Result<Vec<u8>, String> + Send + 'static,
) -> Reply {
    if query.cursor.is_some() || query.limit.is_some() || query.totals.is_some() {
        return Err(Problem::edge(
            "bad_parameter",
            "cursor, limit and totals are for pages; a download is the whole selection",
        ));
    }
    let (filter, order) = (query.filter()?, query.order()?);
    let slot = web.service.may_stream(signed.0, filter.clone()).await?;
    let (parts, received) = tokio::sync::mpsc::channel::<Part>(4);
    let service = std::sync::Arc::clone(&web.service);
    actix_web::rt::spawn(async move {
        let _slot = slot;
        let last = parts.clone();
        let sent = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let any = std::sync::Arc::clone(&sent);
        let take = move |rows: &[WrittenDisbursement]| {
            any.store(true, std::sync::atomic::Ordering::Relaxed);
            let part: Part = write(rows).map(Bytes::from).map_err(std::io::Error::other);
            send(&parts, part)
        };
        let ended = service.stream_disbursements(signed.0, filter, order, take).await;
        if let Err(error) = ended {
            tracing::error!(cause = %error, "an export broke off");
            let _ = last.send(Err(std::io::Error::other("broken off"))).await;
        } else if !sent.load(std::sync::atomic::Ordering::Relaxed) && !when_empty.is_empty() {
            let _ = last.send(Ok(Bytes::from_static(when_empty.as_bytes()))).await;
        }
    });
    let stream = futures_util::stream::unfold(received, |mut received| async move {
        received.recv().await.map(|part| (part, received))
    });
    Ok(HttpResponse::Ok()
        .content_type(content_type)
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{file_name}\"")))
        .streaming(stream))
}

/// Hands a part to the reader; `false` when they have gone or take nothing.
pub(in crate::web) fn send(parts: &tokio::sync::mpsc::Sender<Part>, part: Part) -> bool {
    let handle = tokio::runtime::Handle::current();
    handle.block_on(async { tokio::time::timeout(SLOWEST_READ, parts.send(part)).await.is_ok_and(|sent| sent.is_ok()) })
}
