//! Samples of disbursements, their frozen populations, and the drawn items.

use crate::db::engine::column::{Column, row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::{disbursements, sample_draws, sample_items, samples};
use crate::db::engine::sets;
use crate::db::engine::sets::set_row;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::calendar::Timestamp;
use domain::base::id::{SampleId, UserId};
use domain::base::money::Paise;
use domain::desk::sample::{Sample, SampleFilter, SampleStatus};
use domain::desk::sampling::{DrawReason, DrawnItem, PopulationItem, SamplingMethod};

row! {
    SampleRow in samples for Sample {
        id: SampleId, number: String, purpose: String, method: SamplingMethod, sample_size: i64,
        always_from_paise: Option<Paise>, filter: SampleFilter, seed_digest: String, status: SampleStatus,
        committed_by: UserId, committed_at: Timestamp, population_count: Option<i64>,
        population_paise: Option<Paise>, population_digest: Option<String>, known_at: Option<i64>,
        frozen_by: Option<UserId>, frozen_at: Option<Timestamp>, seed: Option<String>, drawn_count: Option<i64>,
        draw_digest: Option<String>, drawn_by: Option<UserId>, drawn_at: Option<Timestamp>, version: i64,
    }
}

versioned!(samples, SampleRow, Sample, SampleId);

#[derive(Queryable, Selectable)]
#[diesel(table_name = sample_items)]
struct ItemRow {
    sample_id: String,
    position: i64,
    disbursement_id: String,
    number: String,
    amount_paise: i64,
}

set_row!(ItemRow in sample_items { sample_id, position, disbursement_id, number, amount_paise });

#[derive(Queryable, Selectable)]
#[diesel(table_name = sample_draws)]
struct DrawRow {
    sample_id: String,
    position: i64,
    disbursement_id: String,
    amount_paise: i64,
    reason: String,
    hits: i64,
}

set_row!(DrawRow in sample_draws { sample_id, position, disbursement_id, amount_paise, reason, hits });

/// Samples after one, in the order in which they were committed to, at most `limit`.
pub fn page(tx: &mut ReadTx<'_>, after: Option<SampleId>, limit: i64) -> Result<Vec<Sample>, DbError> {
    let mut query = samples::table.order(samples::id).select(SampleRow::as_select()).into_boxed();
    if let Some(after) = after {
        query = query.filter(samples::id.gt(after.raw()));
    }
    query.limit(limit).load(tx.conn()?)?.into_iter().map(SampleRow::record).collect()
}

/// Narrows a boxed query by each given value.
macro_rules! narrow {
    ($query:ident, $($value:expr => $column:ident $compare:ident),* $(,)?) => {
        $(if let Some(value) = $value {
            $query = $query.filter(disbursements::$column.$compare(Column::raw(value)));
        })*
    };
}

/// Succeeded disbursements that match a filter, in the order in which they were recorded, at most `limit`.
pub fn population(tx: &mut ReadTx<'_>, filter: &SampleFilter, limit: i64) -> Result<Vec<PopulationItem>, DbError> {
    let mut query = disbursements::table
        .filter(disbursements::status.eq("succeeded"))
        .order(disbursements::id)
        .select((disbursements::id, disbursements::number, disbursements::amount_paise))
        .into_boxed();
    narrow!(query,
        &filter.scheme_code => scheme_code eq,
        &filter.component => component eq,
        &filter.beneficiary_id => organisation_id eq,
        &filter.payment_year => payment_year eq,
        &filter.paid_from => paid_on ge,
        &filter.paid_to => paid_on le,
    );
    let rows: Vec<(String, String, i64)> = query.limit(limit).load(tx.conn()?)?;
    let item = |(position, (disbursement_id, number, paise)): (i64, (String, String, i64))| PopulationItem {
        position,
        disbursement_id,
        number,
        amount_paise: Paise(paise),
    };
    Ok((1..).zip(rows).map(item).collect())
}

/// Stores a frozen population.
pub fn insert_items(tx: &mut WriteTx<'_>, sample: SampleId, items: &[PopulationItem]) -> Result<(), DbError> {
    let row = |item: &PopulationItem| ItemRow {
        sample_id: sample.raw(),
        position: item.position,
        disbursement_id: item.disbursement_id.clone(),
        number: item.number.clone(),
        amount_paise: item.amount_paise.0,
    };
    sets::insert(tx, &items.iter().map(row).collect::<Vec<_>>())
}

/// Items of a population after a position, in order, at most `limit`.
pub fn items(tx: &mut ReadTx<'_>, sample: SampleId, after: i64, limit: i64) -> Result<Vec<PopulationItem>, DbError> {
    let query = sample_items::table
        .filter(sample_items::sample_id.eq(sample.raw()))
        .filter(sample_items::position.gt(after))
        .order(sample_items::position)
        .limit(limit);
    let rows: Vec<ItemRow> = query.select(ItemRow::as_select()).load(tx.conn()?)?;
    let item = |row: ItemRow| PopulationItem {
        position: row.position,
        disbursement_id: row.disbursement_id,
        number: row.number,
        amount_paise: Paise(row.amount_paise),
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Stores the drawn items.
pub fn insert_draws(tx: &mut WriteTx<'_>, sample: SampleId, drawn: &[DrawnItem]) -> Result<(), DbError> {
    let row = |item: &DrawnItem| DrawRow {
        sample_id: sample.raw(),
        position: item.position,
        disbursement_id: item.disbursement_id.clone(),
        amount_paise: item.amount_paise.0,
        reason: item.reason.to_string(),
        hits: item.hits,
    };
    sets::insert(tx, &drawn.iter().map(row).collect::<Vec<_>>())
}

/// The drawn items after a position, in the order of the population, at most `limit`.
pub fn draws(tx: &mut ReadTx<'_>, sample: SampleId, after: i64, limit: i64) -> Result<Vec<DrawnItem>, DbError> {
    let query = sample_draws::table
        .filter(sample_draws::sample_id.eq(sample.raw()))
        .filter(sample_draws::position.gt(after))
        .order(sample_draws::position)
        .limit(limit);
    let rows: Vec<DrawRow> = query.select(DrawRow::as_select()).load(tx.conn()?)?;
    let item = |row: DrawRow| {
        let reason = DrawReason::from_raw(row.reason);
        Ok::<_, DbError>(DrawnItem {
            position: row.position,
            disbursement_id: row.disbursement_id,
            amount_paise: Paise(row.amount_paise),
            reason: reason.map_err(|why| DbError::Corrupt { table: "sample_draws", column: "reason", why })?,
            hits: row.hits,
        })
    };
    rows.into_iter().map(item).collect()
}
