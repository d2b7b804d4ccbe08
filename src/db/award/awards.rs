//! Awards.

use crate::db::engine::column::{row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::awards;
use crate::db::engine::transaction::ReadTx;
use chrono::NaiveDate;
use domain::award::award::{Award, Ceilings, Room};
use domain::base::calendar::Timestamp;
use domain::base::id::{ApplicationId, AwardId, OrganisationId, UserId};
use domain::base::money::Paise;

row! {
    AwardRow in awards for Award {
        id: AwardId, number: String, scheme_code: String, scheme_version: i64, application_id: ApplicationId,
        organisation_id: OrganisationId, capacity_mtpa: i64, rate_paise_per_kg: Paise, ceilings: Ceilings,
        security_required_paise: Paise, awarded_on: NaiveDate, ends_on: NaiveDate, awarded_by: UserId,
        awarded_at: Timestamp, commissioned_on: Option<NaiveDate>, version: i64,
    }
}

versioned!(awards, AwardRow, Award, AwardId);

pub fn list(tx: &mut ReadTx<'_>, only: Option<OrganisationId>) -> Result<Vec<Award>, DbError> {
    let mut query = awards::table.order(awards::id).select(AwardRow::as_select()).into_boxed();
    if let Some(id) = only {
        query = query.filter(awards::organisation_id.eq(id.to_string()));
    }
    query.load(tx.conn()?)?.into_iter().map(AwardRow::record).collect()
}

/// Awards after an id, in the order of ids, at most `limit`.
pub fn after(tx: &mut ReadTx<'_>, id: &str, limit: i64) -> Result<Vec<Award>, DbError> {
    let query = awards::table.filter(awards::id.gt(id)).order(awards::id).limit(limit);
    query.select(AwardRow::as_select()).load(tx.conn()?)?.into_iter().map(AwardRow::record).collect()
}

/// How much of a scheme is awarded.
pub fn room(tx: &mut ReadTx<'_>, scheme_code: &str) -> Result<Room, DbError> {
    let capacities: Vec<i64> =
        awards::table.filter(awards::scheme_code.eq(scheme_code)).select(awards::capacity_mtpa).load(tx.conn()?)?;
    Ok(Room { awards: capacities.len() as i64, awarded_mtpa: capacities.iter().sum() })
}
