//! The forms of a tranche: each runs the command of its operation.

use crate::service::payment::payments::AdvisePayment;
use crate::service::payment::tranche_file::TrancheAct;
use crate::service::payment::tranches::{ConcurTranche, RecommendTranche, RejectTranche, SanctionTranche};
use crate::service::running::runner::Answered;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::payment::tranche_page::{At, again, read, record};
use crate::web::portal::sent::Sent;
use crate::web::routes::{Note, Nothing, Reason};

/// The section officer recommends.
pub async fn recommend(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.tranche.id;
    let done = sent.act(|Note { note }, seen_version| Ok(RecommendTranche { id, seen_version, note })).await;
    answer(sent, at, &record(&file), TrancheAct::Recommend, done).await
}

/// The finance officer concurs.
pub async fn concur(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.tranche.id;
    let done = sent.act(|Note { note }, seen_version| Ok(ConcurTranche { id, seen_version, note })).await;
    answer(sent, at, &record(&file), TrancheAct::Concur, done).await
}

/// The competent authority sanctions.
pub async fn sanction(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.tranche.id;
    let done = sent.act(|Note { note }, seen_version| Ok(SanctionTranche { id, seen_version, note })).await;
    answer(sent, at, &record(&file), TrancheAct::Sanction, done).await
}

/// An officer rejects before the sanction.
pub async fn reject(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.tranche.id;
    let done = sent.act(|Reason { reason }, seen_version| Ok(RejectTranche { id, seen_version, reason })).await;
    answer(sent, at, &record(&file), TrancheAct::Reject, done).await
}

/// The disbursing officer advises the payment.
pub async fn advise(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let tranche_id = file.tranche.id;
    let done = sent.act(|Nothing {}, seen_version| Ok(AdvisePayment { tranche_id, seen_version })).await;
    answer(sent, at, &record(&file), TrancheAct::Advise, done).await
}

async fn answer(sent: Sent, at: At, record: &str, act: TrancheAct, done: Result<Answered, Problem>) -> Reply {
    sent.answer(done, record, act.as_str(), |page, trouble| again(page, at, trouble)).await
}
