//! The forms of a recovery: each runs the command of its operation. Beside a button that moves money stands what it
//! would do, which is found by rehearsing the same command.

use crate::service::recovery::notice_withdrawal::WithdrawShowCause;
use crate::service::recovery::recoveries::{DemandRecovery, OrderRecovery, ReplyToShowCause};
use crate::service::recovery::recovery_credits::{
    Credited, DecideRelief, GrantInstalments, OrderSetOff, ProposeRelief, Relieved,
};
use crate::service::recovery::recovery_file::{RecoveryAct, WholeRecovery};
use crate::service::recovery::recovery_receipts::RecordReceipt;
use crate::service::running::runner::Answered;
use crate::web::api::recovery::recoveries::{DemandForm, InstalmentsForm, ReliefDecision, SetOffForm};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::effect::{Effect, not_yet_written};
use crate::web::portal::form::Typed;
use crate::web::portal::page::Page;
use crate::web::portal::payment::tranche_page::At;
use crate::web::portal::recovery::recovery_page::{again, read, record_of, with_rows};
use crate::web::portal::sent::{Sent, not_ours};
use crate::web::portal::upload::SentFiles;
use crate::web::routes::Reason;
use domain::base::money::Paise;
use domain::recovery::recovery::{OrderOutcome, Recovery};
use domain::recovery::recovery_credit::{NoticeReplyForm, OrderForm, ReceiptForm};
use domain::recovery::recovery_relief::{ReliefForm, ReliefOutcome};

/// Stands in a rehearsal for the reference that the bank will give; a rehearsal keeps nothing.
const UTR_NOT_YET_KNOWN: &str = "NOTYETKNOWN00000";

/// The signatory replies to the notice, with files if there are any.
pub async fn reply(mut sent: SentFiles, at: At) -> Reply {
    let file = read(&sent.sent.page, &at).await?;
    let id = file.recovery.id;
    let form = |text: String, evidence| NoticeReplyForm { text, evidence };
    let command = |text, seen_version, evidence| ReplyToShowCause { id, seen_version, form: form(text, evidence) };
    let done = sent.reply(|text| form(text.to_owned(), Vec::new()).check(), command).await;
    let again = |page, trouble| again(page, at, trouble);
    sent.answer(done, &record_of(&file.recovery.number), RecoveryAct::Reply.as_str(), again).await
}

/// The competent authority decides on the notice.
pub async fn order(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.recovery.id;
    let done = sent.act(|form: OrderForm, seen_version| Ok(OrderRecovery { id, seen_version, form })).await;
    answer(sent, at, &file, RecoveryAct::Order, done).await
}

/// The section officer withdraws the notice.
pub async fn withdraw(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.recovery.id;
    let done = sent.act(|Reason { reason }, seen_version| Ok(WithdrawShowCause { id, seen_version, reason })).await;
    answer(sent, at, &file, RecoveryAct::Withdraw, done).await
}

/// Finance demands what was ordered.
pub async fn demand(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.recovery.id;
    let command = |DemandForm { due_on, note }, seen_version| Ok(DemandRecovery { id, seen_version, due_on, note });
    let done = sent.act(command).await;
    answer(sent, at, &file, RecoveryAct::Demand, done).await
}

/// The disbursing officer records money that arrived.
pub async fn receive(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.recovery.id;
    let done = sent
        .act(|form: ReceiptForm, seen_version| Ok(RecordReceipt { id, seen_version, form, credit_follows: false }))
        .await;
    answer(sent, at, &file, RecoveryAct::Receipt, done).await
}

/// The competent authority orders that the next payments are reduced.
pub async fn set_off(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.recovery.id;
    let command =
        |SetOffForm { amount_paise, note }, seen_version| Ok(OrderSetOff { id, seen_version, amount_paise, note });
    let done = sent.act(command).await;
    answer(sent, at, &file, RecoveryAct::SetOff, done).await
}

/// The competent authority grants instalments.
pub async fn grant(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.recovery.id;
    let command = |InstalmentsForm { instalments, note }, seen_version| {
        Ok(GrantInstalments { id, seen_version, instalments, note })
    };
    let done = sent.act(command).await;
    answer(sent, at, &file, RecoveryAct::Instalments, done).await
}

/// Shows the form of a plan again with more rows, and with everything that was typed. Nothing is stored.
pub async fn more_rows(sent: Sent, at: At) -> Reply {
    if sent.key.is_some() {
        sent.page.require_act()?;
        return with_rows(sent.page, at, &sent.typed).await;
    }
    let file = read(&sent.page, &at).await?;
    answer(sent, at, &file, RecoveryAct::Instalments, Err(not_ours())).await
}

/// Finance proposes to give up what is due, or a part of it.
pub async fn propose_relief(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.recovery.id;
    let done = sent.act(|form: ReliefForm, seen_version| Ok(ProposeRelief { id, seen_version, form })).await;
    answer(sent, at, &file, RecoveryAct::ProposeRelief, done).await
}

/// The competent authority grants or refuses what was proposed.
pub async fn decide_relief(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.recovery.id;
    let command = |ReliefDecision { outcome, note }, seen_version| Ok(DecideRelief { id, seen_version, outcome, note });
    let done = sent.act(command).await;
    answer(sent, at, &file, RecoveryAct::DecideRelief, done).await
}

async fn answer(sent: Sent, at: At, file: &WholeRecovery, act: RecoveryAct, done: Result<Answered, Problem>) -> Reply {
    sent.answer(done, &record_of(&file.recovery.number), act.as_str(), |page, trouble| again(page, at, trouble)).await
}

/// What an act would do if the reader of the page took it now: an order that confirms the notice, its withdrawal, a
/// demand, a receipt of all that is due today, relief as it was proposed. `None` for an act that moves no money.
pub async fn rehearsed(page: &Page, file: &WholeRecovery, act: RecoveryAct, typed: Option<&Typed>) -> Option<Effect> {
    let (id, seen_version, text) = (file.recovery.id, file.recovery.version, not_yet_written());
    let then =
        |recovery: &Recovery| page.t1(&format!("effect-recovery-{act}"), "status", page.recovery_status(recovery));
    Some(match act {
        RecoveryAct::Order if typed.is_some_and(is_chosen) => return ordered(page, file, typed?).await,
        RecoveryAct::Order => {
            let form = OrderForm { outcome: OrderOutcome::Confirmed, amount_paise: None, reasons: text };
            page.rehearse(OrderRecovery { id, seen_version, form }, then).await
        }
        RecoveryAct::Withdraw => page.rehearse(WithdrawShowCause { id, seen_version, reason: text }, then).await,
        RecoveryAct::Demand => {
            page.rehearse(DemandRecovery { id, seen_version, due_on: file.today, note: text }, then).await
        }
        RecoveryAct::Receipt => {
            let command = RecordReceipt { id, seen_version, form: all_today(file), credit_follows: true };
            page.rehearse(command, |Credited { recovery, .. }| then(recovery)).await
        }
        RecoveryAct::DecideRelief => {
            let command = DecideRelief { id, seen_version, outcome: ReliefOutcome::Granted, note: text };
            page.rehearse(command, |Relieved { recovery, .. }| then(recovery)).await
        }
        _ => return None,
    })
}

/// Whether an order is chosen, with its amount where it reduces what was asked.
fn is_chosen(typed: &Typed) -> bool {
    match typed.part("/outcome") {
        Some(OrderOutcome::Reduced) => typed.part::<Paise>("/amount_paise").is_some(),
        outcome => outcome.is_some(),
    }
}

/// What the order that is chosen would do.
async fn ordered(page: &Page, file: &WholeRecovery, typed: &Typed) -> Option<Effect> {
    let outcome: OrderOutcome = typed.part("/outcome")?;
    let amount_paise = typed.part("/amount_paise").filter(|_| outcome == OrderOutcome::Reduced);
    let form = OrderForm { outcome, amount_paise, reasons: not_yet_written() };
    let command = OrderRecovery { id: file.recovery.id, seen_version: file.recovery.version, form };
    let then = |recovery: &Recovery| {
        let values = [
            ("choice", page.word("recovery-order", outcome)),
            ("amount", recovery.amount_paise.to_string()),
            ("status", page.recovery_status(recovery)),
        ];
        page.language.text_with("effect-order-chosen", &values)
    };
    Some(page.rehearse(command, then).await)
}

/// A receipt today of all that is due today.
fn all_today(file: &WholeRecovery) -> ReceiptForm {
    ReceiptForm { utr: UTR_NOT_YET_KNOWN.to_owned(), received_on: file.today, amount_paise: file.statement.total_paise }
}
