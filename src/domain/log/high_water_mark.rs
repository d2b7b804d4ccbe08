//! The high-water mark: how far the log is known to have come, and up to which number each series may have given its
//! numbers out. It is a checkpoint with further lines, signed like any other, and lies outside the database: a database
//! below it is an older one that was put back.

use crate::base::calendar::Timestamp;
use crate::log::checkpoint::{Checkpoint, NotANote, SignedCheckpoint};
use std::collections::BTreeMap;
use std::fmt;

/// How many numbers of a series may be given out before the mark is written again: as many as since the process
/// began, within these bounds.
const LEAST: i64 = 100;
const MOST: i64 = 10_000;

/// The begin of a line about a series.
const NUMBERS: &str = "numbers ";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HighWaterMark {
    pub checkpoint: Checkpoint,
    /// The highest number of each series that may be in use.
    pub limits: BTreeMap<String, i64>,
}

/// Numbers of a series that are never given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BurnedNumbers {
    pub series: String,
    pub first_number: i64,
    pub last_number: i64,
    pub burned_at: Timestamp,
}

/// The text that is signed.
impl fmt::Display for HighWaterMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.checkpoint)?;
        self.limits.iter().try_for_each(|(series, limit)| writeln!(f, "{NUMBERS}{limit} {series}"))
    }
}

impl HighWaterMark {
    /// A mark below every database.
    pub fn lowest(origin: &str) -> HighWaterMark {
        let checkpoint = Checkpoint { origin: origin.to_owned(), size: 0, root: [0; 32] };
        HighWaterMark { checkpoint, limits: BTreeMap::new() }
    }

    /// The mark that a signed note says.
    pub fn of(note: &SignedCheckpoint) -> Result<HighWaterMark, NotANote> {
        let bad = NotANote("each further line of a high-water mark says a number and the name of a series");
        let line = |line: &str| {
            let (limit, series) = line.strip_prefix(NUMBERS)?.split_once(' ')?;
            Some((series.to_owned(), limit.parse::<i64>().ok()?))
        };
        let limits = note.text.lines().skip(3).map(line).collect::<Option<_>>().ok_or(bad)?;
        Ok(HighWaterMark { checkpoint: note.checkpoint.clone(), limits })
    }

    /// Whether this number of a series is below the mark.
    pub fn covers(&self, series: &str, number: i64) -> bool {
        self.limits.get(series).is_some_and(|limit| number <= *limit)
    }

    /// Raises the limit of a series so that it covers a number and some that follow. `first` is the first number that
    /// this process gave out.
    pub fn reserve(&mut self, series: &str, first: i64, number: i64) {
        let limit = number.saturating_add((number - first).clamp(LEAST, MOST));
        let known = self.limits.entry(series.to_owned()).or_insert(limit);
        *known = limit.max(*known);
    }

    /// Raises this mark to another one wherever that is higher.
    pub fn raise_to(&mut self, other: HighWaterMark) {
        if other.checkpoint.size > self.checkpoint.size {
            self.checkpoint = other.checkpoint;
        }
        for (series, limit) in other.limits {
            let known = self.limits.entry(series).or_insert(limit);
            *known = limit.max(*known);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(size: u64, limits: &[(&str, i64)]) -> HighWaterMark {
        let checkpoint = Checkpoint { origin: "example.org/log".to_owned(), size, root: [size as u8; 32] };
        let limits = limits.iter().map(|(series, limit)| ((*series).to_owned(), *limit)).collect();
        HighWaterMark { checkpoint, limits }
    }

    fn note(text: &str) -> SignedCheckpoint {
        SignedCheckpoint::stored(&format!("{text}\n\u{2014} example.org/log AAAAAAAA\n")).unwrap()
    }

    #[test]
    fn a_mark_reads_back_however_many_series_it_has() {
        let mut whole = mark(7, &[("NDFEB/2026-27/APP", 104), ("a b", 1)]);
        assert_eq!(HighWaterMark::of(&note(&whole.to_string())).unwrap(), whole);
        (0..5_000).for_each(|day| whole.reserve(&format!("0000{day:08}MSG"), 1, 1));
        assert_eq!(HighWaterMark::of(&note(&whole.to_string())).unwrap(), whole);
        for line in ["numbers x y", "numbers 5", "other 5 y"] {
            assert!(HighWaterMark::of(&note(&format!("{}{line}\n", mark(7, &[])))).is_err(), "{line}");
        }
    }

    #[test]
    fn a_series_in_use_has_room_that_grows_with_its_use() {
        let mut mark = mark(1, &[]);
        assert!(!mark.covers("s", 1));
        for (first, number, limit) in [(1, 1, 101), (1, 102, 203), (1, 1_001, 2_001), (1, 50_001, 60_001)] {
            mark.reserve("s", first, number);
            assert!(mark.covers("s", limit) && !mark.covers("s", limit + 1), "{number}: {mark:?}");
        }
        mark.reserve("s", 1, 2);
        assert!(mark.covers("s", 60_001), "a limit never falls");
    }

    #[test]
    fn of_two_marks_the_higher_counts_in_each_place() {
        let mut ours = mark(5, &[("a", 10), ("b", 20)]);
        ours.raise_to(mark(4, &[("a", 11), ("b", 19), ("c", 1)]));
        assert_eq!(ours, mark(5, &[("a", 11), ("b", 20), ("c", 1)]));
        ours.raise_to(mark(6, &[]));
        assert_eq!(ours.checkpoint, mark(6, &[]).checkpoint);
    }
}
