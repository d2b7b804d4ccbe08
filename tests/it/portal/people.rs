//! The administrator's pages: an account is made, changed and disabled, and its owner notices. And the page of
//! a company, on which an officer records its group.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs};
use crate::portal::browser::{Browser, CHOSEN, Shown};
use magnet_scheme::client::Person;
use serde_json::json;

#[apply(on_sqlite!)]
fn an_account_is_made_changed_and_disabled(app: App) {
    let browser = Browser::of(&app, &app.administrator(), "en");
    let shown = browser.opens("/en/people").with_status(200).says("1 account");
    let form = browser.opens(&shown.link("Make an account")).form("Make the account");
    // What is wrong stands at its field, and what was ticked stays ticked.
    let form = form.fill("E-mail address", "new.officer").fill("Name", "New Officer");
    let mistaken = browser.sends(&form).with_status(422);
    assert!(mistaken.title().starts_with("Error: "));
    let form = mistaken.form("Make the account").fill("E-mail address", "new.officer@sample.example");
    let alone = browser.sends(&form.clone().fill("Authorised signatory", CHOSEN)).with_status(422);
    alone.says("a signatory belongs to a company, which its preparer registers first");
    let made = browser.sends(&form.clone().fill("Section Officer", CHOSEN)).with_status(201);
    let made = made.says("Give this password to the person");
    let password = made.page.named("code")[0].text();
    // Sent again, it makes nothing and shows no password.
    let again = browser.sends(&form.fill("Section Officer", CHOSEN)).with_status(201).says("was made before");
    assert!(!again.page.text().contains(&password));
    let officer = Person::new(&app.client, "new.officer@sample.example", &password);
    let theirs = Browser::of(&app, &officer, "en");
    theirs.opens("/en/tranches").with_status(200);
    // The consequences stand before the button.
    let page = made.link("Go to the record");
    let shown = browser.opens(&page).says("Recommends tranches").says("Disabling ends all open sessions at once");
    let statements: u32 = shown.answer.header("x-statements").unwrap().parse().unwrap();
    assert!(statements <= 12, "{statements}");
    let form = shown.form("Change the account").fill("Finance Officer", CHOSEN);
    let mut roles = form.clone();
    roles.fields.push(("each:/roles".to_owned(), "section_officer".to_owned()));
    let shown = browser.sends(&roles).with_status(200).says("Account changed by you").says("Concurs in tranches");
    // A combination that the rules refuse.
    let mut conflict = shown.form("Change the account");
    conflict.fields.push(("each:/roles".to_owned(), "auditor".to_owned()));
    browser.sends(&conflict).with_status(409).says("Nothing was changed");
    let mut disable = browser.opens(&page).form("Change the account");
    disable.set("either:/disabled", "true");
    browser.sends(&disable).with_status(200).says("Disabled");
    theirs.opens("/en/tranches").with_status(401);
    browser.opens("/hi/people").with_status(200).says("निष्क्रिय");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn only_the_administrator_manages_people_and_the_last_one_stays(app: App) {
    let browser = Browser::of(&app, &app.administrator(), "en");
    let shown = browser.opens("/en/people");
    let own = shown.page.named("tbody")[0].named("a")[0].attribute("href").unwrap().to_owned();
    let shown = browser.opens(&own).says("the only account that manages accounts");
    let mut form = shown.form("Change the account");
    form.set("either:/disabled", "true");
    browser.sends(&form).with_status(409);
    browser.opens(&own).with_status(200);
    let officer = Browser::of(&app, &app.section_officer(), "en");
    for page in ["/en/people", "/en/people/new", &own] {
        officer.opens(page).with_status(403);
    }
}

/// Disables an account from its page.
fn disables(keeper: &Browser, page: &str) -> Shown {
    let mut form = keeper.opens(page).form("Change the account");
    form.set("either:/disabled", "true");
    keeper.sends(&form).with_status(200).says("Account changed by you")
}

#[apply(on_both!)]
fn an_account_is_erased_when_it_may_be_and_not_before(app: App) {
    let new = json!({ "email": "mistyped@sample.example", "name": "Sample mistake", "roles": ["verifier"] });
    let made = app.administrator().post("/users", None, &new).unwrap().ok();
    let page = format!("/en/people/{}", made["id"].as_str().unwrap());
    let keeper = Browser::of(&app, &app.administrator(), "en");
    let shown = keeper.opens(&page).says("Erase name and address").says("Nobody can undo this");
    let shown = shown.says("It cannot be erased now: disable the account first");
    assert_eq!(shown.buttons(), ["Change the account"]);
    let shown = disables(&keeper, &page);
    let old = keeper.opens(&page).form("Erase for good").fill("Request on which it is based", "Letter 6");
    let empty = keeper.sends(&shown.form("Erase for good")).with_status(422);
    assert_eq!(empty.link("Must not be empty"), "#erase-reference");
    let form = empty.form("Erase for good").fill("Request on which it is based", "Letter 7 of 2026");
    let shown = keeper.sends(&form).with_status(200).says("Name and address erased by you");
    shown.says("Name and address were erased for good").says_nothing_of("Sample mistake");
    let late = keeper.sends(&old).with_status(412).says("Letter 6").says("Yours cannot be applied any more");
    late.says("the personal data of this account are erased");

    // Whoever acted here is erased after the years of the settings, and the page says when.
    let officer = app.section_officer();
    officer.sees("/tranches");
    let users = app.administrator().sees("/users")["data"].clone();
    let user = users.as_array().unwrap().iter().find(|user| user["email"] == officer.email.as_str()).unwrap().clone();
    let page = format!("/en/people/{}", user["id"].as_str().unwrap());
    let shown = disables(&keeper, &page).says("name and address are kept until");
    assert_eq!(shown.buttons(), ["Change the account"]);
    let hindi = Browser::of(&app, &app.administrator(), "hi").opens(&page.replace("/en/", "/hi/"));
    hindi.says("नाम और पता मिटाएँ").says("इसे अभी नहीं मिटाया जा सकता");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn an_officer_records_the_group_of_a_company(app: App) {
    app.signatory_of("lodestone");
    app.signatory_of("magnetite");
    let verifier = Browser::of(&app, &app.verifier(), "en");
    let found = verifier.opens("/en/find?q=lodestone");
    let company = found.page.named("tbody")[0].named("a")[0].attribute("href").unwrap().to_owned();
    let page = verifier.opens(&company).with_status(200).says("Sample lodestone Ltd").says("None recorded");
    let statements: u32 = page.answer.header("x-statements").unwrap().parse().unwrap();
    assert!(statements <= 12, "{statements}");
    let stale = verifier.opens(&company).form("Record the group of companies").fill("Reason", "read too early");
    let form = page.form("Record the group of companies").fill("Group of companies", "Sample Group");
    let bare = verifier.sends(&form).with_status(422);
    assert_eq!(bare.link("Must not be empty"), "#group-reason");
    let form = bare.form("Record the group of companies").fill("Reason", "seen in the annual return");
    let shown = verifier.sends(&form).with_status(200).says("Group of companies recorded by you");
    shown.says("Group of companies Sample Group");
    // Whoever was slower sees what stands now, and the group has its first spelling.
    verifier.sends(&stale).with_status(412).says("Sample Group").says("read too early");
    let found = verifier.opens("/en/find?q=magnetite");
    let other = found.page.named("tbody")[0].named("a")[0].attribute("href").unwrap().to_owned();
    let form = verifier.opens(&other).form("Record the group of companies");
    let form = form.fill("Group of companies", "sample group").fill("Reason", "the same return");
    let shown = verifier.sends(&form).with_status(200).says("Group of companies Sample Group");
    assert_eq!(shown.link("Sample lodestone Ltd"), company);
    // A company reads its own page, without the form and without the others of its group.
    let own = Browser::of(&app, &app.signatory_of("lodestone"), "hi");
    let shown = own.opens(&company.replace("/en/", "/hi/")).with_status(200).says("Sample Group");
    assert!(shown.buttons().is_empty() && !shown.page.text().contains("magnetite"));
    own.opens(&other.replace("/en/", "/hi/")).with_status(404);
    app.must_verify();
}
