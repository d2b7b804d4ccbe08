//! What a draft changes beyond description. Models and examples are samples: that none of them loses does not say that
//! nobody does. So every value that differs from the version before is named, section by section, and a section of
//! tomorrow with it: what only describes is listed here once, and everything else counts.

use crate::revision::scheme_difference::{LeafChange, difference};
use crate::scheme::scheme::Scheme;
use serde_json::{Map, Value};

/// Keys at the top of a file that only describe the version, and the list of schemes that gave way, which changes
/// nothing of theirs.
const OF_THE_VERSION: &[&str] =
    &["name", "version", "reference", "effective_from", "prepared_by", "published_by", "changes", "supersedes"];

/// Keys that describe wherever they stand, as long as their value is a text. A figure or fact may have such a name:
/// its value is no text.
const DESCRIBES: &[&str] = &[
    "title",
    "clause",
    "basis",
    "source",
    "documents_basis",
    "documents_source",
    "settles_first_basis",
    "settles_first_source",
    "method_basis",
    "method_source",
    "partial_last_basis",
    "partial_last_source",
];

/// The key of the examples: they are held against the rules and give nobody anything, so a new one harms nobody.
const EXAMPLES: &str = "examples";

/// Sections that an award reads from its own version where that version lets no later one govern its claims. All
/// others are read from the version in force, also for such an award.
const OF_THE_OWN_VERSION: &[&str] = &[
    "governed_by",
    "beneficiaries_most",
    "total_capacity_mtpa",
    "gestation_years",
    "incentive_years",
    "capacity_mtpa",
    "chain",
    "eligibility",
    "sales_linked_incentive",
    "capital_subsidy",
    "figures",
    "tables",
    "facts",
    "award_ceilings",
    "claims",
    "mass_balance",
    "e_invoices",
    "holds",
    "performance_security",
    "staged_release",
    "liquidated_damages",
    "allocation",
    "milestones",
    EXAMPLES,
];

/// A version without what only describes it.
pub fn rules_only(scheme: &Scheme) -> Value {
    // A version holds only text, numbers, lists and maps with text keys, which always have a JSON form.
    let mut value = serde_json::to_value(scheme).unwrap_or_default();
    if let Some(keys) = value.as_object_mut() {
        OF_THE_VERSION.iter().for_each(|key| drop(keys.remove(*key)));
    }
    undescribe(&mut value);
    value
}

fn undescribe(value: &mut Value) {
    match value {
        Value::Object(keys) => {
            keys.retain(|key, value| !(DESCRIBES.contains(&key.as_str()) && is_text(value)));
            keys.values_mut().for_each(undescribe);
        }
        Value::Array(all) => all.iter_mut().for_each(undescribe),
        _ => {}
    }
}

/// Whether a value is a text, or one text in each language.
fn is_text(value: &Value) -> bool {
    let in_languages = |keys: &Map<String, Value>| {
        keys.len() == 2 && ["en", "hi"].iter().all(|language| keys.get(*language).is_some_and(Value::is_string))
    };
    value.is_string() || value.as_object().is_some_and(in_languages)
}

/// Every value that a draft changes, adds or removes, except what only describes, with its place in the file.
pub fn rule_changes(before: &Scheme, draft: &Scheme) -> Vec<LeafChange> {
    let (mut old, mut new) = (rules_only(before), rules_only(draft));
    let (kept, given) = (taken_examples(&mut old), taken_examples(&mut new));
    let mut changes = difference(&old, &new);
    // An example that is changed counts as one that is gone.
    let gone = kept.into_iter().enumerate().filter(|(_, example)| !given.contains(example));
    changes.extend(gone.map(|(index, example)| LeafChange {
        key: format!("{EXAMPLES}[{index}]"),
        before: Some(example),
        after: None,
    }));
    changes
}

fn taken_examples(rules: &mut Value) -> Vec<Value> {
    match rules.as_object_mut().and_then(|keys| keys.remove(EXAMPLES)) {
        Some(Value::Array(all)) => all,
        _ => Vec::new(),
    }
}

/// Whether a change reaches an award whose claims stay with its own version.
pub fn reaches_every_award(change: &LeafChange) -> bool {
    let section = change.key.split(['.', '[']).next().unwrap_or_default();
    !OF_THE_OWN_VERSION.contains(&section)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTIFIED: &str = include_str!("../../../config/schemes/repm-2025-notified-4.toml");
    const PROPOSED: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-4.toml");
    const SAMPLE: &str = include_str!("../../../config/schemes/samples/committed-capacity.toml");

    fn keys(before: &Value, after: &Value) -> Vec<String> {
        let read = |value: &Value| serde_json::from_value::<Scheme>(value.clone()).unwrap();
        rule_changes(&read(before), &read(after)).into_iter().map(|change| change.key).collect()
    }

    /// Every leaf of a value with its pointer.
    fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(keys) => keys.iter().for_each(|(key, value)| leaves(value, &format!("{at}/{key}"), found)),
            Value::Array(all) => {
                all.iter().enumerate().for_each(|(index, value)| leaves(value, &format!("{at}/{index}"), found));
            }
            Value::Null => {}
            _ => found.push(at.to_owned()),
        }
    }

    /// Another value of the same kind.
    fn other(value: &Value) -> Value {
        match value {
            Value::Bool(yes) => Value::Bool(!yes),
            Value::Number(number) => Value::from(number.as_i64().unwrap() + 1),
            Value::String(text) => match text.parse::<chrono::NaiveDate>() {
                Ok(day) => Value::from((day + chrono::Days::new(1)).to_string()),
                Err(_) => Value::from(format!("{text}x")),
            },
            _ => Value::Null,
        }
    }

    #[test]
    fn every_value_is_named_or_describes() {
        let mut described = std::collections::BTreeSet::new();
        for text in [NOTIFIED, PROPOSED, SAMPLE] {
            let before = serde_json::to_value(Scheme::parse(text).unwrap()).unwrap();
            let mut pointers = Vec::new();
            leaves(&before, "", &mut pointers);
            // What gave way to this scheme is a list that describes as a whole.
            for pointer in pointers.into_iter().filter(|pointer| !pointer.starts_with("/supersedes")) {
                let mut after = before.clone();
                let leaf = after.pointer_mut(&pointer).unwrap();
                *leaf = other(leaf);
                // A word of a closed list has no other spelling, and is read by no version.
                if serde_json::from_value::<Scheme>(after.clone()).is_err() {
                    continue;
                }
                let named = keys(&before, &after);
                if named.is_empty() {
                    let last = pointer.trim_end_matches("/en").trim_end_matches("/hi").rsplit('/').next().unwrap();
                    described.insert(last.trim_end_matches(char::is_numeric).to_owned());
                }
            }
        }
        described.remove("");
        let describing: std::collections::BTreeSet<String> =
            OF_THE_VERSION.iter().chain(DESCRIBES).map(|key| (*key).to_owned()).collect();
        assert!(described.is_subset(&describing), "{described:?}");
        assert!(described.contains("source") && described.contains("title") && described.contains("clause"));
    }

    #[test]
    fn a_name_that_sounds_like_a_description_hides_nothing() {
        let named = PROPOSED.replace("turnover_share", "source");
        let with = |value: &str| Scheme::parse(&named.replacen("value = 4000", value, 1)).unwrap();
        let changes = rule_changes(&with("value = 4000"), &with("value = 4"));
        assert_eq!(changes.len(), 1);
        assert_eq!((changes[0].key.as_str(), &changes[0].after), ("figures.source.value", &Some(Value::from(4))));
    }

    #[test]
    fn an_example_may_be_added_and_is_not_taken_away_in_silence() {
        let with = Scheme::parse(NOTIFIED).unwrap();
        let mut without = with.clone();
        assert!(!without.examples.is_empty());
        without.examples.clear();
        assert!(rule_changes(&without, &with).is_empty());
        let gone = rule_changes(&with, &without);
        assert_eq!((gone.len(), gone[0].key.as_str()), (with.examples.len(), "examples[0]"));
    }

    #[test]
    fn interest_reaches_an_award_that_keeps_its_version() {
        let before = Scheme::parse(PROPOSED).unwrap();
        let after = Scheme::parse(&PROPOSED.replacen("basis_points = 900\n", "basis_points = 9000\n", 1)).unwrap();
        let changes = rule_changes(&before, &after);
        assert_eq!(changes[0].key, "recovery.interest[0].basis_points");
        assert!(changes.iter().all(reaches_every_award));
        let after = Scheme::parse(&PROPOSED.replacen("value = 4000", "value = 3000", 1)).unwrap();
        assert!(!rule_changes(&before, &after).iter().any(reaches_every_award));
    }
}
