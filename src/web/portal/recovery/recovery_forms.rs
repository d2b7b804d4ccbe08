//! The forms of a recovery's page: where each is sent, its fields, and what it shows when somebody else was faster.

use crate::service::recovery::notice_withdrawal::WithdrawShowCause;
use crate::service::recovery::recoveries::{DemandRecovery, OrderRecovery, ReplyToShowCause};
use crate::service::recovery::recovery_credits::{DecideRelief, GrantInstalments, OrderSetOff, ProposeRelief};
use crate::service::recovery::recovery_file::{NextRecoveryAct, RecoveryAct, WholeRecovery};
use crate::service::recovery::recovery_receipts::RecordReceipt;
use crate::service::running::runner::Command;
use crate::web::edge::reply::Reply;
use crate::web::portal::effect::Effect;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::form::Typed;
use crate::web::portal::page::{Page, Said};
use crate::web::portal::problem_page::{Conflict, Sides, over};
use crate::web::portal::recovery::recovery_acts::rehearsed;
use crate::web::portal::recovery::recovery_page::{frame_of, record_of};
use crate::web::portal::upload::FILES;
use domain::recovery::instalments::INSTALMENTS_MOST;
use domain::recovery::recovery::OrderOutcome;
use domain::recovery::recovery_relief::{ReliefKind, ReliefOutcome};
use domain::worklist::matter::MatterKind;

/// How many rows the form of a plan has at first, and how many are added by its button.
const INSTALMENT_ROWS: usize = 4;
/// The parts of what is due that relief may name.
pub const PARTS: [&str; 3] = ["principal_paise", "interest_paise", "damages_paise"];

/// A step that the reader may take, or may not for a reason that is told.
pub struct NextForm {
    pub act: RecoveryAct,
    pub form: Form,
    /// Why this person may not take it.
    pub refusal: Option<Said>,
    /// What it would do to balances, where it moves money or ends the file.
    pub effect: Option<Effect>,
}

/// The fields of the amounts and days of instalments.
pub struct InstalmentFields {
    pub number: usize,
    pub day: String,
    pub amount: String,
}

/// The rows of the form of a plan: those that were sent, filled or not, and at least the first ones.
pub fn instalment_fields(form: &Form) -> Vec<InstalmentFields> {
    (0..form.rows("/instalments").clamp(INSTALMENT_ROWS, INSTALMENTS_MOST)).map(instalment).collect()
}

fn instalment(row: usize) -> InstalmentFields {
    InstalmentFields {
        number: row + 1,
        day: format!("/instalments/{row}/due_on"),
        amount: format!("/instalments/{row}/amount_paise"),
    }
}

/// The form of a plan with what was typed and with further empty rows, as far as a plan may have them. It is on the
/// version that the person saw: who was faster meanwhile is found when the plan is granted.
pub fn with_more_rows(form: Form, typed: &Typed) -> Form {
    let form = form.filled(typed);
    let rows = instalment_fields(&form).len();
    let mut typed = typed.clone();
    let last = instalment((rows + INSTALMENT_ROWS).min(INSTALMENTS_MOST) - 1);
    typed.0.push((format!("rupees:{}", last.amount), String::new()));
    let form = form.filled(&typed);
    match typed.version() {
        Ok(version) => form.on_version(version),
        Err(_) => form,
    }
}

/// Whether a plan may have more rows than its form has.
pub fn takes_more_rows(form: &Form) -> bool {
    instalment_fields(form).len() < INSTALMENTS_MOST
}

/// The operation of an act.
fn command_of(act: RecoveryAct) -> &'static str {
    match act {
        RecoveryAct::Reply => ReplyToShowCause::NAME,
        RecoveryAct::Order => OrderRecovery::NAME,
        RecoveryAct::Withdraw => WithdrawShowCause::NAME,
        RecoveryAct::Demand => DemandRecovery::NAME,
        RecoveryAct::Receipt => RecordReceipt::NAME,
        RecoveryAct::SetOff => OrderSetOff::NAME,
        RecoveryAct::Instalments => GrantInstalments::NAME,
        RecoveryAct::ProposeRelief => ProposeRelief::NAME,
        RecoveryAct::DecideRelief => DecideRelief::NAME,
    }
}

/// A step with its form, and what it would do.
pub async fn next_form(
    page: &Page,
    file: &WholeRecovery,
    next: &NextRecoveryAct,
    trouble: Option<&Trouble>,
    more: Option<&Typed>,
) -> NextForm {
    page.is_about(MatterKind::Recovery, file.recovery.id);
    page.knows(&file.who_can);
    let told_why = page.told_if(next.refusal.as_ref(), command_of(next.act)).await;
    let effect = match told_why {
        Some(_) => None,
        None => rehearsed(page, file, next.act, Trouble::typed_into(trouble, next.act.as_str())).await,
    };
    let refusal = told_why.or_else(|| effect.as_ref().and_then(|effect| refused_for_sure(effect, next.act)));
    let form = form_of(page, file, next.act, trouble).on_version(file.recovery.version);
    let form = match more.filter(|_| next.act == RecoveryAct::Instalments) {
        Some(typed) => with_more_rows(form, typed),
        None => form,
    };
    NextForm { act: next.act, form, refusal, effect }
}

/// What refuses the rehearsal of an act, where no words of the person can change it: then it refuses the act too.
fn refused_for_sure(effect: &Effect, act: RecoveryAct) -> Option<Said> {
    let sure = matches!(act, RecoveryAct::Demand | RecoveryAct::Withdraw) || effect.never().is_some();
    effect.refusal().filter(|_| sure).cloned()
}

/// The form of a step.
pub fn form_of(page: &Page, file: &WholeRecovery, act: RecoveryAct, trouble: Option<&Trouble>) -> Form {
    let (path, fields): (&str, &'static [&'static str]) = match act {
        RecoveryAct::Reply => ("reply", &["/text", FILES]),
        RecoveryAct::Order => ("order", &["/outcome", "/amount_paise", "/reasons"]),
        RecoveryAct::Withdraw => ("withdrawal", &["/reason"]),
        RecoveryAct::Demand => ("demand", &["/due_on", "/note"]),
        RecoveryAct::Receipt => ("receipts", &["/utr", "/received_on", "/amount_paise"]),
        RecoveryAct::SetOff => ("set-off", &["/amount_paise", "/note"]),
        RecoveryAct::Instalments => ("instalments", &["/instalments", "/note"]),
        RecoveryAct::ProposeRelief => ("relief", &["/kind", "/parts", "/reference", "/reason"]),
        RecoveryAct::DecideRelief => ("relief-decision", &["/outcome", "/note"]),
    };
    let form = Form::new(page, act.as_str(), &format!("{}/{path}", record_of(&file.recovery.number)), fields, trouble);
    let labels = fields.iter().filter(|field| !["/instalments", "/parts"].contains(*field));
    let labels: Vec<(String, String)> =
        labels.map(|field| ((*field).to_owned(), label_of(act, field))).chain(labels_of_rows(act)).collect();
    let form = form.labelled(labels);
    match act {
        RecoveryAct::Instalments => {
            form.with_fields((0..INSTALMENTS_MOST).map(instalment).flat_map(|fields| [fields.day, fields.amount]))
        }
        RecoveryAct::ProposeRelief => form.with_fields(PARTS.iter().map(|part| format!("/parts/{part}"))),
        _ => form,
    }
}

/// The pointers of the fields in the rows of a form, with the keys of their labels.
fn labels_of_rows(act: RecoveryAct) -> Vec<(String, String)> {
    let pointers: Vec<String> = match act {
        RecoveryAct::Instalments => {
            (0..INSTALMENTS_MOST).map(instalment).flat_map(|fields| [fields.day, fields.amount]).collect()
        }
        RecoveryAct::ProposeRelief => PARTS.iter().map(|part| format!("/parts/{part}")).collect(),
        _ => Vec::new(),
    };
    let labelled = |pointer: String| (pointer.clone(), label_of(act, &pointer));
    pointers.into_iter().map(labelled).collect()
}

/// The act of a form that came back.
pub fn act_of(trouble: &Trouble) -> RecoveryAct {
    trouble.form.parse().unwrap_or(RecoveryAct::Reply)
}

/// The key of the label of a field.
fn label_of(act: RecoveryAct, pointer: &str) -> String {
    let name = pointer.rsplit('/').next().unwrap_or_default();
    match (act, name) {
        (_, "d" | "m" | "y") => format!("field-{name}"),
        (RecoveryAct::ProposeRelief, part) if PARTS.contains(&part) => format!("recovery-give-up-{part}"),
        (RecoveryAct::Instalments, "amount_paise") => "recovery-instalment-amount".to_owned(),
        (RecoveryAct::Withdraw, "reason") => "field-reasons-for-company".to_owned(),
        (RecoveryAct::Order, "reasons") => "field-reasons".to_owned(),
        (RecoveryAct::Reply, "text") => "field-text".to_owned(),
        (RecoveryAct::Reply, "documents") => "label-files".to_owned(),
        (_, "utr") => "field-utr".to_owned(),
        (_, "due_on") => "recovery-pay-by".to_owned(),
        (_, "received_on") => "recovery-received-on".to_owned(),
        (_, "note") => "field-note".to_owned(),
        (_, "reason") => "field-reason".to_owned(),
        (_, "amount_paise") => format!("recovery-amount-{act}"),
        (_, "outcome" | "kind") => format!("recovery-choice-{act}"),
        _ => "recovery-reference".to_owned(),
    }
}

/// A choice in the words of the page; any other text as it was typed.
fn choice(page: &Page, act: RecoveryAct, text: &str) -> String {
    match act {
        RecoveryAct::Order => text.parse::<OrderOutcome>().map(|word| page.word("recovery-order", word)),
        RecoveryAct::ProposeRelief => text.parse::<ReliefKind>().map(|word| page.word("relief", word)),
        RecoveryAct::DecideRelief => text.parse::<ReliefOutcome>().map(|word| page.word("relief-outcome", word)),
        _ => Ok(text.to_owned()),
    }
    .unwrap_or_else(|_| text.to_owned())
}

/// What was typed, with labels.
fn yours(page: &Page, act: RecoveryAct, typed: &Typed) -> Vec<(String, String)> {
    let row = |(name, text): (&str, &str)| (page.t(&label_of(act, name)), choice(page, act, text));
    typed.shown_again().filter(|(_, text)| !text.is_empty()).map(row).collect()
}

/// The record as it is now, in labels and texts.
fn as_it_is(page: &Page, file: &WholeRecovery) -> Vec<(String, String)> {
    let recovery = &file.recovery;
    let mut rows = vec![(page.t("label-status"), page.recovery_status(recovery))];
    rows.push((page.t("recovery-total"), file.statement.total_paise.to_string()));
    rows.extend(recovery.withdrawal().map(|one| (page.t("recovery-withdrawn"), one.reason.clone())));
    rows.extend(recovery.reply.as_ref().map(|reply| (page.t("field-text"), reply.text.clone())));
    rows.extend(recovery.decision.as_ref().map(|order| (page.t("recovery-reasons"), page.order_reasons(order))));
    if let Some(credit) = file.credits.last() {
        rows.push((page.word("credit", credit.kind), page.day(&credit.credited_on)));
    }
    rows
}

/// Both sides, for whoever was slower.
pub fn conflict(page: &Page, file: &WholeRecovery, was: Option<&WholeRecovery>, trouble: &Trouble) -> Reply {
    let act = act_of(trouble);
    let again = trouble.typed.shown_again().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let shown = Conflict {
        frame: frame_of(page, page.t("title-conflict"), true),
        yours: yours(page, act, &trouble.typed),
        theirs: Sides::of(page, was, file, as_it_is),
        typed: again.collect(),
        button: page.t1("apply-mine", "act", page.word("recovery-do", act)),
        over: over(page, file.next.iter().find(|next| next.act == act).map(|next| next.refusal.as_ref())),
        record: page.to(&record_of(&file.recovery.number)),
        form: form_of(page, file, act, None).on_version(file.recovery.version),
        page,
    };
    shown.answer(&trouble.problem)
}
