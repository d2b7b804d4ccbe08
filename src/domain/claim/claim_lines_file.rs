//! Reads the lines of a claim from a CSV file and writes them into one: `invoice_number, invoice_date, party,
//! quantity_kg, amount_paise`, named in the first record, and behind them in any order who issued the invoice
//! (`supplier_gstin, buyer_gstin, irn`), what a note corrects (`document_type,
//! corrects_number, corrects_date`) and the facts of the lines. Unexpected content is refused, not skipped.

use crate::base::field::{FieldErrors, parse_day};
use crate::base::field_reason::FieldReason;
use crate::base::line_count::LineCount;
use crate::claim::claim::{ClaimLine, MOST_LINES};
use crate::scheme::fact::{FactValue, StatedFact};
use crate::scheme::rules::rule::is_code;
use csv::StringRecord;
use std::collections::BTreeSet;

/// The column of the amounts, whose name ends with its unit.
pub const AMOUNT_COLUMN: &str = "amount_paise";
const COLUMNS: [&str; 5] = ["invoice_number", "invoice_date", "party", "quantity_kg", AMOUNT_COLUMN];
/// So many letters of a wrong cell are repeated.
const SHOWN_LETTERS: usize = 60;
/// The place of the day among them.
const DAY: usize = 1;
/// Columns behind them that a file may have. An empty cell states nothing.
const FURTHER: [&str; 6] =
    ["supplier_gstin", "buyer_gstin", "irn", "document_type", "corrects_number", "corrects_date"];

fn is_further(name: &str) -> bool {
    FURTHER.contains(&name)
}

/// The names and the cells of a record that are no facts. A further column that is empty is left out.
fn own_cells(names: &StringRecord, record: &StringRecord) -> (StringRecord, StringRecord) {
    let cells = names.iter().zip(record).enumerate();
    let own = cells.filter(|(place, (name, cell))| *place < COLUMNS.len() || (is_further(name) && !cell.is_empty()));
    own.map(|(_, pair)| pair).unzip()
}

/// What is wrong with the cells of a record that is no line: each by its column and with what stands there. A record of
/// which no cell can be named is told as a whole.
fn faults_of(names: &StringRecord, record: Option<&StringRecord>) -> Vec<(String, FieldReason)> {
    let whole = || vec![(String::new(), FieldReason::LineCells)];
    let Some(record) = record else { return whole() };
    let fault = |(name, cell): (&str, &str)| {
        let value = cell.chars().take(SHOWN_LETTERS).collect();
        let is_whole = cell.parse::<i64>().is_ok();
        match name {
            _ if cell.is_empty() => Some(FieldReason::Empty),
            "invoice_date" if parse_day(cell).is_err() => Some(FieldReason::CellDay { value }),
            "quantity_kg" if !is_whole => Some(FieldReason::CellKg { value }),
            AMOUNT_COLUMN if !is_whole => Some(FieldReason::CellPaise { value }),
            _ => None,
        }
    };
    let fixed = names.iter().zip(record).take(COLUMNS.len());
    let found: Vec<_> = fixed.filter_map(|cell| Some((format!("/{}", cell.0), fault(cell)?))).collect();
    if found.is_empty() { whole() } else { found }
}

/// Reads the lines of a file, in its order, each with the line of the file on which it stands, from 1.
pub fn read(text: &str) -> Result<Vec<(u64, ClaimLine)>, FieldErrors> {
    if text.starts_with("%PDF") || text.starts_with('{') || text.starts_with('<') {
        return Err(FieldErrors::one("", FieldReason::NoCsv));
    }
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let names = reader.headers().cloned().unwrap_or_default();
    let each_once = names.iter().collect::<BTreeSet<_>>().len() == names.len();
    if !names.iter().take(COLUMNS.len()).eq(COLUMNS) || !names.iter().all(is_code) || !each_once {
        let expected = FieldReason::FirstRecord { columns: COLUMNS.join(",") };
        return Err(FieldErrors::one("", expected));
    }
    let mut count = LineCount::of(text);
    let mut lines = Vec::new();
    let mut errors = FieldErrors::new();
    for (index, record) in reader.records().enumerate() {
        if index == MOST_LINES {
            errors.add("/lines", FieldReason::Between { least: 1, most: MOST_LINES as i64, what: "lines" });
            break;
        }
        let position = match &record {
            Ok(record) => record.position(),
            Err(error) => error.position(),
        };
        let (known, place) = (errors.0.len(), count.at(position));
        let record = record.ok();
        if let Some(record) = record.as_ref().filter(|record| record.len() != names.len()) {
            let (expected, found) = (names.len() as i64, record.len() as i64);
            errors.add(format!("/lines/{index}"), FieldReason::CellCount { expected, found });
            errors.stand_on(place, known);
            continue;
        }
        let line = record.as_ref().and_then(|record| {
            let facts = facts_of(&names, record)?;
            let (own, stated) = own_cells(&names, record);
            let line: ClaimLine = stated.deserialize(Some(&own)).ok()?;
            parse_day(stated.get(DAY)?).ok()?;
            Some(ClaimLine { facts, ..line })
        });
        match line {
            Some(line) => lines.push((place, line)),
            None => {
                for (cell, fault) in faults_of(&names, record.as_ref()) {
                    errors.add(format!("/lines/{index}{cell}"), fault);
                }
            }
        }
        errors.stand_on(place, known);
    }
    errors.finish()?;
    Ok(lines)
}

/// Reads the facts of the further columns; an empty cell states no fact.
fn facts_of(names: &StringRecord, record: &StringRecord) -> Option<Vec<StatedFact>> {
    let cells = names.iter().zip(record).skip(COLUMNS.len());
    let cells = cells.filter(|(name, cell)| !cell.is_empty() && !is_further(name));
    let fact = |(code, cell): (&str, &str)| {
        let value = match cell {
            "yes" => FactValue::YesNo(true),
            "no" => FactValue::YesNo(false),
            _ => {
                let number = cell.parse().map(FactValue::Number).ok();
                let day = || parse_day(cell).map(FactValue::Date).ok();
                number.or_else(day).or_else(|| cell.parse().map(FactValue::Word).ok())?
            }
        };
        Some(StatedFact { code: code.to_owned(), value, evidence_id: None })
    };
    cells.map(fact).collect()
}

/// Writes lines as such a file, from which [`read`] gives them back. The documents of facts are not in it.
pub fn write(lines: &[ClaimLine]) -> Result<String, csv::Error> {
    let facts = lines.iter().flat_map(|line| line.facts.iter().map(|fact| fact.code.as_str()));
    let codes: BTreeSet<&str> = facts.collect();
    let issued = |line: &ClaimLine, name: &str| line.issued().find(|(field, _)| *field == name).map(|(_, value)| value);
    let given = |name: &&str| lines.iter().any(|line| issued(line, name).is_some());
    let further: Vec<&str> = FURTHER.into_iter().filter(given).collect();
    let mut file = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let names = COLUMNS.into_iter().chain(further.iter().copied());
    file.write_record(names.chain(codes.iter().copied()))?;
    for line in lines {
        let fixed = [
            line.invoice_number.clone(),
            line.invoice_date.to_string(),
            line.party.clone(),
            line.quantity_kg.to_string(),
            line.amount_paise.0.to_string(),
        ];
        let stated = |code: &&str| line.facts.iter().find(|fact| fact.code == **code).map(cell).unwrap_or_default();
        let issued = further.iter().map(|name| issued(line, name).unwrap_or_default());
        file.write_record(fixed.into_iter().chain(issued).chain(codes.iter().map(stated)))?;
    }
    let bytes = file.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn cell(fact: &StatedFact) -> String {
    match &fact.value {
        FactValue::YesNo(true) => "yes".to_owned(),
        FactValue::YesNo(false) => "no".to_owned(),
        FactValue::Number(number) => number.to_string(),
        FactValue::Date(day) => day.to_string(),
        FactValue::Word(word) => word.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "invoice_number,invoice_date,party,quantity_kg,amount_paise\r\nS/1,2026-06-01,\"Sample, Motors\",1000,500000000\r\n";

    fn lines_of(text: &str) -> Vec<ClaimLine> {
        read(text).unwrap().into_iter().map(|(_, line)| line).collect()
    }

    #[test]
    fn lines_that_were_written_are_read_again() {
        let facts = GOOD.replace("amount_paise", "amount_paise,furnaces,in_india,moved_on");
        let facts = facts.trim_end().to_owned() + ",3,yes,2026-06-02\r\nS/2,2026-06-03,\"Works \"\"A\"\"\",0,1,,,\r\n";
        let issued = GOOD.replace("amount_paise", "amount_paise,irn,furnaces,supplier_gstin").trim_end().to_owned()
            + ",,3,27AAPFU0939F1ZV\r\nS/2,2026-06-03,Works,0,1,23f4,,\r\n";
        for text in [GOOD, &facts, &issued] {
            let lines = lines_of(text);
            assert_eq!(lines_of(&write(&lines).unwrap()), lines, "{text}");
        }
    }

    #[test]
    fn who_issued_an_invoice_stands_behind_the_fixed_columns_in_any_order() {
        let text = GOOD.replace("amount_paise", "amount_paise,irn,in_india,buyer_gstin,supplier_gstin");
        let lines = lines_of(&(text.trim_end().to_owned() + ",23f4,yes,,27AAPFU0939F1ZV\r\n"));
        let line = &lines[0];
        assert_eq!((line.irn.as_deref(), line.buyer_gstin.as_deref()), (Some("23f4"), None));
        assert_eq!((line.supplier_gstin.as_deref(), line.facts.len()), (Some("27AAPFU0939F1ZV"), 1));
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named_as_people_count() {
        assert_eq!(read(GOOD).unwrap()[0].0, 2);
        let wrong = GOOD.to_owned() + "S/2,2026-06-01,x,1,1\r\nS/3,today,x,1,1\r\n";
        assert_eq!(read(&wrong).unwrap_err().0.iter().map(|error| error.line).collect::<Vec<_>>(), [Some(4)]);
    }

    #[test]
    fn each_wrong_cell_is_named_with_what_stands_there() {
        let said = |text: &str| -> Vec<(String, String)> {
            let errors = read(text).unwrap_err().0;
            errors.into_iter().map(|error| (error.pointer, error.reason.to_string())).collect()
        };
        let wrong = GOOD.replace("2026-06-01", "01.06.2026").replace("500000000", "5000.00");
        let found = said(&wrong);
        assert_eq!(found[0].0, "/lines/0/invoice_date");
        assert_eq!(found[0].1, "“01.06.2026” is no day: write it like 2026-06-30");
        assert!(found[1].1.starts_with("“5000.00” is not in whole paise"), "{found:?}");
        assert_eq!(said(&GOOD.replace(",1000,", ",,"))[0].1, "must not be empty");
        let short = said(&(GOOD.to_owned() + "S/2,2026-06-01\r\n"));
        assert_eq!(short[0].1, "2 cells stand in this line and 5 columns are named in the first");
        assert!(said("%PDF-1.7\r\n1 0 obj")[0].1.starts_with("this is no CSV file"));
    }

    #[test]
    fn lines_are_read_by_their_names() {
        let lines = lines_of(GOOD);
        assert_eq!((lines.len(), &*lines[0].party, lines[0].quantity_kg), (1, "Sample, Motors", 1000));
        for wrong in [
            "",
            "S/1,2026-06-01,x,1,1",
            &*GOOD.replace("party", "payee"),
            &*GOOD.replace("2026-06-01", "01-06-2026"),
            &*GOOD.replace("500000000", "5000.00"),
            &*GOOD.replace(",1000,", ",,"),
            &*GOOD.replace("500000000", "500000000,more"),
            &*GOOD.replace("amount_paise", "amount_paise,irn,irn").replace("500000000", "500000000,,"),
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
