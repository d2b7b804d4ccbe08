//! Payment advices and the bank's answers.

use crate::db::column::{row, versioned};
use crate::db::connection::ReadTx;
use crate::db::error::DbError;
use crate::db::schema::payments;
use crate::domain::calendar::Timestamp;
use crate::domain::id::{OrganisationId, PaymentId, TrancheId, UserId};
use crate::domain::money::Paise;
use crate::domain::payment::{Payment, PaymentStatus};
use chrono::NaiveDate;
use diesel::prelude::*;

row! {
    PaymentRow in payments for Payment {
        id: PaymentId, number: String, tranche_id: TrancheId, organisation_id: OrganisationId, amount_paise: Paise,
        bank_account: String, ifsc: String, status: PaymentStatus, advised_by: UserId, advised_at: Timestamp,
        utr: Option<String>, paid_on: Option<NaiveDate>, reason: Option<String>, settled_by: Option<UserId>,
        settled_at: Option<Timestamp>, version: i64, set_off_paise: Paise,
    }
}

versioned!(payments, PaymentRow, Payment, PaymentId);

/// Payments of one tranche, or all a person sees, in the order of the advices.
pub fn list(
    tx: &mut ReadTx<'_>,
    tranche: Option<TrancheId>,
    only: Option<OrganisationId>,
) -> Result<Vec<Payment>, DbError> {
    let mut query = payments::table.order(payments::id).select(PaymentRow::as_select()).into_boxed();
    if let Some(tranche) = tranche {
        query = query.filter(payments::tranche_id.eq(tranche.to_string()));
    }
    if let Some(id) = only {
        query = query.filter(payments::organisation_id.eq(id.to_string()));
    }
    query.load(tx.conn)?.into_iter().map(PaymentRow::record).collect()
}

/// The payment that a UTR settles, if any.
pub fn find_by_utr(tx: &mut ReadTx<'_>, utr: &str) -> Result<Option<Payment>, DbError> {
    let row =
        payments::table.filter(payments::utr.eq(utr)).select(PaymentRow::as_select()).first(tx.conn).optional()?;
    row.map(PaymentRow::record).transpose()
}
