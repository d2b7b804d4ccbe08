//! Recoveries: noticed, decided, demanded, paid with interest to the paisa, or given up.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at, says};
use crate::harness::recovery_people::{Recovers, component, outlay, parts, recovery_account};
use serde_json::{Value, json};

#[apply(on_both!)]
fn the_steps_come_in_order_and_each_from_another_person(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let (section, authority, finance, ddo) =
        (app.second("section"), app.second("authority"), app.second("finance"), app.second("ddo"));
    let notice = section.asks_back(&paid, 16 * CRORE).ok();
    assert_eq!(
        (notice["number"].as_str(), notice["status"].as_str()),
        (Some("NDFEB/2026-27/REC/0001"), Some("noticed"))
    );
    finance.demands(&notice, "2026-08-01").refused(409, "wrong_state");
    ddo.receives(&app, &notice, "REFUND0000000001", "2026-06-01", 1).refused(409, "wrong_state");
    authority.orders_set_off(&notice, 1).refused(409, "wrong_state");
    let early = authority.orders(&notice, "confirmed", None).refused(409, "reply_awaited");
    says(&early, "the beneficiary may reply until 2028-12-31");

    let replied = app.signatory().replies_to(&notice).ok();
    app.signatory().replies_to(&replied).refused(409, "wrong_state");
    authority.orders(&notice, "confirmed", None).refused(412, "stale_version");
    let ordered = authority.orders(&replied, "confirmed", None).ok();
    authority.orders(&ordered, "confirmed", None).refused(409, "wrong_state");
    let demanded = finance.demands(&ordered, "2026-07-01").ok();
    assert_eq!(demanded["demand"]["due_on"], "2026-07-01");
    finance.demands(&demanded, "2026-07-01").refused(409, "wrong_state");
    let received = ddo.receives(&app, &demanded, "REFUND0000000001", "2026-06-01", CRORE).ok();
    // A person who holds every office still acts on one side only: whoever asks decides nothing.
    let all = ["section_officer", "competent_authority", "finance_officer", "disbursing_officer"];
    let everywhere = app.person("everywhere", &all, None);
    let second = everywhere.receives(&app, &received, "REFUND0000000002", "2026-06-01", CRORE).ok();
    let problem = everywhere.orders_set_off(&second, 1).refused(409, "same_person");
    says(&problem, "you already did 'collect' for this money, so somebody else must do 'order'");
    let proposed = everywhere.proposes_relief(&second, "write_off", Value::Null).ok();
    everywhere.decides_relief(&proposed, "granted").refused(409, "same_person");
    let steps: Vec<&str> =
        second["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["show_cause", "order", "demand", "collect", "collect"]);
    app.must_verify();
}

#[apply(on_both!)]
fn nobody_who_paid_gets_it_back_or_gives_it_up(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let problem = app.section_officer().asks_back(&paid, CRORE).refused(409, "same_person");
    says(&problem, "you already did 'recommend' for this money, so somebody else must do 'show_cause'");
    let notice = app.second("section").asks_back(&paid, CRORE).ok();
    let replied = app.signatory().replies_to(&notice).ok();
    app.competent_authority().orders(&replied, "dropped", None).refused(409, "same_person");
    let ordered = app.second("authority").orders(&replied, "confirmed", None).ok();
    app.finance_officer().demands(&ordered, "2026-07-01").refused(409, "same_person");
    let demanded = app.second("finance").demands(&ordered, "2026-07-01").ok();
    app.disbursing_officer().receives(&app, &demanded, "REFUND0000000001", "2026-06-01", 1).refused(409, "same_person");
    app.finance_officer().proposes_relief(&demanded, "write_off", Value::Null).refused(409, "same_person");
    // Whoever demanded may propose the relief, and whoever ordered may grant it: each is one side of it.
    let proposed = app.second("finance").proposes_relief(&demanded, "write_off", Value::Null).ok();
    app.competent_authority().decides_relief(&proposed, "granted").refused(409, "same_person");
    let both = app.person("both-offices", &["finance_officer", "competent_authority"], None);
    let again = both.proposes_relief(&proposed, "write_off", Value::Null).ok();
    both.decides_relief(&again, "granted").refused(409, "same_person");
    app.second("authority").decides_relief(&again, "granted").ok();
    app.must_verify();
}

#[apply(on_both!)]
fn parallel_recoveries_never_ask_more_than_was_paid(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let section = app.second("section");
    section.asks_back(&paid, 16 * CRORE + 1).refused(409, "recovery_exceeds_payment");
    let first = section.asks_back(&paid, 10 * CRORE).ok();
    let problem = section.asks_back(&paid, 6 * CRORE + 1).refused(409, "recovery_exceeds_payment");
    says(&problem, "₹6,00,00,000.00 of this payment is not under recovery yet");
    section.asks_back(&paid, 6 * CRORE).ok();
    section.asks_back(&paid, 1).refused(409, "recovery_exceeds_payment");
    let replied = app.signatory().replies_to(&first).ok();
    app.second("authority").orders(&replied, "reduced", Some(4 * CRORE)).ok();
    section.asks_back(&paid, 6 * CRORE + 1).refused(409, "recovery_exceeds_payment");
    section.asks_back(&paid, 6 * CRORE).ok();
    for forged in [
        "UPDATE disbursements SET under_recovery_paise = amount_paise + 1",
        "UPDATE disbursements SET under_recovery_paise = -1",
        "UPDATE recoveries SET principal_due_paise = amount_paise + 1",
        "UPDATE recoveries SET status = 'forgotten'",
        "DELETE FROM recovery_credits",
    ] {
        assert!(app.try_sql(forged).is_err() || forged.starts_with("DELETE"), "{forged}");
    }
    app.must_verify();
}

#[apply(on_both!)]
fn an_order_may_reduce_or_drop_what_was_asked(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let notice = app.second("section").asks_back(&paid, 10 * CRORE).ok();
    // No reply came; the order may be given on the day after the last day for it.
    app.set_clock("2028-12-31T06:30:00Z");
    app.second("authority").orders(&notice, "confirmed", None).refused(409, "reply_awaited");
    app.set_clock("2029-01-01T06:30:00Z");
    let authority = app.second("authority");
    for amount in [10 * CRORE, 11 * CRORE] {
        authority.orders(&notice, "reduced", Some(amount)).refused(409, "order_exceeds_notice");
    }
    let ordered = authority.orders(&notice, "reduced", Some(3 * CRORE)).ok();
    assert_eq!(
        (ordered["amount_paise"].as_i64(), ordered["notice"]["asked_paise"].as_i64()),
        (Some(3 * CRORE), Some(10 * CRORE))
    );
    let demanded = app.second("finance").demands(&ordered, "2029-02-01").ok();
    assert_eq!(
        parts(&json!({ "principal_paise": demanded["principal_due_paise"], "interest_paise": 0, "damages_paise": 0 })),
        [3 * CRORE, 0, 0]
    );
    assert_eq!(app.holds(&recovery_account("principal_due")), 3 * CRORE);

    let other = app
        .second("section")
        .post(
            "/recoveries",
            None,
            &json!({
                "kind": "refund", "disbursement_id": paid["id"], "amount_paise": 13 * CRORE, "grounds": "all of it",
                "reply_due_on": "2029-03-01",
            }),
        )
        .unwrap()
        .ok();
    let replied = app.signatory().replies_to(&other).ok();
    let dropped = authority.orders(&replied, "dropped", None).ok();
    assert_eq!((dropped["status"].as_str(), dropped["amount_paise"].as_i64()), (Some("dropped"), Some(0)));
    app.second("finance").demands(&dropped, "2029-02-01").refused(409, "wrong_state");
    assert_eq!(app.holds(&recovery_account("demanded")), 3 * CRORE);
    app.must_verify();
}

#[apply(on_both!)]
fn what_is_given_up_needs_two_people_and_stays_spent(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let demanded = app.demanded(&paid, 10 * CRORE);
    let (finance, authority) = (app.third("finance"), app.third("authority"));
    authority.decides_relief(&demanded, "granted").refused(409, "nothing_proposed");
    app.set_clock("2026-08-13T06:30:00Z");
    let interest = 10 * CRORE / 100 * 9 / 5;
    for (part, most) in [("principal_paise", 10 * CRORE), ("interest_paise", interest), ("damages_paise", 0)] {
        let problem = finance
            .proposes_relief(&demanded, "write_off", json!({ part: most + 1 }))
            .refused(409, "relief_exceeds_due");
        says(&problem, "of it is due today");
    }
    finance.proposes_relief(&demanded, "waiver", json!({ "principal_paise": 1 })).refused(422, "invalid_fields");
    let proposed = finance.proposes_relief(&demanded, "waiver", json!({ "interest_paise": interest / 2 })).ok();
    let refused = authority.decides_relief(&proposed, "refused").ok();
    assert_eq!((&refused["relief"], &refused["credit"]), (&Value::Null, &Value::Null));
    let proposed = finance.proposes_relief(&refused, "waiver", json!({ "interest_paise": interest / 2 })).ok();
    let waived = authority.decides_relief(&proposed, "granted").ok();
    assert_eq!(waived["credit"]["kind"], "waiver");
    assert_eq!(app.holds(&recovery_account("waived")), interest / 2);
    assert_eq!(app.holds(&recovery_account("interest_due")), interest - interest / 2);

    // The whole balance on the day of the decision, with the interest accrued until then.
    let proposed = finance.proposes_relief(&waived, "write_off", Value::Null).ok();
    app.set_clock("2026-10-25T06:30:00Z");
    let written_off = authority.decides_relief(&proposed, "granted").ok();
    assert_eq!(written_off["status"], "settled");
    assert_eq!(parts(&written_off["credit"]), [10 * CRORE, 2 * interest - interest / 2, 0]);
    assert_eq!(app.holds(&recovery_account("written_off")), 10 * CRORE + 2 * interest - interest / 2);
    assert_eq!((app.holds(&outlay("disbursed")), app.holds(&component("recovered"))), (16 * CRORE, 0));
    let problem = app.second("section").asks_back(&paid, 6 * CRORE + 1).refused(409, "recovery_exceeds_payment");
    says(&problem, "₹6,00,00,000.00");
    app.must_verify();
}

#[apply(on_both!)]
fn a_beneficiary_sees_its_own_and_replies_once(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let notice = app.second("section").asks_back(&paid, CRORE).ok();
    assert_eq!(app.preparer().sees(&at("recoveries", &notice))["notice"]["grounds"], "the magnets were imported");
    assert_eq!(app.preparer().sees("/recoveries")["data"].as_array().unwrap().len(), 1);
    let (stranger, preparer) = (app.signatory_of("magnetite"), app.preparer_of("magnetite"));
    for person in [&stranger, &preparer] {
        person.get(&at("recoveries", &notice)).unwrap().refused(404, "not_found");
        assert_eq!(person.sees("/recoveries")["data"], json!([]));
    }
    stranger.replies_to(&notice).refused(404, "not_found");
    let theirs = json!({ "text": "see", "evidence": [stranger.attaches("theirs")] });
    app.signatory().step(&notice, "reply", theirs).refused(409, "evidence_unknown");
    let own = json!({ "text": "see", "evidence": [app.signatory().attaches("own")] });
    app.signatory().step(&notice, "reply", own).ok();
    let of = |query: &str| app.auditor().sees(&format!("/recoveries?{query}"))["data"].as_array().unwrap().len();
    let award = notice["award_id"].as_str().unwrap();
    assert_eq!((of("status=replied"), of("status=noticed"), of(&format!("award_id={award}"))), (1, 0, 1));
    app.must_verify();
}

#[apply(on_both!)]
fn what_cannot_be_is_refused_by_field(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let whole = json!({
        "kind": "refund", "disbursement_id": paid["id"], "amount_paise": CRORE, "grounds": "g", "reply_due_on": "2026-07-01",
    });
    let wrong = [
        ("amount_paise", json!(0), "/amount_paise"),
        ("amount_paise", json!(-5), "/amount_paise"),
        ("amount_paise", Value::Null, "/amount_paise"),
        ("disbursement_id", Value::Null, "/disbursement_id"),
        ("kind", json!("true_up"), "/kind"),
        ("milestone_id", paid["id"].clone(), "/milestone_id"),
        ("charged_to", json!("2026-05-30"), "/charged_to"),
        ("grounds", json!(" "), "/grounds"),
        ("reply_due_on", json!("2026-06-01"), "/reply_due_on"),
        ("reply_due_on", json!("+12026-06-01"), "/reply_due_on"),
    ];
    let content = app.content();
    for (field, value, pointer) in wrong {
        let mut notice = whole.clone();
        notice[field] = value;
        let problem = app.second("section").post("/recoveries", None, &notice).unwrap().refused(422, "invalid_fields");
        let errors = problem["errors"].as_array().unwrap();
        assert!(errors.iter().any(|error| error["pointer"] == pointer), "{field}: {problem}");
    }
    let unknown = json!({ "id": uuid::Uuid::now_v7() });
    app.second("section").asks_back(&unknown, 1).refused(404, "not_found");
    assert_eq!(app.content().get("recoveries"), content.get("recoveries"));
    let demanded = app.demanded(&paid, CRORE);
    let ddo = app.second("ddo");
    ddo.receives(&app, &demanded, "12", "2026-06-01", 1).refused(422, "invalid_fields");
    ddo.receives(&app, &demanded, "REFUND0000000001", "2026-06-01", 0).refused(422, "invalid_fields");
    app.second("authority").orders_set_off(&demanded, 0).refused(422, "invalid_fields");
    app.third("finance").proposes_relief(&demanded, "write_off", json!({})).refused(422, "invalid_fields");
    app.third("finance")
        .proposes_relief(&demanded, "write_off", json!({ "interest_paise": -1 }))
        .refused(422, "invalid_fields");
    app.must_verify();
}

#[allow(clippy::too_many_lines)] // a table of forgeries
#[apply(on_both!)]
fn a_forged_recovery_is_named(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let demanded = app.demanded(&paid, 10 * CRORE);
    app.set_clock("2026-08-13T06:30:00Z");
    let received = app.second("ddo").receives(&app, &demanded, "REFUND0000000001", "2026-08-13", 5 * CRORE).ok();
    let proposed =
        app.third("finance").proposes_relief(&received, "write_off", json!({ "principal_paise": CRORE })).ok();
    app.third("authority").decides_relief(&proposed, "granted").ok();
    app.must_verify();
    for (forged, undone, named) in [
        (
            "UPDATE recoveries SET principal_due_paise = principal_due_paise - 1",
            "UPDATE recoveries SET principal_due_paise = principal_due_paise + 1",
            "principal_due",
        ),
        (
            "UPDATE recoveries SET interest_due_paise = 3",
            "UPDATE recoveries SET interest_due_paise = 0",
            "interest_due",
        ),
        (
            "UPDATE recovery_credits SET principal_paise = principal_paise + 1 WHERE kind = 'receipt'",
            "UPDATE recovery_credits SET principal_paise = principal_paise - 1 WHERE kind = 'receipt'",
            "disbursed",
        ),
        (
            "UPDATE recovery_credits SET interest_paise = interest_paise - 1 WHERE kind = 'receipt'",
            "UPDATE recovery_credits SET interest_paise = interest_paise + 1 WHERE kind = 'receipt'",
            "interest_recovered",
        ),
        (
            "UPDATE recovery_credits SET kind = 'waiver' WHERE kind = 'write_off'",
            "UPDATE recovery_credits SET kind = 'write_off' WHERE kind = 'waiver'",
            "written_off",
        ),
        (
            "UPDATE disbursements SET under_recovery_paise = 0",
            "UPDATE disbursements SET under_recovery_paise = 10000000000",
            "under recovery",
        ),
        (
            "UPDATE payments SET set_off_paise = 1",
            "UPDATE payments SET set_off_paise = 0",
            "this row is not as the last act left it",
        ),
        (
            "UPDATE disbursements SET set_off_paise = 1",
            "UPDATE disbursements SET set_off_paise = 0",
            "this row is not as the last act left it",
        ),
        (
            "UPDATE recoveries SET held_by = (SELECT MIN(id) FROM payments)",
            "UPDATE recoveries SET held_by = NULL",
            "says a set-off is held",
        ),
        (
            "UPDATE recoveries SET carried = carried + 1",
            "UPDATE recoveries SET carried = carried - 1",
            "does not follow from its credits",
        ),
        (
            "UPDATE recoveries SET accrued_to = '2027-08-13'",
            "UPDATE recoveries SET accrued_to = '2026-08-13'",
            "does not follow from its credits",
        ),
        (
            "UPDATE recoveries SET interest_from = '2026-06-02'",
            "UPDATE recoveries SET interest_from = '2026-06-01'",
            "from another day than its payment",
        ),
        (
            "UPDATE recovery_credits SET credited_on = '2026-08-12' WHERE kind = 'receipt'",
            "UPDATE recovery_credits SET credited_on = '2026-08-13' WHERE kind = 'receipt'",
            "the interest up to the receipt of 2026-08-12 differs",
        ),
        (
            "UPDATE recovery_credits SET accrued = REPLACE(accrued, '\"days\":73', '\"days\":72') WHERE kind = 'receipt'",
            "UPDATE recovery_credits SET accrued = REPLACE(accrued, '\"days\":72', '\"days\":73') WHERE kind = 'receipt'",
            "the interest up to the receipt of 2026-08-13 differs",
        ),
    ] {
        app.sql(forged);
        let fault = app.verify().fault.unwrap_or_else(|| panic!("{forged} was not found"));
        assert!(fault.contains(named), "{forged}: {fault}");
        app.sql(undone);
        app.must_verify();
    }
}
