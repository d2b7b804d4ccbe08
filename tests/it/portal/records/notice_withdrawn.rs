//! A section officer withdraws a notice before anybody decided on it: the company reads why, nothing waits for it any
//! more, and what was asked can be asked again.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs};
use crate::harness::recovery_people::Recovers;
use crate::portal::browser::Browser;
use serde_json::json;

const NUMBER: &str = "NDFEB/2026-27/REC/0001";
const PAGE: &str = "/en/recoveries/NDFEB-2026-27-REC-0001";
const BUTTON: &str = "Withdraw the notice";

#[apply(on_sqlite!)]
fn a_notice_is_withdrawn_and_its_company_reads_why(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    app.second("section").asks_back(&paid, 16 * CRORE).ok();
    let section = Browser::of(&app, &app.second("section"), "en");
    let shown = section.opens_rehearsed(PAGE).with_status(200);
    let shown = shown.says("Nothing is asked any more; the recovery then is: Notice withdrawn. No balance changes.");
    let empty = section.sends(&shown.form(BUTTON)).with_status(422);
    assert_eq!(empty.link("Must not be empty"), "#withdraw-reason");
    let form = empty.form(BUTTON).fill("Reasons for the company", "The magnets were made here after all.");
    let shown = section.sends(&form).with_status(200).says("Notice withdrawn by you, 1 Jun 2026");
    let closed =
        "Closed. The office withdrew its notice on 1 Jun 2026: nothing is asked any more, nothing has to be paid";
    let shown =
        shown.says("Notice withdrawn").says(closed).says_nothing_of("Dropped").says_nothing_of("If it were demanded");
    let shown = shown.says_nothing_of("Last day for the reply").says_nothing_of("What it consists of");
    let shown = shown.says("Grounds of the notice").says("The company did not reply, and no reply is needed.");
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());

    let company = Browser::of(&app, &app.signatory(), "en");
    company.opens("/en/inbox").says_nothing_of(NUMBER);
    let shown = company.opens(PAGE).says(closed);
    let shown = shown.says("The magnets were made here after all.").says("Section Officer");
    let shown = shown.says_nothing_of("Sample second-section").says_nothing_of("notice withdrawn");
    assert!(shown.buttons().is_empty(), "no reply is needed: {:?}", shown.buttons());
    let hindi = Browser::of(&app, &app.signatory(), "hi").opens(&PAGE.replace("/en/", "/hi/"));
    hindi.says("को अपना नोटिस वापस ले लिया").says("नोटिस वापस लिया गया").is_in_its_language();
    let listed = section.opens("/en/recoveries").says("Notice withdrawn").says_nothing_of("Why");
    assert_eq!(listed.link(NUMBER), PAGE);
    // All of the payment can be asked back again, and nobody orders what was withdrawn.
    let stored = app.auditor().sees("/recoveries/NDFEB-2026-27-REC-0001");
    assert_eq!(stored["notice"]["withdrawal"]["reason"], "The magnets were made here after all.");
    app.second("authority").orders(&stored, "confirmed", None).refused(409, "wrong_state");
    app.second("section").asks_back(&paid, 16 * CRORE).ok();
    app.must_verify();
}

#[apply(on_sqlite!)]
fn only_the_office_of_the_notice_withdraws_it_and_only_until_the_order(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let notice = app.second("section").asks_back(&paid, CRORE).ok();
    let reason = || json!({ "reason": "by mistake" });
    for other in [app.second("authority"), app.second("finance"), app.signatory()] {
        other.step(&notice, "withdrawal", reason()).refused(403, "not_permitted");
    }
    // Who took a step on the payment has no part in its recovery.
    app.section_officer().step(&notice, "withdrawal", reason()).refused(409, "same_person");
    app.second("section").step(&notice, "withdrawal", json!({ "reason": " " })).refused(422, "invalid_fields");
    let replied = app.signatory().replies_to(&notice).ok();
    app.second("section").step(&notice, "withdrawal", reason()).refused(412, "stale_version");
    // A colleague of the same office withdraws it, also after the reply.
    let withdrawn = app.third("section").step(&replied, "withdrawal", reason()).ok();
    assert_eq!((withdrawn["status"].as_str(), withdrawn["amount_paise"].as_i64()), (Some("dropped"), Some(0)));
    app.second("section").step(&withdrawn, "withdrawal", reason()).refused(409, "wrong_state");
    let notice = app.second("section").asks_back(&paid, CRORE).ok();
    let replied = app.signatory().replies_to(&notice).ok();
    let ordered = app.second("authority").orders(&replied, "confirmed", None).ok();
    app.second("section").step(&ordered, "withdrawal", reason()).refused(409, "wrong_state");
    let shown = Browser::of(&app, &app.second("section"), "en").opens("/en/recoveries/NDFEB-2026-27-REC-0002");
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());
    app.must_verify();
}

#[apply(on_sqlite!)]
fn the_days_of_a_withdrawn_notice_wait_for_the_office_again(app: App) {
    let (app, award) = App::awarded_with_fifty_crore(app.engine);
    let milestone = app.milestone(&award, "oxide_to_metal");
    app.set_clock("2027-07-02T06:30:00Z");
    let section = Browser::of(&app, &app.section_officer(), "en");
    section.opens("/en/inbox").says("Damages of a late milestone");
    let notice = app.section_officer().asks_damages(&milestone, "2027-06-30").ok();
    section.opens("/en/inbox").says_nothing_of("Damages of a late milestone");
    let page = format!("/en/recoveries/{}", notice["number"].as_str().unwrap().replace('/', "-"));
    let form = section.opens(&page).form(BUTTON).fill("Reasons for the company", "Other days are meant.");
    let shown = section.sends(&form).with_status(200).says("Notice withdrawn by you");
    shown.says("for each day").says_nothing_of("No interest has run").says_nothing_of("Received, set off or given up");
    section.opens("/en/inbox").says("Damages of a late milestone").says("ask for the damages by a show-cause notice");
    // The milestone names the notice and says what became of it; what it asked is asked no more.
    let number = notice["number"].as_str().unwrap();
    for person in [app.section_officer(), app.signatory()] {
        let of = Browser::of(&app, &person, "en");
        let shown = of.opens("/en/awards/NDFEB-2026-27-AWD-0001/milestones/oxide_to_metal");
        assert_eq!(shown.says("Show-cause notices for damages").says("Notice withdrawn").link(number), page);
    }
    assert_eq!(app.milestone(&award, "oxide_to_metal")["damages"]["noticed_paise"], 0);
    app.section_officer().asks_damages(&milestone, "2027-07-01").ok();
    app.must_verify();
}
