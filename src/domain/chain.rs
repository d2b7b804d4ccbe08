//! The chain from raw material to finished product: its stages, which a scheme names itself, and
//! what is said of each of them.

use crate::domain::field::FieldErrors;
use crate::domain::scheme::{BadScheme, Basis};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use utoipa::ToSchema;

const LONGEST_STAGE: usize = 40;
/// The most stages a chain has.
pub const MOST_STAGES: usize = 20;

/// One stage of the chain by its code, a lower-case word such as `oxide_to_metal`.
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

/// Something for each of some stages, in the order in which they were named. Written as an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByStage<T>(Vec<(ChainStage, T)>);

impl<T> Default for ByStage<T> {
    fn default() -> Self {
        ByStage(Vec::new())
    }
}

impl<T> ByStage<T> {
    pub fn get(&self, stage: &ChainStage) -> Option<&T> {
        self.iter().find(|(named, _)| *named == stage).map(|(_, value)| value)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&ChainStage, &T)> {
        self.0.iter().map(|(stage, value)| (stage, value))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts the stages into the order of the chain; those it does not have come last.
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

/// Refuses a stage that is named twice, where a plain map would keep the last.
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

/// The stages a beneficiary must cover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    pub stages: Vec<ChainStage>,
    pub basis: Basis,
    pub source: String,
}

impl Chain {
    /// Notes a stage that this chain does not have.
    pub fn check_known(&self, errors: &mut FieldErrors, pointer: &str, stage: &ChainStage) {
        if !self.stages.contains(stage) {
            let known: Vec<&str> = self.stages.iter().map(ChainStage::as_str).collect();
            errors.add(pointer, format!("the scheme's stages are: {}", known.join(", ")));
        }
    }

    /// Why this part of a file cannot be.
    pub(in crate::domain) fn check(&self) -> Result<(), BadScheme> {
        let repeated = |(index, stage): (usize, &ChainStage)| self.stages.iter().take(index).any(|one| one == stage);
        let once = !self.stages.iter().enumerate().any(repeated);
        if once && (1..=MOST_STAGES).contains(&self.stages.len()) {
            Ok(())
        } else {
            Err(BadScheme(format!(
                "key 'chain.stages': needs 1 to {MOST_STAGES} stages, each once, in the order of the chain"
            )))
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::domain::scheme::Scheme;
    use crate::domain::scheme::tests::TEXT;

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
