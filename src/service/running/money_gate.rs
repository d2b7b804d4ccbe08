//! The gate that every money movement passes: whether money is stopped, and the incremental sums of entries
//! that the standing check compares with the balances of the accounts. A check adds the entries posted since
//! the last one; a second pass adds the entries again from the first one on, a part at each check, and replaces
//! the sums when it has caught up.

use crate::db::check::money_stop;
use crate::db::engine::transaction::ReadTx;
use crate::service::running::error::Error;
use domain::base::calendar::Timestamp;
use domain::base::money::Paise;
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::budget::budget::MoneyStop;
use domain::check::control::ControlCode;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError, RwLock};

/// Number of audit entries whose journals are added in one query.
const SLICE: i64 = 50_000;

/// Number of audit entries whose journals the second pass adds again at each check.
const PAST_PER_LOOK: i64 = 4 * SLICE;

/// Whether money may move, and the sums by which that is decided.
#[derive(Default)]
pub struct MoneyGate {
    stop: RwLock<Option<MoneyStop>>,
    pub(in crate::service) walks: Mutex<Walks>,
    /// Checks run one after the other, so that an older result never replaces a newer one.
    turn: tokio::sync::Mutex<()>,
}

impl MoneyGate {
    /// Refuses while money is stopped.
    pub fn check(&self) -> Result<(), Refusal> {
        match &*self.stop.read().unwrap_or_else(PoisonError::into_inner) {
            Some(stop) => Err(Refusal::MoneyStopped {
                control: stop.control.to_string(),
                subject: stop.subject.clone(),
                found: stop.reason(),
            }),
            None => Ok(()),
        }
    }

    /// Why no money moves now; `None` while it does.
    pub fn stopped(&self) -> Option<MoneyStop> {
        self.stop.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until no other check is running, and reserves the turn until the guard is dropped.
    pub(in crate::service) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    pub(in crate::service) fn set(&self, stop: Option<MoneyStop>) {
        *self.stop.write().unwrap_or_else(PoisonError::into_inner) = stop;
    }
}

#[derive(Default)]
pub(in crate::service) struct Walks {
    /// The sums that every check brings up to date.
    pub(in crate::service) known: Walk,
    /// The sums of the second pass, which started again at the first entry.
    again: Walk,
}

/// Sums of entries by account, up to one audit sequence.
#[derive(Default)]
pub(in crate::service) struct Walk {
    pub(in crate::service) until: i64,
    sums: HashMap<i64, i128>,
}

impl Walk {
    /// Adds the entries posted up to this audit sequence.
    fn advance(&mut self, tx: &mut ReadTx<'_>, to: i64) -> Result<(), Error> {
        while self.until < to {
            let next = to.min(self.until + SLICE);
            for (account, amount) in money_stop::slice_sums(tx, self.until, next)? {
                *self.sums.entry(account).or_default() += i128::from(amount);
            }
            self.until = next;
        }
        Ok(())
    }

    /// The first account whose balance differs from the sum of its entries, or the first ledger whose accounts
    /// do not balance.
    fn first_difference(&self, tx: &mut ReadTx<'_>) -> Result<Option<Difference>, Error> {
        let mut ledgers: BTreeMap<String, i128> = BTreeMap::new();
        let accounts = money_stop::kept(tx)?;
        for (id, code, kept) in &accounts {
            let counted = self.sums.get(id).copied().unwrap_or(0);
            if counted != i128::from(*kept) {
                return Ok(Some(Difference { account: code.clone(), kept: i128::from(*kept), counted }));
            }
            let ledger = code.split(':').next().unwrap_or_default();
            *ledgers.entry(ledger.to_owned()).or_default() += i128::from(*kept);
        }
        if let Some((id, counted)) = self.sums.iter().find(|(id, _)| accounts.iter().all(|(other, ..)| other != *id)) {
            return Ok(Some(Difference { account: format!("number {id}"), kept: 0, counted: *counted }));
        }
        let uneven = ledgers.into_iter().find(|(_, sum)| *sum != 0);
        Ok(uneven.map(|(ledger, sum)| Difference { account: format!("{ledger}, all together"), kept: sum, counted: 0 }))
    }
}

#[derive(Debug)]
pub(in crate::service) struct Difference {
    pub(in crate::service) account: String,
    pub(in crate::service) kept: i128,
    pub(in crate::service) counted: i128,
}

impl Difference {
    pub(in crate::service) fn stop(self, stopped_at: Timestamp) -> MoneyStop {
        let fit = |sum: i128| Some(Paise(i64::try_from(sum).unwrap_or(i64::MAX)));
        MoneyStop {
            control: ControlCode::AccountsEqualEntries,
            subject: format!("account:{}", self.account),
            found: Reason::BooksDiffer.to_string(),
            kept_paise: fit(self.kept),
            counted_paise: fit(self.counted),
            stopped_at,
        }
    }
}

impl Walks {
    /// Adds everything posted since the last check and a part of the old entries; with `anew`, adds all entries
    /// again.
    pub(in crate::service) fn look(&mut self, tx: &mut ReadTx<'_>, anew: bool) -> Result<Option<Difference>, Error> {
        if anew {
            *self = Walks::default();
        }
        let newest = money_stop::newest_journal(tx)?;
        self.known.advance(tx, newest)?;
        if let Some(difference) = self.known.first_difference(tx)? {
            return Ok(Some(difference));
        }
        if anew {
            return Ok(None);
        }
        let to = newest.min(self.again.until + PAST_PER_LOOK);
        self.again.advance(tx, to)?;
        if to < newest {
            return Ok(None);
        }
        self.known = std::mem::take(&mut self.again);
        self.known.first_difference(tx)
    }
}
