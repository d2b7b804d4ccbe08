//! A claim or an application for which a rule has no value is refused when it is submitted, with the rule and the
//! cause; it is not taken and then left with an office that cannot decide it.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, says};
use crate::harness::return_people::ReturnVerbs;
use serde_json::json;

const THIRD: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-3.toml");

/// A fact of a claim or an application by which a rule divides.
fn dividing(place: &str, from: &str, to: &str) -> String {
    let changes = THIRD.find("changes = [").unwrap()..THIRD.find("]\n\n[outlay]").unwrap() + 2;
    let first = format!("{}{}", &THIRD[..changes.start], &THIRD[changes.end..]);
    let fact = format!(
        "[[facts]]\nplace = \"{place}\"\ncode = \"parts\"\nkind = \"number\"\nunit = \"1\"\n\
         title = {{ en = \"Parts\", hi = \"भाग\" }}\nbasis = \"assumption\"\nsource = \"sample of a test\"\n\n[[award_ceilings]]"
    );
    let text = first
        .replacen("version = 3", "version = 1", 1)
        .replacen("\"2026-10-01\"", "\"2026-04-01\"", 1)
        .replacen("[[award_ceilings]]", &fact, 1)
        .replacen(from, to, 1);
    assert!(text.contains(to), "{from}");
    text
}

#[apply(on_both!)]
fn a_claim_without_a_value_is_refused_at_its_submission(app: App) {
    let app = App::with_only(
        app.engine,
        dividing("claim", "counted_amount * turnover_share", "counted_amount * turnover_share / parts"),
    );
    app.window_is_open();
    app.provided("sales_linked_incentive", "2026-27", 40 * CRORE);
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-06-15T06:30:00Z");
    let mut form = app.sales_form("lodestone", Sales::at_the_rate("2026-06-01", "2026-06-10", 1_000));
    form["facts"] = json!([{ "code": "parts", "value": 0 }]);
    let draft = app.preparer().claims(&award, &form).ok();
    let refused = app.signatory().submits_claim(&draft).refused(409, "rule_not_computable");
    says(&refused, "share_of_turnover");
    says(&refused, "division by zero");
    // The draft stays as it is, can be corrected, and is then decided.
    form["facts"] = json!([{ "code": "parts", "value": 1 }]);
    let corrected = app.preparer().corrects(&draft, &form).ok();
    let submitted = app.signatory().submits_claim(&corrected).ok();
    assert_eq!(app.verifier().verifies(&submitted).ok()["entitlement_paise"], 160_000 * 1_000);
    app.must_verify();
}

#[apply(on_both!)]
fn an_application_for_an_award_that_nobody_could_make_is_refused(app: App) {
    let ceiling = "outlay_capital_subsidy * capacity / total_capacity";
    let app = App::with_only(
        app.engine,
        dividing("application", ceiling, "outlay_capital_subsidy * capacity / total_capacity / parts"),
    );
    app.window_is_open();
    let apply = |parts: i64| {
        let mut form = app.good_form(&app.preparer(), 900);
        form["facts"] = json!([{ "code": "parts", "value": parts }]);
        app.preparer().drafts(&form).ok()
    };
    let refused = app.signatory().submits(&apply(0)).refused(409, "rule_not_computable");
    says(&refused, "share_of_outlay");
    assert_eq!(app.signatory().submits(&apply(2)).ok()["status"], "submitted");
    app.must_verify();
}
