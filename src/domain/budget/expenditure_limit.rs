//! Limits on the rush of expenditure at the end of a year: the share of a year's estimate that a
//! scheme may pay in the last quarter and in March, as dated rows of a table. A limit warns or
//! stops, as its row says.

use crate::base::argument::Arguments;
use crate::base::calendar::FinancialYear;
use crate::base::money::{BasisPoints, Paise};
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::base::told::Message;
use crate::budget::budget_instrument::{BudgetInstrument, InstrumentKind};
use crate::scheme::finance::{BadTable, Period};
use crate::scheme::scheme::{Basis, Component};
use crate::words;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The months that a limit applies to.
    pub enum LimitedPeriod {
        /// January to March.
        LastQuarter = "last_quarter",
        March = "march",
    }
}

words! {
    /// The estimate of which a limit is a share.
    pub enum LimitBase {
        BudgetEstimate = "be",
        /// The revised estimate; the budget estimate for a component that has no revised estimate.
        RevisedEstimate = "re",
    }
}

words! {
    /// The effect of exceeding a limit.
    pub enum LimitEffect {
        Warn = "warn",
        Stop = "stop",
    }
}

/// The limits of one period.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitRow {
    pub effective_from: NaiveDate,
    /// Left out while the row is in force.
    pub effective_to: Option<NaiveDate>,
    pub last_quarter_basis_points: BasisPoints,
    pub march_basis_points: BasisPoints,
    pub base: LimitBase,
    pub basis: Basis,
    pub source: String,
    pub effect: LimitEffect,
    pub effect_basis: Basis,
    pub effect_source: String,
}

impl LimitRow {
    fn period(&self) -> Period {
        Period { from: self.effective_from, to: self.effective_to }
    }
}

/// The whole table.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitTable {
    pub limits: Vec<LimitRow>,
}

/// The amounts paid and advised (still on their way) in one month of a last quarter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthSpending {
    /// Year and month, such as `2027-03`.
    pub month: String,
    pub paid: Paise,
    pub advised: Paise,
}

/// One limit of one scheme and year, with its use so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LimitMeter {
    pub scheme_code: String,
    pub financial_year: FinancialYear,
    pub limit: LimitedPeriod,
    pub base: LimitBase,
    /// The estimate, all components together.
    pub base_paise: Paise,
    pub basis_points: BasisPoints,
    /// The share of the estimate, rounded down.
    pub ceiling_paise: Paise,
    /// Paid in these months.
    pub paid_paise: Paise,
    /// Advised in these months and not settled yet.
    pub advised_paise: Paise,
    pub room_paise: Paise,
    pub effect: LimitEffect,
    pub basis: Basis,
    pub source: String,
}

/// A warning about an act that was done nevertheless.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Warning {
    /// The code of the refusal that it would be if the rule stopped the act.
    pub code: String,
    pub detail: String,
    /// What the detail is about, by name, each with its kind.
    #[serde(skip_serializing_if = "Arguments::is_empty")]
    #[schema(value_type = std::collections::HashMap<String, crate::base::argument::ArgumentView>)]
    pub arguments: Arguments,
    /// The detail apart from its language.
    #[serde(skip)]
    pub message: Message,
}

impl Warning {
    /// A warning in the words of the refusal that it would be.
    pub fn of_refusal(refusal: &Refusal) -> Warning {
        Warning::of(refusal.message())
    }

    fn of(message: Message) -> Warning {
        Warning {
            code: message.code.to_owned(),
            detail: message.english.clone(),
            arguments: message.arguments.clone(),
            message,
        }
    }

    /// A warning as it was stored with its act; `None` for one that an earlier program stored without its arguments.
    pub fn stored(value: &serde_json::Value) -> Option<Warning> {
        let text = |name: &str| value.get(name)?.as_str();
        Message::of_refusal(text("code")?, value.get("arguments")?, text("detail")?).map(Warning::of)
    }
}

/// The month of a day, if it lies in a last quarter.
pub fn limited_month(day: NaiveDate) -> Option<String> {
    (day.month() <= 3).then(|| day.format("%Y-%m").to_string())
}

/// The three months of a year's last quarter.
pub fn last_quarter(year: FinancialYear) -> Vec<String> {
    let calendar_year = year.last_day().map(|day| day.year());
    calendar_year.map(|year| (1..=3).map(|month| format!("{year:04}-{month:02}")).collect()).unwrap_or_default()
}

impl LimitTable {
    /// Parses and checks the whole table.
    pub fn parse(text: &str) -> Result<LimitTable, BadTable> {
        let table: LimitTable = toml::from_str(text).map_err(|error| BadTable(error.to_string()))?;
        for row in &table.limits {
            row.period().check()?;
            if table.limits.iter().filter(|other| other.period().overlaps(&row.period())).count() > 1 {
                return Err(BadTable(format!("limits: two rows are in force from {}", row.effective_from)));
            }
            let shares = [row.last_quarter_basis_points, row.march_basis_points];
            if shares.iter().any(|share| !(0..=10_000).contains(&share.0)) {
                return Err(BadTable("limits: a share is 0 to 10000 basis points".to_owned()));
            }
        }
        Ok(table)
    }

    /// The row in force on a day.
    pub fn on(&self, day: NaiveDate) -> Option<&LimitRow> {
        self.limits.iter().find(|row| row.period().covers(day))
    }
}

/// The year's estimate from its approved instruments, which are given oldest first.
pub fn estimate(base: LimitBase, instruments: &[BudgetInstrument]) -> Paise {
    let of = |component: Component| {
        let ours = || instruments.iter().filter(move |one| one.component == component);
        let amount = |one: &BudgetInstrument| one.amount_paise.unwrap_or(Paise::ZERO);
        let revised = ours().rfind(|one| one.kind == InstrumentKind::Revision).map(amount);
        let budget = Paise::sum(ours().filter(|one| one.kind == InstrumentKind::Provision).map(amount));
        match base {
            LimitBase::RevisedEstimate => revised.or(budget),
            LimitBase::BudgetEstimate => budget,
        }
    };
    Paise::sum(Component::ALL.iter().filter_map(|component| of(*component))).unwrap_or(Paise::ZERO)
}

/// Both limits with their use so far.
pub fn meters(
    row: &LimitRow,
    scheme_code: &str,
    financial_year: FinancialYear,
    instruments: &[BudgetInstrument],
    spending: &[MonthSpending],
) -> Vec<LimitMeter> {
    let base_paise = estimate(row.base, instruments);
    let meter = |limit: &LimitedPeriod| {
        let counts = |month: &&MonthSpending| *limit == LimitedPeriod::LastQuarter || month.month.ends_with("-03");
        let sum = |of: fn(&MonthSpending) -> Paise| {
            Paise::sum(spending.iter().filter(counts).map(of)).unwrap_or(Paise(i64::MAX))
        };
        let basis_points = match limit {
            LimitedPeriod::LastQuarter => row.last_quarter_basis_points,
            LimitedPeriod::March => row.march_basis_points,
        };
        let (paid_paise, advised_paise) = (sum(|month| month.paid), sum(|month| month.advised));
        let ceiling_paise = base_paise.share_rounded_down(basis_points).unwrap_or(Paise::ZERO);
        LimitMeter {
            scheme_code: scheme_code.to_owned(),
            financial_year,
            limit: *limit,
            base: row.base,
            base_paise,
            basis_points,
            ceiling_paise,
            paid_paise,
            advised_paise,
            room_paise: ceiling_paise.minus_floored(paid_paise).minus_floored(advised_paise),
            effect: row.effect,
            basis: row.basis,
            source: row.source.clone(),
        }
    };
    LimitedPeriod::ALL.iter().map(meter).collect()
}

impl LimitMeter {
    /// The refusal of a payment on this day that would exceed the limit.
    fn passed_by(&self, need: Paise, day: NaiveDate) -> Option<Refusal> {
        let concerned = match self.limit {
            LimitedPeriod::LastQuarter => day.month() <= 3,
            LimitedPeriod::March => day.month() == 3,
        };
        let spent = Paise(self.paid_paise.0.saturating_add(self.advised_paise.0));
        (concerned && need > self.room_paise).then(|| Refusal::ExpenditureLimit {
            limit: Reason::LimitOf {
                limit: self.limit.as_str(),
                year: self.financial_year,
                share: self.basis_points,
                base: self.base.as_str(),
                amount: self.base_paise,
            },
            ceiling: self.ceiling_paise,
            spent,
            need,
            room: self.room_paise,
            over: Paise(spent.0.saturating_add(need.0).saturating_sub(self.ceiling_paise.0)),
        })
    }
}

/// Returns a warning for every limit that a payment on this day would exceed; a limit whose effect
/// is `stop` refuses if `may_stop` says that money would leave now.
pub fn check(meters: &[LimitMeter], need: Paise, day: NaiveDate, may_stop: bool) -> Result<Vec<Warning>, Refusal> {
    let mut warnings = Vec::new();
    for meter in meters {
        match meter.passed_by(need, day) {
            Some(refusal) if may_stop && meter.effect == LimitEffect::Stop => return Err(refusal),
            Some(refusal) => warnings.push(Warning::of(refusal.message())),
            None => {}
        }
    }
    Ok(warnings)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../../../config/finance/expenditure-limits.toml");

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_limits_of_each_time() {
        let table = LimitTable::parse(TEXT).unwrap();
        let shares = |on: &str| {
            let row = table.on(day(on))?;
            Some((row.last_quarter_basis_points.0, row.march_basis_points.0, row.base))
        };
        use LimitBase::{BudgetEstimate, RevisedEstimate};
        assert_eq!(shares("2017-08-20"), None);
        assert_eq!(shares("2019-03-31"), Some((3_300, 1_500, BudgetEstimate)));
        assert_eq!(shares("2020-01-15"), Some((2_500, 1_000, BudgetEstimate)));
        assert_eq!(shares("2021-03-31"), Some((3_300, 1_500, RevisedEstimate)));
        assert_eq!(shares("2027-03-31"), Some((3_300, 1_500, BudgetEstimate)));
    }

    #[test]
    fn a_paisa_over_the_ceiling_passes_the_limit() {
        let mut row = LimitTable::parse(TEXT).unwrap().on(day("2027-03-31")).unwrap().clone();
        row.effect = LimitEffect::Stop;
        let spent = |month: &str, paid| MonthSpending { month: month.into(), paid: Paise(paid), advised: Paise(1) };
        let year: FinancialYear = "2026-27".parse().unwrap();
        let mut meters = meters(&row, "s", year, &[], &[spent("2027-01", 2_000), spent("2027-03", 900)]);
        for meter in &mut meters {
            meter.ceiling_paise = Paise(10_000).share_rounded_down(meter.basis_points).unwrap();
            meter.room_paise = meter.ceiling_paise.minus_floored(meter.paid_paise).minus_floored(meter.advised_paise);
        }
        assert_eq!(meters.iter().map(|meter| meter.room_paise.0).collect::<Vec<_>>(), [398, 599]);
        assert_eq!(check(&meters, Paise(398), day("2027-02-01"), true), Ok(vec![]));
        assert_eq!(check(&meters, Paise(399), day("2027-02-01"), true).unwrap_err().code(), "expenditure_limit");
        assert_eq!(check(&meters, Paise(399), day("2027-02-01"), false).unwrap().len(), 1);
        assert_eq!(check(&meters, Paise(600), day("2027-03-01"), false).unwrap().len(), 2);
        assert_eq!(check(&meters, Paise(9_999), day("2026-12-31"), true), Ok(vec![]));
    }

    #[test]
    fn months_of_the_last_quarter() {
        assert_eq!(last_quarter("2026-27".parse().unwrap()), ["2027-01", "2027-02", "2027-03"]);
        assert_eq!(limited_month(day("2027-03-31")).as_deref(), Some("2027-03"));
        assert_eq!(limited_month(day("2027-04-01")), None);
    }
}
