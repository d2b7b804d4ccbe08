//! The agency's decisions on the lines of a claim: one for each line, and a reason wherever somebody will ask for it.

use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::claim::claim::{ClaimLineRecord, LineDecision};
use std::collections::BTreeSet;

/// Records each decision with its line; refuses if a line has no decision, has two, is rejected without a reason, or
/// is marked as like another one and accepted without a reason.
pub fn decide_lines(
    lines: &mut [ClaimLineRecord],
    decisions: Vec<LineDecision>,
    marked: &BTreeSet<i64>,
) -> Result<(), Refusal> {
    record_decisions(lines, decisions)?;
    if let Some(line) = lines.iter().find(|line| line.decision.is_none()) {
        return Err(Refusal::LinesUndecided { detail: Reason::LineOpen { line: line.line } });
    }
    lines.iter().filter_map(|line| line.decision.as_ref()).try_for_each(|decision| explain_mark(decision, marked))
}

/// Refuses a decision that accepts a marked line without a reason.
pub fn explain_mark(decision: &LineDecision, marked: &BTreeSet<i64>) -> Result<(), Refusal> {
    if decision.accepted && decision.reason.trim().is_empty() && marked.contains(&decision.line) {
        return Err(Refusal::LinesUndecided { detail: Reason::LineAlike { line: decision.line } });
    }
    Ok(())
}

/// Records why single lines of a claim that is rejected whole are rejected. None has to be decided, and none is
/// accepted: the claim falls with all of them.
pub fn reject_lines(lines: &mut [ClaimLineRecord], decisions: Vec<LineDecision>) -> Result<(), Refusal> {
    record_decisions(lines, decisions)?;
    for line in lines {
        line.decision = line.decision.take().filter(|decision| !decision.accepted);
    }
    Ok(())
}

fn record_decisions(lines: &mut [ClaimLineRecord], decisions: Vec<LineDecision>) -> Result<(), Refusal> {
    let undecided = |detail: Reason| Err(Refusal::LinesUndecided { detail });
    for decision in decisions {
        let index = decision.line.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        let Some(line) = index.and_then(|index| lines.get_mut(index)) else {
            return undecided(Reason::LineUnknown { line: decision.line });
        };
        if line.decision.is_some() {
            return undecided(Reason::LineTwice { line: decision.line });
        }
        if !decision.accepted && decision.reason.trim().is_empty() {
            return undecided(Reason::LineReasonMissing { line: decision.line });
        }
        line.decision = Some(decision);
    }
    Ok(())
}
