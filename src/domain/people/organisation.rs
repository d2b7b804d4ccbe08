//! Organisations: the manufacturer as a legal person with CIN, PAN, GSTIN, bank account and IFSC.
//! Each is parsed by its published format (and checksum where one exists); placeholders are
//! refused, because auditors found lakhs of them in a real scheme (CAG report 20 of 2025).

use crate::base::calendar::Timestamp;
use crate::base::field::{FieldErrors, check_name};
use crate::base::field_reason::FieldReason;
use crate::base::gstin::{compact, follows, parse_gstin};
use crate::base::id::OrganisationId;
use chrono::{Datelike, NaiveDate};

/// A registered organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    pub id: OrganisationId,
    pub name: String,
    /// Corporate identification number (Ministry of Corporate Affairs, 21 characters).
    pub cin: String,
    /// Permanent account number (Income-tax Department, 10 characters).
    pub pan: String,
    /// Goods and services tax identification number (15 characters, which include the PAN).
    pub gstin: String,
    pub bank_account: String,
    pub ifsc: String,
    pub registered_at: Timestamp,
    /// The group of companies that it was found to belong to.
    pub company_group: Option<String>,
    pub version: i64,
}

impl Organisation {
    /// An account number as shown everywhere except in the payment advice: `********1234`.
    pub fn masked_account(&self) -> String {
        mask(&self.bank_account)
    }
}

/// The account number with all but the last four digits hidden.
pub fn mask(account: &str) -> String {
    let hidden = account.len().saturating_sub(4);
    format!("{}{}", "*".repeat(hidden), account.get(hidden..).unwrap_or_default())
}

/// The registration form of a preparer.
#[derive(Clone, Debug)]
pub struct Registration {
    pub name: String,
    pub cin: String,
    pub pan: String,
    pub gstin: String,
    pub bank_account: String,
    pub ifsc: String,
}

impl Registration {
    /// Returns the same registration with every identifier in normal form, or every invalid field. A company cannot
    /// have been incorporated after `today`.
    pub fn checked(self, today: NaiveDate) -> Result<Registration, FieldErrors> {
        let mut errors = FieldErrors::new();
        check_name(&mut errors, "/name", &self.name, 200);
        let cin = errors.take("/cin", parse_cin(&self.cin, today)).unwrap_or_default();
        let pan = errors.take("/pan", parse_pan(&self.pan)).unwrap_or_default();
        let gstin = errors.take("/gstin", parse_gstin(&self.gstin)).unwrap_or_default();
        let bank_account = errors.take("/bank_account", parse_account(&self.bank_account)).unwrap_or_default();
        let ifsc = errors.take("/ifsc", parse_ifsc(&self.ifsc)).unwrap_or_default();
        let pan_inside = gstin.is_empty() || pan.is_empty() || gstin.get(2..12) == Some(pan.as_str());
        errors.require(pan_inside, "/gstin", FieldReason::PanInside);
        errors.finish()?;
        Ok(Registration { name: self.name.trim().to_owned(), cin, pan, gstin, bank_account, ifsc })
    }
}

/// The codes of states and union territories in a CIN, with those of former names (Ministry of Corporate Affairs).
const CIN_STATES: [&str; 46] = [
    "AN", "AP", "AR", "AS", "BR", "CG", "CH", "CT", "DD", "DH", "DL", "DN", "GA", "GJ", "HP", "HR", "JH", "JK", "KA",
    "KL", "LA", "LD", "LH", "MH", "ML", "MN", "MP", "MZ", "NL", "OD", "OR", "PB", "PN", "PY", "RJ", "SK", "TG", "TN",
    "TR", "TS", "UA", "UK", "UP", "UR", "UT", "WB",
];

/// Parses a CIN: listing status, industry code, state, year, ownership, number:
/// `U27320MH2021PTC123456`. The first companies of the register are of the nineteenth century.
fn parse_cin(text: &str, today: NaiveDate) -> Result<String, FieldReason> {
    let cin = compact(text);
    if !follows(&cin, "A99999AA9999AAA999999") || !cin.starts_with(['L', 'U']) {
        return Err(FieldReason::Cin);
    }
    if !cin.get(6..8).is_some_and(|state| CIN_STATES.contains(&state)) {
        return Err(FieldReason::CinState);
    }
    let year: i32 = cin.get(8..12).and_then(|year| year.parse().ok()).unwrap_or(0);
    if !(1850..=today.year()).contains(&year) {
        return Err(FieldReason::CinYear);
    }
    if cin.ends_with("000000") { Err(FieldReason::CinPlaceholder) } else { Ok(cin) }
}

/// Parses the PAN of a company: five letters, four digits, one letter. The fourth letter tells the kind of person
/// (Income-tax Department); whoever registers here has a CIN and is a company, so it is C.
fn parse_pan(text: &str) -> Result<String, FieldReason> {
    let pan = compact(text);
    if !follows(&pan, "AAAAA9999A") {
        return Err(FieldReason::Pan);
    }
    if pan.get(3..4) != Some("C") {
        return Err(FieldReason::PanKind);
    }
    if pan.get(5..9) == Some("0000") { Err(FieldReason::PanPlaceholder) } else { Ok(pan) }
}

/// Parses a bank account number: 9 to 18 digits that neither repeat one digit nor count up or down.
fn parse_account(text: &str) -> Result<String, FieldReason> {
    let account = compact(text);
    if !(9..=18).contains(&account.len()) || !account.bytes().all(|b| b.is_ascii_digit()) {
        return Err(FieldReason::BankAccount);
    }
    if is_placeholder(&account) { Err(FieldReason::AccountPlaceholder) } else { Ok(account) }
}

fn is_placeholder(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    let steps = |step: fn(u8) -> u8| {
        bytes.iter().zip(bytes.iter().skip(1)).all(|(one, next)| (*next - b'0') == step(*one - b'0'))
    };
    steps(|digit| digit) || steps(|digit| (digit + 1) % 10) || steps(|digit| (digit + 9) % 10)
}

/// Parses an IFSC: four letters of the bank, a zero, six characters of the branch.
fn parse_ifsc(text: &str) -> Result<String, FieldReason> {
    let ifsc = compact(text);
    if !follows(&ifsc, "AAAA0******") {
        return Err(FieldReason::Ifsc);
    }
    let branch = ifsc.get(5..).unwrap_or_default();
    if branch.bytes().all(|b| b == b'0') { Err(FieldReason::IfscPlaceholder) } else { Ok(ifsc) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 5, 1).unwrap()
    }

    #[test]
    fn identifiers_take_one_form() {
        assert_eq!(parse_cin(" u27320mh2021ptc123456 ", today()).unwrap(), "U27320MH2021PTC123456");
        assert_eq!(parse_pan("aaacs 1234 k").unwrap(), "AAACS1234K");
        assert_eq!(parse_ifsc("sbin0001234").unwrap(), "SBIN0001234");
        let wrong = [
            ("X27320MH2021PTC123456", FieldReason::Cin),
            ("U2732", FieldReason::Cin),
            ("U27320XX2021PTC123456", FieldReason::CinState),
            ("U27320MH1021PTC123456", FieldReason::CinYear),
            ("U27320TG2099PTC132113", FieldReason::CinYear),
            ("U27320MH2027PTC123456", FieldReason::CinYear),
            ("U27320MH2021PTC000000", FieldReason::CinPlaceholder),
        ];
        for (text, reason) in wrong {
            assert_eq!(parse_cin(text, today()), Err(reason), "{text}");
        }
        assert!(parse_cin("U27320MH2026PTC123456", today()).is_ok());
        for individual in ["AAAPS7783K", "AAAHS1234K", "AAAFS1234K", "AAAXS1234K"] {
            assert_eq!(parse_pan(individual), Err(FieldReason::PanKind), "{individual}");
        }
        for wrong in ["AAACS0000K", "AAACS1234", "AAAC11234K"] {
            assert!(parse_pan(wrong).is_err(), "{wrong}");
        }
        for wrong in ["SBIN1001234", "SBIN0000000", "SBI00001234"] {
            assert!(parse_ifsc(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn placeholder_accounts_are_refused() {
        for wrong in ["11111111111", "000000000", "123456789", "9876543210", "1234567890", "12345", "12A456789"] {
            assert!(parse_account(wrong).is_err(), "{wrong}");
        }
        assert_eq!(parse_account("3100 2045 6789").unwrap(), "310020456789");
        assert_eq!(mask("310020456789"), "********6789");
    }

    proptest::proptest! {
        #[test]
        fn nothing_typed_panics(text in "\\PC{0,30}") {
            let _ = (parse_cin(&text, today()), parse_pan(&text), parse_account(&text), parse_ifsc(&text), mask(&text).len());
        }
    }
}
