//! Proposing a budget instrument: first its kind, each with a plain sentence, then the form of that kind.

use crate::service::budget::budget_instruments::ProposeBudgetInstrument;
use crate::service::budget::instrument_file::ProposalChoices;
use crate::web::edge::problem::{FieldProblem, Problem};
use crate::web::edge::reply::Reply;
use crate::web::portal::budget::instrument_page::record_of;
use crate::web::portal::effect::{Effect, Outcome};
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::sent::Sent;
use actix_web::web::Query;
use askama::Template;
use domain::base::field::FieldError;
use domain::base::field_reason::FieldReason;
use domain::budget::budget_instrument::{FundsSource, InstrumentForm, InstrumentKind};
use domain::scheme::scheme::Component;
use serde::Deserialize;

const FORM: &str = "propose";
/// The fields that a person fills in; what is wrong with the kind, which is hidden, leads to the whole form.
const FIELDS: &[&str] = &[
    "/scheme_code",
    "/component",
    "/financial_year",
    "/amount_paise",
    "/to_component",
    "/source",
    "/declaration/new_service",
    "/declaration/expenditure_sanctioned",
    "/declaration/work_not_approved",
    "/declaration/contingency_advance",
    "/reference",
    "/dated_on",
];
/// The label of the component from which a re-appropriation takes.
const GIVES: &str = "field-component-gives";
/// What the proposer of a re-appropriation declares.
const DECLARED: [&str; 4] = ["new_service", "expenditure_sanctioned", "work_not_approved", "contingency_advance"];

/// The kind of which the form is shown, and what a link fills in of it.
#[derive(Default, Deserialize)]
pub struct KindQuery {
    kind: Option<InstrumentKind>,
    scheme: Option<String>,
    component: Option<Component>,
}

#[derive(Template)]
#[template(path = "templates/budget/proposal.html", config = "src/web/askama.toml")]
struct ProposalPage<'a> {
    page: &'a Page,
    frame: Frame,
    /// Where a kind was chosen: its form.
    kind: Option<InstrumentKind>,
    choices: ProposalChoices,
    form: Form,
    warning: Option<Warning>,
    /// What the proposal comes to as it is typed.
    effect: Option<Effect>,
}

/// The kinds, or the form of one.
pub async fn proposal_page(page: Page, query: Query<KindQuery>) -> Reply {
    let choices = page.web.service.proposal_choices(page.caller()?).await?;
    let mut shown = view(&page, choices, query.kind, None);
    shown.form = shown.form.with_values(filled_in(&query, &shown.choices));
    page.show(&shown)
}

/// What a link fills in: the scheme and the component that it names, in the year that runs.
fn filled_in(query: &KindQuery, choices: &ProposalChoices) -> Vec<(String, String)> {
    let (Some(scheme), Some(component)) = (&query.scheme, query.component) else { return Vec::new() };
    let running = choices.running.to_string();
    let values =
        [("/scheme_code", scheme.clone()), ("/component", component.to_string()), ("/financial_year", running)];
    values.map(|(pointer, value)| (pointer.to_owned(), value)).to_vec()
}

fn view<'a>(
    page: &'a Page,
    choices: ProposalChoices,
    kind: Option<InstrumentKind>,
    trouble: Option<&Trouble>,
) -> ProposalPage<'a> {
    let form = Form::new(page, FORM, "/budget/instruments", FIELDS, trouble);
    let form =
        if kind == Some(InstrumentKind::ReAppropriation) { form.labelled([("/component", GIVES)]) } else { form };
    let warning = trouble.map(|trouble| Warning::of(trouble, &form, page.language));
    let title = kind.map_or_else(|| page.t("title-propose"), |kind| page.word("kind", kind));
    let mut frame = Frame { wrong: warning.is_some(), ..page.frame(title) };
    frame.crumbs.push(page.crumb("nav-budget", "/budget"));
    frame.crumbs.push(page.crumb("title-instruments", "/budget/instruments"));
    if kind.is_some() {
        frame.crumbs.push(page.crumb("title-propose", "/budget/instruments/new"));
    }
    ProposalPage { page, frame, kind, choices, form, warning, effect: None }
}

/// Proposes, and leads to the page of the new instrument.
pub async fn propose(sent: Sent) -> Reply {
    match make(&sent).await {
        Ok(address) => Ok(sent.page.see_other(&address)),
        Err(problem) => sent.answer(Err(problem), "/budget/instruments", FORM, again).await,
    }
}

/// Shows what the proposal comes to as it is typed. Nothing is stored.
pub async fn rehearse(sent: Sent) -> Reply {
    match rehearsed(&sent).await {
        Ok(effect) => {
            let page = sent.page;
            let choices = page.web.service.proposal_choices(page.caller()?).await?;
            let mut shown = view(&page, choices, sent.typed.text("/kind").parse().ok(), None);
            shown.form = shown.form.filled(&sent.typed);
            shown.effect = Some(effect);
            page.show(&shown)
        }
        Err(problem) => sent.answer(Err(problem), "/budget/instruments", FORM, again).await,
    }
}

async fn rehearsed(sent: &Sent) -> Result<Effect, Problem> {
    let (command, call) = sent.command(|form: InstrumentForm| Ok(ProposeBudgetInstrument { form })).await?;
    let page = &sent.page;
    let rehearsal = page.web.service.rehearse_for_page(call.caller, command).await?;
    let changes = page.web.service.approval_changes(call.caller, rehearsal.answer).await?;
    let key = match (rehearsal.warnings.is_empty(), changes.is_empty()) {
        (false, _) => "effect-propose-short",
        (true, true) => "effect-propose-fits",
        (true, false) => "effect-propose-then",
    };
    let (changes, warnings) = (page.changes(&changes), page.warned(&rehearsal.warnings));
    Ok(Effect::Does(Outcome { then: page.t(key), changes, warnings }))
}

async fn make(sent: &Sent) -> Result<String, Problem> {
    let (command, call) = sent.command(|form: InstrumentForm| Ok(ProposeBudgetInstrument { form })).await?;
    // The answer is its address, which a form that is sent twice gets again.
    let answered = sent.run(call, command, |instrument| record_of(&instrument)).await?;
    let entry = answered.log_entry.map(|entry| format!("?entry={entry}")).unwrap_or_default();
    Ok(format!("{}{entry}", answered.body))
}

/// A declaration that is missing is missing at each of its points.
fn at_each_point(mut problem: Problem) -> Problem {
    let missing = problem.errors.iter().position(|error| error.pointer == "/declaration");
    if let Some(place) = missing {
        problem.errors.remove(place);
        let point = |name: &str| FieldError::new(format!("/declaration/{name}"), FieldReason::Missing);
        problem.errors.extend(DECLARED.map(|name| FieldProblem::from(point(name))));
    }
    problem
}

/// What a kind needs and was left empty: the interface reads these fields for every kind, and the rules of the kind
/// would name them only after everything else was right.
fn with_what_its_kind_needs(mut trouble: Trouble) -> Trouble {
    let Ok(kind) = trouble.typed.text("/kind").parse::<InstrumentKind>() else { return trouble };
    if trouble.problem.code != "invalid_fields" {
        return trouble;
    }
    let year = has_year(kind).then_some("/financial_year");
    let amount = has_amount(kind).then_some("/amount_paise");
    let moved = FIELDS.iter().copied().filter(|pointer| {
        moves(kind) && (["/to_component", "/source"].contains(pointer) || pointer.starts_with("/declaration/"))
    });
    for pointer in year.into_iter().chain(amount).chain(moved) {
        let is_named = trouble.problem.errors.iter().any(|error| error.pointer == pointer);
        if !is_named && trouble.typed.text(pointer).trim().is_empty() {
            trouble.problem.errors.push(FieldError::new(pointer, FieldReason::Missing).into());
        }
    }
    trouble
}

fn has_year(kind: InstrumentKind) -> bool {
    kind != InstrumentKind::ChangeOfOutlay
}

fn has_amount(kind: InstrumentKind) -> bool {
    kind != InstrumentKind::Lapse
}

fn moves(kind: InstrumentKind) -> bool {
    kind == InstrumentKind::ReAppropriation
}

async fn again(page: Page, trouble: Trouble) -> Reply {
    let trouble = Trouble { problem: at_each_point(trouble.problem), ..trouble };
    let trouble = with_what_its_kind_needs(trouble);
    let choices = page.web.service.proposal_choices(page.caller()?).await?;
    let kind = trouble.typed.text("/kind").parse().ok();
    let shown = view(&page, choices, kind, Some(&trouble));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

impl ProposalPage<'_> {
    fn kinds(&self) -> &'static [InstrumentKind] {
        InstrumentKind::ALL
    }

    fn address(&self, kind: &InstrumentKind) -> String {
        self.page.to(&format!("/budget/instruments/new?kind={kind}"))
    }

    /// A re-appropriation takes from one component and gives to another one; every other kind concerns one alone.
    fn component_label(&self, kind: &InstrumentKind) -> &'static str {
        if self.moves(kind) { GIVES } else { "field-component" }
    }

    fn components(&self) -> &'static [Component] {
        Component::ALL
    }

    fn sources(&self) -> &'static [FundsSource] {
        FundsSource::ALL
    }

    fn declared(&self) -> [&'static str; 4] {
        DECLARED
    }

    /// Values and names of the years.
    fn years(&self) -> Vec<(String, String)> {
        self.choices.years.iter().map(|year| (year.to_string(), year.to_string())).collect()
    }

    fn has_year(&self, kind: &InstrumentKind) -> bool {
        has_year(*kind)
    }

    fn has_amount(&self, kind: &InstrumentKind) -> bool {
        has_amount(*kind)
    }

    fn moves(&self, kind: &InstrumentKind) -> bool {
        moves(*kind)
    }

    /// The pointer and the name of a declared point.
    fn point(&self, name: &str) -> String {
        format!("/declaration/{name}")
    }
}
