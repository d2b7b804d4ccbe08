//! Allotting capacity to competing bids. One person drafts a run, a second concurs and a third publishes it;
//! each time the calculation is repeated on the bids and the remaining capacity of that moment. A bidder may
//! surrender its allotment.

pub use crate::db::award::allocations::Selection;
use crate::db::award::{allocations, applications, awards};
use crate::db::budget::accounts;
use crate::db::engine::transaction::ReadTx;
use crate::db::people::organisations;
use crate::db::scheme::windows;
use crate::service::Service;
use crate::service::award::applications::visible as visible_application;
use crate::service::running::cursor::require_known;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use domain::award::allocation::{Allocation, AllocationStatus, AllocationStep, Surrender};
use domain::award::allocation_bid::{Bid, Standing, StandingKind};
use domain::award::allocation_run::{RoomLeft, run};
use domain::award::allocation_statement::{AllocationStatement, FollowedRun, Outcome, OutlayRoom};
use domain::award::application::{Application, ApplicationStatus, check_note};
use domain::award::award::Award;
use domain::base::id::{AllocationId, ApplicationId, OrganisationId};
use domain::base::permission::{Permission, Step};
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::budget::ledger::{Ledger, Stage};
use domain::people::user::Actor;
use domain::scheme::scheme::{Component, Scheme};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A section officer runs the calculation; the result is a draft.
pub struct DraftAllocation {
    pub scheme_code: String,
    /// The version; the one in force if none is named.
    pub scheme_version: Option<i64>,
}

impl Command for DraftAllocation {
    const NAME: &'static str = "draft_allocation";
    const PERMISSION: Permission = Permission::DraftAllocation;
    const REFUSALS: &'static [&'static str] = &[
        "not_in_scheme",
        "already_exists",
        "same_person",
        "bids_open",
        "bid_sealed",
        "nothing_to_allot",
        "amount_too_large",
    ];
    type Answer = AllocationFile;

    fn subject(&self) -> String {
        format!("scheme:{}", self.scheme_code)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<AllocationFile>, Error> {
        let scheme = match self.scheme_version {
            Some(version) => work.schemes.version(&self.scheme_code, version)?.clone(),
            None => {
                work.schemes.newest_in_form(&self.scheme_code)?;
                work.schemes.in_force(&self.scheme_code, work.today())?.clone()
            }
        };
        if let Some(open) = allocations::open(work.tx, &scheme.code)? {
            let what = Reason::OpenAllocation { number: open.number, is: open.status.as_str() };
            return Err(Refusal::AlreadyExists { what }.into());
        }
        let (statement, follows) = compute(work, &scheme)?;
        if !statement.has_open_bids() {
            return Err(Refusal::NothingToAllot.into());
        }
        let allocation = Allocation {
            id: AllocationId(work.new_id()),
            number: work.next_number(&scheme.number_prefix, "ALC")?,
            scheme_code: scheme.code.clone(),
            scheme_version: scheme.version,
            follows,
            status: AllocationStatus::Draft,
            digest: statement.digest(),
            statement,
            drafted_by: work.actor.user_id,
            drafted_at: work.now,
            concurrence: None,
            publication: None,
            withdrawal: None,
            version: 1,
        };
        allocation.check_person(work.actor.user_id, Step::Prepare)?;
        allocations::insert(work.tx, &allocation)?;
        done(work, allocation)
    }
}

/// A finance officer concurs in a draft.
pub struct ConcurAllocation {
    pub id: AllocationId,
    pub seen_version: i64,
    pub note: String,
}

impl Command for ConcurAllocation {
    const NAME: &'static str = "concur_allocation";
    const PERMISSION: Permission = Permission::ConcurAllocation;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "not_in_scheme",
        "bids_open",
        "bid_sealed",
        "allocation_changed",
        "amount_too_large",
    ];
    type Answer = AllocationFile;

    fn subject(&self) -> String {
        subject(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<AllocationFile>, Error> {
        let mut allocation = seen(work, self.id, self.seen_version)?;
        allocation.concur(step(work, self.note)?)?;
        require_unchanged(work, &allocation)?;
        allocations::update(work.tx, &mut allocation)?;
        done(work, allocation)
    }
}

/// The competent authority publishes a run: every application gets its place.
pub struct PublishAllocation {
    pub id: AllocationId,
    pub seen_version: i64,
    pub note: String,
}

impl Command for PublishAllocation {
    const NAME: &'static str = "publish_allocation";
    const PERMISSION: Permission = Permission::PublishAllocation;
    const REFUSALS: &'static [&'static str] = ConcurAllocation::REFUSALS;
    type Answer = AllocationFile;

    fn subject(&self) -> String {
        subject(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<AllocationFile>, Error> {
        let mut allocation = seen(work, self.id, self.seen_version)?;
        allocation.publish(step(work, self.note)?)?;
        require_unchanged(work, &allocation)?;
        allocations::update(work.tx, &mut allocation)?;
        for (id, place) in allocation.places() {
            let mut application = applications::find(work.tx, id)?.or_not_found("application")?;
            application.place = Some(place.after(application.place.take()));
            applications::update(work.tx, &mut application)?;
        }
        done(work, allocation)
    }
}

/// An officer withdraws a run that is not published yet.
pub struct WithdrawAllocation {
    pub id: AllocationId,
    pub seen_version: i64,
    pub reason: String,
}

impl Command for WithdrawAllocation {
    const NAME: &'static str = "withdraw_allocation";
    const PERMISSION: Permission = Permission::WithdrawAllocation;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state"];
    const ENDS_A_FILE: bool = true;
    type Answer = AllocationFile;

    fn subject(&self) -> String {
        subject(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<AllocationFile>, Error> {
        check_note("/reason", &self.reason)?;
        let mut allocation = seen(work, self.id, self.seen_version)?;
        let step = AllocationStep { note: self.reason, taken_by: work.actor.user_id, taken_at: work.now };
        allocation.withdraw(step)?;
        allocations::update(work.tx, &mut allocation)?;
        done(work, allocation)
    }
}

/// A signatory surrenders capacity that was allotted and not awarded yet; the next run allots it to others.
pub struct SurrenderAllotment {
    pub id: ApplicationId,
    pub seen_version: i64,
    pub reason: String,
}

impl Command for SurrenderAllotment {
    const NAME: &'static str = "surrender_allotment";
    const PERMISSION: Permission = Permission::SurrenderAllotment;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "not_allotted"];
    const ENDS_A_FILE: bool = true;
    type Answer = Application;

    fn subject(&self) -> String {
        format!("application:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Application>, Error> {
        check_note("/reason", &self.reason)?;
        let mut application = visible_application(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, application.version)?;
        application.require(ApplicationStatus::Eligible, "eligible and not awarded")?;
        let surrender = Surrender { reason: self.reason, surrendered_by: work.actor.user_id, surrendered_at: work.now };
        let unplaced = || Refusal::NotAllotted { reason: Reason::NoPublishedPlace };
        application.place.as_mut().ok_or_else(unplaced)?.surrender(surrender)?;
        applications::update(work.tx, &mut application)?;
        let details = json!({ "place": application.place });
        Ok(Done { subject: format!("application:{}", application.id), answer: application, details })
    }
}

fn subject(id: AllocationId) -> String {
    format!("allocation:{id}")
}

fn seen(work: &mut Work<'_, '_>, id: AllocationId, seen_version: i64) -> Result<Allocation, Error> {
    let allocation = allocations::find(work.tx, id)?.or_not_found("allocation")?;
    check_version(seen_version, allocation.version)?;
    Ok(allocation)
}

fn step(work: &Work<'_, '_>, note: String) -> Result<AllocationStep, Error> {
    check_note("/note", &note)?;
    Ok(AllocationStep { note, taken_by: work.actor.user_id, taken_at: work.now })
}

/// Runs the calculation on the bids and the capacity of now. Returns the statement and the earlier run that the
/// new one would follow.
fn compute(work: &mut Work<'_, '_>, scheme: &Scheme) -> Result<(AllocationStatement, Option<AllocationId>), Error> {
    if scheme.allocation.is_none() {
        return Err(Refusal::NotInScheme { what: "allocation" }.into());
    }
    let today = work.today();
    if let Some(window) = windows::list(work.tx, &scheme.code)?.iter().find(|window| window.covers(today)) {
        return Err(Refusal::BidsOpen { reason: Reason::WindowOpen { until: window.closes_on } }.into());
    }
    let (awards, ended) = (awards::list(work.tx, None)?, awards::ended(work.tx)?);
    let mut bids = Vec::new();
    for application in applications::competing(work.tx, &scheme.code)? {
        bids.extend(bid(application, scheme.version, &awards, &ended)?);
    }
    let room = awards::room(work.tx, &scheme.code)?;
    let balances = accounts::balances(work.tx)?.into_iter().filter(|row| {
        let account = &row.account;
        let of_scheme = account.scheme_code == scheme.code && account.award.is_none();
        let claimed = account.component != Component::Administration;
        account.ledger == Ledger::Outlay && account.stage == Stage::Available && of_scheme && claimed
    });
    let outlay = balances.map(|row| OutlayRoom { component: row.account.component, room_paise: row.balance }).collect();
    let room = RoomLeft { beneficiaries_awarded: room.awards, awarded_mtpa: room.awarded_mtpa, outlay };
    let newest = allocations::newest_published(work.tx, &scheme.code)?;
    let id = newest.as_ref().map(|newest| newest.id);
    let follows = newest.map(|newest| FollowedRun { number: newest.number, digest: newest.digest });
    Ok((run(&bids, scheme, &room, follows)?, id))
}

/// An application as it competes under this version of the scheme; `None` when it does not.
fn bid(
    application: Application,
    version: i64,
    awards: &[Award],
    ended: &BTreeSet<String>,
) -> Result<Option<Bid>, Refusal> {
    let number = application.number.clone().unwrap_or_default();
    let same_version = application.scheme_version == version;
    let standing = |kind, capacity_mtpa| Some(Standing { kind, capacity_mtpa });
    let place = application.place.as_ref();
    let standing = match (application.status, place.map(|place| (place.outcome, place.capacity_mtpa))) {
        (ApplicationStatus::Awarded, _) => {
            let award = awards.iter().find(|award| award.application_id == application.id);
            let capacity_mtpa = award.map_or(0, |award| award.capacity_mtpa);
            match award.is_some_and(|award| ended.contains(&award.id.to_string())) {
                // Its winner walked away after the award: it takes no part any more.
                true if same_version => standing(StandingKind::Surrendered, capacity_mtpa),
                true => return Ok(None),
                false => standing(StandingKind::Awarded, capacity_mtpa),
            }
        }
        (ApplicationStatus::Submitted, _) if same_version => {
            return Err(Refusal::BidsOpen { reason: Reason::ScrutinyAwaited { application: number } });
        }
        (ApplicationStatus::Eligible, Some((Outcome::Allotted, _))) if !same_version => {
            let version = application.scheme_version;
            let reason = Reason::AllottedBefore { application: number, version };
            return Err(Refusal::BidsOpen { reason });
        }
        (ApplicationStatus::Eligible, place) if same_version => match place {
            Some((Outcome::Allotted, capacity)) => standing(StandingKind::Allotted, capacity),
            Some((Outcome::Surrendered, capacity)) => standing(StandingKind::Surrendered, capacity),
            _ => None,
        },
        _ => return Ok(None),
    };
    let Some(receipt) = application.receipt else { return Ok(None) };
    Ok(Some(Bid {
        application_id: application.id,
        organisation_id: application.organisation_id,
        number,
        submitted_at: receipt.submitted_at,
        scrutinised_by: application.scrutiny.map(|scrutiny| scrutiny.scrutinised_by),
        capacity_mtpa: application.form.capacity_mtpa,
        least_capacity_mtpa: application.form.least_capacity_mtpa,
        rate_paise_per_kg: application.form.rate()?,
        net_worth_paise: application.form.net_worth_paise,
        facts: application.form.facts,
        standing,
    }))
}

/// Runs the calculation again and refuses when the result differs from the draft in any digit.
fn require_unchanged(work: &mut Work<'_, '_>, allocation: &Allocation) -> Result<(), Error> {
    let scheme = work.schemes.version(&allocation.scheme_code, allocation.scheme_version)?.clone();
    let again = compute(work, &scheme)?.0;
    if again == allocation.statement {
        return Ok(());
    }
    Err(Refusal::AllocationChanged { drafted: allocation.digest.clone(), now: again.digest() }.into())
}

fn done(work: &mut Work<'_, '_>, allocation: Allocation) -> Result<Done<AllocationFile>, Error> {
    let results = allocation.statement.results.iter().filter(|result| result.capacity_mtpa > 0);
    let allotted: Vec<_> = results
        .map(|result| {
            json!({
                "application": result.bid.number, "outcome": result.outcome, "capacity_mtpa": result.capacity_mtpa,
                "rate_paise_per_kg": result.bid.rate_paise_per_kg,
            })
        })
        .collect();
    let details = json!({
        "number": allocation.number, "scheme": allocation.scheme_code, "scheme_version": allocation.scheme_version,
        "follows": allocation.follows, "status": allocation.status, "digest": allocation.digest, "allotted": allotted,
    });
    let names = names(work.tx)?;
    let subject = subject(allocation.id);
    Ok(Done { subject, answer: AllocationFile { allocation, names, whole: true }, details })
}

fn names(tx: &mut ReadTx<'_>) -> Result<BTreeMap<OrganisationId, String>, Error> {
    Ok(organisations::list(tx, None)?.into_iter().map(|one| (one.id, one.name)).collect())
}

/// An allocation and the names of the bidders.
pub struct AllocationFile {
    pub allocation: Allocation,
    pub names: BTreeMap<OrganisationId, String>,
    /// Whether the reader may see the whole statement, with the details of the bids.
    pub whole: bool,
}

/// Manufacturers see only published runs, and of them only the list of places.
fn file_for(actor: &Actor, allocation: Allocation, names: BTreeMap<OrganisationId, String>) -> Option<AllocationFile> {
    let whole = !actor.roles.is_manufacturer();
    let seen = whole || allocation.status == AllocationStatus::Published;
    seen.then_some(AllocationFile { allocation, names, whole })
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

/// How many published runs are shown to everybody at most, the newest first.
const PUBLISHED_MOST: i64 = 200;

impl Service {
    /// The published runs, for everybody.
    pub async fn published_allocations(self: &Arc<Self>) -> Result<Vec<Allocation>, Error> {
        self.read_openly(|tx| Ok(allocations::list(tx, Selection::default(), true, PUBLISHED_MOST)?)).await
    }

    /// Runs of a selection in the order in which they were drafted. The caller requests one more than a page shows, to
    /// see whether more follow.
    pub async fn list_allocations(
        self: &Arc<Self>,
        caller: Caller,
        selection: Selection,
        limit: i64,
    ) -> Result<Vec<AllocationFile>, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let names = names(tx)?;
            let seen = |one: Allocation| file_for(actor, one, BTreeMap::new());
            require_known(selection.after, |id| Ok(allocations::find(tx, id)?.and_then(seen)))?;
            let found = allocations::list(tx, selection, actor.roles.is_manufacturer(), limit)?;
            Ok(found.into_iter().filter_map(|one| file_for(actor, one, names.clone())).collect())
        })
        .await
    }

    pub async fn allocation(self: &Arc<Self>, caller: Caller, id: AllocationId) -> Result<AllocationFile, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let names = names(tx)?;
            let found = allocations::find(tx, id)?;
            found.and_then(|allocation| file_for(actor, allocation, names)).or_not_found("allocation")
        })
        .await
    }
}
