//! Drafts of scheme versions in the browser: one person writes, both read what differs and who loses, another
//! publishes; what an award loses takes an approval of its own.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs};
use crate::portal::browser::{Browser, Form, Shown};
use domain::scheme::scheme::Scheme;
use serde_json::json;

const FOURTH: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-4.toml");
const SCHEME: &str = "/en/schemes/ndfeb-2025-proposal";
const TEXT: &str = "Text of the version";

/// The text of a version after the fourth, in which claims follow the version in force on their day.
fn text(version: i64, from: &str) -> String {
    FOURTH
        .replacen("version = 4", &format!("version = {version}"), 1)
        .replacen("\"2026-12-01\"", &format!("\"{from}\""), 1)
        .replacen("claim = \"award\"", "claim = \"date_of_claim\"", 1)
}

fn half_turnover(version: i64) -> String {
    let whole = "[figures.turnover_share]\nvalue = 4000";
    let text = text(version, "2027-04-01");
    assert!(text.contains(whole));
    text.replacen(whole, "[figures.turnover_share]\nvalue = 2000", 1)
}

fn drafts(browser: &Browser, text: &str) -> Shown {
    browser.sends(&browser.opens("/en/schemes").with_status(200).form("Draft a version").fill(TEXT, text))
}

#[apply(on_both!)]
fn one_person_drafts_and_another_publishes_on_what_both_read(app: App) {
    app.set_clock("2026-12-02T06:30:00Z");
    let one = Browser::of(&app, &app.scheme_administrator(), "en");
    let wrong = drafts(&one, "code = 7").with_status(422).says("There is a problem");
    assert_eq!(wrong.form("Draft a version").text(TEXT).trim(), "code = 7", "nothing typed is lost");
    let form = one.opens("/en/schemes").form("Draft a version");
    let faulty = one.sends(&form.clone().choose("Choose the file", "v5.toml", "application/toml", b"code = 7"));
    let faulty = faulty.with_status(422).says("Choose the file again");
    assert!(faulty.page.named("a").iter().any(|link| link.attribute("href") == Some("#draft-file")));
    let fifth = half_turnover(5);
    let shown = one.sends(&form.choose("Choose the file", "v5.toml", "application/toml", fifth.as_bytes()));
    let shown = shown.with_status(200).says("Drafted by you, 2 Dec 2026").says(&Scheme::digest(&fifth));
    let shown = shown.says("Compared with version 4").says("figures.turnover_share.value").says("40 %").says("20 %");
    let shown = shown.says("No award loses anything.").says("With Scheme administrator");
    let shown = shown.says("You cannot take this step:").says_nothing_of("Propose what awards lose");
    let shown = shown.says_nothing_of("Who can: Competent authority");
    let other = Browser::of(&app, &app.other_scheme_administrator(), "en");
    one.opens(&shown.address).says("Who can: Scheme administrator Sample");
    let waiting = other.opens("/en/inbox").says("Draft of a scheme");
    let page = waiting.page.named("a").into_iter().filter_map(|link| link.attribute("href"));
    let page = page.into_iter().find(|address| address.starts_with("/en/scheme-drafts/")).unwrap().to_owned();
    let shown = other
        .opens_rehearsed(&page)
        .says("Version 5 of ndfeb-2025-proposal counts from 1 Apr 2027 on. No balance changes.");
    let shown = other.sends(&shown.form("Publish")).with_status(200).says("Published by you").says("Published");
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());
    let shown = one.opens(SCHEME).with_status(200).says("Version 5").says("from the version before");
    let shown = shown.says("On 26 Nov 2025 this scheme gave way to another:").says("repm-2025-notified");
    let file = one.request("GET", &shown.link("Download (TOML)"), &[], None);
    assert_eq!((file.status, file.text()), (200, fifth.clone()), "the text of the newest version, to start from");
    assert!(file.header("content-disposition").unwrap().contains("ndfeb-2025-proposal-5.toml"));
    assert!(shown.page.named("a").iter().any(|link| link.attribute("href") == Some(&page)));
    let all = |path: &str| -> u64 { one.opens(path).answer.header("x-statements").unwrap().parse().unwrap() };
    for path in ["/en/schemes", SCHEME] {
        let own = all(path) - all("/en/sign-in");
        assert!(own <= 12, "{path} needs {own} statements");
    }
    let hindi = one.opens("/hi/schemes").with_status(200).says("प्रकाशित").says("प्रभावी संस्करण");
    assert_eq!(hindi.page.named("h1").len(), 1);
    let shown = drafts(&one, &text(6, "2027-05-01")).with_status(200);
    let form = shown.form("Withdraw").fill("Reason", "not needed");
    one.sends(&form).with_status(200).says("Withdrawn by you").says("not needed");
    Browser::of(&app, &app.signatory(), "en").opens("/en/schemes").with_status(403);
    app.must_verify();
}

#[apply(on_sqlite!)]
fn what_an_award_loses_is_approved_first(app: App) {
    app.set_clock("2026-12-02T06:30:00Z");
    let (one, other) = (app.scheme_administrator(), app.other_scheme_administrator());
    let fifth = one.post("/scheme-drafts", None, &json!({ "text": text(5, "2026-12-02") })).unwrap().ok();
    let address = format!("/scheme-drafts/{}", fifth["id"].as_str().unwrap());
    let digest = other.sees(&format!("{address}/impact"))["digest"].clone();
    other.does(&format!("{address}/publication"), &fifth, json!({ "impact_digest": digest })).ok();
    one.opens_window("2026-12-01", "2026-12-31").ok();
    app.provided("sales_linked_incentive", "2026-27", 200 * CRORE);
    app.awarded("lodestone", 500);

    let one = Browser::of(&app, &one, "en");
    let shown = drafts(&one, &half_turnover(6)).with_status(200);
    let shown =
        shown.says("These awards lose something: NDFEB/2026-27/AWD/0001.").says("A year at full capacity, sold at");
    let shown = shown.says("These rules change. No model claim shows everybody whom that costs something");
    let shown = shown.says("Reached by these changes: NDFEB/2026-27/AWD/0001.");
    let page = shown.address.split_once('?').unwrap().0.to_owned();
    let hindi = Browser::of(&app, &other, "hi").opens(&page.replacen("/en/", "/hi/", 1)).with_status(200);
    hindi.says("ये नियम बदलते हैं।").says("इन बदलावों के दायरे में: NDFEB/2026-27/AWD/0001।");
    let second = Browser::of(&app, &other, "en");
    second.opens(&page).says("You cannot take this step:");
    let form = shown.form("Propose what awards lose").fill("Number and date of the order", "Sample order 7 of 2027");
    one.sends(&form.fill("Reason", "The outlay is short.")).with_status(200).says("Proposed by you");
    let authority = Browser::of(&app, &app.competent_authority(), "en");
    let shown = authority.opens(&page).says("The outlay is short.").says("It waits for the competent authority.");
    let form = shown.form("Approve what awards lose").fill("Noting on the file", "approved on file");
    authority.sends(&form).with_status(200).says("Approved by you").says("approved on file");
    let shown = second.opens_rehearsed(&page).says("Version 6 of ndfeb-2025-proposal");
    second.sends(&shown.form("Publish")).with_status(200).says("Published by you");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn what_no_model_claim_shows_is_named_in_both_languages(app: App) {
    app.set_clock("2026-12-02T06:30:00Z");
    let (one, other) = (app.scheme_administrator(), app.other_scheme_administrator());
    // Each line has to say whether the magnets are sintered NdFeB, which no model claim can.
    let asking = |text: String| text.replacen("absent = true\n", "", 1);
    let fifth = one.post("/scheme-drafts", None, &json!({ "text": asking(text(5, "2026-12-02")) })).unwrap().ok();
    let address = format!("/scheme-drafts/{}", fifth["id"].as_str().unwrap());
    let digest = other.sees(&format!("{address}/impact"))["digest"].clone();
    other.does(&format!("{address}/publication"), &fifth, json!({ "impact_digest": digest })).ok();
    one.opens_window("2026-12-01", "2026-12-31").ok();
    app.awarded("lodestone", 500);

    let shown = drafts(&Browser::of(&app, &one, "en"), &asking(half_turnover(6))).with_status(200);
    let shown = shown.says("No model claim can show what the draft changes here.");
    let shown = shown.says("A rule needs a fact that no example states: not_sintered_ndfeb: sintered_ndfeb");
    let shown = shown.says_nothing_of("No award loses anything.").says("Propose what awards lose");
    let page = shown.address.split_once('?').unwrap().0.replacen("/en/", "/hi/", 1);
    let hindi = Browser::of(&app, &other, "hi").opens(&page).with_status(200);
    hindi.says("एक नियम को ऐसा तथ्य चाहिए जो किसी उदाहरण में नहीं है: not_sintered_ndfeb: sintered_ndfeb");
}

/// The form of a window with its days typed in.
fn window(form: Form, from: [&str; 3], to: [&str; 3]) -> Form {
    let mut form = form.fill("Number and date of the order", "Order 3 of 2026");
    for (pointer, day) in [("opens_on", from), ("closes_on", to)] {
        for (part, text) in ["d", "m", "y"].into_iter().zip(day) {
            form.set(&format!("day:/{pointer}/{part}"), text);
        }
    }
    form
}

#[apply(on_sqlite!)]
fn a_window_is_opened_from_the_page_of_its_scheme(app: App) {
    let one = Browser::of(&app, &app.scheme_administrator(), "en");
    let shown = one.opens(SCHEME).with_status(200).says("No application window was opened yet");
    let shown = shown.says("companies may begin and submit applications").says("cannot be changed, shortened");
    let form = shown.form("Open the window");
    let wrong = one.sends(&window(form, ["1", "9", "2027"], ["1", "8", "2027"])).with_status(422);
    assert_eq!(wrong.form("Open the window").text("Number and date of the order"), "Order 3 of 2026");
    let form = wrong.says("Last day: ").form("Open the window");
    let shown = one.sends(&window(form, ["1", "8", "2027"], ["30", "9", "2027"])).with_status(200);
    let shown = shown.says("Window opened by you").says("1 Aug 2027 – 30 Sep 2027").says("Order 3 of 2026");
    let form = shown.form("Open the window");
    let twice = one.sends(&window(form, ["30", "9", "2027"], ["1", "10", "2027"])).with_status(409);
    twice.says("another window of this scheme covers some of these days");
    let hindi = Browser::of(&app, &app.other_scheme_administrator(), "hi").opens(&SCHEME.replace("/en/", "/hi/"));
    hindi.says("कोई धनराशि नहीं चलती").form("अवधि खोलें");
    let officer = Browser::of(&app, &app.section_officer(), "en").opens(SCHEME).says("30 Sep 2027");
    assert!(officer.buttons().is_empty(), "{:?}", officer.buttons());
    app.must_verify();
}
