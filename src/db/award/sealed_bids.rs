//! The rates of sealed bids. No list, selection or search reads this table.

use crate::db::engine::column::{row, versioned};
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::sealed_bids;
use domain::award::sealed_bid::SealedBid;
use domain::base::calendar::Timestamp;
use domain::base::id::ApplicationId;
use domain::base::money::Paise;

row! {
    SealedRow in sealed_bids for SealedBid {
        id: ApplicationId, scheme_code: String, rate_paise_per_kg: Paise, salt: String, sealed_at: Timestamp,
        version: i64,
    }
}

versioned!(sealed_bids, SealedRow, SealedBid, ApplicationId);
