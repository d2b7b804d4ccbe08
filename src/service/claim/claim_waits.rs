//! With whom a claim lies: by its own matters, and, once it is verified, through the tranches that it made.

use crate::db::claim::claim_files::{self, TrancheBrief};
use crate::db::engine::transaction::ReadTx;
use crate::service::Service;
use crate::service::running::error::Error;
use crate::service::worklist::who_can::WhoCan;
use chrono::NaiveDate;
use domain::base::permission::Role;
use domain::claim::claim::Claim;
use domain::payment::tranche::TrancheStatus;
use domain::people::user::Actor;
use domain::worklist::matter::MatterKind;
use domain::worklist::waiting::{Carrier, Waiting};
use std::collections::{BTreeMap, BTreeSet};

impl Service {
    /// One entry for each act that the claim waits for, itself or through a tranche on its way, in one statement; and
    /// who can take its acts where the reader is stopped.
    pub(super) fn turn_of_claim(
        &self,
        tx: &mut ReadTx<'_>,
        stopped: Option<&Actor>,
        (claim, tranches): (&Claim, &[TrancheBrief]),
        today: NaiveDate,
    ) -> Result<(Vec<Waiting>, WhoCan), Error> {
        let of_claims = MatterKind::ALL.iter().copied().filter(|kind| kind.noun_of_record() == Some("claims"));
        let carriers = tranches.iter().filter(|tranche| is_on_its_way(tranche.status)).map(carrier_of);
        let carriers: Vec<(String, Carrier)> = carriers.collect();
        let mut kinds: Vec<MatterKind> = of_claims.collect();
        if !carriers.is_empty() {
            kinds.extend([MatterKind::Tranche, MatterKind::Payment]);
        }
        let records: Vec<String> =
            [claim.id.to_string()].into_iter().chain(carriers.iter().map(|(record, _)| record.clone())).collect();
        let (mut found, who_can) = self.turn_of_all(tx, stopped, &kinds, &records, today)?;
        for (id, waiting) in &mut found {
            waiting.through = carriers.iter().find(|(record, _)| record == id).map(|(_, carrier)| carrier.clone());
        }
        Ok((found.into_iter().map(|(_, waiting)| waiting).collect(), who_can))
    }

    /// The offices with which each of these claims lies, by its id: those that its page names too. Two statements.
    pub(super) fn offices_of_claims(
        &self,
        tx: &mut ReadTx<'_>,
        claims: &[Claim],
        today: NaiveDate,
    ) -> Result<BTreeMap<String, BTreeSet<Role>>, Error> {
        let ids: Vec<String> = claims.iter().map(|claim| claim.id.to_string()).collect();
        // The claim of each record that may have its wait.
        let mut claim_of: BTreeMap<String, String> = ids.iter().map(|id| (id.clone(), id.clone())).collect();
        for (claim, tranche) in claim_files::tranches_of_all(tx, &ids)? {
            if is_on_its_way(tranche.status) {
                claim_of.insert(carrier_of(&tranche).0, claim);
            }
        }
        if claim_of.is_empty() {
            return Ok(BTreeMap::new());
        }
        let of_claims = MatterKind::ALL.iter().copied().filter(|kind| kind.noun_of_record() == Some("claims"));
        let kinds: Vec<MatterKind> = of_claims.chain([MatterKind::Tranche, MatterKind::Payment]).collect();
        let records: Vec<String> = claim_of.keys().cloned().collect();
        let mut offices: BTreeMap<String, BTreeSet<Role>> = BTreeMap::new();
        for (record, waiting) in self.waiting_of_all(tx, &kinds, &records, today)? {
            let claim = claim_of.get(&record).cloned().unwrap_or(record);
            offices.entry(claim).or_default().extend(waiting.offices);
        }
        Ok(offices)
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
