//! Verifying a claim line by line. The entitlement is computed, its amount is reserved in the outlay and in the
//! appropriation, and a tranche is started; a claim that was returned adapts what it holds. The part that this
//! year's appropriation cannot pay is deferred, not lost.

use crate::db::award::awards;
use crate::db::budget::accounts;
use crate::db::claim::claims;
use crate::service::claim::claim_checks::{require_decided_before, require_unclaimed};
use crate::service::claim::claim_facts::{Accepted, statement_of};
use crate::service::claim::claim_tranche::{adapt_tranche, check_people, end_waiting, start_tranche, waiting_tranche};
use crate::service::claim::claimed_shares::keep_share;
use crate::service::claim::claims::visible;
use crate::service::claim::like_lines::mark;
use crate::service::running::as_logged::require_stranger;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::{Command, Done, Work, check_version};
use domain::award::award::Award;
use domain::base::argument::Code;
use domain::base::digest::hex;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::id::ClaimId;
use domain::base::money::Paise;
use domain::base::noting::Reasons;
use domain::base::permission::{Permission, Step};
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::budget::ledger::{Journal, Stage};
use domain::budget::posting;
use domain::budget::whole_rupees::PaymentUnit;
use domain::claim::claim::{Claim, ClaimLineRecord, ClaimStatus, LineDecision};
use domain::claim::credit_notes::{counted_note, net_facts};
use domain::claim::entitlement::Release;
use domain::claim::line_decisions::{decide_lines, reject_lines};
use domain::claim::lines_digest::lines_digest;
use domain::claim::statement::Statement;
use domain::payment::tranche::Tranche;
use domain::people::disclosure::DisclosedField;
use domain::words;
use serde_json::json;
use sha2::{Digest, Sha256};

words! {
    /// The agency's decision on a whole claim.
    pub enum ClaimOutcome {
        Verified = "verified",
        Rejected = "rejected",
    }
}

/// A verified claim with its lines, and the tranche it started, if any.
pub struct VerifiedClaim {
    pub claim: Claim,
    pub lines: Vec<ClaimLineRecord>,
    pub tranche: Option<Tranche>,
}

/// What a verified claim comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComesTo {
    /// What starts as a tranche at once.
    pub now: Paise,
    /// What waits for appropriation, where it is enough for a payment. Less than that waits for the next amount of the
    /// claim, and is not counted.
    pub deferred: Option<Paise>,
    /// Both together.
    pub amount: Paise,
}

impl VerifiedClaim {
    /// What it comes to, paid in these units; `None` where the two cannot be added.
    pub fn comes_to(&self, deferred: Paise, unit: PaymentUnit) -> Option<ComesTo> {
        let now = self.tranche.as_ref().map_or(Paise::ZERO, |tranche| tranche.amount_paise);
        let deferred = Some(deferred).filter(|deferred| unit.is_enough(*deferred));
        let amount = now.checked_add(deferred.unwrap_or(Paise::ZERO))?;
        Some(ComesTo { now, deferred, amount })
    }
}

/// The agency decides every line, then the claim. A claim that is rejected whole needs no decision on its lines.
pub struct VerifyClaim {
    pub id: ClaimId,
    pub seen_version: i64,
    pub outcome: ClaimOutcome,
    pub lines: Vec<LineDecision>,
    /// Internal noting.
    pub remarks: String,
    /// Why a claim is rejected, for the manufacturer.
    pub reasons: String,
}

impl Command for VerifyClaim {
    const NAME: &'static str = "verify_claim";
    const PERMISSION: Permission = Permission::VerifyClaim;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "query_open",
        "same_person",
        "step_by_provider",
        "hold_expired",
        "lines_undecided",
        "earlier_claim_open",
        "invoice_claimed",
        "nothing_payable",
        "rule_not_computable",
        "not_in_scheme",
        "budget_exceeded",
        "amount_too_large",
    ];
    const MOVES_MONEY: bool = true;
    const ENDS_A_FILE: bool = true;
    type Answer = VerifiedClaim;

    fn subject(&self) -> String {
        format!("claim:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<VerifiedClaim>, Error> {
        let subject = self.subject();
        self.check()?;
        let mut claim = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, claim.version)?;
        require_stranger(work, claim.organisation_id, Step::Verify)?;
        claim.require(ClaimStatus::Submitted, "submitted")?;
        claim.queries.require_answered()?;
        let mut lines = claims::lines(work.tx, claim.id)?;
        match self.outcome {
            ClaimOutcome::Verified => {
                require_decided_before(work.tx, &claim)?;
                let marked = mark(work.tx, &claim, &lines, work.now)?;
                decide_lines(&mut lines, self.lines, &marked)?;
            }
            ClaimOutcome::Rejected => reject_lines(&mut lines, self.lines)?,
        }
        claim.verified_by = Some(work.actor.user_id);
        claim.verified_at = Some(work.now);
        work.withhold(DisclosedField::Remarks, &self.remarks)?;
        let award = awards::find(work.tx, claim.award_id)?.or_not_found("award")?;
        let waiting = waiting_tranche(work, &claim)?;
        if self.outcome == ClaimOutcome::Rejected {
            return reject(work, &award, (claim, lines), waiting, self.reasons);
        }
        let withheld_before = claim.withheld_paise;
        let statement = state(work, &award, &claim, &mut lines, waiting.as_ref())?;
        claims::replace_lines(work.tx, &claim, &lines)?;
        // Two companies may have joined the same group since they submitted.
        require_unclaimed(work.tx, &claim)?;
        let lines_digest = lines_digest(&lines);
        let scheme = work.schemes.version(&claim.scheme_code, claim.scheme_version)?.clone();
        let staged = scheme.staged_release_of(claim.component);
        claim.certificate_due_on = staged.map(|rule| rule.certificate_due_on(work.today()));
        claim.withheld_paise = statement.withheld_paise;
        claim.status = ClaimStatus::Verified;
        claim.eligible_kg = statement.eligible_kg;
        claim.held_kg = statement.held_kg();
        claim.entitlement_paise = statement.entitlement_paise;
        let unit = work.finance.units.on(work.today());
        let amount = unit.payable(statement.payable_paise);
        // The paise that are no whole rupee wait like what the year cannot pay.
        let rest = statement.payable_paise.minus_floored(amount);
        claim.deferred_paise = statement.deferred_paise.checked_add(rest).ok_or(Refusal::AmountTooLarge)?;
        let milestone_share = keep_share(work, &scheme, &claim)?;
        let mut details = json!({
            "outcome": self.outcome, "lines_digest": lines_digest, "statement": statement,
            "milestone_share": milestone_share,
        });
        if let Some(tranche) = &waiting {
            details["adapts"] = json!(tranche.number);
        }
        claim.statement = Some(statement);
        claims::update(work.tx, &mut claim)?;
        let (tranche, journal) = match waiting {
            Some(tranche) if amount == Paise::ZERO => {
                let mut journal = end_waiting(work, &award, tranche, withheld_before, LESS_THAN_A_UNIT)?;
                journal.movements.extend(posting::withhold(&award.purse(claim.component), claim.withheld_paise));
                (None, journal)
            }
            Some(tranche) => {
                let held = (amount, withheld_before);
                let (tranche, journal) = adapt_tranche(work, &award, &claim, tranche, held, &self.remarks)?;
                (Some(tranche), journal)
            }
            None => start(work, &award, &claim, amount, &self.remarks)?,
        };
        if !journal.movements.is_empty() {
            work.post(&journal)?;
        }
        Ok(Done { subject, answer: VerifiedClaim { claim, lines, tranche }, details })
    }
}

/// Why a tranche ends whose claim is verified again with an amount that cannot be paid.
const LESS_THAN_A_UNIT: &str = "verified again, its claim is left with less than can be paid; the amount is deferred";

/// Starts the tranche of a claim that is verified, and withholds what waits for the final certificate. With nothing
/// left of the year's appropriation no tranche starts, and the whole waits until it is released. The journal must
/// be posted if it moves anything.
fn start(
    work: &mut Work<'_, '_>,
    award: &Award,
    claim: &Claim,
    amount: Paise,
    remarks: &str,
) -> Result<(Option<Tranche>, Journal), Error> {
    let purse = award.purse(claim.component);
    let (tranche, mut journal) = if amount == Paise::ZERO {
        check_people(work, claim, remarks)?;
        (None, posting::withhold_alone(&claim.name()))
    } else {
        let tranche = start_tranche(work, award, claim, amount, remarks)?;
        let journal = posting::reserve(&purse, tranche.held_in, amount, &tranche.number);
        (Some(tranche), journal)
    };
    journal.movements.extend(posting::withhold(&purse, claim.withheld_paise));
    Ok((tranche, journal))
}

/// Rejects a claim; money that was held for it goes back.
fn reject(
    work: &mut Work<'_, '_>,
    award: &Award,
    (mut claim, lines): (Claim, Vec<ClaimLineRecord>),
    waiting: Option<Tranche>,
    reasons: String,
) -> Result<Done<VerifiedClaim>, Error> {
    claim.status = ClaimStatus::Rejected;
    if let Some(tranche) = waiting {
        let withheld = claim.lose_hold();
        let journal = end_waiting(work, award, tranche, withheld, &reasons)?;
        work.post(&journal)?;
    }
    let reasons_digest = hex(&Sha256::digest(reasons.as_bytes()));
    claim.rejected_for = Some(Reasons(reasons));
    claims::update(work.tx, &mut claim)?;
    claims::replace_lines(work.tx, &claim, &lines)?;
    let details = json!({
        "outcome": ClaimOutcome::Rejected, "lines_digest": lines_digest(&lines), "reasons_digest": reasons_digest,
    });
    let subject = format!("claim:{}", claim.id);
    Ok(Done { subject, answer: VerifiedClaim { claim, lines, tranche: None }, details })
}

impl VerifyClaim {
    /// Reports every text of the form that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        domain::base::field::check_text(&mut errors, "/remarks", &self.remarks, 4_000);
        if self.outcome == ClaimOutcome::Rejected {
            domain::base::field::check_text(&mut errors, "/reasons", &self.reasons, 4_000);
        } else {
            errors.require(self.reasons.is_empty(), "/reasons", FieldReason::OnlyForRejection);
        }
        for (index, decision) in self.lines.iter().enumerate().filter(|(_, decision)| !decision.reason.is_empty()) {
            domain::base::field::check_text(&mut errors, &format!("/lines/{index}/reason"), &decision.reason, 1_000);
        }
        errors.finish()
    }
}

/// Starts a tranche for the part of a verified claim that waited for appropriation.
pub struct ReleaseDeferred {
    pub id: ClaimId,
    pub seen_version: i64,
}

impl Command for ReleaseDeferred {
    const NAME: &'static str = "release_deferred";
    const PERMISSION: Permission = Permission::VerifyClaim;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "step_by_provider",
        "nothing_deferred",
        "less_than_payable",
        "budget_exceeded",
    ];
    const MOVES_MONEY: bool = true;
    type Answer = VerifiedClaim;

    fn subject(&self) -> String {
        format!("claim:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<VerifiedClaim>, Error> {
        let subject = self.subject();
        let mut claim = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, claim.version)?;
        require_stranger(work, claim.organisation_id, Step::Verify)?;
        claim.require_deferred()?;
        let award = awards::find(work.tx, claim.award_id)?.or_not_found("award")?;
        let year_room = accounts::balance(
            work.tx,
            &award.purse(claim.component).year(work.now.financial_year(), Stage::Available),
        )?;
        let unit = work.finance.units.on(work.today());
        if !unit.is_enough(claim.deferred_paise) {
            return Err(Refusal::LessThanPayable { amount: claim.deferred_paise, least: unit.least() }.into());
        }
        // With no appropriation left at all, the whole deferred amount is requested, so that the refusal names
        // it.
        let fits = unit.payable(claim.deferred_paise.min(year_room));
        let amount = if fits == Paise::ZERO { unit.payable(claim.deferred_paise) } else { fits };
        claim.deferred_paise = claim.deferred_paise.minus_floored(amount);
        claims::update(work.tx, &mut claim)?;
        let tranche = start_tranche(work, &award, &claim, amount, "deferred part")?;
        work.post(&posting::reserve(&award.purse(claim.component), tranche.held_in, amount, &tranche.number))?;
        let lines = claims::lines(work.tx, claim.id)?;
        let details = json!({ "amount_paise": amount, "still_deferred_paise": claim.deferred_paise });
        Ok(Done { subject, answer: VerifiedClaim { claim, lines, tranche: Some(tranche) }, details })
    }
}

/// Computes the statement of a claim from its decided lines and the available amounts, and writes the counted
/// amount into each accepted line.
fn state(
    work: &mut Work<'_, '_>,
    award: &Award,
    claim: &Claim,
    lines: &mut [ClaimLineRecord],
    waiting: Option<&Tranche>,
) -> Result<Statement, Error> {
    let scheme = work.schemes.version(&claim.scheme_code, claim.scheme_version)?.clone();
    let own = waiting.map_or(Some(Paise::ZERO), |tranche| tranche.amount_paise.checked_add(claim.withheld_paise));
    let accepted: Vec<&ClaimLineRecord> = lines.iter().filter(|line| line.stands()).collect();
    let found = Accepted {
        lines: accepted.len() as i64,
        rejected_lines: (lines.len() - accepted.len()) as i64,
        facts: net_facts(&accepted),
        own: own.ok_or(Refusal::AmountTooLarge)?,
        reserved: waiting.map(|tranche| (tranche.held_in, tranche.amount_paise)),
        release: Release::first(&scheme, claim.component),
    };
    let (statement, counted) = statement_of(work.tx, &scheme, award, claim, found, work.now)?;
    let mut counted = counted.into_iter().peekable();
    for line in lines.iter_mut() {
        line.counted = counted.next_if(|counted| counted.line == line.line);
        if line.stands() && line.stated.is_note() {
            line.counted = Some(counted_note(line.line));
        }
    }
    let payable_at_all = statement.entitlement_paise.minus_floored(statement.withheld_paise);
    if payable_at_all == Paise::ZERO {
        let full = |cap: &str| Reason::CapFull { cap: Code(cap.to_owned()) };
        let cap = statement.nothing_left_by().map_or(Reason::NothingAccepted, full);
        return Err(Refusal::NothingPayable { cap }.into());
    }
    Ok(statement)
}
