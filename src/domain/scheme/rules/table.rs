//! Lookup tables of scheme files: rows with an upper bound and a value. The last row may have no
//! bound.

use crate::scheme::rules::exact::Exact;
use crate::scheme::rules::expression::NoValue;
use crate::scheme::rules::unit::Unit;

/// A checked table: its bounds rise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The unit of its bounds.
    pub of: Unit,
    /// The unit of its values.
    pub unit: Unit,
    /// Upper bound (`None`: no upper end) and value of each row.
    pub rows: Vec<(Option<Exact>, Exact)>,
}

impl Table {
    /// The value of the first row whose bound is not below `at`.
    pub fn row(&self, at: Exact) -> Result<Exact, NoValue> {
        let found = self.rows.iter().find(|(bound, _)| bound.is_none_or(|bound| at <= bound));
        found.map(|(_, value)| *value).ok_or(NoValue::AboveTheTable { value: at })
    }

    /// The sum over the rows, each part of `of` multiplied by the value of the row it lies in
    /// (marginal rates).
    pub fn marginal(&self, of: Exact) -> Result<Exact, NoValue> {
        let (mut sum, mut below) = (Exact::ZERO, Exact::ZERO);
        for (bound, value) in &self.rows {
            let upper = bound.map_or(of, |bound| bound.min(of));
            if upper > below {
                sum = sum.plus(upper.minus(below)?.times(*value)?)?;
                below = upper;
            }
            if bound.is_none_or(|bound| of <= bound) {
                return Ok(sum);
            }
        }
        Err(NoValue::AboveTheTable { value: of })
    }
}
