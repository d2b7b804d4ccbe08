//! Units of numbers (dimensional analysis): rupees cannot be added to kilograms. A scheme file that
//! does so is refused before it can be published.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The base units that rules can use.
const BASES: &[&str] = &["paise", "kg", "t", "year", "month", "day"];

/// A product of base units with exponents; a plain number (a count or a share) has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit(BTreeMap<&'static str, i32>);

impl Unit {
    /// The unit of a count or a share.
    pub fn plain() -> Unit {
        Unit::default()
    }

    /// The unit of money.
    pub fn paise() -> Unit {
        Unit(BTreeMap::from([("paise", 1)]))
    }

    pub fn is_plain(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is money once, such as paise or paise a kilogram.
    pub fn has_money(&self) -> bool {
        self.0.get("paise") == Some(&1)
    }

    /// Whether all its base units are in the denominator: `1/kg`.
    pub fn is_below_a_line(&self) -> bool {
        !self.0.is_empty() && self.0.values().all(|exponent| *exponent < 0)
    }

    /// The unit of a product.
    pub fn times(&self, other: &Unit) -> Unit {
        self.with(other, 1)
    }

    /// The unit of a quotient.
    pub fn over(&self, other: &Unit) -> Unit {
        self.with(other, -1)
    }

    fn with(&self, other: &Unit, sign: i32) -> Unit {
        let mut product = self.0.clone();
        for (base, exponent) in &other.0 {
            let sum = product.get(base).copied().unwrap_or(0).saturating_add(sign.saturating_mul(*exponent));
            if sum == 0 {
                product.remove(base);
            } else {
                product.insert(base, sum);
            }
        }
        Unit(product)
    }
}

/// Written `paise/kg`, `t/year`, and `1` for a plain number.
impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |above: bool| -> Vec<&str> {
            let chosen = self.0.iter().filter(|(_, exponent)| (**exponent > 0) == above);
            chosen.flat_map(|(base, exponent)| std::iter::repeat_n(*base, exponent.unsigned_abs() as usize)).collect()
        };
        let (above, below) = (side(true).join("*"), side(false));
        f.write_str(if above.is_empty() { "1" } else { &above })?;
        below.iter().try_for_each(|base| write!(f, "/{base}"))
    }
}

impl FromStr for Unit {
    type Err = String;

    fn from_str(text: &str) -> Result<Unit, String> {
        let base = |word: &str| -> Result<Unit, String> {
            let known = BASES.iter().find(|base| **base == word);
            match known {
                Some(base) => Ok(Unit(BTreeMap::from([(*base, 1)]))),
                None if word == "1" => Ok(Unit::plain()),
                None => Err(format!("`{word}` is not a unit; units are made of {} with * and /", BASES.join(", "))),
            }
        };
        let mut parts = text.split('/');
        let above = parts.next().unwrap_or_default();
        let product =
            above.split('*').try_fold(Unit::plain(), |unit, word| Ok::<_, String>(unit.times(&base(word)?)))?;
        parts.try_fold(product, |unit, word| Ok(unit.over(&base(word)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(text: &str) -> Unit {
        text.parse().unwrap()
    }

    #[test]
    fn capacity_times_years_times_rate_is_money() {
        let capacity = unit("t/year").times(&unit("kg/t")).times(&unit("year"));
        assert_eq!(capacity, unit("kg"));
        assert_eq!(capacity.times(&unit("paise/kg")), Unit::paise());
        assert_eq!(unit("paise").over(&unit("paise")), Unit::plain());
        assert_eq!(["paise", "paise/kg", "1", "1/day"].map(|text| unit(text).has_money()), [true, true, false, false]);
    }

    #[test]
    fn units_go_there_and_back() {
        for text in ["1", "paise", "paise/kg", "t/year", "1/day", "kg*paise/day/day"] {
            assert_eq!(unit(text).to_string(), text);
        }
        assert!("rupees".parse::<Unit>().unwrap_err().contains("rupees"));
        assert!("".parse::<Unit>().is_err());
    }
}
