//! The records from which the facts of claims are computed: read one by one for one claim, or all at once for the
//! claims of many awards, with a few statements whatever their number.

use crate::db::award::applications;
use crate::db::budget::accounts;
use crate::db::claim::{claimed_shares as shares, claims, final_certificates};
use crate::db::engine::evidence;
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::milestones;
use crate::service::claim::claimed_shares::{left_of, share_for};
use crate::service::running::error::{Error, OrNotFound};
use domain::award::application::Application;
use domain::base::id::{ApplicationId, AwardId, ClaimId, EvidenceId, MilestoneId};
use domain::base::money::{BasisPoints, Paise};
use domain::budget::budget::Balance;
use domain::budget::ledger::Account;
use domain::claim::claim::{Claim, ClaimStatus};
use domain::claim::final_certificate::FinalCertificate;
use domain::milestone::milestone::{ClaimedShare, Milestone};
use domain::scheme::scheme::Component;
use std::collections::BTreeMap;

/// Where the records come from.
pub(in crate::service) trait ClaimRecords {
    fn application(&mut self, id: ApplicationId) -> Result<Application, Error>;
    fn milestone(&mut self, id: MilestoneId) -> Result<Milestone, Error>;
    fn milestones_of(&mut self, award: AwardId) -> Result<Vec<Milestone>, Error>;
    /// Submitted, returned and verified claims of an award for a component.
    fn live(&mut self, award: AwardId, component: Component) -> Result<Vec<Claim>, Error>;
    fn certificates(&mut self, claim: ClaimId) -> Result<Vec<FinalCertificate>, Error>;
    /// The share of its milestone that a claim took, or would take if it were verified now.
    fn share(&mut self, milestone: &Milestone, claim: ClaimId) -> Result<BasisPoints, Error>;
    /// The digest of a file, if it is there.
    fn digest(&mut self, file: EvidenceId) -> Result<Option<String>, Error>;
    fn balances(&mut self) -> Result<Vec<Balance>, Error>;
    fn balance(&mut self, account: &Account) -> Result<Paise, Error>;
}

impl ClaimRecords for ReadTx<'_> {
    fn application(&mut self, id: ApplicationId) -> Result<Application, Error> {
        applications::find(self, id)?.or_not_found("application")
    }

    fn milestone(&mut self, id: MilestoneId) -> Result<Milestone, Error> {
        milestones::find(self, id)?.or_not_found("milestone")
    }

    fn milestones_of(&mut self, award: AwardId) -> Result<Vec<Milestone>, Error> {
        Ok(milestones::list(self, Some(award), None)?)
    }

    fn live(&mut self, award: AwardId, component: Component) -> Result<Vec<Claim>, Error> {
        Ok(claims::live(self, award, component)?)
    }

    fn certificates(&mut self, claim: ClaimId) -> Result<Vec<FinalCertificate>, Error> {
        Ok(final_certificates::list(self, Some(claim), None)?)
    }

    fn share(&mut self, milestone: &Milestone, claim: ClaimId) -> Result<BasisPoints, Error> {
        share_for(self, milestone, claim)
    }

    fn digest(&mut self, file: EvidenceId) -> Result<Option<String>, Error> {
        Ok(evidence::find(self, file)?.map(|file| file.digest))
    }

    fn balances(&mut self) -> Result<Vec<Balance>, Error> {
        Ok(accounts::balances(self)?)
    }

    fn balance(&mut self, account: &Account) -> Result<Paise, Error> {
        Ok(accounts::balance(self, account)?)
    }
}

/// The records of the claims of some awards, as one read found them.
#[derive(Default)]
pub(in crate::service) struct RecordsOfAwards {
    applications: BTreeMap<ApplicationId, Application>,
    milestones: Vec<Milestone>,
    claims: Vec<Claim>,
    certificates: Vec<FinalCertificate>,
    shares: Vec<ClaimedShare>,
    digests: BTreeMap<EvidenceId, String>,
    balances: Vec<Balance>,
    by_account: BTreeMap<String, Paise>,
}

impl RecordsOfAwards {
    /// Reads the records of awards with all their claims and their applications.
    pub fn of(tx: &mut ReadTx<'_>, claims: Vec<Claim>, applications: Vec<Application>) -> Result<Self, Error> {
        let mut awards: Vec<String> = claims.iter().map(|claim| claim.award_id.to_string()).collect();
        awards.sort_unstable();
        awards.dedup();
        let certified: Vec<String> =
            claims.iter().filter(|claim| claim.certified_at.is_some()).map(|claim| claim.id.to_string()).collect();
        let milestones = milestones::of_awards(tx, &awards)?;
        let of_milestones: Vec<String> =
            claims.iter().filter_map(|claim| claim.milestone_id).map(|id| id.to_string()).collect();
        let files = files_of(&claims, &applications);
        let balances = accounts::balances(tx)?;
        // What nothing could be found for is not asked for.
        let certificates = match certified.is_empty() {
            true => Vec::new(),
            false => final_certificates::of_claims(tx, &certified)?,
        };
        let shares = match of_milestones.is_empty() {
            true => Vec::new(),
            false => shares::of_milestones(tx, &of_milestones)?,
        };
        let digests = match files.is_empty() {
            true => Vec::new(),
            false => evidence::of_ids(tx, &files)?,
        };
        Ok(RecordsOfAwards {
            applications: applications.into_iter().map(|one| (one.id, one)).collect(),
            digests: digests.into_iter().map(|file| (file.id, file.digest)).collect(),
            by_account: balances.iter().map(|one| (one.account.code(), one.balance)).collect(),
            milestones,
            claims,
            certificates,
            shares,
            balances,
        })
    }

    fn status(&self, claim: ClaimId) -> Option<ClaimStatus> {
        self.claims.iter().find(|one| one.id == claim).map(|one| one.status)
    }
}

/// The files that show what was stated.
fn files_of(claims: &[Claim], applications: &[Application]) -> Vec<String> {
    let of_forms = applications.iter().flat_map(|one| &one.form.facts).filter_map(|fact| fact.evidence_id);
    let of_claims = claims.iter().flat_map(|claim| &claim.facts.0).filter_map(|fact| fact.evidence_id);
    let balances = claims.iter().flat_map(|claim| claim.mass_balance.iter());
    let of_balances = balances.flat_map(|balance| balance.figures()).filter_map(|(_, _, file)| file);
    let mut files: Vec<String> = of_forms.chain(of_claims).chain(of_balances).map(|id| id.to_string()).collect();
    files.sort_unstable();
    files.dedup();
    files
}

impl ClaimRecords for RecordsOfAwards {
    fn application(&mut self, id: ApplicationId) -> Result<Application, Error> {
        self.applications.get(&id).cloned().or_not_found("application")
    }

    fn milestone(&mut self, id: MilestoneId) -> Result<Milestone, Error> {
        self.milestones.iter().find(|one| one.id == id).cloned().or_not_found("milestone")
    }

    fn milestones_of(&mut self, award: AwardId) -> Result<Vec<Milestone>, Error> {
        Ok(self.milestones.iter().filter(|one| one.award_id == award).cloned().collect())
    }

    fn live(&mut self, award: AwardId, component: Component) -> Result<Vec<Claim>, Error> {
        let over = [ClaimStatus::Draft, ClaimStatus::Rejected];
        let own = self.claims.iter().filter(|one| one.award_id == award && one.component == component);
        Ok(own.filter(|one| !over.contains(&one.status)).cloned().collect())
    }

    fn certificates(&mut self, claim: ClaimId) -> Result<Vec<FinalCertificate>, Error> {
        Ok(self.certificates.iter().filter(|one| one.claim_id == claim).cloned().collect())
    }

    fn share(&mut self, milestone: &Milestone, claim: ClaimId) -> Result<BasisPoints, Error> {
        if let Some(own) = self.shares.iter().find(|one| one.claim_id == claim) {
            return Ok(own.share);
        }
        let of_milestone = self.shares.iter().filter(|one| one.milestone_id == milestone.id);
        let taken = of_milestone.filter(|one| self.status(one.claim_id) == Some(ClaimStatus::Verified));
        Ok(left_of(milestone, taken))
    }

    fn digest(&mut self, file: EvidenceId) -> Result<Option<String>, Error> {
        Ok(self.digests.get(&file).cloned())
    }

    fn balances(&mut self) -> Result<Vec<Balance>, Error> {
        Ok(self.balances.clone())
    }

    fn balance(&mut self, account: &Account) -> Result<Paise, Error> {
        Ok(self.by_account.get(&account.code()).copied().unwrap_or(Paise::ZERO))
    }
}
