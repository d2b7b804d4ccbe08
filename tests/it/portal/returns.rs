//! A tranche goes back on its page: with reasons for whoever must act, a note for offices alone, and steps that are
//! said to have fallen; then it is taken through again, and the money moves.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, stages};
use crate::harness::return_people::ReturnVerbs;
use crate::portal::browser::{Browser, CHOSEN, Shown};

const NUMBER: &str = "NDFEB/2026-27/TRN/0001";
const PAGE: &str = "/en/tranches/NDFEB-2026-27-TRN-0001";
const HINDI_PAGE: &str = "/hi/tranches/NDFEB-2026-27-TRN-0001";
const TO_SECTION: &str = "Section Officer, to recommend again";
const TO_AGENCY: &str = "Verifier (project management agency), to verify the claim again";
const REASONS: &str = "The certificate is of another plant.\nAsk for the right one.";
const NOTE: &str = "I spoke to the agency by telephone.";

#[track_caller]
fn notes(browser: &Browser, shown: &Shown, button: &str) -> Shown {
    browser.sends(&shown.form(button).fill("Noting on the file", "in order")).with_status(200)
}

#[apply(on_sqlite!)]
fn finance_returns_it_the_section_officer_recommends_again_and_the_money_moves(app: App) {
    let tranche = app.tranche_of_15_crore();
    let section = Browser::of(&app, &app.section_officer(), "en");
    // The only desk to which it can go back is chosen already.
    let form = section.opens(PAGE).form("Return with reasons");
    let to: Vec<_> = form.fields.iter().filter(|(name, _)| name == "word:/to").collect();
    assert!(form.offers(TO_AGENCY) && to == [&("word:/to".to_owned(), "verify".to_owned())], "{form:?}");
    notes(&section, &section.opens(PAGE), "Recommend: ₹15,00,00,000.00");
    app.set_clock("2026-05-03T06:30:00Z");
    let section = Browser::of(&app, &app.section_officer(), "en");
    let finance = Browser::of(&app, &app.finance_officer(), "en");
    let shown = finance.opens(PAGE).says("With Finance Officer since");
    let form = shown.form("Return with reasons");
    assert!(form.offers(TO_SECTION) && form.offers(TO_AGENCY), "{form:?}");
    assert!(!form.offers("Finance Officer, to concur again"), "only earlier desks: {form:?}");
    // What is shown beside the button is of the desk that is chosen.
    let preview = shown.form_beside("Return with reasons", "Show what it would change").fill(TO_AGENCY, CHOSEN);
    finance
        .rehearses(&preview)
        .with_status(200)
        .says("If it goes to Verifier (project management agency), the tranche then is");
    // Without a desk and reasons nothing is returned, and each fault stands at its field.
    let shown = finance.sends(&form.fill("Internal note", NOTE)).with_status(422);
    assert_eq!(shown.form("Return with reasons").text("Internal note"), NOTE);
    let hindi = finance.sends(&shown.form("हिन्दी")).with_status(422).form("कारण सहित लौटाएँ");
    assert_eq!(hindi.text("आंतरिक टिप्पणी"), NOTE, "the switch keeps what was typed");
    assert!(
        shown.page.named("a").iter().any(|link| link.attribute("href") == Some("#return-to")),
        "{:?}",
        shown.title()
    );
    app.set_clock("2026-05-03T06:30:00Z");
    let form = shown.form("Return with reasons").fill(TO_SECTION, CHOSEN).fill("Reasons", REASONS);
    let shown = finance.sends(&form).with_status(200).says("Returned by you, 3 May 2026, 12:00 IST");
    let shown = shown.says("It went to Section Officer, who finds it in the inbox with your reasons.");
    let shown = shown.says("With Section Officer since 3 May 2026");
    let shown = shown.says("This step fell with the return of 3 May 2026, 12:00 IST and counts no more.");
    assert!(shown.buttons() == ["Reject"], "{:?}", shown.buttons());

    // The section officer finds it in the inbox, and on its page first of all why it came back.
    let inbox = section.opens("/en/").with_status(200).says("1 matter waits for you").says("Tranche").says("recommend");
    assert!(inbox.address.ends_with("/inbox"), "{}", inbox.address);
    let shown = section.opens(&inbox.link(NUMBER)).says("Returned with reasons").says(NOTE);
    let text = shown.page.named("main")[0].text();
    let (why, button) = (text.find("The certificate is of another plant."), text.find("Noting on the file"));
    assert!(why.is_some() && why < button, "the reasons come before the form: {text}");
    assert!(text.contains("Returned to Section Officer by Finance Officer, 3 May 2026, 12:00 IST · Sample finance"));
    let shown = notes(&section, &shown, "Recommend: ₹15,00,00,000.00").says("Recommended by you");
    let text = shown.page.named("main")[0].text();
    assert_eq!(text.matches("The certificate is of another plant.").count(), 1, "now in the steps alone: {text}");

    // The company sees the offices, and neither reasons nor noting.
    let company = Browser::of(&app, &app.signatory(), "en").opens(PAGE).with_status(200);
    let company = company.says("This step fell").says("Returned to Section Officer by Finance Officer");
    let company = company.says_nothing_of("Returned with reasons");
    let company = company.says_nothing_of("another plant").says_nothing_of("telephone");
    company.says_nothing_of("Sample finance").says_nothing_of("in order");
    Browser::of(&app, &app.auditor(), "hi").opens(HINDI_PAGE).says("की वापसी के साथ निरस्त हो गया").says(NOTE);

    notes(&finance, &finance.opens(PAGE), "Concur: ₹15,00,00,000.00");
    let authority = Browser::of(&app, &app.competent_authority(), "en");
    notes(&authority, &authority.opens(PAGE), "Sanction: ₹15,00,00,000.00").says("NDFEB/2026-27/SAN/0001");
    let year = stages(&app.budget("financial_year", "capital_subsidy", Some("2026-27")));
    assert_eq!(year.map(|paise| paise / CRORE), [40, 25, 0, 0, 15, 0]);
    assert_eq!(app.tranche(&tranche)["returned_times"], 1);
    app.must_verify();
}

#[apply(on_both!)]
fn a_sanction_that_goes_back_to_the_agency_is_reversed_and_the_claim_says_where_it_lies(app: App) {
    let tranche = app.sanctioned_15_crore();
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    let shown = ddo.opens(PAGE).says("With Drawing and Disbursing Officer");
    let form = shown.form("Return with reasons").fill(TO_AGENCY, CHOSEN).fill("Reasons", "The account is not theirs.");
    let shown = ddo.sends(&form).with_status(200).says("Returned by you").says("Returned to the claim");
    let shown = shown.says("Sanction order NDFEB/2026-27/SAN/0001 was reversed.");
    // Its claim is verified again: the claim says with whom it lies, and the hold of the money runs on.
    let shown =
        shown.says("With Verifier (project management agency) since").says("held for the claim returns to the budget");
    let told = shown.page.named("main")[0].text();
    assert_eq!(
        told.matches("The account is not theirs.").count(),
        1,
        "each fallen step says only that it fell: {told}"
    );
    assert_eq!(told.matches("This step fell with the return of 1 May 2026").count(), 4, "{told}");
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());
    let year = stages(&app.budget("financial_year", "capital_subsidy", Some("2026-27")));
    assert_eq!(year.map(|paise| paise / CRORE), [40, 25, 0, 15, 0, 0]);
    assert_eq!(app.tranche(&tranche)["status"], "returned");
    // The agency reads why on both of its pages; the company does not.
    let agency = Browser::of(&app, &app.verifier(), "en");
    for page in ["/en/claims/NDFEB-2026-27-CLM-0001", "/en/claims/NDFEB-2026-27-CLM-0001/verification"] {
        let shown = agency.opens(page).says("Returned to be verified again by Drawing and Disbursing Officer, 1 May");
        shown.says("IST: The account is not theirs. (Sample ddo)");
    }
    let company = Browser::of(&app, &app.signatory(), "en");
    company.opens("/en/claims/NDFEB-2026-27-CLM-0001").with_status(200).says_nothing_of("The account is not theirs.");
    let shown = company.opens(PAGE).says("Returned to an office").says("The reasons are addressed to that office.");
    shown.says_nothing_of("Returned with reasons").says_nothing_of("The account is not theirs.");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn whoever_was_slower_than_a_return_sees_it(app: App) {
    let recommended = app.section_officer().recommends(&app.tranche_of_15_crore());
    assert_eq!(recommended.status, 200);
    let (one, other) = (app.finance_officer(), app.person("finance-two", &["finance_officer"], None));
    let (one, other) = (Browser::of(&app, &one, "en"), Browser::of(&app, &other, "en"));
    let (mine, theirs) = (one.opens(PAGE), other.opens(PAGE));
    let form = theirs.form("Return with reasons").fill(TO_AGENCY, CHOSEN).fill("Reasons", REASONS);
    other.sends(&form).with_status(200);
    let shown = one.sends(&mine.form("Concur: ₹15,00,00,000.00").fill("Noting on the file", "fine")).with_status(412);
    shown.says("Somebody changed this before you").says(TO_AGENCY).says("The certificate is of another plant.");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn both_sides_read_the_same_of_the_money_that_is_held_while_a_company_corrects(mut app: App) {
    let tranche = app.tranche_of_15_crore();
    app.section_officer().returns_to(&tranche, "verify").ok();
    let claim = app.verifier().sees(&format!("/claims/{}", tranche["claim_id"].as_str().unwrap()));
    let returned = app.verifier().sends_back("claims", &claim).ok();
    let held: chrono::NaiveDate = tranche["held_until"].as_str().unwrap().parse().unwrap();
    let until = format!("If nothing is done by {}", held.format("%-d %b %Y"));
    let then = "₹15,00,00,000.00 held for the claim returns to the budget and its tranche expires; the claim goes on";
    let page = "/en/claims/NDFEB-2026-27-CLM-0001";
    for person in [app.preparer(), app.signatory(), app.verifier(), app.section_officer()] {
        let browser = Browser::of(&app, &person, "en");
        for page in [page, PAGE] {
            browser.opens(page).says("With Preparer since 1 May 2026").says(&until).says(then);
        }
    }
    Browser::of(&app, &app.section_officer(), "en").opens("/en/tranches").says("Returned to the claim Preparer");
    let preparer = Browser::of(&app, &app.preparer(), "en");
    preparer.opens("/en/inbox").says("CLM/0001: correct").says(then).says(&held.format("%-d %b %Y").to_string());
    // The company reads on both pages what it has to correct, and not what offices said to each other.
    for page in [page, PAGE] {
        let shown = preparer.opens(page).says("the certificate is of another plant");
        shown.says_nothing_of("look at it again, verify").says_nothing_of("the third time this year");
    }
    preparer.opens(PAGE).says("Returned with reasons").says("Returned to Preparer by Verifier");
    // After the correction it is the signatory's turn, and the money has the same day.
    let milestone = app.auditor().sees(&format!("/milestones/{}", claim["milestone_id"].as_str().unwrap()));
    let form = app.capital_form("lodestone", &milestone, 99 * CRORE);
    app.preparer().corrects(&returned, &form).ok();
    for page in [page, PAGE] {
        preparer.opens(page).says("With Authorised signatory since 1 May 2026").says(&until).says(then);
    }
    // When the time is over, the claim goes on without money, as the pages said.
    app.set_clock(&format!("{}T06:30:00Z", held.succ_opt().unwrap()));
    app.serve(false);
    let preparer = Browser::of(&app, &app.preparer(), "en");
    let shown = preparer.opens(page).says("With Authorised signatory").says("No last day is set for this");
    shown.says_nothing_of(then);
    preparer.opens(PAGE).says("Time over").says("With nobody any more. This is finished, and nobody has to act.");
    app.must_verify();
}

#[apply(on_both!)]
fn a_rejection_reaches_the_inbox_of_the_company_with_its_reasons_and_what_comes_next(app: App) {
    let tranche = app.tranche_of_15_crore();
    app.section_officer().rejects(&tranche).ok();
    let company = Browser::of(&app, &app.signatory(), "en");
    let inbox = company
        .opens("/en/inbox")
        .says("TRN/0001: read why it ended, and what becomes of the amount")
        .says("in 30 days");
    let shown = company.opens(&inbox.link("NDFEB/2026-27/TRN/0001")).with_status(200).says("not in order");
    shown.says("With nobody any more.").says("the amount of this tranche waits in it as deferred");
    let claim = "/en/claims/NDFEB-2026-27-CLM-0001";
    let shown =
        company.opens(claim).with_status(200).says("An office rejected this tranche. What was verified stays earned");
    let shown = shown.says("needs no new claim, and no last day applies to it");
    shown.says_nothing_of("This is finished").says_nothing_of("the claim was rejected");
    Browser::of(&app, &app.section_officer(), "en").opens(PAGE).says("the amount of this tranche waits in it");
    let hindi = Browser::of(&app, &app.preparer(), "hi");
    hindi.opens("/hi/inbox").says("पढ़ें कि यह क्यों समाप्त हुई और राशि का क्या होगा").is_in_its_language();
    hindi.opens(&claim.replace("/en/", "/hi/")).says("एक कार्यालय ने यह किश्त अस्वीकार की").is_in_its_language();
}

#[apply(on_sqlite!)]
fn what_is_paid_says_that_nobody_has_to_act_any_more(app: App) {
    app.paid(&app.tranche_of_15_crore(), "SBINR52026050100001", "2026-05-01");
    let payment = app.auditor().sees("/payments")["data"][0]["number"].as_str().unwrap().replace('/', "-");
    let payment = format!("/payments/{payment}");
    for person in [app.signatory(), app.disbursing_officer()] {
        for page in ["/claims/NDFEB-2026-27-CLM-0001", "/tranches/NDFEB-2026-27-TRN-0001", &payment] {
            let said = "With nobody any more. This is finished, and nobody has to act.";
            Browser::of(&app, &person, "en").opens(&format!("/en{page}")).with_status(200).says(said);
            Browser::of(&app, &person, "hi").opens(&format!("/hi{page}")).says("किसी को कुछ नहीं करना है।");
        }
    }
}
