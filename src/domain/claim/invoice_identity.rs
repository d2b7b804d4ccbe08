//! The identity of an invoice, whatever its spelling: its issuer, its number without case, spaces,
//! punctuation and leading zeros, and the financial year.
//!
//! A seller numbers its invoices once in a financial year (CGST Rules 2017, rule 46), so a number
//! that repeats the year adds nothing: `INV/2026-27/007` is `inv 7` of that year.

use crate::base::calendar::FinancialYear;
use crate::claim::claim::ClaimLine;
use crate::scheme::scheme::Component;
use chrono::{Datelike, NaiveDate};

/// The key by which a duplicate invoice is found. Magnets are sold by the claimant, so such a key
/// is unique only together with the claimant; plant and machinery are invoiced by the supplier,
/// whose name is in the key.
pub fn invoice_key(component: Component, line: &ClaimLine) -> String {
    key_of(component, &line.invoice_number, line.invoice_date, &line.party)
}

/// The same, of the parts of a line that make the key.
pub fn key_of(component: Component, number: &str, dated: NaiveDate, party: &str) -> String {
    let year = FinancialYear::containing(dated);
    let number = plain_number(number, year);
    match component {
        Component::SalesLinkedIncentive => format!("sale|{year}|{number}"),
        _ => format!("purchase|{year}|{number}|{}", plain_party(party)),
    }
}

/// A part of a number: letters or digits.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Letters(String),
    Digits(String),
}

/// An invoice number in normal form. Two groups of digits stay separate: `1/23` is not `12/3`.
pub fn plain_number(number: &str, year: FinancialYear) -> String {
    let mut parts = parts_of(number);
    while let Some((start, end)) = year_in(&parts, year) {
        let named = start > 0 && matches!(&parts[start - 1], Part::Letters(word) if word == "FY");
        parts.drain(if named { start - 1 } else { start }..end);
    }
    let (mut plain, mut digits_before) = (String::new(), false);
    for part in &parts {
        match part {
            Part::Letters(letters) => plain.push_str(letters),
            Part::Digits(digits) => {
                if digits_before {
                    plain.push('/');
                }
                plain.push_str(digits);
            }
        }
        digits_before = matches!(part, Part::Digits(_));
    }
    or_as_typed(plain, number)
}

/// A supplier's name in normal form: `M/s. Sample Works Private Limited` is the same as `SAMPLE
/// WORKS PVT. LTD`.
pub fn plain_party(party: &str) -> String {
    let upper: String = party.chars().flat_map(char::to_uppercase).collect();
    let mut words: Vec<&str> = upper.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let courtesy = if words.starts_with(&["M", "S"]) { 2 } else { usize::from(words.starts_with(&["MESSRS"])) };
    if words.len() > courtesy {
        words.drain(..courtesy);
    }
    let short = |word| match word {
        "PRIVATE" => "PVT",
        "LIMITED" => "LTD",
        other => other,
    };
    or_as_typed(words.into_iter().map(short).collect(), party)
}

/// Text of punctuation alone is compared as typed; otherwise all such texts would be equal.
fn or_as_typed(plain: String, typed: &str) -> String {
    if plain.is_empty() { typed.split_whitespace().collect() } else { plain }
}

fn parts_of(number: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut apart = true;
    for character in number.chars().flat_map(char::to_uppercase) {
        match (digit(character), parts.last_mut()) {
            (Some(digit), Some(Part::Digits(digits))) if !apart => digits.push(digit),
            (Some(digit), _) => parts.push(Part::Digits(digit.to_string())),
            (None, _) if !character.is_alphanumeric() => {
                apart = true;
                continue;
            }
            (None, Some(Part::Letters(letters))) if !apart => letters.push(character),
            (None, _) => parts.push(Part::Letters(character.to_string())),
        }
        apart = false;
    }
    for part in &mut parts {
        if let Part::Digits(digits) = part {
            *digits = significant(digits);
        }
    }
    parts
}

/// Digits without leading zeros.
fn significant(digits: &str) -> String {
    let rest = digits.trim_start_matches('0');
    if rest.is_empty() { "0".to_owned() } else { rest.to_owned() }
}

/// The value of a decimal digit, Latin or Devanagari.
fn digit(character: char) -> Option<char> {
    match character {
        '0'..='9' => Some(character),
        '०'..='९' => char::from_digit(u32::from(character) - u32::from('०'), 10),
        _ => None,
    }
}

/// The range of parts that spell the year itself, as long as digits remain without it.
fn year_in(parts: &[Part], year: FinancialYear) -> Option<(usize, usize)> {
    let first = year.first_day()?.year();
    let (next, short) = (first + 1, |year: i32| format!("{:02}", year.rem_euclid(100)));
    let one_group = [format!("{first}{next}"), format!("{first}{}", short(next)), short(first) + &short(next)];
    let one_group = one_group.map(|digits| significant(&digits));
    let starts = [first.to_string(), significant(&short(first))];
    let ends = [next.to_string(), significant(&short(next))];
    let digits_at = |index: usize| match parts.get(index) {
        Some(Part::Digits(digits)) => Some(digits),
        _ => None,
    };
    let numbers = parts.iter().filter(|part| matches!(part, Part::Digits(_))).count();
    (0..parts.len()).find_map(|start| {
        let one = digits_at(start)?;
        if numbers > 1 && one_group.contains(one) {
            return Some((start, start + 1));
        }
        let two = digits_at(start + 1)?;
        (numbers > 2 && starts.contains(one) && ends.contains(two)).then_some((start, start + 2))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn year() -> FinancialYear {
        "2026-27".parse().unwrap()
    }

    fn plain(number: &str) -> String {
        plain_number(number, year())
    }

    #[test]
    fn spellings_of_one_number_are_one() {
        for same in [
            "INV-7",
            "inv 007",
            "Inv/0007",
            " INV 7. ",
            "INV/2026-27/007",
            "INV/26-27/7",
            "INV-2627-7",
            "FY26-27/INV/7",
            "INV/202627/07",
            "INV/2026/2027/7",
            "INV/7/26-27",
            "INV/७",
        ] {
            assert_eq!(plain(same), "INV7", "{same}");
        }
        assert_eq!((plain("000"), plain("2026-27"), plain("--")), ("0".into(), "2026/27".into(), "--".into()));
    }

    #[test]
    fn other_numbers_stay_other() {
        let numbers = ["1/23", "12/3", "123", "A1", "1A", "1", "10", "0", "INV/2025-26/7", "INV/7", "27/26", "2026/7"];
        let plain: std::collections::BTreeSet<String> = numbers.iter().map(|number| plain(number)).collect();
        assert_eq!(plain.len(), numbers.len(), "{plain:?}");
    }

    #[test]
    fn a_supplier_is_one_however_it_is_written() {
        for same in ["M/s. Sample Works Private Limited", "SAMPLE WORKS PVT. LTD.", " sample  works pvt ltd"] {
            assert_eq!(plain_party(same), "SAMPLEWORKSPVTLTD", "{same}");
        }
        assert_eq!((plain_party("M S"), plain_party("...")), ("MS".into(), "...".into()));
        assert_ne!(plain_party("Sample Works Ltd"), plain_party("Sample Works Pvt Ltd"));
    }

    #[test]
    fn the_buyer_is_no_part_of_a_sale_and_the_supplier_is_of_a_purchase() {
        let line = |party: &str, date: &str| ClaimLine {
            invoice_number: "S/1".to_owned(),
            invoice_date: date.parse().unwrap(),
            party: party.to_owned(),
            quantity_kg: 0,
            amount_paise: crate::base::money::Paise(1),
            facts: Vec::new(),
        };
        let key = |component, party, date| invoice_key(component, &line(party, date));
        let (sale, purchase) = (Component::SalesLinkedIncentive, Component::CapitalSubsidy);
        assert_eq!(key(sale, "A", "2026-04-01"), key(sale, "B", "2027-03-31"));
        assert_ne!(key(sale, "A", "2026-04-01"), key(sale, "A", "2027-04-01"), "numbers start anew each year");
        assert_ne!(key(purchase, "A", "2026-04-01"), key(purchase, "B", "2026-04-01"));
        assert_ne!(key(sale, "A", "2026-04-01"), key(purchase, "A", "2026-04-01"));
    }

    proptest! {
        #[test]
        fn the_one_form_is_its_own_form(number in "\\PC{1,20}") {
            let once = plain(&number);
            prop_assert_eq!(plain(&once), once);
        }

        #[test]
        fn what_people_change_changes_nothing(letters in "[A-Z]{0,4}", serial in 1_u32..99_999, zeros in 0_usize..4, mark in "[-/. _#]{1,2}", year in "(26-27/|2026-27/|FY26-27 |)") {
            let expected = plain(&format!("{letters}{serial}"));
            let spelled = format!(" {year}{}{mark}{}{serial}", letters.to_lowercase(), "0".repeat(zeros));
            prop_assert_eq!(plain(&spelled), expected);
        }

        #[test]
        fn two_serials_are_two_invoices(one in 0_u32..99_999, other in 0_u32..99_999, mark in "[-/ ]") {
            prop_assume!(one != other);
            let spelled = |serial: u32| plain(&format!("S{mark}26-27{mark}{serial:05}"));
            prop_assert_ne!(spelled(one), spelled(other));
        }
    }
}
