//! Where a page of a list begins: after a record that an earlier page of the same list ended with.

use crate::db::engine::error::DbError;
use crate::service::running::error::Error;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;

/// The fault of a cursor that no page of the list gave.
pub fn no_cursor() -> Error {
    FieldErrors::one("?cursor", FieldReason::Cursor).into()
}

/// Refuses a cursor that names no record of the list. An id of another kind of record would silently begin the page
/// somewhere, because all ids are ordered by time.
pub fn require_known<I, T>(after: Option<I>, find: impl FnOnce(I) -> Result<Option<T>, DbError>) -> Result<(), Error> {
    match after.map(find).transpose()? {
        Some(None) => Err(no_cursor()),
        _ => Ok(()),
    }
}
