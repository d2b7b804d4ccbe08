//! One tranche: how much, for whom, who has it and since when, the steps that were taken, and the forms of the steps
//! that its reader may take next.

use crate::service::payment::payments::AdvisePayment;
use crate::service::payment::tranche_file::{NextAct, TrancheAct, TrancheFile};
use crate::service::payment::tranche_returns::ReturnTranche;
use crate::service::payment::tranche_steps::ReturnMade;
use crate::service::payment::tranches::{ConcurTranche, RecommendTranche, RejectTranche, SanctionTranche};
use crate::service::running::runner::Command;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::act_form::reference_of;
use crate::web::portal::colour;
use crate::web::portal::done_words::{came_to, decided, known_before, went_to, who_is_next};
use crate::web::portal::effect::Effect;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::payment::tranche_acts::rehearsed;
use crate::web::portal::payment::tranche_checks::{self, Check, Earlier};
use crate::web::portal::payment::tranche_past::{Past, past};
use crate::web::portal::problem_page::{Conflict, Sides, Warning, builder, notice, over, typed_with_labels, whole};
use crate::web::portal::texts::Language;
use crate::web::portal::worklist::waits::{self, Wait};
use crate::web::portal::{numbers, reference};
use actix_web::web::{Path, Query};
use askama::Template;
use domain::base::permission::Permission;
use domain::claim::claim::ClaimStatus;
use domain::correction::correction::CorrectionKind;
use domain::payment::payment::{Payment, PaymentStatus};
use domain::payment::tranche::TrancheStatus;
use domain::worklist::matter::MatterKind;
use futures_util::future::join_all;
use serde::Deserialize;

/// The language and the record of an address.
pub type At = Path<(Language, String)>;

/// The entry of the log of which a page gives notice.
#[derive(Default, Deserialize)]
pub struct NoticeQuery {
    pub entry: Option<i64>,
}

/// What was just done, as the log says it.
pub struct Notice {
    pub text: String,
    /// Whether it changed nothing, because the same was done before: then it is no success.
    pub nothing_new: bool,
    /// What it came to: how many and how much.
    pub came_to: Vec<String>,
    pub warnings: Vec<Said>,
}

/// A step that the reader may take, or may not for a reason that is told.
pub struct NextForm {
    pub act: TrancheAct,
    pub button: String,
    pub form: Form,
    /// Why this person may not take it.
    pub refusal: Option<Said>,
    /// What it would do, for a person who may.
    pub effect: Effect,
}

#[derive(Template)]
#[template(path = "templates/payment/tranche.html", config = "src/web/askama.toml")]
struct TranchePage<'a> {
    page: &'a Page,
    frame: Frame,
    file: TrancheFile,
    crore: String,
    words: String,
    notice: Option<Notice>,
    warning: Option<Warning>,
    next: Vec<NextForm>,
}

/// The page of one tranche.
pub async fn tranche_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    // Whoever reads what they have just done has looked at the limits before.
    let file = read_with(&page, &at, query.entry.is_none()).await?;
    let mut subjects = vec![format!("tranche:{}", file.tranche.id)];
    subjects.extend(file.payments.iter().map(|payment| format!("payment:{}", payment.id)));
    let notice = notice_of(&page, query.entry, subjects).await?;
    page.show(&view(&page, file, notice, None).await)
}

/// The file that an address names, if it exists for this person.
pub async fn read(page: &Page, at: &At) -> Result<TrancheFile, Problem> {
    read_with(page, at, true).await
}

async fn read_with(page: &Page, at: &At, weighs: bool) -> Result<TrancheFile, Problem> {
    let missing = || Problem::edge("not_found", "there is no such tranche");
    let of = reference_of(&at.1).ok_or_else(missing)?;
    Ok(page.web.service.tranche_file(page.caller()?, of, weighs).await?)
}

/// What the log says of an entry, if it is an act of the reader on one of these records.
pub async fn notice_of(page: &Page, entry: Option<i64>, subjects: Vec<String>) -> Result<Option<Notice>, Problem> {
    let Some(entry) = entry else { return Ok(None) };
    let found = page.web.service.own_act(page.caller()?, entry, subjects).await?;
    Ok(found.map(|entry| {
        let details: serde_json::Value = serde_json::from_str(&entry.facts.details).unwrap_or_default();
        let warnings = details["warnings"].as_array().map(Vec::as_slice).unwrap_or_default();
        let nothing_new = known_before(&details);
        let done = || notice(page, &entry.facts.command, entry.facts.recorded_at);
        Notice {
            text: if nothing_new { page.t("done-known-before") } else { done() },
            nothing_new,
            came_to: decided(page, &entry.facts.command, &details)
                .into_iter()
                .chain(went_to(page, &entry.facts.command, &details))
                .chain(who_is_next(page, &entry.facts.command).filter(|_| !nothing_new))
                .chain(came_to(page, &details))
                .collect(),
            warnings: warnings.iter().map(|warning| page.warned_then(warning)).collect(),
        }
    }))
}

/// The address of a tranche after the language.
pub fn record(file: &TrancheFile) -> String {
    format!("/tranches/{}", reference::in_address(&file.tranche.number))
}

async fn view<'a>(
    page: &'a Page,
    file: TrancheFile,
    notice: Option<Notice>,
    trouble: Option<&Trouble>,
) -> TranchePage<'a> {
    page.is_about(MatterKind::Tranche, file.tranche.id);
    page.knows(&file.who_can);
    let next: Vec<NextForm> = join_all(file.next.iter().map(|next| next_form(page, &file, next, trouble))).await;
    let warning = trouble.map(|trouble| warning_of(page, trouble, &next, &file));
    let mut frame = page.frame(page.t1("title-tranche", "number", &file.tranche.number));
    frame.crumbs.push(page.crumb("nav-tranches", "/tranches"));
    frame.wrong = warning.is_some();
    TranchePage {
        crore: numbers::in_crore(file.tranche.amount_paise, page.language),
        words: numbers::in_words(file.tranche.amount_paise, page.language),
        page,
        frame,
        file,
        notice,
        warning,
        next,
    }
}

/// The operation of an act.
fn command_of(act: TrancheAct) -> &'static str {
    match act {
        TrancheAct::Recommend => RecommendTranche::NAME,
        TrancheAct::Concur => ConcurTranche::NAME,
        TrancheAct::Sanction => SanctionTranche::NAME,
        TrancheAct::Advise => AdvisePayment::NAME,
        TrancheAct::Return => ReturnTranche::NAME,
        TrancheAct::Reject => RejectTranche::NAME,
    }
}

async fn next_form(page: &Page, file: &TrancheFile, next: &NextAct, trouble: Option<&Trouble>) -> NextForm {
    let effect = match &next.refusal {
        Some(refusal) => Effect::Refused(page.told_of(refusal.clone(), command_of(next.act)).await),
        None => rehearsed(page, file, next.act, Trouble::typed_into(trouble, next.act.as_str())).await,
    };
    let form = form_of(page, file, next.act, trouble).on_version(file.tranche.version);
    NextForm {
        act: next.act,
        button: button_of(page, file, next.act),
        form,
        refusal: effect.refusal().cloned(),
        effect,
    }
}

fn button_of(page: &Page, file: &TrancheFile, act: TrancheAct) -> String {
    let verb = page.word("do", act);
    match act {
        TrancheAct::Reject | TrancheAct::Return => verb,
        // A button of an act on money has the exact amount.
        _ => format!("{verb}: {}", file.tranche.amount_paise),
    }
}

/// The form of a step.
pub fn form_of(page: &Page, file: &TrancheFile, act: TrancheAct, trouble: Option<&Trouble>) -> Form {
    let (path, fields): (&str, &'static [&'static str]) = match act {
        TrancheAct::Recommend => ("recommendation", &["/note"]),
        TrancheAct::Concur => ("concurrence", &["/note"]),
        TrancheAct::Sanction => ("sanction", &["/note"]),
        TrancheAct::Advise => ("payments", &[]),
        TrancheAct::Return => ("return", &["/to", "/reasons", "/note"]),
        TrancheAct::Reject => ("rejection", &["/reason"]),
    };
    Form::new(page, act.as_str(), &format!("{}/{path}", record(file)), fields, trouble)
}

/// What stands above the page when a form came back; the form itself may not be on it any more.
fn warning_of(page: &Page, trouble: &Trouble, next: &[NextForm], file: &TrancheFile) -> Warning {
    match next.iter().find(|next| next.form.name == trouble.form) {
        Some(next) => Warning::of(trouble, &next.form, page.language),
        None => {
            let act = trouble.form.parse().unwrap_or(TrancheAct::Recommend);
            Warning::of(trouble, &form_of(page, file, act, Some(trouble)), page.language)
        }
    }
}

/// The page again after a form was not taken: with what is wrong, or, if somebody else was faster, with both sides.
pub async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = read(&page, &at).await?;
    if trouble.problem.code == "stale_version" {
        let was = page.as_seen(read(&page, &at)).await;
        return conflict(&page, &file, was.as_ref(), &trouble);
    }
    let shown = view(&page, file, None, Some(&trouble)).await;
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

fn conflict(page: &Page, file: &TrancheFile, was: Option<&TrancheFile>, trouble: &Trouble) -> Reply {
    let act = trouble.form.parse().unwrap_or(TrancheAct::Recommend);
    let fresh =
        Trouble { form: trouble.form, typed: trouble.typed.clone(), problem: trouble.problem.clone(), key: None };
    let form = form_of(page, file, act, Some(&fresh)).on_version(file.tranche.version);
    let again = trouble.typed.shown_again().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let mut frame = page.frame(page.t("title-conflict"));
    frame.crumbs.push(page.crumb("nav-tranches", "/tranches"));
    frame.wrong = true;
    let shown = Conflict {
        yours: typed_with_labels(page, &trouble.typed),
        theirs: Sides::of(page, was, file, as_it_is),
        typed: again.collect(),
        button: page.t1("apply-mine", "act", button_of(page, file, act)),
        over: over(page, file.next.iter().find(|next| next.act == act).map(|next| next.refusal.as_ref())),
        record: page.to(&record(file)),
        page,
        frame,
        form,
    };
    shown.answer(&trouble.problem)
}

/// The record as it is now, in labels and texts.
fn as_it_is(page: &Page, file: &TrancheFile) -> Vec<(String, String)> {
    let mut rows = vec![(page.t("label-status"), page.word("status", file.tranche.status))];
    if let Some(back) = &file.returned {
        rows.push((page.t("title-returned"), page.word("desk", back.to)));
        rows.extend(back.reasons.clone().map(|reasons| (page.t("field-reasons"), reasons)));
    }
    if let Some(rejection) = &file.tranche.rejection {
        rows.push((page.t("label-rejected-because"), rejection.reason.clone()));
        let offices = file.rejected_by.as_ref().map(|who| page.offices(&who.offices)).unwrap_or_default();
        let at = page.instant(&rejection.rejected_at);
        rows.push((page.t("label-rejected-by"), format!("{offices}, {at}")));
        return rows;
    }
    if let Some(last) = file.steps.last() {
        let who = last.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        let step = page.word("step", last.step);
        rows.push((page.t("label-last-step"), format!("{step}, {}{who}", page.offices(&last.offices))));
        rows.push((page.t("label-when"), page.instant(&last.at)));
        rows.extend(last.note.clone().map(|note| (page.t("field-note"), note)));
    }
    rows
}

impl TranchePage<'_> {
    /// What of it can be corrected: a sanction that is not advised yet, or UTR and day of the payment that arrived.
    fn corrections(&self) -> Vec<(String, String)> {
        let (page, tranche) = (self.page, &self.file.tranche);
        let payments = &self.file.payments;
        let cancels = payments.is_empty() && tranche.status == TrancheStatus::Sanctioned;
        let paid = payments.last().filter(|payment| payment.status == PaymentStatus::Succeeded);
        let of = |kind, number: &str, can_be| {
            Some((page.word("correction", kind), page.correction_address(kind, number, can_be)?))
        };
        let sanction = of(CorrectionKind::CancelSanction, &tranche.number, cancels);
        let payment = paid.and_then(|payment| of(CorrectionKind::CorrectPayment, &payment.number, true));
        sanction.into_iter().chain(payment).collect()
    }

    fn past(&self) -> Vec<Past<'_>> {
        past(&self.file)
    }

    /// The answer to a payment, as a step of the tranche.
    fn answer_said(&self, payment: &Payment) -> String {
        self.payment_said(payment, payment.status)
    }

    /// That a payment was paid which came back later.
    fn paid_said(&self, payment: &Payment) -> String {
        self.payment_said(payment, PaymentStatus::Succeeded)
    }

    fn payment_said(&self, payment: &Payment, status: PaymentStatus) -> String {
        let status = self.page.word("payment-status", status);
        self.page.language.text_with("step-payment", &[("number", payment.number.clone()), ("status", status)])
    }

    /// The address of the record itself.
    fn record(&self) -> String {
        self.page.to(&record(&self.file))
    }

    fn colour(&self) -> &'static str {
        colour::of(self.file.tranche.status)
    }

    fn payment_colour(&self, payment: &Payment) -> &'static str {
        colour::of_payment(payment.status)
    }

    fn award_address(&self) -> String {
        self.page.to(&format!("/awards/{}", reference::in_address(&self.file.award)))
    }

    fn claim_address(&self) -> String {
        self.page.to(&format!("/claims/{}", reference::in_address(&self.file.claim)))
    }

    /// The page that says why it is this amount.
    fn statement_address(&self) -> String {
        format!("{}/statement", self.claim_address())
    }

    fn checks(&self) -> Vec<Check> {
        tranche_checks::in_words(self.page, &self.file)
    }

    /// The last payments to the same beneficiary.
    fn earlier(&self) -> Option<Vec<Earlier>> {
        tranche_checks::earlier(self.page, &self.file)
    }

    fn payment_address(&self, payment: &Payment) -> String {
        self.page.to(&format!("/payments/{}", reference::in_address(&payment.number)))
    }

    /// Who has the file, since when and until when, and what happens if nothing is done.
    /// With whom the next step lies, and that each of the offices may end the tranche all the same: the rules name
    /// no desk for a rejection.
    fn whose_turn(&self) -> String {
        let with = self.file.waiting.first().map(|waiting| self.page.offices(&waiting.offices)).unwrap_or_default();
        let values = [("office", with), ("offices", self.page.offices(Permission::RejectTranche.roles()))];
        self.page.language.text_with("reject-whose-turn", &values)
    }

    fn waits(&self) -> Vec<Wait> {
        waits::or_nobody(self.page, &self.file.waiting, self.file.today)
    }

    /// By whom it was returned to which desk, and when.
    fn return_said(&self, back: &ReturnMade) -> String {
        let values = [
            ("to", self.page.word("role", back.to.role())),
            ("from", self.page.word("role", back.from.role())),
            ("at", self.page.instant(&back.at)),
        ];
        self.page.language.text_with("returned-to", &values)
    }

    /// What becomes of the money of a tranche that was rejected or that expired, and what the company can do.
    fn after_its_end(&self) -> Option<String> {
        if !self.file.tranche.is_over() {
            return None;
        }
        match self.file.claim_status {
            ClaimStatus::Rejected if self.page.is_of_company() => {
                Some(format!("{} {}", self.page.t("rejected-claim-too"), self.page.t("claim-rejected-next")))
            }
            ClaimStatus::Verified => Some(self.page.t("rejected-claim-goes-on")),
            _ => None,
        }
    }
}
