//! The parser of treasury returns and scrolls in CSV: `HDR`, a `LIN` for each answer, and `TRL`. What stands in their
//! cells is described in `treasury_return_file.rs`.

use crate::base::field_reason::FieldReason;
use crate::base::reason::Reason;
use crate::payment::treasury_return::{BadReturn, MOST_LINES, ReadLine, ReadReturn};

/// Parses a file; lines of a scroll may have the account as one cell more.
pub(super) fn read_csv(text: &str, accounts: bool) -> Result<ReadReturn, BadReturn> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut read = ReadReturn::default();
    let (mut counted, mut line) = (0, 1);
    for (index, record) in reader.records().enumerate() {
        let position = match &record {
            Ok(record) => record.position(),
            Err(error) => error.position(),
        };
        // The reader's own count is one less after a line that ends with two characters.
        let begins = begins_at(text, position.map_or(0, csv::Position::byte)).max(counted);
        line += line_breaks(text.get(counted..begins).unwrap_or_default());
        counted = begins;
        read_record(&mut read, text, index, record, accounts).map_err(|bad| bad.on_line(line))?;
        if let Some(last) = read.lines.last_mut().filter(|last| last.begins_on == 0) {
            last.begins_on = line;
        }
    }
    match read.totals.len() {
        0 => Err(BadReturn::wrong("", FieldReason::FileEmpty)),
        1 => Err(BadReturn::truncated(Reason::TrailerMissing)),
        _ => Ok(read),
    }
}

/// Where the text of a record begins that is found from this byte on: behind line breaks and empty lines.
fn begins_at(text: &str, byte: u64) -> usize {
    let from = usize::try_from(byte).unwrap_or(text.len()).min(text.len());
    let rest = text.get(from..).unwrap_or_default();
    text.len() - rest.trim_start_matches(['\r', '\n']).len()
}

fn line_breaks(text: &str) -> u64 {
    text.bytes().filter(|byte| *byte == b'\n').count() as u64
}

/// Reads one record into what was read before it.
fn read_record(
    read: &mut ReadReturn,
    text: &str,
    index: usize,
    record: csv::Result<csv::StringRecord>,
    accounts: bool,
) -> Result<(), BadReturn> {
    let at = format!("/records/{index}");
    let record = record.map_err(|_| BadReturn::wrong(&at, FieldReason::NotCsv))?;
    let cells: Vec<&str> = record.iter().collect();
    match (cells.as_slice(), read.totals.len()) {
        (["HDR", message_id, advice, count, total], 0) => {
            read.message_id = (*message_id).to_owned();
            read.advice_message_id = Some((*advice).to_owned()).filter(|advice| !advice.is_empty());
            read.totals.push(((*count).to_owned(), (*total).to_owned()));
        }
        (["LIN", cells @ ..], 1) if cells.len() == 6 || (accounts && cells.len() == 7) => push(read, line_of(cells))?,
        (["TRL", count, total], 1) => {
            let trailer = ((*count).to_owned(), (*total).to_owned());
            if read.totals.first() != Some(&trailer) {
                return Err(BadReturn::truncated(Reason::TrailerDiffers));
            }
            read.totals.push(trailer);
        }
        (_, 0) => return Err(BadReturn::wrong(&at, FieldReason::HeaderFirst)),
        // This is the last record of a file that was cut off.
        (_, 1) if reader_is_at_end(text, &record) => return Err(BadReturn::truncated(Reason::EndsInRecord)),
        (_, 1) => return Err(BadReturn::wrong(&at, FieldReason::LineOrTrailer)),
        _ => return Err(BadReturn::wrong(&at, FieldReason::AfterTrailer)),
    }
    Ok(())
}

/// Reads the cells of a line after `LIN`.
fn line_of(cells: &[&str]) -> ReadLine {
    let cell = |index: usize| cells.get(index).copied().unwrap_or_default().to_owned();
    ReadLine {
        end_to_end_id: cell(0),
        status: cell(1),
        utr: cell(2),
        paid_on: cell(3),
        amount: cell(4),
        reason: cell(5),
        account: cell(6),
        begins_on: 0,
    }
}

/// Whether a record is the last one of a text that ends without a line break.
fn reader_is_at_end(text: &str, record: &csv::StringRecord) -> bool {
    let start = record.position().map_or(0, csv::Position::byte);
    let rest = usize::try_from(start).ok().and_then(|start| text.get(start..)).unwrap_or_default();
    !rest.trim_start_matches(['\r', '\n']).contains('\n')
}

/// Adds a line, up to the most that a file may have.
pub(super) fn push(read: &mut ReadReturn, line: ReadLine) -> Result<(), BadReturn> {
    if read.lines.len() >= MOST_LINES {
        return Err(BadReturn::wrong("/lines", FieldReason::AtMost { most: MOST_LINES as i64, what: "lines" }));
    }
    read.lines.push(line);
    Ok(())
}
