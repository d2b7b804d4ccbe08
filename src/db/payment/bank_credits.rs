//! Credits of the bank. These rows are only ever added.

use crate::db::engine::column::{Column, row};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::bank_credits;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::evidence::EvidenceIds;
use domain::base::id::{BankCreditId, UserId};
use domain::base::money::Paise;
use domain::payment::bank_credit::BankCredit;

row! {
    CreditRow in bank_credits for BankCredit {
        id: BankCreditId, utr: String, credited_on: NaiveDate, amount_paise: Paise, evidence: EvidenceIds,
        recorded_by: UserId, recorded_at: Timestamp,
    }
}

pub fn insert(tx: &mut WriteTx<'_>, credit: &BankCredit) -> Result<(), DbError> {
    row_statement::insert(tx, &CreditRow::of(credit))
}

pub fn find(tx: &mut ReadTx<'_>, id: BankCreditId) -> Result<Option<BankCredit>, DbError> {
    let row = bank_credits::table.find(id.raw()).select(CreditRow::as_select()).get_result(tx.conn()?).optional()?;
    row.map(CreditRow::record).transpose()
}

/// The newest credit with this reference.
pub fn of_utr(tx: &mut ReadTx<'_>, utr: &str) -> Result<Option<BankCredit>, DbError> {
    let query = bank_credits::table.filter(bank_credits::utr.eq(utr)).order(bank_credits::id.desc()).limit(1);
    query.select(CreditRow::as_select()).get_result(tx.conn()?).optional()?.map(CreditRow::record).transpose()
}

/// Credits before an id, or the newest credits; newest first.
pub fn page(tx: &mut ReadTx<'_>, before: Option<BankCreditId>, limit: i64) -> Result<Vec<BankCredit>, DbError> {
    let mut query = bank_credits::table.order(bank_credits::id.desc()).select(CreditRow::as_select()).into_boxed();
    if let Some(before) = before {
        query = query.filter(bank_credits::id.lt(before.raw()));
    }
    query.limit(limit).load(tx.conn()?)?.into_iter().map(CreditRow::record).collect()
}

/// How many credits there are.
pub fn count(tx: &mut ReadTx<'_>) -> Result<i64, DbError> {
    Ok(bank_credits::table.count().get_result(tx.conn()?)?)
}

/// The credits of a numbered page of a list, the newest first.
pub fn numbered_page(tx: &mut ReadTx<'_>, offset: i64, limit: i64) -> Result<Vec<BankCredit>, DbError> {
    let query = bank_credits::table.order(bank_credits::id.desc()).offset(offset).limit(limit);
    query.select(CreditRow::as_select()).load(tx.conn()?)?.into_iter().map(CreditRow::record).collect()
}
