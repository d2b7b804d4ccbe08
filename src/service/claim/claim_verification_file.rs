//! The desk of a verifier: a claim with what the program found of each line, and what the claim would come to, which is
//! the verification itself, rehearsed with the decisions as they are ticked.

use crate::service::Service;
use crate::service::claim::claim_file::{ClaimReference, WholeClaim};
use crate::service::claim::claim_verification::{ClaimOutcome, VerifiedClaim, VerifyClaim};
use crate::service::claim::like_lines::{Compared, compared};
use crate::service::running::error::Error;
use crate::service::running::rehearsal::Rehearsal;
use crate::service::running::runner::{Caller, Command};
use domain::base::id::ClaimId;
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::claim::claim::{Claim, ClaimLineRecord, LineDecision};
use domain::claim::likeness::Mark;
use domain::claim::line_decisions::{explain_mark, reject_lines};
use domain::scheme::fact::FactPlace;
use domain::scheme::rules::book::asked;
use domain::scheme::rules::figure::Title;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the program found of one line.
pub struct Found {
    pub line: i64,
    /// The number of another claim that has the same invoice.
    pub elsewhere: Option<String>,
    /// Whether the invoice is dated within the days of the claim; `None` for a claim without such days.
    pub in_period: Option<bool>,
    /// Why it could state an invoice of another line. It is accepted with a reason only.
    pub marks: Vec<Mark>,
}

/// A claim with what its verifier sees beside it.
pub struct VerificationFile {
    pub whole: WholeClaim,
    /// The titles of the facts that its lines state, and of their words, by code.
    pub facts: BTreeMap<String, Title>,
    pub findings: Vec<Found>,
}

fn found(claim: &Claim, line: &ClaimLineRecord, with: &Compared) -> Found {
    let days = claim.period_from.zip(claim.period_to);
    Found {
        line: line.line,
        elsewhere: with.elsewhere.get(&line.line).filter(|_| line.stands()).cloned(),
        in_period: days.map(|(from, to)| (from..=to).contains(&line.stated.invoice_date)),
        marks: with.marks.iter().filter(|mark| mark.line == line.line).cloned().collect(),
    }
}

/// Stands for the remarks in a rehearsal, which nobody will read.
const NO_REMARKS: &str = "–";

impl VerificationFile {
    /// Every line accepted, with a reason that nobody will read where one is needed.
    pub fn all_accepted(&self) -> Vec<LineDecision> {
        let marked = self.marked();
        let accept = |line: &ClaimLineRecord| {
            let reason = if marked.contains(&line.line) { NO_REMARKS.to_owned() } else { String::new() };
            LineDecision { line: line.line, accepted: true, reason }
        };
        self.whole.lines.iter().map(accept).collect()
    }

    /// The lines that are accepted with a reason only.
    pub fn marked(&self) -> BTreeSet<i64> {
        self.findings.iter().filter(|found| !found.marks.is_empty()).map(|found| found.line).collect()
    }
}

impl Service {
    /// One claim as whoever verifies it sees it.
    pub async fn verification_file(
        self: &Arc<Self>,
        caller: Caller,
        of: ClaimReference,
    ) -> Result<VerificationFile, Error> {
        let service = Arc::clone(self);
        self.read(caller, VerifyClaim::PERMISSION, move |tx, actor| {
            let whole = service.whole_claim(tx, actor, &of)?;
            let claim = &whole.claim;
            let with = compared(tx, claim, &whole.context.own_gstin, &whole.lines)?;
            // Versions are only ever added: those that are known do where they have that of the claim.
            let (code, version, known) = (&claim.scheme_code, claim.scheme_version, service.schemes.known(tx)?);
            let schemes = if known.version(code, version).is_ok() { known } else { service.schemes.current(tx)? };
            let scheme = Arc::clone(schemes.version(code, version)?);
            let facts = asked(&scheme, FactPlace::ClaimLine, Some(claim.component)).into_iter();
            Ok(VerificationFile {
                facts: facts
                    .flat_map(|rule| rule.titles())
                    .map(|(code, title)| (code.to_owned(), title.clone()))
                    .collect(),
                findings: whole.lines.iter().map(|line| found(claim, line, &with)).collect(),
                whole,
            })
        })
        .await
    }

    /// What these decisions would come to. The remarks change no amount, so none are needed for it.
    pub async fn rehearse_verification(
        self: &Arc<Self>,
        caller: Caller,
        id: ClaimId,
        seen_version: i64,
        lines: Vec<LineDecision>,
    ) -> Result<Rehearsal<VerifiedClaim>, Error> {
        let (outcome, remarks, reasons) = (ClaimOutcome::Verified, NO_REMARKS.to_owned(), String::new());
        self.rehearse_for_page(caller, VerifyClaim { id, seen_version, outcome, lines, remarks, reasons }).await
    }
}

/// What refuses single decisions, by the rule of the verification itself, and the lines that have none. `marked` are
/// those that need a reason to be accepted.
pub fn faults_of_lines(lines: &[ClaimLineRecord], decisions: &[LineDecision], marked: &BTreeSet<i64>) -> Vec<Reason> {
    let fault = |line: &ClaimLineRecord| {
        let Some(decision) = decisions.iter().find(|decision| decision.line == line.line) else {
            return Some(Reason::LineOpen { line: line.line });
        };
        let stands = reject_lines(&mut lines.to_vec(), vec![decision.clone()]);
        match stands.and_then(|()| explain_mark(decision, marked)) {
            Err(Refusal::LinesUndecided { detail }) => detail.0.into_iter().next(),
            _ => None,
        }
    };
    lines.iter().filter_map(fault).collect()
}
