//! What a mass balance shows, step by step and material by material: what was made and what can have been made of it,
//! what of the opening stock counts, and what is left for the claim after it.

use crate::scheme::mass_balance::{DISPATCHED, DISPATCHED_BEFORE, MassBalanceRules, Material, names};
use crate::scheme::rules::exact::{Exact, NoNumber};
use crate::scheme::rules::names::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The most that a step explains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StepFinding {
    pub from: Material,
    pub to: Material,
    /// The quantity of the first material that was used up, as far as it is explained.
    pub used_kg: i64,
    /// The most that can have been made of it, at the top of the band.
    pub most_kg: i64,
    pub made_kg: i64,
    /// The quantity above the band.
    pub unexplained_kg: i64,
}

/// The stocks of a material in a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockFinding {
    pub material: Material,
    /// The opening stock, as the claim states it.
    pub opening_kg: i64,
    /// What the claim before left; for the first claim, what its certificate shows.
    pub before_kg: i64,
    /// The opening stock above that. It explains no magnets.
    pub gap_kg: i64,
    /// The closing stock as far as materials explain it. The claim after opens with no more.
    pub left_kg: i64,
}

impl StockFinding {
    /// The opening stock that counts.
    pub fn counted_kg(&self) -> i64 {
        self.opening_kg.saturating_sub(self.gap_kg)
    }
}

/// What a mass balance shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BalanceFindings {
    pub steps: Vec<StepFinding>,
    pub stocks: Vec<StockFinding>,
}

impl MassBalanceRules {
    /// The quantity made in each step with the most that can have been made, and the stocks of each material, for a
    /// claim of which these kilograms are accepted.
    pub fn findings(
        &self,
        known: &BTreeMap<&'static str, Value>,
        accepted_kg: i64,
    ) -> Result<BalanceFindings, NoNumber> {
        let number = |name: &str| match known.get(name) {
            Some(Value::Number(number)) => *number,
            _ => Exact::ZERO,
        };
        let dispatched = number(DISPATCHED).max(number(DISPATCHED_BEFORE));
        let unclaimed = dispatched.minus(Exact::whole(accepted_kg))?.max(Exact::ZERO);
        let mut explained: Option<Exact> = None;
        let mut found = BalanceFindings::default();
        for material in self.materials() {
            let [opening, came_in, scrap, closing, before, after] = names(material).map(number);
            let counted = opening.min(before);
            let there = counted.plus(explained.unwrap_or(came_in))?.minus(scrap)?;
            let closing = closing.max(after);
            let step = self.steps.iter().find(|step| step.from == material);
            // Magnets that left the plant without being claimed are not in stock.
            let gone = if step.is_some() { Exact::ZERO } else { unclaimed };
            found.stocks.push(StockFinding {
                material,
                opening_kg: opening.rounded_down()?,
                before_kg: before.rounded_down()?,
                gap_kg: opening.minus(counted)?.rounded_down()?,
                left_kg: there.minus(gone)?.max(Exact::ZERO).min(closing).rounded_down()?,
            });
            let Some(step) = step else { continue };
            let used = there.minus(closing)?.max(Exact::ZERO);
            let share = Exact::ratio(step.best_yield.basis_points.0, 10_000)?;
            let above = Exact::ratio(10_000 + step.tolerance.basis_points.0, 10_000)?;
            let most = used.times(share)?.times(above)?;
            let made = number(names(step.to)[1]);
            explained = Some(made.min(most));
            let (most_kg, made_kg) = (most.rounded_down()?, made.rounded_down()?);
            found.steps.push(StepFinding {
                from: step.from,
                to: step.to,
                used_kg: used.rounded_down()?,
                most_kg,
                made_kg,
                unexplained_kg: (made_kg - most_kg).max(0),
            });
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::money::BasisPoints;
    use crate::scheme::mass_balance::{BalanceStep, Beside, figures_beside};
    use crate::scheme::scheme::{Basis, ShareFigure};

    fn rules() -> MassBalanceRules {
        let share = |points| ShareFigure {
            basis_points: BasisPoints(points),
            basis: Basis::Assumption,
            source: "sample of a test".to_owned(),
        };
        let step = |from, to, points, tolerance| BalanceStep {
            from,
            to,
            best_yield: share(points),
            tolerance: share(tolerance),
        };
        MassBalanceRules {
            clause: "sample".to_owned(),
            basis: Basis::Assumption,
            source: "sample of a test".to_owned(),
            steps: vec![
                step(Material::Oxide, Material::Metal, 8_500, 200),
                step(Material::Metal, Material::Magnet, 26_400, 0),
            ],
        }
    }

    /// For oxide, metal and magnets: opening, in, scrap and closing; what the claim before left and the one after
    /// opened with.
    fn findings(stated: [[i64; 4]; 3], beside: [(i64, i64); 3], dispatched: i64, accepted: i64) -> BalanceFindings {
        let materials = [Material::Oxide, Material::Metal, Material::Magnet];
        let rows = materials.iter().zip(stated).flat_map(|(material, kg)| names(*material).into_iter().zip(kg));
        let others = materials.iter().zip(beside).map(|(material, (before_kg, after_kg))| Beside {
            material: *material,
            before_kg,
            after_kg,
        });
        let others = figures_beside(&others.collect::<Vec<_>>(), 0);
        let known = rows.chain(others).chain([(DISPATCHED, dispatched)]);
        let known = known.map(|(name, kg)| (name, Value::Number(Exact::whole(kg)))).collect();
        rules().findings(&known, accepted).unwrap()
    }

    fn stocks(found: &BalanceFindings) -> Vec<[i64; 3]> {
        found.stocks.iter().map(|stock| [stock.counted_kg(), stock.gap_kg, stock.left_kg]).collect()
    }

    #[test]
    fn findings_name_the_step() {
        let found = findings([[0, 1_000, 0, 0], [0, 997, 0, 0], [0, 2_632, 0, 0]], [(0, 0); 3], 2_632, 2_632);
        let step = |from, to, used_kg, most_kg: i64, made_kg: i64| {
            let unexplained_kg = (made_kg - most_kg).max(0);
            StepFinding { from, to, used_kg, most_kg, made_kg, unexplained_kg }
        };
        let expected = [
            step(Material::Oxide, Material::Metal, 1_000, 867, 997),
            step(Material::Metal, Material::Magnet, 867, 2_288, 2_632),
        ];
        assert_eq!(found.steps, expected);
    }

    #[test]
    fn an_opening_stock_counts_as_far_as_the_claim_before_left_it() {
        let rows = [[500, 0, 0, 100], [0, 0, 0, 0], [20_000, 0, 0, 50]];
        let found = findings(rows, [(300, 0), (7, 0), (0, 0)], 0, 0);
        assert_eq!(stocks(&found), [[300, 200, 100], [0, 0, 0], [0, 20_000, 0]]);
        assert_eq!(found.steps[0].used_kg, 200);
        let known = findings(rows, [(500, 0), (0, 0), (20_000, 0)], 0, 0);
        assert_eq!(stocks(&known), [[500, 0, 100], [0, 0, 0], [20_000, 0, 50]]);
    }

    #[test]
    fn what_the_claim_after_opened_with_was_not_used() {
        let found = findings([[0, 1_000, 0, 0], [0, 500, 0, 0], [0, 9, 0, 0]], [(0, 400), (0, 100), (0, 0)], 9, 9);
        assert_eq!(found.steps[0].used_kg, 600);
        assert_eq!(found.steps[1].used_kg, 400);
        assert_eq!(stocks(&found), [[0, 0, 400], [0, 0, 100], [0, 0, 0]]);
    }

    #[test]
    fn nothing_is_left_of_what_never_came_in() {
        // Metal from nowhere, and magnets of which some left unclaimed.
        let found =
            findings([[0, 0, 0, 0], [0, 20_000, 0, 20_000], [0, 900, 0, 900]], [(0, 0), (0, 0), (0, 0)], 100, 0);
        assert_eq!(stocks(&found), [[0, 0, 0], [0, 0, 0], [0, 0, 0]]);
        let found = findings([[0, 1_000, 0, 0], [0, 867, 0, 0], [0, 2_288, 0, 900]], [(0, 0); 3], 1_500, 1_000);
        assert_eq!(found.stocks[2].left_kg, 900, "500 of 2,288 left unclaimed");
        let found = findings([[0, 1_000, 0, 0], [0, 867, 0, 0], [0, 2_288, 0, 900]], [(0, 0); 3], 2_600, 1_000);
        assert_eq!(found.stocks[2].left_kg, 688, "1,600 of 2,288 left unclaimed");
    }

    proptest::proptest! {
        #[test]
        fn what_is_made_and_what_is_left_were_there(
            oxide in proptest::array::uniform4(0_i64..3_000), metal in proptest::array::uniform4(0_i64..3_000),
            before in (0_i64..3_000, 0_i64..3_000), after in (0_i64..3_000, 0_i64..3_000),
        ) {
            let beside = [(before.0, after.0), (before.1, after.1), (0, 0)];
            let found = findings([oxide, metal, [0, 9_000, 0, 0]], beside, 0, 0);
            for (index, in_kg) in [(0, oxide[1]), (1, metal[1])] {
                let (stock, used) = (&found.stocks[index], found.steps[index].used_kg);
                proptest::prop_assert!(stock.counted_kg() <= stock.before_kg && stock.left_kg >= 0);
                proptest::prop_assert!(used + stock.left_kg <= stock.counted_kg() + in_kg);
            }
        }
    }
}
