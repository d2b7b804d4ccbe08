//! Disbursements for the auditor: pages and totals. The provenance of one of them is in
//! `disbursement_chain.rs`.

use crate::service::desk::selections::PageRequest;
use crate::service::running::error::Error;
use crate::web::Web;
use crate::web::edge::extract::Signed;
use crate::web::edge::listing::{Page, next_address, no_cursor, page_answer, rows_on_page};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::{Reply, json, show};
use crate::web::edge::selection_rows::rows_json;
use actix_web::{HttpRequest, get, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;
use domain::base::calendar::FinancialYear;
use domain::base::id::{DisbursementId, OrganisationId};
use domain::base::money::Paise;
use domain::desk::selected_row::{Cell, SelectedRow};
use domain::desk::selection::{Behind, Field, Selection, Subject, Value};
use domain::payment::disbursement::{
    Direction, Disbursement, DisbursementSort, DisbursementStatus, DisbursementTotals,
};
use domain::scheme::scheme::Component;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

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

/// One page of a selection.
#[derive(Serialize, ToSchema)]
pub struct DisbursementList {
    #[schema(value_type = Vec<Disbursement>)]
    pub data: Box<RawValue>,
    pub page: Page,
    /// Count, gross, returned and net of the whole selection.
    pub totals: Option<DisbursementTotals>,
}

impl DisbursementQuery {
    fn sorted_by(&self) -> DisbursementSort {
        self.sort.unwrap_or(DisbursementSort::PaidOn)
    }

    /// The question as `/selections/disbursements` is asked it: other names, the same fields.
    fn selection(&self) -> Result<Selection, Problem> {
        let field = match self.sorted_by() {
            DisbursementSort::PaidOn => "paid_on",
            DisbursementSort::Amount => "amount_paise",
        };
        let ascending = self.direction == Some(Direction::Ascending);
        let asked = [
            ("scheme_code", self.scheme_code.clone()),
            ("organisation_id", self.beneficiary_id.map(|id| id.to_string())),
            ("component", self.component.map(|component| component.to_string())),
            ("performance_year", self.performance_year.map(|year| year.to_string())),
            ("payment_year", self.payment_year.map(|year| year.to_string())),
            ("paid_on_from", self.paid_from.map(|day| day.to_string())),
            ("paid_on_to", self.paid_to.map(|day| day.to_string())),
            ("amount_paise_from", self.amount_from_paise.map(|amount| amount.0.to_string())),
            ("amount_paise_to", self.amount_to_paise.map(|amount| amount.0.to_string())),
            ("status", self.status.map(|status| status.to_string())),
            ("utr", self.utr.clone()),
            ("sort", Some(if ascending { field.to_owned() } else { format!("-{field}") })),
        ];
        let given = asked.iter().filter_map(|(name, text)| Some((*name, text.as_deref()?)));
        Ok(Selection::parse(Subject::Disbursements, given)?)
    }

    fn page(&self) -> Result<PageRequest, Problem> {
        let selection = self.selection()?;
        let behind = self.cursor.as_deref().map(|cursor| behind(cursor, self.sorted_by())).transpose()?;
        let mut page = PageRequest::first(selection, rows_on_page(self.limit)?);
        page.fields.retain(|field| !["payment_quarter", "payment_month"].contains(&field.name));
        let sums = || SUMS.iter().filter_map(|name| Subject::Disbursements.field(name)).collect();
        page.sums = self.totals.unwrap_or(true).then(sums);
        page.behind = behind;
        Ok(page)
    }
}

/// The cursor of the page after this row: base64url of the value by which it is sorted, a space, and its id.
fn cursor(row: &SelectedRow, fields: &[&Field], sort: &Field) -> String {
    let place = fields.iter().position(|field| *field == sort).unwrap_or(0);
    let text = |place| match row.cell(place) {
        Cell::Missing => String::new(),
        Cell::Number(number) => number.to_string(),
        Cell::Text(text) => text.to_owned(),
    };
    URL_SAFE_NO_PAD.encode(format!("{} {}", text(place), text(0)))
}

fn behind(cursor: &str, sort: DisbursementSort) -> Result<Behind, Problem> {
    let text =
        URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(no_cursor)?;
    let (value, id) = text.split_once(' ').ok_or_else(no_cursor)?;
    let sort = match sort {
        DisbursementSort::PaidOn => value.parse::<NaiveDate>().ok().map(|_| Value::Text(value.to_owned())),
        DisbursementSort::Amount => value.parse().ok().map(Value::Number),
    };
    let id: DisbursementId = id.parse().map_err(|_| no_cursor())?;
    Ok(Behind { sort: sort.ok_or_else(no_cursor)?, key: Value::Text(id.to_string()) })
}

/// Gross, returned, kept and net: all that they are made of is in one index.
const SUMS: [&str; 4] = ["amount_paise", "returned_paise", "kept_paise", "net_paise"];

/// Count and sums of the whole selection, as they were asked for.
fn totals(row: &SelectedRow) -> Result<DisbursementTotals, Error> {
    match [row.cell(0), row.cell(1), row.cell(2), row.cell(3), row.cell(4)] {
        [Cell::Number(count), Cell::Number(gross), Cell::Number(returned), Cell::Number(kept), Cell::Number(net)] => {
            Ok(DisbursementTotals {
                count,
                amount_paise: Paise(gross),
                returned_paise: Paise(returned),
                kept_paise: Paise(kept),
                net_paise: Paise(net),
            })
        }
        _ => Err(Error::Internal("totals of disbursements that are no numbers".to_owned())),
    }
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
    let asked = query.page()?;
    let (fields, sort, limit) = (asked.fields.clone(), asked.selection.sort, asked.limit);
    let found = web.service.selection_page(signed.0, asked).await?;
    let next = found.rows.last().filter(|_| found.more).map(|row| cursor(row, &fields, sort));
    let address = next.as_ref().map(|next| next_address(&request, next));
    let list = DisbursementList {
        data: rows_json(fields.iter().map(|field| field.name), &found.rows)?,
        page: Page { limit, next },
        totals: found.totals.as_ref().map(totals).transpose()?,
    };
    Ok(page_answer(json(list), address))
}

/// Show one disbursement.
#[utoipa::path(tag = "disbursements", responses((status = 200, description = "The disbursement", body = Disbursement)))]
#[get("/disbursements/{id}")]
pub async fn show_disbursement(web: web::Data<Web>, signed: Signed, id: web::Path<DisbursementId>) -> Reply {
    show(web.service.disbursement(signed.0, id.into_inner()).await?)
}
