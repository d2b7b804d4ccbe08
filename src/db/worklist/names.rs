//! The names behind the ids of people and companies in an answer: one statement for all people with the roles
//! that each held over time, one for all companies.

use crate::db::engine::connection::{DbConnection, per_engine};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::{RunQueryDsl as _, *};
use crate::db::engine::schema::organisations;
use crate::db::engine::transaction::ReadTx;
use diesel::sql_types::{Nullable, Text};
use domain::base::calendar::Timestamp;
use domain::base::id::{OrganisationId, UserId};
use domain::people::office::NamedPerson;
use std::collections::BTreeMap;

/// One version of an account; `until` is the instant at which the next one began.
#[derive(QueryableByName)]
struct VersionRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    roles: String,
    #[diesel(sql_type = Nullable<Text>)]
    organisation_id: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    erased_at: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    until: Option<String>,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    is_past: i64,
}

fn corrupt(column: &'static str, why: impl std::fmt::Display) -> DbError {
    DbError::Corrupt { table: "users", column, why: why.to_string() }
}

/// The people with these ids; ids of nobody are not in the answer.
pub fn people(tx: &mut ReadTx<'_>, ids: &[UserId]) -> Result<BTreeMap<UserId, NamedPerson>, DbError> {
    let mut people = BTreeMap::new();
    if ids.is_empty() {
        return Ok(people);
    }
    let sqlite = matches!(tx.conn()?, DbConnection::Sqlite(_));
    // Ids are digits and hyphens.
    let listed: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
    let (listed, past) = (listed.join(", "), if sqlite { "main.users_past" } else { "past.users" });
    let text = format!(
        "SELECT id, name, roles, organisation_id, erased_at, CAST(NULL AS TEXT) AS until, \
         CAST(0 AS BIGINT) AS is_past, CAST(0 AS BIGINT) AS place FROM users WHERE id IN ({listed}) \
         UNION ALL SELECT before.id, before.name, before.roles, before.organisation_id, before.erased_at, \
         (SELECT MIN(l.recorded_at) FROM audit_log AS l WHERE l.sequence = before.until_sequence + 1) AS until, \
         CAST(1 AS BIGINT) AS is_past, CAST(before.change_number AS BIGINT) AS place \
         FROM {past} AS before WHERE before.id IN ({listed}) ORDER BY is_past, place"
    );
    let rows: Vec<VersionRow> =
        per_engine!(tx.conn()?, |conn| diesel::RunQueryDsl::load(diesel::sql_query(text), conn)?);
    for row in rows {
        let id: UserId = row.id.parse().map_err(|why| corrupt("id", why))?;
        let roles = row.roles.parse().map_err(|why: String| corrupt("roles", why))?;
        if row.is_past == 0 {
            let organisation = row.organisation_id.map(|id| id.parse()).transpose();
            let organisation_id = organisation.map_err(|why| corrupt("organisation_id", why))?;
            let name = row.erased_at.is_none().then_some(row.name);
            people.insert(id, NamedPerson { name, organisation_id, roles, before: Vec::new() });
        } else if let (Some(person), Some(until)) = (people.get_mut(&id), row.until) {
            let until: Timestamp = until.parse().map_err(|why| corrupt("until", why))?;
            person.before.push((until, roles));
        }
    }
    Ok(people)
}

/// The names of the companies with these ids.
pub fn companies(tx: &mut ReadTx<'_>, ids: &[OrganisationId]) -> Result<BTreeMap<OrganisationId, String>, DbError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let rows: Vec<(String, String)> = organisations::table
        .filter(organisations::id.eq_any(ids))
        .select((organisations::id, organisations::name))
        .load(tx.conn()?)?;
    let parse = |(id, name): (String, String)| {
        let id = id.parse().map_err(|_| DbError::Corrupt { table: "organisations", column: "id", why: id })?;
        Ok((id, name))
    };
    rows.into_iter().map(parse).collect()
}
