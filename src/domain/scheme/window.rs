//! Application windows: the days on which applications of a scheme may be submitted.

use crate::base::calendar::Timestamp;
use crate::base::id::{UserId, WindowId};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

/// An application window of a scheme, both days included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Window {
    pub id: WindowId,
    pub scheme_code: String,
    pub opens_on: NaiveDate,
    pub closes_on: NaiveDate,
    /// The order that opened it.
    pub reference: String,
    pub opened_by: UserId,
    pub opened_at: Timestamp,
}

impl Window {
    /// Whether applications may be submitted on this day.
    pub fn covers(&self, day: NaiveDate) -> bool {
        (self.opens_on..=self.closes_on).contains(&day)
    }
}
