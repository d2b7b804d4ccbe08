//! Staged release: a part of an entitlement is released on provisional papers, and the rest is
//! withheld until the final certificate, which pays the balance or opens a receivable. All amounts
//! are exact to the paisa.

use crate::base::calendar::plus_months;
use crate::base::money::{BasisPoints, Paise};
use crate::scheme::bad_scheme::BadScheme;
use crate::scheme::scheme::{Basis, Component, Scheme};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The staged release of a component: a share on provisional papers, the rest on the final
/// certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StagedRelease {
    pub component: Component,
    /// The share that is released on provisional papers.
    pub provisional_share: BasisPoints,
    /// Months from the verification of the claim to the day the certificate is due.
    pub certificate_due_months: u32,
    pub basis: Basis,
    pub source: String,
}

impl StagedRelease {
    /// The day on which the certificate of a claim verified today is due.
    pub fn certificate_due_on(&self, today: NaiveDate) -> NaiveDate {
        plus_months(today, self.certificate_due_months)
    }
}

impl Scheme {
    /// The staged release of a component; `None` if it is released whole.
    pub fn staged_release_of(&self, component: Component) -> Option<&StagedRelease> {
        self.staged_release.iter().find(|rule| rule.component == component)
    }
}

/// Checks this section of a scheme file; the error names the key and the reason.
pub fn check_staged_release(rules: &[StagedRelease]) -> Result<(), BadScheme> {
    let fail = |why: &str| Err(BadScheme::new("staged_release", why));
    for (index, rule) in rules.iter().enumerate() {
        if !(1..10_000).contains(&rule.provisional_share.0) {
            return fail("provisional_share is 1 to 9999");
        }
        if !(1..=120).contains(&rule.certificate_due_months) {
            return fail("certificate_due_months is 1 to 120");
        }
        if rule.component == Component::Administration {
            return fail("administration is not claimed");
        }
        if rules.iter().take(index).any(|other| other.component == rule.component) {
            return fail("each component once");
        }
    }
    Ok(())
}

/// The amounts of a claim that were released before its final certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Released {
    /// The amount that reached the beneficiary.
    pub paid: Paise,
    /// The amount that is reserved or sanctioned but not yet sent.
    pub under_way: Paise,
    /// The part of `under_way` that this year's appropriation holds.
    pub under_way_this_year: Paise,
    /// The amount that waits in the claim: for appropriation, or again because its tranche ended.
    pub waiting: Paise,
    /// What recoveries of its payments ask, or asked and brought back, of whichever payment: also of one that the bank
    /// took back since.
    pub asked: Paise,
}

/// The balance of a final entitlement against earlier releases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// The amount that remains released.
    pub kept: Paise,
    /// The amount that was under way and is not sent, because the final entitlement is less than
    /// what was released.
    pub withdrawn: Paise,
    /// The amount still to be released.
    pub balance: Paise,
    /// The amount by which this exceeds the final entitlement, and which has to come back or came back already.
    pub receivable: Paise,
    /// The part of what recoveries ask that is part of that, once. What they ask beyond it should not have been paid at
    /// all, and is not earned again.
    pub counted: Paise,
}

impl Released {
    /// Computes the amounts that remain, are withdrawn, are still to be paid and have to come back:
    /// `entitlement + receivable = kept + balance`. `None` on overflow.
    pub fn settle(self, entitlement: Paise) -> Option<Balance> {
        let released = self.paid.checked_add(self.under_way)?;
        let granted = released.checked_add(self.waiting)?;
        let counted = self.asked.min(granted.minus_floored(entitlement));
        // Of this much the payee keeps the entitlement, once the recoveries have what they ask.
        let stands = entitlement.checked_add(counted)?;
        let (kept, withdrawn) = if stands >= released { (released, Paise::ZERO) } else { (self.paid, self.under_way) };
        let balance = stands.minus_floored(kept);
        let receivable = kept.checked_add(balance)?.minus_floored(entitlement);
        Some(Balance { kept, withdrawn, balance, receivable, counted })
    }

    /// The amount of the appropriation that a withdrawal returns.
    pub fn room_back(self, balance: Balance) -> Paise {
        if balance.withdrawn > Paise::ZERO { self.under_way_this_year } else { Paise::ZERO }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::entitlement::tests::{line, sales, whole};
    use crate::claim::entitlement::{Facts, Release, compute};
    use crate::claim::statement::Statement;
    use crate::scheme::scheme::tests::sample;

    const LARGE: i64 = 1_000_000_000_000;

    fn rule(share: i64) -> StagedRelease {
        StagedRelease {
            component: Component::SalesLinkedIncentive,
            provisional_share: BasisPoints(share),
            certificate_due_months: 9,
            basis: Basis::Assumption,
            source: "sample".into(),
        }
    }

    /// The statement of an entitlement of exactly this amount.
    fn stated(entitlement: i64, year: i64, release: Release) -> Statement {
        let mut facts = Facts {
            lines: vec![line(1_000_000, LARGE * 100)],
            amount_claimed: Paise(entitlement),
            award_room: Paise(LARGE * 10),
            component_room: Paise(LARGE * 10),
            appropriation_room: Paise(year),
            release,
            ..sales(0, 0)
        };
        facts.known.insert("capacity", whole(10_000));
        compute(&sample(), &facts).unwrap().0
    }

    #[test]
    fn a_file_says_only_what_can_be() {
        let parsed = |component: &str, share: i64, months: i64, times: usize| {
            let rule = format!(
                "\n[[staged_release]]\ncomponent = \"{component}\"\nprovisional_share = {share}\n\
                 certificate_due_months = {months}\nbasis = \"assumption\"\nsource = \"sample\"\n"
            );
            let text = include_str!("../../../config/schemes/ndfeb-2025-proposal-2.toml");
            Scheme::parse(&format!("{text}{}", rule.repeat(times))).map_err(|error| error.to_string())
        };
        let scheme = parsed("capital_subsidy", 7_500, 9, 1).unwrap();
        assert!(scheme.staged_release_of(Component::CapitalSubsidy).is_some());
        assert!(scheme.staged_release_of(Component::SalesLinkedIncentive).is_none());
        for (component, share, months, times, why) in [
            ("capital_subsidy", 0, 9, 1, "provisional_share"),
            ("capital_subsidy", 10_000, 9, 1, "provisional_share"),
            ("capital_subsidy", 7_500, 0, 1, "certificate_due_months"),
            ("capital_subsidy", 7_500, 121, 1, "certificate_due_months"),
            ("administration", 7_500, 9, 1, "administration"),
            ("capital_subsidy", 7_500, 9, 2, "once"),
        ] {
            assert!(parsed(component, share, months, times).unwrap_err().contains(why), "{why}");
        }
    }

    #[test]
    fn the_rest_of_a_share_is_withheld_to_the_paisa() {
        let statement = stated(101, LARGE, Release::Provisional(rule(7_500)));
        assert_eq!((statement.payable_paise, statement.withheld_paise), (Paise(75), Paise(26)));
        assert_eq!(statement.bound_by, Some("provisional_share".to_owned()));
        let step = &statement.caps[5];
        assert_eq!(step.formula, "75 % of ₹1.01");
        let thin = stated(101, 50, Release::Provisional(rule(7_500)));
        assert_eq!((thin.payable_paise.0, thin.deferred_paise.0, thin.withheld_paise.0), (50, 25, 26));
    }

    #[test]
    fn money_that_is_not_sent_is_withdrawn_before_anything_has_to_come_back() {
        let (paid, under_way, under_way_this_year) = (Paise(40), Paise(35), Paise(30));
        let released = Released { paid, under_way, under_way_this_year, ..Released::default() };
        let told = |entitlement| {
            let statement = stated(entitlement, 10, Release::Final(released));
            [statement.released_paise, statement.withdrawn_paise, statement.payable_paise, statement.deferred_paise]
                .map(|amount| amount.0)
                .into_iter()
                .chain([statement.receivable_paise.0])
                .collect::<Vec<_>>()
        };
        assert_eq!(told(100), [75, 0, 10, 15, 0], "the balance, as far as the year reaches");
        assert_eq!(told(75), [75, 0, 0, 0, 0], "nothing is due");
        assert_eq!(told(74), [40, 35, 34, 0, 0], "the year has 10 and the 30 that came back");
        assert_eq!(told(40), [40, 35, 0, 0, 0]);
        assert_eq!(told(39), [40, 35, 0, 0, 1]);
        assert_eq!(told(0), [40, 35, 0, 0, 40]);
    }

    proptest::proptest! {
        #[test]
        fn parts_are_the_whole_at_every_share(entitlement in 1_i64..LARGE, share in 1_i64..10_000, year in 0_i64..LARGE) {
            let statement = stated(entitlement, year, Release::Provisional(rule(share)));
            let sum = statement.payable_paise.0 + statement.deferred_paise.0 + statement.withheld_paise.0;
            proptest::prop_assert_eq!(sum, statement.entitlement_paise.0);
            let part = statement.payable_paise.0 + statement.deferred_paise.0;
            proptest::prop_assert_eq!(part, i64::try_from(i128::from(statement.entitlement_paise.0) * i128::from(share) / 10_000).unwrap());
        }

        #[test]
        fn in_the_end_exactly_the_final_entitlement_is_paid(
            provisional in 1_i64..LARGE, share in 1_i64..10_000, certified in 1_i64..LARGE, paid_share in 0_i64..=10_000,
            year in 0_i64..LARGE,
        ) {
            let first = stated(provisional, LARGE, Release::Provisional(rule(share))).payable_paise;
            let paid = first.share_rounded_down(BasisPoints(paid_share)).unwrap();
            let under_way = first.checked_sub(paid).unwrap();
            let released = Released { paid, under_way, under_way_this_year: under_way, ..Released::default() };
            let last = stated(certified, year, Release::Final(released));
            let end = last.released_paise.0 + last.payable_paise.0 + last.deferred_paise.0 - last.receivable_paise.0;
            proptest::prop_assert_eq!(end, last.entitlement_paise.0);
            proptest::prop_assert!(last.receivable_paise <= paid);
            proptest::prop_assert!(last.receivable_paise == Paise::ZERO || last.withdrawn_paise == under_way);
            proptest::prop_assert!(last.payable_paise.0 <= year + last.withdrawn_paise.0);
        }

        /// Whatever was paid, is under way and is asked back, of whichever payment: the payee ends with the final
        /// entitlement, or with what the recoveries leave of all that was released if that is less.
        #[test]
        fn what_recoveries_ask_counts_once(
            certified in 0_i64..1_000, paid in 0_i64..1_000, under_way in 0_i64..1_000, waiting in 0_i64..500,
            asked in 0_i64..1_500,
        ) {
            let granted = paid + under_way + waiting;
            let asked = asked.min(granted);
            let [paid_paise, under_way_paise, waiting, asked_paise] = [paid, under_way, waiting, asked].map(Paise);
            let released = Released {
                paid: paid_paise,
                under_way: under_way_paise,
                waiting,
                asked: asked_paise,
                ..Released::default()
            };
            let balance = released.settle(Paise(certified)).unwrap();
            let stands = balance.kept.0 + balance.balance.0;
            proptest::prop_assert_eq!(certified + balance.receivable.0, stands);
            let more_asked = balance.receivable.0 - balance.counted.0;
            proptest::prop_assert!((0..=paid).contains(&more_asked));
            let ends = stands - asked - more_asked;
            proptest::prop_assert_eq!(ends, certified.min(certified.max(granted) - asked));
            // No paisa is withdrawn that is paid again.
            proptest::prop_assert!(balance.withdrawn == Paise::ZERO || stands < paid + under_way);
        }
    }
}
