//! The word of a second person that a payment did not arrive. Once the treasury was told to pay, the office that pays
//! cannot say alone that it failed or came back: then its money could be sent again as often as it likes. The treasury
//! says it in a file, the bank in a scroll, or a person of another office confirms it here, with evidence.

use crate::base::calendar::Timestamp;
use crate::base::evidence::EvidenceIds;
use crate::base::field::{FieldErrors, check_text};
use crate::base::field_reason::FieldReason;
use crate::base::id::{EvidenceId, PaymentId, UserId};
use crate::payment::payment::{BankAnswer, PaymentStatus};
use crate::payment::treasury_return::LineResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The largest number of files in one confirmation.
const MOST_FILES: usize = 50;

/// Whether an answer says that the money is not with the payee.
pub fn is_failure(outcome: PaymentStatus) -> bool {
    matches!(outcome, PaymentStatus::Failed | PaymentStatus::FailedAfterSuccess)
}

/// The form of the second person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FailureForm {
    /// `failed` or `failed_after_success`.
    pub outcome: PaymentStatus,
    /// What happened, in the bank's words.
    pub reason: String,
    /// What shows it: a letter of the bank, a statement of its account.
    #[serde(default)]
    pub evidence: Vec<EvidenceId>,
}

impl FailureForm {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        self.check_with(self.evidence.len())
    }

    /// The same with so many files, which may follow after the form.
    pub fn check_with(&self, files: usize) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        errors.require(is_failure(self.outcome), "/outcome", FieldReason::Outcomes);
        check_text(&mut errors, "/reason", &self.reason, 500);
        let between = FieldReason::Between { least: 1, most: MOST_FILES as i64, what: "evidence files" };
        errors.require((1..=MOST_FILES).contains(&files), "/evidence", between);
        errors.finish()
    }

    /// What the bank said, according to this person.
    pub fn answer(&self) -> BankAnswer {
        let reason = Some(self.reason.clone());
        BankAnswer { outcome: self.outcome, utr: None, paid_on: None, amount_paise: None, reason }
    }
}

/// The confirmation, as it is stored. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentFailure {
    pub payment_id: PaymentId,
    pub outcome: PaymentStatus,
    pub reason: String,
    pub evidence: EvidenceIds,
    pub confirmed_by: UserId,
    pub confirmed_at: Timestamp,
}

/// What others than the office that pays say of a payment that the treasury was told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// Whether a second person of another office confirmed that it failed or came back.
    pub confirmed: bool,
    /// Whether a line of a bank scroll says so.
    pub on_scroll: bool,
    /// What the files of the treasury say, and what became of each answer.
    pub treasury: Vec<(PaymentStatus, LineResult)>,
}

impl Proof {
    /// Whether somebody else says that the money is not with the payee: then the office that pays may record it.
    pub fn says_failed(&self) -> bool {
        let recorded = |result| matches!(result, LineResult::Applied | LineResult::AlreadyRecorded);
        let failed = |(outcome, result): &(PaymentStatus, LineResult)| is_failure(*outcome) && recorded(*result);
        self.confirmed || self.on_scroll || self.treasury.iter().any(failed)
    }

    /// Whether the money may be sent again: somebody else says that it did not arrive, and no file of the treasury says
    /// that it did. Closing such an answer is the word of the paying office as well.
    pub fn explains(&self) -> bool {
        let unrecorded = |result| matches!(result, LineResult::Contradicted | LineResult::Refused);
        let arrived = |(outcome, result): &(PaymentStatus, LineResult)| {
            *outcome == PaymentStatus::Succeeded && unrecorded(*result)
        };
        self.confirmed || self.says_failed() && !self.treasury.iter().any(arrived)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confirmation_says_a_failure_and_shows_it() {
        let form = |outcome, files| {
            let evidence = (0..files).map(|file| EvidenceId(uuid::Uuid::from_u128(file))).collect();
            FailureForm { outcome, reason: "account closed".into(), evidence }.check()
        };
        assert!(form(PaymentStatus::Failed, 1).is_ok() && form(PaymentStatus::FailedAfterSuccess, 2).is_ok());
        for (outcome, files) in [
            (PaymentStatus::Failed, 0),
            (PaymentStatus::Failed, 51),
            (PaymentStatus::Succeeded, 1),
            (PaymentStatus::Unknown, 1),
            (PaymentStatus::Advised, 1),
        ] {
            assert!(form(outcome, files).is_err(), "{outcome}, {files} files");
        }
    }

    #[test]
    fn money_is_sent_again_when_others_say_that_it_did_not_arrive() {
        use LineResult::{AlreadyRecorded, Applied, Contradicted, Refused, Waiting};
        use PaymentStatus::{Accepted, Failed, FailedAfterSuccess, Succeeded};
        let treasury = |said: &[(PaymentStatus, LineResult)]| Proof { treasury: said.to_vec(), ..Proof::default() };
        for proof in [
            treasury(&[(Failed, Applied)]),
            treasury(&[(Failed, AlreadyRecorded)]),
            treasury(&[(Succeeded, Applied), (FailedAfterSuccess, Applied)]),
            Proof { on_scroll: true, ..Proof::default() },
            Proof { confirmed: true, ..treasury(&[(Succeeded, Contradicted)]) },
        ] {
            assert!(proof.explains(), "{proof:?}");
        }
        for proof in [
            Proof::default(),
            treasury(&[(Accepted, Applied)]),
            treasury(&[(Failed, Waiting)]),
            treasury(&[(Failed, Applied), (Succeeded, Contradicted)]),
            treasury(&[(Failed, Applied), (Succeeded, Refused)]),
            Proof { on_scroll: true, ..treasury(&[(Succeeded, Contradicted)]) },
        ] {
            assert!(!proof.explains(), "{proof:?}");
        }
    }
}
