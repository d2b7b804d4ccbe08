//! The lines of a draft claim, uploaded as one file.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

const NAMES: &str = "invoice_number,invoice_date,party,quantity_kg,amount_paise\r\n";

fn gives_lines(person: &Person, claim: &Value, seen: i64, kind: &str, file: &str) -> Response {
    let tag = format!("\"{seen}\"");
    let headers = [("Content-Type", kind), ("If-Match", tag.as_str())];
    person.send("PUT", &format!("{}/lines", at("claims", claim)), &headers, Some(file.as_bytes())).unwrap()
}

/// A draft for 1,000 kg sold in the first days of June 2026.
fn draft(app: &App) -> Value {
    app.window_is_open();
    app.provided("sales_linked_incentive", "2026-27", CRORE);
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-07-01T06:30:00Z");
    let sales = Sales::at_the_rate("2026-06-01", "2026-06-05", 1_000);
    app.preparer().claims(&award, &app.sales_form("lodestone", sales)).ok()
}

#[apply(on_both!)]
fn a_file_gives_a_draft_its_lines(app: App) {
    let draft = draft(&app);
    let file = format!(
        "{NAMES}S/1,2026-06-01,\"Sample, Motors\",400,200000000\r\nS/2,2026-06-02,Sample Motors,600,300000000\r\n"
    );
    let changed = gives_lines(&app.preparer(), &draft, 1, "text/csv", &file).ok();
    assert_eq!((changed["version"].as_i64(), changed["lines"].as_array().unwrap().len()), (Some(2), 2));
    assert_eq!(changed["lines"][0]["party"], "Sample, Motors");
    assert_eq!(
        (&changed["amount_claimed_paise"], &changed["evidence"]),
        (&draft["amount_claimed_paise"], &draft["evidence"])
    );
    let submitted = app.signatory().submits_claim(&changed).ok();
    assert_eq!(app.verifier().verifies(&submitted).ok()["tranche"]["amount_paise"], 160_000_000);
    app.must_verify();
}

#[apply(on_both!)]
fn a_file_that_cannot_be_changes_nothing(app: App) {
    let draft = draft(&app);
    let preparer = app.preparer();
    let line = "S/1,2026-06-01,Sample Motors,1000,500000000\r\n";
    let good = format!("{NAMES}{line}");
    let stranger = app.preparer_of("ferrite");
    stranger.sees("/claims");
    let content = app.content();
    for (file, pointer) in [
        (line.to_owned(), ""),
        (NAMES.to_owned(), "/lines"),
        (format!("{good}{line}"), "/lines/1/invoice_number"),
        (good.replace("S/1", "=1+1"), "/lines/0/invoice_number"),
        (good.replace("2026-06-01", "2026-06-09"), "/lines/0/invoice_date"),
        (good.replace("500000000", "-5"), "/lines/0/amount_paise"),
        (good.replace(",1000,", ",1.5,"), "/lines/0/quantity_kg"),
    ] {
        let problem = gives_lines(&preparer, &draft, 1, "text/csv", &file).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{file}");
    }
    gives_lines(&preparer, &draft, 2, "text/csv", &good).refused(412, "stale_version");
    gives_lines(&preparer, &draft, 1, "application/json", "{}").refused(415, "unsupported_media_type");
    gives_lines(&stranger, &draft, 1, "text/csv", &good).refused(404, "not_found");
    let path = format!("{}/lines", at("claims", &draft));
    let without = preparer.send("PUT", &path, &[("Content-Type", "text/csv")], Some(good.as_bytes()));
    without.unwrap().refused(428, "version_required");
    assert_eq!(app.content(), content);
    let changed = gives_lines(&preparer, &draft, 1, "text/csv", &good).ok();
    app.signatory().submits_claim(&changed).ok();
    let refused = gives_lines(&preparer, &json!({ "id": draft["id"] }), 3, "text/csv", &good);
    refused.refused(409, "wrong_state");
    app.must_verify();
}

#[apply(on_both!)]
fn ten_thousand_lines_fit_in_one_file(app: App) {
    let draft = draft(&app);
    let lines = |count: usize| -> String {
        let line = |n: usize| format!("S/{n},2026-06-01,Sample Motors of a long name,1,500000\r\n");
        NAMES.to_owned() + &(1..=count).map(line).collect::<String>()
    };
    gives_lines(&app.preparer(), &draft, 1, "text/csv", &lines(10_001)).refused(422, "invalid_fields");
    let changed = gives_lines(&app.preparer(), &draft, 1, "text/csv", &lines(10_000)).ok();
    assert_eq!(changed["lines"].as_array().unwrap().len(), 10_000);
    app.must_verify();
}
