//! The forms of a claim's page: each runs the command of its operation. Beside the one that moves money at once stands
//! what it would do.

use crate::service::claim::claim_file::ClaimAct;
use crate::service::claim::claim_lines::UploadClaimLines;
use crate::service::claim::claim_queries::{RaiseClaimQuery, ReplyToClaimQuery};
use crate::service::claim::claim_returns::ReturnClaim;
use crate::service::claim::claim_verification::{ReleaseDeferred, VerifiedClaim, VerifyClaim};
use crate::service::claim::claims::SubmitClaim;
use crate::service::running::runner::{Answered, Command};
use crate::web::api::claim::claim_returns::ClaimReturnOrder;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::claim::claim_page::{again, read, record_of};
use crate::web::portal::effect::Effect;
use crate::web::portal::page::Page;
use crate::web::portal::payment::tranche_page::At;
use crate::web::portal::sent::Sent;
use crate::web::portal::texts::Language;
use crate::web::portal::upload::SentFiles;
use crate::web::routes::{Nothing, Question};
use actix_web::web::Path;
use domain::base::money::Paise;
use domain::base::queries::check_reply;
use domain::claim::claim::Claim;

/// The operation of an act.
pub fn command_of(act: ClaimAct) -> &'static str {
    match act {
        ClaimAct::Verify => VerifyClaim::NAME,
        ClaimAct::Query => RaiseClaimQuery::NAME,
        ClaimAct::Reply => ReplyToClaimQuery::NAME,
        ClaimAct::Return => ReturnClaim::NAME,
        ClaimAct::Release => ReleaseDeferred::NAME,
        ClaimAct::Lines => UploadClaimLines::NAME,
        ClaimAct::Submit => SubmitClaim::NAME,
    }
}

/// An officer raises a query.
pub async fn raise_query(sent: Sent, at: At) -> Reply {
    let claim = read(&sent.page, &at).await?.claim;
    let id = claim.id;
    let done = sent.act(|Question { question }, seen_version| Ok(RaiseClaimQuery { id, seen_version, question })).await;
    answer(sent, at, &record_of(&claim), ClaimAct::Query, done).await
}

/// The company replies to the open query, with files if it has any.
pub async fn reply(mut sent: SentFiles, path: Path<(Language, String, i64)>) -> Reply {
    let (language, reference, round) = path.into_inner();
    let at = At::from((language, reference));
    let claim = read(&sent.sent.page, &at).await?.claim;
    let id = claim.id;
    let command = |text, seen_version, documents| ReplyToClaimQuery { id, seen_version, round, text, documents };
    let done = sent.reply(|text| check_reply(text, &[]), command).await;
    let again = |page, trouble| again(page, at, trouble);
    sent.answer(done, &record_of(&claim), ClaimAct::Reply.as_str(), again).await
}

/// The agency returns a claim for correction.
pub async fn return_claim(sent: Sent, at: At) -> Reply {
    let claim = read(&sent.page, &at).await?.claim;
    let id = claim.id;
    let command =
        |ClaimReturnOrder { reasons, note }, seen_version| Ok(ReturnClaim { id, seen_version, reasons, note });
    let done = sent.act(command).await;
    answer(sent, at, &record_of(&claim), ClaimAct::Return, done).await
}

/// The agency starts a tranche for the part that waited for appropriation.
pub async fn release(sent: Sent, at: At) -> Reply {
    let claim = read(&sent.page, &at).await?.claim;
    let id = claim.id;
    let done = sent.act(|Nothing {}, seen_version| Ok(ReleaseDeferred { id, seen_version })).await;
    answer(sent, at, &record_of(&claim), ClaimAct::Release, done).await
}

/// What the release of the deferred part would do if the reader of the page took it now.
pub async fn rehearsed_release(page: &Page, claim: &Claim) -> Effect {
    let then = |released: &VerifiedClaim| {
        let starts = released.tranche.as_ref().map_or(Paise::ZERO, |tranche| tranche.amount_paise);
        let values = [("amount", starts.to_string()), ("left", released.claim.deferred_paise.to_string())];
        page.language.text_with("effect-deferred", &values)
    };
    page.rehearse(ReleaseDeferred { id: claim.id, seen_version: claim.version }, then).await
}

async fn answer(sent: Sent, at: At, record: &str, act: ClaimAct, done: Result<Answered, Problem>) -> Reply {
    sent.answer(done, record, act.as_str(), |page, trouble| again(page, at, trouble)).await
}
