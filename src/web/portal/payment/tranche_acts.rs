//! The forms of a tranche: each runs the command of its operation. Beside its button stands what it would do, which
//! is found by rehearsing the same command.

use crate::service::payment::payments::AdvisePayment;
use crate::service::payment::tranche_file::{TrancheAct, TrancheFile};
use crate::service::payment::tranche_returns::ReturnTranche;
use crate::service::payment::tranches::{ConcurTranche, RecommendTranche, RejectTranche, SanctionTranche};
use crate::service::running::runner::Answered;
use crate::web::api::payment::tranches::TrancheReturnOrder;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::effect::{Effect, not_yet_written};
use crate::web::portal::form::Typed;
use crate::web::portal::page::Page;
use crate::web::portal::payment::tranche_page::{At, again, read, record};
use crate::web::portal::sent::Sent;
use crate::web::routes::{Note, Nothing, Reason};
use domain::base::desk::Desk;
use domain::payment::payment::Payment;
use domain::payment::tranche::Tranche;

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

/// The office at whose desk it lies returns it to an earlier one.
pub async fn send_back(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.tranche.id;
    let command = |order: TrancheReturnOrder, seen_version| {
        let TrancheReturnOrder { to, reasons, note } = order;
        Ok(ReturnTranche { id, seen_version, to, reasons, note })
    };
    let done = sent.act(command).await;
    answer(sent, at, &record(&file), TrancheAct::Return, done).await
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

/// What an act would do if the reader of the page took it now; a return to the desk that is chosen.
pub async fn rehearsed(page: &Page, file: &TrancheFile, act: TrancheAct, typed: Option<&Typed>) -> Effect {
    let (id, seen_version, text) = (file.tranche.id, file.tranche.version, not_yet_written());
    let then = |tranche: &Tranche| page.t1("effect-tranche", "status", page.word("status", tranche.status));
    match act {
        TrancheAct::Recommend => page.rehearse(RecommendTranche { id, seen_version, note: text }, then).await,
        TrancheAct::Concur => page.rehearse(ConcurTranche { id, seen_version, note: text }, then).await,
        TrancheAct::Sanction => page.rehearse(SanctionTranche { id, seen_version, note: text }, then).await,
        TrancheAct::Return => returned(page, file, typed.and_then(|typed| typed.part("/to"))).await,
        TrancheAct::Reject => page.rehearse(RejectTranche { id, seen_version, reason: text }, then).await,
        TrancheAct::Advise => {
            page.rehearse(AdvisePayment { tranche_id: id, seen_version }, |payment| order(page, payment)).await
        }
    }
}

/// What a return to the desk that is chosen would do, or else to the nearest one.
async fn returned(page: &Page, file: &TrancheFile, chosen: Option<Desk>) -> Effect {
    let chosen = chosen.filter(|desk| file.return_to.contains(desk));
    let Some(to) = chosen.or(file.return_to.first().copied()) else { return Effect::Unknown };
    let (id, seen_version) = (file.tranche.id, file.tranche.version);
    let command = ReturnTranche { id, seen_version, to, reasons: not_yet_written(), note: String::new() };
    let then = |tranche: &Tranche| {
        let values = [("office", page.word("role", to.role())), ("status", page.word("status", tranche.status))];
        page.language.text_with("effect-return", &values)
    };
    page.rehearse(command, then).await
}

/// What the treasury would be told to pay.
fn order(page: &Page, payment: &Payment) -> String {
    let values = [("amount", payment.amount_paise.to_string()), ("set_off", payment.set_off_paise.to_string())];
    page.language.text_with("effect-payment", &values)
}
