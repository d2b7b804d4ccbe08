//! The tranche of a verified claim: started at the first verification, and adapted exactly when a claim that was
//! returned is verified again.

use crate::db::claim::final_certificates;
use crate::db::milestone::milestones;
use crate::db::payment::tranches;
use crate::service::budget::providers::{check_not_provider, check_steps_not_provided};
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Work;
use domain::award::award::Award;
use domain::base::id::{TrancheId, UserId};
use domain::base::money::Paise;
use domain::base::permission::Step;
use domain::base::refusal::Refusal;
use domain::base::step::TrancheStep;
use domain::budget::ledger::Journal;
use domain::budget::posting;
use domain::budget::posting::ClaimHold;
use domain::claim::claim::Claim;
use domain::claim::final_certificate::CertificateStatus;
use domain::milestone::milestone::Milestone;
use domain::payment::tranche::{Rejection, Tranche, TrancheStatus, TrancheSteps};
use domain::payment::tranche_return::TrancheReturns;

/// Starts a tranche of a verified claim, with the steps that people took so far. The caller must reserve its
/// amount.
pub(in crate::service) fn start_tranche(
    work: &mut Work<'_, '_>,
    award: &Award,
    claim: &Claim,
    amount: Paise,
    remarks: &str,
) -> Result<Tranche, Error> {
    let year = work.now.financial_year();
    let steps = check_people(work, claim, remarks)?;
    let scheme = work.schemes.version(&claim.scheme_code, claim.scheme_version)?.clone();
    let tranche = Tranche {
        id: TrancheId(work.new_id()),
        number: work.next_number(&scheme.number_prefix, "TRN")?,
        claim_id: claim.id,
        award_id: award.id,
        organisation_id: award.organisation_id,
        scheme_code: claim.scheme_code.clone(),
        component: claim.component,
        performance_year: claim.performance_year,
        held_in: year,
        amount_paise: amount,
        held_until: scheme.holds.reservation_ends(work.today()),
        status: TrancheStatus::Verified,
        steps: TrancheSteps(steps),
        returns: TrancheReturns::default(),
        returned_times: 0,
        sanction: None,
        rejection: None,
        created_at: work.now,
        version: 1,
    };
    tranches::insert(work.tx, &tranche)?;
    Ok(tranche)
}

/// The steps that people took on the rupees of a claim. Refuses a person who took two of them, or who provided the
/// money of this year.
pub(in crate::service) fn check_people(
    work: &mut Work<'_, '_>,
    claim: &Claim,
    remarks: &str,
) -> Result<Vec<TrancheStep>, Error> {
    let year = work.now.financial_year();
    check_not_provider(work, &claim.scheme_code, claim.component, year, Step::Verify)?;
    let mut steps: Vec<TrancheStep> = Vec::new();
    for (step, by, note) in steps_so_far(work, claim, remarks)? {
        match steps.iter().find(|taken| taken.taken_by == by) {
            Some(taken) if taken.step != step => {
                return Err(Refusal::SamePerson { earlier: taken.step.into(), now: step.into() }.into());
            }
            Some(_) => {}
            None => steps.push(TrancheStep::taken(step, by, work.now, &note)),
        }
    }
    check_steps_not_provided(work, &steps, &claim.scheme_code, claim.component, year)?;
    Ok(steps)
}

/// The steps that people took on the rupees of a claim. Verifying a milestone, the claim and its certificate are one
/// step, so a person who did several of them stands once, with the noting of the last.
fn steps_so_far(work: &mut Work<'_, '_>, claim: &Claim, remarks: &str) -> Result<Vec<(Step, UserId, String)>, Error> {
    let mut steps = vec![(Step::Prepare, claim.prepared_by, "claim".to_owned())];
    steps.extend(claim.submitted_by.map(|by| (Step::Submit, by, "claim".to_owned())));
    for milestone in rests_on(work, claim)? {
        steps.extend(milestone.verifiers().map(|by| (Step::Verify, by, "milestone".to_owned())));
    }
    steps.extend(claim.verified_by.map(|by| (Step::Verify, by, remarks.to_owned())));
    for certificate in final_certificates::list(work.tx, Some(claim.id), None)? {
        if let Some(decision) = certificate.decision.filter(|_| certificate.status == CertificateStatus::Accepted) {
            steps.push((Step::Submit, certificate.submitted_by, "final certificate".to_owned()));
            steps.push((Step::Verify, decision.decided_by, "final certificate".to_owned()));
        }
    }
    steps.push((Step::Verify, work.actor.user_id, remarks.to_owned()));
    let mut once: Vec<(Step, UserId, String)> = Vec::new();
    for (step, by, note) in steps {
        match once.iter_mut().find(|(earlier, person, _)| (*earlier, *person) == (step, by)) {
            Some((_, _, earlier)) => *earlier = note,
            None => once.push((step, by, note)),
        }
    }
    Ok(once)
}

/// The milestones on which the money of a claim rests: the one that it names; without one, those that commissioned the
/// plant, where nothing is claimed before.
pub(in crate::service) fn rests_on(work: &mut Work<'_, '_>, claim: &Claim) -> Result<Vec<Milestone>, Error> {
    if let Some(id) = claim.milestone_id {
        return Ok(vec![milestones::find(work.tx, id)?.or_not_found("milestone")?]);
    }
    let scheme = work.schemes.version(&claim.scheme_code, claim.scheme_version)?;
    if !scheme.waits_for_commissioning(claim.component) {
        return Ok(Vec::new());
    }
    let all = milestones::list(work.tx, Some(claim.award_id), None)?;
    Ok(all.into_iter().filter(|milestone| milestone.commissions).collect())
}

/// The tranche that waits for its claim to be verified again, if any.
pub(in crate::service) fn waiting_tranche(work: &mut Work<'_, '_>, claim: &Claim) -> Result<Option<Tranche>, Error> {
    if claim.returned_times == 0 {
        return Ok(None);
    }
    let all = tranches::list(work.tx, Some(claim.id), None)?;
    let waiting = all.into_iter().find(Tranche::awaits_verification);
    if let Some(tranche) = &waiting {
        tranche.check_hold(work.today())?;
    }
    Ok(waiting)
}

/// Puts the waiting tranche of a claim that is verified again on its way, with its new amount and the steps that
/// are taken again. Its clock runs on. Money beyond what is reserved comes from this year's appropriation, and the
/// whole with it. `withheld` is what was withheld before. The result must be posted if it moves anything.
pub(in crate::service) fn adapt_tranche(
    work: &mut Work<'_, '_>,
    award: &Award,
    claim: &Claim,
    mut tranche: Tranche,
    (amount, withheld): (Paise, Paise),
    remarks: &str,
) -> Result<(Tranche, Journal), Error> {
    let year = work.now.financial_year();
    check_not_provider(work, &claim.scheme_code, claim.component, year, Step::Verify)?;
    for (step, by, note) in steps_so_far(work, claim, remarks)? {
        tranche.record(step, by, work.now, &note)?;
    }
    let old = ClaimHold { year: tranche.held_in, reserved: tranche.amount_paise, withheld };
    let year = if amount <= old.reserved { old.year } else { year };
    check_steps_not_provided(work, &tranche.steps.0, &claim.scheme_code, claim.component, year)?;
    let new = ClaimHold { year, reserved: amount, withheld: claim.withheld_paise };
    tranche.amount_paise = amount;
    tranche.held_in = new.year;
    tranche.performance_year = claim.performance_year;
    tranche.status = TrancheStatus::Verified;
    tranches::update(work.tx, &mut tranche)?;
    let journal = posting::adapt_reservation(&award.purse(claim.component), old, new, &tranche.number);
    Ok((tranche, journal))
}

/// Ends the waiting tranche of a claim that is rejected when it is verified again. The result gives its money back,
/// with what was withheld; it must be posted.
pub(in crate::service) fn end_waiting(
    work: &mut Work<'_, '_>,
    award: &Award,
    mut tranche: Tranche,
    withheld: Paise,
    reason: &str,
) -> Result<Journal, Error> {
    tranche.check_person(Step::Verify, Step::Verify.into(), work.actor.user_id)?;
    let rejection = Rejection { reason: reason.to_owned(), rejected_by: work.actor.user_id, rejected_at: work.now };
    tranche.rejection = Some(rejection);
    tranche.status = TrancheStatus::Rejected;
    tranches::update(work.tx, &mut tranche)?;
    let purse = award.purse(tranche.component);
    let mut journal = posting::return_reservation(&purse, tranche.held_in, tranche.amount_paise, &tranche.number);
    journal.movements.extend(posting::end_withholding(&purse, withheld));
    Ok(journal)
}
