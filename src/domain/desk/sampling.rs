//! Draws a sample so that anybody can draw it again. Numbers come from SHA-256 in counter mode (a
//! deterministic random bit generator): block *n* is SHA-256 of `magnet-scheme sample v1`, a zero
//! byte, the seed, a zero byte, the digest of the population (hexadecimal), a zero byte, and *n* as
//! 8 bytes big-endian, *n* = 0, 1, 2 …; its first 8 bytes, big-endian, are one number. A number
//! below `bound` is the remainder of the next number, where numbers from the largest multiple of
//! `bound` up to 2^64 are skipped (rejection sampling), so that every remainder is equally likely.
//!
//! Every item of at least `always_from` is included. The rest, in the order of the population, is
//! sampled by one of two methods:
//!
//! - monetary unit: the interval is the sum of the rest divided by the size, rounded down, at least
//!   one paisa; the start is a number below the interval; each of the points start, start +
//!   interval, … (as many as the size) hits the item that contains this paisa. An item can be hit
//!   more than once.
//! - simple random (a Fisher-Yates shuffle): the items are put in a row; for i = 0, 1, … the item
//!   at i is swapped with the one at i + a number below the count of items left; the first `size`
//!   items of the row are drawn.

use crate::base::digest::hex;
use crate::base::money::Paise;
use crate::words;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use utoipa::ToSchema;

words! {
    /// The method by which items are drawn.
    pub enum SamplingMethod {
        MonetaryUnit = "monetary_unit",
        SimpleRandom = "simple_random",
    }
}

words! {
    /// The reason why an item is in the sample.
    pub enum DrawReason {
        /// Its amount is at least the amount from which all items are included.
        Always = "always",
        Drawn = "drawn",
    }
}

/// One item of a frozen population.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PopulationItem {
    /// 1 for the first.
    pub position: i64,
    pub disbursement_id: String,
    pub number: String,
    pub amount_paise: Paise,
}

/// One item of the sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DrawnItem {
    /// Its position in the population.
    pub position: i64,
    pub disbursement_id: String,
    pub amount_paise: Paise,
    pub reason: DrawReason,
    /// The number of monetary units that hit it; always 1 in simple random sampling.
    pub hits: i64,
}

/// The parameters of a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    pub method: SamplingMethod,
    /// The number of items to draw, in addition to those that are always included.
    pub size: i64,
    pub always_from: Option<Paise>,
}

/// SHA-256 of a seed, as hexadecimal digits.
pub fn seed_digest(seed: &str) -> String {
    hex(&Sha256::digest(seed.as_bytes()))
}

/// SHA-256 of a population: `id amount` and a line feed for each item, in order.
pub fn population_digest(items: &[PopulationItem]) -> String {
    let mut hash = Sha256::new();
    for item in items {
        hash.update(format!("{} {}\n", item.disbursement_id, item.amount_paise.0).as_bytes());
    }
    hex(&hash.finalize())
}

/// SHA-256 of the drawn items: `position id reason hits` and a line feed for each item, in order.
pub fn draw_digest(items: &[DrawnItem]) -> String {
    let mut hash = Sha256::new();
    for item in items {
        let DrawnItem { position, disbursement_id, reason, hits, .. } = item;
        hash.update(format!("{position} {disbursement_id} {reason} {hits}\n").as_bytes());
    }
    hex(&hash.finalize())
}

/// The sequence of numbers that follows from a seed and a population.
struct Numbers {
    start: Sha256,
    next: u64,
}

impl Numbers {
    fn of(seed: &str, population: &str) -> Numbers {
        let mut start = Sha256::new();
        for part in ["magnet-scheme sample v1", seed, population] {
            start.update(part.as_bytes());
            start.update([0]);
        }
        Numbers { start, next: 0 }
    }

    fn number(&mut self) -> u64 {
        let mut block = self.start.clone();
        block.update(self.next.to_be_bytes());
        self.next += 1;
        block.finalize().iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
    }

    /// A uniformly distributed number below a bound; 0 if the bound is 0 or 1.
    fn below(&mut self, bound: u64) -> u64 {
        if bound <= 1 {
            return 0;
        }
        // The largest multiple of the bound that is at most 2^64.
        let multiple = (1_u128 << 64) / u128::from(bound) * u128::from(bound);
        loop {
            let number = self.number();
            if u128::from(number) < multiple {
                return number % bound;
            }
        }
    }
}

/// The items of the sample, in the order of the population.
pub fn draw(seed: &str, items: &[PopulationItem], plan: Plan) -> Vec<DrawnItem> {
    let mut numbers = Numbers::of(seed, &population_digest(items));
    let always = |item: &PopulationItem| plan.always_from.is_some_and(|from| item.amount_paise >= from);
    let rest: Vec<&PopulationItem> = items.iter().filter(|item| !always(item)).collect();
    let hits = match plan.method {
        SamplingMethod::MonetaryUnit => monetary_units(&mut numbers, &rest, plan.size),
        SamplingMethod::SimpleRandom => at_random(&mut numbers, &rest, plan.size),
    };
    let drawn = |item: &PopulationItem| {
        let (reason, hits) = match hits.get(&item.position) {
            Some(hits) => (DrawReason::Drawn, *hits),
            None if always(item) => (DrawReason::Always, 1),
            None => return None,
        };
        let (position, amount_paise) = (item.position, item.amount_paise);
        Some(DrawnItem { position, disbursement_id: item.disbursement_id.clone(), amount_paise, reason, hits })
    };
    items.iter().filter_map(drawn).collect()
}

/// The number of hits of each item, by its position.
fn monetary_units(numbers: &mut Numbers, rest: &[&PopulationItem], size: i64) -> BTreeMap<i64, i64> {
    let mut hits = BTreeMap::new();
    let total: u128 = rest.iter().map(|item| u128::from(item.amount_paise.0.unsigned_abs())).sum();
    let points = u128::from(size.unsigned_abs()).min(total);
    if points == 0 {
        return hits;
    }
    let interval = total / points;
    let start = u128::from(numbers.below(u64::try_from(interval).unwrap_or(u64::MAX)));
    let (mut point, mut taken, mut up_to) = (start, 0, 0_u128);
    for item in rest {
        up_to += u128::from(item.amount_paise.0.unsigned_abs());
        while taken < points && point < up_to {
            *hits.entry(item.position).or_insert(0) += 1;
            point += interval;
            taken += 1;
        }
    }
    hits
}

fn at_random(numbers: &mut Numbers, rest: &[&PopulationItem], size: i64) -> BTreeMap<i64, i64> {
    let mut row: Vec<i64> = rest.iter().map(|item| item.position).collect();
    let size = usize::try_from(size).unwrap_or(0).min(row.len());
    for place in 0..size {
        let left = u64::try_from(row.len() - place).unwrap_or(1);
        let other = place + usize::try_from(numbers.below(left)).unwrap_or(0);
        row.swap(place, other);
    }
    row.into_iter().take(size).map(|position| (position, 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn population(amounts: &[i64]) -> Vec<PopulationItem> {
        let item = |(position, paise): (i64, &i64)| PopulationItem {
            position,
            disbursement_id: format!("d{position}"),
            number: format!("D/{position}"),
            amount_paise: Paise(*paise),
        };
        (1..).zip(amounts).map(item).collect()
    }

    fn plan(method: SamplingMethod, size: i64, always_from: Option<i64>) -> Plan {
        Plan { method, size, always_from: always_from.map(Paise) }
    }

    #[test]
    fn what_is_large_is_always_in_and_the_rest_is_drawn() {
        let items = population(&[500, 100, 300, 900, 1_000, 200, 100, 400]);
        for method in [SamplingMethod::MonetaryUnit, SamplingMethod::SimpleRandom] {
            let drawn = draw("seed", &items, plan(method, 3, Some(900)));
            let always: Vec<i64> =
                drawn.iter().filter(|one| one.reason == DrawReason::Always).map(|one| one.position).collect();
            assert_eq!(always, [4, 5], "{method}");
            let hits: i64 = drawn.iter().filter(|one| one.reason == DrawReason::Drawn).map(|one| one.hits).sum();
            assert_eq!(hits, 3, "{method}");
            assert_eq!(draw("seed", &items, plan(method, 3, Some(900))), drawn);
        }
        let all = draw("seed", &items, plan(SamplingMethod::SimpleRandom, 100, None));
        assert_eq!(all.len(), items.len());
        assert!(draw("seed", &[], plan(SamplingMethod::MonetaryUnit, 3, None)).is_empty());
    }

    #[test]
    fn every_interval_of_money_is_hit_once() {
        let items = population(&[700, 50, 50, 100, 100]);
        for seed in 0..50 {
            let drawn = draw(&seed.to_string(), &items, plan(SamplingMethod::MonetaryUnit, 10, None));
            assert_eq!(drawn.iter().map(|one| one.hits).sum::<i64>(), 10);
            assert_eq!((drawn[0].position, drawn[0].hits), (1, 7), "seven intervals lie in it");
        }
    }

    #[test]
    fn each_item_is_as_likely_as_the_other() {
        let items = population(&[10; 5]);
        let mut counts = [0_i64; 5];
        for seed in 0..5_000 {
            for one in draw(&seed.to_string(), &items, plan(SamplingMethod::SimpleRandom, 2, None)) {
                counts[usize::try_from(one.position - 1).unwrap()] += 1;
            }
        }
        assert!(counts.iter().all(|count| (1_880..=2_120).contains(count)), "{counts:?}");
    }

    #[test]
    fn a_change_of_seed_or_population_changes_the_draw() {
        let amounts: Vec<i64> = (1..=200).map(|n| n * 37).collect();
        let (items, method) = (population(&amounts), SamplingMethod::SimpleRandom);
        let first = draw("one", &items, plan(method, 20, None));
        assert_ne!(draw("two", &items, plan(method, 20, None)), first);
        assert_ne!(draw("one", &items[..199], plan(method, 20, None)), first);
        assert_ne!(population_digest(&items), population_digest(&items[..199]));
    }
}
