//! Journals as stored, read back for proof.

use crate::db::claims;
use crate::db::connection::ReadTx;
use crate::db::error::DbError;
use crate::db::recovery_credits;
use crate::db::schema::{accounts, disbursements, entries, journals, tranches};
use crate::db::sets::set_row;
use crate::domain::audit::StoredJournal;
use crate::domain::ledger::{Entry, Stage};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use std::collections::BTreeMap;

/// A journal as stored.
#[derive(Clone, Insertable)]
#[diesel(table_name = journals)]
pub(in crate::db) struct JournalRow {
    pub id: String,
    pub kind: String,
    pub reference: String,
    pub posted_at: String,
    pub audit_sequence: i64,
}

set_row!(JournalRow in journals { id, kind, reference, posted_at, audit_sequence });

/// An entry as stored.
#[derive(Clone, Insertable)]
#[diesel(table_name = entries)]
pub(in crate::db) struct EntryRow {
    pub journal_id: String,
    pub line: i64,
    pub account_id: i64,
    pub amount_paise: i64,
}

set_row!(EntryRow in entries { journal_id, line, account_id, amount_paise });

#[derive(QueryableByName)]
struct JournalId {
    #[diesel(sql_type = Text)]
    journal_id: String,
}

type StoredRow = (String, String, String, String, i64);
/// Its journal, account and amount.
type StoredLine = (String, String, i64);

/// The journals that these audit entries posted, oldest first, in two statements.
pub fn of_sequences(tx: &mut ReadTx<'_>, sequences: &[i64]) -> Result<Vec<StoredJournal>, DbError> {
    let rows: Vec<StoredRow> = journals::table
        .filter(journals::audit_sequence.eq_any(sequences))
        .order(journals::audit_sequence)
        .load(tx.conn()?)?;
    let ids: Vec<&String> = rows.iter().map(|(id, ..)| id).collect();
    let lines: Vec<StoredLine> = entries::table
        .inner_join(accounts::table.on(accounts::id.eq(entries::account_id)))
        .filter(entries::journal_id.eq_any(ids))
        .order((entries::journal_id, entries::line))
        .select((entries::journal_id, accounts::code, entries::amount_paise))
        .load(tx.conn()?)?;
    Ok(with_lines(rows, lines))
}

/// The journals that the audit entries from one to another posted, oldest first, in two statements.
pub fn between(tx: &mut ReadTx<'_>, first: i64, last: i64) -> Result<Vec<StoredJournal>, DbError> {
    let rows: Vec<StoredRow> = journals::table
        .filter(journals::audit_sequence.between(first, last))
        .order(journals::audit_sequence)
        .load(tx.conn()?)?;
    let lines: Vec<StoredLine> = entries::table
        .inner_join(journals::table.on(journals::id.eq(entries::journal_id)))
        .inner_join(accounts::table.on(accounts::id.eq(entries::account_id)))
        .filter(journals::audit_sequence.between(first, last))
        .order((journals::audit_sequence, entries::line))
        .select((entries::journal_id, accounts::code, entries::amount_paise))
        .load(tx.conn()?)?;
    Ok(with_lines(rows, lines))
}

fn with_lines(rows: Vec<StoredRow>, lines: Vec<StoredLine>) -> Vec<StoredJournal> {
    let mut lines_of: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for (journal, account_code, amount_paise) in lines {
        lines_of.entry(journal).or_default().push(Entry { account_code, amount_paise });
    }
    let journal = |(id, kind, reference, posted_at, audit_sequence): StoredRow| {
        let entries = lines_of.remove(&id).unwrap_or_default();
        StoredJournal { id, kind, reference, posted_at, audit_sequence, entries }
    };
    rows.into_iter().map(journal).collect()
}

pub fn count(tx: &mut ReadTx<'_>) -> Result<i64, DbError> {
    Ok(journals::table.count().get_result(tx.conn()?)?)
}

/// Account codes whose stored balance differs from the sum of their entries, with both figures.
pub fn differing_totals(tx: &mut ReadTx<'_>) -> Result<Vec<(String, i64, i64)>, DbError> {
    let rows: Vec<(String, String, i64, Option<i64>)> = accounts::table
        .left_join(entries::table.on(entries::account_id.eq(accounts::id)))
        .group_by((accounts::code, accounts::stage, accounts::balance_paise))
        .order(accounts::code)
        .select((
            accounts::code,
            accounts::stage,
            accounts::balance_paise,
            sql::<Nullable<BigInt>>("CAST(SUM(entries.amount_paise) AS BIGINT)"),
        ))
        .load(tx.conn()?)?;
    let differs = |(code, stage, balance, sum): (String, String, i64, Option<i64>)| {
        let sum = sum.unwrap_or(0);
        let sum = if stage.parse::<Stage>().is_ok_and(Stage::grows_on_debit) { sum } else { -sum };
        (sum != balance).then_some((code, balance, sum))
    };
    Ok(rows.into_iter().filter_map(differs).collect())
}

/// Ids of journals whose entries do not sum to zero within a ledger.
pub fn unbalanced(tx: &mut ReadTx<'_>) -> Result<Vec<String>, DbError> {
    let rows: Vec<JournalId> = diesel::sql_query(
        "SELECT DISTINCT journal_id FROM (SELECT entries.journal_id FROM entries \
         JOIN accounts ON accounts.id = entries.account_id \
         GROUP BY entries.journal_id, accounts.ledger HAVING SUM(entries.amount_paise) <> 0) AS uneven \
         ORDER BY journal_id",
    )
    .load(tx.conn()?)?;
    Ok(rows.into_iter().map(|row| row.journal_id).collect())
}

/// A figure that two places keep, where they differ.
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
