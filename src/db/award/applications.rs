//! Applications.

use crate::db::engine::column::{row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::query::of_ids;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::applications;
use crate::db::engine::transaction::ReadTx;
use domain::award::allocation::Place;
use domain::award::application::{Application, ApplicationForm, ApplicationStatus, SubmissionReceipt};
use domain::award::scrutiny::Scrutiny;
use domain::base::calendar::Timestamp;
use domain::base::id::{ApplicationId, OrganisationId, UserId};
use domain::base::queries::QueryRounds;

row! {
    ApplicationRow in applications for Application {
        id: ApplicationId, scheme_code: String, scheme_version: i64, organisation_id: OrganisationId,
        status: ApplicationStatus, number: Option<String>, form: ApplicationForm, prepared_by: UserId,
        receipt: Option<SubmissionReceipt>, queries: QueryRounds, scrutiny: Option<Scrutiny>,
        place: Option<Place>, created_at: Timestamp, version: i64,
    }
}

versioned!(applications, ApplicationRow, Application, ApplicationId);
of_ids!(applications, ApplicationRow, Application);

/// The application with a number, if any.
pub fn find_by_number(tx: &mut ReadTx<'_>, number: &str) -> Result<Option<Application>, DbError> {
    let query = applications::table.filter(applications::number.eq(number)).select(ApplicationRow::as_select());
    query.get_result(tx.conn()?).optional()?.map(ApplicationRow::record).transpose()
}

/// The part of all applications that a list shows: those of one status, and those of one organisation or, without its
/// drafts, of all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    pub status: Option<ApplicationStatus>,
    pub only: Option<OrganisationId>,
}

macro_rules! part {
    ($query:expr, $part:expr) => {{
        let mut query = match $part.only {
            Some(id) => $query.filter(applications::organisation_id.eq(id.to_string())),
            None => $query.filter(applications::status.ne("draft")),
        };
        if let Some(status) = $part.status {
            query = query.filter(applications::status.eq(status.as_str()));
        }
        query
    }};
}

/// How many applications a list has.
pub fn count(tx: &mut ReadTx<'_>, part: Part) -> Result<i64, DbError> {
    Ok(part!(applications::table.count().into_boxed(), part).get_result(tx.conn()?)?)
}

/// The applications of one page of a list, the newest first.
pub fn page(tx: &mut ReadTx<'_>, part: Part, offset: i64, limit: i64) -> Result<Vec<Application>, DbError> {
    let query = applications::table.order(applications::id.desc()).select(ApplicationRow::as_select()).into_boxed();
    let rows = part!(query, part).offset(offset).limit(limit).load(tx.conn()?)?;
    rows.into_iter().map(ApplicationRow::record).collect()
}

/// Whether anybody has begun to apply under a scheme.
pub fn any_under(tx: &mut ReadTx<'_>, scheme_code: &str) -> Result<bool, DbError> {
    let under = applications::table.filter(applications::scheme_code.eq(scheme_code));
    Ok(diesel::select(diesel::dsl::exists(under)).get_result(tx.conn()?)?)
}

/// The submitted application of an organisation in a scheme that was not found ineligible.
pub fn find_live(
    tx: &mut ReadTx<'_>,
    scheme_code: &str,
    organisation: OrganisationId,
) -> Result<Option<Application>, DbError> {
    let row = applications::table
        .filter(applications::scheme_code.eq(scheme_code))
        .filter(applications::organisation_id.eq(organisation.to_string()))
        .filter(applications::status.eq_any(["submitted", "eligible", "awarded"]))
        .select(ApplicationRow::as_select())
        .get_result(tx.conn()?)
        .optional()?;
    row.map(ApplicationRow::record).transpose()
}

/// The applications of a scheme that were submitted and not found ineligible, of all its versions.
pub fn competing(tx: &mut ReadTx<'_>, scheme_code: &str) -> Result<Vec<Application>, DbError> {
    let query = applications::table
        .filter(applications::scheme_code.eq(scheme_code))
        .filter(applications::status.eq_any(["submitted", "eligible", "awarded"]))
        .order(applications::id);
    query.select(ApplicationRow::as_select()).load(tx.conn()?)?.into_iter().map(ApplicationRow::record).collect()
}

/// The number of an opened bid of a scheme that no published run has given a place, if any: its round goes on.
pub fn awaiting_run(tx: &mut ReadTx<'_>, scheme_code: &str) -> Result<Option<String>, DbError> {
    let found = competing(tx, scheme_code)?.into_iter().find(Application::awaits_run);
    Ok(found.map(|application| application.number.unwrap_or_default()))
}

/// Applications after an id, in the order of ids, at most `limit`.
pub fn after(tx: &mut ReadTx<'_>, id: &str, limit: i64) -> Result<Vec<Application>, DbError> {
    let query = applications::table.filter(applications::id.gt(id)).order(applications::id).limit(limit);
    query.select(ApplicationRow::as_select()).load(tx.conn()?)?.into_iter().map(ApplicationRow::record).collect()
}
