//! One guarantee: what it covers and until when, whether the award is covered, what happened to it, and the forms of
//! what its reader may do next.

use crate::service::award::securities::{ConfirmSecurity, ExtendSecurity, ReleaseSecurity};
use crate::service::award::security_file::{NextSecurityAct, SecurityAct, WholeSecurity};
use crate::service::award::security_invocations::{InvokeSecurity, RecordSecurityReceipt};
use crate::service::running::runner::Command;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::act_form::{Act, Field, Kind, NextForm, Place, conflict, warning_of};
use crate::web::portal::award::application_acts::award_of;
use crate::web::portal::award::guarantee_acts::{button, rehearsed};
use crate::web::portal::colour;
use crate::web::portal::field::{Trouble, as_a_sentence};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::tranche_page::{At, Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Sides, Warning, builder, whole};
use crate::web::portal::upload::FILES;
use crate::web::portal::worklist::waits::{self, Wait};
use actix_web::web::Query;
use askama::Template;
use domain::award::security::{Security, SecurityStatus};
use domain::award::security_forms::BankWord;
use domain::base::calendar::Timestamp;
use domain::base::evidence::Evidence;
use domain::base::id::{EvidenceId, RecoveryId, UserId};
use domain::base::reason::Reason;
use domain::people::office::PersonThere;
use domain::worklist::matter::MatterKind;
use futures_util::future::join_all;

#[derive(Template)]
#[template(path = "templates/award/guarantee.html", config = "src/web/askama.toml")]
struct GuaranteePage<'a> {
    page: &'a Page,
    frame: Frame,
    file: &'a WholeSecurity,
    notice: Option<Notice>,
    warning: Option<Warning>,
    next: Vec<NextForm<SecurityAct>>,
}

impl Act for SecurityAct {
    fn name(self) -> &'static str {
        self.as_str()
    }

    fn fields(self) -> &'static [Field] {
        match self {
            SecurityAct::Confirm => &[
                Field("/outcome", "field-outcome", Kind::Word("bank-word")),
                Field("/reference", "guarantee-bank-reference", Kind::Text),
                Field("/note", "field-note", Kind::Text),
                Field("/different_because", "guarantee-different", Kind::Text),
            ],
            SecurityAct::Extend => &[
                Field("/expires_on", "guarantee-new-expires-on", Kind::Day),
                Field("/claim_expires_on", "guarantee-new-claim-until", Kind::Day),
                Field("/top_up_paise", "guarantee-top-up", Kind::Text),
                Field("/reference", "guarantee-amendment", Kind::Text),
                Field("/dated_on", "guarantee-amended-on", Kind::Day),
                Field(FILES, "guarantee-document", Kind::Id),
                Field("/evidence_id", "stored-document", Kind::Id),
            ],
            SecurityAct::Invoke => &[
                Field("/recovery_id", "guarantee-recovery", Kind::Id),
                Field("/amount_paise", "label-amount", Kind::Text),
                Field("/reference", "guarantee-order", Kind::Text),
                Field("/reason", "field-reason", Kind::Text),
            ],
            SecurityAct::Receive => &[
                Field("/recovery_id", "guarantee-recovery", Kind::Id),
                Field("/amount_paise", "field-amount_paise", Kind::Text),
                Field("/utr", "field-utr", Kind::Text),
                Field("/received_on", "guarantee-received-on", Kind::Day),
            ],
            SecurityAct::Release => {
                &[Field("/reference", "guarantee-order", Kind::Text), Field("/reason", "field-reason", Kind::Text)]
            }
        }
    }

    fn path(self) -> &'static str {
        match self {
            SecurityAct::Confirm => "confirmation",
            SecurityAct::Extend => "extensions",
            SecurityAct::Invoke => "invocations",
            SecurityAct::Receive => "receipts",
            SecurityAct::Release => "release",
        }
    }

    fn command(self) -> &'static str {
        match self {
            SecurityAct::Confirm => ConfirmSecurity::NAME,
            SecurityAct::Extend => ExtendSecurity::NAME,
            SecurityAct::Invoke => InvokeSecurity::NAME,
            SecurityAct::Receive => RecordSecurityReceipt::NAME,
            SecurityAct::Release => ReleaseSecurity::NAME,
        }
    }
}

/// The page of one guarantee.
pub async fn guarantee_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = read(&page, &at).await?;
    let notice = notice_of(&page, query.entry, vec![format!("security:{}", file.security.id)]).await?;
    page.show(&view(&page, &file, notice, None).await)
}

/// The guarantee that an address names, if it exists for this person.
pub async fn read(page: &Page, at: &At) -> Result<WholeSecurity, Problem> {
    let id = at.1.parse().map_err(|_| Problem::edge("not_found", "there is no such guarantee"))?;
    Ok(page.web.service.security_file(page.caller()?, id).await?)
}

/// The address of a guarantee after the language; it has no number of ours.
pub fn record_of(security: &Security) -> String {
    format!("/guarantees/{}", security.id)
}

fn frame_of(page: &Page, title: String) -> Frame {
    let mut frame = page.frame(title);
    frame.crumbs.push(page.crumb("title-guarantees", "/guarantees"));
    frame
}

async fn view<'a>(
    page: &'a Page,
    file: &'a WholeSecurity,
    notice: Option<Notice>,
    trouble: Option<&Trouble>,
) -> GuaranteePage<'a> {
    page.is_about(MatterKind::Guarantee, file.security.id);
    page.knows(&file.who_can);
    let next = join_all(file.next.iter().map(|next| next_form(page, file, next, trouble))).await;
    let warning = warning_of(page, trouble, &next);
    let frame = frame_of(page, page.t1("title-guarantee", "number", &file.security.guarantee_number));
    GuaranteePage { frame: Frame { wrong: warning.is_some(), ..frame }, page, file, notice, warning, next }
}

async fn next_form(
    page: &Page,
    file: &WholeSecurity,
    next: &NextSecurityAct,
    trouble: Option<&Trouble>,
) -> NextForm<SecurityAct> {
    let record = record_of(&file.security);
    let at = Place { record: &record, version: file.security.version };
    let made = NextForm::new(page, next.act, &at, next.refusal.as_ref(), trouble);
    if made.refusal.is_some() {
        return made;
    }
    match rehearsed(page, file, next.act).await {
        Some(effect) if next.act == SecurityAct::Release => made.with_effect(effect),
        Some(effect) => made.with_example(effect),
        None => made,
    }
}

/// The page again after a form was not taken: with what is wrong, or, if somebody else was faster, with both sides.
pub async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = read(&page, &at).await?;
    if trouble.problem.code == "stale_version" {
        let was = page.as_seen(read(&page, &at)).await;
        let theirs = Sides::of(&page, was.as_ref(), &file, as_it_is);
        let record = record_of(&file.security);
        let place = Place { record: &record, version: file.security.version };
        let frame = frame_of(&page, page.t("title-conflict"));
        let still = |act: SecurityAct| file.next.iter().find(|next| next.act == act).map(|next| next.refusal.as_ref());
        return conflict(&page, frame, &trouble, &place, |act| button(&page, act), theirs, still);
    }
    let shown = view(&page, &file, None, Some(&trouble)).await;
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

/// The record as it is now, in labels and texts.
fn as_it_is(page: &Page, file: &WholeSecurity) -> Vec<(String, String)> {
    let security = &file.security;
    let mut rows = vec![
        (page.t("label-status"), page.word("security-status", security.status)),
        (page.t("guarantee-expires-on"), page.day(&security.expires_on)),
    ];
    if let Some(last) = file.events.last() {
        rows.push((page.t("label-last-step"), page.word("security-event", last.kind)));
        rows.push((page.t("label-when"), page.instant(&last.acted_at)));
    }
    rows
}

/// Whether a guarantee counts today, and if not, why.
pub fn why_not(page: &Page, reason: Option<&Reason>) -> String {
    match reason {
        Some(reason) => as_a_sentence(&page.language.said(&reason.message())),
        None => page.t("guarantee-counts"),
    }
}

impl GuaranteePage<'_> {
    fn colour(&self) -> &'static str {
        colour::of(self.file.security.status)
    }

    /// With whom it lies. One that runs on for long waits for nobody yet.
    fn waits(&self) -> Vec<Wait> {
        let (security, today) = (&self.file.security, self.file.today);
        let runs = security.status == SecurityStatus::Confirmed && self.file.award.ends_on >= today;
        if runs && self.file.waiting.is_empty() {
            let from = self.page.web.service.desk_times().shown_from(security.expires_on);
            let days = [("day", self.page.day(&security.expires_on)), ("from", self.page.day(&from))];
            return vec![waits::said(self.page.language.text_with("guarantee-waits-for-nobody", &days))];
        }
        waits::or_nobody(self.page, &self.file.waiting, today)
    }

    fn why_not(&self) -> String {
        why_not(self.page, self.file.why_not.as_ref())
    }

    fn award_address(&self) -> String {
        self.page.to(&award_of(&self.file.award.number))
    }

    fn who_said(&self, id: &UserId, at: &Timestamp) -> Option<PersonThere> {
        self.file.people.person(*id, Some(*at), None)
    }

    fn document(&self, id: &EvidenceId) -> Option<&Evidence> {
        self.file.evidence.get(id)
    }

    /// The number of the recovery that an event is about.
    fn recovery(&self, id: &RecoveryId) -> Option<&str> {
        self.file.owed.iter().find(|owed| owed.id == *id).map(|owed| owed.number.as_str())
    }

    fn bank_words(&self) -> &'static [BankWord] {
        BankWord::ALL
    }

    fn recoveries(&self) -> Vec<(String, String)> {
        self.file.owed.iter().map(|owed| (owed.id.to_string(), format!("{} · {}", owed.number, owed.due))).collect()
    }

    fn button(&self, act: &SecurityAct) -> String {
        button(self.page, *act)
    }

    fn ends(&self, act: &SecurityAct) -> bool {
        [SecurityAct::Invoke, SecurityAct::Release].contains(act)
    }
}
