//! The rows that an earlier program wrote, before acts noted what they write: the first start of this program adopts
//! them as they are. From the entry that ends the adoption on, the log proves every row.

use crate::db::engine::notes::proven_rows;
use crate::db::engine::notes::proven_rows::TableReader;
use crate::db::engine::notes::proven_tables::INDEXED;
use crate::db::engine::prefetch::Prefetch;
use crate::db::engine::transaction::WriteTx;
use crate::db::log::row_notes;
use crate::db::log::row_notes::{ADOPT_ROWS, ALL_ROWS, Proven};
use crate::service::Service;
use crate::service::running::error::Error;
use crate::service::running::runner::{Call, Caller, Command, Done, Work};
use domain::base::permission::Permission;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The number of rows that one entry adopts.
const AT_ONCE: i64 = 5_000;

/// The number of lists that are indexed at once.
const LISTS_AT_ONCE: i64 = 5_000;

/// The rows of one table behind a place, or the end of the adoption.
struct AdoptRows {
    table: Option<Arc<TableReader>>,
    behind: Vec<String>,
}

impl Command for AdoptRows {
    const NAME: &'static str = ADOPT_ROWS;
    const PERMISSION: Permission = Permission::LoadScheme;
    const REFUSALS: &'static [&'static str] = &[];
    /// The key of the last row, if there may be more.
    type Answer = Option<Vec<String>>;

    fn subject(&self) -> String {
        match &self.table {
            Some(reader) => format!("table:{}", reader.table),
            None => ALL_ROWS.to_owned(),
        }
    }

    fn wants(&self) -> Prefetch {
        Prefetch::default()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Self::Answer>, Error> {
        let subject = self.subject();
        let Some(reader) = self.table else { return Ok(Done { answer: None, subject, details: json!({}) }) };
        let rows = reader.after(work.tx, &self.behind, AT_ONCE)?;
        reader.adopt(work.tx, &rows);
        let details = json!({ "rows": rows.len(), "to": rows.last().map(|row| row.key.clone()) });
        let whole = (rows.len() as i64) < AT_ONCE;
        let answer = rows.into_iter().next_back().map(|row| row.place).filter(|_| !whole);
        Ok(Done { answer, subject, details })
    }
}

impl Service {
    /// Adopts all rows, if an earlier program wrote them. A start that was interrupted begins again.
    pub(in crate::service) async fn adopt_rows(self: &Arc<Self>) -> Result<(), Error> {
        let waiting = self.read_openly(|tx| match row_notes::proven_from(tx)? {
            Proven::From(_) => Ok(Vec::new()),
            Proven::NotYet => {
                let mut waiting = Vec::new();
                for reader in TableReader::all(tx)? {
                    if !reader.after(tx, &[], 1)?.is_empty() {
                        waiting.push(Arc::new(reader));
                    }
                }
                Ok(waiting)
            }
        });
        let waiting = waiting.await?;
        if waiting.is_empty() {
            return Ok(());
        }
        for reader in waiting {
            let mut behind = Some(Vec::new());
            while let Some(place) = behind {
                behind = self.adopt(AdoptRows { table: Some(Arc::clone(&reader)), behind: place }).await?;
            }
        }
        self.adopt(AdoptRows { table: None, behind: Vec::new() }).await?;
        Ok(())
    }

    /// Completes the index of digests, if an earlier program indexed fewer tables. It is made of the lists in the log
    /// alone, so that whatever somebody removed from it is there again.
    pub(in crate::service) async fn index_rows(self: &Arc<Self>) -> Result<(), Error> {
        let lacking = self.read_openly(|tx| {
            let indexed = row_notes::indexed_rows(tx)?;
            let mut lacking = false;
            for table in INDEXED {
                lacking |= proven_rows::count(tx, table)? > indexed.get(table).copied().unwrap_or_default();
            }
            Ok(lacking)
        });
        if !lacking.await? {
            return Ok(());
        }
        // All of it first: an index that is written in part has no older digest of any row.
        let (mut behind, mut newest) = (0, BTreeMap::new());
        loop {
            let lists = self.read_openly(move |tx| Ok(row_notes::after(tx, behind, LISTS_AT_ONCE)?)).await?;
            let Some((last, _)) = lists.last() else { break };
            behind = *last;
            for (sequence, notes) in &lists {
                newest.extend(row_notes::left(notes).map(|(place, digest)| (place, (digest, *sequence))));
            }
        }
        while !newest.is_empty() {
            let rest = newest.keys().nth(AT_ONCE as usize).cloned().map(|place| newest.split_off(&place));
            let some = std::mem::replace(&mut newest, rest.unwrap_or_default());
            let index = move |tx: &mut WriteTx<'_>| {
                row_notes::index(tx, some);
                Ok(())
            };
            self.writer.write(Prefetch::default(), index).await?;
        }
        Ok(())
    }

    async fn adopt(self: &Arc<Self>, command: AdoptRows) -> Result<Option<Vec<String>>, Error> {
        let call = Call::unkeyed(Caller::Operator);
        let render = |behind: Option<Vec<String>>| serde_json::to_string(&behind).unwrap_or_default();
        let answered = self.execute(call, command, render).await?;
        serde_json::from_str(&answered.body).map_err(|error| Error::Internal(error.to_string()))
    }
}
