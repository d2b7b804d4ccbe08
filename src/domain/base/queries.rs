//! Queries: questions of an office to a manufacturer about a record, raised and answered in rounds, all of
//! which are retained. At most one round is open. The days for a reply are in `config/finance/desk-times.toml`
//! (`domain/worklist/desk_times.rs`).

use crate::base::calendar::Timestamp;
use crate::base::field::{FieldErrors, check_text};
use crate::base::field_reason::FieldReason;
use crate::base::id::{EvidenceId, UserId};
use crate::base::refusal::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The largest number of documents of one reply.
pub const MOST_DOCUMENTS: usize = 50;

/// A query and its reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueryRound {
    /// 1 for the first query.
    pub round: i64,
    pub question: String,
    pub raised_by: UserId,
    pub raised_at: Timestamp,
    pub reply: Option<QueryReply>,
}

/// The reply of the manufacturer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueryReply {
    pub text: String,
    pub documents: Vec<EvidenceId>,
    pub replied_by: UserId,
    pub replied_at: Timestamp,
}

/// All rounds of queries, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct QueryRounds(pub Vec<QueryRound>);

impl QueryRounds {
    /// The question that waits for a reply.
    pub fn open_question(&self) -> Option<&str> {
        self.0.last().filter(|round| round.reply.is_none()).map(|round| round.question.as_str())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Refuses while a query waits for its reply.
    pub fn require_answered(&self) -> Result<(), Refusal> {
        if self.0.iter().any(|round| round.reply.is_none()) { Err(Refusal::QueryOpen) } else { Ok(()) }
    }

    /// Adds a query as a new round; only one round at a time may be open.
    pub fn raise(&mut self, question: &str, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        self.require_answered()?;
        let round = self.0.len() as i64 + 1;
        self.0.push(QueryRound { round, question: question.to_owned(), raised_by: by, raised_at: at, reply: None });
        Ok(())
    }

    /// Records the reply to the open round, once.
    pub fn reply(&mut self, round: i64, reply: QueryReply) -> Result<(), Refusal> {
        let open = self.0.iter_mut().find(|query| query.round == round && query.reply.is_none());
        open.ok_or(Refusal::QueryNotOpen)?.reply = Some(reply);
        Ok(())
    }

    /// The documents of all replies.
    pub fn documents(&self) -> impl Iterator<Item = EvidenceId> {
        self.0.iter().filter_map(|round| round.reply.as_ref()).flat_map(|reply| reply.documents.iter().copied())
    }
}

/// Checks the text and the number of documents of a reply.
pub fn check_reply(text: &str, documents: &[EvidenceId]) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::new();
    check_text(&mut errors, "/text", text, 4_000);
    let most = MOST_DOCUMENTS as i64;
    errors.require(documents.len() <= MOST_DOCUMENTS, "/documents", FieldReason::AtMost { most, what: "documents" });
    errors.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn one_round_at_a_time_is_open_and_is_answered_once() {
        let (person, at) = (UserId(Uuid::nil()), "2026-08-01T06:00:00Z".parse().unwrap());
        let reply = || QueryReply { text: "here".into(), documents: Vec::new(), replied_by: person, replied_at: at };
        let mut rounds = QueryRounds::default();
        assert_eq!(rounds.reply(1, reply()).unwrap_err().code(), "query_not_open");
        rounds.raise("where?", person, at).unwrap();
        assert_eq!(rounds.raise("and when?", person, at).unwrap_err().code(), "query_open");
        assert_eq!(rounds.require_answered().unwrap_err().code(), "query_open");
        assert_eq!(rounds.reply(2, reply()).unwrap_err().code(), "query_not_open");
        rounds.reply(1, reply()).unwrap();
        assert_eq!(rounds.reply(1, reply()).unwrap_err().code(), "query_not_open");
        rounds.raise("and when?", person, at).unwrap();
        assert_eq!(rounds.0.iter().map(|round| round.round).collect::<Vec<_>>(), [1, 2]);
    }
}
