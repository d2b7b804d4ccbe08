//! People and their credentials. The password hash leaves this file only for verification.

use crate::db::engine::column::{Column, row, versioned};
use crate::db::engine::connection::{DbConnection, per_engine};
use crate::db::engine::error::DbError;
use crate::db::engine::notes::standing::standing;
use crate::db::engine::notes::written;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::{sessions as open, users};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use crate::db::people::sessions;
use diesel::sql_types::Text;
use domain::base::calendar::Timestamp;
use domain::base::id::{OrganisationId, SessionId, UserId};
use domain::base::permission::{Role, Roles};
use domain::people::user::User;

row! {
    UserRow in users for User {
        id: UserId, email: String, name: String, roles: Roles, organisation_id: Option<OrganisationId>,
        created_at: Timestamp, disabled_at: Option<Timestamp>, erased_at: Option<Timestamp>, version: i64,
    }
}

versioned!(changed users, UserRow, User, UserId);
standing!(users, UserRow, UserId);

/// One company of a person.
#[derive(QueryableByName)]
struct OfCompany {
    #[diesel(sql_type = Text)]
    organisation_id: String,
}

/// The companies to which a person belongs or ever belonged, as the history of the account has them.
pub fn companies_ever(tx: &mut ReadTx<'_>, id: UserId) -> Result<Vec<String>, DbError> {
    tx.cached(
        || format!("companies of {id}"),
        |select| {
            let past = match select.engine() {
                DbConnection::Sqlite(_) => "main.users_past",
                DbConnection::Postgres(_) => "past.users",
            };
            // An id is digits and hyphens.
            let of = |table: &str| {
                format!("SELECT organisation_id FROM {table} WHERE id = '{id}' AND organisation_id IS NOT NULL")
            };
            let text = format!("{} UNION {}", of("users"), of(past));
            let rows: Vec<OfCompany> =
                per_engine!(select.engine(), |conn| diesel::RunQueryDsl::load(diesel::sql_query(text), conn)?);
            Ok(rows.into_iter().map(|row| row.organisation_id).collect())
        },
    )
}

/// The data that sign-in needs.
pub struct Credentials {
    pub password_hash: String,
    pub failed_attempts: i64,
    pub locked_until: Option<Timestamp>,
}

pub fn insert(tx: &mut WriteTx<'_>, user: &User, password_hash: &str) -> Result<(), DbError> {
    let credentials =
        (users::password_hash.eq(password_hash), users::failed_attempts.eq(0), users::locked_until.eq(None::<String>));
    let row = UserRow::of(user);
    diesel::insert_into(users::table).values((row.clone(), credentials)).execute(tx.conn()?)?;
    written::written(tx, &row);
    Ok(())
}

pub fn find_by_email(tx: &mut ReadTx<'_>, email: &str) -> Result<Option<User>, DbError> {
    let row =
        users::table.filter(users::email.eq(email)).select(UserRow::as_select()).get_result(tx.conn()?).optional()?;
    row.map(UserRow::record).transpose()
}

/// The account of this person in a session that goes on, in one statement. The same is looked up for an act by
/// `sessions::actor`.
pub fn of_session(
    tx: &mut ReadTx<'_>,
    session: SessionId,
    id: UserId,
    now: Timestamp,
) -> Result<Option<User>, DbError> {
    let going = sessions::going().filter(open::id.eq(session.to_string())).filter(open::user_id.eq(id.to_string()));
    let columns = (UserRow::as_select(), open::expires_at);
    let row: Option<(UserRow, String)> = going.select(columns).get_result(tx.conn()?).optional()?;
    row.filter(|(_, end)| *end > now.to_string()).map(|(row, _)| row.record()).transpose()
}

/// People whose accounts are enabled: those of the offices, and those of one company.
pub fn enabled(tx: &mut ReadTx<'_>, company: Option<OrganisationId>) -> Result<Vec<User>, DbError> {
    let mut query = users::table.filter(users::disabled_at.is_null()).order((users::name, users::id)).into_boxed();
    query = match company {
        Some(id) => query.filter(users::organisation_id.is_null().or(users::organisation_id.eq(id.to_string()))),
        None => query.filter(users::organisation_id.is_null()),
    };
    let rows: Vec<UserRow> = query.select(UserRow::as_select()).load(tx.conn()?)?;
    rows.into_iter().map(UserRow::record).collect()
}

pub fn credentials(tx: &mut ReadTx<'_>, id: UserId) -> Result<Option<Credentials>, DbError> {
    let row: Option<(String, i64, Option<String>)> = users::table
        .find(id.to_string())
        .select((users::password_hash, users::failed_attempts, users::locked_until))
        .get_result(tx.conn()?)
        .optional()?;
    row.map(|(password_hash, failed_attempts, locked_until)| {
        let locked_until = Option::<Timestamp>::from_raw(locked_until).map_err(|why| DbError::Corrupt {
            table: "users",
            column: "locked_until",
            why,
        })?;
        Ok(Credentials { password_hash, failed_attempts, locked_until })
    })
    .transpose()
}

pub fn set_attempts(
    tx: &mut WriteTx<'_>,
    id: UserId,
    failed: i64,
    locked_until: Option<Timestamp>,
) -> Result<(), DbError> {
    diesel::update(users::table.find(id.to_string()))
        .set((users::failed_attempts.eq(failed), users::locked_until.eq(locked_until.raw())))
        .execute(tx.conn()?)?;
    Ok(())
}

pub fn set_password(tx: &mut WriteTx<'_>, id: UserId, password_hash: &str) -> Result<(), DbError> {
    diesel::update(users::table.find(id.to_string()))
        .set(users::password_hash.eq(password_hash))
        .execute(tx.conn()?)?;
    Ok(())
}

/// Erases the name and the e-mail address of a person, also in the history tables; nobody can sign in as them
/// again.
pub fn erase(tx: &mut WriteTx<'_>, user: &mut User) -> Result<(), DbError> {
    update(tx, user)?;
    set_password(tx, user.id, "")?;
    let conn = tx.conn()?;
    let past = if matches!(conn, DbConnection::Sqlite(_)) { "users_past" } else { "past.users" };
    let id = user.id;
    // The id has only hexadecimal digits and hyphens, and the two texts are constants of this program.
    let text = format!("UPDATE {past} SET name = '{}', email = '{}' WHERE id = '{id}'", user.name, user.email);
    diesel::sql_query(text).execute(conn)?;
    Ok(())
}

pub fn list(tx: &mut ReadTx<'_>) -> Result<Vec<User>, DbError> {
    let rows = users::table.order(users::id).select(UserRow::as_select()).load(tx.conn()?)?;
    rows.into_iter().map(UserRow::record).collect()
}

/// Accounts after the given one, in the order of ids, at most `limit`.
pub fn page(tx: &mut ReadTx<'_>, after: Option<UserId>, limit: i64) -> Result<Vec<User>, DbError> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let query = users::table.filter(users::id.gt(after)).order(users::id).limit(limit).select(UserRow::as_select());
    query.load(tx.conn()?)?.into_iter().map(UserRow::record).collect()
}

/// Ids and names of these people.
pub fn names(tx: &mut ReadTx<'_>, ids: &[String]) -> Result<Vec<(String, String)>, DbError> {
    Ok(users::table.filter(users::id.eq_any(ids)).select((users::id, users::name)).load(tx.conn()?)?)
}

/// How many people with this role can sign in.
pub fn count_enabled(tx: &mut ReadTx<'_>, role: Role) -> Result<usize, DbError> {
    Ok(list(tx)?.iter().filter(|user| user.disabled_at.is_none() && user.roles.has(role)).count())
}
