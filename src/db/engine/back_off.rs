//! Back-off for the writer. After each batch the writer sleeps in proportion to the time that readers
//! spent during it, so that a busy writer does not starve readers of the same processors. What queues
//! up meanwhile makes the next batch larger and so cheaper; where nobody reads there is no back-off.

use crate::db::engine::deadline::Stopwatch;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// With readers at work on every processor all the time the writer sleeps for so many times the
/// batch's duration. Chosen by measuring: with two readers on two processors the reads keep four
/// fifths of their rate on both engines (`BENCH_ONLY=writes`), though part of each is not spent in the
/// database.
const MOST_TIMES: u32 = 6;
/// Whoever waits for a commit waits no longer than this for readers.
const LONGEST_BACK_OFF: Duration = Duration::from_millis(100);

/// The time that readers spend in this process; clones are the same.
#[derive(Clone)]
pub struct Readers {
    spent: Arc<Mutex<Spent>>,
    watch: Stopwatch,
    processors: u32,
}

/// Time spent reading, of all readers together.
#[derive(Default)]
struct Spent {
    under_way: u32,
    /// Until `at`.
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

    /// Somebody reads until what this returns is dropped.
    pub fn begin(&self) -> Reading<'_> {
        self.now().under_way += 1;
        Reading(self)
    }

    /// Measures a batch that begins now.
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

/// A batch of the writer, and when it began.
pub struct BackOff {
    readers: Readers,
    at: Duration,
    spent: Duration,
}

impl BackOff {
    /// How long the writer sleeps now.
    pub fn duration(&self) -> Duration {
        let now = self.readers.now();
        back_off(now.at - self.at, now.spent - self.spent, self.readers.processors)
    }
}

/// The sleep after work that took so long, with so much time spent reading meanwhile.
fn back_off(worked: Duration, read: Duration, processors: u32) -> Duration {
    let on_each = read.checked_div(processors).unwrap_or(read);
    (on_each.min(worked) * MOST_TIMES).min(LONGEST_BACK_OFF)
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
        assert_eq!(back_off(ms(5), ms(5), 2), ms(15));
        assert_eq!(back_off(ms(5), ms(10), 2), ms(30));
        // More readers than processors wait for each other, not for the writer.
        assert_eq!(back_off(ms(5), ms(500), 2), ms(30));
        // With processors to spare there is little to leave to anybody.
        assert_eq!(back_off(ms(16), ms(16), 16), ms(6));
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
