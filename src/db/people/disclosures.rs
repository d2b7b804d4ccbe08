//! Personal and confidential values that are stored outside the audit log, and their erasure.

use crate::db::engine::column::{Column, row};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::{disclosures, organisations, users};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use diesel::dsl::exists;
use domain::base::id::{OrganisationId, UserId};
use domain::people::disclosure::{DisclosedField, Disclosure};

row! {
    DisclosureRow in disclosures for Disclosure {
        sequence: i64, field: DisclosedField, subject: String, disclosure: Option<String>, digest: String,
        erased_by: Option<i64>,
    }
}

pub fn insert(tx: &mut WriteTx<'_>, values: &[Disclosure]) -> Result<(), DbError> {
    // The first one flushes the buffer, so that the log entry is written first.
    values.iter().try_for_each(|value| row_statement::insert(tx, &DisclosureRow::of(value)))
}

/// The values that belong to one entry.
pub fn of_entry(tx: &mut ReadTx<'_>, sequence: i64) -> Result<Vec<Disclosure>, DbError> {
    let rows = disclosures::table.filter(disclosures::sequence.eq(sequence)).order(disclosures::field);
    rows.select(DisclosureRow::as_select()).load(tx.conn()?)?.into_iter().map(DisclosureRow::record).collect()
}

/// The values that belong to the entries after one, in the order of the entries, at most `limit`.
pub fn after(tx: &mut ReadTx<'_>, sequence: i64, limit: i64) -> Result<Vec<Disclosure>, DbError> {
    let rows = disclosures::table.filter(disclosures::sequence.gt(sequence));
    let rows = rows.order((disclosures::sequence, disclosures::field)).limit(limit).select(DisclosureRow::as_select());
    rows.load(tx.conn()?)?.into_iter().map(DisclosureRow::record).collect()
}

/// Everything about one subject, oldest first.
pub fn of_subject(tx: &mut ReadTx<'_>, subject: &str) -> Result<Vec<Disclosure>, DbError> {
    let rows = disclosures::table.filter(disclosures::subject.eq(subject));
    let rows = rows.order((disclosures::sequence, disclosures::field)).select(DisclosureRow::as_select());
    rows.load(tx.conn()?)?.into_iter().map(DisclosureRow::record).collect()
}

/// Erases the values about a subject; their digests stay.
pub fn erase(tx: &mut WriteTx<'_>, subject: &str, by: i64) -> Result<(), DbError> {
    let there = disclosures::table.filter(disclosures::subject.eq(subject)).filter(disclosures::erased_by.is_null());
    diesel::update(there)
        .set((disclosures::disclosure.eq(None::<String>), disclosures::erased_by.eq(by)))
        .execute(tx.conn()?)?;
    Ok(())
}

/// The entries from one to another that have such values, in order.
pub fn entries_between(tx: &mut ReadTx<'_>, first: i64, last: i64) -> Result<Vec<i64>, DbError> {
    let there = disclosures::table.filter(disclosures::sequence.between(first, last)).select(disclosures::sequence);
    Ok(there.distinct().order(disclosures::sequence).load(tx.conn()?)?)
}

/// People without stored values for name and address, because an earlier version of the program made their
/// accounts.
pub fn people_without(tx: &mut ReadTx<'_>, limit: i64) -> Result<Vec<UserId>, DbError> {
    let theirs = disclosures::table
        .filter(disclosures::subject.eq(diesel::dsl::sql::<diesel::sql_types::Text>("'user:' || users.id")));
    let ids = users::table.filter(diesel::dsl::not(exists(theirs))).select(users::id).limit(limit);
    parsed(ids.order(users::id).load(tx.conn()?)?, "users")
}

/// Organisations without stored values for their identifiers.
pub fn organisations_without(tx: &mut ReadTx<'_>, limit: i64) -> Result<Vec<OrganisationId>, DbError> {
    let theirs = disclosures::table.filter(
        disclosures::subject.eq(diesel::dsl::sql::<diesel::sql_types::Text>("'organisation:' || organisations.id")),
    );
    let ids = organisations::table.filter(diesel::dsl::not(exists(theirs))).select(organisations::id).limit(limit);
    parsed(ids.order(organisations::id).load(tx.conn()?)?, "organisations")
}

fn parsed<T: Column<Raw = String>>(ids: Vec<String>, table: &'static str) -> Result<Vec<T>, DbError> {
    let corrupt = |why| DbError::Corrupt { table, column: "id", why };
    ids.into_iter().map(|id| T::from_raw(id).map_err(corrupt)).collect()
}
