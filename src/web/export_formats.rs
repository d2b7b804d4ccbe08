//! The forms in which a selection is taken away. Each writes a row as it comes, so that a million
//! of them need no more memory than one.

use crate::domain::selected_row::{Cell, SelectedRow};
use crate::domain::selection::Subject;
use crate::service::selections::RowWriter;
use crate::web::download::Spool;
use crate::web::selection_rows::NamedRow;
use crate::words;
use std::io::{self, Write};

words! {
    /// The form of a download.
    pub enum ExportFormat {
        /// RFC 4180, for programs.
        Csv = "csv",
        /// The same for spreadsheets: with a byte order mark, and an apostrophe before text that a
        /// spreadsheet would take for a formula.
        CsvForSpreadsheets = "csv_for_spreadsheets",
        /// One JSON object a line.
        Ndjson = "ndjson",
        /// A JSON list.
        Json = "json",
    }
}

impl ExportFormat {
    pub fn content_type(self) -> &'static str {
        match self {
            ExportFormat::Csv | ExportFormat::CsvForSpreadsheets => "text/csv; charset=utf-8; header=present",
            ExportFormat::Ndjson => "application/x-ndjson",
            ExportFormat::Json => "application/json",
        }
    }

    pub fn ending(self) -> &'static str {
        match self {
            ExportFormat::Csv | ExportFormat::CsvForSpreadsheets => "csv",
            ExportFormat::Ndjson => "ndjson",
            ExportFormat::Json => "json",
        }
    }

    /// Begins a file of this form.
    pub fn begin(self, subject: Subject, spool: Spool) -> io::Result<Box<dyn FormatWriter>> {
        Ok(match self {
            ExportFormat::Csv => Box::new(Csv::begin(subject, spool, false)?),
            ExportFormat::CsvForSpreadsheets => Box::new(Csv::begin(subject, spool, true)?),
            ExportFormat::Ndjson => Box::new(Ndjson { subject, spool }),
            ExportFormat::Json => Box::new(Json::begin(subject, spool)?),
        })
    }
}

/// Writes rows, and the end of the file behind them.
pub trait FormatWriter: RowWriter {
    fn end(self: Box<Self>) -> io::Result<Spool>;
}

impl RowWriter for Box<dyn FormatWriter> {
    fn row(&mut self, row: &SelectedRow) -> io::Result<()> {
        (**self).row(row)
    }
}

fn names(subject: Subject) -> impl Iterator<Item = &'static str> + Clone {
    subject.fields().iter().map(|field| field.name)
}

struct Csv {
    writer: csv::Writer<Spool>,
    guarded: bool,
}

impl Csv {
    fn begin(subject: Subject, mut spool: Spool, guarded: bool) -> io::Result<Csv> {
        if guarded {
            spool.write_all("\u{feff}".as_bytes())?;
        }
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).buffer_capacity(1 << 16).from_writer(spool);
        writer.write_record(names(subject))?;
        Ok(Csv { writer, guarded })
    }
}

/// What a spreadsheet would take for a formula (OWASP, CSV injection).
fn looks_like_a_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

impl RowWriter for Csv {
    fn row(&mut self, row: &SelectedRow) -> io::Result<()> {
        let mut digits = itoa::Buffer::new();
        for cell in row.cells() {
            match cell {
                Cell::Missing => self.writer.write_field("")?,
                Cell::Number(number) => self.writer.write_field(digits.format(number))?,
                Cell::Text(text) if self.guarded && looks_like_a_formula(text) => {
                    self.writer.write_field(format!("'{text}"))?;
                }
                Cell::Text(text) => self.writer.write_field(text)?,
            }
        }
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }
}

impl FormatWriter for Csv {
    fn end(self: Box<Self>) -> io::Result<Spool> {
        self.writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
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
    fn end(self: Box<Self>) -> io::Result<Spool> {
        Ok(self.spool)
    }
}

struct Json {
    subject: Subject,
    spool: Spool,
    any: bool,
}

impl Json {
    fn begin(subject: Subject, mut spool: Spool) -> io::Result<Json> {
        spool.write_all(b"[")?;
        Ok(Json { subject, spool, any: false })
    }
}

impl RowWriter for Json {
    fn row(&mut self, row: &SelectedRow) -> io::Result<()> {
        let before: &[u8] = if std::mem::replace(&mut self.any, true) { b",\n" } else { b"\n" };
        self.spool.write_all(before)?;
        Ok(serde_json::to_writer(&mut self.spool, &NamedRow { names: names(self.subject), row })?)
    }
}

impl FormatWriter for Json {
    fn end(mut self: Box<Self>) -> io::Result<Spool> {
        self.spool.write_all(b"\n]\n")?;
        Ok(self.spool)
    }
}
