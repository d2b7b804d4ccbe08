//! Claims: a demand for capital subsidy on a verified milestone, or for sales-linked incentive on
//! the magnets sold in a period. A claim is prepared by one person, signed by another and verified
//! line by line.

use crate::award::award::Award;
use crate::base::calendar::{FinancialYear, Timestamp};
use crate::base::evidence::EvidenceIds;
use crate::base::field::{FieldErrors, check_name};
use crate::base::field_reason::FieldReason;
use crate::base::id::{AwardId, ClaimId, EvidenceId, MilestoneId, OrganisationId, UserId};
use crate::base::money::Paise;
use crate::base::noting::Reasons;
use crate::base::queries::QueryRounds;
use crate::base::refusal::Refusal;
use crate::claim::counted_lines::{CountedLine, Excluded, LineFacts};
use crate::claim::credit_notes::{check_notes, check_sums};
use crate::claim::invoice_identity::{Document, DocumentType, SeenDocuments, check_document};
use crate::claim::statement::Statement;
use crate::scheme::fact::{StatedFact, StatedFacts};
use crate::scheme::mass_balance;
use crate::scheme::mass_balance::MassBalance;
use crate::scheme::scheme::Component;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The largest number of lines of one claim.
pub const MOST_LINES: usize = 10_000;
/// The most kilograms of one line.
const KG_MOST: i64 = 1_000_000_000;

words! {
    /// The status of a claim.
    pub enum ClaimStatus {
        Draft = "draft",
        Submitted = "submitted",
        /// Returned to its preparer for correction. It keeps its invoices, and the money held for it.
        Returned = "returned",
        Verified = "verified",
        Rejected = "rejected",
    }
}

/// One invoice of plant and machinery, or one invoice of magnets sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimLine {
    pub invoice_number: String,
    pub invoice_date: NaiveDate,
    /// Supplier of the investment, or buyer of the magnets.
    pub party: String,
    /// The GSTIN of whoever issued the invoice: of the supplier, if it has one; of sales one of the company's own,
    /// left out for the one with which it is registered here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_gstin: Option<String>,
    /// The GSTIN of the buyer of the magnets, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_gstin: Option<String>,
    /// The invoice reference number of an e-invoice: 64 hexadecimal digits. It is computed again and compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub irn: Option<String>,
    /// `INV` unless it is a credit note or a debit note.
    #[serde(default, skip_serializing_if = "DocumentType::is_invoice")]
    pub document_type: DocumentType,
    /// The number and the day of the invoice that a note corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects_date: Option<NaiveDate>,
    /// Magnets sold, whole kilograms; 0 for investment; of a credit note those that came back, as a negative number.
    #[serde(default)]
    pub quantity_kg: i64,
    /// Net of taxes: amount invested, or net sales turnover. That of a credit note is negative.
    pub amount_paise: Paise,
    /// Further facts that the scheme requires.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<StatedFact>,
}

impl ClaimLine {
    /// Whether it is a credit note or a debit note.
    pub fn is_note(&self) -> bool {
        !self.document_type.is_invoice()
    }

    /// What of its issuer, its registration and its type is stated, by the name of the field.
    pub fn issued(&self) -> impl Iterator<Item = (&'static str, String)> {
        let fields = [
            ("supplier_gstin", self.supplier_gstin.clone()),
            ("buyer_gstin", self.buyer_gstin.clone()),
            ("irn", self.irn.clone()),
            ("document_type", Some(self.document_type.to_string()).filter(|_| self.is_note())),
            ("corrects_number", self.corrects_number.clone()),
            ("corrects_date", self.corrects_date.map(|day| day.to_string())),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }
}

/// The form of a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimForm {
    pub component: Component,
    /// The verified milestone, for capital subsidy unless the scheme pays it by period.
    pub milestone_id: Option<MilestoneId>,
    /// The first day of the sales, or of the spending where the scheme pays capital subsidy by period.
    pub period_from: Option<NaiveDate>,
    /// The last day of the sales or of the spending, within the same financial year.
    pub period_to: Option<NaiveDate>,
    pub amount_claimed_paise: Paise,
    pub lines: Vec<ClaimLine>,
    pub evidence: Vec<EvidenceId>,
    /// Further facts that the scheme requires.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<StatedFact>,
    /// The material that came in, was made and left, if the scheme requires it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass_balance: Option<MassBalance>,
    /// The verified claim for sales of the same days whose held kilograms this one claims, with a
    /// mass balance that explains them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplements: Option<ClaimId>,
    /// The rejected claim that this one corrects. It keeps the day on which that one was first submitted. Left out
    /// after the days for claiming, it is found by what it states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<ClaimId>,
}

impl ClaimForm {
    /// Reports every field that could not be true or does not fit the component. `own_gstin` is that with which the
    /// claimant is registered here; `by_period` whether the scheme pays the component for days of spending.
    pub fn check(&self, own_gstin: &str, by_period: bool) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        let sold = self.component == Component::SalesLinkedIncentive;
        let capital = self.component == Component::CapitalSubsidy;
        errors.require(sold || capital, "/component", FieldReason::Components);
        let (of_milestone, of_period) = (capital && !by_period, sold || by_period);
        let no_milestone = if capital { FieldReason::DaysOfSpending } else { FieldReason::ForCapital };
        errors.require_just_when(of_milestone, self.milestone_id.is_some(), "/milestone_id", no_milestone);
        errors.require_just_when(of_period, self.period_from.is_some(), "/period_from", FieldReason::ForSales);
        errors.require_just_when(of_period, self.period_to.is_some(), "/period_to", FieldReason::ForSales);
        errors.require(self.supplements.is_none() || sold, "/supplements", FieldReason::SalesOnly);
        errors.require_amount(self.amount_claimed_paise, 1, "/amount_claimed_paise", FieldReason::PositiveAmount);
        errors.require(
            (1..=MOST_LINES).contains(&self.lines.len()),
            "/lines",
            FieldReason::Between { least: 1, most: MOST_LINES as i64, what: "lines" },
        );
        errors.require(
            (1..=50).contains(&self.evidence.len()),
            "/evidence",
            FieldReason::Between { least: 1, most: 50, what: "evidence files" },
        );
        if let (Some(from), Some(to)) = (self.period_from, self.period_to) {
            errors.require(from <= to, "/period_to", FieldReason::BeforePeriod);
            let one_year = FinancialYear::containing(from).contains_period(from, to);
            errors.require(one_year, "/period_to", FieldReason::OneYear);
        }
        let mut seen = SeenDocuments::default();
        for (index, line) in self.lines.iter().enumerate().take(MOST_LINES) {
            let at = |field: &str| format!("/lines/{index}/{field}");
            check_document(&mut errors, at, self.component, line, own_gstin);
            check_name(&mut errors, &at("party"), &line.party, 200);
            check_sums(&mut errors, at, line, sold);
            let too_much = FieldReason::AtMost { most: KG_MOST, what: "kg" };
            errors.require((-KG_MOST..=KG_MOST).contains(&line.quantity_kg) || !sold, at("quantity_kg"), too_much);
            let alone = line.is_note() && self.supplements.is_some();
            errors.require(!alone, at("document_type"), FieldReason::NotesOfSupplement);
            let first = seen.insert(&Document::of(self.component, line, own_gstin));
            errors.require(first, at("invoice_number"), FieldReason::InvoiceTwice);
        }
        check_notes(&mut errors, self.lines.get(..MOST_LINES).unwrap_or(&self.lines));
        errors.finish()
    }
}

/// The evidence files that a claim and its lines refer to, each once.
fn files<'a>(
    evidence: &[EvidenceId],
    facts: &[StatedFact],
    balance: Option<&MassBalance>,
    lines: impl Iterator<Item = &'a ClaimLine>,
) -> BTreeSet<EvidenceId> {
    let of_lines = lines.flat_map(|line| &line.facts).filter_map(|fact| fact.evidence_id);
    let of_claim = facts.iter().filter_map(|fact| fact.evidence_id);
    let of_balance = balance.into_iter().flat_map(MassBalance::evidence);
    evidence.iter().copied().chain(of_claim).chain(of_balance).chain(of_lines).collect()
}

impl ClaimForm {
    /// The evidence files that it refers to, each once.
    pub fn files(&self) -> BTreeSet<EvidenceId> {
        files(&self.evidence, &self.facts, self.mass_balance.as_ref(), self.lines.iter())
    }
}

/// A numbered line with the agency's decision on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClaimLineRecord {
    /// 1 for the first line.
    pub line: i64,
    #[serde(flatten)]
    pub stated: ClaimLine,
    pub decision: Option<LineDecision>,
    /// The part of it that counts, once the claim is verified and the line accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<CountedLine>,
}

/// The agency's decision on one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineDecision {
    pub line: i64,
    pub accepted: bool,
    /// Required if the line is not accepted.
    #[serde(default)]
    pub reason: String,
}

/// A claim: a demand for incentive money under an award.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Claim {
    pub id: ClaimId,
    /// Given at submission.
    pub number: Option<String>,
    pub award_id: AwardId,
    pub organisation_id: OrganisationId,
    pub scheme_code: String,
    pub scheme_version: i64,
    pub component: Component,
    pub milestone_id: Option<MilestoneId>,
    pub period_from: Option<NaiveDate>,
    pub period_to: Option<NaiveDate>,
    /// The financial year in which it was earned.
    pub performance_year: FinancialYear,
    pub amount_claimed_paise: Paise,
    pub evidence: EvidenceIds,
    #[serde(skip_serializing_if = "StatedFacts::is_empty")]
    pub facts: StatedFacts,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mass_balance: Option<MassBalance>,
    /// The claim whose held kilograms this one claims.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supplements: Option<ClaimId>,
    /// The rejected claim that this one corrects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<ClaimId>,
    pub status: ClaimStatus,
    pub prepared_by: UserId,
    pub submitted_by: Option<UserId>,
    pub submitted_at: Option<Timestamp>,
    /// When it was submitted first, or the claim was that it replaces: its day, however often it comes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_submitted_at: Option<Timestamp>,
    pub verified_by: Option<UserId>,
    pub verified_at: Option<Timestamp>,
    /// Kilograms that earned incentive; 0 before verification.
    pub eligible_kg: i64,
    /// Kilograms held because the mass balance does not explain them.
    pub held_kg: i64,
    /// The amount that the rules allow; 0 before verification.
    pub entitlement_paise: Paise,
    /// The part that waits for appropriation.
    pub deferred_paise: Paise,
    /// The part that is withheld until the final certificate.
    pub withheld_paise: Paise,
    /// The day by which the final certificate is due, if the claim was released in part.
    pub certificate_due_on: Option<NaiveDate>,
    /// The time at which the final certificate was accepted; from then on the entitlement is final.
    pub certified_at: Option<Timestamp>,
    pub statement: Option<Statement>,
    /// Queries of the agency with their replies.
    #[serde(skip_serializing_if = "QueryRounds::is_empty")]
    pub queries: QueryRounds,
    pub returned_times: i64,
    /// Why it was rejected, for the manufacturer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejected_for: Option<Reasons>,
    pub created_at: Timestamp,
    pub version: i64,
}

words! {
    /// Claims whose final certificate is awaited.
    pub enum CertificateWait {
        /// All of them.
        Awaited = "awaited",
        /// Those whose due date has passed.
        Overdue = "overdue",
    }
}

impl Claim {
    /// Creates a draft under an award, governed by a version of its scheme and earned in a year.
    pub fn drafted(
        id: ClaimId,
        award: &Award,
        scheme_version: i64,
        form: &ClaimForm,
        performance_year: FinancialYear,
        prepared_by: UserId,
        at: Timestamp,
    ) -> Claim {
        Claim {
            id,
            number: None,
            award_id: award.id,
            organisation_id: award.organisation_id,
            scheme_code: award.scheme_code.clone(),
            scheme_version,
            component: form.component,
            milestone_id: form.milestone_id,
            period_from: form.period_from,
            period_to: form.period_to,
            performance_year,
            amount_claimed_paise: form.amount_claimed_paise,
            evidence: EvidenceIds(form.evidence.clone()),
            facts: StatedFacts(form.facts.clone()),
            mass_balance: form.mass_balance.clone(),
            supplements: form.supplements,
            replaces: form.replaces,
            status: ClaimStatus::Draft,
            prepared_by,
            submitted_by: None,
            submitted_at: None,
            first_submitted_at: None,
            verified_by: None,
            verified_at: None,
            eligible_kg: 0,
            held_kg: 0,
            entitlement_paise: Paise::ZERO,
            deferred_paise: Paise::ZERO,
            withheld_paise: Paise::ZERO,
            certificate_due_on: None,
            certified_at: None,
            statement: None,
            queries: QueryRounds::default(),
            returned_times: 0,
            rejected_for: None,
            created_at: at,
            version: 1,
        }
    }

    /// `Ok` when the claim has the status that a step requires.
    pub fn require(&self, status: ClaimStatus, needs: &'static str) -> Result<(), Refusal> {
        if self.status == status {
            Ok(())
        } else {
            Err(Refusal::WrongState { noun: "claim", is: self.status.as_str(), needs })
        }
    }

    /// The day that counts as that of its submission: the first one, however often it was submitted.
    pub fn submitted_on(&self) -> Option<NaiveDate> {
        self.first_submitted_at.or(self.submitted_at).map(|at| at.date_in_india())
    }

    /// `Ok` when a part of a verified claim waits for appropriation.
    pub fn require_deferred(&self) -> Result<(), Refusal> {
        self.require(ClaimStatus::Verified, "verified")?;
        if self.deferred_paise == Paise::ZERO { Err(Refusal::NothingDeferred) } else { Ok(()) }
    }

    /// The evidence files that it and its lines refer to, each once.
    pub fn files(&self, lines: &[ClaimLineRecord]) -> BTreeSet<EvidenceId> {
        let stated = lines.iter().map(|line| &line.stated);
        files(&self.evidence.0, &self.facts.0, self.mass_balance.as_ref(), stated)
    }

    /// The name shown to people: its number, or its id while it has none.
    pub fn name(&self) -> String {
        self.number.clone().unwrap_or_else(|| self.id.to_string())
    }
}

impl ClaimLineRecord {
    /// Numbers the lines of a form from 1, without decisions.
    pub fn numbered(lines: Vec<ClaimLine>) -> Vec<ClaimLineRecord> {
        let record = |(line, stated)| ClaimLineRecord { line, stated, decision: None, counted: None };
        (1_i64..).zip(lines).map(record).collect()
    }

    /// The line as the rules read it.
    pub fn facts(&self) -> LineFacts<'_> {
        LineFacts {
            line: self.line,
            invoice_number: &self.stated.invoice_number,
            party: &self.stated.party,
            invoice_date: self.stated.invoice_date,
            quantity_kg: self.stated.quantity_kg,
            amount: self.stated.amount_paise,
            facts: &self.stated.facts,
        }
    }

    /// The part of it that is held because of the mass balance.
    pub fn held(&self) -> Option<&Excluded> {
        self.counted.as_ref()?.excluded.iter().find(|part| part.code == mass_balance::CODE)
    }

    /// Whether this line earns money or still may: it has not been rejected.
    pub fn stands(&self) -> bool {
        self.decision.as_ref().is_none_or(|decision| decision.accepted)
    }
}
