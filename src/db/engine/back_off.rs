//! Back-off for the writer. After each batch the writer sleeps as long as readers were busy on each processor during
//! it, so that readers and writers share the same processors fairly. Commands that queue up during the sleep make the
//! next batch larger and so cheaper. Without readers there is no back-off.

use crate::db::engine::deadline::Stopwatch;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Upper bound of the back-off: a caller that waits for a commit waits at most this long for readers. The value was
/// chosen by measurement (ADR 0014).
const LONGEST_BACK_OFF: Duration = Duration::from_millis(20);

/// Measures the time that readers spend in this process. Clones share the measurement.
#[derive(Clone)]
pub struct Readers {
    spent: Arc<Mutex<Spent>>,
    watch: Stopwatch,
    processors: u32,
}

/// Time spent reading, summed over all readers.
#[derive(Default)]
struct Spent {
    under_way: u32,
    /// Time spent up to `at`.
    spent: Duration,
    at: Duration,
}

impl Spent {
    fn until(&mut self, now: Duration) {
        self.spent += now.saturating_sub(self.at) * self.under_way;
        self.at = now;
    }
}

impl Default for Readers {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, |count| count.get() as u32);
        Readers { spent: Arc::default(), watch: Stopwatch::start(), processors }
    }
}

impl Readers {
    fn now(&self) -> MutexGuard<'_, Spent> {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        spent.until(self.watch.elapsed());
        spent
    }

    /// Counts one more reader until the returned value is dropped.
    pub fn begin(&self) -> Reading<'_> {
        self.now().under_way += 1;
        Reading(self)
    }

    /// Starts to measure a batch that begins now.
    pub fn back_off(&self) -> BackOff {
        let began = self.now();
        let (at, spent) = (began.at, began.spent);
        drop(began);
        BackOff { readers: self.clone(), at, spent }
    }
}

/// A read under way.
pub struct Reading<'r>(&'r Readers);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.0.now().under_way -= 1;
    }
}

/// A batch of the writer, with the measurement at its beginning.
pub struct BackOff {
    readers: Readers,
    at: Duration,
    spent: Duration,
}

impl BackOff {
    /// Returns how long the writer sleeps after this batch.
    pub fn duration(&self) -> Duration {
        let now = self.readers.now();
        back_off(now.at - self.at, now.spent - self.spent, self.readers.processors)
    }
}

/// The sleep after a batch of duration `worked`, during which readers spent `read` in total.
fn back_off(worked: Duration, read: Duration, processors: u32) -> Duration {
    let on_each = read.checked_div(processors).unwrap_or(read);
    on_each.min(worked).min(LONGEST_BACK_OFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn the_writer_backs_off_the_longer_the_more_is_read_and_never_long() {
        assert_eq!(back_off(ms(10), ms(0), 2), ms(0));
        assert_eq!(back_off(ms(6), ms(6), 2), ms(3));
        assert_eq!(back_off(ms(5), ms(10), 2), ms(5));
        // Readers beyond the number of processors wait for each other, not for the writer.
        assert_eq!(back_off(ms(5), ms(500), 2), ms(5));
        // With spare processors, readers need little back-off.
        assert_eq!(back_off(ms(16), ms(16), 16), ms(1));
        assert_eq!(back_off(ms(200), ms(400), 2), LONGEST_BACK_OFF);
        assert_eq!(back_off(ms(0), ms(0), 2), ms(0));
    }

    #[test]
    fn time_is_counted_once_for_each_who_reads() {
        let mut spent = Spent::default();
        spent.until(ms(5));
        assert_eq!(spent.spent, ms(0));
        spent.under_way = 1;
        spent.until(ms(8));
        spent.under_way = 2;
        spent.until(ms(10));
        spent.under_way = 0;
        spent.until(ms(90));
        assert_eq!(spent.spent, ms(7));
    }

    #[test]
    fn a_read_counts_from_its_beginning_to_its_end() {
        let readers = Readers::default();
        drop(readers.begin());
        let one = readers.begin();
        let other = readers.begin();
        assert_eq!(readers.now().under_way, 2);
        drop((one, other));
        assert_eq!(readers.now().under_way, 0);
    }
}
