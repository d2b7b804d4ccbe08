//! Loaded scheme versions with the text they were loaded from.

use crate::db::engine::column::Column;
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::schemes;
use crate::db::engine::sets::set_row;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::calendar::Timestamp;
use domain::base::id::SchemeDraftId;
use domain::scheme::scheme::Scheme;

/// A stored version.
#[derive(Clone, Debug)]
pub struct KeptVersion {
    pub code: String,
    pub version: i64,
    pub digest: String,
    pub document: String,
    pub loaded_at: Timestamp,
    /// The draft it was published from; `None` for a file.
    pub draft_id: Option<SchemeDraftId>,
}

struct VersionRow {
    code: String,
    version: i64,
    digest: String,
    document: String,
    loaded_at: String,
    draft_id: Option<String>,
}

set_row!(VersionRow in schemes { code, version, digest, document, loaded_at, draft_id });

/// Digest of the loaded text of this version, if it was loaded.
pub fn digest(tx: &mut ReadTx<'_>, code: &str, version: i64) -> Result<Option<String>, DbError> {
    Ok(schemes::table.find((code, version)).select(schemes::digest).get_result(tx.conn()?).optional()?)
}

/// Digests of all versions, by code and version.
pub fn digests(tx: &mut ReadTx<'_>) -> Result<Vec<String>, DbError> {
    let query = schemes::table.order((schemes::code, schemes::version)).select(schemes::digest);
    tx.cached(|| "schemes".to_owned(), |select| Ok(select.load(query)?))
}

pub fn insert(
    tx: &mut WriteTx<'_>,
    scheme: &Scheme,
    digest: &str,
    document: &str,
    at: Timestamp,
    draft: Option<SchemeDraftId>,
) -> Result<(), DbError> {
    let row = VersionRow {
        code: scheme.code.clone(),
        version: scheme.version,
        digest: digest.to_owned(),
        document: document.to_owned(),
        loaded_at: at.to_string(),
        draft_id: draft.map(|id| id.to_string()),
    };
    row_statement::insert(tx, &row)
}

/// The texts of all versions, by code and version.
pub fn documents(tx: &mut ReadTx<'_>) -> Result<Vec<(String, String)>, DbError> {
    Ok(schemes::table
        .order((schemes::code, schemes::version))
        .select((schemes::document, schemes::digest))
        .load(tx.conn()?)?)
}

type Row = (String, i64, String, String, String, Option<String>);

/// All versions, or those of one scheme, by code and version.
pub fn kept(tx: &mut ReadTx<'_>, code: Option<&str>) -> Result<Vec<KeptVersion>, DbError> {
    let columns =
        (schemes::code, schemes::version, schemes::digest, schemes::document, schemes::loaded_at, schemes::draft_id);
    let mut query = schemes::table.order((schemes::code, schemes::version)).select(columns).into_boxed();
    if let Some(code) = code {
        query = query.filter(schemes::code.eq(code.to_owned()));
    }
    let rows: Vec<Row> = query.load(tx.conn()?)?;
    rows.into_iter().map(version_of).collect()
}

/// One version, if it is stored.
pub fn find(tx: &mut ReadTx<'_>, code: &str, version: i64) -> Result<Option<KeptVersion>, DbError> {
    let columns =
        (schemes::code, schemes::version, schemes::digest, schemes::document, schemes::loaded_at, schemes::draft_id);
    let row: Option<Row> = schemes::table.find((code, version)).select(columns).get_result(tx.conn()?).optional()?;
    row.map(version_of).transpose()
}

fn version_of((code, version, digest, document, loaded_at, draft_id): Row) -> Result<KeptVersion, DbError> {
    let corrupt = |column| move |why| DbError::Corrupt { table: "schemes", column, why };
    let loaded_at = Column::from_raw(loaded_at).map_err(corrupt("loaded_at"))?;
    let draft_id = Column::from_raw(draft_id).map_err(corrupt("draft_id"))?;
    Ok(KeptVersion { code, version, digest, document, loaded_at, draft_id })
}
