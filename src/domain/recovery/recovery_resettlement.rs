//! Receipts of a recovery, on whatever day they are found. Receipts of later days are re-allocated,
//! as if all of them had been recorded in the order of their days.

use crate::base::money::Paise;
use crate::base::refusal::Refusal;
use crate::milestone::milestone::check_day;
use crate::recovery::interest::{Dues, InterestLines, Parts};
use crate::recovery::recovery::Recovery;
use crate::recovery::recovery_credit::{CreditStatus, RecoveryCredit};
use crate::scheme::recovery_rules::{InterestRate, SettlesFirst};
use chrono::NaiveDate;

/// The allocation of a receipt of a day, and the changes it makes to later credits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    pub parts: Parts,
    pub accrued: InterestLines,
    /// The amounts due right after it.
    pub dues_after: Dues,
    /// The credits of later days, before and after re-allocation.
    pub later: Vec<(RecoveryCredit, RecoveryCredit)>,
}

impl Settlement {
    /// The amounts due after all credits.
    pub fn dues(&self) -> &Dues {
        self.later.last().map_or(&self.dues_after, |(_, after)| &after.dues_after)
    }

    /// The interest posted with the later credits before, and the interest to be posted with them
    /// and this receipt.
    pub fn interest(&self) -> Result<(Paise, Paise), Refusal> {
        let (mut before, mut after) = (Paise::ZERO, self.accrued.total()?);
        for (old, new) in &self.later {
            before = before.checked_add(old.accrued.total()?).ok_or(Refusal::AmountTooLarge)?;
            after = after.checked_add(new.accrued.total()?).ok_or(Refusal::AmountTooLarge)?;
        }
        Ok((before, after))
    }
}

/// The first day on which a receipt may still be dated: not before the demand, and not before a
/// credit that was decided by the amount then due (a relief or a bank return).
pub fn earliest(recovery: &Recovery, credits: &[RecoveryCredit]) -> NaiveDate {
    let demanded = recovery.demand.as_ref().map_or(recovery.interest_from, |demand| demand.demanded_on);
    let fixed = counted(credits).filter(|credit| !credit.kind.is_money_in());
    fixed.map(|credit| credit.credited_on).fold(demanded, NaiveDate::max)
}

fn counted(credits: &[RecoveryCredit]) -> impl Iterator<Item = &RecoveryCredit> {
    credits.iter().filter(|credit| credit.status == CreditStatus::Done)
}

/// Allocates an amount that was received on a day. Credits are given in the order of their days.
/// Refuses a day that is too early or in the future, and more than is due.
pub fn settle(
    recovery: &Recovery,
    credits: &[RecoveryCredit],
    rates: &[InterestRate],
    first: SettlesFirst,
    (amount, day): (Paise, NaiveDate),
    today: NaiveDate,
) -> Result<Settlement, Refusal> {
    check_day(day, earliest(recovery, credits), today)?;
    let (before, after): (Vec<_>, Vec<_>) = counted(credits).partition(|credit| credit.credited_on <= day);
    let mut dues = before.last().map_or_else(|| recovery.dues_at_first(), |last| last.dues_after.clone());
    let (accrued, parts) = take_in(&mut dues, rates, first, amount, day)?;
    let dues_after = dues.clone();
    let mut later = Vec::new();
    for old in after {
        let (accrued, parts) = take_in(&mut dues, rates, first, old.parts().total()?, old.credited_on)?;
        let new = RecoveryCredit {
            principal_paise: parts.principal_paise,
            interest_paise: parts.interest_paise,
            damages_paise: parts.damages_paise,
            accrued,
            dues_after: dues.clone(),
            ..old.clone()
        };
        later.push((old.clone(), new));
    }
    Ok(Settlement { parts, accrued, dues_after, later })
}

fn take_in(
    dues: &mut Dues,
    rates: &[InterestRate],
    first: SettlesFirst,
    amount: Paise,
    day: NaiveDate,
) -> Result<(InterestLines, Parts), Refusal> {
    let accrued = dues.accrue(rates, day)?;
    let parts = dues.split(amount, first)?;
    dues.take_off(&parts)?;
    Ok((accrued, parts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::{RecoveryCreditId, RecoveryId};
    use crate::payment::tranche::tests::person;
    use crate::recovery::interest::tests::rate;
    use crate::recovery::recovery::tests::demanded;
    use crate::recovery::recovery_credit::CreditKind;
    use crate::recovery::recovery_history;
    use crate::scheme::recovery_rules::InterestMethod;
    use chrono::Duration;
    use proptest::prelude::*;
    use uuid::Uuid;

    const FIRST: &str = "2024-02-29";

    fn day(days: i64) -> NaiveDate {
        FIRST.parse::<NaiveDate>().unwrap() + Duration::days(days)
    }

    fn rates(method: InterestMethod, change: i64) -> Vec<InterestRate> {
        let later = InterestRate { from: day(1 + change), ..rate(FIRST, 730, method) };
        vec![rate("2020-01-01", 900, method), later]
    }

    /// Records what came in, in the order in which it is found.
    fn recorded(found: &[(i64, i64)], rates: &[InterestRate], first: SettlesFirst) -> (Recovery, Vec<RecoveryCredit>) {
        let mut recovery = demanded(Paise(1_000_000_000), day(0));
        let mut credits: Vec<RecoveryCredit> = Vec::new();
        for (number, (amount, on)) in (1..).zip(found) {
            let money = (Paise(*amount), day(*on));
            let settled = settle(&recovery, &credits, rates, first, money, day(5_000)).unwrap();
            recovery.keep(settled.dues());
            for (_, new) in &settled.later {
                let place = credits.iter().position(|old| old.id == new.id).unwrap();
                credits[place] = new.clone();
            }
            credits.push(RecoveryCredit {
                id: RecoveryCreditId(Uuid::from_u128(number)),
                recovery_id: RecoveryId(Uuid::nil()),
                kind: CreditKind::Receipt,
                status: CreditStatus::Done,
                credited_on: day(*on),
                principal_paise: settled.parts.principal_paise,
                interest_paise: settled.parts.interest_paise,
                damages_paise: settled.parts.damages_paise,
                accrued: settled.accrued,
                dues_after: settled.dues_after,
                utr: Some(String::new()),
                payment_id: None,
                security_id: None,
                reference: String::new(),
                recorded_by: person(1),
                recorded_at: "2026-08-01T06:00:00Z".parse().unwrap(),
            });
            credits.sort_by_key(|credit| (credit.credited_on, credit.id.0));
        }
        (recovery, credits)
    }

    proptest! {
        /// In whatever order the same receipts are recorded, the same amount is due, including the
        /// fraction of a paisa; and the history proves it.
        #[test]
        fn the_order_of_recording_changes_nothing(
            found in proptest::collection::vec((1_i64..90_000_000, 0_i64..1_200), 1..9).prop_shuffle(),
            change in 0_i64..1_200,
            method in prop_oneof![Just(InterestMethod::Simple), Just(InterestMethod::CompoundYearly)],
            first in prop_oneof![Just(SettlesFirst::Interest), Just(SettlesFirst::Principal)],
        ) {
            let rates = rates(method, change);
            let mut sorted = found.clone();
            sorted.sort_by_key(|(_, on)| *on);
            let (in_order, _) = recorded(&sorted, &rates, first);
            let (as_found, credits) = recorded(&found, &rates, first);
            prop_assert_eq!(in_order.dues(), as_found.dues());
            prop_assert_eq!(recovery_history::fault(&as_found, &credits), None);
            let came: i64 = found.iter().map(|(amount, _)| amount).sum();
            let split: i64 = credits.iter().map(|credit| credit.parts().total().unwrap().0).sum();
            prop_assert_eq!(came, split, "no paisa is split away");
        }
    }

    #[test]
    fn nothing_is_dated_before_a_relief_and_no_later_money_is_too_much() {
        let rates = rates(InterestMethod::Simple, 0);
        let (recovery, mut credits) =
            recorded(&[(400_000_000, 100), (620_000_000, 100)], &rates, SettlesFirst::Interest);
        let refused = |credits: &[RecoveryCredit], amount, on| {
            let money = (Paise(amount), day(on));
            settle(&recovery, credits, &rates, SettlesFirst::Interest, money, day(200)).unwrap_err().code()
        };
        // The receipt of day 100 was all that was due then, so no earlier receipt can exist.
        assert_eq!(refused(&credits, 1_000_000_000, 50), "receipt_exceeds_due");
        credits[1].kind = CreditKind::WriteOff;
        assert_eq!(refused(&credits, 1, 99), "date_not_allowed");
        assert_eq!(refused(&credits, 1, 201), "date_not_allowed");
    }
}
