//! Budget instruments.

use crate::db::engine::column::{row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::query::of_ids;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::budget_instruments;
use crate::db::engine::transaction::ReadTx;
use chrono::NaiveDate;
use domain::base::calendar::{FinancialYear, Timestamp};
use domain::base::id::{InstrumentId, UserId};
use domain::base::money::Paise;
use domain::budget::budget_instrument::{BudgetInstrument, FundsSource, InstrumentKind, InstrumentStatus};
use domain::budget::reappropriation::Declaration;
use domain::scheme::scheme::Component;

row! {
    InstrumentRow in budget_instruments for BudgetInstrument {
        id: InstrumentId, number: String, kind: InstrumentKind, scheme_code: String, component: Component,
        financial_year: Option<FinancialYear>, amount_paise: Option<Paise>, to_component: Option<Component>,
        source: Option<FundsSource>, declaration: Option<Declaration>, reference: String, dated_on: NaiveDate,
        status: InstrumentStatus, posted_paise: Option<Paise>, proposed_by: UserId, proposed_at: Timestamp,
        decided_by: Option<UserId>, decided_at: Option<Timestamp>, reason: Option<String>, version: i64,
    }
}

versioned!(budget_instruments, InstrumentRow, BudgetInstrument, InstrumentId);
of_ids!(budget_instruments, InstrumentRow, BudgetInstrument);

pub fn list(tx: &mut ReadTx<'_>) -> Result<Vec<BudgetInstrument>, DbError> {
    let query = budget_instruments::table.order(budget_instruments::id).select(InstrumentRow::as_select());
    query.load(tx.conn()?)?.into_iter().map(InstrumentRow::record).collect()
}

pub fn find_by_number(tx: &mut ReadTx<'_>, number: &str) -> Result<Option<BudgetInstrument>, DbError> {
    let query = budget_instruments::table.filter(budget_instruments::number.eq(number));
    let row = query.select(InstrumentRow::as_select()).get_result(tx.conn()?).optional()?;
    row.map(InstrumentRow::record).transpose()
}

/// Approved instruments of a scheme's year, in the order in which they were approved.
pub fn approved_of_year(
    tx: &mut ReadTx<'_>,
    scheme_code: &str,
    year: FinancialYear,
) -> Result<Vec<BudgetInstrument>, DbError> {
    let query = || {
        budget_instruments::table
            .filter(budget_instruments::scheme_code.eq(scheme_code))
            .filter(budget_instruments::financial_year.eq(year.to_string()))
            .filter(budget_instruments::status.eq(InstrumentStatus::Approved.as_str()))
            .order((budget_instruments::decided_at, budget_instruments::id))
            .select(InstrumentRow::as_select())
    };
    let question = || format!("budget instruments of {scheme_code} {year}");
    let rows: Vec<InstrumentRow> = tx.cached(question, |select| Ok(select.load(query())?))?;
    rows.into_iter().map(InstrumentRow::record).collect()
}

/// Whether a person proposed or approved an instrument that counts for this component and year.
pub fn has_part(
    tx: &mut ReadTx<'_>,
    user: UserId,
    scheme_code: &str,
    component: Component,
    year: FinancialYear,
) -> Result<bool, DbError> {
    use budget_instruments as b;
    let question = || format!("budget part of {user} {scheme_code} {component} {year}");
    let count: i64 = tx.cached(question, |select| {
        let (user, component) = (user.to_string(), component.as_str());
        let query = b::table
            .filter(b::scheme_code.eq(scheme_code))
            .filter(b::financial_year.is_null().or(b::financial_year.eq(year.to_string())))
            .filter(b::status.eq(InstrumentStatus::Approved.as_str()))
            .filter(b::proposed_by.eq(&user).or(b::decided_by.eq(&user)))
            .filter(b::component.eq(component).or(b::to_component.eq(component)));
        Ok(select.get_result(query.count())?)
    })?;
    Ok(count > 0)
}

/// Every instrument that counts.
pub fn all_approved(tx: &mut ReadTx<'_>) -> Result<Vec<BudgetInstrument>, DbError> {
    let rows = budget_instruments::table
        .filter(budget_instruments::status.eq(InstrumentStatus::Approved.as_str()))
        .order(budget_instruments::id)
        .select(InstrumentRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(InstrumentRow::record).collect()
}
