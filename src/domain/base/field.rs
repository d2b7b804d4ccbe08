//! Validation errors of the fields of a request: each with a JSON pointer (RFC 6901) and a reason.

use crate::base::field_reason::FieldReason;
use crate::base::folding::normal;
use crate::base::letters::{Joiners, has_hidden, has_letter};
use crate::base::money::{LARGEST_AMOUNT, Paise};
use chrono::{Datelike, NaiveDate};

/// One invalid field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The place in the body: a JSON pointer such as `/lines/3/quantity_kg`.
    pub pointer: String,
    /// The reason, and what is expected.
    pub reason: FieldReason,
    /// The line of a file on which it stands, 1 for the first, where the body is a file.
    pub line: Option<u64>,
}

impl FieldError {
    pub fn new(pointer: impl Into<String>, reason: impl Into<FieldReason>) -> Self {
        FieldError { pointer: pointer.into(), reason: reason.into(), line: None }
    }
}

/// Collects every invalid field, so that a person is shown all of them at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    pub fn new() -> Self {
        Self::default()
    }

    /// A single error.
    pub fn one(pointer: impl Into<String>, reason: impl Into<FieldReason>) -> Self {
        let mut errors = Self::new();
        errors.add(pointer, reason);
        errors
    }

    /// Adds the error of one field; `pointer` is its JSON pointer.
    pub fn add(&mut self, pointer: impl Into<String>, reason: impl Into<FieldReason>) {
        self.0.push(FieldError::new(pointer, reason));
    }

    /// Reports the reason unless the condition is true.
    pub fn require(&mut self, holds: bool, pointer: impl Into<String>, reason: impl Into<FieldReason>) {
        if !holds {
            self.add(pointer, reason);
        }
    }

    /// Reports an amount of fewer than `least` paise, with the reason that is given, and one that is larger than any.
    pub fn require_amount(
        &mut self,
        amount: Paise,
        least: i64,
        pointer: impl Into<String>,
        reason: impl Into<FieldReason>,
    ) {
        if amount > LARGEST_AMOUNT {
            self.add(pointer, FieldReason::AmountMost { most: LARGEST_AMOUNT });
        } else if amount.0 < least {
            self.add(pointer, reason);
        }
    }

    /// Reports a field that must be given but is missing, or is given where it must not be; `reason` says for what it
    /// is given.
    pub fn require_just_when(
        &mut self,
        needed: bool,
        given: bool,
        pointer: impl Into<String>,
        reason: impl Into<FieldReason>,
    ) {
        match (needed, given) {
            (true, false) => self.add(pointer, FieldReason::Missing),
            (false, true) => self.add(pointer, reason),
            _ => {}
        }
    }

    /// Returns the parsed value, or reports its error and returns `None`.
    pub fn take<T, E: Into<FieldReason>>(&mut self, pointer: &str, parsed: Result<T, E>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(pointer, error);
                None
            }
        }
    }

    /// The same errors of a body in which the fields stand within a member, such as `/form`.
    pub fn within(mut self, member: &str) -> FieldErrors {
        self.0.iter_mut().for_each(|error| error.pointer.insert_str(0, member));
        self
    }

    /// Says on which line of the file the errors stand that were reported after the first `known`.
    pub fn stand_on(&mut self, line: u64, known: usize) {
        self.0.iter_mut().skip(known).for_each(|error| error.line = Some(line));
    }

    /// Everything that several checks of one body found, in their order.
    pub fn of_all(checks: impl IntoIterator<Item = Result<(), FieldErrors>>) -> Result<(), FieldErrors> {
        let found = checks.into_iter().filter_map(Result::err).flat_map(|errors| errors.0);
        FieldErrors(found.collect()).finish()
    }

    /// `Ok` when no error was reported.
    pub fn finish(self) -> Result<(), FieldErrors> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

/// Reports text that is empty, too long or deceptive.
pub fn check_text(errors: &mut FieldErrors, pointer: &str, text: &str, longest: usize) {
    check_written(errors, pointer, text, longest, Joiners::InWords);
}

/// Like [`check_text`], and also safe as a cell of any spreadsheet, because names end up in
/// exports. A name has a letter or a digit, by which people can call it.
pub fn check_name(errors: &mut FieldErrors, pointer: &str, text: &str, longest: usize) {
    let before = errors.0.len();
    check_written(errors, pointer, text, longest, Joiners::AfterVirama);
    errors.require(!starts_a_formula(text), pointer, FieldReason::Formula);
    errors.require(!text.contains(['\n', '\t', '\r']), pointer, FieldReason::OneLine);
    errors.require(errors.0.len() > before || has_letter(text), pointer, FieldReason::LetterMissing);
}

fn check_written(errors: &mut FieldErrors, pointer: &str, text: &str, longest: usize, joiners: Joiners) {
    errors.require(!text.trim().is_empty(), pointer, FieldReason::Empty);
    errors.require(
        text.chars().count() <= longest,
        pointer,
        FieldReason::AtMost { most: longest as i64, what: "characters" },
    );
    errors.require(!has_hidden(text, joiners), pointer, FieldReason::Deceptive);
}

/// Whether a spreadsheet would evaluate a text that begins so as a formula (OWASP, CSV injection). Full-width signs and
/// their like count as the plain ones, because some programs make these of them.
pub fn starts_a_formula(text: &str) -> bool {
    if text.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    let begins = |text: &str| text.trim_start().starts_with(['=', '+', '-', '@', '\u{2212}']);
    if text.is_ascii() { begins(text) } else { begins(&normal(text)) }
}

/// Whether a spreadsheet would read a text as a number and write another one: it keeps 15 digits, and neither zeros
/// before a number nor behind its point, nor an `E` between digits.
pub fn is_number_that_changes(text: &str) -> bool {
    let plain = if text.is_ascii() { text.trim().to_owned() } else { normal(text) };
    // What some locale writes between the digits of a number.
    let bare: String =
        plain.chars().filter(|letter| !letter.is_whitespace() && !['\'', ',', '_'].contains(letter)).collect();
    let unsigned = bare.strip_prefix(['+', '-']).unwrap_or(&bare);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = mantissa.replacen('.', "", 1);
    if !is_number(&digits) || !exponent.is_none_or(is_number) {
        return false;
    }
    let is_whole = text == digits && (text == "0" || !text.starts_with('0'));
    !is_whole || digits.len() > 15
}

/// The short names of months in English, as spreadsheets read them.
pub const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// Whether a spreadsheet would read a text as a day, a time or a truth and write that instead: `5-11`, `05-Nov`,
/// `12:30`.
pub fn is_day_that_changes(text: &str) -> bool {
    let plain = normal(text).to_uppercase();
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let short = |part: &str| (1..=2).contains(&part.len()) && digits(part);
    let year = |part: &str| matches!(part.len(), 2 | 4) && digits(part);
    let month = |part: &str| MONTHS.iter().any(|month| part.starts_with(month));
    let parts: Vec<&str> = plain.split(['-', '/', ' ', '.', ':']).collect();
    match parts.as_slice() {
        [word] => matches!(*word, "TRUE" | "FALSE"),
        [one, two] => (short(one) && (short(two) || month(two))) || (month(one) && year(two)),
        [one, two, three] => short(one) && (short(two) || month(two)) && year(three),
        _ => false,
    }
}

/// Whether a day lies from 1900 to 2199, where the days of files lie; with five-digit years text order is not time
/// order.
pub fn is_of_files(day: NaiveDate) -> bool {
    (1900..2200).contains(&day.year())
}

/// Parses a day as it is written everywhere, with two digits of the month and of the day. The parser of the library
/// takes `2026-1-2` as well, and the order of such texts is not that of their days.
pub fn parse_day(text: &str) -> Result<NaiveDate, FieldReason> {
    text.parse().ok().filter(|day: &NaiveDate| day.to_string() == text).ok_or(FieldReason::ADay)
}

/// Reports a day outside 1900 to 2199.
pub fn check_day(errors: &mut FieldErrors, pointer: &str, day: NaiveDate) {
    errors.require(is_of_files(day), pointer, FieldReason::YearRange);
}

/// An invalid parameter of an address, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadParameter {
    pub name: String,
    pub why: FieldReason,
}

impl BadParameter {
    pub fn new(name: &str, why: impl Into<FieldReason>) -> BadParameter {
        BadParameter { name: name.to_owned(), why: why.into() }
    }
}

/// The place of a parameter is `?` and its name.
impl From<BadParameter> for FieldErrors {
    fn from(bad: BadParameter) -> FieldErrors {
        FieldErrors::one(format!("?{}", bad.name), bad.why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> bool {
        let mut errors = FieldErrors::new();
        check_name(&mut errors, "/name", text, 20);
        errors.finish().is_err()
    }

    #[test]
    fn an_amount_that_is_too_large_is_not_called_too_small() {
        let found = |amount: i64| {
            let mut errors = FieldErrors::new();
            errors.require_amount(Paise(amount), 1, "/amount_paise", FieldReason::PositiveAmount);
            errors.require_amount(Paise(amount), 0, "/other", FieldReason::AmountOrZero);
            errors.0.into_iter().map(|error| error.reason.code()).collect::<Vec<_>>()
        };
        assert_eq!((found(1), found(LARGEST_AMOUNT.0)), (vec![], vec![]));
        assert_eq!((found(0), found(-1)), (vec!["positive_amount"], vec!["positive_amount", "amount_or_zero"]));
        for large in [LARGEST_AMOUNT.0 + 1, 1_000_000_000_000_000_000] {
            assert_eq!(found(large), ["amount_most", "amount_most"]);
        }
    }

    #[test]
    fn a_spreadsheet_is_not_given_what_it_would_change() {
        for changes in [
            "6032026112900001234567",
            "1234567890123456",
            "0012",
            "00",
            "00.5",
            "1.50",
            "+12",
            "-12",
            "12E45",
            "1e5",
            "1.2E+3",
            " 12",
            "1,23,456",
            "1 234",
            "１２３",
            "०१२",
            "12345678901234567.0",
        ] {
            assert!(is_number_that_changes(changes), "{changes}");
        }
        for changes in ["5-11", "05-NOV", "5-nov-26", "1/2", "12:30", "5/11/2026", "Nov-26", "TRUE", "False", "५-११"]
        {
            assert!(is_day_that_changes(changes), "{changes}");
        }
        for stays in ["2026-27", "2026-05-01", "S/5-11", "5", "", "-", "5-", "NOV", "SFW/26-27/101", "True Magnets"] {
            assert!(!is_day_that_changes(stays), "{stays}");
        }
        for stays in [
            "0",
            "12",
            "123456789012345",
            "SBINR52026050100009",
            "2026-05-01",
            "2026-27",
            "",
            "-",
            ".",
            "E5",
            "1E",
            "12a",
            "1.2.3",
        ] {
            assert!(!is_number_that_changes(stays), "{stays}");
        }
        for formula in
            ["=1", "+1", "-1", "@a", "\ta", "\ra", " =1", "＝1", "＋1", "－1", "＠a", "﹦1", "\u{2212}1", "\u{3000}＝1"]
        {
            assert!(starts_a_formula(formula), "{formula}");
        }
        assert!(!starts_a_formula("a=1") && !starts_a_formula("चुंबक") && !starts_a_formula(""));
    }

    #[test]
    fn names_cannot_deceive_or_compute() {
        for bad in ["", "   ", "=1+1", " @x", "a\u{202E}b", "a\u{200B}b", "a\u{0}b", "two\nlines", &"x".repeat(21)] {
            assert!(wrong(bad), "{bad:?}");
        }
        for unseen in
            ["\u{3164}", "\u{115F}", "\u{1160}", "\u{2800}", "\u{34F}", "\u{FE0F}", "A\u{E0041}B", "—", "\u{93F}"]
        {
            assert!(wrong(unseen), "{unseen:?}");
        }
        for good in ["Sample Magnets Ltd", "नमूना मैग्नेट", "क्‍ष", "A-1 (Unit 2)"] {
            assert!(!wrong(good), "{good:?}");
        }
    }
}
