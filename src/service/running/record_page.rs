//! Lists of records in pages. A page is found as a selection of the ids of its records (keyset pagination), and the
//! records are then read by these ids, so that a page costs the same number of statements whatever its length.

use crate::db::desk::selection_sources::OnDay;
use crate::db::desk::selections;
use crate::db::engine::transaction::ReadTx;
use crate::service::Service;
use crate::service::running::error::Error;
use domain::desk::selected_row::{Cell, SelectedRow};
use domain::desk::selection::{Behind, Compared, Selection, Value};
use domain::desk::selection_fields::{ORGANISATION_ID, STATUS};
use domain::people::user::Actor;
use std::collections::BTreeMap;

/// A page of a list as it is asked for.
#[derive(Clone, Debug)]
pub struct RecordsAsked {
    pub selection: Selection,
    /// The record behind which the page begins; the first page, unless given.
    pub behind: Option<Behind>,
    pub limit: usize,
    /// Whether the totals of the whole list are counted.
    pub totals: bool,
}

/// One page of a list.
pub struct RecordPage<T> {
    pub records: Vec<T>,
    /// The record behind which the next page begins; `None` on the last page.
    pub next: Option<Behind>,
    /// Count of the whole list and the sum of each field of money.
    pub totals: Option<SelectedRow>,
}

impl<T> RecordPage<T> {
    /// The same page with each record in another form.
    pub fn map<U>(self, form: impl FnMut(T) -> U) -> RecordPage<U> {
        let RecordPage { records, next, totals } = self;
        RecordPage { records: records.into_iter().map(form).collect(), next, totals }
    }
}

impl RecordsAsked {
    /// Leaves drafts out for everybody but the company that writes them. `words` are those of the status.
    pub(in crate::service) fn without_drafts_of_others(
        &mut self,
        actor: &Actor,
        words: impl Iterator<Item = &'static str>,
    ) {
        if actor.narrowed_to().is_none() {
            let shown = words.filter(|word| *word != "draft").map(|word| Value::Text(word.to_owned()));
            self.selection.and(&STATUS, Compared::OneOf(shown.collect()));
        }
    }
}

/// Narrows a selection to the rows that a person may see.
pub(in crate::service) fn narrowed(mut selection: Selection, actor: &Actor) -> Result<Selection, Error> {
    let (Some(own), Some(_)) = (actor.narrowed_to(), selection.subject.field(ORGANISATION_ID.name)) else {
        return Ok(selection);
    };
    let own = Value::Text(own.to_string());
    let others = selection.conditions.iter().any(|condition| match &condition.compared {
        Compared::OneOf(values) => {
            condition.field.name == ORGANISATION_ID.name && values.iter().any(|value| *value != own)
        }
        _ => false,
    });
    if others {
        return Err(Error::NotFound("organisation"));
    }
    selection.and(&ORGANISATION_ID, Compared::OneOf(vec![own]));
    Ok(selection)
}

/// Reads one page of what a person may see. `load` reads the records with some ids, in any order, and `id` is the id
/// of a record.
pub(in crate::service) fn read_page<T, E>(
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    on: &OnDay<'_>,
    asked: RecordsAsked,
    load: impl FnOnce(&mut ReadTx<'_>, &[String]) -> Result<Vec<T>, E>,
    id: impl Fn(&T) -> String,
) -> Result<RecordPage<T>, Error>
where
    Error: From<E>,
{
    let RecordsAsked { selection, behind, limit, totals } = asked;
    if actor.narrowed_to().is_some() && !selection.subject.of_organisations() {
        return Err(Error::Internal(format!("{} are of no organisation, so a company sees none", selection.subject)));
    }
    let selection = narrowed(selection, actor)?;
    let fields = [selection.subject.key(), selection.sort];
    let mut rows = selections::page(tx, &selection, on, &fields, behind.as_ref(), limit + 1)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let ids: Vec<String> = rows.iter().filter_map(key).collect();
    let found = if ids.is_empty() { Vec::new() } else { load(tx, &ids)? };
    let mut found: BTreeMap<String, T> = found.into_iter().map(|record| (id(&record), record)).collect();
    let records: Vec<T> = ids.iter().filter_map(|id| found.remove(id)).collect();
    if records.len() < rows.len() {
        return Err(Error::Internal(format!("a list of {} lacks records that were selected", selection.subject)));
    }
    let last = rows.last().filter(|_| more);
    let next = last.map(|row| Behind { sort: row.cell(1).value(), key: row.cell(0).value() });
    let sums = selection.subject.money();
    let totals = if totals { Some(selections::totals(tx, &selection, on, sums)?) } else { None };
    Ok(RecordPage { records, next, totals })
}

fn key(row: &SelectedRow) -> Option<String> {
    match row.cell(0) {
        Cell::Text(id) => Some(id.to_owned()),
        _ => None,
    }
}

impl Service {
    /// The day and the limits with which selections compare the data.
    pub(in crate::service) fn on_day(&self) -> OnDay<'_> {
        OnDay::new(self.clock.now().date_in_india(), &self.finance.limits)
    }
}
