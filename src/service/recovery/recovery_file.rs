//! A recovery as a page shows it: the record with the names that it only has ids of, what is due today line by line,
//! with whom it lies, and what its reader may do next. What may be done is found by the rules of the record itself, on
//! a copy of it.

use crate::db::engine::evidence;
use crate::db::engine::transaction::ReadTx;
use crate::db::people::organisations;
use crate::db::recovery::recovery_files::{context, payment_numbers};
use crate::db::recovery::{recoveries, recovery_credits};
use crate::service::Service;
use crate::service::recovery::recoveries::{READ_PERMISSION, paying_steps, readable, readable_credits, visible};
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use crate::service::running::sheets;
use crate::service::worklist::names::Names;
use crate::service::worklist::who_can::{WhoCan, stopped};
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::evidence::Evidence;
use domain::base::id::{EvidenceId, PaymentId, UserId};
use domain::base::permission::{Permission, Role, Step};
use domain::base::refusal::Refusal;
use domain::base::step::TrancheStep;
use domain::correspondence::about::SheetCounts;
use domain::people::user::Actor;
use domain::recovery::instalments::InstalmentState;
use domain::recovery::notice_withdrawal::NoticeWithdrawal;
use domain::recovery::recovery::{NoticeReply, OrderOutcome, Recovery, RecoveryStatus};
use domain::recovery::recovery_credit::{RecoveryCredit, RecoveryStatement};
use domain::words;
use domain::worklist::matter::MatterKind;
use domain::worklist::waiting::Waiting;
use std::collections::BTreeMap;
use std::sync::Arc;

pub use crate::db::recovery::recovery_files::{RecoveryContext, RecoveryReference};

words! {
    /// Something that a person can do to a recovery, in the order of its page: first what somebody waits for.
    pub enum RecoveryAct {
        Reply = "reply",
        Order = "order",
        Withdraw = "withdraw",
        Demand = "demand",
        DecideRelief = "decide_relief",
        Receipt = "receipt",
        SetOff = "set_off",
        Instalments = "instalments",
        ProposeRelief = "propose_relief",
    }
}

/// An act that the reader's roles allow on the recovery as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextRecoveryAct {
    pub act: RecoveryAct,
    /// Why it cannot be done all the same.
    pub refusal: Option<Refusal>,
}

/// One recovery with everything that its page shows.
pub struct WholeRecovery {
    /// The record as this reader may see it.
    pub recovery: Recovery,
    pub context: RecoveryContext,
    pub credits: Vec<RecoveryCredit>,
    pub instalments: Vec<InstalmentState>,
    /// What is due today, or would be if it were demanded.
    pub statement: RecoveryStatement,
    /// One entry for each act that it waits for.
    pub waiting: Vec<Waiting>,
    /// Who can take the acts that an earlier step of the reader refuses.
    pub who_can: WhoCan,
    /// The documents of the reply.
    pub evidence: BTreeMap<EvidenceId, Evidence>,
    /// The numbers of the payments that it names.
    pub payments: BTreeMap<PaymentId, String>,
    pub sheet: SheetCounts,
    pub people: Names,
    pub next: Vec<NextRecoveryAct>,
    pub today: NaiveDate,
}

/// One row of the list of recoveries.
pub struct RecoveryRow {
    pub recovery: Recovery,
    pub beneficiary: String,
    /// The offices that can end its wait; none if it waits for nobody.
    pub offices: Vec<Role>,
}

/// One page of the list of recoveries, and how many there are in all.
pub struct RecoveryList {
    pub rows: Vec<RecoveryRow>,
    pub all: i64,
}

impl RecoveryAct {
    fn permission(self) -> Permission {
        match self {
            RecoveryAct::Reply => Permission::ReplyToShowCause,
            RecoveryAct::Order | RecoveryAct::SetOff | RecoveryAct::Instalments => Permission::OrderRecovery,
            RecoveryAct::Withdraw => Permission::IssueShowCause,
            RecoveryAct::Demand => Permission::DemandRecovery,
            RecoveryAct::Receipt => Permission::RecordReceipt,
            RecoveryAct::ProposeRelief => Permission::ProposeRelief,
            RecoveryAct::DecideRelief => Permission::DecideRelief,
        }
    }

    /// The step of an officer that is recorded with it; a reply is none.
    fn step(self) -> Option<Step> {
        match self {
            RecoveryAct::Reply => None,
            RecoveryAct::Order | RecoveryAct::SetOff | RecoveryAct::Instalments => Some(Step::Order),
            RecoveryAct::Withdraw => Some(Step::ShowCause),
            RecoveryAct::Demand => Some(Step::Demand),
            RecoveryAct::Receipt => Some(Step::Collect),
            RecoveryAct::ProposeRelief => Some(Step::ProposeRelief),
            RecoveryAct::DecideRelief => Some(Step::Relieve),
        }
    }

    /// Takes the step on a copy of the record, as its command would, as far as the record alone decides.
    fn tried(self, recovery: &Recovery, paying: &[TrancheStep], by: UserId, at: Timestamp) -> Result<(), Refusal> {
        let (mut copy, today) = (recovery.clone(), at.date_in_india());
        match self {
            RecoveryAct::Reply => {
                let reply = NoticeReply { text: String::new(), evidence: Vec::new(), replied_by: by, replied_at: at };
                copy.answer(reply)?;
            }
            RecoveryAct::Order => copy.decide(OrderOutcome::Confirmed, None, "", today).map(|_| ())?,
            RecoveryAct::Withdraw => {
                let withdrawal = NoticeWithdrawal { reason: String::new(), withdrawn_by: by, withdrawn_at: at };
                copy.withdraw_notice(withdrawal).map(|_| ())?;
            }
            RecoveryAct::Demand => copy.make_due(today, "", today).map(|_| ())?,
            RecoveryAct::DecideRelief => {
                copy.relief.as_ref().ok_or(Refusal::NothingProposed)?;
                copy.require_due()?;
            }
            RecoveryAct::Receipt | RecoveryAct::SetOff | RecoveryAct::Instalments | RecoveryAct::ProposeRelief => {
                copy.require_due()?;
            }
        }
        match self.step() {
            Some(step) => copy.record(paying, step, by, at, ""),
            None => Ok(()),
        }
    }
}

/// The acts that the roles allow on this recovery, each with what would refuse it. An act for which the recovery is in
/// another state, or for which nothing is proposed, is not among them.
fn next_acts(recovery: &Recovery, paying: &[TrancheStep], actor: &Actor, now: Timestamp) -> Vec<NextRecoveryAct> {
    let allowed = RecoveryAct::ALL.iter().filter(|act| actor.may(act.permission()).is_ok());
    let tried = allowed
        .map(|act| NextRecoveryAct { act: *act, refusal: act.tried(recovery, paying, actor.user_id, now).err() });
    let elsewhere = |refusal: &Refusal| matches!(refusal, Refusal::WrongState { .. } | Refusal::NothingProposed);
    tried.filter(|next| !next.refusal.as_ref().is_some_and(elsewhere)).collect()
}

/// The matters for which a recovery waits. A company is not told of relief that nobody decided on.
fn kinds(actor: &Actor) -> &'static [MatterKind] {
    match actor.roles.is_manufacturer() {
        true => &[MatterKind::Recovery],
        false => &[MatterKind::Recovery, MatterKind::Relief],
    }
}

/// Everybody whom the page of a recovery names.
fn people_of(recovery: &Recovery, credits: &[RecoveryCredit]) -> Vec<UserId> {
    let mut people: Vec<UserId> = recovery.steps.0.iter().map(|step| step.taken_by).collect();
    people.extend(recovery.reply.as_ref().map(|reply| reply.replied_by));
    people.extend(recovery.withdrawal().map(|withdrawal| withdrawal.withdrawn_by));
    people.extend(recovery.plan.as_ref().map(|plan| plan.granted_by));
    people.extend(recovery.set_off.as_ref().map(|order| order.ordered_by));
    people.extend(recovery.relief.as_ref().map(|proposal| proposal.proposed_by));
    people.extend(credits.iter().map(|credit| credit.recorded_by));
    people.sort_unstable();
    people.dedup();
    people
}

/// The payments that the page of a recovery names.
fn payments_of(recovery: &Recovery, context: &RecoveryContext, credits: &[RecoveryCredit]) -> Vec<PaymentId> {
    let mut payments: Vec<PaymentId> = context.payment.into_iter().chain(recovery.held_by).collect();
    payments.extend(credits.iter().filter_map(|credit| credit.payment_id));
    payments.sort_unstable();
    payments.dedup();
    payments
}

impl Service {
    fn whole_recovery(
        &self,
        tx: &mut ReadTx<'_>,
        actor: &Actor,
        of: &RecoveryReference,
    ) -> Result<WholeRecovery, Error> {
        let now = self.clock.now();
        let today = now.date_in_india();
        let context = context(tx, of)?.or_not_found("recovery")?;
        let recovery = visible(tx, actor, context.id)?;
        let credits = recovery_credits::of_recovery(tx, recovery.id)?;
        let schemes = self.schemes.current(tx)?;
        let rates = schemes.in_force(&recovery.scheme_code, today)?.recovery_interest();
        let paying = paying_steps(tx, &recovery)?;
        let documents = recovery.reply.iter().flat_map(|reply| &reply.evidence);
        let found = evidence::of_ids(tx, &documents.map(ToString::to_string).collect::<Vec<_>>())?;
        let next = next_acts(&recovery, &paying, actor, now);
        let stopped = stopped(actor, next.iter().map(|next| &next.refusal));
        let (waiting, who_can) = self.turn_of(tx, stopped, kinds(actor), &recovery.id.to_string(), today)?;
        Ok(WholeRecovery {
            statement: RecoveryStatement::of(&recovery, &credits, rates, today)?,
            instalments: recovery
                .plan
                .as_ref()
                .map(|plan| plan.states(today, recovery.status == RecoveryStatus::Settled))
                .unwrap_or_default(),
            waiting,
            who_can,
            evidence: found.into_iter().map(|file| (file.id, file)).collect(),
            payments: payment_numbers(tx, &payments_of(&recovery, &context, &credits))?,
            sheet: sheets::counts(tx, actor, recovery.id.into())?,
            people: Names::of_people(tx, actor, &people_of(&recovery, &credits))?,
            next,
            credits: readable_credits(actor, credits),
            recovery: readable(actor, recovery),
            context,
            today,
        })
    }

    /// One recovery with what its page shows, if it exists for this person.
    pub async fn recovery_file(
        self: &Arc<Self>,
        caller: Caller,
        of: RecoveryReference,
    ) -> Result<WholeRecovery, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| service.whole_recovery(tx, actor, &of)).await
    }

    /// One page of the recoveries that a person may see, the newest first; pages are numbered from 1.
    pub async fn recovery_list(
        self: &Arc<Self>,
        caller: Caller,
        status: Option<RecoveryStatus>,
        page: i64,
        rows: i64,
    ) -> Result<RecoveryList, Error> {
        let (service, today) = (Arc::clone(self), self.clock.now().date_in_india());
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let part = recoveries::Part { status, only: actor.narrowed_to() };
            let all = recoveries::count(tx, part)?;
            let found = recoveries::page(tx, part, page.saturating_sub(1).saturating_mul(rows), rows)?;
            let ids: Vec<String> = found.iter().map(|recovery| recovery.organisation_id.to_string()).collect();
            let names: BTreeMap<String, String> = organisations::names(tx, &ids)?.into_iter().collect();
            let with: Vec<String> = found.iter().map(|recovery| recovery.id.to_string()).collect();
            let mut offices = service.offices_of_all(tx, kinds(actor), &with, today)?;
            let row = |recovery: Recovery| RecoveryRow {
                beneficiary: names.get(&recovery.organisation_id.to_string()).cloned().unwrap_or_default(),
                offices: offices.remove(&recovery.id.to_string()).unwrap_or_default(),
                recovery: readable(actor, recovery),
            };
            Ok(RecoveryList { rows: found.into_iter().map(row).collect(), all })
        })
        .await
    }
}
