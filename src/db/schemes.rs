//! Loaded scheme versions with the text they were loaded from.

use crate::db::connection::{ReadTx, WriteTx};
use crate::db::error::DbError;
use crate::db::schema::schemes;
use crate::domain::calendar::Timestamp;
use crate::domain::scheme::Scheme;
use diesel::prelude::*;

/// Digest of the loaded text of this version, if it was loaded.
pub fn digest(tx: &mut ReadTx<'_>, code: &str, version: i64) -> Result<Option<String>, DbError> {
    Ok(schemes::table.find((code, version)).select(schemes::digest).get_result(tx.conn()?).optional()?)
}

pub fn insert(
    tx: &mut WriteTx<'_>,
    scheme: &Scheme,
    digest: &str,
    document: &str,
    at: Timestamp,
) -> Result<(), DbError> {
    diesel::insert_into(schemes::table)
        .values((
            schemes::code.eq(&scheme.code),
            schemes::version.eq(scheme.version),
            schemes::digest.eq(digest),
            schemes::document.eq(document),
            schemes::loaded_at.eq(at.to_string()),
        ))
        .execute(tx.conn()?)?;
    Ok(())
}

/// The texts of all versions, by code and version.
pub fn documents(tx: &mut ReadTx<'_>) -> Result<Vec<(String, String)>, DbError> {
    Ok(schemes::table
        .order((schemes::code, schemes::version))
        .select((schemes::document, schemes::digest))
        .load(tx.conn()?)?)
}
