//! The answers to earlier requests, by the idempotency key that the client chose. They are stored for ever: a
//! key that moved money must never move it again.

use crate::db::engine::connection::{DbConnection, per_engine};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::rows::KeyRow;
use crate::db::engine::schema::idempotency_keys;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use diesel::PgConnection;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use domain::base::calendar::Timestamp;
use domain::base::id::UserId;

/// Fingerprint of the request, body of the answer, and the log entry that records it.
pub struct GivenAnswer {
    pub fingerprint: String,
    pub body: String,
    /// `None` if an earlier version of the program answered.
    pub log_entry: Option<i64>,
}

pub fn find(tx: &mut ReadTx<'_>, actor: UserId, key: &str) -> Result<Option<GivenAnswer>, DbError> {
    let row = tx.read_through(
        (actor.to_string(), key.to_owned()),
        |savepoint, id| savepoint.keys.get(id).map(|row| Some(row.clone())),
        |cache| &mut cache.keys,
        |select, (actor, key)| {
            let query = idempotency_keys::table.find((actor, key));
            per_engine!(select.engine(), |conn| diesel::RunQueryDsl::get_result(
                query.select(KeyRow::as_select()),
                conn
            ))
            .optional()
        },
    )?;
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
    tx.buffer().newest().keys.insert((row.actor_id.clone(), row.key.clone()), row);
    Ok(())
}

/// Replaces the bodies of the answers that these log entries record, because their data is erased.
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

/// The answers under these keys, each looked up by both parts of its key. (`actor_id = ANY(…) AND key = ANY(…)`
/// would read every answer to a person.)
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

impl diesel::RunQueryDsl<PgConnection> for OfKeys<'_> {}

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

/// Prefetches the answers under these keys in one statement for the commands of the batch. SQLite has no round
/// trips to save, so there each command looks up its own key.
pub fn prefetch(tx: &mut WriteTx<'_>, keys: Vec<(UserId, String)>) -> Result<(), DbError> {
    if !tx.is_remote() {
        return Ok(());
    }
    let ids: Vec<(String, String)> = keys.into_iter().map(|(actor, key)| (actor.to_string(), key)).collect();
    let (actors, keys) = ids.iter().map(|(actor, key)| (actor.as_str(), key.as_str())).unzip();
    let read = tx.stored(|select| match select.engine() {
        DbConnection::Postgres(conn) => diesel::RunQueryDsl::load::<KeyRow>(OfKeys { actors, keys }, conn),
        DbConnection::Sqlite(_) => Ok(Vec::new()),
    })?;
    read.cache(tx, |rows, cache| {
        cache.keys.extend(ids.iter().map(|id| (id.clone(), None)));
        cache.keys.extend(rows.into_iter().map(|row| ((row.actor_id.clone(), row.key.clone()), Some(row))));
    });
    Ok(())
}
