//! What pages say when something is not taken: faults name their fields and speak in the words of the form, what was
//! typed is never lost, and no code of the program is shown.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at};
use crate::harness::return_people::ReturnVerbs;
use crate::portal::browser::{Browser, CHOSEN, Shown};
use crate::portal::claims::selling;
use serde_json::json;

const CLAIM: &str = "/en/claims/NDFEB-2026-27-CLM-0001";
const PAYMENT: &str = "/en/payments/NDFEB-2026-27-PAY-0001";
const PROPOSAL: &str = "/en/budget/instruments/new";

#[apply(on_sqlite!)]
fn what_was_typed_stands_there_when_its_form_is_gone(app: App) {
    let award = selling(&app);
    let claim = app.claimed_sales("lodestone", &award, Sales::at_the_rate("2026-08-01", "2026-08-01", 100));
    let asked = app.verifier().asks_about("claims", &claim, "Which plant?").ok();
    let company = Browser::of(&app, &app.preparer(), "en");
    let form = company.opens(CLAIM).form("Reply to the query").fill("Reply", "The plant at Sample");
    app.signatory().replies_about("claims", &asked, 1, "The other one").ok();
    let shown = company.sends(&form).with_status(412).says("Somebody changed this before you");
    let shown = shown.says("Yours cannot be applied any more").says("The plant at Sample").says("The other one");
    assert_eq!((shown.buttons(), shown.link("Go to the record")), (Vec::new(), CLAIM.to_owned()));
    let mut late = form.clone();
    late.set("version", &app.auditor().sees(&at("claims", &claim))["version"].to_string());
    let lost = company.sends(&late).with_status(409).says("Nothing was changed");
    let lost = lost.says("What you typed; copy it from here if you still need it Reply The plant at Sample");
    assert_eq!(lost.link("Go to the record"), CLAIM);
    assert!(lost.title().starts_with("Error: "));
    // A form that no page of this session made, where there is no such form for the person: no button is spoken of.
    let mut foreign = form.clone();
    foreign.set("seal", "");
    let shown = company.sends(&foreign).with_status(403).says("Another site sent it, or somebody else has signed in");
    shown.says_nothing_of("press the button").says("The plant at Sample");
    let read = app.auditor().sees(&at("claims", &claim));
    assert_eq!(read["queries"][0]["reply"]["text"], "The other one");
}

#[apply(on_sqlite!)]
fn a_verification_that_somebody_else_ended_keeps_what_was_typed(app: App) {
    let award = selling(&app);
    let claim = app.claimed_sales("lodestone", &award, Sales::at_the_rate("2026-08-01", "2026-08-01", 100));
    let agency = Browser::of(&app, &app.verifier(), "en");
    let form = agency.opens(&format!("{CLAIM}/verification")).form("Show what it comes to");
    let form = form.fill("Accept line 1", CHOSEN).fill("Remarks", "books seen");
    app.verifier().rejects_claim(&claim).ok();
    let shown = agency.sends(&form).with_status(412).says("Somebody changed this before you");
    let shown = shown.says("Yours cannot be applied any more").says("books seen");
    assert_eq!((shown.buttons(), shown.link("Go to the record")), (Vec::new(), CLAIM.to_owned()));
}

fn settling(app: &App) -> Browser {
    let tranche = app.sanctioned_15_crore();
    app.disbursing_officer().advises(&tranche).ok();
    Browser::of(app, &app.disbursing_officer(), "en")
}

#[apply(on_sqlite!)]
fn faults_name_their_fields_and_say_what_to_do(app: App) {
    let officer = settling(&app);
    let form = officer.opens(PAYMENT).form("Record the bank's answer");
    let shown = officer.sends(&form.clone().fill("Paid", CHOSEN)).with_status(422);
    assert_eq!(shown.link("UTR: must be given"), "#settle-utr");
    assert_eq!(shown.link("Day of payment: must be given"), "#settle-paid_on");
    let shown = shown.says("Amount that the bank paid: must be given").says_nothing_of("only there");
    // Given where it does not belong, it says where it does.
    let failed = shown.form("Record the bank's answer").fill("Failed", CHOSEN).fill("UTR", "SBINR52026050100000001");
    let shown = officer.sends(&failed).with_status(422).says("UTR: needed where the bank paid, and only there");
    // A field that is sent twice, and a choice that no page offers.
    let mut twice = shown.form("Record the bank's answer");
    twice.fields.push(("maybe:/utr".to_owned(), "SBINR52026050100000002".to_owned()));
    let shown = officer.sends(&twice).with_status(422).says("UTR: stands here twice");
    let mut crafted = shown.form("Record the bank's answer");
    crafted.set("word:/outcome", "gone");
    let shown = officer.sends(&crafted).with_status(422).says("this cannot be read: choose again");
    shown.says_nothing_of("unknown variant").says_nothing_of("expected");
    let hindi = Browser::of(&app, &app.disbursing_officer(), "hi");
    let form = hindi.opens("/hi/payments/NDFEB-2026-27-PAY-0001").form("बैंक का उत्तर दर्ज करें").fill("भुगतान हुआ", CHOSEN);
    hindi.sends(&form).with_status(422).says_nothing_of("must");
    let huge = format!("reason={}", "x".repeat(5 << 20));
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Sec-Fetch-Site", "same-origin")];
    let answer = officer.request("POST", &format!("{PAYMENT}/settlement"), &headers, Some(&huge));
    assert!(answer.status == 413 && answer.text().contains("What you sent is too large"), "{}", answer.status);
}

fn proposal(browser: &Browser, kind: &str) -> crate::portal::browser::Form {
    let form = browser.opens(&format!("{PROPOSAL}?kind={kind}")).form("Propose").fill("Amount", "5 crore");
    let mut form = form.fill("Demand for grants or order on which it is based", "Order 7");
    form.set("word:/scheme_code", "ndfeb-2025-proposal");
    form.set("word:/financial_year", "2026-27");
    form.set("word:/component", "capital_subsidy");
    form.fill("Day", "1").fill("Month", "4").fill("Year", "2026")
}

#[apply(on_sqlite!)]
fn a_proposal_is_refused_in_the_words_of_its_form(app: App) {
    let one = Browser::of(&app, &app.scheme_administrator(), "en");
    let shown = one.sends(&proposal(&one, "re_appropriation")).with_status(422);
    let receives = "Component that receives: must be given";
    let shown = shown.says(receives).says("From what: must be given").says_nothing_of("re-appropriation alone");
    shown.says("Does it pay for a New Service or a New Instrument of Service?: must be given");
    let zero = one.sends(&proposal(&one, "provision").fill("Amount", "0")).with_status(422);
    zero.says("Amount: an amount of rupees that is more than 0").says_nothing_of("paise");
    let odd = one.sends(&proposal(&one, "provision").fill("Amount", "1,5,0")).with_status(422);
    assert_eq!(odd.form("Propose").text("Amount"), "1,5,0");
    // A scheme that is not there is a fault of its field, and nothing that was typed is lost.
    let mut unknown = proposal(&one, "provision");
    unknown.set("word:/scheme_code", "no-such-scheme");
    let shown = one.sends(&unknown).with_status(422).says("Scheme: there is no such scheme");
    assert_eq!(shown.form("Propose").text("Amount"), "5 crore");
    assert!(app.auditor().sees("/budget-instruments")["data"].as_array().unwrap().is_empty());
}

/// Words of the program that no page may show.
fn has_no_codes(shown: &Shown) {
    let text = shown.page.text();
    for code in [
        "section_officer",
        "share_of_",
        "Milestone oxide_to_metal",
        "capital_subsidy",
        "'provide'",
        "last_quarter",
        ": false",
    ] {
        assert!(!text.contains(code), "{code} on {}: {text}", shown.address);
    }
}

#[apply(on_sqlite!)]
fn no_page_speaks_in_the_codes_of_the_program(app: App) {
    let tranche = app.tranche_of_15_crore();
    has_no_codes(&Browser::of(&app, &app.auditor(), "en").opens(CLAIM).says("Oxide-to-metal capacity installed"));
    // Whoever proposed an instrument cannot approve it, and is told so in words.
    let one = Browser::of(&app, &app.scheme_administrator(), "en");
    one.sends(&proposal(&one, "provision")).with_status(200);
    let own = one.opens("/en/budget/instruments/NDFEB-2026-27-BUD-0002");
    has_no_codes(&own.says("you took another step on this money (proposal of the instrument)"));
    // Two administrators change one account: both sides in the words of the form.
    let officer = app.section_officer();
    let users = app.administrator().sees("/users")["data"].clone();
    let user = users.as_array().unwrap().iter().find(|user| user["email"] == officer.email.as_str()).unwrap().clone();
    let page = format!("/en/people/{}", user["id"].as_str().unwrap());
    let administrator = Browser::of(&app, &app.administrator(), "en");
    let form = administrator.opens(&page).form("Change the account").fill("Name", "Sample Officer");
    let change = json!({ "name": "Another", "roles": ["section_officer"], "disabled": false });
    let path = format!("/users/{}", user["id"].as_str().unwrap());
    app.administrator().put(&path, user["version"].as_i64().unwrap(), &change).unwrap().ok();
    let shown = administrator.sends(&form).with_status(412).says("Roles Section Officer");
    has_no_codes(&shown.says("Is the account disabled? No").says("Sample Officer").says("Another"));
    // What a limit warns of, and what an account lacks, have names.
    app.set_clock("2027-03-15T06:30:00Z");
    let concurred = app.concurred(&tranche);
    let authority = Browser::of(&app, &app.competent_authority(), "en");
    let number = concurred["number"].as_str().unwrap().replace('/', "-");
    has_no_codes(
        &authority.opens_rehearsed(&format!("/en/tranches/{number}")).with_status(200).says("Limit for March"),
    );
    app.set_clock("2027-04-02T06:30:00Z");
    let authority = Browser::of(&app, &app.competent_authority(), "en");
    let shown = authority.opens_rehearsed(&format!("/en/tranches/{number}")).with_status(200);
    has_no_codes(&shown.says("Appropriation, year 2027-28, Capital subsidy: Available"));
    assert_eq!(concurred["amount_paise"], 15 * CRORE);
}

#[apply(on_sqlite!)]
fn an_amount_that_is_too_large_is_told_the_largest(app: App) {
    let browser = Browser::of(&app, &app.scheme_administrator(), "en");
    let form = browser.opens("/en/budget/instruments/new?kind=provision").with_status(200).form("Propose");
    let name = form.fields.iter().map(|(name, _)| name.clone()).find(|name| name.starts_with("rupees:")).unwrap();
    for typed in ["999999999999999", "90071992547409", "1000001 crore"] {
        let mut form = form.clone();
        form.set(&name, typed);
        let shown = browser.sends(&form).with_status(422);
        let shown = shown.says("too large: an amount is at most ₹1,00,00,00,00,00,000.00");
        shown.says_nothing_of("An amount such as");
    }
    let mut much = form;
    much.set(&name, "much");
    browser.sends(&much).with_status(422).says("An amount such as 15 crore").says_nothing_of("Too large");
}

/// The texts of the faults that the summary of a form names.
fn named(shown: &Shown) -> Vec<String> {
    let summary = shown.page.all().into_iter().find(|node| node.attribute("class") == Some("govuk-error-summary"));
    summary.unwrap().named("a").into_iter().map(|link| link.text()).collect()
}

#[apply(on_sqlite!)]
fn an_empty_form_names_all_that_it_needs_at_once(app: App) {
    let keeper = Browser::of(&app, &app.administrator(), "en");
    let shown = keeper.sends(&keeper.opens("/en/people/new").form("Make the account")).with_status(422);
    let faults = named(&shown);
    for field in ["Roles", "E-mail", "Name"] {
        assert!(faults.iter().any(|fault| fault.starts_with(field)), "{field}: {faults:?}");
    }
    let one = Browser::of(&app, &app.scheme_administrator(), "en");
    let form = one.opens(&format!("{PROPOSAL}?kind=re_appropriation")).with_status(200).form("Propose");
    let faults = named(&one.sends(&form).with_status(422));
    for field in [
        "Component that gives",
        "Amount",
        "Component that receives",
        "Demand for grants",
        "Date of the order",
        "Financial year",
    ] {
        assert!(faults.iter().any(|fault| fault.contains(field)), "{field}: {faults:?}");
    }
    app.tranche_of_15_crore();
    let section = Browser::of(&app, &app.section_officer(), "en");
    let form = section.opens("/en/tranches/NDFEB-2026-27-TRN-0001").form("Return with reasons");
    let faults = named(&section.sends(&form.clone()).with_status(422));
    assert_eq!(faults.len(), 1, "the reasons; the only desk is chosen, and a noting may be left out: {faults:?}");
}

#[apply(on_sqlite!)]
fn a_notice_names_all_its_faults_at_once_and_in_its_order(app: App) {
    app.paid_for(&app.selling(), 100_000);
    let section = Browser::of(&app, &app.second("section"), "en");
    let ask = format!("{PAYMENT}/notice");
    let form = section.opens(&ask).form("Issue the notice");
    // A busy machine may not find out in time what the rules say of the fields that can be read.
    let whole = |shown: &Shown| named(shown).len() == 3;
    let empty = (0..100).map(|_| section.sends(&form).with_status(422)).find(whole).unwrap();
    let all = [
        "Amount to be paid back: must be given",
        "Grounds of the notice: must not be empty",
        "Last day for the reply: must be given",
    ];
    assert_eq!(named(&empty), all);
    // What a day that is missing could be decides nothing about the amount.
    let form = empty.form("Issue the notice").fill("Amount to be paid back", "much").fill("Grounds of the notice", "x");
    let faults = named(&section.sends(&form).with_status(422));
    assert_eq!(faults.len(), 2, "{faults:?}");
    let past = form.fill("Amount to be paid back", "0");
    let past = past.fill("Day", "27").fill("Month", "4").fill("Year", "2026").fill("Grounds of the notice", "");
    let faults = named(&section.sends(&past).with_status(422));
    assert!(faults[0].starts_with("Amount") && faults[2].starts_with("Last day for the reply"), "{faults:?}");
}

#[apply(on_sqlite!)]
fn what_is_missing_makes_nothing_else_wrong(app: App) {
    // The first day cannot be read; whether the last one lies before it is not known.
    let one = Browser::of(&app, &app.scheme_administrator(), "en");
    let mut form = one.opens("/en/schemes/ndfeb-2025-proposal").form("Open the window");
    for (name, text) in [("opens_on/d", "31"), ("closes_on/d", "27"), ("closes_on/m", "4"), ("closes_on/y", "2028")] {
        form.set(&format!("day:/{name}"), text);
    }
    let shown = one.sends(&form).with_status(422);
    assert_eq!(shown.led(), ["window-opens_on", "window-reference"], "{:?}", named(&shown));
}

#[apply(on_sqlite!)]
fn a_rule_leads_to_the_field_that_it_is_about(app: App) {
    let officer = settling(&app);
    let form = officer.opens(PAYMENT).form("Record the bank's answer").fill("Paid", CHOSEN);
    let form = form.fill("UTR", "SBINR52026050100000001").fill("Day", "1").fill("Month", "5").fill("Year", "2026");
    let shown = officer.sends(&form.clone().fill("Amount that the bank paid", "14 crore")).with_status(409);
    assert_eq!(shown.led(), ["settle-amount_paise"]);
    let wrong = |shown: &Shown, id: &str| {
        let all = shown.page.all();
        let field = all.into_iter().find(|node| node.attribute("id") == Some(id)).unwrap();
        field.attribute("aria-invalid") == Some("true")
    };
    assert!(wrong(&shown, "settle-amount_paise"), "the field is marked");
    shown.explains("amount_differs").says("Nothing was changed");
    let early = officer.sends(&form.fill("Amount that the bank paid", "15 crore").fill("Year", "2025"));
    assert_eq!(early.with_status(409).explains("date_not_allowed").led(), ["settle-paid_on"]);
    let keeper = Browser::of(&app, &app.administrator(), "en");
    let form = keeper.opens("/en/people/new").form("Make the account").fill("E-mail address", &app.auditor().email);
    let mut form = form.fill("Name", "Sample Auditor");
    form.set("each:/roles", "auditor");
    assert_eq!(keeper.sends(&form).with_status(409).led(), ["person-new-email"]);
    let browser = Browser::new(&app);
    let mut form = browser.opens("/en/sign-in").form("Sign in").fill("E-mail address", "nobody@sample.example");
    form.set("secret:/password", "not the password");
    assert_eq!(browser.sends(&form).with_status(401).led(), ["sign-in-email"]);
}
