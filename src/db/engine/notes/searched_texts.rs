//! The form in which texts are searched. The engines compare letters in different ways: SQLite knows the case of ASCII
//! alone, PostgreSQL that of its locale. So the program folds (NFKC, case folding: `domain/base/folding.rs`) and stores
//! the folded form of each text that has other letters; the statements search that.

use crate::db::engine::connection::{DbConnection, per_engine};
use crate::db::engine::error::DbError;
use crate::db::engine::sets::{SetRow, Value};
use crate::db::engine::transaction::WriteTx;
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::base::folding::folded;
use std::collections::BTreeSet;

/// The columns with texts that people write and others search. No column of a person is among them, because their
/// names are erased.
const SEARCHED: &[(&str, &str)] = &[
    ("organisations", "name"),
    ("disbursements", "beneficiary"),
    ("milestones", "title"),
    ("payments", "reason"),
    ("securities", "bank"),
    ("securities", "guarantee_number"),
    ("claim_lines", "party"),
    ("claim_lines", "invoice_number"),
    ("final_certificates", "certificate_number"),
    ("budget_instruments", "reference"),
    ("treasury_returns", "message_id"),
    ("bank_scrolls", "message_id"),
    ("evidence", "file_name"),
];

/// Longer texts are searched as they are: an index does not take them.
const BYTES_MOST: usize = 1_200;

fn is_stored(text: &str) -> bool {
    !text.is_ascii() && text.len() <= BYTES_MOST
}

/// The texts of a row that are stored folded too.
pub(in crate::db) fn of_row<R: SetRow>(row: &R) -> Vec<String> {
    if SEARCHED.iter().all(|(table, _)| *table != R::TABLE) {
        return Vec::new();
    }
    let named = R::COLUMNS.iter().zip(row.values());
    let texts = named.filter_map(|((name, _), value)| match value {
        Value::Text(text) if is_stored(text) && SEARCHED.contains(&(R::TABLE, name)) => Some(text.to_owned()),
        _ => None,
    });
    texts.collect()
}

/// Stores the folded forms of texts that may be known already.
pub(in crate::db) fn write(conn: &mut DbConnection, texts: &BTreeSet<String>) -> Result<(), DbError> {
    for text in texts {
        let statement = "INSERT INTO searched_texts (original, folded) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        per_engine!(conn, |conn| {
            let bound = diesel::sql_query(statement).bind::<Text, _>(text).bind::<Text, _>(folded(text));
            bound.execute(conn)?
        });
    }
    Ok(())
}

/// A text column as it is compared with a folded text: the stored form, or the column without the case of ASCII.
pub(in crate::db) fn searched(column: &str) -> String {
    format!(
        "CASE WHEN octet_length({column}) = length({column}) THEN lower({column}) ELSE COALESCE((SELECT \
         searched_texts.folded FROM searched_texts WHERE searched_texts.original = {column}), lower({column})) END"
    )
}

#[derive(QueryableByName)]
struct Unfolded {
    #[diesel(sql_type = Text)]
    text: String,
}

/// The text that is stored once every text of before is.
const FILLED: &str = "";

/// Stores the folded forms of texts that an earlier program wrote, at most `limit`. Returns how many.
pub fn fill(tx: &mut WriteTx<'_>, limit: i64) -> Result<usize, DbError> {
    let conn = tx.conn()?;
    let load = |conn: &mut DbConnection, statement: String| -> Result<Vec<Unfolded>, DbError> {
        Ok(per_engine!(conn, |conn| diesel::sql_query(statement).load(conn)?))
    };
    let filled = "SELECT original AS text FROM searched_texts WHERE original = ''".to_owned();
    if !load(conn, filled)?.is_empty() {
        return Ok(0);
    }
    for (table, column) in SEARCHED {
        let found = load(
            conn,
            format!(
                "SELECT DISTINCT {column} AS text FROM {table} WHERE octet_length({column}) > length({column}) \
                 AND octet_length({column}) <= {BYTES_MOST} \
                 AND NOT EXISTS (SELECT 1 FROM searched_texts WHERE searched_texts.original = {table}.{column}) \
                 LIMIT {limit}"
            ),
        )?;
        if !found.is_empty() {
            let texts: BTreeSet<String> = found.into_iter().map(|one| one.text).collect();
            write(conn, &texts)?;
            return Ok(texts.len());
        }
    }
    write(conn, &BTreeSet::from([FILLED.to_owned()]))?;
    Ok(0)
}
