//! Returning a claim: to its preparer for correction, or to the agency to be verified again. What it was stays in the
//! record: the form and its lines with the decisions on them, the statement, and the persons. A returned claim keeps
//! its invoices, and the money that is held for it; both change exactly when its lines and its verification do.

use crate::base::calendar::Timestamp;
use crate::base::desk::Desk;
use crate::base::digest::hex;
use crate::base::field::FieldErrors;
use crate::base::field_change::{FieldChange, changes};
use crate::base::field_reason::FieldReason;
use crate::base::id::{ClaimId, UserId};
use crate::base::money::Paise;
use crate::base::noting::{Noting, Reasons};
use crate::base::permission::Step;
use crate::base::refusal::Refusal;
use crate::claim::claim::{Claim, ClaimForm, ClaimLineRecord, ClaimStatus, LineDecision};
use crate::claim::statement::Statement;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// The lines of a returned claim, with the decisions on them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct ReturnedLines(pub Vec<ClaimLineRecord>);

/// What a claim was when it was returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClaimReturn {
    pub claim_id: ClaimId,
    /// 1 for the first return of the claim.
    pub round: i64,
    pub to_desk: Desk,
    pub reasons: Reasons,
    pub note: Noting,
    pub form: ClaimForm,
    pub lines: ReturnedLines,
    pub statement: Option<Statement>,
    pub prepared_by: UserId,
    pub submitted_by: UserId,
    pub submitted_at: Timestamp,
    pub verified_by: Option<UserId>,
    pub verified_at: Option<Timestamp>,
    pub returned_by: UserId,
    pub returned_at: Timestamp,
}

/// What a person who returns a claim says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimSendBack {
    pub to: Desk,
    pub reasons: Reasons,
    pub note: Noting,
    pub by: UserId,
    pub at: Timestamp,
}

/// A return of a claim as it is shown, with what changed since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClaimReturnView {
    /// 1 for the first return of the claim.
    pub round: i64,
    /// `prepare`: to its preparer for correction. `verify`: to the agency, to be verified again.
    pub to: Desk,
    /// What whoever sits at that desk is to do; left out for a manufacturer unless it is theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Reasons>,
    /// Internal noting; left out for a manufacturer.
    #[serde(skip_serializing_if = "Noting::is_hidden")]
    pub note: Noting,
    pub submitted_by: UserId,
    pub submitted_at: Timestamp,
    pub returned_by: UserId,
    pub returned_at: Timestamp,
    /// What was changed in the form until the next return, or until now.
    pub changes: Vec<FieldChange>,
}

/// The whole of what a claim was when it was returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReturnedClaim {
    #[serde(flatten)]
    pub returned: ClaimReturnView,
    pub prepared_by: UserId,
    pub form: ClaimForm,
    /// The lines with the decisions on them.
    pub lines: Vec<ClaimLineRecord>,
    pub verified_by: Option<UserId>,
    pub verified_at: Option<Timestamp>,
    /// Why the amount was what it was.
    pub statement: Option<Statement>,
}

impl ClaimReturn {
    /// SHA-256 of the whole as stored, for the audit log.
    pub fn digest(&self) -> String {
        // It holds only text, numbers and lists, which always have a JSON form.
        hex(&Sha256::digest(serde_json::to_string(self).unwrap_or_default().as_bytes()))
    }

    /// As it is shown to a manufacturer or to an office.
    fn view(&self, next: &ClaimForm, to_company: bool) -> ClaimReturnView {
        let theirs = self.to_desk == Desk::Prepare;
        let mut note = self.note.clone();
        if to_company || note.text().is_empty() {
            note.hide();
        }
        ClaimReturnView {
            round: self.round,
            to: self.to_desk,
            reasons: Some(self.reasons.clone()).filter(|_| theirs || !to_company),
            note,
            submitted_by: self.submitted_by,
            submitted_at: self.submitted_at,
            returned_by: self.returned_by,
            returned_at: self.returned_at,
            changes: changes(&self.form, next),
        }
    }
}

/// The returns of a claim as they are shown, each with what changed until the next one or until `now`.
pub fn views(returns: &[ClaimReturn], now: &ClaimForm, to_company: bool) -> Vec<ClaimReturnView> {
    let next = returns.iter().skip(1).map(|one| &one.form).chain([now]);
    returns.iter().zip(next).map(|(one, next)| one.view(next, to_company)).collect()
}

/// One return with everything that the claim was, as it is shown.
pub fn whole_view(returns: &[ClaimReturn], round: i64, now: &ClaimForm, to_company: bool) -> Option<ReturnedClaim> {
    let place = returns.iter().position(|one| one.round == round)?;
    let one = returns.get(place)?.clone();
    let next = returns.get(place + 1).map_or(now, |next| &next.form);
    Some(ReturnedClaim {
        returned: one.view(next, to_company),
        prepared_by: one.prepared_by,
        form: one.form,
        lines: one.lines.0,
        verified_by: one.verified_by,
        verified_at: one.verified_at,
        statement: one.statement,
    })
}

/// What was decided before on the lines that have not changed since: of the last return that struck decisions.
pub fn earlier_decisions(returns: &[ClaimReturn], lines: &[ClaimLineRecord]) -> Vec<LineDecision> {
    let decided = |one: &&ClaimReturn| one.lines.0.iter().any(|line| line.decision.is_some());
    let Some(last) = returns.iter().rev().find(decided) else { return Vec::new() };
    let same = |line: &&ClaimLineRecord| {
        lines.iter().any(|now| now.line == line.line && now.stated == line.stated && now.decision.is_none())
    };
    last.lines.0.iter().filter(same).filter_map(|line| line.decision.clone()).collect()
}

impl Claim {
    /// The form as the claim states it now.
    pub fn form(&self, lines: &[ClaimLineRecord]) -> ClaimForm {
        ClaimForm {
            component: self.component,
            milestone_id: self.milestone_id,
            period_from: self.period_from,
            period_to: self.period_to,
            amount_claimed_paise: self.amount_claimed_paise,
            lines: lines.iter().map(|line| line.stated.clone()).collect(),
            evidence: self.evidence.0.clone(),
            facts: self.facts.0.clone(),
            mass_balance: self.mass_balance.clone(),
            supplements: self.supplements,
            replaces: self.replaces,
        }
    }

    /// Returns the claim and strikes the decisions on its lines; the result is what it was. A verified claim goes to
    /// the agency, to be verified again; a submitted one goes to its preparer.
    pub fn send_back(&mut self, order: ClaimSendBack, lines: &mut [ClaimLineRecord]) -> Result<ClaimReturn, Refusal> {
        let status = match order.to {
            Desk::Prepare => {
                self.require(ClaimStatus::Submitted, "submitted")?;
                ClaimStatus::Returned
            }
            _ => {
                self.require(ClaimStatus::Verified, "verified")?;
                ClaimStatus::Submitted
            }
        };
        let unsubmitted = || Refusal::WrongState { noun: "claim", is: "draft", needs: "submitted" };
        let (submitted_by, submitted_at) = self.submitted_by.zip(self.submitted_at).ok_or_else(unsubmitted)?;
        self.returned_times += 1;
        let was = ClaimReturn {
            claim_id: self.id,
            round: self.returned_times,
            to_desk: order.to,
            reasons: order.reasons,
            note: order.note,
            form: self.form(lines),
            lines: ReturnedLines(lines.to_vec()),
            statement: self.statement.clone(),
            prepared_by: self.prepared_by,
            submitted_by,
            submitted_at,
            verified_by: self.verified_by,
            verified_at: self.verified_at,
            returned_by: order.by,
            returned_at: order.at,
        };
        for line in lines {
            line.decision = None;
            line.counted = None;
        }
        self.status = status;
        Ok(was)
    }

    /// `Ok` while the preparer may change it.
    pub fn require_editable(&self) -> Result<(), Refusal> {
        if matches!(self.status, ClaimStatus::Draft | ClaimStatus::Returned) {
            return Ok(());
        }
        Err(Refusal::WrongState { noun: "claim", is: self.status.as_str(), needs: "draft or returned" })
    }

    /// What is claimed for is part of a returned claim's identity, and money may be held for it: it stays.
    pub fn check_correction(&self, form: &ClaimForm) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        if self.status == ClaimStatus::Returned {
            let stays = || FieldReason::StaysAsSubmitted;
            errors.require(form.component == self.component, "/component", stays());
            errors.require(form.milestone_id == self.milestone_id, "/milestone_id", stays());
            errors.require(form.supplements == self.supplements, "/supplements", stays());
            errors.require(form.replaces == self.replaces, "/replaces", stays());
        }
        errors.finish()
    }

    /// Refuses a correction that changes nothing: the signatory would be told that the claim was corrected.
    pub fn require_changed(&self, returns: &[ClaimReturn], form: &ClaimForm) -> Result<(), Refusal> {
        let last = returns.last().filter(|_| self.status == ClaimStatus::Returned);
        match last.is_some_and(|last| changes(&last.form, form).is_empty()) {
            true => Err(Refusal::ClaimUnchanged { claim: self.name() }),
            false => Ok(()),
        }
    }

    /// Refuses a person who took the other step of the company, now or before a return.
    pub fn check_own_person(&self, returns: &[ClaimReturn], step: Step, by: UserId) -> Result<(), Refusal> {
        let prepared = returns.iter().map(|one| one.prepared_by).chain([self.prepared_by]);
        let submitted = returns.iter().map(|one| one.submitted_by).chain(self.submitted_by);
        let (earlier, mut people): (Step, Box<dyn Iterator<Item = UserId>>) = match step {
            Step::Submit => (Step::Prepare, Box::new(prepared)),
            _ => (Step::Submit, Box::new(submitted)),
        };
        if people.any(|person| person == by) {
            Err(Refusal::SamePerson { earlier: earlier.into(), now: step.into() })
        } else {
            Ok(())
        }
    }

    /// Strikes what was computed at its verification, because no money is held for it any more. The result is the
    /// amount that is no longer withheld.
    pub fn lose_hold(&mut self) -> Paise {
        self.entitlement_paise = Paise::ZERO;
        self.deferred_paise = Paise::ZERO;
        self.eligible_kg = 0;
        self.held_kg = 0;
        self.certificate_due_on = None;
        self.statement = None;
        std::mem::take(&mut self.withheld_paise)
    }
}
