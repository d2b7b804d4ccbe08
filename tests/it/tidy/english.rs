//! Every place where a page has English whatever its language, with the reason. The list may only shrink: a place that
//! is not in it, or one more of them in a file, fails, and so does one that is gone and still listed.

use crate::tidy::portal::files;
use crate::tidy::root;
use std::collections::BTreeMap;

/// Names that a scheme's file has in one language only.
const NAME: &str = "the name of a scheme is recorded in English alone";
/// What was recorded as a sentence, by an earlier program or without its values.
const RECORDED: &str = "it was recorded as a sentence in English, and its values cannot be read back";

/// File below `src/web/portal`, how many places it has, and why.
const PLACES: &[(&str, usize, &str)] = &[
    // Marked in a template.
    ("macros/bar_chart.html", 1, "the name of a company under its bars"),
    ("macros/leaves.html", 2, "a value of a scheme's file, as it stands there"),
    ("templates/payment/file_list.html", 1, "a sample of a file, whose words are those of its format"),
    (
        "templates/award/award_limits.html",
        1,
        "a formula of an earlier program, in which words and figures are one text",
    ),
    ("templates/scheme/draft.html", 1, "the text of a draft is a file of settings"),
    ("templates/scheme/draft_impact.html", 1, RECORDED),
    ("templates/scheme/scheme.html", 1, NAME),
    ("templates/scheme/scheme_list.html", 2, NAME),
    ("templates/worklist/inbox.html", 1, NAME),
    // Said so by a page; of the money stop only what the control found.
    ("award/application_page.rs", 1, RECORDED),
    ("budget/budget_page.rs", 1, "names of schemes, sources of limits, and what a red control found"),
    ("effect.rs", 1, "the warning of an act that an earlier program recorded as a sentence"),
    ("field.rs", 1, "what a parser said of a file or a number"),
    ("payment/bank_words.rs", 3, RECORDED),
    ("worklist/finding_words.rs", 1, "what a control of integrity found, for whoever examines the ledger"),
    ("public/home.rs", 1, NAME),
];

/// Files that speak of the language itself and mark no text.
const OF_THE_LANGUAGE: &[&str] = &[
    "award/loss_words.rs",
    "claim/verification_page.rs",
    "days.rs",
    "numbers.rs",
    "page.rs",
    "scheme/leaf_words.rs",
    "texts.rs",
];

/// How often a file marks something as English.
fn marks(name: &str, text: &str) -> usize {
    let own = text.split("#[cfg(test)]").next().unwrap_or_default();
    if name.ends_with(".html") { own.matches("lang=\"en\"").count() } else { own.matches("Language::English").count() }
}

#[apply(plain!)]
fn english_on_every_page_has_a_reason() {
    let below = format!("{}/", root().join("src/web/portal").display());
    let all = files("src/web/portal", "html").into_iter().chain(files("src/web/portal", "rs"));
    let found: BTreeMap<String, usize> = all
        .map(|(name, text)| (name.replace(&below, ""), text))
        .map(|(name, text)| (name.clone(), marks(&name, &text)))
        .filter(|(name, count)| *count > 0 && !OF_THE_LANGUAGE.contains(&name.as_str()))
        .collect();
    let listed: BTreeMap<String, usize> = PLACES.iter().map(|(name, count, _)| ((*name).to_owned(), *count)).collect();
    assert_eq!(found, listed, "places with English, and those that have a reason");
}
