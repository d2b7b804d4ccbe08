//! The only clock. Sessions live by system time; the life of the scheme lives by business time,
//! which in a sandbox can be moved forward and everywhere else is the same.

use crate::domain::calendar::Timestamp;
use crate::service::past::Moment;
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

    /// A clock that asks somebody else (tests pass one that stands still until it is moved).
    pub fn from_source(system: Source) -> Self {
        Self { system, offset_micros: Arc::new(AtomicI64::new(0)) }
    }

    /// Time for tokens and sessions.
    pub fn system_now(&self) -> Timestamp {
        (self.system)()
    }

    /// Time for everything the scheme is about; in a read of the past, the time of then.
    pub fn now(&self) -> Timestamp {
        Moment::time().unwrap_or_else(|| self.business_now())
    }

    fn business_now(&self) -> Timestamp {
        self.system_now().plus_micros(self.offset_micros.load(Ordering::SeqCst))
    }

    /// How far business time runs ahead of system time.
    pub fn set_offset(&self, micros: i64) {
        self.offset_micros.store(micros, Ordering::SeqCst);
    }
}
