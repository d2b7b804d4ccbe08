//! The proof of every row: which tables are proven by notes of their rows, the notes that writing leaves in the
//! transaction, and reading the rows of any table for their digests.

pub mod newest_digests;
pub mod proven_rows;
pub mod proven_tables;
pub mod searched_texts;
pub mod standing;
pub(in crate::db) mod written;
