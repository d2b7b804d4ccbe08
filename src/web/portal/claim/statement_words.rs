//! The numbers that a statement used, as people read them: a title, the value with its unit, and the file that shows
//! it. The name in the formulas stands beside it, small, for whoever computes the amount again; the exact value is data
//! of the page, and is read where the value in words is cut.

use crate::service::claim::statements::StatementFile;
use crate::web::portal::claim::verification_line::titled;
use crate::web::portal::page::Page;
use crate::web::portal::texts::Language;
use chrono::NaiveDate;
use domain::base::money::{BasisPoints, Paise, indian_grouping};
use domain::claim::statement::StatementInput;
use domain::scheme::fact::FactRule;
use domain::scheme::mass_balance::Material;
use domain::scheme::scheme::Scheme;

/// Names of rules that have words of their own; a fact of the scheme has its title, and any other name stands as it is.
pub const NAMED: &[&str] = &[
    "accepted_kg",
    "amount_claimed",
    "appropriation_room",
    "asked_back",
    "award_ceiling",
    "award_ends_on",
    "award_room",
    "awarded_on",
    "capacity",
    "claimed_last_year",
    "commissioned_on",
    "component_room",
    "counted_amount",
    "counted_amount_before",
    "counted_amount_last_year",
    "counted_from",
    "counted_kg",
    "counted_kg_last_year",
    "dispatched_before_kg",
    "dispatched_kg",
    "entitled_before",
    "entitled_for_milestone_before",
    "entitled_last_year",
    "gestation_years",
    "incentive_years",
    "installed_capacity",
    "investment_share",
    "kg_per_tonne",
    "milestone_achieved_on",
    "milestone_share",
    "net_worth",
    "one_day",
    "one_month",
    "one_year",
    "period_from",
    "period_to",
    "planned_investment",
    "provisional_share",
    "rate",
    "rate_ceiling_per_kg",
    "released",
    "submitted_on",
    "total_capacity",
    "turnover_share",
    "used_kg",
];

/// What a claim states of each material, and what the claims before and after it say of it.
const BALANCE: &[&str] = &["opening_kg", "in_kg", "scrap_kg", "closing_kg", "before_kg", "after_kg"];

/// One number of a statement.
pub struct InputRow<'a> {
    pub input: &'a StatementInput,
    /// What it is, where there are words for it.
    pub title: Option<String>,
    /// The value with its unit, as people read it.
    pub value: String,
    /// A fraction of which the percentage is cut, or a unit that has no words.
    pub exact: Option<String>,
    /// The name of the file that shows it.
    pub shown_by: Option<&'a str>,
}

/// The numbers of a statement.
pub fn input_rows<'a>(page: &Page, file: &'a StatementFile, inputs: &'a [StatementInput]) -> Vec<InputRow<'a>> {
    let shown_by = |input: &StatementInput| {
        let is_it = |(_, digest): &&(String, String)| *digest == input.evidence_digest;
        file.evidence.iter().find(is_it).map(|(name, _)| name.as_str())
    };
    let row = |input: &'a StatementInput| InputRow {
        title: title(page.language, &file.scheme, &input.name),
        value: value_of(page, &file.scheme, &input.value, &input.unit),
        exact: exact(input),
        shown_by: shown_by(input),
        input,
    };
    inputs.iter().map(row).collect()
}

/// What a number is: a fact of the scheme has its title, and figures of the mass balance the words of their material.
pub fn title(language: Language, scheme: &Scheme, name: &str) -> Option<String> {
    let fact = scheme.facts.iter().flat_map(FactRule::titles).find(|(code, _)| *code == name);
    let named = || {
        let key = format!("input-{name}");
        (NAMED.contains(&name) && Language::has(&key)).then(|| language.text(&key))
    };
    fact.map(|(_, title)| titled(title, language)).or_else(named).or_else(|| of_the_balance(language, name))
}

/// A figure of the mass balance: `oxide_scrap_kg`, `oxide_to_metal_yield`.
fn of_the_balance(language: Language, name: &str) -> Option<String> {
    let material = |name: &str| {
        let known: Option<Material> = name.parse().ok();
        known.map(|material| language.text(&format!("material-{material}")))
    };
    if let Some((of, what)) = name.split_once('_').filter(|(_, what)| BALANCE.contains(what)) {
        let what = language.text(&format!("claim-part-{what}"));
        return Some(language.text_with("input-of-material", &[("material", material(of)?), ("what", what)]));
    }
    let (from, rest) = name.split_once("_to_")?;
    let (to, what) = rest.split_once('_')?;
    let key = match what {
        "yield" => "input-of-yield",
        "tolerance" => "input-of-tolerance",
        _ => return None,
    };
    Some(language.text_with(key, &[("from", material(from)?), ("to", material(to)?)]))
}

/// A value as people read it; the unit of one that has no words stands with the exact value.
pub fn value_of(page: &Page, scheme: &Scheme, value: &str, unit: &str) -> String {
    let known = match unit {
        "date" => value.parse::<NaiveDate>().ok().map(|day| page.day(&day)),
        "word" => title(page.language, scheme, value),
        "yes_no" => Some(page.t(if value == "yes" { "claim-yes" } else { "claim-no" })),
        "1" => share(value),
        "kg" => value.parse::<i64>().ok().map(|kg| page.kilograms(&kg)),
        "t/year" => value.parse::<i64>().ok().map(|tonnes| page.t1("unit-mtpa", "n", tonnes)),
        "paise" => value.parse::<i64>().ok().map(|paise| Paise(paise).to_string()),
        "paise/kg" => value.parse::<i64>().ok().map(|paise| page.t1("unit-per-kg", "amount", Paise(paise))),
        _ => None,
    };
    known.unwrap_or_else(|| value.parse::<i64>().map_or_else(|_| value.to_owned(), grouped))
}

fn exact(input: &StatementInput) -> Option<String> {
    let (value, unit) = (input.value.as_str(), input.unit.as_str());
    match unit {
        "date" | "yes_no" | "word" | "kg" | "t/year" | "paise" | "paise/kg" => None,
        "1" => share(value).is_some_and(|shown| shown.starts_with('≈')).then(|| value.to_owned()),
        unit => Some(unit.to_owned()),
    }
}

fn grouped(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", indian_grouping(number.unsigned_abs()))
}

/// A fraction as a percentage: `4287/5000` is 85.74 %. One that has more decimals is cut, and says so.
fn share(value: &str) -> Option<String> {
    let (above, below) = value.split_once('/')?;
    let (above, below) = (above.parse::<i128>().ok()?, below.parse::<i128>().ok()?);
    let points = above.checked_mul(10_000)?;
    let whole = i64::try_from(points.checked_div(below)?).ok()?;
    let cut = if points.checked_rem(below)? == 0 { "" } else { "≈ " };
    Some(format!("{cut}{}", BasisPoints(whole)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::scheme::rules::rule::CheckedRule;
    use std::collections::BTreeSet;

    #[test]
    fn every_number_that_a_rule_for_claims_uses_has_a_name() {
        let mut seen = BTreeSet::new();
        for file in std::fs::read_dir("config/schemes").unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|ending| ending != "toml") {
                continue;
            }
            let scheme = Scheme::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
            for rules in &scheme.book.claims {
                let all = rules.exclusions.iter().chain(&rules.quotas).chain(&rules.limits);
                let used = all.flat_map(CheckedRule::expressions).chain(&rules.quantity).flat_map(|one| &one.uses);
                for name in used.filter(|name| scheme.book.total_names.slot(name).is_some()) {
                    for language in Language::ALL {
                        assert!(title(*language, &scheme, name).is_some(), "{name} of {}", path.display());
                    }
                    seen.insert(name.clone());
                }
            }
        }
        assert!(seen.len() > 30 && seen.contains("alloy_in_kg"), "{seen:?}");
        let yields = ["en", "hi"].map(|language| of_the_balance(language.parse().unwrap(), "metal_to_alloy_yield"));
        assert_eq!(yields[0].as_deref(), Some("Best yield: Metal to Alloy"));
        assert_eq!(yields[1].as_deref(), Some("धातु से मिश्रधातु की सर्वोत्तम प्राप्ति"));
    }

    #[test]
    fn a_fraction_is_a_percentage() {
        assert_eq!(share("4287/5000").as_deref(), Some("85.74 %"));
        assert_eq!(share("2/5").as_deref(), Some("40 %"));
        assert_eq!(share("1/3").as_deref(), Some("≈ 33.33 %"));
        assert_eq!((share("3"), share("1/0")), (None, None));
        assert_eq!(grouped(-123_456), "-1,23,456");
    }
}
