//! Sign-ins and their refresh tokens. Only digests of tokens are stored.

use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::{refresh_tokens, sessions, users};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::calendar::Timestamp;
use domain::base::id::{OrganisationId, SessionId, UserId};
use domain::base::permission::Roles;
use domain::people::user::Actor;
use std::collections::BTreeSet;

/// A stored refresh token.
pub struct StoredToken {
    pub session_id: SessionId,
    pub user_id: UserId,
    pub used: bool,
    pub session_ended: bool,
    pub session_expires_at: Timestamp,
}

fn corrupt(column: &'static str) -> impl Fn(String) -> DbError {
    move |why| DbError::Corrupt { table: "sessions", column, why }
}

fn parse<T: std::str::FromStr>(column: &'static str, text: &str) -> Result<T, DbError> {
    text.parse().map_err(|_| corrupt(column)(text.to_owned()))
}

pub fn insert(
    tx: &mut WriteTx<'_>,
    id: SessionId,
    user: UserId,
    at: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(id.to_string()),
            sessions::user_id.eq(user.to_string()),
            sessions::started_at.eq(at.to_string()),
            sessions::expires_at.eq(expires_at.to_string()),
        ))
        .execute(tx.conn()?)?;
    Ok(())
}

/// Whether a person ever signed in.
pub fn any_of(tx: &mut ReadTx<'_>, user: UserId) -> Result<bool, DbError> {
    let theirs = sessions::table.filter(sessions::user_id.eq(user.to_string()));
    Ok(diesel::select(diesel::dsl::exists(theirs)).get_result(tx.conn()?)?)
}

/// The last sessions of a person, over or not, the newest first.
pub fn last_of(tx: &mut ReadTx<'_>, user: UserId, most: i64) -> Result<Vec<SessionId>, DbError> {
    let of_person = sessions::table.filter(sessions::user_id.eq(user.to_string()));
    let newest = of_person.order((sessions::started_at.desc(), sessions::id.desc())).limit(most);
    let ids: Vec<String> = newest.select(sessions::id).load(tx.conn()?)?;
    ids.iter().map(|id| parse("id", id)).collect()
}

/// Ends a session; a session that has already ended stays unchanged.
pub fn end(tx: &mut WriteTx<'_>, id: SessionId, because: &str, at: Timestamp) -> Result<(), DbError> {
    let open = sessions::table.filter(sessions::id.eq(id.to_string())).filter(sessions::ended_at.is_null());
    diesel::update(open)
        .set((sessions::ended_at.eq(at.to_string()), sessions::ended_because.eq(because)))
        .execute(tx.conn()?)?;
    Ok(())
}

/// Ends every open session of a person.
pub fn end_all(tx: &mut WriteTx<'_>, user: UserId, because: &str, at: Timestamp) -> Result<(), DbError> {
    let open = sessions::table.filter(sessions::user_id.eq(user.to_string())).filter(sessions::ended_at.is_null());
    diesel::update(open)
        .set((sessions::ended_at.eq(at.to_string()), sessions::ended_because.eq(because)))
        .execute(tx.conn()?)?;
    Ok(())
}

pub fn insert_token(tx: &mut WriteTx<'_>, digest: &str, session: SessionId, at: Timestamp) -> Result<(), DbError> {
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::digest.eq(digest),
            refresh_tokens::session_id.eq(session.to_string()),
            refresh_tokens::issued_at.eq(at.to_string()),
        ))
        .execute(tx.conn()?)?;
    Ok(())
}

pub fn find_token(tx: &mut ReadTx<'_>, digest: &str) -> Result<Option<StoredToken>, DbError> {
    type Row = (String, String, Option<String>, Option<String>, String);
    let row: Option<Row> = refresh_tokens::table
        .inner_join(sessions::table.on(sessions::id.eq(refresh_tokens::session_id)))
        .filter(refresh_tokens::digest.eq(digest))
        .select((sessions::id, sessions::user_id, refresh_tokens::used_at, sessions::ended_at, sessions::expires_at))
        .get_result(tx.conn()?)
        .optional()?;
    row.map(|(session, user, used_at, ended_at, expires_at)| {
        Ok(StoredToken {
            session_id: parse("id", &session)?,
            user_id: parse("user_id", &user)?,
            used: used_at.is_some(),
            session_ended: ended_at.is_some(),
            session_expires_at: parse("expires_at", &expires_at)?,
        })
    })
    .transpose()
}

pub fn use_token(tx: &mut WriteTx<'_>, digest: &str, at: Timestamp) -> Result<(), DbError> {
    diesel::update(refresh_tokens::table.find(digest))
        .set(refresh_tokens::used_at.eq(at.to_string()))
        .execute(tx.conn()?)?;
    Ok(())
}

/// An open session with the present state of its account: `(user, roles, organisation, end)`.
type Going = (String, String, Option<String>, String);

fn question(session: SessionId) -> String {
    format!("session {session}")
}

/// Returns the person who acts in this session; `None` once the session or the account has ended. It is looked
/// up for every request, so that a withdrawn role is lost at once.
pub fn actor(tx: &mut ReadTx<'_>, session: SessionId, user: UserId, now: Timestamp) -> Result<Option<Actor>, DbError> {
    let row: Option<Going> = tx.cached(
        || question(session),
        |select| {
            let going = going().filter(sessions::id.eq(session.to_string()));
            let columns = (sessions::user_id, users::roles, users::organisation_id, sessions::expires_at);
            Ok(select.get_result(going.select(columns)).optional()?)
        },
    )?;
    let row = row.filter(|(owner, _, _, end)| *owner == user.to_string() && *end > now.to_string());
    let actor = |roles, organisation_id| Actor {
        user_id: user,
        session_id: Some(session),
        roles,
        organisation_id,
        operator: false,
    };
    Ok(row.map(|(_, roles, organisation, _)| {
        let organisation = organisation.map(|id| parse::<OrganisationId>("organisation_id", &id)).transpose();
        match (parse::<Roles>("roles", &roles), organisation) {
            (Ok(roles), Ok(organisation)) => actor(roles, organisation),
            (Err(why), _) | (_, Err(why)) => {
                // The service never wrote this. It gives no right; the control over people, and `verify`, name it.
                tracing::error!(%why, %user, "an account cannot be read");
                actor(Roles(BTreeSet::new()), None)
            }
        }
    }))
}

/// Sessions that were not ended, of accounts that were not disabled.
#[diesel::dsl::auto_type]
pub(super) fn going() -> _ {
    sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(sessions::ended_at.is_null())
        .filter(users::disabled_at.is_null())
}

/// Prefetches these sessions in one statement, for the commands of the batch.
pub(in crate::db) fn prefetch(tx: &mut WriteTx<'_>, ids: &[SessionId]) -> Result<(), DbError> {
    let going = going().filter(sessions::id.eq_any(ids.iter().map(SessionId::to_string).collect::<Vec<_>>()));
    let columns = (sessions::id, (sessions::user_id, users::roles, users::organisation_id, sessions::expires_at));
    let rows: Vec<(String, Going)> = tx.unbuffered()?.load(going.select(columns))?;
    let mut rows: std::collections::HashMap<String, Going> = rows.into_iter().collect();
    for id in ids {
        let row: Option<Going> = rows.remove(&id.to_string());
        tx.cache_answer(question(*id), row);
    }
    Ok(())
}
