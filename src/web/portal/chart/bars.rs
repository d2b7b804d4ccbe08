//! Bars: groups of rows, each a bar with its label behind it. The largest value has the full width, which leaves room
//! for the longest label on a screen of 320 pixels; zero has its label and no bar.

use crate::web::portal::chart::per_cent;

/// The width of the largest value, in hundredths of a per cent.
pub const FULL: i64 = 4_400;
/// A value that is not zero is never narrower, or it could not be seen.
const LEAST: i64 = 20;
/// More groups than this are not drawn.
pub const GROUPS_MOST: usize = 10;
/// Letters of a name that fit on a phone.
const NAME_LETTERS: usize = 32;

const HEADING: u32 = 24;
const ROW: u32 = 22;
const BAR: u32 = 18;
const GAP: u32 = 12;
/// From the top of a line to the foot of its letters.
const FOOT: u32 = 14;
/// What an inner bar is lower than the outline around it, on each side.
const INSET: u32 = 4;

/// One value with its label.
pub struct Value {
    /// How the bar looks, by the name of a class.
    pub kind: &'static str,
    pub amount: i64,
    pub label: String,
    /// A part of it, drawn inside.
    pub inside: Option<(&'static str, i64)>,
}

/// Values that belong together.
pub struct Group {
    pub name: String,
    /// Whether the name is that of a company, which is written in its own letters.
    pub is_proper: bool,
    pub values: Vec<Value>,
}

/// A rectangle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    pub kind: &'static str,
    pub width: String,
    pub y: u32,
    pub height: u32,
}

/// A row: its bars, one upon the other, and its label.
pub struct DrawnRow {
    pub bars: Vec<Bar>,
    pub label: String,
    pub label_x: String,
    pub label_y: u32,
}

/// A group with its name above it.
pub struct DrawnGroup {
    pub name: String,
    pub is_proper: bool,
    pub name_y: u32,
    pub rows: Vec<DrawnRow>,
}

/// A drawn chart.
pub struct Drawn {
    pub groups: Vec<DrawnGroup>,
    pub height: u32,
}

/// The width of a value, in hundredths of a per cent.
pub fn width(amount: i64, largest: i64) -> i64 {
    if amount <= 0 || largest <= 0 {
        return 0;
    }
    let exact = i128::from(amount.min(largest)) * i128::from(FULL) / i128::from(largest);
    i64::try_from(exact).unwrap_or(FULL).clamp(LEAST, FULL)
}

/// Draws the first groups, one below the other.
pub fn draw(groups: Vec<Group>) -> Drawn {
    let shown: Vec<Group> = groups.into_iter().take(GROUPS_MOST).collect();
    let values = shown.iter().flat_map(|group| &group.values);
    let largest = values.map(|value| value.amount.max(value.inside.map_or(0, |(_, part)| part))).max().unwrap_or(0);
    let (mut y, mut drawn) = (0, Vec::new());
    for group in shown {
        let name_y = y + FOOT;
        y += HEADING;
        let mut rows = Vec::new();
        for value in group.values {
            rows.push(row(value, largest, y));
            y += ROW;
        }
        y += GAP;
        drawn.push(DrawnGroup { name: cut(&group.name), is_proper: group.is_proper, name_y, rows });
    }
    Drawn { groups: drawn, height: y }
}

fn row(value: Value, largest: i64, y: u32) -> DrawnRow {
    let bar = |kind, amount, inset| {
        let wide = width(amount, largest);
        (wide > 0).then(|| Bar { kind, width: per_cent(wide), y: y + inset, height: BAR - 2 * inset })
    };
    let outer = bar(value.kind, value.amount, 0);
    let inner = value.inside.and_then(|(kind, part)| bar(kind, part, INSET));
    let widest = width(value.amount, largest).max(value.inside.map_or(0, |(_, part)| width(part, largest)));
    DrawnRow {
        bars: outer.into_iter().chain(inner).collect(),
        label: value.label,
        label_x: per_cent(widest),
        label_y: y + FOOT,
    }
}

/// A name that fits; the whole one is in the table.
fn cut(name: &str) -> String {
    if name.chars().count() <= NAME_LETTERS {
        return name.to_owned();
    }
    let start: String = name.chars().take(NAME_LETTERS - 1).collect();
    format!("{}…", start.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(amount: i64) -> Value {
        Value { kind: "paid", amount, label: amount.to_string(), inside: None }
    }

    fn hundredths(width: &str) -> i64 {
        width.strip_suffix('%').unwrap().replace('.', "").parse().unwrap()
    }

    proptest! {
        #[test]
        fn bars_are_those_of_the_numbers(amounts in proptest::collection::vec(-5_i64..=i64::MAX, 1..12)) {
            let group = |values| Group { name: String::new(), is_proper: false, values };
            let drawn = draw(amounts.iter().map(|amount| group(vec![value(*amount)])).collect());
            let shown = &amounts[..amounts.len().min(GROUPS_MOST)];
            prop_assert_eq!(drawn.groups.len(), shown.len());
            let largest = shown.iter().copied().max().unwrap();
            for (amount, group) in shown.iter().zip(&drawn.groups) {
                let bars = &group.rows[0].bars;
                prop_assert_eq!(bars.len(), usize::from(*amount > 0), "zero has no bar");
                for bar in bars {
                    let wide = hundredths(&bar.width);
                    prop_assert!((1..=10_000).contains(&wide));
                    if *amount == largest {
                        prop_assert_eq!(wide, FULL);
                    }
                    let exact = i128::from(*amount) * i128::from(FULL) / i128::from(largest);
                    prop_assert!(i128::from(wide) == exact || (wide == LEAST && exact < i128::from(LEAST)));
                    prop_assert!(bar.y + bar.height <= drawn.height);
                }
                prop_assert_eq!(&group.rows[0].label, &amount.to_string());
            }
        }
    }

    #[test]
    fn a_part_is_drawn_inside_its_outline() {
        let whole = Value { kind: "ceiling", amount: 200, label: "50 of 200".to_owned(), inside: Some(("paid", 50)) };
        let drawn = draw(vec![Group { name: "x".repeat(40), is_proper: true, values: vec![whole] }]);
        let row = &drawn.groups[0].rows[0];
        let [outer, inner] = &row.bars[..] else { panic!("{:?}", row.bars) };
        assert_eq!((outer.width.as_str(), inner.width.as_str()), ("44.00%", "11.00%"));
        assert!(outer.y < inner.y && inner.y + inner.height < outer.y + outer.height);
        assert_eq!(row.label_x, "44.00%");
        assert_eq!(drawn.groups[0].name.chars().count(), NAME_LETTERS);
    }
}
