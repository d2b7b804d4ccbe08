//! Exact numbers: reduced fractions of whole numbers (rational arithmetic). A number is rounded
//! only where a rule says so, and an overflow is an error, never a wrong number.

use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub};
use std::fmt;
use std::str::FromStr;

/// An exact fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact(Ratio<i128>);

/// The reason why a number could not be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoNumber {
    #[error("a number became too large")]
    TooLarge,
    #[error("a division by zero")]
    DividedByZero,
}

impl Exact {
    pub const ZERO: Exact = Exact(Ratio::new_raw(0, 1));
    pub const ONE: Exact = Exact(Ratio::new_raw(1, 1));

    /// A whole number.
    pub fn whole(number: i64) -> Exact {
        Exact(Ratio::from_integer(i128::from(number)))
    }

    /// The fraction `numerator ÷ denominator`.
    pub fn ratio(numerator: i64, denominator: i64) -> Result<Exact, NoNumber> {
        Exact::whole(numerator).over(Exact::whole(denominator))
    }

    /// The numerators if both numbers are whole. Most are, and then no greatest common divisor is
    /// needed.
    fn both_whole(self, other: Exact) -> Option<(i128, i128)> {
        (self.0.is_integer() && other.0.is_integer()).then_some((*self.0.numer(), *other.0.numer()))
    }

    fn from_whole(number: Option<i128>) -> Result<Exact, NoNumber> {
        number.map(|number| Exact(Ratio::from_integer(number))).ok_or(NoNumber::TooLarge)
    }

    /// The exact sum.
    pub fn plus(self, other: Exact) -> Result<Exact, NoNumber> {
        match self.both_whole(other) {
            Some((a, b)) => Exact::from_whole(a.checked_add(b)),
            None => self.0.checked_add(&other.0).map(Exact).ok_or(NoNumber::TooLarge),
        }
    }

    /// The exact difference.
    pub fn minus(self, other: Exact) -> Result<Exact, NoNumber> {
        match self.both_whole(other) {
            Some((a, b)) => Exact::from_whole(a.checked_sub(b)),
            None => self.0.checked_sub(&other.0).map(Exact).ok_or(NoNumber::TooLarge),
        }
    }

    /// The exact product.
    pub fn times(self, other: Exact) -> Result<Exact, NoNumber> {
        match self.both_whole(other) {
            Some((a, b)) => Exact::from_whole(a.checked_mul(b)),
            None => self.0.checked_mul(&other.0).map(Exact).ok_or(NoNumber::TooLarge),
        }
    }

    /// The exact quotient; dividing by zero is an error.
    pub fn over(self, other: Exact) -> Result<Exact, NoNumber> {
        if other == Exact::ZERO {
            return Err(NoNumber::DividedByZero);
        }
        if let Some((a, b)) = self.both_whole(other)
            && a.checked_rem(b) == Some(0)
        {
            return Exact::from_whole(a.checked_div(b));
        }
        self.0.checked_div(&other.0).map(Exact).ok_or(NoNumber::TooLarge)
    }

    /// The largest whole number that is not above it (floor).
    pub fn rounded_down(self) -> Result<i64, NoNumber> {
        i64::try_from(self.0.numer().div_euclid(*self.0.denom())).map_err(|_| NoNumber::TooLarge)
    }

    pub fn is_whole(self) -> bool {
        self.0.is_integer()
    }
}

/// A whole number as such, any other as a fraction: `3/2`. Other programs can read both.
impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Exact {
    type Err = String;

    fn from_str(text: &str) -> Result<Exact, String> {
        let wrong = || format!("`{text}` is not a whole number or a fraction such as 3/2");
        let (above, below) = text.split_once('/').unwrap_or((text, "1"));
        let number = |part: &str| part.parse::<i128>().map_err(|_| wrong());
        let (above, below) = (number(above)?, number(below)?);
        if below <= 0 || above == i128::MIN {
            return Err(wrong());
        }
        Ok(Exact(Ratio::new(above, below)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn arithmetic_is_exact(a in -1_000_000_i64..1_000_000, b in 1_i64..1_000_000, c in -1_000_000_i64..1_000_000, d in 1_i64..1_000_000) {
            let (x, y) = (Exact::ratio(a, b).unwrap(), Exact::ratio(c, d).unwrap());
            proptest::prop_assert_eq!(x.plus(y).unwrap().minus(y).unwrap(), x);
            proptest::prop_assert_eq!(x.times(Exact::whole(b)).unwrap(), Exact::whole(a));
            proptest::prop_assert_eq!(x.plus(y).unwrap(), Exact::ratio(a * d + c * b, b * d).unwrap());
            if c != 0 {
                proptest::prop_assert_eq!(x.over(y).unwrap().times(y).unwrap(), x);
            }
            proptest::prop_assert_eq!(x < y, a * d < c * b);
            proptest::prop_assert_eq!(x.rounded_down().unwrap(), a.div_euclid(b));
            proptest::prop_assert_eq!(x.to_string().parse::<Exact>().unwrap(), x);
        }
    }

    #[test]
    fn what_cannot_be_said_exactly_is_an_error() {
        let large = Exact(Ratio::from_integer(i128::MAX));
        assert_eq!(large.times(large), Err(NoNumber::TooLarge));
        assert_eq!(large.plus(Exact::ONE), Err(NoNumber::TooLarge));
        assert_eq!(Exact::ONE.over(Exact::ZERO), Err(NoNumber::DividedByZero));
        assert_eq!(large.rounded_down(), Err(NoNumber::TooLarge));
        assert_eq!(Exact::ratio(1, 3).unwrap().to_string(), "1/3");
        for text in ["", "1/0", "1/-3", "0.5", "x", "1/2/3", " 1"] {
            assert!(text.parse::<Exact>().is_err(), "{text}");
        }
    }
}
