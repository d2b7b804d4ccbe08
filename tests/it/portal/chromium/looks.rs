//! How the tests look at a page: its width, its picture, what axe finds, and what the browser complains about.

use crate::portal::chromium::{Chromium, DESK, PHONE};
use base64::Engine as _;
use serde_json::{Value, json};

/// The entries of the bar of the office that has most of them.
const ENTRIES_MOST: usize = 10;

impl Chromium {
    /// Looks at the page on a phone and on a desk: nothing is wider than the screen, nothing was complained about.
    #[track_caller]
    pub fn looks(&self, name: &str) {
        for width in [PHONE, DESK] {
            self.fits(name, width);
            // Of each pair of pages one is checked on a phone and the other on a desk.
            if width == if name.ends_with("-hi") { PHONE } else { DESK } {
                self.is_accessible(&format!("{name} at {width} px"));
            }
        }
        self.is_content(name);
    }

    /// Nothing is wider than a screen of this width; the picture of it.
    #[track_caller]
    pub(super) fn fits(&self, name: &str, width: u32) {
        self.is_as_wide_as(width);
        self.scrolls_down_alone(name, width);
        self.breaks_no_number_in_a_heading(name, width);
        self.has_its_bar_in_full_rows(name, width);
        if let Some(folder) = &self.pictures {
            let picture = self.asks("GET", "/screenshot", &Value::Null);
            let bytes = base64::engine::general_purpose::STANDARD.decode(picture.as_str().unwrap()).unwrap();
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(folder.join(format!("{name}-{width}.png")), bytes).unwrap();
        }
    }

    /// The number of a record, or the name of a file, stands on one line of the heading.
    #[track_caller]
    fn breaks_no_number_in_a_heading(&self, name: &str, width: u32) {
        let broken = self.runs(
            "const lines = one => one.offsetHeight / parseFloat(getComputedStyle(one).fontSize); \
             return [...document.querySelectorAll('h1 .ms-folds, h1 .ms-code')].filter(one => lines(one) > 1.9) \
                 .map(one => one.textContent)",
        );
        assert_eq!(broken, json!([]), "{name} at {width} px");
    }

    /// On a desk, no entry of the bar stands alone in a row of its own. (Somebody with the roles of several offices has
    /// more entries than any row holds.)
    #[track_caller]
    fn has_its_bar_in_full_rows(&self, name: &str, width: u32) {
        let tops = self
            .runs("return [...document.querySelectorAll('.govuk-service-navigation__item')].map(one => one.offsetTop)");
        let tops = tops.as_array().unwrap();
        let alone = tops.last().is_some_and(|last| tops.iter().filter(|top| *top == last).count() == 1);
        assert!(width < DESK || tops.len() > ENTRIES_MOST || !alone || tops.len() == 1, "{name}: {tops:?}");
    }

    /// Nobody has to scroll sideways.
    #[track_caller]
    pub(super) fn scrolls_down_alone(&self, name: &str, width: u32) {
        let wide = self.runs("return document.documentElement.scrollWidth").as_u64().unwrap();
        assert!(wide <= u64::from(width), "{name} is {wide} px wide on a screen of {width} px");
    }

    /// The browser complained about nothing of the page.
    #[track_caller]
    pub(super) fn is_content(&self, name: &str) {
        let complaints = self.asks("POST", "/se/log", &json!({ "type": "browser" }));
        // That the page itself is no success is written there as well; every other line is a fault of the page, above
        // all of a file that it asked for and did not get.
        let here = self.runs("return location.href");
        let of_the_page = |line: &&Value| {
            let message = line["message"].as_str().unwrap();
            message.starts_with(here.as_str().unwrap()) && message.contains("the server responded with a status of")
        };
        let faults = complaints.as_array().unwrap().iter().filter(|line| !of_the_page(line));
        assert_eq!(faults.collect::<Vec<_>>(), Vec::<&Value>::new(), "{name}");
    }

    #[track_caller]
    pub(super) fn is_accessible(&self, name: &str) {
        // Without script axe cannot run either; the same pages are looked at with it.
        let Some(axe) = self.axe.as_ref().filter(|_| self.scripts) else { return };
        // The page keeps it while it is made narrow and wide.
        if self.runs("return typeof axe === 'undefined'") == true {
            self.runs(axe);
        }
        let script = "const done = arguments[arguments.length - 1]; \
            axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }).then(found => done(found.violations.concat(found.incomplete)))";
        // Of letters in a drawing axe never decides the contrast; ours are ink on white (`portal.scss`).
        let in_a_drawing = |node: &Value| {
            node["html"].as_str().is_some_and(|html| html.starts_with("<text "))
                && node["failureSummary"].as_str().is_some_and(|why| why.contains("could not be determined"))
        };
        let found = self.asks("POST", "/execute/async", &json!({ "script": script, "args": [] }));
        let told = |node: &Value| format!("{}: {}", node["failureSummary"], node["html"]);
        let nodes = found.as_array().unwrap().iter().flat_map(|rule| rule["nodes"].as_array().unwrap());
        let told: Vec<String> = nodes.filter(|node| !in_a_drawing(node)).map(told).collect();
        assert!(told.is_empty(), "{name}: {told:#?}");
    }
}
