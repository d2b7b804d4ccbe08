//! Claims: a demand for capital subsidy on a verified milestone, or for sales-linked incentive on
//! the magnets sold in a period. A claim is prepared by one person, signed by another and verified
//! line by line.

use crate::award::award::Award;
use crate::base::calendar::{FinancialYear, Timestamp};
use crate::base::digest::FieldHasher;
use crate::base::evidence::EvidenceIds;
use crate::base::field::{FieldErrors, check_name};
use crate::base::field_reason::FieldReason;
use crate::base::id::{AwardId, ClaimId, EvidenceId, MilestoneId, OrganisationId, UserId};
use crate::base::money::Paise;
use crate::base::noting::Reasons;
use crate::base::queries::QueryRounds;
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::claim::counted_lines::{CountedLine, Excluded, LineFacts};
use crate::claim::invoice_identity::invoice_key;
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
    /// Magnets sold, whole kilograms; 0 for investment.
    #[serde(default)]
    pub quantity_kg: i64,
    /// Net of taxes: amount invested, or net sales turnover.
    pub amount_paise: Paise,
    /// Further facts that the scheme requires.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<StatedFact>,
}

/// The form of a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimForm {
    pub component: Component,
    /// The verified milestone, for capital subsidy.
    pub milestone_id: Option<MilestoneId>,
    /// The first day of sales, for sales-linked incentive.
    pub period_from: Option<NaiveDate>,
    /// The last day of sales, within the same financial year.
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
}

impl ClaimForm {
    /// Reports every field that could not be true or does not fit the component.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        let sold = self.component == Component::SalesLinkedIncentive;
        let capital = self.component == Component::CapitalSubsidy;
        errors.require(sold || capital, "/component", FieldReason::Components);
        errors.require_just_when(capital, self.milestone_id.is_some(), "/milestone_id", FieldReason::ForCapital);
        errors.require_just_when(sold, self.period_from.is_some(), "/period_from", FieldReason::ForSales);
        errors.require_just_when(sold, self.period_to.is_some(), "/period_to", FieldReason::ForSales);
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
        let mut seen = BTreeSet::new();
        for (index, line) in self.lines.iter().enumerate().take(MOST_LINES) {
            let at = |field: &str| format!("/lines/{index}/{field}");
            check_name(&mut errors, &at("invoice_number"), &line.invoice_number, 60);
            check_name(&mut errors, &at("party"), &line.party, 200);
            errors.require_amount(line.amount_paise, 1, at("amount_paise"), FieldReason::PositiveAmount);
            let quantity = if sold { line.quantity_kg >= 1 } else { line.quantity_kg == 0 };
            errors.require(quantity, at("quantity_kg"), FieldReason::KgOfSales);
            let too_much = FieldReason::AtMost { most: KG_MOST, what: "kg" };
            errors.require(!sold || line.quantity_kg <= KG_MOST, at("quantity_kg"), too_much);
            let first = seen.insert(invoice_key(self.component, line));
            errors.require(first, at("invoice_number"), FieldReason::InvoiceTwice);
        }
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

/// SHA-256 over every field of the lines in order, for the audit log.
pub fn lines_digest(lines: &[ClaimLineRecord]) -> String {
    let mut hasher = FieldHasher::new("magnet-scheme claim lines v1");
    for ClaimLineRecord { line, stated, decision, counted } in lines {
        let numbers = [*line, stated.quantity_kg, stated.amount_paise.0].map(|number| number.to_string());
        let date = stated.invoice_date.to_string();
        let (decided, reason) = match decision {
            None => ("", ""),
            Some(decision) if decision.accepted => ("accepted", decision.reason.as_str()),
            Some(decision) => ("rejected", decision.reason.as_str()),
        };
        let texts = [stated.invoice_number.as_str(), &date, &stated.party, decided, reason];
        numbers.iter().map(String::as_str).chain(texts).for_each(|field| hasher.field(field));
        for fact in &stated.facts {
            let file = fact.evidence_id.map(|id| id.to_string()).unwrap_or_default();
            ["fact", &fact.code, &fact.value.to_string(), &file].into_iter().for_each(|field| hasher.field(field));
        }
        if let Some(counted) = counted {
            let sums = |kg: i64, amount: Paise| [kg, amount.0].map(|number| number.to_string());
            hasher.field("counted");
            sums(counted.counted_kg, counted.counted_amount_paise).iter().for_each(|field| hasher.field(field));
            for part in &counted.excluded {
                hasher.field(&part.code);
                sums(part.quantity_kg, part.amount_paise).iter().for_each(|field| hasher.field(field));
            }
        }
    }
    hasher.finish()
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
    pub status: ClaimStatus,
    pub prepared_by: UserId,
    pub submitted_by: Option<UserId>,
    pub submitted_at: Option<Timestamp>,
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
            status: ClaimStatus::Draft,
            prepared_by,
            submitted_by: None,
            submitted_at: None,
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

/// Records each decision with its line; refuses if a line has no decision, has two, or is rejected
/// without a reason.
pub fn decide_lines(lines: &mut [ClaimLineRecord], decisions: Vec<LineDecision>) -> Result<(), Refusal> {
    record_decisions(lines, decisions)?;
    match lines.iter().find(|line| line.decision.is_none()) {
        Some(line) => Err(Refusal::LinesUndecided { detail: Reason::LineOpen { line: line.line } }),
        None => Ok(()),
    }
}

/// Records why single lines of a claim that is rejected whole are rejected. None has to be decided, and none is
/// accepted: the claim falls with all of them.
pub fn reject_lines(lines: &mut [ClaimLineRecord], decisions: Vec<LineDecision>) -> Result<(), Refusal> {
    record_decisions(lines, decisions)?;
    for line in lines {
        line.decision = line.decision.take().filter(|decision| !decision.accepted);
    }
    Ok(())
}

fn record_decisions(lines: &mut [ClaimLineRecord], decisions: Vec<LineDecision>) -> Result<(), Refusal> {
    let undecided = |detail: Reason| Err(Refusal::LinesUndecided { detail });
    for decision in decisions {
        let index = decision.line.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        let Some(line) = index.and_then(|index| lines.get_mut(index)) else {
            return undecided(Reason::LineUnknown { line: decision.line });
        };
        if line.decision.is_some() {
            return undecided(Reason::LineTwice { line: decision.line });
        }
        if !decision.accepted && decision.reason.trim().is_empty() {
            return undecided(Reason::LineReasonMissing { line: decision.line });
        }
        line.decision = Some(decision);
    }
    Ok(())
}
