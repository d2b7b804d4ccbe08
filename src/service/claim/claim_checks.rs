//! The conditions for drafting or submitting a claim: its dates, its milestone, its facts, and that none of its
//! invoices is part of another claim.

use crate::db::claim::{claims, invoices};
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::milestones;
use crate::service::claim::claim_facts::{known, stated};
use crate::service::claim::claim_periods::{allowed, check_period, require_no_overlap};
use crate::service::claim::claimed_shares::require_room;
use crate::service::claim::in_time::check_replaced;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::evidence::require_evidence;
use crate::service::running::runner::Work;
use chrono::NaiveDate;
use domain::award::award::Award;
use domain::base::calendar::FinancialYear;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::id::ClaimId;
use domain::base::money::{BasisPoints, LARGEST_AMOUNT, Paise};
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::claim::claim::{Claim, ClaimForm, ClaimLine, ClaimLineRecord, ClaimStatus};
use domain::claim::counted_lines::Excluded;
use domain::claim::credit_notes::net_facts;
use domain::claim::entitlement::{Facts, Release, compute};
use domain::claim::invoice_identity::{Document, check_irns};
use domain::claim::material_chain::{lacks_certificate, undecided_before};
use domain::milestone::milestone::{Milestone, MilestoneStatus};
use domain::scheme::fact::{FactPlace, check_facts};
use domain::scheme::rules::book::asked;
use domain::scheme::scheme::{Component, Scheme};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Checks all conditions for drafting or submitting a claim. Returns the version of the scheme that governs it
/// and the financial year in which it was earned.
pub fn check_form(
    work: &mut Work<'_, '_>,
    award: &Award,
    form: &ClaimForm,
    own: Option<ClaimId>,
) -> Result<(Arc<Scheme>, FinancialYear), Error> {
    let own_gstin = claims::own_gstin(work.tx, award.organisation_id)?;
    let governing = work.schemes.governing_claim(award, form.period_to, work.today()).cloned();
    let by_period = governing.as_ref().is_ok_and(|scheme| scheme.is_claimed_by_period(form.component));
    let mut faults = form.check(&own_gstin, by_period).err().unwrap_or_default();
    if faults.0.iter().any(|fault| !fault.pointer.starts_with("/lines/")) {
        return Err(faults.into());
    }
    // All faults of the lines are named at once, whichever rule finds them.
    let scheme = governing?;
    faults.0.extend(check_stated(&scheme, form, &own_gstin).err().unwrap_or_default().0);
    let others: Vec<Claim> =
        claims::live(work.tx, award.id, form.component)?.into_iter().filter(|other| Some(other.id) != own).collect();
    let earned = match form.component {
        Component::CapitalSubsidy if by_period => check_spending(work, award, form, &others, &scheme, &mut faults),
        Component::CapitalSubsidy => check_capital(work, award, form, &others, &scheme, &mut faults),
        _ => check_sales(work, award, form, &others, &scheme, &mut faults),
    };
    faults.finish()?;
    let year = earned?;
    check_replaced(work.tx, award, form, year, &others)?;
    let files: Vec<_> = form.files().into_iter().collect();
    require_evidence(work.tx, &files, Some(work.actor.own_organisation()?))?;
    Ok((scheme, year))
}

/// Every fact that the scheme requires is stated, for the claim and for each line, and the IRN of e-invoices.
pub fn check_stated(scheme: &Scheme, form: &ClaimForm, own_gstin: &str) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::new();
    let asked_at = |place: FactPlace| asked(scheme, place, Some(form.component));
    check_facts(&mut errors, "/facts", &asked_at(FactPlace::Claim), &form.facts, true);
    let of_lines = asked_at(FactPlace::ClaimLine);
    for (index, line) in form.lines.iter().enumerate().filter(|(_, line)| !line.is_note()) {
        check_facts(&mut errors, &format!("/lines/{index}/facts"), &of_lines, &line.facts, true);
    }
    if let Some(rules) = &scheme.e_invoices {
        check_irns(&mut errors, rules, form.component, &form.lines, own_gstin);
    }
    check_balance(&mut errors, scheme, form);
    errors.finish()
}

/// Requires a mass balance where the scheme has rules for one, and refuses it elsewhere.
fn check_balance(errors: &mut FieldErrors, scheme: &Scheme, form: &ClaimForm) {
    let rules = scheme.mass_balance.as_ref().filter(|_| form.component == Component::SalesLinkedIncentive);
    match (&form.mass_balance, rules) {
        (Some(balance), Some(rules)) => {
            let claimed_kg = form.lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.quantity_kg));
            balance.check(errors, rules, claimed_kg);
        }
        (None, Some(_)) => errors.add("/mass_balance", FieldReason::BalanceAsked),
        (Some(_), None) => errors.add("/mass_balance", FieldReason::BalanceNotAsked),
        (None, None) => {}
    }
}

fn check_capital(
    work: &mut Work<'_, '_>,
    award: &Award,
    form: &ClaimForm,
    others: &[Claim],
    scheme: &Scheme,
    faults: &mut FieldErrors,
) -> Result<FinancialYear, Error> {
    let milestone = require_verified_milestone(work.tx, award, form)?;
    if milestone.capital_share == BasisPoints(0) {
        return Err(Refusal::NotInScheme { what: "subsidy for this milestone" }.into());
    }
    require_room(work, scheme, &milestone, others)?;
    check_dates(faults, form, (earliest_investment(scheme, award), work.today()), work.today());
    Ok(FinancialYear::containing(milestone.reached_on(None).unwrap_or(award.awarded_on)))
}

/// The milestone of a capital claim, verified and of this award.
pub fn require_verified_milestone(tx: &mut ReadTx<'_>, award: &Award, form: &ClaimForm) -> Result<Milestone, Error> {
    let id = form.milestone_id.or_not_found("milestone")?;
    let milestone = milestones::find(tx, id)?.filter(|found| found.award_id == award.id).or_not_found("milestone")?;
    if milestone.status != MilestoneStatus::Verified && milestone.claimable_share() == BasisPoints(0) {
        return Err(Refusal::MilestoneNotVerified { milestone: milestone.code }.into());
    }
    Ok(milestone)
}

/// A scheme with rules of its own excludes earlier invoices line by line; otherwise the claim is refused.
fn earliest_investment(scheme: &Scheme, award: &Award) -> NaiveDate {
    let counted = || scheme.counted_from().unwrap_or(award.awarded_on);
    if scheme.claims.is_empty() { counted() } else { EARLIEST_DAY }
}

const EARLIEST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(1900, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

fn check_sales(
    work: &mut Work<'_, '_>,
    award: &Award,
    form: &ClaimForm,
    others: &[Claim],
    scheme: &Scheme,
    faults: &mut FieldErrors,
) -> Result<FinancialYear, Error> {
    let (from, to) = check_period(award, form, scheme, work.today())?;
    let commissioned = award.commissioned_on.filter(|_| scheme.waits_for_commissioning(form.component));
    if let Some(commissioned_on) = commissioned {
        // A scheme with rules of its own excludes sales outside the period line by line.
        if scheme.claims.is_empty() {
            allowed(from >= commissioned_on, Reason::StartsBeforeCommissioning { commissioned_on })?;
        }
        allowed(to >= commissioned_on, Reason::EndsBeforeCommissioning { commissioned_on })?;
    }
    if scheme.claims.is_empty() {
        allowed(to <= award.ends_on, Reason::EndsAfterAward { ends_on: award.ends_on })?;
    }
    if let Some(supplemented) = form.supplements {
        check_supplement(work.tx, award, form, supplemented, others)?;
    }
    require_no_overlap(form, (from, to), others)?;
    let balance = form.mass_balance.as_ref().filter(|_| scheme.mass_balance.is_some());
    let certified = balance.is_none_or(|balance| !lacks_certificate(balance, from, others));
    faults.require(certified, "/mass_balance/opening_evidence_id", FieldReason::OpeningCertificate);
    if scheme.claims.is_empty() {
        check_dates(faults, form, (from, to), work.today());
    } else {
        check_dates(faults, form, (EARLIEST_DAY, work.today()), work.today());
    }
    Ok(FinancialYear::containing(from))
}

/// Capital subsidy for the days on which money was spent: every line lies within them.
fn check_spending(
    work: &mut Work<'_, '_>,
    award: &Award,
    form: &ClaimForm,
    others: &[Claim],
    scheme: &Scheme,
    faults: &mut FieldErrors,
) -> Result<FinancialYear, Error> {
    let (from, to) = check_period(award, form, scheme, work.today())?;
    require_no_overlap(form, (from, to), others)?;
    check_dates(faults, form, (from, to), work.today());
    Ok(FinancialYear::containing(from))
}

/// A supplement claims, of each invoice, no more than the supplemented claim held back, and a claim has at most
/// one supplement.
fn check_supplement(
    tx: &mut ReadTx<'_>,
    award: &Award,
    form: &ClaimForm,
    supplemented: ClaimId,
    others: &[Claim],
) -> Result<(), Error> {
    let mut errors = FieldErrors::new();
    let fits = |claim: &Claim| {
        claim.award_id == award.id
            && claim.status == ClaimStatus::Verified
            && claim.held_kg > 0
            && (claim.period_from, claim.period_to) == (form.period_from, form.period_to)
    };
    if !claims::find(tx, supplemented)?.is_some_and(|claim| fits(&claim)) {
        errors.add("/supplements", FieldReason::SupplementOf);
        return Err(errors.into());
    }
    if let Some(other) = others.iter().find(|other| other.supplements == Some(supplemented)) {
        return Err(Refusal::AlreadyExists { what: Reason::OpenSupplement { claim: other.name() } }.into());
    }
    let lines = claims::lines(tx, supplemented)?;
    let own = claims::own_gstin(tx, award.organisation_id)?;
    let key = |line: &ClaimLine| Document::of(form.component, line, &own).keys().document;
    let held: BTreeMap<String, &Excluded> =
        lines.iter().filter_map(|line| Some((key(&line.stated), line.held()?))).collect();
    for (index, line) in form.lines.iter().enumerate() {
        let (kg, amount) = held.get(&key(line)).map_or((0, Paise::ZERO), |part| (part.quantity_kg, part.amount_paise));
        let at = |field: &str| format!("/lines/{index}/{field}");
        errors.require(line.quantity_kg <= kg, at("quantity_kg"), FieldReason::HeldKg { held_kg: kg });
        errors.require(line.amount_paise <= amount, at("amount_paise"), FieldReason::HeldAmount { amount });
    }
    Ok(errors.finish()?)
}

/// Refuses a claim for which the rules would have no value even if every line were accepted: nobody could decide it.
/// What the accounts hold makes no difference to that.
pub fn require_computable(
    tx: &mut ReadTx<'_>,
    scheme: &Scheme,
    award: &Award,
    claim: &Claim,
    lines: &[ClaimLineRecord],
) -> Result<(), Error> {
    worth(tx, scheme, award, claim, lines).map(|_| ())
}

/// What the rules give for a claim if every line is accepted, whatever the accounts hold.
pub(super) fn worth(
    tx: &mut ReadTx<'_>,
    scheme: &Scheme,
    award: &Award,
    claim: &Claim,
    lines: &[ClaimLineRecord],
) -> Result<Paise, Error> {
    let facts = Facts {
        component: claim.component,
        lines: net_facts(&lines.iter().collect::<Vec<_>>()),
        accepted_lines: lines.len() as i64,
        rejected_lines: 0,
        known: known(tx, scheme, award, claim)?,
        stated: stated(tx, award, claim)?,
        amount_claimed: claim.amount_claimed_paise,
        award_room: LARGEST_AMOUNT,
        component_room: LARGEST_AMOUNT,
        appropriation_room: LARGEST_AMOUNT,
        release: Release::Whole,
    };
    Ok(compute(scheme, &facts)?.0.entitlement_paise)
}

/// Refuses to decide a claim for sales before one of earlier days, with whose closing stock it opens.
pub fn require_decided_before(tx: &mut ReadTx<'_>, claim: &Claim) -> Result<(), Error> {
    if claim.mass_balance.is_none() {
        return Ok(());
    }
    match undecided_before(claim, &claims::live(tx, claim.award_id, claim.component)?) {
        Some(other) => Err(Refusal::EarlierClaimOpen { claim: other.name() }.into()),
        None => Ok(()),
    }
}

/// Checks that no invoice of the claim is part of another claim of its organisation or group, however it is
/// spelled. Writers run one after the other, so the result stays true until the commit.
pub fn require_unclaimed(tx: &mut ReadTx<'_>, claim: &Claim) -> Result<(), Error> {
    match invoices::claimed_elsewhere(tx, claim)?.into_iter().next() {
        Some(found) => Err(Refusal::InvoiceClaimed { invoice: found.invoice, claim: found.claim }.into()),
        None => Ok(()),
    }
}

fn check_dates(
    errors: &mut FieldErrors,
    form: &ClaimForm,
    (earliest, latest): (NaiveDate, NaiveDate),
    today: NaiveDate,
) {
    for (index, line) in form.lines.iter().enumerate() {
        // A note may come after the days of its claim.
        let latest = if line.is_note() { latest.max(today) } else { latest };
        let inside = (earliest..=latest).contains(&line.invoice_date);
        errors.require(inside, format!("/lines/{index}/invoice_date"), FieldReason::DayRange { earliest, latest });
    }
}
