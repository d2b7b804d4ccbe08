//! The desk of a verifier: a claim with what the program found of each line, and what the claim would come to, which is
//! the verification itself, rehearsed with the decisions as they are ticked.

use crate::db::claim::invoices;
use crate::service::Service;
use crate::service::claim::claim_file::{ClaimReference, WholeClaim};
use crate::service::claim::claim_verification::{ClaimOutcome, VerifiedClaim, VerifyClaim};
use crate::service::running::error::Error;
use crate::service::running::rehearsal::Rehearsal;
use crate::service::running::runner::{Caller, Command};
use domain::base::id::ClaimId;
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::claim::claim::{Claim, ClaimLineRecord, LineDecision, reject_lines};
use domain::scheme::fact::FactPlace;
use domain::scheme::rules::book::asked;
use domain::scheme::rules::figure::Title;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the program found of one line.
pub struct Found {
    pub line: i64,
    /// The number of another claim that has the same invoice.
    pub elsewhere: Option<String>,
    /// Whether the invoice is dated within the days of the claim; `None` for a claim without such days.
    pub in_period: Option<bool>,
}

/// A claim with what its verifier sees beside it.
pub struct VerificationFile {
    pub whole: WholeClaim,
    /// The titles of the facts that its lines state, and of their words, by code.
    pub facts: BTreeMap<String, Title>,
    pub findings: Vec<Found>,
}

fn found(claim: &Claim, line: &ClaimLineRecord, elsewhere: Option<&invoices::ClaimedInvoice>) -> Found {
    let same = elsewhere.filter(|one| one.invoice == line.stated.invoice_number);
    let days = claim.period_from.zip(claim.period_to);
    Found {
        line: line.line,
        elsewhere: same.map(|one| one.claim.clone()),
        in_period: days.map(|(from, to)| (from..=to).contains(&line.stated.invoice_date)),
    }
}

/// Stands for the remarks in a rehearsal, which nobody will read.
const NO_REMARKS: &str = "–";

/// Every line accepted.
pub fn all_accepted(lines: &[ClaimLineRecord]) -> Vec<LineDecision> {
    let accept = |line: &ClaimLineRecord| LineDecision { line: line.line, accepted: true, reason: String::new() };
    lines.iter().map(accept).collect()
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
            let elsewhere = invoices::claimed_elsewhere(tx, claim)?;
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
                findings: whole.lines.iter().map(|line| found(claim, line, elsewhere.as_ref())).collect(),
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
        self.rehearse(caller, VerifyClaim { id, seen_version, outcome, lines, remarks, reasons }).await
    }
}

/// What refuses single decisions, by the rule of the verification itself, and the lines that have none.
pub fn faults_of_lines(lines: &[ClaimLineRecord], decisions: &[LineDecision]) -> Vec<Reason> {
    let fault = |line: &ClaimLineRecord| {
        let Some(decision) = decisions.iter().find(|decision| decision.line == line.line) else {
            return Some(Reason::LineOpen { line: line.line });
        };
        match reject_lines(&mut lines.to_vec(), vec![decision.clone()]) {
            Err(Refusal::LinesUndecided { detail }) => Some(detail),
            _ => None,
        }
    };
    lines.iter().filter_map(fault).collect()
}
