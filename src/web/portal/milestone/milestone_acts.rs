//! The forms of a milestone's page: each runs the command of its operation.

use crate::service::milestone::milestone_desk::{MilestoneAct, WholeMilestone};
use crate::service::milestone::milestone_queries::{RaiseMilestoneQuery, ReplyToMilestoneQuery, ReturnMilestone};
use crate::service::milestone::milestones::VerifyMilestone;
use crate::service::running::runner::Answered;
use crate::web::api::milestone::milestones::{MilestoneReturnOrder, MilestoneVerification};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::effect::{Effect, not_yet_numbered, not_yet_written};
use crate::web::portal::milestone::milestone_page::{At, again, read, record};
use crate::web::portal::page::Page;
use crate::web::portal::sent::Sent;
use crate::web::portal::texts::Language;
use crate::web::portal::upload::{SentFiles, from_place};
use crate::web::routes::Question;
use actix_web::web::Path;
use domain::base::queries::check_reply;
use domain::milestone::milestone::{Inspection, VerificationOutcome};
use domain::recovery::milestone_standing::MilestoneFile;

/// Where a fault of the evidence stands in an answer of the interface; on the page it stands at the files.
const EVIDENCE: &str = "/inspection/evidence";

/// The agency records its inspection with the outcome and with the files that show what was found.
pub async fn inspect(mut sent: SentFiles, at: At) -> Reply {
    let file = read(&sent.sent.page, &at).await?;
    let id = file.file.milestone.id;
    let attached = sent.count();
    let check = |typed: &MilestoneVerification| typed.inspection.check_with(typed.outcome, attached);
    let make = |MilestoneVerification { outcome, mut inspection }, seen_version, documents| {
        inspection.evidence = documents;
        VerifyMilestone { id, seen_version, outcome, inspection, evidence_follows: false }
    };
    let done = sent.act_on_version(check, make).await.map_err(|problem| from_place(EVIDENCE, problem));
    let again = |page, trouble| again(page, at, trouble);
    sent.answer(done, &record(&file), MilestoneAct::Inspect.as_str(), again).await
}

/// An officer raises a query.
pub async fn raise_query(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.file.milestone.id;
    let command = |Question { question }, seen_version| Ok(RaiseMilestoneQuery { id, seen_version, question });
    let done = sent.act(command).await;
    answer(sent, at, &record(&file), MilestoneAct::Query, done).await
}

/// The company replies to the open query, with files if it has any.
pub async fn reply(mut sent: SentFiles, path: Path<(Language, String, String, i64)>) -> Reply {
    let (language, award, code, round) = path.into_inner();
    let at = At::from((language, award, code));
    let file = read(&sent.sent.page, &at).await?;
    let id = file.file.milestone.id;
    let command = |text, seen_version, documents| ReplyToMilestoneQuery { id, seen_version, round, text, documents };
    let done = sent.reply(|text| check_reply(text, &[]), command).await;
    let again = |page, trouble| again(page, at, trouble);
    sent.answer(done, &record(&file), MilestoneAct::Reply.as_str(), again).await
}

/// The agency returns a report without an inspection.
pub async fn return_report(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.file.milestone.id;
    let command = |MilestoneReturnOrder { reasons }, seen_version| Ok(ReturnMilestone { id, seen_version, reasons });
    let done = sent.act(command).await;
    answer(sent, at, &record(&file), MilestoneAct::Return, done).await
}

async fn answer(sent: Sent, at: At, record: &str, act: MilestoneAct, done: Result<Answered, Problem>) -> Reply {
    sent.answer(done, record, act.as_str(), |page, trouble| again(page, at, trouble)).await
}

/// What the inspection would do if it found all that was reported: one of the outcomes, as an example.
pub async fn rehearsed(page: &Page, file: &WholeMilestone) -> Option<Effect> {
    let milestone = &file.file.milestone;
    let reported = &milestone.rounds.0.last()?.report;
    let inspection = Inspection {
        inspected_on: file.today,
        place: not_yet_numbered(),
        installed_mtpa: reported.installed_mtpa.clone(),
        remarks: not_yet_written(),
        evidence: Vec::new(),
    };
    let (id, seen_version) = (milestone.id, milestone.version);
    let outcome = VerificationOutcome::Verified;
    let command = VerifyMilestone { id, seen_version, outcome, inspection, evidence_follows: true };
    let then = |found: &MilestoneFile| {
        let reached = found.milestone.achieved_on.map(|day| page.day(&day)).unwrap_or_default();
        let values = [
            ("day", reached),
            ("share", found.standing.claimable_share.to_string()),
            ("late", found.standing.days_late.to_string()),
        ];
        page.language.text_with("effect-inspection", &values)
    };
    Some(page.rehearse(command, then).await)
}
