//! What the pages of treasury and bank share: the ways from one to the other, and what was wrong with a file.

use crate::service::running::runner::Answered;
use crate::web::edge::problem::FieldProblem;
use crate::web::portal::field::{Form, Trouble, reason};
use crate::web::portal::page::{Frame, Link, Page, Said};
use crate::web::portal::problem_page::Warning;
use crate::web::portal::text_upload::FILE;
use crate::web::portal::texts::Language;
use chrono::NaiveDate;
use domain::base::calendar::FinancialYear;

/// The keys of the labels of a file that is taken in.
pub const LABELS: [(&str, &str); 4] =
    [(FILE, "label-text-file"), ("/content", "label-content"), ("/from", "scroll-from"), ("/to", "scroll-to")];

/// The pages of treasury and bank: key of the title, and address.
const WAYS: &[(&str, &str)] = &[
    ("title-advices", "/advices"),
    ("title-treasury-returns", "/treasury"),
    ("title-scrolls", "/scrolls"),
    ("title-bank-credits", "/credits"),
    ("title-differences", "/differences"),
];

/// The ways from a page of treasury and bank to the others.
pub fn ways(page: &Page) -> Vec<Link> {
    let way = |(key, path): &(&str, &str)| Link { here: page.shown_at == *path, ..page.crumb(key, path) };
    WAYS.iter().map(way).collect()
}

/// What happens to a payment that the treasury is told to make on this day and that is not paid before its year ends.
pub fn year_end(page: &Page, day: NaiveDate) -> String {
    let year = FinancialYear::containing(day);
    let last = year.last_day().map(|last| page.day(&last)).unwrap_or_default();
    page.language.text_with("payment-year-end", &[("day", last), ("year", year.plus_years(1).to_string())])
}

/// The page of these that stands in the bar, and in the way to all others.
const FIRST: &str = "/treasury";

/// The frame of one of these pages.
pub fn frame_of_list(page: &Page, title: String, path: &str) -> Frame {
    let mut frame = page.frame(title);
    frame.crumbs.extend((path != FIRST).then(|| page.crumb("nav-bank", FIRST)));
    frame
}

/// The frame of a record below one of these pages.
pub fn frame_below(page: &Page, title: String, key: &str, path: &str) -> Frame {
    let mut frame = frame_of_list(page, title, path);
    frame.crumbs.push(page.crumb(key, path));
    frame
}

/// The address of what an upload made, with the entry of the log.
pub fn address_made(answered: &Answered) -> String {
    let entry = answered.log_entry.map(|entry| format!("?entry={entry}")).unwrap_or_default();
    format!("{}{entry}", answered.body)
}

/// The warning of a file that was not taken, chosen or pasted into the field `at`: each fault with its place in it.
pub fn warning_of(trouble: &Trouble, form: &Form, language: Language, at: &str) -> Warning {
    let field_of = |error: &FieldProblem| if form.has(&error.pointer) { error.pointer.clone() } else { at.to_owned() };
    let fault = |error: &FieldProblem| {
        let said = if form.has(&error.pointer) { form.named_fault(error) } else { in_file(error, language) };
        (form.id(&field_of(error)), said)
    };
    let mut errors: Vec<&FieldProblem> = trouble.problem.errors.iter().collect();
    errors.sort_by_key(|error| form.place_of(&field_of(error)));
    Warning { faults: errors.into_iter().map(fault).collect(), ..Warning::of(trouble, form, language) }
}

/// A fault of a file, with its place as people count and name it: `Line 3 of the file, day: …`.
pub fn in_file(error: &FieldProblem, language: Language) -> Said {
    let said = reason(error, language);
    let field = error.pointer.rsplit('/').next().unwrap_or_default();
    let key = format!("file-column-{field}");
    // A file whose first record names its columns is read by these names.
    let named = error.pointer.strip_prefix("/lines/").and_then(|rest| rest.split_once('/')).map(|(_, name)| name);
    let column = if Language::has(&key) { Some(language.text(&key)) } else { named.map(str::to_owned) };
    let line = error.line.map(|line| language.text_with("file-line", &[("line", line.to_string())]));
    let place: Vec<String> = line.into_iter().chain(column).collect();
    let text = if place.is_empty() { said.text } else { format!("{}: {}", place.join(", "), said.text) };
    Said { text, language: said.language }
}

/// The fields of the form of a file.
pub const FIELDS: &[&str] = &[FILE, "/content", "/from", "/to"];
