//! With whom a claim lies: by its own matters, and, once it is verified, through the tranches that it made.

use crate::db::claim::claim_files::TrancheBrief;
use crate::db::engine::transaction::ReadTx;
use crate::db::payment::payments;
use crate::service::Service;
use crate::service::running::error::Error;
use chrono::NaiveDate;
use domain::claim::claim::Claim;
use domain::payment::tranche::TrancheStatus;
use domain::worklist::matter::MatterKind;
use domain::worklist::waiting::{Carrier, Waiting};

impl Service {
    /// One entry for each act that the claim waits for, itself or through a tranche on its way.
    pub(super) fn waiting_of_claim(
        &self,
        tx: &mut ReadTx<'_>,
        claim: &Claim,
        tranches: &[TrancheBrief],
        today: NaiveDate,
    ) -> Result<Vec<Waiting>, Error> {
        let kinds: Vec<MatterKind> =
            MatterKind::ALL.iter().copied().filter(|kind| kind.noun_of_record() == Some("claims")).collect();
        let mut waiting = self.waiting_of(tx, &kinds, &claim.id.to_string(), today)?;
        for tranche in tranches.iter().filter(|tranche| is_on_its_way(tranche.status)) {
            let carrier = Carrier {
                kind: MatterKind::Tranche,
                id: tranche.id.to_string(),
                number: tranche.number.clone(),
                amount_paise: Some(tranche.amount_paise.0),
            };
            waiting.extend(self.waiting_of_tranche(tx, tranche, carrier, today)?);
        }
        Ok(waiting)
    }

    /// A tranche on its way to the bank waits as its payment does.
    fn waiting_of_tranche(
        &self,
        tx: &mut ReadTx<'_>,
        tranche: &TrancheBrief,
        carrier: Carrier,
        today: NaiveDate,
    ) -> Result<Vec<Waiting>, Error> {
        if tranche.status != TrancheStatus::Advised {
            return self.waiting_through(tx, carrier, today);
        }
        let Some(payment) = payments::list(tx, Some(tranche.id), None)?.pop() else { return Ok(Vec::new()) };
        let mut waiting = self.waiting_of(tx, &[MatterKind::Payment], &payment.id.to_string(), today)?;
        waiting.iter_mut().for_each(|one| one.through = Some(carrier.clone()));
        Ok(waiting)
    }
}

/// Whether it still waits for somebody. A returned one waits as its claim does, which is verified again.
fn is_on_its_way(status: TrancheStatus) -> bool {
    use TrancheStatus::{Advised, Concurred, Recommended, Sanctioned, Verified};
    [Verified, Recommended, Concurred, Sanctioned, Advised].contains(&status)
}
