//! The days that each desk has for what lies with it, as data with its source.

use crate::scheme::finance::BadTable;
use crate::scheme::scheme::Basis;
use crate::words;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

words! {
    /// A desk, or a kind of answer, that has a number of days.
    pub enum TimedDesk {
        Recommend = "recommend",
        Concur = "concur",
        Sanction = "sanction",
        Pay = "pay",
        Claim = "claim",
        Application = "application",
        Milestone = "milestone",
        /// The applicant's reply to a query.
        QueryReply = "query_reply",
        /// The answer of an office to a letter of a company.
        Letter = "letter",
        /// The bank's answer to a payment.
        BankAnswer = "bank_answer",
        /// Every other step of an office.
        Other = "other",
        /// How long a company is shown that something of it was rejected.
        Rejection = "rejection",
        /// How long before a day of the calendar it is shown.
        Notice = "notice",
    }
}

/// The number of days of one desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeskTime {
    pub days: u64,
    pub basis: Basis,
    pub source: String,
}

/// All desk times (`config/finance/desk-times.toml`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskTimes(BTreeMap<TimedDesk, DeskTime>);

impl DeskTimes {
    /// Parses and checks the table: every desk once, 1 to 366 days, with a source.
    pub fn parse(text: &str) -> Result<DeskTimes, BadTable> {
        let times: BTreeMap<TimedDesk, DeskTime> = toml::from_str(text).map_err(|error| BadTable(error.to_string()))?;
        for desk in TimedDesk::ALL {
            let time = times.get(desk).ok_or_else(|| BadTable(format!("the desk {desk} has no days")))?;
            if !(1..=366).contains(&time.days) || time.source.trim().is_empty() {
                return Err(BadTable(format!("{desk} has 1 to 366 days and a source")));
            }
        }
        Ok(DeskTimes(times))
    }

    /// The days of a desk. Every desk has some, because the table was checked.
    pub fn days(&self, desk: TimedDesk) -> u64 {
        self.0.get(&desk).map_or(0, |time| time.days)
    }

    /// The table, desk by desk.
    pub fn all(&self) -> &BTreeMap<TimedDesk, DeskTime> {
        &self.0
    }

    /// The first day of which a company is still shown what was rejected on it.
    pub fn rejected_from(&self, today: NaiveDate) -> NaiveDate {
        today.checked_sub_days(Days::new(self.days(TimedDesk::Rejection))).unwrap_or(today)
    }

    /// A payment that the treasury was to make before this day has had no answer for longer than the bank has.
    pub fn unanswered_from(&self, today: NaiveDate) -> NaiveDate {
        today.checked_sub_days(Days::new(self.days(TimedDesk::BankAnswer))).unwrap_or(today)
    }

    /// The first day on which a day of the calendar is shown.
    pub fn shown_from(&self, day: NaiveDate) -> NaiveDate {
        day.checked_sub_days(Days::new(self.days(TimedDesk::Notice))).unwrap_or(day)
    }

    /// The last day on which what begins later than today is shown.
    pub fn horizon(&self, today: NaiveDate) -> NaiveDate {
        today.checked_add_days(Days::new(self.days(TimedDesk::Notice))).unwrap_or(today)
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    const TABLE: &str = include_str!("../../../config/finance/desk-times.toml");

    pub fn times() -> DeskTimes {
        DeskTimes::parse(TABLE).unwrap()
    }

    #[test]
    fn every_desk_has_days_and_a_source() {
        let times = times();
        assert_eq!((times.days(TimedDesk::Recommend), times.days(TimedDesk::Claim)), (5, 22));
        assert!(DeskTimes::parse(&TABLE.replace("[pay]", "[payment]")).is_err(), "an unknown desk");
        assert!(DeskTimes::parse(&TABLE.replace("days = 22", "days = 0")).is_err());
        assert!(DeskTimes::parse(&TABLE.replace("basis = \"assumption\"", "basis = \"guess\"")).is_err());
        let without = TABLE.split("[notice]").next().unwrap();
        assert!(DeskTimes::parse(without).is_err(), "a desk is missing");
    }

    #[test]
    fn the_desks_of_a_tranche_share_the_twenty_three_days() {
        let times = times();
        let sum: u64 = [TimedDesk::Recommend, TimedDesk::Concur, TimedDesk::Sanction, TimedDesk::Pay]
            .map(|desk| times.days(desk))
            .iter()
            .sum();
        assert_eq!(sum, 23);
    }
}
