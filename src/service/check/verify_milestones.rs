//! Milestones and excuses, compared with the audit log: the agreed terms, every round of report and inspection,
//! every excuse, and the share that each claim took.

use crate::db::award::awards;
use crate::db::claim::{claimed_shares, claims};
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::{excuses, milestones};
use crate::service::check::verify_log::DoneCounts;
use crate::service::check::verify_queries;
use crate::service::check::verify_records::{Act, Acts, CHUNK_ROWS, acts_of, same, same_field};
use crate::service::milestone::excuses::digest_of;
use domain::base::id::AwardId;
use domain::milestone::excuse::Excuse;
use domain::milestone::milestone::{Milestone, MilestoneStatus, ReportRound, VerificationOutcome};
use domain::milestone::report_return::ReportReturn;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The first milestone, excuse or share that differs from the log.
pub fn first_fault(tx: &mut ReadTx<'_>, done: &DoneCounts) -> Result<Option<String>, DbError> {
    let checks: [&dyn Fn(&mut ReadTx<'_>) -> _; 3] = [&milestones_fault, &|tx| excuses_fault(tx, done), &shares_fault];
    for check in checks {
        if let Some(fault) = check(tx)? {
            return Ok(Some(fault));
        }
    }
    Ok(None)
}

fn milestones_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    let mut last = String::new();
    let mut rows: BTreeMap<AwardId, usize> = BTreeMap::new();
    loop {
        let chunk = milestones::after(tx, &last, CHUNK_ROWS)?;
        let Some(end) = chunk.last() else { break };
        last = end.id.to_string();
        let subjects: BTreeSet<String> = chunk.iter().flat_map(|one| [subject_of(one), agreed_under(one)]).collect();
        let acts = acts_of(tx, &Vec::from_iter(subjects))?;
        for milestone in &chunk {
            *rows.entry(milestone.award_id).or_default() += 1;
            if let Err(fault) = check_milestone(milestone, &acts) {
                return Ok(Some(format!("milestone {} of award {}: {fault}", milestone.code, milestone.award_id)));
            }
        }
    }
    awards_fault(tx, &rows)
}

fn subject_of(milestone: &Milestone) -> String {
    format!("milestone:{}", milestone.id)
}

fn agreed_under(milestone: &Milestone) -> String {
    format!("award:{}", milestone.award_id)
}

fn check_milestone(milestone: &Milestone, acts: &Acts) -> Result<(), String> {
    check_terms(milestone, acts.of(&agreed_under(milestone)))?;
    let own = acts.of(&subject_of(milestone));
    let of_rounds = ["report_milestone", "verify_milestone", "return_milestone"];
    let of_queries = ["raise_milestone_query", "reply_to_milestone_query"];
    let named = |names: &[&str]| -> Vec<&Act> {
        own.iter().filter(|act| names.contains(&act.facts.command.as_str())).collect()
    };
    let rounds = named(&of_rounds);
    same("its version", milestone.version, 1 + (rounds.len() + named(&of_queries).len()) as i64)?;
    verify_queries::check(&milestone.queries, own, (of_queries[0], of_queries[1]))?;
    let mut acts = rounds.iter();
    for (index, round) in milestone.rounds.0.iter().enumerate() {
        let of = |what: &str| format!("round {}: {what}", index + 1);
        let Some(reported) = acts.next() else { return Err(of("the log does not say that it was reported")) };
        check_report(round, reported).map_err(|fault| of(&fault))?;
        if round.verification.is_some() {
            let Some(verified) = acts.next() else { return Err(of("the log does not say that it was verified")) };
            check_verification(round, verified).map_err(|fault| of(&fault))?;
        }
        if let Some(one) = &round.returned {
            let Some(returned) = acts.next() else { return Err(of("the log does not say that it was returned")) };
            check_return(round, one, returned).map_err(|fault| of(&fault))?;
        }
    }
    if acts.next().is_some() {
        return Err("the log says more of it than its rounds do".to_owned());
    }
    check_state(milestone)
}

/// Compares the agreed terms where the log has them: the schedule of an older award is not on record.
fn check_terms(milestone: &Milestone, acts: &[Act]) -> Result<(), String> {
    let issued = acts.iter().find(|act| act.facts.command == "issue_award");
    let Some(agreed) = issued.and_then(|act| act.details["schedule"].as_array()) else { return Ok(()) };
    let terms = milestone.terms();
    match agreed.iter().find(|one| one["id"] == terms["id"]) {
        Some(logged) => same("what was agreed", terms.to_string(), logged.to_string()),
        None => Err("the log does not say that it was agreed".to_owned()),
    }
}

fn check_report(round: &ReportRound, act: &Act) -> Result<(), String> {
    same("the act", act.facts.command.as_str(), "report_milestone")?;
    same_field("what was reported", &json!(round.report.installed_mtpa), act, "installed_mtpa")?;
    same_field("the day it was reached", &json!(round.report.achieved_on), act, "achieved_on")?;
    same("the person who reported it", round.reported_by, act.facts.actor_id)?;
    same("the time it was reported", round.reported_at, act.facts.recorded_at)?;
    let as_reported = ReportRound { verification: None, returned: None, ..round.clone() };
    same_field("the digest of the report", &json!(as_reported.digest()), act, "round_digest")
}

fn check_verification(round: &ReportRound, act: &Act) -> Result<(), String> {
    let Some(verification) = &round.verification else { return Ok(()) };
    same("the act", act.facts.command.as_str(), "verify_milestone")?;
    same_field("its outcome", &json!(verification.outcome), act, "outcome")?;
    same_field("the day of the inspection", &json!(verification.inspection.inspected_on), act, "inspected_on")?;
    same_field("what was measured", &json!(verification.inspection.installed_mtpa), act, "installed_mtpa")?;
    same("the person who verified it", verification.verified_by, act.facts.actor_id)?;
    same("the time it was verified", verification.verified_at, act.facts.recorded_at)?;
    same_field("the digest of the round", &json!(round.digest()), act, "round_digest")
}

fn check_return(round: &ReportRound, one: &ReportReturn, act: &Act) -> Result<(), String> {
    same("the act", act.facts.command.as_str(), "return_milestone")?;
    same("the person who returned it", one.returned_by, act.facts.actor_id)?;
    same("the time it was returned", one.returned_at, act.facts.recorded_at)?;
    same_field("the digest of the round", &json!(round.digest()), act, "round_digest")
}

/// The state must follow from the rounds.
fn check_state(milestone: &Milestone) -> Result<(), String> {
    let last = milestone.rounds.0.last();
    let outcome = last.and_then(|round| round.verification.as_ref()).map(|verification| verification.outcome);
    let status = match (last, outcome) {
        (Some(round), None) if round.returned.is_some() => MilestoneStatus::Returned,
        (None, _) | (_, Some(VerificationOutcome::PartlyVerified)) => MilestoneStatus::Due,
        (_, None) => MilestoneStatus::Reported,
        (_, Some(VerificationOutcome::Returned)) => MilestoneStatus::Returned,
        (_, Some(VerificationOutcome::Verified)) => MilestoneStatus::Verified,
    };
    same("its status", milestone.status, status)?;
    let achieved_on = last.filter(|_| status == MilestoneStatus::Verified).map(|round| round.report.achieved_on);
    same("the day it was achieved", json!(milestone.achieved_on), json!(achieved_on))
}

/// No milestone of an award may have been removed or added, and the award's commissioning must agree with its
/// milestone.
fn awards_fault(tx: &mut ReadTx<'_>, rows: &BTreeMap<AwardId, usize>) -> Result<Option<String>, DbError> {
    let mut last = String::new();
    loop {
        let chunk = awards::after(tx, &last, CHUNK_ROWS)?;
        let Some(end) = chunk.last() else { return Ok(None) };
        last = end.id.to_string();
        let subjects: Vec<String> = chunk.iter().map(|award| format!("award:{}", award.id)).collect();
        let acts = acts_of(tx, &subjects)?;
        for (award, subject) in chunk.iter().zip(&subjects) {
            let issued = acts.of(subject).iter().find(|act| act.facts.command == "issue_award");
            let agreed = issued.and_then(|act| act.details["schedule"].as_array()).map(Vec::len);
            let stored = rows.get(&award.id).copied().unwrap_or(0);
            if agreed.is_some_and(|agreed| agreed != stored) {
                let agreed = agreed.unwrap_or_default();
                return Ok(Some(format!(
                    "award {}: {stored} milestones are stored, the log names {agreed}",
                    award.number
                )));
            }
            let schedule = milestones::list(tx, Some(award.id), None)?;
            let commissioned = schedule.iter().find(|one| one.commissions).and_then(|one| one.achieved_on);
            if let Err(fault) = same("the day it was commissioned", json!(award.commissioned_on), json!(commissioned)) {
                return Ok(Some(format!("award {}: {fault}", award.number)));
            }
        }
    }
}

fn excuses_fault(tx: &mut ReadTx<'_>, done: &DoneCounts) -> Result<Option<String>, DbError> {
    let (mut last, mut rows) = (String::new(), 0);
    loop {
        let chunk = excuses::after(tx, &last, CHUNK_ROWS)?;
        let Some(end) = chunk.last() else { break };
        last = end.id.to_string();
        rows += chunk.len() as i64;
        let subjects: Vec<String> = chunk.iter().map(|excuse| format!("excuse:{}", excuse.id)).collect();
        let acts = acts_of(tx, &subjects)?;
        for (excuse, subject) in chunk.iter().zip(&subjects) {
            if let Err(fault) = check_excuse(excuse, acts.of(subject)) {
                return Ok(Some(format!("excuse {}: {fault}", excuse.number)));
            }
        }
    }
    let known = done.of("ask_excuse");
    Ok((known != rows).then(|| format!("{rows} excuses are stored, the log names {known}")))
}

/// Compares first the fields that an officer would look for, then the digest of the whole.
fn check_excuse(excuse: &Excuse, acts: &[Act]) -> Result<(), String> {
    let Some(newest) = acts.last() else { return Err("the log does not say that it was asked for".to_owned()) };
    let reference = excuse.decision.as_ref().map(|decision| &decision.reference);
    let fields: [(&str, Value, &str); 6] = [
        ("its number", json!(excuse.number), "number"),
        ("its status", json!(excuse.status), "status"),
        ("its ground", json!(excuse.ground), "ground"),
        ("the days asked for", json!(excuse.asked()), "asked"),
        ("the days granted", json!(excuse.granted()), "granted"),
        ("its order", json!(reference), "reference"),
    ];
    for (what, stored, field) in fields {
        same_field(what, &stored, newest, field)?;
    }
    let steps = excuse.steps().into_iter().map(|step| (step.taken_by, step.taken_at));
    if !steps.eq(acts.iter().map(|act| (act.facts.actor_id, act.facts.recorded_at))) {
        return Err("the people and times of its steps are not those of the log".to_owned());
    }
    same_field("its digest", &json!(digest_of(excuse)), newest, "digest")
}

/// The share of each verified claim must be the share of its milestone at verification, and the valid claims of
/// a milestone together must take no more than its share reached.
fn shares_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    let mut last = String::new();
    loop {
        let chunk = claims::after(tx, &last, CHUNK_ROWS)?;
        let Some(end) = chunk.last() else { break };
        last = end.id.to_string();
        let ids: Vec<String> = chunk.iter().map(|claim| claim.id.to_string()).collect();
        let taken = claimed_shares::of_claims(tx, &ids)?;
        let subjects: Vec<String> = ids.iter().map(|id| format!("claim:{id}")).collect();
        let acts = acts_of(tx, &subjects)?;
        for (claim, subject) in chunk.iter().zip(&subjects) {
            let own = taken.iter().find(|one| one.claim_id == claim.id);
            // A claim that is verified again keeps the share of its first verification.
            let verified = acts.of(subject).iter().filter(|act| act.facts.command == "verify_claim");
            let logged = verified.filter_map(|act| act.details["milestone_share"].as_i64()).next();
            if logged.is_some_and(|logged| own.map_or(0, |one| one.share.0) != logged) {
                return Ok(Some(format!("claim {}: its share of the milestone is not that of the log", claim.name())));
            }
            if own.is_some_and(|one| Some(one.milestone_id) != claim.milestone_id) {
                return Ok(Some(format!("claim {}: its share is of another milestone", claim.name())));
            }
        }
    }
    let mut last = String::new();
    loop {
        let chunk = milestones::after(tx, &last, CHUNK_ROWS)?;
        let Some(end) = chunk.last() else { return Ok(None) };
        last = end.id.to_string();
        for milestone in &chunk {
            let taken: i64 = claimed_shares::standing(tx, milestone.id)?.iter().map(|one| one.share.0).sum();
            if taken > milestone.claimable_share().0 {
                let code = &milestone.code;
                return Ok(Some(format!("milestone {code}: its claims took more than is reached of it")));
            }
        }
    }
}
