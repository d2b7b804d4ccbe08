//! Lines that could state an invoice which another line states already, although they do not have its identity. Such a
//! line is neither passed over nor refused: whoever verifies the claim accepts it with a reason, or rejects it.

use crate::base::calendar::FinancialYear;
use crate::base::folding::FirmName;
use crate::base::gstin::pan_of;
use crate::base::id::ClaimId;
use crate::base::money::Paise;
use crate::claim::document_number::named_year;
use crate::claim::invoice_identity::{Document, DocumentKeys, DocumentType};
use crate::scheme::scheme::Component;
use crate::words;
use chrono::NaiveDate;
use std::collections::BTreeMap;

words! {
    /// Why a line is marked.
    pub enum Likeness {
        /// The same document is claimed by a company outside the group.
        SameDocument = "same_document",
        /// The number could be the same, and the name too.
        SameNumber = "same_number",
        /// Amount and day are the same, and the name could be.
        SameAmountAndDay = "same_amount_and_day",
        /// The number names another financial year than its date.
        OtherYear = "other_year",
    }
}

/// The place of a line in a claim, as it is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinePlace {
    pub claim_id: ClaimId,
    /// The number of the claim.
    pub claim: String,
    pub line: i64,
}

/// A mark on a line: what it is like, and the line to which it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub line: i64,
    pub likeness: Likeness,
    /// None where the line itself is the reason.
    pub other: Option<LinePlace>,
}

/// A line as it is compared with another.
#[derive(Clone, Debug)]
pub struct LikeLine {
    pub keys: DocumentKeys,
    pub dated: NaiveDate,
    pub party: FirmName,
    /// The GSTIN of the issuer in normal form.
    pub issuer: Option<String>,
    pub amount: Paise,
    pub is_sale: bool,
    /// Whether its number names another year than its date.
    pub other_year: bool,
    /// A credit note is like nothing, because it takes money back. A debit note adds to an invoice, so it could be one.
    pub is_credit: bool,
}

impl LikeLine {
    pub fn of(document: &Document<'_>, amount: Paise) -> LikeLine {
        LikeLine {
            keys: document.keys(),
            dated: document.dated,
            party: FirmName::of(document.party),
            issuer: document.issuer(),
            amount,
            is_sale: document.component == Component::SalesLinkedIncentive,
            other_year: named_year(document.number, document.dated).is_some(),
            is_credit: document.kind == DocumentType::CreditNote,
        }
    }

    fn year(&self) -> FinancialYear {
        FinancialYear::containing(self.dated)
    }
}

/// How two lines of two companies stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    OneClaim,
    OneCompany,
    /// Two companies of one group.
    OneGroup,
    Strangers,
}

/// Whether two lines state one document: by its identity, or by the name of a supplier of whom either line states no
/// GSTIN.
pub fn is_same(line: &LikeLine, other: &LikeLine) -> bool {
    let same_name = !line.keys.name.is_empty() && line.keys.name == other.keys.name;
    line.keys.document == other.keys.document || (same_name && (line.issuer.is_none() || other.issuer.is_none()))
}

/// The claims of a company or its group that state the documents of these lines, by the number of the line.
pub fn elsewhere(lines: &[LikeLine], others: &[(LinePlace, Between, LikeLine)]) -> BTreeMap<i64, String> {
    let mut by_key: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, (_, _, other)) in others.iter().enumerate().filter(|(_, one)| one.1 != Between::Strangers) {
        by_key.entry(&other.keys.document).or_default().push(place);
        by_key.entry(&other.keys.name).or_default().push(place);
    }
    let claim = |line: &LikeLine| {
        let keys = [line.keys.document.as_str(), line.keys.name.as_str()];
        let mut places = keys
            .iter()
            .filter(|key| !key.is_empty())
            .filter_map(|key| by_key.get(key))
            .flatten()
            .filter_map(|place| others.get(*place));
        places.find(|(_, _, other)| is_same(line, other)).map(|(place, ..)| place.claim.clone())
    };
    (1_i64..).zip(lines).filter_map(|(number, line)| Some((number, claim(line)?))).collect()
}

/// Why a line could state the invoice of another one.
pub fn likeness(line: &LikeLine, other: &LikeLine, between: Between) -> Option<Likeness> {
    if line.is_sale != other.is_sale || line.is_credit || other.is_credit {
        return None;
    }
    let same = is_same(line, other);
    if between == Between::Strangers {
        return Some(Likeness::SameDocument).filter(|_| same && !line.is_sale);
    }
    if same {
        // It is refused, whatever anybody says of it.
        return None;
    }
    let number = line.keys.number == other.keys.number || line.keys.joined == other.keys.joined;
    let (amount, day) = (line.amount == other.amount, line.dated == other.dated);
    match line.is_sale {
        true => of_sales(line, other, between, (number, amount, day)),
        false => of_purchases(line, other, (number, amount, day)),
    }
}

/// Amounts differ by a hundredth at most.
fn is_near(one: Paise, other: Paise) -> bool {
    let (one, other) = (i128::from(one.0), i128::from(other.0));
    (one - other).abs() * 100 <= one.abs().max(other.abs())
}

/// A supplier is the same by its PAN, or could be by its name. One number of two suppliers with nearly one amount is
/// one invoice whoever is named and whatever its day.
fn of_purchases(line: &LikeLine, other: &LikeLine, (number, amount, day): (bool, bool, bool)) -> Option<Likeness> {
    if !(number || amount && day) {
        return None;
    }
    let one_firm = line.issuer.as_deref().zip(other.issuer.as_deref()).is_some_and(|(a, b)| pan_of(a) == pan_of(b));
    let may_be_one = one_firm || line.party.is_like(&other.party);
    if number && (may_be_one || is_near(line.amount, other.amount)) {
        return Some(Likeness::SameNumber);
    }
    Some(Likeness::SameAmountAndDay).filter(|_| amount && day && may_be_one)
}

/// Each company numbers its own sales, anew in each year. Equal lots go to one buyer on one day, so lines of one claim
/// are compared by their numbers alone.
fn of_sales(
    line: &LikeLine,
    other: &LikeLine,
    between: Between,
    (number, amount, day): (bool, bool, bool),
) -> Option<Likeness> {
    if number && between != Between::OneGroup && (line.year() == other.year() || amount) {
        return Some(Likeness::SameNumber);
    }
    let buyer = || line.party.is_like(&other.party);
    if number && day && buyer() {
        return Some(Likeness::SameNumber);
    }
    Some(Likeness::SameAmountAndDay).filter(|_| between != Between::OneClaim && amount && day && buyer())
}

/// So many lines of one number, or of one amount and day, are compared with a line. With more it is like them all.
const COMPARED_MOST: usize = 50;

/// Lines to compare with, by number and by amount and day.
#[derive(Default)]
struct Compared<'a> {
    by_number: BTreeMap<&'a str, Vec<usize>>,
    by_joined: BTreeMap<&'a str, Vec<usize>>,
    by_amount: BTreeMap<(NaiveDate, Paise), Vec<usize>>,
}

impl<'a> Compared<'a> {
    fn add(&mut self, place: usize, line: &'a LikeLine) {
        self.by_number.entry(&line.keys.number).or_default().push(place);
        self.by_joined.entry(&line.keys.joined).or_default().push(place);
        self.by_amount.entry((line.dated, line.amount)).or_default().push(place);
    }

    /// The first line of each set to which a line is like, as `found` says for the place of a line.
    fn marks(&self, line: &LikeLine, found: impl Fn(usize) -> Option<Likeness>) -> Vec<(usize, Likeness)> {
        let sets = [
            (self.by_number.get(line.keys.number.as_str()), Likeness::SameNumber),
            (self.by_joined.get(line.keys.joined.as_str()), Likeness::SameNumber),
            (self.by_amount.get(&(line.dated, line.amount)), Likeness::SameAmountAndDay),
        ];
        let mut marks: Vec<(usize, Likeness)> = Vec::new();
        for (places, likeness) in sets {
            let places = places.map(Vec::as_slice).unwrap_or_default();
            let first = places.iter().take(COMPARED_MOST).find_map(|place| Some((*place, found(*place)?)));
            let many = places.get(COMPARED_MOST).filter(|_| !line.is_credit).map(|place| (*place, likeness));
            let is_new = |(_, mark): &(usize, Likeness)| marks.iter().all(|(_, known)| known != mark);
            marks.extend(first.or(many.filter(|_| !line.is_sale)).filter(is_new));
        }
        marks
    }
}

/// The marks on the lines of a claim, numbered from 1: by the lines before them in the claim, by lines of other claims,
/// and by their own numbers.
pub fn marks(own: &LinePlace, lines: &[LikeLine], others: &[(LinePlace, Between, LikeLine)]) -> Vec<Mark> {
    let (mut before, mut elsewhere) = (Compared::default(), Compared::default());
    others.iter().enumerate().for_each(|(place, (_, _, other))| elsewhere.add(place, other));
    let mut marks = Vec::new();
    for (place, (number, line)) in (1_i64..).zip(lines).enumerate() {
        if line.other_year {
            marks.push(Mark { line: number, likeness: Likeness::OtherYear, other: None });
        }
        let in_claim = before.marks(line, |place| likeness(line, lines.get(place)?, Between::OneClaim));
        let place_of = |place: usize| LinePlace { line: place as i64 + 1, ..own.clone() };
        let mark = |likeness, other| Mark { line: number, likeness, other: Some(other) };
        marks.extend(in_claim.into_iter().map(|(place, likeness)| mark(likeness, place_of(place))));
        let in_others = elsewhere.marks(line, |place| {
            let (_, between, other) = others.get(place)?;
            likeness(line, other, *between)
        });
        let found =
            in_others.into_iter().filter_map(|(place, likeness)| Some(mark(likeness, others.get(place)?.0.clone())));
        marks.extend(found);
        before.add(place, line);
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::document_number::bare_number;
    use crate::claim::joined_number::joined_number;
    use uuid::Uuid;

    const ISSUER: &str = "29AAFCC9980M1ZR";
    const BRANCH: &str = "27AAFCC9980M1ZV";

    fn line(number: &str, day: &str, party: &str, issuer: Option<&str>, amount: i64) -> LikeLine {
        let dated: NaiveDate = day.parse().unwrap();
        let year = FinancialYear::containing(dated);
        LikeLine {
            keys: DocumentKeys {
                document: format!("{}|{year}|{number}", issuer.unwrap_or(party)),
                name: format!("{party}|{year}|{number}"),
                number: bare_number(number, dated),
                joined: joined_number(number, dated),
            },
            dated,
            party: FirmName::of(party),
            issuer: issuer.map(str::to_owned),
            amount: Paise(amount),
            is_sale: false,
            other_year: named_year(number, dated).is_some(),
            is_credit: false,
        }
    }

    fn found(one: &LikeLine, other: &LikeLine, between: Between) -> Option<&'static str> {
        let (there, back) = (likeness(one, other, between), likeness(other, one, between));
        assert_eq!(there, back, "it is the same both ways");
        there.map(Likeness::as_str)
    }

    #[test]
    fn a_purchase_is_like_another_by_number_or_by_amount_and_day() {
        let one = line("SFW/101", "2026-06-01", "Sample Furnace Works", Some(ISSUER), 100);
        let mine = |other: &LikeLine| found(&one, other, Between::OneCompany);
        assert_eq!(mine(&line("SFW-0101", "2026-07-01", "Any", Some(BRANCH), 5)), Some("same_number"));
        assert_eq!(mine(&line("SFW/101", "2025-06-01", "Sample Furnace Works Ltd", None, 5)), Some("same_number"));
        assert_eq!(mine(&line("X/9", "2026-06-01", "Sample Furnase Works", None, 100)), Some("same_amount_and_day"));
        assert_eq!(mine(&line("SFW/101", "2026-06-01", "Quite Another", None, 100)), Some("same_number"));
        assert_eq!(mine(&line("SFW/1O1", "2026-07-09", "Quite Another", None, 101)), Some("same_number"));
        for number in ["SFW/10-1", "SFW/26-27/1-01", "SFW2627101", "5FW/2026/l01"] {
            let other = line(number, "2026-07-09", "Sample Furnace Works", Some(ISSUER), 5);
            assert_eq!(mine(&other), Some("same_number"), "{number}");
        }
        for other in [
            line("SFW/102", "2026-06-02", "Sample Furnace Works", Some(ISSUER), 100),
            line("SFW/101", "2026-06-02", "Quite Another", None, 98),
            line("X/9", "2026-06-01", "Quite Another", None, 100),
        ] {
            assert_eq!(mine(&other), None, "{other:?}");
        }
    }

    #[test]
    fn strangers_are_compared_by_the_whole_identity_alone() {
        let one = line("SFW/101", "2026-06-01", "Sample Furnace Works", Some(ISSUER), 100);
        let theirs = |other: &LikeLine| found(&one, other, Between::Strangers);
        assert_eq!(theirs(&line("SFW/101", "2026-06-09", "Any", Some(ISSUER), 7)), Some("same_document"));
        assert_eq!(theirs(&line("SFW/101", "2026-06-09", "Sample Furnace Works", None, 7)), Some("same_document"));
        assert_eq!(theirs(&line("SFW-101", "2026-06-01", "Sample Furnace Works", Some(ISSUER), 100)), None);
    }

    #[test]
    fn a_sale_is_like_another_of_its_year_or_its_day() {
        let sale =
            |number, day, party, amount| LikeLine { is_sale: true, ..line(number, day, party, Some(ISSUER), amount) };
        let of_group =
            |party, day, amount| LikeLine { is_sale: true, ..line("S/1", day, party, Some("27AAPFU0939F1ZV"), amount) };
        let one = sale("S/1", "2026-06-01", "Sample Motors", 100);
        let cases = [
            (sale("S-01", "2026-06-09", "Sample Fans", 7), Between::OneClaim, Some("same_number")),
            (sale("S/1", "2027-06-01", "Sample Fans", 7), Between::OneCompany, None),
            (sale("S/1", "2027-06-01", "Sample Fans", 100), Between::OneCompany, Some("same_number")),
            (sale("S/2", "2026-06-01", "Sample Motors", 100), Between::OneClaim, None),
            (sale("S/2", "2026-06-01", "Sample Motors", 100), Between::OneCompany, Some("same_amount_and_day")),
            (of_group("SAMPLE MOTORS", "2026-06-01", 7), Between::OneGroup, Some("same_number")),
            (of_group("Sample Motors", "2026-06-02", 100), Between::OneGroup, None),
            (sale("S/1", "2026-06-01", "Sample Motors", 100), Between::Strangers, None),
        ];
        for (other, between, expected) in cases {
            assert_eq!(found(&one, &other, between), expected, "{other:?} {between:?}");
        }
        let bought = line("S/1", "2026-06-01", "Sample Motors", Some(ISSUER), 100);
        assert_eq!(found(&one, &bought, Between::OneCompany), None);
    }

    #[test]
    fn marks_name_the_first_line_that_is_like_another() {
        let own = LinePlace { claim_id: ClaimId(Uuid::nil()), claim: "CLM/2".to_owned(), line: 0 };
        let other = LinePlace { claim: "CLM/1".to_owned(), line: 7, ..own.clone() };
        let lines = [
            line("A/1", "2026-06-01", "Sample Works", None, 100),
            line("A-01", "2026-07-01", "Sample Works", None, 5),
            line("B/2025-26/9", "2026-06-01", "Other Firm", None, 8),
            line("C/1", "2026-06-01", "Sample Works", None, 100),
        ];
        let others = [(other, Between::OneCompany, line("B/9", "2026-08-01", "Other Firm", None, 70))];
        let told = |mark: Mark| (mark.line, mark.likeness.as_str(), mark.other.map(|other| (other.claim, other.line)));
        let found: Vec<_> = marks(&own, &lines, &others).into_iter().map(told).collect();
        let at = |claim: &str, line| Some((claim.to_owned(), line));
        assert_eq!(
            found,
            [
                (2, "same_number", at("CLM/2", 1)),
                (3, "other_year", None),
                (3, "same_number", at("CLM/1", 7)),
                (4, "same_amount_and_day", at("CLM/2", 1)),
            ]
        );
    }

    #[test]
    fn too_many_lines_to_compare_are_like_one_another() {
        let own = LinePlace { claim_id: ClaimId(Uuid::nil()), claim: "CLM/2".to_owned(), line: 0 };
        let name = |n: u32| char::from_u32(u32::from('A') + n).unwrap().to_string().repeat(9);
        let lines: Vec<LikeLine> =
            (0..55).map(|n| line(&format!("N{n}X"), "2026-06-01", &name(n), None, 100)).collect();
        let marked: Vec<i64> = marks(&own, &lines, &[]).into_iter().map(|mark| mark.line).collect();
        assert!(marked.ends_with(&[52, 53, 54, 55]), "{marked:?}");
    }
}
