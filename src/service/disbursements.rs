//! One disbursement. The listing of disbursements is a selection (`selections.rs`), and everything
//! behind one of them is its chain (`disbursement_chain.rs`).

use crate::db::disbursements;
use crate::domain::disbursement::Disbursement;
use crate::domain::id::DisbursementId;
use crate::domain::permission::Permission;
use crate::service::Service;
use crate::service::error::{Error, OrNotFound};
use crate::service::runner::Caller;
use std::sync::Arc;

impl Service {
    pub async fn disbursement(self: &Arc<Self>, caller: Caller, id: DisbursementId) -> Result<Disbursement, Error> {
        self.read(caller, Permission::ReadDisbursements, move |tx, actor| {
            disbursements::find(tx, id)?.filter(|found| actor.sees(found.organisation_id)).or_not_found("disbursement")
        })
        .await
    }
}
