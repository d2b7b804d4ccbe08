//! Payments: each attempt to pay a tranche, and what the bank answered.

use crate::db::engine::column::versioned;
use crate::db::engine::connection::per_engine;
use crate::db::engine::error::DbError;
use crate::db::engine::notes::written;
use crate::db::engine::query::of_ids;
use crate::db::engine::query::prelude::*;
use crate::db::engine::rows::PaymentRow;
use crate::db::engine::schema::{bank_differences, payment_advice_lines, payments, tranches};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use diesel::dsl::exists;
use domain::base::id::{OrganisationId, PaymentId, TrancheId};
use domain::log::row_note::RowDigest;
use domain::payment::payment::{Payment, PaymentStatus};
use std::collections::HashMap;

/// The statuses of payments whose money is not with the payee.
const FAILED: [&str; 2] = ["failed", "failed_after_success"];

/// A difference of the bank that nobody settled yet.
const UNSETTLED: [&str; 2] = ["open", "proposed"];

versioned!(buffered payments by put_payment, PaymentRow, Payment, PaymentId);
of_ids!(payments, PaymentRow, Payment);

/// The digest of a payment as it stands now.
pub fn digest(tx: &mut ReadTx<'_>, id: PaymentId) -> Result<Option<RowDigest>, DbError> {
    Ok(row(tx, &id.to_string())?.as_ref().and_then(written::note).and_then(|note| note.digest))
}

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

diesel::alias!(payments as named: Named);

/// All attempts to pay the tranche for which the payment with this number was one, in the order of the advices; none
/// if there is no such payment.
pub fn attempts_with(tx: &mut ReadTx<'_>, number: &str, only: Option<OrganisationId>) -> Result<Vec<Payment>, DbError> {
    let of = named.filter(named.field(payments::number).eq(number)).select(named.field(payments::tranche_id));
    let mut query = payments::table.filter(payments::tranche_id.eq_any(of)).order(payments::id).into_boxed();
    if let Some(id) = only {
        query = query.filter(payments::organisation_id.eq(id.to_string()));
    }
    let rows: Vec<PaymentRow> = query.select(PaymentRow::as_select()).load(tx.conn()?)?;
    rows.into_iter().map(PaymentRow::record).collect()
}

/// The payment with a number, if any. A number never changes, so only new payments can be missing
/// from the table.
pub fn find_by_number(tx: &mut ReadTx<'_>, number: &str) -> Result<Option<Payment>, DbError> {
    let query = payments::table.filter(payments::number.eq(number)).select(payments::id);
    let stored = tx.stored(|select| select.get_result::<String>(query).optional())?;
    let id = stored.merge(tx, |stored, savepoints| {
        stored.or_else(|| {
            let mut buffered = savepoints.flat_map(|savepoint| &savepoint.payments);
            buffered.find(|(_, change)| change.row.number == number).map(|(id, _)| id.clone())
        })
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

/// The ids of these payments with their numbers.
pub fn numbers(tx: &mut ReadTx<'_>, ids: &[String]) -> Result<Vec<(String, String)>, DbError> {
    let query = payments::table.filter(payments::id.eq_any(ids)).select((payments::id, payments::number));
    Ok(query.load(tx.conn()?)?)
}

/// The part of all payments that a list shows: those of one status, of one organisation, or all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    pub status: Option<PaymentStatus>,
    pub only: Option<OrganisationId>,
}

/// How many payments a list has.
pub fn count(tx: &mut ReadTx<'_>, part: Part) -> Result<i64, DbError> {
    let mut query = payments::table.count().into_boxed();
    if let Some(status) = part.status {
        query = query.filter(payments::status.eq(status.as_str()));
    }
    if let Some(id) = part.only {
        query = query.filter(payments::organisation_id.eq(id.to_string()));
    }
    Ok(query.get_result(tx.conn()?)?)
}

/// The payments of one page of a list, the newest first.
pub fn page(tx: &mut ReadTx<'_>, part: Part, offset: i64, limit: i64) -> Result<Vec<Payment>, DbError> {
    let mut query = payments::table.order(payments::id.desc()).select(PaymentRow::as_select()).into_boxed();
    if let Some(status) = part.status {
        query = query.filter(payments::status.eq(status.as_str()));
    }
    if let Some(id) = part.only {
        query = query.filter(payments::organisation_id.eq(id.to_string()));
    }
    query.offset(offset).limit(limit).load(tx.conn()?)?.into_iter().map(PaymentRow::record).collect()
}

/// The newest payments to an organisation but those of one tranche, at most `limit`.
pub fn others_of(
    tx: &mut ReadTx<'_>,
    organisation: OrganisationId,
    but: TrancheId,
    limit: i64,
) -> Result<Vec<Payment>, DbError> {
    let query = payments::table
        .filter(payments::organisation_id.eq(organisation.to_string()))
        .filter(payments::tranche_id.ne(but.to_string()))
        .order(payments::id.desc())
        .limit(limit);
    query.select(PaymentRow::as_select()).load(tx.conn()?)?.into_iter().map(PaymentRow::record).collect()
}

diesel::alias!(tranches as asked: Asked);

/// Id and number of each payment of the claims of these tranches that failed or came back, or about which a line of a
/// scroll says something else than the record and nobody settled it; in the order of the advices.
pub fn doubted_of(tx: &mut ReadTx<'_>, tranches: &[String]) -> Result<Vec<(String, String)>, DbError> {
    let mut found = Vec::new();
    for some in tranches.chunks(500) {
        let claims = asked.filter(asked.field(tranches::id).eq_any(some)).select(asked.field(tranches::claim_id));
        let of_claims = tranches::table.filter(tranches::claim_id.eq_any(claims)).select(tranches::id);
        let difference = bank_differences::table
            .filter(bank_differences::payment_id.eq(payments::id.nullable()))
            .filter(bank_differences::status.eq_any(UNSETTLED))
            .filter(bank_differences::line.is_not_null());
        let query = payments::table
            .filter(payments::tranche_id.eq_any(of_claims))
            .filter(payments::status.eq_any(FAILED).or(exists(difference)))
            .order(payments::id)
            .select((payments::id, payments::number));
        found.extend(query.load::<(String, String)>(tx.conn()?)?);
    }
    Ok(found)
}

/// Advised payments that no file for the treasury contains yet, oldest first, at most `limit`.
pub fn in_no_advice(tx: &mut ReadTx<'_>, limit: i64) -> Result<Vec<Payment>, DbError> {
    let query = payments::table
        .filter(payments::status.eq(PaymentStatus::Advised.as_str()))
        .filter(payments::id.ne_all(payment_advice_lines::table.select(payment_advice_lines::payment_id)))
        .order(payments::id)
        .limit(limit);
    query.select(PaymentRow::as_select()).load(tx.conn()?)?.into_iter().map(PaymentRow::record).collect()
}

/// Those of these tranches that have an open or succeeded payment, with the status of that payment.
pub fn live_of(tx: &mut ReadTx<'_>, tranches: &[String]) -> Result<Vec<(String, String)>, DbError> {
    let live = payments::table
        .filter(payments::tranche_id.eq_any(tranches))
        .filter(payments::status.ne_all(["failed", "failed_after_success"]));
    Ok(live.select((payments::tranche_id, payments::status)).load(tx.conn()?)?)
}

/// The payment that a UTR settles, if any.
pub fn find_by_utr(tx: &mut ReadTx<'_>, utr: &str) -> Result<Option<Payment>, DbError> {
    let id = tx.read_through(
        utr.to_owned(),
        |savepoint, utr| savepoint.utrs.get(utr).map(|id| Some(id.clone())),
        |cache| &mut cache.utrs,
        |select, utr| {
            let query = payments::table.filter(payments::utr.eq(utr)).select(payments::id);
            per_engine!(select.engine(), |conn| diesel::RunQueryDsl::get_result(query, conn)).optional()
        },
    )?;
    let Some(id) = id else { return Ok(None) };
    row(tx, &id)?.map(PaymentRow::record).transpose()
}

/// Prefetches these payments and the payments of these UTRs in two statements, for the commands of the batch.
/// Returns the ids of their tranches.
pub(in crate::db) fn prefetch(tx: &mut WriteTx<'_>, ids: &[String], utrs: &[String]) -> Result<Vec<String>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = payments::table.filter(payments::id.eq_any(ids)).select(PaymentRow::as_select());
    let owners =
        payments::table.filter(payments::utr.eq_any(utrs)).select((payments::utr.assume_not_null(), payments::id));
    let read = tx.stored(|select| Ok((select.load::<PaymentRow>(rows)?, select.load::<(String, String)>(owners)?)))?;
    Ok(read.cache(tx, |(rows, owners), cache| {
        let tranches = rows.iter().map(|row| row.tranche_id.clone()).collect();
        cache.payments.extend(ids.iter().map(|id| (id.clone(), None)));
        cache.payments.extend(rows.into_iter().map(|row| (row.id.clone(), Some(row))));
        cache.utrs.extend(utrs.iter().map(|utr| (utr.clone(), None)));
        cache.utrs.extend(owners.into_iter().map(|(utr, id)| (utr, Some(id))));
        tranches
    }))
}
