//! Queries of the agency about a submitted claim, and the manufacturer's replies, in rounds.

use crate::db::claim::claims;
use crate::service::claim::claims::visible;
use crate::service::running::error::Error;
use crate::service::running::evidence::require_evidence;
use crate::service::running::runner::{Command, Done, Work, check_version};
use domain::award::application::check_note;
use domain::base::digest::hex;
use domain::base::id::{ClaimId, EvidenceId};
use domain::base::permission::Permission;
use domain::base::queries::{QueryReply, check_reply};
use domain::claim::claim::{Claim, ClaimStatus};
use serde_json::json;
use sha2::{Digest, Sha256};

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
        claim.queries.raise(&self.question, work.actor.user_id, work.now)?;
        claims::update(work.tx, &mut claim)?;
        let question_digest = hex(&Sha256::digest(self.question.as_bytes()));
        let details = json!({ "round": claim.queries.0.len(), "question_digest": question_digest });
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
        let found = require_evidence(work.tx, &self.documents, Some(work.actor.own_organisation()?))?;
        let reply_digest = hex(&Sha256::digest(self.text.as_bytes()));
        let reply = QueryReply {
            text: self.text,
            documents: self.documents,
            replied_by: work.actor.user_id,
            replied_at: work.now,
        };
        claim.queries.reply(self.round, reply)?;
        claims::update(work.tx, &mut claim)?;
        let digests: Vec<String> = found.into_iter().map(|record| record.digest).collect();
        let details = json!({ "round": self.round, "reply_digest": reply_digest, "document_digests": digests });
        Ok(Done { subject, answer: claim, details })
    }
}
