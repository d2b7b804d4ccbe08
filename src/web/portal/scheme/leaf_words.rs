//! The values in which two versions of a scheme differ, as people read them: amounts in rupees, shares as percentages,
//! days in the form of the page. The unit of a figure stands beside it in the scheme's text.

use crate::web::portal::claim::statement_words::title;
use crate::web::portal::page::Page;
use crate::web::portal::texts::Language;
use chrono::NaiveDate;
use domain::base::money::{BasisPoints, Paise, indian_grouping};
use domain::revision::scheme_difference::LeafChange;
use domain::scheme::scheme::Scheme;
use serde_json::Value;

/// A value that differs, as text.
pub struct LeafRow {
    pub key: String,
    /// What it is, where there are words for it.
    pub title: Option<String>,
    pub before: String,
    pub after: String,
}

/// The values that differ, as text; a dash where there is none. `scheme` is the version after the change.
pub fn leaf_rows(page: &Page, scheme: &Scheme, changes: &[LeafChange]) -> Vec<LeafRow> {
    let whole = serde_json::to_value(scheme).unwrap_or_default();
    let row = |change: &LeafChange| LeafRow {
        title: title_of(page.language, scheme, &whole, &change.key),
        before: in_words(page, &whole, &change.key, change.before.as_ref()),
        after: in_words(page, &whole, &change.key, change.after.as_ref()),
        key: change.key.clone(),
    };
    changes.iter().map(row).collect()
}

/// What a value is: a figure by its name in statements, anything else by the title that the scheme gives to the part
/// in which it stands.
fn title_of(language: Language, scheme: &Scheme, whole: &Value, key: &str) -> Option<String> {
    let own = match key {
        "effective_from" => Some("scheme-effective-from"),
        "reference" => Some("scheme-reference"),
        _ => None,
    };
    if let Some(own) = own {
        return Some(language.text(own));
    }
    if let Some(name) = key.strip_prefix("figures.").and_then(|rest| rest.split('.').next()) {
        return title(language, scheme, name);
    }
    let mut part = whole;
    let mut found = None;
    for step in key.split('.') {
        part = match step.parse::<usize>() {
            Ok(place) => part.get(place)?,
            Err(_) => part.get(step)?,
        };
        found = match part.get("title") {
            Some(Value::String(title)) if language == Language::English => Some(title.clone()),
            Some(Value::Object(titles)) => titles.get(&language.to_string()).and_then(Value::as_str).map(str::to_owned),
            _ => found,
        };
    }
    found
}

fn in_words(page: &Page, whole: &Value, key: &str, value: Option<&Value>) -> String {
    match value {
        None => "–".to_owned(),
        Some(Value::String(text)) => text.parse::<NaiveDate>().map_or_else(|_| text.clone(), |day| page.day(&day)),
        Some(Value::Number(number)) => match number.as_i64() {
            Some(number) => measured(number, &unit_of(whole, key)),
            None => number.to_string(),
        },
        Some(other) => other.to_string(),
    }
}

/// The unit of a number: what its own name says, or what stands beside it.
fn unit_of(whole: &Value, key: &str) -> String {
    let (before, last) = key.rsplit_once('.').unwrap_or(("", key));
    if last != "value" {
        return last.to_owned();
    }
    let pointer: String = before.split('.').map(|part| format!("/{part}")).collect();
    let unit = whole.pointer(&format!("{pointer}/unit")).and_then(Value::as_str);
    unit.unwrap_or_default().to_owned()
}

/// A number with its unit; one without a known unit is grouped.
fn measured(number: i64, unit: &str) -> String {
    let grouped = || {
        let sign = if number < 0 { "-" } else { "" };
        format!("{sign}{}", indian_grouping(number.unsigned_abs()))
    };
    match unit {
        "basis_points" => BasisPoints(number).to_string(),
        "percent" => format!("{number} %"),
        "version" | "year" => number.to_string(),
        _ => match (unit.strip_prefix("rupees"), unit.contains('/') || ["t", "kg", "day", "month"].contains(&unit)) {
            (Some(per), _) => Paise::from_rupees(number).map_or_else(grouped, |amount| format!("{amount}{per}")),
            (None, true) => format!("{} {unit}", grouped()),
            (None, false) => grouped(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_its_unit() {
        let whole = serde_json::json!({ "figures": { "share": { "value": 1_800, "unit": "basis_points" } } });
        let said = |key: &str, number| measured(number, &unit_of(&whole, key));
        assert_eq!(said("figures.share.value", 1_800), "18 %");
        assert_eq!(said("capital_subsidy.investment_share.basis_points", 1_550), "15.50 %");
        assert_eq!(said("components.0.rupees", 60_000_000), "₹6,00,00,000.00");
        assert_eq!(said("gestation_years.value", 2), "2");
        assert_eq!(measured(1_600, "rupees/kg"), "₹1,600.00/kg");
        assert_eq!(measured(6_000, "t/year"), "6,000 t/year");
    }
}
