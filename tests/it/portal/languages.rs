//! Languages: the way to them, the switch, and that a Hindi page is in Hindi.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs};
use crate::portal::browser::Browser;
use crate::portal::records::run_over_no_bids;
use serde_json::json;

#[apply(on_sqlite!)]
fn the_first_page_is_in_the_language_of_the_browser(app: App) {
    let browser = Browser::new(&app);
    let led = |header: &str| {
        let answer = browser.request("GET", "/", &[("Accept-Language", header)], None);
        assert_eq!((answer.status, answer.header("vary")), (302, Some("Accept-Language")));
        answer.header("location").unwrap().to_owned()
    };
    assert_eq!(led("hi-IN,hi;q=0.9,en;q=0.8"), "/hi/");
    assert_eq!(led("en-GB,hi;q=0.5"), "/en/");
    assert_eq!(led("ta"), "/en/");
    let shown = browser.opens("/en/").with_status(200).says("Sign in");
    assert_eq!(shown.link("Reference of the interface for programs"), "/docs/");
    assert_eq!(shown.link("हिन्दी"), "/hi/");
    browser.opens("/fr/").with_status(404);
    browser.opens("/en").with_status(200);
}

#[apply(on_sqlite!)]
fn the_switch_leads_to_the_same_page(app: App) {
    app.tranche_of_15_crore();
    let browser = Browser::of(&app, &app.auditor(), "en");
    let shown = browser.opens("/en/tranches?status=verified&page=1").says("Verified");
    let other = browser.opens(&shown.link("हिन्दी")).says("सत्यापित");
    assert_eq!(other.address, "/hi/tranches?status=verified&page=1");
    assert_eq!(other.link("English"), "/en/tranches?status=verified&page=1");
}

#[apply(on_sqlite!)]
fn a_browser_reads_the_explanation_on_a_page(app: App) {
    let browser = Browser::new(&app);
    let asks = |code: &str, language: &str| {
        let headers = [("Accept", "text/html,application/xml;q=0.9,*/*;q=0.8"), ("Accept-Language", language)];
        browser.request("GET", &format!("/problems/{code}"), &headers, None)
    };
    let led = asks("stale_version", "hi");
    assert_eq!((led.status, led.header("location")), (303, Some("/hi/problems/stale_version")));
    assert_eq!(led.header("vary"), Some("Accept, Accept-Language"));
    let shown = browser.opens("/en/problems/stale_version").with_status(200);
    shown.says("What stale_version means").says("Read the record again").says("stale_version (HTTP 412)");
    browser.opens("/hi/problems/stale_version").with_status(200).says("अभिलेख फिर पढ़ें");
    assert_eq!(asks("NOT_FOUND", "en").status, 404);
    browser.opens("/en/problems/NOT_FOUND").with_status(404);
}

#[apply(on_sqlite!)]
fn a_hindi_page_is_in_hindi_in_its_rarer_states(app: App) {
    let tranche = app.sanctioned_15_crore();
    let payment = app.disbursing_officer().advises(&tranche);
    assert_eq!(payment.status, 201);
    let browser = Browser::of(&app, &app.disbursing_officer(), "hi");
    let page = "/hi/payments/NDFEB-2026-27-PAY-0001";
    let mistaken = browser.sends(&browser.opens(page).form("बैंक का उत्तर दर्ज करें")).with_status(422);
    let refused = browser.sends(&browser.opens("/hi/account").form("बदलें")).with_status(422);
    app.scheme_administrator().proposes("capital_subsidy", "2026-27", 100).ok();
    let letter = json!({ "tranche_id": tranche["number"], "title": "Our tranche", "text": "When is it paid?" });
    app.signatory().post("/letters/to-office", None, &letter).unwrap().ok();
    run_over_no_bids(&app);
    let proposer = Browser::of(&app, &app.other_scheme_administrator(), "hi");
    let administrator = Browser::of(&app, &app.administrator(), "hi");
    for shown in [
        Browser::new(&app).opens("/hi/"),
        Browser::new(&app).opens("/hi/account"),
        browser.opens("/hi/sign-in"),
        browser.opens("/hi/account"),
        browser.opens("/hi/inbox"),
        browser.opens("/hi/inbox?kind=payment"),
        browser.opens("/hi/tranches"),
        browser.opens("/hi/tranches?status=expired"),
        browser.opens("/hi/tranches/NDFEB-2026-27-TRN-0001"),
        browser.opens(page),
        browser.opens("/hi/nothing"),
        browser.opens("/hi/claims"),
        browser.opens("/hi/claims/NDFEB-2026-27-CLM-0001"),
        browser.opens("/hi/claims/NDFEB-2026-27-CLM-0001/statement"),
        browser.opens("/hi/claims/NDFEB-2026-27-CLM-0001/notes"),
        browser.opens("/hi/claims/NDFEB-2026-27-CLM-0001/letters"),
        browser.opens("/hi/letters/NDFEB-2026-27-LTR-0001"),
        browser.opens("/hi/disbursements"),
        browser.opens("/hi/disbursements?status=succeeded"),
        browser.opens("/hi/allocations"),
        browser.opens("/hi/allocations/NDFEB-2026-27-ALC-0001"),
        browser.opens("/hi/milestones"),
        browser.opens("/hi/applications"),
        browser.opens("/hi/applications?status=draft"),
        browser.opens("/hi/applications/NDFEB-2026-27-APP-0001"),
        browser.opens("/hi/awards"),
        browser.opens("/hi/awards/NDFEB-2026-27-AWD-0001"),
        browser.opens("/hi/guarantees"),
        browser.opens("/hi/guarantees?status=released"),
        browser.opens(&browser.opens("/hi/guarantees").link("BG-LODESTONE")),
        browser.opens("/hi/excuses"),
        browser.opens("/hi/awards/NDFEB-2026-27-AWD-0001/milestones/oxide_to_metal/excuses"),
        browser.opens("/hi/milestones?part=all"),
        browser.opens("/hi/awards/NDFEB-2026-27-AWD-0001/milestones/oxide_to_metal"),
        browser.opens("/hi/budget?year=2026-27"),
        browser.opens("/hi/budget/instruments"),
        browser.opens("/hi/budget/instruments/NDFEB-2026-27-BUD-0001"),
        browser.opens("/hi/find?q=sample"),
        browser.opens("/hi/find?q=TRN/9999"),
        proposer.opens("/hi/budget/instruments/NDFEB-2026-27-BUD-0002"),
        proposer.opens("/hi/budget/instruments/new"),
        proposer.opens("/hi/budget/instruments/new?kind=re_appropriation"),
        administrator.opens("/hi/people"),
        administrator.opens("/hi/people/new"),
        mistaken,
        refused,
    ] {
        shown.is_in_its_language();
    }
}
