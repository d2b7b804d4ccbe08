//! One row of a selection: its cells in the order of the fields that were asked, packed together
//! so that a million of them pass without a million small texts.

use crate::domain::selection::Value;

/// A cell as it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'r> {
    Missing,
    Number(i64),
    Text(&'r str),
}

impl Cell<'_> {
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
    /// Where its text ends.
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

    /// Puts the cells of another row behind those that are here.
    pub fn append(&mut self, other: &SelectedRow) {
        let before = self.text.len();
        self.text.push_str(&other.text);
        self.cells.extend(other.cells.iter().map(|cell| match *cell {
            Packed::Text(to) => Packed::Text(before + to),
            packed => packed,
        }));
    }

    /// Without any cell, and with the room of those it had.
    pub fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
    }

    /// How many cells stand in it.
    pub fn width(&self) -> usize {
        self.cells.len()
    }

    /// How much text stands in it.
    pub fn text_bytes(&self) -> usize {
        self.text.len()
    }

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

    /// The cell at a place; missing behind the last.
    pub fn cell(&self, place: usize) -> Cell<'_> {
        self.cells().nth(place).unwrap_or(Cell::Missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
