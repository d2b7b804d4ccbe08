//! Reads the lines of a claim from a CSV file: `invoice_number, invoice_date, party, quantity_kg,
//! amount_paise`, named in the first record. Unexpected content is refused, not skipped.

use crate::base::field::FieldErrors;
use crate::base::field_reason::FieldReason;
use crate::claim::claim::{ClaimLine, MOST_LINES};
use crate::scheme::fact::{FactValue, StatedFact};
use crate::scheme::rules::rule::is_code;
use csv::StringRecord;

const COLUMNS: [&str; 5] = ["invoice_number", "invoice_date", "party", "quantity_kg", "amount_paise"];

/// Reads the lines of a file, in its order.
pub fn read(text: &str) -> Result<Vec<ClaimLine>, FieldErrors> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().cloned().unwrap_or_default();
    if !names.iter().take(COLUMNS.len()).eq(COLUMNS) || !names.iter().all(is_code) {
        let expected = FieldReason::FirstRecord { columns: COLUMNS.join(",") };
        return Err(FieldErrors::one("", expected));
    }
    let fixed = StringRecord::from(COLUMNS.to_vec());
    let mut lines = Vec::new();
    let mut errors = FieldErrors::new();
    for (index, record) in reader.records().enumerate() {
        if index == MOST_LINES {
            errors.add("/lines", FieldReason::Between { least: 1, most: MOST_LINES as i64, what: "lines" });
            break;
        }
        let line = record.ok().and_then(|record| {
            let facts = facts_of(&names, &record)?;
            let stated: StringRecord = record.iter().take(COLUMNS.len()).collect();
            Some(ClaimLine { facts, ..stated.deserialize(Some(&fixed)).ok()? })
        });
        match line {
            Some(line) => lines.push(line),
            None => errors.add(format!("/lines/{index}"), FieldReason::LineCells),
        }
    }
    errors.finish()?;
    Ok(lines)
}

/// Reads the facts of the further columns; an empty cell states no fact.
fn facts_of(names: &StringRecord, record: &StringRecord) -> Option<Vec<StatedFact>> {
    let cells = names.iter().zip(record).skip(COLUMNS.len()).filter(|(_, cell)| !cell.is_empty());
    let fact = |(code, cell): (&str, &str)| {
        let value = match cell {
            "yes" => FactValue::YesNo(true),
            "no" => FactValue::YesNo(false),
            _ => cell.parse().map(FactValue::Number).or_else(|_| cell.parse().map(FactValue::Date)).ok()?,
        };
        Some(StatedFact { code: code.to_owned(), value, evidence_id: None })
    };
    cells.map(fact).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "invoice_number,invoice_date,party,quantity_kg,amount_paise\r\nS/1,2026-06-01,\"Sample, Motors\",1000,500000000\r\n";

    #[test]
    fn lines_are_read_by_their_names() {
        let lines = read(GOOD).unwrap();
        assert_eq!((lines.len(), &*lines[0].party, lines[0].quantity_kg), (1, "Sample, Motors", 1000));
        for wrong in [
            "",
            "S/1,2026-06-01,x,1,1",
            &*GOOD.replace("party", "payee"),
            &*GOOD.replace("2026-06-01", "01-06-2026"),
            &*GOOD.replace("500000000", "5000.00"),
            &*GOOD.replace(",1000,", ",,"),
            &*GOOD.replace("500000000", "500000000,more"),
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
