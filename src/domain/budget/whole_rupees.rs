//! In which unit Government pays, as dated rows of a table (`config/finance/whole-rupees.toml`). What is owed stays
//! exact; what is paid is rounded down to the unit, and the rest waits.

use crate::base::money::Paise;
use crate::scheme::finance::{BadTable, Period};
use crate::scheme::scheme::Basis;
use crate::words;
use chrono::NaiveDate;
use serde::Deserialize;

words! {
    /// How an amount becomes one that can be paid.
    pub enum Rounding {
        Down = "down",
    }
}

/// The unit of payments in one period.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitRow {
    pub effective_from: NaiveDate,
    /// Left out while the row is in force.
    pub effective_to: Option<NaiveDate>,
    pub unit_paise: i64,
    pub basis: Basis,
    pub source: String,
    pub effective_basis: Basis,
    pub effective_source: String,
    pub rounding: Rounding,
    pub rounding_basis: Basis,
    pub rounding_source: String,
}

impl UnitRow {
    fn period(&self) -> Period {
        Period { from: self.effective_from, to: self.effective_to }
    }
}

/// The units of payments.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitTable {
    pub units: Vec<UnitRow>,
}

impl UnitTable {
    /// Parses and checks the table.
    pub fn parse(text: &str) -> Result<UnitTable, BadTable> {
        let table: UnitTable = toml::from_str(text).map_err(|error| BadTable(error.to_string()))?;
        for row in &table.units {
            row.period().check()?;
            if table.units.iter().filter(|other| other.period().overlaps(&row.period())).count() > 1 {
                return Err(BadTable(format!("units: two rows are in force from {}", row.effective_from)));
            }
            if ![1, 100].contains(&row.unit_paise) {
                return Err(BadTable("units: unit_paise is 1 (a paisa) or 100 (a rupee)".to_owned()));
            }
        }
        Ok(table)
    }

    /// The unit in force on a day; a paisa where there is none.
    pub fn on(&self, day: NaiveDate) -> PaymentUnit {
        let row = self.units.iter().find(|row| row.period().covers(day));
        row.map_or(PaymentUnit::PAISA, |row| PaymentUnit(row.unit_paise))
    }
}

/// The unit of which a payment is a multiple, in paise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentUnit(i64);

impl PaymentUnit {
    pub const PAISA: PaymentUnit = PaymentUnit(1);

    /// The least that can be paid.
    pub fn least(self) -> Paise {
        Paise(self.0)
    }

    /// The part of an amount that can be paid: rounded down.
    pub fn payable(self, amount: Paise) -> Paise {
        Paise(amount.0 - amount.0.rem_euclid(self.0))
    }

    /// Whether an amount that waits is enough to be paid.
    pub fn is_enough(self, amount: Paise) -> bool {
        amount >= self.least()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = include_str!("../../../config/finance/whole-rupees.toml");

    #[test]
    fn a_payment_is_rounded_down_to_the_rupee() {
        let rupee = UnitTable::parse(TABLE).unwrap().on("2026-05-01".parse().unwrap());
        for (amount, payable) in [(0, 0), (99, 0), (100, 100), (199, 100), (16_000_000_050, 16_000_000_000)] {
            assert_eq!(rupee.payable(Paise(amount)), Paise(payable));
        }
        assert!(!rupee.is_enough(Paise(99)) && rupee.is_enough(Paise(100)));
        assert_eq!(PaymentUnit::PAISA.payable(Paise(99)), Paise(99));
    }

    #[test]
    fn rows_are_dated_and_do_not_overlap() {
        let table = UnitTable::parse(TABLE).unwrap();
        assert_eq!(table.on("1983-05-31".parse().unwrap()), PaymentUnit::PAISA);
        let doubled = format!("{TABLE}\n{TABLE}");
        assert!(UnitTable::parse(&doubled).is_err(), "two rows of one day");
        assert!(UnitTable::parse(&TABLE.replace("unit_paise = 100", "unit_paise = 50")).is_err());
        assert!(UnitTable::parse(&TABLE.replace("\"down\"", "\"up\"")).is_err());
    }
}
