//! Awards.

use crate::db::award::applications::ApplicationRow;
use crate::db::engine::column::{row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::query::of_ids;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::{applications, awards, corrections, organisations};
use crate::db::engine::transaction::ReadTx;
use chrono::NaiveDate;
use domain::award::application::Application;
use domain::award::award::{Award, AwardEnd, Ceilings, Room};
use domain::base::calendar::Timestamp;
use domain::base::id::{ApplicationId, AwardId, OrganisationId, UserId};
use domain::base::money::Paise;
use domain::base::record_reference::RecordReference;
use domain::correction::correction::{CorrectionKind, CorrectionStatus};
use std::collections::{BTreeMap, BTreeSet};

/// The kind of the correction that ends an award.
fn end() -> &'static str {
    CorrectionKind::EndAward.as_str()
}

/// The status of a correction that took effect.
fn approved() -> &'static str {
    CorrectionStatus::Approved.as_str()
}

row! {
    AwardRow in awards for Award {
        id: AwardId, number: String, scheme_code: String, scheme_version: i64, application_id: ApplicationId,
        organisation_id: OrganisationId, capacity_mtpa: i64, rate_paise_per_kg: Paise, ceilings: Ceilings,
        security_required_paise: Paise, awarded_on: NaiveDate, ends_on: NaiveDate, awarded_by: UserId,
        awarded_at: Timestamp, commissioned_on: Option<NaiveDate>, version: i64,
    }
}

versioned!(awards, AwardRow, Award, AwardId);
of_ids!(awards, AwardRow, Award);

pub fn list(tx: &mut ReadTx<'_>, only: Option<OrganisationId>) -> Result<Vec<Award>, DbError> {
    let mut query = awards::table.order(awards::id).select(AwardRow::as_select()).into_boxed();
    if let Some(id) = only {
        query = query.filter(awards::organisation_id.eq(id.to_string()));
    }
    query.load(tx.conn()?)?.into_iter().map(AwardRow::record).collect()
}

/// An award with the names around it.
pub struct NamedAward {
    pub award: Award,
    pub beneficiary: String,
    /// The number of its application.
    pub application: Option<String>,
    /// That two people ended it.
    pub ended: Option<AwardEnd>,
}

/// The award that somebody names, with the names around it, in one statement.
pub fn named(tx: &mut ReadTx<'_>, of: &RecordReference<AwardId>) -> Result<Option<NamedAward>, DbError> {
    let query = awards::table
        .inner_join(organisations::table.on(organisations::id.eq(awards::organisation_id)))
        .inner_join(applications::table.on(applications::id.eq(awards::application_id)))
        .left_join(
            corrections::table.on(corrections::subject_id
                .eq(awards::id)
                .and(corrections::kind.eq(end()))
                .and(corrections::status.eq(approved()))),
        )
        .select((
            AwardRow::as_select(),
            organisations::name,
            applications::number,
            (corrections::decided_at, corrections::reason).nullable(),
        ))
        .into_boxed();
    let query = match of {
        RecordReference::Id(id) => query.filter(awards::id.eq(id.to_string())),
        RecordReference::Number(number) => query.filter(awards::number.eq(number.clone())),
    };
    type Named = (AwardRow, String, Option<String>, Option<EndRow>);
    let found: Option<Named> = query.get_result(tx.conn()?).optional()?;
    let named = |(row, beneficiary, application, ended): Named| {
        Ok(NamedAward { award: row.record()?, beneficiary, application, ended: ended.map(end_of_row).transpose()? })
    };
    found.map(named).transpose()
}

/// The awards of a scheme in the order of creation, each with the name of its beneficiary and its application.
pub fn of_scheme(tx: &mut ReadTx<'_>, scheme_code: &str) -> Result<Vec<(Award, String, Application)>, DbError> {
    let query = awards::table
        .inner_join(organisations::table.on(organisations::id.eq(awards::organisation_id)))
        .inner_join(applications::table.on(applications::id.eq(awards::application_id)))
        .filter(awards::scheme_code.eq(scheme_code))
        .order(awards::id)
        .select((AwardRow::as_select(), organisations::name, ApplicationRow::as_select()));
    let rows: Vec<(AwardRow, String, ApplicationRow)> = query.load(tx.conn()?)?;
    let record = |(award, beneficiary, application): (AwardRow, String, ApplicationRow)| {
        Ok((award.record()?, beneficiary, application.record()?))
    };
    rows.into_iter().map(record).collect()
}

/// Ids and numbers of these awards.
pub fn numbers(tx: &mut ReadTx<'_>, ids: &[String]) -> Result<Vec<(String, String)>, DbError> {
    let named = awards::table.filter(awards::id.eq_any(ids));
    Ok(named.select((awards::id, awards::number)).load(tx.conn()?)?)
}

/// Id and number of the award that an application got, if any.
pub fn name_for(tx: &mut ReadTx<'_>, application: ApplicationId) -> Result<Option<(AwardId, String)>, DbError> {
    let query = awards::table.filter(awards::application_id.eq(application.to_string()));
    let row: Option<(String, String)> = query.select((awards::id, awards::number)).get_result(tx.conn()?).optional()?;
    let name = |(id, number): (String, String)| {
        let id = id.parse().map_err(|_| DbError::Corrupt { table: "awards", column: "id", why: id })?;
        Ok((id, number))
    };
    row.map(name).transpose()
}

/// How many awards a person may see.
pub fn count(tx: &mut ReadTx<'_>, only: Option<OrganisationId>) -> Result<i64, DbError> {
    let mut query = awards::table.count().into_boxed();
    if let Some(id) = only {
        query = query.filter(awards::organisation_id.eq(id.to_string()));
    }
    Ok(query.get_result(tx.conn()?)?)
}

/// The awards of one page of a list, the newest first.
pub fn page(tx: &mut ReadTx<'_>, only: Option<OrganisationId>, offset: i64, limit: i64) -> Result<Vec<Award>, DbError> {
    let mut query = awards::table.order(awards::id.desc()).select(AwardRow::as_select()).into_boxed();
    if let Some(id) = only {
        query = query.filter(awards::organisation_id.eq(id.to_string()));
    }
    query.offset(offset).limit(limit).load(tx.conn()?)?.into_iter().map(AwardRow::record).collect()
}

/// Awards after an id, in the order of ids, at most `limit`.
pub fn after(tx: &mut ReadTx<'_>, id: &str, limit: i64) -> Result<Vec<Award>, DbError> {
    let query = awards::table.filter(awards::id.gt(id)).order(awards::id).limit(limit);
    query.select(AwardRow::as_select()).load(tx.conn()?)?.into_iter().map(AwardRow::record).collect()
}

/// The last day of the award of a scheme that runs longest.
pub fn last_day(tx: &mut ReadTx<'_>, scheme_code: &str) -> Result<Option<NaiveDate>, DbError> {
    let ends = awards::table.filter(awards::scheme_code.eq(scheme_code)).select(diesel::dsl::max(awards::ends_on));
    let text: Option<String> = ends.get_result(tx.conn()?)?;
    let parse =
        |text: String| text.parse().map_err(|_| DbError::Corrupt { table: "awards", column: "ends_on", why: text });
    text.map(parse).transpose()
}

/// How much of a scheme is awarded. An award that was ended takes no room.
pub fn room(tx: &mut ReadTx<'_>, scheme_code: &str) -> Result<Room, DbError> {
    let ended = ended(tx)?;
    let all = awards::table.filter(awards::scheme_code.eq(scheme_code));
    let all: Vec<(String, i64)> = all.select((awards::id, awards::capacity_mtpa)).load(tx.conn()?)?;
    let left: Vec<i64> = all.into_iter().filter(|(id, _)| !ended.contains(id)).map(|(_, mtpa)| mtpa).collect();
    Ok(Room { awards: left.len() as i64, awarded_mtpa: left.iter().sum() })
}

/// The ids of all awards that two people ended.
pub fn ended(tx: &mut ReadTx<'_>) -> Result<BTreeSet<String>, DbError> {
    let ends = corrections::table.filter(corrections::kind.eq(end())).filter(corrections::status.eq(approved()));
    Ok(ends.select(corrections::subject_id).load(tx.conn()?)?.into_iter().collect())
}

/// When two people ended each award that they ended, by its id.
pub fn ends(tx: &mut ReadTx<'_>) -> Result<BTreeMap<String, Timestamp>, DbError> {
    let ends = corrections::table.filter(corrections::kind.eq(end())).filter(corrections::status.eq(approved()));
    let found: Vec<(String, Option<String>)> =
        ends.select((corrections::subject_id, corrections::decided_at)).load(tx.conn()?)?;
    found.into_iter().map(|(id, at)| Ok((id, decided(at)?))).collect()
}

/// When and why two people ended an award, if they did.
pub fn end_of(tx: &mut ReadTx<'_>, award: AwardId) -> Result<Option<AwardEnd>, DbError> {
    let ends = corrections::table
        .filter(corrections::subject_id.eq(award.to_string()))
        .filter(corrections::kind.eq(end()))
        .filter(corrections::status.eq(approved()))
        .select((corrections::decided_at, corrections::reason));
    let found: Option<EndRow> = ends.first(tx.conn()?).optional()?;
    found.map(end_of_row).transpose()
}

/// Whether two people decided that nothing more is due under an award.
pub fn owes_nothing(tx: &mut ReadTx<'_>, award: AwardId) -> Result<bool, DbError> {
    let decided = corrections::table
        .filter(corrections::subject_id.eq(award.to_string()))
        .filter(corrections::kind.eq(CorrectionKind::NothingDue.as_str()))
        .filter(corrections::status.eq(approved()))
        .count();
    Ok(decided.get_result::<i64>(tx.conn()?)? > 0)
}

/// The ids of the awards under which two people decided that nothing more is due.
pub fn owing_nothing(tx: &mut ReadTx<'_>) -> Result<BTreeSet<String>, DbError> {
    let decided = corrections::table
        .filter(corrections::kind.eq(CorrectionKind::NothingDue.as_str()))
        .filter(corrections::status.eq(approved()));
    Ok(decided.select(corrections::subject_id).load(tx.conn()?)?.into_iter().collect())
}

/// When the end of an award was decided, and why it was proposed.
type EndRow = (Option<String>, String);

fn end_of_row((at, reason): EndRow) -> Result<AwardEnd, DbError> {
    Ok(AwardEnd { ended_on: decided(at)?.date_in_india(), reason })
}

fn decided(at: Option<String>) -> Result<Timestamp, DbError> {
    let at = at.unwrap_or_default();
    at.parse().map_err(|_| DbError::Corrupt { table: "corrections", column: "decided_at", why: at })
}
