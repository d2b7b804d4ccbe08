//! While an integrity control is red, every page with a form that moves money says so above it, in both languages and
//! by the title of the control; other pages do not.

use crate::harness::app::App;
use crate::harness::people::{CRORE, Sales, Verbs};
use crate::portal::browser::Browser;

const TRANCHE: &str = "/en/tranches/NDFEB-2026-27-TRN-0001";
const STOPPED: &str = "Money is stopped";
const WHY: &str = "because this integrity control is red: Every account says what its entries sum to";

fn changes_a_balance(app: &mut App, by: &str) {
    let account = "appropriation:ndfeb-2025-proposal:capital_subsidy:2026-27:available";
    app.sql(&format!("UPDATE accounts SET balance_paise = balance_paise {by} WHERE code = '{account}'"));
    app.serve(false);
}

#[apply(on_sqlite!)]
fn every_page_with_a_form_that_moves_money_says_that_it_is_stopped(mut app: App) {
    let award = app.selling();
    app.set_clock("2026-08-01T06:30:00Z");
    let sold = |day: &'static str| Sales::at_the_rate(day, day, 100);
    app.sanctioned(&app.tranche_for_sales("lodestone", &award, sold("2026-05-01")));
    app.claimed_sales("lodestone", &award, sold("2026-05-02"));
    app.provided("capital_subsidy", "2026-27", 2 * CRORE);
    app.scheme_administrator().proposes("capital_subsidy", "2026-27", CRORE);
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    let moves = ddo.opens_rehearsed(TRANCHE).with_status(200).says_nothing_of(STOPPED);
    assert_eq!(moves.buttons(), ["Advise the payment: ₹1,60,000.00", "Return with reasons"]);

    changes_a_balance(&mut app, "+ 1");
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    let shown = ddo.opens_rehearsed(TRANCHE).says(STOPPED).says(WHY).says("Movement of money Stops the money");
    let shown = shown.says("Account of the ledger: Appropriation, year 2026-27, Capital subsidy: Available");
    let shown = shown.says("You cannot take this step: no money moves, because this integrity control is red");
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());
    let ddo = Browser::of(&app, &app.disbursing_officer(), "hi").opens(&TRANCHE.replace("/en/", "/hi/"));
    ddo.says("धनराशि का लेन-देन रुका है").says("हर खाते का शेष उसकी प्रविष्टियों के योग के बराबर है");
    let agency = Browser::of(&app, &app.verifier(), "en");
    agency.opens("/en/claims/NDFEB-2026-27-CLM-0002").says(STOPPED).says(WHY);
    agency.opens("/en/claims/NDFEB-2026-27-CLM-0002/verification").says(STOPPED);
    let other = Browser::of(&app, &app.other_scheme_administrator(), "en");
    let inbox = other.opens("/en/inbox").says_nothing_of(STOPPED);
    let instrument = inbox.page.named("a").iter().map(|link| link.text()).find(|text| text.contains("/BUD/"));
    other.opens(&inbox.link(&instrument.unwrap())).says(STOPPED).says(WHY);
    // Where nothing can be pressed that moves money, nothing is said above the page.
    let auditor = Browser::of(&app, &app.auditor(), "en");
    auditor.opens(TRANCHE).says("Stops the money").says_nothing_of(STOPPED);
    auditor.opens("/en/tranches").says_nothing_of(STOPPED);
    Browser::of(&app, &app.auditor(), "hi").opens("/hi/budget").says("हर खाते का शेष उसकी प्रविष्टियों के योग के बराबर है");

    changes_a_balance(&mut app, "- 1");
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    assert_eq!(ddo.opens_rehearsed(TRANCHE).says_nothing_of(STOPPED).buttons(), moves.buttons());
    Browser::of(&app, &app.auditor(), "en").opens("/en/budget").says("Money moves: no integrity control is red.");
    app.must_verify();
}
