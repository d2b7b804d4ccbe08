//! The errors of storage. The engine's own messages never reach a person.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use std::path::PathBuf;

/// A storage failure. Refusals by business rules are not part of this type.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DbError {
    /// A unique constraint of a table was violated. It is the second guard; the first is in the use case.
    #[error("a unique rule was hit: {0}")]
    Conflict(String),
    /// A balance would have fallen below zero. The constraint is the second guard behind the check of each change.
    #[error("a check was hit: {0}")]
    CheckFailed(String),
    /// The database is locked, out of space, gone, or too slow. A later attempt may succeed.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The writer's queue is full.
    #[error("too many writes are waiting")]
    Busy,
    /// A command exceeded its time limit; only this command was undone.
    #[error("the command took too long")]
    TooSlow,
    /// A transaction that stays in memory was asked for tables that would have to be written first.
    #[error("this work needs the tables themselves")]
    NeedsTables,
    /// A stored value is not valid for its column.
    #[error("table {table}, column {column}: {why}")]
    Corrupt { table: &'static str, column: &'static str, why: String },
    /// There is no file where the database should be.
    #[error(
        "there is no database at {}: serve makes one; name the folder of another one in data.folder (--config FILE, or \
         MAGNET_SCHEME__DATA__FOLDER), or a PostgreSQL database in DATABASE_URL",
        .0.display()
    )]
    NoDatabase(PathBuf),
    /// What the operator named cannot be used. The text says why, and what to do.
    #[error("{0}")]
    Setup(String),
    /// Any other error, which is a defect.
    #[error("unexpected: {0}")]
    Other(String),
}

impl DbError {
    pub fn other(why: impl std::fmt::Display) -> Self {
        DbError::Other(why.to_string())
    }
}

impl From<DieselError> for DbError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(kind, info) => {
                let message = info.message().to_owned();
                match kind {
                    DatabaseErrorKind::UniqueViolation => DbError::Conflict(message),
                    DatabaseErrorKind::CheckViolation => DbError::CheckFailed(message),
                    DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::SerializationFailure => {
                        DbError::Unavailable(message)
                    }
                    _ if passes(&message) => DbError::Unavailable(message),
                    _ => DbError::Other(message),
                }
            }
            DieselError::BrokenTransactionManager => DbError::Unavailable("the connection broke".to_owned()),
            other => DbError::Other(other.to_string()),
        }
    }
}

impl From<diesel::ConnectionError> for DbError {
    fn from(error: diesel::ConnectionError) -> Self {
        DbError::Unavailable(error.to_string())
    }
}

/// Whether a message names a condition that ends by itself or after an operator acts. Diesel gives these
/// conditions no error kind of their own on either engine.
fn passes(message: &str) -> bool {
    const SIGNS: &[&str] = &[
        "database is locked",
        "disk is full",
        "disk I/O error",
        "unable to open database file",
        "No space left",
        "could not extend file",
        "server closed the connection",
        "no connection to the server",
        "connection not open",
        "terminating connection",
        "shutting down",
        "starting up",
        "canceling statement due to",
        "deadlock detected",
        "readonly database",
        "read-only transaction",
        "current transaction is aborted",
    ];
    SIGNS.iter().any(|sign| message.contains(sign))
}
