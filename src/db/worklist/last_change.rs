//! The entry of the log that changed a record last, found in the record's own history: whatever act changed it, and
//! whatever subject that act has in the log.

use crate::db::engine::connection::{DbConnection, per_engine};
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use diesel::sql_types::Text;
use domain::base::calendar::Timestamp;
use domain::base::id::UserId;

/// The nouns of subjects, with the tables of their records.
const TABLES: &[(&str, &str)] = &[
    ("allocation", "allocations"),
    ("application", "applications"),
    ("award", "awards"),
    ("bank_difference", "bank_differences"),
    ("budget_instrument", "budget_instruments"),
    ("claim", "claims"),
    ("excuse", "excuses"),
    ("final_certificate", "final_certificates"),
    ("milestone", "milestones"),
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
}

#[derive(diesel::QueryableByName)]
struct ChangeRow {
    #[diesel(sql_type = Text)]
    recorded_at: String,
    #[diesel(sql_type = Text)]
    actor_id: String,
}

fn corrupt(column: &'static str, why: impl ToString) -> DbError {
    DbError::Corrupt { table: "audit_log", column, why: why.to_string() }
}

/// The last change of the record of a subject, such as `claim:` and its id; `None` if it never changed, or if its noun
/// has no such history.
pub fn find(tx: &mut ReadTx<'_>, subject: &str) -> Result<Option<Change>, DbError> {
    let Some((noun, id)) = subject.split_once(':') else { return Ok(None) };
    let Some((_, table)) = TABLES.iter().find(|(known, _)| *known == noun) else { return Ok(None) };
    let sqlite = matches!(tx.conn()?, DbConnection::Sqlite(_));
    let (past, place) = if sqlite { (format!("main.{table}_past"), "?") } else { (format!("past.{table}"), "$1") };
    let text = format!(
        "SELECT entry.recorded_at, entry.actor_id FROM audit_log AS entry WHERE entry.sequence = \
         (SELECT MAX(before.until_sequence) + 1 FROM {past} AS before WHERE before.id = {place})"
    );
    let rows: Vec<ChangeRow> = per_engine!(tx.conn()?, |conn| {
        diesel::RunQueryDsl::load(diesel::sql_query(text).bind::<Text, _>(id), conn)?
    });
    let change = |row: ChangeRow| {
        let at: Timestamp = row.recorded_at.parse().map_err(|why| corrupt("recorded_at", why))?;
        let by: UserId = row.actor_id.parse().map_err(|why| corrupt("actor_id", why))?;
        Ok(Change { at, by })
    };
    rows.into_iter().next().map(change).transpose()
}
