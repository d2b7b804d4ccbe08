//! Recoveries: money that has to come back, and how much of each payment is under recovery.

use crate::db::engine::column::{row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::query::of_ids;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::{disbursements, recoveries};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::sql_types::BigInt;
use domain::base::calendar::Timestamp;
use domain::base::id::{AwardId, DisbursementId, MilestoneId, OrganisationId, PaymentId, RecoveryId, TrancheId};
use domain::base::money::Paise;
use domain::claim::claim::Claim;
use domain::recovery::damages::Damages;
use domain::recovery::instalments::InstalmentPlan;
use domain::recovery::recovery::{
    Demand, NoticeReply, Recovery, RecoveryKind, RecoveryOrder, RecoveryStatus, RecoverySteps, ShowCause,
};
use domain::recovery::recovery_credit::SetOffOrder;
use domain::recovery::recovery_relief::ReliefProposal;
use domain::scheme::scheme::Component;

row! {
    RecoveryRow in recoveries for Recovery {
        id: RecoveryId, number: String, kind: RecoveryKind, award_id: AwardId, organisation_id: OrganisationId,
        scheme_code: String, component: Component, disbursement_id: Option<DisbursementId>,
        tranche_id: Option<TrancheId>, milestone_id: Option<MilestoneId>, damages: Option<Damages>,
        amount_paise: Paise, status: RecoveryStatus, notice: Option<ShowCause>, reply: Option<NoticeReply>,
        decision: Option<RecoveryOrder>, demand: Option<Demand>, plan: Option<InstalmentPlan>,
        set_off: Option<SetOffOrder>, held_by: Option<PaymentId>, relief: Option<ReliefProposal>,
        steps: RecoverySteps, interest_from: NaiveDate, accrued_to: NaiveDate, principal_due_paise: Paise,
        interest_due_paise: Paise, damages_due_paise: Paise, bearing_paise: Paise, carried: i64,
        created_at: Timestamp, version: i64,
    }
}

versioned!(recoveries, RecoveryRow, Recovery, RecoveryId);
of_ids!(recoveries, RecoveryRow, Recovery);

/// Recoveries of one award, or all that a person may see, in the order in which they were begun.
pub fn list(
    tx: &mut ReadTx<'_>,
    award: Option<AwardId>,
    status: Option<RecoveryStatus>,
    only: Option<OrganisationId>,
) -> Result<Vec<Recovery>, DbError> {
    let mut query = recoveries::table.order(recoveries::id).select(RecoveryRow::as_select()).into_boxed();
    if let Some(award) = award {
        query = query.filter(recoveries::award_id.eq(award.to_string()));
    }
    if let Some(status) = status {
        query = query.filter(recoveries::status.eq(status.as_str()));
    }
    if let Some(id) = only {
        query = query.filter(recoveries::organisation_id.eq(id.to_string()));
    }
    query.load(tx.conn()?)?.into_iter().map(RecoveryRow::record).collect()
}

/// The part of all recoveries that a list shows: those of one status, of one organisation, or all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    pub status: Option<RecoveryStatus>,
    pub only: Option<OrganisationId>,
}

/// How many recoveries a list has.
pub fn count(tx: &mut ReadTx<'_>, part: Part) -> Result<i64, DbError> {
    let mut query = recoveries::table.count().into_boxed();
    if let Some(status) = part.status {
        query = query.filter(recoveries::status.eq(status.as_str()));
    }
    if let Some(id) = part.only {
        query = query.filter(recoveries::organisation_id.eq(id.to_string()));
    }
    Ok(query.get_result(tx.conn()?)?)
}

/// The recoveries of one page of a list, the newest first.
pub fn page(tx: &mut ReadTx<'_>, part: Part, offset: i64, limit: i64) -> Result<Vec<Recovery>, DbError> {
    let mut query = recoveries::table.order(recoveries::id.desc()).select(RecoveryRow::as_select()).into_boxed();
    if let Some(status) = part.status {
        query = query.filter(recoveries::status.eq(status.as_str()));
    }
    if let Some(id) = part.only {
        query = query.filter(recoveries::organisation_id.eq(id.to_string()));
    }
    query.offset(offset).limit(limit).load(tx.conn()?)?.into_iter().map(RecoveryRow::record).collect()
}

/// Recoveries after an id, in the order of ids, at most `limit`.
pub fn after(tx: &mut ReadTx<'_>, id: &str, limit: i64) -> Result<Vec<Recovery>, DbError> {
    let query = recoveries::table.filter(recoveries::id.gt(id)).order(recoveries::id).limit(limit);
    query.select(RecoveryRow::as_select()).load(tx.conn()?)?.into_iter().map(RecoveryRow::record).collect()
}

/// Recoveries of an organisation that have an order to set off and are held by no payment, oldest first. The
/// table is never buffered, so that this query costs an advice little.
pub fn to_set_off(tx: &mut ReadTx<'_>, organisation: OrganisationId) -> Result<Vec<Recovery>, DbError> {
    let rows: Vec<RecoveryRow> = tx.cached(
        || format!("recoveries to set off of {organisation}"),
        |select| {
            let query = recoveries::table
                .filter(recoveries::organisation_id.eq(organisation.to_string()))
                .filter(recoveries::status.eq(RecoveryStatus::Demanded.as_str()))
                .filter(recoveries::set_off.is_not_null())
                .filter(recoveries::held_by.is_null())
                .order(recoveries::id)
                .select(RecoveryRow::as_select());
            Ok(select.load(query)?)
        },
    )?;
    rows.iter().for_each(|row| tx.saw(row));
    rows.into_iter().map(RecoveryRow::record).collect()
}

/// The recoveries of one payment, in the order they were begun.
pub fn of_disbursement(tx: &mut ReadTx<'_>, disbursement: DisbursementId) -> Result<Vec<Recovery>, DbError> {
    let query = recoveries::table.filter(recoveries::disbursement_id.eq(disbursement.to_string()));
    let rows = query.order(recoveries::id).select(RecoveryRow::as_select()).load(tx.conn()?)?;
    rows.into_iter().map(RecoveryRow::record).collect()
}

/// The recoveries of any of these disbursements, and the recoveries with these other ids.
pub fn behind(tx: &mut ReadTx<'_>, disbursements: &[String], others: &[String]) -> Result<Vec<Recovery>, DbError> {
    let query =
        recoveries::table.filter(recoveries::disbursement_id.eq_any(disbursements).or(recoveries::id.eq_any(others)));
    let rows = query.order(recoveries::id).select(RecoveryRow::as_select()).load(tx.conn()?)?;
    rows.into_iter().map(RecoveryRow::record).collect()
}

/// The recoveries of damages, of one award or of all a person sees, in the order they were begun.
pub fn of_damages(
    tx: &mut ReadTx<'_>,
    award: Option<AwardId>,
    only: Option<OrganisationId>,
) -> Result<Vec<Recovery>, DbError> {
    let kind = RecoveryKind::LiquidatedDamages.as_str();
    let mut query = recoveries::table
        .filter(recoveries::kind.eq(kind))
        .order(recoveries::id)
        .select(RecoveryRow::as_select())
        .into_boxed();
    if let Some(award) = award {
        query = query.filter(recoveries::award_id.eq(award.to_string()));
    }
    if let Some(id) = only {
        query = query.filter(recoveries::organisation_id.eq(id.to_string()));
    }
    query.load(tx.conn()?)?.into_iter().map(RecoveryRow::record).collect()
}

/// The recoveries of damages under these awards, in the order they were begun.
pub fn of_damages_under(tx: &mut ReadTx<'_>, awards: &[String]) -> Result<Vec<Recovery>, DbError> {
    let query = recoveries::table
        .filter(recoveries::kind.eq(RecoveryKind::LiquidatedDamages.as_str()))
        .filter(recoveries::award_id.eq_any(awards))
        .order(recoveries::id);
    query.select(RecoveryRow::as_select()).load(tx.conn()?)?.into_iter().map(RecoveryRow::record).collect()
}

/// The recoveries of damages for a milestone that were not dropped.
pub fn damages_of(tx: &mut ReadTx<'_>, milestone: MilestoneId) -> Result<Vec<Recovery>, DbError> {
    let mut all = all_damages_of(tx, milestone)?;
    all.retain(|recovery| recovery.status != RecoveryStatus::Dropped);
    Ok(all)
}

/// All recoveries of damages for a milestone, also those that were dropped.
pub fn all_damages_of(tx: &mut ReadTx<'_>, milestone: MilestoneId) -> Result<Vec<Recovery>, DbError> {
    let rows = recoveries::table
        .filter(recoveries::milestone_id.eq(milestone.to_string()))
        .order(recoveries::id)
        .select(RecoveryRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(RecoveryRow::record).collect()
}

/// Increases the part of a disbursement that is under recovery, or (below zero) reduces it (guarded update).
/// Returns `false` if the part would be below zero or more than the amount, or the disbursement did not
/// succeed.
pub fn put_under_recovery(tx: &mut WriteTx<'_>, id: DisbursementId, by: Paise) -> Result<bool, DbError> {
    let then = disbursements::under_recovery_paise + by.0;
    let guarded = disbursements::table
        .filter(disbursements::id.eq(id.to_string()))
        .filter(disbursements::status.eq("succeeded"))
        .filter(then.ge(0))
        .filter(then.le(disbursements::amount_paise));
    let changed = diesel::update(guarded).set(disbursements::under_recovery_paise.eq(then)).execute(tx.conn()?)?;
    Ok(changed == 1)
}

/// Increases the part of a disbursement that is under recovery although the bank took it back: interest that the return
/// kept of it was paid with money beyond the entitlement. Returns `false` where the two together would be more than it.
pub fn put_returned_under_recovery(tx: &mut WriteTx<'_>, id: DisbursementId, by: Paise) -> Result<bool, DbError> {
    let then = disbursements::under_recovery_paise + by.0;
    let guarded = disbursements::table
        .filter(disbursements::id.eq(id.to_string()))
        .filter(disbursements::status.eq("failed_after_success"))
        .filter(then.ge(0))
        .filter(then.le(disbursements::amount_paise));
    let changed = diesel::update(guarded).set(disbursements::under_recovery_paise.eq(then)).execute(tx.conn()?)?;
    Ok(changed == 1)
}

/// The part of a payment that is under recovery.
pub fn under_recovery(tx: &mut ReadTx<'_>, payment: PaymentId) -> Result<Paise, DbError> {
    let found: Option<i64> = disbursements::table
        .filter(disbursements::payment_id.eq(payment.to_string()))
        .select(disbursements::under_recovery_paise)
        .get_result(tx.conn()?)
        .optional()?;
    Ok(Paise(found.unwrap_or(0)))
}

/// What all recoveries of the payments of a claim ask, or asked and brought back. What was given up counts: its people
/// decided that it is not asked for any more.
pub fn asked_of_claim(tx: &mut ReadTx<'_>, claim: &Claim) -> Result<Paise, DbError> {
    let asked: i64 = recoveries::table
        .inner_join(disbursements::table.on(disbursements::id.nullable().eq(recoveries::disbursement_id)))
        .filter(disbursements::organisation_id.eq(claim.organisation_id.to_string()))
        .filter(disbursements::claim_id.eq(claim.id.to_string()))
        .select(sql::<BigInt>("CAST(COALESCE(SUM(recoveries.amount_paise), 0) AS BIGINT)"))
        .get_result(tx.conn()?)?;
    Ok(Paise(asked))
}
