//! Answers already given, under the key the client chose. Kept for ever: a key that moved money
//! must never move it again.

use crate::db::connection::{DbConnection, ReadTx, WriteTx, directly};
use crate::db::error::DbError;
use crate::db::schema::idempotency_keys;
use crate::db::sets::set_row;
use crate::domain::calendar::Timestamp;
use crate::domain::id::UserId;
use diesel::PgConnection;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Nullable, Text};

/// Fingerprint of the request, body of the answer, and the entry of the log that stands for it.
pub struct GivenAnswer {
    pub fingerprint: String,
    pub body: String,
    /// None where an earlier program answered.
    pub log_entry: Option<i64>,
}

/// A given answer as stored.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = idempotency_keys)]
pub(in crate::db) struct KeyRow {
    actor_id: String,
    key: String,
    fingerprint: String,
    body: String,
    created_at: String,
    audit_sequence: Option<i64>,
}

set_row!(KeyRow in idempotency_keys { actor_id, key, fingerprint, body, created_at, audit_sequence });

pub fn find(tx: &mut ReadTx<'_>, actor: UserId, key: &str) -> Result<Option<GivenAnswer>, DbError> {
    let id = (actor.to_string(), key.to_owned());
    let known = tx.batch.as_ref().and_then(|batch| {
        let here = batch.layers().find_map(|layer| layer.keys.get(&id));
        here.map(|row| Some(row.clone())).or_else(|| batch.known.keys.get(&id).cloned())
    });
    let row = match known {
        Some(row) => row,
        None => {
            let query = idempotency_keys::table.find((&id.0, &id.1));
            directly!(tx.stored()?, |conn| query.select(KeyRow::as_select()).get_result(conn)).optional()?
        }
    };
    Ok(row.map(|row| GivenAnswer { fingerprint: row.fingerprint, body: row.body, log_entry: row.audit_sequence }))
}

pub fn insert(
    tx: &mut WriteTx<'_>,
    actor: UserId,
    key: &str,
    answer: GivenAnswer,
    at: Timestamp,
) -> Result<(), DbError> {
    let row = KeyRow {
        actor_id: actor.to_string(),
        key: key.to_owned(),
        fingerprint: answer.fingerprint,
        body: answer.body,
        created_at: at.to_string(),
        audit_sequence: answer.log_entry,
    };
    tx.held().top().keys.insert((row.actor_id.clone(), row.key.clone()), row);
    Ok(())
}

/// Puts another body in place of the answers that stand for these entries: what they told is erased.
pub fn replace_bodies(tx: &mut WriteTx<'_>, entries: &[(UserId, i64)], body: &str) -> Result<(), DbError> {
    let conn = tx.conn()?;
    for (actor, entry) in entries {
        let there = idempotency_keys::table
            .filter(idempotency_keys::actor_id.eq(actor.to_string()))
            .filter(idempotency_keys::audit_sequence.eq(entry));
        diesel::update(there).set(idempotency_keys::body.eq(body)).execute(conn)?;
    }
    Ok(())
}

/// The answers under these keys, each looked up by both parts of its key. (`actor_id = ANY(…) AND key =
/// ANY(…)` reads all that a person was ever answered.)
struct OfKeys<'k> {
    actors: Vec<&'k str>,
    keys: Vec<&'k str>,
}

impl QueryId for OfKeys<'_> {
    type QueryId = ();
    // The plan is cached under the text of the statement.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for OfKeys<'_> {
    type SqlType = (Text, Text, Text, Text, Text, Nullable<BigInt>);
}

impl RunQueryDsl<PgConnection> for OfKeys<'_> {}

impl QueryFragment<Pg> for OfKeys<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT kept.actor_id, kept.key, kept.fingerprint, kept.body, kept.created_at, kept.audit_sequence FROM unnest(",
        );
        out.push_bind_param::<Array<Text>, _>(&self.actors)?;
        out.push_sql("::text[], ");
        out.push_bind_param::<Array<Text>, _>(&self.keys)?;
        out.push_sql(
            "::text[]) AS asked (actor_id, key) JOIN idempotency_keys AS kept \
             ON kept.actor_id = asked.actor_id AND kept.key = asked.key",
        );
        Ok(())
    }
}

/// Reads what was answered under these keys in one statement, for the commands to come. SQLite has no
/// round trips to save: there each command looks up its own.
pub(in crate::db) fn foresee(tx: &mut WriteTx<'_>, keys: Vec<(UserId, String)>) -> Result<(), DbError> {
    let ids: Vec<(String, String)> = keys.into_iter().map(|(actor, key)| (actor.to_string(), key)).collect();
    let DbConnection::Postgres(conn) = tx.stored()? else { return Ok(()) };
    let (actors, keys) = ids.iter().map(|(actor, key)| (actor.as_str(), key.as_str())).unzip();
    let rows: Vec<KeyRow> = OfKeys { actors, keys }.load(conn)?;
    let known = &mut tx.held().known;
    known.keys.extend(ids.into_iter().map(|id| (id, None)));
    known.keys.extend(rows.into_iter().map(|row| ((row.actor_id.clone(), row.key.clone()), Some(row))));
    Ok(())
}
