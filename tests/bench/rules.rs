//! The evaluation of a claim of 10,000 invoice lines under the shipped scheme, on one core.

use crate::{line, median, milliseconds};
use domain::base::money::Paise;
use domain::claim::counted_lines::LineFacts;
use domain::claim::entitlement::{Facts, Release, compute, money};
use domain::scheme::fact::{FactValue, StatedFact};
use domain::scheme::rules::exact::Exact;
use domain::scheme::rules::names::Value;
use domain::scheme::scheme::{Component, Scheme};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

const LINES: i64 = 10_000;
const TIMES: usize = 50;
const MOST: Duration = Duration::from_millis(50);

const SCHEME: &str = include_str!("../../config/schemes/ndfeb-2025-proposal-3.toml");

/// Computes it many times and prints the median.
pub fn measure() {
    let scheme = Scheme::parse(SCHEME).unwrap();
    let numbers: Vec<String> = (1..=LINES).map(|line| format!("S/{line}")).collect();
    let credited = [StatedFact { code: "credited_kg".to_owned(), value: FactValue::Number(1), evidence_id: None }];
    let lines: Vec<LineFacts<'_>> =
        (1..=LINES).zip(&numbers).map(|(line, number)| invoice(line, number, &credited)).collect();
    let facts = claim(lines);
    let mut times: Vec<Duration> = (0..TIMES)
        .map(|_| {
            let start = Instant::now();
            black_box(compute(&scheme, black_box(&facts)).unwrap());
            start.elapsed()
        })
        .collect();
    println!("\nRules, on one core");
    let took = median(&mut times);
    line("a claim of 10,000 invoice lines", &milliseconds(took), "", "", "< 50 ms", Some(took < MOST));
}

fn invoice<'a>(line: i64, number: &'a str, credited: &'a [StatedFact]) -> LineFacts<'a> {
    let date = "2028-04-01".parse::<chrono::NaiveDate>().unwrap() + chrono::Days::new(line.unsigned_abs() * 7 % 365);
    LineFacts {
        line,
        invoice_number: number,
        party: "Sample Motors",
        invoice_date: date,
        quantity_kg: 100 + line % 7,
        amount: Paise(50_000_000 + line * 101),
        facts: if line % 3 == 0 { credited } else { &[] },
    }
}

fn claim(lines: Vec<LineFacts<'_>>) -> Facts<'_> {
    let whole = |number: i64| Value::Number(Exact::whole(number));
    let date = |text: &str| Value::Date(text.parse().unwrap());
    let plenty = Paise(1_000_000_000_000_000);
    Facts {
        component: Component::SalesLinkedIncentive,
        accepted_lines: LINES,
        rejected_lines: 0,
        lines,
        known: BTreeMap::from([
            ("capacity", whole(750)),
            ("rate", whole(160_000)),
            ("award_ceiling", money(plenty)),
            ("awarded_on", date("2026-11-01")),
            ("award_ends_on", date("2033-10-31")),
            ("commissioned_on", date("2028-04-10")),
            ("period_from", date("2028-04-01")),
            ("period_to", date("2029-03-31")),
            ("used_kg", whole(0)),
        ]),
        stated: Vec::new(),
        amount_claimed: plenty,
        award_room: plenty,
        component_room: plenty,
        appropriation_room: plenty,
        release: Release::Whole,
    }
}
