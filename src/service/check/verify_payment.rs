//! What the rows of payments must say together, whoever wrote them: each act on a tranche is a step of it, a
//! disbursement is of its tranche, an advice sends the payments of its file, and a scroll of the bank still says what
//! it said.

use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::db::log::audit_log;
use crate::db::payment::{bank_differences, bank_scrolls, disbursements, payment_advices, tranches};
use crate::service::check::verify::by_chunks;
use domain::base::permission::Step;
use domain::log::audit::AuditFacts;
use domain::payment::bank_difference::BankDifference;
use domain::payment::bank_match::KnownPayment;
use domain::payment::bank_scroll::{BankScroll, BankScrollLine, ScrollFinding, said};
use domain::payment::payment::PaymentStatus;
use domain::payment::payment_advice::FileFormat;
use domain::payment::tranche::Tranche;
use domain::payment::treasury_return::{Answer, ReadReturn};
use domain::payment::treasury_return_file::read_scroll;
use std::collections::{BTreeMap, BTreeSet};

/// The acts that are steps of a tranche.
const STEPS: [(&str, Step); 3] =
    [("recommend_tranche", Step::Recommend), ("concur_tranche", Step::Concur), ("sanction_tranche", Step::Sanction)];

/// The first contradiction.
pub fn first_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    if let Some(fault) = steps_fault(tx)? {
        return Ok(Some(fault));
    }
    if let Some(number) = disbursements::first_misplaced(tx)? {
        return Ok(Some(format!("disbursement {number}: it is not of its tranche's award and claim")));
    }
    if let Some(fault) = advices_fault(tx)? {
        return Ok(Some(fault));
    }
    scrolls_fault(tx)
}

fn steps_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    by_chunks(
        tx,
        tranches::after,
        |tranche| tranche.id.to_string(),
        |tx, chunk| {
            let subjects: Vec<String> = chunk.iter().map(|tranche| format!("tranche:{}", tranche.id)).collect();
            let mut acts: BTreeMap<String, Vec<AuditFacts>> = BTreeMap::new();
            for entry in audit_log::done_about(tx, &subjects, &STEPS.map(|(command, _)| command))? {
                acts.entry(entry.facts.subject.clone()).or_default().push(entry.facts);
            }
            let checked = chunk.iter().zip(&subjects).find_map(|(tranche, subject)| {
                let fault = check_steps(tranche, acts.get(subject).map_or(&[], Vec::as_slice)).err()?;
                Some(format!("tranche {}: {fault}", tranche.number))
            });
            Ok(checked)
        },
    )
}

/// Each step must be an act of its own, by its person at its time, and each such act a step.
fn check_steps(tranche: &Tranche, acts: &[AuditFacts]) -> Result<(), String> {
    let step_of = |act: &AuditFacts| STEPS.iter().find(|(command, _)| *command == act.command).map(|(_, step)| *step);
    let mut logged = acts.iter().filter_map(|act| Some((step_of(act)?, act.actor_id, act.recorded_at)));
    let acted = |step: Step| STEPS.iter().any(|(_, one)| *one == step);
    let taken = tranche.steps.0.iter().filter(|taken| acted(taken.step));
    let mut stored = taken.map(|taken| (taken.step, taken.taken_by, taken.taken_at));
    loop {
        match (stored.next(), logged.next()) {
            (None, None) => return Ok(()),
            (stored, logged) if stored == logged => {}
            (Some((step, by, _)), _) => return Err(format!("the log does not say that {by} took the step {step}")),
            (None, Some((step, by, _))) => return Err(format!("the step {step} that {by} took is gone")),
        }
    }
}

/// The treasury got the payments that the advice has.
fn advices_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    by_chunks(
        tx,
        payment_advices::after,
        |advice| advice.id.to_string(),
        |tx, chunk| {
            for advice in chunk {
                let content = payment_advices::file(tx, advice.id, FileFormat::Csv)?.unwrap_or_default();
                let sent = content.lines().filter_map(|line| line.strip_prefix("PMT,")?.split(',').next());
                if !payment_advices::payment_numbers(tx, advice.id)?.iter().map(String::as_str).eq(sent) {
                    let name = &advice.message_id;
                    return Ok(Some(format!("payment advice {name}: its payments are not those of its file")));
                }
            }
            Ok(None)
        },
    )
}

fn scrolls_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    by_chunks(
        tx,
        bank_scrolls::after,
        |scroll| scroll.id.to_string(),
        |tx, chunk| {
            for scroll in chunk {
                if let Err(fault) = check_scroll(tx, scroll)? {
                    return Ok(Some(format!("bank scroll {}: {fault}", scroll.message_id)));
                }
            }
            Ok(None)
        },
    )
}

/// The lines are those of the file; every difference is in the queue; and what matched still does.
fn check_scroll(tx: &mut ReadTx<'_>, scroll: &BankScroll) -> Result<Result<(), String>, DbError> {
    let content = bank_scrolls::file(tx, scroll.id)?.unwrap_or_default();
    let Ok(read) = read_scroll(scroll.format, &content).and_then(ReadReturn::check_scroll) else {
        return Ok(Err("its file cannot be read".to_owned()));
    };
    let lines = bank_scrolls::lines(tx, scroll.id)?;
    let differences = bank_differences::of_scroll(tx, scroll.id)?;
    let numbers: Vec<String> = lines.iter().map(|line| line.end_to_end_id.clone()).collect();
    let utrs: Vec<String> = lines.iter().filter_map(|line| line.utr.clone()).collect();
    let known = bank_scrolls::known_payments(tx, &numbers, &utrs)?;
    Ok(check_lines(&read.lines, &lines)
        .and_then(|()| check_queue(&lines, &differences))
        .and_then(|()| check_matches(&lines, &known)))
}

fn check_lines(told: &[Answer], lines: &[BankScrollLine]) -> Result<(), String> {
    if lines.len() != told.len() {
        return Err(format!("{} lines are stored, its file has {}", lines.len(), told.len()));
    }
    for (number, (line, told)) in (1_i64..).zip(lines.iter().zip(told)) {
        // An earlier program kept the zeros at the beginning of a reference.
        let utr = line.utr.as_deref().map(|utr| utr.trim_start_matches('0'));
        let kept = (&*line.end_to_end_id, line.outcome, utr, line.paid_on, line.amount_paise);
        if line.line != number || kept != said(told) || line.reason != told.reason {
            return Err(format!("line {number} is not as in its file"));
        }
    }
    Ok(())
}

/// Every line that did not agree is in the queue exactly once.
fn check_queue(lines: &[BankScrollLine], differences: &[BankDifference]) -> Result<(), String> {
    let queued: BTreeSet<(i64, ScrollFinding)> =
        differences.iter().filter_map(|one| Some((one.line?, one.kind))).collect();
    let found = lines.iter().filter(|line| !line.finding.agrees()).map(|line| (line.line, line.finding));
    let whole = queued == found.collect::<BTreeSet<_>>();
    if whole { Ok(()) } else { Err("the queue does not hold what its lines show".to_owned()) }
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
