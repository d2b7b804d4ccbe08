//! Disbursements in the browser: the list with its filter and totals, one of them with everything around it, and the
//! ways that lead there.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE};
use crate::harness::recovery_people::Recovers;
use crate::payment::disbursements::sample::seven;
use crate::portal::browser::Browser;
use crate::portal::records::own_statements;

const FIRST: &str = "/en/disbursements/NDFEB-2026-27-DIS-0001";

#[apply(on_sqlite!)]
fn an_auditor_reads_what_was_paid_before_and_after(app: App) {
    let empty = Browser::of(&app, &app.auditor(), "en");
    empty.opens("/en/disbursements").with_status(200).says("There is no disbursement yet");
    let sample = seven(&app);
    let auditor = Browser::of(&app, &app.auditor(), "en");
    let list = auditor.opens("/en/disbursements").says("7 disbursements, the newest first");
    let list = list.says("Gross ₹24,76,80,000.00; returned by the bank ₹9,00,00,000.00, of which ₹0.00 was kept");
    let list = list.says("so ₹15,76,80,000.00 stayed");
    let list = list.says("Of that ₹0.00 was set off against recoveries: net ₹15,76,80,000.00");
    assert_eq!(list.link("NDFEB/2026-27/DIS/0001"), FIRST);
    let back = auditor.opens("/en/disbursements?status=failed_after_success").says("1 disbursement");
    back.says("returned by the bank ₹9,00,00,000.00")
        .says("so ₹0.00 stayed with the beneficiaries")
        .says("Taken back by the bank")
        .says_nothing_of("Sample lodestone Ltd");

    let shown = auditor.opens(FIRST).with_status(200).says("₹15,00,00,000.00").says("UTR000000000001");
    let shown = shown.says("The bank paid this, and it stayed with the beneficiary");
    let shown = shown.says("Paid for this component before ₹0.00");
    let shown = shown.says("Paid for this component afterwards ₹15,00,00,000.00");
    // The inspection of the first stage came last, and measured no more than that stage needs.
    let shown = shown.says("Capacity awarded 900 tonnes a year").says("Installed and verified today 450 tonnes a year");
    let shown = shown.says("Sanctioned −₹15,00,00,000.00").says("Disbursed +₹15,00,00,000.00");
    let shown = shown.says("Nothing of this was asked back").says("Notes (0)");
    for (text, page) in [
        ("NDFEB/2026-27/PAY/0001", "/en/payments/NDFEB-2026-27-PAY-0001"),
        ("NDFEB/2026-27/TRN/0001", "/en/tranches/NDFEB-2026-27-TRN-0001"),
        ("NDFEB/2026-27/CLM/0001", "/en/claims/NDFEB-2026-27-CLM-0001"),
        ("NDFEB/2026-27/AWD/0001", "/en/awards/NDFEB-2026-27-AWD-0001"),
        ("Notes (0)", "/en/tranches/NDFEB-2026-27-TRN-0001/notes"),
    ] {
        assert_eq!(shown.link(text), page);
        auditor.opens(page).with_status(200);
    }
    auditor.opens(&shown.link("2026-27")).with_status(200).says("Budget");
    // The second payment for sales of the same award stands after the first one.
    let second = auditor.opens("/en/disbursements/NDFEB-2026-27-DIS-0004");
    second.says("Paid for this component before ₹16,00,000.00").says("afterwards ₹32,00,000.00");
    // What the bank took back counts as paid no more.
    let number = sample.rows[6]["number"].as_str().unwrap().replace('/', "-");
    let shown = auditor.opens(&format!("/en/disbursements/{number}")).says("The bank paid this and took it back");
    shown.says("Paid for this component afterwards ₹0.00");

    // The ways to it: from the payment, the award and the budget.
    assert_eq!(auditor.opens("/en/payments/NDFEB-2026-27-PAY-0001").link("NDFEB/2026-27/DIS/0001"), FIRST);
    let award = auditor.opens("/en/awards/NDFEB-2026-27-AWD-0001");
    let under = auditor.opens(&award.link("Disbursements under NDFEB/2026-27/AWD/0001")).says("4 disbursements");
    under
        .says("returned by the bank ₹0.00")
        .says("so ₹15,36,80,000.00 stayed with the beneficiaries")
        .says_nothing_of("Sample magnetite Ltd");
    // The list of awards calls the same amount paid.
    auditor.opens("/en/awards").says("₹15,36,80,000.00");
    let budget = auditor.opens("/en/budget");
    assert_eq!(budget.link("Disbursements"), "/en/disbursements");
    for path in [
        FIRST,
        "/en/disbursements",
        "/en/awards/NDFEB-2026-27-AWD-0001/disbursements",
        "/en/payments/NDFEB-2026-27-PAY-0001",
        "/en/awards/NDFEB-2026-27-AWD-0001",
    ] {
        let own = own_statements(&auditor, path);
        assert!(own <= 12, "{path}: {own}");
    }
    Browser::of(&app, &app.verifier(), "hi")
        .opens(&FIRST.replace("/en/", "/hi/"))
        .says("संवितरण NDFEB/2026-27/DIS/0001");
}

#[apply(on_sqlite!)]
fn a_recovery_of_it_stands_there_and_no_company_has_the_page(app: App) {
    let paid = app.paid_for(&app.selling(), 1_000);
    app.second("section").asks_back(&paid, CRORE / 100).ok();
    let number = paid["number"].as_str().unwrap().replace('/', "-");
    let page = format!("/en/disbursements/{number}");
    let section = Browser::of(&app, &app.section_officer(), "en");
    let shown = section.opens(&page).says("NDFEB/2026-27/REC/0001").says("₹1,00,000.00");
    section.opens(&shown.link("NDFEB/2026-27/REC/0001")).with_status(200);
    let company = Browser::of(&app, &app.signatory(), "en");
    for path in [page.as_str(), "/en/disbursements", "/en/awards/NDFEB-2026-27-AWD-0001/disbursements"] {
        company.opens(path).with_status(403).says("There is no such page for you");
    }
    let payment = format!("/en/payments/{}", number.replace("DIS", "PAY"));
    company.opens(&payment).with_status(200).says_nothing_of("/DIS/");
    company.opens("/en/awards/NDFEB-2026-27-AWD-0001").says_nothing_of("Disbursements under");
}
