//! One budget instrument: what it changes, by whom it was proposed, and the forms of the second person. What the
//! approval would do is found by a rehearsal of the approval itself.

use crate::service::budget::budget_instruments::ApproveBudgetInstrument;
use crate::service::budget::instrument_file::{InstrumentAct, InstrumentFile, InstrumentReference};
use crate::service::running::runner::Command;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::colour;
use crate::web::portal::effect::Effect;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::payment::tranche_page::{At, Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Conflict, Sides, Warning, builder, over, told, typed_with_labels, whole};
use crate::web::portal::reference;
use crate::web::portal::worklist::waits::{self, Wait};
use actix_web::web::Query;
use askama::Template;
use domain::budget::budget_instrument::BudgetInstrument;
use domain::worklist::matter::MatterKind;

/// A step that the reader may take, or may not for a reason that is told.
pub struct NextForm {
    pub act: InstrumentAct,
    pub form: Form,
    /// Why this person may not take it.
    pub refusal: Option<Said>,
    /// What it would do, where it moves money.
    pub effect: Option<Effect>,
}

#[derive(Template)]
#[template(path = "templates/budget/instrument.html", config = "src/web/askama.toml")]
struct InstrumentPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: InstrumentFile,
    notice: Option<Notice>,
    warning: Option<Warning>,
    next: Vec<NextForm>,
}

/// The page of one instrument.
pub async fn instrument_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = read(&page, &at).await?;
    let subjects = vec![format!("budget_instrument:{}", file.instrument.id)];
    let notice = notice_of(&page, query.entry, subjects).await?;
    let next = next_forms(&page, &file, None).await?;
    page.show(&view(&page, file, notice, next, None))
}

/// The file that an address names, if it exists for this person.
pub async fn read(page: &Page, at: &At) -> Result<InstrumentFile, Problem> {
    let missing = || Problem::edge("not_found", "there is no such instrument");
    let of = match at.1.parse() {
        Ok(id) => InstrumentReference::Id(id),
        Err(_) => InstrumentReference::Number(reference::number_of(&at.1).ok_or_else(missing)?),
    };
    Ok(page.web.service.instrument_file(page.caller()?, of).await?)
}

/// The address of an instrument after the language.
pub fn record_of(instrument: &BudgetInstrument) -> String {
    format!("/budget/instruments/{}", reference::in_address(&instrument.number))
}

/// The forms of the acts that the reader may take, the approval with what it would do.
async fn next_forms(page: &Page, file: &InstrumentFile, trouble: Option<&Trouble>) -> Result<Vec<NextForm>, Problem> {
    let mut forms = Vec::new();
    page.is_about(MatterKind::BudgetInstrument, file.instrument.id);
    page.knows(&file.who_can);
    for next in &file.next {
        // Whoever can approve can refuse.
        let mut refusal = page.told_if(next.refusal.as_ref(), ApproveBudgetInstrument::NAME).await;
        let form = form_of(page, file, next.act, trouble);
        let effect = match next.act {
            InstrumentAct::Approve if refusal.is_none() => Some(approval(page, &file.instrument).await),
            _ => None,
        };
        refusal = refusal.or(effect.as_ref().and_then(Effect::refusal).cloned());
        forms.push(NextForm { act: next.act, form, refusal, effect });
    }
    Ok(forms)
}

/// What the approval would do.
async fn approval(page: &Page, instrument: &BudgetInstrument) -> Effect {
    let command = ApproveBudgetInstrument { id: instrument.id, seen_version: instrument.version };
    page.rehearse(command, |_| page.t("effect-approved")).await
}

/// The form of a step.
pub fn form_of(page: &Page, file: &InstrumentFile, act: InstrumentAct, trouble: Option<&Trouble>) -> Form {
    let (path, fields): (&str, &'static [&'static str]) = match act {
        InstrumentAct::Approve => ("approval", &[]),
        InstrumentAct::Refuse => ("refusal", &["/reason"]),
        InstrumentAct::Withdraw => ("withdrawal", &["/reason"]),
    };
    let address = format!("{}/{path}", record_of(&file.instrument));
    Form::new(page, act.as_str(), &address, fields, trouble).on_version(file.instrument.version)
}

fn frame_of(page: &Page, title: String, wrong: bool) -> Frame {
    let mut frame = Frame { wrong, ..page.frame(title) };
    frame.crumbs.push(page.crumb("nav-budget", "/budget"));
    frame.crumbs.push(page.crumb("title-instruments", "/budget/instruments"));
    frame
}

fn view<'a>(
    page: &'a Page,
    file: InstrumentFile,
    notice: Option<Notice>,
    next: Vec<NextForm>,
    trouble: Option<&Trouble>,
) -> InstrumentPage<'a> {
    let warning = trouble.map(|trouble| {
        let act = trouble.form.parse().unwrap_or(InstrumentAct::Approve);
        Warning::of(trouble, &form_of(page, &file, act, Some(trouble)), page.language)
    });
    let title = page.t1("title-instrument", "number", &file.instrument.number);
    InstrumentPage { frame: frame_of(page, title, warning.is_some()), page, file, notice, warning, next }
}

/// The page again after a form was not taken: with what is wrong, or, if somebody else was faster, with both sides.
pub async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = read(&page, &at).await?;
    if trouble.problem.code == "stale_version" {
        let was = page.as_seen(read(&page, &at)).await;
        return conflict(&page, &file, was.as_ref(), &trouble);
    }
    let next = next_forms(&page, &file, Some(&trouble)).await?;
    let shown = view(&page, file, None, next, Some(&trouble));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

fn conflict(page: &Page, file: &InstrumentFile, was: Option<&InstrumentFile>, trouble: &Trouble) -> Reply {
    let act = trouble.form.parse().unwrap_or(InstrumentAct::Approve);
    let again = trouble.typed.shown_again().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let shown = Conflict {
        frame: frame_of(page, page.t("title-conflict"), true),
        yours: typed_with_labels(page, &trouble.typed),
        theirs: Sides::of(page, was, file, as_it_is),
        form: form_of(page, file, act, None),
        typed: again.collect(),
        button: page.t1("apply-mine", "act", page.word("do", act)),
        over: over(page, file.next.iter().find(|next| next.act == act).map(|next| next.refusal.as_ref())),
        record: page.to(&record_of(&file.instrument)),
        page,
    };
    shown.answer(&trouble.problem)
}

/// The record as it is now, in labels and texts.
fn as_it_is(page: &Page, file: &InstrumentFile) -> Vec<(String, String)> {
    let mut rows = vec![(page.t("label-status"), page.word("instrument-status", file.instrument.status))];
    rows.extend(file.decided_by.clone().map(|name| (page.t("label-decided-by"), name)));
    rows.extend(file.instrument.decided_at.map(|at| (page.t("label-when"), page.instant(&at))));
    rows.extend(file.instrument.reason.clone().map(|reason| (page.t("field-reason"), reason)));
    rows
}

impl InstrumentPage<'_> {
    /// Why the approval would be refused as things stand.
    fn short(&self) -> Option<Said> {
        let short = self.file.short.clone()?;
        Some(told(&Problem::from(short), self.page.language))
    }

    /// The address of the record itself.
    fn record(&self) -> String {
        self.page.to(&record_of(&self.file.instrument))
    }

    fn colour(&self) -> &'static str {
        colour::of(self.file.instrument.status)
    }

    fn waits(&self) -> Vec<Wait> {
        waits::or_nobody(self.page, &self.file.waiting, self.file.today)
    }

    /// What the proposer declared of a re-appropriation.
    fn declared(&self) -> Vec<(String, String)> {
        let Some(of) = self.file.instrument.declaration else { return Vec::new() };
        let said = [
            ("new_service", of.new_service),
            ("expenditure_sanctioned", of.expenditure_sanctioned),
            ("work_not_approved", of.work_not_approved),
            ("contingency_advance", of.contingency_advance),
        ];
        let answer = |yes: bool| self.page.t(if yes { "answer-yes" } else { "answer-no" });
        said.into_iter().map(|(name, yes)| (self.page.word("field", name), answer(yes))).collect()
    }
}
