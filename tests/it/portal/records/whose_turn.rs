//! Whose turn it is, where a page, its list and an inbox could say different things: the rest of a delay after an
//! excuse, a year without money, the credit of a receipt, a payment that did not arrive, a guarantee that runs on.

use crate::harness::app::App;
use crate::harness::milestone_people::MilestoneVerbs;
use crate::harness::people::{Answered, CRORE, Sales, Verbs};
use crate::harness::recovery_people::Recovers;
use crate::portal::browser::Browser;

const MILESTONE: &str = "/en/awards/NDFEB-2026-27-AWD-0001/milestones/oxide_to_metal";
const MATTER: &str = "Damages of a late milestone";
const ASKS: &str = "With Section Officer (ask for the damages by a show-cause notice";

#[apply(on_both!)]
fn the_rest_of_a_delay_stays_with_the_office_until_it_is_charged(app: App) {
    let (app, award) = App::awarded_with_fifty_crore(app.engine);
    let milestone = app.milestone(&award, "oxide_to_metal");
    app.set_clock("2027-07-20T06:30:00Z");
    // It was due on 1 May and reached on 10 July: seventy days late, of which the company asks for twenty-four.
    let reported = app.preparer().reports(&milestone, milestone["needed_mtpa"].clone(), "2027-07-10").ok();
    let reached = app.verifier().inspects(&reported, "verified", milestone["needed_mtpa"].clone(), "2027-07-15").ok();
    let section = Browser::of(&app, &app.section_officer(), "en");
    section.opens(MILESTONE).says(ASKS).says("Late 70 days");
    let asked = app.signatory().asks_excuse(&reached, "other", ("2027-05-10", "2027-06-02")).ok();
    section.opens("/en/inbox").says_nothing_of(MATTER);
    let shown = section.opens(MILESTONE).says("With Verifier").says_nothing_of("With nobody");
    assert_eq!(shown.link("Excused delay NDFEB/2027-28/EXC/0001"), "/en/excuses/NDFEB-2027-28-EXC-0001");
    section.opens("/en/milestones?part=all").says("Verifier (project management agency)");
    let examined = app.verifier().examines(&asked, Some(("2027-05-10", "2027-05-23"))).ok();
    app.competent_authority().excuses(&examined, Some(("2027-05-10", "2027-05-28")), "2027-07-20").ok();
    for officer in [app.section_officer(), app.second("section")] {
        let browser = Browser::of(&app, &officer, "en");
        browser.opens("/en/inbox").says(MATTER);
        browser.opens(MILESTONE).says(ASKS).says("Late 51 days").says_nothing_of("With nobody");
        browser.opens("/en/milestones?part=all").says("Section Officer");
    }
    let hindi = Browser::of(&app, &app.section_officer(), "hi").opens(&MILESTONE.replace("/en/", "/hi/"));
    hindi.says_nothing_of("अब किसी के पास नहीं").is_in_its_language();
    // A notice that charges a part leaves the rest; one that charges all carries the wait itself.
    app.second("section").asks_damages(&reached, "2027-06-10").ok();
    section.opens("/en/inbox").says(MATTER);
    section.opens(MILESTONE).says(ASKS);
    app.second("section").asks_damages(&reached, "2027-07-10").ok();
    section.opens("/en/inbox").says_nothing_of(MATTER);
    let shown = section.opens(MILESTONE).says("With Authorised signatory").says_nothing_of("With nobody");
    assert_eq!(shown.link("Recovery NDFEB/2027-28/REC/0002"), "/en/recoveries/NDFEB-2027-28-REC-0002");
}

#[apply(on_both!)]
fn a_delay_that_is_excused_whole_waits_for_nobody(app: App) {
    let (app, award) = App::awarded_with_fifty_crore(app.engine);
    let milestone = app.milestone(&award, "oxide_to_metal");
    app.set_clock("2027-07-20T06:30:00Z");
    let reported = app.preparer().reports(&milestone, milestone["needed_mtpa"].clone(), "2027-05-31").ok();
    let reached = app.verifier().inspects(&reported, "verified", milestone["needed_mtpa"].clone(), "2027-07-15").ok();
    // Two excuses that touch cover the thirty days of May after the first.
    app.excused(&reached, "other", ("2027-05-02", "2027-05-15"), "2027-07-20");
    let section = Browser::of(&app, &app.section_officer(), "en");
    section.opens("/en/inbox").says(MATTER);
    app.excused(&reached, "other", ("2027-05-16", "2027-05-31"), "2027-07-20");
    section.opens("/en/inbox").says_nothing_of(MATTER);
    section.opens(MILESTONE).says("With nobody any more").says("Late 0 days");
}

#[apply(on_sqlite!)]
fn what_a_year_has_no_money_for_is_no_claim_of_nothing(app: App) {
    app.window_is_open();
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-06-30T06:30:00Z");
    app.claimed_sales("lodestone", &award, Sales::at_the_rate("2026-05-01", "2026-05-31", 100_000));
    let desk = "/en/claims/NDFEB-2026-27-CLM-0001/verification";
    let agency = Browser::of(&app, &app.verifier(), "en");
    let shown = agency.opens_rehearsed(desk).with_status(200).says_nothing_of("₹0.00 – Rupees zero");
    let shown =
        shown.says("If every line is accepted, the claim comes to ₹16,00,00,000.00. The year has no money for it");
    let shown = shown.says("Nothing can be reserved now; the amount stays earned");
    assert!(!shown.buttons().iter().any(|button| button == "Verify and reserve"), "{:?}", shown.buttons());
    let hindi = Browser::of(&app, &app.verifier(), "hi").opens_rehearsed(&desk.replace("/en/", "/hi/"));
    hindi.says("पूरी राशि विनियोग की प्रतीक्षा करती है").is_in_its_language();
    app.provided("sales_linked_incentive", "2026-27", 10 * CRORE);
    let shown =
        agency.opens_rehearsed(desk).says("the claim comes to ₹16,00,00,000.00. ₹10,00,00,000.00 can be paid now");
    assert!(shown.buttons().iter().any(|button| button == "Verify and reserve"), "{:?}", shown.buttons());
}

#[apply(on_both!)]
fn finance_records_the_credit_before_the_receipt_waits_for_the_office_that_pays(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let demanded = app.demanded(&paid, 10 * CRORE);
    let (number, page) = ("NDFEB/2026-27/REC/0001", "/en/recoveries/NDFEB-2026-27-REC-0001");
    let finance = Browser::of(&app, &app.finance_officer(), "en");
    let credit = format!("Recovery {number}: record the bank's credit, once its statement shows the money");
    finance.opens("/en/inbox").says(&credit);
    let ddo = Browser::of(&app, &app.second("ddo"), "en");
    ddo.opens("/en/inbox").says_nothing_of(number);
    let shown = ddo.opens(page).says("With Authorised signatory (pay) or Finance Officer (record the bank's credit");
    let shown = shown.says_nothing_of("Drawing and Disbursing Officer (record the receipt)");
    assert_eq!(shown.link("Credits of the bank"), "/en/credits");
    finance.opens("/en/recoveries").says("Authorised signatory or Finance Officer");
    let company = Browser::of(&app, &app.signatory(), "en");
    company.opens(page).says(&format!("Give the number {number} as the reference of the payment"));
    let due = app.owed(&demanded, "2026-06-01")["statement"]["total_paise"].as_i64().unwrap();
    app.bank_credits("REFUND0000000001", "2026-06-01", due).ok();
    ddo.opens("/en/inbox").says(&format!("Recovery {number}: record the receipt"));
    ddo.opens(page).says("or Drawing and Disbursing Officer (record the receipt)");
    app.second("ddo").receives_credited(&demanded, "REFUND0000000001", "2026-06-01", due).ok();
    for browser in [&finance, &ddo, &company] {
        browser.opens("/en/inbox").says_nothing_of(number);
    }
}

#[apply(on_both!)]
fn a_payment_that_did_not_arrive_is_no_first_one_and_its_company_learns_of_it(app: App) {
    let tranche = app.sanctioned_15_crore();
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    let number = "Tranche NDFEB/2026-27/TRN/0001";
    ddo.opens("/en/inbox").says(&format!("{number}: advise the payment"));
    let company = Browser::of(&app, &app.signatory(), "en");
    company.opens("/en/inbox").says_nothing_of(number);
    let payment = app.disbursing_officer().advises(&tranche).ok();
    app.disbursing_officer().reports_failure(&payment, "failed").ok();
    ddo.opens("/en/inbox").says(&format!("{number}: advise again: the last payment did not arrive"));
    company.opens("/en/inbox").says(&format!("{number}: read why the payment did not arrive"));
    let shown =
        company.opens("/en/tranches/NDFEB-2026-27-TRN-0001").says("With Drawing and Disbursing Officer (advise");
    shown.says("Preparer or Authorised signatory (read why the payment did not arrive");
    Browser::of(&app, &app.signatory(), "hi").opens("/hi/inbox").says("भुगतान क्यों नहीं पहुँचा").is_in_its_language();
}

#[apply(on_sqlite!)]
fn a_guarantee_that_runs_on_says_the_same_on_its_page_in_its_list_and_in_the_inbox(app: App) {
    app.window_is_open();
    app.awarded("lodestone", 900);
    let company = Browser::of(&app, &app.signatory(), "en");
    company.opens("/en/inbox").says_nothing_of("Guarantee");
    let list = company.opens("/en/guarantees").with_status(200).says_nothing_of("Authorised signatory");
    let number = app.auditor().sees("/securities")["data"][0]["guarantee_number"].as_str().unwrap().to_owned();
    let shown = company.opens(&list.link(&number)).says("With nobody now. It covers until");
    let shown = shown.says("the authorised signatory is asked from").says_nothing_of("With Authorised signatory");
    let hindi = Browser::of(&app, &app.signatory(), "hi").opens(&shown.address.replace("/en/", "/hi/"));
    hindi.says("अभी किसी के पास नहीं। इसका आवरण").is_in_its_language();
}

#[apply(on_sqlite!)]
fn a_list_of_what_one_person_proposes_says_who_decides(app: App) {
    app.scheme_administrator().proposes("capital_subsidy", "2026-27", CRORE).ok();
    let auditor = Browser::of(&app, &app.auditor(), "en");
    let list = auditor.opens("/en/budget/instruments").says("Is with");
    list.says("Proposed Scheme administrator");
}
