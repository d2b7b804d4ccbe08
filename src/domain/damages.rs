//! Liquidated damages: for each day by which a milestone is late, a share of the performance
//! security that the award requires. Days count with both ends.

use crate::domain::money::{BasisPoints, Paise};
use crate::domain::recovery_rules::DamagesRule;
use crate::domain::refusal::Refusal;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Damages for some days of delay, with all that is needed to recompute them:
/// `days × rate × security`, rounded down once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Damages {
    /// The first late day that is charged.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
    pub days: i64,
    pub security_paise: Paise,
    pub basis_points_per_day: BasisPoints,
    pub amount_paise: Paise,
}

/// The delay of a milestone: due on a day, achieved on another if at all, charged up to a third
/// if damages were asked for before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay {
    pub due_on: NaiveDate,
    pub achieved_on: Option<NaiveDate>,
    pub charged_to: Option<NaiveDate>,
}

impl Delay {
    /// Damages for the late days that are not charged yet, up to and with `to`.
    pub fn damages(&self, rule: &DamagesRule, security: Paise, to: NaiveDate) -> Result<Damages, Refusal> {
        let none = |reason: String| Refusal::NoDelay { reason };
        let last_charged = self.charged_to.unwrap_or(self.due_on).max(self.due_on);
        let from = last_charged.succ_opt().unwrap_or(last_charged);
        let to = self.achieved_on.map_or(to, |achieved| achieved.min(to));
        if to < from {
            return Err(none(match self.charged_to {
                Some(charged) => format!("damages are already asked for up to {charged}"),
                None => format!("the milestone is due on {}", self.due_on),
            }));
        }
        let days = (to - from).num_days() + 1;
        let of_a_day = rule.basis_points_per_day.0.checked_mul(days).ok_or(Refusal::AmountTooLarge)?;
        let amount_paise = security.ratio_rounded_down(of_a_day, 10_000).ok_or(Refusal::AmountTooLarge)?;
        if amount_paise == Paise::ZERO {
            return Err(none("they come to nothing".to_owned()));
        }
        Ok(Damages {
            from,
            to,
            days,
            security_paise: security,
            basis_points_per_day: rule.basis_points_per_day,
            amount_paise,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::scheme::Basis;

    const CRORE: i64 = 1_000_000_000;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rule() -> DamagesRule {
        DamagesRule { basis_points_per_day: BasisPoints(10), basis: Basis::Assumption, source: "a test".into() }
    }

    fn delay(due_on: &str) -> Delay {
        Delay { due_on: day(due_on), achieved_on: None, charged_to: None }
    }

    /// As filed on 4 March 2025: 0.1 % a day of Rs 50 crore, 1 January to 3 March, Rs 3.1 crore.
    #[test]
    fn sixty_two_days_of_fifty_crore_are_three_crore_ten() {
        let damages = delay("2024-12-31").damages(&rule(), Paise(50 * CRORE), day("2025-03-03")).unwrap();
        assert_eq!((damages.from, damages.days), (day("2025-01-01"), 62));
        assert_eq!(damages.amount_paise, Paise(3_100_000_000));
        assert_eq!(damages.amount_paise.in_crore(), "₹3.10 crore");
    }

    /// Reported in November 2025: accrued from 1 January to 30 September 2025.
    #[test]
    fn two_hundred_and_seventy_three_days() {
        let of = |security| delay("2024-12-31").damages(&rule(), Paise(security), day("2025-09-30")).unwrap();
        assert_eq!((of(50 * CRORE).days, of(50 * CRORE).amount_paise), (273, Paise(13_650_000_000)));
        assert_eq!(of(125 * CRORE).amount_paise, Paise(34_125_000_000));
    }

    #[test]
    fn no_day_is_charged_twice_or_before_its_time_or_after_the_milestone() {
        let code = |delay: Delay, to: &str| delay.damages(&rule(), Paise(CRORE), day(to)).map_err(|r| r.code());
        assert_eq!(code(delay("2026-05-01"), "2026-05-01"), Err("no_delay"));
        assert_eq!(code(delay("2026-05-01"), "2026-05-02").unwrap().days, 1);
        let charged = Delay { charged_to: Some(day("2026-05-10")), ..delay("2026-05-01") };
        assert_eq!(code(charged, "2026-05-10"), Err("no_delay"));
        assert_eq!(code(charged, "2026-05-12").unwrap().days, 2);
        let achieved = Delay { achieved_on: Some(day("2026-05-05")), ..delay("2026-05-01") };
        assert_eq!(code(achieved, "2026-06-01").unwrap().days, 4);
        let in_time = Delay { achieved_on: Some(day("2026-04-30")), ..delay("2026-05-01") };
        assert_eq!(code(in_time, "2026-06-01"), Err("no_delay"));
        let nothing = delay("2026-05-01").damages(&rule(), Paise(1), day("2026-05-02")).map_err(|r| r.code());
        assert_eq!(nothing, Err("no_delay"));
    }

    proptest::proptest! {
        #[test]
        fn days_asked_for_in_two_parts_are_all_days_and_never_cost_more(
            security in 1_000_000_i64..1_000_000_000_000, first in 1_i64..400, second in 1_i64..400,
        ) {
            let end = |days: i64| day("2026-05-01") + chrono::Duration::days(days);
            let whole = delay("2026-05-01").damages(&rule(), Paise(security), end(first + second)).unwrap();
            let one = delay("2026-05-01").damages(&rule(), Paise(security), end(first)).unwrap();
            let then = Delay { charged_to: Some(one.to), ..delay("2026-05-01") };
            let two = then.damages(&rule(), Paise(security), end(first + second)).unwrap();
            proptest::prop_assert_eq!(one.days + two.days, whole.days);
            let parts = one.amount_paise.0 + two.amount_paise.0;
            proptest::prop_assert!((parts..=parts + 1).contains(&whole.amount_paise.0));
        }
    }
}
