//! The colours of statuses, in one table for all records: the same word has the same colour wherever it stands. Colour
//! never stands alone; the word is in it.

use domain::payment::payment::PaymentStatus;
use std::fmt::Display;

/// Nothing has begun, or it ended without an effect.
const IDLE: &str = "govuk-tag--grey";
/// It lies with an office that has to examine it: the blue that every tag has.
const ON_ITS_WAY: &str = "";
/// It was examined and found right; money or a decision is still to follow.
const FOUND_RIGHT: &str = "govuk-tag--teal";
/// It was decided, and somebody has to carry it out or answer.
const DECIDED: &str = "govuk-tag--yellow";
/// It came back to somebody, or is called in.
const CAME_BACK: &str = "govuk-tag--orange";
/// It is at its good end.
const DONE: &str = "govuk-tag--green";
/// It is at its bad end, or the records contradict each other.
const BAD: &str = "govuk-tag--red";

/// The colour of the tag of a status.
pub fn of(status: impl Display) -> &'static str {
    colour_of(&status.to_string()).unwrap_or(IDLE)
}

/// The colour of a payment's status. The treasury accepts a payment before the bank has paid it.
pub fn of_payment(status: PaymentStatus) -> &'static str {
    if status == PaymentStatus::Accepted { DECIDED } else { of(status) }
}

fn colour_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "draft" | "due" | "withdrawn" | "released" | "dropped" => IDLE,
        "submitted" | "reported" | "asked" | "examined" | "lodged" | "recommended" | "concurred" | "replied"
        | "ordered" => ON_ITS_WAY,
        "verified" | "eligible" => FOUND_RIGHT,
        "sanctioned" | "advised" | "proposed" | "demanded" => DECIDED,
        "returned" | "invoked" | "noticed" => CAME_BACK,
        "accepted" | "approved" | "awarded" | "cleared" | "confirmed" | "disbursed" | "granted" | "published"
        | "settled" | "succeeded" => DONE,
        "expired"
        | "failed"
        | "failed_after_success"
        | "not_confirmed"
        | "not_eligible"
        | "open"
        | "refused"
        | "rejected"
        | "unknown" => BAD,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::portal::texts::Language;
    use domain::award::allocation::AllocationStatus;
    use domain::award::application::ApplicationStatus;
    use domain::award::security::SecurityStatus;
    use domain::budget::budget_instrument::InstrumentStatus;
    use domain::claim::claim::ClaimStatus;
    use domain::claim::final_certificate::CertificateStatus;
    use domain::milestone::excuse::ExcuseStatus;
    use domain::milestone::milestone::MilestoneStatus;
    use domain::payment::bank_difference::DifferenceStatus;
    use domain::payment::disbursement::DisbursementStatus;
    use domain::payment::tranche::TrancheStatus;
    use domain::recovery::recovery::RecoveryStatus;
    use domain::revision::scheme_draft::SchemeDraftStatus;
    use std::collections::BTreeMap;

    /// Every status of a kind with its word on the pages and its colour.
    fn all<T: Display + Copy>(kind: &str, statuses: &[T]) -> Vec<(String, &'static str)> {
        let shown = |status: &T| {
            assert!(colour_of(&status.to_string()).is_some(), "{kind} {status} has no colour");
            (Language::English.text(&format!("{kind}-{status}")), of(status))
        };
        statuses.iter().map(shown).collect()
    }

    #[test]
    fn one_word_has_one_colour() {
        let payments = PaymentStatus::ALL.iter();
        let words = [
            all("status", TrancheStatus::ALL),
            all("claim-status", ClaimStatus::ALL),
            all("certificate-status", CertificateStatus::ALL),
            all("milestone-status", MilestoneStatus::ALL),
            all("excuse-status", ExcuseStatus::ALL),
            all("recovery-status", RecoveryStatus::ALL),
            all("application-status", ApplicationStatus::ALL),
            all("allocation-status", AllocationStatus::ALL),
            all("instrument-status", InstrumentStatus::ALL),
            all("security-status", SecurityStatus::ALL),
            all("difference-status", DifferenceStatus::ALL),
            all("disbursement-status", DisbursementStatus::ALL),
            all("draft-status", SchemeDraftStatus::ALL),
            payments
                .map(|status| (Language::English.text(&format!("payment-status-{status}")), of_payment(*status)))
                .collect(),
        ];
        let mut known = BTreeMap::new();
        for (word, colour) in words.into_iter().flatten() {
            assert_eq!(*known.entry(word.clone()).or_insert(colour), colour, "{word}");
        }
        assert!(known.len() > 30, "{known:?}");
    }
}
