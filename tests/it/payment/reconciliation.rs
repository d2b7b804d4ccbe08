//! Reconciliation: the bank's scroll is compared with the recorded payments; differences are found,
//! queued and settled by two people, and never change a payment.

use crate::harness::app::App;
use crate::harness::disarm::{disarm, must_name};
use crate::harness::fake_treasury;
use crate::harness::fake_treasury::Mood;
use crate::harness::people::{Answered, Verbs, at, says};
use crate::harness::treasury_people::{EACH, TODAY, TreasuryVerbs, kind};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

pub trait ReconciliationVerbs {
    fn uploads_scroll(&self, kind: &str, content: &[u8], period: &str) -> Response;
    fn proposes_settlement(&self, difference: &Value, resolution: &str) -> Response;
    fn settles_difference(&self, difference: &Value, outcome: &str) -> Response;
}

impl ReconciliationVerbs for Person {
    fn uploads_scroll(&self, kind: &str, content: &[u8], period: &str) -> Response {
        let key = uuid::Uuid::now_v7().to_string();
        let headers = [("Content-Type", kind), ("Idempotency-Key", key.as_str())];
        self.send("POST", &format!("/bank-scrolls{period}"), &headers, Some(content)).unwrap()
    }
    fn proposes_settlement(&self, difference: &Value, resolution: &str) -> Response {
        let body = json!({ "resolution": resolution, "reason": "as the bank wrote", "reference": "Sample letter 1" });
        self.does(&format!("{}/proposal", at("bank-differences", difference)), difference, body)
    }
    fn settles_difference(&self, difference: &Value, outcome: &str) -> Response {
        let body = json!({ "outcome": outcome, "note": "seen" });
        self.does(&format!("{}/settlement", at("bank-differences", difference)), difference, body)
    }
}

/// A scroll in CSV of these lines, each `number,status,UTR,day,paise,reason[,account]`.
pub fn scroll(message_id: &str, lines: &[String]) -> Vec<u8> {
    let paise: i64 = lines.iter().map(|line| line.split(',').nth(4).unwrap().parse::<i64>().unwrap()).sum();
    let rupees = |paise: i64| format!("{}.{:02}", paise / 100, paise % 100);
    let mut file = format!("HDR,{message_id},,{},{}\r\n", lines.len(), rupees(paise));
    for line in lines {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        cells[4] = rupees(cells[4].parse().unwrap());
        file += &format!("LIN,{}\r\n", cells.join(","));
    }
    file += &format!("TRL,{},{}\r\n", lines.len(), rupees(paise));
    file.into_bytes()
}

pub fn success(payment: &Value, utr: &str, paise: i64) -> String {
    format!("{},Success,{utr},{TODAY},{paise},", payment["number"].as_str().unwrap())
}

pub fn utr(number: usize) -> String {
    format!("SBINR520260701{number:07}")
}

/// This many advised payments in one advice; those listed in `paid` are confirmed by hand under their UTR.
pub fn payments(app: &App, count: usize, paid: &[usize]) -> Vec<Value> {
    let payments = app.advised_payments(count);
    app.disbursing_officer().makes_advice(&payments.iter().collect::<Vec<_>>()).ok();
    for index in paid {
        app.disbursing_officer().confirms(&payments[*index], &utr(*index), TODAY).ok();
    }
    payments
}

/// The tables that a scroll must not change.
pub fn money(app: &App) -> Vec<Vec<String>> {
    ["payments", "disbursements", "tranches", "accounts", "entries", "treasury_return_lines"]
        .map(|table| app.rows(table))
        .to_vec()
}

pub fn findings(scroll: &Value) -> Vec<&str> {
    scroll["lines"].as_array().unwrap().iter().map(|line| line["finding"].as_str().unwrap()).collect()
}

pub fn queue(app: &App, filter: &str) -> Vec<Value> {
    app.auditor().sees(&format!("/bank-differences{filter}"))["data"].as_array().unwrap().clone()
}

fn kinds(differences: &[Value]) -> Vec<&str> {
    differences.iter().map(|one| one["kind"].as_str().unwrap()).collect()
}

#[apply(on_both!)]
fn sanction_advice_and_bank_agree(app: App) {
    let payments = app.advised_payments(4);
    for (index, format) in ["csv", "xml"].into_iter().enumerate() {
        let pair = &payments[index * 2..index * 2 + 2];
        let advice = app.advice_file(pair, format);
        let file = fake_treasury::answers(Mood::Succeeds, &advice, &format!("SCROLL-{format}"), TODAY);
        app.disbursing_officer().uploads_return(kind(format), &file).ok();
        let before = money(&app);
        // The very file that the treasury returned, uploaded by another office.
        let taken = app.finance_officer().uploads_scroll(kind(format), &file, "?from=2026-07-01&to=2026-07-01").ok();
        // The other pair is not confirmed yet when the first scroll is uploaded.
        assert_eq!((findings(&taken), &taken["missing"]), (vec!["matched"; 2], &json!(0)), "{format}");
        assert_eq!(taken["findings"], json!({ "matched": 2 }));
        assert_eq!((&taken["period_from"], &taken["control_total_paise"]), (&json!(TODAY), &json!(2 * EACH)));
        assert_eq!(money(&app), before);
        assert_eq!(app.auditor().sees(&at("bank-scrolls", &taken)), taken);
    }
    assert_eq!(queue(&app, ""), Vec::<Value>::new());
    let list = app.auditor().sees("/bank-scrolls?limit=1");
    assert_eq!(list["data"][0]["message_id"], "SCROLL-xml");
    let next = list["page"]["next"].as_str().unwrap();
    let rest = app.auditor().sees(&format!("/bank-scrolls?limit=1&cursor={next}"));
    assert_eq!((&rest["data"][0]["message_id"], &rest["page"]["next"]), (&json!("SCROLL-csv"), &Value::Null));
    app.must_verify();
}

#[apply(on_both!)]
fn every_difference_is_found_and_no_payment_changes(app: App) {
    let all = payments(&app, 7, &[0, 1, 2, 3, 4]);
    // This payment is confirmed without being in any advice.
    let award = app.auditor().sees("/awards")["data"][0].clone();
    let sold = crate::harness::people::Sales::at_the_rate("2026-05-20", "2026-05-20", 1_000);
    let tranche = app.tranche_for_sales("lodestone", &award, sold);
    let beside = app.paid(&tranche, &utr(90), TODAY);
    let number = |index: usize| all[index]["number"].as_str().unwrap();
    let lines = [
        success(&all[0], &utr(0), EACH),
        success(&all[1], &utr(1), EACH - 1),
        success(&all[2], &utr(77), EACH),
        format!("{},Failed,,,{EACH},account closed", number(3)),
        format!("{},Failed after success,{},,{EACH},came back", number(4), utr(4)),
        success(&all[5], &utr(5), EACH),
        format!("SOME/OTHER/1,Success,{},{TODAY},100,", utr(88)),
        success(&beside, &utr(90), EACH),
        format!("{}310020456799", success(&all[6], &utr(6), EACH) + ","),
        success(&all[0], &utr(89), EACH),
    ];
    let before = money(&app);
    let taken = app.finance_officer().uploads_scroll("text/csv", &scroll("S-1", &lines), "").ok();
    let expected = [
        "matched",
        "amount_differs",
        "utr_differs",
        "said_failed_but_confirmed",
        "said_failed_but_confirmed",
        "not_confirmed_here",
        "unknown_utr",
        "not_advised",
        "payee_differs",
        "paid_twice",
    ];
    assert_eq!(findings(&taken), expected);
    let told = taken["lines"][1]["detail"].as_str().unwrap();
    assert!(told.contains("1600000.00") && told.contains("1599999.99"), "{told}");
    let told = taken["lines"][8]["detail"].as_str().unwrap();
    assert!(told.contains("********6799") && !told.contains("310020456799"), "{told}");
    assert_eq!(money(&app), before, "a scroll only finds");
    let found = queue(&app, "");
    assert_eq!(kinds(&found), expected[1..], "one difference a line, in the order of the file");
    assert_eq!(kinds(&queue(&app, "?kind=paid_twice&status=open")), ["paid_twice"]);
    assert_eq!(app.auditor().sees(&at("bank-differences", &found[0])), found[0]);
    app.must_verify();
}

#[apply(on_both!)]
fn the_same_scroll_again_in_any_order_changes_nothing(app: App) {
    let all = payments(&app, 2, &[0]);
    let lines = [success(&all[0], &utr(0), EACH), success(&all[1], &utr(1), EACH)];
    let finance = app.finance_officer();
    let first = finance.uploads_scroll("text/csv", &scroll("S-1", &lines), "").ok();
    assert_eq!(findings(&first), ["matched", "not_confirmed_here"]);
    let before = ["bank_scrolls", "bank_scroll_lines", "bank_differences"].map(|table| app.rows(table));
    assert_eq!(finance.uploads_scroll("text/csv", &scroll("S-1", &lines), "").ok(), first);
    let turned = [lines[1].clone(), lines[0].clone()];
    assert_eq!(app.second("finance").uploads_scroll("text/csv", &scroll("S-1", &turned), "").ok(), first);
    let other = [lines[0].clone()];
    finance.uploads_scroll("text/csv", &scroll("S-1", &other), "").refused(409, "message_id_reused");
    let wider = "?from=2026-06-30&to=2026-07-01";
    finance.uploads_scroll("text/csv", &scroll("S-1", &turned), wider).refused(409, "message_id_reused");
    assert_eq!(["bank_scrolls", "bank_scroll_lines", "bank_differences"].map(|table| app.rows(table)), before);
    // The same facts under another message id change nothing, in any order.
    let again = finance.uploads_scroll("text/csv", &scroll("S-2", &turned), "").ok();
    assert_eq!(findings(&again), ["repeated", "repeated"]);
    assert_eq!(kinds(&queue(&app, "")), ["not_confirmed_here"]);
    app.must_verify();
}

#[apply(on_both!)]
fn half_a_scroll_is_no_scroll(app: App) {
    let all = payments(&app, 2, &[0, 1]);
    let file = scroll("S-1", &[success(&all[0], &utr(0), EACH), success(&all[1], &utr(1), EACH)]);
    let text = String::from_utf8(file).unwrap();
    let finance = app.finance_officer();
    finance.get("/me").unwrap();
    let tables = || ["bank_scrolls", "bank_scroll_files", "bank_scroll_lines", "bank_differences"].map(|t| app.rows(t));
    let before = tables();
    for wrong in [
        &text[..text.len() * 2 / 3],
        &text.replace("TRL,2", "TRL,3"),
        &text.replace("HDR,S-1,,2", "HDR,S-1,,1"),
        &text.replace("TRL,2,3200000.00", "TRL,2,3200000.01"),
    ] {
        finance.uploads_scroll("text/csv", wrong.as_bytes(), "").refused(409, "return_truncated");
    }
    for wrong in ["?from=2026-07-02&to=2026-07-02", "?from=2026-07-01&to=2027-01-01", "?from=2026-05-01"] {
        finance.uploads_scroll("text/csv", text.as_bytes(), wrong).refused(422, "invalid_fields");
    }
    finance.uploads_scroll("text/csv", text.as_bytes(), "?from=yesterday").refused(400, "bad_parameter");
    finance.uploads_scroll("application/pdf", text.as_bytes(), "").refused(415, "unsupported_media_type");
    assert_eq!(tables(), before);
    let entries = app.acts();
    assert_eq!(entries.last().unwrap()["code"], "return_truncated");
    app.must_verify();
}

#[apply(on_both!)]
fn contradictions_are_queued_on_every_line(app: App) {
    let engine = app.engine;
    for turned in [false, true] {
        let app = App::start(engine);
        let all = payments(&app, 1, &[0]);
        let mut lines = [success(&all[0], &utr(0), EACH), success(&all[0], &utr(0), EACH + 1)];
        if turned {
            lines.reverse();
        }
        let before = money(&app);
        let taken = app.finance_officer().uploads_scroll("text/csv", &scroll("S-1", &lines), "").ok();
        assert_eq!(findings(&taken), ["contradictory"; 2]);
        assert_eq!(money(&app), before);
        assert_eq!(kinds(&queue(&app, "")), ["contradictory"; 2]);
        app.must_verify();
    }
}

#[apply(on_both!)]
fn what_no_line_names_is_found_once_and_answered_later(app: App) {
    let all = payments(&app, 3, &[0, 1, 2]);
    let finance = app.finance_officer();
    let day = "?from=2026-07-01&to=2026-07-01";
    let first = finance.uploads_scroll("text/csv", &scroll("S-1", &[success(&all[0], &utr(0), EACH)]), day).ok();
    assert_eq!((findings(&first), &first["missing"]), (vec!["matched"], &json!(2)));
    let missing = queue(&app, "");
    assert_eq!(kinds(&missing), ["not_on_scroll"; 2]);
    let ids: Vec<&Value> = missing.iter().map(|one| &one["payment_id"]).collect();
    assert_eq!(ids, [&all[1]["id"], &all[2]["id"]]);
    assert_eq!((&missing[0]["amount_paise"], &missing[0]["dated_on"]), (&json!(EACH), &json!(TODAY)));
    // Another scroll of the day names one of them, which clears it; the other is not queued a second time.
    let second = finance.uploads_scroll("text/csv", &scroll("S-2", &[success(&all[1], &utr(1), EACH)]), day).ok();
    assert_eq!((findings(&second), &second["missing"]), (vec!["matched"], &json!(0)));
    let after = queue(&app, "");
    assert_eq!((after.len(), &after[0]["status"], &after[0]["cleared_by"]), (2, &json!("cleared"), &second["id"]));
    assert_eq!((&after[1]["status"], &after[0]["age"]), (&json!("open"), &Value::Null));
    app.must_verify();
}

#[apply(on_both!)]
fn what_is_confirmed_behind_a_scroll_turns_a_control_red(app: App) {
    let all = payments(&app, 2, &[0]);
    let finance = app.finance_officer();
    let day = "?from=2026-07-01&to=2026-07-01";
    let line = |index: usize| [success(&all[index], &utr(index), EACH)];
    finance.uploads_scroll("text/csv", &scroll("S-1", &line(0)), day).ok();
    let red = || {
        let run = app.auditor().post("/controls/runs", None, &json!({})).unwrap().ok();
        let results = run["results"].as_array().unwrap().clone().into_iter().filter(|one| one["status"] == "red");
        results.map(|one| one["control"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(red(), Vec::<String>::new());
    // The bank has reported the whole day, and one more success is recorded after that.
    app.disbursing_officer().confirms(&all[1], &utr(1), TODAY).ok();
    assert_eq!(red(), ["confirmed_on_scroll"]);
    let late = format!("OTHER/1,Success,{},{TODAY},100,", utr(9));
    finance.uploads_scroll("text/csv", &scroll("S-2", &[late]), day).ok();
    assert_eq!(kinds(&queue(&app, "")), ["unknown_utr", "not_on_scroll"]);
    assert_eq!(red(), Vec::<String>::new());
    app.set_clock("2026-08-02T06:30:00Z");
    assert!(red().contains(&"bank_lines_settled".to_owned()));
}

#[apply(on_both!)]
fn an_answer_that_comes_later_clears_the_queue(app: App) {
    let all = payments(&app, 1, &[]);
    let finance = app.finance_officer();
    let line = [success(&all[0], &utr(0), EACH)];
    let early = finance.uploads_scroll("text/csv", &scroll("S-1", &line), "").ok();
    assert_eq!(findings(&early), ["not_confirmed_here"]);
    assert_eq!(app.payment(&all[0])["status"], "advised");
    app.disbursing_officer().confirms(&all[0], &utr(0), TODAY).ok();
    assert_eq!(queue(&app, "")[0]["status"], "open", "only a scroll or two people end it");
    let late = finance.uploads_scroll("text/csv", &scroll("S-2", &line), "").ok();
    assert_eq!(findings(&late), ["repeated"]);
    assert_eq!(queue(&app, "")[0]["status"], "cleared");
    app.must_verify();
}

#[apply(on_both!)]
fn a_difference_is_settled_by_two_who_did_not_pay(app: App) {
    let all = payments(&app, 1, &[0]);
    let (finance, authority) = (app.finance_officer(), app.competent_authority());
    finance.uploads_scroll("text/csv", &scroll("S-1", &[success(&all[0], &utr(0), EACH + 5)]), "").ok();
    let open = queue(&app, "")[0].clone();
    authority.settles_difference(&open, "settled").refused(409, "wrong_state");
    let bare = json!({ "resolution": "bank_corrected", "reason": "as told" });
    finance.does(&format!("{}/proposal", at("bank-differences", &open)), &open, bare).refused(422, "invalid_fields");
    let proposed = finance.proposes_settlement(&open, "bank_corrected").ok();
    finance.proposes_settlement(&open, "explained").refused(412, "stale_version");
    let refused = finance.settles_difference(&proposed, "settled").refused(409, "same_person");
    says(&refused, "propose_settlement");
    let returned = authority.settles_difference(&proposed, "returned").ok();
    assert_eq!((&returned["status"], &returned["proposed_by"]), (&json!("open"), &Value::Null));
    // A person who paid may take no part in it, whatever other roles they have.
    let payer = app.disbursing_officer();
    let account = app.administrator().sees("/users")["data"].as_array().unwrap().clone();
    let account = account.iter().find(|one| one["email"] == "ddo@sample.example").unwrap().clone();
    let roles =
        json!({ "name": account["name"], "roles": ["disbursing_officer", "finance_officer"], "disabled": false });
    app.administrator().put(&at("users", &account), account["version"].as_i64().unwrap(), &roles).unwrap().ok();
    payer.proposes_settlement(&returned, "explained").refused(409, "same_person");
    let before = money(&app);
    let proposed = app.second("finance").proposes_settlement(&returned, "bank_corrected").ok();
    payer.settles_difference(&proposed, "settled").refused(409, "same_person");
    let settled = finance.settles_difference(&proposed, "settled").ok();
    assert_eq!((&settled["status"], settled["settled_at"].is_string()), (&json!("settled"), true));
    assert_eq!(money(&app), before);
    finance.proposes_settlement(&settled, "explained").refused(409, "wrong_state");
    assert_eq!(kinds(&queue(&app, "?status=settled")), ["amount_differs"]);
    assert!(queue(&app, "?age=fresh").is_empty());
    app.must_verify();
}

#[apply(on_both!)]
fn the_queue_ages_by_days_in_india(app: App) {
    payments(&app, 1, &[]);
    let line = format!("OTHER/1,Success,{},{TODAY},100,", utr(9));
    app.finance_officer().uploads_scroll("text/csv", &scroll("S-1", &[line]), "").ok();
    for (instant, age, days) in [
        ("2026-07-08T18:29:59Z", "fresh", 7),
        ("2026-07-08T18:30:00Z", "ageing", 8),
        ("2026-07-31T18:29:59Z", "ageing", 30),
        ("2026-07-31T18:30:00Z", "old", 31),
        ("2026-09-30T18:30:00Z", "overdue", 92),
    ] {
        app.set_clock(instant);
        let list = app.auditor().sees(&format!("/bank-differences?age={age}"));
        assert_eq!((&list["data"][0]["age_days"], &list["data"][0]["age"]), (&json!(days), &json!(age)), "{instant}");
        let totals = list["ageing"].as_array().unwrap();
        let counted = totals.iter().find(|one| one["age"] == age).unwrap();
        assert_eq!((&counted["count"], &counted["amount_paise"]), (&json!(1), &json!(100)));
        assert_eq!(totals.iter().filter(|one| one["count"] == 0).count(), 3);
    }
}

#[apply(on_both!)]
fn only_finance_takes_in_scrolls(app: App) {
    let all = payments(&app, 1, &[0]);
    let file = scroll("S-1", &[success(&all[0], &utr(0), EACH)]);
    let before = app.audit_length();
    app.disbursing_officer().uploads_scroll("text/csv", &file, "").refused(403, "not_permitted");
    assert_eq!(app.audit_behind(before), ["upload_bank_scroll refused not_permitted"]);
    app.signatory_of("lodestone").get("/bank-scrolls").unwrap().refused(403, "not_permitted");
    app.signatory_of("lodestone").get("/bank-differences").unwrap().refused(403, "not_permitted");
    let headers = [("Content-Type", "text/csv"), ("Idempotency-Key", "the-key")];
    let first = app.finance_officer().send("POST", "/bank-scrolls", &headers, Some(&file)).unwrap();
    let again = app.finance_officer().send("POST", "/bank-scrolls", &headers, Some(&file)).unwrap();
    assert_eq!((again.header("idempotency-replayed"), &again.bytes), (Some("true"), &first.bytes));
}

#[apply(on_both!)]
fn what_was_found_cannot_be_changed_unseen(app: App) {
    let all = payments(&app, 2, &[0, 1]);
    let finance = app.finance_officer();
    let day = "?from=2026-07-01&to=2026-07-01";
    finance.uploads_scroll("text/csv", &scroll("S-1", &[success(&all[0], &utr(0), EACH + 1)]), day).ok();
    finance.proposes_settlement(&queue(&app, "")[0], "bank_corrected").ok();
    app.must_verify();
    assert!(app.try_sql("UPDATE bank_scroll_lines SET finding = 'matched'").is_err());
    assert!(app.try_sql("DELETE FROM bank_differences").is_err());
    let by_one = "UPDATE bank_differences SET settled_by = proposed_by, status = 'settled' WHERE status = 'proposed'";
    assert!(app.try_sql(by_one).is_err());
    disarm(&app);
    let faults = [
        (
            ("bank_scroll_files", "1 = 1"),
            "UPDATE bank_scroll_files SET content = content || ' '",
            "UPDATE bank_scroll_files SET content = substr(content, 1, length(content) - 1)",
            "",
        ),
        (
            ("bank_scroll_lines", "1 = 1"),
            "UPDATE bank_scroll_lines SET finding = 'matched'",
            "UPDATE bank_scroll_lines SET finding = 'amount_differs'",
            "the queue does not hold what its lines show",
        ),
        (
            ("bank_scroll_lines", "1 = 1"),
            "UPDATE bank_scroll_lines SET amount_paise = amount_paise - 1",
            "UPDATE bank_scroll_lines SET amount_paise = amount_paise + 1",
            "line 1 is not as in its file",
        ),
        (
            ("bank_differences", "line IS NULL"),
            "UPDATE bank_differences SET dated_on = '2026-07-02' WHERE line IS NULL",
            "UPDATE bank_differences SET dated_on = '2026-07-01' WHERE line IS NULL",
            "",
        ),
        (
            ("bank_differences", "line = 1"),
            "UPDATE bank_differences SET reason = 'x' WHERE line = 1",
            "UPDATE bank_differences SET reason = 'as the bank wrote' WHERE line = 1",
            "",
        ),
        (
            ("bank_differences", "line IS NULL"),
            "UPDATE bank_differences SET version = 7 WHERE line IS NULL",
            "UPDATE bank_differences SET version = 1 WHERE line IS NULL",
            "",
        ),
    ];
    for (row, fault, undone, told) in faults {
        let found = must_name(&app, (fault, undone), row, "");
        assert!(found.contains(told), "{fault}: {found}");
    }
}
