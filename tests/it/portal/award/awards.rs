//! Awards in the browser: what can be paid at most and where it stands, milestones, claims and guarantees; the ways
//! from other pages to an award; and who sees it.

use crate::harness::app::App;
use crate::portal::browser::{Browser, Shown};

const PAGE: &str = "/en/awards/NDFEB-2026-27-AWD-0001";
const NUMBER: &str = "NDFEB/2026-27/AWD/0001";

/// The cells of the row of a table that begins with this text.
fn row(shown: &Shown, first: &str) -> Vec<String> {
    let rows = shown.page.named("tr");
    let cells = |row: &&crate::portal::browser::Node| -> Vec<String> {
        row.all().iter().filter(|node| ["th", "td"].contains(&node.name())).map(|node| node.text()).collect()
    };
    let found = rows.iter().map(cells).find(|cells| cells.first().is_some_and(|text| text == first));
    found.unwrap_or_else(|| panic!("no row '{first}' on {}", shown.address))
}

#[apply(on_sqlite!)]
fn an_award_says_where_its_money_stands(app: App) {
    let auditor = Browser::of(&app, &app.auditor(), "en");
    auditor.opens("/en/awards").with_status(200).says("There is no award yet");
    let tranche = app.tranche_of_15_crore();
    let shown = auditor.opens("/en/awards").says("1 award").says("Sample lodestone Ltd").says("900 0 ₹0.00");
    let shown = auditor.opens(&shown.link(NUMBER)).with_status(200).says("Sample authority");
    assert_eq!(shown.address, PAGE);
    let (none, fifteen) = ("₹0.00", "₹15,00,00,000.00");
    let capital = row(&shown, "Capital subsidy");
    assert_eq!(capital, ["Capital subsidy", "₹78,00,00,000.00", fifteen, fifteen, none, "₹63,00,00,000.00"]);
    let sales = row(&shown, "Sales-linked incentive");
    assert_eq!(sales[1..], ["₹7,20,00,00,000.00", none, none, none, "₹7,20,00,00,000.00"]);
    let shown = shown.says("those that count today cover ₹15,96,00,000.00.").says("It counts as cover today.");
    let milestone = auditor.opens(&shown.link("Oxide-to-metal capacity installed")).with_status(200);
    assert_eq!(milestone.link(NUMBER), PAGE);
    let claim = auditor.opens(&shown.link("NDFEB/2026-27/CLM/0001")).with_status(200);
    assert_eq!(claim.link(NUMBER), PAGE);
    assert_eq!(auditor.opens("/en/tranches/NDFEB-2026-27-TRN-0001").link(NUMBER), PAGE);
    auditor.opens(&shown.link("NDFEB/2026-27/APP/0001")).with_status(200).says("Awarded");
    auditor.opens(&shown.link("BG-LODESTONE")).with_status(200).says("Guarantee BG-LODESTONE");
    app.paid(&tranche, "SBINR52026050100001", "2026-05-01");
    let capital = row(&auditor.opens(PAGE), "Capital subsidy");
    assert_eq!(capital[3..], [none, fifteen, "₹63,00,00,000.00"]);
    auditor.opens("/en/awards").says(fifteen);
    app.must_verify();
}

#[apply(on_sqlite!)]
fn an_award_is_there_for_its_company_and_the_offices_alone(app: App) {
    app.tranche_of_15_crore();
    let other = Browser::of(&app, &app.signatory_of("coercive"), "en");
    let foreign = other.opens(PAGE).with_status(404);
    let missing = other.opens("/en/awards/NDFEB-2026-27-AWD-0009").with_status(404);
    assert_eq!(foreign.page.text(), missing.page.text());
    other.opens("/en/awards").says("There is no award yet");
    other.opens("/en/guarantees").says("There is no guarantee yet");
    let company = Browser::of(&app, &app.signatory(), "en");
    let shown = company.opens(PAGE).with_status(200).says_nothing_of("Sample authority").says("Competent authority");
    assert_eq!(shown.buttons(), ["Lodge a guarantee"]);
    for browser in [company, Browser::of(&app, &app.verifier(), "en")] {
        for path in [PAGE, "/en/awards", "/en/guarantees", &browser.opens(PAGE).link("BG-LODESTONE")] {
            let all =
                |path: &str| -> u32 { browser.opens(path).answer.header("x-statements").unwrap().parse().unwrap() };
            let own = all(path) - all("/en/sign-in");
            // That of an award says of each document of the company to which record it is attached.
            let most = if path == PAGE { 13 } else { 12 };
            assert!(own <= most, "{path}: {own}");
        }
        assert_eq!(browser.opens(&format!("/en/n/{NUMBER}")).address, PAGE);
        browser.opens("/en/awards?page=9").with_status(200).says("1 award");
    }
}
