//! The forms of a guarantee's page: each runs the command of its operation. Beside a button that moves money or ends
//! the cover stands what it would do, which is found by rehearsing the same command.

use crate::service::award::securities::{ConfirmSecurity, ExtendSecurity, ReleaseSecurity};
use crate::service::award::security_file::{SecurityAct, WholeSecurity};
use crate::service::award::security_invocations::{InvokeSecurity, RecordSecurityReceipt};
use crate::service::running::runner::Answered;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::act_form::Act;
use crate::web::portal::award::guarantee_page::{again, read, record_of};
use crate::web::portal::effect::{Effect, not_yet_numbered, not_yet_written};
use crate::web::portal::page::Page;
use crate::web::portal::payment::tranche_page::At;
use crate::web::portal::sent::Sent;
use crate::web::portal::upload::{SentFiles, require_one, the_one};
use chrono::NaiveDate;
use domain::award::security_forms::{
    SecurityConfirmation, SecurityExtension, SecurityInvocation, SecurityReceipt, SecurityRelease,
};
use domain::base::id::EvidenceId;
use domain::base::money::Paise;
use serde::Deserialize;

/// Stands in a rehearsal for the reference that the bank will give; a rehearsal keeps nothing.
const UTR_NOT_YET_KNOWN: &str = "NOTYETKNOWN00000";

/// The agency records the bank's answer.
pub async fn confirm(sent: Sent, at: At) -> Reply {
    let security = read(&sent.page, &at).await?.security;
    let id = security.id;
    let command = |form: SecurityConfirmation, seen_version| Ok(ConfirmSecurity { id, seen_version, form });
    let done = sent.act(command).await;
    answer(sent, at, &record_of(&security), SecurityAct::Confirm, done).await
}

/// What is typed beside the file of an extension; a document that is stored already is chosen.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Extension {
    expires_on: NaiveDate,
    claim_expires_on: Option<NaiveDate>,
    top_up_paise: Option<Paise>,
    reference: String,
    dated_on: NaiveDate,
    evidence_id: Option<EvidenceId>,
}

impl Extension {
    fn form(&self, attached: &[EvidenceId]) -> SecurityExtension {
        SecurityExtension {
            expires_on: self.expires_on,
            claim_expires_on: self.claim_expires_on,
            top_up_paise: self.top_up_paise,
            reference: self.reference.clone(),
            dated_on: self.dated_on,
            evidence_id: the_one(attached, self.evidence_id),
        }
    }
}

/// The signatory lodges an extension, with the document of the bank.
pub async fn extend(mut sent: SentFiles, at: At) -> Reply {
    let file = read(&sent.sent.page, &at).await?;
    let (id, issued_on, today) = (file.security.id, file.security.issued_on, file.today);
    let attached = sent.count();
    let check = |typed: &Extension| require_one(typed.form(&[]).check(issued_on, today), typed.evidence_id, attached);
    let make = |typed: Extension, seen_version, files: Vec<EvidenceId>| ExtendSecurity {
        id,
        seen_version,
        form: typed.form(&files),
    };
    let done = sent.act_on_version(check, make).await;
    let again = |page, trouble| again(page, at, trouble);
    sent.answer(done, &record_of(&file.security), SecurityAct::Extend.name(), again).await
}

/// The competent authority demands payment from the bank.
pub async fn invoke(sent: Sent, at: At) -> Reply {
    let security = read(&sent.page, &at).await?.security;
    let id = security.id;
    let done = sent.act(|form: SecurityInvocation, seen_version| Ok(InvokeSecurity { id, seen_version, form })).await;
    answer(sent, at, &record_of(&security), SecurityAct::Invoke, done).await
}

/// The disbursing officer records what the bank paid.
pub async fn receive(sent: Sent, at: At) -> Reply {
    let security = read(&sent.page, &at).await?.security;
    let id = security.id;
    let command = |form: SecurityReceipt, seen_version| {
        Ok(RecordSecurityReceipt { id, seen_version, form, credit_follows: false })
    };
    let done = sent.act(command).await;
    answer(sent, at, &record_of(&security), SecurityAct::Receive, done).await
}

/// The competent authority releases the guarantee.
pub async fn release(sent: Sent, at: At) -> Reply {
    let security = read(&sent.page, &at).await?.security;
    let id = security.id;
    let done = sent.act(|form: SecurityRelease, seen_version| Ok(ReleaseSecurity { id, seen_version, form })).await;
    answer(sent, at, &record_of(&security), SecurityAct::Release, done).await
}

async fn answer(sent: Sent, at: At, record: &str, act: SecurityAct, done: Result<Answered, Problem>) -> Reply {
    sent.answer(done, record, act.name(), |page, trouble| again(page, at, trouble)).await
}

/// The button of an act.
pub fn button(page: &Page, act: SecurityAct) -> String {
    page.word("guarantee-do", act)
}

/// What an act would do if the reader took it now: for an invocation and a receipt, with the whole amount that is
/// open for the first recovery. `None` for an act that neither moves money nor ends anything.
pub async fn rehearsed(page: &Page, file: &WholeSecurity, act: SecurityAct) -> Option<Effect> {
    match act {
        SecurityAct::Confirm | SecurityAct::Extend => None,
        SecurityAct::Invoke => invoked(page, file).await,
        SecurityAct::Receive => received(page, file).await,
        SecurityAct::Release => {
            let (id, seen_version) = (file.security.id, file.security.version);
            let form = SecurityRelease { reference: not_yet_numbered(), reason: not_yet_written() };
            let command = ReleaseSecurity { id, seen_version, form };
            Some(page.rehearse(command, |_| with_cover_after(page, file, page.t("effect-release"))).await)
        }
    }
}

async fn invoked(page: &Page, file: &WholeSecurity) -> Option<Effect> {
    let (owed, amount_paise) = file.to_invoke()?;
    let form = SecurityInvocation {
        recovery_id: Some(owed.id),
        amount_paise,
        reference: not_yet_numbered(),
        reason: not_yet_written(),
    };
    let command = InvokeSecurity { id: file.security.id, seen_version: file.security.version, form };
    let values = [("amount", amount_paise.to_string()), ("recovery", owed.number.clone())];
    let then = page.language.text_with("effect-invocation", &values);
    Some(page.rehearse(command, |_| with_cover_after(page, file, then)).await)
}

/// What becomes of a guarantee that ends, and what that means for its award: the other guarantees may cover all that
/// the award requires.
fn with_cover_after(page: &Page, file: &WholeSecurity, then: String) -> String {
    let needed = file.award.security_required_paise;
    let key = if file.others_cover >= needed { "effect-cover-stays" } else { "effect-cover-falls-short" };
    let values = [("cover", file.others_cover.to_string()), ("needed", needed.to_string())];
    format!("{then} {}", page.language.text_with(key, &values))
}

async fn received(page: &Page, file: &WholeSecurity) -> Option<Effect> {
    let owed = file.to_receive()?;
    let form = SecurityReceipt {
        recovery_id: Some(owed.id),
        amount_paise: owed.pending,
        utr: UTR_NOT_YET_KNOWN.to_owned(),
        received_on: file.today,
    };
    let (id, seen_version) = (file.security.id, file.security.version);
    let command = RecordSecurityReceipt { id, seen_version, form, credit_follows: true };
    let values = [("amount", owed.pending.to_string()), ("recovery", owed.number.clone())];
    Some(page.rehearse(command, |_| page.language.text_with("effect-bank-paid", &values)).await)
}
