//! The only clock of the program. Sessions use system time; everything about the scheme uses business time,
//! which can be moved forward in a sandbox and equals system time everywhere else.
//!
//! The clock of a machine can be wrong. A running service follows it while it agrees, within bounds, with the time
//! that passed by the service's own count (a monotonic clock); otherwise it goes on with its own count. At a start
//! `src/service/running/clock_check.rs` compares it with the log.

use crate::db::engine::deadline::Stopwatch;
use crate::service::running::past::Moment;
use domain::base::calendar::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

type Source = Arc<dyn Fn() -> Timestamp + Send + Sync>;
type Hand = Arc<dyn Fn() + Send + Sync>;

/// How far a clock may be behind: as far as it is set back when it is put right, and as the clocks of two machines
/// differ.
pub(in crate::service) const BEHIND_MOST_MICROS: i64 = 60_000_000;
const DAY_MICROS: i64 = 86_400_000_000;

#[derive(Clone)]
pub struct Clock {
    system: Source,
    offset_micros: Arc<AtomicI64>,
    /// Since when the offset is known, where another process may move it.
    offset_known: Arc<Mutex<Option<Stopwatch>>>,
    /// The newest time on record: business time never goes back behind it.
    recorded_micros: Arc<AtomicI64>,
    guard: Arc<Mutex<Guard>>,
    accepted: bool,
    /// Moves the source after each batch that wrote to the log; the clock of a machine moves by itself.
    hand: Option<Hand>,
}

/// What the system time is compared with.
#[derive(Default)]
struct Guard {
    /// How far it may be ahead, and the last time that was believed with the time since then; nothing before a start.
    believed: Option<(i64, Timestamp, Stopwatch)>,
    in_doubt: bool,
}

impl Guard {
    /// The time to go by when the machine shows this one.
    fn judge(&mut self, shown: Timestamp) -> Timestamp {
        let Some((ahead_most, at, since)) = &mut self.believed else { return shown };
        let passed = i64::try_from(since.elapsed().as_micros()).unwrap_or(i64::MAX);
        let expected = at.plus_micros(passed);
        let believable = is_believable(shown, expected, *ahead_most);
        if believable {
            (*at, *since) = (shown, Stopwatch::start());
        }
        if self.in_doubt == believable {
            self.in_doubt = !believable;
            let (shown, expected) = (shown.to_string(), expected.to_string());
            if believable {
                tracing::warn!(shown, "the clock of this machine is followed again");
            } else {
                tracing::error!(shown, expected, "the clock of this machine jumped; the service counts time itself");
            }
        }
        if believable { shown } else { expected }
    }
}

/// Whether a clock that shows this instant may be right, when another one was expected.
pub(in crate::service) fn is_believable(shown: Timestamp, expected: Timestamp, ahead_most_micros: i64) -> bool {
    (-BEHIND_MOST_MICROS..=ahead_most_micros).contains(&(shown.micros() - expected.micros()))
}

impl Clock {
    /// The clock of the machine.
    #[allow(clippy::disallowed_methods)] // the one place that asks the machine for the time
    pub fn system() -> Self {
        Self::from_source(Arc::new(|| Timestamp::new(chrono::Utc::now())))
    }

    /// A clock with another source (tests pass one that moves with each act, and when it is set).
    pub fn from_source(system: Source) -> Self {
        Self {
            system,
            offset_micros: Arc::default(),
            offset_known: Arc::default(),
            recorded_micros: Arc::new(AtomicI64::new(i64::MIN)),
            guard: Arc::default(),
            accepted: false,
            hand: None,
        }
    }

    /// The same clock with a hand that moves its source after whatever was written to the log, so that no two acts of a
    /// test have the same time.
    #[must_use]
    pub fn moved_by(self, hand: Hand) -> Self {
        Self { hand: Some(hand), ..self }
    }

    pub(in crate::service) fn has_written(&self) {
        if let Some(hand) = &self.hand {
            hand();
        }
    }

    /// The same clock, which a person says is right.
    #[must_use]
    pub fn accepted(self, accepted: bool) -> Self {
        Self { accepted, ..self }
    }

    pub(in crate::service) fn is_accepted(&self) -> bool {
        self.accepted
    }

    /// From now on, a jump of more than so many days ahead, or of more than a minute back, is not followed.
    pub(in crate::service) fn guard(&self, ahead_days_most: i64) {
        let believed = (ahead_days_most.saturating_mul(DAY_MICROS), (self.system)(), Stopwatch::start());
        self.guard.lock().unwrap_or_else(PoisonError::into_inner).believed = Some(believed);
    }

    /// Whether the clock of the machine jumped and is not followed.
    pub fn is_in_doubt(&self) -> bool {
        self.system_now();
        self.guard.lock().unwrap_or_else(PoisonError::into_inner).in_doubt
    }

    /// Time for tokens and sessions.
    pub fn system_now(&self) -> Timestamp {
        let shown = (self.system)();
        self.guard.lock().unwrap_or_else(PoisonError::into_inner).judge(shown)
    }

    /// Business time, used for everything about the scheme; in a time-travel read, the requested moment.
    pub fn now(&self) -> Timestamp {
        Moment::time().unwrap_or_else(|| self.business_now())
    }

    fn business_now(&self) -> Timestamp {
        let now = self.system_now().plus_micros(self.offset_micros.load(Ordering::SeqCst));
        now.plus_micros(self.recorded_micros.load(Ordering::SeqCst).saturating_sub(now.micros()).max(0))
    }

    /// The time of a new entry: never before that of an earlier one.
    pub(in crate::service) fn to_record(&self) -> Timestamp {
        let now = self.now();
        self.has_recorded(now);
        now
    }

    /// Notes that an entry has this time, whichever process wrote it.
    pub(in crate::service) fn has_recorded(&self, at: Timestamp) {
        self.recorded_micros.fetch_max(at.micros(), Ordering::SeqCst);
    }

    /// Sets by how much business time is ahead of system time, in microseconds.
    pub fn set_offset(&self, micros: i64) {
        self.offset_micros.store(micros, Ordering::SeqCst);
    }

    fn offset_known(&self) -> MutexGuard<'_, Option<Stopwatch>> {
        self.offset_known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over the offset that is stored. A sandbox's clock never goes back, so an older one changes nothing.
    pub(in crate::service) fn follow_offset(&self, micros: i64) {
        self.offset_micros.fetch_max(micros, Ordering::SeqCst);
        *self.offset_known() = Some(Stopwatch::start());
    }

    pub(in crate::service) fn forget_offset(&self) {
        *self.offset_known() = None;
    }

    /// Whether the offset was looked up longer ago than this.
    pub(in crate::service) fn is_offset_older_than(&self, longest: Duration) -> bool {
        self.offset_known().is_none_or(|since| since.elapsed() > longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    /// A clock that a test moves, and the hand that moves it.
    fn clock() -> (Clock, Arc<AtomicI64>) {
        let hand = Arc::new(AtomicI64::new(1_800_000_000_000_000));
        let source = Arc::clone(&hand);
        let read =
            move || Timestamp::new(chrono::DateTime::from_timestamp_micros(source.load(Ordering::SeqCst)).unwrap());
        (Clock::from_source(Arc::new(read)), hand)
    }

    fn moves(hand: &AtomicI64, seconds: i64) {
        hand.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    #[test]
    fn a_jump_is_not_followed_and_a_clock_put_right_is() {
        let (clock, hand) = clock();
        clock.guard(45);
        let begun = clock.now();
        moves(&hand, 44 * DAY);
        assert_eq!(clock.now(), begun.plus_seconds(44 * DAY), "a machine that slept");
        let believed = clock.now();
        for seconds in [46 * DAY, 400 * DAY, -61, -400 * DAY] {
            moves(&hand, seconds);
            let counted = clock.now().seconds() - believed.seconds();
            assert!((0..10).contains(&counted), "{seconds}: {counted}");
            assert!(clock.is_in_doubt(), "{seconds}");
            moves(&hand, -seconds);
            assert!(!clock.is_in_doubt(), "{seconds}");
        }
    }

    #[test]
    fn recorded_time_never_goes_back() {
        let (clock, hand) = clock();
        clock.guard(45);
        let first = clock.to_record();
        moves(&hand, -30);
        assert_eq!((clock.to_record(), clock.system_now()), (first, first.plus_seconds(-30)));
        // Another process wrote an entry with a clock that is a little ahead.
        clock.has_recorded(first.plus_seconds(5));
        assert_eq!(clock.to_record(), first.plus_seconds(5));
        moves(&hand, 40);
        assert_eq!(clock.to_record(), first.plus_seconds(10));
    }

    #[test]
    fn before_a_start_the_clock_is_that_of_the_machine() {
        let (clock, hand) = clock();
        let begun = clock.now();
        moves(&hand, 4_000 * DAY);
        assert_eq!(clock.now(), begun.plus_seconds(4_000 * DAY));
    }
}
