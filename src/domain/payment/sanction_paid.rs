//! Whether a scroll shows that one sanction was paid more than once: by several payments of one tranche, none of which
//! came back. What the records say of an earlier payment does not matter here: that it failed may be a fraud.

use crate::base::id::{PaymentId, TrancheId};
use crate::payment::bank_scroll::BankScrollLine;
use crate::payment::payment::PaymentStatus;
use std::collections::{BTreeMap, BTreeSet};

/// A payment of a tranche that a scroll is about, whether or not a line names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub id: PaymentId,
    pub number: String,
    pub tranche_id: TrancheId,
    pub status: PaymentStatus,
    /// Whether a second person of another office confirmed that it did not arrive.
    pub confirmed_failed: bool,
}

/// What is known of the payments of each sanction before the lines of a scroll are judged.
pub struct Sanctions<'k> {
    attempts: BTreeMap<PaymentId, &'k Attempt>,
    /// Payments that succeeded, as the record or an earlier scroll says.
    before: BTreeSet<PaymentId>,
    /// Payments of which this scroll says that they succeeded.
    here: BTreeSet<PaymentId>,
    /// Payments that the bank took back, as a scroll says, or that a second person confirmed.
    back: BTreeSet<PaymentId>,
}

impl<'k> Sanctions<'k> {
    /// `lines` are the outcomes of this scroll with the payments that they are about.
    pub fn of(
        attempts: &'k [Attempt],
        earlier: &[BankScrollLine],
        lines: impl Iterator<Item = (PaymentStatus, PaymentId)> + Clone,
    ) -> Sanctions<'k> {
        let of_earlier = |outcome: PaymentStatus| {
            let found = earlier.iter().filter(move |line| line.outcome == outcome);
            found.filter_map(|line| line.payment_id)
        };
        let of_lines = |outcome: PaymentStatus| {
            let found = lines.clone().filter(move |(told, _)| *told == outcome);
            found.map(|(_, payment)| payment)
        };
        let recorded = attempts.iter().filter(|one| one.status == PaymentStatus::Succeeded).map(|one| one.id);
        let confirmed = attempts.iter().filter(|one| one.confirmed_failed).map(|one| one.id);
        Sanctions {
            attempts: attempts.iter().map(|one| (one.id, one)).collect(),
            before: recorded.chain(of_earlier(PaymentStatus::Succeeded)).collect(),
            here: of_lines(PaymentStatus::Succeeded).collect(),
            back: confirmed
                .chain(of_earlier(PaymentStatus::FailedAfterSuccess))
                .chain(of_lines(PaymentStatus::FailedAfterSuccess))
                .collect(),
        }
    }

    /// The number of another payment that was paid on the same sanction, and before this one: by the record, by an
    /// earlier scroll, or, of two in this scroll, the older one.
    pub fn paid_by_another(&self, payment: PaymentId) -> Option<&'k str> {
        let own = self.attempts.get(&payment)?;
        if self.back.contains(&payment) {
            return None;
        }
        let recorded = own.status == PaymentStatus::Succeeded;
        let counts = |other: &&&'k Attempt| {
            let first =
                self.before.contains(&other.id) || (!recorded && other.id < payment && self.here.contains(&other.id));
            other.tranche_id == own.tranche_id && other.id != payment && first && !self.back.contains(&other.id)
        };
        self.attempts.values().find(counts).map(|other| other.number.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PaymentStatus::{Advised, Failed, FailedAfterSuccess, Succeeded};
    use uuid::Uuid;

    fn id(number: u128) -> PaymentId {
        PaymentId(Uuid::from_u128(number))
    }

    fn attempt(number: u128, status: PaymentStatus) -> Attempt {
        let tranche_id = TrancheId(Uuid::nil());
        Attempt { id: id(number), number: format!("P/{number}"), tranche_id, status, confirmed_failed: false }
    }

    /// The payments of this scroll, in its order, that another one was paid before.
    fn found(attempts: &[Attempt], lines: &[(PaymentStatus, u128)]) -> Vec<u128> {
        let told = lines.iter().map(|(outcome, number)| (*outcome, id(*number)));
        let sanctions = Sanctions::of(attempts, &[], told);
        let paid = lines.iter().filter(|(outcome, _)| *outcome == Succeeded);
        paid.filter(|(_, number)| sanctions.paid_by_another(id(*number)).is_some()).map(|(_, number)| *number).collect()
    }

    #[test]
    fn one_sanction_is_paid_once_whatever_the_records_say() {
        let all = [attempt(1, Failed), attempt(2, FailedAfterSuccess), attempt(3, Advised)];
        let three = [(Succeeded, 1), (Succeeded, 2), (Succeeded, 3)];
        assert_eq!(found(&all, &three), [2, 3]);
        assert_eq!(found(&all, &three.map(|(outcome, number)| (outcome, 4 - number))), [3, 2]);
        // The one that is recorded as paid is the first.
        let recorded = [attempt(1, Failed), attempt(2, Succeeded)];
        assert_eq!(found(&recorded, &[(Succeeded, 1), (Succeeded, 2)]), [1]);
        assert_eq!(found(&recorded, &[(Succeeded, 1)]), [1]);
        assert_eq!(found(&recorded, &[(Succeeded, 2)]), Vec::<u128>::new());
    }

    #[test]
    fn what_came_back_is_no_longer_paid() {
        let all = [attempt(1, FailedAfterSuccess), attempt(2, Succeeded)];
        assert_eq!(found(&all, &[(Succeeded, 1), (FailedAfterSuccess, 1), (Succeeded, 2)]), Vec::<u128>::new());
        let confirmed = [Attempt { confirmed_failed: true, ..attempt(1, FailedAfterSuccess) }, attempt(2, Succeeded)];
        assert_eq!(found(&confirmed, &[(Succeeded, 1), (Succeeded, 2)]), Vec::<u128>::new());
        let elsewhere = [attempt(1, Failed), Attempt { tranche_id: TrancheId(Uuid::max()), ..attempt(2, Succeeded) }];
        assert_eq!(found(&elsewhere, &[(Succeeded, 1), (Succeeded, 2)]), Vec::<u128>::new());
    }
}
