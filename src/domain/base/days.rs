//! Sets of calendar days, stored as spans with both ends included, so that no day counts twice.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Days from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Span {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Span {
    /// The number of days; zero when it ends before it begins.
    pub fn count(&self) -> i64 {
        ((self.to - self.from).num_days() + 1).max(0)
    }
}

/// A set of days: spans in order that neither touch nor overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Days(Vec<Span>);

impl Days {
    /// The union of these spans, each day once.
    pub fn of(spans: impl IntoIterator<Item = Span>) -> Days {
        let mut sorted: Vec<Span> = spans.into_iter().filter(|span| span.from <= span.to).collect();
        sorted.sort();
        let mut merged: Vec<Span> = Vec::new();
        for span in sorted {
            match merged.last_mut() {
                Some(last) if last.to.succ_opt().is_none_or(|next| span.from <= next) => last.to = last.to.max(span.to),
                _ => merged.push(span),
            }
        }
        Days(merged)
    }

    /// The days from one to another, both included; empty when `to` is before `from`.
    pub fn between(from: NaiveDate, to: NaiveDate) -> Days {
        Days::of([Span { from, to }])
    }

    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of days in the set.
    pub fn count(&self) -> i64 {
        self.0.iter().map(Span::count).sum()
    }

    pub fn first(&self) -> Option<NaiveDate> {
        self.0.first().map(|span| span.from)
    }

    pub fn last(&self) -> Option<NaiveDate> {
        self.0.last().map(|span| span.to)
    }

    /// The intersection: the days that are in both sets.
    pub fn and(&self, other: &Days) -> Days {
        let pairs = self.0.iter().flat_map(|a| other.0.iter().map(move |b| (a, b)));
        Days::of(pairs.map(|(a, b)| Span { from: a.from.max(b.from), to: a.to.min(b.to) }))
    }

    /// The difference: the days that are in this set and not in the other.
    pub fn minus(&self, other: &Days) -> Days {
        let mut left = self.0.clone();
        for gone in &other.0 {
            let cut = |span: Span| {
                if gone.to < span.from || span.to < gone.from {
                    return [Some(span), None];
                }
                let before = gone.from.pred_opt().map(|to| Span { from: span.from, to });
                let after = gone.to.succ_opt().map(|from| Span { from, to: span.to });
                [before, after]
            };
            left = left.into_iter().flat_map(cut).flatten().filter(|span| span.from <= span.to).collect();
        }
        Days(left)
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::collections::BTreeSet;

    pub fn span(from: &str, to: &str) -> Span {
        Span { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    #[test]
    fn spans_that_touch_are_one() {
        let days = Days::of([span("2027-01-11", "2027-01-20"), span("2027-01-01", "2027-01-10")]);
        assert_eq!(days.spans(), [span("2027-01-01", "2027-01-20")]);
        assert_eq!(days.minus(&Days::between(days.first().unwrap(), days.last().unwrap())), Days::default());
        assert!(Days::of([span("2027-01-02", "2027-01-01")]).is_empty());
    }

    fn day(number: i64) -> NaiveDate {
        NaiveDate::default() + chrono::Duration::days(number)
    }

    type Pairs = Vec<(i64, i64)>;

    fn both(pairs: &Pairs) -> (Days, BTreeSet<NaiveDate>) {
        let days = Days::of(pairs.iter().map(|(from, long)| Span { from: day(*from), to: day(from + long) }));
        (days, pairs.iter().flat_map(|(from, long)| (*from..=from + long).map(day)).collect())
    }

    fn listed(days: &Days) -> Vec<NaiveDate> {
        days.spans().iter().flat_map(|span| span.from.iter_days().take_while(|day| *day <= span.to)).collect()
    }

    proptest::proptest! {
        #[test]
        fn it_counts_as_a_set_of_single_days_does(
            a in proptest::collection::vec((0_i64..60, -1_i64..15), 0..6),
            b in proptest::collection::vec((0_i64..60, -1_i64..15), 0..6),
        ) {
            let ((days, set), (others, other_set)) = (both(&a), both(&b));
            proptest::prop_assert_eq!(listed(&days), Vec::from_iter(set.iter().copied()));
            proptest::prop_assert_eq!(days.count() as usize, set.len());
            let and: Vec<NaiveDate> = set.intersection(&other_set).copied().collect();
            proptest::prop_assert_eq!(listed(&days.and(&others)), and);
            let minus: Vec<NaiveDate> = set.difference(&other_set).copied().collect();
            proptest::prop_assert_eq!(listed(&days.minus(&others)), minus);
        }
    }
}
