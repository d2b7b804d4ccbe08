//! Outcomes of payments in bulk: each on its own or all or nothing, and never twice.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, at};
use crate::harness::treasury_people::{EACH, TODAY, TreasuryVerbs};
use magnet_scheme::client::Response;
use serde_json::{Value, json};

fn succeeded(payment: &Value, utr: &str) -> Value {
    let answer =
        json!({ "outcome": "succeeded", "utr": utr, "paid_on": TODAY, "amount_paise": payment["amount_paise"] });
    json!({ "payment_id": payment["id"], "answer": answer })
}

fn failed(payment: &Value, outcome: &str) -> Value {
    json!({ "number": payment["number"], "answer": { "outcome": outcome, "reason": "account closed" } })
}

fn results(answer: &Value) -> Vec<&str> {
    answer["items"].as_array().unwrap().iter().map(|item| item["result"].as_str().unwrap()).collect()
}

fn under(app: &App, key: &str, mode: &str, items: &[Value]) -> Response {
    let body = json!({ "mode": mode, "items": items });
    app.disbursing_officer().post_with_key("/payments/outcomes", key, None, &body).unwrap()
}

#[apply(on_both!)]
fn each_item_stands_on_its_own(app: App) {
    let payments = app.advised_payments(4);
    let overpaid =
        json!({ "outcome": "succeeded", "utr": "UTR000000000002", "paid_on": TODAY, "amount_paise": EACH + 1 });
    let items = vec![
        succeeded(&payments[0], "UTR000000000001"),
        json!({ "payment_id": payments[1]["id"], "answer": overpaid }),
        succeeded(&payments[2], "utr-0000 0000 0001"),
        failed(&payments[3], "failed"),
        json!({ "number": "NDFEB/2026-27/PAY/0099", "answer": { "outcome": "failed", "reason": "x" } }),
        json!({ "payment_id": uuid::Uuid::now_v7(), "answer": { "outcome": "failed", "reason": "x" } }),
    ];
    let before = app.audit_length();
    let answered = app.disbursing_officer().settles_all("each", items);
    let balances = answered.balances();
    let answer = answered.ok();
    assert_eq!(results(&answer), ["applied", "refused", "refused", "applied", "refused", "refused"]);
    assert_eq!([&answer["applied"], &answer["already_recorded"], &answer["refused"]], [2, 0, 4]);
    let code = |index: usize| answer["items"][index]["problem"]["code"].as_str().unwrap().to_owned();
    assert_eq!([1, 2, 4, 5].map(code), ["amount_differs", "utr_already_used", "payment_unknown", "not_found"]);
    let first = &answer["items"][0];
    assert_eq!((&first["payment"]["status"], &first["payment"]["version"]), (&json!("succeeded"), &json!(2)));
    assert_eq!(
        app.audit_behind(before),
        [
            "record_outcome done",
            "record_outcome refused amount_differs",
            "record_outcome refused utr_already_used",
            "record_outcome done",
            "record_outcome refused payment_unknown",
            "settle_payments done",
        ]
    );
    let made = app.auditor().sees(&at("disbursements", &first["disbursement"]));
    assert_eq!((&made["amount_paise"], balances.len()), (&json!(EACH), 4));
    assert_eq!(app.statuses(&payments), ["succeeded", "advised", "advised", "failed"]);
    app.must_verify();
}

#[apply(on_both!)]
fn all_or_nothing_is_all_or_nothing(app: App) {
    let payments = app.advised_payments(3);
    let mut items: Vec<Value> =
        (1..).zip(&payments).map(|(n, payment)| succeeded(payment, &format!("UTR00000000000{n}"))).collect();
    items[2]["answer"]["utr"] = json!("UTR 000000000001");
    let (content, before) = (app.content(), app.audit_length());
    let problem =
        app.disbursing_officer().settles_all("all_or_nothing", items.clone()).refused(409, "utr_already_used");
    assert_eq!(problem["errors"][0]["pointer"], "/items/2");
    assert_eq!(app.content(), content);
    assert_eq!(app.audit_behind(before), ["record_outcome refused utr_already_used"]);
    items[2]["answer"]["utr"] = json!("utr");
    let problem = app.disbursing_officer().settles_all("all_or_nothing", items.clone()).refused(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["pointer"], "/items/2/utr");
    assert_eq!(app.content(), content);
    items[2]["answer"]["utr"] = json!("UTR000000000003");
    let answer = app.disbursing_officer().settles_all("all_or_nothing", items).ok();
    assert_eq!((results(&answer), app.disbursed_and_sanctioned()), (vec!["applied"; 3], (3 * EACH, 0)));
    app.must_verify();
}

#[apply(on_both!)]
fn a_request_that_is_repeated_answers_the_same(app: App) {
    let payments = app.advised_payments(3);
    for (mode, payment) in [("each", &payments[0]), ("all_or_nothing", &payments[1])] {
        let mut items = vec![succeeded(payment, &format!("UTR0000000000{mode:.1}"))];
        if mode == "each" {
            items.push(failed(&payments[2], "failed_after_success"));
        }
        let first = under(&app, mode, mode, &items);
        let content = app.content();
        let again = under(&app, mode, mode, &items);
        assert_eq!((again.header("idempotency-replayed"), &again.bytes), (Some("true"), &first.bytes));
        under(&app, mode, mode, &items[..0]).refused(422, "idempotency_key_reused");
        assert_eq!(app.content(), content);
        // As if the service had stopped before it stored the whole answer: each item is answered as before.
        app.sql(&format!("DELETE FROM idempotency_keys WHERE key = '{mode}'"));
        assert_eq!(under(&app, mode, mode, &items).bytes, first.bytes);
        app.sql(&format!("DELETE FROM idempotency_keys WHERE key = '{mode}'"));
        let (mut others, before) = (items.clone(), app.audit_length());
        others[0]["answer"]["utr"] = json!("UTR0000000000099");
        under(&app, mode, mode, &others).refused(422, "idempotency_key_reused");
        assert_eq!(app.audit_behind(before), ["record_outcome refused idempotency_key_reused"]);
    }
    assert_eq!(app.disbursed_and_sanctioned(), (2 * EACH, EACH));
    app.must_verify();
}

#[apply(on_both!)]
fn an_item_that_is_repeated_posts_once(app: App) {
    let payments = app.advised_payments(2);
    let paid = succeeded(&payments[0], "UTR000000000001");
    let other = succeeded(&payments[0], "UTR000000000002");
    let items = vec![paid.clone(), paid.clone(), other.clone(), failed(&payments[0], "failed")];
    let answer = app.disbursing_officer().settles_all("each", items).ok();
    assert_eq!(results(&answer), ["applied", "already_recorded", "refused", "refused"]);
    assert_eq!(answer["items"][2]["problem"]["code"], "answer_contradicted");
    for mode in ["each", "all_or_nothing"] {
        let answer = app.disbursing_officer().settles_all(mode, vec![paid.clone(), paid.clone()]).ok();
        assert_eq!(results(&answer), ["already_recorded"; 2]);
    }
    let returned = failed(&payments[0], "failed_after_success");
    let answer = app.disbursing_officer().settles_all("each", vec![returned.clone(), returned, paid]).ok();
    assert_eq!(results(&answer), ["applied", "already_recorded", "already_recorded"]);
    assert_eq!(app.disbursed_and_sanctioned(), (0, 2 * EACH));
    app.must_verify();
}

#[apply(on_both!)]
fn items_name_a_payment_and_an_answer_that_can_be(app: App) {
    let payments = app.advised_payments(1);
    let ddo = app.disbursing_officer();
    let good = succeeded(&payments[0], "UTR000000000001");
    let content = app.content();
    let with = |change: fn(&mut Value)| {
        let mut item = good.clone();
        change(&mut item);
        item
    };
    for item in [
        with(|item| item["number"] = json!("NDFEB/2026-27/PAY/0001")),
        with(|item| item["payment_id"] = Value::Null),
        with(|item| item["answer"]["utr"] = Value::Null),
        with(|item| item["answer"]["outcome"] = json!("advised")),
        with(|item| item["answer"]["reason"] = json!("well")),
    ] {
        ddo.settles_all("all_or_nothing", vec![item.clone()]).refused(422, "invalid_fields");
    }
    ddo.settles_all("each", vec![with(|item| item["more"] = json!(1))]).refused(400, "malformed_json");
    ddo.settles_all("some", vec![good.clone()]).refused(400, "malformed_json");
    ddo.settles_all("each", vec![]).refused(422, "invalid_fields");
    assert_eq!(app.content(), content);
    app.must_verify();
}

#[apply(on_both!)]
fn ten_thousand_items_fit_in_one_request(app: App) {
    let payments = app.advised_payments(2);
    let ddo = app.disbursing_officer();
    let stranger = json!({ "payment_id": uuid::Uuid::now_v7(), "answer": succeeded(&payments[0], "UTR0000000000000009999")["answer"] });
    let mut items = vec![stranger; 10_001];
    items[0] = succeeded(&payments[0], "UTR000000000001");
    items[9_999] = succeeded(&payments[1], "UTR000000000002");
    ddo.settles_all("each", items.clone()).refused(422, "invalid_fields");
    items.truncate(10_000);
    let content = app.content();
    ddo.settles_all("all_or_nothing", items.clone()).refused(404, "not_found");
    assert_eq!(app.content(), content);
    let answer = ddo.settles_all("each", items).ok();
    assert_eq!([&answer["applied"], &answer["refused"]], [2, 9_998]);
    assert_eq!(
        (&answer["items"][9_999]["index"], &answer["items"][9_999]["result"]),
        (&json!(9_999), &json!("applied"))
    );
    assert_eq!(app.disbursed_and_sanctioned(), (2 * EACH, 0));
    app.must_verify();
}

#[apply(on_both!)]
fn one_at_a_time_and_in_bulk_are_the_same(app: App) {
    let payments = app.advised_payments(2);
    let ddo = app.disbursing_officer();
    let alone = ddo.confirms(&payments[0], "UTR000000000001", TODAY).ok();
    let answer = ddo.settles_all("each", vec![succeeded(&payments[1], "UTR000000000002")]).ok();
    let item = &answer["items"][0];
    let mut together = app.auditor().sees(&at("payments", &item["payment"]));
    together["disbursement"] = app.auditor().sees(&at("disbursements", &item["disbursement"]));
    let own =
        ["id", "number", "tranche_id", "utr", "payment_id", "claim_id", "advised_at", "settled_at", "recorded_at"];
    let strip = |mut one: Value| {
        for field in own {
            one.as_object_mut().unwrap().remove(field);
            one["disbursement"].as_object_mut().unwrap().remove(field);
        }
        one
    };
    assert_eq!(strip(together), strip(alone));
    let steps = |payment: &Value| {
        app.auditor().sees(&at("tranches", &json!({ "id": payment["tranche_id"] })))["steps"].as_array().unwrap().len()
    };
    assert_eq!(steps(&payments[0]), steps(&payments[1]));
    app.must_verify();
}
