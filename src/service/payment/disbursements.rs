//! Auditors' listing of disbursements: a selection in pages, and its totals. The provenance of one of them is
//! in `disbursement_chain.rs`.

use crate::db::payment::disbursements;
use crate::service::Service;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use domain::base::id::DisbursementId;
use domain::base::permission::Permission;
use domain::payment::disbursement::Disbursement;
use std::sync::Arc;

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadDisbursements;

impl Service {
    pub async fn disbursement(self: &Arc<Self>, caller: Caller, id: DisbursementId) -> Result<Disbursement, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            disbursements::find(tx, id)?.filter(|found| actor.sees(found.organisation_id)).or_not_found("disbursement")
        })
        .await
    }
}
