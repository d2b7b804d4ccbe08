//! With whom a claim lies: by its own matters, and, once it is verified, through the tranches that it made.

use crate::db::claim::claim_files::TrancheBrief;
use crate::db::engine::transaction::ReadTx;
use crate::service::Service;
use crate::service::running::error::Error;
use chrono::NaiveDate;
use domain::claim::claim::Claim;
use domain::payment::tranche::TrancheStatus;
use domain::worklist::matter::MatterKind;
use domain::worklist::waiting::{Carrier, Waiting};

impl Service {
    /// One entry for each act that the claim waits for, itself or through a tranche on its way; in one statement.
    pub(super) fn waiting_of_claim(
        &self,
        tx: &mut ReadTx<'_>,
        claim: &Claim,
        tranches: &[TrancheBrief],
        today: NaiveDate,
    ) -> Result<Vec<Waiting>, Error> {
        let of_claims = MatterKind::ALL.iter().copied().filter(|kind| kind.noun_of_record() == Some("claims"));
        let carriers = tranches.iter().filter(|tranche| is_on_its_way(tranche.status)).map(carrier_of);
        let carriers: Vec<(String, Carrier)> = carriers.collect();
        let mut kinds: Vec<MatterKind> = of_claims.collect();
        if !carriers.is_empty() {
            kinds.extend([MatterKind::Tranche, MatterKind::Payment]);
        }
        let records: Vec<String> =
            [claim.id.to_string()].into_iter().chain(carriers.iter().map(|(record, _)| record.clone())).collect();
        let mut found = self.waiting_of_all(tx, &kinds, &records, today)?;
        for (id, waiting) in &mut found {
            waiting.through = carriers.iter().find(|(record, _)| record == id).map(|(_, carrier)| carrier.clone());
        }
        Ok(found.into_iter().map(|(_, waiting)| waiting).collect())
    }
}

/// The record that has the wait of a tranche, which is its payment while the bank has it; and the tranche.
fn carrier_of(tranche: &TrancheBrief) -> (String, Carrier) {
    let id = tranche.id.to_string();
    let record = tranche.payment.map_or_else(|| id.clone(), |payment| payment.to_string());
    let (number, amount_paise) = (tranche.number.clone(), Some(tranche.amount_paise.0));
    (record, Carrier { kind: MatterKind::Tranche, id, number, amount_paise })
}

/// Whether it still waits for somebody. A returned one waits as its claim does, which is verified again.
fn is_on_its_way(status: TrancheStatus) -> bool {
    use TrancheStatus::{Advised, Concurred, Recommended, Sanctioned, Verified};
    [Verified, Recommended, Concurred, Sanctioned, Advised].contains(&status)
}
