//! Figures and tables of a scheme file: each number with its unit, its basis and its source.

use crate::scheme::rules::exact::{Exact, NoNumber};
use crate::scheme::rules::names::{Kind, Value};
use crate::scheme::rules::table::Table;
use crate::scheme::rules::unit::Unit;
use crate::scheme::scheme::Basis;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A unit as written in files. In addition to the units of rules it accepts `rupees` (100 paise),
/// `percent` and `basis_points` (shares), so that figures look as they do in the gazette.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Measure {
    written: String,
    pub unit: Unit,
    factor: Exact,
}

impl Measure {
    /// Converts a number in this measure to the unit of rules.
    pub fn exact(&self, number: i64) -> Result<Exact, NoNumber> {
        Exact::whole(number).times(self.factor)
    }
}

impl Measure {
    /// The number that is the whole of a share in this measure: 100 percent, 10000 basis points; `None` of another.
    pub fn whole(&self) -> Option<i64> {
        match self.written.as_str() {
            "percent" => Some(100),
            "basis_points" => Some(10_000),
            _ => None,
        }
    }
}

impl PartialSchema for Measure {
    fn schema() -> RefOr<Schema> {
        String::schema()
    }
}

impl ToSchema for Measure {}

impl TryFrom<String> for Measure {
    type Error = String;

    fn try_from(written: String) -> Result<Measure, String> {
        let (first, rest) = match written.find(['/', '*']) {
            Some(end) => written.split_at(end),
            None => (written.as_str(), ""),
        };
        let (base, above, below) = match first {
            "rupees" => ("paise", 100, 1),
            "percent" => ("1", 1, 100),
            "basis_points" => ("1", 1, 10_000),
            other => (other, 1, 1),
        };
        let unit = format!("{base}{rest}").parse()?;
        let factor = Exact::ratio(above, below).map_err(|error| error.to_string())?;
        Ok(Measure { unit, factor, written })
    }
}

impl From<Measure> for String {
    fn from(measure: Measure) -> String {
        measure.written
    }
}

/// A title in the two languages of the scheme.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Title {
    pub en: String,
    pub hi: String,
}

impl Title {
    pub fn is_empty(&self) -> bool {
        self.en.is_empty() && self.hi.is_empty()
    }
}

/// A number or a date that rules use by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedFigure {
    /// A whole number in `unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Measure>,
    /// A date, for a figure that has no value and unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
    pub basis: Basis,
    pub source: String,
}

impl NamedFigure {
    /// Its value and type, or the reason why it is not valid.
    pub fn read(&self) -> Result<(Value, Kind), String> {
        match (self.value, &self.unit, self.date) {
            (Some(value), Some(measure), None) => {
                let number = measure.exact(value).map_err(|error| error.to_string())?;
                Ok((Value::Number(number), Kind::Number(measure.unit.clone())))
            }
            (None, None, Some(date)) => Ok((Value::Date(date), Kind::Date)),
            _ => Err("needs either value and unit, or date".to_owned()),
        }
    }
}

/// One row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedRow {
    /// The largest number to which the row applies; absent in the last row of a table without an
    /// upper end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub up_to: Option<i64>,
    pub value: i64,
    pub basis: Basis,
    pub source: String,
}

/// A table that rules use by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedTable {
    /// The measure of the bounds.
    pub by: Measure,
    /// The measure of the values.
    pub unit: Measure,
    pub rows: Vec<NamedRow>,
}

impl NamedTable {
    /// The checked table, or the reason why it is not valid.
    pub fn read(&self) -> Result<Table, String> {
        let exact = |measure: &Measure, number: i64| measure.exact(number).map_err(|error| error.to_string());
        let mut rows = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let bound = row.up_to.map(|bound| exact(&self.by, bound)).transpose()?;
            rows.push((bound, exact(&self.unit, row.value)?));
        }
        let open = rows.iter().rev().skip(1).any(|(bound, _)| bound.is_none());
        if rows.is_empty() || open || !rows.is_sorted_by(|(a, _), (b, _)| b.is_none() || a < b) {
            return Err("rows must rise, and only the last may be without up_to".to_owned());
        }
        Ok(Table { of: self.by.unit.clone(), unit: self.unit.unit.clone(), rows })
    }
}
