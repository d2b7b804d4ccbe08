//! What the service says of itself: pages that the foot of every page leads to, for everybody, with owner and contact
//! as the settings name them.

use crate::harness::app::{App, Engine};
use crate::portal::browser::{Browser, Shown};

const PAGES: &[(&str, &str, &str)] = &[
    ("Help", "सहायता", "/public/help"),
    ("Contact and feedback", "संपर्क और सुझाव", "/public/contact"),
    ("Accessibility statement", "सुगम्यता विवरण", "/public/accessibility"),
    ("Privacy and policies", "गोपनीयता और नीतियाँ", "/public/policies"),
];

/// Every link of a page leads somewhere.
fn has_no_dead_end(browser: &Browser, shown: &Shown) {
    let links = shown.page.named("a").into_iter().filter_map(|link| link.attribute("href"));
    for address in links.filter(|address| address.starts_with('/')) {
        let found = browser.request("GET", address, &[], None);
        assert!(found.status < 400, "{} leads to {address}: {}", shown.address, found.status);
    }
}

#[apply(on_sqlite!)]
fn the_foot_of_every_page_leads_to_help_contact_and_policies(app: App) {
    app.tranche_of_15_crore();
    let anybody = Browser::new(&app);
    let officer = Browser::of(&app, &app.section_officer(), "en");
    for (language, pick) in [("en", 0), ("hi", 1)] {
        let pages = [
            anybody.opens(&format!("/{language}/")),
            anybody.opens(&format!("/{language}/sign-in")),
            anybody.opens(&format!("/{language}/nothing")),
            anybody.opens(&format!("/{language}/tranches")),
            officer.opens(&format!("/{language}/tranches/NDFEB-2026-27-TRN-0001")),
        ];
        for (english, hindi, path) in PAGES {
            let name = [english, hindi][pick];
            let address = format!("/{language}{path}");
            for shown in &pages {
                assert_eq!(shown.link(name), address, "{}", shown.address);
            }
            for browser in [&anybody, &officer] {
                let shown = browser.opens(&address).with_status(200).says(name);
                let here =
                    shown.page.named("a").into_iter().filter(|link| link.attribute("aria-current") == Some("page"));
                assert_eq!(here.map(|link| link.text()).collect::<Vec<_>>(), [name.to_owned()]);
                assert!(shown.page.named("h2").len() >= 2, "{address}");
                has_no_dead_end(browser, &shown);
            }
        }
    }
}

#[apply(plain!)]
fn owner_contact_and_times_are_those_of_the_settings() {
    let bare = App::start(Engine::Sqlite);
    let shown = Browser::new(&bare).opens("/en/public/contact").says("Sample Ministry");
    shown.says("has not entered a contact yet");
    let app = App::start_with(Engine::Sqlite, |config| {
        config.publisher.name = "Ministry of Samples".to_owned();
        config.portal.emblem_text = "Government of <Samples>".to_owned();
        config.portal.contact_email = "help@samples.example".to_owned();
        config.portal.contact_phone = "+91 11 2306 0000".to_owned();
        config.portal.contact_address = "Room 1, Sample Bhawan, New Delhi".to_owned();
        config.portal.idle_minutes = 17;
        config.portal.session_hours = 5;
        config.personal_data.kept_years = 23;
    });
    let browser = Browser::new(&app);
    let shown = browser.opens("/en/public/contact").says("Ministry of Samples").says("Government of <Samples>");
    let shown = shown.says("Room 1, Sample Bhawan, New Delhi").says_nothing_of("has not entered a contact");
    assert_eq!(shown.link("help@samples.example"), "mailto:help@samples.example");
    assert_eq!(shown.link("+91 11 2306 0000"), "tel:+911123060000");
    browser.opens("/en/public/help").says("after 17 minutes without a request, and 5 hours after");
    browser.opens("/en/public/policies").says("can be erased 23 years after");
    browser.opens("/hi/public/policies").says("23 वर्ष");
    browser.opens("/en/sign-in").says("Government of <Samples>");
}

/// What the page on cookies says is what a browser gets.
#[apply(on_sqlite!)]
fn whoever_does_not_sign_in_gets_no_cookie_and_nothing_from_elsewhere(app: App) {
    let browser = Browser::new(&app);
    for (_, _, path) in PAGES {
        let shown = browser.opens(&format!("/en{path}")).with_status(200);
        assert_eq!(shown.answer.header("set-cookie"), None, "{path}");
        let named = shown.page.all().into_iter().filter_map(|node| node.attribute("src"));
        assert!(
            named.clone().count() > 0 && named.into_iter().all(|address| address.starts_with("/assets/")),
            "{path}"
        );
    }
    assert!(browser.cookie().is_empty());
}
