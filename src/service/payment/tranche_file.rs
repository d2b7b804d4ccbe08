//! A tranche as a page shows it: the record with the names that it only has ids of, where it is, and what its reader
//! may do next. What may be done is found by the rules of the record itself, on a copy of it.

use crate::db::award::awards;
use crate::db::claim::claims;
use crate::db::engine::transaction::ReadTx;
use crate::db::payment::tranches::Part;
use crate::db::payment::{payments, tranches};
use crate::db::people::{organisations, users};
use crate::service::Service;
use crate::service::payment::tranches::{READ_PERMISSION, visible};
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::id::{TrancheId, UserId};
use domain::base::permission::{Permission, Role, Step};
use domain::base::refusal::Refusal;
use domain::payment::payment::{BankAnswer, Payment, PaymentStatus};
use domain::payment::tranche::{Tranche, TrancheStatus};
use domain::people::user::Actor;
use domain::words;
use std::collections::BTreeMap;
use std::sync::Arc;

words! {
    /// Something that a person can do to a tranche.
    pub enum TrancheAct {
        Recommend = "recommend",
        Concur = "concur",
        Sanction = "sanction",
        Advise = "advise",
        Reject = "reject",
    }
}

/// How an address names a tranche.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrancheReference {
    Id(TrancheId),
    Number(String),
}

/// Who has a file now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The offices that can take the next step.
    pub offices: Vec<Role>,
    pub since: Timestamp,
}

/// An act that the reader's roles allow on the file as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextAct {
    pub act: TrancheAct,
    /// Why this person may not take it all the same.
    pub refusal: Option<Refusal>,
}

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
}

/// One tranche with everything that its page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrancheFile {
    pub tranche: Tranche,
    pub beneficiary: String,
    pub claim: String,
    pub award: String,
    pub steps: Vec<StepTaken>,
    /// The steps that are still to come, in their order.
    pub coming: Vec<(Step, Vec<Role>)>,
    pub waiting: Option<Waiting>,
    pub next: Vec<NextAct>,
    pub payments: Vec<Payment>,
    pub today: NaiveDate,
}

/// One payment with everything that its page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentFile {
    pub payment: Payment,
    pub tranche: Tranche,
    pub beneficiary: String,
    /// The answers of the bank that the reader may record now.
    pub answers: Vec<PaymentStatus>,
    pub today: NaiveDate,
}

/// One row of the list of tranches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrancheRow {
    pub tranche: Tranche,
    pub beneficiary: String,
    pub waiting: Option<Waiting>,
}

/// One page of the list of tranches, and how many there are in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrancheList {
    pub rows: Vec<TrancheRow>,
    pub all: i64,
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
        _ => None,
    }
}

/// The offices that take a step.
fn offices_of(step: Step) -> Vec<Role> {
    permission_of(step).map_or_else(Vec::new, |permission| permission.roles().to_vec())
}

impl TrancheAct {
    fn permission(self) -> Permission {
        match self {
            TrancheAct::Recommend => Permission::RecommendTranche,
            TrancheAct::Concur => Permission::ConcurTranche,
            TrancheAct::Sanction => Permission::SanctionTranche,
            TrancheAct::Advise => Permission::AdvisePayment,
            TrancheAct::Reject => Permission::RejectTranche,
        }
    }

    /// Takes the step on a copy of the record, as its command would.
    fn tried(self, tranche: &Tranche, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        let mut copy = tranche.clone();
        let step = match self {
            TrancheAct::Recommend => Step::Recommend,
            TrancheAct::Concur => Step::Concur,
            TrancheAct::Sanction => Step::Sanction,
            TrancheAct::Advise => Step::Pay,
            TrancheAct::Reject => return copy.reject("", by, at),
        };
        copy.check_hold(at.date_in_india())?;
        copy.take(step, by, at, "")
    }
}

/// The acts that the roles allow on this file, each with what would refuse this person. An act for which the file
/// is in another state is not among them.
fn next_acts(tranche: &Tranche, actor: &Actor, now: Timestamp) -> Vec<NextAct> {
    let allowed = TrancheAct::ALL.iter().filter(|act| actor.may(act.permission()).is_ok());
    let tried = allowed.map(|act| NextAct { act: *act, refusal: act.tried(tranche, actor.user_id, now).err() });
    tried.filter(|next| !matches!(next.refusal, Some(Refusal::WrongState { .. }))).collect()
}

/// The steps of this tranche that nobody took yet: found by taking them all on a copy.
fn coming(tranche: &Tranche, now: Timestamp) -> Vec<Step> {
    let order = [Step::Recommend, Step::Concur, Step::Sanction, Step::Pay];
    let mut copy = tranche.clone();
    let mut found = Vec::new();
    for (place, step) in (1..).zip(order) {
        // Different people who are nobody: only the order is in question.
        if copy.take(step, UserId(uuid::Uuid::from_u128(place)), now, "").is_ok() {
            found.push(step);
        }
    }
    found
}

/// Who has the file, and since when.
fn waiting(tranche: &Tranche, now: Timestamp) -> Option<Waiting> {
    let since = tranche.steps.0.last().map_or(tranche.created_at, |step| step.taken_at);
    if tranche.status == TrancheStatus::Advised {
        return Some(Waiting { offices: Permission::SettlePayment.roles().to_vec(), since });
    }
    coming(tranche, now).first().map(|step| Waiting { offices: offices_of(*step), since })
}

/// Names of people, for a reader who may see them: an office and the auditor see all, a manufacturer only those of
/// its own organisation.
fn names_for(tx: &mut ReadTx<'_>, actor: &Actor, tranche: &Tranche) -> Result<BTreeMap<UserId, String>, Error> {
    let steps = tranche.steps.0.iter();
    if !actor.roles.is_manufacturer() {
        let ids: Vec<String> = steps.map(|step| step.taken_by.to_string()).collect();
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

fn steps_of(tranche: &Tranche, names: &BTreeMap<UserId, String>, office_only: bool) -> Vec<StepTaken> {
    let shown = tranche.steps.0.iter().map(|step| StepTaken {
        step: step.step,
        offices: offices_of(step.step),
        by: step.taken_by,
        name: names.get(&step.taken_by).cloned(),
        at: step.taken_at,
        note: (!office_only || names.contains_key(&step.taken_by)).then(|| step.note.text().to_owned()),
    });
    shown.collect()
}

/// The answers that the rules of a payment would take now, whatever their details are.
fn answers_to(payment: &Payment, actor: &Actor, now: Timestamp) -> Vec<PaymentStatus> {
    if actor.may(Permission::SettlePayment).is_err() {
        return Vec::new();
    }
    let takes = |outcome: &PaymentStatus| {
        let answer = BankAnswer { outcome: *outcome, utr: None, paid_on: None, amount_paise: None, reason: None };
        *outcome != PaymentStatus::Advised && payment.clone().settle(&answer, actor.user_id, now).is_ok()
    };
    PaymentStatus::ALL.iter().copied().filter(takes).collect()
}

fn beneficiary(tx: &mut ReadTx<'_>, tranche: &Tranche) -> Result<String, Error> {
    Ok(organisations::find(tx, tranche.organisation_id)?.or_not_found("organisation")?.name)
}

fn file(tx: &mut ReadTx<'_>, actor: &Actor, of: TrancheReference, now: Timestamp) -> Result<TrancheFile, Error> {
    let id = match of {
        TrancheReference::Id(id) => id,
        TrancheReference::Number(number) => tranches::id_of_number(tx, &number)?.or_not_found("tranche")?,
    };
    let tranche = visible(tx, actor, id)?;
    let names = names_for(tx, actor, &tranche)?;
    Ok(TrancheFile {
        beneficiary: beneficiary(tx, &tranche)?,
        claim: claims::find(tx, tranche.claim_id)?.or_not_found("claim")?.name(),
        award: awards::find(tx, tranche.award_id)?.or_not_found("award")?.number,
        steps: steps_of(&tranche, &names, actor.roles.is_manufacturer()),
        coming: coming(&tranche, now).into_iter().map(|step| (step, offices_of(step))).collect(),
        waiting: waiting(&tranche, now),
        next: next_acts(&tranche, actor, now),
        payments: payments::list(tx, Some(id), actor.narrowed_to())?,
        today: now.date_in_india(),
        tranche,
    })
}

impl Service {
    /// One tranche with what its page shows, if it exists for this person.
    pub async fn tranche_file(self: &Arc<Self>, caller: Caller, of: TrancheReference) -> Result<TrancheFile, Error> {
        let now = self.clock.now();
        self.read(caller, READ_PERMISSION, move |tx, actor| file(tx, actor, of, now)).await
    }

    /// One payment with what its page shows, if it exists for this person.
    pub async fn payment_file(self: &Arc<Self>, caller: Caller, number: String) -> Result<PaymentFile, Error> {
        let now = self.clock.now();
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let found = payments::find_by_number(tx, &number)?;
            let payment = found.filter(|payment| actor.sees(payment.organisation_id)).or_not_found("payment")?;
            let tranche = visible(tx, actor, payment.tranche_id)?;
            let answers = answers_to(&payment, actor, now);
            let today = now.date_in_india();
            Ok(PaymentFile { beneficiary: beneficiary(tx, &tranche)?, payment, tranche, answers, today })
        })
        .await
    }

    /// One page of the tranches that a person may see, the newest first; pages are numbered from 1.
    pub async fn tranche_list(
        self: &Arc<Self>,
        caller: Caller,
        status: Option<TrancheStatus>,
        page: i64,
        rows: i64,
    ) -> Result<TrancheList, Error> {
        let now = self.clock.now();
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let part = Part { status, only: actor.narrowed_to() };
            let all = tranches::count(tx, part)?;
            let found = tranches::page(tx, part, page.saturating_sub(1).saturating_mul(rows), rows)?;
            let ids: Vec<String> = found.iter().map(|tranche| tranche.organisation_id.to_string()).collect();
            let names: BTreeMap<String, String> = organisations::names(tx, &ids)?.into_iter().collect();
            let row = |tranche: Tranche| TrancheRow {
                beneficiary: names.get(&tranche.organisation_id.to_string()).cloned().unwrap_or_default(),
                waiting: waiting(&tranche, now),
                tranche,
            };
            Ok(TrancheList { rows: found.into_iter().map(row).collect(), all })
        })
        .await
    }
}
