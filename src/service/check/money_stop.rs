//! The check behind the gate of all money. Every minute, at the start, and when a sandbox clock is moved, each
//! account's balance is compared with the sum of its entries; all controls run on their schedule and on request
//! (`service/check/controls.rs`), and this comparison is the first of them. A red integrity control stops all money
//! until every integrity control is green again. The stop is stored, so a restart does not lift it.
//!
//! The comparison is incremental: each check adds the entries posted since the last one, and a second pass
//! re-adds a part of the old entries and replaces the sums when it has caught up. While money is stopped, at
//! the start, and in a run of the controls, all entries are added again.

use crate::db::check::money_stop;
use crate::db::engine::transaction::ReadTx;
use crate::service::Service;
use crate::service::running::error::Error;
use crate::service::running::money_gate::{Difference, Walks};
use crate::service::running::runner::{Call, Caller, Command, Done, Work};
use domain::base::permission::Permission;
use domain::budget::budget::MoneyStop;
use domain::check::control::ControlKind;
use serde_json::json;
use std::sync::{Arc, PoisonError};

impl Service {
    /// Why no money moves now; `None` while it does. Every movement passes the same gate.
    pub fn money_stop(&self) -> Option<MoneyStop> {
        self.money.stopped()
    }

    /// Compares every account with its entries, and stops or frees money by the result.
    pub async fn check_money(self: &Arc<Self>) -> Result<(), Error> {
        let _turn = self.money.turn().await;
        let service = Arc::clone(self);
        let (found, stored) = self.looks(move || service.look()).await?;
        self.settle_money(found, stored).await
    }

    /// Stops or frees money: compares what a check found with the stop that was stored at that time.
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

    /// Returns the stop that is needed now, and the stop that is stored.
    fn look(&self) -> Result<(Option<MoneyStop>, Option<MoneyStop>), Error> {
        self.reads.read(|tx| {
            let stored = money_stop::find(tx)?;
            let found = match stored {
                // Only when all integrity controls are green may money move again.
                Some(_) => self.ask_controls(tx, |control| control.kind() == ControlKind::Integrity)?.stop,
                None => self.add_up(tx, false)?,
            };
            Ok((found, stored))
        })
    }

    /// Compares every account with its entries: the new ones and a part of the old ones, or with `anew` all of
    /// them.
    pub(in crate::service) fn add_up(&self, tx: &mut ReadTx<'_>, anew: bool) -> Result<Option<MoneyStop>, Error> {
        let mut walks = self.money.walks.lock().unwrap_or_else(PoisonError::into_inner);
        let anew = anew || walks.known.until == 0;
        let looked = match tx.in_savepoint(|tx| walks.look(tx, anew)) {
            // Entries that cannot even be added (a sum over 64 bits) count as a difference too.
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
    Call::unkeyed(Caller::Operator)
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
