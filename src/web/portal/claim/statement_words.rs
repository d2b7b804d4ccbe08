//! The numbers that a statement used, as people read them: a title, the value with its unit, and the file that shows
//! it. The exact value and the name in the formulas stand beside it, small, for whoever computes the amount again.

use crate::service::claim::statements::StatementFile;
use crate::web::portal::claim::verification_line::titled;
use crate::web::portal::page::Page;
use crate::web::portal::texts::Language;
use chrono::NaiveDate;
use domain::base::money::{BasisPoints, Paise, indian_grouping};
use domain::claim::statement::StatementInput;

/// Names of rules that have words of their own; a fact of the scheme has its title, and any other name stands as it is.
pub const NAMED: &[&str] = &[
    "amount_claimed",
    "appropriation_room",
    "award_ceiling",
    "award_ends_on",
    "award_room",
    "awarded_on",
    "capacity",
    "commissioned_on",
    "component_room",
    "counted_amount",
    "counted_amount_before",
    "counted_from",
    "counted_kg",
    "entitled_before",
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

/// One number of a statement.
pub struct InputRow<'a> {
    pub input: &'a StatementInput,
    /// What it is, where there are words for it.
    pub title: Option<String>,
    /// The value with its unit, as people read it.
    pub value: String,
    /// The value and its unit as the formulas have them, where that says more.
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
        title: title(page, file, &input.name),
        value: value(page, input),
        exact: exact(input),
        shown_by: shown_by(input),
        input,
    };
    inputs.iter().map(row).collect()
}

fn title(page: &Page, file: &StatementFile, name: &str) -> Option<String> {
    let fact = file.scheme.facts.iter().find(|fact| fact.code == name);
    let named = || {
        let key = format!("input-{name}");
        (NAMED.contains(&name) && Language::has(&key)).then(|| page.t(&key))
    };
    fact.map(|fact| titled(&fact.title, page.language)).or_else(named)
}

/// A value as people read it; the unit of one that has no words stands with the exact value.
fn value(page: &Page, input: &StatementInput) -> String {
    let (value, unit) = (input.value.as_str(), input.unit.as_str());
    let known = match unit {
        "date" => value.parse::<NaiveDate>().ok().map(|day| page.day(&day)),
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
        "date" | "yes_no" => None,
        "1" => value.contains('/').then(|| value.to_owned()),
        _ => Some(format!("{value} {unit}")),
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

    #[test]
    fn a_fraction_is_a_percentage() {
        assert_eq!(share("4287/5000").as_deref(), Some("85.74 %"));
        assert_eq!(share("2/5").as_deref(), Some("40 %"));
        assert_eq!(share("1/3").as_deref(), Some("≈ 33.33 %"));
        assert_eq!((share("3"), share("1/0")), (None, None));
        assert_eq!(grouped(-123_456), "-1,23,456");
    }
}
