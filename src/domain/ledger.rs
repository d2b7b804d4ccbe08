//! The double-entry ledger: accounts, entries and journals. Two ledgers share one journal: the
//! **outlay** (what the scheme may spend in all) and the **appropriation** (what one financial
//! year may pay). A journal is made of movements between two accounts, so it always balances.

use crate::domain::calendar::FinancialYear;
use crate::domain::id::{AwardId, OrganisationId};
use crate::domain::money::Paise;
use crate::domain::scheme::Component;
use crate::words;

words! {
    /// The two ledgers.
    pub enum Ledger {
        Outlay = "outlay",
        Appropriation = "appropriation",
    }
}

words! {
    /// Where a rupee stands. `authorised` is the source of each ledger and grows on the credit
    /// side; all others hold money and grow on the debit side.
    pub enum Stage {
        Authorised = "authorised",
        Available = "available",
        Committed = "committed",
        Reserved = "reserved",
        Sanctioned = "sanctioned",
        Disbursed = "disbursed",
    }
}

/// One account: a stage of one component, of the whole scheme, of an award, or of a year.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Account {
    pub ledger: Ledger,
    pub scheme_code: String,
    pub component: Component,
    pub award: Option<AccountAward>,
    pub financial_year: Option<FinancialYear>,
    pub stage: Stage,
}

/// The award an account belongs to, with the names people read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccountAward {
    pub id: AwardId,
    pub number: String,
    pub organisation_id: OrganisationId,
}

impl Account {
    /// The readable name: `outlay:ndfeb-2025-proposal:capital_subsidy:NDFEB/2026-27/AWD/0001:reserved`.
    pub fn code(&self) -> String {
        let owner = match (&self.award, self.financial_year) {
            (Some(award), _) => format!("{}:", award.number),
            (None, Some(year)) => format!("{year}:"),
            (None, None) => String::new(),
        };
        format!("{}:{}:{}:{owner}{}", self.ledger, self.scheme_code, self.component, self.stage)
    }

    /// Whether a debit makes its balance grow.
    pub fn grows_on_debit(&self) -> bool {
        self.stage != Stage::Authorised
    }
}

/// Money moved from one account to another: a credit of the first, a debit of the second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    pub from: Account,
    pub to: Account,
    pub amount: Paise,
}

words! {
    /// The business act a journal records.
    pub enum JournalKind {
        OutlayAuthorised = "outlay_authorised",
        AppropriationProvided = "appropriation_provided",
        AwardCommitted = "award_committed",
        ClaimReserved = "claim_reserved",
        ReservationReturned = "reservation_returned",
        TrancheSanctioned = "tranche_sanctioned",
        SanctionLapsed = "sanction_lapsed",
        PaymentDisbursed = "payment_disbursed",
        DisbursementReversed = "disbursement_reversed",
    }
}

/// A set of movements to post at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journal {
    pub kind: JournalKind,
    /// The number of the tranche, award or instrument it records.
    pub reference: String,
    pub movements: Vec<Movement>,
}

/// What verification needs of one stored journal line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub account_code: String,
    /// Debit positive, credit negative; never zero.
    pub amount_paise: i64,
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn award() -> AccountAward {
        AccountAward {
            id: AwardId(uuid::Uuid::nil()),
            number: "NDFEB/2026-27/AWD/0001".into(),
            organisation_id: OrganisationId(uuid::Uuid::nil()),
        }
    }

    #[test]
    fn accounts_have_names_people_can_read() {
        let mut account = Account {
            ledger: Ledger::Outlay,
            scheme_code: "s".into(),
            component: Component::CapitalSubsidy,
            award: Some(award()),
            financial_year: None,
            stage: Stage::Reserved,
        };
        assert_eq!(account.code(), "outlay:s:capital_subsidy:NDFEB/2026-27/AWD/0001:reserved");
        account.award = None;
        account.ledger = Ledger::Appropriation;
        account.financial_year = Some("2026-27".parse().unwrap());
        assert_eq!(account.code(), "appropriation:s:capital_subsidy:2026-27:reserved");
    }
}
