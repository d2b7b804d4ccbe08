//! Final certificates: the certificate of an auditor by which a claim that was released in part is
//! settled. The signatory submits it; the agency accepts or returns it.

use crate::base::calendar::Timestamp;
use crate::base::evidence::EvidenceIds;
use crate::base::field::{FieldErrors, check_day, check_name, check_text};
use crate::base::field_reason::FieldReason;
use crate::base::folding::folded_letters;
use crate::base::id::{
    AwardId, ClaimId, DisbursementId, EvidenceId, FinalCertificateId, OrganisationId, RecoveryId, UserId,
};
use crate::base::money::Paise;
use crate::base::permission::Step;
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::claim::claim::{Claim, ClaimLineRecord, ClaimStatus};
use crate::claim::credit_notes::CreditNotes;
use crate::claim::statement::Statement;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The status of a final certificate.
    pub enum CertificateStatus {
        Submitted = "submitted",
        Returned = "returned",
        Accepted = "accepted",
    }
}

words! {
    /// The agency's decision on it.
    pub enum CertificateOutcome {
        Accepted = "accepted",
        /// Something is missing; another certificate may be submitted.
        Returned = "returned",
    }
}

/// The number of a certificate as it is compared: the institute of the auditors gives each UDIN once, however it is
/// written here, with or without its name before it.
pub fn certificate_identity(number: &str) -> String {
    let letters = folded_letters(number);
    let named = ["udinnumber", "udinno", "udin"].iter().find_map(|name| letters.strip_prefix(name));
    named.filter(|rest| !rest.is_empty()).map(str::to_owned).unwrap_or(letters)
}

/// Two digits of the year, six of the number by which the accountant is a member of the institute, ten letters or
/// digits.
const UDIN_CHARACTERS: usize = 18;
const UDIN_DIGITS: usize = 8;

/// Refuses a number that is told as a UDIN and has not its form. It is told so by its name, or by beginning as nothing
/// else does: with eight digits and letters after them. Another number of the auditor is taken as it is.
fn check_udin(number: &str) -> Result<(), FieldReason> {
    let identity = certificate_identity(number);
    let named = folded_letters(number).starts_with("udin");
    let digits = identity.chars().take_while(char::is_ascii_digit).count();
    let given = if identity == "udin" { 0 } else { identity.chars().count() };
    let letters = identity.chars().skip(UDIN_DIGITS).take_while(char::is_ascii_alphabetic).count();
    let looks_so = digits == UDIN_DIGITS && letters >= 4;
    let is_one = given == UDIN_CHARACTERS
        && digits >= UDIN_DIGITS
        && identity.chars().all(|letter| letter.is_ascii_alphanumeric());
    if (named || looks_so) && !is_one { Err(FieldReason::Udin { given }) } else { Ok(()) }
}

/// The form that a signatory submits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinalCertificateForm {
    /// The auditor's own number. One number certifies one claim. What is told as a UDIN has the form of one: two digits
    /// of the year, six of the membership number, ten letters or digits.
    pub certificate_number: String,
    /// The issuer: the statutory auditor or an independent accountant.
    pub issued_by: String,
    pub issued_on: NaiveDate,
    /// Magnets sold, whole kilograms; 0 for investment.
    #[serde(default)]
    pub certified_kg: i64,
    /// Net sales turnover, or investment.
    pub certified_amount_paise: Paise,
    pub evidence: Vec<EvidenceId>,
    /// Required after the due date.
    pub late_reason: Option<String>,
}

impl FinalCertificateForm {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self, today: NaiveDate) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_name(&mut errors, "/certificate_number", &self.certificate_number, 60);
        errors.take("/certificate_number", check_udin(&self.certificate_number));
        check_name(&mut errors, "/issued_by", &self.issued_by, 200);
        check_day(&mut errors, "/issued_on", self.issued_on);
        errors.require(self.issued_on <= today, "/issued_on", FieldReason::InFuture);
        errors.require(self.certified_kg >= 0, "/certified_kg", FieldReason::WholeKg);
        errors.require_amount(self.certified_amount_paise, 0, "/certified_amount_paise", FieldReason::AmountOrZero);
        errors.require(
            (1..=50).contains(&self.evidence.len()),
            "/evidence",
            FieldReason::Between { least: 1, most: 50, what: "evidence files" },
        );
        if let Some(reason) = &self.late_reason {
            check_text(&mut errors, "/late_reason", reason, 4_000);
        }
        errors.finish()
    }

    /// Refuses a certificate that is not valid for this claim: for a claim that needs none, after
    /// its due date without a reason, or with more than the accepted lines show.
    pub fn check_against(&self, claim: &Claim, lines: &[ClaimLineRecord], today: NaiveDate) -> Result<(), Refusal> {
        claim.require(ClaimStatus::Verified, "verified")?;
        let Some(due_on) = claim.certificate_due_on else {
            return Err(Refusal::CertificateNotNeeded { reason: Reason::ReleasedWhole });
        };
        if claim.certified_at.is_some() {
            return Err(Refusal::CertificateNotNeeded { reason: Reason::CertificateAccepted });
        }
        if today > due_on && self.late_reason.is_none() {
            return Err(Refusal::CertificateLate { due_on });
        }
        if let Some(period_to) = claim.period_to.filter(|period_to| self.issued_on < *period_to) {
            let reason = Reason::CertificateBeforePeriod { issued_on: self.issued_on, period_to };
            return Err(Refusal::DateNotAllowed { reason });
        }
        // A rejected line may since have been claimed elsewhere; what the rules excluded of the
        // other lines stays excluded.
        let standing = || lines.iter().filter(|line| line.stands());
        let kg = |line: &ClaimLineRecord| line.counted.as_ref().map_or(line.stated.quantity_kg, |it| it.counted_kg);
        let amount = |line: &ClaimLineRecord| {
            line.counted.as_ref().map_or(line.stated.amount_paise, |it| it.counted_amount_paise)
        };
        let claimed_kg = standing().map(kg).sum();
        let claimed = Paise::sum(standing().map(amount)).ok_or(Refusal::AmountTooLarge)?;
        for (what, certified, claimed) in
            [("kg", self.certified_kg, claimed_kg), ("paise", self.certified_amount_paise.0, claimed.0)]
        {
            if certified > claimed {
                return Err(Refusal::CertificateExceedsClaim { what, certified, claimed });
            }
        }
        Ok(())
    }
}

/// The agency's decision on a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CertificateDecision {
    pub outcome: CertificateOutcome,
    pub accepted_kg: i64,
    pub accepted_amount_paise: Paise,
    pub remarks: String,
    pub decided_by: UserId,
    pub decided_at: Timestamp,
}

/// One payment from which money has to come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Receivable {
    pub disbursement_id: DisbursementId,
    pub amount_paise: Paise,
    /// The recovery that was opened for it; it is already ordered, so only the demand is missing.
    pub recovery_id: RecoveryId,
    pub recovery_number: String,
}

/// The result of an accepted certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Settlement {
    /// The entitlement computed on provisional papers.
    pub provisional_paise: Paise,
    /// The amount withheld until now.
    pub withheld_before_paise: Paise,
    /// The final entitlement, the amount of it still to be paid, and the amount that has to come
    /// back.
    pub statement: Statement,
    pub receivables: Vec<Receivable>,
    /// The part of what has to come back that earlier recoveries already claim.
    pub already_under_recovery_paise: Paise,
    /// All that recoveries of the claim's payments asked by then, or had brought back. A settlement of an earlier
    /// version of the service states none, and counted only what was paid then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_paise: Option<Paise>,
    /// The amount that waited in the claim until now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferred_before_paise: Option<Paise>,
}

/// A final certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FinalCertificate {
    pub id: FinalCertificateId,
    pub number: String,
    pub claim_id: ClaimId,
    pub award_id: AwardId,
    pub organisation_id: OrganisationId,
    pub certificate_number: String,
    pub issued_by: String,
    pub issued_on: NaiveDate,
    pub certified_kg: i64,
    pub certified_amount_paise: Paise,
    pub evidence: EvidenceIds,
    pub late_reason: Option<String>,
    pub status: CertificateStatus,
    pub submitted_by: UserId,
    pub submitted_at: Timestamp,
    pub decision: Option<CertificateDecision>,
    pub settlement: Option<Settlement>,
    pub version: i64,
    /// The credit notes that make the claim smaller, if that is what it certifies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<CreditNotes>,
}

/// The agency's decision as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificateVerification {
    pub outcome: CertificateOutcome,
    /// At most the certified quantity; 0 for investment, and when it is returned.
    #[serde(default)]
    pub accepted_kg: i64,
    /// At most the certified amount.
    pub accepted_amount_paise: Paise,
    pub remarks: String,
}

impl FinalCertificate {
    /// Records the agency's decision, by somebody who did not submit it.
    pub fn decide(&mut self, sent: &CertificateVerification, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        if self.status != CertificateStatus::Submitted {
            let is = self.status.as_str();
            return Err(Refusal::WrongState { noun: "final certificate", is, needs: "submitted" });
        }
        self.check_person(by)?;
        self.status = match sent.outcome {
            CertificateOutcome::Accepted => CertificateStatus::Accepted,
            CertificateOutcome::Returned => CertificateStatus::Returned,
        };
        self.decision = Some(CertificateDecision {
            outcome: sent.outcome,
            accepted_kg: sent.accepted_kg,
            accepted_amount_paise: sent.accepted_amount_paise,
            remarks: sent.remarks.clone(),
            decided_by: by,
            decided_at: at,
        });
        Ok(())
    }

    /// Refuses whoever submitted it.
    pub fn check_person(&self, by: UserId) -> Result<(), Refusal> {
        if self.submitted_by == by {
            return Err(Refusal::SamePerson { earlier: Step::Submit.into(), now: Step::Verify.into() });
        }
        Ok(())
    }

    /// Reports accepted amounts that exceed the certified ones.
    pub fn check_decision(&self, sent: &CertificateVerification) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_text(&mut errors, "/remarks", &sent.remarks, 4_000);
        let most_kg = self.certified_kg;
        errors.require(
            (0..=most_kg).contains(&sent.accepted_kg),
            "/accepted_kg",
            FieldReason::Range { least: 0, most: most_kg },
        );
        let most = self.certified_amount_paise.0;
        let possible = (0..=most).contains(&sent.accepted_amount_paise.0);
        errors.require(possible, "/accepted_amount_paise", FieldReason::Between { least: 0, most, what: "paise" });
        errors.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_one_however_its_number_is_written() {
        let one = certificate_identity("26012345AAAAAB1234");
        for same in ["UDIN 26012345AAAAAB1234", "udin no. 26012345-aaaaab-1234", "२६०१२३४५\u{410}AAAAB1234"]
        {
            assert_eq!(certificate_identity(same), one, "{same}");
        }
        assert_ne!(certificate_identity("26012345AAAAAB1235"), one);
        assert_eq!(certificate_identity("UDIN"), "udin");
    }

    #[test]
    fn what_is_told_as_a_udin_has_its_form() {
        let given = |number: &str| match check_udin(number) {
            Err(FieldReason::Udin { given }) => Some(given),
            _ => None,
        };
        for right in
            ["UDIN 26012345AAAAAB1234", "udin: 26-012345-AAAAAB-1234", "२६०१२३४५AAAAAB1234", "UDIN 260123450123456789"]
        {
            assert_eq!(given(right), None, "{right}");
        }
        let wrong = [
            ("UDIN", 0),
            ("UDIN 1", 1),
            ("UDIN 26012345AAAAAB123", 17),
            ("UDIN No. 26012345AAAAAB12345", 19),
            ("UDIN 2601234XAAAAAB1234", 18),
            ("26012345AAAAAB123", 17),
            ("UDIN 26012345AAAAAB123क", 18),
        ];
        for (number, characters) in wrong {
            assert_eq!(given(number), Some(characters), "{number}");
        }
        for other in ["AUD/2026/17", "20260501/12", "x"] {
            assert_eq!(given(other), None, "{other}");
        }
    }
}
