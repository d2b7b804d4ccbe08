//! A tranche goes back on its page: with reasons for whoever must act, a note for offices alone, and steps that are
//! said to have fallen; then it is taken through again, and the money moves.

use crate::harness::app::App;
use crate::harness::people::{CRORE, Verbs, stages};
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

#[apply(on_both!)]
fn finance_returns_it_the_section_officer_recommends_again_and_the_money_moves(app: App) {
    let tranche = app.tranche_of_15_crore();
    let section = Browser::of(&app, &app.section_officer(), "en");
    notes(&section, &section.opens(PAGE), "Recommend: ₹15,00,00,000.00");
    app.set_clock("2026-05-03T06:30:00Z");
    let section = Browser::of(&app, &app.section_officer(), "en");
    let finance = Browser::of(&app, &app.finance_officer(), "en");
    let shown = finance.opens(PAGE).says("With Finance Officer since");
    let form = shown.form("Return with reasons");
    assert!(form.offers(TO_SECTION) && form.offers(TO_AGENCY), "{form:?}");
    assert!(!form.offers("Finance Officer, to concur again"), "only earlier desks: {form:?}");
    // Without a desk and reasons nothing is returned, and each fault stands at its field.
    let shown = finance.sends(&form.fill("Internal note", NOTE)).with_status(422);
    assert_eq!(shown.form("Return with reasons").text("Internal note"), NOTE);
    assert_eq!(shown.link("हिन्दी"), PAGE.replace("/en/", "/hi/"), "the switch leads to the page of the record");
    assert!(
        shown.page.named("a").iter().any(|link| link.attribute("href") == Some("#return-to")),
        "{:?}",
        shown.title()
    );
    app.set_clock("2026-05-03T06:30:00Z");
    let form = shown.form("Return with reasons").fill(TO_SECTION, CHOSEN).fill("Reasons", REASONS);
    let shown = finance.sends(&form).with_status(200).says("Returned by you, 3 May 2026, 12:00 IST");
    let shown = shown.says("With Section Officer since 3 May 2026").says("This step fell with a return");
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
    let company = company.says_nothing_of("another plant").says_nothing_of("telephone");
    company.says_nothing_of("Sample finance").says_nothing_of("in order");
    Browser::of(&app, &app.auditor(), "hi").opens(HINDI_PAGE).says("यह चरण निरस्त हो गया").says(NOTE);

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
    let shown = shown.says("With Verifier (project management agency) since").says("The money is held until");
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());
    let year = stages(&app.budget("financial_year", "capital_subsidy", Some("2026-27")));
    assert_eq!(year.map(|paise| paise / CRORE), [40, 25, 0, 15, 0, 0]);
    assert_eq!(app.tranche(&tranche)["status"], "returned");
    // The agency reads why on both of its pages; the company does not.
    let agency = Browser::of(&app, &app.verifier(), "en");
    for page in ["/en/claims/NDFEB-2026-27-CLM-0001", "/en/claims/NDFEB-2026-27-CLM-0001/verification"] {
        agency.opens(page).says("Returned to be verified again: The account is not theirs.");
    }
    let company = Browser::of(&app, &app.signatory(), "en");
    company.opens("/en/claims/NDFEB-2026-27-CLM-0001").with_status(200).says_nothing_of("The account is not theirs.");
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
