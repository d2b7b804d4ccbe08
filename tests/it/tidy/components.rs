//! Components of the description of the interface have the names of their Rust types, so no two types that it
//! describes may share a name: the description would show one of them in place of the other.

use crate::tidy::sources;
use std::collections::BTreeMap;

/// The name after `pub struct` or `pub enum`.
fn declared(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("pub")?;
    let rest =
        rest.strip_prefix('(').and_then(|rest| rest.split_once(") ")).map_or(rest.trim_start(), |(_, rest)| rest);
    let rest = rest.strip_prefix("struct ").or_else(|| rest.strip_prefix("enum "))?;
    // The name in the macro of words is not one.
    rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().filter(|name| !name.is_empty())
}

/// The described types of a file: those that derive the trait, and the enums of words.
fn described(text: &str) -> Vec<String> {
    let (mut found, mut derives, mut in_words) = (Vec::new(), false, false);
    for line in text.lines() {
        derives |= line.contains("derive(") && line.contains("ToSchema");
        in_words = (in_words || line.ends_with("words! {")) && line != "}";
        if let Some(name) = declared(line) {
            if derives || in_words {
                found.push(name.to_owned());
            }
            derives = false;
        }
    }
    found
}

#[apply(plain!)]
fn no_two_types_are_one_component() {
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (file, text) in sources("src") {
        for name in described(&text) {
            files.entry(name).or_default().push(file.clone());
        }
    }
    assert!(files.len() > 400 && files.contains_key("TrancheStatus") && files.contains_key("HoldPeriods"));
    files.retain(|_, files| files.len() > 1);
    assert!(files.is_empty(), "types that are described under one name: {files:#?}");
}
