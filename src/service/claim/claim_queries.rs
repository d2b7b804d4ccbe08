//! Queries of the agency about a submitted claim, and the manufacturer's replies, in rounds.

use crate::db::claim::claims;
use crate::service::claim::claims::visible;
use crate::service::running::error::Error;
use crate::service::running::queries;
use crate::service::running::runner::{Command, Done, Work, check_version};
use domain::award::application::check_note;
use domain::base::id::{ClaimId, EvidenceId};
use domain::base::permission::Permission;
use domain::base::queries::check_reply;
use domain::claim::claim::{Claim, ClaimStatus};

/// An officer raises a query about a submitted claim; no second one can be raised before the first is answered, and
/// the claim is not verified before.
pub struct RaiseClaimQuery {
    pub id: ClaimId,
    pub seen_version: i64,
    pub question: String,
}

impl Command for RaiseClaimQuery {
    const NAME: &'static str = "raise_claim_query";
    const PERMISSION: Permission = Permission::RaiseQuery;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "query_open"];
    type Answer = Claim;

    fn subject(&self) -> String {
        format!("claim:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Claim>, Error> {
        let subject = self.subject();
        check_note("/question", &self.question)?;
        let mut claim = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, claim.version)?;
        claim.require(ClaimStatus::Submitted, "submitted")?;
        let details = queries::raise(work, &mut claim.queries, &self.question)?;
        claims::update(work.tx, &mut claim)?;
        Ok(Done { subject, answer: claim, details })
    }
}

/// The manufacturer replies to the open query about a claim.
pub struct ReplyToClaimQuery {
    pub id: ClaimId,
    pub seen_version: i64,
    pub round: i64,
    pub text: String,
    pub documents: Vec<EvidenceId>,
}

impl Command for ReplyToClaimQuery {
    const NAME: &'static str = "reply_to_claim_query";
    const PERMISSION: Permission = Permission::ReplyToQuery;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "query_not_open", "organisation_required", "evidence_unknown"];
    type Answer = Claim;

    fn subject(&self) -> String {
        format!("claim:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Claim>, Error> {
        let subject = self.subject();
        check_reply(&self.text, &self.documents)?;
        let mut claim = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, claim.version)?;
        let details = queries::reply(work, &mut claim.queries, self.round, self.text, self.documents)?;
        claims::update(work.tx, &mut claim)?;
        Ok(Done { subject, answer: claim, details })
    }
}
