//! Rehearsals (dry runs): commands in transactions that are never committed, so that a person sees what a step
//! would do. A rehearsal that only changes buffered rows runs in memory, without the writer
//! (`ReadPool::rehearse`). Any other one waits here until the writer has a moment for it. Real commands come first:
//! while they wait, the writer gives rehearsals a fixed small share of its time.

use crate::db::engine::deadline::Deadline;
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::WriteTx;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// The longest time that a person waits for a rehearsal.
pub const LONGEST_REHEARSAL: Duration = Duration::from_millis(200);
/// The longest time that a page waits for one: a person reads it before pressing a button, and would rather wait for
/// the page than not know.
pub const LONGEST_FOR_A_PAGE: Duration = Duration::from_millis(1_500);
/// The largest number of rehearsals that may wait for the writer.
const MOST_WAITING: usize = 64;
/// While commands wait, rehearsals get one part in this many of the time in which the writer works on commands.
/// This bounds what writers lose to them, whatever is rehearsed and however often. The rehearsals that need no writer
/// take about as much again from its processor.
const SHARE_OF_WORK: u32 = 100;
/// The allowance that an idle writer saves up at most, so that rehearsals which come together need not wait.
const MOST_ALLOWED: Duration = Duration::from_millis(20);

/// The moment until which somebody waits for a rehearsal.
#[derive(Clone, Copy)]
pub struct Until(Deadline);

impl Until {
    /// The end of a wait that begins now.
    pub fn within(longest: Duration) -> Until {
        Until(Deadline::within(longest))
    }

    /// The end of the longest wait of a program, from now on.
    pub fn longest() -> Until {
        Until::within(LONGEST_REHEARSAL)
    }

    pub(in crate::db) fn deadline(self) -> Deadline {
        self.0
    }
}

/// A rehearsal that waits for the writer.
pub(in crate::db) trait Waiting: Send {
    fn until(&self) -> Until;
    /// Runs it inside a transaction that is never committed.
    fn run(&mut self, tx: &mut WriteTx<'_>);
    fn answer(self: Box<Self>, undone: Result<(), DbError>);
}

struct Rehearsal<T, F> {
    until: Until,
    work: Option<F>,
    outcome: Option<Result<T, DbError>>,
    reply: oneshot::Sender<Result<T, DbError>>,
}

impl<T: Send, F: FnOnce(&mut WriteTx<'_>) -> T + Send> Waiting for Rehearsal<T, F> {
    fn until(&self) -> Until {
        self.until
    }

    fn run(&mut self, tx: &mut WriteTx<'_>) {
        self.outcome = self.work.take().map(|work| tx.undone(work));
    }

    fn answer(self: Box<Self>, undone: Result<(), DbError>) {
        let Rehearsal { outcome, reply, .. } = *self;
        let none = || Err(DbError::Other("a rehearsal left no outcome".to_owned()));
        // The caller may no longer wait.
        let _ = reply.send(undone.and_then(|()| outcome.unwrap_or_else(none)));
    }
}

/// The rehearsals that wait for the writer. Clones share them.
#[derive(Clone, Default)]
pub(in crate::db) struct Queue(Arc<Shared>);

#[derive(Default)]
struct Shared {
    waiting: Mutex<VecDeque<Box<dyn Waiting>>>,
    /// Whether the writer was called and has not heard it yet.
    called: AtomicBool,
}

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Box<dyn Waiting>>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether the writer must be called; one call stands in its queue at most.
    pub fn call(&self) -> bool {
        !self.0.called.swap(true, Ordering::SeqCst)
    }

    /// The writer heard a call, or could not be called.
    pub fn heard(&self) {
        self.0.called.store(false, Ordering::SeqCst);
    }

    /// Adds a rehearsal, unless too many wait; returns where its outcome will arrive.
    pub fn add<T: Send + 'static>(
        &self,
        until: Until,
        work: impl FnOnce(&mut WriteTx<'_>) -> T + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, DbError>>, DbError> {
        let mut waiting = self.waiting();
        if waiting.len() >= MOST_WAITING {
            return Err(DbError::Busy);
        }
        let (reply, outcome) = oneshot::channel();
        waiting.push_back(Box::new(Rehearsal { until, work: Some(work), outcome: None, reply }));
        Ok(outcome)
    }

    /// Takes the oldest one for which somebody still waits.
    pub fn next(&self) -> Option<Box<dyn Waiting>> {
        let mut waiting = self.waiting();
        while let Some(oldest) = waiting.pop_front() {
            if !oldest.until().deadline().has_passed() {
                return Some(oldest);
            }
            oldest.answer(Err(DbError::TooSlow));
        }
        None
    }

    pub fn is_empty(&self) -> bool {
        self.waiting().is_empty()
    }
}

/// How much of its time the writer may still give to rehearsals. It may be overdrawn by one of them; the next one
/// then waits until the debt is paid.
pub(in crate::db) struct Allowance {
    left: Duration,
    debt: Duration,
}

impl Allowance {
    pub fn new() -> Allowance {
        Allowance { left: MOST_ALLOWED, debt: Duration::ZERO }
    }

    fn earn(&mut self, time: Duration) {
        let paid = time.min(self.debt);
        self.debt -= paid;
        self.left = (self.left + (time - paid)).min(MOST_ALLOWED);
    }

    /// The writer worked on commands for this long.
    pub fn worked(&mut self, time: Duration) {
        self.earn(time / SHARE_OF_WORK);
    }

    /// The writer had nothing to do for this long.
    pub fn idled(&mut self, time: Duration) {
        self.earn(time);
    }

    /// A rehearsal took this long. One that waited for the lock of another process is charged no more than the
    /// longest one that is of use to anybody.
    pub fn spent(&mut self, time: Duration) {
        self.debt = (self.debt + time.saturating_sub(self.left)).min(LONGEST_REHEARSAL);
        self.left = self.left.saturating_sub(time);
    }

    pub fn is_spent(&self) -> bool {
        self.left.is_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn spent(left: u64, debt: u64) -> Allowance {
        Allowance { left: ms(left), debt: ms(debt) }
    }

    #[test]
    fn while_the_writer_works_rehearsals_get_a_hundredth_of_its_time() {
        let mut allowance = spent(0, 0);
        assert!(allowance.is_spent());
        allowance.worked(ms(200));
        assert_eq!((allowance.left, allowance.debt), (ms(2), ms(0)));
        let mut overdrawn = spent(0, 3);
        overdrawn.worked(ms(200));
        assert!(overdrawn.is_spent());
        overdrawn.worked(ms(200));
        assert_eq!((overdrawn.left, overdrawn.debt), (ms(1), ms(0)));
    }

    #[test]
    fn an_idle_writer_saves_up_a_little() {
        let mut allowance = spent(0, 5);
        allowance.idled(ms(15));
        assert_eq!((allowance.left, allowance.debt), (ms(10), ms(0)));
        allowance.idled(ms(1_000));
        assert_eq!(allowance.left, MOST_ALLOWED);
        allowance.spent(ms(25));
        assert_eq!((allowance.left, allowance.debt), (ms(0), ms(5)));
        allowance.spent(ms(5_000));
        assert_eq!(allowance.debt, LONGEST_REHEARSAL);
    }

    #[test]
    fn a_rehearsal_that_nobody_waits_for_any_more_is_not_run() {
        let queue = Queue::default();
        let now = Deadline::within(Duration::ZERO);
        while !now.has_passed() {
            std::hint::spin_loop();
        }
        let late = queue.add(Until(now), |_| 1).unwrap();
        let _in_time = queue.add(Until(Deadline::within(ms(60_000))), |_| 2).unwrap();
        let next = queue.next().unwrap();
        assert!(matches!(late.blocking_recv(), Ok(Err(DbError::TooSlow))));
        assert!(!next.until().deadline().has_passed() && queue.is_empty());
    }

    #[test]
    fn only_so_many_wait() {
        let queue = Queue::default();
        for _ in 0..MOST_WAITING {
            queue.add(Until::longest(), |_| ()).unwrap();
        }
        assert!(matches!(queue.add(Until::longest(), |_| ()), Err(DbError::Busy)));
    }
}
