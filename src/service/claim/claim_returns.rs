//! The agency returns a submitted claim to its preparer for correction. What it was stays in the record; money that
//! is held for it stays held.

use crate::db::claim::{claim_returns, claims};
use crate::db::payment::tranches;
use crate::service::Service;
use crate::service::claim::claim_tranche::waiting_tranche;
use crate::service::claim::claims::{ClaimFile, visible};
use crate::service::running::as_logged::require_stranger;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use domain::award::application::check_note;
use domain::base::act::Act;
use domain::base::desk::Desk;
use domain::base::field::FieldErrors;
use domain::base::id::ClaimId;
use domain::base::noting::{Noting, Reasons};
use domain::base::permission::Permission;
use domain::claim::claim_return::{ClaimSendBack, ReturnedClaim, whole_view};
use domain::payment::tranche::Tranche;
use domain::payment::tranche_return::{SendBack, TrancheReturn};
use serde_json::json;
use std::sync::Arc;

/// The agency returns a claim for correction: a preparer changes it, and a signatory submits it again.
pub struct ReturnClaim {
    pub id: ClaimId,
    pub seen_version: i64,
    /// What is to be corrected, for the manufacturer.
    pub reasons: String,
    /// Internal noting.
    pub note: String,
}

impl Command for ReturnClaim {
    const NAME: &'static str = "return_claim";
    const PERMISSION: Permission = Permission::ReturnClaim;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "same_person", "hold_expired"];
    type Answer = ClaimFile;

    fn subject(&self) -> String {
        format!("claim:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<ClaimFile>, Error> {
        let subject = self.subject();
        let noted = if self.note.is_empty() { Ok(()) } else { check_note("/note", &self.note) };
        FieldErrors::of_all([check_note("/reasons", &self.reasons), noted])?;
        let mut claim = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, claim.version)?;
        require_stranger(work, claim.organisation_id, Act::Return)?;
        let (reasons, note) = (Reasons(self.reasons), Noting::of(self.note));
        let (by, at) = (work.actor.user_id, work.now);
        let mut lines = claims::lines(work.tx, claim.id)?;
        let order = ClaimSendBack { to: Desk::Prepare, reasons: reasons.clone(), note: note.clone(), by, at };
        let was = claim.send_back(order, &mut lines)?;
        let waiting = waiting_tranche(work, &claim)?;
        let mut details = json!({ "claim_return_digest": was.digest(), "round": was.round });
        if let Some(mut tranche) = waiting {
            tranche.send_back(SendBack { to: Desk::Prepare, reasons, note, by, at }, &work.actor.roles)?;
            tranches::update(work.tx, &mut tranche)?;
            details["tranche_return_digest"] = json!(last_digest(&tranche));
        }
        claims::update(work.tx, &mut claim)?;
        claims::replace_lines(work.tx, &claim, &lines)?;
        claim_returns::insert(work.tx, &was)?;
        Ok(Done { subject, answer: (claim, lines), details })
    }
}

fn last_digest(tranche: &Tranche) -> Option<String> {
    tranche.returns.0.last().map(TrancheReturn::digest)
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

impl Service {
    /// What a claim was when it was returned for the n-th time, with what changed since.
    pub async fn returned_claim(
        self: &Arc<Self>,
        caller: Caller,
        id: ClaimId,
        round: i64,
    ) -> Result<ReturnedClaim, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let claim = visible(tx, actor, id)?;
            let now = claim.form(&claims::lines(tx, id)?);
            let returns = claim_returns::of_claim(tx, id)?;
            whole_view(&returns, round, &now, actor.roles.is_manufacturer()).or_not_found("return")
        })
        .await
    }
}
