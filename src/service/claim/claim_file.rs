//! A claim as a page shows it: the record with the names that it only has ids of, with whom it lies, and what its
//! reader may do next. What may be done is found by the rules of the record itself, on a copy of it.

use crate::db::claim::claim_files;
use crate::db::claim::{claim_returns, claims};
use crate::db::engine::evidence;
use crate::db::engine::transaction::ReadTx;
use crate::db::people::{disclosures, organisations};
use crate::service::Service;
use crate::service::claim::claims::visible;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use crate::service::running::sheets;
use crate::service::worklist::names::Names;
use crate::service::worklist::who_can::{WhoCan, stopped};
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::desk::Desk;
use domain::base::evidence::Evidence;
use domain::base::id::{EvidenceId, UserId};
use domain::base::noting::{Noting, Reasons};
use domain::base::permission::{Permission, Role};
use domain::base::refusal::Refusal;
use domain::budget::whole_rupees::PaymentUnit;
use domain::claim::claim::{Claim, ClaimLineRecord, ClaimStatus, LineDecision};
use domain::claim::claim_return::{ClaimReturnView, ClaimSendBack, earlier_decisions, views};
use domain::correspondence::about::SheetCounts;
use domain::people::disclosure::{DisclosedField, Disclosure};
use domain::people::user::Actor;
use domain::words;
use domain::worklist::waiting::Waiting;
use std::collections::BTreeMap;
use std::sync::Arc;

pub use crate::db::claim::claim_files::{ClaimContext, ClaimReference, TrancheBrief};

pub use crate::service::claim::claims::READ_PERMISSION;

words! {
    /// Something that a person can do to a claim.
    pub enum ClaimAct {
        /// To decide every line, and the claim.
        Verify = "verify",
        Query = "query",
        Reply = "reply",
        Return = "return",
        /// To start a tranche for the part that waited for appropriation.
        Release = "release",
        /// To correct the lines of a draft, or of a claim that was returned.
        Lines = "lines",
        Submit = "submit",
    }
}

/// An act that the reader's roles allow on the claim as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextClaimAct {
    pub act: ClaimAct,
    /// Why it cannot be done all the same.
    pub refusal: Option<Refusal>,
}

/// One claim with everything that its page shows.
pub struct WholeClaim {
    pub claim: Claim,
    pub lines: Vec<ClaimLineRecord>,
    pub context: ClaimContext,
    /// One entry for each act that it waits for.
    pub waiting: Vec<Waiting>,
    /// Who can take the acts that an earlier step of the reader refuses.
    pub who_can: WhoCan,
    /// The files of the claim, of its lines, and of replies to queries.
    pub evidence: BTreeMap<EvidenceId, Evidence>,
    pub tranches: Vec<TrancheBrief>,
    /// Each return, oldest first, with what was changed after it.
    pub returns: Vec<ClaimReturnView>,
    /// Whether nothing was changed in it since it was returned for correction.
    pub is_unchanged: bool,
    /// What was decided before a return on lines that have not changed since; a manufacturer is not told.
    pub earlier: Vec<LineDecision>,
    /// The noting of the agency on a claim that it rejected; a manufacturer does not read it.
    pub remarks: Option<String>,
    pub people: Names,
    pub next: Vec<NextClaimAct>,
    pub sheet: SheetCounts,
    pub today: NaiveDate,
    /// In which it is paid.
    pub unit: PaymentUnit,
}

/// One row of the list of claims.
pub struct ClaimRow {
    pub claim: Claim,
    pub beneficiary: String,
    /// The offices that can end its wait; none if it waits for nobody.
    pub offices: Vec<Role>,
}

/// One page of the list of claims, and how many there are in all.
pub struct ClaimList {
    pub rows: Vec<ClaimRow>,
    pub all: i64,
}

impl ClaimAct {
    fn permission(self) -> Permission {
        match self {
            ClaimAct::Verify | ClaimAct::Release => Permission::VerifyClaim,
            ClaimAct::Query => Permission::RaiseQuery,
            ClaimAct::Reply => Permission::ReplyToQuery,
            ClaimAct::Return => Permission::ReturnClaim,
            ClaimAct::Lines => Permission::PrepareClaim,
            ClaimAct::Submit => Permission::SubmitClaim,
        }
    }

    /// Does it to a copy of the record, as its command would, as far as the record alone decides.
    fn tried(self, claim: &Claim, by: UserId, at: Timestamp, unit: PaymentUnit) -> Result<(), Refusal> {
        let mut copy = claim.clone();
        match self {
            ClaimAct::Verify => {
                copy.require(ClaimStatus::Submitted, "submitted")?;
                copy.queries.require_answered()
            }
            ClaimAct::Query => {
                copy.require(ClaimStatus::Submitted, "submitted")?;
                copy.queries.raise("", by, at)
            }
            ClaimAct::Reply => copy.queries.require_answered().err().map(|_| ()).ok_or(Refusal::QueryNotOpen),
            ClaimAct::Return => {
                let (reasons, note) = (Reasons(String::new()), Noting::default());
                copy.send_back(ClaimSendBack { to: Desk::Prepare, reasons, note, by, at }, &mut []).map(|_| ())
            }
            ClaimAct::Release => {
                copy.require_deferred()?;
                if unit.is_enough(copy.deferred_paise) { Ok(()) } else { Err(Refusal::NothingDeferred) }
            }
            ClaimAct::Lines | ClaimAct::Submit => copy.require_editable(),
        }
    }
}

/// The acts that the roles allow on this claim, each with what would refuse it. An act for which the claim is in
/// another state, for which no query is open, or for which nothing that can be paid is deferred, is not among them.
fn next_acts(claim: &Claim, actor: &Actor, now: Timestamp, unit: PaymentUnit) -> Vec<NextClaimAct> {
    let allowed = ClaimAct::ALL.iter().filter(|act| actor.may(act.permission()).is_ok());
    let tried =
        allowed.map(|act| NextClaimAct { act: *act, refusal: act.tried(claim, actor.user_id, now, unit).err() });
    let elsewhere = |refusal: &Refusal| {
        matches!(refusal, Refusal::WrongState { .. } | Refusal::QueryNotOpen | Refusal::NothingDeferred)
    };
    tried.filter(|next| !next.refusal.as_ref().is_some_and(elsewhere)).collect()
}

/// Everybody whom the page of a claim names.
fn people_of(claim: &Claim, returns: &[ClaimReturnView], tranches: &[TrancheBrief]) -> Vec<UserId> {
    let mut people = vec![claim.prepared_by];
    people.extend(claim.submitted_by.into_iter().chain(claim.verified_by));
    for round in &claim.queries.0 {
        people.push(round.raised_by);
        people.extend(round.reply.as_ref().map(|reply| reply.replied_by));
    }
    people.extend(tranches.iter().filter_map(|one| one.rejection.as_ref()).map(|one| one.rejected_by));
    people.extend(returns.iter().flat_map(|one| [one.submitted_by, one.returned_by]));
    people.sort_unstable();
    people.dedup();
    people
}

/// What the agency noted last on a claim; `None` once it is erased.
fn last_remarks(tx: &mut ReadTx<'_>, claim: &Claim) -> Result<Option<String>, Error> {
    let noted = disclosures::of_subject(tx, &format!("claim:{}", claim.id))?;
    let last = noted.iter().rev().find(|one| one.field == DisclosedField::Remarks);
    Ok(last.map(Disclosure::value).transpose().map_err(Error::Internal)?.flatten())
}

impl Service {
    pub(super) fn whole_claim(
        &self,
        tx: &mut ReadTx<'_>,
        actor: &Actor,
        of: &ClaimReference,
    ) -> Result<WholeClaim, Error> {
        let now = self.clock.now();
        let today = now.date_in_india();
        let unit = self.finance.units.on(today);
        let context = claim_files::context(tx, of)?.or_not_found("claim")?;
        let claim = visible(tx, actor, context.id)?;
        let lines = claims::lines(tx, claim.id)?;
        let to_company = actor.roles.is_manufacturer();
        let returns = if claim.returned_times > 0 { claim_returns::of_claim(tx, claim.id)? } else { Vec::new() };
        let earlier = if to_company { Vec::new() } else { earlier_decisions(&returns, &lines) };
        let returns = views(&returns, &claim.form(&lines), to_company);
        let is_noted = claim.status == ClaimStatus::Rejected && !to_company;
        let files = claim.files(&lines).into_iter().chain(claim.queries.documents());
        let files: Vec<String> = files.map(|id| id.to_string()).collect();
        let found = evidence::of_ids(tx, &files)?;
        let tranches = claim_files::tranches_of(tx, claim.id)?;
        let is_back = claim.status == ClaimStatus::Returned;
        let is_unchanged = is_back && returns.last().is_some_and(|last| last.changes.is_empty());
        let next = next_acts(&claim, actor, now, unit);
        let stopped = stopped(actor, next.iter().map(|next| &next.refusal));
        let (waiting, who_can) = self.turn_of_claim(tx, stopped, (&claim, &tranches), today)?;
        Ok(WholeClaim {
            is_unchanged,
            waiting,
            who_can,
            evidence: found.into_iter().map(|file| (file.id, file)).collect(),
            remarks: if is_noted { last_remarks(tx, &claim)? } else { None },
            people: Names::of_people(tx, actor, &people_of(&claim, &returns, &tranches))?,
            tranches,
            next,
            unit,
            sheet: sheets::counts(tx, actor, claim.id.into())?,
            claim,
            lines,
            context,
            returns,
            earlier,
            today,
        })
    }

    /// One claim with what its page shows, if it exists for this person.
    pub async fn claim_file(self: &Arc<Self>, caller: Caller, of: ClaimReference) -> Result<WholeClaim, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| service.whole_claim(tx, actor, &of)).await
    }

    /// One page of the claims that a person may see, the newest first; pages are numbered from 1.
    pub async fn claim_list(
        self: &Arc<Self>,
        caller: Caller,
        status: Option<ClaimStatus>,
        page: i64,
        rows: i64,
    ) -> Result<ClaimList, Error> {
        let (service, today) = (Arc::clone(self), self.clock.now().date_in_india());
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let part = claims::Part { status, only: actor.narrowed_to() };
            let all = claims::count(tx, part)?;
            let found = claims::page(tx, part, page.saturating_sub(1).saturating_mul(rows), rows)?;
            let ids: Vec<String> = found.iter().map(|claim| claim.organisation_id.to_string()).collect();
            let names: BTreeMap<String, String> = organisations::names(tx, &ids)?.into_iter().collect();
            let mut offices = service.offices_of_claims(tx, &found, today)?;
            let row = |claim: Claim| ClaimRow {
                beneficiary: names.get(&claim.organisation_id.to_string()).cloned().unwrap_or_default(),
                offices: offices.remove(&claim.id.to_string()).into_iter().flatten().collect(),
                claim,
            };
            Ok(ClaimList { rows: found.into_iter().map(row).collect(), all })
        })
        .await
    }
}
