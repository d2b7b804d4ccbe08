//! Sessions of browsers: how long they last, how they end, and that a cookie is no access token.

use crate::harness::app::{App, Engine};
use crate::harness::people::{Answered, Verbs};
use crate::portal::browser::{Browser, Shown};
use serde_json::json;

const PAGE: &str = "/en/tranches/NDFEB-2026-27-TRN-0001";
const COOKIE: &str = "__Host-portal";

#[apply(on_sqlite!)]
fn a_person_signs_in_and_returns_to_where_they_were(app: App) {
    app.tranche_of_15_crore();
    let browser = Browser::new(&app);
    let shown = browser.opens(&format!("{PAGE}?entry=3")).with_status(401).says("Sign in to see this page");
    let officer = app.section_officer();
    let mut wrong = shown.form("Sign in").fill("E-mail address", &officer.email);
    wrong.set("secret:/password", "not the password");
    let again = browser.sends(&wrong).with_status(401).says("E-mail address or password is wrong");
    assert_eq!(again.form("Sign in").text("E-mail address"), officer.email);
    assert_eq!(again.form("Sign in").text("Password"), "", "a password is never shown again");
    assert!(browser.cookie().is_empty());
    let shown = browser.signs_in(&again, &officer).with_status(200).says("Tranche NDFEB/2026-27/TRN/0001");
    assert_eq!(shown.address, format!("{PAGE}?entry=3"));
    let account = browser.opens("/en/account").says("Sample section").says("Section Officer");
    let answer = browser.sends_once(&account.form("Sign out"));
    assert_eq!((answer.status, answer.header("location")), (303, Some("/en/")));
    assert_eq!(answer.header("clear-site-data"), Some("\"cache\", \"cookies\", \"storage\""));
    assert!(browser.cookie().is_empty());
    browser.opens(PAGE).with_status(401);
}

#[apply(on_sqlite!)]
fn a_link_to_sign_in_leads_on_to_a_page_and_nowhere_else(app: App) {
    let officer = app.section_officer();
    let led = |to: &str| {
        let browser = Browser::new(&app);
        let shown = browser.opens(&format!("/en/sign-in?return={to}")).with_status(200);
        browser.signs_in(&shown, &officer).with_status(200).address
    };
    assert_eq!(led("/en/tranches"), "/en/tranches");
    assert_eq!(led("/hi/tranches%3Fstatus%3Dverified"), "/hi/tranches?status=verified");
    for elsewhere in [
        "",
        "/en/sign-out",
        "/en/tranches/X/sanction",
        "/en/sign-in",
        "/en/nothing",
        "https://evil.example/",
        "//evil.example",
    ] {
        assert_eq!(led(elsewhere), "/en/inbox", "{elsewhere}");
    }
    // The same for what a form says.
    let browser = Browser::new(&app);
    let mut form = browser.opens("/en/sign-in").form("Sign in").fill("E-mail address", &officer.email);
    form.set("return", "/en/sign-out");
    form.set("secret:/password", &officer.password);
    assert_eq!(browser.sends(&form).with_status(200).address, "/en/inbox");
}

#[apply(on_both!)]
fn an_ended_session_is_ended_everywhere(app: App) {
    let browser = Browser::of(&app, &app.section_officer(), "en");
    let kept = browser.cookie();
    browser.sends(&browser.opens("/en/account").form("Sign out"));
    // Somebody who copied the cookie has nothing.
    let thief = Browser::new(&app);
    thief.cookies.borrow_mut().insert(COOKIE.to_owned(), kept.split_once('=').unwrap().1.to_owned());
    thief.opens("/en/account").with_status(401).says("You were signed out");
    // A disabled account is signed out of the pages at once, as of the interface.
    let other = app.person("leaver", &["section_officer"], None);
    let browser = Browser::of(&app, &other, "en");
    browser.opens("/en/account").with_status(200);
    let users = app.administrator().sees("/users")["data"].clone();
    let user = users.as_array().unwrap().iter().find(|user| user["email"] == other.email.as_str()).unwrap().clone();
    let change = json!({ "name": user["name"], "roles": user["roles"], "disabled": true });
    let path = format!("/users/{}", user["id"].as_str().unwrap());
    app.administrator().put(&path, user["version"].as_i64().unwrap(), &change).unwrap().ok();
    browser.opens("/en/account").with_status(401);
}

#[apply(on_sqlite!)]
fn a_session_ends_after_half_an_hour_without_a_request_and_after_twelve_hours(app: App) {
    let browser = Browser::of(&app, &app.section_officer(), "en");
    app.wait_seconds(30 * 60 - 1);
    browser.opens("/en/account").with_status(200);
    app.wait_seconds(30 * 60);
    browser.opens("/en/account").with_status(401).says("You were signed out");
    let browser = Browser::of(&app, &app.section_officer(), "en");
    let first = browser.cookie();
    app.wait_seconds(30);
    browser.opens("/en/account").with_status(200);
    assert_eq!(browser.cookie(), first, "a fresh cookie is not issued again");
    for _ in 0..35 {
        app.wait_seconds(20 * 60);
        browser.opens("/en/account").with_status(200);
    }
    assert_ne!(browser.cookie(), first);
    app.wait_seconds(20 * 60);
    browser.opens("/en/account").with_status(401);
}

#[apply(on_sqlite!)]
fn what_was_typed_when_the_session_ended_comes_back_and_is_not_sent(app: App) {
    app.tranche_of_15_crore();
    let officer = app.section_officer();
    let browser = Browser::of(&app, &officer, "en");
    let form =
        browser.opens(PAGE).form("Recommend: ₹15,00,00,000.00").fill("Noting on the file", "Three pages\nof thought");
    app.wait_seconds(31 * 60);
    let shown = browser.sends(&form).with_status(401).says("what you typed is kept");
    // Somebody else at the same machine does not get it.
    let stranger = Browser::new(&app);
    stranger.signs_in(&shown, &app.finance_officer()).says_nothing_of("What you typed is kept");
    let resumed = browser.signs_in(&shown, &officer).with_status(200).says("What you typed is kept");
    assert!(!app.acts().iter().any(|act| act["command"] == "recommend_tranche"));
    let shown = browser.sends(&resumed.form("Continue")).with_status(403).says("What was typed in it is below");
    let form = shown.form("Recommend: ₹15,00,00,000.00");
    assert_eq!(form.text("Noting on the file"), "Three pages\nof thought");
    assert!(!app.acts().iter().any(|act| act["command"] == "recommend_tranche"));
    browser.sends(&form).with_status(200).says("Recommended by you").says("Three pages of thought");
}

#[apply(on_sqlite!)]
fn what_was_typed_comes_back_after_signing_out_in_another_tab(app: App) {
    app.tranche_of_15_crore();
    let officer = app.section_officer();
    let browser = Browser::of(&app, &officer, "en");
    let form =
        browser.opens(PAGE).form("Recommend: ₹15,00,00,000.00").fill("Noting on the file", "Three pages\nof thought");
    let account = browser.opens("/en/account");
    browser.sends_once(&account.form("Sign out"));
    assert!(browser.cookie().is_empty());
    let shown = browser.sends(&form).with_status(401).says("what you typed is kept");
    // Somebody else at the same machine does not get it, and is led to the record.
    let stranger = Browser::new(&app);
    let led = stranger.signs_in(&shown, &app.finance_officer()).says_nothing_of("Three pages");
    assert_eq!(led.address, PAGE);
    let resumed = browser.signs_in(&shown, &officer).with_status(200).says("What you typed is kept");
    let shown = browser.sends(&resumed.form("Continue")).with_status(403).says("What was typed in it is below");
    let form = shown.form("Recommend: ₹15,00,00,000.00");
    assert_eq!(form.text("Noting on the file"), "Three pages\nof thought");
    browser.sends(&form).with_status(200).says("Recommended by you").says("Three pages of thought");
}

#[apply(on_sqlite!)]
fn a_cookie_is_no_access_token_and_an_access_token_no_cookie(app: App) {
    let officer = app.section_officer();
    let browser = Browser::of(&app, &officer, "en");
    let value = browser.cookies.borrow()[COOKIE].clone();
    let get = |headers: &[(&str, &str)], path: &str| app.client.send("GET", path, headers, None).unwrap();
    let bearer = format!("Bearer {value}");
    get(&[("Authorization", bearer.as_str())], "/api/v1/me").refused(401, "unauthenticated");
    get(&[("Cookie", browser.cookie().as_str())], "/api/v1/me").refused(401, "unauthenticated");
    let token = officer.token().unwrap();
    let cookie = format!("{COOKIE}={token}");
    // Also after the interface has checked the token: what is kept of it says what it is for.
    officer.sees("/me");
    assert_eq!(get(&[("Cookie", cookie.as_str())], "/en/account").status, 401);
    assert_eq!(get(&[("Cookie", browser.cookie().as_str())], "/en/account").status, 200);
    let twice = format!("{}; {COOKIE}=x", browser.cookie());
    assert_eq!(get(&[("Cookie", twice.as_str())], "/en/account").status, 401);
    let bearer = format!("Bearer {token}");
    let cookie = browser.cookie();
    let both = [("Authorization", bearer.as_str()), ("Cookie", cookie.as_str())];
    get(&both, "/api/v1/me").refused(400, "bad_header");
    assert_eq!(get(&both, "/en/account").status, 400);
}

#[apply(on_sqlite!)]
fn a_changed_password_ends_all_sessions(app: App) {
    let officer = app.person("changer", &["section_officer"], None);
    let browser = Browser::of(&app, &officer, "en");
    let form = |shown: &Shown, current: &str, new: &str| {
        shown.form("Change the password").fill("Present password", current).fill("New password", new)
    };
    let account = browser.opens("/en/account");
    let shown = browser.sends(&form(&account, "wrong", "a long new password")).with_status(401);
    let shown = browser.sends(&form(&shown, &officer.password, "short")).with_status(422);
    assert_eq!(shown.form("Change the password").text("New password"), "");
    let same = browser.sends(&form(&shown, &officer.password, &officer.password)).with_status(422);
    let shown = same.says("New password: must differ from the present password");
    // Whoever does not know the present password learns nothing by typing one twice.
    let shown = browser.sends(&form(&shown, "a long wrong guess", "a long wrong guess")).with_status(401);
    let shown = browser.sends(&form(&shown, &officer.password, "a long new password"));
    let shown = shown.with_status(200).says("Your password was changed");
    browser.opens("/en/account").with_status(401);
    let mut anew = shown.form("Sign in").fill("E-mail address", &officer.email);
    anew.set("secret:/password", "a long new password");
    browser.sends(&anew).with_status(200);
    browser.opens("/en/account").with_status(200);
}

#[apply(plain!)]
fn the_cookie_is_kept_from_scripts_and_other_sites() {
    let answer = |app: &App| {
        let browser = Browser::new(app);
        let officer = app.section_officer();
        let form = browser.opens("/en/sign-in").form("Sign in").fill("E-mail address", &officer.email);
        let answer = browser.sends_once(&form.fill("Password", &officer.password));
        let cookie = answer.header("set-cookie").unwrap().to_owned();
        (cookie.split_once('=').unwrap().0.to_owned(), cookie.split_once("; ").unwrap().1.to_owned(), answer)
    };
    let strict = App::start(Engine::Sqlite);
    let (name, attributes, answered) = answer(&strict);
    assert_eq!((name.as_str(), attributes.as_str()), (COOKIE, "Path=/; Secure; HttpOnly; SameSite=Lax"));
    assert_eq!(answered.header("strict-transport-security"), Some("max-age=31536000"));
    let plain = App::start_with(Engine::Sqlite, |config| config.portal.plain_cookie = true);
    let (name, attributes, answered) = answer(&plain);
    assert_eq!((name.as_str(), attributes.as_str()), ("portal", "Path=/; HttpOnly; SameSite=Lax"));
    assert_eq!(answered.header("strict-transport-security"), None);
}
