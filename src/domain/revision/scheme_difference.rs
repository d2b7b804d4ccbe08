//! The difference between two versions of a scheme, leaf by leaf (a structural diff): it is
//! computed from the two and never taken from a description that somebody wrote.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// One leaf that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeafChange {
    /// The path of the key from the top: `claims[0].limits[1].amount_paise`.
    pub key: String,
    /// The old value; none if the leaf is new.
    pub before: Option<Value>,
    /// The new value; none if the leaf was removed.
    pub after: Option<Value>,
}

/// One step from the top towards a leaf.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Index(usize),
    Key(String),
}

type Leaves = BTreeMap<Vec<Step>, Value>;

/// Every leaf that differs, in the order of the keys.
pub fn difference(before: &Value, after: &Value) -> Vec<LeafChange> {
    let (old, mut new) = (leaves(before), leaves(after));
    let mut changes = BTreeMap::new();
    for (path, before) in old {
        let after = new.remove(&path);
        if after.as_ref() != Some(&before) {
            changes.insert(path, (Some(before), after));
        }
    }
    changes.extend(new.into_iter().map(|(path, after)| (path, (None, Some(after)))));
    let change = |(path, (before, after)): (Vec<Step>, _)| LeafChange { key: spelled(&path), before, after };
    changes.into_iter().map(change).collect()
}

/// Applies changes to a value (a patch); returns `None` when they are not changes of that value.
pub fn apply(before: &Value, changes: &[LeafChange]) -> Option<Value> {
    let mut all = leaves(before);
    for change in changes {
        let path = path_of(&change.key)?;
        if all.get(&path) != change.before.as_ref() {
            return None;
        }
        match &change.after {
            Some(after) => all.insert(path, after.clone()),
            None => all.remove(&path),
        };
    }
    let mut whole = Value::Null;
    for (path, leaf) in all {
        put(&mut whole, &path, leaf)?;
    }
    Some(whole)
}

/// The leaves with their paths. An empty object or array is itself a leaf.
fn leaves(value: &Value) -> Leaves {
    let (mut found, mut open) = (Leaves::new(), vec![(Vec::new(), value)]);
    while let Some((path, value)) = open.pop() {
        let below = |step: Step| path.iter().cloned().chain([step]).collect::<Vec<_>>();
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                open.extend(fields.iter().map(|(key, value)| (below(Step::Key(key.clone())), value)));
            }
            Value::Array(all) if !all.is_empty() => {
                open.extend(all.iter().enumerate().map(|(index, value)| (below(Step::Index(index)), value)));
            }
            leaf => {
                found.insert(path, leaf.clone());
            }
        }
    }
    found
}

/// Inserts a leaf at its path; the leaves must come in the order of their paths.
fn put(place: &mut Value, path: &[Step], leaf: Value) -> Option<()> {
    let Some((step, rest)) = path.split_first() else {
        *place = leaf;
        return Some(());
    };
    let next = match step {
        Step::Key(key) => {
            if place.is_null() {
                *place = Value::Object(Map::new());
            }
            place.as_object_mut()?.entry(key.clone()).or_insert(Value::Null)
        }
        Step::Index(index) => {
            if place.is_null() {
                *place = Value::Array(Vec::new());
            }
            let all = place.as_array_mut()?;
            if *index == all.len() {
                all.push(Value::Null);
            }
            all.get_mut(*index)?
        }
    };
    put(next, rest, leaf)
}

const ESCAPES: [(&str, &str); 4] = [("~", "~0"), (".", "~1"), ("[", "~2"), ("]", "~3")];

/// The escape for an empty key, which would otherwise be invisible.
const EMPTY: &str = "~4";

fn spelled(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Index(index) => text.push_str(&format!("[{index}]")),
            Step::Key(key) => {
                if !text.is_empty() {
                    text.push('.');
                }
                let key = ESCAPES.iter().fold(key.clone(), |key, (plain, escaped)| key.replace(plain, escaped));
                text.push_str(if key.is_empty() { EMPTY } else { &key });
            }
        }
    }
    text
}

fn path_of(key: &str) -> Option<Vec<Step>> {
    let mut path = Vec::new();
    for part in key.split('.').filter(|part| !part.is_empty()) {
        let (name, indices) = part.find('[').map_or((part, ""), |at| part.split_at(at));
        if !name.is_empty() {
            let name = if name == EMPTY { "" } else { name };
            let plain = ESCAPES.iter().rev().fold(name.to_owned(), |key, (plain, escaped)| key.replace(escaped, plain));
            path.push(Step::Key(plain));
        }
        for index in indices.split('[').skip(1) {
            path.push(Step::Index(index.strip_suffix(']')?.parse().ok()?));
        }
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::scheme::Scheme;
    use proptest::prelude::*;
    use serde_json::json;

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[a-c~.\\[\\]]{0,3}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-c~.\\[\\]0-4]{0,3}", inner, 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn applying_the_difference_gives_the_other(before in any_value(), after in any_value()) {
            let changes = difference(&before, &after);
            prop_assert_eq!(apply(&before, &changes), Some(after.clone()));
            prop_assert_eq!(changes.is_empty(), before == after);
            prop_assert!(changes.is_empty() || apply(&after, &changes) != Some(before));
        }
    }

    #[test]
    fn one_figure_is_one_leaf() {
        let text = include_str!("../../../config/schemes/ndfeb-2025-proposal-3.toml");
        let value = |text: &str| serde_json::to_value(Scheme::parse(text).unwrap()).unwrap();
        let other = text.replacen("value = 4000", "value = 3000", 1);
        let change = LeafChange {
            key: "figures.turnover_share.value".to_owned(),
            before: Some(json!(4000)),
            after: Some(json!(3000)),
        };
        assert_eq!(difference(&value(text), &value(&other)), [change]);
        let second = text.replacen("up_to_mtpa = 800", "up_to_mtpa = 801", 1);
        assert_eq!(difference(&value(text), &value(&second))[0].key, "eligibility.net_worth[1].up_to_mtpa");
    }
}
