//! The steps of a tranche as its page shows them: those that were taken, with the office and, for a reader who may
//! see it, the person; the return by which a step fell; and the steps that are still to come.

use crate::db::engine::transaction::ReadTx;
use crate::db::log::audit_log;
use crate::db::people::users;
use crate::service::running::error::Error;
use domain::base::calendar::Timestamp;
use domain::base::desk::Desk;
use domain::base::id::UserId;
use domain::base::permission::{Permission, Role, Step};
use domain::base::step::TrancheStep;
use domain::log::audit::{AuditEntry, AuditFacts};
use domain::payment::tranche::{Tranche, TrancheStatus};
use domain::payment::tranche_return::TrancheReturn;
use domain::people::user::Actor;
use std::collections::BTreeMap;

/// The names that a reader may see, by person.
pub type NamesSeen = BTreeMap<UserId, String>;

/// A step that was taken, with the office that takes it and, for offices and auditors, the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepTaken {
    pub step: Step,
    pub offices: Vec<Role>,
    pub by: UserId,
    /// `None` for a reader who may see the office only.
    pub name: Option<String>,
    pub at: Timestamp,
    /// `None` for a reader who may see the office only.
    pub note: Option<String>,
    /// When the return was made by which it fell: then it is to be taken again.
    pub fallen: Option<Timestamp>,
}

/// A return to an earlier desk, as its reader may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnMade {
    pub from: Desk,
    pub to: Desk,
    /// `None` for a reader who may see the office only.
    pub name: Option<String>,
    pub at: Timestamp,
    /// `None` for a reader to whom they are not addressed.
    pub reasons: Option<String>,
    /// The internal noting: empty if there is none, and for a manufacturer.
    pub note: String,
    /// The number of the sanction order that it reversed.
    pub reversed: Option<String>,
}

impl ReturnMade {
    fn of(one: &TrancheReturn, names: &NamesSeen) -> ReturnMade {
        ReturnMade {
            from: one.from,
            to: one.to,
            name: names.get(&one.returned_by).cloned(),
            at: one.returned_at,
            reasons: one.reasons.as_ref().map(|reasons| reasons.0.clone()),
            note: one.note.text().to_owned(),
            reversed: one.reversed_sanction.as_ref().map(|order| order.number.clone()),
        }
    }
}

/// The permission that a step of the life of a tranche takes.
fn permission_of(step: Step) -> Option<Permission> {
    match step {
        Step::Prepare => Some(Permission::PrepareClaim),
        Step::Submit => Some(Permission::SubmitClaim),
        Step::Verify => Some(Permission::VerifyClaim),
        Step::Recommend => Some(Permission::RecommendTranche),
        Step::Concur => Some(Permission::ConcurTranche),
        Step::Sanction => Some(Permission::SanctionTranche),
        Step::Pay => Some(Permission::AdvisePayment),
        Step::ConfirmFailure => Some(Permission::ConfirmFailure),
        _ => None,
    }
}

/// The offices that take a step.
pub fn offices_of(step: Step) -> Vec<Role> {
    permission_of(step).map_or_else(Vec::new, |permission| permission.roles().to_vec())
}

/// The steps of this tranche that nobody took yet: found by taking them all on a copy.
pub fn coming(tranche: &Tranche, now: Timestamp) -> Vec<(Step, Vec<Role>)> {
    let order = [Step::Recommend, Step::Concur, Step::Sanction, Step::Pay];
    let mut copy = tranche.clone();
    let mut found = Vec::new();
    if copy.awaits_verification() {
        found.push((Step::Verify, offices_of(Step::Verify)));
        copy.status = TrancheStatus::Verified;
    }
    for (place, step) in (1..).zip(order) {
        // Different people who are nobody: only the order is in question.
        if copy.take(step, UserId(uuid::Uuid::from_u128(place)), now, "").is_ok() {
            found.push((step, offices_of(step)));
        }
    }
    found
}

/// Names of people, for a reader who may see them: an office and the auditor see all, a manufacturer only those of
/// its own organisation.
pub fn names_for(tx: &mut ReadTx<'_>, actor: &Actor, tranche: &Tranche) -> Result<NamesSeen, Error> {
    let steps = tranche.steps.0.iter();
    if !actor.roles.is_manufacturer() {
        let people = steps.map(|step| step.taken_by).chain(tranche.returns.0.iter().map(|one| one.returned_by));
        let ids: Vec<String> = people.map(|person| person.to_string()).collect();
        let named = users::names(tx, &ids)?.into_iter();
        return Ok(named.filter_map(|(id, name)| Some((id.parse().ok()?, name))).collect());
    }
    let mut names = BTreeMap::new();
    for step in steps.filter(|step| [Step::Prepare, Step::Submit].contains(&step.step)) {
        let user = users::find(tx, step.taken_by)?;
        let own = user.filter(|user| user.organisation_id.is_some() && user.organisation_id == actor.organisation_id);
        names.extend(own.map(|user| (user.id, user.name)));
    }
    Ok(names)
}

/// Whether a person writes a noting with this step. The notes of the others name only what the step was taken on.
fn is_noting(step: Step) -> bool {
    !matches!(step, Step::Prepare | Step::Submit | Step::Pay)
}

/// By which commands a company takes its steps on a claim.
const OF_COMPANY: [(&str, Step); 4] = [
    ("create_claim", Step::Prepare),
    ("change_claim", Step::Prepare),
    ("upload_claim_lines", Step::Prepare),
    ("submit_claim", Step::Submit),
];

/// What the company did with the claim of a tranche. A tranche begins when its claim is verified, and has the company's
/// steps from then on; when they were taken is in the log.
pub fn done_by_company(tx: &mut ReadTx<'_>, tranche: &Tranche) -> Result<Vec<AuditEntry>, Error> {
    let commands = OF_COMPANY.map(|(command, _)| command);
    Ok(audit_log::done_about(tx, &[format!("claim:{}", tranche.claim_id)], &commands)?)
}

/// When a step was taken: a step of the company when it did it last before the tranche had it.
fn taken_at(step: &TrancheStep, done: &[AuditEntry]) -> Timestamp {
    let same = |facts: &AuditFacts| {
        let by_command = OF_COMPANY.contains(&(facts.command.as_str(), step.step));
        by_command && facts.actor_id == step.taken_by && facts.recorded_at <= step.taken_at
    };
    done.iter().rev().find(|entry| same(&entry.facts)).map_or(step.taken_at, |entry| entry.facts.recorded_at)
}

/// The steps that were taken; the noting of a step is shown to whoever may see the name.
pub fn steps_of(tranche: &Tranche, names: &NamesSeen, office_only: bool, done: &[AuditEntry]) -> Vec<StepTaken> {
    let shown = tranche.steps.0.iter().map(|step| StepTaken {
        step: step.step,
        offices: offices_of(step.step),
        by: step.taken_by,
        name: names.get(&step.taken_by).cloned(),
        at: taken_at(step, done),
        note: (is_noting(step.step) && (!office_only || names.contains_key(&step.taken_by)))
            .then(|| step.note.text().to_owned()),
        fallen: step.fallen.as_ref().map(|fallen| fallen.at),
    });
    shown.collect()
}

/// The returns, oldest first, as the reader of this copy of the tranche may see them.
pub fn returns_of(readable: &Tranche, names: &NamesSeen) -> Vec<ReturnMade> {
    readable.returns.0.iter().map(|one| ReturnMade::of(one, names)).collect()
}

/// The return after which the tranche still lies at the desk to which it went: whoever sits there must act on it.
/// `with_company` says whether its claim lies with the company, which corrects it.
pub fn to_act_on(readable: &Tranche, names: &NamesSeen, with_company: bool) -> Option<ReturnMade> {
    let last = readable.returns.0.last()?;
    let lies_there = match last.to {
        Desk::Prepare => with_company && readable.awaits_verification(),
        desk => readable.status.desk() == Some(desk),
    };
    let untouched = lies_there && readable.steps.0.len() as i64 == last.steps_before;
    untouched.then(|| ReturnMade::of(last, names))
}
