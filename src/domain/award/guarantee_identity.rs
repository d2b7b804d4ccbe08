//! When two guarantees are one: a guarantee covers one award. Numbers are compared without what people write around
//! them and without regard to letters that look like digits; banks by the names and short forms of a dated table
//! (`config/finance/banks.toml`). What is merely similar is neither passed nor refused: whoever asks the bank about it
//! says why it is another one.

use crate::base::folding::{FirmName, folded, folded_letters};
use crate::scheme::finance::BadTable;
use crate::scheme::scheme::Basis;
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What people write before the number itself, in the form of letters that are compared; a longer one goes first.
const LABELS: &[&str] = &[
    "bankguaranteenumber",
    "bankguaranteeno",
    "bankguarantee",
    "performanceguarantee",
    "guaranteenumber",
    "guaranteeno",
    "guarantee",
    "reference",
    "number",
    "pbgno",
    "bgno",
    "pbg",
    "ref",
    "nr",
    "no",
    "bg",
    "बैंकगारंटी",
    "बैंकगारन्टी",
    "गारंटी",
    "संख्या",
    "क्रमांक",
    "बीजी",
    "सं",
    "क्र",
];

/// The labels in the form of the letters that are compared.
static FOLDED: LazyLock<Vec<String>> = LazyLock::new(|| LABELS.iter().map(|label| folded_letters(label)).collect());

/// The number as it is compared: `BG/123`, `B.G. No. 123` and `I23` are `123`.
fn number_key(number: &str) -> String {
    let mut letters = folded_letters(number);
    // A label is left out only before a digit: what else begins so is part of the number.
    let stripped = |text: &str| FOLDED.iter().find_map(|label| text.strip_prefix(label.as_str())).map(str::to_owned);
    let mut rest = letters.clone();
    while let Some(next) = stripped(&rest) {
        rest = next;
        let digit = |letter: char| letter.is_ascii_digit();
        if as_digits(&rest).starts_with(digit) && rest.contains(digit) {
            letters = rest.clone();
        }
    }
    as_digits(&letters)
}

/// Letters that look like digits as these digits.
fn as_digits(letters: &str) -> String {
    let digit = |letter: char| match letter {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    };
    letters.chars().map(digit).collect()
}

/// The dot below a letter of Hindi, which some write and others leave out.
const NUKTA: char = '\u{93C}';

/// The words of a name without its legal form and without dots that not everybody writes.
fn plain_words(name: &FirmName) -> Vec<String> {
    name.own_words().iter().map(|word| word.chars().filter(|letter| *letter != NUKTA).collect()).collect()
}

/// The name of a bank as somebody wrote it, and the bank that it names.
struct Bank {
    name: FirmName,
    /// Its words as they are written, without regard to case.
    letters: Vec<String>,
    /// The code of a bank of the table, and whether nothing but its name is written.
    known: Option<(String, bool)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    code: String,
    names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    as_on: NaiveDate,
    basis: Basis,
    source: String,
    banks: Vec<Row>,
}

/// The banks of the table, by the words of each of their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Banks {
    pub as_on: NaiveDate,
    pub basis: Basis,
    pub source: String,
    by_words: BTreeMap<Vec<String>, String>,
}

/// How a guarantee is like another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sameness {
    Same,
    /// It could be the same.
    Alike,
    Other,
}

impl Banks {
    /// Parses and checks the table: a source, codes of four letters, and no name of two banks.
    pub fn parse(text: &str) -> Result<Banks, BadTable> {
        let table: Table = toml::from_str(text).map_err(|error| BadTable(error.to_string()))?;
        let Table { as_on, basis, source, banks } = table;
        if source.trim().is_empty() {
            return Err(BadTable("the table of banks has a source".to_owned()));
        }
        let mut by_words = BTreeMap::new();
        for Row { code, names } in banks {
            if code.len() != 4 || !code.bytes().all(|letter| letter.is_ascii_uppercase()) || names.is_empty() {
                return Err(BadTable(format!("a bank has a code of four capitals, and names: '{code}'")));
            }
            for name in names {
                let words = plain_words(&FirmName::of(&name));
                if by_words.insert(words, code.clone()).is_some_and(|other| other != code) {
                    return Err(BadTable(format!("'{name}' names two banks")));
                }
            }
        }
        Ok(Banks { as_on, basis, source, by_words })
    }

    fn bank(&self, text: &str) -> Bank {
        let name = FirmName::of(text);
        let words = plain_words(&name);
        // The longest name with which the words begin; what follows is a branch or a town.
        let longest = (1..=words.len()).rev().find_map(|count| {
            let code = self.by_words.get(words.get(..count)?)?;
            Some((code.clone(), count == words.len()))
        });
        let plain = folded(text);
        let letters = plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
        Bank { known: longest.or_else(|| self.by_ifsc(text)), letters: letters.map(str::to_owned).collect(), name }
    }

    /// The bank of an IFSC, in place of its name or beside it.
    fn by_ifsc(&self, text: &str) -> Option<(String, bool)> {
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
        let codes = words.filter(|word| word.len() == 11 && word.as_bytes().get(4) == Some(&b'0'));
        let known = |code: &str| self.by_words.values().find(|known| *known == code).cloned();
        let mut found = codes.filter_map(|word| known(&word.get(..4)?.to_uppercase()));
        found.next().map(|code| (code, true))
    }

    /// Whether two guarantees, each by its bank and its number, are one.
    pub fn compare(&self, one: (&str, &str), other: (&str, &str)) -> Sameness {
        let (number, known) = (number_key(one.1), number_key(other.1));
        let bare = |key: &str| key.trim_start_matches('0').to_owned();
        if bare(&number) != bare(&known) {
            return Sameness::Other;
        }
        let sameness = self.compare_banks(&self.bank(one.0), &self.bank(other.0));
        // A number that only begins with other zeros could be another one.
        if sameness == Sameness::Same && number != known { Sameness::Alike } else { sameness }
    }

    fn compare_banks(&self, one: &Bank, other: &Bank) -> Sameness {
        if one.name.own_words() == other.name.own_words() && !one.name.own_words().is_empty()
            || one.name.key() == other.name.key()
        {
            return Sameness::Same;
        }
        match (&one.known, &other.known) {
            (Some((one, alone)), Some((other, alone_too))) if one == other => {
                if *alone && *alone_too {
                    Sameness::Same
                } else {
                    Sameness::Alike
                }
            }
            (Some(_), Some(_)) => Sameness::Other,
            _ if one.name.is_like(&other.name) || one.abbreviates(other) || other.abbreviates(one) => Sameness::Alike,
            _ => Sameness::Other,
        }
    }
}

impl Bank {
    /// Whether this is the first letters of the words of the other one.
    fn abbreviates(&self, other: &Bank) -> bool {
        let [short] = self.letters.as_slice() else { return false };
        let initials = |left_out: &[&str]| -> String {
            let counted = other.letters.iter().filter(|word| !left_out.contains(&word.as_str()));
            counted.filter_map(|word| word.chars().next()).collect()
        };
        let ways = [initials(&["ltd", "limited"]), initials(&["ltd", "limited", "of", "the", "and"])];
        other.letters.len() > 1 && ways.contains(short)
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    const TABLE: &str = include_str!("../../../config/finance/banks.toml");

    pub fn banks() -> Banks {
        Banks::parse(TABLE).unwrap()
    }

    fn compared(one: (&str, &str), other: (&str, &str)) -> Sameness {
        let banks = banks();
        let (there, back) = (banks.compare(one, other), banks.compare(other, one));
        assert_eq!(there, back, "{one:?} {other:?}");
        there
    }

    #[test]
    fn a_guarantee_is_one_however_its_number_and_bank_are_written() {
        let one = ("SAMPLE BANK LIMITED", "BG/17-2026");
        for (bank, number) in [
            ("Sample Bank Ltd.", "bg 17 2026"),
            ("ＳＡＭＰＬＥ bank", "ＢＧ/१७/2026"),
            ("Sample Bank", "17/2026"),
            ("Sample Bank", "No. I7 2O26"),
            ("M/s Sample Bank", "Bank Guarantee No: 17-2026"),
            ("Sample Bank", "B.G. No. 17.2026"),
            ("Sample Bank", "बीजी संख्या १७/२०२६"),
        ] {
            assert_eq!(compared(one, (bank, number)), Sameness::Same, "{bank} {number}");
        }
        let sbi = ("State Bank of India", "123");
        for bank in
            ["SBI", "S.B.I.", "sbi", "STATE BANK OF INDIA LTD", "भारतीय स्टेट बैंक", "SBIN0012345", "Stаte Bank of India"]
        {
            assert_eq!(compared(sbi, (bank, "BG 123")), Sameness::Same, "{bank}");
        }
    }

    #[test]
    fn what_could_be_one_is_neither_passed_nor_refused() {
        for (one, other) in [
            (("SAMPLE BANK LIMITED", "17"), ("सैंपल बैंक", "17")),
            (("Sample Bank", "17"), ("Sample Bank", "0017")),
            (("Sample Bank", "17"), ("Sampel Bank", "17")),
            (("Sample Merchants Bank", "17"), ("SMB", "17")),
            (("SBI", "17"), ("State Bank of India, Hyderabad Main Branch", "17")),
        ] {
            assert_eq!(compared(one, other), Sameness::Alike, "{one:?} {other:?}");
        }
    }

    #[test]
    fn other_numbers_and_other_banks_are_other_guarantees() {
        for (one, other) in [
            (("Sample Bank", "BG/17"), ("Sample Bank", "BG/18")),
            (("Sample Bank", "17"), ("Union Credit House", "17")),
            (("SBI", "17"), ("Bank of India", "17")),
            (("Bank of Baroda", "17"), ("Bank of Maharashtra", "17")),
            (("Indian Bank", "17"), ("Indian Overseas Bank", "17")),
            (("Sample Bank", "A17"), ("Sample Bank", "B17")),
        ] {
            assert_eq!(compared(one, other), Sameness::Other, "{one:?} {other:?}");
        }
    }

    #[test]
    fn a_table_that_contradicts_itself_is_refused() {
        let wrong = |from: &str, to: &str| Banks::parse(&TABLE.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(wrong("\"Canara Bank\"", "\"Bank of India\"").contains("names two banks"));
        assert!(wrong("code = \"SBIN\"", "code = \"sbi\"").contains("four capitals"));
        assert!(!wrong("basis = \"assumption\"", "basis = \"guess\"").is_empty());
        assert_eq!(banks().as_on.to_string(), "2026-04-01");
    }
}
