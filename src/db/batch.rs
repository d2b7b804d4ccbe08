//! What the commands of one transaction have changed and not yet written. A batch keeps the hot
//! rows (payments, tranches, ledger, audit log, keys) in memory and writes them in sets, once, at
//! its end; every rule and floor is still checked command by command against what is held here.
//!
//! Nested transactions are layers. A layer becomes a real savepoint only when its command needs
//! the tables themselves: then everything held so far is written out first, in order.

use crate::db::audit_log::AuditRow;
use crate::db::connection::{DbConnection, WriteTx, lost};
use crate::db::deadline::Deadline;
use crate::db::disbursements::DisbursementRow;
use crate::db::error::DbError;
use crate::db::idempotency::KeyRow;
use crate::db::journals::{EntryRow, JournalRow};
use crate::db::log_tiles::TileRow;
use crate::db::payments::PaymentRow;
use crate::db::sets::HeldRow;
use crate::db::together::Together;
use crate::db::tranches::{StepRow, TrancheRow};
use crate::db::writer::Wants;
use crate::domain::id::PaymentId;
use std::any::Any;
use std::collections::{BTreeMap, HashMap};

/// A row that was inserted or changed: how it shall stand, and how it is stored.
pub struct Change<R> {
    pub row: R,
    /// The row in the table; none for a new one.
    pub stored: Option<R>,
}

/// Changed rows of one table by id.
pub type Changes<R> = BTreeMap<String, Change<R>>;

/// Stores a change on top of what a layer already holds of the row.
fn put<R>(changes: &mut Changes<R>, id: String, change: Change<R>) {
    let stored = match changes.remove(&id) {
        Some(earlier) => earlier.stored,
        None => change.stored,
    };
    changes.insert(id, Change { row: change.row, stored });
}

/// Sequence and hash of the end of the audit log.
pub type Head = (i64, String);

/// One nested transaction.
#[derive(Default)]
pub struct Layer {
    pub tranches: Changes<TrancheRow>,
    pub payments: Changes<PaymentRow>,
    pub tranche_steps: Vec<StepRow>,
    pub disbursements: Vec<DisbursementRow>,
    pub journals: Vec<JournalRow>,
    pub entries: Vec<EntryRow>,
    pub audit_log: Vec<AuditRow>,
    /// Roots of the groups of the log that its entries filled.
    pub log_tiles: Vec<TileRow>,
    pub keys: HashMap<(String, String), KeyRow>,
    /// Ids of payments by the UTR they got here.
    pub utrs: HashMap<String, String>,
    /// What each account gained or lost.
    pub balances: BTreeMap<i64, i64>,
    pub counters: BTreeMap<String, i64>,
    /// What each scheme paid and advised in months that are limited, by scheme and month.
    pub spending: BTreeMap<(String, String), (i64, i64)>,
    /// The head as stored, and as it shall be.
    pub head: Option<(Head, Head)>,
    /// Whether it is a savepoint of the engine.
    open: bool,
}

impl Layer {
    /// Takes in the layer above, which succeeded.
    fn merge(&mut self, above: Layer) {
        for (id, change) in above.tranches {
            put(&mut self.tranches, id, change);
        }
        for (id, change) in above.payments {
            put(&mut self.payments, id, change);
        }
        self.tranche_steps.extend(above.tranche_steps);
        self.disbursements.extend(above.disbursements);
        self.journals.extend(above.journals);
        self.entries.extend(above.entries);
        self.audit_log.extend(above.audit_log);
        self.log_tiles.extend(above.log_tiles);
        self.keys.extend(above.keys);
        self.utrs.extend(above.utrs);
        for (account, change) in above.balances {
            *self.balances.entry(account).or_default() += change;
        }
        self.counters.extend(above.counters);
        for (month, (paid, advised)) in above.spending {
            let sums = self.spending.entry(month).or_default();
            *sums = (sums.0 + paid, sums.1 + advised);
        }
        self.head = match (self.head.take(), above.head) {
            (Some((stored, _)), Some((_, head))) => Some((stored, head)),
            (mine, theirs) => theirs.or(mine),
        };
    }

    /// Writes everything it holds. Changed rows go before new ones, so that what one gives up
    /// (a payment's place as the live one) is free for the next.
    fn write(&mut self, conn: &mut DbConnection) -> Result<(), DbError> {
        let held = Layer { open: self.open, ..std::mem::take(self) };
        self.open = held.open;
        let mut together = Together::on(conn);
        together.update_balances(&held.balances)?;
        change(&mut together, &held.tranches)?;
        change(&mut together, &held.payments)?;
        together.insert(&held.tranche_steps)?;
        together.insert(&held.disbursements)?;
        together.insert(&held.journals)?;
        together.insert(&held.entries)?;
        together.set_counters(&held.counters)?;
        together.insert(&held.audit_log)?;
        together.insert(&held.log_tiles)?;
        together.insert(held.keys.values())?;
        together.send()?;
        crate::db::last_quarter_spending::write(conn, &held.spending)?;
        // Last: what is kept of the past stood so up to the head as it was.
        let Some((stored, head)) = &held.head else { return Ok(()) };
        let mut together = Together::on(conn);
        together.move_head(stored, head)?;
        together.send()
    }
}

fn change<'a, R: HeldRow>(together: &mut Together<'_, 'a>, changes: &'a Changes<R>) -> Result<(), DbError> {
    let changed: Vec<(&R, &R)> =
        changes.values().filter_map(|change| Some((change.stored.as_ref()?, &change.row))).collect();
    together.update(&changed)?;
    together.insert(changes.values().filter(|change| change.stored.is_none()).map(|change| &change.row))
}

/// Rows as the tables hold them, read once in this batch. Emptied as soon as a command works on
/// the tables itself.
#[derive(Default)]
pub struct Known {
    pub tranches: HashMap<String, Option<TrancheRow>>,
    pub payments: HashMap<String, Option<PaymentRow>>,
    pub tranche_steps: HashMap<String, Vec<StepRow>>,
    /// Ids of payments by UTR.
    pub utrs: HashMap<String, Option<String>>,
    pub keys: HashMap<(String, String), Option<KeyRow>>,
    /// Id and balance by account code.
    pub accounts: HashMap<String, (i64, i64)>,
    pub counters: HashMap<String, i64>,
    pub head: Option<Head>,
    /// What tables hold that are never held back here, by a name of the question.
    pub answers: HashMap<String, Box<dyn Any + Send>>,
}

/// Reads what the commands of a batch will ask for, a table at a time. Only for an engine that
/// is a round trip away.
pub fn foresee(tx: &mut WriteTx<'_>, mut wants: Wants) -> Result<(), DbError> {
    if !matches!(tx.stored()?, DbConnection::Postgres(_)) {
        return Ok(());
    }
    wants.sessions.sort();
    wants.sessions.dedup();
    if wants.sessions.len() > 1 {
        crate::db::sessions::foresee(tx, &wants.sessions)?;
    }
    if wants.keys.len() > 1 {
        crate::db::idempotency::foresee(tx, wants.keys)?;
    }
    if wants.payments.len() > 1 {
        let ids: Vec<String> = wants.payments.iter().map(PaymentId::to_string).collect();
        let tranches = crate::db::payments::foresee(tx, &ids, &wants.utrs)?;
        crate::db::tranches::foresee(tx, &tranches)?;
    }
    Ok(())
}

/// The layers of one transaction, the lowest first, and what is known of the tables below them.
pub struct Batch {
    layers: Vec<Layer>,
    pub known: Known,
    /// When the running command has taken too long.
    pub deadline: Option<Deadline>,
    /// Why what was held could not be written. Part of it may stand in the tables, so nothing of
    /// this transaction may count.
    lost: Option<DbError>,
}

impl Batch {
    pub fn new() -> Batch {
        Batch { layers: vec![Layer::default()], known: Known::default(), deadline: None, lost: None }
    }

    /// The layers, the newest first.
    pub fn layers(&self) -> impl Iterator<Item = &Layer> {
        self.layers.iter().rev()
    }

    /// The newest layer.
    pub fn top(&mut self) -> &mut Layer {
        if self.layers.is_empty() {
            self.layers.push(Layer::default());
        }
        let newest = self.layers.len() - 1;
        &mut self.layers[newest]
    }

    pub fn put_payment(&mut self, id: String, change: Change<PaymentRow>) {
        if let Some(utr) = &change.row.utr {
            let utr = utr.clone();
            self.top().utrs.insert(utr, id.clone());
        }
        put(&mut self.top().payments, id, change);
    }

    pub fn put_tranche(&mut self, id: String, change: Change<TrancheRow>) {
        put(&mut self.top().tranches, id, change);
    }

    /// Begins a nested transaction.
    pub fn push(&mut self) {
        self.layers.push(Layer::default());
    }

    /// Ends the newest nested transaction well.
    pub fn keep(&mut self, conn: &mut DbConnection) -> Result<(), DbError> {
        let Some(mut layer) = self.layers.pop() else { return Ok(()) };
        if !layer.open {
            self.top().merge(layer);
            return Ok(());
        }
        // What was read before this is written is no longer how the tables stand.
        self.known = Known::default();
        if let Err(error) = layer.write(conn) {
            conn.roll_back().map_err(lost)?;
            return Err(error);
        }
        conn.commit().map_err(lost)
    }

    /// Undoes the newest nested transaction.
    pub fn undo(&mut self, conn: &mut DbConnection) -> Result<(), DbError> {
        match self.layers.pop() {
            Some(layer) if layer.open => {
                self.known = Known::default();
                conn.roll_back().map_err(lost)
            }
            _ => Ok(()),
        }
    }

    /// Fails when this transaction can no longer count.
    pub fn check_whole(&self) -> Result<(), DbError> {
        self.lost.clone().map_or(Ok(()), Err)
    }

    /// Writes everything out, so that the tables themselves can be worked on; every nested
    /// transaction under way becomes a savepoint of the engine.
    pub fn write_out(&mut self, conn: &mut DbConnection) -> Result<(), DbError> {
        self.check_whole()?;
        self.known = Known::default();
        let written = self.write_layers(conn);
        if let Err(error) = &written {
            self.lost = Some(error.clone());
        }
        written
    }

    fn write_layers(&mut self, conn: &mut DbConnection) -> Result<(), DbError> {
        if matches!(conn, DbConnection::Sqlite(_)) {
            conn.check_whole()?;
        }
        for (depth, layer) in self.layers.iter_mut().enumerate() {
            if depth > 0 && !layer.open {
                conn.nest().map_err(lost)?;
                layer.open = true;
            }
            layer.write(conn)?;
        }
        Ok(())
    }
}
