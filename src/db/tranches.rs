//! Tranches and the steps people took on them. Steps are only ever added.

use crate::db::column::{row, versioned};
use crate::db::connection::{ReadTx, WriteTx};
use crate::db::error::DbError;
use crate::db::schema::{tranche_steps, tranches};
use crate::domain::calendar::{FinancialYear, Timestamp};
use crate::domain::id::{AwardId, ClaimId, OrganisationId, TrancheId, UserId};
use crate::domain::money::Paise;
use crate::domain::scheme::Component;
use crate::domain::tranche::{Rejection, SanctionOrder, Tranche, TrancheStatus, TrancheStep, TrancheSteps};
use chrono::NaiveDate;
use diesel::prelude::*;

row! {
    TrancheRow in tranches for Tranche {
        id: TrancheId, number: String, claim_id: ClaimId, award_id: AwardId, organisation_id: OrganisationId,
        scheme_code: String, component: Component, performance_year: FinancialYear, held_in: FinancialYear,
        amount_paise: Paise, held_until: NaiveDate, status: TrancheStatus, sanction: Option<SanctionOrder>, rejection: Option<Rejection>,
        created_at: Timestamp, version: i64,
    } and { steps: TrancheSteps::default() }
}

mod records {
    use super::*;
    versioned!(tranches, TrancheRow, Tranche, TrancheId);
}

/// Stores a new tranche with the steps that led to it.
pub fn insert(tx: &mut WriteTx<'_>, tranche: &Tranche) -> Result<(), DbError> {
    records::insert(tx, tranche)?;
    add_steps(tx, tranche)
}

/// Stores the tranche as its next version, and the steps it gained.
pub fn update(tx: &mut WriteTx<'_>, tranche: &mut Tranche) -> Result<(), DbError> {
    records::update(tx, tranche)?;
    add_steps(tx, tranche)
}

pub fn find(tx: &mut ReadTx<'_>, id: TrancheId) -> Result<Option<Tranche>, DbError> {
    let Some(mut tranche) = records::find(tx, id)? else { return Ok(None) };
    tranche.steps = TrancheSteps(steps(tx, &[id.to_string()])?.into_iter().map(|(_, step)| step).collect());
    Ok(Some(tranche))
}

fn add_steps(tx: &mut WriteTx<'_>, tranche: &Tranche) -> Result<(), DbError> {
    let of_tranche = tranche_steps::table.filter(tranche_steps::tranche_id.eq(tranche.id.to_string()));
    let stored: i64 = of_tranche.count().get_result(tx.conn)?;
    for (position, step) in (1_i64..).zip(&tranche.steps.0).filter(|(position, _)| *position > stored) {
        diesel::insert_into(tranche_steps::table)
            .values((
                tranche_steps::tranche_id.eq(tranche.id.to_string()),
                tranche_steps::position.eq(position),
                tranche_steps::step.eq(step.step.as_str()),
                tranche_steps::taken_by.eq(step.taken_by.to_string()),
                tranche_steps::taken_at.eq(step.taken_at.to_string()),
                tranche_steps::note.eq(&step.note),
            ))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// The steps of these tranches, each with the tranche's id, in order.
fn steps(tx: &mut ReadTx<'_>, ids: &[String]) -> Result<Vec<(String, TrancheStep)>, DbError> {
    type Row = (String, String, String, String, String);
    let rows: Vec<Row> = tranche_steps::table
        .filter(tranche_steps::tranche_id.eq_any(ids))
        .order((tranche_steps::tranche_id, tranche_steps::position))
        .select((
            tranche_steps::tranche_id,
            tranche_steps::step,
            tranche_steps::taken_by,
            tranche_steps::taken_at,
            tranche_steps::note,
        ))
        .load(tx.conn)?;
    let corrupt =
        |column: &'static str, text: &str| DbError::Corrupt { table: "tranche_steps", column, why: text.to_owned() };
    let step = |(id, step, by, at, note): Row| {
        let step = TrancheStep {
            step: step.parse().map_err(|_| corrupt("step", &step))?,
            taken_by: by.parse().map_err(|_| corrupt("taken_by", &by))?,
            taken_at: at.parse().map_err(|_| corrupt("taken_at", &at))?,
            note,
        };
        Ok((id, step))
    };
    rows.into_iter().map(step).collect()
}

/// Tranches of one claim, or all a person sees, in the order of creation, with their steps.
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
    let mut tranches: Vec<Tranche> =
        query.load(tx.conn)?.into_iter().map(TrancheRow::record).collect::<Result<_, _>>()?;
    let ids: Vec<String> = tranches.iter().map(|tranche| tranche.id.to_string()).collect();
    let mut steps = steps(tx, &ids)?;
    for tranche in &mut tranches {
        let id = tranche.id.to_string();
        tranche.steps = TrancheSteps(steps.extract_if(.., |(of, _)| *of == id).map(|(_, step)| step).collect());
    }
    Ok(tranches)
}

/// Whether a person took a step on money that this year's appropriation of the component holds;
/// without a year, on any money of the component.
pub fn has_step_by(
    tx: &mut ReadTx<'_>,
    user: UserId,
    scheme_code: &str,
    component: Component,
    year: Option<FinancialYear>,
) -> Result<bool, DbError> {
    let mut query = tranche_steps::table
        .inner_join(tranches::table.on(tranches::id.eq(tranche_steps::tranche_id)))
        .filter(tranche_steps::taken_by.eq(user.to_string()))
        .filter(tranches::scheme_code.eq(scheme_code))
        .filter(tranches::component.eq(component.as_str()))
        .count()
        .into_boxed();
    if let Some(year) = year {
        query = query.filter(tranches::held_in.eq(year.to_string()));
    }
    let count: i64 = query.get_result(tx.conn)?;
    Ok(count > 0)
}

/// Tranches whose money is held past its last day.
pub fn due_holds(tx: &mut ReadTx<'_>, today: NaiveDate) -> Result<Vec<TrancheId>, DbError> {
    let ids: Vec<String> = tranches::table
        .filter(tranches::held_until.lt(today.to_string()))
        .filter(tranches::status.eq_any(["verified", "recommended", "concurred", "sanctioned"]))
        .order(tranches::id)
        .select(tranches::id)
        .load(tx.conn)?;
    let parse = |id: String| id.parse().map_err(|_| DbError::Corrupt { table: "tranches", column: "id", why: id });
    ids.into_iter().map(parse).collect()
}
