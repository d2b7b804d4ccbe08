//! Registered organisations.

use crate::db::engine::column::{row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::notes::standing::standing;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::organisations;
use crate::db::engine::transaction::ReadTx;
use domain::base::calendar::Timestamp;
use domain::base::id::OrganisationId;
use domain::people::organisation::{Organisation, Registration};

row! {
    OrganisationRow in organisations for Organisation {
        id: OrganisationId, name: String, cin: String, pan: String, gstin: String, bank_account: String,
        ifsc: String, registered_at: Timestamp, version: i64, company_group: Option<String>,
    }
}

versioned!(organisations, OrganisationRow, Organisation, OrganisationId);
standing!(organisations, OrganisationRow, OrganisationId);

/// Returns which of the identities in a registration is already taken, if any.
pub fn taken(tx: &mut ReadTx<'_>, registration: &Registration) -> Result<Option<&'static str>, DbError> {
    let count = |tx: &mut ReadTx<'_>, column: &str| -> Result<i64, DbError> {
        let all = organisations::table.into_boxed();
        let same = match column {
            "CIN" => all.filter(organisations::cin.eq(&registration.cin)),
            "PAN" => all.filter(organisations::pan.eq(&registration.pan)),
            "GSTIN" => all.filter(organisations::gstin.eq(&registration.gstin)),
            _ => all
                .filter(organisations::bank_account.eq(&registration.bank_account))
                .filter(organisations::ifsc.eq(&registration.ifsc)),
        };
        Ok(same.count().get_result(tx.conn()?)?)
    };
    for what in ["CIN", "PAN", "GSTIN", "bank account"] {
        if count(tx, what)? > 0 {
            return Ok(Some(what));
        }
    }
    Ok(None)
}

/// All organisations, or the one to which a person is restricted, in the order of registration.
pub fn list(tx: &mut ReadTx<'_>, only: Option<OrganisationId>) -> Result<Vec<Organisation>, DbError> {
    let mut query = organisations::table.order(organisations::id).select(OrganisationRow::as_select()).into_boxed();
    if let Some(id) = only {
        query = query.filter(organisations::id.eq(id.to_string()));
    }
    query.load(tx.conn()?)?.into_iter().map(OrganisationRow::record).collect()
}

/// Organisations after the given one, in the order of ids, at most `limit`: one of them, or all.
pub fn page(
    tx: &mut ReadTx<'_>,
    only: Option<OrganisationId>,
    after: Option<OrganisationId>,
    limit: i64,
) -> Result<Vec<Organisation>, DbError> {
    let query = organisations::table.order(organisations::id).limit(limit).select(OrganisationRow::as_select());
    let mut query = query.into_boxed();
    if let Some(id) = only {
        query = query.filter(organisations::id.eq(id.to_string()));
    }
    if let Some(id) = after {
        query = query.filter(organisations::id.gt(id.to_string()));
    }
    query.load(tx.conn()?)?.into_iter().map(OrganisationRow::record).collect()
}

/// Ids and names of these organisations.
pub fn names(tx: &mut ReadTx<'_>, ids: &[String]) -> Result<Vec<(String, String)>, DbError> {
    let named = organisations::table.filter(organisations::id.eq_any(ids));
    Ok(named.select((organisations::id, organisations::name)).load(tx.conn()?)?)
}
