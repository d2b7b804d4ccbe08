//! The file formats in which a selection is downloaded. Each writes row by row, so that a million rows need no
//! more memory than a few.

use crate::service::desk::selections::SelectionView;
use crate::service::running::row_writer::RowWriter;
use crate::web::api::desk::export_journal::{Dialect, Journal};
use crate::web::api::desk::export_parquet::Parquet;
use crate::web::api::desk::export_xlsx::Xlsx;
use crate::web::edge::download::{Spool, Spooled};
use crate::web::edge::selection_rows::{NamedRow, RowsDigest};
use domain::base::field::{is_day_that_changes, is_number_that_changes, starts_a_formula};
use domain::desk::selected_row::{Cell, SelectedRow};
use domain::desk::selection::{Holds, Subject};
use domain::words;
use std::io::{self, Write};
use std::path::Path;

words! {
    /// The format of a download.
    pub enum ExportFormat {
        /// CSV as in RFC 4180, for programs.
        Csv = "csv",
        /// CSV for spreadsheets: with a byte order mark, and an apostrophe before text that a spreadsheet would
        /// interpret as a formula.
        CsvForSpreadsheets = "csv_for_spreadsheets",
        /// One JSON object per line.
        Ndjson = "ndjson",
        /// A JSON list.
        Json = "json",
        /// For analysts: typed columns, money as decimal rupees.
        Parquet = "parquet",
        /// For spreadsheets: real dates and numbers, and a sheet that states the query.
        Xlsx = "xlsx",
        /// Double entry in plain text, for hledger.
        Hledger = "hledger",
        /// Double entry in plain text, for ledger.
        Ledger = "ledger",
        /// Double entry in plain text, for beancount.
        Beancount = "beancount",
    }
}

impl ExportFormat {
    pub fn content_type(self) -> &'static str {
        match self {
            ExportFormat::Csv | ExportFormat::CsvForSpreadsheets => "text/csv; charset=utf-8; header=present",
            ExportFormat::Ndjson => "application/x-ndjson",
            ExportFormat::Json => "application/json",
            ExportFormat::Parquet => "application/vnd.apache.parquet",
            ExportFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ExportFormat::Hledger | ExportFormat::Ledger | ExportFormat::Beancount => "text/plain; charset=utf-8",
        }
    }

    pub fn ending(self) -> &'static str {
        match self {
            ExportFormat::Csv | ExportFormat::CsvForSpreadsheets => "csv",
            ExportFormat::Hledger => "journal",
            _ => self.as_str(),
        }
    }

    /// The dialect of a journal format; `None` for the other formats.
    fn dialect(self) -> Option<Dialect> {
        match self {
            ExportFormat::Hledger => Some(Dialect::Hledger),
            ExportFormat::Ledger => Some(Dialect::Ledger),
            ExportFormat::Beancount => Some(Dialect::Beancount),
            _ => None,
        }
    }

    /// Whether records of this kind can be written in this format.
    pub fn fits(self, subject: Subject) -> bool {
        self.dialect().is_none() || Journal::is_of(subject)
    }

    /// Begins a file of this format in a folder.
    pub fn begin(self, view: SelectionView, folder: &Path) -> io::Result<Box<dyn FormatWriter>> {
        let (subject, spool) = (view.selection.subject, Spool::open(folder)?);
        if let Some(dialect) = self.dialect() {
            return Ok(Box::new(Journal::begin(dialect, &view, spool)?));
        }
        Ok(match self {
            ExportFormat::CsvForSpreadsheets => Box::new(Csv::begin(subject, spool, true)?),
            ExportFormat::Ndjson => Box::new(Ndjson { subject, spool }),
            ExportFormat::Json => Box::new(Json::begin(subject, spool)?),
            ExportFormat::Parquet => Box::new(Parquet::begin(&view, spool)?),
            ExportFormat::Xlsx => Box::new(Xlsx::begin(view, spool, folder)?),
            _ => Box::new(Csv::begin(subject, spool, false)?),
        })
    }
}

/// A file that was written completely.
pub struct Export {
    pub file: Spooled,
    /// SHA-256 of the rows as NDJSON, the same for every format; `None` for CSV, which omits it to be fast.
    pub rows_digest: Option<[u8; 32]>,
}

/// Writes rows, and then the end of the file.
pub trait FormatWriter: RowWriter {
    fn end(self: Box<Self>) -> io::Result<Export>;
}

impl RowWriter for Box<dyn FormatWriter> {
    fn row(&mut self, row: &SelectedRow) -> io::Result<()> {
        (**self).row(row)
    }
}

fn names(subject: Subject) -> impl Iterator<Item = &'static str> + Clone {
    subject.fields().iter().map(|field| field.name)
}

/// An error of the disk (such as a full one) stays an error of the disk.
fn failure(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(cause) => cause,
        other => io::Error::other(format!("{other:?}")),
    }
}

struct Csv {
    writer: csv::Writer<Spool>,
    /// For a spreadsheet: which fields hold free text.
    guarded: Option<Vec<bool>>,
}

impl Csv {
    fn begin(subject: Subject, mut spool: Spool, guarded: bool) -> io::Result<Csv> {
        if guarded {
            spool.write_all("\u{feff}".as_bytes())?;
        }
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).buffer_capacity(1 << 16).from_writer(spool);
        writer.write_record(names(subject)).map_err(failure)?;
        let is_text = || subject.fields().iter().map(|field| field.holds == Holds::Text).collect();
        Ok(Csv { writer, guarded: guarded.then(is_text) })
    }
}

/// Whether a spreadsheet would show something else than this text.
fn is_changed_by_spreadsheets(text: &str) -> bool {
    starts_a_formula(text) || is_number_that_changes(text) || is_day_that_changes(text)
}

impl RowWriter for Csv {
    fn row(&mut self, row: &SelectedRow) -> io::Result<()> {
        let mut digits = itoa::Buffer::new();
        for (place, cell) in row.cells().enumerate() {
            let is_guarded = self.guarded.as_ref().is_some_and(|guarded| guarded.get(place) == Some(&true));
            match cell {
                Cell::Missing => self.writer.write_field("").map_err(failure)?,
                Cell::Number(number) => self.writer.write_field(digits.format(number)).map_err(failure)?,
                Cell::Text(text) if is_guarded && is_changed_by_spreadsheets(text) => {
                    self.writer.write_field(format!("'{text}")).map_err(failure)?;
                }
                Cell::Text(text) => self.writer.write_field(text).map_err(failure)?,
            }
        }
        self.writer.write_record(None::<&[u8]>).map_err(failure)
    }
}

impl FormatWriter for Csv {
    fn end(self: Box<Self>) -> io::Result<Export> {
        let spool = self.writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok(Export { file: spool.finish()?, rows_digest: None })
    }
}

struct Ndjson {
    subject: Subject,
    spool: Spool,
}

impl RowWriter for Ndjson {
    fn row(&mut self, row: &SelectedRow) -> io::Result<()> {
        serde_json::to_writer(&mut self.spool, &NamedRow { names: names(self.subject), row })?;
        self.spool.write_all(b"\n")
    }
}

impl FormatWriter for Ndjson {
    fn end(self: Box<Self>) -> io::Result<Export> {
        let file = self.spool.finish()?;
        Ok(Export { rows_digest: Some(file.digest()), file })
    }
}

struct Json {
    rows: RowsDigest,
    spool: Spool,
}

impl Json {
    fn begin(subject: Subject, mut spool: Spool) -> io::Result<Json> {
        spool.write_all(b"[")?;
        Ok(Json { rows: RowsDigest::new(subject), spool })
    }
}

impl RowWriter for Json {
    fn row(&mut self, row: &SelectedRow) -> io::Result<()> {
        let before: &[u8] = if self.rows.count() > 0 { b",\n" } else { b"\n" };
        self.spool.write_all(before)?;
        let line = self.rows.add(row)?;
        self.spool.write_all(line.trim_ascii_end())
    }
}

impl FormatWriter for Json {
    fn end(mut self: Box<Self>) -> io::Result<Export> {
        self.spool.write_all(b"\n]\n")?;
        Ok(Export { file: self.spool.finish()?, rows_digest: Some(self.rows.so_far()) })
    }
}
