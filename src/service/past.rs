//! Reads of the past. Who asks for a moment has the whole request run in it: every read is of the
//! data as it was, and the clock shows that time. Writes are never in one.

use crate::db::past::{Known, commit_by};
use crate::db::transaction::ReadTx;
use crate::domain::calendar::Timestamp;
use crate::domain::moment::{AskedMoment, end_of_day};
use crate::domain::selection::BadParameter;
use crate::service::error::Error;
use crate::service::{Service, off_thread};
use std::future::Future;
use std::sync::Arc;

tokio::task_local! {
    static MOMENT: Moment;
}

/// A moment that was found in the log.
#[derive(Clone, Debug)]
pub struct Moment {
    known: Known,
    now: Timestamp,
    /// Asked again with this as `known_at`, the answer is the same.
    pub known_at: Timestamp,
}

/// Why there is no such moment.
pub enum NoMoment {
    Bad(BadParameter),
    Failed(Error),
}

impl From<Error> for NoMoment {
    fn from(error: Error) -> Self {
        NoMoment::Failed(error)
    }
}

/// No transaction of the writer takes longer until it is seen.
const LONGEST_COMMIT_SECONDS: i64 = 60;
/// Where no day is asked, every fact counts.
const NO_DAY: &str = "9999-12-31";

impl Moment {
    /// Runs a request in this moment.
    pub async fn within<F: Future>(self, request: F) -> F::Output {
        MOMENT.scope(self, request).await
    }

    /// The moment that this request is in.
    pub fn asked() -> Option<Moment> {
        MOMENT.try_with(Clone::clone).ok()
    }

    /// The time it is there.
    pub(in crate::service) fn time() -> Option<Timestamp> {
        MOMENT.try_with(|moment| moment.now).ok()
    }

    /// Reads what was there, with the clock of then.
    pub(in crate::service) fn read<T>(
        &self,
        service: &Service,
        work: impl FnOnce(&mut ReadTx<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        MOMENT.sync_scope(self.clone(), || service.reads.read_history(&self.known, work))
    }
}

impl Service {
    /// Finds the moment that was asked in the log.
    pub async fn moment(self: &Arc<Self>, asked: AskedMoment) -> Result<Moment, NoMoment> {
        let now = self.clock.now();
        asked.check(now).map_err(NoMoment::Bad)?;
        let service = Arc::clone(self);
        let found = off_thread(move || service.reads.read(|tx| find(tx, asked, now))).await?;
        let since = "what was known is kept from a later instant on";
        found.ok_or_else(|| NoMoment::Bad(BadParameter::new("known_at", since)))
    }
}

fn find(tx: &mut ReadTx<'_>, asked: AskedMoment, now: Timestamp) -> Result<Option<Moment>, Error> {
    let text = asked.known_at.map(|instant| instant.to_string());
    let Some(newest) = commit_by(tx, text.as_deref())? else { return Ok(None) };
    // What is being written just now, recorded already and not yet seen, is not to come in between.
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
