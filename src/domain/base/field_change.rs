//! What changed between two versions of a form, field by field: each field by its JSON pointer (RFC 6901), with
//! the value before and after.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One field that differs between two versions of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldChange {
    /// The place in the form: a JSON pointer such as `/lines/3/quantity_kg`.
    pub pointer: String,
    /// The value before; absent if the field was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// The value after; absent if the field is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// The fields that differ, in the order of the form. Lists are compared place by place; what stands in one of them
/// alone is shown whole. Both forms consist of text, numbers and lists, which always have a JSON form.
pub fn changes<T: Serialize>(before: &T, after: &T) -> Vec<FieldChange> {
    let json = |form: &T| serde_json::to_value(form).unwrap_or_default();
    let mut found = Vec::new();
    compare("", Some(&json(before)), Some(&json(after)), &mut found);
    found
}

fn compare(pointer: &str, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<FieldChange>) {
    match (before, after) {
        (before, after) if before == after => {}
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let added = new.keys().filter(|name| !old.contains_key(*name));
            for name in old.keys().chain(added) {
                let at = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                compare(&at, old.get(name), new.get(name), found);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            for place in 0..old.len().max(new.len()) {
                compare(&format!("{pointer}/{place}"), old.get(place), new.get(place), found);
            }
        }
        (before, after) => {
            found.push(FieldChange { pointer: pointer.to_owned(), before: before.cloned(), after: after.cloned() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn told(before: &Value, after: &Value) -> Vec<(String, Option<Value>, Option<Value>)> {
        changes(before, after).into_iter().map(|one| (one.pointer, one.before, one.after)).collect()
    }

    #[test]
    fn each_changed_field_is_named_with_both_values() {
        let before = json!({ "kg": 5, "note": null, "lines": [{ "a/b": 1, "c~d": 2 }, { "a/b": 3 }], "same": [1, 2] });
        let after = json!({ "kg": 7, "lines": [{ "a/b": 1, "c~d": 9 }], "same": [1, 2], "new": "x" });
        let expected = [
            ("/kg", Some(json!(5)), Some(json!(7))),
            ("/lines/0/c~0d", Some(json!(2)), Some(json!(9))),
            ("/lines/1", Some(json!({ "a/b": 3 })), None),
            ("/note", Some(Value::Null), None),
            ("/new", None, Some(json!("x"))),
        ];
        let expected: Vec<_> = expected.into_iter().map(|(at, old, new)| (at.to_owned(), old, new)).collect();
        assert_eq!(told(&before, &after), expected);
        assert_eq!(told(&before, &before), []);
        assert_eq!(told(&json!({ "a/b": 1 }), &json!({ "a/b": 2 }))[0].0, "/a~1b");
    }

    fn form() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![any::<i64>().prop_map(|n| json!(n)), "[a-z~/]{0,3}".prop_map(|text| json!(text))];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
                prop::collection::btree_map("[a-c~/]{1,2}", inner, 0..3).prop_map(|map| json!(map)),
            ]
        })
    }

    proptest! {
        /// Every pointer finds its values in the two forms, and no change is listed only for equal forms.
        #[test]
        fn pointers_find_what_they_name(before in form(), after in form()) {
            let found = changes(&before, &after);
            prop_assert_eq!(found.is_empty(), before == after);
            for change in found {
                prop_assert_eq!(before.pointer(&change.pointer), change.before.as_ref());
                prop_assert_eq!(after.pointer(&change.pointer), change.after.as_ref());
                prop_assert_ne!(change.before, change.after);
            }
        }
    }
}
