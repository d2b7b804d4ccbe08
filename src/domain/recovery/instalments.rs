//! Instalments: a plan by which a recovery is paid on several days, with the interest that runs while it is.

use crate::base::field::{FieldErrors, check_day};
use crate::base::field_reason::FieldReason;
use crate::base::id::UserId;
use crate::base::money::{LARGEST_AMOUNT, Paise};
use crate::base::refusal::Refusal;
use crate::recovery::interest::Dues;
use crate::scheme::recovery_rules::RecoveryTerms;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The least and the largest number of instalments of a plan; one later day for the whole is a plan too.
const INSTALMENTS_LEAST: usize = 1;
pub const INSTALMENTS_MOST: usize = 60;

/// One instalment of a plan: its day and amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Instalment {
    pub due_on: NaiveDate,
    pub amount_paise: Paise,
}

/// One instalment as it is asked for. The amount of the last one may be left out: then it is what is due on its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedInstalment {
    pub due_on: NaiveDate,
    #[serde(default)]
    pub amount_paise: Option<Paise>,
}

/// A granted instalment plan. The instalments pay what was due on the day of the grant and the interest that runs
/// while they are paid: whoever pays each on its day owes nothing after the last one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InstalmentPlan {
    pub granted_by: UserId,
    pub granted_on: NaiveDate,
    pub instalments: Vec<Instalment>,
    /// The amount credited since the grant.
    pub credited_paise: Paise,
}

/// One instalment and the part of it that is paid: credits fill the instalments in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct InstalmentState {
    pub due_on: NaiveDate,
    pub amount_paise: Paise,
    pub paid_paise: Paise,
    /// Its day has passed and it is not fully paid.
    pub overdue: bool,
    /// The recovery is settled without it.
    pub not_needed: bool,
}

impl InstalmentPlan {
    /// The instalments with all their amounts, if they pay exactly what is due when each is paid on its day: `dues`
    /// grow by the interest up to each day, and nothing is left after the last one.
    pub fn settling(
        asked: &[AskedInstalment],
        mut dues: Dues,
        terms: &RecoveryTerms,
    ) -> Result<Vec<Instalment>, Refusal> {
        let (mut plan, mut sum) = (Vec::new(), Paise::ZERO);
        for (index, one) in asked.iter().enumerate() {
            dues.accrue(&terms.interest, one.due_on)?;
            let (due, is_last) = (dues.due.total()?, index + 1 == asked.len());
            let amount_paise = one.amount_paise.unwrap_or(due);
            let fits = if is_last { amount_paise == due } else { amount_paise < due };
            let with = |amount: Paise| sum.checked_add(amount).ok_or(Refusal::AmountTooLarge);
            if !fits {
                return Err(Refusal::InstalmentsDiffer { sum: with(amount_paise)?, due: with(due)? });
            }
            dues.take_off(&dues.split(amount_paise, terms.settles_first)?)?;
            sum = with(amount_paise)?;
            plan.push(Instalment { due_on: one.due_on, amount_paise });
        }
        Ok(plan)
    }

    /// Checks each instalment for itself, and their number and order.
    pub fn check_rows(instalments: &[AskedInstalment], today: NaiveDate) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        errors.require(
            (INSTALMENTS_LEAST..=INSTALMENTS_MOST).contains(&instalments.len()),
            "/instalments",
            FieldReason::Between {
                least: INSTALMENTS_LEAST as i64,
                most: INSTALMENTS_MOST as i64,
                what: "instalments",
            },
        );
        let rising = instalments.windows(2).all(|pair| matches!(pair, [a, b] if a.due_on < b.due_on));
        errors.require(rising, "/instalments", FieldReason::LaterEach);
        for (index, one) in instalments.iter().enumerate() {
            let pointer = format!("/instalments/{index}/amount_paise");
            match one.amount_paise {
                Some(amount) => errors.require_amount(amount, 1, &pointer, FieldReason::PositiveAmount),
                None => errors.require(index + 1 == instalments.len(), pointer, FieldReason::PositiveAmount),
            }
            check_day(&mut errors, &format!("/instalments/{index}/due_on"), one.due_on);
            errors.require(one.due_on >= today, format!("/instalments/{index}/due_on"), FieldReason::InPast);
        }
        errors.finish()
    }

    /// Adds an amount that was credited.
    pub fn credit(&mut self, amount: Paise) {
        self.credited_paise = self.credited_paise.checked_add(amount).unwrap_or(LARGEST_AMOUNT);
    }

    /// The instalments and how far each is paid; a credit fills the earliest instalments first. Of a recovery that
    /// is `settled` nothing more is needed: who pays early owes less interest than the plan has.
    pub fn states(&self, today: NaiveDate, settled: bool) -> Vec<InstalmentState> {
        let mut left = self.credited_paise;
        let state = |one: &Instalment| {
            let paid_paise = left.min(one.amount_paise);
            left = left.minus_floored(paid_paise);
            let open = paid_paise < one.amount_paise;
            InstalmentState {
                due_on: one.due_on,
                amount_paise: one.amount_paise,
                paid_paise,
                overdue: open && !settled && one.due_on < today,
                not_needed: open && settled,
            }
        };
        self.instalments.iter().map(state).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::money::BasisPoints;
    use crate::recovery::interest::Parts;
    use crate::scheme::recovery_rules::{InterestMethod, InterestRate, SettlesFirst};
    use crate::scheme::scheme::Basis;

    fn one(due_on: &str, amount: i64) -> AskedInstalment {
        AskedInstalment { due_on: day(due_on), amount_paise: Some(Paise(amount)) }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn terms(basis_points: i64) -> RecoveryTerms {
        let rate = InterestRate {
            from: day("2021-01-01"),
            basis_points: BasisPoints(basis_points),
            method: InterestMethod::Simple,
            basis: Basis::Assumption,
            source: "s".into(),
        };
        RecoveryTerms { interest: vec![rate], settles_first: SettlesFirst::Interest }
    }

    fn owed(amount: i64, on: &str) -> Dues {
        let principal_paise = Paise(amount);
        Dues {
            due: Parts { principal_paise, ..Parts::default() },
            bearing_paise: Paise::ZERO,
            carried: 0,
            interest_from: day(on),
            accrued_to: day(on),
        }
    }

    #[test]
    fn a_plan_sums_to_the_paisa_and_fills_in_order() {
        let today = day("2026-06-01");
        let (plan, free) = ([one("2026-06-10", 40), one("2026-07-10", 60)], terms(0));
        let paid = InstalmentPlan::settling(&plan, owed(100, "2026-06-01"), &free).unwrap();
        for due in [99, 101] {
            let wrong = InstalmentPlan::settling(&plan, owed(due, "2026-06-01"), &free);
            assert_eq!(wrong.unwrap_err().code(), "instalments_differ");
        }
        for wrong in [vec![], vec![plan[1], plan[0]], vec![one("2026-05-31", 40), plan[1]]] {
            assert!(InstalmentPlan::check_rows(&wrong, today).is_err());
        }
        let open = AskedInstalment { amount_paise: None, ..plan[0] };
        assert!(InstalmentPlan::check_rows(&[open], today).is_ok(), "a plan of one is a plan");
        assert!(InstalmentPlan::check_rows(&[open, plan[1]], today).is_err(), "only the last may be left open");
        let granted = InstalmentPlan {
            granted_by: crate::payment::tranche::tests::person(1),
            granted_on: today,
            instalments: paid,
            credited_paise: Paise(45),
        };
        let told = |settled| {
            let states = granted.states(day("2026-07-11"), settled).into_iter();
            states.map(|state| (state.paid_paise.0, state.overdue, state.not_needed)).collect::<Vec<_>>()
        };
        assert_eq!(told(false), [(40, false, false), (5, true, false)]);
        assert_eq!(told(true), [(40, false, false), (5, false, true)]);
    }

    proptest::proptest! {
        /// Whoever pays a plan to the day owes nothing after the last instalment, and a paisa more or less in the last
        /// one is refused.
        #[test]
        fn a_plan_paid_to_the_day_settles(
            principal in 1_000_i64..1_000_000_000_000, points in 0_i64..3_000, days in proptest::collection::vec(1_i64..300, 1..8),
        ) {
            let terms = terms(points);
            let (mut on, mut asked) = (day("2026-06-01"), Vec::new());
            for (index, later) in days.iter().enumerate() {
                on += chrono::TimeDelta::days(*later);
                let part = Paise(principal / (days.len() as i64 + 1));
                asked.push(AskedInstalment { due_on: on, amount_paise: (index + 1 < days.len()).then_some(part) });
            }
            let plan = InstalmentPlan::settling(&asked, owed(principal, "2026-06-01"), &terms).unwrap();
            let mut dues = owed(principal, "2026-06-01");
            for instalment in &plan {
                dues.accrue(&terms.interest, instalment.due_on).unwrap();
                let parts = dues.split(instalment.amount_paise, SettlesFirst::Interest).unwrap();
                dues.take_off(&parts).unwrap();
            }
            proptest::prop_assert!(dues.is_settled());
            let last = plan.last().unwrap().amount_paise.0;
            for wrong in [last - 1, last + 1] {
                asked.last_mut().unwrap().amount_paise = Some(Paise(wrong));
                let refused = InstalmentPlan::settling(&asked, owed(principal, "2026-06-01"), &terms);
                proptest::prop_assert_eq!(refused.unwrap_err().code(), "instalments_differ");
            }
        }
    }
}
