//! Sealed bids: until two officers open them after the window nobody reads a rate, anywhere; scrutiny of the rest goes
//! on; a bid is replaced or taken back while the window is open; and the log proves each rate afterwards.

use crate::award::allocations::Allots;
use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, at, says, version};
use crate::harness::rehearsing::Rehearses;
use crate::portal::browser::Browser;
use magnet_scheme::client::{Person, Response};
use magnet_scheme::service::revision::recompute::recompute;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Rupees a kilogram, which no other figure of the tests contains.
const RATE: i64 = 1_487;
const IN_PAISE: &str = "148700";
const IN_RUPEES: &str = "1,487";

trait Bids {
    fn takes_back(&self, application: &Value) -> Response;
    fn changes(&self, draft: &Value, rupees: i64) -> Response;
}

impl Bids for Person {
    fn takes_back(&self, application: &Value) -> Response {
        let reason = json!({ "reason": "a better price of oxide" });
        self.does(&format!("{}/withdrawal", at("applications", application)), application, reason)
    }
    fn changes(&self, draft: &Value, rupees: i64) -> Response {
        let mut form = draft["form"].clone();
        form["incentive_asked_paise_per_kg"] = json!(rupees * 100);
        self.put(&at("applications", draft), version(draft).unwrap(), &json!({ "form": form })).unwrap()
    }
}

/// Everybody who can sign in, but the people of the company that bids.
fn everybody(app: &App) -> Vec<Arc<Person>> {
    vec![
        app.verifier(),
        app.section_officer(),
        app.finance_officer(),
        app.competent_authority(),
        app.disbursing_officer(),
        app.scheme_administrator(),
        app.administrator(),
        app.auditor(),
        app.signatory_of("magnetite"),
        app.preparer_of("magnetite"),
    ]
}

/// What everybody could look at to find the rate of a bid.
fn places(bid: &Value) -> Vec<String> {
    let id = bid["id"].as_str().unwrap();
    vec![
        at("applications", bid),
        format!("{}/checks", at("applications", bid)),
        format!("{}/receipt", at("applications", bid)),
        "/applications".to_owned(),
        "/applications?status=draft".to_owned(),
        "/selections/applications".to_owned(),
        "/selections/applications/export?format=csv".to_owned(),
        "/selections/acts".to_owned(),
        "/selections/overrides_refused".to_owned(),
        "/selections/grantees".to_owned(),
        "/audit-log?limit=200".to_owned(),
        format!("/audit-log?subject=application:{id}"),
        "/worklist".to_owned(),
        format!("/find?q={IN_PAISE}"),
        "/allocations".to_owned(),
        "/schemes/ndfeb-2025-proposal/bid-openings".to_owned(),
    ]
}

fn nobody_reads_the_rate(app: &App, bid: &Value) {
    let own = [app.signatory_of("lodestone"), app.preparer_of("lodestone")];
    for person in everybody(app).into_iter().chain(own) {
        for place in places(bid) {
            let text = person.get(&place).unwrap().text();
            assert!(!text.contains(IN_PAISE), "{} reads the rate at {place}: {text}", person.email);
        }
    }
    for person in [app.verifier(), app.section_officer(), app.auditor(), app.signatory_of("lodestone")] {
        let browser = Browser::of(app, &person, "en");
        let number = bid["number"].as_str().unwrap().replace('/', "-");
        for page in
            [format!("/en/applications/{number}"), "/en/applications".to_owned(), format!("/en/find?q={number}")]
        {
            let text = browser.opens(&page).page.text();
            assert!(!text.contains(IN_RUPEES) && !text.contains(IN_PAISE), "{} reads it on {page}", person.email);
        }
    }
    nothing_stored_has_the_rate(app);
}

/// No table has the rate but the one of the sealed bids: no record, log entry or stored answer.
fn nothing_stored_has_the_rate(app: &App) {
    // A digest or an instant may have the same digits by chance.
    let stands_alone = |row: &str, place: usize| {
        let beside = [row[..place].chars().next_back(), row[place + IN_PAISE.len()..].chars().next()];
        !beside.into_iter().flatten().any(|one| one.is_ascii_hexdigit() || one == '.')
    };
    for table in app.tables().into_iter().filter(|table| !table.starts_with("sealed_bids")) {
        for row in app.rows(&table) {
            let there = row.match_indices(IN_PAISE).any(|(place, _)| stands_alone(&row, place));
            assert!(!there, "{table} has the rate: {row}");
        }
    }
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digest(salt: &str, application: &Value, paise: i64) -> String {
    sha256(&format!("{salt}\n{}\n{paise}", application["id"].as_str().unwrap()))
}

#[apply(on_both!)]
fn a_rate_is_read_by_nobody_until_two_officers_open_the_bids(app: App) {
    let app = App::competing(app.engine);
    let bid = app.bids("lodestone", 1_200, RATE, None);
    assert_eq!(bid["form"].get("incentive_asked_paise_per_kg"), None);
    let other = app.bids("magnetite", 600, 1_500, None);
    nobody_reads_the_rate(&app, &bid);
    // Scrutiny goes on without it.
    let eligible = app.verifier().scrutinises(&bid, true).ok();
    let checks = eligible["scrutiny"]["checks"].as_array().unwrap();
    let rate = checks.iter().find(|check| check["criterion"] == "incentive_rate").unwrap();
    assert!(rate["detail"].as_str().unwrap().contains("sealed"), "{rate}");
    nobody_reads_the_rate(&app, &bid);

    // Nobody opens them while the window is open, nor alone, nor without the office.
    let (section, finance) = (app.section_officer(), app.finance_officer());
    says(&section.asks_opening().refused(409, "bids_open"), "a window is open until 2026-05-01");
    app.set_clock("2026-05-02T06:30:00Z");
    for other in [app.verifier(), app.scheme_administrator(), app.disbursing_officer(), app.auditor(), app.signatory()]
    {
        other.asks_opening().refused(403, "not_permitted");
    }
    // Whoever scrutinises does it before anybody knows a rate.
    let awaited = section.asks_opening().refused(409, "bids_open");
    says(&awaited, other["number"].as_str().unwrap());
    app.verifier().scrutinises(&other, true).ok();
    let asked = section.asks_opening().ok();
    assert_eq!((&asked["status"], &asked["bids"]), (&json!("asked"), &json!([])));
    finance.asks_opening().refused(409, "already_exists");
    says(&section.opens(&asked).refused(409, "same_person"), "you already did 'prepare'");
    finance
        .does(&format!("{}/opening", at("bid-openings", &asked)), &json!({ "version": 7 }), json!({}))
        .refused(412, "stale_version");
    nobody_reads_the_rate(&app, &bid);

    let opened = finance.opens(&asked).ok();
    let first = opened["bids"].as_array().unwrap().iter().find(|one| one["application_id"] == bid["id"]).unwrap();
    assert_eq!((&first["rate_paise_per_kg"], &first["above_ceiling"]), (&json!(RATE * 100), &json!(false)));
    // The digest is the one that the receipt and the log have had since the submission.
    let salt = first["salt"].as_str().unwrap();
    assert_eq!(first["digest"], digest(salt, &bid, RATE * 100));
    assert_eq!(first["digest"], bid["receipt"]["bid"]["digest"]);
    let now = app.application(&bid);
    assert_eq!(now["form"]["incentive_asked_paise_per_kg"], RATE * 100);
    assert_eq!((&now["receipt"]["bid"]["salt"], &now["status"]), (&first["salt"], &json!("eligible")));
    app.competent_authority().opens(&opened).refused(409, "wrong_state");
    app.competent_authority().asks_opening().refused(409, "nothing_to_open");
    app.must_verify();
}

#[apply(on_both!)]
fn a_bid_is_replaced_or_taken_back_while_the_window_is_open(app: App) {
    let app = App::competing(app.engine);
    let (signatory, preparer) = (app.signatory_of("lodestone"), app.preparer_of("lodestone"));
    let first = app.bids("lodestone", 1_200, 1_600, None);
    app.signatory_of("magnetite").takes_back(&first).refused(404, "not_found");
    preparer.takes_back(&first).refused(403, "not_permitted");
    app.verifier().takes_back(&first).refused(403, "not_permitted");
    // Also after it was found eligible: its scrutiny is taken back with it.
    let eligible = app.verifier().scrutinises(&first, true).ok();
    let draft = signatory.takes_back(&eligible).ok();
    assert_eq!(
        (&draft["status"], &draft["receipt"], &draft["scrutiny"]),
        (&json!("draft"), &Value::Null, &Value::Null)
    );
    app.verifier().get(&at("applications", &draft)).unwrap().refused(404, "not_found");
    // Its own people see what they bid, and change it.
    assert_eq!(preparer.sees(&at("applications", &draft))["form"]["incentive_asked_paise_per_kg"], 160_000);
    let changed = preparer.changes(&preparer.sees(&at("applications", &draft)), RATE).ok();
    let again = signatory.submits(&changed).ok();
    assert_eq!(again["number"], first["number"]);
    assert_ne!(again["receipt"]["bid"]["digest"], first["receipt"]["bid"]["digest"]);
    nobody_reads_the_rate(&app, &again);
    let other = app.bids("magnetite", 600, 1_500, None);
    app.signatory_of("magnetite").takes_back(&other).ok();
    app.verifier().scrutinises(&again, true).ok();

    app.set_clock("2026-05-02T06:30:00Z");
    signatory.takes_back(&app.application(&again)).refused(409, "window_closed");
    let opened = app.opens_bids();
    let rates: Vec<&Value> = opened["bids"].as_array().unwrap().iter().map(|one| &one["rate_paise_per_kg"]).collect();
    assert_eq!(rates, [&json!(RATE * 100)], "what was taken back is not opened");
    let run = app.section_officer().drafts_run().ok();
    assert_eq!(run["list"].as_array().unwrap().len(), 1);
    app.must_verify();
}

#[apply(on_both!)]
fn its_own_people_read_a_rate_in_a_draft_of_now_and_in_no_answer(app: App) {
    const RATE_OF: &str = "incentive_asked_paise_per_kg";
    let app = App::competing(app.engine);
    let (signatory, preparer) = (app.signatory_of("lodestone"), app.preparer_of("lodestone"));
    let mut form = app.good_form(&preparer, 1_200);
    form[RATE_OF] = json!(RATE * 100);
    let begins = || {
        let body = json!({ "scheme_code": "ndfeb-2025-proposal", "form": form });
        preparer.post_with_key("/applications", "a draft that is sent again", None, &body).unwrap()
    };
    let draft = begins().ok();
    let path = at("applications", &draft);
    let rate_in = |draft: &Value| draft["form"].get(RATE_OF).cloned();
    assert_eq!(rate_in(&draft), None, "the answer to an act is stored");
    assert_eq!(rate_in(&preparer.sees(&path)), Some(json!(RATE * 100)));
    assert_eq!(rate_in(&preparer.sees("/applications")["data"][0]), Some(json!(RATE * 100)));
    let changes = || {
        let tag = format!("\"{}\"", draft["version"]);
        let body = json!({ "form": form }).to_string();
        let headers = [
            ("Content-Type", "application/json"),
            ("If-Match", tag.as_str()),
            ("Idempotency-Key", "a change that is sent again"),
        ];
        preparer.send("PUT", &path, &headers, Some(body.as_bytes())).unwrap()
    };
    let changed = changes().ok();
    let typed = preparer.sees(&path)["form"].clone();
    let kept = preparer.put(&path, version(&changed).unwrap(), &json!({ "form": typed })).unwrap().ok();
    assert_eq!((rate_in(&kept), rate_in(&preparer.sees(&path))), (None, Some(json!(RATE * 100))));
    let then = preparer.sees("/applications?limit=1")["data"][0]["created_at"].as_str().unwrap().to_owned();
    let draft_of_now = preparer.get(&path).unwrap();
    let tag = draft_of_now.header("etag").unwrap().to_owned();
    let bid = signatory.submits(&kept).ok();

    // The acts again, the acts that are only tried, and the draft as it was.
    for (again, status) in [(begins(), 201), (changes(), 412)] {
        assert_eq!(again.status, status, "{}", again.text());
        assert!(!again.text().contains(IN_PAISE), "{}", again.text());
    }
    let taken_back = json!({ "reason": "a better price of oxide" });
    let tried = signatory.asks_what_if(&format!("{path}/withdrawal"), version(&bid), &taken_back);
    assert!(!tried.text().contains(IN_PAISE), "{}", tried.text());
    tried.refused(400, "dry_run_not_offered");
    for person in [&signatory, &preparer] {
        let stale = person.send("GET", &path, &[("If-None-Match", tag.as_str())], None).unwrap();
        assert!(stale.status == 200 && !stale.text().contains(IN_PAISE), "{}", stale.text());
        let moments = [format!("known_at={then}"), "as_of=2026-05-01".to_owned(), "known_at=now".to_owned()];
        for moment in moments {
            for place in [path.clone(), "/applications".to_owned(), "/selections/applications".to_owned()] {
                let answer = person.get(&format!("{place}?{moment}")).unwrap();
                assert!(!answer.text().contains(IN_PAISE), "{place} at {moment}: {}", answer.text());
            }
        }
        let was = person.sees(&format!("{path}?known_at={then}"));
        assert_eq!((&was["status"], rate_in(&was)), (&json!("draft"), None));
    }
    nothing_stored_has_the_rate(&app);

    // A page that lies open while a colleague submits says nothing of it either.
    let number = bid["number"].as_str().unwrap().replace('/', "-");
    let browser = Browser::of(&app, &signatory, "en");
    let open = browser.opens(&format!("/en/applications/{number}")).with_status(200).says_nothing_of(IN_RUPEES);
    signatory.takes_back(&bid).ok();
    let again = signatory.submits(&preparer.sees(&path)).ok();
    browser
        .sends(&open.form("Take the application back").fill("Reason", "a better price"))
        .with_status(412)
        .says_nothing_of(IN_RUPEES);
    nobody_reads_the_rate(&app, &again);
    app.must_verify();
}

#[apply(on_both!)]
fn what_was_opened_is_not_replaced_in_a_later_window(app: App) {
    let (app, bids, _) = App::published(app.engine);
    app.scheme_administrator().opens_window("2026-05-02", "2026-05-03").ok();
    let signatory = app.signatory_of("lodestone");
    let problem = signatory.takes_back(&bids[0]).refused(409, "wrong_state");
    says(&problem, "the application is opened");
    assert_eq!(app.application(&bids[0])["form"]["incentive_asked_paise_per_kg"], 150_000);
    app.must_verify();
}

#[apply(on_both!)]
fn nobody_bids_again_in_a_round_whose_rates_are_known(app: App) {
    let app = App::competing(app.engine);
    // A window of later is arranged before anybody knows a rate.
    app.scheme_administrator().opens_window("2026-05-05", "2026-05-06").ok();
    let dear = app.bids("lodestone", 1_200, 9_999, None);
    let fair = app.bids("magnetite", 600, 1_500, None);
    let preparer = app.preparer_of("ferrite");
    let mut form = app.good_form(&preparer, 600);
    form["incentive_asked_paise_per_kg"] = json!(149_900);
    let begun = preparer.drafts(&form).ok();
    for bid in [&dear, &fair] {
        app.verifier().scrutinises(bid, true).ok();
    }
    app.set_clock("2026-05-02T06:30:00Z");
    app.opens_bids();
    assert_eq!(app.application(&dear)["status"], "not_eligible");
    // Whose bid was above the ceiling knows the others' rates now, and so does everybody else.
    let administrator = app.scheme_administrator();
    let again = administrator.opens_window("2026-05-02", "2026-05-03").refused(409, "round_open");
    says(&again, &format!("bid {} was opened", fair["number"].as_str().unwrap()));
    app.set_clock("2026-05-05T06:30:00Z");
    let late = app.preparer_of("lodestone");
    let mut cheaper = app.good_form(&late, 600);
    cheaper["incentive_asked_paise_per_kg"] = json!(149_900);
    late.drafts(&cheaper).refused(409, "round_open");
    app.signatory_of("ferrite").submits(&begun).refused(409, "round_open");
    app.set_clock("2026-05-07T06:30:00Z");
    let run = app.section_officer().drafts_run().ok();
    let run = app.finance_officer().concurs_in(&run).ok();
    administrator.opens_window("2026-05-07", "2026-05-08").refused(409, "round_open");
    app.competent_authority().publishes_run(&run).ok();
    // A published run ends the round, and a new window is a new one.
    administrator.opens_window("2026-05-07", "2026-05-08").ok();
    let bid = app.signatory_of("lodestone").submits(&late.drafts(&cheaper).ok()).ok();
    assert_eq!(bid["status"], "submitted");
    app.must_verify();
}

#[apply(on_both!)]
fn a_rate_above_the_ceiling_is_found_when_the_bids_are_opened(app: App) {
    let app = App::competing(app.engine);
    let dear = app.bids("lodestone", 1_200, 9_999, None);
    let fair = app.bids("magnetite", 600, 1_500, None);
    for bid in [&dear, &fair] {
        app.verifier().scrutinises(bid, true).ok();
    }
    app.set_clock("2026-05-02T06:30:00Z");
    app.section_officer().drafts_run().refused(409, "bid_sealed");
    let opened = app.opens_bids();
    let above: Vec<&Value> = opened["bids"].as_array().unwrap().iter().map(|one| &one["above_ceiling"]).collect();
    assert_eq!(above, [&json!(true), &json!(false)]);
    let now = app.application(&dear);
    assert_eq!((&now["status"], &now["scrutiny"]["eligible"]), (&json!("not_eligible"), &json!(false)));
    let run = app.section_officer().drafts_run().ok();
    assert_eq!(run["list"].as_array().unwrap().len(), 1);
    // Both scrutinies are computed again as they were: without the rates, and then with them.
    assert_eq!(recompute(&app.database_url()).unwrap().differences, Vec::<String>::new());
    app.must_verify();
}

#[apply(on_both!)]
fn two_officers_open_the_bids_on_the_page_of_the_scheme(app: App) {
    let app = App::competing(app.engine);
    let bid = app.bids("lodestone", 1_200, RATE, None);
    app.verifier().scrutinises(&bid, true).ok();
    app.set_clock("2026-05-02T06:30:00Z");
    const PAGE: &str = "/en/schemes/ndfeb-2025-proposal";
    let section = Browser::of(&app, &app.section_officer(), "en");
    let shown = section.opens(PAGE).with_status(200).says("The rates of bids that compete are sealed.");
    let shown = section.sends(&shown.form("Ask that the bids are opened")).with_status(200);
    let shown = shown.says("Opening asked by you").says_nothing_of(IN_RUPEES);
    section.sends(&shown.form("Open the bids")).with_status(409);
    let finance = Browser::of(&app, &app.finance_officer(), "hi");
    let shown = finance.opens("/hi/schemes/ndfeb-2025-proposal").with_status(200).says_nothing_of(IN_RUPEES);
    finance.sends(&shown.form("बोलियाँ खोलें")).with_status(200).says(IN_RUPEES);
    section.opens(PAGE).says(IN_RUPEES).says("Salt");
    app.must_verify();
}

/// The canonical JSON that the documentation describes: keys in order, no spaces.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort();
            let member = |name: &&String| format!("{}:{}", json!(name), canonical(&fields[*name]));
            format!("{{{}}}", names.iter().map(member).collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        plain => plain.to_string(),
    }
}

#[apply(on_both!)]
fn a_stranger_computes_the_digest_of_a_run_from_what_is_published(app: App) {
    let (app, _) = App::three_bids(app.engine);
    let published = || app.anybody("GET", "/api/v1/public/allocations", None).ok()["data"].clone();
    let drafted = app.section_officer().drafts_run().ok();
    assert_eq!(published(), json!([]), "a draft is not published");
    assert_eq!(drafted["published"], Value::Null);
    let concurred = app.finance_officer().concurs_in(&drafted).ok();
    app.competent_authority().publishes_run(&concurred).ok();
    let run = published()[0].clone();
    assert_eq!(run["digest"], sha256(&canonical(&run["published"])));
    let text = run["published"].to_string();
    for unpublished in ["source", "detail", "facts", "scrutinised_by", "reason_given", "note"] {
        assert!(!text.contains(&format!("\"{unpublished}\"")), "{unpublished} is no part of it: {text}");
    }
    let first = &run["published"]["results"][0];
    assert_eq!((&first["rank"], &first["bid"]["rate_paise_per_kg"]), (&json!(1), &json!(150_000)));
    assert!(first["bid"]["net_worth_paise"].is_i64() && first["bid"]["submitted_at"].is_string());
    assert_eq!(run["published"]["results"][2]["reason"]["code"], "beneficiaries_reached");
    assert_eq!(run["published"]["order"][0]["compared"].as_array().unwrap().last().unwrap()["by"], "least_cost");
    let company = app.signatory_of("ferrite").sees(&at("allocations", &drafted));
    assert_eq!((&company["published"], &company["statement"]), (&run["published"], &Value::Null));
    app.must_verify();
}
