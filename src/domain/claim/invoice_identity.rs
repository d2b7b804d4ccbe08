//! The identity of an invoice is the one of the tax on it: the GSTIN of its issuer, the type of document, its number,
//! and the financial year of its date (CGST Rules 2017, rule 46 (b): a number is used once in a year). Where the issuer
//! has no GSTIN, its name takes its place. Every invoice of sales is issued by the claimant, every one of purchases by
//! the supplier.

use crate::base::calendar::FinancialYear;
use crate::base::digest::hex;
use crate::base::field::{FieldErrors, check_name};
use crate::base::field_reason::FieldReason;
use crate::base::folding::{folded_firm, normal};
use crate::base::gstin::{pan_of, parse_gstin};
use crate::claim::claim::ClaimLine;
use crate::claim::document_number::{bare_number, check_number, normal_number};
use crate::claim::joined_number::joined_number;
use crate::scheme::e_invoices::EInvoiceRules;
use crate::scheme::scheme::Component;
use crate::words;
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

words! {
    /// The type of a document, as e-invoices call it.
    pub enum DocumentType {
        Invoice = "INV",
        CreditNote = "CRN",
        DebitNote = "DBN",
    }
}

impl DocumentType {
    pub fn is_invoice(&self) -> bool {
        *self == DocumentType::Invoice
    }
}

// The macro of words takes no attribute of one word, by which it could be derived.
#[allow(clippy::derivable_impls)]
impl Default for DocumentType {
    fn default() -> Self {
        DocumentType::Invoice
    }
}

/// What of a document makes its identity.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    pub component: Component,
    pub kind: DocumentType,
    pub number: &'a str,
    pub dated: NaiveDate,
    /// The supplier of an investment, or the buyer of magnets.
    pub party: &'a str,
    /// The GSTIN of the issuer, if it is stated.
    pub supplier_gstin: Option<&'a str>,
    /// The GSTIN with which the claimant is registered here.
    pub own_gstin: &'a str,
}

/// The texts by which a document is compared with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentKeys {
    /// Two documents with this are one.
    pub document: String,
    /// The same with the name of the supplier in place of its GSTIN: two documents with this are one if the GSTIN of
    /// either is not stated. Empty for sales, whose issuer always has one.
    pub name: String,
    /// Two documents with this have numbers that could be one.
    pub number: String,
    /// The same without any mark: a hyphen more or less is no other number.
    pub joined: String,
}

impl<'a> Document<'a> {
    /// The document of a line of a claim.
    pub fn of(component: Component, line: &'a ClaimLine, own_gstin: &'a str) -> Document<'a> {
        Document {
            component,
            kind: line.document_type,
            number: &line.invoice_number,
            dated: line.invoice_date,
            party: &line.party,
            supplier_gstin: line.supplier_gstin.as_deref(),
            own_gstin,
        }
    }

    /// The GSTIN of its issuer in normal form. That of a sale is the claimant's own.
    pub fn issuer(&self) -> Option<String> {
        let own = Some(self.own_gstin).filter(|_| self.component == Component::SalesLinkedIncentive);
        parse_gstin(self.supplier_gstin.or(own)?).ok()
    }

    pub fn keys(&self) -> DocumentKeys {
        let (year, number, kind) = (FinancialYear::containing(self.dated), normal_number(self.number), self.kind);
        let is_sale = self.component == Component::SalesLinkedIncentive;
        let name = if is_sale { String::new() } else { format!("{}|{year}|{kind}|{number}", folded_firm(self.party)) };
        let document = match self.issuer() {
            Some(gstin) => format!("{gstin}|{year}|{kind}|{number}"),
            None if is_sale => format!("{}|{year}|{kind}|{number}", self.own_gstin),
            None => name.clone(),
        };
        let (number, joined) = (bare_number(self.number, self.dated), joined_number(self.number, self.dated));
        DocumentKeys { document, name, number, joined }
    }

    /// Whether a text is the invoice reference number (IRN) of this document. It is SHA-256 over GSTIN, year, type and
    /// number; the portal of e-invoices turns the number into upper case first, and did not do so before June 2025.
    pub fn has_irn(&self, irn: &str) -> bool {
        let Some(gstin) = self.issuer() else { return false };
        let year = FinancialYear::containing(self.dated);
        let given = normal(irn).to_lowercase();
        [normal_number(self.number), normal(self.number)]
            .iter()
            .any(|number| irn_of(&gstin, year, self.kind, number) == given)
    }
}

/// The invoice reference number of a document.
pub fn irn_of(gstin: &str, year: FinancialYear, kind: DocumentType, number: &str) -> String {
    hex(&Sha256::digest(format!("{gstin}{year}{kind}{number}").as_bytes()))
}

/// Reports what is wrong with the number, the issuer and the IRN of a line. `at` gives the pointer of a field.
pub fn check_document(
    errors: &mut FieldErrors,
    at: impl Fn(&str) -> String,
    component: Component,
    line: &ClaimLine,
    own_gstin: &str,
) {
    let known = errors.0.len();
    check_name(errors, &at("invoice_number"), &line.invoice_number, 60);
    if errors.0.len() == known {
        errors.take(&at("invoice_number"), check_number(&line.invoice_number));
    }
    let (number, day) = (line.corrects_number.as_deref(), line.corrects_date);
    errors.require_just_when(line.is_note(), number.is_some(), at("corrects_number"), FieldReason::NotesOnly);
    errors.require_just_when(line.is_note(), day.is_some(), at("corrects_date"), FieldReason::NotesOnly);
    if let Some(number) = number {
        errors.take(&at("corrects_number"), check_number(number));
    }
    errors.require(day.is_none_or(|day| day <= line.invoice_date), at("corrects_date"), FieldReason::AfterNote);
    let is_sale = component == Component::SalesLinkedIncentive;
    let supplier = line.supplier_gstin.as_deref();
    let issuer = supplier.and_then(|gstin| errors.take(&at("supplier_gstin"), parse_gstin(gstin)));
    if let Some(issuer) = &issuer {
        let is_own = pan_of(issuer) == pan_of(own_gstin);
        errors.require(is_own || !is_sale, at("supplier_gstin"), FieldReason::OwnGstin);
    }
    if let Some(buyer) = &line.buyer_gstin {
        errors.require(is_sale, at("buyer_gstin"), FieldReason::SalesOnly);
        errors.take(&at("buyer_gstin"), parse_gstin(buyer));
    }
    let Some(irn) = &line.irn else { return };
    let document = Document::of(component, line, own_gstin);
    let plain = normal(irn);
    if plain.len() != 64 || !plain.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        errors.add(at("irn"), FieldReason::Irn);
    } else if !is_sale && supplier.is_none() {
        errors.add(at("irn"), FieldReason::IrnWithoutGstin);
    } else if (is_sale || issuer.is_some()) && !document.has_irn(irn) {
        errors.add(at("irn"), FieldReason::IrnOfAnother);
    }
}

/// Reports lines without an IRN where the lines of their issuer show, for a financial year, the turnover from which
/// invoices are e-invoices. The turnover is that of the person, with all its GSTINs.
pub fn check_irns(
    errors: &mut FieldErrors,
    rules: &EInvoiceRules,
    component: Component,
    lines: &[ClaimLine],
    own_gstin: &str,
) {
    let turnover = rules.irn_from_turnover.paise();
    let issuer = |line: &ClaimLine| {
        let gstin = Document::of(component, line, own_gstin).issuer()?;
        Some((pan_of(&gstin).to_owned(), FinancialYear::containing(line.invoice_date)))
    };
    let mut sums: BTreeMap<(String, FinancialYear), i128> = BTreeMap::new();
    for line in lines {
        if let Some(key) = issuer(line) {
            *sums.entry(key).or_default() += i128::from(line.amount_paise.0);
        }
    }
    for (index, line) in lines.iter().enumerate().filter(|(_, line)| line.irn.is_none()) {
        let reached = issuer(line).and_then(|key| sums.get(&key)).is_some_and(|sum| *sum >= i128::from(turnover.0));
        errors.require(!reached, format!("/lines/{index}/irn"), FieldReason::IrnRequired { turnover });
    }
}

/// Finds a document that stands in an earlier line of the same claim.
#[derive(Default)]
pub struct SeenDocuments {
    documents: BTreeSet<String>,
    /// By name: how many there are, and whether the GSTIN of one of them is not stated.
    names: BTreeMap<String, (usize, bool)>,
}

/// So many suppliers of one name may have one number in a claim.
const NAMESAKES_MOST: usize = 20;

impl SeenDocuments {
    /// Adds a document; `false` if it was there.
    pub fn insert(&mut self, document: &Document<'_>) -> bool {
        let DocumentKeys { document: key, name, .. } = document.keys();
        let unnamed = document.supplier_gstin.is_none();
        let mut is_new = self.documents.insert(key);
        if !name.is_empty() {
            let (count, other) = self.names.get(&name).copied().unwrap_or_default();
            is_new &= count == 0 || (!other && !unnamed && count < NAMESAKES_MOST);
            self.names.insert(name, (count + 1, other || unnamed));
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::gstin::gstin_check_character;
    use crate::base::money::Paise;
    use proptest::prelude::*;

    const ISSUER: &str = "29AAFCC9980M1ZR";
    const OWN: &str = "27AAPFU0939F1ZV";

    fn line(number: &str, date: &str, party: &str, supplier: Option<&str>) -> ClaimLine {
        ClaimLine {
            invoice_number: number.to_owned(),
            invoice_date: date.parse().unwrap(),
            party: party.to_owned(),
            supplier_gstin: supplier.map(str::to_owned),
            buyer_gstin: None,
            irn: None,
            document_type: DocumentType::Invoice,
            corrects_number: None,
            corrects_date: None,
            quantity_kg: 0,
            amount_paise: Paise(1),
            facts: Vec::new(),
        }
    }

    fn keys(component: Component, line: &ClaimLine) -> DocumentKeys {
        Document::of(component, line, OWN).keys()
    }

    fn faults(component: Component, line: &ClaimLine) -> Vec<(String, FieldReason)> {
        let mut errors = FieldErrors::new();
        check_document(&mut errors, str::to_owned, component, line, OWN);
        errors.0.into_iter().map(|error| (error.pointer, error.reason)).collect()
    }

    const BOUGHT: Component = Component::CapitalSubsidy;
    const SOLD: Component = Component::SalesLinkedIncentive;
    /// The worked example of the rule.
    const IRN: &str = "23f498ee41441ecad30f72ba5b9907506c3df70a17b0e0dff46b76a786400662";

    #[test]
    fn the_irn_of_the_worked_example_is_computed() {
        let year = "2019-20".parse().unwrap();
        assert_eq!(irn_of(ISSUER, year, DocumentType::Invoice, "2019-20/KA/1"), IRN);
        let mut stated = line("2019-20/ka/1", "2020-03-31", "Sample Works", Some(" 29aafcc9980m1zr"));
        stated.irn = Some(IRN.to_uppercase());
        assert_eq!(faults(BOUGHT, &stated), []);
        for (changed, reason) in [
            (ClaimLine { invoice_date: "2020-04-01".parse().unwrap(), ..stated.clone() }, FieldReason::IrnOfAnother),
            (ClaimLine { invoice_number: "2019-20/KA/2".into(), ..stated.clone() }, FieldReason::IrnOfAnother),
            (ClaimLine { supplier_gstin: Some(OWN.into()), ..stated.clone() }, FieldReason::IrnOfAnother),
            (ClaimLine { supplier_gstin: None, ..stated.clone() }, FieldReason::IrnWithoutGstin),
            (ClaimLine { irn: Some("23f4".into()), ..stated.clone() }, FieldReason::Irn),
        ] {
            assert_eq!(faults(BOUGHT, &changed), [("irn".to_owned(), reason)]);
        }
    }

    #[test]
    fn every_fault_of_a_line_is_named() {
        let mut wrong = line("1.23457E+15", "2026-06-01", "Sample Works", Some("29AAFCC9980M1ZX"));
        wrong.buyer_gstin = Some(OWN.to_owned());
        wrong.irn = Some("x".to_owned());
        let pointers: Vec<String> = faults(BOUGHT, &wrong).into_iter().map(|(pointer, _)| pointer).collect();
        assert_eq!(pointers, ["invoice_number", "supplier_gstin", "buyer_gstin", "irn"]);
        let other = line("S/1", "2026-06-01", "Sample Motors", Some(ISSUER));
        assert_eq!(faults(SOLD, &other), [("supplier_gstin".to_owned(), FieldReason::OwnGstin)]);
        let start = format!("29{}1Z", pan_of(OWN));
        let branch = format!("{start}{}", gstin_check_character(&start));
        assert_eq!(faults(SOLD, &line("S/1", "2026-06-01", "Sample Motors", Some(&branch))), []);
    }

    #[test]
    fn an_invoice_is_one_by_issuer_type_number_and_year() {
        let with = |number, date, party| keys(BOUGHT, &line(number, date, party, Some(ISSUER))).document;
        let one = with("SFW/101", "2026-04-01", "Sample Works");
        assert_eq!(one, "29AAFCC9980M1ZR|2026-27|INV|SFW/101");
        assert_eq!(with("sfw/１०१", "2027-03-31", "Any other name"), one);
        assert_ne!(with("SFW/101", "2027-04-01", "Sample Works"), one, "numbers start anew each year");
        assert_ne!(with("SFW/0101", "2026-04-01", "Sample Works"), one);
        let without = |party| keys(BOUGHT, &line("SFW/101", "2026-04-01", party, None));
        let same = without("Sample Furnace Works Pvt Ltd");
        assert_eq!(without("SAMPLE FURNACE WORKS (P) Ltd."), same);
        assert_eq!(same.document, same.name);
        assert_ne!(without("Sample Furnace Works Ltd"), same);
    }

    #[test]
    fn the_buyer_is_no_part_of_a_sale() {
        let sold = |party, date| keys(SOLD, &line("S/1", date, party, None));
        assert_eq!(sold("A", "2026-04-01"), sold("B", "2027-03-31"));
        assert_eq!(sold("A", "2026-04-01").document, "27AAPFU0939F1ZV|2026-27|INV|S/1");
        assert_eq!(keys(SOLD, &line("S/1", "2026-04-01", "A", Some(OWN))), sold("A", "2026-04-01"));
        assert_ne!(sold("A", "2026-04-01"), sold("A", "2027-04-01"));
    }

    #[test]
    fn leaving_out_the_gstin_makes_no_other_invoice() {
        let place = |supplier| line("S/1", "2026-04-01", "Sample Works", supplier);
        let (known, unknown, other) = (place(Some(ISSUER)), place(None), place(Some(OWN)));
        let seen = |lines: &[&ClaimLine]| {
            let mut seen = SeenDocuments::default();
            lines.iter().map(|line| seen.insert(&Document::of(BOUGHT, line, OWN))).collect::<Vec<_>>()
        };
        assert_eq!(seen(&[&known, &known]), [true, false]);
        assert_eq!(seen(&[&known, &unknown]), [true, false]);
        assert_eq!(seen(&[&unknown, &known]), [true, false]);
        assert_eq!(seen(&[&known, &other, &unknown]), [true, true, false], "two firms may have one name");
    }

    #[test]
    fn from_the_turnover_of_the_scheme_on_an_irn_is_required() {
        let figure = crate::scheme::scheme::MoneyFigure {
            rupees: 100,
            basis: crate::scheme::scheme::Basis::Official,
            source: "a rule".to_owned(),
        };
        let rules = EInvoiceRules { irn_from_turnover: figure };
        let start = format!("29{}1Z", pan_of(OWN));
        let branch = format!("{start}{}", gstin_check_character(&start));
        let of = |number: &str, date: &str, issuer: Option<&str>, rupees: i64| ClaimLine {
            amount_paise: Paise(rupees * 100),
            ..line(number, date, "Sample Works", issuer)
        };
        let missing = |component, lines: &[ClaimLine]| {
            let mut errors = FieldErrors::new();
            check_irns(&mut errors, &rules, component, lines, OWN);
            errors.0.into_iter().map(|error| error.pointer).collect::<Vec<_>>()
        };
        let mut lines = vec![
            of("A/1", "2026-06-01", Some(OWN), 60),
            of("A/2", "2026-06-01", Some(&branch), 40),
            of("A/3", "2027-06-01", Some(OWN), 99),
            of("A/4", "2026-06-01", None, 900),
            of("A/5", "2026-06-01", Some(ISSUER), 99),
        ];
        assert_eq!(missing(BOUGHT, &lines), ["/lines/0/irn", "/lines/1/irn"]);
        lines[0].irn = Some("stated".to_owned());
        assert_eq!(missing(BOUGHT, &lines), ["/lines/1/irn"]);
        assert_eq!(missing(SOLD, &[of("A/1", "2026-06-01", None, 100)]), ["/lines/0/irn"]);
    }

    proptest! {
        #[test]
        fn no_text_breaks_a_key_or_a_check(number in "\\PC{0,20}", party in "\\PC{0,20}", gstin in proptest::option::of("\\PC{0,16}"), irn in proptest::option::of("[0-9a-fA-F]{60,66}")) {
            let mut stated = line(&number, "2026-06-01", &party, gstin.as_deref());
            stated.irn = irn;
            for component in [BOUGHT, SOLD] {
                let _ = faults(component, &stated);
                prop_assert_eq!(keys(component, &stated), keys(component, &stated.clone()));
            }
        }

        #[test]
        fn an_irn_belongs_to_one_document(number in "[A-Z1-9][A-Z0-9/-]{0,14}", other in "[A-Z1-9][A-Z0-9/-]{0,14}") {
            let year = "2026-27".parse().unwrap();
            let mut stated = line(&number, "2026-06-01", "Sample Works", Some(ISSUER));
            stated.irn = Some(irn_of(ISSUER, year, DocumentType::Invoice, &other));
            let document = Document::of(BOUGHT, &stated, OWN);
            prop_assert_eq!(document.has_irn(stated.irn.as_deref().unwrap()), number == other);
        }
    }
}
