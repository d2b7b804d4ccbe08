//! The days within which an office must answer the auditor, as data with its source.

use crate::scheme::finance::BadTable;
use crate::scheme::scheme::Basis;
use chrono::{Days, NaiveDate};
use serde::Deserialize;

/// The number of days for one kind of answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerTime {
    pub days: u64,
    pub basis: Basis,
    pub source: String,
}

impl AnswerTime {
    /// The last day for an answer to a question of this day (both days in India).
    pub fn due_on(&self, asked_on: NaiveDate) -> NaiveDate {
        asked_on.checked_add_days(Days::new(self.days)).unwrap_or(asked_on)
    }
}

/// The time limits of the audit desk (`config/finance/audit-desk.toml`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditDeskRules {
    pub first_reply: AnswerTime,
    pub further_reply: AnswerTime,
    pub requisition: AnswerTime,
}

impl AuditDeskRules {
    /// Parses and checks the table.
    pub fn parse(text: &str) -> Result<AuditDeskRules, BadTable> {
        let rules: AuditDeskRules = toml::from_str(text).map_err(|error| BadTable(error.to_string()))?;
        for (name, time) in [
            ("first_reply", &rules.first_reply),
            ("further_reply", &rules.further_reply),
            ("requisition", &rules.requisition),
        ] {
            if !(1..=366).contains(&time.days) || time.source.trim().is_empty() {
                return Err(BadTable(format!("{name} has 1 to 366 days and a source")));
            }
        }
        Ok(rules)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = include_str!("../../../config/finance/audit-desk.toml");

    #[test]
    fn four_weeks_are_four_weeks() {
        let rules = AuditDeskRules::parse(TABLE).unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(rules.first_reply.due_on(day("2026-07-01")), day("2026-07-29"));
        assert!(AuditDeskRules::parse(&TABLE.replace("days = 28", "days = 0")).is_err());
        assert!(AuditDeskRules::parse(&TABLE.replace("[requisition]", "[other]")).is_err());
    }
}
