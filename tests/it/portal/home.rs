//! The first page for everybody: its figures are those of the public data, its charts have exactly the bars of their
//! numbers, and it is made once as long as nothing is written.

use crate::harness::app::App;
use crate::harness::people::{Answered, Sales, Verbs};
use crate::payment::disbursements::sample::seven;
use crate::portal::browser::{Browser, Node, Shown};
use domain::base::money::Paise;
use serde_json::Value;

/// The figures of the scheme that the tests play.
fn figures(app: &App) -> Value {
    let schemes = app.anybody("GET", "/api/v1/public/data", None).ok()["schemes"].clone();
    let schemes = schemes.as_array().unwrap().iter();
    schemes.max_by_key(|scheme| scheme["promised_mtpa"].as_i64()).unwrap().clone()
}

fn rupees(paise: &Value) -> String {
    Paise(paise.as_i64().unwrap()).to_string()
}

/// The rows of the table below a heading: what they are about, and their cells.
fn table(shown: &Shown, title: &str) -> Vec<Vec<String>> {
    let has = |one: &&Node| one.named("h2").iter().any(|heading| heading.text() == title);
    let section = shown.page.named("section").into_iter().find(has).unwrap();
    let rows = section.named("tbody")[0].named("tr").into_iter();
    rows.map(|row| row.all().into_iter().filter(|cell| ["th", "td"].contains(&cell.name())).map(Node::text).collect())
        .collect()
}

#[apply(on_both!)]
fn the_figures_are_those_of_the_public_data(app: App) {
    let sample = seven(&app);
    // A payment of odd paise, a part of which is paid back.
    let award = app.auditor().sees("/awards")["data"][0].clone();
    let sales = Sales::at_the_rate("2027-04-06", "2027-04-07", 7);
    let odd = Sales { claimed_paise: sales.claimed_paise - 33, ..sales };
    app.paid(&app.tranche_for_sales("lodestone", &award, odd), "UTR000000000008", "2027-04-12");
    assert_eq!(sample.rows.len(), 7);
    let (public, shown) = (figures(&app), Browser::new(&app).opens("/en/").with_status(200));
    for (key, label) in
        [("outlay", "Outlay"), ("sanctioned", "Sanctioned"), ("disbursed", "Paid"), ("recovered", "Subsidy recovered")]
    {
        let exact = rupees(&public[format!("{key}_paise")]);
        let explained = shown.page.named("dt").into_iter().any(|one| one.text() == format!("{label}: {exact}"));
        assert!(explained, "{label} is not {exact}: {}", shown.page.text());
    }
    let totals = app.anybody("GET", "/api/v1/public/data", None).ok()["totals"].clone();
    assert_eq!(totals["disbursed_paise"], public["disbursed_paise"], "one scheme has all the money");
    let grouped = |key: &str| domain::base::money::indian_grouping(public[key].as_u64().unwrap());
    let [installed, promised, aim] = ["installed_mtpa", "promised_mtpa", "aimed_at_mtpa"].map(grouped);
    let shown = shown
        .says(&format!("{installed} tonnes a year installed and verified, of {promised} promised, of {aim} aimed at."));
    assert_ne!(public["installed_mtpa"], 0);
    // The tables beside the charts have the same numbers, exactly.
    let years = public["years"].as_array().unwrap().iter().map(|year| {
        let sums = ["appropriated_paise", "sanctioned_paise", "disbursed_paise", "recovered_paise"];
        let name = year["financial_year"].as_str().unwrap().to_owned();
        std::iter::once(name).chain(sums.map(|key| rupees(&year[key]))).collect::<Vec<_>>()
    });
    assert_eq!(table(&shown, "Money by financial year (₹ crore)"), years.collect::<Vec<_>>());
    let stages = public["stages"].as_array().unwrap();
    let told = table(&shown, "Capacity by stage (tonnes a year)");
    assert_eq!(told.len(), stages.len());
    assert_eq!(told[0][1], domain::base::money::indian_grouping(stages[0]["aimed_at_mtpa"].as_u64().unwrap()));
    let companies = table(&shown, "What each company may receive, and was paid (₹ crore)");
    let paid: i64 = companies.iter().map(|row| Paise::parse_rupees(&row[2].replace(['₹', ','], "")).unwrap().0).sum();
    assert_eq!(Some(paid), public["disbursed_paise"].as_i64());
}

#[apply(on_sqlite!)]
fn a_chart_has_exactly_the_bars_of_its_numbers(app: App) {
    seven(&app);
    let (public, shown) = (figures(&app), Browser::new(&app).opens("/en/"));
    let not_zero = |list: &str, keys: &[&str]| {
        let rows = public[list].as_array().unwrap().iter();
        rows.flat_map(|row| keys.iter().map(move |key| row[*key].as_i64().unwrap())).filter(|one| *one != 0).count()
    };
    let expected = [
        not_zero("years", &["appropriated_paise", "sanctioned_paise", "disbursed_paise", "recovered_paise"]),
        not_zero("stages", &["aimed_at_mtpa", "promised_mtpa", "installed_mtpa"]),
    ];
    let charts = shown.page.named("svg");
    assert_eq!(charts.len(), 3);
    for (chart, expected) in charts.iter().zip(expected) {
        assert_eq!(chart.named("rect").len(), expected);
    }
    for chart in charts {
        assert_eq!((chart.named("title").len(), chart.named("desc").len()), (1, 1));
        let width = |bar: &&Node| bar.attribute("width").unwrap().strip_suffix('%').unwrap().replace('.', "");
        let widths: Vec<i64> = chart.named("rect").iter().map(|bar| width(bar).parse().unwrap()).collect();
        assert_eq!(widths.iter().max(), Some(&4_400), "the largest has the full width");
    }
}

#[apply(on_sqlite!)]
fn the_page_is_made_once_until_something_happens(app: App) {
    seven(&app);
    // The first read after a start also looks which versions of schemes there are.
    app.anybody("GET", "/api/v1/schemes", None).ok();
    let anybody = Browser::new(&app);
    let first = anybody.request("GET", "/en/", &[], None);
    let header = |name: &str| first.header(name).map(str::to_owned);
    assert_eq!(header("cache-control").as_deref(), Some("public, max-age=60"));
    assert_eq!(header("vary").as_deref(), Some("Accept-Encoding, Cookie"));
    assert_eq!(header("set-cookie"), None);
    assert!(header("content-security-policy").is_some() && header("x-frame-options").is_some());
    let statements = first.header("x-statements").unwrap().parse::<u32>().unwrap();
    assert!((1..=12).contains(&statements), "{statements}");
    for (path, expected) in [("/en/", "0"), ("/en/?utm_source=x", "0"), ("/hi/", "0")] {
        let again = anybody.request("GET", path, &[], None);
        assert_eq!(again.header("x-statements"), Some(expected), "{path}");
        assert_eq!(again.bytes == first.bytes, path.starts_with("/en"), "{path}");
    }
    let tag = header("etag").unwrap();
    let same = anybody.request("GET", "/en/", &[("If-None-Match", &tag)], None);
    assert_eq!((same.status, same.bytes.len()), (304, 0));
    let packed = anybody.request("GET", "/en/", &[("Accept-Encoding", "gzip")], None);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.bytes.len() * 2 < first.bytes.len() && first.bytes.len() < 30_000, "{}", first.bytes.len());
    assert_ne!(packed.header("etag"), Some(tag.as_str()));
    // A new payment is on it at once, and no other statement is needed for many awards.
    let award = app.auditor().sees("/awards")["data"][0].clone();
    app.paid(
        &app.tranche_for_sales("lodestone", &award, Sales::at_the_rate("2027-04-06", "2027-04-08", 7)),
        "UTR000000000009",
        "2027-04-12",
    );
    let then = anybody.request("GET", "/en/", &[("If-None-Match", &tag)], None);
    assert_eq!(then.status, 200);
    assert_ne!(then.header("etag"), Some(tag.as_str()));
    assert_eq!(then.header("x-statements").unwrap(), statements.to_string());
    // Whoever is signed in goes on to their work; what they are shown is kept by nobody.
    let officer = Browser::of(&app, &app.section_officer(), "en");
    assert_eq!(officer.request("GET", "/en/", &[], None).header("cache-control"), Some("no-store"));
}

#[apply(on_sqlite!)]
fn before_the_first_award_the_scheme_is_told_in_plain_words(app: App) {
    let anybody = Browser::new(&app);
    let shown = anybody.opens("/en/?scheme=ndfeb-2025-proposal").with_status(200);
    let shown = shown.says("The Government may spend ₹1,345.00 crore under this scheme (reported).");
    let shown = shown.says("Nothing was granted yet").says("sales-linked incentive");
    assert!(shown.page.named("svg").is_empty());
    assert_eq!(shown.link("Reference of the interface for programs"), "/docs/");
    assert_eq!(shown.link("हिन्दी"), "/hi/?scheme=ndfeb-2025-proposal");
    anybody.opens("/hi/?scheme=ndfeb-2025-proposal").says("सरकार इस योजना के अंतर्गत ₹1,345.00 करोड़ व्यय कर सकती है");
    anybody.opens("/en/?scheme=nothing").with_status(404);
    // A company whose report is still looked at has installed nothing that is told.
    app.window_is_open();
    let award = app.awarded("lodestone", 900);
    let open = app.milestone(&award, "oxide_to_metal");
    app.signatory_of("lodestone").reports(&open, open["needed_mtpa"].clone(), "2026-05-01").ok();
    let shown = anybody.opens("/en/").says("0 tonnes a year installed and verified, of 900 promised");
    shown.says("award of 900 tonnes a year").says_nothing_of("milestone verified");
}
