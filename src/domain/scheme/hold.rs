//! Holds: for how long money stays reserved or sanctioned, as the scheme's file says.

use crate::base::calendar::plus_months;
use crate::scheme::scheme::Figure;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The time limits of money that is held for a tranche which does not proceed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldPeriods {
    /// The days from verification to sanction.
    pub reservation_days: Figure,
    /// The months from sanction to payment.
    pub sanction_months: Figure,
}

impl HoldPeriods {
    /// The last day of a reservation that is made today.
    pub fn reservation_ends(&self, today: NaiveDate) -> NaiveDate {
        let days = u64::try_from(self.reservation_days.value).unwrap_or(0);
        today.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
    }

    /// The last day of a sanction that is given today.
    pub fn sanction_ends(&self, today: NaiveDate) -> NaiveDate {
        plus_months(today, u32::try_from(self.sanction_months.value).unwrap_or(0))
    }
}
