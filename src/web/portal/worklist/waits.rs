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
    /// What the clock of the office has left while a query is open.
    pub standing: Option<String>,
}

/// All that a record waits for, as its page says it.
pub fn all_in_words(page: &Page, waiting: &[Waiting], today: NaiveDate) -> Vec<Wait> {
    waiting.iter().map(|one| in_words(page, one, today)).collect()
}

fn in_words(page: &Page, waiting: &Waiting, today: NaiveDate) -> Wait {
    let office = page.offices(&waiting.offices);
    let place = match &waiting.since {
        Some(since) => page.language.text_with("title-with-since", &[("office", office), ("day", page.instant(since))]),
        None => page.t1("title-with", "office", office),
    };
    let standing = waiting.standing.as_ref().map(|standing| {
        let values = [("day", page.instant(&standing.since)), ("n", standing.days_left.to_string())];
        page.language.text_with("clock-stands", &values)
    });
    Wait { place, clocks: waiting.clocks.iter().map(|clock| until(page, clock, today)).collect(), standing }
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
