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
/// The begin of a line about a number that was given out beyond the mark before.
const GIVEN: &str = "given ";

/// A number that was given out beyond the mark of before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Given {
    pub number: i64,
    /// The length of the log with the commit that gave it out.
    pub entries: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HighWaterMark {
    pub checkpoint: Checkpoint,
    /// The highest number of each series that may be in use.
    pub limits: BTreeMap<String, i64>,
    /// The number for which the limit of each series was raised last. A database that does not have it, nor the entries
    /// with it, may have lost it, although it has as many entries as the mark.
    pub given: BTreeMap<String, Given>,
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
        self.limits.iter().try_for_each(|(series, limit)| writeln!(f, "{NUMBERS}{limit} {series}"))?;
        let mut given = self.given.iter();
        given.try_for_each(|(series, Given { number, entries })| writeln!(f, "{GIVEN}{number} {entries} {series}"))
    }
}

impl HighWaterMark {
    /// A mark below every database.
    pub fn lowest(origin: &str) -> HighWaterMark {
        let checkpoint = Checkpoint { origin: origin.to_owned(), size: 0, root: [0; 32] };
        HighWaterMark { checkpoint, limits: BTreeMap::new(), given: BTreeMap::new() }
    }

    /// The mark that a signed note says.
    pub fn of(note: &SignedCheckpoint) -> Result<HighWaterMark, NotANote> {
        let bad = NotANote("each further line of a high-water mark says a number and the name of a series");
        let number = |line: &str| {
            let (limit, series) = line.strip_prefix(NUMBERS)?.split_once(' ')?;
            Some((series.to_owned(), limit.parse::<i64>().ok()?))
        };
        let given = |line: &str| {
            let mut words = line.strip_prefix(GIVEN)?.splitn(3, ' ');
            let (number, entries) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
            Some((words.next()?.to_owned(), Given { number, entries }))
        };
        let (of_given, of_limits): (Vec<&str>, Vec<&str>) =
            note.text.lines().skip(3).partition(|line| line.starts_with(GIVEN));
        let limits = of_limits.into_iter().map(number).collect::<Option<_>>().ok_or(bad.clone())?;
        let given = of_given.into_iter().map(given).collect::<Option<_>>().ok_or(bad)?;
        Ok(HighWaterMark { checkpoint: note.checkpoint.clone(), limits, given })
    }

    /// Whether this number of a series is below the mark.
    pub fn covers(&self, series: &str, number: i64) -> bool {
        self.limits.get(series).is_some_and(|limit| number <= *limit)
    }

    /// Raises the limit of a series so that it covers a number and some that follow. `first` is the first number that
    /// this process gave out; the log has `entries` when the number is given out.
    pub fn reserve(&mut self, series: &str, first: i64, number: i64, entries: i64) {
        let limit = number.saturating_add((number - first).clamp(LEAST, MOST));
        let known = self.limits.entry(series.to_owned()).or_insert(limit);
        *known = limit.max(*known);
        self.given.insert(series.to_owned(), Given { number, entries });
    }

    /// The series whose numbers a database with so many entries may have lost, with the last number that may be in use.
    /// `last` is the last number of a series in that database.
    pub fn unsure(&self, entries: i64, last: impl Fn(&str) -> i64) -> BTreeMap<String, i64> {
        let lost = |(series, given): &(&String, &Given)| entries < given.entries && last(series) < given.number;
        let limit = |(series, given): (&String, &Given)| {
            (series.clone(), self.limits.get(series).copied().unwrap_or(given.number).max(given.number))
        };
        self.given.iter().filter(lost).map(limit).collect()
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
        for (series, given) in other.given {
            let known = self.given.entry(series).or_insert(given);
            *known = given.max(*known);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(size: u64, limits: &[(&str, i64)]) -> HighWaterMark {
        let checkpoint = Checkpoint { origin: "example.org/log".to_owned(), size, root: [size as u8; 32] };
        let limits = limits.iter().map(|(series, limit)| ((*series).to_owned(), *limit)).collect();
        HighWaterMark { checkpoint, limits, given: BTreeMap::new() }
    }

    fn note(text: &str) -> SignedCheckpoint {
        SignedCheckpoint::stored(&format!("{text}\n\u{2014} example.org/log AAAAAAAA\n")).unwrap()
    }

    #[test]
    fn a_mark_reads_back_however_many_series_it_has() {
        let mut whole = mark(7, &[("NDFEB/2026-27/APP", 104), ("a b", 1)]);
        assert_eq!(HighWaterMark::of(&note(&whole.to_string())).unwrap(), whole);
        (0..5_000).for_each(|day| whole.reserve(&format!("0000{day:08}MSG"), 1, 1, 7));
        assert_eq!(HighWaterMark::of(&note(&whole.to_string())).unwrap(), whole);
        for line in ["numbers x y", "numbers 5", "other 5 y", "given 5 y", "given 5 x y"] {
            assert!(HighWaterMark::of(&note(&format!("{}{line}\n", mark(7, &[])))).is_err(), "{line}");
        }
    }

    #[test]
    fn a_series_in_use_has_room_that_grows_with_its_use() {
        let mut mark = mark(1, &[]);
        assert!(!mark.covers("s", 1));
        for (first, number, limit) in [(1, 1, 101), (1, 102, 203), (1, 1_001, 2_001), (1, 50_001, 60_001)] {
            mark.reserve("s", first, number, 1);
            assert!(mark.covers("s", limit) && !mark.covers("s", limit + 1), "{number}: {mark:?}");
        }
        mark.reserve("s", 1, 2, 1);
        assert!(mark.covers("s", 60_001), "a limit never falls");
    }

    #[test]
    fn a_number_is_lost_only_with_the_entries_that_gave_it_out() {
        let mut mark = mark(7, &[]);
        mark.reserve("s", 1, 5, 9);
        let unsure = |entries, last| mark.unsure(entries, |_| last).into_iter().collect::<Vec<_>>();
        assert_eq!(unsure(7, 4), [("s".to_owned(), 105)]);
        assert_eq!(unsure(8, 0), [("s".to_owned(), 105)]);
        assert_eq!(unsure(7, 5), [], "it is there");
        assert_eq!(unsure(9, 4), [], "its act was undone, and its entries are there");
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
