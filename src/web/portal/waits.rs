//! With whom a record lies, since when, and until when, in sentences.

use crate::web::portal::page::Page;
use domain::worklist::waiting::Waiting;

/// One sentence for each act that the record waits for.
pub fn sentences(page: &Page, waiting: &[Waiting]) -> Vec<String> {
    let sentence = |one: &Waiting| {
        let office = page.offices(&one.offices);
        let with = match &one.since {
            Some(since) => {
                page.language.text_with("title-with-since", &[("office", office), ("day", page.instant(since))])
            }
            None => page.t1("waits-with", "office", office),
        };
        let until = one.until.map(|day| format!(" · {}", page.t1("waits-until", "day", page.day(&day))));
        format!("{with}{}", until.unwrap_or_default())
    };
    waiting.iter().map(sentence).collect()
}

/// What the clock of the office has left while a query is open.
pub fn standing(page: &Page, waiting: &[Waiting]) -> Option<String> {
    let standing = waiting.iter().find_map(|one| one.standing.as_ref())?;
    let values = [("day", page.instant(&standing.since)), ("n", standing.days_left.to_string())];
    Some(page.language.text_with("waits-clock-stands", &values))
}
