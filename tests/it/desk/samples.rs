//! Samples: committed, frozen and drawn, in that order and once; and drawn again by a script that shares
//! no code with the service.

use crate::harness::app::App;
use crate::harness::disarm::{disarm, must_name};
use crate::harness::people::{Answered, Verbs, at, says};
use crate::harness::treasury_people::{EACH, TODAY};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::process::Command;
use std::sync::Arc;

const SHORT: &str = "too-short";
const SECRET: &str = "correct-horse-battery-staple-0001";

fn digest(seed: &str) -> String {
    Sha256::digest(seed.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub trait SampleVerbs {
    fn commits(&self, method: &str, size: i64, always_from: Option<i64>, filter: Value) -> Response;
    fn freezes(&self, sample: &Value) -> Response;
    fn draws(&self, sample: &Value, seed: &str) -> Response;
}

impl SampleVerbs for Person {
    fn commits(&self, method: &str, size: i64, always_from: Option<i64>, filter: Value) -> Response {
        let form = json!({
            "purpose": "Sample audit", "method": method, "sample_size": size, "always_from_paise": always_from,
            "filter": filter, "seed_digest": digest(SECRET),
        });
        self.post("/samples", None, &form).unwrap()
    }
    fn freezes(&self, sample: &Value) -> Response {
        self.does(&format!("{}/freeze", at("samples", sample)), sample, json!({}))
    }
    fn draws(&self, sample: &Value, seed: &str) -> Response {
        self.does(&format!("{}/draw", at("samples", sample)), sample, json!({ "seed": seed }))
    }
}

/// This many successful payments.
fn paid(app: &App, count: usize) -> Vec<Value> {
    let payments = app.advised_payments(count);
    let confirm = |(index, payment): (usize, &Value)| {
        app.disbursing_officer().confirms(payment, &format!("SBINR520260701{index:07}"), TODAY).ok()
    };
    payments.iter().enumerate().map(confirm).collect()
}

/// Every item behind a path, read page by page.
fn all(person: &Arc<Person>, path: &str) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = person.sees(&format!("{path}?limit=4{cursor}"));
        found.extend(page["data"].as_array().unwrap().clone());
        match page["page"]["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

/// The draw of `draw_sample.py`, which shares no code with the service.
fn drawn_again(sample: &Value, population: &[Value]) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.json");
    std::fs::write(&path, json!({ "sample": sample, "population": population }).to_string()).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/verifiers/draw_sample.py");
    let output = Command::new("python3").arg(script).arg(path).output().expect("python3 is needed for this test");
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout).unwrap());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The service's draw in the format of the script.
fn told(drawn: &[Value]) -> String {
    let text = |one: &Value, field: &str| one[field].as_str().unwrap().to_owned();
    let line = |one: &Value| {
        format!("{} {} {} {}\n", one["position"], text(one, "disbursement_id"), text(one, "reason"), one["hits"])
    };
    drawn.iter().map(line).collect()
}

#[apply(on_sqlite!)]
fn a_script_draws_the_same_sample(app: App) {
    paid(&app, 9);
    let (auditor, section) = (app.auditor(), app.section_officer());
    for (method, size, always) in [
        ("monetary_unit", 3, None),
        ("monetary_unit", 20, None),
        ("simple_random", 4, None),
        ("simple_random", 100, None),
        ("monetary_unit", 3, Some(EACH)),
        ("simple_random", 2, Some(EACH + 1)),
    ] {
        let committed = auditor.commits(method, size, always, json!({})).ok();
        let frozen = section.freezes(&committed).ok();
        assert_eq!((&frozen["population_count"], &frozen["population_paise"]), (&json!(9), &json!(9 * EACH)));
        let sample = auditor.draws(&frozen, SECRET).ok();
        let (population, drawn) = (
            all(&auditor, &format!("{}/population", at("samples", &sample))),
            all(&auditor, &format!("{}/drawn", at("samples", &sample))),
        );
        assert_eq!(population.len(), 9);
        assert_eq!(drawn_again(&sample, &population), Ok(told(&drawn)), "{method} {size}");
        assert_eq!(sample["drawn_count"], json!(drawn.len()));
        let hits: i64 = drawn.iter().map(|one| one["hits"].as_i64().unwrap()).sum();
        let expected = if always == Some(EACH) {
            9
        } else if method == "simple_random" {
            size.min(9)
        } else {
            size
        };
        assert_eq!(hits, expected, "{method} {size}");
        let mut other = population.clone();
        other[3]["amount_paise"] = json!(EACH + 1);
        assert!(drawn_again(&sample, &other).unwrap_err().contains("population"));
        let mut other = sample.clone();
        other["seed"] = json!("another-seed-altogether");
        assert!(drawn_again(&other, &population).unwrap_err().contains("seed"));
    }
    app.must_verify();
}

#[apply(on_both!)]
fn the_seed_comes_first_the_population_second_and_each_once(app: App) {
    paid(&app, 3);
    let (auditor, section) = (app.auditor(), app.section_officer());
    let committed = auditor.commits("simple_random", 1, None, json!({})).ok();
    assert_eq!((&committed["number"], &committed["status"]), (&json!("AUD/2026-27/SMP/0001"), &json!("committed")));
    assert_eq!((&committed["population_digest"], &committed["seed"]), (&Value::Null, &Value::Null));
    auditor.draws(&committed, SECRET).refused(409, "population_not_frozen");
    section.draws(&committed, SECRET).refused(403, "not_permitted");
    let before = app.audit_length();
    let frozen = section.freezes(&committed).ok();
    assert_eq!((&frozen["status"], &frozen["known_at"]), (&json!("frozen"), &json!(before)));
    section.freezes(&committed).refused(412, "stale_version");
    section.freezes(&frozen).refused(409, "wrong_state");
    auditor.draws(&frozen, "another-seed-altogether").refused(409, "seed_differs");
    auditor.draws(&frozen, SHORT).refused(422, "invalid_fields");
    let drawn = auditor.draws(&frozen, SECRET).ok();
    assert_eq!((&drawn["status"], &drawn["seed"], &drawn["drawn_count"]), (&json!("drawn"), &json!(SECRET), &json!(1)));
    auditor.draws(&drawn, SECRET).refused(409, "sample_drawn");
    section.freezes(&drawn).refused(409, "wrong_state");
    assert_eq!(app.finance_officer().sees("/samples")["data"], json!([drawn]));
    app.must_verify();
}

#[apply(on_both!)]
fn who_knows_the_seed_does_not_choose_the_moment(app: App) {
    paid(&app, 1);
    let committed = app.auditor().commits("simple_random", 1, None, json!({})).ok();
    let refused = app.auditor().freezes(&committed).refused(409, "same_person");
    says(&refused, "commit_seed");
    assert!(app.try_sql("UPDATE samples SET frozen_by = committed_by").is_err());
    app.person("other-auditor", &["auditor"], None).freezes(&committed).ok();
}

#[apply(on_both!)]
fn what_comes_later_is_not_in_the_population(app: App) {
    let payments = app.advised_payments(2);
    app.disbursing_officer().confirms(&payments[0], "SBINR5202607010000000", TODAY).ok();
    let frozen = app.section_officer().freezes(&app.auditor().commits("simple_random", 5, None, json!({})).ok()).ok();
    let paid = app.disbursing_officer().confirms(&payments[1], "SBINR5202607010000001", TODAY).ok();
    let drawn = app.auditor().draws(&frozen, SECRET).ok();
    assert_eq!((&drawn["population_count"], &drawn["drawn_count"]), (&json!(1), &json!(1)));
    let items = all(&app.auditor(), &format!("{}/drawn", at("samples", &drawn)));
    assert_ne!(items[0]["disbursement_id"], paid["disbursement"]["id"]);
    // A payment that the bank takes back remains in the frozen population.
    app.disbursing_officer().reports_failure(&app.payment(&payments[0]), "failed_after_success").ok();
    app.must_verify();
}

#[apply(on_both!)]
fn a_population_is_of_its_filter(app: App) {
    paid(&app, 2);
    let (auditor, section) = (app.auditor(), app.section_officer());
    let maker = app.organisation("lodestone")["id"].clone();
    let whole = json!({
        "scheme_code": crate::harness::people::SCHEME, "component": "sales_linked_incentive", "beneficiary_id": maker,
        "payment_year": "2026-27", "paid_from": TODAY, "paid_to": TODAY,
    });
    let frozen = section.freezes(&auditor.commits("simple_random", 5, None, whole.clone()).ok()).ok();
    assert_eq!((&frozen["population_count"], &frozen["filter"]), (&json!(2), &whole));
    for (field, other) in [
        ("scheme_code", json!("another")),
        ("component", json!("capital_subsidy")),
        ("beneficiary_id", json!(uuid::Uuid::now_v7())),
        ("payment_year", json!("2027-28")),
        ("paid_from", json!("2026-07-02")),
        ("paid_to", json!("2026-06-30")),
    ] {
        let committed = auditor.commits("simple_random", 5, None, json!({ field: other })).ok();
        section.freezes(&committed).refused(409, "population_not_allowed");
    }
    auditor.commits("simple_random", 0, None, json!({})).refused(422, "invalid_fields");
    auditor.commits("simple_random", 1, None, json!({ "utr": "x" })).refused(400, "malformed_json");
}

#[apply(on_both!)]
fn what_was_drawn_cannot_be_changed_unseen(app: App) {
    paid(&app, 4);
    let frozen = app.section_officer().freezes(&app.auditor().commits("monetary_unit", 2, None, json!({})).ok()).ok();
    app.auditor().draws(&frozen, SECRET).ok();
    app.must_verify();
    assert!(
        app.try_sql("DELETE FROM sample_draws").is_err()
            && app.try_sql("UPDATE sample_items SET position = 9").is_err()
    );
    disarm(&app);
    for (table, fault, undone, told) in [
        (
            "sample_items",
            "UPDATE sample_items SET amount_paise = amount_paise + 1",
            "UPDATE sample_items SET amount_paise = amount_paise - 1",
            "digest of its population",
        ),
        (
            "sample_draws",
            "UPDATE sample_draws SET hits = hits + 1",
            "UPDATE sample_draws SET hits = hits - 1",
            "does not follow",
        ),
        (
            "samples",
            "UPDATE samples SET sample_size = 3",
            "UPDATE samples SET sample_size = 2",
            "does not follow from seed and population",
        ),
    ] {
        let found = must_name(&app, (fault, undone), (table, "1 = 1"), "");
        assert!(found.contains(told), "{fault}: {found}");
    }
}
