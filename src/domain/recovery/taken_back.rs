//! Bank returns of a payment that is under recovery. The returned money is the refund: it first
//! pays what is still to be recovered of this payment, and only the rest is owed to the payee
//! again, with the amount that the payee had already paid back.

use crate::base::money::Paise;
use crate::base::refusal::Refusal;
use crate::recovery::interest::Parts;
use crate::recovery::recovery::{Recovery, RecoveryStatus};
use chrono::NaiveDate;

/// The distribution of the money that came back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenBack {
    /// The whole amount that comes back: the gross amount of the payment.
    pub gross_paise: Paise,
    /// The part that paid recoveries of this payment.
    pub kept_paise: Paise,
    /// Principal of this payment that the payee itself had paid back before.
    pub came_back_paise: Paise,
}

impl TakenBack {
    /// The amount owed to the payee again.
    pub fn owed_again(&self) -> Paise {
        self.gross_paise.minus_floored(self.kept_paise)
    }

    /// The part of that which the payee had paid back itself; it left the award's `disbursed` at
    /// that time.
    pub fn own(&self) -> Paise {
        self.came_back_paise.min(self.owed_again())
    }
}

/// The effect of a bank return on a recovery of the payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It was not decided yet and nothing is left to recover: this amount is no longer claimed.
    Dropped(Paise),
    /// It was ordered but not demanded: it becomes due now and is paid at once.
    DueNow(Parts),
    /// It is already due.
    Due,
    /// It is settled or dropped.
    Over,
}

impl Recovery {
    /// Updates the recovery because the bank returned the payment of which it claims a part.
    pub fn payment_was_taken_back(&mut self, today: NaiveDate) -> Result<Meaning, Refusal> {
        match self.status {
            RecoveryStatus::Noticed | RecoveryStatus::Replied => {
                let asked = self.amount_paise;
                self.amount_paise = Paise::ZERO;
                self.status = RecoveryStatus::Dropped;
                Ok(Meaning::Dropped(asked))
            }
            RecoveryStatus::Ordered => {
                let parts = self.make_due(today, "the bank took the payment back", today)?;
                self.demand.iter_mut().for_each(|demand| demand.by_bank = true);
                Ok(Meaning::DueNow(parts))
            }
            RecoveryStatus::Demanded => self.require_due().map(|()| Meaning::Due),
            RecoveryStatus::Settled | RecoveryStatus::Dropped => Ok(Meaning::Over),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever was claimed, paid back, written off or waived: the payee ends with the amount
        /// that was not recovered, less the interest, and no paisa is owed twice.
        #[test]
        fn the_payee_ends_with_what_it_may_keep(
            gross in 1_i64..1_000_000, asked in 0_i64..=100, back in 0_i64..=100, relief in 0_i64..=100,
            interest in 0_i64..1_000,
        ) {
            let asked = gross * asked / 100;
            let back = asked * back / 100;
            let given_up = (asked - back) * relief / 100;
            let due = asked - back - given_up + interest;
            let kept = due.min(gross);
            let all = TakenBack {
                gross_paise: Paise(gross), kept_paise: Paise(kept), came_back_paise: Paise(back),
            };
            let payee = gross - back - gross + all.owed_again().0;
            prop_assert_eq!(payee, gross - asked + given_up - interest.min(gross - (asked - back - given_up)));
            // The amount that leaves the award's `disbursed` was in it.
            let principal_kept = kept - interest.min(kept);
            let disbursed = gross - back - principal_kept;
            prop_assert!((0..=disbursed).contains(&(all.owed_again().0 - all.own().0)));
        }
    }
}
