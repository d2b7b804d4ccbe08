//! Notes of the note sheets. These rows are only ever added.

use crate::db::engine::column::{Column, row};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::notes;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::calendar::Timestamp;
use domain::base::evidence::EvidenceIds;
use domain::base::id::{EvidenceId, NoteId, UserId};
use domain::correspondence::about::{About, AboutKind};
use domain::correspondence::note::SheetNote;
use uuid::Uuid;

row! {
    NoteRow in notes for SheetNote {
        id: NoteId, about_kind: AboutKind, about_id: Uuid, number: i64, text: String, documents: EvidenceIds,
        written_by: UserId, written_at: Timestamp,
    }
}

pub fn insert(tx: &mut WriteTx<'_>, note: &SheetNote) -> Result<(), DbError> {
    row_statement::insert(tx, &NoteRow::of(note))
}

pub fn find(tx: &mut ReadTx<'_>, id: NoteId) -> Result<Option<SheetNote>, DbError> {
    let row = notes::table.find(id.raw()).select(NoteRow::as_select()).get_result(tx.conn()?).optional()?;
    row.map(NoteRow::record).transpose()
}

/// The number of the last note about a record; 0 if there is none.
pub fn last_number(tx: &mut ReadTx<'_>, about: About) -> Result<i64, DbError> {
    let of_record =
        notes::table.filter(notes::about_kind.eq(about.kind.raw())).filter(notes::about_id.eq(about.id.raw()));
    let last = of_record.order(notes::number.desc()).select(notes::number).first(tx.conn()?).optional()?;
    Ok(last.unwrap_or(0))
}

/// Notes in the order in which they were written, at most `limit`: all, or those about one record; after one of them.
pub fn page(
    tx: &mut ReadTx<'_>,
    about: Option<About>,
    after: Option<NoteId>,
    limit: i64,
) -> Result<Vec<SheetNote>, DbError> {
    let mut query = notes::table.order(notes::id).select(NoteRow::as_select()).into_boxed();
    if let Some(about) = about {
        query = query.filter(notes::about_kind.eq(about.kind.raw())).filter(notes::about_id.eq(about.id.raw()));
    }
    if let Some(after) = after {
        query = query.filter(notes::id.gt(after.raw()));
    }
    query.limit(limit).load(tx.conn()?)?.into_iter().map(NoteRow::record).collect()
}

/// Notes about one record, the newest first: at most `limit` after the first `skipped`.
pub fn newest(tx: &mut ReadTx<'_>, about: About, skipped: i64, limit: i64) -> Result<Vec<SheetNote>, DbError> {
    let of_record =
        notes::table.filter(notes::about_kind.eq(about.kind.raw())).filter(notes::about_id.eq(about.id.raw()));
    let query = of_record.order(notes::number.desc()).offset(skipped).limit(limit);
    query.select(NoteRow::as_select()).load(tx.conn()?)?.into_iter().map(NoteRow::record).collect()
}

/// Which of these files are attached to a note, in their order.
pub fn attached(tx: &mut ReadTx<'_>, files: &[EvidenceId]) -> Result<Vec<EvidenceId>, DbError> {
    let mut lists = notes::table.select(notes::documents).into_boxed();
    for file in files {
        // An id has digits and hyphens, and stands in quotation marks in the list.
        lists = lists.or_filter(notes::documents.like(format!("%\"{file}\"%")));
    }
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let lists: Vec<String> = lists.load(tx.conn()?)?;
    let is_in = |file: &EvidenceId| lists.iter().any(|list| list.contains(&format!("\"{file}\"")));
    Ok(files.iter().copied().filter(is_in).collect())
}
