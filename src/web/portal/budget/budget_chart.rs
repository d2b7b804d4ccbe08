//! The chart of a budget's year: what was paid so far, against the dated limits.

use crate::service::budget::budget_file::{BudgetFile, PaidBy, PaidOn};
use crate::web::portal::chart::steps::{Limit, Step, StepChart, Year, draw};
use crate::web::portal::chart::{Row, Table};
use crate::web::portal::numbers::{self, crore_figure, grouped};
use crate::web::portal::page::Page;
use chrono::{Datelike, NaiveDate};
use domain::base::money::Paise;
use domain::budget::expenditure_limit::{LimitMeter, LimitedPeriod};
use domain::scheme::scheme::Basis;

/// The first days of these months are named below the chart.
const MONTHS: [u32; 5] = [4, 7, 10, 1, 3];

/// The chart; none for a year outside the calendar.
pub fn chart(page: &Page, file: &BudgetFile) -> Option<StepChart> {
    let (first, last) = (file.year.first_day()?, file.year.last_day()?);
    let place = |day: NaiveDate| (day - first).num_days();
    let paid = file.paid.last().map_or(Paise::ZERO, |day| day.so_far);
    let month = |month: &u32| {
        let day = NaiveDate::from_ymd_opt(if *month >= 4 { first.year() } else { last.year() }, *month, 1)?;
        Some((place(day), page.language.month(*month).to_owned()))
    };
    let year = Year {
        days: place(last) + 1,
        until: place(file.today.clamp(first, last)),
        estimate: file.limits.first().map_or(0, |limit| limit.base_paise.0),
        steps: file.paid.iter().map(|day| Step { day: place(day.on), so_far: day.so_far.0 }).collect(),
        limits: file.limits.iter().filter_map(|limit| drawn_limit(page, file, limit, first)).collect(),
        paid_label: page.t1("steps-paid", "n", crore_figure(paid)),
        months: MONTHS.iter().filter_map(month).collect(),
    };
    let values = [("paid", numbers::in_crore(paid, page.language)), ("year", file.year.to_string())];
    let mut message = page.language.text_with("steps-message", &values);
    if file.limits.iter().any(|limit| limit.basis == Basis::Assumption) {
        message = format!("{message} {}", page.t("steps-assumed"));
    }
    Some(StepChart {
        title: page.t("title-steps-chart"),
        message,
        drawn: draw(year, |amount| crore_figure(Paise(amount))),
        table: table(page, file),
    })
}

/// A limit with its label: where the total may go, as it is drawn.
fn drawn_limit(page: &Page, file: &BudgetFile, limit: &LimitMeter, first: NaiveDate) -> Option<Limit> {
    let month = match limit.limit {
        LimitedPeriod::LastQuarter => 1,
        LimitedPeriod::March => 3,
    };
    let from = NaiveDate::from_ymd_opt(file.year.last_day()?.year(), month, 1)?;
    let before = file.paid.iter().rev().find(|day| day.on < from).map_or(0, |day| day.so_far.0);
    let height = Paise(before.saturating_add(limit.ceiling_paise.0));
    let values = [("share", limit.basis_points.to_string()), ("n", crore_figure(height))];
    Some(Limit {
        kind: limit.limit.as_str(),
        from: (from - first).num_days(),
        ceiling: limit.ceiling_paise.0,
        label: page.language.text_with(&format!("steps-limit-{}", limit.limit), &values),
    })
}

/// What was paid, exact, by day or by month.
fn table(page: &Page, file: &BudgetFile) -> Table {
    let month = |on: &NaiveDate| format!("{} {}", page.language.month(on.month()), on.year());
    let (first, rows): (&str, Vec<(String, PaidOn)>) = match file.paid_in_rows() {
        PaidBy::Day(days) => ("steps-day", days.into_iter().map(|one| (page.day(&one.on), one)).collect()),
        PaidBy::Month(months) => ("steps-month", months.into_iter().map(|one| (month(&one.on), one)).collect()),
    };
    let head = [first, "steps-payments", "label-amount", "steps-so-far"].map(|key| page.t(key));
    let row = |(name, paid): (String, PaidOn)| Row {
        name,
        cells: vec![grouped(paid.payments), paid.amount.to_string(), paid.so_far.to_string()],
    };
    Table { head: head.into(), rows: rows.into_iter().map(row).collect() }
}
