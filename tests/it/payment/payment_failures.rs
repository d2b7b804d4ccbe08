//! Whoever pays cannot say alone that the money did not arrive: the treasury, a scroll of the bank, or a second person
//! of another office says it. Else one sanction could be paid as often as somebody likes.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, at, says};
use crate::harness::treasury_people::{EACH, TODAY, TreasuryVerbs, results};
use crate::payment::reconciliation::{ReconciliationVerbs, findings, payments, scroll, success, utr};
use serde_json::{Value, json};

fn tranche_of(app: &App, payment: &Value) -> Value {
    app.tranche(&json!({ "id": payment["tranche_id"] }))
}

fn number(payment: &Value) -> &str {
    payment["number"].as_str().unwrap()
}

/// An answer of the treasury about one payment.
pub fn answer(message_id: &str, payment: &Value, line: &str) -> Vec<u8> {
    let rupees = format!("{}.{:02}", EACH / 100, EACH % 100);
    let line = line.replace("{amount}", &rupees);
    format!("HDR,{message_id},,1,{rupees}\r\nLIN,{},{line}\r\nTRL,1,{rupees}\r\n", number(payment)).into_bytes()
}

#[apply(on_both!)]
fn whoever_pays_cannot_say_alone_that_the_money_did_not_arrive(app: App) {
    let ddo = app.disbursing_officer();
    let all = app.advised_payments(2);
    let advice = ddo.makes_advice(&[&all[0], &all[1]]).ok();
    ddo.downloads(&advice, "csv");
    let refused = ddo.reports_failure(&all[0], "failed").refused(409, "failure_unproven");
    says(&refused, number(&all[0]));
    says(&refused, advice["message_id"].as_str().unwrap());
    // Neither in bulk, nor after another answer, nor after a success that was recorded with an invented reference.
    let item = json!({ "payment_id": all[0]["id"], "answer": { "outcome": "failed", "reason": "closed" } });
    ddo.settles_all("all_or_nothing", vec![item.clone()]).refused(409, "failure_unproven");
    let each = ddo.settles_all("each", vec![item]).ok();
    assert_eq!(each["items"][0]["problem"]["code"], "failure_unproven", "{each}");
    let unknown = ddo.reports_unknown(&all[0]).ok();
    ddo.reports_failure(&unknown, "failed").refused(409, "failure_unproven");
    let paid = ddo.confirms(&all[1], "SBINR52026070100009", TODAY).ok();
    ddo.reports_failure(&paid, "failed_after_success").refused(409, "failure_unproven");
    assert_eq!(app.statuses(&all), ["unknown", "succeeded"]);
    ddo.advises(&tranche_of(&app, &all[0])).refused(409, "wrong_state");

    // A payment of which the treasury was never told needs no second person.
    app.set_clock("2026-07-02T06:30:00Z");
    let award = app.auditor().sees("/awards")["data"][0].clone();
    let sold = crate::harness::people::Sales::at_the_rate("2026-05-20", "2026-05-20", 1_000);
    let tranche = app.tranche_for_sales("lodestone", &award, sold);
    let advised = ddo.advises(&app.sanctioned(&tranche)).ok();
    ddo.reports_failure(&advised, "failed").ok();
    ddo.advises(&tranche_of(&app, &advised)).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn a_second_person_of_another_office_confirms_it_with_evidence(app: App) {
    let ddo = app.disbursing_officer();
    let all = payments(&app, 2, &[1]);
    let (first, paid) = (app.payment(&all[0]), app.payment(&all[1]));
    let second = app.second("finance");
    let path = format!("{}/failure", at("payments", &first));
    // Not the office that pays, nor the agency; not whoever concurred or sanctioned; not without a file of an office.
    ddo.confirms_failure(&first, "failed").refused(403, "not_permitted");
    app.verifier().confirms_failure(&first, "failed").refused(403, "not_permitted");
    app.finance_officer().confirms_failure(&first, "failed").refused(409, "same_person");
    app.competent_authority().confirms_failure(&first, "failed").refused(409, "same_person");
    let without = json!({ "outcome": "failed", "reason": "closed", "evidence": [] });
    second.does(&path, &first, without).refused(422, "invalid_fields");
    let of_company =
        json!({ "outcome": "failed", "reason": "closed", "evidence": [app.preparer().attaches("letter")] });
    second.does(&path, &first, of_company).refused(409, "evidence_unknown");
    second.confirms_failure(&first, "succeeded").refused(422, "invalid_fields");
    second.confirms_failure(&first, "failed_after_success").refused(409, "wrong_state");

    let failed = second.confirms_failure(&first, "failed").ok();
    assert_eq!(failed["status"], "failed");
    let shown = app.auditor().sees(&at("payments", &first));
    assert_eq!(shown["failure"]["evidence"].as_array().unwrap().len(), 1);
    assert_eq!(shown["failure"]["confirmed_by"], shown["settled_by"]);
    assert!(app.preparer().sees(&at("payments", &first))["failure"]["reason"].is_string());
    second.confirms_failure(&shown, "failed").refused(409, "wrong_state");
    let again = ddo.advises(&tranche_of(&app, &first)).ok();
    ddo.makes_advice(&[&again]).ok();
    // Once more it takes somebody else's word again.
    ddo.reports_failure(&again, "failed").refused(409, "failure_unproven");

    let back = second.confirms_failure(&paid, "failed_after_success").ok();
    assert_eq!((back["status"].as_str(), back["utr"].as_str()), (Some("failed_after_success"), Some(&*utr(1))));
    ddo.advises(&tranche_of(&app, &paid)).ok();
    // Whoever confirmed took a step on this money, and pays none of it.
    let steps = tranche_of(&app, &paid)["steps"].as_array().unwrap().clone();
    assert!(steps.iter().any(|step| step["step"] == "confirm_failure"), "{steps:?}");
    app.must_verify();
}

#[apply(on_both!)]
fn one_person_with_two_roles_is_no_second_person(app: App) {
    let both = app.person("both", &["disbursing_officer", "finance_officer"], None);
    let award = app.told("selling", |app| {
        app.window_is_open();
        app.provided("sales_linked_incentive", "2026-27", 10 * crate::harness::people::CRORE);
        let award = app.commissioned("lodestone", 900);
        app.set_clock(&format!("{TODAY}T06:30:00Z"));
        award
    });
    let sold = crate::harness::people::Sales::at_the_rate("2026-06-01", "2026-06-01", 1_000);
    let tranche = app.tranche_for_sales("lodestone", &award, sold);
    let advised = both.advises(&app.sanctioned(&tranche)).ok();
    both.makes_advice(&[&advised]).ok();
    both.reports_failure(&advised, "failed").refused(409, "failure_unproven");
    both.confirms_failure(&advised, "failed").refused(409, "same_person");
    // Whoever confirmed a failure does not send the money again.
    let other = app.person("other", &["disbursing_officer", "finance_officer"], None);
    other.confirms_failure(&advised, "failed").ok();
    other.advises(&tranche_of(&app, &advised)).refused(409, "same_person");
    both.advises(&tranche_of(&app, &advised)).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn a_line_of_a_scroll_or_a_file_of_the_treasury_says_it(app: App) {
    let (ddo, finance) = (app.disbursing_officer(), app.finance_officer());
    let all = payments(&app, 3, &[1]);
    let lines = [
        format!("{},Failed,,,{EACH},account closed", number(&all[0])),
        format!("{},Failed after success,{},,{EACH},came back", number(&all[1]), utr(1)),
    ];
    let taken = finance.uploads_scroll("text/csv", &scroll("S-1", &lines), "?from=2026-07-01&to=2026-07-01").ok();
    assert_eq!(findings(&taken), ["not_confirmed_here", "said_failed_but_confirmed"]);
    ddo.reports_failure(&app.payment(&all[0]), "failed").ok();
    ddo.reports_failure(&app.payment(&all[1]), "failed_after_success").ok();
    // The differences are settled by two people, or cleared by the next scroll, before the money is sent again.
    ddo.advises(&tranche_of(&app, &all[0])).refused(409, "bank_contradicts");
    finance.uploads_scroll("text/csv", &scroll("S-2", &lines), "?from=2026-07-01&to=2026-07-01").ok();
    ddo.advises(&tranche_of(&app, &all[0])).ok();
    ddo.reports_failure(&all[2], "failed").refused(409, "failure_unproven");
    let file = answer("R-1", &all[2], "Failed,,,{amount},account closed");
    assert_eq!(results(&ddo.uploads_return("text/csv", &file).ok()), ["applied"]);
    ddo.advises(&tranche_of(&app, &all[2])).ok();
    app.must_verify();
}

/// Two files of the treasury say two things of one payment; the office that pays closes the second one.
#[apply(on_both!)]
fn a_later_answer_that_it_arrived_stops_the_money_until_a_second_person_has_looked(app: App) {
    let ddo = app.disbursing_officer();
    let all = payments(&app, 1, &[]);
    let failed = answer("R-1", &all[0], "Failed,,,{amount},account closed");
    assert_eq!(results(&ddo.uploads_return("text/csv", &failed).ok()), ["applied"]);
    let arrived = answer("R-2", &all[0], &format!("Success,{},{TODAY},{{amount}},", utr(0)));
    let late = ddo.uploads_return("text/csv", &arrived).ok();
    assert_eq!(results(&late), ["contradicted"]);
    let path = format!("/treasury-returns/{}/lines/1/closing", late["id"].as_str().unwrap());
    ddo.post(&path, None, &json!({ "reason": "a mistake of the treasury" })).unwrap().ok();
    let refused = ddo.advises(&tranche_of(&app, &all[0])).refused(409, "payment_unexplained");
    says(&refused, number(&all[0]));
    app.second("finance").confirms_failure(&app.payment(&all[0]), "failed").ok();
    ddo.advises(&tranche_of(&app, &all[0])).ok();
    // A scroll that says it arrived stops it again.
    let lines = [success(&all[0], &utr(0), EACH)];
    let taken = app.finance_officer().uploads_scroll("text/csv", &scroll("S-1", &lines), "").ok();
    assert_eq!(findings(&taken), ["not_confirmed_here"]);
    app.must_verify();
}
