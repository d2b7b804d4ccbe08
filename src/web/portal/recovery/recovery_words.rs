//! How a recovery stands, in the words of every page that names one.

use crate::web::portal::page::Page;
use domain::recovery::recovery::{OrderOutcome, Recovery, RecoveryStatus};

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
