//! Receipts for a recovery: money from the beneficiary or from the bank of a guarantee, on whatever day it is
//! found. Credits after the day of the receipt are allocated anew, in the same journal.

use crate::db::payment::{bank_credits, payments};
use crate::db::recovery::{recoveries, recovery_credits};
use crate::service::recovery::recoveries::{begin, purse_of};
use crate::service::recovery::recovery_credits::{Credited, credited};
use crate::service::recovery::used_utrs::{Way, require_unused};
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::{Command, Done, Work};
use chrono::NaiveDate;
use domain::base::act::{Act, require_other_person};
use domain::base::calendar::FinancialYear;
use domain::base::id::{RecoveryCreditId, RecoveryId, SecurityId};
use domain::base::money::Paise;
use domain::base::permission::{Permission, Step};
use domain::base::refusal::Refusal;
use domain::recovery::posting_recovery;
use domain::recovery::posting_recovery::Resplit;
use domain::recovery::recovery::Recovery;
use domain::recovery::recovery_change::{CreditSource, NewCredit, Recorder};
use domain::recovery::recovery_credit::{CreditKind, ReceiptForm, RecoveryCredit};
use domain::recovery::recovery_resettlement::settle;
use serde_json::{Value, json};

/// An amount received, with its reference at the bank.
pub(in crate::service) struct MoneyIn {
    pub utr: String,
    pub received_on: NaiveDate,
    pub amount_paise: Paise,
    /// The guarantee whose bank paid: its id and name.
    pub guarantee: Option<(SecurityId, String)>,
    /// Whether the credit of the bank is still to come. Only the rehearsal of a page runs so.
    pub credit_follows: bool,
}

/// Refuses money that the statement of the bank does not show, or that the same person says it shows.
fn require_credit(work: &mut Work<'_, '_>, money: &MoneyIn) -> Result<(), Error> {
    let utr = || money.utr.clone();
    let Some(credit) = bank_credits::of_utr(work.tx, &money.utr)? else {
        return Err(Refusal::ReceiptNotCredited { utr: utr() }.into());
    };
    if !credit.is(money.amount_paise, money.received_on) {
        let (amount, day) = (credit.amount_paise, credit.credited_on);
        return Err(Refusal::CreditDiffers { utr: utr(), amount, day }.into());
    }
    Ok(require_other_person(credit.recorded_by, Act::RecordCredit, work.actor.user_id, Step::Collect)?)
}

/// Records and posts money received. Returns the credit, and the later credits as they are allocated now.
pub(in crate::service) fn take_in(
    work: &mut Work<'_, '_>,
    recovery: &mut Recovery,
    money: MoneyIn,
) -> Result<(RecoveryCredit, Value), Error> {
    recovery.require_due()?;
    require_unused(work.tx, &money.utr, Way::In)?;
    let day = money.received_on;
    let credits = recovery_credits::of_recovery(work.tx, recovery.id)?;
    let scheme = work.schemes.in_force(&recovery.scheme_code, work.today())?.clone();
    let (rates, first, today) = (scheme.recovery_interest(), scheme.settles_first(), work.today());
    let settled = settle(recovery, &credits, rates, first, (money.amount_paise, day), today)?;
    if !money.credit_follows {
        require_credit(work, &money)?;
    }
    recovery.keep(settled.dues());
    if let Some(plan) = &mut recovery.plan {
        plan.credit(money.amount_paise);
    }
    let mut later = Vec::new();
    for (before, after) in &settled.later {
        recovery_credits::resettle(work.tx, after)?;
        let year = year_of(work, after)?;
        later.push(Resplit { year, before: before.parts(), after: after.parts() });
    }
    let (kind, guarantee, reference) = match money.guarantee {
        Some((security, name)) => (CreditKind::Guarantee, Some(security), name),
        None => (CreditKind::Receipt, None, String::new()),
    };
    let new = NewCredit {
        id: RecoveryCreditId(work.new_id()),
        kind,
        credited_on: day,
        parts: settled.parts,
        accrued: settled.accrued.clone(),
        dues_after: settled.dues_after.clone(),
        source: CreditSource::MoneyIn { utr: money.utr, guarantee },
        reference,
    };
    let credit = new.of(recovery, Recorder { user_id: work.actor.user_id, at: work.now });
    recoveries::update(work.tx, recovery)?;
    recovery_credits::insert(work.tx, &credit)?;
    let (purse, interest) = (purse_of(work, recovery)?, settled.interest()?);
    let year = FinancialYear::containing(day);
    work.post(&posting_recovery::receive(&purse, year, interest, &settled.parts, &later, &recovery.number))?;
    let told = settled.later.iter().map(|(before, after)| {
        json!({ "credit": after.id, "credited_on": after.credited_on, "before": before.parts(), "parts": after.parts() })
    });
    Ok((credit, told.collect()))
}

/// The financial year whose appropriation a credit entered; for a set-off, the year in which the bank paid.
fn year_of(work: &mut Work<'_, '_>, credit: &RecoveryCredit) -> Result<FinancialYear, Error> {
    let Some(id) = credit.payment_id else { return Ok(FinancialYear::containing(credit.credited_on)) };
    let payment = payments::find(work.tx, id)?.or_not_found("payment")?;
    Ok(FinancialYear::containing(payment.paid_on.unwrap_or(credit.credited_on)))
}

/// The disbursing officer records money that was received.
pub struct RecordReceipt {
    pub id: RecoveryId,
    pub seen_version: i64,
    pub form: ReceiptForm,
    /// Whether the credit of the bank is still to come. Only the rehearsal of a page, before its form is filled in,
    /// runs so.
    pub credit_follows: bool,
}

impl Command for RecordReceipt {
    const NAME: &'static str = "record_receipt";
    const PERMISSION: Permission = Permission::RecordReceipt;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "set_off_pending",
        "utr_already_used",
        "date_not_allowed",
        "receipt_exceeds_due",
        "amount_too_large",
        "budget_exceeded",
        "receipt_not_credited",
        "credit_differs",
    ];
    const MOVES_MONEY: bool = true;
    type Answer = Credited;

    fn subject(&self) -> String {
        format!("recovery:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Credited>, Error> {
        let utr = self.form.check()?;
        let mut recovery = begin(work, self.id, self.seen_version, Step::Collect, "receipt")?;
        let ReceiptForm { received_on, amount_paise, .. } = self.form;
        let money = MoneyIn { utr, received_on, amount_paise, guarantee: None, credit_follows: self.credit_follows };
        let (credit, later) = take_in(work, &mut recovery, money)?;
        let mut done = credited(recovery, credit);
        done.details["settled_anew"] = later;
        Ok(done)
    }
}
