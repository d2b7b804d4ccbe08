//! The treasury's return — late, repeated, in any order, broken off, contradictory — moves money once or
//! not at all. A small treasury in a process of its own answers in each of these ways.

use crate::harness::app::App;
use crate::harness::fake_treasury;
use crate::harness::fake_treasury::Mood;
use crate::harness::people::{Answered, Verbs, at, says};
use crate::harness::treasury_people::{EACH, TODAY, TreasuryVerbs, results};
use serde_json::{Value, json};

/// The rows of every table that the treasury could change.
fn money(app: &App) -> Vec<Vec<String>> {
    ["payments", "disbursements", "tranches", "accounts", "entries", "treasury_return_lines"]
        .map(|t| app.rows(t))
        .to_vec()
}

#[apply(on_both!)]
fn a_return_pays_what_succeeded(app: App) {
    let payments = app.advised_payments(4);
    for (index, format) in ["csv", "xml"].into_iter().enumerate() {
        let pair = &payments[index * 2..index * 2 + 2];
        let file = app.advice_file(pair, format);
        let answer = app.treasury_answers(Mood::Succeeds, &file, &format!("SCROLL-{format}"));
        let (told, uploaded) = (answer.balances(), answer.ok());
        assert_eq!((results(&uploaded), &uploaded["results"]), (vec!["applied"; 2], &json!({ "applied": 2 })));
        assert_eq!(app.statuses(pair), ["succeeded"; 2]);
        let year = "appropriation:ndfeb-2025-proposal:sales_linked_incentive:2026-27:disbursed";
        assert_eq!(told[year], (index as i64 + 1) * 2 * EACH);
        app.must_verify();
    }
    assert_eq!(app.disbursed_and_sanctioned(), (4 * EACH, 0));
    let all =
        json!({ "count": 4, "amount_paise": 4 * EACH, "returned_paise": 0, "kept_paise": 0, "net_paise": 4 * EACH });
    assert_eq!(app.auditor().sees("/disbursements")["totals"], all);
    let paid = app.payment(&payments[0]);
    assert_eq!((&paid["utr"], &paid["paid_on"]), (&json!("NDFEB202627PAY0001"), &json!(TODAY)));
}

#[apply(on_both!)]
fn what_failed_is_advised_again_under_a_new_number_and_in_a_new_advice(app: App) {
    let payments = app.advised_payments(2);
    let file = app.advice_file(&payments, "xml");
    let uploaded = app.treasury_answers(Mood::FailsSome, &file, "SCROLL-1").ok();
    assert_eq!(results(&uploaded), ["applied", "applied"]);
    assert_eq!(
        (app.statuses(&payments), app.disbursed_and_sanctioned()),
        (vec!["succeeded".into(), "failed".into()], (EACH, EACH))
    );
    assert_eq!(app.payment(&payments[1])["reason"], "account, closed");
    let ddo = app.disbursing_officer();
    ddo.makes_advice(&[&payments[1]]).refused(409, "wrong_state");
    let again = ddo.advises(&app.tranche(&json!({ "id": payments[1]["tranche_id"] }))).ok();
    assert_eq!(again["number"], "NDFEB/2026-27/PAY/0003");
    let file = app.advice_file(std::slice::from_ref(&again), "csv");
    app.treasury_answers(Mood::Succeeds, &file, "SCROLL-2").ok();
    assert_eq!(app.disbursed_and_sanctioned(), (2 * EACH, 0));
    app.must_verify();
}

#[apply(on_both!)]
fn what_the_treasury_has_is_still_open(app: App) {
    let payments = app.advised_payments(1);
    let file = app.advice_file(&payments, "csv");
    app.treasury_answers(Mood::AcceptsOnly, &file, "ACK-1").ok();
    let accepted = app.payment(&payments[0]);
    assert_eq!((&accepted["status"], accepted["accepted_at"].is_string()), (&json!("accepted"), true));
    assert_eq!(app.disbursed_and_sanctioned(), (0, EACH));
    let ddo = app.disbursing_officer();
    ddo.advises(&app.tranche(&json!({ "id": payments[0]["tranche_id"] }))).refused(409, "wrong_state");
    let unknown = ddo.reports_unknown(&accepted).ok();
    assert_eq!(unknown["status"], "unknown");
    // A repeated acknowledgement, in another file, does not undo that.
    assert_eq!(results(&app.treasury_answers(Mood::AcceptsOnly, &file, "ACK-2").ok()), ["already_recorded"]);
    assert_eq!(app.statuses(&payments), ["unknown"]);
    app.treasury_answers(Mood::Succeeds, &file, "SCROLL-1").ok();
    assert_eq!(results(&app.treasury_answers(Mood::AcceptsOnly, &file, "ACK-3").ok()), ["already_recorded"]);
    assert_eq!((app.statuses(&payments), app.disbursed_and_sanctioned()), (vec!["succeeded".into()], (EACH, 0)));
    app.must_verify();
}

#[apply(on_both!)]
fn silence_is_unknown_and_is_never_sent_again(app: App) {
    let payments = app.advised_payments(1);
    let file = app.advice_file(&payments, "xml");
    let content = app.content();
    assert_eq!(fake_treasury::answers(Mood::Silent, &file, "SCROLL-1", TODAY), b"");
    app.disbursing_officer().uploads_return("application/xml", b"").refused(422, "invalid_fields");
    assert_eq!(app.content(), content);
    let ddo = app.disbursing_officer();
    ddo.reports_unknown(&payments[0]).ok();
    ddo.advises(&app.tranche(&json!({ "id": payments[0]["tranche_id"] }))).refused(409, "wrong_state");
    ddo.makes_advice(&[&payments[0]]).refused(409, "wrong_state");
    app.treasury_answers(Mood::Succeeds, &file, "SCROLL-1").ok();
    assert_eq!((app.statuses(&payments), app.disbursed_and_sanctioned()), (vec!["succeeded".into()], (EACH, 0)));
    app.must_verify();
}

#[apply(on_both!)]
fn a_failure_after_success_waits_for_the_success(app: App) {
    let payments = app.advised_payments(2);
    let file = app.advice_file(&payments, "csv");
    let early = app.treasury_answers(Mood::FailsAfterSuccess, &file, "RETURN-1").ok();
    assert_eq!((results(&early), &early["lines"][0]["code"]), (vec!["waiting"; 2], &json!("answer_too_early")));
    assert_eq!(
        (app.statuses(&payments), app.disbursed_and_sanctioned()),
        (vec!["advised".to_owned(); 2], (0, 2 * EACH))
    );
    // The success arrives later: both are applied, in the order in which they happened.
    app.treasury_answers(Mood::Succeeds, &file, "SCROLL-1").ok();
    assert_eq!(app.statuses(&payments), ["failed_after_success"; 2]);
    assert_eq!(results(&app.auditor().sees(&at("treasury-returns", &early))), ["applied"; 2]);
    assert_eq!(app.disbursed_and_sanctioned(), (0, 2 * EACH));
    app.must_verify();
    let again = app.disbursing_officer().advises(&app.tranche(&json!({ "id": payments[0]["tranche_id"] }))).ok();
    let file = app.advice_file(&[again], "csv");
    app.treasury_answers(Mood::Succeeds, &file, "SCROLL-2").ok();
    assert_eq!(app.disbursed_and_sanctioned(), (EACH, EACH));
    app.must_verify();
}

#[apply(on_both!)]
fn the_same_file_changes_nothing_twice(app: App) {
    let payments = app.advised_payments(3);
    let advice = app.advice_file(&payments, "csv");
    let file = fake_treasury::answers(Mood::FailsSome, &advice, "SCROLL-1", TODAY);
    let ddo = app.disbursing_officer();
    let first = ddo.uploads_return_under("the-key", "text/csv", &file);
    let again = ddo.uploads_return_under("the-key", "text/csv", &file);
    assert_eq!((again.header("idempotency-replayed"), &again.bytes), (Some("true"), &first.bytes));
    let first = first.ok();
    let before = money(&app);
    let replayed = ddo.uploads_return("text/csv", &file);
    assert!(replayed.balances().is_empty(), "no account was touched");
    assert_eq!(replayed.ok(), first);
    assert_eq!(money(&app), before);
    // The same facts in another file, and another file under the same names.
    let other = fake_treasury::answers(Mood::FailsSome, &advice, "SCROLL-2", TODAY);
    assert_eq!(results(&ddo.uploads_return("text/csv", &other).ok()), ["already_recorded"; 3]);
    ddo.uploads_return_under("the-key", "text/csv", &other).refused(422, "idempotency_key_reused");
    let forged = fake_treasury::answers(Mood::Succeeds, &advice, "SCROLL-1", TODAY);
    ddo.uploads_return("text/csv", &forged).refused(409, "message_id_reused");
    assert_eq!(money(&app)[..5], before[..5]);
    assert_eq!(app.disbursed_and_sanctioned(), (2 * EACH, EACH));
    app.must_verify();
}

#[apply(on_both!)]
fn the_order_of_lines_and_files_decides_nothing(app: App) {
    let other = App::start(app.engine);
    let moods = [Mood::AcceptsOnly, Mood::FailsAfterSuccess, Mood::Succeeds];
    let end = |app: &App, order: [usize; 3], mood: Mood| {
        let payments = app.advised_payments(3);
        let file = app.advice_file(&payments, "xml");
        for index in order {
            let mood = if moods[index] == Mood::Succeeds { mood } else { moods[index] };
            app.treasury_answers(mood, &file, &format!("FILE-{index}")).ok();
        }
        app.must_verify();
        let kept = |one: &Value| {
            let now = app.payment(one);
            ["number", "status", "utr", "paid_on", "reason"].map(|field| now[field].clone())
        };
        (payments.iter().map(kept).collect::<Vec<_>>(), app.disbursed_and_sanctioned())
    };
    let straight = end(&app, [0, 2, 1], Mood::Succeeds);
    assert_eq!(end(&other, [1, 2, 0], Mood::Reverses), straight);
    assert_eq!(straight.1, (0, 3 * EACH));
}

#[apply(on_both!)]
fn half_a_file_is_no_file(app: App) {
    let payments = app.advised_payments(2);
    let advice = app.disbursing_officer().makes_advice(&[&payments[0], &payments[1]]).ok();
    for format in ["csv", "xml"] {
        let file = app.disbursing_officer().downloads(&advice, format).text();
        let content = app.content();
        for mood in [Mood::Truncates, Mood::Miscounts] {
            let before = app.audit_length();
            app.treasury_answers(mood, &file, "SCROLL-1").refused(409, "return_truncated");
            assert_eq!(app.audit_behind(before), ["upload_treasury_return refused return_truncated"]);
        }
        assert_eq!(app.content(), content);
    }
    let file = app.disbursing_officer().downloads(&advice, "csv").text();
    app.treasury_answers(Mood::Succeeds, &file, "SCROLL-1").ok();
    assert_eq!(app.statuses(&payments), ["succeeded"; 2]);
    app.must_verify();
}

#[apply(on_both!)]
fn contradictions_are_listed_and_change_nothing(app: App) {
    let payments = app.advised_payments(2);
    let file = app.advice_file(&payments, "csv");
    // Within one file: no line about the first payment is accepted, whatever their order.
    let mixed = app.treasury_answers(Mood::Contradicts, &file, "SCROLL-1").ok();
    assert_eq!(results(&mixed), ["contradicted", "contradicted", "applied"]);
    assert_eq!(app.statuses(&payments), ["advised", "succeeded"]);
    // Contradictions with recorded facts.
    let ddo = app.disbursing_officer();
    app.second("finance").confirms_failure(&payments[0], "failed").ok();
    let late = app.treasury_answers(Mood::Succeeds, &file, "SCROLL-2").ok();
    assert_eq!(results(&late), ["contradicted", "already_recorded"]);
    let detail = late["lines"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("is failed, and now reported succeeded with UTR NDFEB202627PAY0001"), "{detail}");
    let other_day = String::from_utf8(fake_treasury::answers(Mood::Succeeds, &file, "SCROLL-3", "2026-06-30")).unwrap();
    assert_eq!(results(&ddo.uploads_return("text/csv", other_day.as_bytes()).ok()), ["contradicted"; 2]);
    assert_eq!(
        (app.statuses(&payments), app.disbursed_and_sanctioned()),
        (vec!["failed".into(), "succeeded".into()], (EACH, EACH))
    );
    let listed = app.auditor().sees("/treasury-return-lines");
    assert_eq!(listed["data"].as_array().unwrap().len(), 5);
    app.must_verify();
}

#[apply(on_both!)]
fn wrong_amounts_and_strangers_are_refused(app: App) {
    let payments = app.advised_payments(2);
    let ddo = app.disbursing_officer();
    let first = ddo.makes_advice(&[&payments[0]]).ok();
    let file = ddo.downloads(&first, "csv").text();
    let before = money(&app)[..5].to_vec();
    let overpaid = app.treasury_answers(Mood::Overpays, &file, "SCROLL-1").ok();
    assert_eq!((results(&overpaid), &overpaid["lines"][0]["code"]), (vec!["refused"], &json!("amount_differs")));
    // One of our payments that is not in the advice of the file, and one that never existed.
    let answers = String::from_utf8(fake_treasury::answers(Mood::Succeeds, &file, "SCROLL-2", TODAY)).unwrap();
    let named = answers.replace("SCROLL-2,,", &format!("SCROLL-2,{},", first["message_id"].as_str().unwrap()));
    let stranger = named.replace("PAY/0001", "PAY/0002");
    let never = answers.replace("PAY/0001", "PAY/0099").replace("SCROLL-2", "SCROLL-3");
    for (file, code) in [(&stranger, "payment_not_in_file"), (&never, "payment_unknown")] {
        let refused = ddo.uploads_return("text/csv", file.as_bytes()).ok();
        assert_eq!((results(&refused), &refused["lines"][0]["code"]), (vec!["refused"], &json!(code)));
    }
    let nobodys = named.replace("DBTPAYREQ", "DBTPAYREX").replace("SCROLL-2", "SCROLL-4");
    ddo.uploads_return("text/csv", nobodys.as_bytes()).refused(409, "advice_unknown");
    assert_eq!(money(&app)[..5], before);
    let right = named.replace("SCROLL-2", "SCROLL-5");
    assert_eq!(results(&ddo.uploads_return("text/csv", right.as_bytes()).ok()), ["applied"]);
    app.must_verify();
}

#[apply(on_both!)]
fn a_utr_pays_once_however_it_is_spelled(app: App) {
    let payments = app.advised_payments(4);
    let (first, second) = (app.advice_file(&payments[..2], "csv"), app.advice_file(&payments[2..], "xml"));
    let both = app.treasury_answers(Mood::RepeatsUtr, &first, "SCROLL-1").ok();
    assert_eq!(results(&both), ["contradicted"; 2]);
    says(&json!({ "detail": both["lines"][0]["detail"] }), "with a UTR that the same file gives to payment");
    let used = "ndfeb-2026 27pay/0003";
    app.disbursing_officer().confirms(&payments[0], used, TODAY).ok();
    let taken = app.treasury_answers(Mood::Succeeds, &second, "SCROLL-2").ok();
    assert_eq!((results(&taken), &taken["lines"][0]["code"]), (vec!["refused", "applied"], &json!("utr_already_used")));
    assert_eq!(app.statuses(&payments), ["succeeded", "advised", "advised", "succeeded"]);
    app.must_verify();
}

#[apply(on_both!)]
fn a_stopped_upload_goes_on_where_it_was(app: App) {
    let payments = app.advised_payments(3);
    let advice = app.advice_file(&payments, "csv");
    let file = fake_treasury::answers(Mood::FailsSome, &advice, "SCROLL-1", TODAY);
    let ddo = app.disbursing_officer();
    ddo.uploads_return("text/csv", &file).ok();
    let before = money(&app)[..5].to_vec();
    // As if the service had stopped before it stored any line's result, and after the first one.
    for lines in ["line > 0", "line > 1"] {
        app.sql(&format!("UPDATE treasury_return_lines SET result = 'open' WHERE {lines}"));
        let again = ddo.uploads_return("text/csv", &file).ok();
        assert!(results(&again).iter().all(|result| ["applied", "already_recorded"].contains(result)), "{again}");
        assert_eq!(money(&app)[..5], before);
    }
    // The results were put back by hand, and verify says so.
    let fault = app.verify().fault.unwrap();
    assert!(fault.contains("treasury_return_lines") && fault.contains("changed in between"), "{fault}");
}

#[apply(on_both!)]
fn two_officers_with_the_same_file_pay_once(app: App) {
    let payments = app.advised_payments(4);
    let advice = app.advice_file(&payments, "csv");
    let file = fake_treasury::answers(Mood::FailsSome, &advice, "SCROLL-1", TODAY);
    let officers = [app.disbursing_officer(), app.person("colleague", &["disbursing_officer"], None)];
    let both: Vec<Value> = std::thread::scope(|scope| {
        let upload = |officer: &std::sync::Arc<magnet_scheme::client::Person>| {
            let (officer, file) = (std::sync::Arc::clone(officer), file.as_slice());
            scope.spawn(move || officer.uploads_return("text/csv", file).ok())
        };
        let running: Vec<_> = officers.iter().map(upload).collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(both[0]["id"], both[1]["id"]);
    assert_eq!(app.disbursed_and_sanctioned(), (2 * EACH, 2 * EACH));
    assert_eq!(app.statuses(&payments), ["succeeded", "failed", "succeeded", "failed"]);
    app.must_verify();
}

#[apply(on_both!)]
fn who_took_another_step_cannot_pay_by_a_file(app: App) {
    let both = app.person("section", &["section_officer", "disbursing_officer"], None);
    let payments = app.advised_payments(1);
    both.makes_advice(&[&payments[0]]).refused(409, "same_person");
    let advice = app.advice_file(&payments, "csv");
    let file = fake_treasury::answers(Mood::Succeeds, &advice, "SCROLL-1", TODAY);
    let waits = both.uploads_return("text/csv", &file).ok();
    assert_eq!((results(&waits), &waits["lines"][0]["code"]), (vec!["waiting"], &json!("same_person")));
    assert_eq!(app.statuses(&payments), ["advised"]);
    assert_eq!(results(&app.disbursing_officer().uploads_return("text/csv", &file).ok()), ["applied"]);
    app.must_verify();
}

#[apply(on_both!)]
fn what_is_no_return_is_refused_before_anything_is_made_of_it(app: App) {
    let ddo = app.disbursing_officer();
    ddo.sees("/payments");
    let content = app.content();
    let dtd = "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\">]><DBTPaymentResponse/>";
    for (kind, file) in [
        ("application/xml", dtd.as_bytes()),
        ("application/xml", b"<html></html>"),
        ("application/xml", b"\xff\xfe<\0"),
        ("text/csv", b"a,b,c\r\n"),
        ("text/csv", b"\0\0\0"),
        ("text/csv", b""),
    ] {
        crate::harness::problem::problem(ddo.uploads_return(kind, file), 422, "invalid_fields");
    }
    let long: String = (0..10_001).map(|line| format!("LIN,P/{line},Accepted,,,1.00,\r\n")).collect();
    let long = format!("HDR,LONG,,10001,10001.00\r\n{long}TRL,10001,10001.00\r\n");
    ddo.uploads_return("text/csv", long.as_bytes()).refused(422, "invalid_fields");
    ddo.uploads_return("text/csv", &vec![b' '; 8_388_609]).refused(413, "body_too_large");
    for kind in ["application/json", "text/plain", "application/octet-stream"] {
        ddo.uploads_return(kind, b"HDR").refused(415, "unsupported_media_type");
    }
    assert_eq!(app.content(), content);
    app.must_verify();
}
