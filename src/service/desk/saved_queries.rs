//! Saved queries: the auditor stores a selection and runs it again, for any moment of the past.

use crate::db::desk::saved_queries;
use crate::db::engine::transaction::ReadTx;
use crate::service::Service;
use crate::service::desk::observations::DESK;
use crate::service::running::cursor::require_known;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::{Caller, Command, Done, Work};
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::id::{SavedQueryId, SavedQueryRunId};
use domain::base::permission::Permission;
use domain::desk::saved_query::{SavedQuery, SavedQueryForm, SavedQueryRun, SavedQueryTotals};
use domain::desk::selection::Selection;
use domain::log::audit::digest_of;
use serde_json::json;
use std::sync::Arc;

/// The auditor saves a query.
pub struct SaveQuery {
    pub form: SavedQueryForm,
    /// The selection that its text was parsed as, or why it cannot be parsed.
    pub selection: Result<Selection, String>,
}

impl Command for SaveQuery {
    const NAME: &'static str = "save_query";
    const PERMISSION: Permission = Permission::RaiseObservation;
    const REFUSALS: &'static [&'static str] = &[];
    type Answer = SavedQuery;

    fn subject(&self) -> String {
        "saved_query".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<SavedQuery>, Error> {
        let selection = self.form.check(self.selection)?;
        let query = SavedQuery {
            id: SavedQueryId(work.new_id()),
            number: work.next_number(DESK, "QRY")?,
            title: self.form.title,
            selection: selection.written(),
            saved_by: work.actor.user_id,
            saved_at: work.now,
        };
        saved_queries::insert(work.tx, &query)?;
        let details = json!({ "number": query.number, "selection": query.selection, "digest": digest_of(&query) });
        Ok(Done { subject: format!("saved_query:{}", query.id), details, answer: query })
    }
}

/// Stores the result of a run of a saved query.
pub struct KeepQueryRun {
    pub id: SavedQueryId,
    pub as_of: Option<NaiveDate>,
    pub known_at: Timestamp,
    /// `None` if it could not be run; the reason is found again here and put on record.
    pub answer: Option<(SavedQueryTotals, String)>,
}

impl Command for KeepQueryRun {
    const NAME: &'static str = "run_saved_query";
    const PERMISSION: Permission = Permission::RaiseObservation;
    const REFUSALS: &'static [&'static str] = &[];
    type Answer = SavedQueryRun;

    fn subject(&self) -> String {
        format!("saved_query:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<SavedQueryRun>, Error> {
        let query = saved_queries::find(work.tx, self.id)?.or_not_found("saved query")?;
        let missing = || Error::Unavailable("what was missing a moment ago is there now".to_owned());
        let (totals, digest) = self.answer.ok_or_else(missing)?;
        let before = saved_queries::first_run_of_moment(work.tx, self.id, self.as_of, self.known_at)?;
        let run = SavedQueryRun {
            id: SavedQueryRunId(work.new_id()),
            saved_query_id: query.id,
            as_of: self.as_of,
            known_at: self.known_at,
            agrees: before.map(|before| before.digest == digest && before.totals == totals),
            totals,
            digest,
            run_by: work.actor.user_id,
            run_at: work.now,
        };
        saved_queries::insert_run(work.tx, &run)?;
        let details = json!({
            "query": query.number, "as_of": run.as_of, "known_at": run.known_at, "answer": run.digest,
            "digest": digest_of(&run),
        });
        Ok(Done { subject: format!("saved_query_run:{}", run.id), details, answer: run })
    }
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadObservations;

impl Service {
    /// Saved queries after the given one in the order in which they were saved, at most `limit`.
    pub async fn list_saved_queries(
        self: &Arc<Self>,
        caller: Caller,
        after: Option<SavedQueryId>,
        limit: i64,
    ) -> Result<Vec<SavedQuery>, Error> {
        let list = move |tx: &mut ReadTx<'_>| {
            require_known(after, |id| saved_queries::find(tx, id))?;
            Ok(saved_queries::page(tx, after, limit)?)
        };
        self.read(caller, READ_PERMISSION, move |tx, _| list(tx)).await
    }

    pub async fn saved_query(self: &Arc<Self>, caller: Caller, id: SavedQueryId) -> Result<SavedQuery, Error> {
        let find = move |tx: &mut ReadTx<'_>| saved_queries::find(tx, id)?.or_not_found("saved query");
        self.read(caller, READ_PERMISSION, move |tx, _| find(tx)).await
    }

    /// Runs after the given one in the order in which they were made, at most `limit`; of one query, or of all.
    pub async fn list_saved_query_runs(
        self: &Arc<Self>,
        caller: Caller,
        of: Option<SavedQueryId>,
        after: Option<SavedQueryRunId>,
        limit: i64,
    ) -> Result<Vec<SavedQueryRun>, Error> {
        let list = move |tx: &mut ReadTx<'_>| {
            require_known(after, |id| saved_queries::find_run(tx, id))?;
            Ok(saved_queries::runs(tx, of, after, limit)?)
        };
        self.read(caller, READ_PERMISSION, move |tx, _| list(tx)).await
    }

    pub async fn saved_query_run(
        self: &Arc<Self>,
        caller: Caller,
        id: SavedQueryRunId,
    ) -> Result<SavedQueryRun, Error> {
        let find = move |tx: &mut ReadTx<'_>| saved_queries::find_run(tx, id)?.or_not_found("run");
        self.read(caller, READ_PERMISSION, move |tx, _| find(tx)).await
    }
}
