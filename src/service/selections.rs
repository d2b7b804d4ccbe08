//! What the audit desk asks: selections of any kind of record in pages, their totals, groups, and
//! the whole of them for a download.

use crate::db::audit_log;
use crate::db::selection_sources::OnDay;
use crate::db::selections;
use crate::db::transaction::ReadTx;
use crate::domain::calendar::Timestamp;
use crate::domain::permission::Permission;
use crate::domain::selected_row::SelectedRow;
use crate::domain::selection::{Behind, Compared, Condition, Selection, Value};
use crate::domain::user::Actor;
use crate::service::Service;
use crate::service::error::Error;
use crate::service::past::Moment;
use crate::service::row_writer::{RowWriter, write_beside};
use crate::service::runner::Caller;
use chrono::NaiveDate;
use std::sync::Arc;

/// One page of a selection.
pub struct SelectionPage {
    pub rows: Vec<SelectedRow>,
    /// Whether more follow.
    pub more: bool,
    /// Count and sums of the whole selection.
    pub totals: Option<SelectedRow>,
}

/// What a download is of, for files that say so themselves.
pub struct SelectionView {
    /// As it was narrowed to what the person may see.
    pub selection: Selection,
    /// The day for which questions are answered.
    pub on: NaiveDate,
    /// The last entry of the audit log that the view holds.
    pub entry: i64,
    /// What was asked as such, or when that entry was recorded.
    pub known_at: Option<Timestamp>,
}

/// Who may ask for what kind of record.
fn permission(selection: &Selection) -> Permission {
    if selection.subject.of_organisations() { Permission::ReadDisbursements } else { Permission::ReadAuditLog }
}

fn view(tx: &mut ReadTx<'_>, selection: &Selection, on: NaiveDate) -> Result<SelectionView, Error> {
    let (entry, _) = audit_log::head(tx)?;
    let known_at = match Moment::asked() {
        Some(moment) => Some(moment.known_at),
        None => audit_log::find(tx, entry)?.map(|entry| entry.facts.recorded_at),
    };
    Ok(SelectionView { selection: selection.clone(), on, entry, known_at })
}

/// Narrows a selection to what a person may see.
fn narrowed(mut selection: Selection, actor: &Actor) -> Result<Selection, Error> {
    let (Some(own), Some(field)) = (actor.narrowed_to(), selection.subject.field("organisation_id")) else {
        return Ok(selection);
    };
    let own = Value::Text(own.to_string());
    let others = selection.conditions.iter().any(|condition| match &condition.compared {
        Compared::OneOf(values) => condition.field == field && values.iter().any(|value| *value != own),
        _ => false,
    });
    if others {
        return Err(Error::NotFound("organisation"));
    }
    selection.conditions.push(Condition { field, compared: Compared::OneOf(vec![own]) });
    Ok(selection)
}

impl Service {
    /// Turns away who may select nothing.
    pub async fn may_select(self: &Arc<Self>, caller: Caller) -> Result<(), Error> {
        self.read(caller, Permission::ReadDisbursements, |_, _| Ok(())).await
    }

    fn on_day(&self) -> OnDay<'_> {
        OnDay { today: self.clock.now().date_in_india(), limits: &self.finance.limits }
    }

    /// One page of a selection; totals of the whole of it where asked.
    pub async fn selection_page(
        self: &Arc<Self>,
        caller: Caller,
        selection: Selection,
        behind: Option<Behind>,
        limit: usize,
        with_totals: bool,
    ) -> Result<SelectionPage, Error> {
        let service = Arc::clone(self);
        self.read(caller, permission(&selection), move |tx, actor| {
            let on = service.on_day();
            let selection = narrowed(selection, actor)?;
            let mut rows = selections::page(tx, &selection, &on, behind.as_ref(), limit + 1)?;
            let more = rows.len() > limit;
            rows.truncate(limit);
            let totals = if with_totals { Some(selections::totals(tx, &selection, &on)?) } else { None };
            Ok(SelectionPage { rows, more, totals })
        })
        .await
    }

    /// The groups of a selection, at most `limit` of them, and whether there are more; and count and
    /// sums of the whole.
    pub async fn selection_groups(
        self: &Arc<Self>,
        caller: Caller,
        selection: Selection,
        limit: usize,
    ) -> Result<SelectionPage, Error> {
        let service = Arc::clone(self);
        self.read(caller, permission(&selection), move |tx, actor| {
            let on = service.on_day();
            let selection = narrowed(selection, actor)?;
            let width = 1 + selections::summed(&selection).count();
            let mut rows = selections::groups(tx, &selection, &on, limit + 1)?;
            let more = rows.len() > limit;
            rows.truncate(limit);
            // The whole is asked only where the groups that are shown are not all of it.
            let added = if more { None } else { SelectedRow::added_up(&rows, selection.group_by.len(), width) };
            let totals = match added {
                Some(totals) => totals,
                None => selections::totals(tx, &selection, &on)?,
            };
            Ok(SelectionPage { rows, more, totals: Some(totals) })
        })
        .await
    }

    /// Writes the whole selection, in order, from one consistent view. `begin` makes the writer once
    /// it is clear that the person may read it; `end` gets the writer back behind the last row; both run
    /// on the writer's own thread.
    pub async fn write_selection<W: RowWriter, T: Send + 'static>(
        self: &Arc<Self>,
        caller: Caller,
        selection: Selection,
        begin: impl FnOnce(SelectionView) -> std::io::Result<W> + Send + 'static,
        end: impl FnOnce(W) -> std::io::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let slots = Arc::clone(&self.export_slots);
        let busy = |_| Error::Unavailable("too many downloads are running".to_owned());
        let slot = slots.try_acquire_owned().map_err(busy)?;
        let service = Arc::clone(self);
        self.read(caller, permission(&selection), move |tx, actor| {
            let on = service.on_day();
            let _slot = slot;
            let selection = narrowed(selection, actor)?;
            let view = view(tx, &selection, on.today)?;
            write_beside(
                || begin(view),
                end,
                |take| selections::stream(tx, &selection, &on, |row| -> Result<bool, Error> { Ok(take(&row)) }),
            )
        })
        .await
    }
}
