//! What somebody typed, in the words of the pages: the labels of the fields, and the words of the choices.

use crate::web::portal::form::Typed;
use crate::web::portal::page::Page;
use crate::web::portal::texts::Language;

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

/// How the keys of choices begin: those of one field first.
const CHOICES: &[(&str, &[&str])] = &[
    ("roles", &["role"]),
    ("to", &["desk"]),
    ("component", &["component"]),
    ("to_component", &["component"]),
    ("source", &["source"]),
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
        if text.trim().is_empty() || field == "line" {
            continue;
        }
        let said = match kind {
            "word" | "each" => choice(page, field, text),
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
                let label = label_of(form_at(page), pointer, page.language).unwrap_or_else(|| plain(field));
                rows.push((pointer.to_owned(), label, said));
            }
        }
    }
    rows.into_iter().map(|(_, label, said)| (label, said)).collect()
}

/// The form that an address is of, where its labels differ from those of other forms.
fn form_at(page: &Page) -> &'static str {
    let of = [
        ("/letters", "letters"),
        ("/notes", "notes"),
        ("/certificate", "certificate"),
        ("/milestones/", "inspect"),
        ("/payments/", "settle"),
        ("/windows", "window"),
        ("/erasure", "erase"),
    ];
    of.iter().find(|(part, _)| page.path.contains(part)).map_or("", |(_, form)| *form)
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

/// A choice in the words of its page.
fn choice(page: &Page, field: &str, word: &str) -> String {
    let kinds = CHOICES.iter().find(|(known, _)| *known == field).map_or(&[][..], |(_, kinds)| *kinds);
    // The outcome of a certificate has the same words as that of a payment.
    let of_page = page.path.contains("/certificate").then_some("certificate-outcome");
    let keys = of_page.iter().chain(kinds).map(|beginning| format!("{beginning}-{word}"));
    in_first(page, keys).unwrap_or_else(|| plain(word))
}

fn in_first(page: &Page, mut keys: impl Iterator<Item = String>) -> Option<String> {
    keys.find(|key| Language::has(key)).map(|key| page.t(&key))
}

fn plain(word: &str) -> String {
    word.replace('_', " ")
}
