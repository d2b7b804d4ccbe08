//! The value chain from raw material to finished product: its stages, which each scheme names, and
//! figures by stage such as installed capacity.

use crate::base::argument::Code;
use crate::base::field::FieldErrors;
use crate::base::field_reason::FieldReason;
use crate::base::money::BasisPoints;
use crate::base::refusal::Refusal;
use crate::scheme::bad_scheme::BadScheme;
use crate::scheme::scheme::Basis;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use utoipa::ToSchema;

const LONGEST_STAGE: usize = 40;
/// The largest number of stages of a chain.
pub const MOST_STAGES: usize = 20;

/// One stage of the value chain by its code, a lower-case word such as `oxide_to_metal`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "oxide_to_metal")]
pub struct ChainStage(String);

impl ChainStage {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChainStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ChainStage {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let starts = text.starts_with(|first: char| first.is_ascii_lowercase());
        let word = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if starts && word && text.len() <= LONGEST_STAGE {
            Ok(ChainStage(text))
        } else {
            Err(format!("a stage is a code such as oxide_to_metal: a-z, 0-9 and _, at most {LONGEST_STAGE} characters"))
        }
    }
}

impl From<ChainStage> for String {
    fn from(stage: ChainStage) -> String {
        stage.0
    }
}

impl FromStr for ChainStage {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        text.to_owned().try_into()
    }
}

/// A value for each of some stages, in the order in which they were named. Serialised as an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByStage<T>(Vec<(ChainStage, T)>);

impl<T> Default for ByStage<T> {
    fn default() -> Self {
        ByStage(Vec::new())
    }
}

impl<T> ByStage<T> {
    /// The value of a stage; `None` if it is not named.
    pub fn get(&self, stage: &ChainStage) -> Option<&T> {
        self.iter().find(|(named, _)| *named == stage).map(|(_, value)| value)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&ChainStage, &T)> {
        self.0.iter().map(|(stage, value)| (stage, value))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sorts the stages into the order of the chain; stages it does not have come last.
    pub fn put_in_order(&mut self, chain: &[ChainStage]) {
        self.0.sort_by_key(|(stage, _)| chain.iter().position(|known| known == stage).unwrap_or(chain.len()));
    }
}

impl<T> FromIterator<(ChainStage, T)> for ByStage<T> {
    fn from_iter<I: IntoIterator<Item = (ChainStage, T)>>(pairs: I) -> Self {
        ByStage(pairs.into_iter().collect())
    }
}

impl<T: Serialize> Serialize for ByStage<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// Refuses a stage that is named twice, where a plain map would silently take the last value.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for ByStage<T> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct Stages<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Stages<T> {
            type Value = ByStage<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("stages of the chain with a number each")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut stages: A) -> Result<Self::Value, A::Error> {
                let mut read = ByStage::default();
                while let Some((stage, value)) = stages.next_entry::<ChainStage, T>()? {
                    if read.get(&stage).is_some() {
                        return Err(A::Error::custom(format!("duplicate field `{stage}`")));
                    }
                    if read.0.len() == MOST_STAGES {
                        return Err(A::Error::custom(format!("at most {MOST_STAGES} stages")));
                    }
                    read.0.push((stage, value));
                }
                Ok(read)
            }
        }

        source.deserialize_map(Stages(PhantomData))
    }
}

/// The stages that a beneficiary must cover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    pub stages: Vec<ChainStage>,
    pub basis: Basis,
    pub source: String,
    /// The magnet that a tonne of a stage's output supports; the output of a stage without a figure
    /// is stated in tonnes of magnet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supports: Vec<StageSupport>,
}

/// The quantity of finished product that one tonne of a stage's output supports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StageSupport {
    pub stage: ChainStage,
    pub magnet_kg_per_tonne: i64,
    pub basis: Basis,
    pub source: String,
}

impl Chain {
    fn magnet_kg_per_tonne(&self, stage: &ChainStage) -> i64 {
        self.supports.iter().find(|one| one.stage == *stage).map_or(KG_PER_TONNE, |one| one.magnet_kg_per_tonne)
    }

    /// The capacity of a stage that must be installed for a share of a capacity in magnets, in
    /// tonnes a year of the stage's own output. Rounded up, so that it is never less than agreed.
    pub fn needed_mtpa(&self, stage: &ChainStage, capacity_mtpa: i64, share: BasisPoints) -> i64 {
        let product = i128::from(capacity_mtpa) * i128::from(share.0) * i128::from(KG_PER_TONNE);
        let divisor = 10_000 * i128::from(self.magnet_kg_per_tonne(stage)).max(1);
        i64::try_from((product + divisor - 1) / divisor).unwrap_or(i64::MAX)
    }

    /// The finished magnet that an installed chain supports, tonnes a year: the minimum over its
    /// stages, rounded down; zero while a stage is missing.
    pub fn magnet_mtpa(&self, installed: &InstalledCapacity) -> i64 {
        let of = |stage: &ChainStage| {
            let kg = i128::from(installed.of(stage)) * i128::from(self.magnet_kg_per_tonne(stage));
            i64::try_from(kg / i128::from(KG_PER_TONNE)).unwrap_or(i64::MAX)
        };
        self.stages.iter().map(of).min().unwrap_or(0)
    }

    /// Reports a stage that this chain does not have.
    pub fn check_known(&self, errors: &mut FieldErrors, pointer: &str, stage: &ChainStage) {
        if !self.stages.contains(stage) {
            let known: Vec<&str> = self.stages.iter().map(ChainStage::as_str).collect();
            errors.add(pointer, FieldReason::StagesKnown { stages: known.join(", ") });
        }
    }

    /// Checks this section of a scheme file; the error names the key and the reason.
    pub(crate) fn check(&self) -> Result<(), BadScheme> {
        let repeated = |(index, stage): (usize, &ChainStage)| self.stages.iter().take(index).any(|one| one == stage);
        let once = !self.stages.iter().enumerate().any(repeated);
        let fail = |key: &str, why: &str| Err(BadScheme::new(key, why));
        if !once || !(1..=MOST_STAGES).contains(&self.stages.len()) {
            return fail("chain.stages", "needs 1 to 20 stages, each once, in the order of the chain");
        }
        for (index, one) in self.supports.iter().enumerate() {
            let repeated = self.supports.iter().take(index).any(|earlier| earlier.stage == one.stage);
            if repeated || !self.stages.contains(&one.stage) || !(1..=1_000_000).contains(&one.magnet_kg_per_tonne) {
                return fail(
                    &format!("chain.supports.{index}"),
                    "each stage of the chain at most once, with 1 to 1000000 kg a tonne",
                );
            }
        }
        Ok(())
    }
}

/// Kilograms in a tonne.
pub const KG_PER_TONNE: i64 = 1_000;

/// Installed capacity by stage, in tonnes a year.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = BTreeMap<String, i64>)]
pub struct InstalledCapacity(pub ByStage<i64>);

impl InstalledCapacity {
    /// Reports an empty capacity, and figures outside 0 to 1,000,000 tonnes a year.
    pub fn check(&self, errors: &mut FieldErrors, pointer: &str) {
        errors.require(!self.0.is_empty(), pointer, FieldReason::StageMissing);
        for (stage, mtpa) in self.0.iter() {
            errors.require(
                (0..=1_000_000).contains(mtpa),
                format!("{pointer}/{stage}"),
                FieldReason::Between { least: 0, most: 1_000_000, what: "tonnes a year" },
            );
        }
    }

    /// The capacity of one stage; zero for a stage that is not named.
    pub fn of(&self, stage: &ChainStage) -> i64 {
        self.0.get(stage).copied().unwrap_or(0)
    }

    /// Reports stages that the scheme does not have; sorts the others into the order of its chain.
    pub fn check_stages(&mut self, errors: &mut FieldErrors, pointer: &str, chain: &Chain) {
        for (stage, _) in self.0.iter() {
            chain.check_known(errors, &format!("{pointer}/{stage}"), stage);
        }
        self.0.put_in_order(&chain.stages);
    }

    /// Refuses with the first stage in which less capacity is shown than needed.
    pub fn check_covers(&self, needed: &InstalledCapacity) -> Result<(), Refusal> {
        for (stage, need) in needed.0.iter() {
            let shown = self.of(stage);
            if shown < *need {
                return Err(Refusal::CapacityNotShown {
                    stage: Code(stage.to_string()),
                    need_mtpa: *need,
                    shown_mtpa: shown,
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::scheme::scheme::Scheme;
    use crate::scheme::scheme::tests::TEXT;

    pub fn stage(code: &str) -> ChainStage {
        code.parse().unwrap()
    }

    #[test]
    fn a_stage_is_a_short_lower_case_code() {
        for good in ["oxide_to_metal", "cell", "s2", &"a".repeat(40)] {
            assert_eq!(stage(good).as_str(), good);
        }
        for bad in ["", "Oxide", "2s", "_s", "a-b", "a b", "é", "a\u{0}", &"a".repeat(41)] {
            assert!(bad.parse::<ChainStage>().is_err(), "{bad}");
            assert!(serde_json::from_value::<ChainStage>(bad.into()).is_err(), "{bad}");
        }
    }

    #[test]
    fn stages_keep_their_order_and_bytes() {
        let text = r#"{"oxide_to_metal":1,"metal_to_alloy":2,"alloy_to_magnet":3}"#;
        let read: ByStage<i64> = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        let mut turned: ByStage<i64> =
            serde_json::from_str(r#"{"other":9,"alloy_to_magnet":3,"metal_to_alloy":2,"oxide_to_metal":1}"#).unwrap();
        turned.put_in_order(&[stage("oxide_to_metal"), stage("metal_to_alloy"), stage("alloy_to_magnet")]);
        assert_eq!(serde_json::to_string(&turned).unwrap(), text.replace('}', r#","other":9}"#));
    }

    /// 1 t of metal makes 3 t of magnet, 1 t of alloy 0.9 t.
    fn supported() -> Chain {
        let text = "\n[[chain.supports]]\nstage = \"oxide_to_metal\"\nmagnet_kg_per_tonne = 3000\nbasis = \"assumption\"\n\
            source = \"x\"\n[[chain.supports]]\nstage = \"metal_to_alloy\"\nmagnet_kg_per_tonne = 900\n\
            basis = \"assumption\"\nsource = \"x\"\n\n[eligibility]";
        Scheme::parse(&TEXT.replacen("\n[eligibility]", text, 1)).unwrap().chain
    }

    fn installed(metal: i64, alloy: i64, magnet: i64) -> InstalledCapacity {
        let stages = [("oxide_to_metal", metal), ("metal_to_alloy", alloy), ("alloy_to_magnet", magnet)];
        InstalledCapacity(stages.into_iter().map(|(code, mtpa)| (stage(code), mtpa)).collect())
    }

    #[test]
    fn the_weakest_stage_says_how_much_magnet_the_chain_supports() {
        let (plain, supported) = (crate::scheme::scheme::tests::sample().chain, supported());
        assert_eq!(plain.magnet_mtpa(&installed(300, 1_000, 900)), 300);
        assert_eq!(supported.magnet_mtpa(&installed(300, 1_000, 900)), 900);
        assert_eq!(supported.magnet_mtpa(&installed(100, 1_000, 900)), 300);
        assert_eq!(supported.magnet_mtpa(&installed(300, 999, 901)), 899);
        assert_eq!(supported.magnet_mtpa(&InstalledCapacity::default()), 0);
        let needed = |code: &str, share: i64| supported.needed_mtpa(&stage(code), 900, BasisPoints(share));
        assert_eq!((needed("oxide_to_metal", 10_000), needed("oxide_to_metal", 5_001)), (300, 151));
        assert_eq!((needed("metal_to_alloy", 10_000), needed("alloy_to_magnet", 10_000)), (1_000, 900));
        let whole =
            supported.stages.iter().map(|one| (one.clone(), supported.needed_mtpa(one, 757, BasisPoints(10_000))));
        assert!(
            supported.magnet_mtpa(&InstalledCapacity(whole.collect())) >= 757,
            "what is needed supports what is awarded"
        );
    }

    #[test]
    fn a_wrong_figure_of_a_stage_is_named() {
        let wrong = |stage: &str, kg: &str| {
            let text = format!(
                "\n[[chain.supports]]\nstage = \"{stage}\"\nmagnet_kg_per_tonne = {kg}\nbasis = \"official\"\nsource = \"x\"\n"
            );
            let twice = TEXT.replacen("\n[eligibility]", &format!("{text}\n[eligibility]"), 1);
            Scheme::parse(&twice).map(|_| ()).map_err(|error| error.to_string())
        };
        assert_eq!(wrong("metal_to_alloy", "1"), Ok(()));
        for (stage, kg) in [("metal_to_alloy", "0"), ("metal_to_alloy", "1000001"), ("mine_to_oxide", "1000")] {
            assert!(wrong(stage, kg).unwrap_err().contains("chain.supports"));
        }
    }

    #[test]
    fn a_scheme_names_its_own_stages() {
        let own = TEXT.replace("oxide_to_metal", "cathode").replace("metal_to_alloy", "cell");
        let scheme = Scheme::parse(&own).unwrap();
        assert_eq!(scheme.chain.stages, ["cathode", "cell", "alloy_to_magnet"].map(stage));
        let wrong = |to: &str| {
            let from = "stages = [\"oxide_to_metal\", \"metal_to_alloy\", \"alloy_to_magnet\"]";
            Scheme::parse(&TEXT.replacen(from, &format!("stages = {to}"), 1)).unwrap_err().to_string()
        };
        assert!(wrong("[]").contains("chain.stages"));
        assert!(wrong("[\"oxide_to_metal\", \"oxide_to_metal\"]").contains("each once"));
        assert!(wrong("[\"Oxide\"]").contains("line"));
        assert!(wrong("[\"oxide_to_metal\"]").contains("installed names stages of the chain"));
    }
}
