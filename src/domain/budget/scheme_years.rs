//! The years in which a scheme can pay. A budget instrument gives money to no other year, and no order about the scheme
//! is older than the scheme.

use crate::base::calendar::FinancialYear;
use crate::base::reason::Reason;
use crate::budget::budget_instrument::InstrumentKind;
use crate::scheme::scheme::Scheme;
use chrono::NaiveDate;

/// How many years after the end of the last award it can still be paid: its last claim is made in the year after, and
/// the payment is settled in one more at the latest.
const YEARS_AFTER_AWARD: i32 = 2;

/// From when a scheme is, and until when it can pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemeYears {
    /// The day on which its first version took effect.
    pub begins_on: NaiveDate,
    /// The last year in which it can pay.
    pub last: FinancialYear,
}

impl SchemeYears {
    /// `newest` is the version in force; `awards_until` the last day on which an award can be made as things stand, and
    /// `award_ends` the last day of the award that runs longest.
    pub fn of(
        begins_on: NaiveDate,
        newest: &Scheme,
        awards_until: NaiveDate,
        award_ends: Option<NaiveDate>,
    ) -> SchemeYears {
        let ends = award_ends.into_iter().fold(newest.award_ends_on(awards_until), NaiveDate::max);
        SchemeYears { begins_on, last: FinancialYear::containing(ends).plus_years(YEARS_AFTER_AWARD) }
    }

    /// Why an instrument of this kind cannot change this year. What a year beyond was given before can be taken back.
    pub fn problem(&self, kind: InstrumentKind, year: FinancialYear) -> Option<Reason> {
        use InstrumentKind::{Provision, ReAppropriation, Revision, Supplementary};
        let gives = matches!(kind, Provision | Revision | Supplementary | ReAppropriation);
        (gives && year > self.last).then_some(Reason::YearAfterScheme { last: self.last })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_scheme_pays_until_the_last_award_is_settled() {
        let text = include_str!("../../../config/schemes/ndfeb-2025-proposal.toml");
        let scheme = Scheme::parse(text).unwrap();
        let years = |until, ends: Option<&str>| SchemeYears::of(day("2025-07-11"), &scheme, day(until), ends.map(day));
        // Two years of gestation and five of incentive: an award of 1 May 2026 ends on 30 April 2033.
        let found = years("2026-05-01", None);
        assert_eq!(found.last.to_string(), "2035-36");
        assert_eq!(years("2026-05-01", Some("2037-04-01")).last.to_string(), "2039-40");
        let at = |kind, year: &str| found.problem(kind, year.parse().unwrap());
        for kind in [InstrumentKind::Provision, InstrumentKind::Supplementary, InstrumentKind::Revision] {
            assert_eq!(at(kind, "2035-36"), None);
            assert_eq!(at(kind, "2036-37"), Some(Reason::YearAfterScheme { last: found.last }));
            assert!(at(kind, "2199-00").is_some());
        }
        assert_eq!(at(InstrumentKind::Surrender, "2150-51"), None);
    }
}
