//! Bank guarantees lodged for awards.

use crate::db::column::row;
use crate::db::connection::{ReadTx, WriteTx};
use crate::db::error::DbError;
use crate::db::schema::securities;
use crate::domain::award::Security;
use crate::domain::calendar::Timestamp;
use crate::domain::id::{AwardId, EvidenceId, SecurityId, UserId};
use crate::domain::money::Paise;
use chrono::NaiveDate;
use diesel::prelude::*;

row! {
    SecurityRow in securities for Security {
        id: SecurityId, award_id: AwardId, guarantee_number: String, bank: String, amount_paise: Paise,
        issued_on: NaiveDate, expires_on: NaiveDate, evidence_id: EvidenceId, lodged_by: UserId, lodged_at: Timestamp,
    }
}

pub fn insert(tx: &mut WriteTx<'_>, security: &Security) -> Result<(), DbError> {
    diesel::insert_into(securities::table).values(SecurityRow::of(security)).execute(tx.conn()?)?;
    Ok(())
}

pub fn of_award(tx: &mut ReadTx<'_>, award: AwardId) -> Result<Vec<Security>, DbError> {
    let rows = securities::table
        .filter(securities::award_id.eq(award.to_string()))
        .order(securities::id)
        .select(SecurityRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(SecurityRow::record).collect()
}

/// Whether this guarantee of this bank is lodged for any award.
pub fn exists(tx: &mut ReadTx<'_>, bank: &str, guarantee_number: &str) -> Result<bool, DbError> {
    let same =
        securities::table.filter(securities::bank.eq(bank)).filter(securities::guarantee_number.eq(guarantee_number));
    Ok(same.count().get_result::<i64>(tx.conn()?)? > 0)
}
