//! Saved queries: a selection that an auditor keeps, and each time it was asked, of which moment, with
//! the digest of what was answered.

use crate::domain::calendar::Timestamp;
use crate::domain::field::{FieldErrors, check_name};
use crate::domain::id::{SavedQueryId, SavedQueryRunId, UserId};
use crate::domain::moment::end_of_day;
use crate::domain::selection::{Selection, Subject};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Longest selection that is kept, in characters.
const SELECTION_MOST: usize = 2_000;

/// A question that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SavedQuery {
    pub id: SavedQueryId,
    pub number: String,
    pub title: String,
    /// In its one written form: the kind of record, its conditions and order, as in the address of
    /// `GET /selections/{subject}`.
    pub selection: String,
    pub saved_by: UserId,
    pub saved_at: Timestamp,
}

/// What the auditor keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedQueryForm {
    pub title: String,
    /// Such as `disbursements?status=succeeded&payment_year=2026-27`.
    pub selection: String,
}

/// Of which moment a saved query is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedQueryRunForm {
    /// What was true on that day.
    #[serde(default)]
    pub as_of: Option<NaiveDate>,
    /// What was known at that instant. Unless given: at the end of the day in `as_of`, else now.
    #[serde(default)]
    pub known_at: Option<Timestamp>,
}

/// How many records there were, and the sum of each field of money.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SavedQueryTotals(pub BTreeMap<String, i64>);

/// One time it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SavedQueryRun {
    pub id: SavedQueryRunId,
    pub saved_query_id: SavedQueryId,
    pub as_of: Option<NaiveDate>,
    pub known_at: Timestamp,
    pub totals: SavedQueryTotals,
    /// SHA-256 of the records as NDJSON: that of `Selection-Digest` of an export of the same moment.
    pub digest: String,
    /// Whether it is what was answered before of the same moment; `null` when that was not asked.
    pub agrees: Option<bool>,
    pub run_by: UserId,
    pub run_at: Timestamp,
}

/// Reads a selection from its address: `{subject}?{parameters}`, the parameters already read.
pub fn parse_selection<'p>(
    subject: &str,
    parameters: impl IntoIterator<Item = (&'p str, &'p str)>,
) -> Result<Selection, String> {
    let subject: Subject = subject.parse().map_err(|_| "no such kind of record".to_owned())?;
    let selection = Selection::parse(subject, parameters).map_err(|bad| format!("{}: {}", bad.name, bad.why))?;
    if selection.group_by.is_empty() {
        Ok(selection)
    } else {
        Err("groups are not kept: leave group_by out".to_owned())
    }
}

impl SavedQueryForm {
    /// Checks the form with what its selection was read as.
    pub fn check(&self, selection: Result<Selection, String>) -> Result<Selection, FieldErrors> {
        let mut errors = FieldErrors::new();
        check_name(&mut errors, "/title", &self.title, 200);
        errors.require(self.selection.chars().count() <= SELECTION_MOST, "/selection", "at most 2000 characters");
        match selection {
            Ok(selection) => errors.finish().map(|()| selection),
            Err(why) => {
                errors.require(false, "/selection", &why);
                errors.finish()?;
                Err(FieldErrors::new())
            }
        }
    }
}

impl SavedQueryRunForm {
    /// The instant by which it must have been known: a day's answer stays the same for ever.
    pub fn known_by(&self, now: Timestamp) -> Option<Timestamp> {
        self.known_at.or_else(|| self.as_of.map(end_of_day).filter(|end| *end <= now))
    }
}
