//! Credits of the bank: what arrived on the account of the Government, as its statement says. A finance officer records
//! them with the statement, and a receipt of a recovery or on a guarantee is booked by somebody else against one of
//! them. So no reference that somebody invented settles what is owed.

use crate::base::calendar::Timestamp;
use crate::base::evidence::EvidenceIds;
use crate::base::field::{FieldErrors, check_day};
use crate::base::field_reason::FieldReason;
use crate::base::id::{BankCreditId, EvidenceId, UserId};
use crate::base::money::Paise;
use crate::base::utr::normalise_utr;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The largest number of files in one form.
const MOST_FILES: usize = 50;

/// What the statement of the account says of one credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BankCreditForm {
    /// The bank's reference.
    pub utr: String,
    pub credited_on: NaiveDate,
    pub amount_paise: Paise,
    /// The statement of the account, or a letter of the bank.
    #[serde(default)]
    pub evidence: Vec<EvidenceId>,
}

impl BankCreditForm {
    /// Checks the form and returns the UTR in normal form. Nothing arrived before there was a scheme.
    pub fn check(&self, first: NaiveDate, today: NaiveDate) -> Result<String, FieldErrors> {
        let mut errors = self.faults(self.evidence.len());
        errors.require(self.credited_on <= today, "/credited_on", FieldReason::PastOrToday);
        let since = FieldReason::DayRange { earliest: first, latest: today };
        errors.require(self.credited_on >= first, "/credited_on", since);
        errors.finish()?;
        Ok(normalise_utr(&self.utr).unwrap_or_default())
    }

    /// The same with so many files, which may follow after the form.
    pub fn check_with(&self, files: usize) -> Result<(), FieldErrors> {
        self.faults(files).finish()
    }

    fn faults(&self, files: usize) -> FieldErrors {
        let mut errors = FieldErrors::new();
        errors.take("/utr", normalise_utr(&self.utr));
        check_day(&mut errors, "/credited_on", self.credited_on);
        errors.require_amount(self.amount_paise, 1, "/amount_paise", FieldReason::PositiveAmount);
        let between = FieldReason::Between { least: 1, most: MOST_FILES as i64, what: "evidence files" };
        errors.require((1..=MOST_FILES).contains(&files), "/evidence", between);
        errors
    }
}

/// One credit, as it was recorded. It never changes: what was mistyped is recorded again, and the newest counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BankCredit {
    pub id: BankCreditId,
    pub utr: String,
    pub credited_on: NaiveDate,
    pub amount_paise: Paise,
    pub evidence: EvidenceIds,
    pub recorded_by: UserId,
    pub recorded_at: Timestamp,
}

impl BankCredit {
    /// Whether it is this money.
    pub fn is(&self, amount: Paise, day: NaiveDate) -> bool {
        self.amount_paise == amount && self.credited_on == day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credit_is_what_the_statement_says_and_shows_it() {
        let today: NaiveDate = "2026-07-01".parse().unwrap();
        let form = |utr: &str, day: &str, paise, files: u128| {
            let evidence = (0..files).map(|file| EvidenceId(uuid::Uuid::from_u128(file))).collect();
            let form = BankCreditForm {
                utr: utr.into(),
                credited_on: day.parse().unwrap(),
                amount_paise: Paise(paise),
                evidence,
            };
            form.check("2025-07-11".parse().unwrap(), today)
        };
        assert_eq!(form("refund 0000-000001", "2026-07-01", 1, 1).unwrap(), "REFUND0000000001");
        assert!(form("12", "2026-07-01", 1, 1).is_err());
        assert!(form("REFUND0000000001", "2026-07-02", 1, 1).is_err());
        assert!(form("REFUND0000000001", "2025-07-10", 1, 1).is_err());
        assert!(form("REFUND0000000001", "2025-07-11", 1, 1).is_ok());
        assert!(form("REFUND0000000001", "2026-07-01", 0, 1).is_err());
        assert!(form("REFUND0000000001", "2026-07-01", 1, 0).is_err());
    }
}
