//! The human numbers of records, such as `NDFEB/2026-27/TRN/0001`: prefix, financial year, kind and serial
//! number. In an address `-` stands for `/`; the number is then read from the right, because a prefix and the
//! year have hyphens of their own.

use crate::base::calendar::FinancialYear;
use crate::words;

words! {
    /// The kinds of records that have a number, by the letters in it.
    pub enum NumberKind {
        Application = "APP",
        Allocation = "ALC",
        Award = "AWD",
        Excuse = "EXC",
        Claim = "CLM",
        FinalCertificate = "FIN",
        Tranche = "TRN",
        Payment = "PAY",
        Disbursement = "DIS",
        Recovery = "REC",
        BudgetInstrument = "BUD",
        Observation = "OBS",
        Requisition = "REQ",
        Sample = "SMP",
        SavedQuery = "QRY",
        Letter = "LTR",
    }
}

impl NumberKind {
    /// The noun of its records in addresses.
    pub fn noun(self) -> &'static str {
        match self {
            NumberKind::Application => "applications",
            NumberKind::Allocation => "allocations",
            NumberKind::Award => "awards",
            NumberKind::Excuse => "excuses",
            NumberKind::Claim => "claims",
            NumberKind::FinalCertificate => "final-certificates",
            NumberKind::Tranche => "tranches",
            NumberKind::Payment => "payments",
            NumberKind::Disbursement => "disbursements",
            NumberKind::Recovery => "recoveries",
            NumberKind::BudgetInstrument => "budget-instruments",
            NumberKind::Observation => "observations",
            NumberKind::Requisition => "requisitions",
            NumberKind::Sample => "samples",
            NumberKind::SavedQuery => "saved-queries",
            NumberKind::Letter => "letters",
        }
    }
}

/// A human number, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number {
    pub kind: NumberKind,
    /// With `/`, as the record has it.
    pub text: String,
}

impl Number {
    /// Parses a number with `/` or with `-`. Returns `None` for any other text, such as an id.
    pub fn parse(text: &str) -> Option<Number> {
        if text.len() > 100 || !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-/".contains(&byte)) {
            return None;
        }
        let (rest, serial) = text.rsplit_once(['/', '-'])?;
        let (rest, kind) = rest.rsplit_once(['/', '-'])?;
        let split = rest.len().checked_sub("/2026-27".len())?;
        let (prefix, year) = rest.split_at_checked(split)?;
        let year: FinancialYear = year.strip_prefix(['/', '-'])?.parse().ok()?;
        let kind: NumberKind = kind.parse().ok()?;
        let whole = serial.len() >= 4 && serial.bytes().all(|byte| byte.is_ascii_digit());
        if prefix.is_empty() || prefix.contains('/') || !whole {
            return None;
        }
        Some(Number { kind, text: format!("{prefix}/{year}/{kind}/{serial}") })
    }
}

/// What somebody typed, with single spaces, and with `0` to `9` for the digits of Devanagari.
pub fn plain(text: &str) -> String {
    let latin = |letter: char| match letter {
        '०'..='९' => char::from_digit(letter as u32 - '०' as u32, 10).unwrap_or(letter),
        other => other,
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().map(latin).collect()
}

/// A number as it was typed, with one `/` between its parts. Spaces stand for `/` only before the digits of a number,
/// so that `TRN 0001` is one and the name of a company is none.
pub fn with_slashes(text: &str) -> String {
    let upper = text.to_uppercase();
    let parts: Vec<&str> = upper.split(['/', '-', ' ']).filter(|part| !part.is_empty()).collect();
    let is_serial = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    if upper.contains(' ') && !parts.last().is_some_and(is_serial) { upper } else { parts.join("/") }
}

/// The end of a number, from its kind on, such as `TRN/0001` as somebody types it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberEnd {
    pub kind: NumberKind,
    /// Four digits at least.
    pub serial: String,
}

impl NumberEnd {
    /// Reads `TRN/0001`, `trn-1` and `TRN ०००१`; `None` for anything else, also for a whole number.
    pub fn parse(text: &str) -> Option<NumberEnd> {
        let text = with_slashes(&plain(text));
        let (kind, serial) = text.split_once('/')?;
        let is_serial = !serial.is_empty() && serial.len() <= 12 && serial.bytes().all(|byte| byte.is_ascii_digit());
        let kind: NumberKind = kind.parse().ok().filter(|_| is_serial)?;
        Some(NumberEnd { kind, serial: format!("{serial:0>4}") })
    }

    /// Every number that ends like this, with these prefixes and from one year to another.
    pub fn numbers(&self, prefixes: &[&str], (first, last): (FinancialYear, FinancialYear)) -> Vec<Number> {
        let years = std::iter::successors(Some(first), |year| Some(year.plus_years(1)));
        let years: Vec<FinancialYear> = years.take_while(|year| *year <= last).take(200).collect();
        let of = |prefix: &&str| {
            let text = |year: &FinancialYear| format!("{prefix}/{year}/{}/{}", self.kind, self.serial);
            years.iter().map(|year| Number { kind: self.kind, text: text(year) }).collect::<Vec<_>>()
        };
        prefixes.iter().flat_map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_end_of_a_number_stands_for_every_number_that_ends_so() {
        for typed in ["TRN/0001", "trn-1", "TRN ०००१", " trn / 0001 "] {
            let end = NumberEnd::parse(typed).unwrap();
            assert_eq!((end.kind, end.serial.as_str()), (NumberKind::Tranche, "0001"), "{typed}");
        }
        for other in ["TRN", "XYZ/0001", "NDFEB/2028-29/TRN/0001", "TRN/", "TRN/x", "2028-29/TRN/0001"] {
            assert_eq!(NumberEnd::parse(other), None, "{other}");
        }
        let year = |text: &str| text.parse().unwrap();
        let end = NumberEnd::parse("TRN/12345").unwrap();
        let all: Vec<String> =
            end.numbers(&["A", "B-C"], (year("2026-27"), year("2027-28"))).into_iter().map(|one| one.text).collect();
        let wanted = ["A/2026-27/TRN/12345", "A/2027-28/TRN/12345", "B-C/2026-27/TRN/12345", "B-C/2027-28/TRN/12345"];
        assert_eq!(all, wanted);
    }

    #[test]
    fn a_number_is_the_same_in_an_address_and_on_paper() {
        for text in ["NDFEB/2028-29/TRN/0001", "NDFEB-2028-29-TRN-0001"] {
            let number = Number::parse(text).unwrap();
            assert_eq!((number.kind, number.text.as_str()), (NumberKind::Tranche, "NDFEB/2028-29/TRN/0001"));
        }
        let hyphened = Number::parse("REPM-B-2026-27-DIS-12345").unwrap();
        assert_eq!(hyphened.text, "REPM-B/2026-27/DIS/12345");
    }

    #[test]
    fn what_is_no_number_is_left_alone() {
        for text in [
            "",
            "-",
            "0198f2a0-5c1e-7000-8000-000000000001",
            "NDFEB/2028-29/TRN",
            "NDFEB/2028-30/TRN/0001",
            "NDFEB/2028-29/SAN/0001",
            "NDFEB/2028-29/TRN/1",
            "NDFEB/2028-29/TRN/000x",
            "/2028-29/TRN/0001",
            "2028-29/TRN/0001",
            "A/B/2028-29/TRN/0001",
            "NDFEB/2028-29/trn/0001",
            "NDFEB 2028-29 TRN 0001",
            "संख्या/2028-29/TRN/0001",
        ] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn both_forms_of_every_number_are_read(
            prefix in "[A-Z][A-Z0-9]{0,5}(-[A-Z0-9]{1,4}){0,2}", year in 2000..2098_i32, kind in 0..NumberKind::ALL.len(),
            serial in 0..2_000_000_u32,
        ) {
            let kind = NumberKind::ALL[kind];
            let text = format!("{prefix}/{year}-{:02}/{kind}/{serial:04}", (year + 1) % 100);
            let number = Number { kind, text: text.clone() };
            prop_assert_eq!(Number::parse(&text), Some(number.clone()));
            prop_assert_eq!(Number::parse(&text.replace('/', "-")), Some(number));
        }

        #[test]
        fn no_text_breaks_the_reader(text in ".{0,60}") {
            let _ = Number::parse(&text);
        }
    }
}
