//! Interest on money that is owed back: whole numbers only, actual days over a year of 365, by a
//! dated rate. A fraction of a paisa is carried forward, never rounded away, so that interest up to
//! a day is the same however often it was computed before.

use crate::base::calendar::plus_months;
use crate::base::money::{BasisPoints, Paise};
use crate::base::refusal::Refusal;
use crate::scheme::recovery_rules::{InterestMethod, InterestRate, SettlesFirst};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The denominator in which fractions of a paisa are carried: basis points of a whole times days of
/// a year.
pub const PARTS_OF_A_PAISA: i64 = 10_000 * 365;

/// Days at one rate on one base: `base × rate × days ÷ 365`. A stranger can recompute it; the
/// `interest_paise` of the lines add up to the whole because each line carries its fraction
/// forward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InterestLine {
    /// The first day that bears interest.
    pub from: NaiveDate,
    /// The last day that bears interest.
    pub to: NaiveDate,
    pub days: i64,
    pub base_paise: Paise,
    pub basis_points: BasisPoints,
    pub method: InterestMethod,
    pub interest_paise: Paise,
    /// The fraction carried to the next line, in 3,650,000ths of a paisa.
    pub carried: i64,
}

/// The lines of one computation, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct InterestLines(pub Vec<InterestLine>);

impl InterestLines {
    /// The interest of all lines.
    pub fn total(&self) -> Result<Paise, Refusal> {
        Paise::sum(self.0.iter().map(|line| line.interest_paise)).ok_or(Refusal::AmountTooLarge)
    }
}

/// An amount split into what it is owed for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Parts {
    #[serde(default)]
    pub principal_paise: Paise,
    #[serde(default)]
    pub interest_paise: Paise,
    #[serde(default)]
    pub damages_paise: Paise,
}

impl Parts {
    /// The sum of principal, interest and damages.
    pub fn total(&self) -> Result<Paise, Refusal> {
        Paise::sum([self.principal_paise, self.interest_paise, self.damages_paise]).ok_or(Refusal::AmountTooLarge)
    }

    pub fn is_zero(&self) -> bool {
        *self == Parts::default()
    }
}

/// The amounts owed at the end of a day, and the state needed to continue from there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Dues {
    pub due: Parts,
    /// The part of the interest that bears interest itself.
    pub bearing_paise: Paise,
    /// The fraction of a paisa carried forward, in 3,650,000ths of a paisa.
    pub carried: i64,
    /// The day from which the yearly compounding dates are counted.
    pub interest_from: NaiveDate,
    /// The last day whose interest is included in `due`.
    pub accrued_to: NaiveDate,
}

impl Dues {
    /// Accrues interest up to the end of a day; a day that is already included adds nothing.
    pub fn accrue(&mut self, rates: &[InterestRate], to: NaiveDate) -> Result<InterestLines, Refusal> {
        let mut lines = Vec::new();
        while self.accrued_to < to {
            let base = self.due.principal_paise.checked_add(self.bearing_paise).ok_or(Refusal::AmountTooLarge)?;
            if base == Paise::ZERO {
                self.accrued_to = to;
                break;
            }
            let first = self.accrued_to.succ_opt().unwrap_or(to);
            let rate = rates.iter().rev().find(|rate| rate.from <= first);
            let last = self.turn(rates, first).min(to);
            if let Some(rate) = rate {
                lines.push(self.grow(base, rate, first, last)?);
                if rate.method == InterestMethod::CompoundYearly && last == self.next_anniversary(first) {
                    self.bearing_paise = self.due.interest_paise;
                }
            }
            self.accrued_to = last;
        }
        Ok(InterestLines(lines))
    }

    /// Accrues one line: days at one rate on one base.
    fn grow(
        &mut self,
        base: Paise,
        rate: &InterestRate,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<InterestLine, Refusal> {
        let days = (last - first).num_days() + 1;
        let parts = i128::from(base.0) * i128::from(rate.basis_points.0) * i128::from(days) + i128::from(self.carried);
        let denominator = i128::from(PARTS_OF_A_PAISA);
        let whole = i64::try_from(parts.div_euclid(denominator)).map_err(|_| Refusal::AmountTooLarge)?;
        self.carried = i64::try_from(parts.rem_euclid(denominator)).map_err(|_| Refusal::AmountTooLarge)?;
        let interest_paise = Paise(whole);
        self.due.interest_paise = self.due.interest_paise.checked_add(interest_paise).ok_or(Refusal::AmountTooLarge)?;
        Ok(InterestLine {
            from: first,
            to: last,
            days,
            base_paise: base,
            basis_points: rate.basis_points,
            method: rate.method,
            interest_paise,
            carried: self.carried,
        })
    }

    /// The last day from `first` on before the rate or the base changes.
    fn turn(&self, rates: &[InterestRate], first: NaiveDate) -> NaiveDate {
        let later = rates.iter().map(|rate| rate.from).find(|from| *from > first);
        let before = later.and_then(|from| from.pred_opt()).unwrap_or(NaiveDate::MAX);
        before.min(self.next_anniversary(first))
    }

    /// The first anniversary on or after a day.
    fn next_anniversary(&self, day: NaiveDate) -> NaiveDate {
        let years = u32::try_from(day.year() - self.interest_from.year()).unwrap_or(0).max(1);
        let anniversary = |years: u32| plus_months(self.interest_from, years.saturating_mul(12));
        let same_year = anniversary(years);
        if same_year >= day { same_year } else { anniversary(years + 1) }
    }

    /// Allocates an amount received today: first to damages, then to interest and principal in the
    /// scheme's order. Refuses more than is due.
    pub fn split(&self, amount: Paise, first: SettlesFirst) -> Result<Parts, Refusal> {
        let due = self.due.total()?;
        if amount > due {
            return Err(Refusal::ReceiptExceedsDue { amount, due });
        }
        let mut left = amount;
        let mut up_to = |most: Paise| {
            let part = left.min(most);
            left = left.minus_floored(part);
            part
        };
        let damages_paise = up_to(self.due.damages_paise);
        let (principal_paise, interest_paise) = match first {
            SettlesFirst::Interest => {
                let interest = up_to(self.due.interest_paise);
                (up_to(self.due.principal_paise), interest)
            }
            SettlesFirst::Principal => (up_to(self.due.principal_paise), up_to(self.due.interest_paise)),
        };
        Ok(Parts { principal_paise, interest_paise, damages_paise })
    }

    /// Deducts an amount that was paid or given up; refuses more than is due, part by part.
    pub fn take_off(&mut self, parts: &Parts) -> Result<(), Refusal> {
        let rest = |part: &'static str, due: Paise, less: Paise| {
            let rest = due.checked_sub(less).filter(|rest| *rest >= Paise::ZERO && less >= Paise::ZERO);
            rest.ok_or(Refusal::ReliefExceedsDue { part, asked: less, due })
        };
        let left = Parts {
            principal_paise: rest("principal", self.due.principal_paise, parts.principal_paise)?,
            interest_paise: rest("interest", self.due.interest_paise, parts.interest_paise)?,
            damages_paise: rest("damages", self.due.damages_paise, parts.damages_paise)?,
        };
        self.due = left;
        // The interest that bears interest is the older part, so it is reduced first.
        self.bearing_paise = self.bearing_paise.minus_floored(parts.interest_paise);
        Ok(())
    }

    /// Adds back an amount that had been deducted on an earlier day, with the interest it would
    /// have borne since. Returns the interest lines of the restored part alone.
    pub fn restore(
        &mut self,
        parts: &Parts,
        taken_off_on: NaiveDate,
        rates: &[InterestRate],
    ) -> Result<InterestLines, Refusal> {
        let mut missed = Dues {
            due: *parts,
            bearing_paise: Paise::ZERO,
            carried: 0,
            interest_from: self.interest_from,
            accrued_to: taken_off_on.max(self.interest_from),
        };
        let lines = missed.accrue(rates, self.accrued_to)?;
        let sum = |a: Paise, b: Paise| a.checked_add(b).ok_or(Refusal::AmountTooLarge);
        self.due = Parts {
            principal_paise: sum(self.due.principal_paise, missed.due.principal_paise)?,
            interest_paise: sum(self.due.interest_paise, missed.due.interest_paise)?,
            damages_paise: sum(self.due.damages_paise, missed.due.damages_paise)?,
        };
        self.bearing_paise = sum(self.bearing_paise, missed.bearing_paise)?;
        Ok(lines)
    }

    /// Whether nothing is due.
    pub fn is_settled(&self) -> bool {
        self.due.is_zero()
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::scheme::scheme::Basis;
    use proptest::prelude::*;

    const CRORE: i64 = 1_000_000_000;

    pub fn rate(from: &str, basis_points: i64, method: InterestMethod) -> InterestRate {
        InterestRate {
            from: from.parse().unwrap(),
            basis_points: BasisPoints(basis_points),
            method,
            basis: Basis::Assumption,
            source: "a test".into(),
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn owed(principal: i64, paid_on: &str) -> Dues {
        Dues {
            due: Parts { principal_paise: Paise(principal), ..Parts::default() },
            bearing_paise: Paise::ZERO,
            carried: 0,
            interest_from: day(paid_on),
            accrued_to: day(paid_on),
        }
    }

    fn interest(principal: i64, rates: &[InterestRate], from: &str, to: &str) -> Paise {
        let mut dues = owed(principal, from);
        let lines = dues.accrue(rates, day(to)).unwrap();
        assert_eq!(lines.total().unwrap(), dues.due.interest_paise, "the lines are the whole");
        dues.due.interest_paise
    }

    /// Rs 44.30 crore were demanded and Rs 50.02 crore repaid with interest (press, 2023). Neither
    /// the rate nor the days are public: 9 % simple over 524 days is an assumption that gives it.
    #[test]
    fn forty_four_crore_thirty_became_fifty_crore_two() {
        let simple = [rate("2020-01-01", 900, InterestMethod::Simple)];
        let grown = interest(44_300_000_000, &simple, "2022-02-21", "2023-07-30");
        assert_eq!((day("2023-07-30") - day("2022-02-21")).num_days(), 524);
        assert_eq!(grown, Paise(5_723_802_739), "44.30 crore x 9 % x 524 / 365, rounded down");
        assert_eq!(Paise(44_300_000_000 + grown.0).in_crore(), "₹50.02 crore");
    }

    #[test]
    fn a_year_is_the_rate_and_the_second_compounds() {
        let simple = [rate("2020-01-01", 1_000, InterestMethod::Simple)];
        let compound = [rate("2020-01-01", 1_000, InterestMethod::CompoundYearly)];
        assert_eq!(interest(100 * CRORE, &simple, "2025-05-01", "2026-05-01"), Paise(10 * CRORE));
        assert_eq!(interest(100 * CRORE, &compound, "2025-05-01", "2026-05-01"), Paise(10 * CRORE));
        assert_eq!(interest(100 * CRORE, &simple, "2025-05-01", "2027-05-01"), Paise(20 * CRORE));
        assert_eq!(interest(100 * CRORE, &compound, "2025-05-01", "2027-05-01"), Paise(21 * CRORE));
        assert_eq!(interest(100 * CRORE, &compound, "2025-02-28", "2027-02-28"), Paise(21 * CRORE));
    }

    #[test]
    fn a_new_rate_counts_from_its_own_day() {
        let rates =
            [rate("2025-01-01", 1_000, InterestMethod::Simple), rate("2026-01-01", 730, InterestMethod::Simple)];
        let mut dues = owed(365 * 1_000_000, "2025-12-30");
        let lines = dues.accrue(&rates, day("2026-01-02")).unwrap().0;
        let told: Vec<_> = lines.iter().map(|line| (line.from.to_string(), line.days, line.interest_paise.0)).collect();
        assert_eq!(told, [("2025-12-31".into(), 1, 100_000), ("2026-01-01".into(), 2, 146_000)]);
        assert_eq!(interest(CRORE, &rates, "2024-12-01", "2024-12-31"), Paise::ZERO, "before the first rate");
        assert_eq!(interest(CRORE, &[], "2024-12-01", "2030-12-31"), Paise::ZERO);
    }

    #[test]
    fn a_receipt_is_split_in_the_schemes_order_and_never_past_what_is_due() {
        let mut dues = owed(1_000, "2025-01-01");
        dues.due.interest_paise = Paise(50);
        let split = |amount, first| dues.split(Paise(amount), first).map(|p| (p.principal_paise.0, p.interest_paise.0));
        assert_eq!(split(60, SettlesFirst::Interest), Ok((10, 50)));
        assert_eq!(split(60, SettlesFirst::Principal), Ok((60, 0)));
        assert_eq!(split(1_050, SettlesFirst::Principal), Ok((1_000, 50)));
        assert_eq!(split(1_051, SettlesFirst::Interest).unwrap_err().code(), "receipt_exceeds_due");
        let too_much = Parts { interest_paise: Paise(51), ..Parts::default() };
        assert_eq!(dues.clone().take_off(&too_much).unwrap_err().code(), "relief_exceeds_due");
        let negative = Parts { interest_paise: Paise(-1), ..Parts::default() };
        assert_eq!(dues.clone().take_off(&negative).unwrap_err().code(), "relief_exceeds_due");
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let mut dues = owed(i64::MAX, "2000-01-01");
        let rates = [rate("2000-01-01", 10_000, InterestMethod::CompoundYearly)];
        assert_eq!(dues.accrue(&rates, day("2150-01-01")).unwrap_err().code(), "amount_too_large");
    }

    fn plus(date: &str, days: i64) -> NaiveDate {
        day(date) + chrono::Duration::days(days)
    }

    fn methods() -> impl Strategy<Value = InterestMethod> {
        prop_oneof![Just(InterestMethod::Simple), Just(InterestMethod::CompoundYearly)]
    }

    proptest! {
        /// Computed on the way or at once: the same to the paisa, over rate changes and
        /// anniversaries, simple and compound.
        #[test]
        fn splitting_the_days_changes_nothing(
            principal in 0_i64..1_000_000_000_000_000,
            first in 0_i64..5_000, second in 0_i64..5_000,
            stops in proptest::collection::vec(0_i64..2_000, 0..6), change in 0_i64..2_000,
            method in methods(), later in methods(),
        ) {
            let rates = [
                rate("2020-02-29", first, method),
                InterestRate { from: plus("2020-02-29", 1 + change), ..rate("2020-02-29", second, later) },
            ];
            let mut at_once = owed(principal, "2020-02-29");
            at_once.accrue(&rates, plus("2020-02-29", 2_000)).unwrap();
            let mut stopping = owed(principal, "2020-02-29");
            let mut stops = stops;
            stops.sort_unstable();
            let mut told = Paise::ZERO;
            for stop in stops.into_iter().chain([2_000]) {
                let lines = stopping.accrue(&rates, plus("2020-02-29", stop)).unwrap();
                told = told.checked_add(lines.total().unwrap()).unwrap();
            }
            prop_assert_eq!(told, stopping.due.interest_paise);
            prop_assert_eq!(at_once, stopping);
        }

        /// More money, more days or a higher rate never bear less; compounding never bears less
        /// than simple interest.
        #[test]
        fn interest_only_grows(
            principal in 0_i64..1_000_000_000_000, more in 0_i64..1_000_000_000,
            points in 0_i64..3_000, days in 0_i64..3_000, longer in 0_i64..800,
        ) {
            let of = |principal, points, days, method| {
                let mut dues = owed(principal, "2021-06-15");
                dues.accrue(&[rate("2021-01-01", points, method)], plus("2021-06-15", days)).unwrap();
                dues.due.interest_paise
            };
            for method in [InterestMethod::Simple, InterestMethod::CompoundYearly] {
                let base = of(principal, points, days, method);
                prop_assert!(of(principal + more, points, days, method) >= base);
                prop_assert!(of(principal, points + 1, days, method) >= base);
                prop_assert!(of(principal, points, days + longer, method) >= base);
            }
            let compound = of(principal, points, days, InterestMethod::CompoundYearly);
            prop_assert!(compound >= of(principal, points, days, InterestMethod::Simple));
        }

        /// An amount that was deducted and is owed again costs neither the payee nor the fund
        /// anything (simple interest; a paisa of rounding at most).
        #[test]
        fn undoing_a_payment_leaves_what_would_have_been(
            principal in 1_i64..1_000_000_000_000, share in 0_i64..=100, on in 0_i64..700, later in 0_i64..700,
        ) {
            let rates = [rate("2021-01-01", 900, InterestMethod::Simple)];
            let mut undone = owed(principal, "2021-06-15");
            undone.accrue(&rates, plus("2021-06-15", on)).unwrap();
            let parts = Parts { principal_paise: Paise(principal / 100 * share), ..Parts::default() };
            undone.take_off(&parts).unwrap();
            undone.accrue(&rates, plus("2021-06-15", on + later)).unwrap();
            undone.restore(&parts, plus("2021-06-15", on), &rates).unwrap();
            let mut plain = owed(principal, "2021-06-15");
            plain.accrue(&rates, plus("2021-06-15", on + later)).unwrap();
            prop_assert_eq!(plain.due.principal_paise, undone.due.principal_paise);
            let missing = plain.due.interest_paise.0 - undone.due.interest_paise.0;
            prop_assert!((0..=1).contains(&missing), "{missing}");
        }
    }
}
