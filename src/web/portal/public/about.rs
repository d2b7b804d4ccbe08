//! What every public service says of itself: help, how far everybody can use its pages, what it stores, and whom to
//! turn to. The texts are true of this program; owner, contact and times come from the settings.

use crate::web::edge::reply::Reply;
use crate::web::portal::page::{Frame, Page};
use askama::Template;
use chrono::NaiveDate;

/// A part of such a page: the keys of its heading and of its sentences.
type Part = (&'static str, &'static [&'static str]);

/// The day on which the texts were last compared with the program, for all four.
const REVIEWED: Option<NaiveDate> = NaiveDate::from_ymd_opt(2026, 11, 29);

const HELP: &[Part] = &[
    ("help-what", &["help-what-1", "help-what-2"]),
    ("help-sign-in", &["help-sign-in-1", "help-sign-in-2"]),
    ("help-way", &["help-way-1", "help-way-2", "help-way-3"]),
    ("help-forms", &["help-forms-1", "help-forms-2", "help-forms-3"]),
    ("help-wrong", &["help-wrong-1", "help-wrong-2"]),
];

const ACCESSIBILITY: &[Part] = &[
    ("access-standard", &["access-standard-1", "access-standard-2"]),
    ("access-checked", &["access-checked-1", "access-checked-2"]),
    ("access-gaps", &["access-gaps-1", "access-gaps-2"]),
    ("access-report", &["access-report-1"]),
];

const POLICIES: &[Part] = &[
    ("policy-people", &["policy-people-1", "policy-people-2"]),
    ("policy-companies", &["policy-companies-1", "policy-companies-2"]),
    ("policy-how-long", &["policy-how-long-1", "policy-how-long-2"]),
    ("policy-cookies", &["policy-cookies-1", "policy-cookies-2", "policy-cookies-3"]),
    ("policy-data", &["policy-data-1", "policy-data-2"]),
];

const CONTACT: &[Part] =
    &[("contact-fault", &["contact-fault-1", "contact-fault-2"]), ("contact-file", &["contact-file-1"])];

#[derive(Template)]
#[template(path = "templates/public/about.html", config = "src/web/askama.toml")]
struct AboutPage<'a> {
    page: &'a Page,
    frame: Frame,
    parts: Vec<(String, Vec<String>)>,
    /// Whether the contact stands on this page, and not only the way to it.
    has_contact: bool,
}

/// How the pages are used.
pub async fn help(page: Page) -> Reply {
    show(&page, "title-help", HELP, false)
}

/// Which standard the pages meet, and where they do not.
pub async fn accessibility(page: Page) -> Reply {
    show(&page, "title-accessibility", ACCESSIBILITY, false)
}

/// What is stored, for how long, and what everybody may read.
pub async fn policies(page: Page) -> Reply {
    show(&page, "title-policies", POLICIES, false)
}

/// Whom to turn to, and how to report a fault.
pub async fn contact(page: Page) -> Reply {
    show(&page, "title-contact", CONTACT, true)
}

fn show(page: &Page, title: &str, parts: &[Part], has_contact: bool) -> Reply {
    let said = |key: &&'static str| say(page, key);
    let parts = parts.iter().map(|(head, keys)| (page.t(head), keys.iter().map(said).collect())).collect();
    page.show(&AboutPage { frame: page.frame(page.t(title)), page, parts, has_contact })
}

/// A sentence with the settings that it names.
fn say(page: &Page, key: &str) -> String {
    let service = &page.web.service;
    let values = [
        ("idle", service.portal.idle_minutes.to_string()),
        ("hours", service.portal.session_hours.to_string()),
        ("years", service.personal_data_kept_years.to_string()),
    ];
    page.language.text_with(key, &values)
}

impl AboutPage<'_> {
    fn reviewed(&self) -> Option<String> {
        REVIEWED.map(|day| self.page.day(&day))
    }
}
