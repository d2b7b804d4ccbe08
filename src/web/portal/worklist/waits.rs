//! A wait in words: with whom a record lies, since when, until when, and what happens if nothing is done. Every page
//! says it the same way, in one line for each matter.

use crate::web::portal::page::{Link, Page};
use crate::web::portal::worklist::places;
use crate::web::portal::worklist::without_form::{self, WithoutForm};
use chrono::NaiveDate;
use domain::base::money::Paise;
use domain::worklist::matter::MatterKind;
use domain::worklist::rule::Then;
use domain::worklist::waiting::{Carrier, RunningClock, Waiting};

/// A matter for which a record waits, in words.
pub struct Wait {
    /// With whom it lies, and since when.
    pub place: String,
    /// The other record through which it waits; its address is empty for whoever may not open it.
    pub through: Option<Link>,
    /// Until when, and what happens then; the clock that runs out first comes first.
    pub clocks: Vec<String>,
    /// What the clock of the office has left while a query is open.
    pub standing: Option<String>,
    /// How the acts of the reader are done for which no page has a form.
    pub without_form: Vec<WithoutForm>,
    /// The acts that end it.
    pub acts: Vec<&'static str>,
}

/// All that a record waits for, as its page says it: the acts by which one matter can go on stand in one sentence.
pub fn all_in_words(page: &Page, waiting: &[Waiting], today: NaiveDate) -> Vec<Wait> {
    let same = |one: &Waiting, next: &Waiting| one.kind == next.kind && one.through == next.through;
    let matters: Vec<&[Waiting]> = waiting.chunk_by(same).collect();
    matters.iter().filter_map(|ways| in_words(page, ways, matters.len() > 1, today)).collect()
}

/// The same on the page of a record of which nothing is left to do once it waits for nobody, which is said then.
pub fn or_nobody(page: &Page, waiting: &[Waiting], today: NaiveDate) -> Vec<Wait> {
    let all = all_in_words(page, waiting, today);
    if all.is_empty() { vec![said(page.t("place-nobody"))] } else { all }
}

/// A wait of which nothing but its place is known.
pub fn said(place: String) -> Wait {
    Wait { place, through: None, clocks: Vec::new(), standing: None, without_form: Vec::new(), acts: Vec::new() }
}

/// One matter; of several, each says what is to be done.
fn in_words(page: &Page, ways: &[Waiting], with_act: bool, today: NaiveDate) -> Option<Wait> {
    let first = ways.first()?;
    let office = match ways {
        [only] if !with_act && !is_no_step_of_record(only.kind) => page.offices(&only.offices),
        several => several.iter().map(|way| office_and_act(page, way)).collect::<Vec<_>>().join(&or(page)),
    };
    let place = match &first.since {
        Some(since) => page.language.text_with("title-with-since", &[("office", office), ("day", page.instant(since))]),
        None => page.t1("title-with", "office", office),
    };
    let standing = ways.iter().find_map(|way| way.standing.as_ref()).map(|standing| {
        let values = [("day", page.instant(&standing.since)), ("n", standing.days_left.to_string())];
        page.language.text_with("clock-stands", &values)
    });
    let mut clocks: Vec<String> =
        ways.iter().flat_map(|way| &way.clocks).map(|clock| until(page, clock, today)).collect();
    clocks.dedup();
    if clocks.is_empty() {
        clocks.push(page.t("clock-none"));
    }
    let through = first.through.as_ref().map(|carrier| through(page, carrier));
    let of_reader = ways.iter().filter(|way| page.is_in(&way.offices));
    let without_form = of_reader.filter_map(|way| without_form::of(page, way.ends_with)).collect();
    let acts = ways.iter().map(|way| way.ends_with).collect();
    Some(Wait { place, through, clocks, standing, without_form, acts })
}

/// Whether what is to be done is not the next step of the record itself, so that the office alone would not say it.
fn is_no_step_of_record(kind: MatterKind) -> bool {
    matches!(kind, MatterKind::DeferredClaim | MatterKind::DamagesDue | MatterKind::TreasuryLine)
}

fn or(page: &Page) -> String {
    format!(" {} ", page.t("or"))
}

/// An office with what it can do.
fn office_and_act(page: &Page, way: &Waiting) -> String {
    let values = [("office", page.offices(&way.offices)), ("act", act_in_words(page, way))];
    page.language.text_with("office-and-act", &values)
}

/// What is to be done, in the words of its matter: a year without money needs another change of the budget than one
/// whose money would lapse, and a payment that did not arrive another look than a first one.
pub fn act_in_words(page: &Page, way: &Waiting) -> String {
    match (way.kind, way.state.as_str(), way.ends_with) {
        (MatterKind::DeferredClaim, _, "propose_budget_instrument") => page.t("act-provide-appropriation"),
        (MatterKind::Tranche, "not_arrived", "advise_payment") => page.t("act-advise-again"),
        (_, _, act) => page.word("act", act),
    }
}

/// The record that carries the wait, as a link for whoever may open it.
fn through(page: &Page, carrier: &Carrier) -> Link {
    let amount = carrier.amount_paise.map(|paise| Paise(paise).to_string());
    let key = if amount.is_some() { "wait-through-amount" } else { "wait-through" };
    let values = [
        ("kind", page.word("matter", carrier.kind)),
        ("number", carrier.number.clone()),
        ("amount", amount.unwrap_or_default()),
    ];
    Link {
        text: page.language.text_with(key, &values),
        address: places::address_of_number(page, carrier.kind, &carrier.number).unwrap_or_default(),
        here: false,
    }
}

/// Until when a clock runs, and what happens then.
fn until(page: &Page, clock: &RunningClock, today: NaiveDate) -> String {
    let left = (clock.until - today).num_days();
    let key = if left < 0 { "clock-over" } else { "clock-runs" };
    let values = [("day", page.day(&clock.until)), ("n", left.abs().to_string()), ("then", consequence(page, clock))];
    page.language.text_with(key, &values)
}

/// What a company reads where the controls of the office would be named.
fn for_a_company(page: &Page, then: Then) -> Option<&'static str> {
    match then {
        _ if !page.is_of_company() => None,
        Then::PaymentUnanswered | Then::ControlTurnsRed => Some("then-company-office_late"),
        Then::CertificateOverdue => Some("then-company-certificate_overdue"),
        _ => None,
    }
}

/// What happens when a clock runs out and nothing was done.
pub fn consequence(page: &Page, clock: &RunningClock) -> String {
    if let Some(key) = for_a_company(page, clock.then.code) {
        return page.t(key);
    }
    let arguments = &clock.then.arguments;
    let amount = arguments.amount_paise.map(|paise| Paise(paise).to_string());
    let key = match &amount {
        Some(_) => format!("then-money-{}", clock.then.code),
        None => format!("then-{}", clock.then.code),
    };
    let values = [
        ("amount", amount.unwrap_or_default()),
        ("days", arguments.days.map(|days| days.to_string()).unwrap_or_default()),
    ];
    page.language.text_with(&key, &values)
}
