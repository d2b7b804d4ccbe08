//! Everything behind one disbursement, back to the application, from one consistent view: the
//! records, the files they rest on, every act of a person on any of them, and what the bank said.

use crate::db::transaction::ReadTx;
use crate::db::{
    applications, audit_log, awards, claims, disbursements, evidence, excuses, final_certificates, journals,
    milestones, organisations, payment_advices, payments, recoveries, recovery_credits, schemes, securities, tranches,
    treasury_returns, users,
};
use crate::domain::application::Application;
use crate::domain::audit::{AuditEntry, AuditFacts, StoredJournal};
use crate::domain::award::Award;
use crate::domain::claim::{Claim, ClaimLineRecord};
use crate::domain::disbursement::Disbursement;
use crate::domain::evidence::Evidence;
use crate::domain::excuse::Excuse;
use crate::domain::final_certificate::FinalCertificate;
use crate::domain::id::{DisbursementId, EvidenceId, SchemeDraftId, UserId};
use crate::domain::milestone::Milestone;
use crate::domain::organisation::Organisation;
use crate::domain::payment::Payment;
use crate::domain::payment_advice::PaymentAdvice;
use crate::domain::permission::{Permission, Roles};
use crate::domain::recovery::Recovery;
use crate::domain::recovery_credit::RecoveryCredit;
use crate::domain::scheme::Scheme;
use crate::domain::security::{Security, SecurityEvent};
use crate::domain::tranche::Tranche;
use crate::domain::treasury_return::{TreasuryReturn, TreasuryReturnLine};
use crate::service::Service;
use crate::service::error::{Error, OrNotFound};
use crate::service::runner::Caller;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::Arc;
use utoipa::ToSchema;

/// Everything behind one disbursement.
pub struct Chain {
    pub disbursement: Disbursement,
    /// What reached the beneficiary for this tranche before or after, when the bank took one back.
    pub other_disbursements: Vec<Disbursement>,
    pub payments: Vec<Payment>,
    pub advices: Vec<PaymentAdvice>,
    pub treasury_returns: Vec<TreasuryReturn>,
    pub treasury_answers: Vec<TreasuryReturnLine>,
    pub tranche: Tranche,
    /// Other amounts of the same claim: deferred, withheld or corrected.
    pub other_tranches: Vec<Tranche>,
    pub claim: Claim,
    /// The claim that this one supplements.
    pub supplemented: Option<Claim>,
    pub lines: Vec<ClaimLineRecord>,
    pub certificates: Vec<FinalCertificate>,
    pub milestone: Option<Milestone>,
    pub excuses: Vec<Excuse>,
    pub award: Award,
    pub securities: Vec<Security>,
    pub security_events: Vec<SecurityEvent>,
    pub application: Application,
    pub organisation: Organisation,
    pub scheme: Arc<Scheme>,
    pub scheme_digest: String,
    /// The text of the scheme's version, as it was loaded or published.
    pub scheme_document: String,
    /// The draft it was published from, if it did not come with the program.
    pub scheme_draft_id: Option<SchemeDraftId>,
    pub evidence: Vec<Evidence>,
    /// What of it was asked back, and the recoveries that were set off against it.
    pub recoveries: Vec<Recovery>,
    pub credits: Vec<RecoveryCredit>,
    pub journals: Vec<StoredJournal>,
    pub acts: Vec<ChainAct>,
}

/// One entry of the audit log, and who acted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChainAct {
    #[serde(flatten)]
    pub entry: AuditEntry,
    /// Their name, as it is now.
    pub person: String,
    /// Their roles at the time of the act; none for the service itself.
    pub roles: Roles,
}

/// What says which roles somebody has.
const ROLE_COMMANDS: &[&str] = &["create_user", "change_user"];

fn ids<T>(records: &[T], id: impl Fn(&T) -> String) -> Vec<String> {
    records.iter().map(id).collect()
}

/// `noun:id` of each.
fn subjects<T, I: Display>(noun: &str, records: &[T], id: impl Fn(&T) -> I) -> Vec<String> {
    records.iter().map(|record| format!("{noun}:{}", id(record))).collect()
}

impl Service {
    /// Everything behind one disbursement, from one consistent view.
    pub async fn disbursement_chain(self: &Arc<Self>, caller: Caller, id: DisbursementId) -> Result<Chain, Error> {
        let service = Arc::clone(self);
        self.read(caller, Permission::ReadAuditLog, move |tx, _| {
            let disbursement = disbursements::find(tx, id)?.or_not_found("disbursement")?;
            let grounds = service.grounds(tx, disbursement)?;
            paid(tx, grounds)
        })
        .await
    }

    /// The chain from the application up to the sanction; what became of the money is still empty.
    fn grounds(&self, tx: &mut ReadTx<'_>, disbursement: Disbursement) -> Result<Chain, Error> {
        let tranche = tranches::find(tx, disbursement.tranche_id)?.or_not_found("tranche")?;
        let claim = claims::find(tx, tranche.claim_id)?.or_not_found("claim")?;
        let mut other_tranches = tranches::of_claims(tx, &[claim.id.to_string()])?;
        other_tranches.retain(|other| other.id != tranche.id);
        let milestone = claim.milestone_id.map(|id| milestones::find(tx, id)).transpose()?.flatten();
        let excused = excuses::Selection { milestone: claim.milestone_id, ..excuses::Selection::default() };
        let excuses = if milestone.is_some() { excuses::list(tx, excused, None)? } else { Vec::new() };
        let award = awards::find(tx, tranche.award_id)?.or_not_found("award")?;
        let kept = schemes::find(tx, &claim.scheme_code, claim.scheme_version)?.or_not_found("scheme")?;
        Ok(Chain {
            supplemented: claim.supplements.map(|id| claims::find(tx, id)).transpose()?.flatten(),
            lines: claims::lines(tx, claim.id)?,
            certificates: final_certificates::list(tx, Some(claim.id), None)?,
            securities: securities::of_award(tx, award.id)?,
            security_events: securities::events_of_award(tx, award.id)?,
            application: applications::find(tx, award.application_id)?.or_not_found("application")?,
            organisation: organisations::find(tx, award.organisation_id)?.or_not_found("organisation")?,
            scheme: Arc::clone(self.schemes.current(tx)?.version(&claim.scheme_code, claim.scheme_version)?),
            scheme_digest: kept.digest,
            scheme_document: kept.document,
            scheme_draft_id: kept.draft_id,
            other_disbursements: Vec::new(),
            payments: Vec::new(),
            advices: Vec::new(),
            treasury_returns: Vec::new(),
            treasury_answers: Vec::new(),
            evidence: Vec::new(),
            recoveries: Vec::new(),
            credits: Vec::new(),
            journals: Vec::new(),
            acts: Vec::new(),
            disbursement,
            tranche,
            other_tranches,
            claim,
            milestone,
            excuses,
            award,
        })
    }
}

/// Adds what became of the money, the files, and every act.
fn paid(tx: &mut ReadTx<'_>, mut chain: Chain) -> Result<Chain, Error> {
    chain.payments = payments::list(tx, Some(chain.tranche.id), None)?;
    let payment_ids = ids(&chain.payments, |payment| payment.id.to_string());
    chain.other_disbursements = disbursements::of_payments(tx, &payment_ids)?;
    for other in &mut chain.other_disbursements {
        other.net_paise = other.amount_paise.minus_floored(other.set_off_paise);
    }
    let reached = ids(&chain.other_disbursements, |one| one.id.to_string());
    chain.other_disbursements.retain(|other| other.id != chain.disbursement.id);
    chain.advices = payment_advices::of_payments(tx, &payment_ids)?;
    let numbers = ids(&chain.payments, |payment| payment.number.clone());
    chain.treasury_answers = treasury_returns::answers_about(tx, &numbers)?;
    let returns: BTreeSet<String> = chain.treasury_answers.iter().map(|line| line.return_id.to_string()).collect();
    chain.treasury_returns = treasury_returns::of_ids(tx, &returns.into_iter().collect::<Vec<_>>())?;
    let asked_back = recoveries::behind(tx, &reached, &[])?;
    chain.credits = recovery_credits::behind(tx, &ids(&asked_back, |one| one.id.to_string()), &payment_ids)?;
    let set_off: BTreeSet<String> = chain.credits.iter().map(|credit| credit.recovery_id.to_string()).collect();
    chain.recoveries = recoveries::behind(tx, &reached, &set_off.into_iter().collect::<Vec<_>>())?;
    chain.evidence = evidence::of_ids(tx, &papers(&chain).iter().map(EvidenceId::to_string).collect::<Vec<_>>())?;
    let mut entries = audit_log::of_subjects(tx, &acted_on(&chain))?;
    let posted: Vec<i64> =
        entries.iter().filter(|entry| entry.facts.journal_digest.is_some()).map(|entry| entry.facts.sequence).collect();
    chain.journals = journals::of_sequences(tx, &posted)?;
    entries.extend(of_scheme(tx, &chain)?);
    entries.sort_by_key(|entry| entry.facts.sequence);
    chain.acts = with_people(tx, entries)?;
    Ok(chain)
}

/// Every record whose acts belong to the chain.
fn acted_on(chain: &Chain) -> Vec<String> {
    let mut all = vec![
        format!("tranche:{}", chain.tranche.id),
        format!("claim:{}", chain.claim.id),
        format!("award:{}", chain.award.id),
        format!("application:{}", chain.application.id),
        format!("organisation:{}", chain.organisation.id),
    ];
    all.extend(subjects("evidence", &chain.evidence, |one| one.id));
    all.extend(subjects("payment", &chain.payments, |one| one.id));
    all.extend(subjects("payment_advice", &chain.advices, |one| one.id));
    all.extend(subjects("treasury_return", &chain.treasury_returns, |one| one.id));
    all.extend(subjects("security", &chain.securities, |one| one.id));
    all.extend(chain.milestone.iter().map(|milestone| format!("milestone:{}", milestone.id)));
    all.extend(subjects("excuse", &chain.excuses, |one| one.id));
    all.extend(subjects("recovery", &chain.recoveries, |one| one.id));
    all.extend(subjects("final_certificate", &chain.certificates, |one| one.id));
    all
}

/// How the version of the scheme by which the claim was decided came to be.
fn of_scheme(tx: &mut ReadTx<'_>, chain: &Chain) -> Result<Vec<AuditEntry>, Error> {
    if let Some(draft) = chain.scheme_draft_id {
        return Ok(audit_log::of_subjects(tx, &[format!("scheme_draft:{draft}")])?);
    }
    let mut loaded = audit_log::done_about(tx, &[format!("scheme:{}", chain.scheme.code)], &["load_scheme"])?;
    let of_version = |details: &str| {
        serde_json::from_str::<serde_json::Value>(details)
            .is_ok_and(|details| details["version"] == chain.scheme.version)
    };
    loaded.retain(|entry| of_version(&entry.facts.details));
    Ok(loaded)
}

/// Each entry with the name of who acted and the roles they had then.
fn with_people(tx: &mut ReadTx<'_>, entries: Vec<AuditEntry>) -> Result<Vec<ChainAct>, Error> {
    let people: BTreeSet<UserId> = entries.iter().map(|entry| entry.facts.actor_id).collect();
    let people: Vec<UserId> = people.into_iter().collect();
    let names: BTreeMap<String, String> = users::names(tx, &ids(&people, UserId::to_string))?.into_iter().collect();
    let given = audit_log::done_about(tx, &subjects("user", &people, |id| *id), ROLE_COMMANDS)?;
    let roles_of = |facts: &AuditFacts| -> Option<Roles> {
        let subject = format!("user:{}", facts.actor_id);
        let mut before = given.iter().filter(|one| one.facts.subject == subject && one.facts.sequence < facts.sequence);
        let mut details: serde_json::Value = serde_json::from_str(&before.next_back()?.facts.details).ok()?;
        serde_json::from_value(details["roles"].take()).ok()
    };
    let act = |entry: AuditEntry| ChainAct {
        person: names
            .get(&entry.facts.actor_id.to_string())
            .cloned()
            .unwrap_or_else(|| "the service itself, or its operator".to_owned()),
        roles: roles_of(&entry.facts).unwrap_or_default(),
        entry,
    };
    Ok(entries.into_iter().map(act).collect())
}

/// Every document on which the chain rests, once.
fn papers(chain: &Chain) -> BTreeSet<EvidenceId> {
    let form = &chain.application.form;
    let mut all: BTreeSet<EvidenceId> = form.documents.iter().map(|document| document.evidence_id).collect();
    all.extend(form.facts.iter().filter_map(|fact| fact.evidence_id));
    let replies = chain.application.queries.0.iter().filter_map(|round| round.reply.as_ref());
    all.extend(replies.flat_map(|reply| reply.documents.iter()));
    for round in chain.milestone.iter().flat_map(|milestone| &milestone.rounds.0) {
        all.extend(&round.report.evidence);
        all.extend(round.verification.iter().flat_map(|verification| &verification.inspection.evidence));
    }
    all.extend(chain.excuses.iter().flat_map(|excuse| &excuse.evidence.0));
    all.extend(chain.securities.iter().map(|security| security.evidence_id));
    all.extend(chain.security_events.iter().filter_map(|event| event.evidence_id));
    all.extend(chain.claim.files(&chain.lines));
    all.extend(chain.certificates.iter().flat_map(|certificate| &certificate.evidence.0));
    all.extend(
        chain.recoveries.iter().filter_map(|recovery| recovery.reply.as_ref()).flat_map(|reply| &reply.evidence),
    );
    all
}
