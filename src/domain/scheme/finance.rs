//! Common parts of the dated tables of finance rules: the period in which a row is in force, and
//! the error of an invalid table.

use chrono::NaiveDate;

/// An invalid table, and the reason.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadTable(pub String);

/// The days on which a row is in force, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from: NaiveDate,
    /// `None` while the row is in force.
    pub to: Option<NaiveDate>,
}

impl Period {
    /// Whether a day lies in the period.
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|last| day <= last)
    }

    /// Whether some day lies in both periods.
    pub fn overlaps(&self, other: &Period) -> bool {
        self.covers(other.from) || other.covers(self.from)
    }

    /// Refuses a period that ends before it begins.
    pub fn check(&self) -> Result<(), BadTable> {
        if self.to.is_some_and(|last| last < self.from) {
            return Err(BadTable(format!("effective_to lies before effective_from ({})", self.from)));
        }
        Ok(())
    }
}
