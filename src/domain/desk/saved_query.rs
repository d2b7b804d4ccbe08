//! Saved queries: a selection that an auditor saves, and each run of it, with the moment it was
//! about and the digest of the answer.

use crate::base::calendar::Timestamp;
use crate::base::field::{FieldErrors, check_name};
use crate::base::field_reason::FieldReason;
use crate::base::id::{SavedQueryId, SavedQueryRunId, UserId};
use crate::base::moment::end_of_day;
use crate::desk::selection::{Selection, Subject};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The longest selection that can be saved, in characters.
const SELECTION_MOST: usize = 2_000;

/// A selection saved under a title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SavedQuery {
    pub id: SavedQueryId,
    pub number: String,
    pub title: String,
    /// The selection in canonical form: the kind of record, its conditions and order, as in the URL
    /// of `GET /selections/{subject}`.
    pub selection: String,
    pub saved_by: UserId,
    pub saved_at: Timestamp,
}

/// The form of a saved query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedQueryForm {
    pub title: String,
    /// A selection such as `disbursements?status=succeeded&payment_year=2026-27`.
    pub selection: String,
}

/// The moment for which a saved query is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedQueryRunForm {
    /// The day on which the records were true (valid time).
    #[serde(default)]
    pub as_of: Option<NaiveDate>,
    /// The instant by which they were recorded (transaction time). If it is not given, the end of
    /// the day in `as_of`, else now.
    #[serde(default)]
    pub known_at: Option<Timestamp>,
}

/// The number of records, and the sum of each money field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SavedQueryTotals(pub BTreeMap<String, i64>);

/// One run of a saved query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SavedQueryRun {
    pub id: SavedQueryRunId,
    pub saved_query_id: SavedQueryId,
    pub as_of: Option<NaiveDate>,
    pub known_at: Timestamp,
    pub totals: SavedQueryTotals,
    /// SHA-256 of the records as NDJSON, the same as the `Selection-Digest` of an export for the
    /// same moment.
    pub digest: String,
    /// Whether it equals the answer of an earlier run for the same moment; `null` if there was
    /// none.
    pub agrees: Option<bool>,
    pub run_by: UserId,
    pub run_at: Timestamp,
}

/// Parses a selection from its URL: `{subject}?{parameters}`, with the parameters already decoded.
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
    /// Checks the form together with the result of parsing its selection.
    pub fn check(&self, selection: Result<Selection, String>) -> Result<Selection, FieldErrors> {
        let mut errors = FieldErrors::new();
        check_name(&mut errors, "/title", &self.title, 200);
        errors.require(
            self.selection.chars().count() <= SELECTION_MOST,
            "/selection",
            FieldReason::AtMost { most: 2000, what: "characters" },
        );
        match selection {
            Ok(selection) => errors.finish().map(|()| selection),
            Err(why) => {
                errors.require(false, "/selection", FieldReason::AsSaid { said: why.clone() });
                errors.finish()?;
                Err(FieldErrors::new())
            }
        }
    }
}

impl SavedQueryRunForm {
    /// The instant by which the records must have been recorded: the end of the day in `as_of`, so
    /// that a day's answer never changes.
    pub fn known_by(&self, now: Timestamp) -> Option<Timestamp> {
        self.known_at.or_else(|| self.as_of.map(end_of_day).filter(|end| *end <= now))
    }
}
