//! The amount a claim earns: a pure function of accepted facts and the scheme version, with a
//! statement that a stranger can recompute. Caps are applied in a fixed order and each says
//! whether it bit and how much room it left. Everything rounds down to the paisa.

use crate::domain::money::{BasisPoints, Paise};
use crate::domain::refusal::Refusal;
use crate::domain::scheme::{Basis, Component, Scheme};
use crate::domain::staged_release::{Balance, Released, StagedRelease};
use crate::words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// What can limit an amount, in the order of application.
    pub enum Cap {
        RatePerKg = "rate_per_kg",
        ShareOfTurnover = "share_of_turnover",
        YearlyCapacity = "yearly_capacity",
        ShareOfInvestment = "share_of_investment",
        MilestoneShare = "milestone_share",
        AwardCeiling = "award_ceiling",
        ComponentOutlay = "component_outlay",
        ProvisionalShare = "provisional_share",
        ReleasedBefore = "released_before",
        YearsAppropriation = "years_appropriation",
    }
}

/// One cap as applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CapApplied {
    pub cap: Cap,
    /// Where the scheme says so.
    pub clause: String,
    pub basis: Basis,
    /// The calculation with its numbers put in.
    pub formula: String,
    pub limit_paise: Paise,
    /// The amount before and after this cap.
    pub before_paise: Paise,
    pub after_paise: Paise,
    /// Whether it reduced the amount.
    pub binding: bool,
    /// Room left under it.
    pub headroom_paise: Paise,
}

/// Why this amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Statement {
    pub scheme_code: String,
    pub scheme_version: i64,
    pub component: Component,
    pub accepted_lines: i64,
    pub rejected_lines: i64,
    /// Accepted kilograms (sales) and amount (turnover or investment).
    pub accepted_kg: i64,
    pub accepted_amount_paise: Paise,
    pub amount_claimed_paise: Paise,
    pub caps: Vec<CapApplied>,
    pub rounding: String,
    /// Kilograms that used up yearly capacity.
    pub eligible_kg: i64,
    /// After every cap of the scheme.
    pub entitlement_paise: Paise,
    /// What was released before and stays so; zero but in a final statement.
    #[serde(default)]
    pub released_paise: Paise,
    /// What was under way and is not sent, because the final entitlement is less.
    #[serde(default)]
    pub withdrawn_paise: Paise,
    /// What has to come back: `entitlement + receivable = released + payable + deferred + withheld`.
    #[serde(default)]
    pub receivable_paise: Paise,
    /// What waits for the final certificate.
    #[serde(default)]
    pub withheld_paise: Paise,
    /// What this year's appropriation can pay now.
    pub payable_paise: Paise,
    /// What waits for appropriation.
    pub deferred_paise: Paise,
    /// The last cap that reduced the amount, if any did.
    pub bound_by: Option<Cap>,
}

/// What was accepted and what room the accounts have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub accepted_lines: i64,
    pub rejected_lines: i64,
    pub accepted_kg: i64,
    pub accepted_amount: Paise,
    pub amount_claimed: Paise,
    pub award_room: Paise,
    pub component_room: Paise,
    pub appropriation_room: Paise,
    pub kind: Kind,
    pub release: Release,
}

/// How much of the entitlement goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Release {
    Whole,
    /// On provisional papers: a share.
    Provisional(StagedRelease),
    /// On the final certificate: what was not released before.
    Final(Released),
}

/// What only one component needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The milestone's share of the award's capital ceiling.
    Capital { ceiling: Paise, milestone: String, share: BasisPoints },
    /// The awarded rate and what the performance year already used of the capacity.
    Sales { rate_per_kg: Paise, yearly_capacity_kg: i64, used_kg: i64 },
}

struct Ladder {
    amount: Paise,
    caps: Vec<CapApplied>,
}

impl Ladder {
    fn apply(&mut self, cap: Cap, basis: Basis, clause: &str, formula: String, limit: Paise) {
        let before = self.amount;
        let after = before.min(limit);
        self.caps.push(CapApplied {
            cap,
            clause: clause.to_owned(),
            basis,
            formula,
            limit_paise: limit,
            before_paise: before,
            after_paise: after,
            binding: after < before,
            headroom_paise: limit.minus_floored(after),
        });
        self.amount = after;
    }
}

/// The statement for these facts under this scheme version.
pub fn compute(scheme: &Scheme, facts: &Facts) -> Result<Statement, Refusal> {
    let mut ladder = Ladder { amount: facts.amount_claimed, caps: Vec::new() };
    let (component, eligible_kg) = match &facts.kind {
        Kind::Capital { .. } => {
            capital_caps(&mut ladder, scheme, facts).ok_or(Refusal::AmountTooLarge)?;
            (Component::CapitalSubsidy, 0)
        }
        Kind::Sales { .. } => {
            let eligible = sales_caps(&mut ladder, scheme, facts).ok_or(Refusal::AmountTooLarge)?;
            (Component::SalesLinkedIncentive, eligible)
        }
    };
    let from_ledger = Basis::Official;
    ladder.apply(
        Cap::AwardCeiling,
        from_ledger,
        "award: ceiling of the component",
        format!("{} left under the award's ceiling", facts.award_room),
        facts.award_room,
    );
    ladder.apply(
        Cap::ComponentOutlay,
        from_ledger,
        "outlay of the component",
        format!("{} of the component's outlay is not yet reserved, sanctioned or disbursed", facts.component_room),
        facts.component_room,
    );
    let entitlement = ladder.amount;
    let (withheld, balance, room) = release(&mut ladder, facts).ok_or(Refusal::AmountTooLarge)?;
    let releasable = ladder.amount;
    ladder.apply(
        Cap::YearsAppropriation,
        from_ledger,
        "appropriation of the financial year",
        format!("{room} of this year's appropriation is free"),
        room,
    );
    let payable = ladder.amount;
    let bound_by = ladder.caps.iter().rev().find(|cap| cap.binding).map(|cap| cap.cap);
    Ok(Statement {
        scheme_code: scheme.code.clone(),
        scheme_version: scheme.version,
        component,
        accepted_lines: facts.accepted_lines,
        rejected_lines: facts.rejected_lines,
        accepted_kg: facts.accepted_kg,
        accepted_amount_paise: facts.accepted_amount,
        amount_claimed_paise: facts.amount_claimed,
        caps: ladder.caps,
        rounding: "every share is rounded down to the paisa".to_owned(),
        eligible_kg,
        entitlement_paise: entitlement,
        released_paise: balance.kept,
        withdrawn_paise: balance.withdrawn,
        receivable_paise: balance.receivable,
        withheld_paise: withheld,
        payable_paise: payable,
        deferred_paise: releasable.minus_floored(payable),
        bound_by,
    })
}

/// Leaves on the ladder what may go out now. Returns what is withheld, how a final entitlement
/// stands against what was released before, and the room of the year.
fn release(ladder: &mut Ladder, facts: &Facts) -> Option<(Paise, Balance, Paise)> {
    let entitlement = ladder.amount;
    let nothing = Balance::default();
    match &facts.release {
        Release::Whole => Some((Paise::ZERO, nothing, facts.appropriation_room)),
        Release::Provisional(rule) => {
            let share = rule.provisional_share;
            ladder.apply(
                Cap::ProvisionalShare,
                rule.basis,
                "staged_release.provisional_share",
                format!("{share} of {entitlement} on provisional papers; the rest waits for the final certificate"),
                entitlement.share_rounded_down(share)?,
            );
            Some((entitlement.minus_floored(ladder.amount), nothing, facts.appropriation_room))
        }
        Release::Final(released) => {
            let balance = released.settle(entitlement)?;
            ladder.apply(
                Cap::ReleasedBefore,
                Basis::Official,
                "staged_release",
                format!("{entitlement} finally certified - {} released before", balance.kept),
                balance.balance,
            );
            let room = facts.appropriation_room.checked_add(released.room_back(balance))?;
            Some((Paise::ZERO, balance, room))
        }
    }
}

fn capital_caps(ladder: &mut Ladder, scheme: &Scheme, facts: &Facts) -> Option<()> {
    let Kind::Capital { ceiling, milestone, share } = &facts.kind else { return None };
    let rule = &scheme.capital_subsidy.investment_share;
    ladder.apply(
        Cap::ShareOfInvestment,
        rule.basis,
        "capital_subsidy.investment_share",
        format!("{} of {} accepted investment", rule.basis_points, facts.accepted_amount),
        facts.accepted_amount.share_rounded_down(rule.basis_points)?,
    );
    let basis =
        scheme.milestones.iter().find(|rule| &rule.code == milestone).map_or(Basis::Assumption, |rule| rule.basis);
    ladder.apply(
        Cap::MilestoneShare,
        basis,
        "milestones.capital_share",
        format!("{share} of the capital ceiling {ceiling} on milestone {milestone}"),
        ceiling.share_rounded_down(*share)?,
    );
    Some(())
}

fn sales_caps(ladder: &mut Ladder, scheme: &Scheme, facts: &Facts) -> Option<i64> {
    let Kind::Sales { rate_per_kg, yearly_capacity_kg, used_kg } = &facts.kind else { return None };
    let rules = &scheme.sales_linked_incentive;
    let rate = (*rate_per_kg).min(rules.rate_ceiling_per_kg.paise());
    ladder.apply(
        Cap::RatePerKg,
        rules.rate_ceiling_per_kg.basis,
        "sales_linked_incentive.rate_ceiling_per_kg",
        format!(
            "{} kg accepted x {rate} per kg awarded (ceiling {})",
            facts.accepted_kg,
            rules.rate_ceiling_per_kg.paise()
        ),
        rate.times(facts.accepted_kg)?,
    );
    ladder.apply(
        Cap::ShareOfTurnover,
        rules.turnover_share.basis,
        "sales_linked_incentive.turnover_share",
        format!("{} of {} net sales turnover", rules.turnover_share.basis_points, facts.accepted_amount),
        facts.accepted_amount.share_rounded_down(rules.turnover_share.basis_points)?,
    );
    let room_kg = (yearly_capacity_kg - used_kg).max(0);
    let eligible_kg = facts.accepted_kg.min(room_kg);
    ladder.apply(
        Cap::YearlyCapacity,
        Basis::Official,
        "award: capacity a year",
        format!(
            "({yearly_capacity_kg} kg awarded - {used_kg} kg already used in the performance year) x {rate} per kg"
        ),
        rate.times(room_kg)?,
    );
    Some(eligible_kg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::scheme::tests::sample;

    const PLENTY: Paise = Paise(1_000_000_000_000_000);

    fn sales(kg: i64, turnover: i64) -> Facts {
        Facts {
            accepted_lines: 1,
            rejected_lines: 0,
            accepted_kg: kg,
            accepted_amount: Paise(turnover),
            amount_claimed: PLENTY,
            award_room: PLENTY,
            component_room: PLENTY,
            appropriation_room: PLENTY,
            kind: Kind::Sales { rate_per_kg: Paise(160_000), yearly_capacity_kg: 750_000, used_kg: 0 },
            release: Release::Whole,
        }
    }

    fn capital(investment: i64) -> Facts {
        let kind = Kind::Capital {
            ceiling: Paise(65_000_000_000),
            milestone: "commissioning".into(),
            share: BasisPoints(4_000),
        };
        Facts { kind, accepted_kg: 0, accepted_amount: Paise(investment), ..sales(0, 0) }
    }

    fn result(facts: &Facts) -> (i64, Option<Cap>) {
        let statement = compute(&sample(), facts).unwrap();
        (statement.payable_paise.0, statement.bound_by)
    }

    #[test]
    fn each_cap_of_sales_can_bite() {
        // Rs 1,600 x 1,000 kg against 40 % of turnover: the rate bites above Rs 4,000 per kg sold.
        assert_eq!(result(&sales(1_000, 500_000_000)), (160_000_000, Some(Cap::RatePerKg)));
        assert_eq!(result(&sales(1_000, 400_000_000)), (160_000_000, Some(Cap::RatePerKg)));
        assert_eq!(result(&sales(1_000, 399_999_999)), (159_999_999, Some(Cap::ShareOfTurnover)));
        assert_eq!(result(&sales(750_001, PLENTY.0)), (120_000_000_000, Some(Cap::YearlyCapacity)));
        assert_eq!(result(&Facts { amount_claimed: Paise(7), ..sales(1_000, 500_000_000) }), (7, None));
        assert_eq!(result(&Facts { award_room: Paise(9), ..sales(1_000, 500_000_000) }), (9, Some(Cap::AwardCeiling)));
        assert_eq!(
            result(&Facts { component_room: Paise(8), ..sales(1_000, 500_000_000) }),
            (8, Some(Cap::ComponentOutlay))
        );
    }

    #[test]
    fn a_thin_year_defers_and_does_not_forfeit() {
        let thin = Facts { appropriation_room: Paise(100_000_000), ..sales(1_000, 500_000_000) };
        let statement = compute(&sample(), &thin).unwrap();
        assert_eq!(
            (statement.entitlement_paise, statement.payable_paise, statement.deferred_paise),
            (Paise(160_000_000), Paise(100_000_000), Paise(60_000_000))
        );
        assert_eq!(statement.bound_by, Some(Cap::YearsAppropriation));
    }

    #[test]
    fn capital_follows_investment_then_milestone() {
        assert_eq!(result(&capital(10_000_000_000)), (1_500_000_000, Some(Cap::ShareOfInvestment)));
        assert_eq!(result(&capital(900_000_000_000)), (26_000_000_000, Some(Cap::MilestoneShare)));
    }

    proptest::proptest! {
        #[test]
        fn never_above_any_cap_and_monotone_in_quantity(
            kg in 0_i64..2_000_000, more in 0_i64..1_000, turnover in 0_i64..LARGE, used in 0_i64..800_000,
            award in 0_i64..LARGE, year in 0_i64..LARGE, claimed in 1_i64..LARGE,
        ) {
            let facts = |kg| Facts {
                amount_claimed: Paise(claimed), award_room: Paise(award), appropriation_room: Paise(year),
                kind: Kind::Sales { rate_per_kg: Paise(150_000), yearly_capacity_kg: 750_000, used_kg: used },
                ..sales(kg, turnover)
            };
            let statement = compute(&sample(), &facts(kg)).unwrap();
            for cap in &statement.caps {
                proptest::prop_assert!(statement.payable_paise <= cap.limit_paise, "{:?}", cap);
                proptest::prop_assert_eq!(cap.after_paise, cap.before_paise.min(cap.limit_paise));
            }
            proptest::prop_assert_eq!(statement.payable_paise.0 + statement.deferred_paise.0, statement.entitlement_paise.0);
            let larger = compute(&sample(), &facts(kg + more)).unwrap();
            proptest::prop_assert!(larger.payable_paise >= statement.payable_paise);
        }
    }

    const LARGE: i64 = 1_000_000_000_000;
}
