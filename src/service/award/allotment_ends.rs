//! Ending the allotment of a bidder who walks away: one officer proposes it with the reason, another one ends it, and
//! the next run allots its capacity to whoever waits.

use crate::db::award::applications;
use crate::service::award::applications::visible;
use crate::service::running::error::Error;
use crate::service::running::runner::{Command, Done, Work, check_version};
use domain::award::allocation::{EndProposal, Place};
use domain::award::application::{Application, ApplicationStatus, check_note};
use domain::base::id::ApplicationId;
use domain::base::permission::Permission;
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use serde_json::json;

/// The section officer proposes to end an allotment.
pub struct ProposeAllotmentEnd {
    pub id: ApplicationId,
    pub seen_version: i64,
    pub reason: String,
}

impl Command for ProposeAllotmentEnd {
    const NAME: &'static str = "propose_allotment_end";
    const PERMISSION: Permission = Permission::ProposeAllotmentEnd;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "not_allotted"];
    type Answer = Application;

    fn subject(&self) -> String {
        format!("application:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Application>, Error> {
        check_note("/reason", &self.reason)?;
        let proposal = EndProposal { reason: self.reason, proposed_by: work.actor.user_id, proposed_at: work.now };
        changed(work, self.id, self.seen_version, |place| place.propose_end(proposal))
    }
}

/// The competent authority ends it.
pub struct EndAllotment {
    pub id: ApplicationId,
    pub seen_version: i64,
}

impl Command for EndAllotment {
    const NAME: &'static str = "end_allotment";
    const PERMISSION: Permission = Permission::EndAllotment;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "wrong_state", "same_person", "not_allotted", "nothing_proposed"];
    const ENDS_A_FILE: bool = true;
    type Answer = Application;

    fn subject(&self) -> String {
        format!("application:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Application>, Error> {
        let (by, at) = (work.actor.user_id, work.now);
        changed(work, self.id, self.seen_version, |place| place.end(by, at))
    }
}

/// Changes the place of an application that is not awarded yet.
fn changed(
    work: &mut Work<'_, '_>,
    id: ApplicationId,
    seen_version: i64,
    change: impl FnOnce(&mut Place) -> Result<(), Refusal>,
) -> Result<Done<Application>, Error> {
    let mut application = visible(work.tx, &work.actor, id)?;
    check_version(seen_version, application.version)?;
    application.require(ApplicationStatus::Eligible, "eligible and not awarded")?;
    let unplaced = || Refusal::NotAllotted { reason: Reason::NoPublishedPlace };
    change(application.place.as_mut().ok_or_else(unplaced)?)?;
    applications::update(work.tx, &mut application)?;
    let details = json!({ "place": application.place });
    Ok(Done { subject: format!("application:{}", application.id), answer: application, details })
}
