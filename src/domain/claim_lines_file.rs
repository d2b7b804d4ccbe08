//! Reading the lines of a claim from a CSV file: `invoice_number, invoice_date, party, quantity_kg,
//! amount_paise`, named in the first record. What is not expected is refused, not skipped.

use crate::domain::claim::{ClaimLine, MOST_LINES};
use crate::domain::field::FieldErrors;

const COLUMNS: [&str; 5] = ["invoice_number", "invoice_date", "party", "quantity_kg", "amount_paise"];

/// The lines of a file, in its order.
pub fn read(text: &str) -> Result<Vec<ClaimLine>, FieldErrors> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let named = reader.headers().map(|names| names.iter().eq(COLUMNS)).unwrap_or(false);
    if !named {
        return Err(FieldErrors::one("", format!("the first record is {}", COLUMNS.join(","))));
    }
    let mut lines = Vec::new();
    let mut errors = FieldErrors::new();
    for (index, line) in reader.deserialize::<ClaimLine>().enumerate() {
        if index == MOST_LINES {
            errors.add("/lines", format!("1 to {MOST_LINES} lines"));
            break;
        }
        match line {
            Ok(line) => lines.push(line),
            Err(_) => errors.add(format!("/lines/{index}"), "expected text, a day, text, whole kilograms, whole paise"),
        }
    }
    errors.finish()?;
    Ok(lines)
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
