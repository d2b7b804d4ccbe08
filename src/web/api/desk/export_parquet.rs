//! A selection as Parquet: money as decimal rupees, days and instants with their types, text by dictionary.
//! Rows are collected until a row group is full and then written column by column, so memory is bounded by one
//! group whatever the size of the file.

use crate::service::desk::selections::SelectionView;
use crate::service::running::row_writer::RowWriter;
use crate::web::api::desk::export_formats::{Export, FormatWriter};
use crate::web::edge::download::Spool;
use crate::web::edge::selection_rows::{RowsDigest, shown_name};
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::digest::hex;
use domain::desk::selected_row::{Cell, SelectedRow};
use domain::desk::selection::{Field, Holds};
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};
use std::io;
use std::sync::Arc;

/// A row group is written when it has this many rows …
const GROUP_ROWS: usize = 8_192;
/// … or this much text.
const GROUP_TEXT_BYTES: usize = 4 << 20;
/// The largest number of digits of a decimal that is stored in 64 bits.
const DECIMAL_DIGITS: i32 = 18;

/// The values of a column that wait to be written.
enum Held {
    Numbers(Vec<i64>),
    Days(Vec<i32>),
    Text { bytes: Vec<u8>, ends: Vec<usize> },
}

struct Column {
    field: &'static Field,
    /// 1 where a row has a value, 0 where it has none.
    levels: Vec<i16>,
    held: Held,
}

pub struct Parquet {
    file: SerializedFileWriter<Spool>,
    columns: Vec<Column>,
    rows: usize,
    text_bytes: usize,
    digest: RowsDigest,
}

impl Parquet {
    pub fn begin(view: &SelectionView, spool: Spool) -> io::Result<Parquet> {
        let subject = view.selection.subject;
        let level = ZstdLevel::try_new(3).map_err(failure)?;
        let properties = WriterProperties::builder()
            .set_created_by("magnet-scheme".to_owned())
            .set_compression(Compression::ZSTD(level))
            .set_key_value_metadata(Some(vec![about("selection", view.selection.written())]))
            .build();
        let schema = schema(subject.as_str(), subject.fields()).map_err(failure)?;
        let file = SerializedFileWriter::new(spool, schema, Arc::new(properties)).map_err(failure)?;
        let columns = subject.fields().iter().map(Column::new).collect();
        Ok(Parquet { file, columns, rows: 0, text_bytes: 0, digest: RowsDigest::new(subject) })
    }

    /// Writes the collected rows as a row group.
    fn write_group(&mut self) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        for column in &mut self.columns {
            let Some(mut writer) = group.next_column()? else { break };
            column.write(&mut writer)?;
            writer.close()?;
        }
        group.close()?;
        (self.rows, self.text_bytes) = (0, 0);
        Ok(())
    }
}

impl RowWriter for Parquet {
    fn row(&mut self, row: &SelectedRow) -> io::Result<()> {
        self.digest.add(row)?;
        for (column, cell) in self.columns.iter_mut().zip(row.cells()) {
            self.text_bytes += column.push(cell)?;
        }
        self.rows += 1;
        if self.rows >= GROUP_ROWS || self.text_bytes >= GROUP_TEXT_BYTES {
            self.write_group().map_err(failure)?;
        }
        Ok(())
    }
}

impl FormatWriter for Parquet {
    fn end(mut self: Box<Self>) -> io::Result<Export> {
        if self.rows > 0 {
            self.write_group().map_err(failure)?;
        }
        let (rows, digest) = (self.digest.count(), self.digest.so_far());
        self.file.append_key_value_metadata(about("rows", rows.to_string()));
        self.file.append_key_value_metadata(about("rows_sha256", hex(&digest)));
        let spool = self.file.into_inner().map_err(failure)?;
        Ok(Export { file: spool.finish()?, rows_digest: Some(digest) })
    }
}

impl Column {
    fn new(field: &'static Field) -> Column {
        let held = match field.holds {
            Holds::Paise | Holds::Number | Holds::Instant => Held::Numbers(Vec::new()),
            Holds::Day => Held::Days(Vec::new()),
            Holds::Text | Holds::Year => Held::Text { bytes: Vec::new(), ends: Vec::new() },
        };
        Column { field, levels: Vec::new(), held }
    }

    /// Adds a cell; returns the length of its text in bytes.
    fn push(&mut self, cell: Cell<'_>) -> io::Result<usize> {
        let field = self.field;
        self.levels.push(i16::from(cell != Cell::Missing));
        match (&mut self.held, cell) {
            (_, Cell::Missing) => return Ok(0),
            (Held::Numbers(numbers), Cell::Number(number)) => numbers.push(number),
            (Held::Numbers(numbers), Cell::Text(text)) if self.field.holds == Holds::Instant => {
                numbers.push(text.parse::<Timestamp>().map_err(|_| misfit(field, text))?.micros());
            }
            (Held::Days(days), Cell::Text(text)) => {
                let day = text.parse::<NaiveDate>().map_err(|_| misfit(field, text))?;
                days.push(days_since_1970(day).ok_or_else(|| misfit(field, text))?);
            }
            (Held::Text { bytes, ends }, Cell::Text(text)) => {
                bytes.extend_from_slice(text.as_bytes());
                ends.push(bytes.len());
                return Ok(text.len());
            }
            (Held::Text { bytes, ends }, Cell::Number(number)) => {
                bytes.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
                ends.push(bytes.len());
            }
            (_, cell) => return Err(misfit(field, &format!("{cell:?}"))),
        }
        Ok(0)
    }

    /// Writes the collected values into the column of a row group, and clears them.
    fn write(&mut self, writer: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let levels = Some(self.levels.as_slice());
        match (&mut self.held, writer.untyped()) {
            (Held::Numbers(numbers), ColumnWriter::Int64ColumnWriter(writer)) => {
                writer.write_batch(numbers, levels, None)?;
                numbers.clear();
            }
            (Held::Days(days), ColumnWriter::Int32ColumnWriter(writer)) => {
                writer.write_batch(days, levels, None)?;
                days.clear();
            }
            (Held::Text { bytes, ends }, ColumnWriter::ByteArrayColumnWriter(writer)) => {
                let all = ByteArray::from(std::mem::take(bytes));
                let starts = std::iter::once(0).chain(ends.iter().copied());
                let texts: Vec<ByteArray> =
                    starts.zip(ends.iter()).map(|(start, end)| all.slice(start, end - start)).collect();
                writer.write_batch(&texts, levels, None)?;
                // The next group is about as long, so its buffer starts at this size.
                *bytes = Vec::with_capacity(all.len());
                ends.clear();
            }
            _ => return Err(ParquetError::General(format!("{} is of another kind", self.field.name))),
        }
        self.levels.clear();
        Ok(())
    }
}

fn misfit(field: &Field, found: &str) -> io::Error {
    io::Error::other(format!("{} holds {}, not {found}", field.name, field.holds))
}

fn days_since_1970(day: NaiveDate) -> Option<i32> {
    let first = NaiveDate::from_ymd_opt(1970, 1, 1)?;
    i32::try_from(day.signed_duration_since(first).num_days()).ok()
}

fn schema(name: &str, fields: &[Field]) -> Result<TypePtr, ParquetError> {
    let columns: Result<Vec<TypePtr>, ParquetError> =
        fields.iter().map(|field| column_type(field).map(Arc::new)).collect();
    Ok(Arc::new(Type::group_type_builder(name).with_fields(columns?).build()?))
}

/// Every column is nullable: auditors also look for rows that lack a value they should have.
fn column_type(field: &Field) -> Result<Type, ParquetError> {
    let name = shown_name(field);
    let (physical, logical) = match field.holds {
        Holds::Paise => (Physical::INT64, Some(LogicalType::decimal(2, DECIMAL_DIGITS))),
        Holds::Number => (Physical::INT64, None),
        Holds::Instant => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
        Holds::Day => (Physical::INT32, Some(LogicalType::Date)),
        Holds::Text | Holds::Year => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let column =
        Type::primitive_type_builder(&name, physical).with_repetition(Repetition::OPTIONAL).with_logical_type(logical);
    if field.holds == Holds::Paise {
        column.with_precision(DECIMAL_DIGITS).with_scale(2).build()
    } else {
        column.build()
    }
}

fn about(name: &str, value: String) -> KeyValue {
    KeyValue::new(format!("magnet_scheme.{name}"), value)
}

/// An error of the disk (such as a full one) stays an error of the disk.
fn failure(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(cause) => *cause,
            Err(cause) => io::Error::other(cause.to_string()),
        },
        other => io::Error::other(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::desk::selection::{Selection, Subject};
    use parquet::file::reader::{FileReader, SerializedFileReader};

    #[test]
    fn a_group_is_bounded_by_rows_and_by_text() {
        let details = "x".repeat(GROUP_TEXT_BYTES / 4);
        let groups = |rows: usize, details: &str| {
            let selection = Selection::parse(Subject::Acts, []).unwrap();
            let on = NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
            let view = SelectionView { selection, on, entry: 1, known_at: None };
            let folder = tempfile::tempdir().unwrap();
            let mut file = Box::new(Parquet::begin(&view, Spool::open(folder.path()).unwrap()).unwrap());
            for number in 0..rows {
                let mut row = SelectedRow::default();
                for field in Subject::Acts.fields() {
                    row.push(match (field.holds, field.name) {
                        (Holds::Number, _) => Cell::Number(number as i64),
                        (Holds::Instant, _) => Cell::Text("2026-05-01T06:30:00.000001Z"),
                        (_, "details") => Cell::Text(details),
                        (_, "code") => Cell::Missing,
                        _ => Cell::Text("text"),
                    });
                }
                file.row(&row).unwrap();
            }
            let mut bytes = Vec::new();
            file.end().unwrap().file.read_into(&mut bytes).unwrap();
            let file = SerializedFileReader::new(actix_web::web::Bytes::from(bytes)).unwrap();
            file.metadata().row_groups().iter().map(|group| group.num_rows()).collect::<Vec<i64>>()
        };
        assert_eq!(groups(GROUP_ROWS + 1, ""), [8_192, 1]);
        assert_eq!(groups(9, &details), [4, 4, 1]);
        assert_eq!(groups(0, ""), [0; 0]);
    }

    #[test]
    fn what_a_column_does_not_hold_is_no_file() {
        let field = Subject::Disbursements.field("paid_on").unwrap();
        assert!(Column::new(field).push(Cell::Text("2026-13-01")).is_err());
        assert!(Column::new(field).push(Cell::Number(1)).is_err());
        assert!(Column::new(field).push(Cell::Missing).is_ok());
        let field = Subject::Disbursements.field("amount_paise").unwrap();
        assert!(Column::new(field).push(Cell::Text("1.50")).is_err());
    }
}
