//! The gate of all money. Every minute, at the start, and when a sandbox clock is moved, what every
//! account says is held against the sum of its entries; on their schedule and on request all controls
//! are asked (`service/controls.rs`), of which this one is the first. A red integrity control stops
//! all money until all of them are green again; the stop is kept, so a restart does not lift it.
//!
//! A look at the sums costs what was posted since the last one, and a slice of the past: behind the
//! sums that are known, a second walk adds up the entries anew from the first one on, a part at each
//! look, and takes the place of the known sums when it has caught up. While money is stopped, at the
//! start, and in a run of the controls, everything is added up anew.

use crate::db::money_stop;
use crate::db::transaction::ReadTx;
use crate::domain::budget::MoneyStop;
use crate::domain::calendar::Timestamp;
use crate::domain::control::{ControlCode, ControlKind};
use crate::domain::money::Paise;
use crate::domain::permission::Permission;
use crate::domain::refusal::Refusal;
use crate::service::error::Error;
use crate::service::runner::{Call, Caller, Command, Done, Work};
use crate::service::{Service, off_thread};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Audit entries whose journals are added up in one query.
const SLICE: i64 = 50_000;

/// How much of the past is added up anew at each look.
const PAST_PER_LOOK: i64 = 4 * SLICE;

/// Whether money may move, and the sums that tell.
#[derive(Default)]
pub struct MoneyGate {
    stop: RwLock<Option<MoneyStop>>,
    walks: Mutex<Walks>,
    /// One look after the other: what an earlier one saw never takes the place of a later one's.
    turn: tokio::sync::Mutex<()>,
}

impl MoneyGate {
    /// Refuses while money is stopped.
    pub fn check(&self) -> Result<(), Refusal> {
        match &*self.stop.read().unwrap_or_else(PoisonError::into_inner) {
            Some(stop) => Err(Refusal::MoneyStopped {
                control: stop.control.to_string(),
                subject: stop.subject.clone(),
                found: stop.found.clone(),
            }),
            None => Ok(()),
        }
    }

    /// Waits for its turn: one look after the other.
    pub(in crate::service) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    fn set(&self, stop: Option<MoneyStop>) {
        *self.stop.write().unwrap_or_else(PoisonError::into_inner) = stop;
    }
}

#[derive(Default)]
struct Walks {
    /// Up to date after every look.
    known: Walk,
    /// On its way from the first entry again.
    again: Walk,
}

/// Sums of entries by account, up to one audit sequence.
#[derive(Default)]
struct Walk {
    until: i64,
    sums: HashMap<i64, i128>,
}

impl Walk {
    /// Adds what was posted up to a sequence.
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

    /// The first account that says something else than its entries, or the first ledger whose
    /// accounts do not balance.
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
struct Difference {
    account: String,
    kept: i128,
    counted: i128,
}

impl Difference {
    fn stop(self, stopped_at: Timestamp) -> MoneyStop {
        let fit = |sum: i128| Some(Paise(i64::try_from(sum).unwrap_or(i64::MAX)));
        MoneyStop {
            control: ControlCode::AccountsEqualEntries,
            subject: format!("account:{}", self.account),
            found: "it differs from its entries".to_owned(),
            kept_paise: fit(self.kept),
            counted_paise: fit(self.counted),
            stopped_at,
        }
    }
}

impl Walks {
    /// Looks at everything that was posted since, and at a part of the past.
    fn look(&mut self, tx: &mut ReadTx<'_>, anew: bool) -> Result<Option<Difference>, Error> {
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

impl Service {
    /// Holds every account against its entries, and stops or frees money by what it finds.
    pub async fn check_money(self: &Arc<Self>) -> Result<(), Error> {
        let _turn = self.money.turn().await;
        let service = Arc::clone(self);
        let (found, stored) = off_thread(move || service.look()).await?;
        self.settle_money(found, stored).await
    }

    /// Stops or frees money by what a look found beside the stop that was kept then.
    pub(in crate::service) async fn settle_money(
        self: &Arc<Self>,
        found: Option<MoneyStop>,
        stored: Option<MoneyStop>,
    ) -> Result<(), Error> {
        match (found, stored) {
            (None, None) => self.money.set(None),
            (Some(stop), Some(stored)) if stop.same(&stored) => self.money.set(Some(stored)),
            (Some(stop), _) => {
                let control = stop.control.as_str();
                tracing::error!(control, subject = stop.subject, found = stop.found, "no money moves");
                self.money.set(Some(stop.clone()));
                self.execute(operator(), StopMoney { stop }, |()| String::new()).await?;
            }
            (None, Some(stored)) => {
                self.execute(operator(), FreeMoney { stop: stored }, |()| String::new()).await?;
                self.money.set(None);
                tracing::warn!("every integrity control is green again: money moves");
            }
        }
        Ok(())
    }

    /// What is wrong, and the stop that is kept.
    fn look(&self) -> Result<(Option<MoneyStop>, Option<MoneyStop>), Error> {
        self.reads.read(|tx| {
            let stored = money_stop::find(tx)?;
            let found = match stored {
                // Only all of them let money move again.
                Some(_) => self.ask_controls(tx, |control| control.kind() == ControlKind::Integrity)?.stop,
                None => self.add_up(tx, false)?,
            };
            Ok((found, stored))
        })
    }

    /// Holds every account against its entries: those posted since and a part of the past, or all anew.
    pub(in crate::service) fn add_up(&self, tx: &mut ReadTx<'_>, anew: bool) -> Result<Option<MoneyStop>, Error> {
        let mut walks = self.money.walks.lock().unwrap_or_else(PoisonError::into_inner);
        let anew = anew || walks.known.until == 0;
        let looked = match tx.in_savepoint(|tx| walks.look(tx, anew)) {
            // What cannot even be added up (a sum past 64 bits) is a difference too.
            Err(Error::Internal(why)) => {
                tracing::error!(cause = why, "the entries cannot be added up");
                *walks = Walks::default();
                Some(Difference { account: "of some ledger".to_owned(), kept: 0, counted: 0 })
            }
            other => other?,
        };
        Ok(looked.map(|difference| difference.stop(self.clock.now())))
    }
}

pub(in crate::service) fn operator() -> Call {
    Call { caller: Caller::Operator, key: None }
}

/// The service itself stops all money.
struct StopMoney {
    stop: MoneyStop,
}

impl Command for StopMoney {
    const NAME: &'static str = "stop_money";
    const PERMISSION: Permission = Permission::GuardMoney;
    const REFUSALS: &'static [&'static str] = &[];
    type Answer = ();

    fn subject(&self) -> String {
        "money".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<()>, Error> {
        money_stop::set(work.tx, &self.stop)?;
        let details = json!({
            "control": self.stop.control, "subject": self.stop.subject, "found": self.stop.found,
            "kept_paise": self.stop.kept_paise, "counted_paise": self.stop.counted_paise,
        });
        Ok(Done { answer: (), subject: self.subject(), details })
    }
}

/// The service itself lets money move again.
struct FreeMoney {
    stop: MoneyStop,
}

impl Command for FreeMoney {
    const NAME: &'static str = "free_money";
    const PERMISSION: Permission = Permission::GuardMoney;
    const REFUSALS: &'static [&'static str] = &[];
    type Answer = ();

    fn subject(&self) -> String {
        "money".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<()>, Error> {
        money_stop::lift(work.tx)?;
        let details = json!({
            "control": self.stop.control, "subject": self.stop.subject, "stopped_at": self.stop.stopped_at,
        });
        Ok(Done { answer: (), subject: self.subject(), details })
    }
}
