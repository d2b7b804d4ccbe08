//! Liquidated damages: for each day by which a milestone is late, a share of the performance
//! security that the award requires, or a sum. The first and the last day both count; excused days do not
//! count.

use crate::base::days::{Days, Span};
use crate::base::money::{BasisPoints, Paise};
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::milestone::milestone::Milestone;
use crate::scheme::partial_achievement::{Reached, WHOLE, WhilePartial};
use crate::scheme::security_rule::{DamagesTerms, DayRate};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Damages for some days of delay, with all that is needed to recompute them: `days × rate ×
/// security` or `days × sum`, rounded down once. With spans: the sum of `days × share` over them,
/// in place of the days. With a limit: at most what is left of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Damages {
    /// The first late day that is charged.
    pub from: NaiveDate,
    /// The last late day that is charged.
    pub to: NaiveDate,
    pub days: i64,
    pub security_paise: Paise,
    /// The share of the security for a day, where the scheme states a share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis_points_per_day: Option<BasisPoints>,
    /// The sum for a day, where the scheme states a sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paise_per_day: Option<Paise>,
    pub amount_paise: Paise,
    /// What was left of the scheme's limit when they were computed, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_paise: Option<Paise>,
    /// The charged days and their share, unless every day between is charged in full.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<ChargedSpan>,
}

/// Days that are charged at the same share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChargedSpan {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub days: i64,
    /// The share of a whole day's damages that a day costs, in basis points.
    pub share: BasisPoints,
}

impl Damages {
    /// The spans of days that are charged.
    pub fn charged(&self) -> Vec<Span> {
        if self.spans.is_empty() {
            return vec![Span { from: self.from, to: self.to }];
        }
        self.spans.iter().map(|span| Span { from: span.from, to: span.to }).collect()
    }

    /// What a day costs.
    pub fn rate(&self) -> DayRate {
        let share = self.basis_points_per_day.unwrap_or(BasisPoints(0));
        self.paise_per_day.map_or(DayRate::Share { share, security: self.security_paise }, DayRate::Sum)
    }

    /// The amount without days that have been excused since.
    pub fn without(&self, excused: &Days) -> Result<Paise, Refusal> {
        let whole = [ChargedSpan { from: self.from, to: self.to, days: self.days, share: WHOLE }];
        let spans = if self.spans.is_empty() { &whole[..] } else { &self.spans };
        let left = |span: &ChargedSpan| spans_of(&Days::between(span.from, span.to).minus(excused), span.share);
        let amount = amount_of(spans.iter().flat_map(left), self.rate())?;
        Ok(self.most_paise.map_or(amount, |most| amount.min(most)))
    }
}

fn spans_of(days: &Days, share: BasisPoints) -> Vec<ChargedSpan> {
    let of = |span: &Span| ChargedSpan { from: span.from, to: span.to, days: span.count(), share };
    days.spans().iter().map(of).collect()
}

fn share_of(rate: DayRate) -> Option<BasisPoints> {
    match rate {
        DayRate::Share { share, .. } => Some(share),
        DayRate::Sum(_) => None,
    }
}

fn sum_of(rate: DayRate) -> Option<Paise> {
    match rate {
        DayRate::Share { .. } => None,
        DayRate::Sum(sum) => Some(sum),
    }
}

/// The formula of damages, rounded down once.
fn amount_of(spans: impl IntoIterator<Item = ChargedSpan>, rate: DayRate) -> Result<Paise, Refusal> {
    let units = |span: ChargedSpan| span.days.checked_mul(span.share.0);
    let sum = spans.into_iter().try_fold(0_i64, |sum, span| sum.checked_add(units(span)?));
    let amount = match rate {
        DayRate::Share { share, security } => {
            let charged = sum.and_then(|sum| sum.checked_mul(share.0));
            charged.and_then(|charged| security.ratio_rounded_down(charged, 10_000 * WHOLE.0))
        }
        DayRate::Sum(a_day) => sum.and_then(|sum| a_day.ratio_rounded_down(sum, WHOLE.0)),
    };
    amount.ok_or(Refusal::AmountTooLarge)
}

/// The delay of a milestone: its due date, the day it was achieved, if at all, the parts reached
/// before, and the days that are excused or already charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delay {
    pub due_on: NaiveDate,
    pub achieved_on: Option<NaiveDate>,
    /// Parts reached before the whole, in the order of their days.
    pub reached: Vec<Reached>,
    pub excused: Days,
    pub charged: Days,
}

impl Delay {
    /// The days from the day after the due date up to and including `to` or the day of achievement.
    fn whole(&self, to: NaiveDate) -> Days {
        let from = self.due_on.succ_opt().unwrap_or(self.due_on);
        Days::between(from, self.achieved_on.map_or(to, |achieved| achieved.min(to)))
    }

    /// The days by which it is late, without excused days.
    pub fn late_days(&self, to: NaiveDate) -> Days {
        self.whole(to).minus(&self.excused)
    }

    /// The number of days of the delay that are excused.
    pub fn excused_days(&self, to: NaiveDate) -> i64 {
        self.whole(to).and(&self.excused).count()
    }

    /// The late days that are not charged yet.
    pub fn open_days(&self, to: NaiveDate) -> Days {
        self.late_days(to).minus(&self.charged)
    }

    /// Splits these days by what each costs: from the day after a part is reached, perhaps only the
    /// missing share is charged.
    fn spans(&self, terms: &DamagesTerms, days: &Days) -> Vec<ChargedSpan> {
        if terms.while_partial != Some(WhilePartial::MissingShare) {
            return spans_of(days, WHOLE);
        }
        let (mut spans, mut missing, mut left) = (Vec::new(), WHOLE, days.clone());
        for part in &self.reached {
            let until = left.and(&Days::between(NaiveDate::MIN, part.on));
            spans.extend(spans_of(&until, missing));
            left = left.minus(&until);
            missing = BasisPoints((WHOLE.0 - part.share.0).max(0));
        }
        spans.extend(spans_of(&left, missing));
        spans
    }

    /// The damages for some days of delay.
    pub fn worth(&self, terms: &DamagesTerms, days: &Days) -> Result<Paise, Refusal> {
        amount_of(self.spans(terms, days), terms.rate)
    }

    /// What is left of damages that were charged when a milestone was thought later than it was: days that were
    /// excused since, and days after the one on which it was reached, are not owed.
    pub fn left_of(&self, terms: &DamagesTerms, damages: &Damages) -> Result<Paise, Refusal> {
        let days = Days::of(damages.charged()).and(&self.late_days(damages.to));
        Ok(self.worth(terms, &days)?.min(damages.amount_paise))
    }

    /// Damages for the late days that are not charged yet, up to and including `to`, as far as they cost something
    /// within the limit; `security` is what the award requires, and `already` what is charged for this milestone.
    pub fn damages(
        &self,
        terms: &DamagesTerms,
        security: Paise,
        already: Paise,
        to: NaiveDate,
    ) -> Result<Damages, Refusal> {
        let open = self.open_days(to);
        if open.is_empty() {
            return Err(self.no_delay(to));
        }
        if let Some(cap) = terms.cap.filter(|cap| already >= *cap) {
            return Err(Refusal::NoDelay { reason: Reason::DamagesCapped { cap } });
        }
        let most_paise = terms.cap.map(|cap| cap.minus_floored(already));
        let open = self.within(terms, open, most_paise)?;
        let (Some(from), Some(last)) = (open.first(), open.last()) else { return Err(self.no_delay(to)) };
        let mut spans = self.spans(terms, &open);
        let whole = amount_of(spans.iter().copied(), terms.rate)?;
        let amount_paise = most_paise.map_or(whole, |most| whole.min(most));
        if amount_paise == Paise::ZERO {
            return Err(Refusal::NoDelay { reason: Reason::DamagesNothing });
        }
        if matches!(&spans[..], [only] if only.share == WHOLE) {
            spans.clear();
        }
        Ok(Damages {
            from,
            to: last,
            days: open.count(),
            security_paise: security,
            basis_points_per_day: share_of(terms.rate),
            paise_per_day: sum_of(terms.rate),
            amount_paise,
            most_paise,
            spans,
        })
    }

    /// The refusal that says why there is nothing to charge.
    fn no_delay(&self, to: NaiveDate) -> Refusal {
        let whole = self.whole(to);
        let reason = match (whole.is_empty(), self.charged.last()) {
            (true, _) => Reason::MilestoneDue { on: self.due_on },
            (_, Some(charged)) if self.late_days(to).and(&self.charged).last().is_some() => {
                Reason::DamagesAsked { up_to: charged }
            }
            _ => Reason::DelayExcused { up_to: to },
        };
        Refusal::NoDelay { reason }
    }
}

impl Milestone {
    /// Its delay, given the days of it that are excused and charged.
    pub fn delay(&self, excused: Days, charged: Days) -> Delay {
        let (due_on, achieved_on) = (self.due_on, self.achieved_on);
        Delay { due_on, achieved_on, reached: self.reached_in_part().collect(), excused, charged }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub const CRORE: i64 = 1_000_000_000;
    pub const NONE: Paise = Paise::ZERO;
    /// 0.1 % of Rs 50 crore.
    pub const DAY: i64 = 50_000_000;

    pub fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// 0.1 % of a security a day.
    pub fn rule(security: i64) -> DamagesTerms {
        let rate = DayRate::Share { share: BasisPoints(10), security: Paise(security) };
        DamagesTerms { rate, while_partial: None, cap: None }
    }

    fn missing_share(security: i64) -> DamagesTerms {
        DamagesTerms { while_partial: Some(WhilePartial::MissingShare), ..rule(security) }
    }

    pub fn delay(due_on: &str) -> Delay {
        let (excused, charged) = (Days::default(), Days::default());
        Delay { due_on: day(due_on), achieved_on: None, reached: Vec::new(), excused, charged }
    }

    pub fn days(from: &str, to: &str) -> Days {
        Days::between(day(from), day(to))
    }

    /// As filed on 4 March 2025: 0.1 % a day of Rs 50 crore, 1 January to 3 March, Rs 3.1 crore.
    #[test]
    fn sixty_two_days_of_fifty_crore_are_three_crore_ten() {
        let damages =
            delay("2024-12-31").damages(&rule(50 * CRORE), Paise(50 * CRORE), NONE, day("2025-03-03")).unwrap();
        assert_eq!((damages.from, damages.days), (day("2025-01-01"), 62));
        assert_eq!(damages.amount_paise, Paise(3_100_000_000));
        assert_eq!(damages.amount_paise.in_crore(), "₹3.10 crore");
    }

    /// The same said in rupees: Rs 5 lakh a day, whatever the security comes to.
    #[test]
    fn sixty_two_days_of_five_lakh_are_three_crore_ten() {
        let terms = |while_partial| DamagesTerms { rate: DayRate::Sum(Paise(50_000_000)), while_partial, cap: None };
        let security = Paise(49_955_000_000);
        let damages = delay("2024-12-31").damages(&terms(None), security, NONE, day("2025-03-03")).unwrap();
        assert_eq!((damages.days, damages.amount_paise.in_crore().as_str()), (62, "₹3.10 crore"));
        assert_eq!((damages.basis_points_per_day, damages.paise_per_day), (None, Some(Paise(50_000_000))));
        assert_eq!(damages.without(&days("2025-01-01", "2025-01-10")).unwrap(), Paise(52 * 50_000_000));
        let reached = vec![Reached { on: day("2025-01-10"), share: BasisPoints(5_000) }];
        let late = Delay { reached, achieved_on: Some(day("2025-01-20")), ..delay("2024-12-31") };
        let half = late.damages(&terms(Some(WhilePartial::MissingShare)), security, NONE, day("2025-12-31")).unwrap();
        assert_eq!(half.amount_paise, Paise(15 * 50_000_000));
    }

    /// Reported in November 2025: accrued from 1 January to 30 September 2025.
    #[test]
    fn two_hundred_and_seventy_three_days() {
        let of =
            |security| delay("2024-12-31").damages(&rule(security), Paise(security), NONE, day("2025-09-30")).unwrap();
        assert_eq!((of(50 * CRORE).days, of(50 * CRORE).amount_paise), (273, Paise(13_650_000_000)));
        assert_eq!(of(125 * CRORE).amount_paise, Paise(34_125_000_000));
    }

    #[test]
    fn no_day_is_charged_twice_or_before_its_time_or_after_the_milestone() {
        let code =
            |delay: Delay, to: &str| delay.damages(&rule(CRORE), Paise(CRORE), NONE, day(to)).map_err(|r| r.code());
        assert_eq!(code(delay("2026-05-01"), "2026-05-01"), Err("no_delay"));
        let one = code(delay("2026-05-01"), "2026-05-02").unwrap();
        assert_eq!((one.days, serde_json::to_string(&one).unwrap().contains("spans")), (1, false));
        let charged = Delay { charged: days("2026-05-02", "2026-05-10"), ..delay("2026-05-01") };
        assert_eq!(code(charged.clone(), "2026-05-10"), Err("no_delay"));
        assert_eq!(code(charged, "2026-05-12").unwrap().days, 2);
        let achieved = Delay { achieved_on: Some(day("2026-05-05")), ..delay("2026-05-01") };
        assert_eq!(code(achieved, "2026-06-01").unwrap().days, 4);
        let in_time = Delay { achieved_on: Some(day("2026-04-30")), ..delay("2026-05-01") };
        assert_eq!(code(in_time, "2026-06-01"), Err("no_delay"));
        let nothing = delay("2026-05-01").damages(&rule(1), Paise(1), NONE, day("2026-05-02")).map_err(|r| r.code());
        assert_eq!(nothing, Err("no_delay"));
    }

    /// The published case with ten of its days excused: 52 days, Rs 2.60 crore.
    #[test]
    fn excused_days_are_counted_out_wherever_they_lie() {
        for excused in [
            days("2025-01-01", "2025-01-10"),
            days("2025-02-01", "2025-02-10"),
            days("2025-02-22", "2025-03-03"),
            Days::of(
                [days("2025-01-05", "2025-01-10"), days("2025-01-08", "2025-01-14")]
                    .iter()
                    .flat_map(|d| d.spans().to_vec()),
            ),
        ] {
            let late = Delay { excused: excused.clone(), ..delay("2024-12-31") };
            let damages = late.damages(&rule(50 * CRORE), Paise(50 * CRORE), NONE, day("2025-03-03")).unwrap();
            assert_eq!((damages.days, damages.amount_paise.in_crore().as_str()), (52, "₹2.60 crore"));
            assert_eq!(Days::of(damages.charged()).and(&excused), Days::default());
            assert_eq!((late.late_days(day("2025-03-03")).count(), late.excused_days(day("2025-03-03"))), (52, 10));
            // The whole delay was charged before; the remaining amount is the same.
            let whole =
                delay("2024-12-31").damages(&rule(50 * CRORE), Paise(50 * CRORE), NONE, day("2025-03-03")).unwrap();
            assert_eq!(whole.without(&excused).unwrap(), damages.amount_paise);
            assert_eq!(damages.without(&excused).unwrap(), damages.amount_paise);
        }
        let all = Delay { excused: days("2024-01-01", "2026-01-01"), ..delay("2024-12-31") };
        let refused = all.damages(&rule(CRORE), Paise(CRORE), NONE, day("2025-03-03")).unwrap_err();
        assert!(refused.to_string().contains("is excused"), "{refused}");
    }

    /// First 1 of 20 GWh and later 15 of 20 are reached: damages continue for the missing share, or
    /// in full.
    #[test]
    fn damages_go_on_for_the_missing_share_or_in_full() {
        let part = |on: &str, share: i64| Reached { on: day(on), share: BasisPoints(share) };
        let reached = vec![part("2025-01-10", 500), part("2025-01-20", 7_500)];
        let late = Delay { reached, achieved_on: Some(day("2025-02-01")), ..delay("2024-12-31") };
        let full = late.damages(&rule(50 * CRORE), Paise(50 * CRORE), NONE, day("2025-12-31")).unwrap();
        assert_eq!((full.days, full.amount_paise, full.spans.len()), (32, Paise(32 * DAY), 0));
        let missing = late.damages(&missing_share(50 * CRORE), Paise(50 * CRORE), NONE, day("2025-12-31")).unwrap();
        let spans: Vec<_> = missing.spans.iter().map(|span| (span.days, span.share.0)).collect();
        assert_eq!(spans, [(10, 10_000), (10, 9_500), (12, 2_500)]);
        // 5 lakh a day: 10 days, 10 at 95 % and 12 at 25 %.
        assert_eq!(missing.amount_paise, Paise(1_125_000_000));
        assert_eq!((missing.days, missing.from, missing.to), (32, day("2025-01-01"), day("2025-02-01")));
        assert_eq!(missing.without(&days("2025-01-11", "2025-01-20")).unwrap(), Paise(13 * DAY));
    }

    proptest::proptest! {
        #[test]
        fn excusing_a_day_never_costs_more(
            security in 1_000_000_i64..1_000_000_000_000, from in 0_i64..90, long in 0_i64..40, part in 0_i64..60, share in 1_i64..9_999,
        ) {
            let start = day("2026-05-01");
            let on = |days: i64| start + chrono::Duration::days(days);
            let reached = vec![Reached { on: on(part), share: BasisPoints(share) }];
            let late = Delay { reached, ..delay("2026-05-01") };
            let excused = Days::between(on(from), on(from + long));
            let less = Delay { excused: excused.clone(), ..late.clone() };
            let to = on(80);
            for rule in [rule(security), missing_share(security)] {
                let all = late.worth(&rule, &late.open_days(to)).unwrap();
                let left = less.worth(&rule, &less.open_days(to)).unwrap();
                proptest::prop_assert!(left <= all);
                proptest::prop_assert_eq!(late.damages(&rule, Paise(security), NONE, to).unwrap().without(&excused).unwrap(), left);
            }
        }

        #[test]
        fn days_asked_for_in_two_parts_are_all_days_and_never_cost_more(
            security in 1_000_000_i64..1_000_000_000_000, first in 1_i64..400, second in 1_i64..400,
        ) {
            let end = |days: i64| day("2026-05-01") + chrono::Duration::days(days);
            let whole = delay("2026-05-01").damages(&rule(security), Paise(security), NONE, end(first + second)).unwrap();
            let one = delay("2026-05-01").damages(&rule(security), Paise(security), NONE, end(first)).unwrap();
            let then = Delay { charged: Days::of(one.charged()), ..delay("2026-05-01") };
            let two = then.damages(&rule(security), Paise(security), NONE, end(first + second)).unwrap();
            proptest::prop_assert_eq!(one.days + two.days, whole.days);
            let parts = one.amount_paise.0 + two.amount_paise.0;
            proptest::prop_assert!((parts..=parts + 1).contains(&whole.amount_paise.0));
        }
    }
}
