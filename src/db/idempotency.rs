//! Answers already given, under the key the client chose. Kept for ever: a key that moved money
//! must never move it again.

use crate::db::connection::{ReadTx, WriteTx};
use crate::db::error::DbError;
use crate::db::schema::idempotency_keys;
use crate::domain::calendar::Timestamp;
use crate::domain::id::UserId;
use diesel::prelude::*;

/// Fingerprint of the request and body of the answer.
pub struct GivenAnswer {
    pub fingerprint: String,
    pub body: String,
}

pub fn find(tx: &mut ReadTx<'_>, actor: UserId, key: &str) -> Result<Option<GivenAnswer>, DbError> {
    let row: Option<(String, String)> = idempotency_keys::table
        .find((actor.to_string(), key))
        .select((idempotency_keys::fingerprint, idempotency_keys::body))
        .first(tx.conn)
        .optional()?;
    Ok(row.map(|(fingerprint, body)| GivenAnswer { fingerprint, body }))
}

pub fn insert(
    tx: &mut WriteTx<'_>,
    actor: UserId,
    key: &str,
    answer: &GivenAnswer,
    at: Timestamp,
) -> Result<(), DbError> {
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::actor_id.eq(actor.to_string()),
            idempotency_keys::key.eq(key),
            idempotency_keys::fingerprint.eq(&answer.fingerprint),
            idempotency_keys::body.eq(&answer.body),
            idempotency_keys::created_at.eq(at.to_string()),
        ))
        .execute(tx.conn)?;
    Ok(())
}
