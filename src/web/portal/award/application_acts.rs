//! The forms of an application's page: each runs the command of its operation. Beside a button that commits money or
//! ends something stands what it would do, which is found by rehearsing the same command.

use crate::service::award::allocations::SurrenderAllotment;
use crate::service::award::allotment_ends::{EndAllotment, ProposeAllotmentEnd};
use crate::service::award::application_file::{ApplicationAct, WholeApplication};
use crate::service::award::application_withdrawal::WithdrawApplication;
use crate::service::award::applications::{RaiseQuery, ReplyToQuery, SubmitApplication};
use crate::service::award::awards::IssueAward;
use crate::service::running::runner::Answered;
use crate::web::api::award::awards::AwardIssue;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::act_form::Act;
use crate::web::portal::award::application_page::{again, read, record_of, with_rehearsal};
use crate::web::portal::effect::{Effect, not_yet_written};
use crate::web::portal::form::Typed;
use crate::web::portal::numbers::parse_whole;
use crate::web::portal::page::Page;
use crate::web::portal::payment::tranche_page::At;
use crate::web::portal::reference;
use crate::web::portal::sent::Sent;
use crate::web::portal::texts::Language;
use crate::web::portal::upload::SentFiles;
use crate::web::routes::{Nothing, Question, Reason};
use actix_web::web::Path;
use domain::award::application::Application;
use domain::award::award::Award;
use domain::base::queries::check_reply;

/// The signatory submits a draft.
pub async fn submit(sent: Sent, at: At) -> Reply {
    let application = read(&sent.page, &at).await?.application;
    let id = application.id;
    let done = sent.act(|Nothing {}, seen_version| Ok(SubmitApplication { id, seen_version })).await;
    // A draft gets its number now, so the record is found by its id.
    answer(sent, at, &format!("/applications/{id}"), ApplicationAct::Submit, done).await
}

/// An officer raises a query.
pub async fn raise_query(sent: Sent, at: At) -> Reply {
    let application = read(&sent.page, &at).await?.application;
    let id = application.id;
    let done = sent.act(|Question { question }, seen_version| Ok(RaiseQuery { id, seen_version, question })).await;
    answer(sent, at, &record_of(&application), ApplicationAct::Query, done).await
}

/// The applicant replies to the open query, with files if it has any.
pub async fn reply(mut sent: SentFiles, path: Path<(Language, String, i64)>) -> Reply {
    let (language, reference, round) = path.into_inner();
    let at = At::from((language, reference));
    let application = read(&sent.sent.page, &at).await?.application;
    let id = application.id;
    let command = |text, seen_version, documents| ReplyToQuery { id, seen_version, round, text, documents };
    let done = sent.reply(|text| check_reply(text, &[]), command).await;
    let again = |page, trouble| again(page, at, trouble);
    sent.answer(done, &record_of(&application), ApplicationAct::Reply.name(), again).await
}

/// The competent authority awards capacity.
pub async fn award(sent: Sent, at: At) -> Reply {
    let application = read(&sent.page, &at).await?.application;
    let application_id = application.id;
    let command = |AwardIssue { capacity_mtpa, out_of_order_reason }, seen_version| {
        // A field of the page that is left empty says nothing.
        let out_of_order_reason = out_of_order_reason.filter(|reason| !reason.trim().is_empty());
        Ok(IssueAward { application_id, seen_version, capacity_mtpa, out_of_order_reason })
    };
    let done = sent.act(command).await;
    answer(sent, at, &record_of(&application), ApplicationAct::Award, done).await
}

/// Shows what an award of the typed capacity would come to. Nothing is stored.
pub async fn rehearse_award(sent: Sent, at: At) -> Reply {
    let record = record_of(&read(&sent.page, &at).await?.application);
    match sent.call::<AwardIssue>() {
        Ok(_) => with_rehearsal(sent.page, at, &sent.typed).await,
        Err(problem) => answer(sent, at, &record, ApplicationAct::Award, Err(problem)).await,
    }
}

/// The signatory takes the application back while the window is open.
pub async fn withdraw(sent: Sent, at: At) -> Reply {
    let application = read(&sent.page, &at).await?.application;
    let id = application.id;
    let done = sent.act(|Reason { reason }, seen_version| Ok(WithdrawApplication { id, seen_version, reason })).await;
    answer(sent, at, &record_of(&application), ApplicationAct::Withdraw, done).await
}

/// The section officer proposes to end the allotment of a bidder who walks away.
pub async fn ask_end(sent: Sent, at: At) -> Reply {
    let application = read(&sent.page, &at).await?.application;
    let id = application.id;
    let done = sent.act(|Reason { reason }, seen_version| Ok(ProposeAllotmentEnd { id, seen_version, reason })).await;
    answer(sent, at, &record_of(&application), ApplicationAct::ProposeEnd, done).await
}

/// The competent authority ends it.
pub async fn end(sent: Sent, at: At) -> Reply {
    let application = read(&sent.page, &at).await?.application;
    let id = application.id;
    let done = sent.act(|Nothing {}, seen_version| Ok(EndAllotment { id, seen_version })).await;
    answer(sent, at, &record_of(&application), ApplicationAct::End, done).await
}

/// The signatory surrenders what was allotted.
pub async fn surrender(sent: Sent, at: At) -> Reply {
    let application = read(&sent.page, &at).await?.application;
    let id = application.id;
    let done = sent.act(|Reason { reason }, seen_version| Ok(SurrenderAllotment { id, seen_version, reason })).await;
    answer(sent, at, &record_of(&application), ApplicationAct::Surrender, done).await
}

async fn answer(sent: Sent, at: At, record: &str, act: ApplicationAct, done: Result<Answered, Problem>) -> Reply {
    sent.answer(done, record, act.name(), |page, trouble| again(page, at, trouble)).await
}

/// The button of an act.
pub fn button(page: &Page, act: ApplicationAct) -> String {
    page.word("application-do", act)
}

/// What an act would do if the reader of the page took it now; an award for the capacity that was typed, or else for
/// the one that is to be awarded.
pub async fn rehearsed(page: &Page, file: &WholeApplication, act: ApplicationAct, typed: Option<&Typed>) -> Effect {
    let (id, seen_version) = (file.application.id, file.application.version);
    match act {
        ApplicationAct::Award => {
            let capacity_mtpa = match typed {
                Some(typed) => parse_whole(typed.text("/capacity_mtpa")).ok(),
                None => Some(file.capacity_to_award()),
            };
            let Some(capacity_mtpa) = capacity_mtpa else { return Effect::Unknown };
            // Whether a reason is needed is refused once the award is issued; what it comes to is the same.
            let out_of_order_reason = Some(not_yet_written());
            let command = IssueAward { application_id: id, seen_version, capacity_mtpa, out_of_order_reason };
            page.rehearse(command, |(award, _)| awarded(page, award)).await
        }
        ApplicationAct::Surrender => {
            let command = SurrenderAllotment { id, seen_version, reason: not_yet_written() };
            page.rehearse(command, |_: &Application| surrendered(page, file)).await
        }
        ApplicationAct::End => {
            let command = EndAllotment { id, seen_version };
            page.rehearse(command, |_: &Application| surrendered(page, file)).await
        }
        _ => Effect::Unknown,
    }
}

/// What would be awarded: capacity, the most that may ever be paid, and the guarantee that is needed.
fn awarded(page: &Page, award: &Award) -> String {
    let ceiling = |ceiling: &domain::award::award::Ceiling| {
        format!("{} {}", page.word("component", ceiling.component), ceiling.amount_paise)
    };
    let ceilings: Vec<String> = award.ceilings.0.iter().map(ceiling).collect();
    let values = [
        ("capacity", page.tonnes(&award.capacity_mtpa)),
        ("ceilings", ceilings.join(", ")),
        ("security", award.security_required_paise.to_string()),
        ("day", page.day(&award.ends_on)),
    ];
    page.language.text_with("effect-award", &values)
}

fn surrendered(page: &Page, file: &WholeApplication) -> String {
    page.t1("effect-surrender", "capacity", page.tonnes(&file.capacity_to_award()))
}

/// The address of an award after the language.
pub fn award_of(number: &str) -> String {
    format!("/awards/{}", reference::in_address(number))
}
