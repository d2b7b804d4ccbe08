//! Allocations as pages show them: the list, and one run with its bids and what became of each, how much capacity it
//! gave and what is left of it, with whom it lies, and what its reader may do next. For offices and auditors.

use crate::db::award::allocations::{self, Became};
use crate::db::engine::transaction::ReadTx;
use crate::db::people::organisations;
use crate::service::Service;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use crate::service::worklist::names::Names;
use crate::service::worklist::who_can::{WhoCan, stopped};
use chrono::NaiveDate;
use domain::award::allocation::{Allocation, AllocationStatus, AllocationStep};
use domain::award::allocation_statement::{BidResult, Outcome};
use domain::base::calendar::Timestamp;
use domain::base::id::{AllocationId, UserId};
use domain::base::permission::{Permission, Role};
use domain::base::record_reference::RecordReference;
use domain::base::refusal::Refusal;
use domain::people::user::Actor;
use domain::words;
use domain::worklist::matter::MatterKind;
use domain::worklist::rules;
use domain::worklist::waiting::Waiting;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The permission that the reads of this file take: offices and auditors hold it, and no company.
pub const READ_PERMISSION: Permission = Permission::ReadBudget;

words! {
    /// Something that a person can do to a run that is not published.
    pub enum AllocationAct {
        Concur = "concur",
        Publish = "publish",
        Withdraw = "withdraw",
    }
}

/// An act that the reader's roles allow on the run as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextAllocationAct {
    pub act: AllocationAct,
    /// Why this person may not take it all the same.
    pub refusal: Option<Refusal>,
}

/// How much capacity a run gave, and what became of it; in tonnes a year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capacities {
    /// What the scheme may award in all.
    pub total: i64,
    /// Awarded before the run.
    pub before: i64,
    /// Allotted by the run.
    pub allotted: i64,
    /// Of the scheme's capacity, not taken by awards or by the run.
    pub left: i64,
    /// Of what was allotted, awarded since.
    pub awarded: i64,
    /// Of what was allotted, given back by bidders.
    pub surrendered: i64,
    /// Of what was allotted, not awarded and not given back.
    pub open: i64,
}

/// One bid of a run, and what became of it.
pub struct BidRow {
    pub result: BidResult,
    pub company: String,
    pub became: Option<Became>,
}

/// One allocation with everything that its page shows.
pub struct WholeAllocation {
    pub allocation: Allocation,
    pub bids: Vec<BidRow>,
    pub capacities: Capacities,
    pub people: Names,
    pub waiting: Vec<Waiting>,
    /// Who can take the acts that an earlier step of the reader refuses.
    pub who_can: WhoCan,
    pub next: Vec<NextAllocationAct>,
    pub today: NaiveDate,
}

/// One row of the list of allocations.
pub struct AllocationRow {
    pub allocation: Allocation,
    pub allotted_mtpa: i64,
    pub offices: Vec<Role>,
}

/// One page of the list of allocations, and how many there are in all.
pub struct AllocationList {
    pub rows: Vec<AllocationRow>,
    pub all: i64,
    /// Code and name of each scheme whose version in force ranks bids: for each of these a run can be drafted.
    pub schemes: Vec<(String, String)>,
}

impl AllocationAct {
    fn permission(self) -> Permission {
        match self {
            AllocationAct::Concur => Permission::ConcurAllocation,
            AllocationAct::Publish => Permission::PublishAllocation,
            AllocationAct::Withdraw => Permission::WithdrawAllocation,
        }
    }

    /// Takes the step on a copy of the record, as its command would, as far as the record alone decides.
    fn tried(self, allocation: &Allocation, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        let mut copy = allocation.clone();
        let step = AllocationStep { note: String::new(), taken_by: by, taken_at: at };
        match self {
            AllocationAct::Concur => copy.concur(step),
            AllocationAct::Publish => copy.publish(step),
            AllocationAct::Withdraw => copy.withdraw(step),
        }
    }
}

/// The acts that the roles allow on this run, each with what would refuse this person. An act for which it is in
/// another state is not among them.
fn next_acts(allocation: &Allocation, actor: &Actor, now: Timestamp) -> Vec<NextAllocationAct> {
    let allowed = AllocationAct::ALL.iter().filter(|act| actor.may(act.permission()).is_ok());
    let tried =
        allowed.map(|act| NextAllocationAct { act: *act, refusal: act.tried(allocation, actor.user_id, now).err() });
    tried.filter(|next| !matches!(next.refusal, Some(Refusal::WrongState { .. }))).collect()
}

fn allotted(allocation: &Allocation) -> i64 {
    let gives = allocation.statement.results.iter().filter(|result| result.outcome == Outcome::Allotted);
    gives.map(|result| result.capacity_mtpa).sum()
}

/// What the run gave and what became of it. A run that is not published has given nothing yet.
fn capacities(allocation: &Allocation, bids: &[BidRow]) -> Capacities {
    let limits = &allocation.statement.limits;
    let allotted = allotted(allocation);
    let given = || bids.iter().filter(|bid| bid.result.outcome == Outcome::Allotted);
    let awarded = given().filter_map(|bid| bid.became.as_ref()?.award.as_ref()).map(|(_, mtpa)| *mtpa).sum();
    let gave_back = |bid: &&BidRow| {
        let place = bid.became.as_ref().and_then(|became| became.place.as_ref());
        place.is_some_and(|place| place.outcome == Outcome::Surrendered)
    };
    let surrendered = given().filter(gave_back).map(|bid| bid.result.capacity_mtpa).sum();
    Capacities {
        total: limits.total_capacity_mtpa,
        before: limits.awarded_mtpa,
        allotted,
        left: limits.total_capacity_mtpa - limits.awarded_mtpa - allotted,
        awarded,
        surrendered,
        open: allotted - awarded - surrendered,
    }
}

/// Everybody whom the page of a run names.
fn people_of(allocation: &Allocation) -> Vec<UserId> {
    let steps = [&allocation.concurrence, &allocation.publication, &allocation.withdrawal];
    let mut people: Vec<UserId> = steps.into_iter().flatten().map(|step| step.taken_by).collect();
    people.push(allocation.drafted_by);
    people.sort_unstable();
    people.dedup();
    people
}

impl Service {
    fn whole_allocation(
        &self,
        tx: &mut ReadTx<'_>,
        actor: &Actor,
        of: &RecordReference<AllocationId>,
    ) -> Result<WholeAllocation, Error> {
        let now = self.clock.now();
        let today = now.date_in_india();
        let allocation = allocations::named(tx, of)?.or_not_found("allocation")?;
        let results = allocation.statement.results.clone();
        let companies: Vec<String> = results.iter().map(|result| result.bid.organisation_id.to_string()).collect();
        let names: BTreeMap<String, String> = organisations::names(tx, &companies)?.into_iter().collect();
        let ids: Vec<String> = results.iter().map(|result| result.bid.application_id.to_string()).collect();
        let found = allocations::became(tx, &ids)?;
        let mut became: BTreeMap<String, Became> =
            found.into_iter().map(|one| (one.application_id.clone(), one)).collect();
        let row = |result: BidResult| BidRow {
            company: names.get(&result.bid.organisation_id.to_string()).cloned().unwrap_or_default(),
            became: became.remove(&result.bid.application_id.to_string()),
            result,
        };
        let bids: Vec<BidRow> = results.into_iter().map(row).collect();
        let next = next_acts(&allocation, actor, now);
        let stopped = stopped(actor, next.iter().map(|next| &next.refusal));
        let id = allocation.id.to_string();
        let (waiting, who_can) = self.turn_of(tx, stopped, &[MatterKind::Allocation], &id, today)?;
        Ok(WholeAllocation {
            capacities: capacities(&allocation, &bids),
            bids,
            people: Names::of_people(tx, actor, &people_of(&allocation))?,
            waiting,
            who_can,
            next,
            allocation,
            today,
        })
    }

    /// One allocation with what its page shows.
    pub async fn allocation_file(
        self: &Arc<Self>,
        caller: Caller,
        of: RecordReference<AllocationId>,
    ) -> Result<WholeAllocation, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| service.whole_allocation(tx, actor, &of)).await
    }

    /// One page of the allocations, the newest first; pages are numbered from 1.
    pub async fn allocation_list(
        self: &Arc<Self>,
        caller: Caller,
        status: Option<AllocationStatus>,
        page: i64,
        rows: i64,
    ) -> Result<AllocationList, Error> {
        let (service, today) = (Arc::clone(self), self.clock.now().date_in_india());
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let schemes = service.schemes.current(tx)?.that_rank_bids(today);
            let all = allocations::count(tx, status)?;
            let found = allocations::page(tx, status, page.saturating_sub(1).saturating_mul(rows), rows)?;
            let offices = |allocation: &Allocation| {
                let waits = rules::allocation(allocation.status);
                waits.offices()
            };
            let row = |allocation: Allocation| AllocationRow {
                allotted_mtpa: allotted(&allocation),
                offices: offices(&allocation),
                allocation,
            };
            Ok(AllocationList { rows: found.into_iter().map(row).collect(), all, schemes })
        })
        .await
    }
}
