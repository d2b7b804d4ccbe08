//! What a return of the treasury or a scroll of the bank looks like, for whoever makes one: the columns of each record,
//! and a small file in either format. The reader itself takes these files, which a test shows.

use crate::payment::payment_advice::FileFormat;
use crate::payment::treasury_return_file::{HEADER, LINE, ROOT};

/// The records of a file in CSV: their first cell, and the columns after it.
pub const RECORDS: [(&str, &[&str]); 3] = [
    ("HDR", &["message_id", "advice_message_id", "count", "control_total"]),
    ("LIN", &["end_to_end_id", "status", "utr", "paid_on", "amount", "reason", "account"]),
    ("TRL", &["count", "control_total"]),
];

/// The elements of a file in XML that say the same as these columns, by column.
pub const ELEMENTS: [(&str, &str); 11] = [
    ("message_id", HEADER[0]),
    ("advice_message_id", HEADER[1]),
    ("count", HEADER[3]),
    ("control_total", HEADER[4]),
    ("end_to_end_id", LINE[0]),
    ("status", LINE[1]),
    ("utr", LINE[2]),
    ("paid_on", LINE[3]),
    ("amount", LINE[4]),
    ("reason", LINE[5]),
    ("account", LINE[6]),
];

/// The answers of the sample: number, status, UTR, day, amount, reason and account. Their numbers are none that a
/// payment can have: no year is written so.
const ANSWERS: [[&str; 7]; 2] = [
    ["SAMPLE/YYYY-YY/PAY/0001", "Success", "SAMPLEUTR0000001", "2028-04-05", "150000000.00", "", "000000000001"],
    ["SAMPLE/YYYY-YY/PAY/0002", "Failed", "", "", "3360000.00", "account closed", ""],
];
const TOTAL: &str = "153360000.00";

/// A small file: a return of the treasury, or a scroll of the bank, whose lines have the account as well.
pub fn sample(format: FileFormat, of_scroll: bool) -> String {
    let answers = ANSWERS.iter().map(|cells| if of_scroll { &cells[..] } else { &cells[..6] });
    match format {
        FileFormat::Csv => {
            let lines: Vec<String> = answers.map(|cells| format!("LIN,{}", cells.join(","))).collect();
            format!("HDR,SAMPLE-1,,2,{TOTAL}\n{}\nTRL,2,{TOTAL}\n", lines.join("\n"))
        }
        FileFormat::Xml => {
            let header = [HEADER[0], HEADER[3], HEADER[4]].into_iter().zip(["SAMPLE-1", "2", TOTAL]);
            let header: String = header.map(|(name, text)| element(name, text)).collect();
            let answer = |cells: &[&str]| {
                let given = LINE.iter().zip(cells).filter(|(_, text)| !text.is_empty());
                let fields: String = given.map(|(name, text)| element(name, text)).collect();
                format!("  <TxInfAndSts>\n{fields}  </TxInfAndSts>\n")
            };
            let answers: String = answers.map(answer).collect();
            format!("<{ROOT}>\n  <GrpHdr>\n{header}  </GrpHdr>\n{answers}</{ROOT}>\n")
        }
    }
}

fn element(name: &str, text: &str) -> String {
    format!("    <{name}>{text}</{name}>\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payment::treasury_return::ReadReturn;
    use crate::payment::treasury_return_file::{read, read_scroll};

    #[test]
    fn the_reader_takes_the_samples() {
        for of_scroll in [false, true] {
            let taken = |format| {
                let text = sample(format, of_scroll);
                let read = if of_scroll { read_scroll(format, &text) } else { read(format, &text) };
                read.and_then(ReadReturn::check).unwrap()
            };
            let (csv, xml) = (taken(FileFormat::Csv), taken(FileFormat::Xml));
            assert_eq!(csv, xml);
            assert_eq!(csv.lines.len(), 2);
            assert_eq!(csv.lines[0].account.is_some(), of_scroll);
            // It names no payment that there is or will be.
            assert!(csv.lines.iter().all(|line| line.end_to_end_id.starts_with("SAMPLE/YYYY-YY/")));
        }
    }

    #[test]
    fn the_columns_are_those_that_the_reader_reads() {
        for (begins, columns) in RECORDS {
            for of_scroll in [false, true] {
                let text = sample(FileFormat::Csv, of_scroll);
                let record = text.lines().find(|line| line.starts_with(begins)).unwrap();
                // The account is a column of scrolls alone.
                let given = columns.iter().filter(|column| of_scroll || **column != "account").count();
                assert_eq!(record.split(',').count(), given + 1, "{begins}");
            }
            assert!(columns.iter().all(|column| ELEMENTS.iter().any(|(known, _)| known == column)), "{begins}");
        }
    }
}
