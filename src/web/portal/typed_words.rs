//! What somebody typed, in the words of the pages: the labels of the fields, and the words of the choices.

use crate::service::award::allocation_file::AllocationAct;
use crate::service::award::application_file::ApplicationAct;
use crate::service::award::award_desk::AwardAct;
use crate::service::award::security_file::SecurityAct;
use crate::service::milestone::excuse_file::ExcuseAct;
use crate::web::portal::act_form::{Act, Field, Kind};
use crate::web::portal::form::Typed;
use crate::web::portal::page::Page;
use crate::web::portal::texts::Language;
use uuid::Uuid;

/// How the keys of labels begin, in the order in which they are looked for.
const LABELS: &[&str] = &["field", "label", "claim-part"];

/// The labels of fields whose key is not made of their name: the form, or none for every form, the end of the pointer,
/// and the key.
const NAMED: &[(&str, &str, &str)] = &[
    ("letters", "dated_on", "label-letter-day"),
    ("letters", "title", "label-letter-title"),
    ("letters", "text", "label-letter-text"),
    ("letters", "their_reference", "label-their-reference"),
    ("letters", "reply_to_id", "label-reply-to"),
    ("", "answer_by", "label-answer-by"),
    ("notes", "text", "label-note-text"),
    ("settle", "amount_paise", "field-amount_paise"),
    ("correction", "kind", "correction-kind"),
    ("correction", "about", "correction-about"),
    ("correction", "utr", "correction-utr"),
    ("correction", "paid_on", "correction-day"),
    ("decide", "outcome", "label-decision"),
    ("order", "outcome", "recovery-choice-order"),
    ("order", "amount_paise", "recovery-amount-order"),
    ("receipt", "amount_paise", "recovery-amount-receipt"),
    ("receipt", "received_on", "recovery-received-on"),
    ("set_off", "amount_paise", "recovery-amount-set_off"),
    ("demand", "due_on", "recovery-pay-by"),
    ("instalments", "due_on", "recovery-pay-by"),
    ("instalments", "amount_paise", "recovery-instalment-amount"),
    ("relief", "kind", "recovery-choice-propose_relief"),
    ("relief", "reference", "recovery-reference"),
    ("relief", "principal_paise", "recovery-give-up-principal_paise"),
    ("relief", "interest_paise", "recovery-give-up-interest_paise"),
    ("relief", "damages_paise", "recovery-give-up-damages_paise"),
    ("relief-decision", "outcome", "recovery-choice-decide_relief"),
    ("difference", "resolution", "difference-resolution"),
    ("difference", "reference", "difference-reference"),
    ("difference-decision", "outcome", "label-decision"),
    ("scheme-draft", "reference", "draft-reference"),
    ("notice", "charged_to", "notice-charged-to"),
    ("notice", "reply_due_on", "recovery-reply-due"),
    ("advice", "execute_on", "advice-execute-on"),
    ("credit", "credited_on", "credit-day"),
    ("scroll", "from", "scroll-from"),
    ("scroll", "to", "scroll-to"),
    ("", "amount_paise", "label-amount"),
    ("window", "reference", "draft-reference"),
    ("erase", "reference", "erase-reference"),
    ("", "scheme_code", "scheme"),
    ("", "financial_year", "financial-year"),
    ("", "accepted_kg", "certificate-accepted-kg"),
    ("", "accepted_amount_paise", "certificate-accepted-amount"),
    ("certificate", "outcome", "label-decision"),
    ("inspect", "outcome", "inspection-outcome"),
    ("", "organisation_id", "label-company"),
];

/// The same for the words of choices: the form, the end of the pointer, and how the keys begin.
const WORDS: &[(&str, &str, &str)] = &[
    ("correction", "kind", "correction"),
    ("decide", "outcome", "correction-outcome"),
    ("certificate", "outcome", "certificate-outcome"),
    ("order", "outcome", "recovery-order"),
    ("relief", "kind", "relief"),
    ("relief-decision", "outcome", "relief-outcome"),
    ("difference", "resolution", "resolution"),
    ("difference-decision", "outcome", "difference-outcome"),
];

/// How the keys of choices begin in every other form: those of one field first.
const CHOICES: &[(&str, &[&str])] = &[
    ("roles", &["role"]),
    ("to", &["desk"]),
    ("component", &["component"]),
    ("to_component", &["component"]),
    ("source", &["source"]),
    ("format", &["file-format"]),
    ("kind", &["kind"]),
    ("outcome", &["answer", "inspection", "certificate-outcome"]),
];

/// Labels and texts of what was typed, in the order of the form. The parts of a day are one row, and so are all choices
/// of one list.
pub fn typed_with_labels(page: &Page, typed: &Typed) -> Vec<(String, String)> {
    let mut rows: Vec<(String, String, String)> = Vec::new();
    for (name, text) in typed.shown_again() {
        let (kind, pointer) = name.split_at(name.find('/').unwrap_or(0));
        let kind = kind.trim_end_matches(':');
        let pointer = if kind == "day" { pointer.rsplit_once('/').map_or(pointer, |(of, _)| of) } else { pointer };
        let field = pointer.rsplit('/').next().unwrap_or_default();
        // The number of a line stands in its label.
        if text.trim().is_empty() || ["line", "impact_digest"].contains(&field) || says_nothing(field, text) {
            continue;
        }
        let own = field_of_act(&page.path, pointer);
        let said = match kind {
            "word" | "each" => choice(page, own, field, text),
            "either" => page.t(if text == "true" { "answer-yes" } else { "answer-no" }),
            "yes" => page.t("answer-yes"),
            _ => text.to_owned(),
        };
        let joined = match kind {
            "day" => " ",
            "each" => ", ",
            _ => "",
        };
        match rows.last_mut().filter(|(known, ..)| known == pointer && !joined.is_empty()) {
            Some((_, _, before)) => *before = format!("{before}{joined}{said}"),
            None => {
                let usual = || label_of(form_at(page), pointer, page.language).unwrap_or_else(|| plain(field));
                let label = own.map_or_else(usual, |Field(_, label, _)| page.t(label));
                rows.push((pointer.to_owned(), label, said));
            }
        }
    }
    rows.into_iter().map(|(_, label, said)| (label, said)).collect()
}

/// What an address of a form contains, how it ends, and which form it is, where its labels differ from those of others.
const FORMS: &[(&str, &str, &str)] = &[
    ("/letters", "", "letters"),
    ("/notes", "", "notes"),
    ("/certificate", "", "certificate"),
    ("/notice", "", "notice"),
    ("/corrections/", "/decision", "decide"),
    ("/corrections", "", "correction"),
    ("/recoveries/", "/order", "order"),
    ("/recoveries/", "/receipts", "receipt"),
    ("/recoveries/", "/set-off", "set_off"),
    ("/recoveries/", "/demand", "demand"),
    ("/instalments", "", "instalments"),
    ("/recoveries/", "/relief", "relief"),
    ("/recoveries/", "/relief-decision", "relief-decision"),
    ("/differences/", "/proposal", "difference"),
    ("/differences/", "/settlement", "difference-decision"),
    ("/scheme-drafts/", "/instrument", "scheme-draft"),
    ("/advices", "", "advice"),
    ("/credits", "", "credit"),
    ("/scrolls", "", "scroll"),
    ("/milestones/", "", "inspect"),
    ("/payments/", "", "settle"),
    ("/windows", "", "window"),
    ("/erasure", "", "erase"),
];

/// The form that an address is of, where its labels differ from those of other forms.
fn form_at(page: &Page) -> &'static str {
    let path = page.path.trim_end_matches("/rehearsal");
    let is_at = |part: &str, end: &str| path.contains(part) && path.ends_with(end);
    FORMS.iter().find(|(part, end, _)| is_at(part, end)).map_or("", |(.., form)| *form)
}

/// The field that an act of a page has at this pointer, where the page names the fields of its acts itself.
fn field_of_act(path: &str, pointer: &str) -> Option<&'static Field> {
    fn of<A: Act>(all: &[A], path: &str, pointer: &str) -> Option<&'static Field> {
        let act = all.iter().find(|act| path.ends_with(&format!("/{}", act.path())))?;
        act.fields().iter().find(|Field(known, ..)| *known == pointer)
    }
    match path.split('/').nth(1)? {
        "excuses" => of(ExcuseAct::ALL, path, pointer),
        "awards" if path.contains("/milestones/") => of(ExcuseAct::ALL, path, pointer),
        "awards" => of(AwardAct::ALL, path, pointer),
        "guarantees" => of(SecurityAct::ALL, path, pointer),
        "applications" => of(ApplicationAct::ALL, path, pointer),
        "allocations" => of(AllocationAct::ALL, path, pointer),
        _ => None,
    }
}

/// The label of a field of a form, by its pointer; `None` where no page has a label for it.
pub fn label_of(form: &str, pointer: &str, language: Language) -> Option<String> {
    let mut parts = pointer.split('/').skip(1);
    if let (Some("lines"), Some(place), Some(part)) = (parts.next(), parts.next(), parts.next()) {
        let line = place.parse::<usize>().ok()? + 1;
        let key = if part == "reason" { "line-reason" } else { "claim-line" };
        return Some(language.text_with(key, &[("n", line.to_string())]));
    }
    let field = pointer.rsplit('/').next().unwrap_or_default();
    let named = NAMED.iter().find(|(of, known, _)| *known == field && (of.is_empty() || *of == form));
    let key = named.map(|(_, _, key)| (*key).to_owned());
    let usual = LABELS.iter().map(|beginning| format!("{beginning}-{field}"));
    key.into_iter().chain(usual).find(|key| Language::has(key)).map(|key| language.text(&key))
}

/// Whether a text is the id of a record, which says nothing to people. A company is named by its page.
fn says_nothing(field: &str, text: &str) -> bool {
    field != "organisation_id" && Uuid::parse_str(text).is_ok()
}

/// A choice in the words of its page.
fn choice(page: &Page, own: Option<&Field>, field: &str, word: &str) -> String {
    let of_act = match own {
        Some(Field(.., Kind::Word(words))) => Some(*words),
        _ => None,
    };
    let form = form_at(page);
    let of_form = WORDS.iter().find(|(of, known, _)| *of == form && *known == field).map(|(.., words)| *words);
    let kinds = CHOICES.iter().find(|(known, _)| *known == field).map_or(&[][..], |(_, kinds)| *kinds);
    let keys = of_act.or(of_form).into_iter().chain(kinds.iter().copied());
    in_first(page, keys.map(|beginning| format!("{beginning}-{word}"))).unwrap_or_else(|| plain(word))
}

fn in_first(page: &Page, mut keys: impl Iterator<Item = String>) -> Option<String> {
    keys.find(|key| Language::has(key)).map(|key| page.t(&key))
}

fn plain(word: &str) -> String {
    word.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn templates() -> Vec<PathBuf> {
        let (mut open, mut found) = (vec![PathBuf::from("src/web/portal/templates")], Vec::new());
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { open.push(path) } else { found.push(path) }
            }
        }
        found
    }

    fn fields_of_acts() -> Vec<&'static Field> {
        let all = [ExcuseAct::ALL.iter().map(|act| act.fields()).collect::<Vec<_>>()];
        let more = SecurityAct::ALL.iter().map(|act| act.fields());
        all.into_iter().flatten().chain(more).flatten().collect()
    }

    /// Whatever form is lost or comes too late: a choice is told with the label and the words of its own form.
    #[test]
    fn every_choice_of_a_form_has_its_label_and_its_words_here() {
        let mut seen = 0;
        for path in templates() {
            let text = std::fs::read_to_string(&path).unwrap();
            for call in text.split("page.radios(").skip(1) {
                let call = call.split("}}").next().unwrap();
                let quoted: Vec<&str> = call.split('"').skip(1).step_by(2).collect();
                let [pointer, _, label, words] = quoted[..] else { continue };
                let field = pointer.trim_start_matches('/');
                let named = NAMED.iter().any(|(_, known, key)| *known == field && *key == label);
                let usual = LABELS.iter().any(|beginning| format!("{beginning}-{field}") == label);
                let own = fields_of_acts().into_iter().any(|Field(known, key, _)| *known == pointer && *key == label);
                assert!(named || usual || own, "the label {label} of {pointer} in {}", path.display());
                let of_form = WORDS.iter().any(|(_, known, kind)| *known == field && *kind == words);
                let of_all = CHOICES.iter().any(|(known, kinds)| *known == field && kinds.contains(&words));
                let is_own = |Field(known, _, kind): &&Field| {
                    *known == pointer && matches!(kind, Kind::Word(kind) if *kind == words)
                };
                let of_act = fields_of_acts().iter().any(is_own);
                assert!(of_form || of_all || of_act, "the words {words} of {pointer} in {}", path.display());
                seen += 1;
            }
        }
        assert!(seen > 12, "{seen}");
    }
}
