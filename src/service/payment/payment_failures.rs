//! Whose word it takes that a payment did not arrive. Once it is in a file for the treasury, the office that pays may
//! record a failure or a return only when a line of a bank scroll says so (the answers of the treasury come as its
//! files). A second person of another office may confirm it with evidence. Until one of them did, the money of the
//! tranche is not sent again.

use crate::db::engine::transaction::ReadTx;
use crate::db::payment::payment_failures::Known;
use crate::db::payment::{payment_failures, payments, tranches};
use crate::service::payment::payments::{contradicted, details, settle_as, visible};
use crate::service::running::as_logged::require_stranger;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::evidence::require_evidence;
use crate::service::running::runner::{Command, Done, Work, check_version};
use domain::base::calendar::Timestamp;
use domain::base::evidence::EvidenceIds;
use domain::base::id::{PaymentId, TrancheId, UserId};
use domain::base::permission::{Permission, Step};
use domain::base::refusal::Refusal;
use domain::payment::payment::{BankAnswer, Payment, PaymentStatus};
use domain::payment::payment_failure::{FailureForm, PaymentFailure, is_failure};
use domain::people::user::Actor;
use serde_json::json;

/// Refuses the office that pays to say alone that a payment failed or came back which the treasury was told of.
pub(super) fn require_told(work: &mut Work<'_, '_>, payment: &Payment, answer: &BankAnswer) -> Result<(), Error> {
    if !is_failure(answer.outcome) {
        return Ok(());
    }
    let own = [(payment.id.to_string(), payment.number.clone())];
    for known in payment_failures::known(work.tx, &own, work.actor.user_id)? {
        if let Some(advice) = known.file.filter(|_| !known.proof.says_failed()) {
            return Err(Refusal::FailureUnproven { payment: known.number, advice }.into());
        }
    }
    Ok(())
}

/// Refuses to pay tranches while an earlier payment of one of their claims may have arrived: a scroll of the bank says
/// something else about it, or nobody but the paying office says that it failed. The claim counts and not the tranche,
/// because the money of a tranche that ends goes back to its claim, and comes again in another one.
pub(super) fn require_explained(work: &mut Work<'_, '_>, tranches: &[String]) -> Result<(), Error> {
    let (contradicted, unexplained) = doubts(work.tx, tranches, work.actor.user_id)?;
    if let Some(known) = contradicted.into_iter().next() {
        return Err(Refusal::BankContradicts { payment: known.number }.into());
    }
    match unexplained.into_iter().next() {
        Some(Known { number, file: Some(advice), .. }) => {
            Err(Refusal::PaymentUnexplained { payment: number, advice }.into())
        }
        _ => Ok(()),
    }
}

/// Of the payments of the claims of these tranches those that the bank contradicts, and those of which nobody but the
/// paying office says that they did not arrive, as far as `reader` may rely on it.
fn doubts(tx: &mut ReadTx<'_>, tranches: &[String], reader: UserId) -> Result<(Vec<Known>, Vec<Known>), Error> {
    let doubted = payments::doubted_of(tx, tranches)?;
    let known = if doubted.is_empty() { Vec::new() } else { payment_failures::known(tx, &doubted, reader)? };
    let (contradicted, others): (Vec<Known>, Vec<Known>) = known.into_iter().partition(|known| known.contradicted);
    let unexplained = others.into_iter().filter(|known| known.file.is_some() && !known.proof.explains());
    Ok((contradicted, unexplained.collect()))
}

/// Numbers of payments that stop the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubtful {
    /// Those that a scroll of the bank contradicts, and that nobody has settled.
    pub contradicted: Vec<String>,
    /// Those of which nobody but the paying office says that they did not arrive.
    pub unexplained: Vec<String>,
}

/// The same for the page of a tranche: the numbers of these payments.
pub(super) fn doubtful(tx: &mut ReadTx<'_>, tranche: TrancheId, reader: UserId) -> Result<Doubtful, Error> {
    let (contradicted, unexplained) = doubts(tx, &[tranche.to_string()], reader)?;
    let numbers = |known: Vec<Known>| known.into_iter().map(|one| one.number).collect();
    Ok(Doubtful { contradicted: numbers(contradicted), unexplained: numbers(unexplained) })
}

/// What the reader of a payment may say of it, and what a second person said.
pub struct SaidOfPayment {
    /// The answers of the bank that the reader may record now, as the office that pays.
    pub answers: Vec<PaymentStatus>,
    /// Whether failures are missing among them, because the treasury was told of the payment.
    pub others_say: bool,
    /// What the reader may confirm as a second person.
    pub to_confirm: Option<PaymentStatus>,
    /// Whether nobody but the office that pays says that it failed, and no difference of the bank is about it.
    pub is_unexplained: bool,
    /// What a second person confirmed.
    pub failure: Option<PaymentFailure>,
}

impl SaidOfPayment {
    /// Everybody who said something of it.
    pub(super) fn people(&self, payment: &Payment) -> Vec<UserId> {
        payment.settled_by.into_iter().chain(self.failure.as_ref().map(|one| one.confirmed_by)).collect()
    }
}

/// What the reader may say of a payment, found by its rules on a copy of it.
pub(super) fn said_of(
    tx: &mut ReadTx<'_>,
    payment: &Payment,
    actor: &Actor,
    now: Timestamp,
) -> Result<SaidOfPayment, Error> {
    let known = payment_failures::known(tx, &[(payment.id.to_string(), payment.number.clone())], actor.user_id)?;
    let told = known.into_iter().next().filter(|known| known.file.is_some());
    let contradicted = told.as_ref().is_some_and(|known| known.contradicted);
    let proof = told.map(|known| known.proof);
    let is_unexplained = !contradicted && proof.as_ref().is_some_and(|proof| !proof.explains());
    let takes = |outcome: &PaymentStatus| {
        let answer = BankAnswer { outcome: *outcome, utr: None, paid_on: None, amount_paise: None, reason: None };
        *outcome != PaymentStatus::Advised && payment.clone().settle(&answer, actor.user_id, now).is_ok()
    };
    let possible: Vec<PaymentStatus> = PaymentStatus::ALL.iter().copied().filter(takes).collect();
    let open = possible.iter().copied().find(|outcome| is_failure(*outcome));
    let pays = actor.may(Permission::SettlePayment).is_ok();
    let others_say = proof.as_ref().is_some_and(|proof| !proof.says_failed());
    let answers = possible.iter().copied().filter(|outcome| pays && !(others_say && is_failure(*outcome))).collect();
    let settled = Some(payment.status).filter(|status| is_failure(*status));
    let second = actor.may(ConfirmFailure::PERMISSION).is_ok();
    let confirmed = proof.as_ref().is_some_and(|proof| proof.confirmed);
    let to_confirm = proof.filter(|proof| second && !proof.explains()).and(open.or(settled));
    let failure = if confirmed { payment_failures::find(tx, payment.id)? } else { None };
    let others_say = others_say && pays && open.is_some();
    Ok(SaidOfPayment { answers, others_say, to_confirm, is_unexplained, failure })
}

/// A second person confirms, with evidence, that a payment failed or that the bank took it back.
#[derive(Clone)]
pub struct ConfirmFailure {
    pub id: PaymentId,
    pub seen_version: i64,
    pub form: FailureForm,
    /// Whether the evidence is still to come. Only the rehearsal of a page, before its form is filled in, runs so.
    pub evidence_follows: bool,
}

impl ConfirmFailure {
    /// Records the word on a payment that the paying office has settled as failed already.
    fn beside(&self, work: &mut Work<'_, '_>, payment: &Payment) -> Result<(), Error> {
        if payment_failures::find(work.tx, payment.id)?.is_some() {
            return Err(Refusal::WrongState { noun: "payment", is: "confirmed", needs: "advised" }.into());
        }
        let mut tranche = tranches::find(work.tx, payment.tranche_id)?.or_not_found("tranche")?;
        require_stranger(work, tranche.organisation_id, Step::ConfirmFailure)?;
        tranche.record(Step::ConfirmFailure, work.actor.user_id, work.now, "failure confirmed")?;
        tranches::update(work.tx, &mut tranche)?;
        payments::update(work.tx, &mut payment.clone())?;
        Ok(())
    }
}

impl Command for ConfirmFailure {
    const NAME: &'static str = "confirm_failure";
    const PERMISSION: Permission = Permission::ConfirmFailure;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "evidence_unknown",
        "bank_contradicts",
        "budget_exceeded",
        "set_off_pending",
        "amount_too_large",
    ];
    const MOVES_MONEY: bool = true;
    type Answer = Payment;

    fn subject(&self) -> String {
        format!("payment:{}", self.id)
    }

    fn copy(&self) -> Option<Self> {
        Some(self.clone())
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Payment>, Error> {
        self.form.check_with(self.form.evidence.len() + usize::from(self.evidence_follows))?;
        let payment = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, payment.version)?;
        let files = require_evidence(work.tx, &self.form.evidence, None)?;
        let own = [(payment.id.to_string(), payment.number.clone())];
        if let Some(payment) = contradicted(work.tx, &own)?.into_iter().next() {
            return Err(Refusal::BankContradicts { payment }.into());
        }
        let mut details = if payment.status == self.form.outcome {
            self.beside(work, &payment)?;
            json!({ "payment": payment.number, "outcome": payment.status, "reason": self.form.reason })
        } else {
            details(&settle_as(work, payment, self.form.answer(), Step::ConfirmFailure)?)
        };
        let failure = PaymentFailure {
            payment_id: self.id,
            outcome: self.form.outcome,
            reason: self.form.reason.clone(),
            evidence: EvidenceIds(self.form.evidence.clone()),
            confirmed_by: work.actor.user_id,
            confirmed_at: work.now,
        };
        payment_failures::insert(work.tx, &failure)?;
        let digests: Vec<String> = files.into_iter().map(|file| file.digest).collect();
        details["evidence_digests"] = json!(digests);
        let payment = visible(work.tx, &work.actor, self.id)?;
        Ok(Done { subject: self.subject(), answer: payment, details })
    }
}
