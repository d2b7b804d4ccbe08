//! What the auditor asks: a selection of disbursements in pages, its totals, and the whole of it as a
//! stream. Everything behind one of them: `disbursement_chain.rs`.

use crate::db::disbursements;
use crate::domain::disbursement::{
    Disbursement, DisbursementFilter, DisbursementOrder, DisbursementTotals, WrittenDisbursement,
};
use crate::domain::id::{DisbursementId, OrganisationId};
use crate::domain::permission::Permission;
use crate::service::Service;
use crate::service::error::{Error, OrNotFound};
use crate::service::runner::Caller;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

/// Rows that a stream reads at a time.
const CHUNK_ROWS: i64 = 1_000;

/// One page and the totals of the whole selection.
pub struct DisbursementPage {
    pub rows: Vec<WrittenDisbursement>,
    /// Whether more follow.
    pub more: bool,
    pub totals: Option<DisbursementTotals>,
}

/// Narrows a selection to what a person may see.
fn narrowed(filter: DisbursementFilter, only: Option<OrganisationId>) -> Result<DisbursementFilter, Error> {
    match (only, filter.organisation_id) {
        (Some(own), Some(asked)) if own != asked => Err(Error::NotFound("organisation")),
        (Some(own), _) => Ok(DisbursementFilter { organisation_id: Some(own), ..filter }),
        (None, _) => Ok(filter),
    }
}

impl Service {
    /// One page of a selection; totals of the whole of it where asked.
    pub async fn list_disbursements(
        self: &Arc<Self>,
        caller: Caller,
        filter: DisbursementFilter,
        order: DisbursementOrder,
        limit: usize,
        with_totals: bool,
    ) -> Result<DisbursementPage, Error> {
        self.read(caller, Permission::ReadDisbursements, move |tx, actor| {
            let filter = narrowed(filter, actor.narrowed_to())?;
            let mut rows = disbursements::page(tx, &filter, &order, limit as i64 + 1)?;
            let more = rows.len() > limit;
            rows.truncate(limit);
            let totals = if with_totals { Some(disbursements::totals(tx, &filter)?) } else { None };
            Ok(DisbursementPage { rows, more, totals })
        })
        .await
    }

    /// Hands the whole selection to `take`, in order, from one consistent view, a chunk at a time.
    /// `take` says whether to go on.
    pub async fn stream_disbursements(
        self: &Arc<Self>,
        caller: Caller,
        filter: DisbursementFilter,
        mut order: DisbursementOrder,
        mut take: impl FnMut(&[WrittenDisbursement]) -> bool + Send + 'static,
    ) -> Result<(), Error> {
        self.read(caller, Permission::ReadDisbursements, move |tx, actor| {
            let filter = narrowed(filter, actor.narrowed_to())?;
            loop {
                let rows = disbursements::page(tx, &filter, &order, CHUNK_ROWS)?;
                let last = rows.last().map(|row| order.position(row));
                let full = rows.len() as i64 == CHUNK_ROWS;
                if !rows.is_empty() && !take(&rows) {
                    return Ok(());
                }
                match last.filter(|_| full) {
                    Some(position) => order.after = Some(position),
                    None => return Ok(()),
                }
            }
        })
        .await
    }

    /// Whether a selection may be read, and the slot of its download, before the first byte of it
    /// is sent. The slot is held until it is dropped.
    pub async fn may_stream(
        self: &Arc<Self>,
        caller: Caller,
        filter: DisbursementFilter,
    ) -> Result<OwnedSemaphorePermit, Error> {
        self.read(caller, Permission::ReadDisbursements, move |_, actor| {
            narrowed(filter, actor.narrowed_to()).map(|_| ())
        })
        .await?;
        let slots = Arc::clone(&self.export_slots);
        slots.try_acquire_owned().map_err(|_| Error::Unavailable("too many downloads are running".to_owned()))
    }

    pub async fn disbursement(self: &Arc<Self>, caller: Caller, id: DisbursementId) -> Result<Disbursement, Error> {
        self.read(caller, Permission::ReadDisbursements, move |tx, actor| {
            disbursements::find(tx, id)?.filter(|found| actor.sees(found.organisation_id)).or_not_found("disbursement")
        })
        .await
    }
}
