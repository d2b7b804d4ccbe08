//! Allocations and the places of applications, compared with the audit log; and each run is computed again from
//! its stated bids and capacity, under the text of its own version.

use crate::db::award::{allocations, applications};
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::db::scheme::schemes;
use crate::service::check::verify_log::DoneCounts;
use crate::service::check::verify_records::{Act, CHUNK_ROWS, acts_of, same, same_field};
use crate::service::running::scheme_shelf::parsed;
use domain::award::allocation::{Allocation, AllocationStatus, Place};
use domain::award::allocation_run::{RoomLeft, run};
use domain::award::application::Application;
use domain::base::id::ApplicationId;
use domain::scheme::scheme::Scheme;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The place of each application, by the newest published run that names it.
type Places = BTreeMap<ApplicationId, Place>;

/// The first allocation or place that differs from the log.
pub fn first_fault(tx: &mut ReadTx<'_>, done: &DoneCounts) -> Result<Option<String>, DbError> {
    let schemes: Vec<Arc<Scheme>> =
        schemes::documents(tx)?.iter().filter_map(|(document, _)| parsed(document).ok()).collect();
    let (mut last, mut rows, mut places) = (String::new(), 0, Places::new());
    loop {
        let chunk = allocations::after(tx, &last, CHUNK_ROWS)?;
        let Some(end) = chunk.last() else { break };
        last = end.id.to_string();
        rows += chunk.len() as i64;
        let subjects: Vec<String> = chunk.iter().map(|one| format!("allocation:{}", one.id)).collect();
        let acts = acts_of(tx, &subjects)?;
        for (allocation, subject) in chunk.iter().zip(&subjects) {
            let checked = check_allocation(allocation, acts.of(subject)).and_then(|()| {
                let governs = |scheme: &&Arc<Scheme>| {
                    scheme.code == allocation.scheme_code && scheme.version == allocation.scheme_version
                };
                check_run(allocation, schemes.iter().find(governs).ok_or("its version of the scheme is gone")?)
            });
            if let Err(fault) = checked {
                return Ok(Some(format!("allocation {}: {fault}", allocation.number)));
            }
            if allocation.status == AllocationStatus::Published {
                places.extend(allocation.places());
            }
        }
    }
    let known = done.of("draft_allocation");
    if known != rows {
        return Ok(Some(format!("{rows} allocations are stored, the log names {known}")));
    }
    places_fault(tx, &places)
}

fn check_allocation(allocation: &Allocation, acts: &[Act]) -> Result<(), String> {
    let Some(drafted) = acts.iter().find(|act| act.facts.command == "draft_allocation") else {
        return Err("the log does not say that it was drafted".to_owned());
    };
    let newest = acts.last().unwrap_or(drafted);
    let fields = [
        ("its number", json!(allocation.number), "number"),
        ("its scheme", json!(allocation.scheme_code), "scheme"),
        ("its version of the scheme", json!(allocation.scheme_version), "scheme_version"),
        ("the run it follows", json!(allocation.follows), "follows"),
        ("its digest", json!(allocation.digest), "digest"),
        ("the digest of its statement", json!(allocation.statement.digest()), "digest"),
        ("its status", json!(allocation.status), "status"),
    ];
    for (what, stored, field) in fields {
        same_field(what, &stored, newest, field)?;
    }
    same("the person who drafted it", allocation.drafted_by, drafted.facts.actor_id)?;
    same("the time it was drafted", allocation.drafted_at, drafted.facts.recorded_at)?;
    for (step, command) in [
        (&allocation.concurrence, "concur_allocation"),
        (&allocation.publication, "publish_allocation"),
        (&allocation.withdrawal, "withdraw_allocation"),
    ] {
        let act = acts.iter().find(|act| act.facts.command == command);
        let stored = step.as_ref().map(|step| (step.taken_by, step.taken_at));
        let logged = act.map(|act| (act.facts.actor_id, act.facts.recorded_at));
        same(&format!("who did {command}"), json!(stored), json!(logged))?;
    }
    Ok(())
}

/// The same bids and capacity must give the same statement.
pub(in crate::service) fn check_run(allocation: &Allocation, scheme: &Scheme) -> Result<(), String> {
    let statement = &allocation.statement;
    let room = RoomLeft {
        beneficiaries_awarded: statement.limits.beneficiaries_awarded,
        awarded_mtpa: statement.limits.awarded_mtpa,
        outlay: statement.limits.outlay.clone(),
    };
    let again = run(&statement.bids(), scheme, &room, statement.follows.clone()).map_err(|why| why.to_string())?;
    same("the digest of its statement", allocation.digest.clone(), again.digest())
}

/// Every application has the place that the newest published run gives it, or has surrendered it.
fn places_fault(tx: &mut ReadTx<'_>, places: &Places) -> Result<Option<String>, DbError> {
    let mut last = String::new();
    loop {
        let chunk = applications::after(tx, &last, CHUNK_ROWS)?;
        let Some(end) = chunk.last() else { return Ok(None) };
        last = end.id.to_string();
        let placed: Vec<&Application> =
            chunk.iter().filter(|one| one.place.is_some() || places.contains_key(&one.id)).collect();
        let subjects: Vec<String> = placed.iter().map(|one| format!("application:{}", one.id)).collect();
        let acts = acts_of(tx, &subjects)?;
        for (application, subject) in placed.into_iter().zip(&subjects) {
            let surrendered = acts.of(subject).iter().rev().find(|act| act.facts.command == "surrender_allotment");
            let said = match surrendered {
                Some(act) => act.details["place"].clone(),
                None => json!(places.get(&application.id)),
            };
            if let Err(fault) = same("its place", json!(application.place).to_string(), said.to_string()) {
                let name = application.number.as_deref().unwrap_or("without a number");
                return Ok(Some(format!("application {name}: {fault}")));
            }
        }
    }
}
