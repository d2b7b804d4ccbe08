//! Queries about claims and milestones, compared with the audit log: each round must be the one that the log names.

use crate::service::check::verify_records::{Act, same, same_field};
use crate::service::check::verify_returns::digest_of_text;
use domain::base::queries::QueryRounds;
use serde_json::json;

/// Compares the rounds with the acts that raised and answered them, whose commands have these names.
pub(super) fn check(queries: &QueryRounds, acts: &[Act], (raising, replying): (&str, &str)) -> Result<(), String> {
    let mut raised = acts.iter().filter(|act| act.facts.command == raising);
    let mut replied = acts.iter().filter(|act| act.facts.command == replying);
    for round in &queries.0 {
        let of = |what: &str| format!("query {}: {what}", round.round);
        let Some(act) = raised.next() else { return Err(of("the log does not say that it was raised")) };
        same_field(&of("its round"), &json!(round.round), act, "round")?;
        same_field(&of("its digest"), &json!(digest_of_text(&round.question)), act, "question_digest")?;
        same(&of("the person who raised it"), round.raised_by, act.facts.actor_id)?;
        same(&of("the time it was raised"), round.raised_at, act.facts.recorded_at)?;
        let Some(reply) = &round.reply else { continue };
        let Some(act) = replied.next() else { return Err(of("the log does not say that it was answered")) };
        same_field(&of("the round of the reply"), &json!(round.round), act, "round")?;
        same_field(&of("the digest of the reply"), &json!(digest_of_text(&reply.text)), act, "reply_digest")?;
        same(&of("the person who replied"), reply.replied_by, act.facts.actor_id)?;
        same(&of("the time of the reply"), reply.replied_at, act.facts.recorded_at)?;
    }
    match raised.next().or(replied.next()) {
        Some(act) => Err(format!("the log says more of its queries than is stored: entry {}", act.facts.sequence)),
        None => Ok(()),
    }
}
