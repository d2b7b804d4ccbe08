//! Every page of the route table in Chromium: axe, the width, the console. The pages alternate between a phone and a
//! desk, and between the languages; the tests of their rooms look at the ones that matter in all four ways. A page
//! cannot be forgotten, because the addresses are made of the route table. Typical pages are also read with letters of
//! twice the size, and at four times the size of everything (WCAG 2.1, 1.4.4 and 1.4.10).

use crate::harness::app::App;
use crate::portal::chromium::{Chromium, DESK, PHONE};
use crate::portal::security::{addresses, everything, prepared};
use serde_json::json;

/// Pages that are not opened here, with the reason.
const ELSEWHERE: &[(&str, &str)] = &[("/n/", "it leads on to the page of the number, which is looked at")];

/// Pages that are read with large letters as well: a form, a list, long tables, a chart, text.
const TYPICAL: &[&str] = &["/inbox", "/tranches", "/tranches/", "/claims/", "/budget", "/recoveries/", "/account"];

/// The most files that the first page somebody opens may need, and a later one (one page and what is new to the
/// browser).
const REQUESTS_FIRST: u64 = 6;
const REQUESTS_LATER: u64 = 1;

impl Chromium {
    /// Looks at a page once, in one language and at one width.
    #[track_caller]
    fn glances(&self, address: &str, width: u32) {
        self.opens(address);
        let status = self.runs("return performance.getEntriesByType('navigation')[0].responseStatus");
        assert_eq!(status, 200, "{address}");
        let name = format!("every{}", address.replace('/', "-"));
        self.fits(&name, width);
        self.is_accessible(&format!("{address} at {width} px"));
        self.is_content(address);
    }

    /// How many files the page that is open asked the network for, with the page itself.
    fn requests(&self) -> u64 {
        let script = "const asked = performance.getEntriesByType('resource'); \
            return 1 + asked.filter(one => one.transferSize > 0).length";
        self.runs(script).as_u64().unwrap()
    }

    /// A page that people read at 400 % goes on downwards alone.
    #[track_caller]
    fn grows(&self, address: &str) {
        // What a browser does with 400 %: a quarter of the width, and four dots for one.
        let zoomed = json!({ "width": DESK / 4, "height": 200, "deviceScaleFactor": 4, "mobile": false });
        self.asks(
            "POST",
            "/goog/cdp/execute",
            &json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": zoomed }),
        );
        self.scrolls_down_alone(&format!("{address} at 400 %"), DESK / 4);
    }
}

/// Somebody who has chosen letters of twice the size reads down the pages and never sideways.
fn reads_large_letters(app: &App, pages: &[String]) {
    let chromium = Chromium::with_letters(app, 32);
    chromium.signs_in(&everything(app), "en");
    for address in pages {
        chromium.opens(address);
        assert_eq!(chromium.runs("return getComputedStyle(document.body).fontSize"), "32px");
        chromium.is_as_wide_as(DESK);
        chromium.scrolls_down_alone(&format!("{address} with letters of twice the size"), DESK);
    }
}

fn is_typical(address: &str) -> bool {
    let path = address.get("/en".len()..).unwrap_or_default();
    let below = |list: &str| path.strip_prefix(list).is_some_and(|one| !one.is_empty() && !one.contains('/'));
    TYPICAL.iter().any(|one| *one == path || one.ends_with('/') && below(one))
}

#[apply(in_browser!)]
fn every_page_of_the_route_table_in_chromium(app: App) {
    prepared(&app);
    let chromium = Chromium::start(&app);
    let elsewhere = |address: &str| ELSEWHERE.iter().any(|(path, _)| address["/en".len()..].starts_with(path));
    let all = addresses(&app, "GET").into_iter().filter(|(address, _)| !elsewhere(address));
    let (closed, open): (Vec<_>, Vec<_>) = all.partition(|(_, permission)| permission.is_some());
    let (accounts, files): (Vec<_>, Vec<_>) = closed.into_iter().partition(|(address, _)| address.contains("/people"));
    let readers = [(None, open), (Some(everything(&app)), files), (Some(app.administrator()), accounts)];
    let (mut seen, mut typical) = (0, Vec::new());
    for (reader, pages) in readers {
        if let Some(person) = reader {
            chromium.signs_in(&person, "en");
        }
        for (address, _) in pages {
            let (language, width) = if seen % 2 == 0 { ("hi", PHONE) } else { ("en", DESK) };
            chromium.glances(&address.replacen("/en", &format!("/{language}"), 1), width);
            if seen == 0 {
                // Hints about the browser itself are no features, and nothing here asks for them.
                let left = "return document.featurePolicy.allowedFeatures().filter(one => !one.startsWith('ch-'))";
                assert_eq!(chromium.runs(left), json!([]), "the pages use no feature of the browser");
                let requests = chromium.requests();
                assert!(
                    requests <= REQUESTS_FIRST,
                    "{address} makes {requests} requests of a browser that knows nothing"
                );
            } else if seen > 4 {
                let requests = chromium.requests();
                assert!(requests <= REQUESTS_LATER, "{address} makes {requests} requests");
            }
            if is_typical(&address) {
                chromium.grows(&address);
                typical.push(address);
            }
            seen += 1;
        }
    }
    assert!(seen > 60 && typical.len() == TYPICAL.len(), "{seen}, {typical:?}");
    drop(chromium);
    reads_large_letters(&app, &typical);
}
