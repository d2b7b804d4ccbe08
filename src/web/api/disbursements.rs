//! Disbursements for the auditor: pages and totals. The provenance of one of them is in
//! `disbursement_chain.rs`.

use crate::domain::calendar::FinancialYear;
use crate::domain::disbursement::{
    Direction, Disbursement, DisbursementFilter, DisbursementOrder, DisbursementSort, DisbursementStatus,
    DisbursementTotals, Position, WrittenDisbursement,
};
use crate::domain::id::{DisbursementId, OrganisationId};
use crate::domain::money::Paise;
use crate::domain::scheme::Component;
use crate::domain::utr::normalise_utr;
use crate::web::Web;
use crate::web::extract::Signed;
use crate::web::problem::Problem;
use crate::web::reply::{Reply, json, show};
use actix_web::{HttpRequest, HttpResponse, get, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const ROWS_DEFAULT: usize = 50;
const ROWS_MOST: usize = 200;

/// The filter and the order of disbursements. All given conditions must hold.
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
    /// The bank's reference; spaces and case are ignored.
    pub utr: Option<String>,
    /// `paid_on` unless given.
    pub sort: Option<DisbursementSort>,
    /// `descending` (newest or largest first) unless given.
    pub direction: Option<Direction>,
    /// Rows on a page: 1 to 200, 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the previous page.
    pub cursor: Option<String>,
    /// Whether the totals of the whole selection are counted; true unless given.
    pub totals: Option<bool>,
}

/// The cursor of the next page.
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
