//! The pictures of the documents are made by the tests: each has the name and the width of one that a test in the
//! browser makes, and none lies about that no document shows.

use crate::tidy::{root, sources};
use std::collections::BTreeSet;

/// What stands between two texts, each time.
fn between<'t>(text: &'t str, start: &str, end: &str) -> Vec<&'t str> {
    text.split(start).skip(1).filter_map(|rest| rest.split_once(end)).map(|(found, _)| found).collect()
}

/// The pictures that tests make, without their width; a name that is made of a language holds `{language}`.
fn made() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, text) in sources("tests/it/portal") {
        for name in between(&text, "looks(\"", "\"").into_iter().chain(between(&text, "looks(&format!(\"", "\"")) {
            for language in ["en", "hi"] {
                names.insert(name.replace("{language}", language));
            }
        }
    }
    names
}

#[apply(plain!)]
fn every_picture_of_a_document_is_made_by_a_test() {
    let made = made();
    assert!(made.contains("inbox-hi") && made.contains("home-begun-en"), "{made:?}");
    let portal = std::fs::read_to_string(root().join("docs/PORTAL.md")).unwrap();
    let shown: BTreeSet<String> = between(&portal, "](pictures/", ")").into_iter().map(str::to_owned).collect();
    let folder = std::fs::read_dir(root().join("docs/pictures")).unwrap();
    let there: BTreeSet<String> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(shown, there, "the pictures of docs/PORTAL.md, and those of docs/pictures");
    for picture in &shown {
        let name = ["-320.png", "-1280.png"].iter().find_map(|width| picture.strip_suffix(width));
        assert!(name.is_some_and(|name| made.contains(name)), "no test makes {picture}");
    }
}
