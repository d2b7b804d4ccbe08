//! How many statements the pages need: one test goes over every page of the route table for which the demo has a record,
//! so that a new page cannot be forgotten.

use crate::harness::scratch;
use crate::portal::browser::{Browser, Shown};
use crate::portal::demo::Demo;
use magnet_scheme::web::portal::declared;
use magnet_scheme::web::portal::route_table::is_at;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The most statements of a page, without those that find out who reads, which every page has.
const MOST: u64 = 12;

/// How many pages of one address each person opens.
const OF_EACH: usize = 2;

/// Pages of which the demo has no record: the tests of their rooms count the statements of most of them.
const NOT_IN_THE_DEMO: &[&str] = &[
    "/n/{number:.+}",
    "/problems/{code}",
    "/applications/{reference}/scrutiny",
    "/excuses/{reference}",
    "/claims/{reference}/statement",
    "/claims/{reference}/certificate",
    "/recoveries/{reference}",
    "/advices/{id}",
    "/advices/{id}/file.csv",
    "/advices/{id}/file.xml",
    "/treasury/{id}",
    "/scrolls/{id}",
    "/differences/{id}",
    "/scheme-drafts/{id}",
    "/recoveries/{reference}/notes",
    "/recoveries/{reference}/letters",
    "/letters/{reference}",
    "/allocations/{reference}",
];

fn statements(shown: &Shown) -> u64 {
    shown.answer.header("x-statements").unwrap().parse().unwrap()
}

/// The addresses of this service to which a page leads.
fn links(shown: &Shown) -> Vec<String> {
    let links = shown.page.named("a").into_iter().filter_map(|link| link.attribute("href"));
    links.filter(|address| address.starts_with("/en/")).map(str::to_owned).collect()
}

/// Opens every page to which a person is led: the most statements that a page of each declared address needed.
fn opened(browser: &Browser, pages: &[&'static str]) -> BTreeMap<&'static str, (u64, String)> {
    let everybody = statements(&browser.opens("/en/sign-in"));
    let whole = pages.iter().filter(|path| !path.contains('{')).map(|path| format!("/en{path}"));
    let (mut open, mut seen): (VecDeque<String>, BTreeSet<String>) = (whole.collect(), BTreeSet::new());
    let (mut found, mut counts) = (BTreeMap::new(), BTreeMap::new());
    while let Some(address) = open.pop_front() {
        let path = address["/en".len()..].split(['?', '#']).next().unwrap().to_owned();
        let Some(declared) = pages.iter().find(|one| is_at(one, &path)) else { continue };
        let count: &mut usize = counts.entry(*declared).or_default();
        if *count == OF_EACH || !seen.insert(path) {
            continue;
        }
        let shown = browser.opens(&address);
        if shown.answer.status != 200 {
            continue;
        }
        *count += 1;
        let own = statements(&shown).saturating_sub(everybody);
        let most = found.entry(*declared).or_insert((own, address.clone()));
        if own > most.0 {
            *most = (own, address);
        }
        open.extend(links(&shown));
    }
    found
}

#[apply(plain!)]
fn no_page_needs_more_than_twelve_statements() {
    let folder = scratch::folder();
    let demo = Demo::play(folder.path());
    let pages: Vec<&'static str> =
        declared().into_iter().filter(|one| one.method == "GET" && !one.path.is_empty()).map(|one| one.path).collect();
    let (mut found, mut offices) = (BTreeMap::new(), BTreeSet::new());
    for (office, _, link) in demo.people().into_iter().filter(|(office, ..)| offices.insert(office.clone())) {
        let browser = demo.browser();
        browser.opens(&link).with_status(200);
        for (page, (own, address)) in opened(&browser, &pages) {
            found.entry(page).or_insert_with(Vec::new).push((own, format!("{office} at {address}")));
        }
    }
    let most = |all: &Vec<(u64, String)>| all.iter().max().unwrap().clone();
    let too_many: Vec<_> = found.values().map(most).filter(|(own, _)| *own > MOST).collect();
    assert!(too_many.is_empty(), "more than {MOST} statements: {too_many:#?}");
    let missing: Vec<_> = pages.iter().filter(|page| !found.contains_key(*page)).collect();
    assert_eq!(missing, NOT_IN_THE_DEMO.iter().collect::<Vec<_>>(), "no record of the demo leads to these");
    demo.end();
}
