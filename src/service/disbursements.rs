//! Auditors' listing of disbursements: a selection in pages, and its totals. The provenance of one of them is
//! in `disbursement_chain.rs`.

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

/// One page and the totals of the whole selection.
pub struct DisbursementPage {
    pub rows: Vec<WrittenDisbursement>,
    /// Whether more rows follow.
    pub more: bool,
    pub totals: Option<DisbursementTotals>,
}

/// Narrows a selection to the rows that a person may see.
fn narrowed(filter: DisbursementFilter, only: Option<OrganisationId>) -> Result<DisbursementFilter, Error> {
    match (only, filter.organisation_id) {
        (Some(own), Some(asked)) if own != asked => Err(Error::NotFound("organisation")),
        (Some(own), _) => Ok(DisbursementFilter { organisation_id: Some(own), ..filter }),
        (None, _) => Ok(filter),
    }
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadDisbursements;

impl Service {
    /// One page of a selection, and the totals of all of it if requested.
    pub async fn list_disbursements(
        self: &Arc<Self>,
        caller: Caller,
        filter: DisbursementFilter,
        order: DisbursementOrder,
        limit: usize,
        with_totals: bool,
    ) -> Result<DisbursementPage, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let filter = narrowed(filter, actor.narrowed_to())?;
            let mut rows = disbursements::page(tx, &filter, &order, limit as i64 + 1)?;
            let more = rows.len() > limit;
            rows.truncate(limit);
            let totals = if with_totals { Some(disbursements::totals(tx, &filter)?) } else { None };
            Ok(DisbursementPage { rows, more, totals })
        })
        .await
    }

    pub async fn disbursement(self: &Arc<Self>, caller: Caller, id: DisbursementId) -> Result<Disbursement, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            disbursements::find(tx, id)?.filter(|found| actor.sees(found.organisation_id)).or_not_found("disbursement")
        })
        .await
    }
}
