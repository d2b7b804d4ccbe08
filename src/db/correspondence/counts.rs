//! How much there is about a record, in one statement.

use crate::db::engine::connection::per_engine;
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl};
use domain::correspondence::about::About;

/// The numbers of notes and of letters.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct Counted {
    #[diesel(sql_type = BigInt)]
    pub notes: i64,
    #[diesel(sql_type = BigInt)]
    pub letters: i64,
}

/// What is stored about a record.
pub fn of(tx: &mut ReadTx<'_>, about: About) -> Result<Counted, DbError> {
    // A kind is a word of the vocabulary, and an id has digits and hyphens.
    let record = format!("about_kind = '{}' AND about_id = '{}'", about.kind, about.id);
    let text = format!(
        "SELECT (SELECT COUNT(*) FROM notes WHERE {record}) AS notes, \
         (SELECT COUNT(*) FROM letters WHERE {record}) AS letters"
    );
    let counted: Counted = per_engine!(tx.conn()?, |conn| RunQueryDsl::get_result(diesel::sql_query(text), conn)?);
    Ok(counted)
}

/// Records whose notes are not numbered without a gap, each as the log names it.
pub fn gaps(tx: &mut ReadTx<'_>) -> Result<Vec<String>, DbError> {
    #[derive(QueryableByName)]
    struct Gap {
        #[diesel(sql_type = diesel::sql_types::Text)]
        about: String,
    }
    let text = "SELECT about_kind || ':' || about_id AS about FROM notes GROUP BY about_kind, about_id \
                HAVING MAX(number) <> COUNT(*) ORDER BY about_kind, about_id LIMIT 1";
    let found: Vec<Gap> = per_engine!(tx.conn()?, |conn| RunQueryDsl::load(diesel::sql_query(text), conn)?);
    Ok(found.into_iter().map(|gap| gap.about).collect())
}
