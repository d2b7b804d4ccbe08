//! The entries of the log that changed a record since a version of it, found in the record's own history: whatever act
//! changed it, and whatever subject that act has in the log.

use crate::db::engine::connection::{DbConnection, per_engine};
use crate::db::engine::error::DbError;
use crate::db::engine::history::past::Commit;
use crate::db::engine::transaction::ReadTx;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::base::calendar::Timestamp;
use domain::base::id::UserId;

/// More changes than a page names of a record that somebody looked at.
const CHANGES_MOST: i64 = 20;

/// The nouns of subjects, with the tables of their records.
const TABLES: &[(&str, &str)] = &[
    ("allocation", "allocations"),
    ("application", "applications"),
    ("award", "awards"),
    ("bank_difference", "bank_differences"),
    ("budget_instrument", "budget_instruments"),
    ("claim", "claims"),
    ("correction", "corrections"),
    ("excuse", "excuses"),
    ("final_certificate", "final_certificates"),
    ("milestone", "milestones"),
    ("organisation", "organisations"),
    ("payment", "payments"),
    ("recovery", "recoveries"),
    ("scheme_draft", "scheme_drafts"),
    ("security", "securities"),
    ("tranche", "tranches"),
    ("user", "users"),
];

/// Who changed a record, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub at: Timestamp,
    pub by: UserId,
    /// The last entry before it, by which the record still was what it had been; `None` if the log begins with it.
    pub before: Option<Commit>,
}

#[derive(diesel::QueryableByName)]
struct ChangeRow {
    #[diesel(sql_type = Text)]
    recorded_at: String,
    #[diesel(sql_type = Text)]
    actor_id: String,
    #[diesel(sql_type = BigInt)]
    until_sequence: i64,
    #[diesel(sql_type = Nullable<Text>)]
    until_at: Option<String>,
}

fn corrupt(column: &'static str, why: impl ToString) -> DbError {
    DbError::Corrupt { table: "audit_log", column, why: why.to_string() }
}

/// The changes of the record of a subject, such as `claim:` and its id, since it had this version, the newest first;
/// empty if its noun has no such history.
pub fn since(tx: &mut ReadTx<'_>, subject: &str, version: i64) -> Result<Vec<Change>, DbError> {
    let Some((noun, id)) = subject.split_once(':') else { return Ok(Vec::new()) };
    let Some((_, table)) = TABLES.iter().find(|(known, _)| *known == noun) else { return Ok(Vec::new()) };
    let sqlite = matches!(tx.conn()?, DbConnection::Sqlite(_));
    let past = if sqlite { format!("main.{table}_past") } else { format!("past.{table}") };
    let text = format!(
        "SELECT entry.recorded_at, entry.actor_id, was.until_sequence, before.recorded_at AS until_at \
         FROM (SELECT DISTINCT until_sequence FROM {past} WHERE id = $1 AND version >= $2) AS was \
         JOIN audit_log AS entry ON entry.sequence = was.until_sequence + 1 \
         LEFT JOIN audit_log AS before ON before.sequence = was.until_sequence \
         ORDER BY was.until_sequence DESC LIMIT {CHANGES_MOST}"
    );
    let rows: Vec<ChangeRow> = per_engine!(tx.conn()?, |conn| {
        diesel::RunQueryDsl::load(diesel::sql_query(text).bind::<Text, _>(id).bind::<BigInt, _>(version), conn)?
    });
    let change = |row: ChangeRow| {
        let at: Timestamp = row.recorded_at.parse().map_err(|why| corrupt("recorded_at", why))?;
        let by: UserId = row.actor_id.parse().map_err(|why| corrupt("actor_id", why))?;
        let commit = |recorded_at| Commit { sequence: row.until_sequence, recorded_at };
        Ok(Change { at, by, before: row.until_at.map(commit) })
    };
    rows.into_iter().map(change).collect()
}
