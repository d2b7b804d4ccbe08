//! The budget of a scheme's year as a page shows it: where every rupee stands, what was paid so far against the dated
//! limits, and what would lapse at the end of the year. Everything is read from one consistent view.

use crate::db::budget::accounts;
use crate::db::desk::selection_sources::OnDay;
use crate::db::desk::selections;
use crate::db::engine::transaction::ReadTx;
use crate::db::recovery::recovery_credits;
use crate::service::Service;
use crate::service::budget::budget::READ_PERMISSION;
use crate::service::budget::expenditure_limits::meters_of;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use chrono::{Datelike, NaiveDate};
use domain::base::calendar::FinancialYear;
use domain::base::money::Paise;
use domain::budget::budget::{BudgetLevel, BudgetRow, name_kept, table};
use domain::budget::expenditure_limit::LimitMeter;
use domain::budget::ledger::Stage;
use domain::desk::selected_row::{Cell, SelectedRow};
use domain::desk::selection::{Selection, Subject};
use domain::scheme::scheme::{Component, Scheme};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The stages at which a rupee can stand, in the order of its life. For a year nothing is committed or withheld.
pub const STAGES: [Stage; 9] = [
    Stage::Available,
    Stage::Committed,
    Stage::Withheld,
    Stage::Reserved,
    Stage::Sanctioned,
    Stage::Disbursed,
    Stage::Recovered,
    Stage::Surrendered,
    Stage::Lapsed,
];

/// Where the money of one component stands. `provided + receipts` is the sum of the stages and of what was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standings {
    /// `None` for all components together.
    pub component: Option<Component>,
    pub provided: Paise,
    /// What was paid back and stands at some stage again.
    pub receipts: Paise,
    /// What bank returns kept for recoveries of payments that they took back; it is no stage's.
    pub kept: Paise,
    pub stages: [Paise; 9],
}

/// What was paid on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaidOn {
    pub on: NaiveDate,
    pub payments: i64,
    pub amount: Paise,
    /// From the beginning of the year to this day.
    pub so_far: Paise,
}

/// A table has a row for each day of payment up to this number of days, and beyond it a row for each month.
const DAYS_MOST: usize = 31;

/// What was paid, as a table tells it.
#[derive(Debug, PartialEq, Eq)]
pub enum PaidBy {
    Day(Vec<PaidOn>),
    /// `on` is the last day of payment of the month.
    Month(Vec<PaidOn>),
}

/// What was paid in a year, in rows that somebody can read.
fn told(days: &[PaidOn]) -> PaidBy {
    if days.len() <= DAYS_MOST {
        return PaidBy::Day(days.to_vec());
    }
    let month = |day: &PaidOn| (day.on.year(), day.on.month());
    let sum = |days: &[PaidOn]| {
        let last = days.last()?;
        let payments = days.iter().map(|day| day.payments).sum();
        let amount = Paise(days.iter().map(|day| day.amount.0).sum());
        Some(PaidOn { payments, amount, ..*last })
    };
    PaidBy::Month(days.chunk_by(|one, next| month(one) == month(next)).filter_map(sum).collect())
}

/// The budget of a scheme's year with everything that its page shows.
pub struct BudgetFile {
    pub scheme: Arc<Scheme>,
    /// Code and name of every scheme.
    pub schemes: Vec<(String, String)>,
    pub year: FinancialYear,
    /// The years that have a budget, and the running one.
    pub years: Vec<FinancialYear>,
    /// The year, component by component, and all together at the end.
    pub of_year: Vec<Standings>,
    /// The same for the outlay of the whole scheme.
    pub of_scheme: Vec<Standings>,
    pub limits: Vec<LimitMeter>,
    pub paid: Vec<PaidOn>,
    pub today: NaiveDate,
}

impl BudgetFile {
    /// Days to the end of the year, while it runs.
    pub fn days_left(&self) -> Option<i64> {
        let runs = FinancialYear::containing(self.today) == self.year;
        self.year.last_day().filter(|_| runs).map(|last| (last - self.today).num_days())
    }

    /// What was paid, by day, or by month if there are many days.
    pub fn paid_in_rows(&self) -> PaidBy {
        told(&self.paid)
    }

    /// What ends with the year unless something is done: what is available, and what was paid back.
    pub fn would_lapse(&self) -> Paise {
        self.of_year.last().map_or(Paise::ZERO, |all| Paise(all.at(Stage::Available).0 + all.at(Stage::Recovered).0))
    }
}

impl Standings {
    fn of(row: &BudgetRow) -> Standings {
        let stages = [
            row.available_paise,
            row.committed_paise,
            row.withheld_paise,
            row.reserved_paise,
            row.sanctioned_paise,
            row.disbursed_paise,
            row.recovered_paise,
            row.surrendered_paise,
            row.lapsed_paise,
        ];
        let receipts = row.receipts_paise;
        let kept = row.kept_paise;
        Standings { component: Some(row.component), provided: row.provided_paise, receipts, kept, stages }
    }

    /// The money at a stage.
    pub fn at(&self, stage: Stage) -> Paise {
        STAGES.iter().position(|one| *one == stage).map_or(Paise::ZERO, |place| self.stages[place])
    }

    fn add(&mut self, other: &Standings) {
        self.provided = Paise(self.provided.0 + other.provided.0);
        self.receipts = Paise(self.receipts.0 + other.receipts.0);
        self.kept = Paise(self.kept.0 + other.kept.0);
        for (own, more) in self.stages.iter_mut().zip(&other.stages) {
            *own = Paise(own.0 + more.0);
        }
    }
}

/// The rows, and their sum at the end where there are several.
fn with_sum(rows: Vec<Standings>) -> Vec<Standings> {
    let (provided, receipts, kept) = (Paise::ZERO, Paise::ZERO, Paise::ZERO);
    let mut all = Standings { component: None, provided, receipts, kept, stages: [Paise::ZERO; 9] };
    rows.iter().for_each(|row| all.add(row));
    rows.into_iter().chain([all]).collect()
}

/// What was paid on each day of a year and stayed with the payee.
fn paid(tx: &mut ReadTx<'_>, on: &OnDay<'_>, scheme: &str, year: FinancialYear) -> Result<Vec<PaidOn>, Error> {
    let year = year.to_string();
    let asked = [("scheme_code", scheme), ("payment_year", &year), ("status", "succeeded"), ("group_by", "paid_on")];
    let wrong = |why: String| Error::Internal(format!("payments by day: {why}"));
    let selection = Selection::parse(Subject::Disbursements, asked).map_err(|bad| wrong(bad.why.to_string()))?;
    // A year has at most 366 days.
    let rows = selections::groups(tx, &selection, on, 400)?;
    let mut so_far = 0;
    let day = |row: &SelectedRow| match (row.cell(0), row.cell(1), row.cell(2)) {
        (Cell::Text(on), Cell::Number(payments), Cell::Number(amount)) => {
            so_far += amount;
            let on = on.parse().map_err(|_| wrong(on.to_owned()))?;
            Ok(PaidOn { on, payments, amount: Paise(amount), so_far: Paise(so_far) })
        }
        _ => Err(wrong("a row without numbers".to_owned())),
    };
    rows.iter().map(day).collect()
}

impl Service {
    /// The budget of a scheme's year: of the running year and of the scheme with the largest budget unless others are
    /// named.
    pub async fn budget_file(
        self: &Arc<Self>,
        caller: Caller,
        scheme: Option<String>,
        year: Option<FinancialYear>,
    ) -> Result<BudgetFile, Error> {
        let (service, today) = (Arc::clone(self), self.clock.now().date_in_india());
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let known = service.schemes.current(tx)?;
            let mut schemes: Vec<(String, String)> = Vec::new();
            for code in known.0.iter().map(|loaded| loaded.scheme.code.clone()).collect::<BTreeSet<_>>() {
                schemes.push((code.clone(), known.newest(&code)?.name.clone()));
            }
            let mut rows = table(&accounts::balances(tx)?);
            name_kept(&mut rows, &recovery_credits::kept(tx)?);
            let code = scheme.or_else(|| largest(&rows)).or_else(|| schemes.first().map(|(code, _)| code.clone()));
            let code = code.or_not_found("scheme")?;
            let scheme = Arc::clone(known.newest(&code)?);
            let running = FinancialYear::containing(today);
            let year = year.unwrap_or(running);
            let ours = || rows.iter().filter(|row| row.scheme_code == code);
            let years: BTreeSet<_> = ours().filter_map(|row| row.financial_year).chain([running, year]).collect();
            let of_year = ours().filter(|row| row.financial_year == Some(year)).map(Standings::of);
            let of_scheme = ours().filter(|row| row.level == BudgetLevel::Component).map(Standings::of);
            let on = OnDay::new(today, &service.finance.limits);
            Ok(BudgetFile {
                of_year: with_sum(of_year.collect()),
                of_scheme: with_sum(of_scheme.collect()),
                limits: meters_of(tx, &service.finance.limits, &code, year, today)?,
                paid: paid(tx, &on, &code, year)?,
                years: years.into_iter().collect(),
                scheme,
                schemes,
                year,
                today,
            })
        })
        .await
    }
}

/// The scheme whose years were given most; the first one by its code where none was given anything.
fn largest(rows: &[BudgetRow]) -> Option<String> {
    let given = |code: &str| -> i64 {
        let years = rows.iter().filter(|row| row.level == BudgetLevel::FinancialYear && row.scheme_code == code);
        years.map(|row| row.provided_paise.0).sum()
    };
    let codes: BTreeSet<&str> = rows.iter().map(|row| row.scheme_code.as_str()).collect();
    codes.into_iter().rev().max_by_key(|code| given(code)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Payments of 100 paise on each of the first days from 1 April 2026.
    fn paid_on(days: i64) -> Vec<PaidOn> {
        let first = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
        let day = |n| PaidOn {
            on: first + chrono::Duration::days(n),
            payments: 2,
            amount: Paise(100),
            so_far: Paise(100 * (n + 1)),
        };
        (0..days).map(day).collect()
    }

    #[test]
    fn few_days_are_told_one_by_one_and_many_by_month() {
        assert_eq!(told(&paid_on(31)), PaidBy::Day(paid_on(31)));
        let PaidBy::Month(months) = told(&paid_on(32)) else { panic!("32 days are many") };
        let (april, may) = (months[0], months[1]);
        assert_eq!((months.len(), april.payments, april.amount, april.so_far), (2, 60, Paise(3_000), Paise(3_000)));
        assert_eq!((may.payments, may.amount, may.so_far), (4, Paise(200), Paise(3_200)));
        assert_eq!(may.on, NaiveDate::from_ymd_opt(2026, 5, 2).unwrap());
    }
}
