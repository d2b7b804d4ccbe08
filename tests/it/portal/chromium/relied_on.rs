//! What a person relies on before a button, in Chromium: the checks of a tranche, what a release does, that money is
//! stopped, what a window and an erasure do; and the lists that lead there.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs};
use crate::portal::chromium::Chromium;
use serde_json::json;

const SALES: &str = "sales_linked_incentive";

#[apply(in_browser!)]
fn what_a_tranche_and_a_release_rely_on_in_chromium(mut app: App) {
    app.window_is_open();
    app.provided(SALES, "2026-27", 10 * CRORE);
    app.provided("capital_subsidy", "2026-27", 2 * CRORE);
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-06-30T06:30:00Z");
    let sold = |from: &str, to: &str, kg| app.claimed_sales("lodestone", &award, Sales::at_the_rate(from, to, kg));
    let first = app.verifier().verifies(&sold("2026-05-01", "2026-05-02", 100)).ok();
    app.paid(&first["tranche"], "UTR000000000001", "2026-06-30");
    app.verifier().verifies(&sold("2026-05-03", "2026-05-31", 100_000)).ok();
    app.provided(SALES, "2026-27", 4 * CRORE);
    let chromium = Chromium::start(&app);
    for (language, last) in [("en", "Last payments to this beneficiary (1)"), ("hi", "इस लाभार्थी के पिछले भुगतान (1)")]
    {
        chromium.signs_in(&app.section_officer(), language);
        chromium.opens(&format!("/{language}/tranches/NDFEB-2026-27-TRN-0002"));
        chromium.opens_details(last);
        chromium.looks(&format!("tranche-checks-{language}"));
        chromium.opens(&format!("/{language}/lists"));
        chromium.looks(&format!("lists-{language}"));
        chromium.signs_in(&app.verifier(), language);
        chromium.opens(&format!("/{language}/claims/NDFEB-2026-27-CLM-0002"));
        chromium.looks(&format!("claim-deferred-{language}"));
        chromium.opens(&format!("/{language}/certificates"));
        chromium.looks(&format!("certificates-none-{language}"));
        chromium.signs_in(&app.auditor(), language);
        chromium.opens(&format!("/{language}/guarantees"));
        chromium.looks(&format!("bar-auditor-{language}"));
    }
    drop(chromium);
    let account = "appropriation:ndfeb-2025-proposal:capital_subsidy:2026-27:available";
    app.sql(&format!("UPDATE accounts SET balance_paise = balance_paise + 1 WHERE code = '{account}'"));
    app.serve(false);
    let chromium = Chromium::start(&app);
    for language in ["en", "hi"] {
        chromium.signs_in(&app.section_officer(), language);
        chromium.opens(&format!("/{language}/tranches/NDFEB-2026-27-TRN-0002"));
        chromium.looks(&format!("money-stopped-{language}"));
    }
}

#[apply(in_browser!)]
fn a_window_and_an_erasure_in_chromium(app: App) {
    let new = json!({ "email": "mistyped@sample.example", "name": "Sample mistake", "roles": ["verifier"] });
    let made = app.administrator().post("/users", None, &new).unwrap().ok();
    let chromium = Chromium::start(&app);
    for language in ["en", "hi"] {
        chromium.signs_in(&app.scheme_administrator(), language);
        chromium.opens(&format!("/{language}/schemes/ndfeb-2025-proposal"));
        chromium.looks(&format!("scheme-window-{language}"));
        chromium.signs_in(&app.administrator(), language);
        chromium.opens(&format!("/{language}/people/{}", made["id"].as_str().unwrap()));
        chromium.looks(&format!("person-erase-{language}"));
    }
}
