//! The kinds of records that can be queried, and what each of their fields holds. The fields themselves are in
//! `selection_fields.rs` and `question_fields.rs`.

use crate::desk::question_fields;
use crate::desk::selection_fields;
use crate::words;
use serde::Serialize;
use utoipa::ToSchema;

/// The endings of parameter names, which follow a field's name and choose the comparison.
pub const ENDINGS: [&str; 4] = ["_from", "_to", "_contains", "_given"];

words! {
    /// The kinds of records that can be queried.
    pub enum Subject {
        Disbursements = "disbursements",
        Sanctions = "sanctions",
        Claims = "claims",
        Milestones = "milestones",
        Awards = "awards",
        Applications = "applications",
        Recoveries = "recoveries",
        Payments = "payments",
        BudgetMovements = "budget_movements",
        Acts = "acts",
        PaymentsBeforeMilestone = "payments_before_milestone",
        PaymentsBeyondCeiling = "payments_beyond_ceiling",
        PeriodsClaimedTwice = "periods_claimed_twice",
        InvoicesClaimedTwice = "invoices_claimed_twice",
        InvoicesAlike = "invoices_alike",
        EvidenceUsedTwice = "evidence_used_twice",
        BankAccountsShared = "bank_accounts_shared",
        UtrsUsedTwice = "utrs_used_twice",
        SanctionsWithoutAppropriation = "sanctions_without_appropriation",
        SanctionsLapsed = "sanctions_lapsed",
        YearEndSpending = "year_end_spending",
        Surrenders = "surrenders",
        CertificatesDue = "certificates_due",
        GuaranteesExpiring = "guarantees_expiring",
        DamagesCharged = "damages_charged",
        RecoveriesOutstanding = "recoveries_outstanding",
        SplitSanctions = "split_sanctions",
        OverridesRefused = "overrides_refused",
        Grantees = "grantees",
        RegisterOfGrants = "register_of_grants",
        Tranches = "tranches",
        Excuses = "excuses",
        Securities = "securities",
        FinalCertificates = "final_certificates",
        BudgetInstruments = "budget_instruments",
        PaymentAdvices = "payment_advices",
        TreasuryReturns = "treasury_returns",
    }
}

words! {
    /// The type of a field, which decides how it is compared, exported and written in a
    /// spreadsheet.
    pub enum Holds {
        Text = "text",
        /// Whole paise.
        Paise = "paise",
        Number = "number",
        /// A day such as `2026-06-30`.
        Day = "day",
        /// An instant such as `2026-06-30T06:30:00.000000Z`.
        Instant = "instant",
        /// A financial year such as `2026-27`.
        Year = "year",
    }
}

/// One field of a kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Field {
    pub name: &'static str,
    pub holds: Holds,
    /// Whether every record has it. Only such fields can be used for sorting.
    pub always: bool,
    /// Whether records can be grouped by it, that is, counted and summed.
    pub groups: bool,
}

impl Subject {
    /// Its fields, in the order in which they are shown. The first field identifies a record.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Subject::Disbursements => selection_fields::DISBURSEMENTS,
            Subject::Sanctions => selection_fields::SANCTIONS,
            Subject::Claims => selection_fields::CLAIMS,
            Subject::Milestones => selection_fields::MILESTONES,
            Subject::Awards => selection_fields::AWARDS,
            Subject::Applications => selection_fields::APPLICATIONS,
            Subject::Recoveries => selection_fields::RECOVERIES,
            Subject::Payments => selection_fields::PAYMENTS,
            Subject::BudgetMovements => selection_fields::BUDGET_MOVEMENTS,
            Subject::Acts => selection_fields::ACTS,
            Subject::Tranches => selection_fields::TRANCHES,
            Subject::Excuses => selection_fields::EXCUSES,
            Subject::Securities => selection_fields::SECURITIES,
            Subject::FinalCertificates => selection_fields::FINAL_CERTIFICATES,
            Subject::BudgetInstruments => selection_fields::BUDGET_INSTRUMENTS,
            Subject::PaymentAdvices => selection_fields::PAYMENT_ADVICES,
            Subject::TreasuryReturns => selection_fields::TREASURY_RETURNS,
            _ => question_fields::of(self),
        }
    }

    /// Whether a parameter asks for a field: by its name, or by its name with an ending.
    pub fn knows(self, name: &str) -> bool {
        let with = |ending: &str| name.strip_suffix(ending).is_some_and(|name| self.compared(name).is_some());
        self.compared(name).is_some() || ENDINGS.iter().any(|ending| with(ending))
    }

    /// Further fields by which its records can be narrowed. They are not shown, and nothing is sorted or grouped by
    /// them.
    pub fn beside(self) -> &'static [Field] {
        match self {
            Subject::Claims => selection_fields::BESIDE_CLAIMS,
            Subject::Milestones => selection_fields::BESIDE_MILESTONES,
            Subject::Payments => selection_fields::BESIDE_PAYMENTS,
            _ => &[],
        }
    }

    /// A field by which its records can be narrowed.
    pub fn compared(self, name: &str) -> Option<&'static Field> {
        self.field(name).or_else(|| self.beside().iter().find(|field| field.name == name))
    }

    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name)
    }

    /// The field that identifies a record, and that orders records with equal sort values.
    pub fn key(self) -> &'static Field {
        &self.fields()[0]
    }

    /// The default sort field; the newest or largest value comes first.
    pub fn usual_sort(self) -> &'static str {
        match self {
            Subject::Disbursements => "paid_on",
            Subject::Sanctions => "sanctioned_on",
            Subject::Claims | Subject::Applications | Subject::Recoveries | Subject::Tranches => "created_at",
            Subject::Milestones => "due_on",
            Subject::Awards => "awarded_on",
            Subject::Payments => "advised_at",
            Subject::BudgetMovements => "posted_at",
            Subject::Acts => "sequence",
            Subject::Excuses => "asked_at",
            Subject::Securities => "expires_on",
            Subject::FinalCertificates => "submitted_at",
            Subject::BudgetInstruments => "proposed_at",
            Subject::PaymentAdvices => "made_at",
            Subject::TreasuryReturns => "uploaded_at",
            _ => self.key().name,
        }
    }

    /// For a ready-made question of auditors: a description of its records, and the rule behind it.
    pub fn question(self) -> Option<(&'static str, &'static str)> {
        question_fields::question(self)
    }

    /// Whether manufacturers may query it (they see only their own rows).
    pub fn of_organisations(self) -> bool {
        let of_offices = matches!(
            self,
            Subject::BudgetMovements
                | Subject::Acts
                | Subject::BudgetInstruments
                | Subject::PaymentAdvices
                | Subject::TreasuryReturns
        );
        !of_offices && self.question().is_none()
    }
}
