//! Everything that is wrong with a verification, at once: what cannot be read, lines that are not decided, rejections
//! without a reason, and remarks that are missing. Each is found by the rules of the verification itself.

use crate::service::claim::claim_verification::{ClaimOutcome, VerifyClaim};
use crate::service::claim::claim_verification_file::{VerificationFile, faults_of_lines};
use crate::web::edge::problem::{FieldProblem, Problem};
use crate::web::portal::form::Typed;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::reason::Reason;
use domain::claim::claim::{ClaimLineRecord, LineDecision};

/// Stands for the remarks where only the amount is asked for, which needs none.
const NO_REMARKS: &str = "-";

/// The decisions that are ticked, and whether every line has one.
pub fn ticked(typed: &Typed, lines: &[ClaimLineRecord]) -> (Vec<LineDecision>, bool) {
    let decision = |(place, line): (usize, &ClaimLineRecord)| {
        let accepted = typed.text(&format!("/lines/{place}/accepted")).parse().ok()?;
        let reason = typed.text(&format!("/lines/{place}/reason")).to_owned();
        Some(LineDecision { line: line.line, accepted, reason })
    };
    let found: Vec<LineDecision> = lines.iter().enumerate().filter_map(decision).collect();
    let all = found.len() == lines.len();
    (found, all)
}

/// The problem with all that is wrong with the form, in its order. `below` is the last part of the address to which the
/// form was sent. Another problem than one of the form stays as it is.
pub fn all_faults(problem: Problem, typed: &Typed, file: &VerificationFile, below: &str) -> Problem {
    let (claim, lines) = (&file.whole.claim, &file.whole.lines);
    if !["invalid_fields", "lines_undecided"].contains(&problem.code.as_str()) {
        return problem;
    }
    let (decisions, _) = ticked(typed, lines);
    let rejects = below == "rejection";
    let outcome = if rejects { ClaimOutcome::Rejected } else { ClaimOutcome::Verified };
    let remarks = if below == "rehearsal" { NO_REMARKS } else { typed.text("/remarks") }.to_owned();
    let reasons = if rejects { typed.text("/reasons").to_owned() } else { String::new() };
    let mut errors = FieldErrors::new();
    for fault in faults_of_lines(lines, &decisions, &file.marked()) {
        match fault {
            Reason::LineReasonMissing { line } => errors.add(at(line, "reason"), FieldReason::Empty),
            Reason::LineAlike { line } if !rejects => errors.add(at(line, "reason"), Reason::LineAlike { line }),
            // A claim that is rejected whole falls with all its lines, decided or not.
            Reason::LineOpen { line } if !rejects => errors.add(at(line, "accepted"), FieldReason::DecisionMissing),
            _ => {}
        }
    }
    let command =
        VerifyClaim { id: claim.id, seen_version: claim.version, outcome, lines: decisions, remarks, reasons };
    errors.0.extend(command.check().err().unwrap_or_default().0);
    let mut problem = problem;
    // What is missing of a line that is not ticked is its decision, and not a value that is to be given.
    let open = |pointer: &str| errors.0.iter().any(|error| error.pointer == pointer);
    problem.errors.retain(|error| error.code != FieldReason::Missing.code() || !open(&error.pointer));
    let known = |pointer: &str| problem.errors.iter().any(|error| error.pointer == pointer);
    let more: Vec<FieldProblem> = errors.0.into_iter().filter(|error| !known(&error.pointer)).map(Into::into).collect();
    problem.errors.extend(more);
    problem.errors.sort_by_key(|error| place(&error.pointer));
    problem
}

fn at(line: i64, field: &str) -> String {
    format!("/lines/{}/{field}", line.saturating_sub(1))
}

/// Where a field stands on the page: the lines come first.
fn place(pointer: &str) -> usize {
    let line = pointer.strip_prefix("/lines/").and_then(|rest| rest.split('/').next()?.parse().ok());
    line.unwrap_or(usize::MAX)
}
