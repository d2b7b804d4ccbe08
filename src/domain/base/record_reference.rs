//! How somebody names a record: by its id, or by its human number.

/// The id or the number of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordReference<I> {
    Id(I),
    Number(String),
}
