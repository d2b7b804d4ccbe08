//! Letters between office and company. These rows are only ever added.

use crate::db::engine::column::{Column, row};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::letters;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::evidence::EvidenceIds;
use domain::base::id::{EvidenceId, LetterId, OrganisationId, UserId};
use domain::base::record_reference::RecordReference;
use domain::correspondence::about::{About, AboutKind};
use domain::correspondence::letter::{Letter, LetterDirection};
use uuid::Uuid;

row! {
    LetterRow in letters for Letter {
        id: LetterId, number: String, direction: LetterDirection, on_paper: bool, about_kind: AboutKind, about_id: Uuid,
        organisation_id: OrganisationId, dated_on: NaiveDate, title: String, text: String,
        their_reference: Option<String>, reply_to_id: Option<LetterId>, answer_by: Option<NaiveDate>,
        documents: EvidenceIds, recorded_by: UserId, recorded_at: Timestamp,
    }
}

pub fn insert(tx: &mut WriteTx<'_>, letter: &Letter) -> Result<(), DbError> {
    row_statement::insert(tx, &LetterRow::of(letter))
}

pub fn find(tx: &mut ReadTx<'_>, id: LetterId) -> Result<Option<Letter>, DbError> {
    let row = letters::table.find(id.raw()).select(LetterRow::as_select()).get_result(tx.conn()?).optional()?;
    row.map(LetterRow::record).transpose()
}

/// The letter that somebody names.
pub fn named(tx: &mut ReadTx<'_>, of: &RecordReference<LetterId>) -> Result<Option<Letter>, DbError> {
    let query = letters::table.select(LetterRow::as_select()).into_boxed();
    let query = match of {
        RecordReference::Id(id) => query.filter(letters::id.eq(id.raw())),
        RecordReference::Number(number) => query.filter(letters::number.eq(number.clone())),
    };
    query.get_result(tx.conn()?).optional()?.map(LetterRow::record).transpose()
}

/// The letter that a letter replies to, and those that reply to it, in the order in which they were recorded: at most
/// `limit`.
pub fn beside(tx: &mut ReadTx<'_>, letter: &Letter, limit: i64) -> Result<Vec<Letter>, DbError> {
    let earlier = letter.reply_to_id.map(|id| id.raw()).unwrap_or_default();
    let query = letters::table
        .filter(letters::reply_to_id.eq(letter.id.raw()).or(letters::id.eq(earlier)))
        .order(letters::id)
        .limit(limit);
    query.select(LetterRow::as_select()).load(tx.conn()?)?.into_iter().map(LetterRow::record).collect()
}

/// Whether a letter of the other side replies to a letter.
pub fn is_answered(tx: &mut ReadTx<'_>, letter: &Letter) -> Result<bool, DbError> {
    let answers = letters::table
        .filter(letters::reply_to_id.eq(letter.id.raw()))
        .filter(letters::direction.ne(letter.direction.raw()));
    let first: Option<String> = answers.select(letters::id).first(tx.conn()?).optional()?;
    Ok(first.is_some())
}

/// Selects letters.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection {
    pub about: Option<About>,
    pub direction: Option<LetterDirection>,
    /// Only letters to and from this company.
    pub only: Option<OrganisationId>,
    /// Only letters after this one in the order of ids.
    pub after: Option<LetterId>,
}

/// Letters of a selection in the order in which they were recorded, at most `limit`.
pub fn page(tx: &mut ReadTx<'_>, selection: Selection, limit: i64) -> Result<Vec<Letter>, DbError> {
    let mut query = letters::table.order(letters::id).select(LetterRow::as_select()).into_boxed();
    if let Some(about) = selection.about {
        query = query.filter(letters::about_kind.eq(about.kind.raw())).filter(letters::about_id.eq(about.id.raw()));
    }
    if let Some(direction) = selection.direction {
        query = query.filter(letters::direction.eq(direction.raw()));
    }
    if let Some(only) = selection.only {
        query = query.filter(letters::organisation_id.eq(only.raw()));
    }
    if let Some(after) = selection.after {
        query = query.filter(letters::id.gt(after.raw()));
    }
    query.limit(limit).load(tx.conn()?)?.into_iter().map(LetterRow::record).collect()
}

/// Letters about one record, the newest first: at most `limit` after the first `skipped`.
pub fn newest(tx: &mut ReadTx<'_>, about: About, skipped: i64, limit: i64) -> Result<Vec<Letter>, DbError> {
    let of_record =
        letters::table.filter(letters::about_kind.eq(about.kind.raw())).filter(letters::about_id.eq(about.id.raw()));
    let query = of_record.order(letters::id.desc()).offset(skipped).limit(limit);
    query.select(LetterRow::as_select()).load(tx.conn()?)?.into_iter().map(LetterRow::record).collect()
}

/// Ids and numbers of the letters about one record, the newest first.
pub fn numbers(tx: &mut ReadTx<'_>, about: About, limit: i64) -> Result<Vec<(LetterId, String)>, DbError> {
    let of_record =
        letters::table.filter(letters::about_kind.eq(about.kind.raw())).filter(letters::about_id.eq(about.id.raw()));
    let query = of_record.order(letters::id.desc()).limit(limit).select((letters::id, letters::number));
    let rows: Vec<(String, String)> = query.load(tx.conn()?)?;
    let corrupt = |why| DbError::Corrupt { table: "letters", column: "id", why };
    rows.into_iter().map(|(id, number)| Ok((LetterId::from_raw(id).map_err(corrupt)?, number))).collect()
}

/// Whether a file is attached to a letter to or from a company.
pub fn has_document(tx: &mut ReadTx<'_>, company: OrganisationId, file: EvidenceId) -> Result<bool, DbError> {
    // An id has digits and hyphens, and stands in quotation marks in the list.
    let of_company = letters::table.filter(letters::organisation_id.eq(company.raw()));
    let found = of_company.filter(letters::documents.like(format!("%\"{file}\"%"))).select(letters::id);
    let first: Option<String> = found.first(tx.conn()?).optional()?;
    Ok(first.is_some())
}
