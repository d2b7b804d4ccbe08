//! Queries about a record, raised and answered in rounds: what the commands on applications, claims and milestones
//! share. The log has digests of question and reply, because either may name people.

use crate::service::running::error::Error;
use crate::service::running::evidence::require_evidence;
use crate::service::running::runner::Work;
use domain::base::digest::hex;
use domain::base::id::EvidenceId;
use domain::base::queries::{QueryReply, QueryRounds};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Adds a query as a new round. Returns the details for the log.
pub(in crate::service) fn raise(work: &Work<'_, '_>, rounds: &mut QueryRounds, question: &str) -> Result<Value, Error> {
    rounds.raise(question, work.actor.user_id, work.now)?;
    let question_digest = hex(&Sha256::digest(question.as_bytes()));
    Ok(json!({ "round": rounds.0.len(), "question_digest": question_digest }))
}

/// Records the reply to the open round, with documents of the person's own organisation. Returns the details for the
/// log.
pub(in crate::service) fn reply(
    work: &mut Work<'_, '_>,
    rounds: &mut QueryRounds,
    round: i64,
    text: String,
    documents: Vec<EvidenceId>,
) -> Result<Value, Error> {
    let found = require_evidence(work.tx, &documents, Some(work.actor.own_organisation()?))?;
    let reply_digest = hex(&Sha256::digest(text.as_bytes()));
    let reply = QueryReply { text, documents, replied_by: work.actor.user_id, replied_at: work.now };
    rounds.reply(round, reply)?;
    let digests: Vec<String> = found.into_iter().map(|record| record.digest).collect();
    Ok(json!({ "round": round, "reply_digest": reply_digest, "document_digests": digests }))
}
