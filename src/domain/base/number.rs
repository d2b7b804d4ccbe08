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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
