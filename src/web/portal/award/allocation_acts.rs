//! The forms of an allocation: each runs the command of its operation. Beside its button stands what it would do, which
//! is found by rehearsing the same command: that repeats the whole calculation on the bids of now.

use crate::service::award::allocation_file::{AllocationAct, WholeAllocation};
use crate::service::award::allocations::{AllocationFile, ConcurAllocation, PublishAllocation, WithdrawAllocation};
use crate::service::running::runner::Answered;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::act_form::Act;
use crate::web::portal::award::allocation_page::{again, read, record_of};
use crate::web::portal::effect::{Effect, not_yet_written};
use crate::web::portal::page::Page;
use crate::web::portal::payment::tranche_page::At;
use crate::web::portal::sent::Sent;
use crate::web::routes::{Note, Reason};

/// A finance officer concurs in a draft.
pub async fn concur(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.allocation.id;
    let done = sent.act(|Note { note }, seen_version| Ok(ConcurAllocation { id, seen_version, note })).await;
    answer(sent, at, &file, AllocationAct::Concur, done).await
}

/// The competent authority publishes a run: every application gets its place.
pub async fn publish(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.allocation.id;
    let done = sent.act(|Note { note }, seen_version| Ok(PublishAllocation { id, seen_version, note })).await;
    answer(sent, at, &file, AllocationAct::Publish, done).await
}

/// An officer withdraws a run that is not published.
pub async fn withdraw(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.allocation.id;
    let done = sent.act(|Reason { reason }, seen_version| Ok(WithdrawAllocation { id, seen_version, reason })).await;
    answer(sent, at, &file, AllocationAct::Withdraw, done).await
}

async fn answer(
    sent: Sent,
    at: At,
    file: &WholeAllocation,
    act: AllocationAct,
    done: Result<Answered, Problem>,
) -> Reply {
    let record = record_of(&file.allocation.number);
    sent.answer(done, &record, act.name(), |page, trouble| again(page, at, trouble)).await
}

/// What an act would do if the reader of the page took it now.
pub async fn rehearsed(page: &Page, file: &WholeAllocation, act: AllocationAct) -> Effect {
    let (id, seen_version, text) = (file.allocation.id, file.allocation.version, not_yet_written());
    let key = if act == AllocationAct::Withdraw { "effect-allocation-withdrawn" } else { "effect-allocation" };
    let then = |file: &AllocationFile| page.t1(key, "status", page.word("allocation-status", file.allocation.status));
    match act {
        AllocationAct::Concur => page.rehearse(ConcurAllocation { id, seen_version, note: text }, then).await,
        AllocationAct::Publish => page.rehearse(PublishAllocation { id, seen_version, note: text }, then).await,
        AllocationAct::Withdraw => page.rehearse(WithdrawAllocation { id, seen_version, reason: text }, then).await,
    }
}
