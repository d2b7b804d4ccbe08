//! Allocations from the first bid to the awards: three people publish a run, awards follow it, a bidder
//! gives its allotment back, and nobody sees another's bid before it is published.

use crate::award::allocation_rules::{RULES, text};
use crate::harness::app::{App, Engine};
use crate::harness::disarm::{must_name, names};
use crate::harness::people::{Answered, CRORE, SCHEME, Verbs, at, says, version};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};
use std::sync::Arc;

/// 1,900 MTPA for two, 600 to 1,200 in steps of 100, as a version of the scheme.
fn small(version: i64) -> String {
    let text = text(RULES).replacen("value = 6000", "value = 1900", 1).replacen("value = 5\n", "value = 2\n", 1);
    text.replacen("to_lowest = 3", "to_lowest = 1", 1).replacen("version = 1", &format!("version = {version}"), 1)
}

fn three(bids: &Value) -> [Value; 3] {
    [0, 1, 2].map(|bid| bids[bid].clone())
}

impl App {
    /// A service with 1,900 MTPA for two, 600 to 1,200 in steps of 100, and a window of one day.
    pub fn competing(engine: Engine) -> App {
        let app = App::with_only(engine, small(1));
        app.told("window of a day", |app| app.scheme_administrator().opens_window("2026-05-01", "2026-05-01").ok());
        app
    }

    /// A submitted bid: capacity, rupees a kilogram, and the least accepted in part.
    pub fn bids(&self, maker: &str, capacity_mtpa: i64, rupees: i64, least_mtpa: Option<i64>) -> Value {
        let preparer = self.preparer_of(maker);
        let mut form = self.good_form(&preparer, capacity_mtpa);
        form["investment_plan"][0]["amount_paise"] = json!(700 * CRORE);
        form["incentive_asked_paise_per_kg"] = json!(rupees * 100);
        if let Some(least) = least_mtpa {
            form["least_capacity_mtpa"] = json!(least);
        }
        let draft = preparer.drafts(&form).ok();
        self.signatory_of(maker).submits(&draft).ok()
    }

    /// Three eligible bids, of which the second fits in part, and a day on which no window is open.
    pub fn three_bids(engine: Engine) -> (App, [Value; 3]) {
        let app = App::competing(engine);
        let eligible = app.told("three bids", |app| {
            let submitted = [
                app.bids("lodestone", 1_200, 1_500, None),
                app.bids("magnetite", 1_200, 1_600, Some(600)),
                app.bids("ferrite", 600, 1_700, None),
            ];
            let eligible = submitted.map(|one| app.verifier().scrutinises(&one, true).ok());
            app.set_clock("2026-05-02T06:30:00Z");
            app.opens_bids();
            json!(eligible.map(|one| app.application(&one)))
        });
        (app, three(&eligible))
    }

    /// The three bids with a published run over them.
    pub fn published(engine: Engine) -> (App, [Value; 3], Value) {
        let (app, bids) = App::three_bids(engine);
        let told = app.told("three bids published", |app| {
            let run = app.publishes();
            json!({ "bids": bids.each_ref().map(|bid| app.application(bid)), "run": run })
        });
        (app, three(&told["bids"]), told["run"].clone())
    }

    /// A run taken all the way by three people.
    fn publishes(&self) -> Value {
        let drafted = self.section_officer().drafts_run().ok();
        let concurred = self.finance_officer().concurs_in(&drafted).ok();
        self.competent_authority().publishes_run(&concurred).ok()
    }

    /// Two officers open the sealed bids.
    pub fn opens_bids(&self) -> Value {
        let asked = self.section_officer().asks_opening().ok();
        self.finance_officer().opens(&asked).ok()
    }

    pub fn application(&self, application: &Value) -> Value {
        self.auditor().sees(&at("applications", application))
    }
}

pub trait Allots {
    fn asks_opening(&self) -> Response;
    fn opens(&self, opening: &Value) -> Response;
    fn drafts_run(&self) -> Response;
    fn concurs_in(&self, run: &Value) -> Response;
    fn publishes_run(&self, run: &Value) -> Response;
    fn withdraws(&self, run: &Value) -> Response;
    fn surrenders(&self, application: &Value) -> Response;
}

impl Allots for Person {
    fn asks_opening(&self) -> Response {
        self.post(&format!("/schemes/{SCHEME}/bid-openings"), None, &json!({})).unwrap()
    }
    fn opens(&self, opening: &Value) -> Response {
        self.does(&format!("{}/opening", at("bid-openings", opening)), opening, json!({}))
    }
    fn drafts_run(&self) -> Response {
        self.post("/allocations", None, &json!({ "scheme_code": SCHEME })).unwrap()
    }
    fn concurs_in(&self, run: &Value) -> Response {
        self.does(&format!("{}/concurrence", at("allocations", run)), run, json!({ "note": "computed again" }))
    }
    fn publishes_run(&self, run: &Value) -> Response {
        self.does(&format!("{}/publication", at("allocations", run)), run, json!({ "note": "by order" }))
    }
    fn withdraws(&self, run: &Value) -> Response {
        self.does(&format!("{}/withdrawal", at("allocations", run)), run, json!({ "reason": "bids changed" }))
    }
    fn surrenders(&self, application: &Value) -> Response {
        let body = json!({ "reason": "the partner left" });
        self.does(&format!("{}/surrender", at("applications", application)), application, body)
    }
}

/// `organisation outcome capacity` of the list in the order of the ranks.
fn listed(run: &Value) -> Vec<String> {
    let line = |one: &Value| {
        let name = one["organisation"].as_str().unwrap().replace("Sample ", "").replace(" Ltd", "");
        format!("{name} {} {}", one["outcome"].as_str().unwrap(), one["capacity_mtpa"])
    };
    run["list"].as_array().unwrap().iter().map(line).collect()
}

#[apply(on_both!)]
fn three_people_publish_a_run_and_awards_follow_it(app: App) {
    let (app, bids) = App::three_bids(app.engine);
    let authority = app.competent_authority();
    says(&authority.awards(&bids[0], 1_200).refused(409, "not_allotted"), "it has no place in one");
    let before = app.audit_length();
    let drafted = app.section_officer().drafts_run().ok();
    assert_eq!(
        (drafted["number"].as_str(), drafted["status"].as_str()),
        (Some("NDFEB/2026-27/ALC/0001"), Some("draft"))
    );
    assert_eq!(listed(&drafted), ["lodestone allotted 1200", "magnetite allotted 700", "ferrite waiting 0"]);
    let twice = app.section_officer().drafts_run().refused(409, "already_exists");
    says(&twice, "allocation NDFEB/2026-27/ALC/0001, which is draft");
    authority.awards(&bids[0], 1_200).refused(409, "not_allotted");
    authority.publishes_run(&drafted).refused(409, "wrong_state");
    let concurred = app.finance_officer().concurs_in(&drafted).ok();
    app.finance_officer().concurs_in(&concurred).refused(409, "wrong_state");
    authority.publishes_run(&drafted).refused(412, "stale_version");
    let published = authority.publishes_run(&concurred).ok();
    assert_eq!((&published["digest"], &published["statement"]), (&drafted["digest"], &drafted["statement"]));
    let acts = app.audit_behind(before);
    let acts: Vec<&String> = acts.iter().filter(|act| act.contains("allocation") && act.contains("done")).collect();
    assert_eq!(acts, ["draft_allocation done", "concur_allocation done", "publish_allocation done"]);
    authority.withdraws(&published).refused(409, "wrong_state");

    authority.awards(&bids[0], 1_200).refused(412, "stale_version");
    let bids = bids.map(|bid| app.application(&bid));
    let place = &bids[1]["place"];
    assert_eq!(
        (&place["rank"], &place["outcome"], &place["capacity_mtpa"]),
        (&json!(2), &json!("allotted"), &json!(700))
    );
    assert_eq!((&bids[0]["place"]["oxide_supply"], &place["oxide_supply"]), (&json!(true), &json!(false)));
    assert_eq!(bids[2]["place"]["waiting_place"], 1);
    assert_eq!(bids[2]["place"]["reason"]["code"], "beneficiaries_reached");
    says(&authority.awards(&bids[0], 1_100).refused(409, "not_allotted"), "its place is: allotted, 1200 MTPA");
    says(&authority.awards(&bids[2], 600).refused(409, "not_allotted"), "its place is: waiting");
    let award = authority.awards(&bids[0], 1_200).ok();
    assert_eq!((&award["capacity_mtpa"], &award["rate_paise_per_kg"]), (&json!(1_200), &json!(150_000)));
    let second = authority.awards(&bids[1], 700).ok();
    assert_eq!(second["ceilings"][1]["amount_paise"], 700 * 5_000 * 160_000_i64);
    app.must_verify();
}

#[apply(on_both!)]
fn nobody_takes_two_steps_on_a_run_or_one_on_a_bid_they_scrutinised(app: App) {
    let (app, _) = App::three_bids(app.engine);
    let all = ["section_officer", "finance_officer", "competent_authority"];
    let (one, two) = (app.person("one-of-all", &all, None), app.person("two-of-all", &all, None));
    let drafted = one.drafts_run().ok();
    says(&one.concurs_in(&drafted).refused(409, "same_person"), "you already did 'prepare'");
    let concurred = two.concurs_in(&drafted).ok();
    says(&two.publishes_run(&concurred).refused(409, "same_person"), "you already did 'concur'");
    says(&one.publishes_run(&concurred).refused(409, "same_person"), "you already did 'prepare'");
    for (person, step) in [(app.section_officer(), "section"), (app.verifier(), "verifier")] {
        assert_eq!(person.publishes_run(&concurred).status, 403, "{step}");
    }
    one.withdraws(&concurred).ok();
    // The verifier of the bids gets an office and is still kept out of the run.
    let verifier = app.verifier();
    let users = app.administrator().sees("/users");
    let row = users["data"].as_array().unwrap().iter().find(|user| user["email"] == json!(verifier.email)).unwrap();
    let roles = json!({ "name": row["name"], "roles": ["verifier", "section_officer"], "organisation_id": null, "disabled": false });
    app.administrator().put(&at("users", row), version(row).unwrap(), &roles).unwrap().ok();
    says(&verifier.drafts_run().refused(409, "same_person"), "you already did 'verify'");
    app.must_verify();
}

#[apply(on_both!)]
fn a_run_whose_bids_or_room_have_changed_is_not_published(app: App) {
    let (app, bids, _) = App::published(app.engine);
    let drafted = app.section_officer().drafts_run().ok();
    assert_eq!(listed(&drafted)[..2], ["lodestone allotted 1200", "magnetite allotted 700"], "what stands is kept");
    app.signatory_of("lodestone").surrenders(&bids[0]).ok();
    let content = app.content();
    let refused = app.finance_officer().concurs_in(&drafted).refused(409, "allocation_changed");
    says(&refused, drafted["digest"].as_str().unwrap());
    app.competent_authority().publishes_run(&drafted).refused(409, "wrong_state");
    assert_eq!(app.content(), content);
    let withdrawn = app.section_officer().withdraws(&drafted).ok();
    assert_eq!((&withdrawn["status"], &withdrawn["withdrawal"]["note"]), (&json!("withdrawn"), &json!("bids changed")));
    let again = app.section_officer().drafts_run().ok();
    assert_ne!(again["digest"], drafted["digest"]);
    // An award between concurrence and publication also changes the facts on which the run is based.
    let concurred = app.finance_officer().concurs_in(&again).ok();
    app.competent_authority().awards(&bids[1], 700).ok();
    app.competent_authority().publishes_run(&concurred).refused(409, "allocation_changed");
    app.must_verify();
}

#[apply(on_both!)]
fn what_is_surrendered_is_allotted_again(app: App) {
    let (app, bids, first) = App::published(app.engine);
    app.preparer_of("lodestone")
        .post(&format!("{}/surrender", at("applications", &bids[0])), Some(1), &json!({ "reason": "x" }))
        .unwrap()
        .refused(403, "not_permitted");
    app.signatory_of("ferrite").surrenders(&bids[0]).refused(404, "not_found");
    says(&app.signatory_of("ferrite").surrenders(&bids[2]).refused(409, "not_allotted"), "its place is: waiting");
    let signatory = app.signatory_of("lodestone");
    let given_back = signatory.surrenders(&bids[0]).ok();
    assert_eq!(
        (&given_back["place"]["outcome"], &given_back["place"]["surrender"]["reason"]),
        (&json!("surrendered"), &json!("the partner left"))
    );
    signatory.surrenders(&given_back).refused(409, "not_allotted");
    app.competent_authority().awards(&given_back, 1_200).refused(409, "not_allotted");
    let second = app.publishes();
    assert_eq!((&second["follows"], &second["statement"]["follows"]["digest"]), (&first["id"], &first["digest"]));
    assert_eq!(listed(&second), ["magnetite allotted 1200", "ferrite allotted 600", "lodestone surrendered 0"]);
    assert_eq!(app.application(&bids[0])["place"], given_back["place"], "it stays as it was left");
    let raised = app.application(&bids[1]);
    assert_eq!(raised["place"]["allocation_id"], second["id"]);
    app.competent_authority().awards(&raised, 1_200).ok();
    let awarded = app.application(&bids[1]);
    app.signatory_of("magnetite").surrenders(&awarded).refused(409, "wrong_state");
    app.competent_authority().awards(&app.application(&bids[2]), 600).ok();
    says(&app.section_officer().drafts_run().refused(409, "nothing_to_allot"), "no eligible application");
    app.must_verify();
}

#[apply(on_both!)]
fn nobody_sees_a_bid_of_another_before_it_is_published(app: App) {
    let (app, bids) = App::three_bids(app.engine);
    let drafted = app.section_officer().drafts_run().ok();
    let makers: Vec<Arc<Person>> =
        vec![app.preparer_of("ferrite"), app.signatory_of("lodestone"), app.person("homeless", &["preparer"], None)];
    let hidden = |status: &str| {
        for person in &makers {
            person.get(&at("allocations", &drafted)).unwrap().refused(404, "not_found");
            assert_eq!(person.sees("/allocations")["data"], json!([]), "{status}");
        }
    };
    hidden("draft");
    let concurred = app.finance_officer().concurs_in(&drafted).ok();
    hidden("concurred");
    assert_eq!(makers[0].sees(&at("applications", &bids[2]))["place"], Value::Null);
    app.competent_authority().publishes_run(&concurred).ok();
    for person in &makers {
        let seen = person.sees(&at("allocations", &drafted));
        assert_eq!(listed(&seen), ["lodestone allotted 1200", "magnetite allotted 700", "ferrite waiting 0"]);
        assert_eq!((&seen["list"][1]["rate_paise_per_kg"], &seen["statement"]), (&json!(160_000), &Value::Null));
        // What is published has the figures that decided, and nothing that somebody wrote.
        let text = person.get("/allocations").unwrap().text();
        for word in ["scrutinised_by", "\"source\"", "\"detail\"", "\"facts\""] {
            assert!(!text.contains(word), "{word}");
        }
    }
    makers[0].get(&at("applications", &bids[0])).unwrap().refused(404, "not_found");
    let own = makers[0].sees(&at("applications", &bids[2]));
    assert_eq!((&own["place"]["rank"], &own["place"]["rate_paise_per_kg"]), (&json!(3), &json!(170_000)));
    assert!(own["place"]["reason"]["detail"].as_str().unwrap().contains("all places"));
    for person in [app.auditor(), app.verifier(), app.section_officer()] {
        assert!(
            person.sees(&at("allocations", &drafted))["statement"]["results"][0]["bid"]["net_worth_paise"].is_i64()
        );
    }
}

#[apply(on_both!)]
fn bids_compete_once_all_of_them_are_decided(app: App) {
    let app = App::competing(app.engine);
    let bid = app.bids("lodestone", 1_200, 1_500, None);
    let section = app.section_officer();
    says(&section.drafts_run().refused(409, "bids_open"), "a window is open until 2026-05-01");
    app.set_clock("2026-05-02T06:30:00Z");
    says(&section.drafts_run().refused(409, "bids_open"), "NDFEB/2026-27/APP/0001 waits for its scrutiny");
    let decided = app.verifier().scrutinises(&bid, false).ok();
    assert_eq!(decided["status"], "not_eligible");
    section.drafts_run().refused(409, "nothing_to_allot");
    section
        .post("/allocations", None, &json!({ "scheme_code": SCHEME, "scheme_version": 9 }))
        .unwrap()
        .refused(404, "not_found");
    for person in [app.finance_officer(), app.competent_authority(), app.verifier(), app.scheme_administrator()] {
        person.drafts_run().refused(403, "not_permitted");
    }
}

#[apply(on_both!)]
fn bids_under_one_version_compete(app: App) {
    let (mut app, bids, _) = App::published(app.engine);
    let amended = small(2).replacen("\"2025-07-11\"", "\"2026-05-02\"", 1);
    std::fs::write(app.config.schemes.folder.join("amended.toml"), amended).unwrap();
    app.serve(false);
    let section = app.section_officer();
    let told = section.drafts_run().refused(409, "bids_open");
    says(&told, "NDFEB/2026-27/APP/0001 has an allotment under version 1");
    for (maker, bid, capacity) in [("lodestone", &bids[0], 1_200), ("magnetite", &bids[1], 700)] {
        app.signatory_of(maker).get("/me").unwrap().ok();
        app.competent_authority().awards(bid, capacity).ok();
    }
    section.drafts_run().refused(409, "nothing_to_allot");
    let old = json!({ "scheme_code": SCHEME, "scheme_version": 1 });
    let run = section.post("/allocations", None, &old).unwrap().ok();
    assert_eq!(listed(&run), ["lodestone awarded 1200", "magnetite awarded 700", "ferrite waiting 0"]);
    assert_eq!(run["statement"]["results"][2]["reason"]["code"], "beneficiaries_reached");
    app.must_verify();
}

#[apply(on_both!)]
fn a_scheme_without_the_section_awards_without_competition(app: App) {
    app.window_is_open();
    app.section_officer().drafts_run().refused(409, "not_in_scheme");
    let preparer = app.preparer();
    let mut form = app.good_form(&preparer, 900);
    let plain = preparer.drafts(&form).ok();
    assert!(plain["form"].get("least_capacity_mtpa").is_none(), "a form without it keeps its bytes");
    for wrong in [0, -1, 901] {
        form["least_capacity_mtpa"] = json!(wrong);
        let refused = app.preparer_of("magnetite").drafts(&form).refused(422, "invalid_fields");
        assert_eq!(refused["errors"][0]["pointer"], "/form/least_capacity_mtpa", "{wrong}");
    }
    let submitted = app.signatory().submits(&plain).ok();
    let eligible = app.verifier().scrutinises(&submitted, true).ok();
    assert_eq!(eligible["place"], Value::Null);
    app.signatory().surrenders(&eligible).refused(409, "not_allotted");
    app.competent_authority().awards(&eligible, 900).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn a_changed_allocation_or_place_is_found_and_named(app: App) {
    let (app, bids, run) = App::published(app.engine);
    app.must_verify();
    let fault = |app: &App| app.verify().fault.unwrap_or_default();
    let id = bids[2]["id"].as_str().unwrap();
    let kept = app.values(&format!("SELECT place AS value FROM applications WHERE id = '{id}'"))[0].replace('\'', "''");
    app.sql(&format!(
        "UPDATE applications SET place = REPLACE(place, '\"waiting\"', '\"allotted\"') WHERE id = '{id}'"
    ));
    assert!(fault(&app).starts_with("application NDFEB/2026-27/APP/0003: its place is"), "{}", fault(&app));
    app.sql(&format!("UPDATE applications SET place = NULL WHERE id = '{id}'"));
    assert!(fault(&app).contains("APP/0003: its place is null"), "{}", fault(&app));
    app.sql(&format!("UPDATE applications SET place = '{kept}' WHERE id = '{id}'"));
    app.must_verify();
    // A published run cannot be changed or deleted by mistake.
    let run_id = run["id"].as_str().unwrap();
    assert!(app.try_sql(&format!("UPDATE allocations SET digest = digest WHERE id = '{run_id}'")).is_err());
    assert!(app.try_sql("DELETE FROM allocations").is_err());
    app.signatory_of("lodestone").surrenders(&bids[0]).ok();
    app.must_verify();
    let draft = app.section_officer().drafts_run().ok();
    let draft_id = draft["id"].as_str().unwrap();
    let change =
        format!("UPDATE allocations SET statement = REPLACE(statement, '170000', '170001') WHERE id = '{draft_id}'");
    let back = change.replace("'170000', '170001'", "'170001', '170000'");
    let which = format!("id = '{draft_id}'");
    let found = must_name(&app, (&change, &back), ("allocations", &which), "statement");
    let said = "allocation NDFEB/2026-27/ALC/0002: its statement does not follow from its bids and capacity";
    assert!(found.starts_with(said), "{found}");
    let by =
        format!("UPDATE allocations SET drafted_by = (SELECT id FROM users WHERE email LIKE 'finance%') WHERE {which}");
    names(&app, &by, ("allocations", &which), "drafted_by");
}

/// With keys in order and no spaces, as `jq -cS` writes it.
#[apply(on_both!)]
fn the_digest_is_that_of_what_is_published(app: App) {
    use sha2::{Digest, Sha256};
    let (app, _, run) = App::published(app.engine);
    let seen = app.auditor().sees(&at("allocations", &run));
    // The parser of these tests keeps keys in order and knows whole numbers only.
    let text = seen["published"].to_string();
    assert!(text.starts_with("{\"follows\":null,\"limits\":{"), "{text:.60}");
    let digest: String = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(seen["digest"], digest);
}
