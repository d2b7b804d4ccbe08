//! The forms by which a reader acts on a record: for each act its fields with their labels, what it would do, and why
//! it cannot be done. A page that has several acts shows them one below the other, and one that was not taken comes
//! back at its place.

use crate::web::edge::reply::Reply;
use crate::web::portal::effect::Effect;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::form::Typed;
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::problem_page::{Conflict, Sides, Warning, over, told};
use crate::web::portal::reference;
use crate::web::portal::texts::Language;
use domain::base::record_reference::RecordReference;
use domain::base::refusal::Refusal;
use std::str::FromStr;

/// How what was typed into a field is told to the person again.
#[derive(Clone, Copy)]
pub enum Kind {
    Text,
    Day,
    /// A word of a vocabulary, by the beginning of its key.
    Word(&'static str),
    /// Not told: the id of a record, which says nothing to people.
    Id,
}

/// One field of an act: its pointer, the key of its label, and its kind.
#[derive(Clone, Copy)]
pub struct Field(pub &'static str, pub &'static str, pub Kind);

/// Something that people do to a record.
pub trait Act: Copy + PartialEq + FromStr {
    /// The name of its form.
    fn name(self) -> &'static str;

    /// Its fields, in the order of the form.
    fn fields(self) -> &'static [Field];

    /// Where its form is sent, below the address of the record.
    fn path(self) -> &'static str;

    /// The operation that it runs.
    fn command(self) -> &'static str;
}

/// What the reader may do, or may not for a reason that is told.
pub struct NextForm<A> {
    pub act: A,
    pub form: Form,
    /// Why this person may not do it.
    pub refusal: Option<Said>,
    /// What it would do, where that is shown.
    pub effect: Option<Effect>,
}

impl<A: Act> NextForm<A> {
    /// The form of an act on a record, which a rule of the record may refuse.
    pub fn new(page: &Page, act: A, at: &Place<'_>, refusal: Option<&Refusal>, trouble: Option<&Trouble>) -> Self {
        let refusal = refusal.map(|refusal| page.told_here(refusal, act.command()));
        NextForm { act, form: at.form(page, act, trouble), refusal, effect: None }
    }

    /// The same with what it would do; where the command would be refused, the button is off.
    pub fn with_effect(self, effect: Effect) -> Self {
        let refusal = effect.refusal().cloned();
        NextForm { refusal, effect: Some(effect), ..self }
    }

    /// The same with what it would do, for one of several ways in which it can be done: a refusal of that one leaves
    /// the button on, unless it holds for all of them.
    pub fn with_example(self, effect: Effect) -> Self {
        let refusal = effect.never().cloned().or(self.refusal);
        NextForm { refusal, effect: Some(effect), ..self }
    }

    /// Why what stands beside the button as an example would be refused.
    pub fn example_refused(&self) -> Option<&Said> {
        self.effect.as_ref().and_then(Effect::refusal)
    }
}

/// Where a record is, and at which version.
pub struct Place<'a> {
    /// The address of the record after the language.
    pub record: &'a str,
    pub version: i64,
}

impl Place<'_> {
    /// The form of an act, with what was typed if it is the one that comes back.
    pub fn form<A: Act>(&self, page: &Page, act: A, trouble: Option<&Trouble>) -> Form {
        let fields = act.fields().iter().map(|Field(pointer, _, _)| (*pointer).to_owned());
        let path = format!("{}/{}", self.record, act.path());
        let labels = act.fields().iter().map(|Field(pointer, label, _)| (*pointer, *label));
        Form::new(page, act.name(), &path, &[], trouble).with_fields(fields).labelled(labels).on_version(self.version)
    }
}

/// What stands above a page when a form came back; the form itself may not be on it any more.
pub fn warning_of<A: Act>(page: &Page, trouble: Option<&Trouble>, next: &[NextForm<A>]) -> Option<Warning> {
    let trouble = trouble?;
    Some(match next.iter().find(|next| next.form.name == trouble.form) {
        Some(next) => Warning::of(trouble, &next.form, page.language),
        None => Warning {
            faults: Vec::new(),
            refusal: Some(told(&trouble.problem, page.language)),
            place: None,
            code: trouble.problem.code.clone(),
        },
    })
}

/// The page for a record that somebody changed in between: what was typed beside what the record is now.
/// `still` says what the page of the record now offers for an act: nothing, or the act with what refuses it.
pub fn conflict<'r, A: Act>(
    page: &Page,
    frame: Frame,
    trouble: &Trouble,
    at: &Place<'_>,
    button: impl FnOnce(A) -> String,
    theirs: Sides,
    still: impl FnOnce(A) -> Option<Option<&'r Refusal>>,
) -> Reply {
    let Ok(act) = trouble.form.parse::<A>() else { return Err(trouble.problem.clone()) };
    let again = trouble.typed.shown_again().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let shown = Conflict {
        frame: Frame { wrong: true, ..frame },
        yours: yours(page, act.fields(), &trouble.typed),
        theirs,
        typed: again.collect(),
        button: page.t1("apply-mine", "act", button(act)),
        over: over(page, still(act)),
        record: page.to(at.record),
        form: at.form(page, act, None),
        page,
    };
    shown.answer(&trouble.problem)
}

/// What was typed, with the labels of its fields.
fn yours(page: &Page, fields: &[Field], typed: &Typed) -> Vec<(String, String)> {
    let row = |Field(pointer, label, kind): &Field| {
        let text = typed.text(pointer);
        let said = match kind {
            Kind::Text => text.to_owned(),
            Kind::Day => day_as_typed(typed, pointer),
            Kind::Word(words) if Language::has(&format!("{words}-{text}")) => page.word(words, text),
            Kind::Word(_) | Kind::Id => return None,
        };
        (!said.is_empty()).then(|| (page.t(label), said))
    };
    fields.iter().filter_map(row).collect()
}

/// A day as it was typed: `27 4 2028`.
fn day_as_typed(typed: &Typed, pointer: &str) -> String {
    let parts = ["d", "m", "y"].map(|part| typed.text(&format!("{pointer}/{part}")));
    parts.join(" ").trim().to_owned()
}

/// How an address names a record; `None` if it names none.
pub fn reference_of<I: FromStr>(text: &str) -> Option<RecordReference<I>> {
    match text.parse() {
        Ok(id) => Some(RecordReference::Id(id)),
        Err(_) => reference::number_of(text).map(RecordReference::Number),
    }
}
