//! The forms of a proposed instrument: each runs the command of its operation.

use crate::service::budget::budget_instruments::{
    ApproveBudgetInstrument, RefuseBudgetInstrument, WithdrawBudgetInstrument,
};
use crate::service::budget::instrument_file::{InstrumentAct, InstrumentFile};
use crate::service::running::runner::Answered;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::budget::instrument_page::{again, read, record_of};
use crate::web::portal::payment::tranche_page::At;
use crate::web::portal::sent::Sent;
use crate::web::routes::{Nothing, Reason};

/// A second person approves: it takes effect at once.
pub async fn approve(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.instrument.id;
    let done = sent.act(|Nothing {}, seen_version| Ok(ApproveBudgetInstrument { id, seen_version })).await;
    answer(sent, at, &file, InstrumentAct::Approve, done).await
}

/// A second person refuses.
pub async fn refuse(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.instrument.id;
    let done =
        sent.act(|Reason { reason }, seen_version| Ok(RefuseBudgetInstrument { id, seen_version, reason })).await;
    answer(sent, at, &file, InstrumentAct::Refuse, done).await
}

/// The proposer withdraws.
pub async fn withdraw(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.instrument.id;
    let make = |Reason { reason }, seen_version| Ok(WithdrawBudgetInstrument { id, seen_version, reason });
    let done = sent.act(make).await;
    answer(sent, at, &file, InstrumentAct::Withdraw, done).await
}

async fn answer(
    sent: Sent,
    at: At,
    file: &InstrumentFile,
    act: InstrumentAct,
    done: Result<Answered, Problem>,
) -> Reply {
    sent.answer(done, &record_of(&file.instrument), act.as_str(), |page, trouble| again(page, at, trouble)).await
}
