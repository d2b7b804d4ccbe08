//! The only clock of the program. Sessions use system time; everything about the scheme uses business time,
//! which can be moved forward in a sandbox and equals system time everywhere else.

use crate::service::running::past::Moment;
use domain::base::calendar::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

type Source = Arc<dyn Fn() -> Timestamp + Send + Sync>;

#[derive(Clone)]
pub struct Clock {
    system: Source,
    offset_micros: Arc<AtomicI64>,
}

impl Clock {
    /// The clock of the machine.
    #[allow(clippy::disallowed_methods)] // the one place that asks the machine for the time
    pub fn system() -> Self {
        Self::from_source(Arc::new(|| Timestamp::new(chrono::Utc::now())))
    }

    /// A clock with another source (tests pass one that stands still until it is moved).
    pub fn from_source(system: Source) -> Self {
        Self { system, offset_micros: Arc::new(AtomicI64::new(0)) }
    }

    /// Time for tokens and sessions.
    pub fn system_now(&self) -> Timestamp {
        (self.system)()
    }

    /// Business time, used for everything about the scheme; in a time-travel read, the requested moment.
    pub fn now(&self) -> Timestamp {
        Moment::time().unwrap_or_else(|| self.business_now())
    }

    fn business_now(&self) -> Timestamp {
        self.system_now().plus_micros(self.offset_micros.load(Ordering::SeqCst))
    }

    /// Sets by how much business time is ahead of system time, in microseconds.
    pub fn set_offset(&self, micros: i64) {
        self.offset_micros.store(micros, Ordering::SeqCst);
    }
}
