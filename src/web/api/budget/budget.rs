//! The budget table, and the limits on expenditure in the last months of the year.

use crate::web::Web;
use crate::web::edge::extract::Signed;
use crate::web::edge::reply::{Reply, list, show};
use actix_web::{get, web};
use domain::base::calendar::FinancialYear;
use domain::budget::budget::BudgetTable;
use domain::budget::expenditure_limit::LimitMeter;
use serde::Deserialize;
use utoipa::IntoParams;

/// Show the present balance of every account: per component, financial year, beneficiary and payee.
#[utoipa::path(tag = "budget", responses((status = 200, description = "The budget table", body = BudgetTable)))]
#[get("/budget")]
pub async fn show_budget(web: web::Data<Web>, signed: Signed) -> Reply {
    show(web.service.budget(signed.0).await?)
}

/// The filter for limits.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LimitQuery {
    /// The financial year; the current one unless given.
    pub financial_year: Option<FinancialYear>,
}

/// List the limits on payments in the last quarter and in March, with the amount used.
#[utoipa::path(tag = "budget", params(LimitQuery), responses((status = 200, description = "The limits", body = crate::web::edge::reply::List<LimitMeter>)))]
#[get("/budget/limits")]
pub async fn list_limits(web: web::Data<Web>, signed: Signed, query: web::Query<LimitQuery>) -> Reply {
    list(web.service.limit_meters(signed.0, query.financial_year).await?)
}
