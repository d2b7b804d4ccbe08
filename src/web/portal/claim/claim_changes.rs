//! What came back changed, field by field, in the words of the page.

use crate::web::portal::page::Page;
use crate::web::portal::problem_page::Change;
use chrono::NaiveDate;
use domain::base::evidence::Evidence;
use domain::base::field_change::FieldChange;
use domain::base::money::{Paise, indian_grouping};
use serde_json::Value;

/// The changes of one return.
pub fn changes_of(page: &Page, changes: &[FieldChange]) -> Vec<Change> {
    let change = |one: &FieldChange| {
        let name = last_name(&one.pointer);
        Change {
            field: label(page, &one.pointer),
            before: shown(page, name, one.before.as_ref()),
            after: shown(page, name, one.after.as_ref()),
        }
    };
    changes.iter().map(change).collect()
}

/// The same with the names of documents in place of their ids.
pub fn with_file_names<'e>(mut changes: Vec<Change>, files: impl Iterator<Item = &'e Evidence>) -> Vec<Change> {
    for file in files {
        let id = file.id.to_string();
        for text in changes.iter_mut().flat_map(|change| [&mut change.before, &mut change.after]) {
            *text = text.replace(&id, &file.file_name);
        }
    }
    changes
}

/// The last part of a pointer that is no place in a list.
fn last_name(pointer: &str) -> &str {
    pointer.rsplit('/').find(|part| part.parse::<usize>().is_err()).unwrap_or_default()
}

/// `/lines/3/quantity_kg` is "Lines 4: Quantity".
fn label(page: &Page, pointer: &str) -> String {
    let mut label = String::new();
    for part in pointer.split('/').skip(1) {
        match part.parse::<usize>() {
            Ok(place) => label.push_str(&format!(" {}", place + 1)),
            Err(_) => {
                if !label.is_empty() {
                    label.push_str(": ");
                }
                label.push_str(&name_of(page, part));
            }
        }
    }
    label
}

/// The words for the fields of a claim.
pub const NAMED: &[&str] = &[
    "component",
    "milestone_id",
    "period_from",
    "period_to",
    "amount_claimed_paise",
    "lines",
    "evidence",
    "facts",
    "mass_balance",
    "supplements",
    "replaces",
    "invoice_number",
    "invoice_date",
    "party",
    "supplier_gstin",
    "buyer_gstin",
    "irn",
    "document_type",
    "corrects_number",
    "corrects_date",
    "quantity_kg",
    "amount_paise",
    "materials",
    "material",
    "opening_kg",
    "opening_evidence_id",
    "before_kg",
    "after_kg",
    "in_kg",
    "scrap_kg",
    "closing_kg",
    "dispatched_kg",
    "evidence_id",
    "code",
    "value",
];

fn name_of(page: &Page, part: &str) -> String {
    if NAMED.contains(&part) { page.word("claim-part", part) } else { part.to_owned() }
}

/// A value as people read it: amounts in rupees, days with the name of their month.
fn shown(page: &Page, name: &str, value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => page.t("claim-nothing"),
        Some(Value::Bool(yes)) => page.t(if *yes { "claim-yes" } else { "claim-no" }),
        Some(Value::Number(number)) => match number.as_i64() {
            Some(paise) if name.ends_with("_paise") => Paise(paise).to_string(),
            Some(whole) if whole >= 0 => indian_grouping(whole.unsigned_abs()),
            _ => number.to_string(),
        },
        Some(Value::String(text)) => match text.parse::<NaiveDate>() {
            Ok(day) => page.day(&day),
            Err(_) => text.clone(),
        },
        Some(Value::Array(parts)) => {
            let parts: Vec<String> = parts.iter().map(|part| shown(page, name, Some(part))).collect();
            if parts.is_empty() { page.t("claim-nothing") } else { parts.join("; ") }
        }
        Some(Value::Object(parts)) => {
            let part = |(name, value): (&String, &Value)| {
                format!("{}: {}", name_of(page, name), shown(page, name, Some(value)))
            };
            parts.iter().map(part).collect::<Vec<_>>().join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_pointer_is_its_last_word() {
        assert_eq!(last_name("/lines/3/quantity_kg"), "quantity_kg");
        assert_eq!(last_name("/evidence/0"), "evidence");
        assert_eq!(last_name(""), "");
    }
}
