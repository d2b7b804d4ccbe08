//! Observations of the auditor.

use crate::db::engine::column::{Column, row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::observations;
use crate::db::engine::transaction::ReadTx;
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::id::{ObservationId, OrganisationId, RecoveryId, UserId};
use domain::base::money::Paise;
use domain::desk::observation::{Observation, ObservationStatus, ObservationSteps, Pins};

row! {
    ObservationRow in observations for Observation {
        id: ObservationId, number: String, title: String, text: String, organisation_id: Option<OrganisationId>,
        as_of: NaiveDate, known_at: i64, pins: Pins, amount_paise: Option<Paise>, status: ObservationStatus,
        due_on: NaiveDate, steps: ObservationSteps, recovery_id: Option<RecoveryId>, raised_by: UserId,
        raised_at: Timestamp, version: i64,
    }
}

versioned!(observations, ObservationRow, Observation, ObservationId);

/// Selects observations.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection {
    pub status: Option<ObservationStatus>,
    /// Only observations that wait for a reply which was due before this day.
    pub overdue_on: Option<NaiveDate>,
    pub organisation: Option<OrganisationId>,
    /// Only observations after this one in the order of ids.
    pub after: Option<ObservationId>,
}

/// Observations of a selection in the order in which they were raised, at most `limit`.
pub fn page(tx: &mut ReadTx<'_>, selection: Selection, limit: i64) -> Result<Vec<Observation>, DbError> {
    let mut query = observations::table.order(observations::id).select(ObservationRow::as_select()).into_boxed();
    if let Some(status) = selection.status {
        query = query.filter(observations::status.eq(status.as_str()));
    }
    if let Some(day) = selection.overdue_on {
        query = query
            .filter(observations::status.eq_any(["raised", "remarked"]))
            .filter(observations::due_on.lt(day.raw()));
    }
    if let Some(organisation) = selection.organisation {
        query = query.filter(observations::organisation_id.eq(organisation.raw()));
    }
    if let Some(after) = selection.after {
        query = query.filter(observations::id.gt(after.raw()));
    }
    query.limit(limit).load(tx.conn()?)?.into_iter().map(ObservationRow::record).collect()
}
