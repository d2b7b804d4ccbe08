//! Money paid in a year as a line of steps, against the dated limits of the last quarter and of March. A limit is drawn
//! where the total may go: what was paid before its period, and its share of the estimate.

use crate::web::portal::chart::{Table, per_cent};

/// The height of the drawn part, in its own units and in pixels.
const HEIGHT: i64 = 220;
/// The width of the drawn part in its own units.
const WIDTH: i64 = 1_000;
/// Above the drawn part, so that the letters of the top line fit.
pub const ABOVE: i64 = 14;
/// The whole height in pixels: the months stand below.
pub const WHOLE: i64 = 256;
/// Labels are at least this far apart; marks above and below Devanagari need it.
const APART: i64 = 18;
const CRORE: i64 = 1_000_000_000;

/// A day of payment: its place in the year, the first day is 0, and the total so far.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub day: i64,
    pub so_far: i64,
}

/// A limit: its period begins on a day and lasts to the end of the year.
pub struct Limit {
    pub kind: &'static str,
    pub from: i64,
    pub ceiling: i64,
    pub label: String,
}

/// What is drawn.
pub struct Year {
    /// 365 or 366.
    pub days: i64,
    /// The day up to which something is known.
    pub until: i64,
    pub estimate: i64,
    pub steps: Vec<Step>,
    pub limits: Vec<Limit>,
    pub paid_label: String,
    /// Places of the first days of some months, with their names.
    pub months: Vec<(i64, String)>,
}

/// A label of the chart, at a place in per cent and pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub x: String,
    pub y: i64,
    pub text: String,
}

/// A line of a limit.
pub struct Line {
    pub kind: &'static str,
    pub path: String,
}

/// A shaded period.
pub struct Shade {
    pub kind: &'static str,
    pub x: i64,
    pub width: i64,
}

/// A drawn chart.
pub struct Drawn {
    pub paid: String,
    pub lines: Vec<Line>,
    pub shades: Vec<Shade>,
    /// Heights of the lines of the grid.
    pub grid: Vec<i64>,
    /// What the lines of the grid mean.
    pub scale: Vec<Label>,
    pub months: Vec<Label>,
    /// What the lines mean; they end at their place.
    pub labels: Vec<Label>,
}

/// A chart of steps with everything that stands around it.
pub struct StepChart {
    pub title: String,
    pub message: String,
    pub drawn: Drawn,
    pub table: Table,
}

/// The next of 1, 2, 4, 5, 8 times a power of ten crore that is at least this amount, so that its quarters are whole
/// numbers of crore or have two decimals.
pub fn top(amount: i64) -> i64 {
    let mut power = CRORE;
    loop {
        for factor in [1, 2, 4, 5, 8] {
            match power.checked_mul(factor) {
                Some(top) if top >= amount => return top,
                Some(_) => {}
                None => return i64::MAX,
            }
        }
        power = power.saturating_mul(10);
    }
}

fn scaled(part: i64, whole: i64, to: i64) -> i64 {
    let exact = i128::from(part.clamp(0, whole)) * i128::from(to) / i128::from(whole.max(1));
    i64::try_from(exact).unwrap_or(to)
}

/// Draws a year. `crore` writes an amount of the scale.
pub fn draw(year: Year, crore: impl Fn(i64) -> String) -> Drawn {
    let before = |day: i64| year.steps.iter().rev().find(|step| step.day < day).map_or(0, |step| step.so_far);
    let paid = year.steps.last().map_or(0, |step| step.so_far);
    let heights: Vec<i64> = year.limits.iter().map(|limit| before(limit.from).saturating_add(limit.ceiling)).collect();
    let top = top(heights.iter().copied().chain([paid, year.estimate]).max().unwrap_or(0));
    let x = |day: i64| scaled(day, year.days, WIDTH);
    let y = |amount: i64| HEIGHT - scaled(amount, top, HEIGHT);
    let mut path = format!("M0 {}", y(0));
    for step in &year.steps {
        path.push_str(&format!("H{}V{}", x(step.day), y(step.so_far)));
    }
    path.push_str(&format!("H{}", x(year.until)));
    let mut labels = vec![(y(paid), year.paid_label.clone())];
    let (mut lines, mut shades) = (Vec::new(), Vec::new());
    for (limit, height) in year.limits.iter().zip(heights) {
        let (from, at) = (x(limit.from), y(height));
        lines.push(Line { kind: limit.kind, path: format!("M{from} {at}H{WIDTH}") });
        shades.push(Shade { kind: limit.kind, x: from, width: WIDTH - from });
        labels.push((at, limit.label.clone()));
    }
    let month = |(day, text): &(i64, String)| Label {
        x: per_cent(scaled(*day, year.days, 10_000)),
        y: WHOLE - 6,
        text: text.clone(),
    };
    let quarter = |part: i64| {
        let amount = i64::try_from(i128::from(top) * i128::from(part) / 4).unwrap_or(top);
        Label { x: per_cent(0), y: ABOVE + y(amount) - 3, text: crore(amount) }
    };
    Drawn {
        paid: path,
        lines,
        shades,
        grid: (0..=4).map(|part| HEIGHT - HEIGHT * part / 4).collect(),
        scale: (1..=4).map(quarter).collect(),
        months: year.months.iter().map(month).collect(),
        labels: apart(labels),
    }
}

/// The labels at the heights of their lines, the highest first, pushed down where they are too near to each other, and
/// up again where they would leave the chart.
fn apart(mut labels: Vec<(i64, String)>) -> Vec<Label> {
    labels.sort_by_key(|(y, _)| *y);
    let mut free = ABOVE;
    let mut placed: Vec<Label> = Vec::new();
    for (y, text) in labels {
        let at = (ABOVE + y - 5).max(free);
        free = at + APART;
        placed.push(Label { x: per_cent(7_400), y: at, text });
    }
    let mut lowest = ABOVE + HEIGHT - 4;
    for label in placed.iter_mut().rev() {
        label.y = label.y.min(lowest);
        lowest = label.y - APART;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_top_is_a_round_number_above() {
        for (crore, expected) in [(0, 1), (1, 1), (3, 4), (41, 50), (60, 80), (81, 100), (150, 200), (1_345, 2_000)] {
            assert_eq!(top(crore * CRORE) / CRORE, expected, "{crore}");
        }
        assert_eq!(top(60 * CRORE + 1) / CRORE, 80);
    }

    fn numbers(path: &str) -> Vec<i64> {
        let split = path.split(|letter: char| !letter.is_ascii_digit() && letter != '-');
        split.filter(|part| !part.is_empty()).map(|part| part.parse().unwrap()).collect()
    }

    proptest! {
        #[test]
        fn nothing_is_drawn_outside(
            amounts in proptest::collection::vec(1_i64..500_000_000_000, 0..20),
            estimate in 0_i64..9_000_000_000_000,
            shares in (0_i64..1_000_000_000_000, 0_i64..500_000_000_000),
        ) {
            let mut so_far = 0;
            let steps = (0..).zip(&amounts).map(|(place, amount)| {
                so_far += amount;
                Step { day: place * 18, so_far }
            });
            let limit = |kind, from, ceiling| Limit { kind, from, ceiling, label: String::new() };
            let year = Year {
                days: 365,
                until: 364,
                estimate,
                steps: steps.collect(),
                limits: vec![limit("last_quarter", 275, shares.0), limit("march", 334, shares.1)],
                paid_label: String::new(),
                months: vec![(0, String::new()), (334, String::new())],
            };
            let drawn = draw(year, |amount| amount.to_string());
            let found = numbers(&drawn.paid);
            prop_assert_eq!(found.len(), 3 + 2 * amounts.len());
            prop_assert!(found.iter().all(|number| (0..=WIDTH).contains(number)), "{:?}", found);
            let heights: Vec<i64> = found[1..].iter().copied().step_by(2).collect();
            prop_assert!(heights.iter().all(|height| (0..=HEIGHT).contains(height)) || amounts.is_empty());
            for line in &drawn.lines {
                prop_assert!(numbers(&line.path).iter().all(|number| (0..=WIDTH).contains(number)));
            }
            prop_assert!(drawn.labels.windows(2).all(|pair| pair[1].y - pair[0].y >= APART));
            prop_assert!(drawn.labels.iter().all(|label| (0..=WHOLE).contains(&label.y)));
        }
    }

    #[test]
    fn a_line_rises_on_the_day_of_payment() {
        let limits = vec![Limit { kind: "march", from: 334, ceiling: 15 * CRORE, label: "limit".to_owned() }];
        let steps = vec![Step { day: 73, so_far: 50 * CRORE }, Step { day: 340, so_far: 60 * CRORE }];
        let (paid_label, months) = ("paid".to_owned(), Vec::new());
        let year = Year { days: 365, until: 350, estimate: 100 * CRORE, steps, limits, paid_label, months };
        let drawn = draw(year, |amount| (amount / CRORE).to_string());
        assert_eq!(drawn.paid, "M0 220H200V110H931V88H958");
        // 50 crore were paid before March, so in March the total may go to 65 crore.
        assert_eq!(drawn.lines[0].path, "M915 77H1000");
        assert_eq!(drawn.scale.iter().map(|label| label.text.as_str()).collect::<Vec<_>>(), ["25", "50", "75", "100"]);
    }
}
