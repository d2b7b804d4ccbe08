//! Returns of tranches to earlier desks. They are only ever added.

use crate::db::engine::column::{Column, read};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::tranche_returns;
use crate::db::engine::sets::set_row;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::money::Paise;
use domain::base::noting::{Noting, Reasons};
use domain::payment::tranche_return::{TrancheReturn, TrancheReturns};
use std::collections::BTreeMap;

#[derive(Queryable, Selectable)]
#[diesel(table_name = tranche_returns)]
struct ReturnRow {
    tranche_id: String,
    round: i64,
    from_desk: String,
    to_desk: String,
    reasons: String,
    note: String,
    amount_paise: i64,
    reversed_sanction: Option<String>,
    steps_before: i64,
    returned_by: String,
    returned_at: String,
}

set_row!(ReturnRow in tranche_returns {
    tranche_id, round, from_desk, to_desk, reasons, note, amount_paise, reversed_sanction, steps_before, returned_by,
    returned_at,
});

impl ReturnRow {
    fn of(tranche_id: &str, one: &TrancheReturn) -> ReturnRow {
        ReturnRow {
            tranche_id: tranche_id.to_owned(),
            round: one.round,
            from_desk: one.from.raw(),
            to_desk: one.to.raw(),
            reasons: one.reasons.raw().unwrap_or_default(),
            note: one.note.text().to_owned(),
            amount_paise: one.amount_paise.0,
            reversed_sanction: one.reversed_sanction.raw(),
            steps_before: one.steps_before,
            returned_by: one.returned_by.raw(),
            returned_at: one.returned_at.raw(),
        }
    }

    fn record(self) -> Result<TrancheReturn, DbError> {
        const TABLE: &str = "tranche_returns";
        Ok(TrancheReturn {
            round: self.round,
            from: read(TABLE, "from_desk", self.from_desk)?,
            to: read(TABLE, "to_desk", self.to_desk)?,
            reasons: Some(Reasons(self.reasons)),
            note: Noting::of(self.note),
            amount_paise: Paise(self.amount_paise),
            reversed_sanction: read(TABLE, "reversed_sanction", self.reversed_sanction)?,
            steps_before: self.steps_before,
            returned_by: read(TABLE, "returned_by", self.returned_by)?,
            returned_at: read(TABLE, "returned_at", self.returned_at)?,
        })
    }
}

/// Adds the returns that are not stored yet.
pub(super) fn add(tx: &mut WriteTx<'_>, id: &str, returns: &TrancheReturns) -> Result<(), DbError> {
    let stored: i64 =
        tranche_returns::table.filter(tranche_returns::tranche_id.eq(id)).count().get_result(tx.conn()?)?;
    for one in returns.0.iter().filter(|one| one.round > stored) {
        row_statement::insert(tx, &ReturnRow::of(id, one))?;
    }
    Ok(())
}

/// The returns of these tranches by the tranche's id, each list in order.
pub(super) fn of_tranches(tx: &mut ReadTx<'_>, ids: &[String]) -> Result<BTreeMap<String, TrancheReturns>, DbError> {
    let mut found: BTreeMap<String, TrancheReturns> = BTreeMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let rows: Vec<ReturnRow> = tranche_returns::table
        .filter(tranche_returns::tranche_id.eq_any(ids))
        .order((tranche_returns::tranche_id, tranche_returns::round))
        .select(ReturnRow::as_select())
        .load(tx.conn()?)?;
    for row in rows {
        found.entry(row.tranche_id.clone()).or_default().0.push(row.record()?);
    }
    Ok(found)
}
