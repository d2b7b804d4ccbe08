//! Versions of schemes written here: drafted by one person, published by another, on an impact
//! sheet that both can read; the past stays, and what an award would lose needs its own instrument.

use crate::app::App;
use crate::people::{Answered, CRORE, SCHEME, Verbs, at, says};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

crate::on_both!(
    one_person_drafts_and_another_publishes,
    what_is_wrong_with_a_text_is_told_by_key_and_line,
    the_past_is_not_changed,
    a_version_is_known_after_a_restart_and_to_other_processes,
    a_number_is_published_once,
    a_new_scheme_is_published_with_its_outlay,
    an_impact_sheet_tells_who_loses_what_to_the_paisa,
    ceilings_move_and_claims_that_are_submitted_stay,
    what_worsens_an_award_needs_its_own_instrument,
    a_sheet_that_changed_since_is_not_published_on,
    a_changed_version_or_draft_is_found_and_named,
);
crate::plain!();

const THIRD: &str = include_str!("../../config/schemes/ndfeb-2025-proposal-3.toml");
const SALES: &str = "sales_linked_incentive";

/// The text of a version after the third, in which claims follow the version in force on their day.
fn text(version: i64, from: &str) -> String {
    THIRD
        .replacen("version = 3", &format!("version = {version}"), 1)
        .replacen("\"2026-10-01\"", &format!("\"{from}\""), 1)
        .replacen("claim = \"award\"", "claim = \"date_of_claim\"", 1)
}

/// The same with another text in one place.
fn text_with(version: i64, from: &str, old: &str, new: &str) -> String {
    let text = text(version, from);
    let changed = text.replacen(old, new, 1);
    assert_ne!(changed, text, "{old}");
    changed
}

fn half_turnover(version: i64) -> String {
    text_with(version, "2027-04-01", "[figures.turnover_share]\nvalue = 4000", "[figures.turnover_share]\nvalue = 2000")
}

trait Legislates {
    fn drafts_scheme(&self, text: &str) -> Response;
    fn impact(&self, draft: &Value) -> Value;
    fn publishes(&self, draft: &Value) -> Response;
    fn gives_up(&self, draft: &Value) -> Response;
    fn proposes_instrument(&self, draft: &Value) -> Response;
    fn approves_instrument(&self, draft: &Value) -> Response;
}

impl Legislates for Person {
    fn drafts_scheme(&self, text: &str) -> Response {
        self.post("/scheme-drafts", None, &json!({ "text": text })).unwrap()
    }
    fn impact(&self, draft: &Value) -> Value {
        self.sees(&format!("{}/impact", at("scheme-drafts", draft)))
    }
    fn publishes(&self, draft: &Value) -> Response {
        let body = json!({ "impact_digest": self.impact(draft)["digest"] });
        self.does(&format!("{}/publication", at("scheme-drafts", draft)), draft, body)
    }
    fn gives_up(&self, draft: &Value) -> Response {
        let body = json!({ "reason": "not needed" });
        self.does(&format!("{}/withdrawal", at("scheme-drafts", draft)), draft, body)
    }
    fn proposes_instrument(&self, draft: &Value) -> Response {
        let digest = &self.impact(draft)["digest"];
        let body =
            json!({ "reference": "Sample order 7 of 2027", "reason": "the outlay is short", "impact_digest": digest });
        self.does(&format!("{}/instrument", at("scheme-drafts", draft)), draft, body)
    }
    fn approves_instrument(&self, draft: &Value) -> Response {
        let body = json!({ "note": "approved on file", "impact_digest": self.impact(draft)["digest"] });
        self.does(&format!("{}/instrument/approval", at("scheme-drafts", draft)), draft, body)
    }
}

impl App {
    /// Drafted by one scheme administrator and published by the other.
    fn legislated(&self, text: &str) -> Value {
        let draft = self.scheme_administrator().drafts_scheme(text).ok();
        self.other_scheme_administrator().publishes(&draft).ok()
    }

    fn newest(&self) -> i64 {
        let list = self.anybody("GET", &format!("/api/v1/schemes/{SCHEME}/versions"), None).ok();
        list["data"].as_array().unwrap().last().unwrap()["version"].as_i64().unwrap()
    }

    /// An award of 500 MTPA of each maker under version 4, commissioned on 2 November 2026; it is
    /// the end of the year.
    fn under_the_fourth(&self, makers: &[&str]) -> Vec<Value> {
        self.set_clock("2026-11-02T06:30:00Z");
        self.legislated(&text(4, "2026-11-02"));
        self.scheme_administrator().opens_window("2026-11-01", "2026-12-31").ok();
        self.provided(SALES, "2026-27", 200 * CRORE);
        let award = |maker: &&str| {
            let award = self.awarded(maker, 500);
            assert_eq!(award["scheme_version"], 4);
            self.reached(maker, &award, "commissioning", "2026-11-02");
            award
        };
        let awards = makers.iter().map(award).collect();
        self.set_clock("2027-03-31T06:30:00Z");
        awards
    }

    /// A draft of a claim: 100,000 kg at Rs 6,000, for which the rate gives Rs 16 crore.
    fn drafted_claim(&self, maker: &str, award: &Value) -> Value {
        let sales = crate::people::Sales {
            days: ("2026-12-01", "2027-03-30"),
            kg: 100_000,
            turnover_paise: 60 * CRORE,
            claimed_paise: 150 * CRORE,
        };
        self.preparer_of(maker).claims(award, &self.sales_form(maker, sales)).ok()
    }
}

fn one_person_drafts_and_another_publishes(app: App) {
    app.set_clock("2026-11-02T06:30:00Z");
    let (one, other) = (app.scheme_administrator(), app.other_scheme_administrator());
    let draft = one.drafts_scheme(&half_turnover(4)).ok();
    assert_eq!((&draft["status"], &draft["scheme_version"]), (&json!("draft"), &json!(4)));
    assert_eq!(app.newest(), 3);
    one.publishes(&draft).refused(409, "same_person");
    assert_eq!(app.newest(), 3);
    let published = other.publishes(&draft).ok();
    assert_eq!(published["status"], "published");
    assert_eq!(app.newest(), 4);
    other.publishes(&published).refused(409, "wrong_state");
    one.gives_up(&published).refused(409, "wrong_state");

    let versions = app.anybody("GET", &format!("/api/v1/schemes/{SCHEME}/versions"), None).ok();
    let versions = versions["data"].as_array().unwrap();
    assert_eq!(versions.len(), 4);
    let (third, fourth) = (&versions[2], &versions[3]);
    assert_eq!(
        (&fourth["drafted_by"], &fourth["published_by"]),
        (&draft["drafted_by"], &published["publication"]["taken_by"])
    );
    assert_eq!(
        (&third["drafted_by"], &third["author"]),
        (&Value::Null, &json!("Sample programme division of the ministry"))
    );
    assert_eq!((&fourth["digest"], &fourth["effective_from"]), (&draft["digest"], &json!("2027-04-01")));
    assert_eq!(fourth["published_at"], "2026-11-02T06:30:00.000000Z");
    let file = app.anybody("GET", &format!("/api/v1/schemes/{SCHEME}/versions/4"), None).ok();
    assert_eq!(file["text"], half_turnover(4));
    let changes: Vec<String> = file["difference"]
        .as_array()
        .unwrap()
        .iter()
        .map(|leaf| format!("{} {} {}", leaf["key"].as_str().unwrap(), leaf["before"], leaf["after"]))
        .collect();
    let expected = [
        "effective_from \"2026-10-01\" \"2027-04-01\"",
        "figures.turnover_share.value 4000 2000",
        "governed_by.claim \"award\" \"date_of_claim\"",
        "version 3 4",
    ];
    assert_eq!(changes, expected);
    app.anybody("GET", &format!("/api/v1/schemes/{SCHEME}/versions/5"), None).refused(404, "not_found");
    app.anybody("GET", "/api/v1/schemes/nothing/versions", None).refused(404, "not_found");

    // Either may give a draft up.
    for person in [&one, &other] {
        let draft = one.drafts_scheme(&half_turnover(5)).ok();
        assert_eq!(person.gives_up(&draft).ok()["status"], "withdrawn");
    }
    assert_eq!(app.newest(), 4);
    app.must_verify();
}

fn what_is_wrong_with_a_text_is_told_by_key_and_line(app: App) {
    let before = app.content();
    let one = app.scheme_administrator();
    let wrong = |text: &str, part: &str| {
        let problem = one.drafts_scheme(text).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/text");
        says(&problem, part);
    };
    let changed = |old: &str, new: &str| text_with(4, "2026-11-02", old, new);
    wrong(&changed("number_prefix", "number_suffix"), "number_suffix");
    wrong(
        &changed("outlay_capital_subsidy * capacity", "outlay_capital_subsidy * capacitor"),
        "key 'award_ceilings.0.amount_paise'",
    );
    wrong(&changed("counted_kg * min", "counted_kg * * min"), "line ");
    wrong(&changed("published_by = \"Sample integrated finance", "published_by = \"Sample programme"), "two different");
    wrong("", "missing field");
    wrong("x = [", "line 1");
    wrong(&format!("{}\n# {}", text(4, "2026-11-02"), "x".repeat(262_144)), "at most 262144 bytes");
    wrong(&"[".repeat(100_000), "");
    let mut after = app.content();
    for table in ["users", "sessions", "refresh_tokens"] {
        after.insert(table.to_owned(), before.get(table).cloned().unwrap_or_default());
    }
    assert_eq!(after["scheme_drafts"], before["scheme_drafts"]);
    assert_eq!(after["schemes"], before["schemes"]);
}

fn the_past_is_not_changed(app: App) {
    app.set_clock("2026-11-02T06:30:00Z");
    let one = app.scheme_administrator();
    let refused = |text: &str, part: &str| says(&one.drafts_scheme(text).refused(409, "version_not_allowed"), part);
    refused(&text(3, "2026-11-02"), "the next one is 4");
    refused(&text(5, "2026-11-02"), "the next one is 4");
    refused(&text(4, "2026-11-01"), "before today");
    refused(&text_with(4, "2026-11-02", "\"NDFEB\"", "\"OTHER\""), "number_prefix");
    let outlay = text_with(4, "2026-11-02", "1200_00_00_000", "1201_00_00_000").replacen("1345_", "1346_", 1);
    refused(&outlay, "budget instrument");
    refused(
        &text_with(1, "2026-11-02", "ndfeb-2025-proposal", "another").replacen("version = 1", "version = 2", 1),
        "the next one is 1",
    );

    // What was allowed when it was drafted must still be so when it is published.
    let draft = one.drafts_scheme(&text(4, "2026-11-02")).ok();
    app.set_clock("2026-11-03T06:30:00Z");
    let late = app.other_scheme_administrator().publishes(&draft).refused(409, "version_not_allowed");
    says(&late, "it begins on 2026-11-02, before today, 2026-11-03");
    app.legislated(&text(4, "2026-12-01"));
    refused(&text(5, "2026-11-30"), "before version 4");
    assert_eq!(app.newest(), 4);
    app.must_verify();
}

fn a_version_is_known_after_a_restart_and_to_other_processes(mut app: App) {
    app.set_clock("2026-11-02T06:30:00Z");
    let other = App::start_with(app.engine, |config| *config = app.config.clone());
    other.set_clock("2026-11-02T06:30:00Z");
    assert_eq!((app.newest(), other.newest()), (3, 3));
    app.legislated(&text(4, "2026-11-02"));
    assert_eq!((app.newest(), other.newest()), (4, 4));
    // It knows it for what it writes, too.
    let known = app.scheme_administrator();
    let there = Person::new(&other.client, known.email.clone(), known.password.clone());
    says(&there.drafts_scheme(&text(4, "2026-11-02")).refused(409, "version_not_allowed"), "the next one is 5");
    let draft = there.drafts_scheme(&half_turnover(5)).ok();
    app.other_scheme_administrator().publishes(&draft).ok();
    assert_eq!((app.newest(), other.newest()), (5, 5));
    drop(other);
    app.serve(false);
    assert_eq!(app.newest(), 5);
    let award = app.scheme_administrator().opens_window("2026-11-01", "2026-12-31").ok();
    assert_eq!(award["scheme_code"], SCHEME);
    assert_eq!(app.awarded("lodestone", 500)["scheme_version"], 4);
    app.must_verify();
}

fn a_number_is_published_once(app: App) {
    app.set_clock("2026-11-02T06:30:00Z");
    let drafts =
        [text(4, "2026-11-02"), half_turnover(4)].map(|text| app.scheme_administrator().drafts_scheme(&text).ok());
    let publisher = app.other_scheme_administrator();
    publisher.get("/me").unwrap();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = drafts.iter().map(|draft| scope.spawn(|| publisher.publishes(draft).status)).collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let mut sorted = statuses.clone();
    sorted.sort();
    assert_eq!(sorted, [200, 409], "{statuses:?}");
    let left = drafts.iter().zip(&statuses).find(|(_, status)| **status == 409).unwrap().0;
    says(&publisher.publishes(left).refused(409, "version_not_allowed"), "the next one is 5");
    assert_eq!(app.newest(), 4);
    app.must_verify();
}

fn a_new_scheme_is_published_with_its_outlay(app: App) {
    let first = text(1, "2026-11-02").replacen("code = \"ndfeb-2025-proposal\"", "code = \"sample-scheme\"", 1);
    let changes = first.find("changes = [").unwrap()..first.find("]\n\n[outlay]").unwrap() + 2;
    let first = format!("{}{}", &first[..changes.start], &first[changes.end..]);
    let one = app.scheme_administrator();
    says(&one.drafts_scheme(&first).refused(409, "version_not_allowed"), "number_prefix NDFEB");
    let draft = one.drafts_scheme(&first.replacen("\"NDFEB\"", "\"SAMPLE\"", 1)).ok();
    let answer = app.other_scheme_administrator().publishes(&draft);
    let outlay: i64 = answer.balances().values().sum();
    assert_eq!(outlay, 2 * 1_345 * CRORE, "authorised, and available");
    let budget = app.auditor().sees("/budget")["data"].clone();
    let available: i64 = budget
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["scheme_code"] == "sample-scheme" && row["level"] == "component")
        .map(|row| row["available_paise"].as_i64().unwrap())
        .sum();
    assert_eq!(available, 1_345 * CRORE);
    app.must_verify();
}

/// One line of a sheet's awards: what the ceilings and claims lose, and the largest fall of a model claim.
fn losses(sheet: &Value) -> Vec<(String, i64, i64, i64)> {
    let loss = |all: &Value| -> Vec<i64> {
        all.as_array().unwrap().iter().map(|one| one["loss_paise"].as_i64().unwrap()).collect()
    };
    let line = |award: &Value| {
        let number = award["award"].as_str().unwrap().to_owned();
        let (ceilings, claims) = (loss(&award["ceilings"]).iter().sum(), loss(&award["claims"]).iter().sum());
        (number, ceilings, claims, loss(&award["model_claims"]).into_iter().max().unwrap())
    };
    sheet["sheet"]["awards"].as_array().unwrap().iter().map(line).collect()
}

fn an_impact_sheet_tells_who_loses_what_to_the_paisa(app: App) {
    let awards = app.under_the_fourth(&["lodestone", "ferrite"]);
    let claim = app.drafted_claim("lodestone", &awards[0]);
    let draft = app.scheme_administrator().drafts_scheme(&half_turnover(5)).ok();
    let sheet = app.scheme_administrator().impact(&draft);
    // Rs 60 crore of turnover: 40 % leaves the rate to bind at Rs 16 crore; 20 % are Rs 12 crore.
    // A full year of 500,000 kg at Rs 4,000 falls from Rs 80 crore to Rs 40 crore.
    let number = |award: &Value| award["number"].as_str().unwrap().to_owned();
    let expected = vec![(number(&awards[0]), 0, 4 * CRORE, 40 * CRORE), (number(&awards[1]), 0, 0, 40 * CRORE)];
    assert_eq!(losses(&sheet), expected);
    assert_eq!(sheet["worsened"], json!([awards[0]["number"], awards[1]["number"]]));
    let of_claim = &sheet["sheet"]["awards"][0]["claims"][0];
    assert_eq!((&of_claim["before_paise"], &of_claim["after_paise"]), (&json!(16 * CRORE), &json!(12 * CRORE)));
    assert_eq!((&of_claim["version_before"], &of_claim["version_after"]), (&json!(4), &json!(5)));
    // A draft of a claim exists for its organisation alone: which one it is, is not told.
    assert_eq!((&of_claim["claim_id"], &of_claim["number"]), (&Value::Null, &Value::Null));
    assert!(!sheet.to_string().contains(claim["id"].as_str().unwrap()));
    let organisations = sheet["sheet"]["organisations"].as_array().unwrap();
    let told: Vec<_> = organisations
        .iter()
        .map(|one| (one["organisation"].as_str().unwrap(), one["claims"]["loss_paise"].as_i64().unwrap()))
        .collect();
    assert_eq!(told, [("Sample lodestone Ltd", 4 * CRORE), ("Sample ferrite Ltd", 0)]);
    assert_eq!(
        (&sheet["sheet"]["claims"]["loss_paise"], &sheet["sheet"]["awards_untouched"]),
        (&json!(4 * CRORE), &json!(0))
    );

    // What the sheet says comes: the same claim, asked for under the new version.
    let instrument = app.scheme_administrator().proposes_instrument(&draft).ok();
    let approved = app.competent_authority().approves_instrument(&instrument).ok();
    app.other_scheme_administrator().publishes(&approved).ok();
    app.set_clock("2027-04-01T06:30:00Z");
    app.provided(SALES, "2027-28", 200 * CRORE);
    let submitted = app.signatory_of("lodestone").submits_claim(&claim).ok();
    assert_eq!(submitted["scheme_version"], 5);
    let verified = app.verifier().verifies(&submitted).ok();
    assert_eq!(verified["entitlement_paise"], 12 * CRORE);
    app.must_verify();
}

fn ceilings_move_and_claims_that_are_submitted_stay(app: App) {
    let awards = app.under_the_fourth(&["lodestone"]);
    let claim = app.drafted_claim("lodestone", &awards[0]);
    app.signatory_of("lodestone").submits_claim(&claim).ok();
    let lower = text_with(5, "2027-04-01", "rate_ceiling_per_kg]\nvalue = 1600", "rate_ceiling_per_kg]\nvalue = 1500")
        .replacen("incentive_years * rate\"", "incentive_years * min(rate, rate_ceiling_per_kg)\"", 1);
    let draft = app.scheme_administrator().drafts_scheme(&lower).ok();
    let sheet = app.auditor().impact(&draft);
    // 500 t x 5 years x Rs 100; a full year loses 500,000 kg x Rs 100.
    let number = awards[0]["number"].as_str().unwrap().to_owned();
    assert_eq!(losses(&sheet), [(number, 25 * CRORE, 0, 5 * CRORE)]);
    let of_claim = &sheet["sheet"]["awards"][0]["claims"][0];
    assert_eq!((&of_claim["status"], &of_claim["version_after"]), (&json!("submitted"), &json!(4)));
    assert_eq!((&of_claim["before_paise"], &of_claim["after_paise"]), (&json!(16 * CRORE), &json!(16 * CRORE)));
    assert!(of_claim["number"].is_string());
    // A version that gives more has no loser, and needs no second instrument.
    let more =
        text_with(5, "2027-04-01", "[figures.turnover_share]\nvalue = 4000", "[figures.turnover_share]\nvalue = 5000");
    let draft = app.scheme_administrator().drafts_scheme(&more).ok();
    assert_eq!(app.auditor().impact(&draft)["worsened"], json!([]));
    app.scheme_administrator().proposes_instrument(&draft).refused(409, "nothing_proposed");
    app.other_scheme_administrator().publishes(&draft).ok();
    app.must_verify();
}

fn what_worsens_an_award_needs_its_own_instrument(app: App) {
    let awards = app.under_the_fourth(&["lodestone"]);
    let (one, other) = (app.scheme_administrator(), app.other_scheme_administrator());
    let draft = one.drafts_scheme(&half_turnover(5)).ok();
    let number = awards[0]["number"].as_str().unwrap();
    says(&other.publishes(&draft).refused(409, "worsens_awards"), number);
    app.competent_authority().approves_instrument(&draft).refused(409, "nothing_proposed");
    // Proposed and not approved is not enough.
    let proposed = one.proposes_instrument(&draft).ok();
    other.publishes(&proposed).refused(409, "worsens_awards");
    one.approves_instrument(&proposed).refused(403, "not_permitted");
    let both = app.person("both", &["scheme_administrator", "competent_authority"], None);
    let approved = both.approves_instrument(&proposed).ok();
    both.approves_instrument(&approved).refused(409, "wrong_state");
    both.publishes(&approved).refused(409, "same_person");
    // One person does not propose and approve, nor write the draft and approve.
    let again = both.proposes_instrument(&approved).ok();
    both.approves_instrument(&again).refused(409, "same_person");
    let own = both.drafts_scheme(&half_turnover(5)).ok();
    let own = one.proposes_instrument(&own).ok();
    both.approves_instrument(&own).refused(409, "same_person");
    // A proposal made anew is not approved yet.
    other.publishes(&again).refused(409, "worsens_awards");
    let approved = app.competent_authority().approves_instrument(&again).ok();
    assert_eq!(other.publishes(&approved).ok()["status"], "published");
    assert_eq!(app.newest(), 5);
    app.must_verify();
}

fn a_sheet_that_changed_since_is_not_published_on(app: App) {
    let awards = app.under_the_fourth(&["lodestone"]);
    let (one, other) = (app.scheme_administrator(), app.other_scheme_administrator());
    let draft = one.drafts_scheme(&half_turnover(5)).ok();
    let proposed = one.proposes_instrument(&draft).ok();
    let approved = app.competent_authority().approves_instrument(&proposed).ok();
    let seen = other.impact(&approved)["digest"].clone();
    app.drafted_claim("lodestone", &awards[0]);
    let path = format!("{}/publication", at("scheme-drafts", &draft));
    let changed = other.does(&path, &approved, json!({ "impact_digest": seen }));
    says(&changed.refused(409, "impact_changed"), seen.as_str().unwrap());
    // The claim that came since loses more than the instrument covers.
    other.publishes(&approved).refused(409, "worsens_awards");
    let proposed = one.proposes_instrument(&approved).ok();
    let approved = app.competent_authority().approves_instrument(&proposed).ok();
    let published = other.publishes(&approved).ok();
    // The sheet on which it was published stays.
    let kept = one.impact(&published);
    assert_eq!(kept["digest"], published["publication"]["impact_digest"]);
    assert_eq!(losses(&kept)[0].2, 4 * CRORE);
    app.must_verify();
}

fn a_changed_version_or_draft_is_found_and_named(app: App) {
    app.set_clock("2026-11-02T06:30:00Z");
    app.legislated(&text(4, "2026-11-02"));
    let draft = app.scheme_administrator().drafts_scheme(&half_turnover(5)).ok();
    app.must_verify();
    app.try_sql("UPDATE schemes SET document = 'x'").unwrap_err();
    app.try_sql("DELETE FROM schemes").unwrap_err();
    app.try_sql("UPDATE scheme_drafts SET version = version + 1 WHERE status = 'published'").unwrap_err();
    app.try_sql("UPDATE scheme_drafts SET document = 'x'").unwrap_err();
    app.try_sql("DELETE FROM scheme_drafts").unwrap_err();
    let id = draft["id"].as_str().unwrap();
    let step = format!(
        r#"{{"note":"x","taken_by":"{}","taken_at":"2026-11-02T06:30:00.000000Z"}}"#,
        draft["drafted_by"].as_str().unwrap()
    );
    app.sql(&format!("UPDATE scheme_drafts SET status = 'withdrawn', withdrawal = '{step}' WHERE id = '{id}'"));
    let fault = app.verify().fault.unwrap();
    assert!(fault.starts_with("draft of ndfeb-2025-proposal version 5: its status"), "{fault}");
}
