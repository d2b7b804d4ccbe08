//! The ready-made questions of auditors: for each, a description of its records, the rule behind
//! it, and its fields. They are selections like any other and can be filtered, grouped and
//! exported. Where a finding of the Comptroller and Auditor General is named, the figures are in
//! its reports.

use crate::desk::selection::Holds::{Day, Instant, Number, Paise, Text, Year};
use crate::desk::selection::{Field, Subject};
use crate::desk::selection_fields::{field, group, maybe};

/// The description of a question's records and the rule behind it; `None` for a plain kind of
/// record.
pub fn question(subject: Subject) -> Option<(&'static str, &'static str)> {
    Some(match subject {
        Subject::PaymentsBeforeMilestone => (
            "Capital subsidy that was paid before its milestone was achieved and verified",
            "the scheme's milestones; CAG's usual test of regularity",
        ),
        Subject::PaymentsBeyondCeiling => {
            ("Awards of which a component was paid more than its ceiling", "the award; CAG Gujarat (excess assistance)")
        }
        Subject::PeriodsClaimedTwice => (
            "Pairs of live claims of one award and component whose periods overlap",
            "the scheme's claims; supplements for held quantities are not counted",
        ),
        Subject::InvoicesClaimedTwice => (
            "Invoices that stand on more than one line of live claims",
            "GFR 2017, rule 234 (no other bill for the same purpose)",
        ),
        Subject::InvoicesAlike => (
            "Lines that could state an invoice of another line, and what was decided on them",
            "GFR 2017, rule 234 (no other bill for the same purpose)",
        ),
        Subject::EvidenceUsedTwice => (
            "Files that were uploaded more than once, by their content",
            "GFR 2017, rule 234; CAG Goa (old works shown as new)",
        ),
        Subject::BankAccountsShared => (
            "Bank accounts that more than one organisation registered, at whatever branch of the bank",
            "payee control of direct benefit transfer",
        ),
        Subject::UtrsUsedTwice => (
            "References of the bank that stand on more than one payment, however written",
            "payee control of direct benefit transfer",
        ),
        Subject::SanctionsWithoutAppropriation => (
            "Sanctions that, with those before them in the year, were more than what had been appropriated on that day",
            "GFR 2017, rule 25",
        ),
        Subject::SanctionsLapsed => ("Sanctions that were not paid within twelve months", "GFR 2017, rule 30"),
        Subject::YearEndSpending => (
            "What each scheme spent in March and in the last quarter of each year, against the limits of that time",
            "config/finance/expenditure-limits.toml",
        ),
        Subject::Surrenders => (
            "Savings that were given back: whether late, and whether more than was saved",
            "GFR 2017, rule 62; CAG Maharashtra (surrender on the last two days, and beyond the saving)",
        ),
        Subject::CertificatesDue => (
            "Final certificates that claims released in part still wait for; reimbursements need no utilisation certificate",
            "GFR 2017, rule 230(3)",
        ),
        Subject::GuaranteesExpiring => (
            "Guarantees in force that expired or expire within ninety days",
            "the award: no tranche is paid while cover is short",
        ),
        Subject::DamagesCharged => {
            ("Liquidated damages: accrued, recovered, given up and by whom, still due", "the scheme's milestones")
        }
        Subject::RecoveriesOutstanding => {
            ("What is demanded and not yet paid back, by age", "CAG's yearly question; interest as the scheme says")
        }
        Subject::SplitSanctions => (
            "Sanctions of one award and component in one month, where there are several: ask with largest_paise_to and total_paise_from at the delegated limit",
            "CAG Gujarat (splitting); delegation of financial powers",
        ),
        Subject::OverridesRefused => ("Acts that were attempted and refused", "the audit log"),
        Subject::Grantees => ("Who was given how much for what in each year, for publication", "GFR 2017, rule 230(2)"),
        Subject::RegisterOfGrants => (
            "The register of grants: each sanction with its serial number, and its bill",
            "GFR 2017, rule 234, form GFR-21",
        ),
        _ => return None,
    })
}

/// The fields of a question.
pub fn of(subject: Subject) -> &'static [Field] {
    match subject {
        Subject::PaymentsBeforeMilestone => PAYMENTS_BEFORE_MILESTONE,
        Subject::PaymentsBeyondCeiling => PAYMENTS_BEYOND_CEILING,
        Subject::PeriodsClaimedTwice => PERIODS_CLAIMED_TWICE,
        Subject::InvoicesClaimedTwice => INVOICES_CLAIMED_TWICE,
        Subject::InvoicesAlike => INVOICES_ALIKE,
        Subject::EvidenceUsedTwice => EVIDENCE_USED_TWICE,
        Subject::BankAccountsShared => BANK_ACCOUNTS_SHARED,
        Subject::UtrsUsedTwice => UTRS_USED_TWICE,
        Subject::SanctionsWithoutAppropriation => SANCTIONS_WITHOUT_APPROPRIATION,
        Subject::SanctionsLapsed => SANCTIONS_LAPSED,
        Subject::YearEndSpending => YEAR_END_SPENDING,
        Subject::Surrenders => SURRENDERS,
        Subject::CertificatesDue => CERTIFICATES_DUE,
        Subject::GuaranteesExpiring => GUARANTEES_EXPIRING,
        Subject::DamagesCharged => DAMAGES_CHARGED,
        Subject::RecoveriesOutstanding => RECOVERIES_OUTSTANDING,
        Subject::SplitSanctions => SPLIT_SANCTIONS,
        Subject::OverridesRefused => OVERRIDES_REFUSED,
        Subject::Grantees => GRANTEES,
        Subject::RegisterOfGrants => REGISTER_OF_GRANTS,
        _ => &[],
    }
}

const PAYMENTS_BEFORE_MILESTONE: &[Field] = &[
    field("id", Text),
    field("number", Text),
    group("scheme_code", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    group("milestone_code", Text),
    field("due_on", Day),
    maybe("achieved_on", Day),
    group("milestone_status", Text),
    field("paid_on", Day),
    field("amount_paise", Paise),
];

const PAYMENTS_BEYOND_CEILING: &[Field] = &[
    field("id", Text),
    field("award_number", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    group("component", Text),
    field("ceiling_paise", Paise),
    field("paid_paise", Paise),
    field("beyond_paise", Paise),
];

const PERIODS_CLAIMED_TWICE: &[Field] = &[
    field("id", Text),
    field("first_claim", Text),
    field("second_claim", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    group("award_id", Text),
    group("component", Text),
    field("first_from", Day),
    field("first_to", Day),
    field("second_from", Day),
    field("second_to", Day),
];

const INVOICES_CLAIMED_TWICE: &[Field] = &[
    field("id", Text),
    field("invoice_number", Text),
    field("lines", Number),
    field("claims", Number),
    field("organisations", Number),
    field("first_claim", Text),
    field("last_claim", Text),
    field("amount_paise", Paise),
];

const INVOICES_ALIKE: &[Field] = &[
    field("id", Text),
    field("claim", Text),
    group("beneficiary", Text),
    field("line", Number),
    group("likeness", Text),
    field("invoice_number", Text),
    field("invoice_date", Day),
    field("party", Text),
    field("amount_paise", Paise),
    maybe("other_claim", Text),
    maybe("other_beneficiary", Text),
    maybe("other_line", Number),
    maybe("other_invoice_number", Text),
    maybe("other_invoice_date", Day),
    maybe("other_party", Text),
    group("decision", Text),
    maybe("reason", Text),
    group("status", Text),
    field("found_at", Instant),
];

const EVIDENCE_USED_TWICE: &[Field] = &[
    field("id", Text),
    field("file_name", Text),
    field("uploads", Number),
    field("organisations", Number),
    field("first_uploaded_at", Instant),
    field("last_uploaded_at", Instant),
];

const BANK_ACCOUNTS_SHARED: &[Field] = &[
    field("id", Text),
    field("account_ends", Text),
    field("bank", Text),
    field("organisations", Number),
    field("first_name", Text),
    field("last_name", Text),
];

const UTRS_USED_TWICE: &[Field] = &[
    field("id", Text),
    field("payments", Number),
    field("first_payment", Text),
    field("last_payment", Text),
    field("amount_paise", Paise),
];

const SANCTIONS_WITHOUT_APPROPRIATION: &[Field] = &[
    field("id", Text),
    field("number", Text),
    group("scheme_code", Text),
    group("component", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    group("held_in", Year),
    field("sanctioned_on", Day),
    field("amount_paise", Paise),
    field("sanctioned_so_far_paise", Paise),
    field("appropriated_paise", Paise),
];

const SANCTIONS_LAPSED: &[Field] = &[
    field("id", Text),
    field("number", Text),
    group("scheme_code", Text),
    group("component", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    field("sanctioned_on", Day),
    field("lapsed_on", Day),
    maybe("paid_on", Day),
    field("amount_paise", Paise),
    group("status", Text),
];

const YEAR_END_SPENDING: &[Field] = &[
    field("id", Text),
    group("scheme_code", Text),
    group("payment_year", Year),
    field("estimate_paise", Paise),
    field("paid_paise", Paise),
    field("last_quarter_paise", Paise),
    field("march_paise", Paise),
    field("last_quarter_basis_points", Number),
    field("march_basis_points", Number),
    field("last_quarter_limit_basis_points", Number),
    field("march_limit_basis_points", Number),
    group("beyond", Text),
];

const SURRENDERS: &[Field] = &[
    field("id", Text),
    field("number", Text),
    group("scheme_code", Text),
    group("component", Text),
    group("financial_year", Year),
    field("dated_on", Day),
    field("amount_paise", Paise),
    field("surrendered_in_year_paise", Paise),
    field("saving_paise", Paise),
    field("beyond_saving_paise", Paise),
    group("late", Text),
];

const CERTIFICATES_DUE: &[Field] = &[
    field("id", Text),
    field("number", Text),
    group("scheme_code", Text),
    group("component", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    field("certificate_due_on", Day),
    group("overdue", Text),
    field("withheld_paise", Paise),
    field("entitlement_paise", Paise),
];

const GUARANTEES_EXPIRING: &[Field] = &[
    field("id", Text),
    field("guarantee_number", Text),
    field("bank", Text),
    field("award_number", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    field("amount_paise", Paise),
    field("expires_on", Day),
    field("claim_expires_on", Day),
    group("standing", Text),
];

const DAMAGES_CHARGED: &[Field] = &[
    field("id", Text),
    field("number", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    group("award_id", Text),
    maybe("milestone_id", Text),
    field("accrued_paise", Paise),
    field("recovered_paise", Paise),
    field("waived_paise", Paise),
    field("due_paise", Paise),
    maybe("waived_by", Text),
    group("status", Text),
];

const RECOVERIES_OUTSTANDING: &[Field] = &[
    field("id", Text),
    field("number", Text),
    group("kind", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    field("demanded_on", Day),
    field("due_on", Day),
    group("age", Text),
    field("principal_due_paise", Paise),
    field("interest_due_paise", Paise),
    field("damages_due_paise", Paise),
    field("due_paise", Paise),
];

const SPLIT_SANCTIONS: &[Field] = &[
    field("id", Text),
    group("scheme_code", Text),
    group("component", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    group("award_id", Text),
    group("month", Text),
    field("sanctions", Number),
    field("largest_paise", Paise),
    field("total_paise", Paise),
];

const OVERRIDES_REFUSED: &[Field] = &[
    field("sequence", Number),
    field("recorded_at", Instant),
    group("actor_id", Text),
    group("command", Text),
    field("subject", Text),
    group("code", Text),
    field("details", Text),
];

const GRANTEES: &[Field] = &[
    field("id", Text),
    group("scheme_code", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    group("purpose", Text),
    group("payment_year", Year),
    field("payments", Number),
    field("first_paid_on", Day),
    field("last_paid_on", Day),
    field("amount_paise", Paise),
];

const REGISTER_OF_GRANTS: &[Field] = &[
    field("id", Text),
    field("serial_number", Text),
    field("sanctioned_on", Day),
    group("scheme_code", Text),
    group("purpose", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    field("amount_paise", Paise),
    group("sanctioned_by", Text),
    maybe("bill_number", Text),
    maybe("bill_on", Instant),
    maybe("register_of_payments", Text),
    maybe("paid_on", Day),
    maybe("utr", Text),
    group("performance_year", Year),
];
