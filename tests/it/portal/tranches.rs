//! A tranche in the browser: from the recommendation to the bank's answer, by five people in two languages.

use crate::harness::app::App;
use crate::harness::people::{Answered, Sales, Verbs, at};
use crate::harness::treasury_people::TreasuryVerbs;
use crate::portal::browser::{Browser, CHOSEN, Shown};
use crate::portal::records::own_statements;
use serde_json::Value;

const NUMBER: &str = "NDFEB/2026-27/TRN/0001";
const PAGE: &str = "/en/tranches/NDFEB-2026-27-TRN-0001";
const HINDI_PAGE: &str = "/hi/tranches/NDFEB-2026-27-TRN-0001";

/// The commands of the log that were done, without those of signing in.
fn done(app: &App) -> Vec<String> {
    let acts = app.acts();
    let done = acts.iter().filter(|act| act["outcome"] == "done");
    done.map(|act| act["command"].as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn notes(browser: &Browser, shown: &Shown, button: &str, note: &str) -> Shown {
    let label = if shown.address.starts_with("/hi") {
        "फ़ाइल पर टिप्पणी"
    } else {
        "Noting on the file"
    };
    browser.sends(&shown.form(button).fill(label, note))
}

#[apply(on_both!)]
fn five_people_take_a_tranche_to_the_bank(app: App) {
    let tranche = app.tranche_of_15_crore();
    let section = Browser::of(&app, &app.section_officer(), "en");
    let shown = section.opens("/en/tranches").with_status(200).says("1 tranche").says("Sample lodestone Ltd");
    let shown = section.opens(&shown.link(NUMBER)).says("₹15,00,00,000.00").says("Rupees fifteen crore only");
    let shown = shown.says("With Section Officer since 1 May 2026, 12:00 IST").says("Verified");
    let shown = notes(&section, &shown, "Recommend: ₹15,00,00,000.00", "Certificate seen.\nIn order.").with_status(200);
    assert!(shown.address.starts_with(&format!("{PAGE}?entry=")), "{}", shown.address);
    let shown = shown.says("Recommended by you, 1 May 2026, 12:00 IST").says("With Finance Officer since");
    let shown = shown.says("Certificate seen. In order.").says("Sample section");
    assert_eq!(shown.buttons(), ["Reject"], "this person's step is taken");
    // The notice is from the log: for somebody else the same address says nothing.
    let finance = Browser::of(&app, &app.finance_officer(), "hi");
    finance.opens(&shown.address.replace("/en/", "/hi/")).with_status(200).says_nothing_of("आपके द्वारा");
    let shown = notes(&finance, &finance.opens(HINDI_PAGE), "सहमति दें: ₹15,00,00,000.00", "राशि जाँची");
    let shown = shown.says("आपके द्वारा सहमति, 1 मई 2026").says("रुपये पंद्रह करोड़ मात्र").says("सक्षम प्राधिकारी के पास");
    assert_eq!(shown.page.named("html")[0].attribute("lang"), Some("hi"));
    let authority = Browser::of(&app, &app.competent_authority(), "hi");
    let shown = notes(&authority, &authority.opens(HINDI_PAGE), "स्वीकृत करें: ₹15,00,00,000.00", "स्वीकृत");
    let shown = shown.says("NDFEB/2026-27/SAN/0001").says("आपके द्वारा स्वीकृत").says("राशि जाँची");
    assert!(shown.buttons().is_empty(), "after the sanction nothing can be rejected: {:?}", shown.buttons());
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    assert_eq!(ddo.opens(PAGE).link("NDFEB/2026-27/CLM/0001"), "/en/claims/NDFEB-2026-27-CLM-0001");
    let shown = ddo.sends(&ddo.opens(PAGE).form("Advise the payment: ₹15,00,00,000.00"));
    let shown = shown.says("Advised by you").says("With Drawing and Disbursing Officer since");
    let payment =
        ddo.opens(&shown.link("NDFEB/2026-27/PAY/0001")).says("It is still to be put into a file for the treasury");
    let answer = payment.says("6701").form("Record the bank's answer");
    let answer = answer.fill("Paid", CHOSEN).fill("UTR", "SBIN R52026 0501 00001");
    let answer =
        answer.fill("Day", "1").fill("Month", "5").fill("Year", "2026").fill("Amount that the bank paid", "15 crore");
    let shown = ddo.sends(&answer).with_status(200);
    let shown = shown.says("The bank's answer was recorded by you").says("SBINR52026050100001");
    // What is left is closed, and says what it is for.
    shown.says_nothing_of("Record the bank's answer").form("Record that the money came back");

    assert_eq!(app.tranche(&tranche)["status"], "disbursed");
    let expected = ["recommend_tranche", "concur_tranche", "sanction_tranche", "advise_payment", "settle_payment"];
    assert_eq!(done(&app).into_iter().rev().take(5).rev().collect::<Vec<_>>(), expected);
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_manufacturer_sees_the_office_and_not_the_person(app: App) {
    let tranche = app.tranche_of_15_crore();
    app.section_officer().recommends(&tranche);
    let signatory = Browser::of(&app, &app.signatory(), "en");
    let shown =
        signatory.opens(PAGE).with_status(200).says("Section Officer").says("Verifier (project management agency)");
    let shown = shown.says_nothing_of("Sample section").says_nothing_of("Sample verifier");
    let shown = shown.says_nothing_of("seen").says("Sample signatory-lodestone").says("Sample preparer-lodestone");
    assert!(shown.buttons().is_empty());
    Browser::of(&app, &app.auditor(), "en").opens(PAGE).says("Sample section").says("seen");
    // Another company is told the same as for a number that does not exist.
    let other = Browser::of(&app, &app.signatory_of("coercive"), "en");
    let foreign = other.opens(PAGE).with_status(404);
    let missing = other.opens("/en/tranches/NDFEB-2026-27-TRN-0002").with_status(404);
    assert_eq!(foreign.page.text(), missing.page.text());
    other.opens("/en/tranches").says("There is no tranche yet");
    let administrator = Browser::of(&app, &app.administrator(), "en");
    let forbidden = administrator.opens(PAGE).with_status(403);
    assert_eq!(forbidden.page.named("main")[0].text(), missing.page.named("main")[0].text());
}

#[apply(on_sqlite!)]
fn what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(app: App) {
    let tranche = app.sanctioned_15_crore();
    app.disbursing_officer().advises(&tranche);
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    let form = ddo.opens("/en/payments/NDFEB-2026-27-PAY-0001").form("Record the bank's answer");
    let form = form.fill("Paid", CHOSEN).fill("UTR", "SBIN").fill("Day", "31").fill("Month", "2").fill("Year", "2026");
    let shown = ddo.sends(&form.fill("Amount that the bank paid", "much").fill("Reason", " ")).with_status(422);
    assert!(shown.title().starts_with("Error: "), "{}", shown.title());
    let shown = shown.says("There is a problem").says("An amount such as 15 crore").says("A day that exists");
    assert_eq!(shown.link("A day that exists, with day, month and year"), "#settle-paid_on");
    let form = shown.form("Record the bank's answer");
    assert_eq!([form.text("UTR"), form.text("Day"), form.text("Amount that the bank paid")], ["SBIN", "31", "much"]);
    assert!(form.fields.contains(&("word:/outcome".to_owned(), "succeeded".to_owned())), "{form:?}");
    // The rule's own words about a field, after what the page could not read was corrected.
    let form = form.fill("Day", "1").fill("Month", "5").fill("Amount that the bank paid", "15 crore");
    let shown = ddo.sends(&form).with_status(422);
    assert!(shown.page.named("a").iter().any(|link| link.attribute("href") == Some("#settle-utr")));
    // A refusal by a rule: the form comes back too.
    let form = shown.form("Record the bank's answer").fill("UTR", "SBINR52026050100001");
    let shown = ddo.sends(&form.clone().fill("Amount that the bank paid", "14.99 crore")).with_status(409);
    let shown = shown.says("Nothing was changed").explains("amount_differs").says("the bank says ₹14,99,00,000.00");
    assert_eq!(shown.form("Record the bank's answer").text("Amount that the bank paid"), "14.99 crore");
    ddo.sends(&shown.form("Record the bank's answer").fill("Amount that the bank paid", "15,00,00,000.00"))
        .with_status(200);
    app.must_verify();
}

#[apply(on_sqlite!)]
fn one_person_takes_one_step(app: App) {
    app.tranche_of_15_crore();
    let both = app.person("both", &["section_officer", "finance_officer"], None);
    let browser = Browser::of(&app, &both, "en");
    let shown = notes(&browser, &browser.opens(PAGE), "Recommend: ₹15,00,00,000.00", "in order");
    let shown = shown.says("You cannot take this step:").says("you took another step on this money (recommendation)");
    assert_eq!(shown.buttons(), ["Reject"]);
    // The button is off; whoever sends the form all the same is refused by the rule itself.
    let mut form = shown.form("Reject");
    form.action = format!("{PAGE}/concurrence");
    form.set("/note", "me too");
    form.fields.retain(|(name, _)| name != "/reason");
    let shown = browser
        .sends(&form)
        .with_status(409)
        .says("you took another step on this money (recommendation)")
        .says("Who can: Finance Officer")
        .says("Nothing was changed");
    assert!(shown.title().starts_with("Error: "));
    let refused = app.acts().into_iter().find(|act| act["code"] == "same_person").unwrap();
    assert_eq!(refused["command"], "concur_tranche");
}

#[apply(on_sqlite!)]
fn whoever_was_slower_sees_both_sides(app: App) {
    app.tranche_of_15_crore();
    let (one, other) = (app.section_officer(), app.person("section-two", &["section_officer"], None));
    let (one, other) = (Browser::of(&app, &one, "en"), Browser::of(&app, &other, "en"));
    let (mine, theirs) = (one.opens(PAGE), other.opens(PAGE));
    notes(&other, &theirs, "Recommend: ₹15,00,00,000.00", "I was faster").with_status(200);
    let shown = notes(&one, &mine, "Recommend: ₹15,00,00,000.00", "I was slower").with_status(412);
    let shown = shown.says("Somebody changed this before you").says("I was slower").says("I was faster");
    let shown = shown.says("Changed: 1 May 2026, 12:00 IST, Section Officer · Sample section-two").says("Recommended");
    // A tranche is recommended once: mine cannot be applied to what it is now, and no button says that it can.
    let shown = shown.says("Yours cannot be applied any more: the record is in another state now");
    assert_eq!((shown.buttons(), shown.link("Go to the record")), (Vec::new(), PAGE.to_owned()));
    // Whoever sends it for the new version all the same finds what was typed, to be copied.
    let mut late = mine.form("Recommend: ₹15,00,00,000.00").fill("Noting on the file", "I was slower");
    late.set("version", &app.auditor().sees("/tranches/NDFEB-2026-27-TRN-0001")["version"].to_string());
    let shown = one.sends(&late).with_status(409).says("the tranche is recommended");
    assert_eq!(shown.says("Noting on the file I was slower").link("Go to the record"), PAGE);
    assert_eq!(done(&app).iter().filter(|name| *name == "recommend_tranche").count(), 1);
}

#[apply(on_sqlite!)]
fn a_form_acts_once(app: App) {
    app.tranche_of_15_crore();
    let section = Browser::of(&app, &app.section_officer(), "en");
    let form = section.opens(PAGE).form("Recommend: ₹15,00,00,000.00").fill("Noting on the file", "in order");
    let (first, second) = (section.sends_once(&form), section.sends_once(&form));
    assert_eq!((first.status, second.status), (303, 303));
    assert_eq!(first.header("location"), second.header("location"), "a double click sees what the first click did");
    let other = form.fill("Noting on the file", "something else");
    let shown = section.sends(&other).with_status(422).says("This was already done");
    section.opens(&shown.says("Recommended by you, 1 May 2026").link("Go to the record")).with_status(200);
    assert_eq!(done(&app).iter().filter(|name| *name == "recommend_tranche").count(), 1);
}

#[apply(on_sqlite!)]
fn a_rejection_says_why_to_the_company(app: App) {
    let tranche = app.tranche_of_15_crore();
    let finance = Browser::of(&app, &app.finance_officer(), "en");
    let shown = finance.sends(&finance.opens(PAGE).form("Reject")).with_status(422);
    assert_eq!(shown.link("Must not be empty"), "#reject-reason");
    let form = shown.form("Reject").fill("Reason", "The certificate has no <b>date</b> {{ 1 + 1 }}");
    let shown = finance
        .sends(&form)
        .says("Rejected by you")
        .says("Rejected by: Finance Officer")
        .says("<b>date</b> {{ 1 + 1 }}");
    assert!(shown.page.named("b").is_empty());
    Browser::of(&app, &app.signatory(), "hi").opens(HINDI_PAGE).says("अस्वीकृति का कारण:").says("has no <b>date</b>");
    assert_eq!(app.tranche(&tranche)["status"], "rejected");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_record_is_found_by_number_and_by_id(app: App) {
    let tranche: Value = app.tranche_of_15_crore();
    let auditor = Browser::of(&app, &app.auditor(), "en");
    let by_id = auditor.opens(&format!("/en{}", at("tranches", &tranche))).with_status(200);
    let by_number = auditor.opens(&format!("/en/n/{NUMBER}")).with_status(200);
    assert_eq!(by_number.address, PAGE);
    assert_eq!(by_id.page.named("main")[0].text(), by_number.page.named("main")[0].text());
    for wrong in
        ["/en/n/NDFEB/2026-27/TRN/0009", "/en/n/NDFEB", "/en/tranches/x", "/en/payments/NDFEB-2026-27-PAY-0001"]
    {
        auditor.opens(wrong).with_status(404).says("There is no such page for you");
    }
}

#[apply(on_sqlite!)]
fn a_payment_that_failed_is_a_step_of_its_tranche(app: App) {
    let tranche = app.sanctioned_15_crore();
    let advised = app.disbursing_officer().advises(&tranche).ok();
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    let payment = "/en/payments/NDFEB-2026-27-PAY-0001";
    let waiting = ddo.opens(payment).says("until then the treasury has not been told to pay");
    let form = waiting.says_nothing_of("Sent to the treasury").form("Record the bank's answer");
    let form = form.fill("Taken in by the treasury, not paid yet", CHOSEN).fill("Reason", "no reason is needed");
    let shown = ddo.sends(&form).with_status(422);
    shown.says("Reason: only where the payment failed or nobody knows").says_nothing_of("accepted or succeeded");
    app.disbursing_officer().makes_advice(&[&advised]).ok();
    ddo.opens(payment).says("The payment stands in a file for the treasury").says("File for the treasury");
    app.second("finance").confirms_failure(&advised, "failed").ok();
    let steps = ddo.opens(PAGE).page.named("ol").into_iter().map(|list| list.text()).collect::<String>();
    assert!(steps.contains("Payment NDFEB/2026-27/PAY/0001: Failed"), "{steps}");
}

#[apply(on_sqlite!)]
fn an_officer_reads_what_a_step_relies_on_and_a_company_does_not(app: App) {
    app.tranche_of_15_crore();
    let section = Browser::of(&app, &app.section_officer(), "en");
    let shown = section.opens(PAGE).with_status(200).says("Guarantees In order Guarantees of");
    let shown = shown.says("All of this cover counts until").says("Milestone In order Verified, achieved on");
    let shown = shown.says("Movement of money In order Money moves: no integrity control is red.");
    let shown = shown.says("To note ").says("none of the last payments reached this account");
    let shown = shown.says("Nothing is to be set off").says("Last payments to this beneficiary (0)");
    let shown = shown.says("Nothing was sent to the treasury for this beneficiary before.");
    section.opens(&shown.link("Why this amount")).says("Statement of the amount NDFEB/2026-27/CLM/0001");
    let links = shown.page.named("a").into_iter().filter_map(|link| link.attribute("href"));
    let milestone = links.into_iter().find(|address| address.contains("/milestones/")).unwrap().to_owned();
    section.opens(&milestone).with_status(200);
    let own = own_statements(&section, PAGE);
    assert!(own <= 12, "{own} statements");
    let hindi = Browser::of(&app, &app.finance_officer(), "hi").opens(HINDI_PAGE).says("जाँच");
    hindi.says("कोई नियंत्रण दोष नहीं दिखाता").says("इस लाभार्थी के पिछले भुगतान (0)");
    let company = Browser::of(&app, &app.signatory(), "en").opens(PAGE).with_status(200);
    company.says("Why this amount").says_nothing_of("Checks").says_nothing_of("Last payments");
}

#[apply(on_sqlite!)]
fn a_failed_payment_warns_of_the_account_and_leads_to_the_next_attempt(app: App) {
    let tranche = app.sanctioned_15_crore();
    let advised = app.disbursing_officer().advises(&tranche).ok();
    app.disbursing_officer().reports_failure(&advised, "failed").ok();
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    let shown = ddo.opens(PAGE).says("the last payment to this account failed").says("account closed");
    let shown = shown.says("A registered account cannot be changed here");
    let failed = ddo.opens(&shown.link("NDFEB/2026-27/PAY/0001")).says("It can be sent again under a new number");
    let first = failed.address;
    let tranche = app.tranche(&tranche);
    let again = app.disbursing_officer().advises(&tranche).ok();
    let company = Browser::of(&app, &app.signatory(), "en");
    for reader in [&ddo, &company] {
        let shown =
            reader.opens(&first).says("It was sent again under a new number").says_nothing_of("can be sent again");
        assert_eq!(shown.link("NDFEB/2026-27/PAY/0002"), "/en/payments/NDFEB-2026-27-PAY-0002");
        let next = reader.opens("/en/payments/NDFEB-2026-27-PAY-0002").says("Earlier attempt");
        assert_eq!(next.link("NDFEB/2026-27/PAY/0001"), first);
    }
    // What came back is the newest fate of the account, although a payment had reached it.
    app.disbursing_officer().confirms(&again, "UTR000000000002", "2026-05-01").ok();
    app.disbursing_officer().reports_failure(&app.payment(&again), "failed_after_success").ok();
    let shown = ddo.opens(PAGE).says("the last payment to this account came back");
    // That it was paid stays in the history.
    shown.says("Payment NDFEB/2026-27/PAY/0002: Paid").says("Payment NDFEB/2026-27/PAY/0002: Failed after success");
}

#[apply(on_sqlite!)]
fn what_failed_for_a_tranche_is_said_whatever_reached_the_account_since(app: App) {
    let award = app.selling();
    app.set_clock("2026-08-01T06:30:00Z");
    let sold = |day: &'static str| app.tranche_for_sales("lodestone", &award, Sales::at_the_rate(day, day, 100));
    let failing = app.sanctioned(&sold("2026-05-01"));
    let other = sold("2026-05-02");
    let advised = app.disbursing_officer().advises(&failing).ok();
    app.disbursing_officer().reports_failure(&advised, "failed").ok();
    app.paid(&other, "UTR000000000001", "2026-08-01");
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    ddo.opens(PAGE).says("the last payment to this account failed").says("account closed");
}

#[apply(on_sqlite!)]
fn what_reached_the_account_before_stands_beside_the_next_tranche(app: App) {
    let award = app.selling();
    app.set_clock("2026-08-01T06:30:00Z");
    let sold = |day: &'static str| app.tranche_for_sales("lodestone", &award, Sales::at_the_rate(day, day, 100));
    app.paid(&sold("2026-05-01"), "UTR000000000001", "2026-08-01");
    sold("2026-05-02");
    let section = Browser::of(&app, &app.section_officer(), "en");
    let shown = section.opens(&PAGE.replace("TRN-0001", "TRN-0002")).with_status(200);
    let shown = shown.says("a payment reached this account last on 1 Aug 2026");
    let shown = shown.says("Last payments to this beneficiary (1)").says("₹1,60,000.00 Paid");
    section.opens(&shown.link("NDFEB/2026-27/PAY/0001")).with_status(200).says("UTR000000000001");
    // What was paid needs no checks any more.
    section.opens(PAGE).says("Disbursed").says_nothing_of("Checks").says_nothing_of("Last payments");
}
