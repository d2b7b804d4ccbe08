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

/// The answers of the sample: number, status, UTR, day, amount and reason.
const ANSWERS: [[&str; 6]; 2] = [
    ["NDFEB/2028-29/PAY/0001", "Success", "SBINR52028040500001", "2028-04-05", "150000000.00", ""],
    ["NDFEB/2028-29/PAY/0002", "Failed", "", "", "3360000.00", "account closed"],
];
const TOTAL: &str = "153360000.00";

/// A small file.
pub fn sample(format: FileFormat) -> String {
    match format {
        FileFormat::Csv => {
            let lines: Vec<String> = ANSWERS.iter().map(|cells| format!("LIN,{}", cells.join(","))).collect();
            format!("HDR,SAMPLE-1,,2,{TOTAL}\n{}\nTRL,2,{TOTAL}\n", lines.join("\n"))
        }
        FileFormat::Xml => {
            let header = [HEADER[0], HEADER[3], HEADER[4]].into_iter().zip(["SAMPLE-1", "2", TOTAL]);
            let header: String = header.map(|(name, text)| element(name, text)).collect();
            let answer = |cells: &[&str; 6]| {
                let given = LINE.iter().zip(cells).filter(|(_, text)| !text.is_empty());
                let fields: String = given.map(|(name, text)| element(name, text)).collect();
                format!("  <TxInfAndSts>\n{fields}  </TxInfAndSts>\n")
            };
            let answers: String = ANSWERS.iter().map(answer).collect();
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
        let csv = read(FileFormat::Csv, &sample(FileFormat::Csv)).and_then(ReadReturn::check).unwrap();
        let xml = read_scroll(FileFormat::Xml, &sample(FileFormat::Xml)).and_then(ReadReturn::check).unwrap();
        assert_eq!(csv, xml);
        assert_eq!(csv.lines.len(), 2);
    }

    #[test]
    fn the_columns_are_those_that_the_reader_reads() {
        for (begins, columns) in RECORDS {
            let text = sample(FileFormat::Csv);
            let record = text.lines().find(|line| line.starts_with(begins)).unwrap();
            // The account is a column of scrolls alone.
            let given = columns.iter().filter(|column| **column != "account").count();
            assert_eq!(record.split(',').count(), given + 1, "{begins}");
            assert!(columns.iter().all(|column| ELEMENTS.iter().any(|(known, _)| known == column)), "{begins}");
        }
    }
}
