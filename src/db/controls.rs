//! The standing controls: their questions put to the data, and the runs that are kept.

use crate::db::column::{Column, row};
use crate::db::connection::DbConnection;
use crate::db::error::DbError;
use crate::db::query::prelude::*;
use crate::db::row_statement;
use crate::db::schema::control_runs;
use crate::db::transaction::{ReadTx, WriteTx};
use crate::db::{controls_of_money, controls_of_people, dialect};
use crate::domain::calendar::Timestamp;
use crate::domain::control::{COUNTEREXAMPLES_MOST, ControlCode, ControlResults, ControlRun, Counterexample, RunCause};
use crate::domain::id::{ControlRunId, UserId};
use chrono::NaiveDate;
use diesel::sql_types::Text;

row! {
    RunRow in control_runs for ControlRun {
        id: ControlRunId, run_at: Timestamp, cause: RunCause, run_by: Option<UserId>, log_sequence: i64, red: i64,
        digest: String, results: ControlResults,
    }
}

pub fn insert(tx: &mut WriteTx<'_>, run: &ControlRun) -> Result<(), DbError> {
    row_statement::insert(tx.conn()?, &RunRow::of(run))?;
    Ok(())
}

pub fn find(tx: &mut ReadTx<'_>, id: ControlRunId) -> Result<Option<ControlRun>, DbError> {
    let row = control_runs::table.find(id.raw()).select(RunRow::as_select()).get_result(tx.conn()?).optional()?;
    row.map(RunRow::record).transpose()
}

/// Runs, newest first.
pub fn list(tx: &mut ReadTx<'_>, limit: i64) -> Result<Vec<ControlRun>, DbError> {
    let rows = control_runs::table
        .order((control_runs::run_at.desc(), control_runs::id.desc()))
        .limit(limit)
        .select(RunRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(RunRow::record).collect()
}

/// When the controls ran last.
pub fn newest_at(tx: &mut ReadTx<'_>) -> Result<Option<Timestamp>, DbError> {
    let newest: Option<String> =
        control_runs::table.select(diesel::dsl::max(control_runs::run_at)).get_result(tx.conn()?)?;
    let at = |text: String| {
        Timestamp::from_raw(text).map_err(|why| DbError::Corrupt { table: "control_runs", column: "run_at", why })
    };
    newest.map(at).transpose()
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    subject: String,
    #[diesel(sql_type = Text)]
    found: String,
}

/// The counter-examples of a control, one more at most than are kept; nothing for a control that is
/// not one query.
pub fn ask(
    tx: &mut ReadTx<'_>,
    control: ControlCode,
    today: NaiveDate,
) -> Result<Option<Vec<Counterexample>>, DbError> {
    let Some(question) = controls_of_money::question(control).or_else(|| controls_of_people::question(control)) else {
        return Ok(None);
    };
    let conn = tx.conn()?;
    let question = dialect::of_engine(question, matches!(conn, DbConnection::Sqlite(_)))
        .replace(":today", &format!("'{}'", today.format("%Y-%m-%d")));
    let most = COUNTEREXAMPLES_MOST + 1;
    let rows: Vec<Row> = diesel::sql_query(format!(
        "SELECT subject, found FROM ({question}) AS red ORDER BY subject, found LIMIT {most}"
    ))
    .load(conn)?;
    let shown = |row: Row| Counterexample { subject: row.subject, found: row.found };
    Ok(Some(rows.into_iter().map(shown).collect()))
}
