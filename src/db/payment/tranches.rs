//! Tranches and the steps people took on them. Steps are only ever added.

use crate::db::engine::column::versioned;
use crate::db::engine::connection::per_engine;
use crate::db::engine::error::DbError;
use crate::db::engine::notes::written;
use crate::db::engine::query::prelude::*;
use crate::db::engine::rows::{StepRow, TrancheRow};
use crate::db::engine::schema::{tranche_steps, tranches};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use crate::db::payment::tranche_returns;
use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::sql_types::Bool;
use domain::base::calendar::FinancialYear;
use domain::base::id::{ClaimId, OrganisationId, TrancheId, UserId};
use domain::base::permission::Step;
use domain::base::step::TrancheStep;
use domain::payment::tranche::{Tranche, TrancheStatus, TrancheSteps};
use domain::payment::tranche_return::TrancheReturns;
use domain::scheme::scheme::Component;

mod records {
    use super::*;
    versioned!(buffered rows tranches by put_tranche, TrancheRow, Tranche, TrancheId);
}

/// Stores a new tranche with the steps that led to it.
pub fn insert(tx: &mut WriteTx<'_>, tranche: &Tranche) -> Result<(), DbError> {
    records::insert(tx, tranche)?;
    add_steps(tx, tranche)
}

/// Stores the tranche as its next version, and the steps and returns it gained.
pub fn update(tx: &mut WriteTx<'_>, tranche: &mut Tranche) -> Result<(), DbError> {
    records::update(tx, tranche)?;
    add_steps(tx, tranche)?;
    if tranche.returned_times > 0 {
        tranche_returns::add(tx, &tranche.id.to_string(), &tranche.returns)?;
    }
    Ok(())
}

pub fn find(tx: &mut ReadTx<'_>, id: TrancheId) -> Result<Option<Tranche>, DbError> {
    let id = id.to_string();
    let Some(row) = records::row(tx, &id)? else { return Ok(None) };
    let steps = step_rows(tx, &id)?.into_iter().map(StepRow::record).collect::<Result<_, _>>()?;
    let returned = returned_ids(std::slice::from_ref(&row));
    let returns = tranche_returns::of_tranches(tx, &returned)?.remove(&id).unwrap_or_default();
    whole(row, steps, returns).map(Some)
}

/// The ids of those that were ever returned: only these have rows of returns.
fn returned_ids(rows: &[TrancheRow]) -> Vec<String> {
    rows.iter().filter(|row| row.returned_times > 0).map(|row| row.id.clone()).collect()
}

/// The tranche of a row, with its steps marked by its returns.
fn whole(row: TrancheRow, steps: Vec<TrancheStep>, returns: TrancheReturns) -> Result<Tranche, DbError> {
    let mut tranche = row.record(TrancheSteps(steps), returns)?;
    tranche.mark_fallen();
    Ok(tranche)
}

/// Adds the steps that are not stored yet.
fn add_steps(tx: &mut WriteTx<'_>, tranche: &Tranche) -> Result<(), DbError> {
    let id = tranche.id.to_string();
    let stored = step_rows(tx, &id)?.len();
    for (position, step) in (1_i64..).zip(&tranche.steps.0).skip(stored) {
        let row = StepRow {
            tranche_id: id.clone(),
            position,
            step: step.step.as_str().to_owned(),
            taken_by: step.taken_by.to_string(),
            taken_at: step.taken_at.to_string(),
            note: step.note.text().to_owned(),
        };
        written::written(tx, &row);
        tx.buffer().newest().tranche_steps.push(row);
    }
    Ok(())
}

/// The steps of one tranche in order: as stored, with those added in this transaction.
fn step_rows(tx: &mut ReadTx<'_>, id: &str) -> Result<Vec<StepRow>, DbError> {
    let stored = tx.stored_once(
        id.to_owned(),
        |cache| &mut cache.tranche_steps,
        |select, id| {
            let query = tranche_steps::table.filter(tranche_steps::tranche_id.eq(id)).order(tranche_steps::position);
            per_engine!(select.engine(), |conn| diesel::RunQueryDsl::load(query.select(StepRow::as_select()), conn))
        },
    )?;
    Ok(stored.merge(tx, |mut rows, savepoints| {
        let added = savepoints.flat_map(|savepoint| &savepoint.tranche_steps).filter(|row| row.tranche_id == id);
        rows.extend(added.cloned());
        rows.sort_by_key(|row: &StepRow| row.position);
        rows
    }))
}

/// Prefetches these tranches and their steps in two statements, for the commands of the batch.
pub(in crate::db) fn prefetch(tx: &mut WriteTx<'_>, ids: &[String]) -> Result<(), DbError> {
    let rows = tranches::table.filter(tranches::id.eq_any(ids)).select(TrancheRow::as_select());
    let steps = tranche_steps::table.filter(tranche_steps::tranche_id.eq_any(ids)).order(tranche_steps::position);
    let steps = steps.select(StepRow::as_select());
    let read = tx.stored(|select| Ok((select.load::<TrancheRow>(rows)?, select.load::<StepRow>(steps)?)))?;
    read.cache(tx, |(rows, steps), cache| {
        for row in rows {
            cache.tranche_steps.insert(row.id.clone(), Vec::new());
            cache.tranches.insert(row.id.clone(), Some(row));
        }
        for step in steps {
            cache.tranche_steps.entry(step.tranche_id.clone()).or_default().push(step);
        }
    });
    Ok(())
}

/// The steps of these tranches, each with the tranche's id, in order.
fn steps(tx: &mut ReadTx<'_>, ids: &[String]) -> Result<Vec<(String, TrancheStep)>, DbError> {
    let rows: Vec<StepRow> = tranche_steps::table
        .filter(tranche_steps::tranche_id.eq_any(ids))
        .order((tranche_steps::tranche_id, tranche_steps::position))
        .select(StepRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(|row| Ok((row.tranche_id.clone(), row.record()?))).collect()
}

/// Tranches of one claim, or all that a person may see, in the order of creation, with their steps.
pub fn list(
    tx: &mut ReadTx<'_>,
    claim: Option<ClaimId>,
    only: Option<OrganisationId>,
) -> Result<Vec<Tranche>, DbError> {
    let mut query = tranches::table.order(tranches::id).select(TrancheRow::as_select()).into_boxed();
    if let Some(claim) = claim {
        query = query.filter(tranches::claim_id.eq(claim.to_string()));
    }
    if let Some(id) = only {
        query = query.filter(tranches::organisation_id.eq(id.to_string()));
    }
    let rows = query.load(tx.conn()?)?;
    with_steps(tx, rows)
}

fn with_steps(tx: &mut ReadTx<'_>, rows: Vec<TrancheRow>) -> Result<Vec<Tranche>, DbError> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let mut steps = steps(tx, &ids)?;
    let mut returns = tranche_returns::of_tranches(tx, &returned_ids(&rows))?;
    let complete = |row: TrancheRow| {
        let own = steps.extract_if(.., |(of, _)| *of == row.id).map(|(_, step)| step).collect();
        let returned = returns.remove(&row.id).unwrap_or_default();
        whole(row, own, returned)
    };
    rows.into_iter().map(complete).collect()
}

/// Tranches after an id, in the order of ids, with their steps, at most `limit`.
pub fn after(tx: &mut ReadTx<'_>, id: &str, limit: i64) -> Result<Vec<Tranche>, DbError> {
    let query = tranches::table.filter(tranches::id.gt(id)).order(tranches::id).limit(limit);
    let rows = query.select(TrancheRow::as_select()).load(tx.conn()?)?;
    with_steps(tx, rows)
}

/// The tranches with these ids, in any order, with their steps.
pub fn of_ids(tx: &mut ReadTx<'_>, ids: &[String]) -> Result<Vec<Tranche>, DbError> {
    let rows = tranches::table.filter(tranches::id.eq_any(ids)).select(TrancheRow::as_select()).load(tx.conn()?)?;
    with_steps(tx, rows)
}

/// The tranches of these claims in the order of ids, with their steps.
pub fn of_claims(tx: &mut ReadTx<'_>, claims: &[String]) -> Result<Vec<Tranche>, DbError> {
    let query = tranches::table.filter(tranches::claim_id.eq_any(claims)).order(tranches::id);
    let rows = query.select(TrancheRow::as_select()).load(tx.conn()?)?;
    with_steps(tx, rows)
}

/// The first step that a person took on money that is held in this year's appropriation of the component; without a
/// year, on any money of the component.
pub fn step_by(
    tx: &mut ReadTx<'_>,
    user: UserId,
    scheme_code: &str,
    component: Component,
    year: Option<FinancialYear>,
) -> Result<Option<Step>, DbError> {
    let mut query = tranche_steps::table
        .inner_join(tranches::table.on(tranches::id.eq(tranche_steps::tranche_id)))
        .filter(tranche_steps::taken_by.eq(user.to_string()))
        .filter(tranches::scheme_code.eq(scheme_code))
        .filter(tranches::component.eq(component.as_str()))
        .order((tranche_steps::taken_at, tranche_steps::tranche_id, tranche_steps::position))
        .select(tranche_steps::step)
        .into_boxed();
    if let Some(year) = year {
        query = query.filter(tranches::held_in.eq(year.to_string()));
    }
    let step: Option<String> = query.first(tx.conn()?).optional()?;
    let parse =
        |text: String| text.parse().map_err(|why| DbError::Corrupt { table: "tranche_steps", column: "step", why });
    step.map(parse).transpose()
}

/// Tranches whose money is held past its last day, in the order of their ids.
pub fn due_holds(tx: &mut ReadTx<'_>, today: NaiveDate) -> Result<Vec<TrancheId>, DbError> {
    // The condition of the index `tranches_held`, word by word: SQLite does not use it for bound values, nor where
    // it is asked for another order.
    let held = "tranches.status IN ('returned', 'verified', 'recommended', 'concurred', 'sanctioned')";
    let mut ids: Vec<String> = tranches::table
        .filter(tranches::held_until.lt(today.to_string()))
        .filter(sql::<Bool>(held))
        .select(tranches::id)
        .load(tx.conn()?)?;
    ids.sort_unstable();
    let parse = |id: String| id.parse().map_err(|_| DbError::Corrupt { table: "tranches", column: "id", why: id });
    ids.into_iter().map(parse).collect()
}

/// The part of all tranches that a list shows: those of one status, of one organisation, or all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    pub status: Option<TrancheStatus>,
    pub only: Option<OrganisationId>,
}

/// How many tranches a list has.
pub fn count(tx: &mut ReadTx<'_>, part: Part) -> Result<i64, DbError> {
    let mut query = tranches::table.count().into_boxed();
    if let Some(status) = part.status {
        query = query.filter(tranches::status.eq(status.as_str()));
    }
    if let Some(id) = part.only {
        query = query.filter(tranches::organisation_id.eq(id.to_string()));
    }
    Ok(query.get_result(tx.conn()?)?)
}

/// The tranches of one page of a list, the newest first, with their steps.
pub fn page(tx: &mut ReadTx<'_>, part: Part, offset: i64, limit: i64) -> Result<Vec<Tranche>, DbError> {
    let mut query = tranches::table.order(tranches::id.desc()).select(TrancheRow::as_select()).into_boxed();
    if let Some(status) = part.status {
        query = query.filter(tranches::status.eq(status.as_str()));
    }
    if let Some(id) = part.only {
        query = query.filter(tranches::organisation_id.eq(id.to_string()));
    }
    let rows = query.offset(offset).limit(limit).load(tx.conn()?)?;
    with_steps(tx, rows)
}
