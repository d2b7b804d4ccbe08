//! The number of an invoice, as the rules of e-invoices have it: at most sixteen letters, digits, `/` and `-`, not
//! beginning with `0`, `/` or `-` (CGST Rules 2017, rule 46 (b); schema of e-invoices, `DocDtls.No`). It is compared
//! in upper case after compatibility normalisation.

use crate::base::calendar::FinancialYear;
use crate::base::field::MONTHS;
use crate::base::field_reason::FieldReason;
use crate::base::folding::normal;
use crate::claim::joined_number::digit_alike;
use chrono::{Datelike, NaiveDate};

/// The most characters of a number.
const LONGEST: usize = 16;
/// A number that names a year so many years from that of its date is marked; further away it is a number.
const YEARS_APART: i32 = 3;

/// A number in the form in which it is compared: `ｓｆｗ/१०१` is `SFW/101`.
pub fn normal_number(number: &str) -> String {
    normal(number).to_uppercase()
}

/// Refuses what is no number of an invoice. What a spreadsheet destroyed is refused with that reason.
pub fn check_number(number: &str) -> Result<(), FieldReason> {
    let number = normal_number(number);
    if is_destroyed(&number) {
        return Err(FieldReason::DestroyedNumber);
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'/' || byte == b'-';
    let well_formed = (1..=LONGEST).contains(&number.len())
        && number.bytes().all(allowed)
        && !number.starts_with(['0', '/', '-'])
        && number.bytes().any(|byte| byte.is_ascii_alphanumeric());
    if well_formed { Ok(()) } else { Err(FieldReason::DocumentNumber) }
}

/// Whether a number is what a spreadsheet makes of another: `1.23457E+15` of a long one, `05-Nov` or `Nov-26` of one
/// that it took for a day, `101.0` of one that it took for a decimal, `#####` of one that was too wide.
fn is_destroyed(number: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let decimal = |text: &str| text.split_once(['.', ',']).is_some_and(|(whole, part)| digits(whole) && digits(part));
    let month = |text: &str| text.get(..3).is_some_and(|start| MONTHS.contains(&start)) && is_month(text);
    if number.starts_with('#') {
        return true;
    }
    if let Some((mantissa, exponent)) = number.split_once('E') {
        let signed = exponent.strip_prefix(['+', '-']);
        let with_part = decimal(mantissa) && digits(signed.unwrap_or(exponent));
        // "1E-5" and "12E-05" may be numbers; a spreadsheet writes one digit before the E and two behind it.
        let whole = mantissa.len() == 1 && digits(mantissa);
        if with_part || (whole && signed.is_some_and(|power| power.len() >= 2 && digits(power))) {
            return true;
        }
    }
    if number.strip_suffix(".0").or(number.strip_suffix(".00")).is_some_and(digits) {
        return true;
    }
    let parts: Vec<&str> = number.split(['-', '/', ' ', '.']).collect();
    match parts.as_slice() {
        [one, two] => (is_day(one) && month(two)) || (month(one) && is_year(two)),
        [day, name, year] => is_day(day) && month(name) && is_year(year),
        _ => false,
    }
}

fn is_day(text: &str) -> bool {
    text.len() <= 2 && text.parse().is_ok_and(|day: u32| (1..=31).contains(&day))
}

fn is_year(text: &str) -> bool {
    matches!(text.len(), 2 | 4) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is the short or the long name of a month.
fn is_month(text: &str) -> bool {
    const LONG: [&str; 12] = [
        "JANUARY",
        "FEBRUARY",
        "MARCH",
        "APRIL",
        "MAY",
        "JUNE",
        "JULY",
        "AUGUST",
        "SEPTEMBER",
        "OCTOBER",
        "NOVEMBER",
        "DECEMBER",
    ];
    text.len() == 3 || text == "SEPT" || LONG.contains(&text)
}

/// A part of a number: letters or digits.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Letters(String),
    Digits(String),
}

/// What of a number nobody types otherwise: without case, marks, leading zeros and the year that it names, and with
/// letters that look like digits as digits. Two groups of digits stay separate: `1/23` is not `12/3`. Two invoices with
/// one such number are alike, and not yet one.
pub fn bare_number(number: &str, dated: NaiveDate) -> String {
    plain_number(number, dated).chars().map(digit_alike).collect()
}

fn plain_number(number: &str, dated: NaiveDate) -> String {
    let years: Vec<FinancialYear> = [FinancialYear::containing(dated)].into_iter().chain(near_years(dated)).collect();
    let mut parts = parts_of(number);
    while let Some((start, end)) = years.iter().find_map(|year| year_in(&parts, *year)) {
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
    if plain.is_empty() { normal_number(number).split_whitespace().collect() } else { plain }
}

/// The financial year that a number names, if it is another than that of its date.
pub fn named_year(number: &str, dated: NaiveDate) -> Option<FinancialYear> {
    let own = FinancialYear::containing(dated);
    let parts = parts_of(number);
    if year_in(&parts, own).is_some() {
        return None;
    }
    near_years(dated).find(|year| year_in(&parts, *year).is_some())
}

/// The years around that of a day, the nearest first.
fn near_years(day: NaiveDate) -> impl Iterator<Item = FinancialYear> {
    let year = move |distance: i32| {
        Some(FinancialYear::containing(day.with_day(1)?.with_year(day.year().checked_add(distance)?)?))
    };
    (1..=YEARS_APART).flat_map(|distance| [-distance, distance]).filter_map(year)
}

fn parts_of(number: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut apart = true;
    for character in normal_number(number).chars() {
        match (character.is_ascii_digit(), parts.last_mut()) {
            (true, Some(Part::Digits(digits))) if !apart => digits.push(character),
            (true, _) => parts.push(Part::Digits(character.to_string())),
            (false, _) if !character.is_alphanumeric() => {
                apart = true;
                continue;
            }
            (false, Some(Part::Letters(letters))) if !apart => letters.push(character),
            (false, _) => parts.push(Part::Letters(character.to_string())),
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

    fn june() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 6, 1).unwrap()
    }

    fn bare(number: &str) -> String {
        plain_number(number, june())
    }

    #[test]
    fn numbers_keep_the_rules_of_e_invoices() {
        for good in [
            "SFW/101",
            "1",
            "2019-20/KA/1",
            "A-1",
            "45-MAR",
            "№7",
            "ABCDEFGHIJKLMNOP",
            "sfw/１०१",
            " S/1 ",
            "1E-5",
            "MAY/1",
        ] {
            assert_eq!(check_number(good), Ok(()), "{good}");
        }
        for wrong in ["", "0101", "/1", "-1", "ABCDEFGHIJKLMNOPQ", "S 1", "S.1", "S_1", "S\\1", "Ѕ/1", "नमूना/1", "S#1"]
        {
            assert_eq!(check_number(wrong), Err(FieldReason::DocumentNumber), "{wrong}");
        }
    }

    #[test]
    fn what_a_spreadsheet_destroyed_is_called_so() {
        for gone in [
            "1.23457E+15",
            "1,23457E+15",
            "1.2E15",
            "１.２３４５７Ｅ＋１５",
            "1E+15",
            "1E-05",
            "05-Nov",
            "5-nov",
            "Nov-05",
            "Nov-2026",
            "05-Nov-26",
            "5/November/2026",
            "05 Nov",
            "101.0",
            "#####",
            "#NAME?",
            "०५-Nov",
        ] {
            assert_eq!(check_number(gone), Err(FieldReason::DestroyedNumber), "{gone}");
        }
    }

    #[test]
    fn spellings_of_one_number_are_alike() {
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
            "INV/2025-26/7",
            "INV/24-25/7",
        ] {
            assert_eq!(bare(same), "INV7", "{same}");
        }
        assert_eq!((bare("000"), bare("2026-27"), bare("--")), ("0".into(), "2026/27".into(), "--".into()));
    }

    #[test]
    fn letters_that_look_like_digits_are_alike() {
        for same in ["SFW/101", "sfw/l0l", "SFW-1O1", "SFW/IOI"] {
            assert_eq!(bare_number(same, june()), "5FW101", "{same}");
        }
        assert_ne!(bare_number("SFW/1A1", june()), "5FW101");
    }

    #[test]
    fn other_numbers_stay_other() {
        let numbers = ["1/23", "12/3", "123", "A1", "1A", "1", "10", "0", "INV/2019-20/7", "INV/7", "27/26", "2026/7"];
        let plain: std::collections::BTreeSet<String> = numbers.iter().map(|number| bare(number)).collect();
        assert_eq!(plain.len(), numbers.len(), "{plain:?}");
    }

    #[test]
    fn a_number_that_names_another_year_than_its_date_is_seen() {
        let named = |number: &str| named_year(number, june()).map(|year| year.to_string());
        for number in ["INV/2025-26/7", "INV/25-26/7", "25-26/KA/1", "INV/2526/7"] {
            assert_eq!(named(number).as_deref(), Some("2025-26"), "{number}");
        }
        assert_eq!(named("INV/2027-28/7").as_deref(), Some("2027-28"));
        for number in ["INV/2026-27/7", "INV/7", "S/2026-06-01", "INV/12-13/7", "26-27/25-26", "2025-26"] {
            assert_eq!(named(number), None, "{number}");
        }
    }

    proptest! {
        #[test]
        fn the_bare_form_is_its_own_form(number in "\\PC{1,20}") {
            let once = bare(&number);
            prop_assert_eq!(bare(&once), once);
        }

        #[test]
        fn what_people_change_changes_nothing(letters in "[A-Z]{0,4}", serial in 1_u32..99_999, zeros in 0_usize..4, mark in "[-/. _#]{1,2}", year in "(26-27/|2026-27/|FY26-27 |)") {
            let expected = bare(&format!("{letters}{serial}"));
            let spelled = format!(" {year}{}{mark}{}{serial}", letters.to_lowercase(), "0".repeat(zeros));
            prop_assert_eq!(bare(&spelled), expected);
        }

        #[test]
        fn two_serials_are_two_invoices(one in 0_u32..99_999, other in 0_u32..99_999, mark in "[-/ ]") {
            prop_assume!(one != other);
            let spelled = |serial: u32| bare(&format!("S{mark}26-27{mark}{serial:05}"));
            prop_assert_ne!(spelled(one), spelled(other));
        }

        #[test]
        fn a_good_number_is_at_most_sixteen_plain_characters(number in "\\PC{0,20}") {
            if check_number(&number).is_ok() {
                let plain = normal_number(&number);
                prop_assert!(plain.is_ascii() && plain.len() <= LONGEST);
                prop_assert_eq!(check_number(&plain), Ok(()));
            }
        }
    }
}
