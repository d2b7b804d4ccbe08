//! Corrections: one person proposes a way back, and another person decides. An approval takes effect at once, in the
//! same act (`service/correction/effects.rs`).

use crate::db::correction::corrections;
use crate::service::Service;
use crate::service::correction::effects;
use crate::service::running::as_logged::require_stranger;
use crate::service::running::cursor::require_known;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::evidence::require_evidence;
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use crate::service::worklist::names::Names;
use crate::service::worklist::who_can::{WhoCan, stopped};
use chrono::NaiveDate;
use domain::base::act::Act;
use domain::base::evidence::EvidenceIds;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::id::{CorrectionId, UserId};
use domain::base::permission::Permission;
use domain::base::refusal::Refusal;
use domain::correction::correction::{
    Correction, CorrectionDecision, CorrectionForm, CorrectionOutcome, CorrectionStatus,
};
use domain::worklist::matter::MatterKind;
use domain::worklist::waiting::Waiting;
use serde_json::json;
use std::sync::Arc;

/// One person proposes a correction.
pub struct ProposeCorrection {
    pub form: CorrectionForm,
    /// What a person typed on the page, in place of the id: a number.
    pub typed: Option<String>,
}

impl Command for ProposeCorrection {
    const NAME: &'static str = "propose_correction";
    const PERMISSION: Permission = Permission::ProposeCorrection;
    const REFUSALS: &'static [&'static str] = &[
        "wrong_state",
        "same_person",
        "evidence_unknown",
        "payment_advised",
        "verification_stands",
        "utr_already_used",
        "date_not_allowed",
        "bank_contradicts",
        "set_off_pending",
        "award_ended",
        "award_not_settled",
        "award_owes",
    ];
    type Answer = Correction;

    fn subject(&self) -> String {
        "correction".to_owned()
    }

    fn run(mut self, work: &mut Work<'_, '_>) -> Result<Done<Correction>, Error> {
        self.form.check()?;
        if let Some(typed) = &self.typed {
            let unknown = || FieldErrors::one("/about", FieldReason::RecordNumber);
            self.form.subject_id = effects::find(work, self.form.kind, typed)?.ok_or_else(unknown)?;
        }
        require_evidence(work.tx, &self.form.evidence, None)?;
        let target = effects::target(work, &self.form)?;
        require_stranger(work, target.organisation_id, Act::ProposeCorrection)?;
        let correction = Correction {
            id: CorrectionId(work.new_id()),
            kind: self.form.kind,
            subject_id: self.form.subject_id,
            organisation_id: target.organisation_id,
            about: target.about,
            reason: self.form.reason,
            evidence: EvidenceIds(self.form.evidence),
            change: target.change,
            status: CorrectionStatus::Proposed,
            proposed_by: work.actor.user_id,
            proposed_at: work.now,
            note: None,
            decided_by: None,
            decided_at: None,
            version: 1,
        };
        corrections::insert(work.tx, &correction)?;
        Ok(done(correction))
    }
}

/// Another person approves or refuses a correction.
#[derive(Clone)]
pub struct DecideCorrection {
    pub id: CorrectionId,
    pub seen_version: i64,
    pub form: CorrectionDecision,
}

impl Command for DecideCorrection {
    const NAME: &'static str = "decide_correction";
    const PERMISSION: Permission = Permission::DecideCorrection;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "hold_expired",
        "payment_advised",
        "verification_stands",
        "utr_already_used",
        "date_not_allowed",
        "bank_contradicts",
        "set_off_pending",
        "budget_exceeded",
        "amount_too_large",
        "award_ended",
        "award_not_settled",
        "award_owes",
    ];
    const MOVES_MONEY: bool = true;
    const STOPS_WITH_MONEY: bool = true;
    const ENDS_A_FILE: bool = true;
    type Answer = Correction;

    fn subject(&self) -> String {
        format!("correction:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Correction>, Error> {
        self.form.check()?;
        let mut correction = corrections::find(work.tx, self.id)?.or_not_found("correction")?;
        check_version(self.seen_version, correction.version)?;
        require_stranger(work, correction.organisation_id, Act::DecideCorrection)?;
        correction.decide(&self.form, work.actor.user_id, work.now)?;
        // What takes effect looks at what was approved before.
        if self.form.outcome == CorrectionOutcome::Approved {
            effects::take_effect(work, &correction)?;
        }
        corrections::update(work.tx, &mut correction)?;
        Ok(done(correction))
    }
}

fn done(correction: Correction) -> Done<Correction> {
    let details = json!({
        "kind": correction.kind, "about": correction.about, "subject_id": correction.subject_id,
        "status": correction.status, "change": correction.change,
    });
    Done { subject: format!("correction:{}", correction.id), answer: correction, details }
}

/// One page of the list of corrections, and how many there are in all.
pub struct CorrectionList {
    pub rows: Vec<Correction>,
    pub all: i64,
}

/// A correction with the people whom its page names, and whether its reader may decide it.
pub struct WholeCorrection {
    pub correction: Correction,
    pub people: Names,
    /// Given where the reader's roles allow the decision; why it cannot be made all the same.
    pub decides: Option<Option<Refusal>>,
    /// With whom it lies until it is decided.
    pub waiting: Vec<Waiting>,
    /// Who can take the acts that an earlier step of the reader refuses.
    pub who_can: WhoCan,
    pub today: NaiveDate,
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadBudget;

impl Service {
    /// Corrections before the given one, or from the newest, newest first.
    pub async fn list_corrections(
        self: &Arc<Self>,
        caller: Caller,
        before: Option<CorrectionId>,
        limit: i64,
    ) -> Result<Vec<Correction>, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            require_known(before, |id| corrections::find(tx, id))?;
            Ok(corrections::page(tx, before, limit)?)
        })
        .await
    }

    pub async fn correction(self: &Arc<Self>, caller: Caller, id: CorrectionId) -> Result<Correction, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| corrections::find(tx, id)?.or_not_found("correction")).await
    }

    /// One page of the corrections, the newest first.
    pub async fn correction_list(
        self: &Arc<Self>,
        caller: Caller,
        page: i64,
        rows: i64,
    ) -> Result<CorrectionList, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let offset = page.saturating_sub(1).saturating_mul(rows);
            Ok(CorrectionList { all: corrections::count(tx)?, rows: corrections::numbered_page(tx, offset, rows)? })
        })
        .await
    }

    /// One correction with what its page shows.
    pub async fn correction_file(self: &Arc<Self>, caller: Caller, id: CorrectionId) -> Result<WholeCorrection, Error> {
        let (service, now) = (Arc::clone(self), self.clock.now());
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let today = now.date_in_india();
            let correction = corrections::find(tx, id)?.or_not_found("correction")?;
            let people: Vec<UserId> = [correction.proposed_by].into_iter().chain(correction.decided_by).collect();
            let open = correction.status == CorrectionStatus::Proposed;
            let decides = (open && actor.may(DecideCorrection::PERMISSION).is_ok()).then(|| {
                let form = CorrectionDecision { outcome: CorrectionOutcome::Approved, note: String::new() };
                correction.clone().decide(&form, actor.user_id, now).err()
            });
            let stopped = stopped(actor, &decides);
            let (waiting, who_can) = service.turn_of(tx, stopped, &[MatterKind::Correction], &id.to_string(), today)?;
            let people = Names::of_people(tx, actor, &people)?;
            Ok(WholeCorrection { people, decides, waiting, who_can, today, correction })
        })
        .await
    }
}
