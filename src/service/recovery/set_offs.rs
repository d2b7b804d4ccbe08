//! Set-off: a payment to a beneficiary that owes money is reduced. The amount set off is reserved when the
//! payment is advised, counts when the payment succeeds (from the day of the advice), and returns to the
//! recovery when it fails. The bank always has at least one rupee to pay, so that every set-off has a payment
//! that settles it.

use crate::db::budget::accounts;
use crate::db::engine::transaction::WriteTx;
use crate::db::recovery::{recoveries, recovery_credits};
use crate::service::recovery::recoveries::purse_of;
use crate::service::recovery::recovery_credits::terms_of;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Work;
use domain::base::calendar::FinancialYear;
use domain::base::id::{PaymentId, RecoveryCreditId};
use domain::base::money::Paise;
use domain::payment::payment::{Payment, PaymentStatus};
use domain::payment::payment_outcome::decides_on;
use domain::payment::tranche::Tranche;
use domain::recovery::posting_recovery::Rooms;
use domain::recovery::recovery_change::{CreditChange, Recorder, RecoveryChange};
use domain::recovery::set_off::{KeptBack, SetOff, ToSetOff, keep_back};

/// How much of a tranche's payment to keep back, oldest recovery first.
pub fn plan(work: &mut Work<'_, '_>, tranche: &Tranche, payment: PaymentId) -> Result<KeptBack, Error> {
    let mut orders = Vec::new();
    for recovery in recoveries::to_set_off(work.tx, tranche.organisation_id)? {
        let terms = terms_of(work, &recovery)?;
        orders.push(ToSetOff { recovery, terms, credit_id: RecoveryCreditId(work.new_id()) });
    }
    let recorder = Recorder { user_id: work.actor.user_id, at: work.now };
    let unit = work.finance.units.on(work.today());
    Ok(keep_back(tranche.amount_paise, unit, payment, orders, recorder)?)
}

/// The set-offs of a payment on which a bank's answer decides; most have none, and then nothing is read.
pub fn decided_by(work: &mut Work<'_, '_>, payment: &Payment, outcome: PaymentStatus) -> Result<Vec<SetOff>, Error> {
    let Some(status) = decides_on(outcome).filter(|_| payment.set_off_paise > Paise::ZERO) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for credit in recovery_credits::set_offs_of(work.tx, payment.id, status)? {
        let recovery = recoveries::find(work.tx, credit.recovery_id)?.or_not_found("recovery")?;
        let purse = purse_of(work, &recovery)?;
        let terms = terms_of(work, &recovery)?;
        found.push(SetOff { credit, recovery, purse, terms, undone_id: RecoveryCreditId(work.new_id()) });
    }
    Ok(found)
}

/// Where the money of the set-offs of a payment may be that the bank took back, with what is there now.
pub fn rooms(work: &mut Work<'_, '_>, payment: &Payment, set_offs: &[SetOff]) -> Result<Rooms, Error> {
    let mut rooms = Rooms::default();
    let Some(paid_on) = payment.paid_on else { return Ok(rooms) };
    for set_off in set_offs {
        for account in Rooms::accounts(&set_off.purse, FinancialYear::containing(paid_on)).into_iter().flatten() {
            let balance = accounts::balance(work.tx, &account)?;
            rooms.put(&account, balance);
        }
    }
    Ok(rooms)
}

/// Stores recoveries as an act left them, with their credits.
pub fn store(tx: &mut WriteTx<'_>, changes: &mut [RecoveryChange]) -> Result<(), Error> {
    for RecoveryChange { recovery, credit, no_longer_asked, begins } in changes {
        if let Some((paid, asked)) = *no_longer_asked
            && !recoveries::put_under_recovery(tx, paid, Paise(-asked.0))?
        {
            let why = format!("recovery {} holds more of its payment than there is", recovery.number);
            return Err(Error::Internal(why));
        }
        if *begins {
            let room =
                recovery.disbursement_id.map(|paid| recoveries::put_under_recovery(tx, paid, recovery.amount_paise));
            if room.transpose()? != Some(true) {
                return Err(Error::Internal(format!("recovery {} asks more than its payment has", recovery.number)));
            }
            recoveries::insert(tx, recovery)?;
        } else {
            recoveries::update(tx, recovery)?;
        }
        match credit {
            CreditChange::Unchanged => {}
            CreditChange::Added(credit) => recovery_credits::insert(tx, credit)?,
            CreditChange::Finished(credit) => recovery_credits::finish(tx, credit)?,
        }
    }
    Ok(())
}
