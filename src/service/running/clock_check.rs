//! The clock and the log. At a start, a clock that is far from the newest entry stops the start until a person accepts
//! it, because what lapses on a wrong clock is lost for good. While the service runs, time follows what other processes
//! recorded, and where they moved a sandbox's clock.

use crate::db::engine::error::DbError;
use crate::db::engine::instance;
use crate::db::engine::read_pool::ReadPool;
use crate::db::engine::transaction::WriteTx;
use crate::db::log::audit_log;
use crate::service::Service;
use crate::service::running::clock::{Clock, is_believable};
use crate::service::running::error::Error;
use crate::service::running::runner::{Call, Caller, Command, Done, Work};
use domain::base::calendar::Timestamp;
use domain::base::permission::Permission;
use serde_json::json;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const DAY_MICROS: i64 = 86_400_000_000;
/// How long the clock of a sandbox is known before a read looks again.
const KNOWN: Duration = Duration::from_millis(100);

/// A clock that a start was told to accept although it is far from the log.
pub(in crate::service) struct AcceptClock {
    shown: Timestamp,
    newest: Timestamp,
}

/// Compares the clock with the newest entry, and guards it from now on. Returns what is to be recorded when a person
/// accepted a clock that would have stopped the start.
pub(in crate::service) fn check(
    reads: &ReadPool,
    clock: &Clock,
    ahead_days_most: i64,
) -> Result<Option<AcceptClock>, Error> {
    let newest = reads.read(|tx| Ok::<_, Error>(audit_log::newest_at(tx)?))?;
    let shown = clock.now();
    clock.guard(ahead_days_most);
    let Some(newest) = newest else { return Ok(None) };
    clock.has_recorded(newest);
    if is_believable(shown, newest, ahead_days_most.saturating_mul(DAY_MICROS)) {
        return Ok(None);
    }
    if !clock.is_accepted() {
        return Err(Error::Setup(problem(shown, newest, ahead_days_most)));
    }
    Ok(Some(AcceptClock { shown, newest }))
}

fn problem(shown: Timestamp, newest: Timestamp, ahead_days_most: i64) -> String {
    let ahead = shown.micros() - newest.micros();
    let far = if ahead < 0 {
        "which is before the newest entry of the log".to_owned()
    } else {
        format!("which is {} days after the newest entry of the log", ahead / DAY_MICROS)
    };
    format!(
        "the clock of this machine shows {shown}, {far} ({newest}): what has a time limit could lapse for good, or time \
         could run twice. Put the clock right; if it is right, start once with --accept-clock (clock.ahead_days_most is \
         {ahead_days_most})"
    )
}

impl Command for AcceptClock {
    const NAME: &'static str = "accept_clock";
    /// That of the operator at the machine, who started the service so.
    const PERMISSION: Permission = Permission::GuardMoney;
    const REFUSALS: &'static [&'static str] = &[];
    type Answer = ();

    fn subject(&self) -> String {
        "clock".to_owned()
    }

    fn run(self, _: &mut Work<'_, '_>) -> Result<Done<()>, Error> {
        let details = json!({ "shown": self.shown, "newest_entry": self.newest });
        Ok(Done { answer: (), subject: "clock".to_owned(), details })
    }
}

impl Service {
    /// Records that a person accepted the clock.
    pub(in crate::service) async fn note_clock(self: &Arc<Self>, accepted: Option<AcceptClock>) -> Result<(), Error> {
        if let Some(accepted) = accepted {
            let (shown, newest) = (accepted.shown.to_string(), accepted.newest.to_string());
            tracing::warn!(shown, newest, "the clock of this machine was accepted");
            self.execute(Call::unkeyed(Caller::Operator), accepted, |()| String::new()).await?;
        }
        Ok(())
    }

    /// The business time; in a sandbox, after another process moved its clock too.
    pub async fn time(self: &Arc<Self>) -> Result<Timestamp, Error> {
        if self.sandbox {
            self.clock.forget_offset();
            self.read_openly(|_| Ok(())).await?;
        }
        Ok(self.clock.now())
    }

    /// Before a read of a sandbox: takes over where another process moved its clock, if that was not looked up just
    /// now.
    pub(in crate::service) fn follow_clock(&self) -> Result<(), Error> {
        if self.sandbox
            && self.clock.is_offset_older_than(KNOWN)
            && let Some(found) = self.reads.read(|tx| Ok::<_, Error>(instance::find(tx)?))?
        {
            self.clock.follow_offset(found.clock_offset_micros);
        }
        Ok(())
    }
}

/// Follows the log from batch to batch of the writer.
pub(in crate::service) struct LogFollower {
    clock: Clock,
    sandbox: bool,
    /// Sequence and hash of the newest entry as the last batch of this process found or left it.
    known: Mutex<Option<(i64, String)>>,
}

impl LogFollower {
    pub fn new(clock: Clock, sandbox: bool) -> LogFollower {
        LogFollower { clock, sandbox, known: Mutex::default() }
    }

    /// At the beginning of a batch: if another process wrote the newest entry, no earlier time is recorded after it,
    /// and a sandbox's clock is where that process moved it.
    pub fn begin(&self, tx: &mut WriteTx<'_>) -> Result<(), DbError> {
        let head = audit_log::head(tx)?;
        if self.known().as_ref() == Some(&head) {
            return Ok(());
        }
        if let Some(newest) = audit_log::newest_at(tx)? {
            self.clock.has_recorded(newest);
        }
        if self.sandbox
            && let Some(found) = instance::find(tx)?
        {
            self.clock.follow_offset(found.clock_offset_micros);
        }
        *self.known() = Some(head);
        Ok(())
    }

    /// At the end of a batch.
    pub fn end(&self, tx: &mut WriteTx<'_>) -> Result<(), DbError> {
        let head = audit_log::head(tx)?;
        if self.known().replace(head.clone()) != Some(head) {
            self.clock.has_written();
        }
        Ok(())
    }

    fn known(&self) -> MutexGuard<'_, Option<(i64, String)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
