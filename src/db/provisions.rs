//! Provisions of the budget.

use crate::db::column::{row, versioned};
use crate::db::connection::ReadTx;
use crate::db::error::DbError;
use crate::db::schema::provisions;
use crate::domain::budget::{Provision, ProvisionStatus};
use crate::domain::calendar::{FinancialYear, Timestamp};
use crate::domain::id::{InstrumentId, UserId};
use crate::domain::money::Paise;
use crate::domain::scheme::Component;
use chrono::NaiveDate;
use diesel::prelude::*;

row! {
    ProvisionRow in provisions for Provision {
        id: InstrumentId, scheme_code: String, component: Component, financial_year: FinancialYear,
        amount_paise: Paise, reference: String, dated_on: NaiveDate, status: ProvisionStatus, proposed_by: UserId,
        proposed_at: Timestamp, approved_by: Option<UserId>, approved_at: Option<Timestamp>, version: i64,
    }
}

versioned!(provisions, ProvisionRow, Provision, InstrumentId);

pub fn list(tx: &mut ReadTx<'_>) -> Result<Vec<Provision>, DbError> {
    let rows = provisions::table.order(provisions::id).select(ProvisionRow::as_select()).load(tx.conn()?)?;
    rows.into_iter().map(ProvisionRow::record).collect()
}

/// Approved provisions of one component.
pub fn approved(tx: &mut ReadTx<'_>, scheme_code: &str, component: Component) -> Result<Vec<Provision>, DbError> {
    let query = || {
        provisions::table
            .filter(provisions::scheme_code.eq(scheme_code))
            .filter(provisions::component.eq(component.as_str()))
            .filter(provisions::status.eq("approved"))
            .order(provisions::id)
            .select(ProvisionRow::as_select())
    };
    let question = || format!("provisions {scheme_code} {component}");
    let rows: Vec<ProvisionRow> = tx.remembered(question, |conn| Ok(query().load(conn)?))?;
    rows.into_iter().map(ProvisionRow::record).collect()
}
