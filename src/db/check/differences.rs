//! Where the records of claims, tranches, disbursements and recoveries differ from the ledger.

use crate::db::claim::claims;
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::{accounts, disbursements, tranches};
use crate::db::engine::transaction::ReadTx;
use crate::db::recovery::recovery_credits;
use diesel::dsl::sql;
use diesel::sql_types::{BigInt, Text};
use domain::budget::ledger::Stage;

/// A figure for which the records and the ledger have different values.
pub struct Difference {
    pub award_id: String,
    pub component: String,
    pub stage: Stage,
    pub records: i64,
    pub ledger: i64,
}

/// Stages of the recovery ledger that recoveries and their credits account for.
const RECOVERY_STAGES: [Stage; 9] = [
    Stage::Receipts,
    Stage::PrincipalDue,
    Stage::InterestDue,
    Stage::DamagesDue,
    Stage::PrincipalRecovered,
    Stage::InterestRecovered,
    Stage::DamagesRecovered,
    Stage::WrittenOff,
    Stage::Waived,
];

type Sums = std::collections::BTreeMap<(String, String, Stage), (i64, i64)>;

/// Where the records of claims, tranches and disbursements and the ledger's award accounts differ, stage
/// by stage.
pub fn differing_records(tx: &mut ReadTx<'_>) -> Result<Vec<Difference>, DbError> {
    let mut sums = Sums::new();
    let held: Vec<(String, String, String, i64)> = tranches::table
        .filter(tranches::status.ne_all(["rejected", "expired", "disbursed"]))
        .group_by((tranches::award_id, tranches::component, tranches::status))
        .select((
            tranches::award_id,
            tranches::component,
            tranches::status,
            sql::<BigInt>("CAST(SUM(tranches.amount_paise) AS BIGINT)"),
        ))
        .load(tx.conn()?)?;
    for (award, component, status, amount) in held {
        let sanctioned = ["sanctioned", "advised"].contains(&status.as_str());
        let stage = if sanctioned { Stage::Sanctioned } else { Stage::Reserved };
        sums.entry((award, component, stage)).or_default().0 += amount;
    }
    let paid: Vec<(String, String, i64)> = disbursements::table
        .filter(disbursements::status.eq("succeeded"))
        .group_by((disbursements::award_id, disbursements::component))
        .select((
            disbursements::award_id,
            disbursements::component,
            sql::<BigInt>("CAST(SUM(disbursements.amount_paise) AS BIGINT)"),
        ))
        .load(tx.conn()?)?;
    for (award, component, amount) in paid {
        sums.entry((award, component, Stage::Disbursed)).or_default().0 += amount;
    }
    for (award, component, amount) in claims::withheld(tx)? {
        sums.entry((award, component, Stage::Withheld)).or_default().0 += amount;
    }
    for (award, component, stage, amount) in recovery_credits::record_sums(tx)? {
        sums.entry((award, component, stage)).or_default().0 += amount;
    }
    let stages = [Stage::Withheld, Stage::Reserved, Stage::Sanctioned, Stage::Disbursed];
    for stage in stages.iter().chain(&RECOVERY_STAGES) {
        let posted: Vec<(String, String, i64)> = accounts::table
            .filter(accounts::stage.eq(stage.as_str()))
            .filter(accounts::award_id.is_not_null())
            .select((sql::<Text>("accounts.award_id"), accounts::component, accounts::balance_paise))
            .load(tx.conn()?)?;
        for (award, component, amount) in posted {
            sums.entry((award, component, *stage)).or_default().1 += amount;
        }
    }
    let differs = |((award_id, component, stage), (records, ledger))| {
        (records != ledger).then_some(Difference { award_id, component, stage, records, ledger })
    };
    Ok(sums.into_iter().filter_map(differs).collect())
}
