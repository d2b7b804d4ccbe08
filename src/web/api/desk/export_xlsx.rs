//! A selection as a workbook: real dates and numbers, money in rupees grouped as in India, text as text and
//! never as a formula, and a last sheet that describes the file. A row goes to a nameless file on disk as soon
//! as the next one begins, so memory does not depend on the number of rows.

use crate::service::desk::selections::SelectionView;
use crate::service::running::row_writer::RowWriter;
use crate::web::api::desk::export_formats::{Export, FormatWriter};
use crate::web::edge::download::Spool;
use crate::web::edge::selection_rows::{RowsDigest, rupees, shown_name};
use chrono::{Datelike, NaiveDate};
use domain::base::calendar::Timestamp;
use domain::base::digest::hex;
use domain::base::money::Paise;
use domain::desk::selected_row::{Cell, SelectedRow};
use domain::desk::selection::{Field, Holds};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use std::io;
use std::ops::Range;
use std::path::Path;

/// The number of rows of a sheet, including its header.
const SHEET_ROWS: u32 = 1_048_576;
/// The longest text of a cell, in UTF-16 units.
const CELL_TEXT: usize = 32_767;
const CUT: &str = " … (cut: longer than a cell holds)";
/// A spreadsheet stores 15 digits of a number; a longer number is written as text.
const EXACT: u64 = 1_000_000_000_000_000;
/// The longest name of a sheet.
const NAME_LENGTH: usize = 31;

pub struct Xlsx {
    view: SelectionView,
    spool: Spool,
    workbook: Workbook,
    formats: Formats,
    sheet: usize,
    /// The number of the next row of the sheet.
    next: u32,
    sheet_rows: u32,
    /// One sum for each field; only fields of money are added.
    sums: Vec<i128>,
    digest: RowsDigest,
}

struct Formats {
    head: Format,
    day: Format,
    instant: Format,
    /// Number formats by the number of digits before the decimal point, the fewest first.
    money: Vec<Format>,
    numbers: Vec<Format>,
}

impl Formats {
    fn new() -> Formats {
        let made = |pattern: &str| Format::new().set_num_format(pattern);
        let grouped = |paise: &str| {
            let pattern = |groups: usize| {
                let digits =
                    if groups == 0 { "#,##0".to_owned() } else { format!("{}##0", "##\\,".repeat(groups + 1)) };
                made(&format!("{digits}{paise};-{digits}{paise}"))
            };
            (0..6).map(pattern).collect::<Vec<Format>>()
        };
        Formats {
            head: Format::new().set_bold(),
            day: made("yyyy-mm-dd"),
            instant: made("yyyy-mm-dd hh:mm:ss.000"),
            money: grouped(".00"),
            numbers: grouped(""),
        }
    }
}

/// The format that groups a whole number as in India: one group of three, then groups of two.
fn of_size(formats: &[Format], whole: u64) -> Option<&Format> {
    let digits = whole.checked_ilog10().map_or(1, |log| log as usize + 1);
    formats.get(digits.saturating_sub(4) / 2).or(formats.last())
}

impl Xlsx {
    pub fn begin(view: SelectionView, spool: Spool, folder: &Path) -> io::Result<Xlsx> {
        Xlsx::with_sheets_of(SHEET_ROWS, view, spool, folder)
    }

    fn with_sheets_of(sheet_rows: u32, view: SelectionView, spool: Spool, folder: &Path) -> io::Result<Xlsx> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(folder).map_err(failure)?;
        let mut properties = DocProperties::new().set_title(view.selection.written()).set_author("magnet-scheme");
        // No present time is written: the same selection of the same log is the same file.
        let instant = view.known_at.map_or(0, Timestamp::seconds);
        properties = properties.set_creation_datetime(&ExcelDateTime::from_timestamp(instant).map_err(failure)?);
        workbook.set_properties(&properties);
        let subject = view.selection.subject;
        let (sums, digest) = (vec![0; subject.fields().len()], RowsDigest::new(subject));
        let formats = Formats::new();
        let mut xlsx = Xlsx { view, spool, workbook, formats, sheet: 0, next: 0, sheet_rows, sums, digest };
        xlsx.begin_sheet().map_err(failure)?;
        Ok(xlsx)
    }

    fn fields(&self) -> &'static [Field] {
        self.view.selection.subject.fields()
    }

    fn begin_sheet(&mut self) -> Result<(), XlsxError> {
        let (subject, fields) = (self.view.selection.subject.as_str(), self.fields());
        let ending = if self.sheet == 0 { String::new() } else { format!(" {}", self.sheet + 1) };
        let name: String = subject.chars().take(NAME_LENGTH - ending.len()).collect();
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(format!("{name}{ending}"))?.set_freeze_panes(1, 0)?;
        for (column, field) in (0..).zip(fields) {
            let name = shown_name(field);
            sheet.set_column_width(column, width(field, &name))?;
            sheet.write_string_with_format(0, column, name, &self.formats.head)?;
        }
        self.next = 1;
        Ok(())
    }

    fn end_sheet(&mut self) -> Result<(), XlsxError> {
        let last = u16::try_from(self.fields().len().saturating_sub(1)).unwrap_or(u16::MAX);
        self.workbook.worksheet_from_index(self.sheet)?.autofilter(0, 0, self.next - 1, last)?;
        Ok(())
    }

    fn write(&mut self, row: &SelectedRow) -> Result<(), XlsxError> {
        if self.next == self.sheet_rows {
            self.end_sheet()?;
            self.sheet += 1;
            self.begin_sheet()?;
        }
        let fields = self.fields();
        let sheet = self.workbook.worksheet_from_index(self.sheet)?;
        for (place, (field, cell)) in fields.iter().zip(row.cells()).enumerate() {
            let column = u16::try_from(place).unwrap_or(u16::MAX);
            write_cell(sheet, (self.next, column), &self.formats, field.holds, cell)?;
            if let (Holds::Paise, Cell::Number(paise), Some(sum)) = (field.holds, cell, self.sums.get_mut(place)) {
                *sum += i128::from(paise);
            }
        }
        self.next += 1;
        Ok(())
    }

    /// Writes the last sheet, which describes the file.
    fn about(&mut self, digest: &[u8; 32]) -> Result<(), XlsxError> {
        let subject = self.view.selection.subject;
        let mut lines = vec![("records of".to_owned(), subject.to_string())];
        if let Some((question, source)) = subject.question() {
            lines.push(("which are".to_owned(), question.to_owned()));
            lines.push(("because of".to_owned(), source.to_owned()));
        }
        lines.push(("query".to_owned(), self.view.selection.written()));
        lines.push(("as of".to_owned(), self.view.on.to_string()));
        if let Some(instant) = self.view.known_at {
            let entry = self.view.entry;
            lines.push(("known at".to_owned(), format!("{instant} (entry {entry} of the audit log)")));
        }
        lines.push(("records".to_owned(), self.digest.count().to_string()));
        for (field, sum) in self.fields().iter().zip(&self.sums).filter(|(field, _)| field.holds == Holds::Paise) {
            lines.push((format!("sum of {}", shown_name(field)), rupees(*sum)));
            let meaning =
                subject.meaning(field).map(|meaning| (format!("{} is", shown_name(field)), meaning.to_owned()));
            lines.extend(meaning);
        }
        lines.push(("SHA-256 of the records as NDJSON".to_owned(), hex(digest)));
        lines
            .push(("money".to_owned(), "rupees, exact to the paisa; ten lakh crore and more stand as text".to_owned()));
        lines.push(("instants".to_owned(), "UTC, cut to milliseconds".to_owned()));
        let sheet = self.workbook.add_worksheet();
        sheet.set_name("about")?.set_column_width(0, 34)?.set_column_width(1, 100)?;
        for (row, (name, value)) in (0..).zip(lines) {
            sheet.write_string_with_format(row, 0, name, &self.formats.head)?;
            sheet.write_string(row, 1, fitting(&value))?;
        }
        Ok(())
    }
}

impl RowWriter for Xlsx {
    fn row(&mut self, row: &SelectedRow) -> io::Result<()> {
        self.digest.add(row)?;
        self.write(row).map_err(failure)
    }
}

impl FormatWriter for Xlsx {
    fn end(mut self: Box<Self>) -> io::Result<Export> {
        let digest = self.digest.so_far();
        self.end_sheet().and_then(|()| self.about(&digest)).map_err(failure)?;
        let mut spool = self.spool;
        self.workbook.save_to_writer(&mut spool).map_err(failure)?;
        Ok(Export { file: spool.finish()?, rows_digest: Some(digest) })
    }
}

fn write_cell(
    sheet: &mut Worksheet,
    at: (u32, u16),
    formats: &Formats,
    holds: Holds,
    cell: Cell<'_>,
) -> Result<(), XlsxError> {
    let (row, column) = at;
    let money = holds == Holds::Paise;
    match cell {
        Cell::Missing => return Ok(()),
        Cell::Number(number) if holds != Holds::Text && number.unsigned_abs() < EXACT => {
            let written = if money { Paise(number).in_rupees() } else { number.to_string() };
            let (whole, formats) = match money {
                true => (number.unsigned_abs() / 100, &formats.money),
                false => (number.unsigned_abs(), &formats.numbers),
            };
            match (written.parse::<f64>(), of_size(formats, whole)) {
                (Ok(value), Some(format)) => sheet.write_number_with_format(row, column, value, format)?,
                _ => sheet.write_string(row, column, written)?,
            }
        }
        Cell::Number(number) if money => sheet.write_string(row, column, Paise(number).in_rupees())?,
        Cell::Number(number) => sheet.write_string(row, column, number.to_string())?,
        Cell::Text(text) => match (date_time(holds, text), holds) {
            (Some(instant), Holds::Instant) => {
                sheet.write_datetime_with_format(row, column, instant, &formats.instant)?
            }
            (Some(day), _) => sheet.write_datetime_with_format(row, column, day, &formats.day)?,
            (None, _) => sheet.write_string(row, column, fitting(text))?,
        },
    };
    Ok(())
}

/// A day or instant as spreadsheets store it; `None` if the text is not one, or is before 1900.
fn date_time(holds: Holds, text: &str) -> Option<ExcelDateTime> {
    let midnight = |day: NaiveDate| {
        let month = u8::try_from(day.month()).ok()?;
        let (year, day) = (u16::try_from(day.year()).ok()?, u8::try_from(day.day()).ok()?);
        ExcelDateTime::from_ymd(year, month, day).ok()
    };
    match holds {
        Holds::Day => midnight(text.parse().ok()?),
        Holds::Instant => {
            text.parse::<Timestamp>().ok()?;
            let (day, time) = text.split_once('T')?;
            let number = |range: Range<usize>| time.get(range)?.parse::<u16>().ok();
            let (hour, minute, second) = (number(0..2)?, number(3..5)?, number(6..8)?);
            let small = |number: u16| u8::try_from(number).ok();
            midnight(day.parse().ok()?)?.and_hms_milli(hour, small(minute)?, small(second)?, number(9..12)?).ok()
        }
        _ => None,
    }
}

/// Text that fits a cell; a longer text is cut and says so.
fn fitting(text: &str) -> String {
    let length = |text: &str| text.encode_utf16().count();
    if text.len() <= CELL_TEXT || length(text) <= CELL_TEXT {
        return text.to_owned();
    }
    let (mut kept, mut left) = (String::new(), CELL_TEXT - length(CUT));
    for character in text.chars() {
        let Some(rest) = left.checked_sub(character.len_utf16()) else { break };
        (left, _) = (rest, kept.push(character));
    }
    kept + CUT
}

fn width(field: &Field, name: &str) -> u32 {
    let usual = match field.holds {
        Holds::Text if field.name == "id" || field.name.ends_with("_id") => 38,
        Holds::Text if matches!(field.name, "beneficiary" | "applicant" | "payer" | "title" | "details") => 40,
        Holds::Text | Holds::Paise => 22,
        Holds::Instant => 24,
        Holds::Number | Holds::Day | Holds::Year => 12,
    };
    usual.max(u32::try_from(name.len()).unwrap_or(0) + 4)
}

/// An error of the disk (such as a full one) stays an error of the disk.
fn failure(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::desk::selection::{Selection, Subject};
    use std::io::{Cursor, Read};

    /// Makes a workbook of milestones with these titles and shares, in sheets of three rows; returns its parts.
    fn written(rows: &[(&str, i64)]) -> impl Fn(&str) -> Option<String> + use<> {
        let selection = Selection::parse(Subject::Milestones, []).unwrap();
        let known_at = "2026-05-01T06:30:00Z".parse().ok();
        let view = SelectionView { selection, on: NaiveDate::from_ymd_opt(2026, 5, 1).unwrap(), entry: 7, known_at };
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::open(folder.path()).unwrap();
        let mut xlsx = Box::new(Xlsx::with_sheets_of(3, view, spool, folder.path()).unwrap());
        for (title, share) in rows {
            let mut row = SelectedRow::default();
            for field in Subject::Milestones.fields() {
                row.push(match field.holds {
                    Holds::Day => Cell::Text("2026-05-01"),
                    Holds::Number => Cell::Number(*share),
                    _ => Cell::Text(title),
                });
            }
            xlsx.row(&row).unwrap();
        }
        let mut bytes = Vec::new();
        xlsx.end().unwrap().file.read_into(&mut bytes).unwrap();
        move |name| {
            let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
            let mut text = String::new();
            archive.by_name(name).ok()?.read_to_string(&mut text).unwrap();
            Some(text)
        }
    }

    #[test]
    fn a_full_sheet_goes_on_in_the_next() {
        let part = written(&[("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 5)]);
        let rows = |sheet: usize| part(&format!("xl/worksheets/sheet{sheet}.xml")).unwrap().matches("<row ").count();
        assert_eq!([rows(1), rows(2), rows(3)], [3, 3, 2], "the head stands on each");
        let book = part("xl/workbook.xml").unwrap();
        for name in ["\"milestones\"", "\"milestones 2\"", "\"milestones 3\"", "\"about\""] {
            assert!(book.contains(name), "{name} in {book}");
        }
        assert!(part("xl/worksheets/sheet2.xml").unwrap().contains("<autoFilter ref=\"A1:K3\""));
        assert_eq!(part("xl/worksheets/sheet5.xml"), None);
    }

    #[test]
    fn what_a_cell_cannot_hold_is_text_and_says_so() {
        let long = "चु".repeat(20_000);
        let part = written(&[(&long, 999_999_999_999_999), ("x", -1_000_000_000_000_000)]);
        let sheet = part("xl/worksheets/sheet1.xml").unwrap();
        assert!(sheet.contains(CUT) && !sheet.contains(&long));
        assert!(sheet.contains("<v>999999999999999</v>"));
        assert!(sheet.contains("<t>-1000000000000000</t>"), "not a number that a spreadsheet would round");
        assert!(long.starts_with(fitting(&long).strip_suffix(CUT).unwrap()));
        assert_eq!(fitting(&long).encode_utf16().count(), CELL_TEXT);
        assert_eq!(fitting(&"a".repeat(CELL_TEXT)).len(), CELL_TEXT);
    }

    #[test]
    fn amounts_are_grouped_as_in_india() {
        let formats = Formats::new();
        let pattern = |whole: u64| of_size(&formats.numbers, whole).unwrap();
        assert!(pattern(0) == pattern(99_999) && pattern(99_999) != pattern(1_00_000));
        assert!(pattern(1_00_000) == pattern(99_99_999) && pattern(99_99_999) != pattern(1_00_00_000));
        let part = written(&[("x", 1_00_000), ("y", 1_00_00_00_000)]);
        let styles = part("xl/styles.xml").unwrap();
        assert!(styles.contains("\"##\\,##\\,##0;-##\\,##\\,##0\""), "{styles}");
        assert!(styles.contains("\"##\\,##\\,##\\,##\\,##0;"), "{styles}");
    }
}
