//! The human number of a record stands where its id does: in addresses, in parameters and in bodies.

use crate::harness::app::App;
use crate::harness::people::{Answered, SCHEME, Sales, Verbs, at};
use serde_json::{Value, json};

/// The address of a record by its number.
fn by_number(noun: &str, record: &Value) -> String {
    format!("/{noun}/{}", record["number"].as_str().unwrap().replace('/', "-"))
}

#[apply(on_both!)]
fn a_record_is_found_by_its_number(app: App) {
    let tranche = app.sanctioned_15_crore();
    let advised = app.disbursing_officer().advises(&tranche).ok();
    let paid = app.disbursing_officer().confirms(&advised, "SBINR52026050100001", "2026-05-01").ok();
    let auditor = app.auditor();
    let award = auditor.sees(&format!("/awards/{}", tranche["award_id"].as_str().unwrap()));
    let claim = auditor.sees(&format!("/claims/{}", tranche["claim_id"].as_str().unwrap()));
    let application = auditor.sees(&format!("/applications/{}", award["application_id"].as_str().unwrap()));
    let instrument = auditor.sees("/budget-instruments")["data"][0].clone();
    let records = [
        ("tranches", &tranche),
        ("awards", &award),
        ("claims", &claim),
        ("applications", &application),
        ("payments", &advised),
        ("disbursements", &paid["disbursement"]),
        ("budget-instruments", &instrument),
    ];
    for (noun, record) in records {
        let by_id = auditor.sees(&at(noun, record));
        assert_eq!(auditor.sees(&by_number(noun, record)), by_id, "{noun}");
        let encoded = format!("/{noun}/{}", record["number"].as_str().unwrap().replace('/', "%2F"));
        assert_eq!(auditor.sees(&encoded), by_id, "{noun}");
    }
    let of_claim = format!("/tranches?claim_id={}", claim["number"].as_str().unwrap().replace('/', "-"));
    assert_eq!(auditor.sees(&of_claim)["data"][0]["id"], tranche["id"]);
    let selected = format!("/selections/disbursements?award_id={}", award["number"].as_str().unwrap());
    assert_eq!(auditor.sees(&selected)["data"].as_array().unwrap().len(), 1);
}

#[apply(on_both!)]
fn a_step_is_taken_at_the_number_too(app: App) {
    let tranche = app.tranche_of_15_crore();
    let path = format!("{}/recommendation", by_number("tranches", &tranche));
    let recommended = app.section_officer().does(&path, &tranche, json!({ "note": "seen" })).ok();
    assert_eq!((&recommended["id"], &recommended["status"]), (&tranche["id"], &json!("recommended")));
    let stale = app.section_officer().does(&path, &tranche, json!({ "note": "seen" }));
    stale.refused(412, "stale_version");
}

#[apply(on_both!)]
fn a_number_in_a_body_stands_for_the_id(app: App) {
    let award = app.selling();
    app.set_clock("2026-06-01T06:30:00Z");
    let form = app.sales_form("lodestone", Sales::at_the_rate("2026-05-01", "2026-05-31", 100));
    let claim =
        app.preparer().post("/claims", None, &json!({ "award_id": award["number"], "form": form })).unwrap().ok();
    assert_eq!(claim["award_id"], award["id"]);
    let nobodys = json!({ "award_id": "NDFEB/2026-27/AWD/9999", "form": form });
    app.preparer().post("/claims", None, &nobodys).unwrap().refused(404, "not_found");
    let broken = json!({ "award_id": "AWD", "form": form });
    app.preparer().post("/claims", None, &broken).unwrap().refused(400, "malformed_json");
}

#[apply(on_both!)]
fn a_number_tells_nobody_what_they_may_not_see(app: App) {
    let tranche = app.tranche_of_15_crore();
    let other = app.signatory_of("terbia");
    let foreign = other.get(&by_number("tranches", &tranche)).unwrap();
    let missing = other.get(&by_number("tranches", &tranche).replace("0001", "9999")).unwrap();
    let told = |answer: magnet_scheme::client::Response| {
        let mut problem = answer.refused(404, "not_found");
        problem.as_object_mut().unwrap().remove("request_id");
        problem
    };
    assert_eq!(told(foreign), told(missing), "a foreign record and none look the same");
    let award = app.auditor().sees(&format!("/awards/{}", tranche["award_id"].as_str().unwrap()));
    let form = json!({ "scheme_code": SCHEME });
    let claim =
        |number: &str| other.post("/claims", None, &json!({ "award_id": number, "form": form })).unwrap().status;
    assert_eq!(claim(award["number"].as_str().unwrap()), claim("NDFEB/2026-27/AWD/9999"));
    let number = by_number("tranches", &tranche);
    let answer = app.anybody("GET", &format!("/api/v1{number}"), None);
    answer.refused(401, "unauthenticated");
    // A number of another noun is no tranche.
    let claim = app.auditor().sees(&format!("/claims/{}", tranche["claim_id"].as_str().unwrap()));
    app.auditor().get(&by_number("tranches", &claim)).unwrap().refused(404, "not_found");
}

#[apply(on_both!)]
fn the_same_request_by_number_and_by_id_is_one(app: App) {
    let tranche = app.tranche_of_15_crore();
    let person = app.section_officer();
    let send = |path: String| {
        let token = person.token().unwrap();
        let bearer = format!("Bearer {token}");
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Content-Type", "application/json"),
            ("Idempotency-Key", "one"),
            ("If-Match", "\"1\""),
        ];
        let path = format!("/api/v1{path}/recommendation");
        app.client.send("POST", &path, &headers, Some(br#"{"note":"seen"}"#)).unwrap()
    };
    let first = send(by_number("tranches", &tranche));
    let again = send(at("tranches", &tranche));
    assert_eq!((first.status, again.status), (200, 200));
    assert_eq!((again.header("idempotency-replayed"), &again.bytes), (Some("true"), &first.bytes));
}
