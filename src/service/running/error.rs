//! The ways in which a use case can fail. `web/edge/problem.rs` maps each to its HTTP status.

use crate::db::budget::accounts::PostError;
use crate::db::engine::error::DbError;
use domain::base::field::FieldErrors;
use domain::base::refusal::{Refusal, Undecided};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule refused the request.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Fields with impossible values.
    #[error("{} fields are wrong", .0.0.len())]
    Invalid(FieldErrors),
    /// The caller is not signed in, or no longer.
    #[error("sign in first")]
    Unauthenticated,
    /// The record does not exist, or not for this person.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The queue is full or the database cannot be reached: the same request may be sent again.
    #[error("not available: {0}")]
    Unavailable(String),
    /// A rehearsal took too long, or too many waited: what the step would do is not known now.
    #[error("cannot be rehearsed now: {0}")]
    NotRehearsed(String),
    /// A rehearsal was asked for where only the act itself is offered: nothing was done.
    #[error("this operation has no rehearsal")]
    NoRehearsal,
    /// What the operator named is not there, or is not what it has to be. Said at the command line.
    #[error("{0}")]
    Setup(String),
    /// A defect or a damaged store. Logged, never shown.
    #[error("internal: {0}")]
    Internal(String),
}

impl From<FieldErrors> for Error {
    fn from(errors: FieldErrors) -> Self {
        Error::Invalid(errors)
    }
}

impl Error {
    /// What went wrong in the data folder: for the operator, who named it.
    pub fn of_folder(error: std::io::Error) -> Error {
        match Error::from(error) {
            Error::Internal(why) => Error::Setup(format!("data.folder: {why}")),
            other => other,
        }
    }

    /// The same error about a body in which the fields stand within a member, such as `/form`.
    pub fn within(self, member: &str) -> Error {
        match self {
            Error::Invalid(errors) => Error::Invalid(errors.within(member)),
            other => other,
        }
    }
}

impl From<Undecided> for Error {
    fn from(undecided: Undecided) -> Self {
        match undecided {
            Undecided::Refused(refusal) => Error::Refused(refusal),
            Undecided::Inconsistent(why) => Error::Internal(why),
        }
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unavailable(_) | DbError::Busy | DbError::TooSlow | DbError::NeedsTables => {
                Error::Unavailable(error.to_string())
            }
            DbError::NoDatabase(_) | DbError::Setup(_) => Error::Setup(error.to_string()),
            other => Error::Internal(other.to_string()),
        }
    }
}

impl From<PostError> for Error {
    fn from(error: PostError) -> Self {
        match error {
            PostError::Refused(refusal) => Error::Refused(refusal),
            PostError::Database(error) => error.into(),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded | std::io::ErrorKind::FileTooLarge => {
                Error::Unavailable(error.to_string())
            }
            _ => Error::Internal(error.to_string()),
        }
    }
}

/// Turns a missing value into the error "there is no such …".
pub trait OrNotFound<T> {
    fn or_not_found(self, noun: &'static str) -> Result<T, Error>;
}

impl<T> OrNotFound<T> for Option<T> {
    fn or_not_found(self, noun: &'static str) -> Result<T, Error> {
        self.ok_or(Error::NotFound(noun))
    }
}
