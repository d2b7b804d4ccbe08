//! How many statements the pages need, what they weigh, and how many files each asks for. The browser of these tests
//! counts statements on every page that it opens; the test here goes over every page of the route table for which the
//! demo has a record, so that a new page cannot be forgotten.

use crate::harness::scratch;
use crate::portal::browser::{Browser, OF_EVERY_PAGE, Shown};
use crate::portal::demo::Demo;
use magnet_scheme::web::portal::declared;
use magnet_scheme::web::portal::route_table::is_at;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::Write;

/// How many pages of one address each person opens.
const OF_EACH: usize = 2;

/// The most bytes of a page on the way, compressed, and the most files that a browser asks for which knows none of
/// them: the page, its style, its script, its icon, and the two weights of the letters of Hindi.
const BYTES_MOST: usize = 30_000;
const FILES_MOST: usize = 6;

/// Pages of which the demo has no record: the tests of their rooms open them.
const NOT_IN_THE_DEMO: &[&str] = &[
    "/n/{number:.+}",
    "/problems/{code}",
    "/applications/{reference}/scrutiny",
    "/excuses/{reference}",
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
    "/corrections/{id}",
];

/// The addresses of this service to which a page leads.
fn links(shown: &Shown) -> Vec<String> {
    let links = shown.page.named("a").into_iter().filter_map(|link| link.attribute("href"));
    links.filter(|address| address.starts_with("/en/")).map(str::to_owned).collect()
}

/// Fails if a page is too heavy, or asks for too many files.
fn weighs_little(browser: &Browser, shown: &Shown) {
    // The proxy in front compresses pages; the service itself does so with the first page alone.
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&shown.answer.bytes).unwrap();
    let bytes = packed.finish().unwrap().len();
    assert!(bytes < BYTES_MOST, "{} has {bytes} bytes", shown.address);
    let mut files: BTreeSet<String> = BTreeSet::new();
    let named = shown.page.all().into_iter().filter(|node| node.attribute("rel") != Some("alternate"));
    let named = named.filter_map(|node| match node.name() {
        "link" => node.attribute("href"),
        _ => node.attribute("src"),
    });
    files.extend(named.map(str::to_owned));
    let style = files.iter().find(|address| address.ends_with(".css")).cloned().unwrap();
    let style = browser.request("GET", &style, &[], None).text();
    files.extend(style.split(['(', ')', '"']).filter(|part| part.ends_with(".woff2")).map(str::to_owned));
    assert!(files.len() < FILES_MOST, "{} asks for {files:?}", shown.address);
}

/// Opens every page to which a person is led, at most a few of each declared address. Which addresses there were.
fn opened(browser: &Browser, pages: &[&'static str]) -> BTreeSet<&'static str> {
    let whole = pages.iter().filter(|path| !path.contains('{')).map(|path| format!("/en{path}"));
    let (mut open, mut seen): (VecDeque<String>, BTreeSet<String>) = (whole.collect(), BTreeSet::new());
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    while let Some(address) = open.pop_front() {
        let path = address["/en".len()..].split(['?', '#']).next().unwrap().to_owned();
        let Some(declared) = pages.iter().find(|one| is_at(one, &path)) else { continue };
        if counts.get(declared) == Some(&OF_EACH) || !seen.insert(path) {
            continue;
        }
        let shown = browser.opens(&address);
        if shown.answer.status == 200 {
            if shown.answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
                weighs_little(browser, &shown);
            }
            *counts.entry(*declared).or_default() += 1;
            open.extend(links(&shown));
        }
    }
    counts.into_keys().collect()
}

#[apply(plain!)]
fn no_page_needs_more_than_twelve_statements() {
    let folder = scratch::folder();
    let demo = Demo::play(folder.path());
    let pages: Vec<&'static str> =
        declared().into_iter().filter(|one| one.method == "GET" && !one.path.is_empty()).map(|one| one.path).collect();
    let (mut found, mut offices) = (BTreeSet::new(), BTreeSet::new());
    for (office, _, link) in demo.people().into_iter().filter(|(office, ..)| offices.insert(office.clone())) {
        let browser = demo.browser();
        browser.opens(&link).with_status(200);
        let of_every_page = browser.opens("/en/sign-in").answer.header("x-statements").unwrap().parse::<u64>().unwrap();
        assert!(of_every_page <= OF_EVERY_PAGE, "{office}: {of_every_page}");
        found.extend(opened(&browser, &pages));
    }
    let missing: Vec<_> = pages.iter().filter(|page| !found.contains(*page)).collect();
    assert_eq!(missing, NOT_IN_THE_DEMO.iter().collect::<Vec<_>>(), "no record of the demo leads to these");
    demo.end();
}
