//! A guarantee as a page shows it: the record with its events, what it covers today and what is missing, the recoveries
//! that it can pay, with whom it lies, and what its reader may do next. What may be done is found by the rules of the
//! record itself, on a copy of it.

use crate::db::award::{awards, securities};
use crate::db::engine::evidence;
use crate::db::engine::transaction::ReadTx;
use crate::db::people::organisations;
use crate::db::recovery::recoveries;
use crate::service::Service;
use crate::service::award::securities::{alike, readable, visible};
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::evidence::{OwnUpload, own_uploads};
use crate::service::running::runner::Caller;
use crate::service::worklist::names::Names;
use crate::service::worklist::who_can::{WhoCan, stopped};
use chrono::NaiveDate;
use domain::award::award::Award;
use domain::award::security::{Security, SecurityEvent, SecurityEventKind, SecurityStatus, cover, pending_for};
use domain::award::security_forms::{
    BankWord, SecurityConfirmation, SecurityExtension, SecurityInvocation, SecurityRelease,
};
use domain::base::calendar::Timestamp;
use domain::base::evidence::Evidence;
use domain::base::id::{EvidenceId, RecoveryId, SecurityId, UserId};
use domain::base::money::Paise;
use domain::base::permission::{Permission, Role};
use domain::base::reason::Reason;
use domain::base::record_reference::RecordReference;
use domain::base::refusal::Refusal;
use domain::people::user::Actor;
use domain::recovery::recovery::{Recovery, RecoveryStatus};
use domain::scheme::recovery_rules::RecoveryTerms;
use domain::words;
use domain::worklist::matter::MatterKind;
use domain::worklist::waiting::Waiting;
use std::collections::BTreeMap;
use std::sync::Arc;

pub use crate::service::award::securities::READ_PERMISSION;

words! {
    /// Something that a person can do to a guarantee.
    pub enum SecurityAct {
        /// To record the bank's answer about it, or about its extension.
        Confirm = "confirm",
        Extend = "extend",
        Invoke = "invoke",
        /// To record what the bank paid.
        Receive = "receive",
        Release = "release",
    }
}

/// An act that the reader's roles allow on the guarantee as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextSecurityAct {
    pub act: SecurityAct,
    /// Why it cannot be done all the same.
    pub refusal: Option<Refusal>,
}

/// A recovery of the same award that is demanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    pub id: RecoveryId,
    pub number: String,
    /// What is due today, with the interest up to today.
    pub due: Paise,
    /// What this guarantee was invoked for it and the bank has not paid yet.
    pub pending: Paise,
}

/// One guarantee with everything that its page shows.
pub struct WholeSecurity {
    pub security: Security,
    /// What happened to it, oldest first. A company does not read what the agency noted on the bank's answer.
    pub events: Vec<SecurityEvent>,
    /// The other guarantee that it could be, for whoever asks its bank.
    pub alike: Option<String>,
    pub award: Award,
    pub beneficiary: String,
    /// Why it covers nothing today.
    pub why_not: Option<Reason>,
    /// What all guarantees of the award cover together today.
    pub cover: Paise,
    /// What the others of them cover.
    pub others_cover: Paise,
    pub owed: Vec<Owed>,
    /// One entry for each act that it waits for.
    pub waiting: Vec<Waiting>,
    /// Who can take the acts that an earlier step of the reader refuses.
    pub who_can: WhoCan,
    pub evidence: BTreeMap<EvidenceId, Evidence>,
    pub people: Names,
    pub next: Vec<NextSecurityAct>,
    /// The newest documents of the company, for whoever may attach one.
    pub uploads: Vec<OwnUpload>,
    pub today: NaiveDate,
}

/// One row of the list of guarantees.
pub struct SecurityRow {
    pub security: Security,
    pub beneficiary: String,
    /// The number of the award.
    pub award: String,
    pub offices: Vec<Role>,
}

/// One page of the list of guarantees, and how many there are in all.
pub struct SecurityList {
    pub rows: Vec<SecurityRow>,
    pub all: i64,
    pub today: NaiveDate,
}

impl WholeSecurity {
    /// What can still be invoked.
    pub fn room(&self) -> Paise {
        self.security.rest()
    }

    /// The recovery that an invocation would pay first, and how much of it.
    pub fn to_invoke(&self) -> Option<(&Owed, Paise)> {
        let open = |owed: &&Owed| owed.due.minus_floored(owed.pending) > Paise::ZERO;
        let owed = self.owed.iter().find(open)?;
        Some((owed, owed.due.minus_floored(owed.pending).min(self.room())))
    }

    /// The recovery for which the bank still has to pay.
    pub fn to_receive(&self) -> Option<&Owed> {
        self.owed.iter().find(|owed| owed.pending > Paise::ZERO)
    }
}

impl SecurityAct {
    fn permission(self) -> Permission {
        match self {
            SecurityAct::Confirm => Permission::ConfirmSecurity,
            SecurityAct::Extend => Permission::LodgeSecurity,
            SecurityAct::Invoke => Permission::InvokeSecurity,
            SecurityAct::Receive => Permission::RecordSecurityReceipt,
            SecurityAct::Release => Permission::ReleaseSecurity,
        }
    }

    fn kind(self) -> SecurityEventKind {
        match self {
            SecurityAct::Confirm => SecurityEventKind::Confirmed,
            SecurityAct::Extend => SecurityEventKind::ExtensionLodged,
            SecurityAct::Invoke => SecurityEventKind::Invoked,
            SecurityAct::Receive => SecurityEventKind::Received,
            SecurityAct::Release => SecurityEventKind::Released,
        }
    }

    /// Does it to a copy of the record, as its command would, as far as the record alone decides.
    fn tried(self, security: &Security, owed: &[Owed], by: UserId, at: Timestamp) -> Result<(), Refusal> {
        let mut copy = security.clone();
        let (reference, reason) = (String::new(), String::new());
        match self {
            SecurityAct::Confirm => {
                let word = SecurityConfirmation {
                    outcome: BankWord::Confirmed,
                    reference,
                    note: reason,
                    evidence_id: None,
                    different_because: None,
                };
                copy.confirm(&word, by, at).map(|_| ())
            }
            SecurityAct::Extend => {
                let later = security.expires_on.succ_opt().unwrap_or(security.expires_on);
                let form = SecurityExtension {
                    expires_on: later,
                    claim_expires_on: Some(later.max(security.claim_expires_on)),
                    top_up_paise: Some(Paise(1)),
                    reference,
                    dated_on: at.date_in_india().min(security.expires_on),
                    evidence_id: security.evidence_id,
                };
                copy.extend(&form, by, at).map(|_| ())
            }
            SecurityAct::Invoke => {
                let amount_paise = Paise(1);
                let form = SecurityInvocation { recovery_id: None, amount_paise, reference, reason };
                copy.invoke(&form, amount_paise, by, at)?;
                if owed.is_empty() { Err(Refusal::SecurityDemandNeeded { guarantee: copy.name() }) } else { Ok(()) }
            }
            SecurityAct::Receive => {
                let awaited = owed.iter().any(|owed| owed.pending > Paise::ZERO);
                let is = security.status.as_str();
                let none = Refusal::WrongState { noun: "guarantee", is, needs: "invoked" };
                if awaited { Ok(()) } else { Err(none) }
            }
            SecurityAct::Release => copy.release(&SecurityRelease { reference, reason }, by, at).map(|_| ()),
        }
    }
}

/// The acts that the roles allow on this guarantee, each with what would refuse it. An act for which it is in another
/// state is not among them.
fn next_acts(whole: (&Security, &[SecurityEvent], &[Owed]), actor: &Actor, now: Timestamp) -> Vec<NextSecurityAct> {
    let (security, events, owed) = whole;
    let by = actor.user_id;
    let allowed = SecurityAct::ALL.iter().filter(|act| actor.may(act.permission()).is_ok());
    let tried = allowed.map(|act| (act, act.tried(security, owed, by, now)));
    let here = tried.filter(|(_, tried)| !matches!(tried, Err(Refusal::WrongState { .. })));
    let next = here.map(|(act, tried)| NextSecurityAct {
        act: *act,
        refusal: security.check_person(events, act.kind(), by).and(tried).err(),
    });
    next.collect()
}

/// The matters for which a guarantee waits.
const KINDS: [MatterKind; 2] = [MatterKind::Guarantee, MatterKind::GuaranteeExpiring];

/// Recoveries that are demanded, each with what this guarantee was invoked for it.
fn owed(
    recoveries: Vec<Recovery>,
    terms: &RecoveryTerms,
    events: &[SecurityEvent],
    today: NaiveDate,
) -> Result<Vec<Owed>, Error> {
    let named = |id| events.iter().any(|event| event.recovery_id == Some(id));
    let owed = |recovery: Recovery| {
        let pending = if named(recovery.id) { pending_for(events, recovery.id) } else { Paise::ZERO };
        let due = recovery.dues_on(terms, today)?.0.due.total()?;
        Ok(Owed { due, id: recovery.id, number: recovery.number, pending })
    };
    recoveries.into_iter().map(owed).collect()
}

impl Service {
    fn whole_security(&self, tx: &mut ReadTx<'_>, actor: &Actor, id: SecurityId) -> Result<WholeSecurity, Error> {
        let now = self.clock.now();
        let today = now.date_in_india();
        let security = visible(tx, actor, id)?;
        let named = awards::named(tx, &RecordReference::Id(security.award_id))?.or_not_found("award")?;
        let events = securities::events(tx, id)?;
        let demanded = recoveries::list(tx, Some(security.award_id), Some(RecoveryStatus::Demanded), None)?;
        let terms = self.schemes.current(tx)?.in_force(&named.award.scheme_code, today)?.recovery_terms();
        let owed = owed(demanded, &terms, &events, today)?;
        let mut guarantees = securities::of_award(tx, security.award_id)?;
        let covered = cover(&guarantees, today);
        guarantees.retain(|one| one.id != id);
        let attached = events.iter().filter_map(|event| event.evidence_id).chain([security.evidence_id]);
        let files: Vec<String> = attached.map(|id| id.to_string()).collect();
        let people: Vec<UserId> = events.iter().map(|event| event.acted_by).chain([security.lodged_by]).collect();
        let asks = security.status == SecurityStatus::Lodged && actor.may(Permission::ConfirmSecurity).is_ok();
        let next = next_acts((&security, &events, &owed), actor, now);
        let stopped = stopped(actor, next.iter().map(|next| &next.refusal));
        let (waiting, who_can) = self.turn_of(tx, stopped, &KINDS, &id.to_string(), today)?;
        Ok(WholeSecurity {
            alike: if asks { alike(tx, &self.finance.banks, &security)? } else { None },
            why_not: security.why_not(today),
            cover: covered,
            others_cover: cover(&guarantees, today),
            waiting,
            who_can,
            evidence: evidence::of_ids(tx, &files)?.into_iter().map(|file| (file.id, file)).collect(),
            people: Names::of_people(tx, actor, &people)?,
            next,
            uploads: own_uploads(tx, actor, security.organisation_id, Permission::LodgeSecurity)?,
            events: readable(actor, events),
            award: named.award,
            beneficiary: named.beneficiary,
            security,
            owed,
            today,
        })
    }

    /// One guarantee with what its page shows, if it exists for this person.
    pub async fn security_file(self: &Arc<Self>, caller: Caller, id: SecurityId) -> Result<WholeSecurity, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| service.whole_security(tx, actor, id)).await
    }

    /// One page of the guarantees that a person may see, the first to expire on top; pages are numbered from 1.
    pub async fn security_list(
        self: &Arc<Self>,
        caller: Caller,
        status: Option<SecurityStatus>,
        page: i64,
        rows: i64,
    ) -> Result<SecurityList, Error> {
        let (service, today) = (Arc::clone(self), self.clock.now().date_in_india());
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let part = securities::Part { status, only: actor.narrowed_to() };
            let all = securities::count(tx, part)?;
            let found = securities::page(tx, part, page.saturating_sub(1).saturating_mul(rows), rows)?;
            let companies: Vec<String> = found.iter().map(|security| security.organisation_id.to_string()).collect();
            let awarded: Vec<String> = found.iter().map(|security| security.award_id.to_string()).collect();
            let names: BTreeMap<String, String> = organisations::names(tx, &companies)?.into_iter().collect();
            let numbers: BTreeMap<String, String> = awards::numbers(tx, &awarded)?.into_iter().collect();
            let ids: Vec<String> = found.iter().map(|security| security.id.to_string()).collect();
            let mut offices = service.offices_of_all(tx, &KINDS, &ids, today)?;
            let mut row = |security: Security| SecurityRow {
                beneficiary: names.get(&security.organisation_id.to_string()).cloned().unwrap_or_default(),
                award: numbers.get(&security.award_id.to_string()).cloned().unwrap_or_default(),
                offices: offices.remove(&security.id.to_string()).unwrap_or_default(),
                security,
            };
            let rows = found.into_iter().map(&mut row).collect();
            Ok(SecurityList { rows, all, today })
        })
        .await
    }
}
