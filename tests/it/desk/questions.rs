//! The auditor's ready-made questions: each has an empty answer on a sound story, and shows exactly the
//! case that is planted.

use crate::budget::budget_instruments::orders;
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs};
use crate::harness::recovery_people::Recovers;
use crate::payment::disbursements::sample::{Sample, seven};
use serde_json::{Value, json};

/// The answer of a question to the auditor.
fn asked(app: &App, question: &str) -> Vec<Value> {
    app.auditor().sees(&format!("/selections/{question}"))["data"].as_array().unwrap().clone()
}

/// Questions with an empty answer where nothing is wrong.
const WRONGS: [&str; 11] = [
    "payments_before_milestone",
    "payments_beyond_ceiling",
    "periods_claimed_twice",
    "invoices_claimed_twice",
    "invoices_alike",
    "evidence_used_twice?organisations_from=2",
    "bank_accounts_shared",
    "utrs_used_twice",
    "sanctions_without_appropriation",
    "sanctions_lapsed",
    "year_end_spending?beyond=march&beyond=last_quarter&beyond=both",
];

#[apply(on_both!)]
fn a_sound_story_has_nothing_wrong(app: App) {
    seven(&app);
    for question in WRONGS {
        assert_eq!(asked(&app, question), Vec::<Value>::new(), "{question}");
    }
    // Questions are for the auditor; each shows its text and the rule behind it.
    let list = app.auditor().sees("/selections");
    let ready: Vec<&Value> =
        list["data"].as_array().unwrap().iter().filter(|view| view["question"].is_string()).collect();
    assert_eq!(ready.len(), 20);
    for view in ready {
        assert!(view["source"].as_str().is_some_and(|source| !source.is_empty()), "{view}");
        let path = format!("/selections/{}", view["subject"].as_str().unwrap());
        for other in [app.signatory_of("lodestone"), app.competent_authority()] {
            other.get(&path).unwrap().refused(403, "not_permitted");
        }
    }
}

/// The id of the claim of a row of the sample, counted from 1.
fn claim(sample: &Sample, row: usize) -> &str {
    sample.rows[row - 1]["claim_id"].as_str().unwrap()
}

#[apply(on_both!)]
fn each_wrong_is_shown_where_it_is_planted(app: App) {
    let sample = seven(&app);
    let (lodestone, magnetite) = (&sample.lodestone, &sample.magnetite);
    let number = |row: usize| sample.rows[row - 1]["number"].clone();
    let plant = |question: &str, sql: &str| {
        assert!(asked(&app, question).is_empty(), "{question}");
        app.sql(sql);
        let found = asked(&app, question);
        assert_eq!(found.len(), 1, "{question}: {found:?}");
        found[0].clone()
    };
    let late = format!(
        "UPDATE milestones SET achieved_on = '2026-12-31' WHERE id = (SELECT milestone_id FROM claims WHERE id = '{}')",
        claim(&sample, 1)
    );
    let found = plant("payments_before_milestone", &late);
    assert_eq!((&found["number"], &found["paid_on"]), (&number(1), &json!("2026-05-01")));
    assert_eq!((&found["achieved_on"], &found["amount_paise"]), (&json!("2026-12-31"), &json!(15 * CRORE)));

    let much = 100_000 * CRORE;
    let more = format!("UPDATE disbursements SET amount_paise = {much} WHERE utr = 'UTR000000000003'");
    let found = plant("payments_beyond_ceiling", &more);
    assert_eq!((&found["organisation_id"], &found["component"]), (&json!(magnetite), &json!("sales_linked_incentive")));
    let beyond = found["paid_paise"].as_i64().unwrap() - found["ceiling_paise"].as_i64().unwrap();
    assert_eq!(found["beyond_paise"], beyond);
    assert_eq!(found["paid_paise"], much + 8_00_00_000);
    app.sql("UPDATE disbursements SET amount_paise = 320000000 WHERE utr = 'UTR000000000003'");

    let overlap = format!("UPDATE claims SET period_from = '2026-05-20' WHERE id = '{}'", claim(&sample, 4));
    let found = plant("periods_claimed_twice", &overlap);
    assert_eq!((&found["organisation_id"], &found["first_to"]), (&json!(lodestone), &json!("2026-05-31")));
    assert_eq!((&found["second_from"], &found["second_to"]), (&json!("2026-05-20"), &json!("2026-06-15")));

    let again = format!(
        "UPDATE claim_lines SET document_key = (SELECT MIN(document_key) FROM claim_lines WHERE claim_id = '{}') WHERE claim_id = '{}'",
        claim(&sample, 2),
        claim(&sample, 4)
    );
    let found = plant("invoices_claimed_twice", &again);
    assert_eq!((&found["lines"], &found["claims"], &found["organisations"]), (&json!(2), &json!(2), &json!(1)));

    let attach = |maker: &str| {
        let content = b"%PDF-1.4 the same certificate";
        app.preparer_of(maker).upload("certificate.pdf", "application/pdf", content).unwrap().ok();
    };
    attach("lodestone");
    assert!(asked(&app, "evidence_used_twice?organisations_from=2").is_empty());
    attach("magnetite");
    let found = asked(&app, "evidence_used_twice?organisations_from=2");
    assert_eq!((found.len(), &found[0]["uploads"], &found[0]["organisations"]), (1, &json!(2), &json!(2)));

    app.sql(&format!(
        "UPDATE organisations SET bank_account = '99887766554433', ifsc = 'SBIN0001234' WHERE id = '{lodestone}'"
    ));
    let shared = format!(
        "UPDATE organisations SET bank_account = '0099887766554433', ifsc = 'SBIN0009999' WHERE id = '{magnetite}'"
    );
    let found = plant("bank_accounts_shared", &shared);
    assert_eq!((&found["organisations"], &found["account_ends"]), (&json!(2), &json!("4433")));
    assert!(!found.to_string().contains("99887766554433"), "the whole account number is nobody's business");

    let found = plant("utrs_used_twice", "UPDATE payments SET utr = 'utr-00000 0000001' WHERE utr = 'UTR000000000002'");
    assert_eq!((&found["id"], &found["payments"]), (&json!("UTR000000000001"), &json!(2)));

    let long_ago = format!(
        "UPDATE tranches SET sanction = replace(sanction, '\"sanctioned_on\":\"2026-06-30\"', '\"sanctioned_on\":\"2025-06-29\"') \
         WHERE claim_id = '{}'",
        claim(&sample, 3)
    );
    let found = plant("sanctions_lapsed", &long_ago);
    assert_eq!((&found["lapsed_on"], &found["paid_on"]), (&json!("2026-06-29"), &json!("2026-06-30")));
}

#[apply(on_both!)]
fn the_end_of_the_year_is_held_against_the_limits_of_its_time(app: App) {
    seven(&app);
    let of_year = |year: &str| {
        let found = asked(&app, &format!("year_end_spending?payment_year={year}"));
        assert_eq!(found.len(), 1, "{year}");
        found[0].clone()
    };
    let sound = of_year("2026-27");
    assert_eq!(
        (&sound["estimate_paise"], &sound["march_paise"], &sound["beyond"]),
        (&json!(50 * CRORE), &json!(0), &json!("none"))
    );
    assert_eq!(
        (&sound["last_quarter_limit_basis_points"], &sound["march_limit_basis_points"]),
        (&json!(3_300), &json!(1_500))
    );
    // 15 of 50 crore: 30 per cent, within the last quarter's limit and not within March's.
    app.sql("UPDATE disbursements SET paid_on = '2027-03-31' WHERE utr = 'UTR000000000001'");
    let found = of_year("2026-27");
    assert_eq!((&found["march_paise"], &found["march_basis_points"]), (&json!(15 * CRORE), &json!(3_000)));
    assert_eq!((&found["last_quarter_basis_points"], &found["beyond"]), (&json!(3_000), &json!("march")));
    app.sql(
        "UPDATE disbursements SET paid_on = '2027-02-28', amount_paise = 200000000000 WHERE utr = 'UTR000000000001'",
    );
    assert_eq!(of_year("2026-27")["beyond"], "last_quarter");
    // The limits in force in 2020 were tighter.
    app.sql("UPDATE disbursements SET paid_on = '2020-03-30', payment_year = '2019-20' WHERE utr = 'UTR000000000001'");
    let found = of_year("2019-20");
    assert_eq!(
        (&found["last_quarter_limit_basis_points"], &found["march_limit_basis_points"]),
        (&json!(2_500), &json!(1_000))
    );
    // Without an appropriation, money was spent outside any estimate, and the sanction was outside it too.
    assert_eq!((&found["estimate_paise"], &found["beyond"]), (&json!(0), &json!("both")));
    assert!(asked(&app, "sanctions_without_appropriation").is_empty());
    app.sql("UPDATE budget_instruments SET dated_on = '2026-12-31' WHERE financial_year = '2026-27' AND component = 'sales_linked_incentive'");
    let found = asked(&app, "sanctions_without_appropriation");
    assert_eq!(found.len(), 3, "three sanctions of that year for sales: {found:?}");
    assert!(found.iter().all(|row| row["appropriated_paise"] == 0 && row["held_in"] == "2026-27"));
}

#[apply(on_both!)]
fn what_was_given_back_is_held_against_what_was_saved(app: App) {
    seven(&app);
    assert!(asked(&app, "surrenders").is_empty());
    let form = json!({ "component": "capital_subsidy", "financial_year": "2027-28", "amount_paise": 5 * CRORE, "dated_on": "2027-04-12" });
    orders(&app, "surrender", &form).ok();
    let found = asked(&app, "surrenders");
    assert_eq!(found.len(), 1);
    // The bank took back row 7: nothing of that year's 40 crore is spent.
    assert_eq!((&found[0]["saving_paise"], &found[0]["beyond_saving_paise"]), (&json!(40 * CRORE), &json!(0)));
    assert_eq!((&found[0]["late"], &found[0]["surrendered_in_year_paise"]), (&json!("no"), &json!(5 * CRORE)));
    app.sql(
        "UPDATE budget_instruments SET posted_paise = 45000000000, dated_on = '2028-03-30' WHERE kind = 'surrender'",
    );
    let found = asked(&app, "surrenders?late=yes");
    assert_eq!(found[0]["beyond_saving_paise"], 5 * CRORE);
}

#[apply(on_both!)]
fn what_falls_due_is_told_in_time(app: App) {
    let sample = seven(&app);
    assert!(asked(&app, "certificates_due").is_empty());
    let due = format!("UPDATE claims SET certificate_due_on = '2027-04-12' WHERE id = '{}'", claim(&sample, 2));
    app.sql(&due);
    let found = asked(&app, "certificates_due");
    assert_eq!((found.len(), &found[0]["overdue"]), (1, &json!("no")));
    app.set_clock("2027-04-13T00:00:00Z");
    assert_eq!(asked(&app, "certificates_due?overdue=yes").len(), 1);

    let first = &app.values("SELECT MIN(id) AS value FROM securities")[0];
    app.sql("UPDATE securities SET expires_on = '2027-07-13', claim_expires_on = '2027-10-13'");
    assert!(asked(&app, "guarantees_expiring").is_empty(), "91 days");
    app.sql(&format!("UPDATE securities SET expires_on = '2027-07-12' WHERE id = '{first}'"));
    let standing = |wanted: &str| {
        let found = asked(&app, "guarantees_expiring");
        assert_eq!(found.len(), 1);
        assert_eq!((&found[0]["id"], &found[0]["standing"]), (&json!(first), &json!(wanted)));
    };
    standing("expiring");
    app.sql(&format!("UPDATE securities SET expires_on = '2027-04-12' WHERE id = '{first}'"));
    standing("expired");
    app.sql(&format!("UPDATE securities SET claim_expires_on = '2027-04-12' WHERE id = '{first}'"));
    standing("claim_period_over");
}

/// The totals of what is owed back.
fn totals(app: &App) -> Value {
    app.auditor().sees("/selections/recoveries_outstanding")["totals"].clone()
}

#[apply(on_both!)]
fn what_is_owed_back_is_told_by_age(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    assert!(asked(&app, "recoveries_outstanding").is_empty());
    let demanded = app.demanded(&paid, CRORE);
    for (today, age) in [
        ("2028-12-31T06:30:00Z", "not_yet_due"),
        ("2029-01-01T06:30:00Z", "1_to_30_days"),
        ("2029-01-30T06:30:00Z", "1_to_30_days"),
        ("2029-01-31T06:30:00Z", "31_to_90_days"),
        ("2029-04-01T06:30:00Z", "91_to_365_days"),
        ("2030-01-01T06:30:00Z", "over_365_days"),
    ] {
        app.set_clock(today);
        let found = asked(&app, "recoveries_outstanding");
        assert_eq!((found.len(), &found[0]["age"]), (1, &json!(age)), "{today}");
        assert_eq!((&found[0]["number"], &found[0]["principal_due_paise"]), (&demanded["number"], &json!(CRORE)));
        // What is owed includes the interest up to the day of the question, as the recovery's own statement does.
        let statement = app.owed(&demanded, &today[..10])["statement"].clone();
        let interest = statement["due"]["interest_paise"].as_i64().unwrap();
        assert!(interest > 2 * CRORE / 10, "{statement}");
        assert_eq!(found[0]["interest_due_paise"], interest);
        assert_eq!(
            (&found[0]["due_paise"], &totals(&app)["due_paise"]),
            (&statement["total_paise"], &json!(CRORE + interest))
        );
        let inbox = app.signatory().sees("/worklist?kind=recovery");
        assert_eq!(inbox["data"][0]["amount_paise"], CRORE + interest, "{inbox}");
    }
    assert!(asked(&app, "damages_charged").is_empty());
    app.sql(
        "UPDATE recoveries SET kind = 'liquidated_damages', disbursement_id = NULL, tranche_id = NULL, milestone_id = (SELECT MIN(id) FROM milestones), principal_due_paise = 0, damages_due_paise = 300000000",
    );
    let who = &app.values("SELECT MIN(id) AS value FROM users")[0];
    let credit = |id: &str, kind: &str, utr: &str, paise: i64| {
        app.sql(&format!(
            "INSERT INTO recovery_credits (id, recovery_id, kind, status, credited_on, principal_paise, interest_paise, damages_paise, \
             accrued, dues_after, utr, reference, recorded_by, recorded_at) SELECT '{id}', id, '{kind}', 'done', '2029-01-01', 0, 0, \
             {paise}, '[]', '{{}}', {utr}, '{id}', '{who}', '2029-01-01T00:00:00.000000Z' FROM recoveries"
        ));
    };
    credit("01", "receipt", "'UTR000000000099'", 500_000_000);
    credit("02", "waiver", "NULL", 200_000_000);
    let found = asked(&app, "damages_charged");
    assert_eq!((&found[0]["accrued_paise"], &found[0]["recovered_paise"]), (&json!(CRORE), &json!(500_000_000)));
    assert_eq!((&found[0]["waived_paise"], &found[0]["waived_by"]), (&json!(200_000_000), &json!(who)));
    assert_eq!(found[0]["due_paise"], 300_000_000);
}

#[apply(on_both!)]
fn every_sanction_stands_in_the_register_and_every_grantee_in_the_list(app: App) {
    let sample = seven(&app);
    let register = asked(&app, "register_of_grants?sort=serial_number");
    assert_eq!(register.len(), 7);
    let total: i64 = register.iter().map(|row| row["amount_paise"].as_i64().unwrap()).sum();
    assert_eq!(total, sample.rows.iter().map(|row| row["amount_paise"].as_i64().unwrap()).sum::<i64>());
    for row in &register {
        let number = row["register_of_payments"].as_str();
        let paid = sample.rows.iter().find(|paid| paid["number"].as_str() == number);
        match paid {
            Some(paid) => assert_eq!((&row["utr"], &row["paid_on"]), (&paid["utr"], &paid["paid_on"])),
            // A payment that the bank took back is not paid.
            None => assert_eq!((number, &row["purpose"]), (None, &json!("capital_subsidy"))),
        }
    }
    let grantees = asked(&app, "grantees");
    let of = |purpose: &str, id: &str, year: &str| {
        let found = grantees
            .iter()
            .find(|row| row["purpose"] == purpose && row["organisation_id"] == id && row["payment_year"] == year);
        found.map(|row| (row["payments"].as_i64().unwrap(), row["amount_paise"].as_i64().unwrap()))
    };
    assert_eq!(of("sales_linked_incentive", &sample.lodestone, "2026-27"), Some((2, 2 * 16_00_00_000)));
    assert_eq!(of("capital_subsidy", &sample.lodestone, "2026-27"), Some((1, 15 * CRORE)));
    assert_eq!(of("capital_subsidy", &sample.magnetite, "2027-28"), None, "the bank took it back");
    assert_eq!(grantees.len(), 5);
}

#[apply(on_both!)]
fn sanctions_that_were_split_are_found_below_a_limit(app: App) {
    let sample = seven(&app);
    let limit = 20_00_00_000;
    let found = asked(&app, &format!("split_sanctions?largest_paise_to={limit}&total_paise_from={}", limit + 1));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["organisation_id"], &found[0]["month"]), (&json!(sample.lodestone), &json!("2026-06")));
    assert_eq!((&found[0]["sanctions"], &found[0]["total_paise"]), (&json!(2), &json!(2 * 16_00_00_000)));
    let higher = asked(&app, &format!("split_sanctions?total_paise_from={}", 2 * 16_00_00_000 + 1));
    assert!(higher.is_empty());
}

#[apply(on_both!)]
fn every_attempt_that_was_refused_is_told(app: App) {
    let sample = seven(&app);
    let before = asked(&app, "overrides_refused").len();
    app.section_officer().asks_back(&sample.rows[0], CRORE).refused(409, "same_person");
    let found = asked(&app, "overrides_refused");
    assert_eq!(found.len(), before + 1);
    assert_eq!(
        (&found[0]["code"], &found[0]["actor_id"]),
        (&json!("same_person"), &app.section_officer().sees("/me")["id"])
    );
    let groups = app.auditor().sees("/selections/overrides_refused?group_by=code");
    assert!(
        groups["data"].as_array().unwrap().iter().any(|group| group["code"] == "same_person" && group["count"] == 1)
    );
}
