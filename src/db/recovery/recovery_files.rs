//! What the page of a recovery shows from other records: names, and the payments that it concerns. One statement each.

use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::payments;
use crate::db::engine::transaction::ReadTx;
use diesel::sql_types::{Nullable, Text};
use diesel::{QueryableByName, sql_query};
use domain::base::id::{PaymentId, RecoveryId};
use std::collections::BTreeMap;

/// How somebody names a recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecoveryReference {
    Id(RecoveryId),
    Number(String),
}

/// The names of the records that a recovery belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryContext {
    pub id: RecoveryId,
    /// The number of the award.
    pub award: String,
    pub beneficiary: String,
    /// Code and title of the late milestone; only for damages.
    pub milestone: Option<(String, String)>,
    /// The number of the tranche that was paid; none for damages.
    pub tranche: Option<String>,
    /// The payment that is recovered; none for damages.
    pub payment: Option<PaymentId>,
}

#[derive(QueryableByName)]
struct ContextRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    award: String,
    #[diesel(sql_type = Text)]
    beneficiary: String,
    #[diesel(sql_type = Nullable<Text>)]
    code: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    title: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    tranche: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    payment: Option<String>,
}

fn corrupt(column: &'static str, why: String) -> DbError {
    DbError::Corrupt { table: "recoveries", column, why }
}

/// The names around a recovery; `None` if there is no such recovery.
pub fn context(tx: &mut ReadTx<'_>, of: &RecoveryReference) -> Result<Option<RecoveryContext>, DbError> {
    let (column, value) = match of {
        RecoveryReference::Id(id) => ("id", id.to_string()),
        RecoveryReference::Number(number) => ("number", number.clone()),
    };
    let text = format!(
        "SELECT recoveries.id AS id, awards.number AS award, organisations.name AS beneficiary, \
         milestones.code AS code, milestones.title AS title, tranches.number AS tranche, \
         disbursements.payment_id AS payment FROM recoveries JOIN awards ON awards.id = recoveries.award_id \
         JOIN organisations ON organisations.id = recoveries.organisation_id \
         LEFT JOIN milestones ON milestones.id = recoveries.milestone_id \
         LEFT JOIN tranches ON tranches.id = recoveries.tranche_id \
         LEFT JOIN disbursements ON disbursements.id = recoveries.disbursement_id \
         WHERE recoveries.{column} = $1"
    );
    let row: Option<ContextRow> = sql_query(text).bind::<Text, _>(value).load(tx.conn()?)?.into_iter().next();
    let context = |row: ContextRow| {
        let payment = row.payment.map(|id| id.parse().map_err(|_| corrupt("disbursement_id", id)));
        Ok(RecoveryContext {
            id: row.id.parse().map_err(|_| corrupt("id", row.id))?,
            award: row.award,
            beneficiary: row.beneficiary,
            milestone: row.code.zip(row.title),
            tranche: row.tranche,
            payment: payment.transpose()?,
        })
    };
    row.map(context).transpose()
}

/// The numbers of payments, by their ids.
pub fn payment_numbers(tx: &mut ReadTx<'_>, ids: &[PaymentId]) -> Result<BTreeMap<PaymentId, String>, DbError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let rows: Vec<(String, String)> =
        payments::table.filter(payments::id.eq_any(ids)).select((payments::id, payments::number)).load(tx.conn()?)?;
    let pair = |(id, number): (String, String)| {
        let parsed = id.parse().map_err(|_| DbError::Corrupt { table: "payments", column: "id", why: id })?;
        Ok((parsed, number))
    };
    rows.into_iter().map(pair).collect()
}
