//! Openings of sealed bids.

use crate::db::engine::column::{row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::bid_openings;
use crate::db::engine::transaction::ReadTx;
use domain::award::sealed_bid::{BidOpening, BidOpeningStatus, OpenedBids};
use domain::base::calendar::Timestamp;
use domain::base::id::{BidOpeningId, UserId};

row! {
    OpeningRow in bid_openings for BidOpening {
        id: BidOpeningId, scheme_code: String, status: BidOpeningStatus, asked_by: UserId, asked_at: Timestamp,
        opened_by: Option<UserId>, opened_at: Option<Timestamp>, bids: OpenedBids, version: i64,
    }
}

versioned!(bid_openings, OpeningRow, BidOpening, BidOpeningId);

/// The openings of a scheme, the first one on top.
pub fn list(tx: &mut ReadTx<'_>, scheme_code: &str) -> Result<Vec<BidOpening>, DbError> {
    let rows = bid_openings::table
        .filter(bid_openings::scheme_code.eq(scheme_code))
        .order(bid_openings::id)
        .select(OpeningRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(OpeningRow::record).collect()
}
