//! The fields of each kind of record that can be queried, in the order in which they are shown; the
//! first field of each identifies a record. `field`: every record has it; `maybe`: some records
//! have it; `group`: every record has it, and records can be grouped by it.

use crate::desk::selection::Holds;
use crate::desk::selection::Holds::{Day, Instant, Number, Paise, Text, Year};
use crate::desk::selection::{Field, Subject};

/// A field that every record has.
pub(crate) const fn field(name: &'static str, holds: Holds) -> Field {
    Field { name, holds, always: true, groups: false }
}

/// A field that only some records have.
pub(crate) const fn maybe(name: &'static str, holds: Holds) -> Field {
    Field { name, holds, always: false, groups: false }
}

/// A field that every record has and by which records can be grouped.
pub(crate) const fn group(name: &'static str, holds: Holds) -> Field {
    Field { name, holds, always: true, groups: true }
}

impl Subject {
    /// The fields that hold money, whose sums are part of the totals.
    pub fn money(self) -> impl Iterator<Item = &'static Field> + Clone {
        self.fields().iter().filter(|field| field.holds == Paise)
    }

    /// What a sum counts, where a reader could take it for another one: gross, returned or net.
    pub fn meaning(self, field: &Field) -> Option<&'static str> {
        match (self, field.name) {
            (Subject::Disbursements, "amount_paise") => {
                Some("gross: all that was paid, with what was set off, whether or not it stayed")
            }
            (Subject::Disbursements, "returned_paise") => {
                Some("returned: of the gross amount, what the bank took back")
            }
            (Subject::Disbursements, "kept_paise") => {
                Some("kept: of what the bank took back, what paid recoveries; the rest is owed again")
            }
            (Subject::Disbursements, "set_off_paise") => {
                Some("of the gross amount, what was set off against recoveries; undone where it was returned")
            }
            (Subject::Disbursements, "net_paise") => Some("net: what the bank paid and did not take back"),
            (Subject::Payments, "amount_paise") => {
                Some("what the bank was told to pay, without what was set off, whatever it answered")
            }
            (Subject::Grantees, "amount_paise")
            | (Subject::YearEndSpending, "paid_paise" | "last_quarter_paise" | "march_paise") => {
                Some("gross less returned: what stayed, with what was set off")
            }
            _ => None,
        }
    }
}

pub const DISBURSEMENTS: &[Field] = &[
    field("id", Text),
    field("number", Text),
    group("scheme_code", Text),
    group("component", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    group("award_id", Text),
    group("claim_id", Text),
    field("tranche_id", Text),
    field("payment_id", Text),
    group("performance_year", Year),
    group("payment_year", Year),
    group("payment_quarter", Text),
    group("payment_month", Text),
    group("paid_on", Day),
    field("amount_paise", Paise),
    field("returned_paise", Paise),
    field("kept_paise", Paise),
    field("set_off_paise", Paise),
    field("net_paise", Paise),
    field("utr", Text),
    group("status", Text),
    field("recorded_at", Instant),
];

pub const SANCTIONS: &[Field] = &[
    field("id", Text),
    field("number", Text),
    field("tranche_number", Text),
    group("scheme_code", Text),
    group("component", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    group("award_id", Text),
    group("claim_id", Text),
    group("performance_year", Year),
    group("held_in", Year),
    group("sanctioned_on", Day),
    group("sanctioned_by", Text),
    field("met_from", Text),
    field("held_until", Day),
    field("amount_paise", Paise),
    group("status", Text),
];

pub const CLAIMS: &[Field] = &[
    field("id", Text),
    maybe("number", Text),
    group("scheme_code", Text),
    group("scheme_version", Number),
    group("component", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    group("award_id", Text),
    maybe("milestone_id", Text),
    group("performance_year", Year),
    maybe("period_from", Day),
    maybe("period_to", Day),
    field("amount_claimed_paise", Paise),
    field("entitlement_paise", Paise),
    field("deferred_paise", Paise),
    field("withheld_paise", Paise),
    field("eligible_kg", Number),
    field("held_kg", Number),
    group("status", Text),
    field("prepared_by", Text),
    maybe("submitted_by", Text),
    maybe("submitted_at", Instant),
    maybe("verified_by", Text),
    maybe("verified_at", Instant),
    maybe("certificate_due_on", Day),
    field("created_at", Instant),
];

pub const MILESTONES: &[Field] = &[
    field("id", Text),
    group("award_id", Text),
    group("award_number", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    group("code", Text),
    field("title", Text),
    group("due_on", Day),
    maybe("achieved_on", Day),
    field("capital_share_basis_points", Number),
    group("status", Text),
];

pub const AWARDS: &[Field] = &[
    field("id", Text),
    field("number", Text),
    group("scheme_code", Text),
    group("scheme_version", Number),
    field("application_id", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    field("capacity_mtpa", Number),
    field("rate_paise_per_kg", Number),
    field("security_required_paise", Paise),
    group("awarded_on", Day),
    field("ends_on", Day),
    group("awarded_by", Text),
    maybe("commissioned_on", Day),
];

pub const APPLICATIONS: &[Field] = &[
    field("id", Text),
    maybe("number", Text),
    group("scheme_code", Text),
    group("scheme_version", Number),
    group("organisation_id", Text),
    group("applicant", Text),
    group("status", Text),
    field("prepared_by", Text),
    field("created_at", Instant),
];

pub const RECOVERIES: &[Field] = &[
    field("id", Text),
    field("number", Text),
    group("kind", Text),
    group("scheme_code", Text),
    group("component", Text),
    group("organisation_id", Text),
    group("payer", Text),
    group("award_id", Text),
    maybe("disbursement_id", Text),
    maybe("milestone_id", Text),
    field("amount_paise", Paise),
    field("principal_due_paise", Paise),
    field("interest_due_paise", Paise),
    field("damages_due_paise", Paise),
    group("status", Text),
    field("interest_from", Day),
    field("accrued_to", Day),
    field("created_at", Instant),
];

pub const PAYMENTS: &[Field] = &[
    field("id", Text),
    field("number", Text),
    field("tranche_id", Text),
    group("scheme_code", Text),
    group("component", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    field("amount_paise", Paise),
    field("set_off_paise", Paise),
    group("status", Text),
    group("advised_by", Text),
    field("advised_at", Instant),
    maybe("accepted_at", Instant),
    maybe("utr", Text),
    maybe("paid_on", Day),
    maybe("reason", Text),
    maybe("settled_by", Text),
    maybe("settled_at", Instant),
];

pub const BUDGET_MOVEMENTS: &[Field] = &[
    field("id", Text),
    field("journal_id", Text),
    group("kind", Text),
    field("reference", Text),
    field("posted_at", Instant),
    field("audit_sequence", Number),
    group("ledger", Text),
    group("scheme_code", Text),
    group("component", Text),
    maybe("award_number", Text),
    maybe("organisation_id", Text),
    maybe("financial_year", Year),
    group("stage", Text),
    group("account", Text),
    field("amount_paise", Paise),
];

pub const TRANCHES: &[Field] = &[
    field("id", Text),
    field("number", Text),
    group("scheme_code", Text),
    group("component", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    group("award_id", Text),
    group("claim_id", Text),
    group("performance_year", Year),
    group("held_in", Year),
    field("amount_paise", Paise),
    group("status", Text),
    group("held_until", Day),
    field("waits_since", Instant),
    maybe("sanction_number", Text),
    maybe("sanctioned_on", Day),
    maybe("reason", Text),
    field("created_at", Instant),
];

pub const ACTS: &[Field] = &[
    field("sequence", Number),
    field("recorded_at", Instant),
    group("actor_id", Text),
    group("command", Text),
    field("subject", Text),
    group("outcome", Text),
    maybe("code", Text),
    field("details", Text),
    maybe("journal_digest", Text),
    field("hash", Text),
];

pub const EXCUSES: &[Field] = &[
    field("id", Text),
    field("number", Text),
    group("scheme_code", Text),
    group("milestone_id", Text),
    group("award_id", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    group("ground", Text),
    field("asked_from", Day),
    field("asked_to", Day),
    group("status", Text),
    field("asked_by", Text),
    field("asked_at", Instant),
    maybe("granted_from", Day),
    maybe("granted_to", Day),
];

pub const SECURITIES: &[Field] = &[
    field("id", Text),
    field("guarantee_number", Text),
    group("bank", Text),
    group("scheme_code", Text),
    group("award_id", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    field("amount_paise", Paise),
    field("issued_on", Day),
    group("expires_on", Day),
    field("claim_expires_on", Day),
    group("status", Text),
    field("invoked_paise", Paise),
    field("received_paise", Paise),
    field("lodged_by", Text),
    field("lodged_at", Instant),
];

pub const FINAL_CERTIFICATES: &[Field] = &[
    field("id", Text),
    field("number", Text),
    group("scheme_code", Text),
    group("claim_id", Text),
    group("award_id", Text),
    group("organisation_id", Text),
    group("beneficiary", Text),
    field("certificate_number", Text),
    field("issued_on", Day),
    field("certified_kg", Number),
    field("certified_amount_paise", Paise),
    group("status", Text),
    field("submitted_by", Text),
    field("submitted_at", Instant),
];

pub const BUDGET_INSTRUMENTS: &[Field] = &[
    field("id", Text),
    field("number", Text),
    group("kind", Text),
    group("scheme_code", Text),
    group("component", Text),
    maybe("to_component", Text),
    maybe("financial_year", Year),
    maybe("amount_paise", Paise),
    maybe("posted_paise", Paise),
    field("reference", Text),
    field("dated_on", Day),
    group("status", Text),
    group("proposed_by", Text),
    field("proposed_at", Instant),
    maybe("decided_by", Text),
    maybe("decided_at", Instant),
];

pub const PAYMENT_ADVICES: &[Field] = &[
    field("id", Text),
    field("message_id", Text),
    group("scheme_code", Text),
    group("execute_on", Day),
    field("payment_count", Number),
    field("control_total_paise", Paise),
    group("made_by", Text),
    field("made_at", Instant),
];

pub const TREASURY_RETURNS: &[Field] = &[
    field("id", Text),
    field("message_id", Text),
    maybe("advice_id", Text),
    group("file_format", Text),
    field("line_count", Number),
    field("control_total_paise", Paise),
    group("uploaded_by", Text),
    field("uploaded_at", Instant),
];

/// Narrows claims, beside their own fields.
pub const BESIDE_CLAIMS: &[Field] = &[CERTIFIED_AT];
/// Narrows milestones, beside their own fields.
pub const BESIDE_MILESTONES: &[Field] = &[group("scheme_code", Text)];
/// Narrows payments, beside their own fields.
pub const BESIDE_PAYMENTS: &[Field] =
    &[group("award_id", Text), group("claim_id", Text), group("performance_year", Year)];

/// When a claim got its final certificate, if it did.
pub const CERTIFIED_AT: Field = maybe("certified_at", Instant);
/// The last day for the final certificate of a claim that needs one.
pub const CERTIFICATE_DUE_ON: Field = maybe("certificate_due_on", Day);
/// The status, which every kind of record has that a list leaves some out of.
pub const STATUS: Field = group("status", Text);
/// The last day of a guarantee.
pub const EXPIRES_ON: Field = group("expires_on", Day);
/// The company of a record.
pub const ORGANISATION_ID: Field = group("organisation_id", Text);
