//! A payment that the bank took back while it was under recovery. The bank's return is the refund:
//! it pays first what is still owed back of this payment, and only the rest is owed to the payee
//! again, with what the payee had paid back itself.

use crate::domain::interest::Parts;
use crate::domain::money::Paise;
use crate::domain::recovery::{Recovery, RecoveryStatus};
use crate::domain::refusal::Refusal;
use chrono::NaiveDate;

/// Where the money goes that came back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenBack {
    /// What the payment had spent: all that comes back.
    pub gross_paise: Paise,
    /// What of it paid recoveries of this payment.
    pub kept_paise: Paise,
    /// Principal of this payment that had come back before, from the payee itself.
    pub came_back_paise: Paise,
}

impl TakenBack {
    /// Owed to the payee again.
    pub fn owed_again(&self) -> Paise {
        self.gross_paise.minus_floored(self.kept_paise)
    }

    /// What of that is the payee's own money: it had left the award's `disbursed` when it came.
    pub fn own(&self) -> Paise {
        self.came_back_paise.min(self.owed_again())
    }
}

/// What the return means for a recovery of the payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Nobody has decided on it and there is nothing left to ask for: this much is no longer asked.
    Dropped(Paise),
    /// It was ordered and not demanded: this is due now, and paid at once.
    DueNow(Parts),
    /// It is due.
    Due,
    /// It is over.
    Over,
}

impl Recovery {
    /// The bank took back the payment of which this asks a part.
    pub fn payment_was_taken_back(&mut self, today: NaiveDate) -> Result<Meaning, Refusal> {
        match self.status {
            RecoveryStatus::Noticed | RecoveryStatus::Replied => {
                let asked = self.amount_paise;
                self.amount_paise = Paise::ZERO;
                self.status = RecoveryStatus::Dropped;
                Ok(Meaning::Dropped(asked))
            }
            RecoveryStatus::Ordered => {
                self.make_due(today, "the bank took the payment back", today).map(Meaning::DueNow)
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
        /// Whatever was asked, paid back and given up: the payee ends with what was not asked back
        /// or was given up, less the interest, and no paisa is owed twice.
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
            // What leaves the award's `disbursed` was there.
            let principal_kept = kept - interest.min(kept);
            let disbursed = gross - back - principal_kept;
            prop_assert!((0..=disbursed).contains(&(all.owed_again().0 - all.own().0)));
        }
    }
}
