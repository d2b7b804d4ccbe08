//! Deadlines of commands, and measured durations. This is the only file of the store that reads a stopwatch (a
//! monotonic clock); no stored time comes from here.

use std::time::{Duration, Instant};

/// The moment after which a command has taken too long.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    #[allow(clippy::disallowed_methods)] // how long something takes is no business time
    pub fn within(longest: Duration) -> Deadline {
        Deadline(Instant::now().checked_add(longest))
    }

    #[allow(clippy::disallowed_methods)]
    pub fn has_passed(self) -> bool {
        self.0.is_some_and(|end| Instant::now() > end)
    }
}

/// Measures the time since it was created.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    #[allow(clippy::disallowed_methods)]
    pub fn start() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
