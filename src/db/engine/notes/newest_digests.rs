//! The newest digest of each row that acts change, as the writer knows it: of the running batch, and of earlier ones.
//! With them the rows that an act changes are held against the log without reading the log.

use crate::db::engine::sets::Head;
use domain::log::row_note::RowDigest;
use std::collections::{HashMap, VecDeque};

/// A row: its table and its key.
pub type Place = (&'static str, String);

/// The digest that an act left of a row.
#[derive(Clone, Debug)]
pub(in crate::db) struct Left {
    pub digest: RowDigest,
    /// The digest as it is stored in the index.
    pub text: String,
    /// The entry of the act.
    pub sequence: i64,
    /// Whether the index in the tables has it already.
    pub stored: bool,
}

impl Left {
    /// The same when the index in the tables has it.
    pub fn in_table(&self) -> Left {
        Left { stored: true, ..self.clone() }
    }
}

/// So many rows are known at most. Whatever else an act changes is looked up in the index.
const KNOWN_MOST: usize = 50_000;

/// So many long lists of the log are known at most. A start that adopted the rows of an earlier program left some.
const LISTS_MOST: usize = 8;
/// From so many rows on a list is long.
const LONG_LIST: usize = 200;

/// What is known of earlier batches. It is exact as long as the log ends where this process left it.
#[derive(Default)]
pub(in crate::db) struct KnownDigests {
    head: Option<Head>,
    digests: HashMap<Place, RowDigest>,
    /// What the log proves that its long lists say, each with its entry, in the order in which they were read.
    lists: VecDeque<(i64, HashMap<Place, RowDigest>)>,
}

impl KnownDigests {
    /// Begins a batch on a log with this end. If it is another one, another process wrote, or a batch was lost: then
    /// nothing is known.
    pub fn begin(&mut self, head: Head) {
        if self.head.as_ref() != Some(&head) {
            self.digests.clear();
        }
        self.head = Some(head);
    }

    pub fn get(&self, place: &Place) -> Option<RowDigest> {
        self.digests.get(place).copied()
    }

    pub fn learn(&mut self, place: Place, digest: RowDigest) {
        if self.digests.len() >= KNOWN_MOST {
            self.digests.clear();
        }
        self.digests.insert(place, digest);
    }

    /// What the list of an entry says of a row, if it is a known long list.
    pub fn listed(&self, sequence: i64, place: &Place) -> Option<RowDigest> {
        let (_, rows) = self.lists.iter().find(|(entry, _)| *entry == sequence)?;
        rows.get(place).copied()
    }

    /// Keeps a list that the log proves, if it is long.
    pub fn learn_list(&mut self, sequence: i64, rows: HashMap<Place, RowDigest>) {
        if rows.len() >= LONG_LIST {
            self.lists.push_back((sequence, rows));
            if self.lists.len() > LISTS_MOST {
                self.lists.pop_front();
            }
        }
    }

    /// Ends a batch that was committed: the end of the log, if it moved, and what the acts left.
    pub fn end(&mut self, head: Option<Head>, left: impl IntoIterator<Item = (Place, Left)>) {
        self.head = head.or(self.head.take());
        left.into_iter().for_each(|(place, left)| self.learn(place, left.digest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::log::row_note::RowHasher;

    fn place(id: &str) -> Place {
        ("tranches", id.to_owned())
    }

    fn digest(text: &str) -> RowDigest {
        let mut hasher = RowHasher::of("tranches");
        hasher.text("status", text);
        hasher.finish()
    }

    fn left(text: &str, sequence: i64) -> Left {
        Left { digest: digest(text), text: digest(text).text(), sequence, stored: true }
    }

    #[test]
    fn what_is_known_holds_only_while_nobody_else_writes() {
        let mut known = KnownDigests::default();
        known.begin((1, "a".to_owned()));
        known.learn(place("1"), digest("verified"));
        known.end(Some((2, "b".to_owned())), [(place("1"), left("sanctioned", 2))]);
        known.begin((2, "b".to_owned()));
        assert_eq!(known.get(&place("1")), Some(digest("sanctioned")));
        // A batch that wrote nothing leaves the end where it was.
        known.end(None, []);
        known.begin((2, "b".to_owned()));
        assert_eq!(known.get(&place("1")), Some(digest("sanctioned")));
        known.begin((3, "c".to_owned()));
        assert_eq!(known.get(&place("1")), None, "another process wrote entry 3");
    }
}
