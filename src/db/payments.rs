//! Payment advices and the bank's answers.

use crate::db::column::{row, versioned};
use crate::db::connection::{ReadTx, WriteTx, directly};
use crate::db::error::DbError;
use crate::db::schema::payments;
use crate::domain::calendar::Timestamp;
use crate::domain::id::{OrganisationId, PaymentId, TrancheId, UserId};
use crate::domain::money::Paise;
use crate::domain::payment::{Payment, PaymentStatus};
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::HashMap;

row! {
    PaymentRow in payments for Payment {
        id: PaymentId, number: String, tranche_id: TrancheId, organisation_id: OrganisationId, amount_paise: Paise,
        bank_account: String, ifsc: String, status: PaymentStatus, advised_by: UserId, advised_at: Timestamp,
        utr: Option<String>, paid_on: Option<NaiveDate>, reason: Option<String>, settled_by: Option<UserId>,
        settled_at: Option<Timestamp>, version: i64, accepted_at: Option<Timestamp>, set_off_paise: Paise,
    }
}

versioned!(held payments by put_payment, PaymentRow, Payment, PaymentId);

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
    query.load(tx.conn()?)?.into_iter().map(PaymentRow::record).collect()
}

/// The payment with a number, if any. A number never changes, so only new payments can be held back.
pub fn find_by_number(tx: &mut ReadTx<'_>, number: &str) -> Result<Option<Payment>, DbError> {
    let query = payments::table.filter(payments::number.eq(number)).select(payments::id);
    let stored: Option<String> = query.get_result(tx.stored()?).optional()?;
    let id = stored.or_else(|| {
        let mut held = tx.batch.iter().flat_map(|batch| batch.layers()).flat_map(|layer| &layer.payments);
        held.find(|(_, change)| change.row.number == number).map(|(id, _)| id.clone())
    });
    let Some(id) = id else { return Ok(None) };
    row(tx, &id)?.map(PaymentRow::record).transpose()
}

/// Ids of the payments with these numbers, by number.
pub fn ids_of_numbers(tx: &mut ReadTx<'_>, numbers: &[String]) -> Result<HashMap<String, PaymentId>, DbError> {
    let mut found = HashMap::new();
    for some in numbers.chunks(1_000) {
        let query = payments::table.filter(payments::number.eq_any(some)).select((payments::number, payments::id));
        let rows: Vec<(String, String)> = query.load(tx.conn()?)?;
        for (number, id) in rows {
            let id = id.parse().map_err(|_| DbError::Corrupt { table: "payments", column: "id", why: id })?;
            found.insert(number, id);
        }
    }
    Ok(found)
}

/// Payments behind an id, in the order of ids, at most `limit`.
pub fn after(tx: &mut ReadTx<'_>, id: &str, limit: i64) -> Result<Vec<Payment>, DbError> {
    let query = payments::table.filter(payments::id.gt(id)).order(payments::id).limit(limit);
    query.select(PaymentRow::as_select()).load(tx.conn()?)?.into_iter().map(PaymentRow::record).collect()
}

/// The tranches among these that have a payment which is open or has succeeded, and its status.
pub fn live_of(tx: &mut ReadTx<'_>, tranches: &[String]) -> Result<Vec<(String, String)>, DbError> {
    let live = payments::table
        .filter(payments::tranche_id.eq_any(tranches))
        .filter(payments::status.ne_all(["failed", "failed_after_success"]));
    Ok(live.select((payments::tranche_id, payments::status)).load(tx.conn()?)?)
}

/// The payment that a UTR settles, if any.
pub fn find_by_utr(tx: &mut ReadTx<'_>, utr: &str) -> Result<Option<Payment>, DbError> {
    let known = tx.batch.as_ref().and_then(|batch| {
        let here = batch.layers().find_map(|layer| layer.utrs.get(utr));
        here.map(|id| Some(id.clone())).or_else(|| batch.known.utrs.get(utr).cloned())
    });
    let id = match known {
        Some(id) => id,
        None => {
            let query = payments::table.filter(payments::utr.eq(utr)).select(payments::id);
            directly!(tx.stored()?, |conn| query.get_result(conn)).optional()?
        }
    };
    let Some(id) = id else { return Ok(None) };
    row(tx, &id)?.map(PaymentRow::record).transpose()
}

/// Reads these payments and the owners of these UTRs in two statements, for the commands to come.
/// Returns the ids of their tranches.
pub(in crate::db) fn foresee(tx: &mut WriteTx<'_>, ids: &[String], utrs: &[String]) -> Result<Vec<String>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = payments::table.filter(payments::id.eq_any(ids)).select(PaymentRow::as_select());
    let rows: Vec<PaymentRow> = query.load(tx.stored()?)?;
    let query =
        payments::table.filter(payments::utr.eq_any(utrs)).select((payments::utr.assume_not_null(), payments::id));
    let owners: Vec<(String, String)> = query.load(tx.stored()?)?;
    let tranches = rows.iter().map(|row| row.tranche_id.clone()).collect();
    let known = &mut tx.held().known;
    known.payments.extend(ids.iter().map(|id| (id.clone(), None)));
    known.payments.extend(rows.into_iter().map(|row| (row.id.clone(), Some(row))));
    known.utrs.extend(utrs.iter().map(|utr| (utr.clone(), None)));
    known.utrs.extend(owners.into_iter().map(|(utr, id)| (utr, Some(id))));
    Ok(tranches)
}
