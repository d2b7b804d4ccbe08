//! One row of the inbox in words.

use crate::service::worklist::worklist::{Candidate, WorklistRow};
use crate::web::portal::field::as_a_sentence;
use crate::web::portal::page::Page;
use crate::web::portal::worklist::places::address_for;
use crate::web::portal::worklist::waits::{act_in_words, consequence};
use crate::web::portal::worklist::without_form::{self, WithoutForm};
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::money::Paise;
use domain::base::permission::Role;
use domain::scheme::scheme::{Component, Scheme};
use domain::worklist::matter::{Matter, MatterKind};
use domain::worklist::waiting::{RunningClock, Side};
use std::sync::Arc;

/// One matter.
pub struct Row {
    /// When its first clock runs out, counted from today; `None` if no clock runs.
    pub runs_out: Option<String>,
    pub day: Option<String>,
    pub overdue: bool,
    /// What it is, and what is to be done.
    pub kind: String,
    /// Whether words name it and no number: a colon stands before them.
    pub is_titled: bool,
    pub act: String,
    /// What names it; a record without a number is named by its kind alone.
    pub name: Option<String>,
    /// The page of its record.
    pub address: Option<String>,
    /// How it is done where it has no page, and so no form.
    pub without_form: Option<WithoutForm>,
    /// That it came back, and from whom.
    pub came_back: Option<String>,
    /// That a query was answered since, and when.
    pub replied: Option<String>,
    pub company: Option<String>,
    pub amount: Option<Paise>,
    pub since: Option<String>,
    /// What happens if nothing is done: first what happens first.
    pub then: Vec<String>,
    /// Why the reader cannot act, and who can: for a matter on which they took an earlier step.
    pub blocked: Option<String>,
    pub who_can: Vec<Person>,
}

/// Somebody who can act where the reader cannot.
pub struct Person {
    pub office: String,
    /// `None` for a reader who may see the office only.
    pub name: Option<String>,
}

impl Row {
    /// A row as its page says it.
    pub fn of(page: &Page, row: &WorklistRow, schemes: &[Arc<Scheme>], today: NaiveDate) -> Row {
        let (matter, waiting) = (&row.matter, &row.waiting);
        let step = row.earlier_step.map(|step| page.word("step-name", step));
        let address = address_for(page, matter);
        let back = matter.back_from.zip(matter.arrived);
        let reply = waiting.since.filter(|at| waiting.side == Side::Office && matter.was_answered(*at));
        Row {
            runs_out: waiting.until.map(|until| runs_out(page, (until - today).num_days())),
            day: waiting.until.map(|until| page.day(&until)),
            overdue: row.overdue,
            kind: kind_of(page, matter),
            act: act_of(page, row),
            is_titled: is_titled(matter),
            name: name(page, matter, schemes),
            without_form: without_form::of(page, waiting.ends_with).filter(|_| address.is_none()),
            address,
            came_back: back.map(|(office, at)| came_back(page, office, at)),
            replied: reply.map(|at| page.t1("row-replied", "at", page.instant(&at))),
            company: matter.company.clone(),
            amount: matter.amount_paise.map(Paise),
            since: waiting.since.map(|since| page.day(&since.date_in_india())),
            then: thens(page, &waiting.clocks),
            blocked: step.map(|step| page.t1("blocked-because", "step", step)),
            who_can: row.who_can.iter().map(|candidate| person(page, candidate)).collect(),
        }
    }
}

/// When a clock runs out, in days from today.
fn runs_out(page: &Page, left: i64) -> String {
    match left {
        ..0 => page.t1("runs-out-passed", "n", -left),
        0 => page.t("runs-out-today"),
        _ => page.t1("runs-out-in", "n", left),
    }
}

/// What each clock ends with; the day of the first one stands beside it in a column of its own.
fn thens(page: &Page, clocks: &[RunningClock]) -> Vec<String> {
    let then = |(place, clock): (usize, &RunningClock)| match place {
        0 => as_a_sentence(&consequence(page, clock)),
        _ => page.language.text_with("then-on", &[("day", page.day(&clock.until)), ("then", consequence(page, clock))]),
    };
    clocks.iter().enumerate().map(then).collect()
}

/// What it is. A difference and an instrument are each one of several kinds, which says what to look at; where words
/// name a matter that has no number, they say it already.
fn kind_of(page: &Page, matter: &Matter) -> String {
    let kind = page.word("matter", matter.kind);
    let words = match matter.kind {
        MatterKind::BankDifference => "finding",
        MatterKind::BudgetInstrument => "kind",
        _ => return kind,
    };
    match matter.title.as_deref().filter(|_| matter.number.is_some()) {
        Some(which) => page.language.text_with("row-kind", &[("kind", kind), ("which", page.word(words, which))]),
        None => kind,
    }
}

/// By which office it came back, and when.
fn came_back(page: &Page, office: Role, at: Timestamp) -> String {
    let values = [("office", page.word("role", office)), ("at", page.instant(&at))];
    page.language.text_with("row-came-back", &values)
}

/// What is to be done. A draft of an application is first completed by its preparer, and whoever submits it reads so.
fn act_of(page: &Page, row: &WorklistRow) -> String {
    match (row.waiting.ends_with, row.matter.state.as_str()) {
        ("submit_application", "draft") => page.t("act-after-completion"),
        _ => act_in_words(page, &row.waiting),
    }
}

/// Whether words name it: a statement, a component, what the bank said.
fn is_titled(matter: &Matter) -> bool {
    let by_words = [
        MatterKind::Control,
        MatterKind::Window,
        MatterKind::YearEnd,
        MatterKind::BankDifference,
        MatterKind::Correction,
    ];
    matter.number.is_none() && by_words.contains(&matter.kind)
}

/// What people call it: its number; the award and the milestone; a title or a word where there is no number.
fn name(page: &Page, matter: &Matter, schemes: &[Arc<Scheme>]) -> Option<String> {
    let language = page.language;
    let title = matter.title.as_deref();
    match (matter.kind, &matter.number, title) {
        (MatterKind::Milestone | MatterKind::DamagesDue, Some(award), Some(code)) => {
            let title = matter.named.clone().unwrap_or_else(|| code.replace('_', " "));
            Some(format!("{award} · {}", language.milestone_title(code, &title)))
        }
        (_, Some(number), _) => Some(number.clone()),
        (MatterKind::YearEnd, None, Some(component)) => {
            let component = component.parse::<Component>().ok().map(|component| page.word("component", component));
            let newest = schemes.iter().rev().find(|scheme| Some(&scheme.code) == matter.scheme_code.as_ref());
            let scheme = newest.map(|scheme| scheme.name.clone());
            Some([component, scheme].into_iter().flatten().collect::<Vec<_>>().join(", "))
        }
        (MatterKind::SchemeDraft, None, Some(title)) => Some(draft_named(page, title)),
        (MatterKind::BankDifference, None, Some(kind)) => Some(page.word("finding", kind)),
        (MatterKind::Correction, None, Some(kind)) => {
            let about = matter.named.clone().unwrap_or_default();
            Some(format!("{} · {about}", page.word("correction", kind)))
        }
        (MatterKind::Control, None, Some(code)) => Some(page.word("control", code)),
        (_, None, title) => title.map(str::to_owned),
    }
}

/// A draft by the code and the version that its matter has as a title: `ndfeb-2025-proposal, version 5`.
fn draft_named(page: &Page, title: &str) -> String {
    match title.split_once(", version ") {
        Some((code, version)) => {
            let values = [("code", code.to_owned()), ("version", version.to_owned())];
            page.language.text_with("allocation-scheme-version", &values)
        }
        None => title.to_owned(),
    }
}

fn person(page: &Page, candidate: &Candidate) -> Person {
    let name = candidate.person.as_ref().map(|person| person.name.clone());
    Person { office: page.word("role", candidate.office), name }
}
