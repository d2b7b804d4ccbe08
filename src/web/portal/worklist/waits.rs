//! A wait in words: with whom a record lies, since when, until when, and what happens if nothing is done. Every page
//! says it the same way.

use crate::web::portal::page::Page;
use chrono::NaiveDate;
use domain::worklist::waiting::{RunningClock, Waiting};

/// One act that a record waits for, in words.
pub struct Wait {
    /// With whom it lies, and since when.
    pub place: String,
    /// Until when, and what happens then; the clock that runs out first comes first.
    pub clocks: Vec<String>,
}

/// A wait as its page says it.
pub fn in_words(page: &Page, waiting: &Waiting, today: NaiveDate) -> Wait {
    let office = page.offices(&waiting.offices);
    let place = match &waiting.since {
        Some(since) => page.language.text_with("title-with-since", &[("office", office), ("day", page.instant(since))]),
        None => page.t1("title-with", "office", office),
    };
    Wait { place, clocks: waiting.clocks.iter().map(|clock| until(page, clock, today)).collect() }
}

/// Until when a clock runs, and what happens then.
fn until(page: &Page, clock: &RunningClock, today: NaiveDate) -> String {
    let left = (clock.until - today).num_days();
    let key = if left < 0 { "clock-over" } else { "clock-runs" };
    let values = [("day", page.day(&clock.until)), ("n", left.abs().to_string()), ("then", consequence(page, clock))];
    page.language.text_with(key, &values)
}

/// What happens when a clock runs out and nothing was done.
pub fn consequence(page: &Page, clock: &RunningClock) -> String {
    let arguments = &clock.then.arguments;
    let amount = arguments.amount_paise.map(|paise| domain::base::money::Paise(paise).to_string());
    let key = match &amount {
        Some(_) => format!("then-money-{}", clock.then.code),
        None => format!("then-{}", clock.then.code),
    };
    let values = [
        ("amount", amount.unwrap_or_default()),
        ("days", arguments.days.map(|days| days.to_string()).unwrap_or_default()),
    ];
    page.language.text_with(&key, &values)
}
