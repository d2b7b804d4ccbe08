//! Receipts of a recovery: interest, order, financial year and instalments.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at, says};
use crate::harness::recovery_people::{Recovers, component, outlay, parts, recovery_account};
use crate::recovery::bank_credits::books;
use serde_json::{Value, json};

const SALES: &str = "sales_linked_incentive";

fn year(year: &str, stage: &str) -> String {
    format!("appropriation:ndfeb-2025-proposal:{SALES}:{year}:{stage}")
}

/// The press reported principal and total (livemint 2023); the rate and the days are an assumption: 9 %
/// simple, as in the sample scheme, for 524 days gives these figures.
#[apply(on_both!)]
fn a_refund_of_44_crore_30_comes_back_as_50_crore_02(app: App) {
    let paid = app.paid_for(&app.selling(), 276_875);
    assert_eq!(paid["amount_paise"], 44_300_000_000_i64);
    let demanded = app.demanded(&paid, 44_300_000_000);
    assert_eq!(app.holds(&recovery_account("principal_due")), 44_300_000_000);
    assert_eq!(app.holds(&recovery_account("interest_due")), 0, "posted with the first receipt");

    let last = "2027-11-07";
    let statement = app.owed(&demanded, last)["statement"].clone();
    let interest = 5_723_802_739;
    let due = 44_300_000_000 + interest;
    assert_eq!(
        (parts(&statement["due"]), statement["total_paise"].as_i64()),
        ([44_300_000_000, interest, 0], Some(due))
    );
    let line = json!({
        "from": "2026-06-02", "to": "2027-11-07", "days": 524, "base_paise": 44_300_000_000_i64, "basis_points": 900,
        "method": "simple", "interest_paise": interest, "carried": 2_650_000,
    });
    let first = json!({
        "from": "2026-06-02", "to": "2027-06-01", "days": 365, "base_paise": 44_300_000_000_i64, "basis_points": 900,
        "method": "simple", "interest_paise": 3_987_000_000_i64, "carried": 0,
    });
    let lines = statement["accrued"].as_array().unwrap();
    assert_eq!((lines.len(), &lines[0]), (2, &first));
    assert_eq!(lines.iter().map(|line| line["days"].as_i64().unwrap()).sum::<i64>(), 524);
    assert_eq!((lines[1]["to"].as_str(), &lines[1]["carried"]), (Some(last), &line["carried"]));

    app.set_clock("2027-11-07T06:30:00Z");
    let answer = app.second("ddo").receives(&app, &demanded, "REFUND0000000001", last, due);
    let balances = answer.balances();
    let settled = answer.ok();
    assert_eq!(
        (settled["status"].as_str(), parts(&settled["credit"])),
        (Some("settled"), [44_300_000_000, interest, 0])
    );
    for (account, balance) in [
        (recovery_account("demanded"), due),
        (recovery_account("interest_due"), 0),
        (recovery_account("interest_recovered"), interest),
        (recovery_account("principal_due"), 0),
        (recovery_account("principal_recovered"), 44_300_000_000),
        (outlay("disbursed"), 0),
        (component("recovered"), 44_300_000_000),
        (year("2027-28", "receipts"), 44_300_000_000),
        (year("2027-28", "recovered"), 44_300_000_000),
    ] {
        assert_eq!(balances.get(&account), Some(&balance), "{account}");
        assert_eq!(app.holds(&account), balance, "{account}");
    }
    let available = app.budget("financial_year", SALES, Some("2027-28"))["available_paise"].clone();
    assert_eq!(available, 100 * CRORE, "what came back is not spendable by itself");
    assert_eq!(app.owed(&settled, "2030-01-01")["statement"]["total_paise"], 0, "nothing grows on nothing");
    app.must_verify();
}

#[apply(on_both!)]
fn a_receipt_settles_interest_first_and_never_more_than_is_due(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let demanded = app.demanded(&paid, 10 * CRORE);
    let ddo = app.second("ddo");
    // 10 crore at 9 % for 73 days, a fifth of a year: 18 lakh.
    app.set_clock("2026-08-13T06:30:00Z");
    let interest = 10 * CRORE / 100 * 9 / 5;
    assert_eq!(app.owed(&demanded, "2026-08-13")["statement"]["total_paise"], 10 * CRORE + interest);
    let problem = ddo
        .receives(&app, &demanded, "REFUND0000000001", "2026-08-13", 10 * CRORE + interest + 1)
        .refused(409, "receipt_exceeds_due");
    says(&problem, "is due on that day");
    let first = ddo.receives(&app, &demanded, "REFUND0000000001", "2026-08-13", interest - 7).ok();
    assert_eq!(parts(&first["credit"]), [0, interest - 7, 0]);
    let second = ddo.receives(&app, &first, "REFUND0000000002", "2026-08-13", CRORE + 7).ok();
    assert_eq!(parts(&second["credit"]), [CRORE, 7, 0]);
    // From now on 9 crore bear interest.
    app.set_clock("2026-10-25T06:30:00Z");
    let statement = app.owed(&second, "2026-10-25")["statement"].clone();
    assert_eq!(parts(&statement["due"]), [9 * CRORE, 9 * CRORE / 100 * 9 / 5, 0]);
    // Past days are shown as they were, and future days from the present state.
    assert_eq!(app.owed(&second, "2026-06-01")["statement"]["total_paise"], 10 * CRORE);
    assert_eq!(parts(&app.owed(&second, "2026-08-12")["statement"]["due"])[0], 10 * CRORE);
    assert_eq!(app.owed(&second, "2026-08-13")["statement"]["total_paise"], 9 * CRORE);
    let due = statement["total_paise"].as_i64().unwrap();
    let third = ddo.receives(&app, &second, "REFUND0000000003", "2026-10-25", due).ok();
    assert_eq!(third["status"], "settled");
    ddo.receives(&app, &third, "REFUND0000000004", "2026-10-25", 1).refused(409, "wrong_state");
    assert_eq!(app.holds(&outlay("disbursed")), 6 * CRORE);
    assert_eq!(app.holds(&recovery_account("interest_recovered")), interest + 9 * CRORE / 100 * 9 / 5);
    let credits = app.owed(&third, "2026-10-25")["credits"].clone();
    let told: i64 = credits
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|credit| credit["accrued"].as_array().unwrap())
        .map(|line| line["interest_paise"].as_i64().unwrap())
        .sum();
    assert_eq!(told, app.holds(&recovery_account("interest_recovered")), "line by line");
    app.must_verify();
}

#[apply(on_both!)]
fn a_receipt_is_dated_and_its_utr_used_once(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    app.set_clock("2026-06-10T06:30:00Z");
    let demanded = app.demanded(&paid, 10 * CRORE);
    let ddo = app.second("ddo");
    app.set_clock("2026-06-20T06:30:00Z");
    for (day, why) in [("2026-06-09", "lies before 2026-06-10"), ("2026-06-21", "lies after 2026-06-20")] {
        says(&ddo.receives(&app, &demanded, "REFUND0000000001", day, 1).refused(409, "date_not_allowed"), why);
    }
    let received = ddo.receives(&app, &demanded, "refund 0000-000001x", "2026-06-15", CRORE).ok();
    assert_eq!(received["credit"]["utr"], "REFUND0000000001X");
    for spelling in ["REFUND0000000001X", "refund0000000001x", " REFUND/0000-000001 X "] {
        let problem = ddo.receives(&app, &received, spelling, "2026-06-15", CRORE).refused(409, "utr_already_used");
        says(&problem, "already settles payment to recovery NDFEB/2026-27/REC/0001");
    }
    ddo.receives(&app, &received, "sbinr52026060100001", "2026-06-15", CRORE).refused(409, "utr_already_used");
    ddo.receives(&app, &received, "REFUND0000000002", "2026-06-15", CRORE).ok();
    app.must_verify();
}

/// Nine per cent a year for 30 days on 10 crore, and then for 31 days on what is left after 4 crore.
const LAST: i64 = 6_120_401_050;

#[apply(on_both!)]
fn instalments_pay_what_is_due_and_the_interest_that_runs(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let demanded = app.demanded(&paid, 10 * CRORE);
    let authority = app.second("authority");
    for last in [6 * CRORE, LAST - 1, LAST + 1] {
        let plan = [("2026-07-01", 4 * CRORE), ("2026-08-01", last)];
        let refused = authority.grants(&demanded, &plan).refused(409, "instalments_differ");
        says(&refused, "with the interest that runs up to their days, ₹10,12,04,010.50 is due");
    }
    authority.grants(&demanded, &[("2026-08-01", 4 * CRORE), ("2026-07-01", 6 * CRORE)]).refused(422, "invalid_fields");
    authority.grants_by(&demanded, &[("2026-07-01", None), ("2026-08-01", Some(CRORE))]).refused(422, "invalid_fields");
    let granted = authority.grants_by(&demanded, &[("2026-07-01", Some(4 * CRORE)), ("2026-08-01", None)]).ok();
    assert_eq!(granted["plan"]["instalments"][1]["amount_paise"], LAST);
    let states = |recovery: &Value| {
        let rows = app.auditor().sees(&at("recoveries", recovery))["instalments"].clone();
        let state = |row: &Value| (row["paid_paise"].as_i64().unwrap(), row["overdue"] == true);
        rows.as_array().unwrap().iter().map(state).collect::<Vec<_>>()
    };
    let overdue = || app.red_controls().contains(&"recoveries_in_time".to_owned());
    app.set_clock("2026-07-01T06:30:00Z");
    assert!(!overdue());
    app.set_clock("2026-07-02T06:30:00Z");
    assert_eq!(states(&granted), [(0, true), (0, false)]);
    assert!(overdue(), "the control reads the day of the instalment, and not the year of the demand");
    let ddo = app.second("ddo");
    let received = ddo.receives(&app, &granted, "REFUND0000000001", "2026-07-01", 4 * CRORE).ok();
    assert_eq!(states(&received), [(4 * CRORE, false), (0, false)]);
    assert!(!overdue());
    app.set_clock("2026-08-01T06:30:00Z");
    let settled = ddo.receives(&app, &received, "REFUND0000000002", "2026-08-01", LAST).ok();
    assert_eq!(settled["status"], "settled", "paid to the day, it settles");
    app.must_verify();
}

#[apply(on_both!)]
fn one_later_day_is_a_plan_and_who_pays_late_still_owes(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let demanded = app.demanded(&paid, 10 * CRORE);
    let authority = app.second("authority");
    authority.grants(&demanded, &[]).refused(422, "invalid_fields");
    let granted = authority.grants_by(&demanded, &[("2026-07-01", None)]).ok();
    let whole = granted["plan"]["instalments"][0]["amount_paise"].as_i64().unwrap();
    assert_eq!(whole, 10 * CRORE + 73_972_602);
    app.set_clock("2026-07-11T06:30:00Z");
    let late = app.second("ddo").receives(&app, &granted, "REFUND0000000001", "2026-07-11", whole).ok();
    assert_eq!(late["status"], "demanded", "ten days of interest are missing");
    assert!(app.red_controls().contains(&"recoveries_in_time".to_owned()));
    // Whoever pays before the day needs less than the plan says.
    let early = App::start(app.engine);
    let paid = early.paid_for(&early.selling(), 100_000);
    let demanded = early.demanded(&paid, 10 * CRORE);
    let plan = [("2026-07-01", Some(CRORE)), ("2026-08-01", None)];
    let granted = early.second("authority").grants_by(&demanded, &plan).ok();
    let settled = early.second("ddo").receives(&early, &granted, "REFUND0000000001", "2026-06-01", 10 * CRORE).ok();
    assert_eq!(settled["status"], "settled");
    early.set_clock("2026-09-01T06:30:00Z");
    let last = early.auditor().sees(&at("recoveries", &settled))["instalments"][1].clone();
    assert_eq!((&last["overdue"], &last["not_needed"]), (&json!(false), &json!(true)));
    early.must_verify();
}

#[apply(on_both!)]
fn a_receipt_belongs_to_the_year_in_which_it_came(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let demanded = app.demanded(&paid, 10 * CRORE);
    app.set_clock("2027-03-31T18:29:59Z"); // 23:59:59 in India
    let ddo = app.second("ddo");
    ddo.receives(&app, &demanded, "REFUND0000000001", "2027-04-01", CRORE).refused(409, "date_not_allowed");
    let first = ddo.receives(&app, &demanded, "REFUND0000000001", "2027-03-31", CRORE).ok();
    app.set_clock("2027-03-31T18:30:00Z");
    let second = ddo.receives(&app, &first, "REFUND0000000002", "2027-04-01", CRORE).ok();
    let principal = |credit: &Value| credit["credit"]["principal_paise"].as_i64().unwrap();
    assert_eq!(app.holds(&year("2026-27", "recovered")), principal(&first));
    assert_eq!(app.holds(&year("2027-28", "recovered")), principal(&second));
    assert!(principal(&second) > principal(&first), "the interest was settled the day before");
    assert_eq!(app.holds(&year("2026-27", "disbursed")), 16 * CRORE, "the year in which it was paid stays as it was");
    app.must_verify();
}

/// The sample scheme with interest that compounds yearly, 10 % and from June 2027 on 7.3 %.
#[apply(on_both!)]
fn a_scheme_may_compound_yearly_and_change_its_rate(app: App) {
    let folder = tempfile::tempdir().unwrap();
    let text = include_str!("../../../config/schemes/ndfeb-2025-proposal-2.toml");
    let basis = "basis = \"assumption\"\nsource = \"a test\"\n";
    let rate = |from: &str, points: i64| {
        format!(
            "[[recovery.interest]]\nfrom = \"{from}\"\nbasis_points = {points}\nmethod = \"compound_yearly\"\n{basis}\n"
        )
    };
    let (before, rest) = text.split_once("[[recovery.interest]]").unwrap();
    let after = &rest[rest.find("[[milestones]]").unwrap()..];
    let before = before.replacen("version = 2", "version = 1", 1);
    let scheme = format!("{before}{}{}{after}", rate("2025-04-01", 1_000), rate("2027-06-02", 730));
    std::fs::write(folder.path().join("scheme.toml"), scheme).unwrap();
    let path = folder.path().to_owned();
    let app = App::start_with(app.engine, move |config| config.schemes.folder = path);
    let paid = app.paid_for(&app.selling(), 100_000);
    let demanded = app.demanded(&paid, 10 * CRORE);
    // A year at 10 %, then 365 days at 7.3 % of eleven crore: 80.3 lakh.
    let due = |on: &str| parts(&app.owed(&demanded, on)["statement"]["due"]);
    assert_eq!(due("2027-06-01"), [10 * CRORE, CRORE, 0]);
    assert_eq!(due("2027-06-11"), [10 * CRORE, CRORE + 11 * CRORE / 10_000 * 20, 0]);
    app.set_clock("2027-06-11T06:30:00Z");
    let received = app.second("ddo").receives(&app, &demanded, "REFUND0000000001", "2027-06-11", CRORE).ok();
    assert_eq!(parts(&received["credit"]), [0, CRORE, 0], "the older interest first");
    assert_eq!(received["bearing_paise"], 0);
    app.must_verify();
}

/// The principal and interest due, and the ledger's balances: recovered, and disbursed and recovered by year.
fn standing(app: &App, recovery: &Value) -> ([i64; 3], [i64; 6]) {
    let due = parts(&app.owed(recovery, "2027-05-01")["statement"]["due"]);
    let books = [
        recovery_account("principal_recovered"),
        recovery_account("interest_recovered"),
        recovery_account("interest_due"),
        outlay("disbursed"),
        year("2026-27", "recovered"),
        year("2027-28", "recovered"),
    ];
    (due, books.map(|account| app.holds(&account)))
}

#[apply(on_both!)]
fn money_found_late_is_settled_as_if_it_had_come_in_its_order(app: App) {
    let came =
        [("2026-08-13", CRORE), ("2026-10-25", 7 * CRORE / 100), ("2027-03-31", 2 * CRORE), ("2027-04-20", CRORE)];
    let orders: [[usize; 4]; 3] = [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]];
    let mut ends = Vec::new();
    for order in orders {
        let app = App::start(app.engine);
        let paid = app.paid_for(&app.selling(), 100_000);
        let mut recovery = app.demanded(&paid, 10 * CRORE);
        app.set_clock("2027-05-01T06:30:00Z");
        for (number, place) in order.into_iter().enumerate() {
            let (on, paise) = came[place];
            let answer =
                app.second("ddo").receives(&app, &recovery, &format!("REFUND000000000{place}"), on, paise).ok();
            let anew = app.last_details()["settled_anew"].as_array().unwrap().len();
            assert_eq!(anew, order[..number].iter().filter(|other| **other > place).count());
            recovery = answer;
            app.must_verify();
        }
        let credits = app.owed(&recovery, "2027-05-01")["credits"].clone();
        let told: Vec<_> =
            credits.as_array().unwrap().iter().map(|one| (one["credited_on"].clone(), parts(one))).collect();
        ends.push((standing(&app, &recovery), told));
        // The amount due on a past day is computed as if the receipts had come in order.
        assert_eq!(parts(&app.owed(&recovery, "2026-08-13")["statement"]["due"]), [918 * CRORE / 100, 0, 0]);
    }
    // 18 lakh of interest by 13 August, and then 73 days on 9.18 crore.
    assert_eq!(ends[0].1[0].1, [82 * CRORE / 100, 18 * CRORE / 100, 0]);
    assert_eq!(ends[0], ends[1]);
    assert_eq!(ends[0], ends[2]);
    let too_much = app.paid_for(&app.selling(), 100_000);
    let demanded = app.demanded(&too_much, CRORE);
    app.set_clock("2026-08-13T06:30:00Z");
    let first = app.second("ddo").receives(&app, &demanded, "REFUND0000000001", "2026-08-13", CRORE).ok();
    // Had it come in June, only the interest of June would have been left for the receipt of August.
    app.bank_credits("REFUND0000000002", "2026-06-02", CRORE / 50).ok();
    // Whoever reads the recovery first has signed in.
    app.auditor().sees("/recoveries");
    let content = app.content();
    let refused = books(&app, &app.second("ddo"), &first, ("REFUND0000000002", "2026-06-02", CRORE / 50));
    refused.refused(409, "receipt_exceeds_due");
    assert_eq!(app.content(), content);
    app.must_verify();
}

#[apply(on_both!)]
fn nothing_is_dated_before_what_was_given_up(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let demanded = app.demanded(&paid, 10 * CRORE);
    app.set_clock("2026-08-13T06:30:00Z");
    let proposed =
        app.third("finance").proposes_relief(&demanded, "write_off", json!({ "principal_paise": CRORE })).ok();
    let relieved = app.third("authority").decides_relief(&proposed, "granted").ok();
    app.set_clock("2026-08-20T06:30:00Z");
    let ddo = app.second("ddo");
    let early = ddo.receives(&app, &relieved, "REFUND0000000001", "2026-08-12", 1).refused(409, "date_not_allowed");
    says(&early, "lies before 2026-08-13");
    let last = ddo.receives(&app, &relieved, "REFUND0000000001", "2026-08-20", CRORE).ok();
    ddo.receives(&app, &last, "REFUND0000000002", "2026-08-13", CRORE).ok();
    app.must_verify();
}
