//! Excused delays in the browser: the company asks, the agency recommends, the competent authority decides, and the
//! days count no more.

use crate::harness::app::App;
use crate::harness::milestone_people::MilestoneVerbs;
use crate::harness::people::{Answered, Verbs};
use crate::portal::browser::{Browser, CHOSEN, Form};

const MILESTONE: &str = "/en/awards/NDFEB-2026-27-AWD-0001/milestones/oxide_to_metal";
const PAGE: &str = "/en/excuses/NDFEB-2027-28-EXC-0001";

/// Both days of a span, and other days, in the fields of a form.
fn days(mut form: Form, from: [&str; 3], to: [&str; 3]) -> Form {
    for (pointer, day) in [("/days/from", from), ("/days/to", to)] {
        for (part, text) in ["d", "m", "y"].iter().zip(day) {
            form.set(&format!("day:{pointer}/{part}"), text);
        }
    }
    form
}

/// The days that stand in a form.
fn in_form(form: &Form) -> Vec<&str> {
    let text = |name: &str| form.fields.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text);
    ["from/d", "from/m", "from/y", "to/d", "to/m", "to/y"].map(|part| text(&format!("day:/days/{part}"))).into()
}

/// An award whose first milestone is 41 days late.
fn late(app: &App) {
    app.window_is_open();
    app.awarded("lodestone", 900);
    app.set_clock("2027-06-11T06:30:00Z");
}

fn asked_for(app: &App) {
    let award = app.auditor().sees("/awards")["data"][0].clone();
    let milestone = app.milestone(&award, "oxide_to_metal");
    app.signatory().asks_excuse(&milestone, "land_not_handed_over", ("2027-05-10", "2027-05-29")).ok();
}

#[apply(on_sqlite!)]
fn days_of_a_delay_are_excused_on_pages(app: App) {
    late(&app);
    app.signatory().attaches("state-letter");
    let company = Browser::of(&app, &app.signatory(), "en");
    let shown = company.opens(&company.opens(MILESTONE).link("Excused delays of this milestone"));
    let shown = shown.says("Late 41 days").says("Nothing was asked for this milestone");
    let form = shown.form("Ask for excused days").fill("Land not handed over", CHOSEN);
    let form = days(form.fill("What happened", "The land came late"), ["10", "5", "2027"], ["29", "5", "2027"]);
    let empty = company.sends(&form).with_status(422);
    assert_eq!(empty.led(), ["ask-documents"]);
    let form = empty.form("Ask for excused days");
    let form =
        form.choose("Documents that show the ground", "photograph.pdf", "application/pdf", b"%PDF-1.4 of the land");
    let form = form.fill("state-letter.pdf, stored 11 Jun 2027, attached to no record yet", CHOSEN);
    let early = days(form.clone(), ["1", "4", "2027"], ["29", "5", "2027"]);
    company.sends(&early).with_status(409).says("1 Apr 2027");
    let shown = company.sends(&form).with_status(200);
    let shown = shown.says("Asked for by you").says("10 May 2027 to 29 May 2027 (20 days)");
    let shown = shown.says("Next: Verifier (project management agency) (examine).");
    assert_eq!(shown.link("NDFEB/2027-28/EXC/0001"), PAGE);

    let agency = Browser::of(&app, &app.verifier(), "en");
    assert_eq!(agency.opens("/en/inbox").link("NDFEB/2027-28/EXC/0001"), PAGE);
    let shown = agency.opens(PAGE).says("The land came late").says("state-letter.pdf").says("photograph.pdf");
    // What the company asks stands before the form, which has the days that it asks for.
    let text = shown.page.named("main")[0].text();
    let places =
        ["Land not handed over", "The land came late", "Record the recommendation"].map(|said| text.find(said));
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}: {text}");
    let form = shown.form("Record the recommendation").fill("Recommended", CHOSEN);
    assert_eq!(in_form(&form), ["10", "5", "2027", "29", "5", "2027"]);
    let none = days(form.clone(), ["", "", ""], ["", "", ""]);
    agency.sends(&none.fill("Noting on the file", "seen")).with_status(422);
    let form = days(form, ["10", "5", "2027"], ["24", "5", "2027"]).fill("Noting on the file", "they had warned us");
    let shown = agency.sends(&form).with_status(200).says("Recommendation recorded by you").says("they had warned us");
    let shown = shown.says("Next: Competent authority (decide).");
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());

    let authority = Browser::of(&app, &app.competent_authority(), "en");
    let shown = authority.opens_rehearsed(PAGE).says("If 10 May 2027 to 24 May 2027 (15 days) are granted");
    let award = app.auditor().sees("/awards")["data"][0].clone();
    let accrued = |days: i64| {
        let standing = app.milestone(&award, "oxide_to_metal");
        let (paise, all) =
            (standing["damages"]["accrued_paise"].as_i64().unwrap(), standing["days_late"].as_i64().unwrap());
        domain::base::money::Paise(paise / all * days).to_string()
    };
    let shown = shown.says("The delay until today falls from 41 to 26 days").says(&format!(
        "fall from {} to {}",
        accrued(41),
        accrued(26)
    ));
    assert_eq!(in_form(&shown.form("Record the decision")), ["10", "5", "2027", "24", "5", "2027"]);
    let form = shown.form("Record the decision").fill("Granted", CHOSEN).fill("Number of the order", "Order 7");
    let mut form = days(form, ["11", "5", "2027"], ["20", "5", "2027"]).fill("Reasons", "as recommended, in part");
    for (part, text) in [("d", "11"), ("m", "6"), ("y", "2027")] {
        form.set(&format!("day:/dated_on/{part}"), text);
    }
    let shown =
        authority.sends(&form).with_status(200).says("Decided by you").says("11 May 2027 to 20 May 2027 (10 days)");
    shown.says("Late 31 days").says("Excused 10 days");
    let shown = company.opens(PAGE).says("as recommended, in part").says_nothing_of("they had warned us");
    shown.says_nothing_of("Sample verifier").says_nothing_of("Sample authority").says("Competent authority");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn an_excuse_is_there_for_its_company_and_the_offices_alone(app: App) {
    late(&app);
    let auditor = Browser::of(&app, &app.auditor(), "en");
    auditor.opens("/en/excuses").says("There is no request yet");
    asked_for(&app);
    let shown = auditor.opens("/en/excuses").says("1 request").says("Verifier").says("Land not handed over");
    auditor.opens(&shown.link("NDFEB/2027-28/EXC/0001")).with_status(200);
    auditor.opens("/en/excuses?status=granted").says("No request has this status now");
    let ask = format!("{MILESTONE}/excuses");
    for path in [PAGE, "/en/excuses", &ask] {
        let all = |path: &str| -> u32 { auditor.opens(path).answer.header("x-statements").unwrap().parse().unwrap() };
        let own = all(path) - all("/en/sign-in");
        assert!(own <= 12, "{path}: {own}");
    }
    for text in ["NDFEB/2027-28/EXC/0001", "EXC/0001"] {
        assert_eq!(auditor.opens(&format!("/en/find?q={text}")).address, PAGE);
    }
    assert_eq!(auditor.opens("/en/n/NDFEB/2027-28/EXC/0001").address, PAGE);
    let other = Browser::of(&app, &app.signatory_of("coercive"), "en");
    let foreign = other.opens(PAGE).with_status(404);
    let missing = other.opens("/en/excuses/NDFEB-2027-28-EXC-0009").with_status(404);
    assert_eq!(foreign.page.text(), missing.page.text());
    other.opens(&ask).with_status(404);
    other.opens("/en/excuses").says("There is no request yet");
    other.opens("/en/find?q=EXC/0001").says("Nothing that you may see was found");
    // Whoever asked takes no other step, and a person who may not act has no form.
    assert!(Browser::of(&app, &app.preparer(), "en").opens(&ask).buttons().is_empty());
}

#[apply(on_sqlite!)]
fn days_that_stand_in_the_form_mean_nothing_where_none_are_recommended(app: App) {
    late(&app);
    asked_for(&app);
    let agency = Browser::of(&app, &app.verifier(), "en");
    let form = agency.opens(PAGE).form("Record the recommendation").fill("Not recommended", CHOSEN);
    let shown = agency.sends(&form.fill("Noting on the file", "the land was there")).with_status(200);
    shown.says("Recommendation recorded by you").says("Not recommended");
    let authority = Browser::of(&app, &app.competent_authority(), "en");
    let form = authority.opens_rehearsed(PAGE).form("Record the decision").fill("Refused", CHOSEN);
    let mut form = form.fill("Number of the order", "Order 8").fill("Reasons", "the land was there");
    for (part, text) in [("d", "11"), ("m", "6"), ("y", "2027")] {
        form.set(&format!("day:/dated_on/{part}"), text);
    }
    authority.sends(&form).with_status(200).says("Decided by you").says("Decision: Refused.");
    app.must_verify();
}
