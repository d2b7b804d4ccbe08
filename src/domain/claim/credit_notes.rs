//! Credit and debit notes: documents that correct an invoice (CGST Act 2017, section 34). In a claim a note is a line
//! of its own, which names the invoice of another line; before the rules of the scheme count a line, its notes are
//! added to it. A credit note on a claim that is verified already makes its amount smaller, and what was paid beyond
//! that comes back.

use crate::base::evidence::EvidenceIds;
use crate::base::field::{FieldErrors, check_name};
use crate::base::field_reason::FieldReason;
use crate::base::gstin::parse_gstin;
use crate::base::id::EvidenceId;
use crate::base::money::{LARGEST_AMOUNT, Paise};
use crate::claim::claim::{ClaimLine, ClaimLineRecord};
use crate::claim::counted_lines::{CountedLine, LineFacts};
use crate::claim::document_number::normal_number;
use crate::claim::invoice_identity::{Document, DocumentType, SeenDocuments, check_document};
use crate::scheme::scheme::Component;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The most notes that are stated at once on a verified claim.
const MOST_NOTES: usize = 1_000;

/// Credit notes on a verified claim, as they are stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct CreditNotes(pub Vec<ClaimLine>);

/// The form by which a signatory states credit notes on a verified claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditNotesForm {
    /// Lines of the type `CRN`, with negative amounts; each names an invoice of the claim that was accepted.
    pub notes: Vec<ClaimLine>,
    pub evidence: Vec<EvidenceId>,
}

impl CreditNotesForm {
    pub fn files(&self) -> EvidenceIds {
        EvidenceIds(self.evidence.clone())
    }
}

/// Where the lines of a claim are, by number and day of their invoices.
type Places = BTreeMap<(String, NaiveDate), Vec<usize>>;

fn places<'a>(lines: impl Iterator<Item = &'a ClaimLine>) -> Places {
    let mut places = Places::new();
    for (place, line) in lines.enumerate().filter(|(_, line)| !line.is_note()) {
        places.entry((normal_number(&line.invoice_number), line.invoice_date)).or_default().push(place);
    }
    places
}

/// The place of the invoice that a note names: by its number and day, and by the GSTIN of its issuer where the note
/// states one. None if no line has it, or more than one.
fn corrected<'a>(note: &ClaimLine, places: &Places, line: impl Fn(usize) -> &'a ClaimLine) -> Option<usize> {
    let key = (normal_number(note.corrects_number.as_deref()?), note.corrects_date?);
    let issuer = |line: &ClaimLine| line.supplier_gstin.as_deref().map(|gstin| parse_gstin(gstin).ok());
    let same = |place: &&usize| note.supplier_gstin.is_none() || issuer(note) == issuer(line(**place));
    let mut found = places.get(&key)?.iter().filter(same);
    found.next().filter(|_| found.next().is_none()).copied()
}

/// Kilograms and amount of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    kg: i64,
    amount: i64,
}

impl Sums {
    fn of(line: &ClaimLine) -> Sums {
        Sums { kg: line.quantity_kg, amount: line.amount_paise.0 }
    }

    fn plus(self, other: Sums) -> Sums {
        Sums { kg: self.kg.saturating_add(other.kg), amount: self.amount.saturating_add(other.amount) }
    }

    /// The field in which more was taken back than there was.
    fn beyond(self) -> Option<&'static str> {
        if self.amount < 0 {
            return Some("amount_paise");
        }
        Some("quantity_kg").filter(|_| self.kg < 0)
    }
}

/// Reports notes that name no invoice of the claim, and credit notes beyond their invoice.
pub fn check_notes(errors: &mut FieldErrors, lines: &[ClaimLine]) {
    if !lines.iter().any(ClaimLine::is_note) {
        return;
    }
    let places = places(lines.iter());
    let mut sums: Vec<Sums> = lines.iter().map(Sums::of).collect();
    let mut notes: Vec<(usize, usize)> = Vec::new();
    for (index, note) in lines.iter().enumerate().filter(|(_, line)| line.is_note()) {
        match corrected(note, &places, |place| &lines[place]) {
            Some(place) => {
                sums[place] = sums[place].plus(Sums::of(note));
                notes.push((index, place));
            }
            None => errors.add(format!("/lines/{index}/corrects_number"), FieldReason::CorrectsNothing),
        }
    }
    for (index, place) in notes {
        let beyond = sums[place].beyond().filter(|_| lines[index].document_type == DocumentType::CreditNote);
        if let Some(field) = beyond {
            errors.add(format!("/lines/{index}/{field}"), FieldReason::CorrectsTooMuch);
        }
    }
}

/// Reports an amount or a quantity that a document of its type cannot have.
pub fn check_sums(errors: &mut FieldErrors, at: impl Fn(&str) -> String, line: &ClaimLine, is_sale: bool) {
    let kg = line.quantity_kg;
    match line.document_type {
        DocumentType::Invoice => {
            errors.require_amount(line.amount_paise, 1, at("amount_paise"), FieldReason::PositiveAmount);
            let quantity = if is_sale { kg >= 1 } else { kg == 0 };
            errors.require(quantity, at("quantity_kg"), FieldReason::KgOfSales);
        }
        DocumentType::DebitNote => {
            errors.require_amount(line.amount_paise, 1, at("amount_paise"), FieldReason::PositiveAmount);
            errors.require(if is_sale { kg >= 0 } else { kg == 0 }, at("quantity_kg"), FieldReason::KgOfNotes);
        }
        DocumentType::CreditNote => {
            let possible = (-LARGEST_AMOUNT.0..0).contains(&line.amount_paise.0);
            errors.require(possible, at("amount_paise"), FieldReason::NegativeAmount);
            errors.require(if is_sale { kg <= 0 } else { kg == 0 }, at("quantity_kg"), FieldReason::KgOfNotes);
        }
    }
}

/// The lines as the rules read them: each invoice with its notes, and no line for a note. The notes of an invoice that
/// is not among the lines fall with it.
pub fn net_facts<'a>(lines: &[&'a ClaimLineRecord]) -> Vec<LineFacts<'a>> {
    let mut facts: Vec<LineFacts<'a>> = lines.iter().map(|line| line.facts()).collect();
    if lines.iter().any(|line| line.stated.is_note()) {
        let places = places(lines.iter().map(|line| &line.stated));
        for note in lines.iter().filter(|line| line.stated.is_note()) {
            let Some(place) = corrected(&note.stated, &places, |place| &lines[place].stated) else { continue };
            let fact = &mut facts[place];
            let sums = Sums { kg: fact.quantity_kg, amount: fact.amount.0 }.plus(Sums::of(&note.stated));
            (fact.quantity_kg, fact.amount) = (sums.kg, Paise(sums.amount));
        }
        let mut notes = lines.iter().map(|line| line.stated.is_note());
        facts.retain(|_| !notes.next().unwrap_or(false));
        for fact in &mut facts {
            (fact.quantity_kg, fact.amount) = (fact.quantity_kg.max(0), fact.amount.max(Paise::ZERO));
        }
    }
    facts
}

/// What a note counts for by itself: nothing, because it is counted with its invoice.
pub fn counted_note(line: i64) -> CountedLine {
    CountedLine { line, counted_kg: 0, counted_amount_paise: Paise::ZERO, excluded: Vec::new() }
}

/// Kilograms and amount that a verified claim counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub kg: i64,
    pub amount: Paise,
}

/// What a verified claim counts for with further credit notes: of each invoice no more than is left of it. `before` is
/// what it counts for with the `earlier` notes. Refuses notes with every field that is not valid.
pub fn with_notes(
    form: &CreditNotesForm,
    component: Component,
    own_gstin: &str,
    lines: &[ClaimLineRecord],
    (before, earlier): (Counted, &[ClaimLine]),
    today: NaiveDate,
) -> Result<Counted, FieldErrors> {
    let mut errors = FieldErrors::new();
    errors.require(
        (1..=MOST_NOTES).contains(&form.notes.len()),
        "/notes",
        FieldReason::Between { least: 1, most: MOST_NOTES as i64, what: "lines" },
    );
    errors.require(
        (1..=50).contains(&form.evidence.len()),
        "/evidence",
        FieldReason::Between { least: 1, most: 50, what: "evidence files" },
    );
    let standing: Vec<&ClaimLineRecord> = lines.iter().filter(|line| line.stands()).collect();
    let places = places(standing.iter().map(|line| &line.stated));
    let invoice = |note: &ClaimLine| corrected(note, &places, |place| &standing[place].stated);
    let mut sums: Vec<Sums> = standing.iter().map(|line| Sums::of(&line.stated)).collect();
    let of_claim = standing.iter().map(|line| &line.stated).filter(|line| line.is_note());
    for note in of_claim.chain(earlier) {
        if let Some(place) = invoice(note) {
            sums[place] = sums[place].plus(Sums::of(note));
        }
    }
    let counted = |sums: &[Sums]| -> (i64, i64) {
        let of_line = |(line, left): (&&ClaimLineRecord, &Sums)| {
            let counted = line.counted.as_ref();
            let kg = counted.map_or(line.stated.quantity_kg, |counted| counted.counted_kg);
            let amount = counted.map_or(line.stated.amount_paise.0, |counted| counted.counted_amount_paise.0);
            (kg.min(left.kg).max(0), amount.min(left.amount).max(0))
        };
        let invoices = standing.iter().zip(sums).filter(|(line, _)| !line.stated.is_note());
        invoices.map(of_line).fold((0, 0), |(kg, amount), (more_kg, more)| (kg + more_kg, amount + more))
    };
    let (kg_then, amount_then) = counted(&sums);
    let mut seen = SeenDocuments::default();
    for line in lines.iter().map(|line| &line.stated).chain(earlier) {
        seen.insert(&Document::of(component, line, own_gstin));
    }
    for (index, note) in form.notes.iter().enumerate().take(MOST_NOTES) {
        let at = |field: &str| format!("/notes/{index}/{field}");
        let is_credit = note.document_type == DocumentType::CreditNote;
        errors.require(is_credit, at("document_type"), FieldReason::CreditNotesOnly);
        check_document(&mut errors, at, component, note, own_gstin);
        check_name(&mut errors, &at("party"), &note.party, 200);
        check_sums(&mut errors, at, note, component == Component::SalesLinkedIncentive);
        errors.require(note.invoice_date <= today, at("invoice_date"), FieldReason::InFuture);
        let first = seen.insert(&Document::of(component, note, own_gstin));
        errors.require(first, at("invoice_number"), FieldReason::InvoiceTwice);
        match invoice(note) {
            Some(place) => {
                sums[place] = sums[place].plus(Sums::of(note));
                if let Some(field) = sums[place].beyond() {
                    errors.add(at(field), FieldReason::CorrectsTooMuch);
                }
            }
            None => errors.add(at("corrects_number"), FieldReason::CorrectsNothing),
        }
    }
    errors.finish()?;
    let (kg, amount) = counted(&sums);
    let left = |before: i64, less: i64| before.saturating_sub(less).max(0);
    Ok(Counted { kg: left(before.kg, kg_then - kg), amount: Paise(left(before.amount.0, amount_then - amount)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OWN: &str = "27AAPFU0939F1ZV";

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn invoice(number: &str, kg: i64, amount: i64) -> ClaimLine {
        ClaimLine {
            document_type: DocumentType::Invoice,
            corrects_number: None,
            corrects_date: None,
            invoice_number: number.to_owned(),
            invoice_date: day("2026-06-01"),
            party: "Sample Motors".to_owned(),
            supplier_gstin: None,
            buyer_gstin: None,
            irn: None,
            quantity_kg: kg,
            amount_paise: Paise(amount),
            facts: Vec::new(),
        }
    }

    fn note(kind: DocumentType, number: &str, of: &str, kg: i64, amount: i64) -> ClaimLine {
        ClaimLine {
            document_type: kind,
            corrects_number: Some(of.to_owned()),
            corrects_date: Some(day("2026-06-01")),
            invoice_date: day("2026-06-20"),
            ..invoice(number, kg, amount)
        }
    }

    fn credit(number: &str, of: &str, kg: i64, amount: i64) -> ClaimLine {
        note(DocumentType::CreditNote, number, of, kg, amount)
    }

    fn faults(lines: &[ClaimLine]) -> Vec<(String, FieldReason)> {
        let mut errors = FieldErrors::new();
        check_notes(&mut errors, lines);
        for (index, line) in lines.iter().enumerate() {
            check_sums(&mut errors, |field| format!("/lines/{index}/{field}"), line, true);
        }
        errors.0.into_iter().map(|error| (error.pointer, error.reason)).collect()
    }

    fn net(lines: &[ClaimLine]) -> Vec<(i64, i64, i64)> {
        let records = ClaimLineRecord::numbered(lines.to_vec());
        let lines: Vec<&ClaimLineRecord> = records.iter().collect();
        net_facts(&lines).iter().map(|line| (line.line, line.quantity_kg, line.amount.0)).collect()
    }

    #[test]
    fn a_note_is_counted_with_the_invoice_that_it_names() {
        let debit = note(DocumentType::DebitNote, "D/1", "S/1", 0, 50);
        let lines = [credit("C/1", "s/１", -10, -100), invoice("S/1", 100, 1_000), invoice("S/2", 5, 50), debit];
        assert_eq!(faults(&lines), []);
        assert_eq!(net(&lines), [(2, 90, 950), (3, 5, 50)]);
        // Without its invoice, which was rejected, a note says nothing.
        assert_eq!(net(&[lines[0].clone(), lines[2].clone()]), [(2, 5, 50)]);
    }

    #[test]
    fn a_note_names_an_invoice_of_the_claim_and_corrects_no_more_than_it() {
        let one = invoice("S/1", 100, 1_000);
        let at = |index: usize, field: &str, reason| vec![(format!("/lines/{index}/{field}"), reason)];
        let with = |note: ClaimLine| faults(&[one.clone(), note]);
        assert_eq!(with(credit("C/1", "S/9", -1, -1)), at(1, "corrects_number", FieldReason::CorrectsNothing));
        assert_eq!(with(credit("C/1", "S/1", -1, -1_001)), at(1, "amount_paise", FieldReason::CorrectsTooMuch));
        assert_eq!(with(credit("C/1", "S/1", -101, -1)), at(1, "quantity_kg", FieldReason::CorrectsTooMuch));
        assert_eq!(with(credit("C/1", "S/1", -1, 1)), at(1, "amount_paise", FieldReason::NegativeAmount));
        assert_eq!(with(credit("C/1", "S/1", 1, -1)), at(1, "quantity_kg", FieldReason::KgOfNotes));
        let twice = [one.clone(), one.clone(), credit("C/1", "S/1", -1, -1)];
        assert_eq!(faults(&twice), at(2, "corrects_number", FieldReason::CorrectsNothing), "it names two lines");
    }

    fn verified(lines: &[(ClaimLine, i64, i64)]) -> Vec<ClaimLineRecord> {
        let mut records = ClaimLineRecord::numbered(lines.iter().map(|(line, ..)| line.clone()).collect());
        for (record, (_, kg, amount)) in records.iter_mut().zip(lines) {
            record.counted = Some(CountedLine {
                line: record.line,
                counted_kg: *kg,
                counted_amount_paise: Paise(*amount),
                excluded: Vec::new(),
            });
        }
        records
    }

    fn form(notes: &[ClaimLine]) -> CreditNotesForm {
        CreditNotesForm { notes: notes.to_vec(), evidence: vec![EvidenceId(uuid::Uuid::nil())] }
    }

    #[test]
    fn a_verified_claim_counts_of_each_invoice_no_more_than_is_left() {
        let lines = verified(&[(invoice("S/1", 100, 1_000), 60, 600), (invoice("S/2", 10, 100), 10, 100)]);
        let before = Counted { kg: 70, amount: Paise(700) };
        let left = |earlier: &[ClaimLine], before: Counted, notes: &[ClaimLine]| {
            let sales = Component::SalesLinkedIncentive;
            with_notes(&form(notes), sales, OWN, &lines, (before, earlier), day("2026-07-01"))
        };
        let counts = |kg, amount| Ok(Counted { kg, amount: Paise(amount) });
        // 40 kg did not count before, and these are the ones that came back.
        let first = credit("C/1", "S/1", -40, -400);
        assert_eq!(left(&[], before, std::slice::from_ref(&first)), counts(70, 700));
        let second = credit("C/2", "S/1", -10, -100);
        assert_eq!(left(std::slice::from_ref(&first), before, std::slice::from_ref(&second)), counts(60, 600));
        assert_eq!(left(&[], before, &[credit("C/3", "S/2", 0, -30)]), counts(70, 670));
        let again = left(std::slice::from_ref(&first), before, std::slice::from_ref(&first)).unwrap_err();
        assert_eq!((again.0.len(), again.0[0].pointer.as_str()), (1, "/notes/0/invoice_number"));
        let beyond = left(&[first], before, &[credit("C/4", "S/1", -61, -1)]).unwrap_err();
        assert_eq!(beyond.0[0].reason, FieldReason::CorrectsTooMuch);
        let wrong = left(&[], before, &[invoice("S/3", 1, 1)]).unwrap_err();
        assert!(wrong.0.iter().any(|error| error.reason == FieldReason::CreditNotesOnly), "{wrong:?}");
    }

    proptest! {
        #[test]
        fn notes_and_their_invoices_add_up(kg in 1_i64..1_000, amount in 1_i64..1_000_000, back in 0_i64..1_000, less in 1_i64..1_000_000) {
            let lines = [invoice("S/1", kg, amount), credit("C/1", "S/1", -back, -less)];
            let found = net(&lines);
            if faults(&lines).is_empty() {
                prop_assert_eq!(found, vec![(1, kg - back, amount - less)]);
            } else {
                prop_assert!(back > kg || less > amount);
            }
        }
    }
}
