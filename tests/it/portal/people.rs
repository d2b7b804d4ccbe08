//! The administrator's pages: an account is made, changed and disabled, and its owner notices.

use crate::harness::app::App;
use crate::portal::browser::{Browser, CHOSEN};
use magnet_scheme::client::Person;

#[apply(on_both!)]
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
    let form = shown.form("Change").fill("Finance Officer", CHOSEN);
    let mut roles = form.clone();
    roles.fields.push(("each:/roles".to_owned(), "section_officer".to_owned()));
    let shown = browser.sends(&roles).with_status(200).says("Account changed by you").says("Concurs in tranches");
    // A combination that the rules refuse.
    let mut conflict = shown.form("Change");
    conflict.fields.push(("each:/roles".to_owned(), "auditor".to_owned()));
    browser.sends(&conflict).with_status(409).says("Nothing was changed");
    let mut disable = browser.opens(&page).form("Change");
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
    let mut form = shown.form("Change");
    form.set("either:/disabled", "true");
    browser.sends(&form).with_status(409);
    browser.opens(&own).with_status(200);
    let officer = Browser::of(&app, &app.section_officer(), "en");
    for page in ["/en/people", "/en/people/new", &own] {
        officer.opens(page).with_status(403);
    }
}
