//! How a recovery stands, in the words of every page that names one.

use crate::web::portal::page::Page;
use domain::recovery::recovery::{Demand, OrderOutcome, Recovery, RecoveryOrder, RecoveryStatus};
use domain::recovery::recovery_credit::{CreditKind, RecoveryCredit};
use domain::recovery::recovery_start::OrderReason;

impl Page {
    /// The status of a recovery. A notice that its office withdrew is called so wherever it stands.
    pub fn recovery_status(&self, recovery: &Recovery) -> String {
        match recovery.withdrawal() {
            Some(_) => self.t("recovery-status-withdrawn"),
            None => self.word("recovery-status", recovery.status),
        }
    }

    /// That a recovery is closed, and how it was; `None` while something is still to be done.
    pub fn recovery_closed(&self, recovery: &Recovery) -> Option<String> {
        match recovery.status {
            RecoveryStatus::Settled => Some(self.t("recovery-closed-settled")),
            RecoveryStatus::Dropped => Some(self.dropped(recovery)),
            RecoveryStatus::Noticed | RecoveryStatus::Replied | RecoveryStatus::Ordered | RecoveryStatus::Demanded => {
                None
            }
        }
    }

    /// The reasons of an order: as somebody wrote them, or, where the service ordered it, in the language of the page.
    pub fn order_reasons(&self, order: &RecoveryOrder) -> String {
        match &order.said {
            Some(OrderReason::BeyondCertificate { certificate }) => {
                self.t1("recovery-beyond-certificate", "certificate", certificate)
            }
            None => order.reasons.clone(),
        }
    }

    /// The note of a demand, where it has one.
    pub fn demand_note(&self, demand: &Demand) -> Option<String> {
        let note = if demand.by_bank { self.t("recovery-by-bank-return") } else { demand.note.clone() };
        (!note.is_empty()).then_some(note)
    }

    /// What stands beside a credit: the reference that it came with, or what the bank did.
    pub fn credit_reference(&self, credit: &RecoveryCredit) -> Option<String> {
        let by_bank = matches!(credit.kind, CreditKind::BankReturn | CreditKind::SetOffUndone);
        let reference = if by_bank { self.t("recovery-by-bank-return") } else { credit.reference.clone() };
        (!reference.is_empty()).then_some(reference)
    }

    fn dropped(&self, recovery: &Recovery) -> String {
        let ordered = recovery.decision.as_ref().filter(|order| order.outcome == OrderOutcome::Dropped);
        match (recovery.withdrawal(), ordered) {
            (Some(withdrawal), _) => {
                self.t1("recovery-closed-withdrawn", "day", self.day(&withdrawal.withdrawn_at.date_in_india()))
            }
            (None, Some(order)) => self.t1("recovery-closed-dropped", "day", self.day(&order.ordered_on)),
            // Otherwise only a bank that takes a payment back ends a recovery before anybody decides.
            (None, None) => self.t("recovery-closed-by-bank"),
        }
    }
}
