//! What the bank's return of a payment means for the recoveries of that payment: what was asked
//! and not decided is dropped, what is owed is paid by it, the rest is owed to the payee again.

use crate::db::error::DbError;
use crate::db::transaction::ReadTx;
use crate::db::{disbursements, payments, recoveries, recovery_credits};
use crate::domain::calendar::FinancialYear;
use crate::domain::ledger::Movement;
use crate::domain::money::Paise;
use crate::domain::payment::Payment;
use crate::domain::posting::Purse;
use crate::domain::posting_recovery;
use crate::domain::recovery::Recovery;
use crate::domain::recovery_credit::{CreditKind, CreditStatus, RecoveryCredit};
use crate::domain::refusal::Refusal;
use crate::domain::taken_back::{Meaning, TakenBack};
use crate::domain::tranche::Tranche;
use crate::service::error::{Error, OrNotFound};
use crate::service::recovery_credits::{dues_on, new_credit};
use crate::service::runner::Work;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What became of a payment that the bank took back.
pub struct Returned {
    pub all: TakenBack,
    pub movements: Vec<Movement>,
    /// The recoveries it concerned, for the audit log.
    pub told: Vec<Value>,
}

/// What the bank's returns kept for recoveries of each of these tranches, beside what it still
/// stands for: with it, a tranche is what it was started over.
pub fn kept_beside(tx: &mut ReadTx<'_>, tranches: &[Tranche]) -> Result<Vec<Paise>, DbError> {
    let ids: Vec<String> = tranches.iter().map(|tranche| tranche.id.to_string()).collect();
    let kept: BTreeMap<String, i64> = recovery_credits::kept_of_tranches(tx, &ids)?.into_iter().collect();
    if kept.is_empty() {
        return Ok(vec![Paise::ZERO; tranches.len()]);
    }
    let pays: BTreeSet<String> = payments::live_of(tx, &ids)?.into_iter().map(|(tranche, _)| tranche).collect();
    let beside = |(tranche, id): (&Tranche, &String)| {
        let kept = kept.get(id).map_or(Paise::ZERO, |paise| Paise(*paise));
        if tranche.is_used_up(kept, pays.contains(id)) { Paise::ZERO } else { kept }
    };
    Ok(tranches.iter().zip(&ids).map(beside).collect())
}

/// Settles the recoveries of a payment with what the bank took back of it. `gross` is what the
/// payment had spent.
pub fn settle(
    work: &mut Work<'_, '_>,
    payment: &Payment,
    purse: &Purse,
    gross: Paise,
    paid_in: FinancialYear,
) -> Result<Returned, Error> {
    let mut back = Returned {
        all: TakenBack { gross_paise: gross, ..TakenBack::default() },
        movements: Vec::new(),
        told: Vec::new(),
    };
    // Most payments are not under recovery, and then nothing more is read.
    if recoveries::under_recovery(work.tx, payment.id)? > Paise::ZERO {
        let id = payment.id.to_string();
        let paid = disbursements::of_payments(work.tx, &[id])?.into_iter().next().or_not_found("disbursement")?;
        for recovery in recoveries::of_disbursement(work.tx, paid.id)? {
            settle_one(work, &mut back, recovery, payment, purse)?;
        }
    }
    back.movements.extend(posting_recovery::take_back(purse, paid_in, &back.all));
    Ok(back)
}

fn settle_one(
    work: &mut Work<'_, '_>,
    back: &mut Returned,
    mut recovery: Recovery,
    payment: &Payment,
    purse: &Purse,
) -> Result<(), Error> {
    let credits = recovery_credits::of_recovery(work.tx, recovery.id)?;
    let came = came_back(&credits)?;
    back.all.came_back_paise = back.all.came_back_paise.checked_add(came).ok_or(Refusal::AmountTooLarge)?;
    let meaning = recovery.payment_was_taken_back(work.today())?;
    if meaning == Meaning::Over {
        return Ok(());
    }
    if let (Meaning::Dropped(asked), Some(paid)) = (meaning, recovery.disbursement_id)
        && !recoveries::put_under_recovery(work.tx, paid, Paise(-asked.0))?
    {
        return Err(Error::Internal(format!("recovery {} holds more of its payment than there is", recovery.number)));
    }
    if let Meaning::DueNow(parts) = meaning {
        back.movements.extend(posting_recovery::demand(purse, &parts, &recovery.number).movements);
    }
    let mut paid = None;
    if matches!(meaning, Meaning::Due | Meaning::DueNow(_)) {
        paid = credit(work, back, &mut recovery, payment, purse)?;
    }
    recoveries::update(work.tx, &mut recovery)?;
    back.told.push(json!({ "recovery": recovery.number, "status": recovery.status, "parts": paid }));
    Ok(())
}

/// Pays as much of a recovery as is left of the return.
fn credit(
    work: &mut Work<'_, '_>,
    back: &mut Returned,
    recovery: &mut Recovery,
    payment: &Payment,
    purse: &Purse,
) -> Result<Option<crate::domain::interest::Parts>, Error> {
    let today = work.today();
    let (mut dues, accrued) = dues_on(work, recovery, today)?;
    let amount = dues.due.total()?.min(back.all.owed_again());
    if amount == Paise::ZERO {
        return Ok(None);
    }
    let first = work.schemes.in_force(&recovery.scheme_code, work.today())?.settles_first();
    let parts = dues.split(amount, first)?;
    dues.take_off(&parts)?;
    recovery.keep(&dues);
    if let Some(plan) = &mut recovery.plan {
        plan.credit(amount);
    }
    back.movements.extend(posting_recovery::accrual(purse, accrued.total()?));
    back.movements.extend(posting_recovery::credit(purse, work.now.financial_year(), &parts));
    let credit = RecoveryCredit {
        accrued,
        payment_id: Some(payment.id),
        reference: "the bank took the payment back".to_owned(),
        ..new_credit(work, recovery, CreditKind::BankReturn, today, &parts)
    };
    recovery_credits::insert(work.tx, &credit)?;
    back.all.kept_paise = back.all.kept_paise.checked_add(amount).ok_or(Refusal::AmountTooLarge)?;
    Ok(Some(parts))
}

/// The principal that came back before, without what was set off and undone.
fn came_back(credits: &[RecoveryCredit]) -> Result<Paise, Refusal> {
    let principal = |counts: &dyn Fn(CreditKind) -> bool| {
        let done = credits.iter().filter(|credit| credit.status == CreditStatus::Done && counts(credit.kind));
        Paise::sum(done.map(|credit| credit.principal_paise)).ok_or(Refusal::AmountTooLarge)
    };
    let undone = principal(&|kind| kind == CreditKind::SetOffUndone)?;
    Ok(principal(&CreditKind::is_money_in)?.minus_floored(undone))
}
