//! The number of an invoice without its marks: what is left when somebody sets a hyphen into a run of digits, leaves
//! one out, or writes a letter for the digit that it looks like. Two invoices with one such number are alike, and not
//! yet one: whoever verifies the claim decides.

use crate::base::calendar::FinancialYear;
use crate::claim::document_number::normal_number;
use chrono::{Datelike, NaiveDate};

/// The digit that a letter of an invoice looks like; any other character stays.
pub fn digit_alike(letter: char) -> char {
    match letter {
        'O' | 'Q' => '0',
        'I' | 'L' => '1',
        'Z' => '2',
        'S' => '5',
        'B' => '8',
        other => other,
    }
}

/// The characters of a number without marks, each with whether a group of letters or of digits begins with it.
struct Joined {
    text: Vec<char>,
    starts: Vec<bool>,
}

impl Joined {
    fn of(number: &str) -> Joined {
        let (mut text, mut starts, mut before) = (Vec::new(), Vec::new(), None::<char>);
        for character in normal_number(number).chars() {
            if !character.is_alphanumeric() {
                before = None;
                continue;
            }
            starts.push(before.is_none_or(|before| before.is_ascii_digit() != character.is_ascii_digit()));
            text.push(digit_alike(character));
            before = Some(character);
        }
        Joined { text, starts }
    }

    fn is_boundary(&self, place: usize) -> bool {
        self.starts.get(place).copied().unwrap_or(true)
    }

    /// Takes out the year where it stands, if digits remain. Without marks around it, it begins or ends a group.
    fn without(&mut self, year: &str, whole_group: bool) -> bool {
        let length = year.chars().count();
        let found = (0..self.text.len()).find(|start| {
            let end = start + length;
            let (begins, ends) = (self.is_boundary(*start), self.is_boundary(end));
            let fits = if whole_group { begins && ends } else { begins || ends };
            let spelled = self.text.get(*start..end).is_some_and(|part| part.iter().copied().eq(year.chars()));
            let rest = self.text.iter().take(*start).chain(self.text.iter().skip(end));
            fits && spelled && rest.into_iter().any(char::is_ascii_digit)
        });
        if let Some(start) = found {
            self.text.drain(start..start + length);
            self.starts.drain(start..start + length);
        }
        found.is_some()
    }

    /// The text, each run of digits without leading zeros.
    fn plain(&self) -> String {
        let mut plain = String::new();
        for (place, character) in self.text.iter().enumerate() {
            let in_run = plain.ends_with(|before: char| before.is_ascii_digit());
            let more = self.text.get(place + 1).is_some_and(char::is_ascii_digit);
            if *character != '0' || in_run || !more {
                plain.push(*character);
            }
        }
        plain
    }
}

/// The number of an invoice of a day without marks, without the financial year of that day, and with letters that look
/// like digits as digits: `SFW/26-27/10-1`, `SFW2627101` and `5FW/2026/l01` are one.
pub fn joined_number(number: &str, dated: NaiveDate) -> String {
    let mut joined = Joined::of(number);
    if let Some(first) = FinancialYear::containing(dated).first_day().map(|day| day.year()) {
        let short = |year: i32| format!("{:02}", year.rem_euclid(100));
        let next = first + 1;
        let spans = [format!("{first}{next}"), format!("{first}{}", short(next)), short(first) + &short(next)];
        if !spans.iter().any(|year| joined.without(year, false)) {
            [first.to_string(), short(first)].iter().any(|year| joined.without(year, true));
        }
    }
    joined.plain()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn joined(number: &str) -> String {
        joined_number(number, NaiveDate::from_ymd_opt(2026, 6, 10).unwrap())
    }

    #[test]
    fn marks_and_letters_that_look_like_digits_change_nothing() {
        let numbers = [
            "SFW/26-27/101",
            "SFW/26-27/10-1",
            "SFW/26-27/1-01",
            "SFW/26-27101",
            "SFW2627101",
            "SFW/26-27/l01",
            "SFW/26-27/IOI",
            "sfw-26-27-lOl",
            "5FW/26-27/101",
            "SFW/26/101",
            "SFW/2026/101",
            "SFW/2026-27/0101",
            "SFW101/26-27",
        ];
        for same in numbers {
            assert_eq!(joined(same), "5FW101", "{same}");
        }
        assert_eq!(joined("O1I05"), joined("O1I0-5"));
        assert_eq!(joined("TX/101"), joined("TX/l01"));
        assert_eq!(joined("TX/101"), joined("TX/10-1"));
    }

    #[test]
    fn what_is_left_is_never_nothing() {
        assert_eq!(
            (joined("2026-27"), joined("26"), joined("0"), joined("A")),
            ("20".into(), "26".into(), "0".into(), "A".into())
        );
    }

    proptest! {
        #[test]
        fn two_serials_are_two_invoices(one in 0_u32..99_999, other in 0_u32..99_999, mark in "[-/]") {
            prop_assume!(one != other);
            let spelled = |serial: u32| joined(&format!("KA{mark}26-27{mark}{serial:05}"));
            prop_assert_ne!(spelled(one), spelled(other));
        }

        #[test]
        fn a_mark_anywhere_in_a_serial_changes_nothing(serial in 1_u32..9_999_999, place in 1_usize..6, mark in "[-/]") {
            let plain = serial.to_string();
            let at = place.min(plain.len());
            let marked = format!("KA/{}{mark}{}", &plain[..at], &plain[at..]);
            prop_assume!(!plain.contains("26"));
            prop_assert_eq!(joined(&marked), joined(&format!("KA/{plain}")));
        }

        #[test]
        fn every_text_has_a_form(number in "\\PC{0,20}") {
            joined(&number);
        }
    }
}
