//! Requisitions: the auditor requests a record or an explanation, and an office answers.

use crate::db::desk::requisitions;
use crate::db::engine::transaction::ReadTx;
use crate::service::Service;
use crate::service::desk::observations::{DESK, require_files, require_organisation};
use crate::service::running::cursor::require_known;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use domain::base::id::RequisitionId;
use domain::base::permission::Permission;
use domain::desk::observation::ObservationNote;
use domain::desk::requisition::{Requisition, RequisitionForm, RequisitionStatus};
use domain::log::audit::digest_of;
use serde_json::json;
use std::sync::Arc;

fn done(requisition: Requisition) -> Done<Requisition> {
    let details = json!({
        "number": requisition.number, "status": requisition.status, "due_on": requisition.due_on,
        "digest": digest_of(&requisition),
    });
    Done { subject: format!("requisition:{}", requisition.id), details, answer: requisition }
}

/// The auditor makes a requisition.
pub struct AskRequisition {
    pub form: RequisitionForm,
}

impl Command for AskRequisition {
    const NAME: &'static str = "ask_requisition";
    const PERMISSION: Permission = Permission::RaiseObservation;
    const REFUSALS: &'static [&'static str] = &["pin_unknown"];
    type Answer = Requisition;

    fn subject(&self) -> String {
        "requisition".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Requisition>, Error> {
        self.form.check()?;
        let RequisitionForm { title, text, organisation_id } = self.form;
        require_organisation(work.tx, organisation_id)?;
        let requisition = Requisition {
            id: RequisitionId(work.new_id()),
            number: work.next_number(DESK, "REQ")?,
            title,
            text,
            organisation_id,
            status: RequisitionStatus::Asked,
            due_on: work.finance.audit_desk.requisition.due_on(work.today()),
            answer: None,
            asked_by: work.actor.user_id,
            asked_at: work.now,
            version: 1,
        };
        requisitions::insert(work.tx, &requisition)?;
        Ok(done(requisition))
    }
}

/// An office answers a requisition.
pub struct AnswerRequisition {
    pub id: RequisitionId,
    pub seen_version: i64,
    pub note: ObservationNote,
}

impl Command for AnswerRequisition {
    const NAME: &'static str = "answer_requisition";
    const PERMISSION: Permission = Permission::AnswerObservation;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "pin_unknown"];
    type Answer = Requisition;

    fn subject(&self) -> String {
        format!("requisition:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Requisition>, Error> {
        self.note.check()?;
        let mut requisition = requisitions::find(work.tx, self.id)?.or_not_found("requisition")?;
        check_version(self.seen_version, requisition.version)?;
        require_files(work.tx, &self.note.evidence)?;
        requisition.answer(self.note, work.actor.user_id, work.now)?;
        requisitions::update(work.tx, &mut requisition)?;
        Ok(done(requisition))
    }
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadObservations;

impl Service {
    /// Requisitions after the given one in the order in which they were made, at most `limit`.
    pub async fn list_requisitions(
        self: &Arc<Self>,
        caller: Caller,
        status: Option<RequisitionStatus>,
        overdue: bool,
        after: Option<RequisitionId>,
        limit: i64,
    ) -> Result<Vec<Requisition>, Error> {
        let overdue_on = overdue.then(|| self.today());
        let list = move |tx: &mut ReadTx<'_>| {
            require_known(after, |id| requisitions::find(tx, id))?;
            Ok(requisitions::page(tx, status, overdue_on, after, limit)?)
        };
        self.read(caller, READ_PERMISSION, move |tx, _| list(tx)).await
    }

    pub async fn requisition(self: &Arc<Self>, caller: Caller, id: RequisitionId) -> Result<Requisition, Error> {
        let find = move |tx: &mut ReadTx<'_>| requisitions::find(tx, id)?.or_not_found("requisition");
        self.read(caller, READ_PERMISSION, move |tx, _| find(tx)).await
    }
}
