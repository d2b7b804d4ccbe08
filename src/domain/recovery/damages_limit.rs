//! The limit of damages. A notice charges only the days that cost something within it, so that the days beyond stay
//! open: when a day that was charged is excused, or a notice is dropped, others may be charged up to the limit.

use crate::base::days::Days;
use crate::base::money::Paise;
use crate::base::refusal::Refusal;
use crate::recovery::damages::Delay;
use crate::scheme::security_rule::DamagesTerms;
use chrono::Duration;

impl Delay {
    /// The earliest of these days that together cost as much as is left of the limit; all of them where they cost less.
    pub fn within(&self, terms: &DamagesTerms, days: Days, most: Option<Paise>) -> Result<Days, Refusal> {
        let Some(most) = most else { return Ok(days) };
        let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(days) };
        if most == Paise::ZERO {
            return Ok(Days::default());
        }
        let (mut low, mut high) = (first, last);
        while low < high {
            let half = Duration::days(high.signed_duration_since(low).num_days() / 2);
            let middle = low.checked_add_signed(half).unwrap_or(low);
            if self.worth(terms, &days.and(&Days::between(first, middle)))? >= most {
                high = middle;
            } else {
                low = middle.succ_opt().unwrap_or(high);
            }
        }
        Ok(days.and(&Days::between(first, high)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recovery::damages::tests::*;
    use chrono::NaiveDate;
    use proptest::prelude::*;

    #[test]
    fn damages_stop_at_their_limit_and_are_not_owed_for_days_after_the_milestone() {
        let capped = DamagesTerms { cap: Some(Paise(30 * DAY)), ..rule(50 * CRORE) };
        let of =
            |already: i64, to: &str| delay("2024-12-31").damages(&capped, Paise(50 * CRORE), Paise(already), day(to));
        assert_eq!(of(0, "2025-01-30").unwrap().amount_paise, Paise(30 * DAY));
        let most = of(0, "2025-03-03").unwrap();
        assert_eq!((most.days, most.amount_paise, most.most_paise), (30, Paise(30 * DAY), Some(Paise(30 * DAY))));
        assert_eq!(most.without(&Days::default()).unwrap(), most.amount_paise, "it can be recomputed");
        assert_eq!(of(29 * DAY, "2025-03-03").unwrap().amount_paise, Paise(DAY));
        assert_eq!(of(30 * DAY, "2025-03-03").unwrap_err().code(), "no_delay");

        let noticed =
            delay("2024-12-31").damages(&rule(50 * CRORE), Paise(50 * CRORE), NONE, day("2025-03-03")).unwrap();
        let reached = Delay { achieved_on: Some(day("2025-01-10")), ..delay("2024-12-31") };
        assert_eq!(reached.left_of(&rule(50 * CRORE), &noticed).unwrap(), Paise(10 * DAY));
        let excused = Delay { excused: days("2025-01-01", "2025-01-04"), ..reached };
        assert_eq!(excused.left_of(&rule(50 * CRORE), &noticed).unwrap(), Paise(6 * DAY));
    }

    #[test]
    fn what_is_excused_of_a_notice_at_the_limit_makes_room_for_the_days_beyond() {
        let capped = DamagesTerms { cap: Some(Paise(30 * DAY)), ..rule(50 * CRORE) };
        let late = delay("2024-12-31");
        let first = late.damages(&capped, Paise(50 * CRORE), NONE, day("2025-03-03")).unwrap();
        let excused = Delay { excused: days("2025-01-03", "2025-01-12"), ..late };
        let left = excused.left_of(&capped, &first).unwrap();
        assert_eq!(left, Paise(20 * DAY));
        let then = Delay { charged: Days::of(first.charged()), ..excused };
        let second = then.damages(&capped, Paise(50 * CRORE), left, day("2025-03-03")).unwrap();
        assert_eq!(
            (second.amount_paise, second.from, second.to),
            (Paise(10 * DAY), day("2025-01-31"), day("2025-02-09"))
        );
    }

    proptest! {
        #[test]
        fn the_days_within_a_limit_are_the_fewest_that_reach_it(late in 1_i64..400, most in 1_i64..400 * DAY) {
            let delay = delay("2024-12-31");
            let to: NaiveDate = day("2024-12-31") + Duration::days(late);
            let (all, most) = (delay.open_days(to), Paise(most));
            let rule = rule(50 * CRORE);
            let found = delay.within(&rule, all.clone(), Some(most)).unwrap();
            let worth = delay.worth(&rule, &found).unwrap();
            prop_assert!(worth >= most || found == all);
            let shorter = found.minus(&Days::between(found.last().unwrap(), to));
            prop_assert!(delay.worth(&rule, &shorter).unwrap() < most);
        }
    }
}
