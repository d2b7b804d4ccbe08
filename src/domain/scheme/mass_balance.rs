//! The mass balance of a claim for sales: the material that came in, what was made of it, and the
//! most kilograms of magnets that this explains. Kilograms above that are held: they do not count,
//! latest invoices first; the rest of the claim proceeds. Materials add up over time: a claim opens with no more than
//! the claim before it left (`claim/material_chain.rs`).

use crate::base::field::FieldErrors;
use crate::base::field_reason::FieldReason;
use crate::base::id::EvidenceId;
use crate::scheme::bad_scheme::BadScheme;
use crate::scheme::rules::exact::Exact;
use crate::scheme::rules::figure::Title;
use crate::scheme::rules::names::Value;
use crate::scheme::rules::rule::Rule;
use crate::scheme::scheme::{Basis, ShareFigure};
use crate::words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The code of the rule by which kilograms are held.
pub const CODE: &str = "mass_balance";

const MOST_KG: i64 = 1_000_000_000;

words! {
    /// The materials of the value chain, from oxide to magnet.
    pub enum Material {
        Oxide = "oxide",
        Metal = "metal",
        Alloy = "alloy",
        Magnet = "magnet",
    }
}

/// A step of the chain: how much of one material can be made of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BalanceStep {
    pub from: Material,
    pub to: Material,
    /// The best yield, in basis points of the input; alloying adds iron, so it can exceed 10,000.
    pub best_yield: ShareFigure,
    /// The tolerance for weighing and sampling, added to that.
    pub tolerance: ShareFigure,
}

/// The mass balance rules of a scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MassBalanceRules {
    pub clause: String,
    pub basis: Basis,
    pub source: String,
    /// The steps from the first material to magnets, each starting where the previous one ended.
    pub steps: Vec<BalanceStep>,
}

/// One material in the period of the claim, in whole kilograms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MaterialRow {
    pub material: Material,
    pub opening_kg: i64,
    /// Bought, for the first material; made, for the others.
    pub in_kg: i64,
    /// Left as scrap.
    pub scrap_kg: i64,
    pub closing_kg: i64,
    /// The evidence file that proves it.
    pub evidence_id: EvidenceId,
}

/// The mass balance as a claim states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MassBalance {
    /// Each material of the scheme once, in any order.
    pub materials: Vec<MaterialRow>,
    /// Magnets that left the plant, claimed or not.
    pub dispatched_kg: i64,
    /// The certificate of the stocks on the first day, for the first claim of an award that opens with some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening_evidence_id: Option<EvidenceId>,
}

macro_rules! names_of {
    ($material:literal) => {
        [
            concat!($material, "_opening_kg"),
            concat!($material, "_in_kg"),
            concat!($material, "_scrap_kg"),
            concat!($material, "_closing_kg"),
            concat!($material, "_before_kg"),
            concat!($material, "_after_kg"),
        ]
    };
}

/// The names of a material's figures in rules: four that the claim states, what the claim before it left, and with
/// what the claim after it opened.
pub(super) fn names(material: Material) -> [&'static str; 6] {
    match material {
        Material::Oxide => names_of!("oxide"),
        Material::Metal => names_of!("metal"),
        Material::Alloy => names_of!("alloy"),
        Material::Magnet => names_of!("magnet"),
    }
}

/// The names in rules of the kilograms on accepted lines and of all magnets that left the plant.
pub const ACCEPTED: &str = "accepted_kg";
pub(super) const DISPATCHED: &str = "dispatched_kg";
/// The magnets that left the plant by another claim for the same days, which this one supplements.
pub(super) const DISPATCHED_BEFORE: &str = "dispatched_before_kg";

/// What other claims say of one material.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beside {
    pub material: Material,
    /// What the claim before left: the opening stock counts up to it.
    pub before_kg: i64,
    /// With what the claim after opened: the closing stock is at least that.
    pub after_kg: i64,
}

/// What other claims say, by its names in rules. `dispatched_kg` is what left the plant by a claim for the same days.
pub fn figures_beside(materials: &[Beside], dispatched_kg: i64) -> Vec<(&'static str, i64)> {
    let of_material = |beside: &Beside| {
        let [.., before, after] = names(beside.material);
        [(before, beside.before_kg), (after, beside.after_kg)]
    };
    materials.iter().flat_map(of_material).chain([(DISPATCHED_BEFORE, dispatched_kg)]).collect()
}

/// Whether a name is one of those: its value is what other claims said when the claim was verified.
pub fn is_beside(name: &str) -> bool {
    let of_material = |material: &Material| names(*material).iter().skip(4).any(|own| *own == name);
    name == DISPATCHED_BEFORE || Material::ALL.iter().any(of_material)
}

impl BalanceStep {
    fn figure(&self, what: &str) -> String {
        format!("{}_to_{}_{what}", self.from, self.to)
    }
}

impl MassBalanceRules {
    /// The materials in the order of the chain.
    pub fn materials(&self) -> Vec<Material> {
        let first = self.steps.first().map(|step| step.from);
        first.into_iter().chain(self.steps.iter().map(|step| step.to)).collect()
    }

    /// Checks this section of a scheme file; the error names the key and the reason.
    pub fn check(&self) -> Result<(), BadScheme> {
        let fail = |key: &str, why: &str| Err(BadScheme::new(key, why));
        let materials = self.materials();
        let joined = self.steps.windows(2).all(|pair| pair[0].to == pair[1].from);
        let once = materials.iter().enumerate().all(|(index, one)| !materials.iter().take(index).any(|two| two == one));
        if !joined || !once || materials.last() != Some(&Material::Magnet) {
            return fail("mass_balance.steps", "each step starts where the one before ended, the last makes magnets");
        }
        for (index, step) in self.steps.iter().enumerate() {
            let at = |field: &str| format!("mass_balance.steps.{index}.{field}");
            if !(1..=100_000).contains(&step.best_yield.basis_points.0) {
                return fail(&at("best_yield"), "1 to 100000 basis points");
            }
            if !(0..=10_000).contains(&step.tolerance.basis_points.0) {
                return fail(&at("tolerance"), "0 to 10000 basis points");
            }
        }
        Ok(())
    }

    /// Its figures by their names in rules.
    pub fn figures(&self) -> impl Iterator<Item = (String, &ShareFigure)> {
        self.steps
            .iter()
            .flat_map(|step| [(step.figure("yield"), &step.best_yield), (step.figure("tolerance"), &step.tolerance)])
    }

    /// The names of the figures that claims state, of what other claims say of them, and of the sum over the accepted
    /// lines; all in kilograms.
    pub fn claim_names(&self) -> Vec<&'static str> {
        let own = [DISPATCHED, DISPATCHED_BEFORE, ACCEPTED];
        self.materials().into_iter().flat_map(names).chain(own).collect()
    }

    /// Facts that explain these kilograms of magnets with a large margin: enough of every material
    /// came in.
    pub fn explaining(&self, magnets_kg: i64) -> Vec<(&'static str, Value)> {
        let whole = |kg: i64| Value::Number(Exact::whole(kg));
        let mut facts = vec![(DISPATCHED, whole(magnets_kg)), (DISPATCHED_BEFORE, whole(0))];
        for [opening, came_in, scrap, closing, before, after] in self.materials().into_iter().map(names) {
            let nothing = [opening, scrap, closing, before, after].map(|name| (name, whole(0)));
            facts.extend(nothing);
            facts.push((came_in, whole(MOST_KG)));
        }
        facts
    }

    /// The rule for the quantity that counts: magnets that the chain explains, less those that left
    /// unclaimed. What is in stock is in stock once: it is opened with no more than the claim before left, and what the
    /// claim after opened with is still there.
    pub fn rule(&self) -> Rule {
        let left = |material: Material, came_in: &str| {
            let [opening, _, scrap, closing, before, after] = names(material);
            format!("max(min({opening}, {before}) + {came_in} - {scrap} - max({closing}, {after}), 0)")
        };
        let mut explained = String::new();
        for step in &self.steps {
            let [_, came_in, ..] = names(step.from);
            let came_in = if explained.is_empty() { came_in } else { &explained };
            let (used, [_, made, ..]) = (left(step.from, came_in), names(step.to));
            let (share, tolerance) = (step.figure("yield"), step.figure("tolerance"));
            explained = format!("min({made}, {used} * {share} * (1 + {tolerance}))");
        }
        let magnets = left(Material::Magnet, &explained);
        Rule {
            code: CODE.to_owned(),
            title: Title {
                en: "Held: not explained by the mass balance".to_owned(),
                hi: "रोकी गई मात्रा: द्रव्यमान संतुलन से सिद्ध नहीं".to_owned(),
            },
            when: None,
            quantity_kg: Some(format!("{magnets} - max(max({DISPATCHED}, {DISPATCHED_BEFORE}) - {ACCEPTED}, 0)")),
            amount_paise: None,
            clause: self.clause.clone(),
            basis: self.basis,
            source: self.source.clone(),
        }
    }
}

impl MassBalance {
    /// Reports rows that are missing, repeated or not valid, for a claim of this many kilograms.
    pub fn check(&self, errors: &mut FieldErrors, rules: &MassBalanceRules, claimed_kg: i64) {
        let asked = rules.materials();
        let known: Vec<&str> = asked.iter().map(|material| material.as_str()).collect();
        let rows = "/mass_balance/materials";
        for (index, row) in self.materials.iter().enumerate().take(Material::ALL.len() + 1) {
            let at = |field: &str| format!("{rows}/{index}/{field}");
            let once = !self.materials.iter().take(index).any(|earlier| earlier.material == row.material);
            let fits = once && asked.contains(&row.material);
            errors.require(fits, at("material"), FieldReason::MaterialsOnce { materials: known.join(", ") });
            let kilograms = [row.opening_kg, row.in_kg, row.scrap_kg, row.closing_kg];
            for (field, kg) in ["opening_kg", "in_kg", "scrap_kg", "closing_kg"].into_iter().zip(kilograms) {
                errors.require(kg >= 0, at(field), FieldReason::WholeKgNotNegative);
                errors.require(kg <= MOST_KG, at(field), FieldReason::AtMost { most: MOST_KG, what: "kg" });
            }
        }
        errors.require(
            self.materials.len() == asked.len(),
            rows,
            FieldReason::MaterialsOnce { materials: known.join(", ") },
        );
        let whole = (claimed_kg..=MOST_KG.max(claimed_kg)).contains(&self.dispatched_kg);
        errors.require(whole, "/mass_balance/dispatched_kg", FieldReason::KgOfLines);
    }

    /// Its figures by their names in rules, with the evidence file that proves each.
    pub fn figures(&self) -> impl Iterator<Item = (&'static str, i64, Option<EvidenceId>)> {
        let rows = self.materials.iter().flat_map(|row| {
            let kilograms = [row.opening_kg, row.in_kg, row.scrap_kg, row.closing_kg];
            names(row.material).into_iter().zip(kilograms).map(|(name, kg)| (name, kg, Some(row.evidence_id)))
        });
        rows.chain([(DISPATCHED, self.dispatched_kg, None)])
    }

    /// The row of a material.
    pub fn row(&self, of: Material) -> Option<&MaterialRow> {
        self.materials.iter().find(|row| row.material == of)
    }

    /// The stocks that the certificate of the first day shows, by their names in rules, with its file.
    pub fn certified(&self) -> impl Iterator<Item = (&'static str, i64, Option<EvidenceId>)> {
        let file = self.opening_evidence_id;
        let rows = self.materials.iter().filter(move |_| file.is_some());
        rows.map(move |row| {
            let [.., before, _] = names(row.material);
            (before, row.opening_kg, file)
        })
    }

    /// The evidence files of its rows, and the certificate of the first day.
    pub fn evidence(&self) -> impl Iterator<Item = EvidenceId> {
        self.materials.iter().map(|row| row.evidence_id).chain(self.opening_evidence_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::counted_lines::LineFacts;
    use crate::claim::entitlement::Facts;
    use crate::claim::entitlement::compute;
    use crate::claim::entitlement::tests::{day, line, sales};
    use crate::scheme::scheme::Scheme;
    use crate::scheme::scheme::tests::TEXT;

    const SECTION: &str = r#"
[mass_balance]
clause = "sample"
basis = "assumption"
source = "sample of a test"
[[mass_balance.steps]]
from = "oxide"
to = "metal"
best_yield = { basis_points = 8500, basis = "assumption", source = "sample of a test" }
tolerance = { basis_points = 200, basis = "assumption", source = "sample of a test" }
[[mass_balance.steps]]
from = "metal"
to = "magnet"
best_yield = { basis_points = 26400, basis = "assumption", source = "sample of a test" }
tolerance = { basis_points = 0, basis = "assumption", source = "sample of a test" }
"#;

    fn scheme() -> Scheme {
        Scheme::parse(&format!("{TEXT}{SECTION}")).unwrap()
    }

    /// Oxide in, metal made, magnets made; all of them sold.
    fn facts(oxide: i64, metal: i64, magnets: i64, dispatched: i64) -> Facts<'static> {
        let mut facts = sales(magnets, magnets * 500_000);
        let row = |material, in_kg| MaterialRow {
            material,
            opening_kg: 0,
            in_kg,
            scrap_kg: 0,
            closing_kg: 0,
            evidence_id: EvidenceId(uuid::Uuid::nil()),
        };
        let materials = vec![row(Material::Magnet, magnets), row(Material::Oxide, oxide), row(Material::Metal, metal)];
        let balance = MassBalance { materials, dispatched_kg: dispatched, opening_evidence_id: None };
        facts.known.extend(balance.figures().map(|(name, kg, _)| (name, Value::Number(Exact::whole(kg)))));
        let alone = Material::ALL.iter().map(|material| Beside { material: *material, before_kg: 0, after_kg: 0 });
        let beside = figures_beside(&alone.collect::<Vec<_>>(), 0);
        facts.known.extend(beside.into_iter().map(|(name, kg)| (name, Value::Number(Exact::whole(kg)))));
        facts
    }

    fn held(facts: &Facts<'_>) -> i64 {
        compute(&scheme(), facts).unwrap().0.held_kg()
    }

    #[test]
    fn the_rule_says_what_the_chain_explains() {
        let rule = scheme().mass_balance.unwrap().rule();
        assert_eq!(
            rule.quantity_kg.unwrap(),
            "max(min(magnet_opening_kg, magnet_before_kg) + min(magnet_in_kg, max(min(metal_opening_kg, \
             metal_before_kg) + min(metal_in_kg, max(min(oxide_opening_kg, oxide_before_kg) + oxide_in_kg - \
             oxide_scrap_kg - max(oxide_closing_kg, oxide_after_kg), 0) * oxide_to_metal_yield * (1 + \
             oxide_to_metal_tolerance)) - metal_scrap_kg - max(metal_closing_kg, metal_after_kg), 0) * \
             metal_to_magnet_yield * (1 + metal_to_magnet_tolerance)) - magnet_scrap_kg - max(magnet_closing_kg, \
             magnet_after_kg), 0) - max(max(dispatched_kg, dispatched_before_kg) - accepted_kg, 0)"
        );
    }

    #[test]
    fn what_lies_above_the_band_is_held_to_the_kilogram() {
        // 1,000 kg of oxide make at most 867 kg of metal, and those 2,288.88 kg of magnets.
        assert_eq!(held(&facts(1_000, 867, 2_288, 2_288)), 0, "the top of the band");
        assert_eq!(held(&facts(1_000, 867, 2_289, 2_289)), 1);
        assert_eq!(held(&facts(1_000, 2_000, 2_632, 2_632)), 344, "metal from nowhere explains nothing");
        assert_eq!(held(&facts(1_000, 850, 2_300, 2_300)), 56, "metal that was not made neither");
        assert_eq!(held(&facts(1_000, 867, 2_288, 2_388)), 100, "what left unclaimed took its share");
        let mut early = facts(1_000, 867, 2_289, 2_289);
        let first = LineFacts { line: 2, invoice_date: day("2028-05-31"), ..line(1_289, 500_000) };
        early.lines = vec![line(1_000, 500_000), first];
        let (_, counted) = compute(&scheme(), &early).unwrap();
        assert_eq!([counted[0].counted_kg, counted[1].counted_kg], [999, 1_289], "the latest invoice first");
    }

    #[test]
    fn a_wrong_section_is_named() {
        let wrong = |from: &str, to: &str| {
            let changed = SECTION.replacen(from, to, 1);
            assert_ne!(changed, SECTION, "{from}");
            Scheme::parse(&format!("{TEXT}{changed}")).unwrap_err().to_string()
        };
        assert!(wrong("to = \"magnet\"", "to = \"alloy\"").contains("mass_balance.steps"));
        assert!(wrong("to = \"metal\"", "to = \"alloy\"").contains("mass_balance.steps"));
        assert!(wrong("8500", "0").contains("mass_balance.steps.0.best_yield"));
        assert!(wrong("basis_points = 0", "basis_points = -1").contains("mass_balance.steps.1.tolerance"));
        assert!(wrong("clause", "claus").contains("claus"));
    }

    proptest::proptest! {
        #[test]
        fn more_material_never_holds_more(
            oxide in 0_i64..3_000, more in 0_i64..500, metal in 0_i64..3_000, magnets in 1_i64..8_000, beside in 0_i64..500,
        ) {
            let dispatched = magnets + beside;
            let (less, least) = (held(&facts(oxide + more, metal, magnets, dispatched)), held(&facts(oxide, metal, magnets, dispatched)));
            proptest::prop_assert!(less <= least && (0..=magnets).contains(&least));
            let bound = (oxide * 867 / 1_000).min(metal) * 264 / 100;
            proptest::prop_assert!(magnets - least <= bound.max(0) + 3, "{} of {bound}", magnets - least);
        }
    }
}
