//! The agency's decisions on the lines of a claim: one for each line, and a reason wherever somebody will ask for it.

use crate::base::argument::Series;
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::claim::claim::{ClaimLineRecord, LineDecision};
use std::collections::BTreeSet;

/// Records each decision with its line; refuses, with every such line at once, if lines have no decision, have two, are
/// rejected without a reason, or are marked as like another one and accepted without a reason.
pub fn decide_lines(
    lines: &mut [ClaimLineRecord],
    decisions: Vec<LineDecision>,
    marked: &BTreeSet<i64>,
) -> Result<(), Refusal> {
    let mut faults = record_decisions(lines, decisions);
    let faulty: BTreeSet<i64> = faults.iter().filter_map(line_of).collect();
    // What is wrong with the decision of a line is told once: it is not called undecided too.
    let open = lines.iter().filter(|line| line.decision.is_none() && !faulty.contains(&line.line));
    faults.extend(runs(open.map(|line| line.line)));
    faults.extend(lines.iter().filter_map(|line| unexplained(line.decision.as_ref()?, marked)));
    all_decided(faults)
}

/// Refuses a decision that accepts a marked line without a reason.
pub fn explain_mark(decision: &LineDecision, marked: &BTreeSet<i64>) -> Result<(), Refusal> {
    all_decided(unexplained(decision, marked).into_iter().collect())
}

fn unexplained(decision: &LineDecision, marked: &BTreeSet<i64>) -> Option<Reason> {
    let explains = !decision.accepted || !decision.reason.trim().is_empty() || !marked.contains(&decision.line);
    (!explains).then_some(Reason::LineAlike { line: decision.line })
}

fn all_decided(faults: Vec<Reason>) -> Result<(), Refusal> {
    if faults.is_empty() { Ok(()) } else { Err(Refusal::LinesUndecided { detail: Series(faults) }) }
}

fn line_of(fault: &Reason) -> Option<i64> {
    match fault {
        Reason::LineTwice { line } | Reason::LineReasonMissing { line } => Some(*line),
        _ => None,
    }
}

/// The lines without a decision; lines that follow one another are told together, because a claim has thousands.
fn runs(open: impl Iterator<Item = i64>) -> Vec<Reason> {
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for line in open {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(line) => *last = line,
            _ => runs.push((line, line)),
        }
    }
    let told = |(first, last)| match first == last {
        true => Reason::LineOpen { line: first },
        false => Reason::LinesOpen { first, last },
    };
    runs.into_iter().map(told).collect()
}

/// Records why single lines of a claim that is rejected whole are rejected. None has to be decided, and none is
/// accepted: the claim falls with all of them.
pub fn reject_lines(lines: &mut [ClaimLineRecord], decisions: Vec<LineDecision>) -> Result<(), Refusal> {
    all_decided(record_decisions(lines, decisions))?;
    for line in lines {
        line.decision = line.decision.take().filter(|decision| !decision.accepted);
    }
    Ok(())
}

/// Records what can stand, and returns what is wrong with the others.
fn record_decisions(lines: &mut [ClaimLineRecord], decisions: Vec<LineDecision>) -> Vec<Reason> {
    let mut faults = Vec::new();
    for decision in decisions {
        let index = decision.line.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        let line = decision.line;
        match index.and_then(|index| lines.get_mut(index)) {
            None => faults.push(Reason::LineUnknown { line }),
            Some(record) if record.decision.is_some() => faults.push(Reason::LineTwice { line }),
            Some(_) if !decision.accepted && decision.reason.trim().is_empty() => {
                faults.push(Reason::LineReasonMissing { line });
            }
            Some(record) => record.decision = Some(decision),
        }
    }
    faults
}
