//! Scrolls of the bank, compared with the log, with their files, and with a repeated matching; and the queue of
//! differences, compared with the acts on each of them.

use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::db::log::audit_log;
use crate::db::payment::{bank_differences, bank_scrolls, treasury_line_closings};
use crate::service::check::verify_correspondence::text_fault;
use crate::service::check::verify_desk::{count_fault, fault_among};
use crate::service::check::verify_records::{Act, CHUNK_ROWS, acts_of, same, same_field};
use domain::base::digest::hex;
use domain::log::audit::digest_of;
use domain::payment::bank_difference::{BankDifference, DifferenceStatus, differences_digest};
use domain::payment::bank_match::KnownPayment;
use domain::payment::bank_scroll::{BankScroll, BankScrollLine, ScrollFinding, findings_digest, lines_digest, said};
use domain::payment::payment::PaymentStatus;
use domain::payment::treasury_return::{Answer, ReadReturn};
use domain::payment::treasury_return_file::read_scroll;
use domain::people::disclosure::DisclosedField;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The first scroll or difference that does not agree with the log and the file.
pub fn first_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    let (mut last, mut rows) = (String::new(), 0);
    let mut cleared: BTreeMap<String, String> = BTreeMap::new();
    let mut differing = Vec::new();
    loop {
        let chunk = bank_scrolls::after(tx, &last, CHUNK_ROWS)?;
        let Some(end) = chunk.last() else { break };
        last = end.id.to_string();
        rows += chunk.len() as i64;
        let subjects: Vec<String> = chunk.iter().map(|scroll| format!("bank_scroll:{}", scroll.id)).collect();
        let acts = acts_of(tx, &subjects)?;
        for (scroll, subject) in chunk.iter().zip(&subjects) {
            let told = |fault: String| Some(format!("bank scroll {}: {fault}", scroll.message_id));
            let Some(taken) = acts.of(subject).iter().find(|act| act.details["known"] == json!(false)) else {
                return Ok(told("the log does not say that it was taken in".to_owned()));
            };
            if let Err(fault) = check_scroll(scroll, taken) {
                return Ok(told(fault));
            }
            if let Err(fault) = check_lines(tx, scroll, taken)? {
                return Ok(told(fault));
            }
            for id in taken.details["cleared"].as_array().into_iter().flatten().filter_map(|id| id.as_str()) {
                cleared.insert(id.to_owned(), scroll.id.to_string());
            }
            differing.push(scroll.id);
        }
    }
    let known = audit_log::count_of_noun(tx, "bank_scroll")?;
    if known != rows {
        return Ok(Some(format!("{rows} bank scrolls are stored, the log names {known}")));
    }
    for scroll in differing {
        let differences = bank_differences::of_scroll(tx, scroll)?;
        if let Some(fault) = differences_fault(tx, &differences, &cleared)? {
            return Ok(Some(fault));
        }
    }
    closings_fault(tx)
}

/// The first closing of a line of the treasury that differs from its act.
fn closings_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    let (mut after, mut rows) = (None, 0);
    loop {
        let chunk = treasury_line_closings::page(tx, after, CHUNK_ROWS)?;
        let Some(last) = chunk.last() else { return count_fault(tx, "treasury_line_closing", rows) };
        after = Some((last.return_id, last.line));
        rows += chunk.len() as i64;
        let told = chunk.iter().map(|one| {
            let name = format!("the closing of line {} of treasury return {}", one.line, one.return_id);
            (name, one.subject(), digest_of(&one.without_reason()))
        });
        if let Some(fault) = fault_among(tx, &told.collect::<Vec<_>>())? {
            return Ok(Some(fault));
        }
        let written: Vec<(String, String)> = chunk.iter().map(|one| (one.subject(), one.reason.clone())).collect();
        if let Some(fault) = text_fault(tx, DisclosedField::Reason, &written)? {
            return Ok(Some(fault));
        }
    }
}

fn check_scroll(scroll: &BankScroll, taken: &Act) -> Result<(), String> {
    let fields = [
        ("its message id", json!(scroll.message_id), "message_id"),
        ("the digest of its file", json!(scroll.digest), "digest"),
        ("the digest of its lines", json!(scroll.lines_digest), "lines_digest"),
        ("its form", json!(scroll.format), "format"),
        ("its first day", json!(scroll.period_from), "period_from"),
        ("its last day", json!(scroll.period_to), "period_to"),
        ("how many lines it has", json!(scroll.line_count), "lines"),
        ("its control total in paise", json!(scroll.control_total_paise), "control_total_paise"),
    ];
    for (what, stored, field) in fields {
        same_field(what, &stored, taken, field)?;
    }
    same("the person who sent it", scroll.uploaded_by, taken.facts.actor_id)?;
    same("the time it was sent", scroll.uploaded_at, taken.facts.recorded_at)
}

/// Compares the file with its digest, the lines with the file, and the findings with the log and with a
/// repeated matching.
fn check_lines(tx: &mut ReadTx<'_>, scroll: &BankScroll, taken: &Act) -> Result<Result<(), String>, DbError> {
    let Some(content) = bank_scrolls::file(tx, scroll.id)? else { return Ok(Err("its file is gone".to_owned())) };
    if hex(&Sha256::digest(&content)) != scroll.digest {
        return Ok(Err("its file was changed".to_owned()));
    }
    let Ok(read) = read_scroll(scroll.format, &content).and_then(ReadReturn::check) else {
        return Ok(Err("its file cannot be read".to_owned()));
    };
    let lines = bank_scrolls::lines(tx, scroll.id)?;
    let differences = bank_differences::of_scroll(tx, scroll.id)?;
    let numbers: Vec<String> = lines.iter().map(|line| line.end_to_end_id.clone()).collect();
    let utrs: Vec<String> = lines.iter().filter_map(|line| line.utr.clone()).collect();
    let known = bank_scrolls::known_payments(tx, &numbers, &utrs)?;
    Ok(check_found(scroll, &read.lines, &lines, taken)
        .and_then(|()| check_queue(&lines, &differences, taken))
        .and_then(|()| check_matches(&lines, &known)))
}

fn check_found(scroll: &BankScroll, told: &[Answer], lines: &[BankScrollLine], taken: &Act) -> Result<(), String> {
    same("the digest of its lines", &scroll.lines_digest, &lines_digest((scroll.period_from, scroll.period_to), told))?;
    same("how many lines it has", lines.len(), told.len())?;
    for (number, (line, told)) in (1_i64..).zip(lines.iter().zip(told)) {
        let kept = (&*line.end_to_end_id, line.outcome, line.utr.as_deref(), line.paid_on, line.amount_paise);
        if line.line != number || kept != said(told) || line.reason != told.reason {
            return Err(format!("line {number} is not as in its file"));
        }
    }
    same_field("what was found about its lines", &json!(findings_digest(lines)), taken, "findings_digest")
}

/// Every line that did not agree is in the queue exactly once.
fn check_queue(lines: &[BankScrollLine], differences: &[BankDifference], taken: &Act) -> Result<(), String> {
    let queued: BTreeSet<(i64, ScrollFinding)> =
        differences.iter().filter_map(|one| Some((one.line?, one.kind))).collect();
    let found = lines.iter().filter(|line| !line.finding.agrees()).map(|line| (line.line, line.finding));
    if queued != found.collect::<BTreeSet<_>>() {
        return Err("the queue does not hold what its lines show".to_owned());
    }
    same_field("how many differences it showed", &json!(differences.len()), taken, "differences")?;
    same_field("what it showed", &json!(differences_digest(differences)), taken, "differences_digest")
}

/// Lines that agreed still agree in everything that never changes: amount, UTR, day, advice, sanction.
fn check_matches(lines: &[BankScrollLine], known: &[KnownPayment]) -> Result<(), String> {
    let by_id: BTreeMap<_, &KnownPayment> = known.iter().map(|one| (one.id, one)).collect();
    for line in lines.iter().filter(|line| line.finding == ScrollFinding::Matched) {
        let Some(payment) = line.payment_id.and_then(|id| by_id.get(&id)) else {
            return Err(format!("line {} matched a payment that is gone", line.line));
        };
        let confirmed = line.outcome == PaymentStatus::Succeeded;
        let same_end = !confirmed || (payment.utr == line.utr && payment.paid_on == line.paid_on);
        let behind = payment.advised && payment.sanctioned_on.is_some();
        let settled = line.outcome == PaymentStatus::Accepted || (behind && payment.amount_paise == line.amount_paise);
        if !same_end || !settled {
            return Err(format!("line {} matched {}, and does no more", line.line, payment.number));
        }
    }
    Ok(())
}

fn differences_fault(
    tx: &mut ReadTx<'_>,
    differences: &[BankDifference],
    cleared: &BTreeMap<String, String>,
) -> Result<Option<String>, DbError> {
    for chunk in differences.chunks(500) {
        let subjects: Vec<String> = chunk.iter().map(|one| format!("bank_difference:{}", one.id)).collect();
        let acts = acts_of(tx, &subjects)?;
        for (difference, subject) in chunk.iter().zip(&subjects) {
            let by = cleared.get(&difference.id.to_string());
            if let Err(fault) = check_difference(difference, acts.of(subject), by) {
                return Ok(Some(format!("difference {}: {fault}", difference.id)));
            }
        }
    }
    Ok(None)
}

fn check_difference(difference: &BankDifference, acts: &[Act], cleared: Option<&String>) -> Result<(), String> {
    let by = difference.cleared_by.map(|id| id.to_string());
    same("the scroll that answered it", by.unwrap_or_default(), cleared.cloned().unwrap_or_default())?;
    match (acts.last(), cleared) {
        (_, Some(_)) => same("its status", difference.status, DifferenceStatus::Cleared),
        (Some(act), None) => same_field("its digest", &json!(digest_of(difference)), act, "digest"),
        (None, None) => {
            same("its status", difference.status, DifferenceStatus::Open)?;
            same("its version", difference.version, 1)
        }
    }
}
