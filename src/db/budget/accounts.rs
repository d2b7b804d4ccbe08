//! Ledger accounts and the guarded posting of journals. A balance changes only here, only together with its
//! entry, and never falls below zero: each change checks the balance first.

use crate::db::engine::column::Column;
use crate::db::engine::connection::DbConnection;
use crate::db::engine::error::DbError;
use crate::db::engine::notes::written;
use crate::db::engine::query::prelude::*;
use crate::db::engine::rows::{EntryRow, JournalRow};
use crate::db::engine::schema::accounts;
use crate::db::engine::sets::{Value, set_row};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::calendar::{FinancialYear, Timestamp};
use domain::base::id::{AwardId, JournalId, OrganisationId};
use domain::base::money::Paise;
use domain::base::refusal::Refusal;
use domain::budget::budget::Balance;
use domain::budget::ledger::{Account, AccountAward, AccountBalance, BalanceChange, Entry, Journal, Ledger, Stage};
use domain::log::audit::StoredJournal;
use domain::scheme::scheme::Component;
use std::collections::BTreeSet;

/// Why a journal was not posted.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<diesel::result::Error> for PostError {
    fn from(error: diesel::result::Error) -> Self {
        PostError::Database(error.into())
    }
}

/// A stored journal, and what it did to every account that it touched.
pub struct Posted {
    pub journal: StoredJournal,
    pub changes: Vec<BalanceChange>,
}

impl Posted {
    /// The balances of these accounts after it.
    pub fn balances(&self) -> Vec<AccountBalance> {
        let after = |change: &BalanceChange| AccountBalance {
            account: change.account.clone(),
            balance_paise: change.after_paise,
        };
        self.changes.iter().map(after).collect()
    }
}

/// Posts a whole journal: every movement with its two entries and both balances. After a refusal the caller's
/// savepoint rolls back what was already posted.
pub fn post(
    tx: &mut WriteTx<'_>,
    journal: &Journal,
    id: JournalId,
    at: Timestamp,
    audit_sequence: i64,
) -> Result<Posted, PostError> {
    let row = JournalRow {
        id: id.to_string(),
        kind: journal.kind.to_string(),
        reference: journal.reference.clone(),
        posted_at: at.to_string(),
        audit_sequence,
    };
    prefetch(tx, journal)?;
    tx.buffer().newest().journals.push(row);
    let mut stored = Vec::with_capacity(journal.movements.len() * 2);
    let mut changes: Vec<BalanceChange> = Vec::with_capacity(stored.capacity());
    for movement in &journal.movements {
        for (account, debit) in [(&movement.from, -movement.amount.0), (&movement.to, movement.amount.0)] {
            let (account_id, mut changed) = change(tx, account, debit)?;
            if let Some(place) = changes.iter().position(|earlier| earlier.account == changed.account) {
                changed.before_paise = changes.remove(place).before_paise;
            }
            changes.push(changed);
            stored.push(Entry { account_code: account.code(), amount_paise: debit });
            let line = stored.len() as i64;
            let row = EntryRow { journal_id: id.to_string(), line, account_id, amount_paise: debit };
            tx.buffer().newest().entries.push(row);
        }
    }
    let journal = StoredJournal {
        id: id.to_string(),
        kind: journal.kind.to_string(),
        reference: journal.reference.clone(),
        posted_at: at.to_string(),
        audit_sequence,
        entries: stored,
    };
    Ok(Posted { journal, changes })
}

/// Prefetches all accounts of a journal in one statement, but only from an engine that is a round trip away.
fn prefetch(tx: &mut WriteTx<'_>, journal: &Journal) -> Result<(), DbError> {
    if !tx.is_remote() {
        return Ok(());
    }
    let both = journal.movements.iter().flat_map(|movement| [movement.from.code(), movement.to.code()]);
    let codes: BTreeSet<String> = both.filter(|code| !tx.buffer().cache().accounts.contains_key(code)).collect();
    if codes.len() < 2 {
        return Ok(());
    }
    let query = accounts::table.filter(accounts::code.eq_any(&codes));
    let query = query.select((accounts::code, accounts::id, accounts::balance_paise));
    let read = tx.stored(|select| match select.engine() {
        DbConnection::Postgres(conn) => diesel::RunQueryDsl::load::<(String, i64, i64)>(query, conn),
        DbConnection::Sqlite(_) => Ok(Vec::new()),
    })?;
    read.cache(tx, |rows, cache| {
        cache.accounts.extend(rows.into_iter().map(|(code, id, balance)| (code, Some((id, balance)))));
    });
    Ok(())
}

/// Changes one balance by a debit (positive) or credit (negative), or refuses and names the account. The
/// constraint of the table is the second guard, when the batch is written.
fn change(tx: &mut WriteTx<'_>, account: &Account, debit: i64) -> Result<(i64, BalanceChange), PostError> {
    let code = account.code();
    let by = if account.grows_on_debit() { debit } else { -debit };
    let changed = |before, after| BalanceChange {
        account: account.code(),
        before_paise: Paise(before),
        after_paise: Paise(after),
    };
    let Some((id, balance)) = standing(tx, &code)? else {
        if by < 0 {
            return Err(Refusal::BudgetExceeded { account: code, need: Paise(-by), room: Paise::ZERO }.into());
        }
        return Ok((open(tx, account, by)?, changed(0, by)));
    };
    let after = balance.checked_add(by).ok_or(Refusal::AmountTooLarge)?;
    if after < 0 {
        return Err(Refusal::BudgetExceeded { account: code, need: Paise(-by), room: Paise(balance) }.into());
    }
    *tx.buffer().newest().balances.entry(id).or_default() += by;
    Ok((id, changed(balance, after)))
}

/// Returns the id and the current balance of an account: as stored, with the changes of this transaction.
fn standing(tx: &mut ReadTx<'_>, code: &str) -> Result<Option<(i64, i64)>, DbError> {
    let stored = tx.stored_once(
        code.to_owned(),
        |cache| &mut cache.accounts,
        |select, code| {
            let query = accounts::table.filter(accounts::code.eq(code)).select((accounts::id, accounts::balance_paise));
            select.get_result(query).optional()
        },
    )?;
    Ok(stored.merge(tx, |stored, savepoints| {
        let (id, balance) = stored?;
        let changed: i64 = savepoints.filter_map(|savepoint| savepoint.balances.get(&id)).sum();
        Some((id, balance + changed))
    }))
}

/// Opens an account with its first balance.
fn open(tx: &mut WriteTx<'_>, account: &Account, balance: i64) -> Result<i64, DbError> {
    let award = account.award.as_ref();
    let row = OpenedRow {
        code: account.code(),
        ledger: account.ledger.as_str().to_owned(),
        scheme_code: account.scheme_code.clone(),
        component: account.component.as_str().to_owned(),
        award_id: award.map(|award| award.id.to_string()),
        award_number: award.map(|award| award.number.clone()),
        organisation_id: award.map(|award| award.organisation_id.to_string()),
        financial_year: account.financial_year.map(|year| year.to_string()),
        stage: account.stage.as_str().to_owned(),
    };
    let id = diesel::insert_into(accounts::table)
        .values((&row, accounts::balance_paise.eq(balance)))
        .returning(accounts::id)
        .get_result(tx.conn()?)?;
    written::written_beside(tx, &row, &[("id", Value::Number(id))]);
    Ok(id)
}

/// An account as it is opened; the engine gives it its id.
#[derive(Insertable)]
#[diesel(table_name = accounts)]
struct OpenedRow {
    code: String,
    ledger: String,
    scheme_code: String,
    component: String,
    award_id: Option<String>,
    award_number: Option<String>,
    organisation_id: Option<String>,
    financial_year: Option<String>,
    stage: String,
}

set_row!(OpenedRow in accounts {
    code, ledger, scheme_code, component, award_id, award_number, organisation_id, financial_year, stage,
});

/// The balance of an account; zero if nothing was ever posted to it.
pub fn balance(tx: &mut ReadTx<'_>, account: &Account) -> Result<Paise, DbError> {
    Ok(Paise(standing(tx, &account.code())?.map_or(0, |(_, balance)| balance)))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
struct AccountRow {
    ledger: String,
    scheme_code: String,
    component: String,
    award_id: Option<String>,
    award_number: Option<String>,
    organisation_id: Option<String>,
    financial_year: Option<String>,
    stage: String,
    balance_paise: i64,
}

impl AccountRow {
    fn record(self) -> Result<Balance, DbError> {
        let corrupt = |column: &'static str| move |why: String| DbError::Corrupt { table: "accounts", column, why };
        let award = match (self.award_id, self.award_number, self.organisation_id) {
            (Some(id), Some(number), Some(organisation)) => Some(AccountAward {
                id: AwardId::from_raw(id).map_err(corrupt("award_id"))?,
                number,
                organisation_id: OrganisationId::from_raw(organisation).map_err(corrupt("organisation_id"))?,
            }),
            _ => None,
        };
        let account = Account {
            ledger: Ledger::from_raw(self.ledger).map_err(corrupt("ledger"))?,
            scheme_code: self.scheme_code,
            component: Component::from_raw(self.component).map_err(corrupt("component"))?,
            award,
            financial_year: Option::<FinancialYear>::from_raw(self.financial_year)
                .map_err(corrupt("financial_year"))?,
            stage: Stage::from_raw(self.stage).map_err(corrupt("stage"))?,
        };
        Ok(Balance { account, balance: Paise(self.balance_paise) })
    }
}

/// Every account with its balance.
pub fn balances(tx: &mut ReadTx<'_>) -> Result<Vec<Balance>, DbError> {
    let rows: Vec<AccountRow> = accounts::table.order(accounts::id).select(AccountRow::as_select()).load(tx.conn()?)?;
    rows.into_iter().map(AccountRow::record).collect()
}

/// The accounts of an award in the outlay.
pub fn of_award(tx: &mut ReadTx<'_>, award: AwardId) -> Result<Vec<Balance>, DbError> {
    let own = accounts::table
        .filter(accounts::award_id.eq(award.to_string()))
        .filter(accounts::ledger.eq(Ledger::Outlay.as_str()))
        .order(accounts::id);
    let rows: Vec<AccountRow> = own.select(AccountRow::as_select()).load(tx.conn()?)?;
    rows.into_iter().map(AccountRow::record).collect()
}

/// What was paid under each of these awards, less what came back: its id and one amount for each component.
pub fn paid_under(tx: &mut ReadTx<'_>, awards: &[String]) -> Result<Vec<(Option<String>, i64)>, DbError> {
    let paid = accounts::table
        .filter(accounts::award_id.eq_any(awards))
        .filter(accounts::ledger.eq(Ledger::Outlay.as_str()))
        .filter(accounts::stage.eq(Stage::Disbursed.as_str()));
    Ok(paid.select((accounts::award_id, accounts::balance_paise)).load(tx.conn()?)?)
}
