//! A tranche as a page shows it: the record with the names that it only has ids of, where it is, and what its reader
//! may do next. What may be done is found by the rules of the record itself, on a copy of it.

use crate::db::engine::transaction::ReadTx;
use crate::db::payment::tranches::Part;
use crate::db::payment::{disbursement_files, payment_advices, payments, tranche_names, tranches, treasury_returns};
use crate::db::people::organisations;
use crate::service::Service;
use crate::service::payment::payment_failures::{self, SaidOfPayment};
use crate::service::payment::tranche_checks::{TrancheChecks, checks};
use crate::service::payment::tranche_steps::{
    ReturnMade, StepTaken, coming, done_by_company, names_for, returns_of, steps_of, to_act_on,
};
use crate::service::payment::tranches::{READ_PERMISSION, readable, visible};
use crate::service::payment::treasury_lines::{UnrecordedLine, unrecorded};
use crate::service::payment::treasury_returns::READ_PERMISSION as TREASURY_PERMISSION;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use crate::service::running::sheets;
use crate::service::worklist::names::Names;
use crate::service::worklist::who_can::{WhoCan, stopped};
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::desk::Desk;
use domain::base::id::TrancheId;
use domain::base::noting::{Noting, Reasons};
use domain::base::permission::{Permission, Role, Step};
use domain::base::record_reference::RecordReference;
use domain::base::refusal::Refusal;
use domain::claim::claim::ClaimStatus;
use domain::correspondence::about::SheetCounts;
use domain::payment::payment::{Payment, PaymentStatus};
use domain::payment::payment_advice::PaymentAdvice;
use domain::payment::tranche::{Tranche, TrancheStatus};
use domain::payment::tranche_return::SendBack;
use domain::people::office::PersonThere;
use domain::people::user::Actor;
use domain::words;
use domain::worklist::matter::MatterKind;
use domain::worklist::payment_rules;
use domain::worklist::rule::Waits;
use domain::worklist::waiting::{Carrier, Waiting};
use std::collections::BTreeMap;
use std::sync::Arc;

words! {
    /// Something that a person can do to a tranche.
    pub enum TrancheAct {
        Recommend = "recommend",
        Concur = "concur",
        Sanction = "sanction",
        Advise = "advise",
        Return = "return",
        Reject = "reject",
    }
}

/// An act that the reader's roles allow on the file as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextAct {
    pub act: TrancheAct,
    /// Why this person may not take it all the same.
    pub refusal: Option<Refusal>,
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
    /// With whom it lies, since when and until when: one entry for each act that it waits for.
    pub waiting: Vec<Waiting>,
    /// Who can take the acts that an earlier step of the reader refuses.
    pub who_can: WhoCan,
    pub next: Vec<NextAct>,
    /// The desks to which the reader may return it, the nearest first.
    pub return_to: Vec<Desk>,
    /// Every return, oldest first.
    pub returns: Vec<ReturnMade>,
    /// The return that must be acted on now.
    pub returned: Option<ReturnMade>,
    /// What became of its claim.
    pub claim_status: ClaimStatus,
    /// Whoever rejected it, with their office then, as the reader may see them.
    pub rejected_by: Option<PersonThere>,
    pub payments: Vec<Payment>,
    /// What an officer relies on, while a step on the money may still follow; a company is not told.
    pub checks: Option<TrancheChecks>,
    pub sheet: SheetCounts,
    pub today: NaiveDate,
}

/// One payment with everything that its page shows.
pub struct PaymentFile {
    pub payment: Payment,
    pub tranche: Tranche,
    pub beneficiary: String,
    /// The number of the disbursement that it made, if it reached the beneficiary.
    pub disbursement: Option<String>,
    /// The file for the treasury in which it stands.
    pub advice: Option<PaymentAdvice>,
    /// What the reader may say of it, and what a second person said.
    pub said: SaidOfPayment,
    /// With whom it lies, or, after it failed, its tranche.
    pub waiting: Vec<Waiting>,
    /// The attempt to pay the tranche that came before it, and the one that followed.
    pub before: Option<String>,
    pub followed_by: Option<String>,
    /// Answers of the treasury about it of which nothing was recorded, for whoever reads those.
    pub unrecorded: Vec<UnrecordedLine>,
    /// Whoever recorded the bank's answer.
    pub people: Names,
    pub today: NaiveDate,
}

/// One row of the list of tranches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrancheRow {
    pub tranche: Tranche,
    pub beneficiary: String,
    pub offices: Vec<Role>,
}

/// One page of the list of tranches, and how many there are in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrancheList {
    pub rows: Vec<TrancheRow>,
    pub all: i64,
}

impl TrancheAct {
    fn permission(self) -> Permission {
        match self {
            TrancheAct::Recommend => Permission::RecommendTranche,
            TrancheAct::Concur => Permission::ConcurTranche,
            TrancheAct::Sanction => Permission::SanctionTranche,
            TrancheAct::Advise => Permission::AdvisePayment,
            TrancheAct::Return => Permission::ReturnTranche,
            TrancheAct::Reject => Permission::RejectTranche,
        }
    }

    /// Takes the step on a copy of the record, as its command would.
    fn tried(self, tranche: &Tranche, actor: &Actor, at: Timestamp) -> Result<(), Refusal> {
        let (mut copy, by) = (tranche.clone(), actor.user_id);
        let step = match self {
            TrancheAct::Recommend => Step::Recommend,
            TrancheAct::Concur => Step::Concur,
            TrancheAct::Sanction => Step::Sanction,
            TrancheAct::Advise => Step::Pay,
            TrancheAct::Reject => return copy.reject("", by, at),
            TrancheAct::Return => return tried_return(tranche, nearest_desk(tranche), actor, at),
        };
        copy.check_hold(at.date_in_india())?;
        copy.take(step, by, at, "")
    }
}

/// Returns a copy of the record to a desk, as the command would.
fn tried_return(tranche: &Tranche, to: Desk, actor: &Actor, at: Timestamp) -> Result<(), Refusal> {
    let mut copy = tranche.clone();
    copy.check_hold(at.date_in_india())?;
    let order = SendBack { to, reasons: Reasons(String::new()), note: Noting::default(), by: actor.user_id, at };
    copy.send_back(order, &actor.roles).map(|_| ())
}

/// The desk before the one at which the tranche lies.
fn nearest_desk(tranche: &Tranche) -> Desk {
    let before = Desk::ALL.iter().copied().filter(|desk| tranche.status.desk().is_some_and(|at| *desk < at));
    before.max().unwrap_or(Desk::Verify)
}

/// The desks to which this person may return the tranche, the nearest first. The company is no such desk: an agency
/// that verifies again asks it.
fn return_to(tranche: &Tranche, actor: &Actor, now: Timestamp) -> Vec<Desk> {
    if actor.may(Permission::ReturnTranche).is_err() {
        return Vec::new();
    }
    let offices = Desk::ALL.iter().copied().rev().filter(|desk| *desk != Desk::Prepare);
    offices.filter(|desk| tried_return(tranche, *desk, actor, now).is_ok()).collect()
}

/// The acts that the roles allow on this file, each with what would refuse this person. An act for which the file
/// is in another state, or at another desk, is not among them.
fn next_acts(tranche: &Tranche, actor: &Actor, now: Timestamp) -> Vec<NextAct> {
    let allowed = TrancheAct::ALL.iter().filter(|act| actor.may(act.permission()).is_ok());
    let tried = allowed.map(|act| NextAct { act: *act, refusal: act.tried(tranche, actor, now).err() });
    let elsewhere = |refusal: &Refusal| matches!(refusal, Refusal::WrongState { .. } | Refusal::NotYourDesk { .. });
    tried.filter(|next| !next.refusal.as_ref().is_some_and(elsewhere)).collect()
}

/// With whom it lies, and who can act where the reader is stopped: itself, or the record that carries its wait.
fn turn(
    service: &Service,
    tx: &mut ReadTx<'_>,
    stopped: Option<&Actor>,
    (tranche, payments): (&Tranche, &[Payment]),
    today: NaiveDate,
) -> Result<(Vec<Waiting>, WhoCan), Error> {
    let (kind, id) = match carried_by(tranche)? {
        MatterKind::Claim => (MatterKind::Claim, tranche.claim_id.to_string()),
        MatterKind::Payment => match payments.last() {
            Some(newest) => (MatterKind::Payment, newest.id.to_string()),
            None => return Ok((Vec::new(), WhoCan::new())),
        },
        kind => (kind, tranche.id.to_string()),
    };
    service.turn_of(tx, stopped, &[kind], &id, today)
}

/// With whom a payment lies; after it failed, its tranche carries the wait, unless it waits for a second person first.
fn waiting_of_payment(
    service: &Service,
    tx: &mut ReadTx<'_>,
    (payment, said): (&Payment, &SaidOfPayment),
    tranche: &Tranche,
    today: NaiveDate,
) -> Result<Vec<Waiting>, Error> {
    let for_second = said.is_unexplained && (tranche.status == TrancheStatus::Sanctioned || tranche.is_over());
    if !for_second && matches!(payment_rules::payment(payment.status, true), Waits::Elsewhere(_)) {
        let (id, number) = (tranche.id.to_string(), tranche.number.clone());
        let carrier = Carrier { kind: MatterKind::Tranche, id, number, amount_paise: None };
        return service.waiting_through(tx, carrier, today);
    }
    service.waiting_of(tx, &[MatterKind::Payment], &payment.id.to_string(), today)
}

/// With whom the first of these answers of the treasury lies that waits; all of them wait for the same office.
fn waiting_of_line(
    service: &Service,
    tx: &mut ReadTx<'_>,
    unrecorded: &[UnrecordedLine],
    today: NaiveDate,
) -> Result<Vec<Waiting>, Error> {
    match unrecorded.iter().find(|one| one.waits).map(|one| &one.line) {
        Some(line) => {
            let id = format!("{}/{}", line.return_id, line.line);
            service.waiting_of(tx, &[MatterKind::TreasuryLine], &id, today)
        }
        None => Ok(Vec::new()),
    }
}

/// The kind of the record that says with whom a tranche lies: its claim while that is verified again, its payment
/// while the bank has it.
fn carried_by(tranche: &Tranche) -> Result<MatterKind, Error> {
    let kind = MatterKind::Tranche;
    match kind.waits(tranche.status.as_str(), false).map_err(Error::Internal)? {
        Waits::Elsewhere(other) => other.parse().map_err(Error::Internal),
        Waits::For(_) | Waits::ForNobody => Ok(kind),
    }
}

/// The offices that a tranche in a list waits for itself; none where its claim carries the wait.
fn offices_waited_for(tranche: &Tranche) -> Result<Vec<Role>, Error> {
    let (kind, state) = match carried_by(tranche)? {
        // In every state of a payment that waits, it waits for the same office.
        MatterKind::Payment => (MatterKind::Payment, PaymentStatus::Advised.as_str()),
        MatterKind::Tranche => (MatterKind::Tranche, tranche.status.as_str()),
        _ => return Ok(Vec::new()),
    };
    let waits = kind.waits(state, false).map_err(Error::Internal)?;
    Ok(waits.offices())
}

/// The answers of the treasury about a payment of which nothing was recorded.
fn unrecorded_answers(
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    payment: &Payment,
    today: NaiveDate,
) -> Result<Vec<UnrecordedLine>, Error> {
    if actor.may(TREASURY_PERMISSION).is_err() {
        return Ok(Vec::new());
    }
    let answers = treasury_returns::answers_about(tx, std::slice::from_ref(&payment.number))?;
    unrecorded(tx, &answers, today)
}

fn rejected_by(tx: &mut ReadTx<'_>, actor: &Actor, tranche: &Tranche) -> Result<Option<PersonThere>, Error> {
    let Some(rejection) = &tranche.rejection else { return Ok(None) };
    let names = Names::of_people(tx, actor, &[rejection.rejected_by])?;
    Ok(names.person(rejection.rejected_by, Some(rejection.rejected_at), None))
}

/// The acts of a company on its claim after a return.
const ACTS_OF_COMPANY: [&str; 2] = ["change_claim", "submit_claim"];

fn file(
    service: &Service,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    of: &RecordReference<TrancheId>,
    now: Timestamp,
    weighs: bool,
) -> Result<TrancheFile, Error> {
    let of = tranche_names::find(tx, of)?.or_not_found("tranche")?;
    let id = of.id;
    let tranche = visible(tx, actor, id)?;
    let shown = readable(actor, tranche.clone());
    let names = names_for(tx, actor, &tranche)?;
    // A payment is made by a step; without one there is none to be read.
    let advised = tranche.steps.0.iter().any(|taken| taken.step == Step::Pay);
    let payments = if advised { payments::list(tx, Some(id), actor.narrowed_to())? } else { Vec::new() };
    let today = now.date_in_india();
    let next = next_acts(&tranche, actor, now);
    let stopped = stopped(actor, next.iter().map(|next| &next.refusal));
    let (waiting, who_can) = turn(service, tx, stopped, (&tranche, &payments), today)?;
    let with_company = waiting.iter().any(|one| ACTS_OF_COMPANY.contains(&one.ends_with));
    Ok(TrancheFile {
        beneficiary: of.beneficiary.clone(),
        claim_status: of.claim_status,
        claim: of.claim.clone().unwrap_or_else(|| tranche.claim_id.to_string()),
        award: of.award.clone(),
        steps: steps_of(&tranche, &names, actor.roles.is_manufacturer(), &done_by_company(tx, &tranche)?),
        coming: coming(&tranche, now),
        waiting,
        who_can,
        next,
        return_to: return_to(&tranche, actor, now),
        returns: returns_of(&shown, &names),
        returned: to_act_on(&shown, &names, with_company),
        rejected_by: rejected_by(tx, actor, &tranche)?,
        sheet: sheets::counts(tx, actor, id.into())?,
        checks: checks(service, tx, actor, (&tranche, payments.as_slice()), &of, weighs)?,
        payments,
        today,
        tranche: shown,
    })
}

impl Service {
    /// One tranche with what its page shows, if it exists for this person; `weighs` adds the limits on the last months.
    pub async fn tranche_file(
        self: &Arc<Self>,
        caller: Caller,
        of: RecordReference<TrancheId>,
        weighs: bool,
    ) -> Result<TrancheFile, Error> {
        let (service, now) = (Arc::clone(self), self.clock.now());
        self.read(caller, READ_PERMISSION, move |tx, actor| file(&service, tx, actor, &of, now, weighs)).await
    }

    /// One payment with what its page shows, if it exists for this person.
    pub async fn payment_file(self: &Arc<Self>, caller: Caller, number: String) -> Result<PaymentFile, Error> {
        let (service, now) = (Arc::clone(self), self.clock.now());
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let attempts = payments::attempts_with(tx, &number, actor.narrowed_to())?;
            let found = attempts.iter().find(|one| one.number == number && actor.sees(one.organisation_id));
            let payment = found.cloned().or_not_found("payment")?;
            let tranche = visible(tx, actor, payment.tranche_id)?;
            let said = payment_failures::said_of(tx, &payment, actor, now)?;
            let today = now.date_in_india();
            let payee = disbursement_files::payee_and_number(tx, payment.organisation_id, payment.id)?;
            let (beneficiary, disbursement) = payee.or_not_found("organisation")?;
            let numbers = |later: bool| {
                let others =
                    attempts.iter().filter(|one| if later { one.id > payment.id } else { one.id < payment.id });
                others.map(|one| one.number.clone()).collect::<Vec<_>>()
            };
            let unrecorded = unrecorded_answers(tx, actor, &payment, today)?;
            let mut waiting = waiting_of_payment(&service, tx, (&payment, &said), &tranche, today)?;
            waiting.extend(waiting_of_line(&service, tx, &unrecorded, today)?);
            Ok(PaymentFile {
                before: numbers(false).pop(),
                followed_by: numbers(true).into_iter().next(),
                unrecorded,
                people: Names::of_people(tx, actor, &said.people(&payment))?,
                disbursement,
                advice: payment_advices::of_payment(tx, payment.id)?,
                beneficiary,
                waiting,
                payment,
                tranche,
                said,
                today,
            })
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
        let (service, today) = (Arc::clone(self), self.clock.now().date_in_india());
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let part = Part { status, only: actor.narrowed_to() };
            let all = tranches::count(tx, part)?;
            let found = tranches::page(tx, part, page.saturating_sub(1).saturating_mul(rows), rows)?;
            let ids: Vec<String> = found.iter().map(|tranche| tranche.organisation_id.to_string()).collect();
            let names: BTreeMap<String, String> = organisations::names(tx, &ids)?.into_iter().collect();
            let claims = found.iter().filter(|one| one.awaits_verification()).map(|one| one.claim_id.to_string());
            let claims: Vec<String> = claims.collect();
            let with = match claims.as_slice() {
                [] => Vec::new(),
                claims => service.waiting_of_all(tx, &[MatterKind::Claim], claims, today)?,
            };
            let row = |tranche: Tranche| {
                let beneficiary = names.get(&tranche.organisation_id.to_string()).cloned().unwrap_or_default();
                let claim = tranche.claim_id.to_string();
                let through_claim = with.iter().filter(|(id, _)| tranche.awaits_verification() && *id == claim);
                let mut offices = offices_waited_for(&tranche)?;
                offices.extend(through_claim.flat_map(|(_, waiting)| waiting.offices.iter().copied()));
                Ok(TrancheRow { beneficiary, offices, tranche })
            };
            Ok(TrancheList { rows: found.into_iter().map(row).collect::<Result<_, Error>>()?, all })
        })
        .await
    }
}
