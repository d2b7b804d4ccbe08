//! The forms of a draft: each runs the command of its operation, on the impact sheet that the person saw.

use crate::service::revision::scheme_draft_file::{SchemeDraftAct, WholeDraft};
use crate::service::revision::scheme_drafts::{ApproveSchemeInstrument, ProposeSchemeInstrument, WithdrawSchemeDraft};
use crate::service::revision::scheme_publication::PublishScheme;
use crate::service::running::runner::Answered;
use crate::web::api::revision::scheme_drafts::{InstrumentApproval, InstrumentProposal, SchemePublication};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::effect::Effect;
use crate::web::portal::page::Page;
use crate::web::portal::scheme::draft_page::{At, again, record_of};
use crate::web::portal::sent::Sent;
use crate::web::routes::Reason;
use domain::revision::scheme_draft::SchemeDraft;

/// A scheme administrator proposes what awards may lose, and why.
pub async fn propose(sent: Sent, at: At) -> Reply {
    let id = at.1;
    let command = |InstrumentProposal { reference, reason, impact_digest }, seen_version| {
        Ok(ProposeSchemeInstrument { id, seen_version, reference, reason, impact_digest })
    };
    let done = sent.act(command).await;
    answer(sent, at, SchemeDraftAct::Propose, done).await
}

/// The competent authority approves it.
pub async fn approve(sent: Sent, at: At) -> Reply {
    let id = at.1;
    let command = |InstrumentApproval { note, impact_digest }, seen_version| {
        Ok(ApproveSchemeInstrument { id, seen_version, note, impact_digest })
    };
    let done = sent.act(command).await;
    answer(sent, at, SchemeDraftAct::Approve, done).await
}

/// A second scheme administrator publishes the draft.
pub async fn publish(sent: Sent, at: At) -> Reply {
    let id = at.1;
    let command =
        |SchemePublication { impact_digest }, seen_version| Ok(PublishScheme { id, seen_version, impact_digest });
    let done = sent.act(command).await;
    answer(sent, at, SchemeDraftAct::Publish, done).await
}

/// A scheme administrator withdraws it.
pub async fn withdraw(sent: Sent, at: At) -> Reply {
    let id = at.1;
    let done = sent.act(|Reason { reason }, seen_version| Ok(WithdrawSchemeDraft { id, seen_version, reason })).await;
    answer(sent, at, SchemeDraftAct::Withdraw, done).await
}

async fn answer(sent: Sent, at: At, act: SchemeDraftAct, done: Result<Answered, Problem>) -> Reply {
    let record = record_of(at.1);
    sent.answer(done, &record, act.as_str(), |page, trouble| again(page, at, trouble)).await
}

/// What publishing would do if the reader of the page did it now; the other acts move no money.
pub async fn rehearsed(page: &Page, file: &WholeDraft, act: SchemeDraftAct) -> Option<Effect> {
    if act != SchemeDraftAct::Publish {
        return None;
    }
    let (id, seen_version, impact_digest) = (file.draft.id, file.draft.version, file.impact.digest.clone());
    let then = |draft: &SchemeDraft| {
        let values = [
            ("version", draft.scheme_version.to_string()),
            ("code", draft.scheme_code.clone()),
            ("day", page.day(&file.scheme.effective_from)),
        ];
        page.language.text_with("effect-publish", &values)
    };
    Some(page.rehearse(PublishScheme { id, seen_version, impact_digest }, then).await)
}
