//! Auditors' queries: selections of any kind of record in pages, their totals and groups, and whole selections
//! for a download.

use crate::db::desk::selection_sources::OnDay;
use crate::db::desk::selections;
use crate::db::engine::transaction::ReadTx;
use crate::db::log::audit_log;
use crate::db::recovery::recoveries;
use crate::service::Service;
use crate::service::running::error::Error;
use crate::service::running::past::Moment;
use crate::service::running::record_page::narrowed;
use crate::service::running::row_writer::{RowWriter, write_beside};
use crate::service::running::runner::Caller;
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::permission::Permission;
use domain::desk::selected_row::SelectedRow;
use domain::desk::selection::{Behind, Field, Selection, Subject};
use domain::recovery::recovery::RecoveryStatus;
use std::sync::Arc;

/// A page of a selection as it is asked for.
pub struct PageRequest {
    pub selection: Selection,
    /// The fields of each row.
    pub fields: Vec<&'static Field>,
    /// The fields of which the sums over the whole selection are given beside its count; nothing if
    /// no totals are wanted.
    pub sums: Option<Vec<&'static Field>>,
    /// The row behind which the page begins; the first page, unless given.
    pub behind: Option<Behind>,
    pub limit: usize,
}

impl PageRequest {
    /// The first page, with every field and all totals.
    pub fn first(selection: Selection, limit: usize) -> PageRequest {
        let subject = selection.subject;
        PageRequest {
            selection,
            fields: subject.fields().iter().collect(),
            sums: Some(subject.money().collect()),
            behind: None,
            limit,
        }
    }
}

/// One page of a selection.
pub struct SelectionPage {
    pub rows: Vec<SelectedRow>,
    /// Whether more rows follow.
    pub more: bool,
    /// Count and sums of the whole selection.
    pub totals: Option<SelectedRow>,
}

/// The view that a download shows, for formats that state it in the file.
pub struct SelectionView {
    /// The selection, narrowed to the rows that the person may see.
    pub selection: Selection,
    /// The day for which computed fields are evaluated.
    pub on: NaiveDate,
    /// The last entry of the audit log in this view.
    pub entry: i64,
    /// The requested moment, or the time at which that entry was recorded.
    pub known_at: Option<Timestamp>,
}

/// The permission that a kind of record requires.
fn permission(subject: Subject) -> Permission {
    if subject.of_organisations() { READ_PERMISSION } else { Permission::ReadAuditLog }
}

fn view(tx: &mut ReadTx<'_>, selection: &Selection, on: NaiveDate) -> Result<SelectionView, Error> {
    let (entry, _) = audit_log::head(tx)?;
    let known_at = match Moment::asked() {
        Some(moment) => Some(moment.known_at),
        None => audit_log::find(tx, entry)?.map(|entry| entry.facts.recorded_at),
    };
    Ok(SelectionView { selection: selection.clone(), on, entry, known_at })
}

/// The permission to select records of organisations; for the other kinds it is `ReadAuditLog`.
pub const READ_PERMISSION: Permission = Permission::ReadDisbursements;

impl Service {
    /// The day on which a kind of record is asked for; what is owed includes the interest up to it.
    fn on_day_of(&self, tx: &mut ReadTx<'_>, subject: Subject) -> Result<OnDay<'_>, Error> {
        let on = self.on_day();
        if subject != Subject::RecoveriesOutstanding {
            return Ok(on);
        }
        let schemes = self.schemes.current(tx)?;
        let mut grown = Vec::new();
        for recovery in recoveries::list(tx, None, Some(RecoveryStatus::Demanded), None)? {
            let terms = schemes.in_force(&recovery.scheme_code, on.today)?.recovery_terms();
            let (_, lines) = recovery.dues_on(&terms, on.today)?;
            grown.push((recovery.id, lines.total()?));
        }
        Ok(on.with_interest(grown))
    }

    /// Refuses a person who may not query anything.
    pub async fn may_select(self: &Arc<Self>, caller: Caller) -> Result<(), Error> {
        self.read(caller, READ_PERMISSION, |_, _| Ok(())).await
    }

    /// Refuses a person who may not query records of this kind.
    pub async fn may_select_of(self: &Arc<Self>, caller: Caller, subject: Subject) -> Result<(), Error> {
        self.read(caller, permission(subject), |_, _| Ok(())).await
    }

    /// One page of a selection, and the totals of all of it if requested.
    pub async fn selection_page(self: &Arc<Self>, caller: Caller, asked: PageRequest) -> Result<SelectionPage, Error> {
        let service = Arc::clone(self);
        let PageRequest { selection, fields, sums, behind, limit } = asked;
        self.read(caller, permission(selection.subject), move |tx, actor| {
            let on = service.on_day_of(tx, selection.subject)?;
            let selection = narrowed(selection, actor)?;
            let mut rows = selections::page(tx, &selection, &on, &fields, behind.as_ref(), limit + 1)?;
            let more = rows.len() > limit;
            rows.truncate(limit);
            let totals = sums.map(|sums| selections::totals(tx, &selection, &on, sums)).transpose()?;
            Ok(SelectionPage { rows, more, totals })
        })
        .await
    }

    /// The groups of a selection, at most `limit` of them, and whether there are more; with count and sums of
    /// the whole selection.
    pub async fn selection_groups(
        self: &Arc<Self>,
        caller: Caller,
        selection: Selection,
        limit: usize,
    ) -> Result<SelectionPage, Error> {
        let service = Arc::clone(self);
        self.read(caller, permission(selection.subject), move |tx, actor| {
            let on = service.on_day_of(tx, selection.subject)?;
            let selection = narrowed(selection, actor)?;
            let width = 1 + selection.subject.money().count();
            let mut rows = selections::groups(tx, &selection, &on, limit + 1)?;
            let more = rows.len() > limit;
            rows.truncate(limit);
            // The database computes the totals only where the returned groups are not all of the selection.
            let added = if more { None } else { SelectedRow::added_up(&rows, selection.group_by.len(), width) };
            let totals = match added {
                Some(totals) => totals,
                None => selections::totals(tx, &selection, &on, selection.subject.money())?,
            };
            Ok(SelectionPage { rows, more, totals: Some(totals) })
        })
        .await
    }

    /// Writes the whole selection, in order, from one consistent view. `begin` creates the writer once the
    /// permission is checked; `end` gets it back after the last row; both run on the writer's own thread.
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
        self.read(caller, permission(selection.subject), move |tx, actor| {
            let on = service.on_day_of(tx, selection.subject)?;
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
