//! Reads of the past (time travel; bitemporal: valid time and transaction time). A request for an earlier
//! moment runs in it as a whole: every read returns the data as they were, and the clock shows that time.
//! Writes never run in one.

use crate::db::engine::history::past::{Commit, Known, commit_by};
use crate::db::engine::transaction::ReadTx;
use crate::service::Service;
use crate::service::running::error::Error;
use domain::base::calendar::Timestamp;
use domain::base::field::BadParameter;
use domain::base::field_reason::FieldReason;
use domain::base::moment::{AskedMoment, end_of_day};
use std::future::Future;
use std::sync::Arc;

tokio::task_local! {
    static MOMENT: Moment;
}

/// A moment of the past that was found in the log.
#[derive(Clone, Debug)]
pub struct Moment {
    known: Known,
    now: Timestamp,
    /// A request with this value as `known_at` gets the same answer again.
    pub known_at: Timestamp,
}

/// Why a moment cannot be read.
pub enum NoMoment {
    Bad(BadParameter),
    Failed(Error),
}

impl From<Error> for NoMoment {
    fn from(error: Error) -> Self {
        NoMoment::Failed(error)
    }
}

/// Upper bound, in seconds, for how long a commit may stay invisible to readers.
const LONGEST_COMMIT_SECONDS: i64 = 60;
/// The day used when no day is requested: every fact counts.
const NO_DAY: &str = "9999-12-31";

impl Moment {
    /// The moment after a commit, with the clock of today: for what a record was before it was changed.
    pub(in crate::service) fn after(acts: Commit, now: Timestamp) -> Moment {
        let recorded_by = acts.recorded_at.clone();
        let known_at = recorded_by.parse().unwrap_or(now);
        Moment { known: Known { acts, recorded_by, day: NO_DAY.to_owned() }, now, known_at }
    }

    /// Runs a request at this moment.
    pub async fn within<F: Future>(self, request: F) -> F::Output {
        MOMENT.scope(self, request).await
    }

    /// The moment at which this request runs, if it reads the past.
    pub fn asked() -> Option<Moment> {
        MOMENT.try_with(Clone::clone).ok()
    }

    /// The business time at that moment.
    pub(in crate::service) fn time() -> Option<Timestamp> {
        MOMENT.try_with(|moment| moment.now).ok()
    }

    /// Reads the data of that moment, with the clock set to it.
    pub(in crate::service) fn read<T>(
        &self,
        service: &Service,
        work: impl FnOnce(&mut ReadTx<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        MOMENT.sync_scope(self.clone(), || service.reads.read_history(&self.known, work))
    }
}

impl Service {
    /// Finds the requested moment in the log.
    pub async fn moment(self: &Arc<Self>, asked: AskedMoment) -> Result<Moment, NoMoment> {
        let now = self.clock.now();
        asked.check(now).map_err(NoMoment::Bad)?;
        let service = Arc::clone(self);
        let found = self.looks(move || service.reads.read(|tx| find(tx, asked, now))).await?;
        let name = if asked.known_at.is_some() { "known_at" } else { "as_of" };
        found.ok_or_else(|| NoMoment::Bad(BadParameter::new(name, FieldReason::KnownSince)))
    }
}

/// The last commit of an act by an instant. A new database begins with a commit of no act, before all time, and there
/// is nothing to read of then.
fn act_by(tx: &mut ReadTx<'_>, instant: Option<&str>) -> Result<Option<Commit>, Error> {
    Ok(commit_by(tx, instant)?.filter(|commit| commit.sequence > 0))
}

fn find(tx: &mut ReadTx<'_>, asked: AskedMoment, now: Timestamp) -> Result<Option<Moment>, Error> {
    let text = asked.known_at.map(|instant| instant.to_string());
    let Some(newest) = act_by(tx, text.as_deref())? else { return Ok(None) };
    // A commit that is recorded but not yet visible must not appear in between and change the answer.
    let settled = now.plus_seconds(-LONGEST_COMMIT_SECONDS);
    let known_at = match asked.known_at {
        Some(instant) => instant,
        None => newest.recorded_at.parse::<Timestamp>().map_or(settled, |recorded| recorded.max(settled)),
    };
    let Some(day) = asked.as_of else {
        let known = Known { recorded_by: newest.recorded_at.clone(), acts: newest, day: NO_DAY.to_owned() };
        return Ok(Some(Moment { known, now: known_at, known_at }));
    };
    let then = end_of_day(day).min(known_at);
    let Some(acts) = commit_by(tx, Some(&then.to_string()))? else { return Ok(None) };
    let known = Known { acts, recorded_by: newest.recorded_at, day: day.to_string() };
    Ok(Some(Moment { known, now: then, known_at }))
}
