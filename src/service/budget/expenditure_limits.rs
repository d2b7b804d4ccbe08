//! The limits on expenditure in the last months of a financial year. They are checked when a tranche is
//! sanctioned or a payment is advised, counted as payments are advised and settled, and shown with the budget.

use crate::db::budget::{budget_instruments, last_quarter_spending};
use crate::db::engine::transaction::ReadTx;
use crate::service::Service;
use crate::service::running::error::Error;
use crate::service::running::runner::{Caller, Work};
use chrono::NaiveDate;
use domain::base::calendar::{FinancialYear, Timestamp};
use domain::base::money::Paise;
use domain::base::permission::Permission;
use domain::budget::expenditure_limit::{LimitMeter, LimitTable, Warning, check, last_quarter, limited_month, meters};
use serde_json::json;
use std::sync::Arc;

/// The meters of a scheme's year, by the limits in force on a day.
fn read_meters(
    tx: &mut ReadTx<'_>,
    table: &LimitTable,
    scheme_code: &str,
    year: FinancialYear,
    day: NaiveDate,
) -> Result<Vec<LimitMeter>, Error> {
    let Some(row) = table.on(day) else { return Ok(Vec::new()) };
    let instruments = budget_instruments::approved_of_year(tx, scheme_code, year)?;
    let spending = last_quarter_spending::of_months(tx, scheme_code, &last_quarter(year))?;
    Ok(meters(row, scheme_code, year, &instruments, &spending))
}

/// Every limit of a scheme's year, with the amount used. In the year's last quarter the limits in force today apply;
/// otherwise those in force at the year's end.
pub(in crate::service) fn meters_of(
    tx: &mut ReadTx<'_>,
    table: &LimitTable,
    scheme_code: &str,
    year: FinancialYear,
    today: NaiveDate,
) -> Result<Vec<LimitMeter>, Error> {
    let ends = year.last_day().unwrap_or(today);
    let running = FinancialYear::containing(today) == year && limited_month(today).is_some();
    read_meters(tx, table, scheme_code, year, if running { today } else { ends })
}

/// The limits of the running year that a scheme has exceeded by now.
pub(in crate::service) fn passed(
    tx: &mut ReadTx<'_>,
    table: &LimitTable,
    scheme_code: &str,
    today: NaiveDate,
) -> Result<Vec<LimitMeter>, Error> {
    let year = FinancialYear::containing(today);
    let mut meters = meters_of(tx, table, scheme_code, year, today)?;
    meters.retain(|meter| meter.paid_paise.0.saturating_add(meter.advised_paise.0) > meter.ceiling_paise.0);
    Ok(meters)
}

/// Warns of every limit that paying this amount today would exceed. Where money is about to leave
/// (`leaves_now`), a limit of the stopping kind refuses.
pub fn weigh(work: &mut Work<'_, '_>, scheme_code: &str, amount: Paise, leaves_now: bool) -> Result<(), Error> {
    let today = work.today();
    if limited_month(today).is_none() {
        return Ok(());
    }
    let year = FinancialYear::containing(today);
    let meters = read_meters(work.tx, &work.finance.limits, scheme_code, year, today)?;
    let warnings = check(&meters, amount, today, leaves_now)?;
    work.warnings.extend(warnings);
    Ok(())
}

/// What paying an amount today does to the limits on the last months, for whoever takes a step before the payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighed {
    pub year: FinancialYear,
    /// A warning for every limit that would be passed.
    pub warnings: Vec<Warning>,
    /// Whether a payment would be refused for one of them.
    pub stops: bool,
}

/// The same without an act; `None` while no limit applies.
pub(in crate::service) fn weighed(
    tx: &mut ReadTx<'_>,
    table: &LimitTable,
    scheme_code: &str,
    amount: Paise,
    today: NaiveDate,
) -> Result<Option<Weighed>, Error> {
    if limited_month(today).is_none() {
        return Ok(None);
    }
    let year = FinancialYear::containing(today);
    let meters = read_meters(tx, table, scheme_code, year, today)?;
    if meters.is_empty() {
        return Ok(None);
    }
    let stops = check(&meters, amount, today, true).is_err();
    Ok(Some(Weighed { year, warnings: check(&meters, amount, today, false)?, stops }))
}

/// Writes the warnings of an act into its audit details.
pub fn note(work: &Work<'_, '_>, details: &mut serde_json::Value) {
    if !work.warnings.is_empty() {
        details["warnings"] = json!(work.warnings);
    }
}

/// Counts a payment that was advised (or, with a negative amount, one that the bank settled).
pub fn count_advised(work: &mut Work<'_, '_>, scheme_code: &str, at: Timestamp, paise: i64) {
    if let Some(month) = limited_month(at.date_in_india()) {
        last_quarter_spending::add(work.tx, scheme_code, &month, 0, paise);
    }
}

/// Counts a payment that succeeded (or, with a negative amount, one that the bank returned).
pub fn count_paid(work: &mut Work<'_, '_>, scheme_code: &str, on: NaiveDate, paise: i64) {
    if let Some(month) = limited_month(on) {
        last_quarter_spending::add(work.tx, scheme_code, &month, paise, 0);
    }
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadBudget;

impl Service {
    /// Every limit of a year (the current one unless another is given), with the amount used.
    pub async fn limit_meters(
        self: &Arc<Self>,
        caller: Caller,
        year: Option<FinancialYear>,
    ) -> Result<Vec<LimitMeter>, Error> {
        let today = self.clock.now().date_in_india();
        let year = year.unwrap_or(FinancialYear::containing(today));
        let mut codes: Vec<String> = self.schemes().await?.iter().map(|scheme| scheme.code.clone()).collect();
        codes.dedup();
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let mut all = Vec::new();
            for code in &codes {
                all.extend(meters_of(tx, &service.finance.limits, code, year, today)?);
            }
            Ok(all)
        })
        .await
    }
}
