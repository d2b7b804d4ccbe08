//! The house rules of the pages, checked on their source: templates are short and hold no text of their own, handlers
//! are short, and every word of `texts/` is there in both languages, with the same variables, and used.

use crate::tidy::composed::composed;
use crate::tidy::{code, root, sources};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

const PORTAL: &str = "src/web/portal";
const TEMPLATE_LINES_MOST: usize = 120;
const HANDLER_LINES_MOST: usize = 25;

pub(crate) fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let (mut open, mut found): (Vec<PathBuf>, _) = (vec![root().join(folder)], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|known| known == ending) {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

/// A template without its tags, its expressions and its commands: the text that it has of its own.
fn own_text(template: &str) -> String {
    let mut text = template.to_owned();
    for (from, to) in [("{%", "%}"), ("{{", "}}"), ("<", ">")] {
        while let Some(start) = text.find(from) {
            let end = text[start..].find(to).map_or(text.len(), |end| start + end + to.len());
            text.replace_range(start..end, " ");
        }
    }
    text
}

#[apply(plain!)]
fn templates_are_short_and_have_no_text_of_their_own() {
    let templates = files(PORTAL, "html");
    assert!(templates.len() >= 15, "{}", templates.len());
    for (name, text) in templates {
        assert!(text.lines().count() <= TEMPLATE_LINES_MOST, "{name} is too long");
        let own = own_text(&text);
        assert!(!own.chars().any(char::is_alphabetic), "{name} has text of its own: {}", own.trim());
        assert!(!text.contains("style=") && !text.contains("<script>"), "{name} has what the policy forbids");
        for attribute in ["aria-label=\"", "title=\"", "alt=\"", "placeholder=\""] {
            for (place, _) in text.match_indices(attribute) {
                assert!(text[place + attribute.len()..].starts_with("{{"), "{name}: {attribute} has text of its own");
            }
        }
        // Nothing is computed where it is printed.
        for sign in [" + ", " * ", " - ", " / ", " % ", "|safe", "| safe"] {
            let expressions = text.split("{{").skip(1).filter_map(|rest| rest.split("}}").next());
            assert!(expressions.clone().all(|one| !one.contains(sign)), "{name} computes with '{sign}'");
        }
    }
}

#[apply(plain!)]
fn handlers_of_pages_are_short_and_know_no_layer_below_the_service() {
    for (name, text) in sources(PORTAL) {
        let mut since = None;
        for (number, line) in text.lines().enumerate() {
            if line.starts_with("pub async fn ") {
                since = Some(number);
            } else if line == "}"
                && let Some(start) = since.take()
            {
                assert!(number - start < HANDLER_LINES_MOST, "{name}:{start} is too long");
            }
        }
        for line in code(&text) {
            let stranger = line.contains("crate::db") || line.contains("crate::config::") && !line.contains("Portal");
            assert!(!stranger, "{name} imports {line}");
        }
    }
}

/// The texts of a file, each with the lines of its forms.
fn entries(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match found.last_mut().filter(|_| line.starts_with([' ', '}'])) {
            Some(entry) => entry.push_str(line),
            None => found.push(line.to_owned()),
        }
    }
    found
}

/// Keys of a language, each with its variables.
fn texts(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for (name, text) in files(&format!("{PORTAL}/texts/{language}"), "ftl") {
        for entry in entries(&text) {
            let (key, says) = entry.split_once(" = ").unwrap_or_else(|| panic!("{name}: {entry}"));
            // A selector `{ $n -> …}` names its variable again in its forms.
            let variables = says.split("{$").skip(1).map(|rest| rest.split('}').next().unwrap().to_owned());
            let before = found.insert(key.to_owned(), variables.collect());
            assert!(before.is_none(), "{name}: {key} is given twice");
        }
    }
    found
}
#[apply(plain!)]
fn every_text_is_there_in_both_languages_and_used() {
    let (english, hindi) = (texts("en"), texts("hi"));
    assert!(english.len() > 150, "{}", english.len());
    for (key, variables) in &english {
        let other = hindi.get(key).unwrap_or_else(|| panic!("{key} is in English only"));
        assert_eq!(variables, other, "{key} has other variables in Hindi");
    }
    for key in hindi.keys() {
        assert!(english.contains_key(key), "{key} is in Hindi only");
    }
    let mut used: BTreeSet<String> = BTreeSet::new();
    for (beginning, words) in composed() {
        for word in words {
            let key = format!("{beginning}-{word}");
            assert!(english.contains_key(&key), "there is no text {key}");
            used.insert(key);
        }
    }
    let all: String = sources(PORTAL).into_iter().chain(files(PORTAL, "html")).map(|(_, text)| text).collect();
    for key in english.keys() {
        let problem = ["problem-title-", "problem-lead-"].iter().find_map(|beginning| key.strip_prefix(beginning));
        let refusal = key.strip_prefix("refusal-");
        let codes = domain::base::refusal::Refusal::CODES.contains(&refusal.unwrap_or_default());
        let edge = magnet_scheme::web::edge::problem::EDGE_CODES.iter().map(|(code, ..)| *code);
        let page = magnet_scheme::web::edge::problem::PAGE_CODES.iter().map(|(code, ..)| *code);
        let known = codes || edge.chain(page).any(|code| Some(code) == refusal);
        let named =
            all.contains(&format!("\"{key}\"")) || problem.is_some_and(|kind| all.contains(&format!("\"{kind}\"")));
        assert!(named || known || used.contains(key), "{key} is never used");
    }
    // A key that a template or a page names is there.
    for part in all.split("page.t(\"").skip(1).chain(all.split("page.t1(\"").skip(1)) {
        let key = part.split('"').next().unwrap();
        assert!(english.contains_key(key), "there is no text {key}");
    }
}
