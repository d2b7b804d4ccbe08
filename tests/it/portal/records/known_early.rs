//! Nobody has to ask: what stands in the way of the money is known before the last step, a return says what can be
//! changed, a rejection says what comes next, and whoever must act next finds it in the inbox.

use crate::correction::corrections::Corrects;
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs};
use crate::harness::return_people::ReturnVerbs;
use crate::harness::treasury_people::TreasuryVerbs;
use crate::payment::reconciliation::payments;
use crate::portal::browser::{Browser, CHOSEN, Shown};
use magnet_scheme::client::Person;
use serde_json::Value;
use std::sync::Arc;

const PAGE: &str = "/en/tranches/NDFEB-2026-27-TRN-0001";
const CLAIM: &str = "/en/claims/NDFEB-2026-27-CLM-0001";

#[apply(on_sqlite!)]
fn the_limits_on_the_last_months_are_known_to_whoever_takes_an_earlier_step(app: App) {
    app.tranche_of_15_crore();
    let section = Browser::of(&app, &app.section_officer(), "en");
    section.opens(PAGE).says("In order").says_nothing_of("Limits on the last months");
    app.set_clock("2027-03-15T06:30:00Z");
    let passes = "Paid today, it passes a limit on the last months of the year";
    let section = Browser::of(&app, &app.section_officer(), "en");
    section.opens(PAGE).says("Limits on the last months To note").says(passes).says("Limit for March of 2026-27");
    let form = section.opens_rehearsed(PAGE).form("Recommend: ₹15,00,00,000.00").fill("Noting on the file", "fine");
    let address = section.sends(&form).with_status(200).address;
    section.opens(&address).says("Recommended by you");
    section.opens(PAGE).says("Limits on the last months To note").says(passes);
    let finance = Browser::of(&app, &app.finance_officer(), "en");
    let shown = finance.opens(PAGE).says(passes).says("is passed by ₹");
    let budget = finance.opens(&shown.link("Limits on the last months")).with_status(200).says("Limit for March");
    assert!(budget.address.contains("year=2026-27"), "{}", budget.address);
    let hindi = Browser::of(&app, &app.finance_officer(), "hi").opens(&PAGE.replace("/en/", "/hi/"));
    hindi.says("अंतिम महीनों की एक सीमा पार होती है").is_in_its_language();
    Browser::of(&app, &app.signatory(), "en").opens(PAGE).with_status(200).says_nothing_of(passes);
    // With a larger year the same tranche stays within them.
    app.provided("capital_subsidy", "2026-27", 60 * CRORE);
    let finance = Browser::of(&app, &app.finance_officer(), "en");
    finance.opens(PAGE).says("the ₹15,00,00,000.00 stay within the limits on the last months").says_nothing_of(passes);
}

#[apply(on_sqlite!)]
fn the_pages_of_a_payment_say_what_the_end_of_the_year_does_to_it(app: App) {
    payments(&app, 2, &[0]);
    let said = "What is paid after 31 Mar 2027 counts in 2027-28";
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    let advice = app.auditor().sees("/payment-advices")["data"][0]["id"].as_str().unwrap().to_owned();
    ddo.opens(&format!("/en/advices/{advice}")).with_status(200).says(said);
    ddo.opens("/en/payments/NDFEB-2026-27-PAY-0002").says(said);
    ddo.opens("/en/payments/NDFEB-2026-27-PAY-0001").with_status(200).says_nothing_of(said);
    let company = Browser::of(&app, &app.signatory(), "en");
    company.opens("/en/payments/NDFEB-2026-27-PAY-0002").with_status(200).says_nothing_of(said);
    let hindi = Browser::of(&app, &app.disbursing_officer(), "hi");
    hindi.opens(&format!("/hi/advices/{advice}")).says("के बाद चुकाया गया 2027-28 में गिना जाता है").is_in_its_language();
}

#[apply(on_sqlite!)]
fn the_form_of_a_file_for_the_treasury_speaks_of_the_end_of_the_year(app: App) {
    app.advised_payments(1);
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    ddo.opens("/en/advices").says("Make a file for the treasury").says("What is paid after 31 Mar 2027 counts in");
}

#[apply(on_sqlite!)]
fn a_rejection_says_on_one_page_what_was_rejected_why_and_what_comes_next(app: App) {
    let tranche = app.tranche_of_15_crore();
    app.section_officer().rejects(&tranche).ok();
    for person in [app.signatory(), app.verifier()] {
        let shown = Browser::of(&app, &person, "en").opens(CLAIM).with_status(200);
        let ended = shown.page.all().into_iter().find(|node| node.attribute("id") == Some("ended")).unwrap().text();
        for said in [
            "NDFEB/2026-27/TRN/0001",
            "₹15,00,00,000.00",
            "not in order",
            "Section Officer",
            "1 May 2026",
            "needs no new claim, and no last day applies to it",
            "The agency releases it again",
        ] {
            assert!(ended.contains(said), "{said}: {ended}");
        }
        assert_eq!(ended.contains("Sample section"), person.email == app.verifier().email, "{ended}");
    }
    Browser::of(&app, &app.signatory(), "hi").opens(&CLAIM.replace("/en/", "/hi/")).says("कंपनी को कुछ नहीं करना है");
}

#[apply(on_sqlite!)]
fn a_claim_that_the_agency_rejected_does_not_wait_for_a_tranche(app: App) {
    let award = app.selling();
    app.set_clock("2026-06-30T06:30:00Z");
    let claim = app.claimed_sales("lodestone", &award, Sales::at_the_rate("2026-05-01", "2026-05-31", 100));
    Browser::of(&app, &app.signatory(), "en").opens(CLAIM).says("There is no tranche yet.");
    app.verifier().rejects_claim(&claim).ok();
    let shown = Browser::of(&app, &app.signatory(), "en").opens(CLAIM).says("No tranche was made");
    shown
        .says_nothing_of("There is no tranche yet")
        .says("What you can do")
        .says("that names this one as the claim it");
}

#[apply(on_sqlite!)]
fn whoever_returns_a_file_reads_what_its_receiver_can_change(app: App) {
    let tranche = app.tranche_of_15_crore();
    let section = Browser::of(&app, &app.section_officer(), "en");
    section.opens(PAGE).says("The amount, the account and the papers are not changed at its desk");
    app.section_officer().returns_to(&tranche, "verify").ok();
    let agency = Browser::of(&app, &app.verifier(), "en");
    let shown = agency.opens(CLAIM).says("On its page the company can correct the lines and the amount claimed");
    shown.says("ask by a query: the reply takes files on its page");
    let hindi = Browser::of(&app, &app.verifier(), "hi").opens(&CLAIM.replace("/en/", "/hi/"));
    hindi.says("कंपनी दावे के पृष्ठ पर पंक्तियाँ और माँगी गई राशि सुधार सकती है").is_in_its_language();
}

#[apply(on_sqlite!)]
fn the_inbox_has_the_time_of_the_return_and_the_reply_after_it(app: App) {
    let tranche = app.tranche_of_15_crore();
    app.section_officer().returns_to(&tranche, "verify").ok();
    let back = "Returned by Section Officer, 1 May 2026, 12:0";
    let inbox = || Browser::of(&app, &app.verifier(), "en").opens("/en/inbox").with_status(200);
    inbox().says(back).says_nothing_of("The company answered");
    app.set_clock("2026-05-03T06:30:00Z");
    let claim = app.verifier().sees(&format!("/claims/{}", tranche["claim_id"].as_str().unwrap()));
    let asked = app.verifier().asks_about("claims", &claim, "Which plant?").ok();
    app.set_clock("2026-05-06T06:30:00Z");
    app.signatory().replies_about("claims", &asked, 1, "The plant at Sample").ok();
    let shown = inbox().says(back).says("The company answered, 6 May 2026, 12:0").says_nothing_of("Officer, 6 May");
    let agency = Browser::of(&app, &app.verifier(), "en");
    agency.opens(&shown.link("NDFEB/2026-27/CLM/0001")).says("The plant at Sample");
    let hindi = Browser::of(&app, &app.verifier(), "hi").opens("/hi/inbox");
    hindi.says("को उत्तर दिया: उत्तर पढ़ें").is_in_its_language();
}

#[apply(on_both!)]
fn whoever_decides_a_correction_finds_it_in_the_inbox(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    let proposer = app.second("finance");
    let proposed = proposer.proposes_correction("cancel_sanction", &sanctioned, Value::Null).ok();
    let page = format!("/en/corrections/{}", proposed["id"].as_str().unwrap());
    let row = "Correction: Cancel a sanction · NDFEB/2026-27/TRN/0001 – approve or refuse";
    let deciding = app.second("authority");
    let authority = Browser::of(&app, &deciding, "en");
    let inbox = authority.opens("/en/inbox").says(row);
    assert_eq!(inbox.link("Cancel a sanction · NDFEB/2026-27/TRN/0001"), page);
    authority.opens("/en/inbox?scheme=ndfeb-2025-proposal").says(row);
    authority.opens(&page).says("With Finance Officer or Competent authority since 1 May 2026");
    // Whoever proposed it reads who can.
    let own = Browser::of(&app, &proposer, "en").opens("/en/inbox").says("You took a step on the same money: proposal");
    own.says("Competent authority Sample second-authority");
    let hindi = Browser::of(&app, &deciding, "hi").opens("/hi/inbox").says("सुधार: स्वीकृति रद्द करें");
    hindi.is_in_its_language();
    deciding.decides_correction(&proposed, "approved").ok();
    authority.opens("/en/inbox").says_nothing_of("Cancel a sanction");
    authority.opens(&page).says("With nobody any more.");
    app.must_verify();
}

#[apply(on_both!)]
fn a_second_person_finds_in_the_inbox_that_a_payment_may_not_have_arrived(app: App) {
    payments(&app, 1, &[]);
    let act = "PAY/0001: confirm with a paper, as a second person, that it did not arrive";
    let second = app.second("finance");
    let inbox = || Browser::of(&app, &second, "en").opens("/en/inbox").with_status(200);
    inbox().says_nothing_of(act);
    // The bank has three days from the day on which the treasury was to pay.
    app.set_clock("2026-07-20T06:30:00Z");
    let shown = inbox().says(act);
    let page = "/en/payments/NDFEB-2026-27-PAY-0001";
    assert_eq!(shown.link("NDFEB/2026-27/PAY/0001"), page);
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    ddo.opens("/en/inbox").says("PAY/0001: record the bank's answer");
    ddo.opens(page).says("confirm with a paper").says("Finance Officer or Competent authority");
    let first = Browser::of(&app, &app.finance_officer(), "en");
    first.opens("/en/inbox").says("I cannot act on (1)").says("Who can: Finance Officer Sample second-finance");
    Browser::of(&app, &second, "hi").opens("/hi/inbox").says("इसकी पुष्टि करें").is_in_its_language();
    app.disbursing_officer()
        .confirms(&app.auditor().sees(&page.replace("/en", "")), "SBINR52026070100001", "2026-07-20")
        .ok();
    inbox().says_nothing_of(act);
}

#[apply(on_both!)]
fn what_the_treasury_said_both_ways_waits_for_a_second_person(app: App) {
    let all = payments(&app, 1, &[]);
    let ddo = app.disbursing_officer();
    let failed = crate::payment::payment_failures::answer("R-1", &all[0], "Failed,,,{amount},account closed");
    ddo.uploads_return("text/csv", &failed).ok();
    let act = "PAY/0001: confirm with a paper";
    let second = Browser::of(&app, &app.second("finance"), "en");
    second.opens("/en/inbox").says_nothing_of(act);
    let arrived = "Success,SBINR5202607010000000,2026-07-01,{amount},";
    ddo.uploads_return("text/csv", &crate::payment::payment_failures::answer("R-2", &all[0], arrived)).ok();
    let shown = second.opens("/en/inbox").says(act);
    let page = second.opens(&shown.link("NDFEB/2026-27/PAY/0001")).says("With Finance Officer or Competent authority");
    let form = page.form("Confirm that the money did not arrive").fill("Reason", "the account is closed");
    let form = form.choose("Files that show it", "letter.pdf", "application/pdf", b"%PDF-1.4 closed");
    second.sends(&form).with_status(200).says("You confirmed");
    second.opens("/en/inbox").says_nothing_of(act);
    app.must_verify();
}

/// The titles of a page of both sides, and the last step of the way to it.
fn shape(shown: &Shown) -> (String, Vec<String>, usize) {
    let heads = ["h1", "h2"].into_iter().flat_map(|name| shown.page.named("main")[0].named(name));
    let crumbs = shown.page.all().into_iter().filter(|one| one.attribute("class") == Some("govuk-breadcrumbs__link"));
    (shown.title(), heads.map(|head| head.text()).collect(), crumbs.count())
}

#[apply(on_sqlite!)]
fn the_pages_for_whoever_was_slower_have_one_shape(app: App) {
    let tranche = app.sanctioned_15_crore();
    let proposed = app.second("section").proposes_correction("cancel_sanction", &tranche, Value::Null).ok();
    let correction = format!("/en/corrections/{}", proposed["id"].as_str().unwrap());
    let company = format!("/en/organisations/{}", tranche["organisation_id"].as_str().unwrap());
    let late = |person: Arc<Person>, page: &str, button: &str, choice: &str, label: &str| {
        let browser = Browser::of(&app, &person, "en");
        let form = browser.opens_rehearsed(page).form(button).fill(label, "what I typed");
        let mut form = if choice.is_empty() { form } else { form.fill(choice, CHOSEN) };
        form.set("version", "0");
        browser.sends(&form).with_status(412).says("what I typed").says("As it is now")
    };
    let desk = "Section Officer, to recommend again";
    let group = "Record the group of companies";
    let all = [
        late(app.disbursing_officer(), PAGE, "Return with reasons", desk, "Reasons"),
        late(app.second("authority"), &correction, "Decide", "Approve", "Noting on the file"),
        late(app.verifier(), &company, group, "", "Reason"),
    ];
    for shown in &all {
        let (title, heads, crumbs) = shape(shown);
        assert!(title.starts_with("Error: Somebody changed this before you"), "{title}");
        assert_eq!(heads, ["Somebody changed this before you", "Yours", "As it is now"], "{}", shown.address);
        assert!(crumbs >= 2, "{} leads back to no record", shown.address);
    }
}
