//! The auditor's view: filters, orders, pages, totals, and the chain behind a rupee.

mod same_answers;
pub mod sample;

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at};
use magnet_scheme::client::Person;
use sample::{Sample, names, seven};
use serde_json::{Value, json};

fn asks(person: &Person, query: &str) -> Value {
    person.sees(&format!("/disbursements?{query}"))
}

fn data(answer: &Value) -> &[Value] {
    answer["data"].as_array().unwrap()
}

/// What a list says of all these rows together.
fn totals<'r>(rows: impl Iterator<Item = &'r Value> + Clone) -> Value {
    let sum = |name: &str| rows.clone().map(|row| row[name].as_i64().unwrap()).sum::<i64>();
    json!({
        "count": rows.clone().count(),
        "amount_paise": sum("amount_paise"), "returned_paise": sum("returned_paise"),
        "kept_paise": sum("kept_paise"), "net_paise": sum("net_paise"),
    })
}

#[apply(on_both!)]
fn every_filter_alone_and_together(app: App) {
    let sample = seven(&app);
    let (lodestone, magnetite) = (&sample.lodestone, &sample.magnetite);
    let expected: Vec<(String, &[usize])> = vec![
        (String::new(), &[1, 2, 3, 4, 5, 6, 7]),
        ("scheme_code=ndfeb-2025-proposal".into(), &[1, 2, 3, 4, 5, 6, 7]),
        ("scheme_code=another".into(), &[]),
        (format!("beneficiary_id={lodestone}"), &[1, 2, 4, 6]),
        (format!("beneficiary_id={magnetite}"), &[3, 5, 7]),
        ("component=capital_subsidy".into(), &[1, 7]),
        ("component=sales_linked_incentive".into(), &[2, 3, 4, 5, 6]),
        ("component=administration".into(), &[]),
        ("performance_year=2026-27".into(), &[1, 2, 3, 4, 5, 7]),
        ("performance_year=2027-28".into(), &[6]),
        ("payment_year=2026-27".into(), &[1, 2, 3, 4]),
        ("payment_year=2027-28".into(), &[5, 6, 7]),
        ("paid_from=2026-06-30".into(), &[2, 3, 4, 5, 6, 7]),
        ("paid_from=2026-07-01".into(), &[5, 6, 7]),
        ("paid_to=2026-06-30".into(), &[1, 2, 3, 4]),
        ("paid_to=2026-06-29".into(), &[1]),
        ("paid_from=2027-04-11&paid_to=2027-04-11".into(), &[]),
        ("amount_from_paise=160000000".into(), &[1, 2, 3, 4, 7]),
        ("amount_from_paise=160000001".into(), &[1, 3, 7]),
        ("amount_to_paise=160000000".into(), &[2, 4, 5, 6]),
        ("amount_to_paise=159999999".into(), &[5, 6]),
        ("status=succeeded".into(), &[1, 2, 3, 4, 5, 6]),
        ("status=failed_after_success".into(), &[7]),
        ("utr=UTR000000000003".into(), &[3]),
        ("utr=%20utr%20000-000%20000003".into(), &[3]),
        ("utr=UTR000000000009".into(), &[]),
        (format!("beneficiary_id={lodestone}&component=sales_linked_incentive&payment_year=2026-27"), &[2, 4]),
        ("performance_year=2026-27&payment_year=2027-28&status=succeeded".into(), &[5]),
        (
            "paid_from=2026-05-02&paid_to=2027-04-10&amount_from_paise=80000000&amount_to_paise=160000000".into(),
            &[2, 4, 5],
        ),
        (format!("beneficiary_id={magnetite}&component=capital_subsidy&status=succeeded"), &[]),
    ];
    for (query, wanted) in expected {
        let found = asks(&app.auditor(), &query);
        let mut rows = names(&sample, data(&found));
        rows.sort_unstable();
        assert_eq!(rows, wanted, "{query}");
        assert_eq!(found["totals"], totals(wanted.iter().map(|n| &sample.rows[n - 1])), "{query}");
        for row in data(&found) {
            assert!(sample.rows.contains(row), "{row} is not what was answered when it was paid");
        }
    }
    assert_eq!(asks(&app.auditor(), "totals=false")["totals"], Value::Null);
    assert_eq!(totals(sample.rows.iter())["amount_paise"], 24 * CRORE + 768_000_000);
    app.must_verify();
}

/// All rows of a selection, read page by page with the cursor of the page before.
fn walked(person: &Person, query: &str, limit: usize, wanted: usize) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut path = format!("/disbursements?{query}&limit={limit}");
    loop {
        let answer = person.get(&path).unwrap();
        let link = answer.header("link").map(str::to_owned);
        let page = answer.ok();
        rows.extend(data(&page).iter().cloned());
        assert_eq!(page["totals"]["count"], wanted, "totals are of the whole selection");
        let Some(next) = page["page"]["next"].as_str() else {
            assert_eq!(link, None);
            return rows;
        };
        assert_eq!(data(&page).len(), limit, "only the last page may be short");
        let link = link.unwrap();
        let target = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\"")).unwrap();
        assert_eq!(target, format!("/api/v1/disbursements?{query}&limit={limit}&cursor={next}"));
        path = target.strip_prefix("/api/v1").unwrap().to_owned();
    }
}

#[apply(on_both!)]
fn every_order_is_total_and_pages_walk_it_without_gap_or_repeat(app: App) {
    let sample = seven(&app);
    let auditor = app.auditor();
    let by_id = |a: &Value, b: &Value| a["id"].as_str().cmp(&b["id"].as_str());
    for sort in ["paid_on", "amount"] {
        let mut ordered = sample.rows.clone();
        ordered.sort_by(|a, b| match sort {
            "paid_on" => a["paid_on"].as_str().cmp(&b["paid_on"].as_str()).then(by_id(a, b)),
            _ => a["amount_paise"].as_i64().cmp(&b["amount_paise"].as_i64()).then(by_id(a, b)),
        });
        for direction in ["ascending", "descending"] {
            let query = format!("sort={sort}&direction={direction}");
            assert_eq!(data(&asks(&auditor, &query)), ordered, "{query}");
            for limit in [1, 2, 3, 7, 8] {
                assert_eq!(walked(&auditor, &query, limit, 7), ordered, "{query} by {limit}");
            }
            let sold: Vec<Value> =
                ordered.iter().filter(|row| row["component"] == "sales_linked_incentive").cloned().collect();
            let narrow = format!("{query}&component=sales_linked_incentive");
            assert_eq!(walked(&auditor, &narrow, 2, 5), sold, "{narrow}");
            ordered.reverse();
        }
    }
    assert_eq!(asks(&auditor, ""), asks(&auditor, "sort=paid_on&direction=descending"), "newest first unless asked");
    assert_eq!(names(&sample, data(&asks(&auditor, "sort=amount&limit=3"))), [1, 7, 3]);
}

#[apply(on_both!)]
fn what_cannot_be_asked_is_refused(app: App) {
    let sample = seven(&app);
    let auditor = app.auditor();
    let first = asks(&auditor, "sort=paid_on&limit=2");
    let of_dates = first["page"]["next"].as_str().unwrap().to_owned();
    let wrong = [
        "limit=0".to_owned(),
        "limit=201".into(),
        "limit=-1".into(),
        "limit=two".into(),
        "cursor=".into(),
        "cursor=abc".into(),
        "cursor=bm90IGEgcG9zaXRpb24".into(),
        format!("sort=amount&cursor={of_dates}"),
        format!("cursor={}x", of_dates),
        "colour=red".into(),
        "sort=utr".into(),
        "direction=up".into(),
        "component=gold".into(),
        "status=failed".into(),
        "payment_year=2026-28".into(),
        "paid_from=01-05-2026".into(),
        "paid_to=2026-02-30".into(),
        "amount_from_paise=1.5".into(),
        "beneficiary_id=lodestone".into(),
        "utr=12".into(),
        "totals=perhaps".into(),
        "limit=2&limit=3".into(),
    ];
    for query in wrong {
        let answer = auditor.get(&format!("/disbursements?{query}")).unwrap();
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (400, Some("bad_parameter")),
            "{query}: {}",
            answer.text()
        );
    }
    auditor.get("/disbursements/lodestone").unwrap().refused(404, "not_found");
    let unknown = at("disbursements", &json!({ "id": sample.lodestone }));
    auditor.get(&unknown).unwrap().refused(404, "not_found");
    assert_eq!(data(&asks(&auditor, "limit=200")).len(), 7);
    app.administrator().get("/disbursements").unwrap().refused(403, "not_permitted");
    app.anybody("GET", "/api/v1/disbursements", None).refused(401, "unauthenticated");
}

fn own_of(sample: &Sample, id: &str) -> Vec<Value> {
    sample.rows.iter().filter(|row| row["organisation_id"] == id).cloned().collect()
}

#[apply(on_both!)]
fn manufacturers_see_their_own(app: App) {
    let sample = seven(&app);
    let (lodestone, magnetite) = (&sample.lodestone, &sample.magnetite);
    for (maker, own, other) in [("lodestone", lodestone, magnetite), ("magnetite", magnetite, lodestone)] {
        for person in [app.preparer_of(maker), app.signatory_of(maker)] {
            let rows = own_of(&sample, own);
            let seen = asks(&person, "sort=paid_on&direction=ascending");
            assert_eq!(data(&seen), rows);
            assert_eq!(seen["totals"], totals(rows.iter()));
            assert_eq!(asks(&person, &format!("beneficiary_id={own}"))["totals"]["count"], rows.len());
            person.get(&format!("/disbursements?beneficiary_id={other}")).unwrap().refused(404, "not_found");
            for row in &sample.rows {
                let answer = person.get(&at("disbursements", row)).unwrap();
                if row["organisation_id"] == own.as_str() {
                    assert_eq!(&answer.ok(), row);
                } else {
                    answer.refused(404, "not_found");
                }
                let chain = format!("{}/chain", at("disbursements", row));
                person.get(&chain).unwrap().refused(403, "not_permitted");
            }
        }
    }
    let stranger = app.person("nobody", &["preparer"], None);
    assert_eq!(asks(&stranger, "")["totals"], totals([].iter()));
}

/// Every act behind the first payment of the sample, in order.
const STORY: [&str; 25] = [
    "load_scheme",
    "register_organisation",
    "upload_evidence",
    "upload_evidence",
    "upload_evidence",
    "create_application",
    "submit_application",
    "scrutinise_application",
    "issue_award",
    "upload_evidence",
    "lodge_security",
    "confirm_security",
    "upload_evidence",
    "report_milestone",
    "upload_evidence",
    "verify_milestone",
    "upload_evidence",
    "create_claim",
    "submit_claim",
    "verify_claim",
    "recommend_tranche",
    "concur_tranche",
    "sanction_tranche",
    "advise_payment",
    "settle_payment",
];

#[apply(on_both!)]
fn the_chain_goes_back_to_the_application(app: App) {
    let sample = seven(&app);
    let row = &sample.rows[0];
    let chain = app.auditor().sees(&format!("{}/chain", at("disbursements", row)));
    assert_eq!(&chain["disbursement"], row);
    let same = [
        ("tranche", "tranches", "tranche_id"),
        ("award", "awards", "award_id"),
        ("claim", "claims", "claim_id"),
        ("beneficiary", "organisations", "organisation_id"),
    ];
    for (part, noun, id) in same {
        assert_eq!(chain[part]["id"], row[id], "{part}");
        let alone = app.auditor().sees(&at(noun, &chain[part]));
        for (field, value) in chain[part].as_object().unwrap() {
            assert_eq!(&alone[field], value, "{part} {field}");
        }
    }
    assert_eq!(chain["claim_lines"], app.auditor().sees(&at("claims", &chain["claim"]))["lines"]);
    assert_eq!(chain["application"], app.auditor().sees(&at("applications", &chain["application"])));
    // A milestone read alone also shows its state on a given day.
    let alone = app.auditor().sees(&at("milestones", &chain["milestone"]));
    for (field, value) in chain["milestone"].as_object().unwrap() {
        assert_eq!(&alone[field], value, "milestone {field}");
    }
    assert_eq!(chain["milestone"]["code"], "oxide_to_metal");
    assert_eq!(
        (chain["scheme"]["code"].as_str(), chain["scheme_digest"].as_str().map(str::len)),
        (Some("ndfeb-2025-proposal"), Some(64))
    );
    assert_eq!(chain["securities"][0]["guarantee_number"], "BG-LODESTONE");
    let files: Vec<&str> =
        chain["evidence"].as_array().unwrap().iter().map(|e| e["file_name"].as_str().unwrap()).collect();
    let mut sorted = files.clone();
    sorted.sort_unstable();
    let papers = [
        "board_resolution",
        "certificate",
        "detailed_project_report",
        "engineer",
        "guarantee",
        "inspection",
        "net_worth_certificate",
    ];
    assert_eq!(sorted, papers.map(|name| format!("{name}.pdf")));

    let journals: Vec<Value> = chain["journals"].as_array().unwrap().iter().map(|j| j["kind"].clone()).collect();
    assert_eq!(journals, ["award_committed", "claim_reserved", "tranche_sanctioned", "payment_disbursed"]);
    for journal in chain["journals"].as_array().unwrap() {
        let entries = journal["entries"].as_array().unwrap();
        assert_eq!(entries.iter().map(|entry| entry["amount_paise"].as_i64().unwrap()).sum::<i64>(), 0, "{journal}");
    }
    let acts: Vec<&str> =
        chain["acts"].as_array().unwrap().iter().map(|act| act["command"].as_str().unwrap()).collect();
    assert_eq!(acts, STORY, "every act behind this rupee, and none behind another");

    let returned = app.auditor().sees(&format!("{}/chain", at("disbursements", &sample.rows[6])));
    assert_eq!(returned["payments"][0]["status"], "failed_after_success");
    assert_eq!(returned["journals"].as_array().unwrap().last().unwrap()["kind"], "disbursement_reversed");
    let sold = app.auditor().sees(&format!("{}/chain", at("disbursements", &sample.rows[1])));
    assert_eq!((&sold["milestone"], sold["claim"]["eligible_kg"].as_i64()), (&Value::Null, Some(1_000)));
    for other in [app.verifier(), app.competent_authority(), app.scheme_administrator()] {
        other.get(&format!("{}/chain", at("disbursements", row))).unwrap().refused(403, "not_permitted");
    }
    app.must_verify();
}

#[apply(on_both!)]
fn the_chain_tells_who_acted_in_which_roles(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    let ddo = app.disbursing_officer();
    ddo.confirms(&ddo.advises(&sanctioned).ok(), "SBINR52026050100001", "2026-05-01").ok();
    let chain = format!("{}/chain", at("disbursements", &data(&asks(&app.auditor(), ""))[0]));
    let who = |command: &str| {
        let acts = app.auditor().sees(&chain)["acts"].clone();
        let act = acts.as_array().unwrap().iter().find(|act| act["command"] == command).unwrap().clone();
        let entry = app.auditor().sees(&format!("/audit-log?after={}&limit=1", act["sequence"].as_i64().unwrap() - 1));
        assert_eq!(entry["data"][0]["hash"], act["hash"], "its place in the log");
        (act["person"].clone(), act["roles"].clone())
    };
    assert_eq!(who("sanction_tranche"), (json!("Sample authority"), json!(["competent_authority"])));
    assert_eq!(who("load_scheme"), (json!("the service itself, or its operator"), json!([])));
    // The roles at the time of the act are shown, not the later ones.
    let users = app.administrator().sees("/users");
    let user = users["data"].as_array().unwrap().iter().find(|user| user["name"] == "Sample authority").unwrap();
    let account =
        json!({ "name": "Renamed authority", "roles": ["verifier"], "organisation_id": null, "disabled": true });
    app.administrator().put(&at("users", user), user["version"].as_i64().unwrap(), &account).unwrap().ok();
    assert_eq!(who("sanction_tranche"), (json!("Renamed authority"), json!(["competent_authority"])));
}

#[apply(on_both!)]
fn nothing_paid_is_an_empty_answer(app: App) {
    let found = app.auditor().sees("/disbursements");
    let nothing = totals([].iter());
    let expected = json!({ "data": [], "page": { "limit": 50, "next": null }, "totals": nothing });
    assert_eq!(found, expected);
}
