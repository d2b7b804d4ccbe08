//! Claims, compared with the audit log, and the tranches of each claim, compared with the acts that started
//! them.

use crate::db::claim::{claim_returns, claims, final_certificates, invoices};
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::db::payment::tranches;
use crate::service::check::verify_log::DoneCounts;
use crate::service::check::verify_queries;
use crate::service::check::verify_records::{Act, CHUNK_ROWS, acts_of, same, same_field};
use crate::service::check::verify_returns::{Course, Returns, digest_of_text};
use crate::service::recovery::bank_returns::kept_beside;
use domain::base::desk::Desk;
use domain::base::money::Paise;
use domain::base::permission::Step;
use domain::claim::claim::{Claim, ClaimStatus, lines_digest};
use domain::claim::statement::Statement;
use domain::payment::tranche::Tranche;
use serde_json::{Value, json};

/// The first claim that differs from the log.
pub fn first_fault(tx: &mut ReadTx<'_>, done: &DoneCounts) -> Result<Option<String>, DbError> {
    let (mut last, mut submitted, mut returned) = (String::new(), 0, 0);
    loop {
        let chunk = claims::after(tx, &last, CHUNK_ROWS)?;
        let Some(end) = chunk.last() else { break };
        last = end.id.to_string();
        let ids: Vec<String> = chunk.iter().map(|claim| claim.id.to_string()).collect();
        let started = tranches::of_claims(tx, &ids)?;
        let kept = kept_beside(tx, &started)?;
        let mut started: Vec<(Tranche, Paise)> = started.into_iter().zip(kept).collect();
        let subjects: Vec<String> = ids.iter().map(|id| format!("claim:{id}")).collect();
        let acts = acts_of(tx, &subjects)?;
        for (claim, subject) in chunk.iter().zip(&subjects) {
            let own: Vec<(Tranche, Paise)> =
                started.extract_if(.., |(tranche, _)| tranche.claim_id == claim.id).collect();
            let tranches: Vec<&Tranche> = own.iter().map(|(tranche, _)| tranche).collect();
            let returns = Returns::read(tx, claim, &tranches)?;
            returned += claim.returned_times;
            submitted += submissions(claim, &returns);
            if let Err(fault) = check(tx, claim, acts.of(subject), &own, &returns)? {
                return Ok(Some(format!("claim {}: {fault}", claim.name())));
            }
        }
    }
    let known = done.of("submit_claim");
    if known != submitted {
        return Ok(Some(format!("{submitted} submitted claims are stored, the log names {known}")));
    }
    let stored = claim_returns::count(tx)?;
    Ok((stored != returned).then(|| format!("{stored} returns of claims are stored, the claims name {returned}")))
}

/// How often a claim was submitted: once, and once after each return to its preparer.
fn submissions(claim: &Claim, returns: &Returns) -> i64 {
    match claim.status {
        ClaimStatus::Draft => 0,
        ClaimStatus::Returned => returns.to_preparer(),
        _ => 1 + returns.to_preparer(),
    }
}

fn check(
    tx: &mut ReadTx<'_>,
    claim: &Claim,
    acts: &[Act],
    started: &[(Tranche, Paise)],
    returns: &Returns,
) -> Result<Result<(), String>, DbError> {
    let certified = accepted_certificates(tx, claim)?;
    let course = returns.course(acts);
    let mut faults = returns.check(claim, acts).and_then(|()| check_queries(claim, acts));
    faults = faults.and_then(|()| check_record(claim, acts, &certified, started, course));
    // The lines are fixed from the submission on; those of a draft or returned claim are its preparer's to change.
    let decided = acts.iter().rev().find(|act| act.details["lines_digest"].is_string());
    if course == Course::Reopened {
        let lines = returns.check_reopened_lines(tx, claim)?;
        faults = faults.and(lines);
    } else if let Some(act) = decided.filter(|_| course != Course::Returned) {
        let stored = lines_digest(&claims::lines(tx, claim.id)?);
        faults = faults.and_then(|()| same_field("the digest of its lines", &json!(stored), act, "lines_digest"));
    }
    if let Some(line) = invoices::wrong_key(tx, claim.id)? {
        faults = faults.and(Err(format!("line {line} is not kept under the key of its invoice")));
    }
    Ok(faults.and_then(|()| check_started(claim, acts, &certified, started)))
}

/// The acts that accepted a final certificate of a claim.
fn accepted_certificates(tx: &mut ReadTx<'_>, claim: &Claim) -> Result<Vec<Act>, DbError> {
    if claim.certificate_due_on.is_none() && claim.certified_at.is_none() {
        return Ok(Vec::new());
    }
    let certificates = final_certificates::list(tx, Some(claim.id), None)?;
    let subjects: Vec<String> = certificates.iter().map(|one| format!("final_certificate:{}", one.id)).collect();
    Ok(acts_of(tx, &subjects)?.into_all().filter(|act| act.details["settlement"].is_object()).collect())
}

fn check_record(
    claim: &Claim,
    acts: &[Act],
    certified: &[Act],
    started: &[(Tranche, Paise)],
    course: Course,
) -> Result<(), String> {
    let did = |command: &str| acts.iter().rev().find(|act| act.facts.command == command);
    let drawn = ["create_claim", "change_claim", "upload_claim_lines"];
    if let Some(act) = acts.iter().rev().find(|act| drawn.contains(&act.facts.command.as_str())) {
        same("the person who prepared it", claim.prepared_by, act.facts.actor_id)?;
    }
    let (submitted, verified) = (did("submit_claim"), did("verify_claim"));
    let accepted = verified.filter(|act| act.details["outcome"] == "verified");
    // The claim was rejected when no tranche of it was left.
    let ended = course == Course::Accepted && started.iter().all(|(tranche, _)| tranche.is_over());
    if claim.status.as_str() != course.status() && !(ended && claim.status == ClaimStatus::Rejected) {
        return Err(format!("its status is {}, the log says {}", claim.status, course.status()));
    }
    if let Some(act) = verified {
        let reasons = claim.rejected_for.as_ref().map(|reasons| digest_of_text(&reasons.0));
        same_field("the digest of the reasons of its rejection", &json!(reasons), act, "reasons_digest")?;
    }
    if let Some(act) = submitted.filter(|_| course != Course::Returned) {
        same_field("its number", &json!(claim.number), act, "number")?;
        same_field("its component", &json!(claim.component), act, "component")?;
        same_field("the amount claimed in paise", &json!(claim.amount_claimed_paise), act, "amount_claimed_paise")?;
        let facts = Some(&claim.facts).filter(|facts| !facts.is_empty());
        same_field("its facts", &json!(facts), act, "facts")?;
        same_field("its mass balance", &json!(claim.mass_balance), act, "mass_balance")?;
        same_field("the claim it supplements", &json!(claim.supplements), act, "supplements")?;
        same("the person who submitted it", json!(claim.submitted_by), json!(act.facts.actor_id))?;
        same("the time it was submitted", json!(claim.submitted_at), json!(act.facts.recorded_at))?;
    }
    let waits = started.iter().any(|(tranche, _)| tranche.awaits_verification());
    if waits && !course.is_open() {
        return Err(format!("money waits for its verification, and the log says {}", course.status()));
    }
    let moves_on = |(tranche, _): &(Tranche, Paise)| !tranche.is_over() && !tranche.awaits_verification();
    if course.is_open() && started.iter().any(moves_on) {
        return Err(format!("its tranche moves on, the log says {}, and no money waits", course.status()));
    }
    let Some(act) = accepted else { return Ok(()) };
    if course.is_open() && !waits {
        // The hold ended while the claim was returned.
        same("its entitlement in paise", claim.entitlement_paise, Paise::ZERO)?;
        return same("its statement", json!(claim.statement), Value::Null);
    }
    same("the person who verified it", json!(claim.verified_by), json!(act.facts.actor_id))?;
    // The statement is parsed first, because older ones lack fields that have a default.
    let statement: Option<Statement> = serde_json::from_value(act.details["statement"].clone()).ok();
    same("its statement", json!(claim.statement), json!(statement))?;
    let counts = certified.last().map_or(&act.details["statement"], |act| &act.details["settlement"]["statement"]);
    let logged = |field: &str| counts[field].as_i64().unwrap_or_default();
    same("its entitlement in paise", claim.entitlement_paise.0, logged("entitlement_paise"))?;
    same("its eligible quantity in kg", claim.eligible_kg, logged("eligible_kg"))?;
    same("its held quantity in kg", claim.held_kg, claim.statement.as_ref().map_or(0, Statement::held_kg))?;
    if claim.status != ClaimStatus::Verified {
        return Ok(());
    }
    let stands = |(tranche, kept): &(Tranche, Paise)| {
        let live = if tranche.is_over() { Paise::ZERO } else { tranche.amount_paise };
        live.checked_add(*kept)
    };
    let live = started.iter().map(stands).collect::<Option<Vec<Paise>>>().and_then(Paise::sum);
    let taken =
        live.and_then(|live| live.checked_add(claim.withheld_paise)).ok_or("its tranches cannot be added up")?;
    same("its deferred part in paise", claim.deferred_paise.0, claim.entitlement_paise.minus_floored(taken).0)
}

/// Each tranche, with the bank returns applied to recoveries added, must be one that an act started: at that
/// time, over that amount, and with the persons who had taken steps on the claim by then.
fn check_started(claim: &Claim, acts: &[Act], certified: &[Act], started: &[(Tranche, Paise)]) -> Result<(), String> {
    let starting = acts.iter().chain(certified).filter(|act| !act.details["adapts"].is_string());
    let mut starts: Vec<(&Act, i64)> = starting.filter_map(|act| Some((act, start(act)?))).collect();
    starts.sort_by_key(|(act, _)| act.facts.sequence);
    let mut tranches: Vec<&(Tranche, Paise)> = started.iter().collect();
    tranches.sort_by_key(|(tranche, _)| (tranche.created_at, tranche.id));
    same("the number of its tranches", tranches.len(), starts.len())?;
    for ((tranche, kept), (act, amount)) in tranches.into_iter().zip(starts) {
        let of = |what: &str| format!("tranche {}: {what}", tranche.number);
        // A claim that was verified again gave its tranche another amount.
        let adapted = acts.iter().rev().find(|act| act.details["adapts"] == tranche.number.as_str());
        let amount = adapted.and_then(start).unwrap_or(amount);
        same(&of("its amount in paise"), tranche.amount_paise.0.saturating_add(kept.0), amount)?;
        same(&of("the time it was started"), tranche.created_at, act.facts.recorded_at)?;
        same(&of("its award"), tranche.award_id, claim.award_id)?;
        let settled = claim.returned_times == 0 || (claim.status == ClaimStatus::Verified && !tranche.is_over());
        let parts = [
            // Those of a returned claim are recorded when it is verified again, with the tranche that is then live.
            (Step::Prepare, Some(claim.prepared_by).filter(|_| settled)),
            (Step::Submit, claim.submitted_by.filter(|_| settled)),
            (Step::Verify, claim.verified_by.filter(|_| settled)),
            (Step::Verify, Some(act.facts.actor_id)),
            (Step::Verify, adapted.map(|act| act.facts.actor_id)),
        ];
        for one in tranche.returns.0.iter().filter(|one| one.to == Desk::Prepare) {
            let digest = one.digest();
            if !acts.iter().any(|act| act.details["tranche_return_digest"] == digest.as_str()) {
                return Err(of(&format!("the log does not say that {} returned it", one.returned_by)));
            }
        }
        for (step, by) in parts.into_iter().filter_map(|(step, by)| Some((step, by?))) {
            let stands = |taken: &domain::base::step::TrancheStep| taken.step == step && taken.taken_by == by;
            if !tranche.steps.0.iter().any(stands) {
                return Err(of(&format!("the step {step} that {by} took is gone")));
            }
        }
    }
    Ok(())
}

/// The queries must be those that the log names.
fn check_queries(claim: &Claim, acts: &[Act]) -> Result<(), String> {
    verify_queries::check(&claim.queries, acts, ("raise_claim_query", "reply_to_claim_query"))
}

/// The amount that an act started a tranche with, if it started one.
fn start(act: &Act) -> Option<i64> {
    let details = &act.details;
    match act.facts.command.as_str() {
        "verify_claim" => details["statement"]["payable_paise"].as_i64(),
        "release_deferred" => details["amount_paise"].as_i64(),
        "verify_final_certificate" if details["tranche"] != Value::Null => {
            details["settlement"]["statement"]["payable_paise"].as_i64()
        }
        _ => None,
    }
}
