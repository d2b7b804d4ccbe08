//! The double-entry ledger: accounts, entries and journals. Three ledgers share one journal: the
//! **outlay** (what the scheme may spend in all), the **appropriation** (what one financial year
//! may pay) and the **recovery** ledger (what a payee owes back). A journal is made of movements
//! between two accounts of one ledger, so it always balances within each.

use crate::base::calendar::FinancialYear;
use crate::base::id::{AwardId, OrganisationId};
use crate::base::money::Paise;
use crate::scheme::scheme::Component;
use crate::words;
use serde::Serialize;
use utoipa::ToSchema;

words! {
    /// The three ledgers.
    pub enum Ledger {
        Outlay = "outlay",
        Appropriation = "appropriation",
        Recovery = "recovery",
    }
}

words! {
    /// The stage that a rupee is at. `authorised`, `receipts` and `demanded` are sources and grow
    /// on the credit side; all others hold money and grow on the debit side.
    pub enum Stage {
        /// The amount authorised by Parliament or Cabinet.
        Authorised = "authorised",
        Available = "available",
        Committed = "committed",
        /// Earned on provisional papers and withheld until the final certificate.
        Withheld = "withheld",
        Reserved = "reserved",
        Sanctioned = "sanctioned",
        Disbursed = "disbursed",
        /// Paid back by a payee; it can be spent only by re-appropriation.
        Recovered = "recovered",
        /// Returned to the Ministry of Finance before the year ended.
        Surrendered = "surrendered",
        /// Not spent when the year ended.
        Lapsed = "lapsed",
        /// Money that payees paid back in a year; for an award, the part of it that is owed to its
        /// payee again because the bank took the payment itself back.
        Receipts = "receipts",
        /// The amount that payees are required to pay back.
        Demanded = "demanded",
        PrincipalDue = "principal_due",
        InterestDue = "interest_due",
        DamagesDue = "damages_due",
        PrincipalRecovered = "principal_recovered",
        InterestRecovered = "interest_recovered",
        DamagesRecovered = "damages_recovered",
        /// Written off by the competent authority because it cannot be collected.
        WrittenOff = "written_off",
        /// Waived by the competent authority: it will not be claimed.
        Waived = "waived",
    }
}

/// One account: a stage of one component, for the whole scheme, an award, or a financial year.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Account {
    pub ledger: Ledger,
    pub scheme_code: String,
    pub component: Component,
    pub award: Option<AccountAward>,
    pub financial_year: Option<FinancialYear>,
    pub stage: Stage,
}

/// The award that an account belongs to, with the names people read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccountAward {
    pub id: AwardId,
    pub number: String,
    pub organisation_id: OrganisationId,
}

impl Account {
    /// The readable name:
    /// `outlay:ndfeb-2025-proposal:capital_subsidy:NDFEB/2026-27/AWD/0001:reserved`.
    pub fn code(&self) -> String {
        let owner = match (&self.award, self.financial_year) {
            (Some(award), _) => format!("{}:", award.number),
            (None, Some(year)) => format!("{year}:"),
            (None, None) => String::new(),
        };
        format!("{}:{}:{}:{owner}{}", self.ledger, self.scheme_code, self.component, self.stage)
    }

    /// Whether a debit increases its balance.
    pub fn grows_on_debit(&self) -> bool {
        self.stage.grows_on_debit()
    }
}

impl Stage {
    /// Whether a debit increases balances of this stage: true for all but the sources.
    pub fn grows_on_debit(self) -> bool {
        !matches!(self, Stage::Authorised | Stage::Receipts | Stage::Demanded)
    }
}

/// The balance of an account after a command, returned with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccountBalance {
    pub account: String,
    pub balance_paise: Paise,
}

/// What a command does to the balance of one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BalanceChange {
    pub account: String,
    pub before_paise: Paise,
    pub after_paise: Paise,
}

/// Money moved from one account to another: a credit of the first, a debit of the second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    pub from: Account,
    pub to: Account,
    pub amount: Paise,
}

words! {
    /// The business act that a journal records.
    pub enum JournalKind {
        OutlayAuthorised = "outlay_authorised",
        AppropriationProvided = "appropriation_provided",
        AppropriationRevised = "appropriation_revised",
        AppropriationSupplemented = "appropriation_supplemented",
        AppropriationMoved = "appropriation_moved",
        RecoveredFreed = "recovered_freed",
        AppropriationSurrendered = "appropriation_surrendered",
        AppropriationLapsed = "appropriation_lapsed",
        OutlayChanged = "outlay_changed",
        AwardCommitted = "award_committed",
        AwardEnded = "award_ended",
        ClaimReserved = "claim_reserved",
        ClaimCertified = "claim_certified",
        ReservationReturned = "reservation_returned",
        ReservationAdapted = "reservation_adapted",
        TrancheSanctioned = "tranche_sanctioned",
        SanctionLapsed = "sanction_lapsed",
        SanctionReversed = "sanction_reversed",
        SanctionMoved = "sanction_moved",
        PaymentDisbursed = "payment_disbursed",
        DisbursementReversed = "disbursement_reversed",
        RecoveryDemanded = "recovery_demanded",
        RecoveryReceived = "recovery_received",
        RecoveryWrittenOff = "recovery_written_off",
        RecoveryWaived = "recovery_waived",
    }
}

/// A balanced set of movements to post at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journal {
    pub kind: JournalKind,
    /// The number of the tranche, award or instrument it records.
    pub reference: String,
    pub movements: Vec<Movement>,
}

/// The fields of a stored journal line that verification needs.
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
