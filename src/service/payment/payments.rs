//! Advising a payment and recording the bank's answer. Only a success is a disbursement; a failed payment is
//! advised again under a new number.

use crate::db::award::awards;
use crate::db::engine::prefetch::Prefetch;
use crate::db::engine::transaction::ReadTx;
use crate::db::payment::{bank_differences, disbursements, payment_failures, payments, tranches};
use crate::db::people::organisations;
use crate::service::Service;
use crate::service::award::securities::require_cover;
use crate::service::budget::expenditure_limits;
use crate::service::budget::providers::{check_not_provider_of, check_steps_not_provided};
use crate::service::payment::payment_failures::{require_explained, require_told};
use crate::service::payment::stops::require_going;
use crate::service::payment::tranches::visible as visible_tranche;
use crate::service::payment::year_of_payment;
use crate::service::recovery::bank_returns::recoveries_of;
use crate::service::recovery::set_offs;
use crate::service::recovery::used_utrs::{Way, used_for};
use crate::service::running::as_logged::{require_payee, require_stranger};
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::record_page::{RecordPage, RecordsAsked, read_page};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use domain::base::calendar::FinancialYear;
use domain::base::id::{DisbursementId, PaymentId, TrancheId};
use domain::base::permission::{Permission, Step};
use domain::payment::payment::{BankAnswer, Payment, PaymentStatus};
use domain::payment::payment_failure::PaymentFailure;
use domain::payment::payment_outcome::{NewDisbursement, OutcomeFacts, PaymentOutcome, decide};
use domain::payment::tranche::Tranche;
use domain::people::user::Actor;
use domain::recovery::posting_recovery::Rooms;
use domain::recovery::recovery_change::{Recorder, RecoveryChange};
use domain::recovery::recovery_credit::RecoveryCredit;
use serde_json::json;
use std::sync::Arc;

/// The payment, if it exists for this person.
pub fn visible(tx: &mut ReadTx<'_>, actor: &Actor, id: PaymentId) -> Result<Payment, Error> {
    payments::find(tx, id)?.filter(|payment| actor.sees(payment.organisation_id)).or_not_found("payment")
}

/// The disbursing officer advises the treasury to pay a sanctioned tranche.
#[derive(Clone)]
pub struct AdvisePayment {
    pub tranche_id: TrancheId,
    pub seen_version: i64,
}

/// Of these payments, by id and number, the numbers of those that an unsettled difference of the bank is about.
pub(super) fn contradicted(tx: &mut ReadTx<'_>, failed: &[(String, String)]) -> Result<Vec<String>, Error> {
    let ids: Vec<String> = failed.iter().map(|(id, _)| id.clone()).collect();
    let open = bank_differences::unsettled_of(tx, &ids)?;
    let about = |id: &str| open.iter().any(|one| one.payment_id.is_some_and(|payment| payment.to_string() == id));
    Ok(failed.iter().filter(|(id, _)| about(id)).map(|(_, number)| number.clone()).collect())
}

impl Command for AdvisePayment {
    const NAME: &'static str = "advise_payment";
    const PERMISSION: Permission = Permission::AdvisePayment;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "hold_expired",
        "security_short",
        "expenditure_limit",
        "budget_exceeded",
        "amount_too_large",
        "bank_contradicts",
        "payment_unexplained",
        "step_by_provider",
        "on_hold",
        "milestone_reopened",
    ];
    const MOVES_MONEY: bool = true;
    const WARNS: bool = true;
    type Answer = Payment;

    fn subject(&self) -> String {
        format!("tranche:{}", self.tranche_id)
    }

    fn copy(&self) -> Option<Self> {
        Some(self.clone())
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Payment>, Error> {
        let mut tranche = visible_tranche(work.tx, &work.actor, self.tranche_id)?;
        check_version(self.seen_version, tranche.version)?;
        tranche.check_hold(work.today())?;
        work.require_money_moves()?;
        let current = work.now.financial_year();
        check_not_provider_of(work, &tranche, current, Step::Pay)?;
        require_stranger(work, tranche.organisation_id, Step::Pay)?;
        require_going(work, &tranche)?;
        if tranche.held_in != current {
            check_steps_not_provided(work, &tranche.steps.0, &tranche.scheme_code, tranche.component, current)?;
        }
        require_explained(work, &[tranche.id.to_string()])?;
        tranche.take(Step::Pay, work.actor.user_id, work.now, "payment advice")?;
        let award = awards::find(work.tx, tranche.award_id)?.or_not_found("award")?;
        require_cover(work, &award)?;
        expenditure_limits::weigh(work, &tranche.scheme_code, tranche.amount_paise, true)?;
        let moved = year_of_payment::hold_in(work, &mut tranche, current)?;
        year_of_payment::post(work, &tranche.number, moved)?;
        tranches::update(work.tx, &mut tranche)?;
        require_payee(work, tranche.organisation_id)?;
        let organisation = organisations::find(work.tx, tranche.organisation_id)?.or_not_found("organisation")?;
        let prefix = work.schemes.newest(&tranche.scheme_code)?.number_prefix.clone();
        let id = PaymentId(work.new_id());
        let mut kept = set_offs::plan(work, &tranche, id)?;
        let payment = Payment {
            id,
            number: work.next_number(&prefix, "PAY")?,
            tranche_id: tranche.id,
            organisation_id: tranche.organisation_id,
            amount_paise: tranche.amount_paise.minus_floored(kept.total_paise),
            set_off_paise: kept.total_paise,
            bank_account: organisation.bank_account.clone(),
            ifsc: organisation.ifsc.clone(),
            status: PaymentStatus::Advised,
            advised_by: work.actor.user_id,
            advised_at: work.now,
            utr: None,
            paid_on: None,
            reason: None,
            settled_by: None,
            settled_at: None,
            version: 1,
            accepted_at: None,
        };
        payments::insert(work.tx, &payment)?;
        set_offs::store(work.tx, &mut kept.changes)?;
        expenditure_limits::count_advised(work, &tranche.scheme_code, payment.advised_at, payment.amount_paise.0);
        let mut details = json!({
            "tranche": tranche.number, "payment": payment.number, "amount_paise": payment.amount_paise,
            "set_off_paise": payment.set_off_paise, "account": organisation.masked_account(), "ifsc": payment.ifsc,
        });
        expenditure_limits::note(work, &mut details);
        Ok(Done { subject: format!("payment:{}", payment.id), answer: payment, details })
    }
}

/// What the audit log keeps of a bank's answer.
pub(in crate::service) fn details(outcome: &PaymentOutcome) -> serde_json::Value {
    let payment = &outcome.payment;
    let mut details = json!({
        "payment": payment.number, "tranche": outcome.tranche.number, "outcome": payment.status, "utr": payment.utr,
        "paid_on": payment.paid_on, "amount_paise": payment.amount_paise, "set_off_paise": payment.set_off_paise,
        "reason": payment.reason,
    });
    if let Some(back) = outcome.taken_back.filter(|_| !outcome.recoveries.is_empty()) {
        let told = |RecoveryChange { recovery, credit, .. }: &RecoveryChange| {
            let parts = credit.credit().map(RecoveryCredit::parts);
            json!({ "recovery": recovery.number, "status": recovery.status, "parts": parts })
        };
        let recoveries: Vec<serde_json::Value> = outcome.recoveries.iter().map(told).collect();
        details["taken_back"] = json!({
            "kept_paise": back.kept_paise, "owed_again_paise": back.owed_again(),
            "paid_back_before_paise": back.own(), "recoveries": recoveries,
        });
    }
    details
}

/// The disbursing officer records the bank's answer.
#[derive(Clone)]
pub struct SettlePayment {
    pub id: PaymentId,
    pub seen_version: i64,
    pub answer: BankAnswer,
}

impl Command for SettlePayment {
    const NAME: &'static str = "settle_payment";
    const PERMISSION: Permission = Permission::SettlePayment;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "amount_differs",
        "utr_already_used",
        "date_not_allowed",
        "budget_exceeded",
        "set_off_pending",
        "amount_too_large",
        "failure_unproven",
    ];
    const MOVES_MONEY: bool = true;
    type Answer = PaymentOutcome;

    fn subject(&self) -> String {
        format!("payment:{}", self.id)
    }

    fn wants(&self) -> Prefetch {
        let utrs = self.answer.plain_utr().into_iter().collect();
        Prefetch { payments: vec![self.id], utrs, ..Prefetch::default() }
    }

    fn copy(&self) -> Option<Self> {
        Some(self.clone())
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<PaymentOutcome>, Error> {
        let subject = self.subject();
        self.answer.check()?;
        let payment = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, payment.version)?;
        require_told(work, &payment, &self.answer)?;
        let outcome = settle(work, payment, self.answer)?;
        Ok(Done { subject, details: details(&outcome), answer: outcome })
    }
}

/// Takes in the bank's answer on a payment: loads the facts, has the rules decide, and stores and
/// posts what they decided.
pub fn settle(work: &mut Work<'_, '_>, payment: Payment, answer: BankAnswer) -> Result<PaymentOutcome, Error> {
    settle_as(work, payment, answer, Step::Pay)
}

/// The same by a person who takes this part.
pub(super) fn settle_as(
    work: &mut Work<'_, '_>,
    payment: Payment,
    answer: BankAnswer,
    part: Step,
) -> Result<PaymentOutcome, Error> {
    let mut outcome = decide(load(work, payment, answer, part)?)?;
    payments::update(work.tx, &mut outcome.payment)?;
    set_offs::store(work.tx, &mut outcome.set_offs)?;
    set_offs::store(work.tx, &mut outcome.recoveries)?;
    if let Some(journal) = &outcome.journal {
        work.post(journal)?;
    }
    if let Some(disbursement) = &outcome.disbursement {
        disbursements::insert(work.tx, disbursement)?;
    }
    if let Some(back) = &outcome.taken_back {
        disbursements::take_back(work.tx, outcome.payment.id, (back.own(), back.kept_paise))?;
    }
    count(work, &outcome);
    tranches::update(work.tx, &mut outcome.tranche)?;
    Ok(outcome)
}

/// The facts on which the rules decide.
fn load(work: &mut Work<'_, '_>, payment: Payment, answer: BankAnswer, part: Step) -> Result<OutcomeFacts, Error> {
    let tranche = tranches::find(work.tx, payment.tranche_id)?.or_not_found("tranche")?;
    let paid_in = answer.paid_on.map_or(tranche.held_in, FinancialYear::containing);
    check_not_provider_of(work, &tranche, paid_in, part)?;
    require_stranger(work, tranche.organisation_id, part)?;
    let utr = answer.plain_utr();
    let utr_settles = utr.map(|utr| used_for(work.tx, &utr, Way::Out)).transpose()?.flatten();
    let award = awards::find(work.tx, tranche.award_id)?.or_not_found("award")?;
    let disbursement = match answer.outcome {
        PaymentStatus::Succeeded => Some(new_disbursement(work, &tranche)?),
        _ => None,
    };
    let set_offs = set_offs::decided_by(work, &payment, answer.outcome)?;
    let rooms = match answer.outcome {
        PaymentStatus::FailedAfterSuccess => set_offs::rooms(work, &payment, &set_offs)?,
        _ => Rooms::default(),
    };
    let recoveries = match answer.outcome {
        PaymentStatus::FailedAfterSuccess => recoveries_of(work, &payment)?,
        _ => Vec::new(),
    };
    Ok(OutcomeFacts {
        purse: award.purse(tranche.component),
        payment,
        tranche,
        answer,
        recorder: Recorder { user_id: work.actor.user_id, at: work.now },
        part,
        unit: work.finance.units.on(work.today()),
        utr_settles,
        disbursement,
        set_offs,
        rooms,
        recoveries,
    })
}

fn new_disbursement(work: &mut Work<'_, '_>, tranche: &Tranche) -> Result<NewDisbursement, Error> {
    let organisation = organisations::find(work.tx, tranche.organisation_id)?.or_not_found("organisation")?;
    let prefix = work.schemes.newest(&tranche.scheme_code)?.number_prefix.clone();
    let number = work.next_number(&prefix, "DIS")?;
    Ok(NewDisbursement { id: DisbursementId(work.new_id()), number, beneficiary: organisation.name })
}

/// Adds the changes of an outcome to the sums that the expenditure limits are compared with.
fn count(work: &mut Work<'_, '_>, outcome: &PaymentOutcome) {
    let (scheme_code, spending) = (&outcome.tranche.scheme_code, outcome.spending);
    if spending.advised_paise != 0 {
        expenditure_limits::count_advised(work, scheme_code, outcome.payment.advised_at, spending.advised_paise);
    }
    if let Some(paid_on) = outcome.payment.paid_on.filter(|_| spending.paid_paise != 0) {
        expenditure_limits::count_paid(work, scheme_code, paid_on, spending.paid_paise);
    }
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

impl Service {
    /// Payments of a selection, a page at a time.
    pub async fn list_payments(
        self: &Arc<Self>,
        caller: Caller,
        asked: RecordsAsked,
    ) -> Result<RecordPage<Payment>, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            read_page(tx, actor, &service.on_day(), asked, payments::of_ids, |payment| payment.id.to_string())
        })
        .await
    }

    /// One payment, with the word of a second person about its failure.
    pub async fn payment(
        self: &Arc<Self>,
        caller: Caller,
        id: PaymentId,
    ) -> Result<(Payment, Option<PaymentFailure>), Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            Ok((visible(tx, actor, id)?, payment_failures::find(tx, id)?))
        })
        .await
    }
}
