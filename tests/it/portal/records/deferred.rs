//! The part of a claim that a year could not pay: the agency finds it in the inbox and releases it from the page of the
//! claim, which says beforehand what the button does.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at};
use crate::portal::browser::Browser;
use serde_json::Value;

const NUMBER: &str = "NDFEB/2026-27/CLM/0001";
const PAGE: &str = "/en/claims/NDFEB-2026-27-CLM-0001";
const SALES: &str = "sales_linked_incentive";
const BUTTON: &str = "Release the deferred part";

/// A verified claim of 16 crore in a year that had 10.
fn thin_year(app: &App) -> Value {
    app.window_is_open();
    app.provided(SALES, "2026-27", 10 * CRORE);
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-06-30T06:30:00Z");
    let sales = Sales::at_the_rate("2026-05-01", "2026-05-31", 100_000);
    app.verifier().verifies(&app.claimed_sales("lodestone", &award, sales)).ok()
}

#[apply(on_sqlite!)]
fn the_agency_releases_from_the_page_what_waited_for_appropriation(app: App) {
    let claim = thin_year(&app);
    let agency = Browser::of(&app, &app.verifier(), "en");
    // A year without room: nothing waits in the inbox, and the page says what is missing before the button is pressed.
    agency.opens("/en/inbox").says_nothing_of(&format!("Deferred part of a claim {NUMBER}"));
    // Whoever provides the money finds it, and no list takes it for a claim that is paid.
    let administrator = Browser::of(&app, &app.scheme_administrator(), "en");
    let provide = format!("Deferred part of a claim {NUMBER}: provide the appropriation of a year for it");
    let inbox = administrator.opens("/en/inbox").says(&provide).says("₹6,00,00,000.00");
    let shown = administrator.opens(&inbox.link(NUMBER)).with_status(200);
    let shown = shown.says("With Scheme administrator (provide the appropriation of a year for it) since");
    let shown = shown.says("₹6,00,00,000.00 of it waits until the appropriation of a year has room");
    assert_eq!(shown.link("Propose a change of the budget"), "/en/budget/instruments/new");
    for person in [app.signatory(), app.auditor()] {
        let list = Browser::of(&app, &person, "en").opens("/en/claims").says("₹6,00,00,000.00 waits for appropriation");
        list.says("Scheme administrator");
    }
    Browser::of(&app, &app.scheme_administrator(), "hi")
        .opens("/hi/inbox")
        .says("इसके लिए किसी वर्ष का विनियोग उपलब्ध कराएँ")
        .is_in_its_language();
    let refused = agency.opens_rehearsed(PAGE).with_status(200).says("Waits for appropriation ₹6,00,00,000.00");
    let refused = refused.says("You cannot take this step: Appropriation, year 2026-27, Sales-linked incentive");
    assert!(refused.says("₹6,00,00,000.00 is missing").buttons().is_empty());

    app.provided(SALES, "2026-27", 4 * CRORE);
    let inbox = agency.opens("/en/inbox").says(&format!("Deferred part of a claim {NUMBER}: release"));
    let shown = agency.opens_rehearsed(&inbox.link(NUMBER)).with_status(200).says("With Verifier");
    let shown = shown.says("A tranche of ₹4,00,00,000.00 starts; ₹2,00,00,000.00 still waits for appropriation.");
    let shown = shown.says("Reserved ₹10,00,00,000.00 ₹14,00,00,000.00").says("Available ₹4,00,00,000.00 ₹0.00");
    let before = app.acts();
    let hindi = Browser::of(&app, &app.verifier(), "hi").opens_rehearsed(&PAGE.replace("/en/", "/hi/"));
    hindi.says("₹4,00,00,000.00 की किश्त आरंभ होती है").form("आस्थगित भाग जारी करें");
    assert_eq!(app.acts(), before, "looking changes nothing");

    let done = agency.sends(&shown.form(BUTTON)).with_status(200);
    let done = done.says("Deferred part released by you, 30 Jun 2026").says("NDFEB/2026-27/TRN/0002 ₹4,00,00,000.00");
    let done = done.says("Waits for appropriation ₹2,00,00,000.00");
    assert!(done.buttons().is_empty(), "the year has nothing left: {:?}", done.buttons());
    assert_eq!(app.auditor().sees(&at("claims", &claim))["deferred_paise"], 2 * CRORE);
    let section = Browser::of(&app, &app.section_officer(), "en");
    section.opens("/en/inbox").says("Tranche NDFEB/2026-27/TRN/0002: recommend");

    // The same form sent again does nothing again; a form of an older version is told what the claim is now.
    app.provided(SALES, "2026-27", 50 * CRORE);
    let twice = agency.sends(&shown.form(BUTTON)).with_status(200).says("Deferred part released by you");
    twice.says("Waits for appropriation ₹2,00,00,000.00");
    let old = agency.opens_rehearsed(PAGE).form(BUTTON);
    agency.sends(&agency.opens_rehearsed(PAGE).form(BUTTON)).with_status(200).says("Deferred part released by you");
    let conflict = agency.sends(&old).with_status(412).says("the record is in another state now");
    agency.opens(&conflict.link("Go to the record")).says("Waits for appropriation ₹0.00").says_nothing_of(BUTTON);
    app.must_verify();
}

#[apply(on_sqlite!)]
fn nobody_but_the_agency_is_offered_the_release(app: App) {
    thin_year(&app);
    app.provided(SALES, "2026-27", 4 * CRORE);
    for person in [app.signatory(), app.section_officer(), app.auditor()] {
        let shown = Browser::of(&app, &person, "en").opens(PAGE).with_status(200);
        assert!(shown.says_nothing_of(BUTTON).buttons().is_empty());
    }
    Browser::of(&app, &app.verifier(), "en").opens_rehearsed(PAGE).form(BUTTON);
}
