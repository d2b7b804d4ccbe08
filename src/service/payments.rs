//! Advising a payment and taking in what the bank answered. Only a success is a disbursement; what
//! failed is advised again under a new number.

use crate::db::prefetch::Prefetch;
use crate::db::transaction::ReadTx;
use crate::db::{awards, disbursements, organisations, payments, tranches};
use crate::domain::calendar::FinancialYear;
use crate::domain::disbursement::{Disbursement, DisbursementStatus};
use crate::domain::id::{DisbursementId, PaymentId, TrancheId};
use crate::domain::ledger::{Journal, JournalKind};
use crate::domain::money::Paise;
use crate::domain::organisation::Organisation;
use crate::domain::payment::{BankAnswer, Payment, PaymentStatus};
use crate::domain::permission::{Permission, Step};
use crate::domain::posting;
use crate::domain::refusal::Refusal;
use crate::domain::tranche::{Tranche, TrancheStatus};
use crate::domain::user::Actor;
use crate::service::Service;
use crate::service::error::{Error, OrNotFound};
use crate::service::expenditure_limits;
use crate::service::runner::{Caller, Command, Done, Work, check_version};
use crate::service::securities::require_cover;
use crate::service::set_offs;
use crate::service::taken_back::{self, Returned};
use crate::service::tranches::{check_not_provider_of, visible as visible_tranche};
use chrono::NaiveDate;
use serde_json::json;
use std::sync::Arc;

/// The payment, if it exists for this person.
pub fn visible(tx: &mut ReadTx<'_>, actor: &Actor, id: PaymentId) -> Result<Payment, Error> {
    payments::find(tx, id)?.filter(|payment| actor.sees(payment.organisation_id)).or_not_found("payment")
}

/// The disbursing officer advises the treasury to pay a sanctioned tranche.
pub struct AdvisePayment {
    pub tranche_id: TrancheId,
    pub seen_version: i64,
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
        "amount_too_large",
    ];
    type Answer = Payment;

    fn subject(&self) -> String {
        format!("tranche:{}", self.tranche_id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Payment>, Error> {
        let mut tranche = visible_tranche(work.tx, &work.actor, self.tranche_id)?;
        check_version(self.seen_version, tranche.version)?;
        tranche.check_hold(work.today())?;
        work.require_money_moves()?;
        let current = work.now.financial_year();
        check_not_provider_of(work, &tranche, current, Step::Pay)?;
        tranche.take(Step::Pay, work.actor.user_id, work.now, "payment advice")?;
        let award = awards::find(work.tx, tranche.award_id)?.or_not_found("award")?;
        require_cover(work, &award)?;
        expenditure_limits::weigh(work, &tranche.scheme_code, tranche.amount_paise, true)?;
        tranches::update(work.tx, &mut tranche)?;
        let organisation = organisations::find(work.tx, tranche.organisation_id)?.or_not_found("organisation")?;
        let prefix = work.schemes.newest(&tranche.scheme_code)?.number_prefix.clone();
        let id = PaymentId(work.new_id());
        let kept = set_offs::plan(work, &tranche, id)?;
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
        set_offs::hold(work, kept)?;
        expenditure_limits::count_advised(work, &tranche.scheme_code, payment.advised_at, payment.amount_paise.0);
        let mut details = json!({
            "tranche": tranche.number, "payment": payment.number, "amount_paise": payment.amount_paise,
            "set_off_paise": payment.set_off_paise, "account": organisation.masked_account(), "ifsc": payment.ifsc,
        });
        expenditure_limits::note(work, &mut details);
        Ok(Done { subject: format!("payment:{}", payment.id), answer: payment, details })
    }
}

/// A settled payment, and the disbursement if it succeeded.
pub struct Settled {
    pub payment: Payment,
    pub disbursement: Option<Disbursement>,
    pub tranche_number: String,
    /// What became of the money, if the bank took it back.
    pub returned: Option<Returned>,
}

impl Settled {
    /// What the audit log keeps of it.
    pub fn details(&self) -> serde_json::Value {
        let payment = &self.payment;
        let mut details = json!({
            "payment": payment.number, "tranche": self.tranche_number, "outcome": payment.status, "utr": payment.utr,
            "paid_on": payment.paid_on, "amount_paise": payment.amount_paise, "set_off_paise": payment.set_off_paise,
            "reason": payment.reason,
        });
        if let Some(back) = self.returned.as_ref().filter(|back| !back.told.is_empty()) {
            details["taken_back"] = json!({
                "kept_paise": back.all.kept_paise, "owed_again_paise": back.all.owed_again(),
                "paid_back_before_paise": back.all.own(), "recoveries": back.told,
            });
        }
        details
    }
}

const SETTLE_REFUSALS: &[&str] = &[
    "stale_version",
    "wrong_state",
    "same_person",
    "amount_differs",
    "utr_already_used",
    "date_not_allowed",
    "budget_exceeded",
    "set_off_pending",
    "amount_too_large",
];

/// The disbursing officer records the bank's answer.
pub struct SettlePayment {
    pub id: PaymentId,
    pub seen_version: i64,
    pub answer: BankAnswer,
}

impl Command for SettlePayment {
    const NAME: &'static str = "settle_payment";
    const PERMISSION: Permission = Permission::SettlePayment;
    const REFUSALS: &'static [&'static str] = SETTLE_REFUSALS;
    type Answer = Settled;

    fn subject(&self) -> String {
        format!("payment:{}", self.id)
    }

    fn wants(&self) -> Prefetch {
        let utrs = self.answer.plain_utr().into_iter().collect();
        Prefetch { payments: vec![self.id], utrs, ..Prefetch::default() }
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Settled>, Error> {
        let subject = self.subject();
        self.answer.check()?;
        let payment = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, payment.version)?;
        let settled = settle(work, payment, &self.answer)?;
        Ok(Done { subject, details: settled.details(), answer: settled })
    }
}

/// Takes in the bank's answer on a payment and moves the money as it says.
pub fn settle(work: &mut Work<'_, '_>, mut payment: Payment, answer: &BankAnswer) -> Result<Settled, Error> {
    // The bank's answer is what spends the money, so whoever records it has a part in paying.
    let mut tranche = tranches::find(work.tx, payment.tranche_id)?.or_not_found("tranche")?;
    let paid_in = answer.paid_on.map_or(tranche.held_in, FinancialYear::containing);
    check_not_provider_of(work, &tranche, paid_in, Step::Pay)?;
    tranche.record(Step::Pay, work.actor.user_id, work.now, "bank's answer")?;
    if let Some(utr) = answer.plain_utr()
        && let Some(other) = payments::find_by_utr(work.tx, &utr)?
    {
        return Err(Refusal::UtrAlreadyUsed { payment: other.number }.into());
    }
    payment.settle(answer, work.actor.user_id, work.now)?;
    payments::update(work.tx, &mut payment)?;
    if matches!(payment.status, PaymentStatus::Succeeded | PaymentStatus::Failed) {
        expenditure_limits::count_advised(work, &tranche.scheme_code, payment.advised_at, -payment.amount_paise.0);
    }
    let mut returned = None;
    let disbursement = match (payment.status, payment.paid_on) {
        (PaymentStatus::Succeeded, Some(paid_on)) => Some(disburse(work, &payment, &mut tranche, paid_on)?),
        (PaymentStatus::FailedAfterSuccess, Some(paid_on)) => {
            returned = Some(take_back(work, &payment, &mut tranche, paid_on)?);
            None
        }
        // The treasury has it, or nobody knows: the tranche stays advised, so that nothing can be
        // sent again blindly.
        (PaymentStatus::Accepted | PaymentStatus::Unknown, _) => None,
        _ => {
            set_offs::release(work, &payment)?;
            tranche.status = TrancheStatus::Sanctioned;
            None
        }
    };
    tranches::update(work.tx, &mut tranche)?;
    Ok(Settled { payment, disbursement, tranche_number: tranche.number, returned })
}

/// Posts a success in the year in which the bank paid, and records the disbursement.
fn disburse(
    work: &mut Work<'_, '_>,
    payment: &Payment,
    tranche: &mut Tranche,
    paid_on: NaiveDate,
) -> Result<Disbursement, Error> {
    let paid_in = FinancialYear::containing(paid_on);
    let award = awards::find(work.tx, tranche.award_id)?.or_not_found("award")?;
    let organisation: Organisation =
        organisations::find(work.tx, tranche.organisation_id)?.or_not_found("organisation")?;
    let purse = award.purse(tranche.component);
    let mut journal = posting::disburse(&purse, tranche.held_in, paid_in, tranche.amount_paise, &payment.number);
    journal.movements.extend(set_offs::credit(work, payment, paid_in)?);
    work.post(&journal)?;
    tranche.held_in = paid_in;
    tranche.status = TrancheStatus::Disbursed;
    let prefix = work.schemes.newest(&tranche.scheme_code)?.number_prefix.clone();
    let disbursement = Disbursement {
        id: DisbursementId(work.new_id()),
        number: work.next_number(&prefix, "DIS")?,
        scheme_code: tranche.scheme_code.clone(),
        component: tranche.component,
        organisation_id: tranche.organisation_id,
        beneficiary: organisation.name,
        award_id: tranche.award_id,
        claim_id: tranche.claim_id,
        tranche_id: tranche.id,
        payment_id: payment.id,
        performance_year: tranche.performance_year,
        payment_year: paid_in,
        paid_on,
        amount_paise: tranche.amount_paise,
        set_off_paise: payment.set_off_paise,
        net_paise: payment.amount_paise,
        utr: payment.utr.clone().unwrap_or_default(),
        status: DisbursementStatus::Succeeded,
        recorded_at: work.now,
    };
    disbursements::insert(work.tx, &disbursement)?;
    expenditure_limits::count_paid(work, &disbursement.scheme_code, paid_on, disbursement.amount_paise.0);
    Ok(disbursement)
}

/// The bank took the money back: the disbursement is reversed, recoveries of it are paid by what
/// came back, and the rest is owed again. With nothing left to owe the tranche stays as it ended.
fn take_back(
    work: &mut Work<'_, '_>,
    payment: &Payment,
    tranche: &mut Tranche,
    paid_on: NaiveDate,
) -> Result<Returned, Error> {
    let award = awards::find(work.tx, tranche.award_id)?.or_not_found("award")?;
    let paid_in = FinancialYear::containing(paid_on);
    let purse = award.purse(tranche.component);
    let gross = tranche.amount_paise;
    let undone = set_offs::undo(work, payment, paid_in)?;
    let back = taken_back::settle(work, payment, &purse, gross, paid_in)?;
    let movements = undone.into_iter().chain(back.movements.iter().cloned()).collect();
    let kind = JournalKind::DisbursementReversed;
    work.post(&Journal { kind, reference: payment.number.clone(), movements })?;
    disbursements::take_back(work.tx, payment.id, back.all.own())?;
    expenditure_limits::count_paid(work, &tranche.scheme_code, paid_on, -gross.0);
    if back.all.owed_again() > Paise::ZERO {
        tranche.amount_paise = back.all.owed_again();
        tranche.status = TrancheStatus::Sanctioned;
    }
    Ok(back)
}

impl Service {
    pub async fn list_payments(
        self: &Arc<Self>,
        caller: Caller,
        tranche: Option<TrancheId>,
    ) -> Result<Vec<Payment>, Error> {
        self.read(caller, Permission::ReadFiles, move |tx, actor| Ok(payments::list(tx, tranche, actor.narrowed_to())?))
            .await
    }

    pub async fn payment(self: &Arc<Self>, caller: Caller, id: PaymentId) -> Result<Payment, Error> {
        self.read(caller, Permission::ReadFiles, move |tx, actor| visible(tx, actor, id)).await
    }
}
