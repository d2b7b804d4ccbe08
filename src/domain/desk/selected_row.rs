//! One row of a selection: its cells in the order of the requested fields, with all their text in
//! one buffer, so that a million rows do not need a million small allocations.

use crate::desk::selection::Value;

/// A borrowed cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'r> {
    Missing,
    Number(i64),
    Text(&'r str),
}

impl Cell<'_> {
    /// The cell as an owned value.
    pub fn value(self) -> Value {
        match self {
            Cell::Missing => Value::Missing,
            Cell::Number(number) => Value::Number(number),
            Cell::Text(text) => Value::Text(text.to_owned()),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packed {
    Missing,
    Number(i64),
    /// The end of its text in the buffer.
    Text(usize),
}

/// The cells of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SelectedRow {
    text: String,
    cells: Vec<Packed>,
}

impl SelectedRow {
    pub fn with_capacity(cells: usize) -> SelectedRow {
        SelectedRow { text: String::with_capacity(32 * cells), cells: Vec::with_capacity(cells) }
    }

    /// Appends a cell.
    pub fn push(&mut self, cell: Cell<'_>) {
        self.cells.push(match cell {
            Cell::Missing => Packed::Missing,
            Cell::Number(number) => Packed::Number(number),
            Cell::Text(text) => {
                self.text.push_str(text);
                Packed::Text(self.text.len())
            }
        });
    }

    /// The sums of `width` cells of each row, after skipping the first `skipped`. `None` if one is
    /// not a number or a sum overflows.
    pub fn added_up(rows: &[SelectedRow], skipped: usize, width: usize) -> Option<SelectedRow> {
        let mut sums = vec![0_i64; width];
        for row in rows {
            let mut numbers = row.cells().skip(skipped);
            for sum in &mut sums {
                let Some(Cell::Number(number)) = numbers.next() else { return None };
                *sum = sum.checked_add(number)?;
            }
        }
        let mut total = SelectedRow::with_capacity(width);
        sums.into_iter().for_each(|sum| total.push(Cell::Number(sum)));
        Some(total)
    }

    /// Appends the cells of another row.
    pub fn append(&mut self, other: &SelectedRow) {
        let before = self.text.len();
        self.text.push_str(&other.text);
        self.cells.extend(other.cells.iter().map(|cell| match *cell {
            Packed::Text(to) => Packed::Text(before + to),
            packed => packed,
        }));
    }

    /// Removes all cells but keeps the allocated capacity.
    pub fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
    }

    /// The number of its cells.
    pub fn width(&self) -> usize {
        self.cells.len()
    }

    /// The length of its text in bytes.
    pub fn text_bytes(&self) -> usize {
        self.text.len()
    }

    /// Its cells, in order.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        let mut from = 0;
        self.cells.iter().map(move |cell| match *cell {
            Packed::Missing => Cell::Missing,
            Packed::Number(number) => Cell::Number(number),
            Packed::Text(to) => {
                let text = self.text.get(from..to).unwrap_or_default();
                from = to;
                Cell::Text(text)
            }
        })
    }

    /// The cell at an index; missing if there is none.
    pub fn cell(&self, place: usize) -> Cell<'_> {
        self.cells().nth(place).unwrap_or(Cell::Missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_add_up_or_say_that_they_cannot() {
        let row = |first: &str, numbers: &[i64]| {
            let mut row = SelectedRow::default();
            row.push(Cell::Text(first));
            numbers.iter().for_each(|number| row.push(Cell::Number(*number)));
            row
        };
        let rows = [row("a", &[1, 20]), row("b", &[2, -5])];
        let sums = |rows: &[SelectedRow], skipped| {
            SelectedRow::added_up(rows, skipped, 2).map(|sums| sums.cells().map(Cell::value).collect::<Vec<_>>())
        };
        assert_eq!(sums(&rows, 1), Some(vec![Value::Number(3), Value::Number(15)]));
        assert_eq!(sums(&[], 1), Some(vec![Value::Number(0), Value::Number(0)]));
        assert_eq!(sums(&rows, 0), None, "a text");
        assert_eq!(sums(&rows, 2), None, "a row that is too short");
        assert_eq!(sums(&[row("a", &[1, i64::MAX]), row("b", &[1, 1])], 1), None, "too large");
    }

    proptest! {
        #[test]
        fn cells_come_out_as_they_went_in(
            values in prop::collection::vec(prop_oneof![
                Just(Value::Missing),
                any::<i64>().prop_map(Value::Number),
                ".{0,8}".prop_map(Value::Text),
            ], 0..12)
        ) {
            let mut row = SelectedRow::default();
            for value in &values {
                row.push(match value {
                    Value::Missing => Cell::Missing,
                    Value::Number(number) => Cell::Number(*number),
                    Value::Text(text) => Cell::Text(text),
                });
            }
            let out: Vec<Value> = row.cells().map(Cell::value).collect();
            prop_assert_eq!(&out, &values);
            let mut twice = row.clone();
            twice.append(&row);
            let out: Vec<Value> = twice.cells().map(Cell::value).collect();
            prop_assert_eq!(out, [values.clone(), values.clone()].concat());
            for (place, value) in values.iter().enumerate() {
                prop_assert_eq!(&row.cell(place).value(), value);
            }
        }
    }
}
