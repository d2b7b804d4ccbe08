//! The list of tranches: filter, pages, empty states.

use crate::harness::app::App;
use crate::harness::people::Verbs;
use crate::portal::browser::Browser;

#[apply(on_both!)]
fn a_filter_is_in_the_address(app: App) {
    let auditor = Browser::of(&app, &app.auditor(), "en");
    auditor.opens("/en/tranches").with_status(200).says("There is no tranche yet");
    let tranche = app.tranche_of_15_crore();
    app.section_officer().recommends(&tranche);
    let shown = auditor.opens("/en/tranches").says("1 tranche");
    let form = shown.form("Apply filters");
    assert_eq!((form.action.as_str(), form.text("Status")), ("/en/tranches", ""));
    auditor.opens("/en/tranches?status=recommended").says("1 tranche").says("Finance Officer");
    let none = auditor.opens("/en/tranches?status=sanctioned").says("No tranche has this status now");
    assert_eq!(none.link("हिन्दी"), "/hi/tranches?status=sanctioned");
    auditor.opens(&none.link("हिन्दी")).says("अभी इस स्थिति की कोई किश्त नहीं है");
    auditor.opens("/en/tranches?status=nonsense").with_status(400).says("This page cannot be shown");
    auditor.opens("/en/tranches?page=7").with_status(200).says("1 tranche");
}

#[apply(on_sqlite!)]
fn a_page_that_no_list_has_leads_to_its_last_one(app: App) {
    app.tranche_of_15_crore();
    let auditor = Browser::of(&app, &app.auditor(), "en");
    let administrator = Browser::of(&app, &app.administrator(), "en");
    for (browser, list, says) in [
        (&auditor, "/en/claims", "NDFEB/2026-27/CLM/0001"),
        (&auditor, "/en/tranches", "NDFEB/2026-27/TRN/0001"),
        (&auditor, "/en/budget/instruments", "NDFEB/2026-27/BUD/0001"),
        (&administrator, "/en/people", "Sample auditor"),
    ] {
        for page in ["999", "-1", "0", "9223372036854775807"] {
            browser.opens(&format!("{list}?page={page}")).with_status(200).says(says);
        }
    }
}
