//! From a number, a bank's reference, an invoice or a company to its page, for those who may see it.

use crate::harness::app::App;
use crate::payment::disbursements::sample::seven;
use crate::portal::browser::{Browser, Shown};

fn finds(browser: &Browser, text: &str) -> Shown {
    let shown = browser.opens("/en/account");
    let shown = browser.sends_search(&shown, text).with_status(200);
    // The search itself, before it leads to a record.
    let words = text.trim().replace(' ', "%20").replace('/', "%2F").replace("%_%", "%25_%25");
    let answer = browser.request("GET", &format!("/en/find?q={words}"), &[], None);
    let statements: u32 = answer.header("x-statements").unwrap().parse().unwrap();
    assert!(statements <= 12, "{statements} for {text}");
    shown
}

impl Browser {
    /// Types into the search box of a page.
    fn sends_search(&self, shown: &Shown, text: &str) -> Shown {
        let form = shown.form("Search").fill("Number, UTR, invoice or name of a company", text);
        self.opens(&format!("{}?{}", form.action, form.body()))
    }
}

#[apply(on_both!)]
fn one_record_is_gone_to_at_once(app: App) {
    app.provided("capital_subsidy", "2026-27", 40_000);
    let sample = seven(&app);
    let auditor = Browser::of(&app, &app.auditor(), "en");
    let tranche = "/en/tranches/NDFEB-2026-27-TRN-0001";
    for text in ["NDFEB/2026-27/TRN/0001", " ndfeb-2026-27-trn-0001 ", "2026-27/TRN/0001"] {
        assert_eq!(finds(&auditor, text).address, tranche, "{text}");
    }
    // As people write it: digits of Devanagari, and spaces around and within.
    for text in ["NDFEB / 2026-27 / TRN / 0001", "ndfeb 2026-27 trn 0001", "NDFEB/२०२६-२७/TRN/०००१"]
    {
        assert_eq!(auditor.sends_search(&auditor.opens("/en/account"), text).address, tranche, "{text}");
    }
    // By the id of the record, as the interface has it.
    for (table, page) in [("tranches", tranche), ("payments", "/en/payments/NDFEB-2026-27-PAY-0001")] {
        let number =
            page.rsplit('/').next().unwrap().replace("NDFEB-2026-27-", "NDFEB/2026-27/").replace("-0001", "/0001");
        let id = app.values(&format!("SELECT id AS value FROM {table} WHERE number = '{number}'")).remove(0);
        assert_eq!(finds(&auditor, &id).address, page);
        assert_eq!(finds(&auditor, &format!(" {} ", id.to_uppercase())).address, page);
    }
    let id = app.values("SELECT id AS value FROM budget_instruments LIMIT 1").remove(0);
    assert_eq!(finds(&auditor, &id).address, "/en/budget/instruments/NDFEB-2026-27-BUD-0001");
    let id = app.values("SELECT id AS value FROM organisations WHERE name = 'Sample lodestone Ltd'").remove(0);
    finds(&auditor, &id).says("Sample lodestone Ltd");
    finds(&auditor, &uuid::Uuid::nil().to_string()).says("Nothing that you may see was found").says("ids of records");
    assert_eq!(finds(&auditor, "NDFEB/2026-27/SAN/0001").address, tranche, "a sanction is a part of its tranche");
    assert_eq!(finds(&auditor, "BUD/0001").address, "/en/budget/instruments/NDFEB-2026-27-BUD-0001");
    let payment = finds(&auditor, "utr 0000 0000 0001").says("UTR000000000001");
    assert_eq!(payment.address, "/en/payments/NDFEB-2026-27-PAY-0001");
    let number = sample.rows[0]["number"].as_str().unwrap();
    assert_eq!(finds(&auditor, number).address, "/en/disbursements/NDFEB-2026-27-DIS-0001");
    // What has no page for a reader is listed with number and kind.
    let company = Browser::of(&app, &app.signatory_of("lodestone"), "en");
    let listed = finds(&company, number).says(number).says("Disbursement").says("Sample lodestone Ltd");
    assert!(listed.address.starts_with("/en/find?"));
    let company = finds(&auditor, "lodestone").says("Company").says("Sample lodestone Ltd").says("names of companies");
    assert_eq!(company.link("NDFEB/2026-27/AWD/0001"), "/en/awards/NDFEB-2026-27-AWD-0001", "it leads to what it has");
    for kind in ["Application", "Award", "Claim", "Tranche"] {
        let rows = || company.page.named("tr").into_iter().map(|row| row.text());
        assert!(rows().any(|row| row.contains(kind) && row.contains("Sample lodestone Ltd")), "{kind}");
    }
    finds(&auditor, "sample").says("2 records");
    // Nothing found says so, and what was searched.
    finds(&auditor, "nothing of this name").says("Nothing that you may see was found").says("numbers of invoices");
    finds(&auditor, "TRN/9999").says("Nothing that you may see was found").says("Searched: numbers of this kind.");
    finds(&auditor, "x").says("Type at least three letters");
    finds(&auditor, "%_%").says("Nothing that you may see was found");
}

#[apply(on_both!)]
fn nothing_of_another_company_is_found(app: App) {
    let sample = seven(&app);
    let own = Browser::of(&app, &app.signatory_of("lodestone"), "en");
    let other = Browser::of(&app, &app.signatory_of("magnetite"), "en");
    assert_eq!(finds(&own, "NDFEB/2026-27/TRN/0001").address, "/en/tranches/NDFEB-2026-27-TRN-0001");
    let invoice = app
        .values(
            "SELECT invoice_number AS value FROM claim_lines JOIN claims ON claims.id = claim_lines.claim_id \
             JOIN organisations ON organisations.id = claims.organisation_id \
             WHERE organisations.name = 'Sample lodestone Ltd' AND invoice_number NOT IN \
             (SELECT invoice_number FROM claim_lines JOIN claims ON claims.id = claim_lines.claim_id \
              JOIN organisations ON organisations.id = claims.organisation_id \
              WHERE organisations.name <> 'Sample lodestone Ltd') ORDER BY claim_id LIMIT 1",
        )
        .remove(0);
    finds(&own, &invoice).says("Claim").says("NDFEB/2026-27/CLM/").says("Sample lodestone Ltd");
    finds(&other, &invoice).says("Nothing that you may see was found");
    for text in [
        "NDFEB/2026-27/TRN/0001",
        "UTR000000000001",
        "Sample lodestone",
        "NDFEB/2026-27/AWD/0001",
        "BUD/0001",
        sample.rows[0]["number"].as_str().unwrap(),
    ] {
        finds(&other, text).says("Nothing that you may see was found");
    }
    let id = app.values("SELECT id AS value FROM tranches WHERE number = 'NDFEB/2026-27/TRN/0001'").remove(0);
    finds(&other, &id).says("Nothing that you may see was found");
    // An administrator of accounts has no search, and no page of it.
    let administrator = Browser::of(&app, &app.administrator(), "en");
    administrator.opens("/en/account").says_nothing_of("Search");
    administrator.opens("/en/find?q=TRN/0001").with_status(403);
}
