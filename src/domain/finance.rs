//! What the tables of finance rules share: the time a row is in force, and how a wrong one is told.

use chrono::NaiveDate;

/// A table that cannot be, and why.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadTable(pub String);

/// The days on which a row is in force, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from: NaiveDate,
    /// None while it is in force.
    pub to: Option<NaiveDate>,
}

impl Period {
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|last| day <= last)
    }

    /// Whether both cover some day.
    pub fn overlaps(&self, other: &Period) -> bool {
        self.covers(other.from) || other.covers(self.from)
    }

    /// Refuses a time that ends before it begins.
    pub fn check(&self) -> Result<(), BadTable> {
        if self.to.is_some_and(|last| last < self.from) {
            return Err(BadTable(format!("effective_to lies before effective_from ({})", self.from)));
        }
        Ok(())
    }
}
