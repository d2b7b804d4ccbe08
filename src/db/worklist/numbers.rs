//! Finds records by their human numbers: one statement for any number of them.

use crate::db::engine::connection::{DbConnection, per_engine};
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::base::number::{Number, NumberKind};
use std::collections::BTreeMap;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    number: String,
    #[diesel(sql_type = Text)]
    id: String,
}

/// The ids of the records with these numbers, by number; a number without a record is not in the answer.
pub fn ids(tx: &mut ReadTx<'_>, numbers: &[Number]) -> Result<BTreeMap<String, String>, DbError> {
    if numbers.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sqlite = matches!(tx.conn()?, DbConnection::Sqlite(_));
    let one = |(place, number): (usize, &Number)| {
        let bound = if sqlite { "?".to_owned() } else { format!("${}", place + 1) };
        format!("SELECT number, id FROM {} WHERE number = {bound}", table(number.kind))
    };
    let text: Vec<String> = numbers.iter().enumerate().map(one).collect();
    let found: Vec<Found> = per_engine!(tx.conn()?, |conn| {
        let mut statement = diesel::sql_query(text.join(" UNION ALL ")).into_boxed();
        for number in numbers {
            statement = statement.bind::<Text, _>(&number.text);
        }
        statement.load(conn)?
    });
    Ok(found.into_iter().map(|found| (found.number, found.id)).collect())
}

/// The table of a kind of record.
fn table(kind: NumberKind) -> &'static str {
    match kind {
        NumberKind::Application => "applications",
        NumberKind::Allocation => "allocations",
        NumberKind::Award => "awards",
        NumberKind::Excuse => "excuses",
        NumberKind::Claim => "claims",
        NumberKind::FinalCertificate => "final_certificates",
        NumberKind::Tranche => "tranches",
        NumberKind::Payment => "payments",
        NumberKind::Disbursement => "disbursements",
        NumberKind::Recovery => "recoveries",
        NumberKind::BudgetInstrument => "budget_instruments",
        NumberKind::Observation => "observations",
        NumberKind::Requisition => "requisitions",
        NumberKind::Sample => "samples",
        NumberKind::SavedQuery => "saved_queries",
        NumberKind::Letter => "letters",
    }
}
