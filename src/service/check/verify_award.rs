//! What the rows of awards must say together, whoever wrote them: each allocation follows from its stated bids and
//! capacity, each application has the place that its run gave it, what was called and received of a guarantee is the
//! sum of its events, and an award is commissioned with its milestone.

use crate::db::award::{allocations, applications, awards, securities};
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::db::log::audit_log;
use crate::db::milestone::milestones;
use crate::db::scheme::schemes;
use crate::service::check::verify::{by_chunks, same};
use crate::service::running::scheme_shelf::parsed;
use domain::award::allocation::{Allocation, AllocationStatus, Place};
use domain::award::allocation_run::{RoomLeft, run};
use domain::award::allocation_statement::Outcome;
use domain::award::application::Application;
use domain::award::security::{Security, SecurityEvent, SecurityEventKind};
use domain::base::id::ApplicationId;
use domain::scheme::scheme::Scheme;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The place of each application, by the newest published run that names it.
type Places = BTreeMap<ApplicationId, Place>;

/// The first contradiction.
pub fn first_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    for check in [allocations_fault, securities_fault, commissioning_fault] {
        if let Some(fault) = check(tx)? {
            return Ok(Some(fault));
        }
    }
    Ok(None)
}

fn allocations_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    let schemes: Vec<Arc<Scheme>> =
        schemes::documents(tx)?.iter().filter_map(|(document, _)| parsed(document).ok()).collect();
    let mut places = Places::new();
    let fault = by_chunks(
        tx,
        allocations::after,
        |allocation| allocation.id.to_string(),
        |_, chunk| {
            for allocation in chunk {
                let governs = |scheme: &&Arc<Scheme>| {
                    scheme.code == allocation.scheme_code && scheme.version == allocation.scheme_version
                };
                let scheme = schemes.iter().find(governs).ok_or_else(|| "its version of the scheme is gone".to_owned());
                if let Err(fault) = scheme.and_then(|scheme| check_run(allocation, scheme)) {
                    return Ok(Some(format!("allocation {}: {fault}", allocation.number)));
                }
                if allocation.status == AllocationStatus::Published {
                    places.extend(allocation.places());
                }
            }
            Ok(None)
        },
    )?;
    if fault.is_some() { Ok(fault) } else { places_fault(tx, &places) }
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
    // Runs of earlier programs are known by the digest of the whole statement.
    let known = [again.digest(), again.digest_of_whole()].contains(&allocation.digest);
    if known && again == *statement {
        Ok(())
    } else {
        Err("its statement does not follow from its bids and capacity".to_owned())
    }
}

/// The acts after which a place differs from what its run gave.
const LEFT: [&str; 3] = ["surrender_allotment", "propose_allotment_end", "end_allotment"];

/// The place that the newest run and the acts since its bid was allotted make: what was given up stays given up, and a
/// proposal to end an allotment goes over into the place of the next run.
fn expected(given: Option<&Place>, left: Option<&Value>) -> Value {
    let acted = left.and_then(|said| serde_json::from_value::<Place>(said.clone()).ok());
    match (given, acted) {
        (Some(given), Some(acted)) if acted.outcome == Outcome::Allotted => json!(given.clone().after(Some(acted))),
        _ => left.cloned().unwrap_or_else(|| json!(given)),
    }
}

/// Every application has the place that the newest published run gives it, or has surrendered it.
fn places_fault(tx: &mut ReadTx<'_>, places: &Places) -> Result<Option<String>, DbError> {
    by_chunks(
        tx,
        applications::after,
        |application| application.id.to_string(),
        |tx, chunk| {
            let placed: Vec<&Application> =
                chunk.iter().filter(|one| one.place.is_some() || places.contains_key(&one.id)).collect();
            let subject = |one: &Application| format!("application:{}", one.id);
            let subjects: Vec<String> = placed.iter().map(|one| subject(one)).collect();
            let surrendered = audit_log::done_about(tx, &subjects, &LEFT)?;
            let left: BTreeMap<&str, Value> = surrendered
                .iter()
                .map(|entry| {
                    let details: Value = serde_json::from_str(&entry.facts.details).unwrap_or_default();
                    (entry.facts.subject.as_str(), details["place"].clone())
                })
                .collect();
            let fault = placed.into_iter().find_map(|one| {
                let said = expected(places.get(&one.id), left.get(subject(one).as_str()));
                let fault = same("its place", json!(one.place), "its run", said).err()?;
                let name = one.number.as_deref().unwrap_or("without a number");
                Some(format!("application {name}: {fault}"))
            });
            Ok(fault)
        },
    )
}

fn securities_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    by_chunks(
        tx,
        securities::after,
        |security| security.id.to_string(),
        |tx, chunk| {
            for security in chunk {
                let events = securities::events(tx, security.id)?;
                if let Err(fault) = check_sums(security, &events) {
                    return Ok(Some(format!("guarantee {}: {fault}", security.name())));
                }
            }
            Ok(None)
        },
    )
}

fn check_sums(security: &Security, events: &[SecurityEvent]) -> Result<(), String> {
    let sum = |kind: SecurityEventKind| -> i64 {
        let amounts = events.iter().filter(|event| event.kind == kind).filter_map(|event| event.amount_paise);
        amounts.fold(0, |sum, amount| sum.saturating_add(amount.0))
    };
    let (invoked, received) = (sum(SecurityEventKind::Invoked), sum(SecurityEventKind::Received));
    same("what was invoked of it in paise", security.invoked_paise.0, "its events", invoked)?;
    same("what was received of it in paise", security.received_paise.0, "its events", received)
}

/// An award is commissioned on the day on which the milestone that commissions it was achieved.
fn commissioning_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    by_chunks(
        tx,
        awards::after,
        |award| award.id.to_string(),
        |tx, chunk| {
            for award in chunk {
                let schedule = milestones::list(tx, Some(award.id), None)?;
                // One that was opened again keeps the award commissioned until it is verified anew.
                if schedule.iter().any(|one| one.commissions && one.is_reopened()) {
                    continue;
                }
                let achieved = schedule.iter().find(|one| one.commissions).and_then(|one| one.achieved_on);
                let (stored, said) = (json!(award.commissioned_on), json!(achieved));
                if let Err(fault) = same("the day it was commissioned", stored, "its milestone", said) {
                    return Ok(Some(format!("award {}: {fault}", award.number)));
                }
            }
            Ok(None)
        },
    )
}
