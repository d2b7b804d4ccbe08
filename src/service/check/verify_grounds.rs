//! The records that payments rest on, compared with the audit log: awards with their ceilings, guarantees with
//! their events, and payment advices with the files that the treasury got.

use crate::db::award::{awards, securities};
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::db::payment::payment_advices;
use crate::service::check::verify_log::DoneCounts;
use crate::service::check::verify_records::{Act, CHUNK_ROWS, acts_of, same, same_field};
use domain::award::award::Award;
use domain::award::security::{Security, SecurityEvent, SecurityEventKind};
use domain::base::digest::hex;
use domain::payment::payment_advice::{FileFormat, PaymentAdvice};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// The first award, guarantee or advice that differs from the log.
pub fn first_fault(tx: &mut ReadTx<'_>, done: &DoneCounts) -> Result<Option<String>, DbError> {
    for check in [awards_fault, securities_fault, advices_fault] {
        if let Some(fault) = check(tx, done)? {
            return Ok(Some(fault));
        }
    }
    Ok(None)
}

/// There must be as many rows as the log has acts that created one.
fn count_fault(nouns: &str, rows: i64, known: i64) -> Option<String> {
    (known != rows).then(|| format!("{rows} {nouns} are stored, the log names {known}"))
}

fn awards_fault(tx: &mut ReadTx<'_>, done: &DoneCounts) -> Result<Option<String>, DbError> {
    let (mut last, mut rows) = (String::new(), 0);
    loop {
        let chunk = awards::after(tx, &last, CHUNK_ROWS)?;
        let Some(end) = chunk.last() else { return Ok(count_fault("awards", rows, done.of("issue_award"))) };
        last = end.id.to_string();
        rows += chunk.len() as i64;
        let subjects: Vec<String> = chunk.iter().map(|award| format!("award:{}", award.id)).collect();
        let acts = acts_of(tx, &subjects)?;
        for (award, subject) in chunk.iter().zip(&subjects) {
            if let Err(fault) = check_award(award, acts.of(subject)) {
                return Ok(Some(format!("award {}: {fault}", award.number)));
            }
        }
    }
}

fn check_award(award: &Award, acts: &[Act]) -> Result<(), String> {
    let Some(issued) = acts.iter().find(|act| act.facts.command == "issue_award") else {
        return Err("the log does not say that it was issued".to_owned());
    };
    let fields = [
        ("its number", json!(award.number), "number"),
        ("its application", json!(award.application_id), "application_id"),
        ("its capacity in MTPA", json!(award.capacity_mtpa), "capacity_mtpa"),
        ("its rate in paise per kg", json!(award.rate_paise_per_kg), "rate_paise_per_kg"),
        ("its ceilings", json!(award.ceilings), "ceilings"),
        ("the security it requires in paise", json!(award.security_required_paise), "security_required_paise"),
        ("its last day", json!(award.ends_on), "ends_on"),
    ];
    for (what, stored, field) in fields {
        same_field(what, &stored, issued, field)?;
    }
    same("the person who issued it", award.awarded_by, issued.facts.actor_id)?;
    same("the time it was issued", award.awarded_at, issued.facts.recorded_at)
}

fn securities_fault(tx: &mut ReadTx<'_>, done: &DoneCounts) -> Result<Option<String>, DbError> {
    let (mut last, mut rows) = (String::new(), 0);
    loop {
        let chunk = securities::after(tx, &last, CHUNK_ROWS)?;
        let Some(end) = chunk.last() else { return Ok(count_fault("guarantees", rows, done.of("lodge_security"))) };
        last = end.id.to_string();
        rows += chunk.len() as i64;
        let subject = |security: &Security| format!("security:{}", security.id);
        let lodged_under = |security: &Security| format!("award:{}", security.award_id);
        let subjects: BTreeSet<String> = chunk.iter().flat_map(|one| [subject(one), lodged_under(one)]).collect();
        let acts = acts_of(tx, &Vec::from_iter(subjects))?;
        for security in &chunk {
            let events = securities::events(tx, security.id)?;
            let (lodged, later) = (acts.of(&lodged_under(security)), acts.of(&subject(security)));
            if let Err(fault) = check_security(security, &events, lodged, later) {
                return Ok(Some(format!("guarantee {}: {fault}", security.name())));
            }
        }
    }
}

fn check_security(security: &Security, events: &[SecurityEvent], lodged: &[Act], later: &[Act]) -> Result<(), String> {
    let its_lodging = |act: &&Act| {
        let named = match (act.details.get("security_id"), act.details.get("guarantee")) {
            (Some(id), _) => *id == json!(security.id),
            (None, Some(number)) => *number == json!(security.guarantee_number),
            // The oldest entries name no guarantee; those are matched by their time.
            (None, None) => act.facts.recorded_at == security.lodged_at,
        };
        act.facts.command == "lodge_security" && named
    };
    let Some(lodged) = lodged.iter().find(its_lodging) else {
        return Err("the log does not say that it was lodged".to_owned());
    };
    same_field("its number", &json!(security.guarantee_number), lodged, "guarantee")?;
    same_field("its bank", &json!(security.bank), lodged, "bank")?;
    same_field("its amount in paise", &json!(security.amount_paise), lodged, "amount_paise")?;
    same("the person who lodged it", security.lodged_by, lodged.facts.actor_id)?;
    same("the time it was lodged", security.lodged_at, lodged.facts.recorded_at)?;
    let newest = later.last();
    same_field("its last day", &json!(security.expires_on), newest.unwrap_or(lodged), "expires_on")?;
    let to_claim = json!(security.claim_expires_on);
    same_field("the last day to call upon the bank", &to_claim, newest.unwrap_or(lodged), "claim_expires_on")?;
    match newest {
        None => same("its status", security.status.as_str(), "lodged")?,
        Some(act) => {
            same_field("its status", &json!(security.status), act, "status")?;
            same_field("its extension", &json!(security.extension), act, "extension")?;
        }
    }
    check_events(security, events, later)
}

/// Each event must have an act and each act an event, and the sums must be those of the events.
fn check_events(security: &Security, events: &[SecurityEvent], acts: &[Act]) -> Result<(), String> {
    same("the number of its events", events.len(), acts.len())?;
    let (mut invoked, mut received) = (0_i64, 0_i64);
    for (event, act) in events.iter().zip(acts) {
        let of = |what: &str| format!("event {}: {what}", event.kind);
        same_field("an event", &json!(event.kind), act, "event")?;
        same_field(&of("its amount in paise"), &json!(event.amount_paise), act, "amount_paise")?;
        same_field(&of("its reference"), &json!(event.reference), act, "reference")?;
        same(&of("its person"), event.acted_by, act.facts.actor_id)?;
        same(&of("its time"), event.acted_at, act.facts.recorded_at)?;
        let amount = event.amount_paise.map_or(0, |amount| amount.0);
        match event.kind {
            SecurityEventKind::Invoked => invoked = invoked.saturating_add(amount),
            SecurityEventKind::Received => received = received.saturating_add(amount),
            _ => {}
        }
    }
    same("what was invoked of it in paise", security.invoked_paise.0, invoked)?;
    same("what was received of it in paise", security.received_paise.0, received)
}

fn advices_fault(tx: &mut ReadTx<'_>, done: &DoneCounts) -> Result<Option<String>, DbError> {
    let (mut last, mut rows) = (String::new(), 0);
    loop {
        let chunk = payment_advices::after(tx, &last, CHUNK_ROWS)?;
        let Some(end) = chunk.last() else {
            return Ok(count_fault("payment advices", rows, done.of("make_payment_advice")));
        };
        last = end.id.to_string();
        rows += chunk.len() as i64;
        let subjects: Vec<String> = chunk.iter().map(|advice| format!("payment_advice:{}", advice.id)).collect();
        let acts = acts_of(tx, &subjects)?;
        for (advice, subject) in chunk.iter().zip(&subjects) {
            let files = check_files(tx, advice)?;
            if let Err(fault) = check_advice(advice, acts.of(subject)).and(files) {
                return Ok(Some(format!("payment advice {}: {fault}", advice.message_id)));
            }
        }
    }
}

fn check_advice(advice: &PaymentAdvice, acts: &[Act]) -> Result<(), String> {
    let Some(made) = acts.iter().find(|act| act.facts.command == "make_payment_advice") else {
        return Err("the log does not say that it was made".to_owned());
    };
    let fields = [
        ("its message id", json!(advice.message_id), "message_id"),
        ("its batch id", json!(advice.batch_id), "batch_id"),
        ("how many payments it has", json!(advice.payment_count), "payments"),
        ("its control total in paise", json!(advice.control_total_paise), "control_total_paise"),
        ("the digest of its CSV file", json!(advice.csv_digest), "csv_digest"),
        ("the digest of its XML file", json!(advice.xml_digest), "xml_digest"),
    ];
    for (what, stored, field) in fields {
        same_field(what, &stored, made, field)?;
    }
    same("the person who made it", advice.made_by, made.facts.actor_id)?;
    same("the time it was made", advice.made_at, made.facts.recorded_at)
}

/// Compares the stored files with their digests, and the payments in the advice with the file.
fn check_files(tx: &mut ReadTx<'_>, advice: &PaymentAdvice) -> Result<Result<(), String>, DbError> {
    for (format, digest) in [(FileFormat::Csv, &advice.csv_digest), (FileFormat::Xml, &advice.xml_digest)] {
        let Some(content) = payment_advices::file(tx, advice.id, format)? else {
            return Ok(Err(format!("its {format} file is gone")));
        };
        if hex(&Sha256::digest(&content)) != *digest {
            return Ok(Err(format!("its {format} file was changed")));
        }
        if format == FileFormat::Csv {
            let sent = content.lines().filter_map(|line| line.strip_prefix("PMT,")?.split(',').next());
            if !payment_advices::payment_numbers(tx, advice.id)?.iter().map(String::as_str).eq(sent) {
                return Ok(Err("its payments are not those of its file".to_owned()));
            }
        }
    }
    Ok(Ok(()))
}
