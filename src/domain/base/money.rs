//! Money: whole paise in an `i64`. No float is ever used for money; every operation is checked.

use crate::base::field_reason::FieldReason;
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// An amount in paise (1 rupee = 100 paise). It is never negative where it names an amount to move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = i64)]
pub struct Paise(pub i64);

/// The largest single amount accepted as input: ten lakh crore rupees, far above any outlay and far
/// enough below `i64::MAX` that sums of many such amounts cannot overflow.
pub const LARGEST_AMOUNT: Paise = Paise(1_000_000_000_000_000);

const PAISE_PER_RUPEE: i64 = 100;
const PAISE_PER_CRORE: i64 = 1_000_000_000;

impl Paise {
    pub const ZERO: Paise = Paise(0);

    /// Whole rupees as paise; `None` on overflow.
    pub fn from_rupees(rupees: i64) -> Option<Paise> {
        rupees.checked_mul(PAISE_PER_RUPEE).map(Paise)
    }

    /// The sum; `None` on overflow.
    pub fn checked_add(self, other: Paise) -> Option<Paise> {
        self.0.checked_add(other.0).map(Paise)
    }

    /// The difference, which may be negative; `None` on overflow.
    pub fn checked_sub(self, other: Paise) -> Option<Paise> {
        self.0.checked_sub(other.0).map(Paise)
    }

    /// The difference, but never below zero.
    pub fn minus_floored(self, other: Paise) -> Paise {
        Paise(self.0.saturating_sub(other.0).max(0))
    }

    /// This rate times a whole quantity; `None` on overflow.
    pub fn times(self, quantity: i64) -> Option<Paise> {
        self.0.checked_mul(quantity).map(Paise)
    }

    /// A share in basis points (1 % = 100), rounded down to the paisa: the only way of rounding in
    /// this program, so that parts never exceed the whole.
    pub fn share_rounded_down(self, share: BasisPoints) -> Option<Paise> {
        self.ratio_rounded_down(share.0, 10_000)
    }

    /// `self × numerator ÷ denominator`, rounded down to the paisa, computed in `i128`.
    pub fn ratio_rounded_down(self, numerator: i64, denominator: i64) -> Option<Paise> {
        let product = i128::from(self.0).checked_mul(i128::from(numerator))?;
        let quotient = product.checked_div_euclid(i128::from(denominator))?;
        i64::try_from(quotient).ok().map(Paise)
    }

    /// The exact sum; `None` on overflow.
    pub fn sum(amounts: impl IntoIterator<Item = Paise>) -> Option<Paise> {
        amounts.into_iter().try_fold(Paise::ZERO, Paise::checked_add)
    }

    /// Rupees for other programs, without grouping: `150000000.00`.
    pub fn in_rupees(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }

    /// Parses a positive amount as other programs write it: digits, and up to two decimals for
    /// paise.
    pub fn parse_rupees(text: &str) -> Result<Paise, FieldReason> {
        const WRONG: FieldReason = FieldReason::Rupees;
        let (rupees, paise) = text.split_once('.').unwrap_or((text, "00"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(rupees) || !digits(paise) || paise.len() > 2 {
            return Err(WRONG);
        }
        let paise = paise.parse::<i64>().map_err(|_| WRONG)? * if paise.len() == 1 { 10 } else { 1 };
        // Only an amount that is too large is no whole number here.
        let whole = rupees.parse().ok().and_then(Paise::from_rupees);
        let amount = whole.and_then(|whole| whole.checked_add(Paise(paise))).filter(|amount| *amount <= LARGEST_AMOUNT);
        let amount = amount.ok_or(FieldReason::AmountMost { most: LARGEST_AMOUNT })?;
        if amount > Paise::ZERO { Ok(amount) } else { Err(WRONG) }
    }

    /// An amount for people who think in crore, rounded down to two decimals: `₹1,345.00 crore`.
    pub fn in_crore(self) -> String {
        let hundredths = self.0.unsigned_abs() / (PAISE_PER_CRORE.unsigned_abs() / 100);
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}₹{}.{:02} crore", indian_grouping(hundredths / 100), hundredths % 100)
    }
}

/// The exact amount in Indian grouping: `₹12,34,56,789.00`.
impl fmt::Display for Paise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let paise = self.0.unsigned_abs();
        write!(f, "{sign}₹{}.{:02}", indian_grouping(paise / 100), paise % 100)
    }
}

/// Hundredths of a percent. 40 % is 4,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = i64)]
pub struct BasisPoints(pub i64);

impl fmt::Display for BasisPoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 100, self.0 % 100) {
            (whole, 0) => write!(f, "{whole} %"),
            (whole, part) => write!(f, "{whole}.{part:02} %"),
        }
    }
}

/// Digits in Indian grouping: the last three together, then by two (12,34,56,789).
pub fn indian_grouping(number: u64) -> String {
    let digits = number.to_string();
    if digits.len() <= 3 {
        return digits;
    }
    let (head, tail) = digits.split_at(digits.len() - 3);
    let mut groups: Vec<&str> = Vec::new();
    let mut rest = head;
    while rest.len() > 2 {
        let (front, pair) = rest.split_at(rest.len() - 2);
        groups.push(pair);
        rest = front;
    }
    groups.push(rest);
    groups.reverse();
    format!("{},{tail}", groups.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rupees_for_machines_go_there_and_back() {
        assert_eq!(Paise(15_000_000_005).in_rupees(), "150000000.05");
        for (text, paise) in [("150000000.05", 15_000_000_005), ("1", 100), ("0.5", 50), ("007.10", 710)] {
            assert_eq!(Paise::parse_rupees(text), Ok(Paise(paise)), "{text}");
        }
        for wrong in
            ["", "0", "0.00", "-1", "+1", "1,000", "1.", ".5", "1.005", "1e3", " 1", "₹1", "99999999999999999999"]
        {
            assert!(Paise::parse_rupees(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn amounts_read_as_indians_write_them() {
        assert_eq!(Paise(12_345_678_900).to_string(), "₹12,34,56,789.00");
        assert_eq!(Paise(99_900).to_string(), "₹999.00");
        assert_eq!(Paise(100_000).to_string(), "₹1,000.00");
        assert_eq!(Paise(-5).to_string(), "-₹0.05");
        assert_eq!(Paise(1_345_000_000_000).in_crore(), "₹1,345.00 crore");
        assert_eq!(Paise(31_000_000_000_000).in_crore(), "₹31,000.00 crore");
    }

    #[test]
    fn shares_round_down_and_never_wrap() {
        assert_eq!(Paise(999).share_rounded_down(BasisPoints(4_000)), Some(Paise(399)));
        assert_eq!(Paise(i64::MAX).share_rounded_down(BasisPoints(10_000)), Some(Paise(i64::MAX)));
        assert_eq!(Paise(i64::MAX).share_rounded_down(BasisPoints(10_001)), None);
        assert_eq!(Paise(i64::MAX).checked_add(Paise(1)), None);
        assert_eq!(BasisPoints(250).to_string(), "2.50 %");
    }

    proptest::proptest! {
        #[test]
        fn parts_never_exceed_the_whole(whole in 0_i64..1_000_000_000_000_000, a in 0_i64..=10_000) {
            let first = Paise(whole).share_rounded_down(BasisPoints(a));
            let second = Paise(whole).share_rounded_down(BasisPoints(10_000 - a));
            let both = first.and_then(|x| second.and_then(|y| x.checked_add(y)));
            proptest::prop_assert!(both.is_some_and(|sum| sum <= Paise(whole)));
        }

        #[test]
        fn grouping_keeps_every_digit(number in 0_u64..=u64::MAX) {
            proptest::prop_assert_eq!(indian_grouping(number).replace(',', ""), number.to_string());
        }
    }
}
