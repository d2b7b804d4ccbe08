//! The provenance of one disbursement, back to the application, from one consistent view: the records, the
//! files they rest on, every act of a person on any of them, and the bank's answers.

use crate::db::award::{applications, awards, securities};
use crate::db::budget::journals;
use crate::db::claim::{claims, final_certificates};
use crate::db::engine::evidence;
use crate::db::engine::transaction::ReadTx;
use crate::db::log::audit_log;
use crate::db::milestone::{excuses, milestones};
use crate::db::payment::{disbursements, payment_advices, payments, tranches, treasury_returns};
use crate::db::people::{organisations, users};
use crate::db::recovery::{recoveries, recovery_credits};
use crate::db::scheme::schemes;
use crate::service::Service;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use domain::award::application::Application;
use domain::award::award::Award;
use domain::award::security::{Security, SecurityEvent};
use domain::base::evidence::Evidence;
use domain::base::id::{DisbursementId, EvidenceId, SchemeDraftId, UserId};
use domain::base::permission::{Permission, Roles};
use domain::claim::claim::{Claim, ClaimLineRecord};
use domain::claim::final_certificate::FinalCertificate;
use domain::log::audit::{AuditEntry, AuditFacts, StoredJournal};
use domain::milestone::excuse::Excuse;
use domain::milestone::milestone::Milestone;
use domain::payment::disbursement::Disbursement;
use domain::payment::payment::Payment;
use domain::payment::payment_advice::PaymentAdvice;
use domain::payment::tranche::Tranche;
use domain::payment::treasury_return::{TreasuryReturn, TreasuryReturnLine};
use domain::people::organisation::Organisation;
use domain::recovery::recovery::Recovery;
use domain::recovery::recovery_credit::RecoveryCredit;
use domain::scheme::scheme::Scheme;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::Arc;
use utoipa::ToSchema;

/// The provenance of one disbursement.
pub struct Chain {
    pub grounds: Grounds,
    pub money: MoneyTrail,
    pub evidence: Vec<Evidence>,
    pub journals: Vec<StoredJournal>,
    pub acts: Vec<ChainAct>,
}

/// The records on which a disbursement rests, from the application up to the sanction.
pub struct Grounds {
    pub disbursement: Disbursement,
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
    /// The draft that the version was published from; none if it came with the program.
    pub scheme_draft_id: Option<SchemeDraftId>,
}

/// What became of the money of the tranche.
pub struct MoneyTrail {
    /// What reached the beneficiary for this tranche before or after, when the bank took one back.
    pub other_disbursements: Vec<Disbursement>,
    pub payments: Vec<Payment>,
    pub advices: Vec<PaymentAdvice>,
    pub treasury_returns: Vec<TreasuryReturn>,
    pub treasury_answers: Vec<TreasuryReturnLine>,
    /// What of it was asked back, and the recoveries that were set off against it.
    pub recoveries: Vec<Recovery>,
    pub credits: Vec<RecoveryCredit>,
}

/// One entry of the audit log with the person who acted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChainAct {
    #[serde(flatten)]
    pub entry: AuditEntry,
    /// The person's present name.
    pub person: String,
    /// Their roles at the time of the act; none for the service itself.
    pub roles: Roles,
}

/// The commands that set a person's roles.
const ROLE_COMMANDS: &[&str] = &["create_user", "change_user"];

fn ids<T>(records: &[T], id: impl Fn(&T) -> String) -> Vec<String> {
    records.iter().map(id).collect()
}

/// The subject `noun:id` of each record.
fn subjects<T, I: Display>(noun: &str, records: &[T], id: impl Fn(&T) -> I) -> Vec<String> {
    records.iter().map(|record| format!("{noun}:{}", id(record))).collect()
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadAuditLog;

impl Service {
    /// The provenance of one disbursement, from one consistent view.
    pub async fn disbursement_chain(self: &Arc<Self>, caller: Caller, id: DisbursementId) -> Result<Chain, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let disbursement = disbursements::find(tx, id)?.or_not_found("disbursement")?;
            let grounds = service.grounds(tx, disbursement)?;
            let money = money_trail(tx, &grounds)?;
            with_acts(tx, grounds, money)
        })
        .await
    }

    /// The chain from the application up to the sanction; payments and acts are added later.
    fn grounds(&self, tx: &mut ReadTx<'_>, disbursement: Disbursement) -> Result<Grounds, Error> {
        let tranche = tranches::find(tx, disbursement.tranche_id)?.or_not_found("tranche")?;
        let claim = claims::find(tx, tranche.claim_id)?.or_not_found("claim")?;
        let mut other_tranches = tranches::of_claims(tx, &[claim.id.to_string()])?;
        other_tranches.retain(|other| other.id != tranche.id);
        let milestone = claim.milestone_id.map(|id| milestones::find(tx, id)).transpose()?.flatten();
        let excused = excuses::Selection { milestone: claim.milestone_id, ..excuses::Selection::default() };
        let excuses = if milestone.is_some() { excuses::list(tx, excused, None)? } else { Vec::new() };
        let award = awards::find(tx, tranche.award_id)?.or_not_found("award")?;
        let kept = schemes::find(tx, &claim.scheme_code, claim.scheme_version)?.or_not_found("scheme")?;
        Ok(Grounds {
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

/// The payments of the tranche, with their advices, bank answers, disbursements and recoveries.
fn money_trail(tx: &mut ReadTx<'_>, grounds: &Grounds) -> Result<MoneyTrail, Error> {
    let payments = payments::list(tx, Some(grounds.tranche.id), None)?;
    let payment_ids = ids(&payments, |payment| payment.id.to_string());
    let mut other_disbursements = disbursements::of_payments(tx, &payment_ids)?;
    let reached = ids(&other_disbursements, |one| one.id.to_string());
    other_disbursements.retain(|other| other.id != grounds.disbursement.id);
    let numbers = ids(&payments, |payment| payment.number.clone());
    let treasury_answers = treasury_returns::answers_about(tx, &numbers)?;
    let returns: BTreeSet<String> = treasury_answers.iter().map(|line| line.return_id.to_string()).collect();
    let asked_back = recoveries::behind(tx, &reached, &[])?;
    let credits = recovery_credits::behind(tx, &ids(&asked_back, |one| one.id.to_string()), &payment_ids)?;
    let set_off: BTreeSet<String> = credits.iter().map(|credit| credit.recovery_id.to_string()).collect();
    Ok(MoneyTrail {
        advices: payment_advices::of_payments(tx, &payment_ids)?,
        treasury_returns: treasury_returns::of_ids(tx, &returns.into_iter().collect::<Vec<_>>())?,
        recoveries: recoveries::behind(tx, &reached, &set_off.into_iter().collect::<Vec<_>>())?,
        other_disbursements,
        payments,
        treasury_answers,
        credits,
    })
}

/// The whole chain: with the files, and with every act on any of the records.
fn with_acts(tx: &mut ReadTx<'_>, grounds: Grounds, money: MoneyTrail) -> Result<Chain, Error> {
    let papers = papers(&grounds, &money);
    let evidence = evidence::of_ids(tx, &papers.iter().map(EvidenceId::to_string).collect::<Vec<_>>())?;
    let mut entries = audit_log::of_subjects(tx, &acted_on(&grounds, &money, &evidence))?;
    let posted: Vec<i64> =
        entries.iter().filter(|entry| entry.facts.journal_digest.is_some()).map(|entry| entry.facts.sequence).collect();
    let journals = journals::of_sequences(tx, &posted)?;
    entries.extend(of_scheme(tx, &grounds)?);
    entries.sort_by_key(|entry| entry.facts.sequence);
    let acts = with_people(tx, entries)?;
    Ok(Chain { grounds, money, evidence, journals, acts })
}

/// Every record whose acts belong to the chain.
fn acted_on(grounds: &Grounds, money: &MoneyTrail, evidence: &[Evidence]) -> Vec<String> {
    let mut all = vec![
        format!("tranche:{}", grounds.tranche.id),
        format!("claim:{}", grounds.claim.id),
        format!("award:{}", grounds.award.id),
        format!("application:{}", grounds.application.id),
        format!("organisation:{}", grounds.organisation.id),
    ];
    all.extend(subjects("evidence", evidence, |one| one.id));
    all.extend(subjects("payment", &money.payments, |one| one.id));
    all.extend(subjects("payment_advice", &money.advices, |one| one.id));
    all.extend(subjects("treasury_return", &money.treasury_returns, |one| one.id));
    all.extend(subjects("security", &grounds.securities, |one| one.id));
    all.extend(grounds.milestone.iter().map(|milestone| format!("milestone:{}", milestone.id)));
    all.extend(subjects("excuse", &grounds.excuses, |one| one.id));
    all.extend(subjects("recovery", &money.recoveries, |one| one.id));
    all.extend(subjects("final_certificate", &grounds.certificates, |one| one.id));
    all
}

/// The acts by which the governing version of the scheme was drafted and published, or loaded.
fn of_scheme(tx: &mut ReadTx<'_>, grounds: &Grounds) -> Result<Vec<AuditEntry>, Error> {
    if let Some(draft) = grounds.scheme_draft_id {
        return Ok(audit_log::of_subjects(tx, &[format!("scheme_draft:{draft}")])?);
    }
    let mut loaded = audit_log::done_about(tx, &[format!("scheme:{}", grounds.scheme.code)], &["load_scheme"])?;
    let of_version = |details: &str| {
        serde_json::from_str::<serde_json::Value>(details)
            .is_ok_and(|details| details["version"] == grounds.scheme.version)
    };
    loaded.retain(|entry| of_version(&entry.facts.details));
    Ok(loaded)
}

/// Adds to each entry the name of the person who acted and their roles at that time.
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
fn papers(grounds: &Grounds, money: &MoneyTrail) -> BTreeSet<EvidenceId> {
    let form = &grounds.application.form;
    let mut all: BTreeSet<EvidenceId> = form.documents.iter().map(|document| document.evidence_id).collect();
    all.extend(form.facts.iter().filter_map(|fact| fact.evidence_id));
    let replies = grounds.application.queries.0.iter().filter_map(|round| round.reply.as_ref());
    all.extend(replies.flat_map(|reply| reply.documents.iter()));
    for round in grounds.milestone.iter().flat_map(|milestone| &milestone.rounds.0) {
        all.extend(&round.report.evidence);
        all.extend(round.verification.iter().flat_map(|verification| &verification.inspection.evidence));
    }
    all.extend(grounds.excuses.iter().flat_map(|excuse| &excuse.evidence.0));
    all.extend(grounds.securities.iter().map(|security| security.evidence_id));
    all.extend(grounds.security_events.iter().filter_map(|event| event.evidence_id));
    all.extend(grounds.claim.files(&grounds.lines));
    all.extend(grounds.certificates.iter().flat_map(|certificate| &certificate.evidence.0));
    all.extend(
        money.recoveries.iter().filter_map(|recovery| recovery.reply.as_ref()).flat_map(|reply| &reply.evidence),
    );
    all
}
