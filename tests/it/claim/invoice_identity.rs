//! An invoice is one invoice: by the GSTIN of its issuer, its number and its year, or by the name of a supplier that
//! has no GSTIN. What is merely like another one is neither paid silently nor refused blindly.

use crate::claim::cross_evidence::{FIRST, SECOND, form, groups, sale, sold_from_june};
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at, says};
use domain::base::gstin::gstin_check_character;
use domain::claim::invoice_identity::{DocumentType, irn_of};
use magnet_scheme::client::Response;
use serde_json::{Value, json};

/// A GSTIN of a person in a state.
fn gstin(state: &str, pan: &str) -> String {
    let start = format!("{state}{pan}1Z");
    format!("{start}{}", gstin_check_character(&start))
}

const SUPPLIER: &str = "29AAFCC9980M1ZR";

/// An invoice of plant and machinery.
fn bill(number: &str, day: &str, party: &str, crore: i64) -> Value {
    json!({ "invoice_number": number, "invoice_date": day, "party": party, "amount_paise": crore * CRORE })
}

fn with(mut line: Value, field: &str, value: &str) -> Value {
    line[field] = json!(value);
    line
}

/// The verifier accepts the only line of a claim without a reason.
fn unexplained(app: &App, claim: &Value) -> Response {
    let body = json!({ "outcome": "verified", "lines": [{ "line": 1, "accepted": true }], "remarks": "in order" });
    app.verifier().does(&format!("{}/verification", at("claims", claim)), claim, body)
}

/// An award of 900 MTPA with two milestones verified, and money for both.
struct Works {
    app: App,
    award: Value,
    milestones: [Value; 2],
}

impl Works {
    fn of(app: App) -> Works {
        app.window_is_open();
        app.provided("capital_subsidy", "2026-27", 80 * CRORE);
        let award = app.awarded("lodestone", 900);
        let reach = |code: &str| app.reached("lodestone", &award, code, "2026-05-01");
        let milestones = [reach("oxide_to_metal"), reach("metal_to_alloy")];
        Works { app, award, milestones }
    }

    fn drafts(&self, milestone: usize, lines: &[Value]) -> Response {
        let mut form = self.app.capital_form("lodestone", &self.milestones[milestone], 40 * CRORE);
        form["lines"] = json!(lines);
        self.app.preparer().claims(&self.award, &form)
    }

    fn submits(&self, milestone: usize, lines: &[Value]) -> Value {
        self.app.signatory().submits_claim(&self.drafts(milestone, lines).ok()).ok()
    }

    /// The fields of a draft that are wrong, with their codes.
    fn faults(&self, lines: &[Value]) -> Vec<(String, String)> {
        let problem = self.drafts(1, lines).refused(422, "invalid_fields");
        let of = |error: &Value| {
            let text = |name: &str| error[name].as_str().unwrap().to_owned();
            (text("pointer").trim_start_matches("/form/lines/").to_owned(), text("code"))
        };
        problem["errors"].as_array().unwrap().iter().map(of).collect()
    }

    /// The verifier decides the only line of a claim.
    fn accepts(&self, claim: &Value, reason: &str) -> Response {
        let lines = json!([{ "line": 1, "accepted": true, "reason": reason }]);
        let body = json!({ "outcome": "verified", "lines": lines, "remarks": "in order" });
        self.app.verifier().does(&format!("{}/verification", at("claims", claim)), claim, body)
    }

    fn asked(&self, question: &str) -> Vec<Value> {
        self.app.auditor().sees(&format!("/selections/{question}"))["data"].as_array().unwrap().clone()
    }
}

#[apply(on_both!)]
fn another_spelling_of_the_supplier_is_the_same_invoice(app: App) {
    let works = Works::of(app);
    let first = works.submits(0, &[bill("SFW/101", "2026-05-01", "Sample Furnace Works Pvt Ltd", 40)]);
    works.app.verifier().verifies(&first).ok();
    for party in [
        "Sample Furnace Works (P) Ltd.",
        "SAMPLE FURNACE WORKS PRIVATE LIMITED",
        "M/s Sample Furnace Works P. Ltd",
        "Ｓample Furnace Works Pvt Ltd",
        "S\u{430}mple Furnace Works Pvt Ltd",
        "Sample Furnace Works प्रा. लि.",
    ] {
        for number in ["SFW/101", "sfw/101", "ＳＦＷ／１０１", "SFW/१०१"] {
            let problem = works.drafts(1, &[bill(number, "2026-04-30", party, 40)]).refused(409, "invoice_claimed");
            let told = format!("invoice {number} already stands in claim {}", first["number"].as_str().unwrap());
            assert_eq!(problem["detail"], told, "{party}");
        }
    }
    // Another supplier, or another year, has numbers of its own.
    works.drafts(1, &[bill("SFW/101", "2026-05-01", "Quite Another Firm", 20)]).ok();
    works.drafts(1, &[bill("SFW/101", "2026-03-31", "Sample Furnace Works Pvt Ltd", 20)]).ok();
    works.app.must_verify();
}

#[apply(on_both!)]
fn equal_text_is_one_number_within_a_claim(app: App) {
    let works = Works::of(app);
    let one = |number: &str, party: &str| bill(number, "2026-05-01", party, 20);
    for (second, party) in
        [("SFW/１０１", "Société"), ("sfw/101", "SOCIE\u{301}TE\u{301}"), ("SFW/१०१", "Socie\u{301}te\u{301}")]
    {
        let faults = works.faults(&[one("SFW/101", "Soci\u{E9}t\u{E9}"), one(second, party)]);
        assert_eq!(faults, [("1/invoice_number".to_owned(), "invoice_twice".to_owned())], "{second}");
    }
}

#[apply(on_both!)]
fn a_number_is_refused_with_the_reason(app: App) {
    let works = Works::of(app);
    let lines: Vec<Value> = ["1.23457E+15", "05-Nov", "0101", "SFW 101", "A/1234567890123456", "SFW/101"]
        .iter()
        .map(|number| bill(number, "2026-05-01", "Sample Works", 1))
        .collect();
    let expected = ["destroyed_number", "destroyed_number", "document_number", "document_number", "document_number"];
    let expected: Vec<(String, String)> =
        (0..5).map(|n| (format!("{n}/invoice_number"), expected[n].to_owned())).collect();
    assert_eq!(works.faults(&lines), expected, "all faults of a file at once");
    let draft = works.drafts(1, &[bill("SFW/101", "2026-05-01", "Sample Works", 1)]).ok();
    let file = "invoice_number,invoice_date,party,quantity_kg,amount_paise\r\n\
                1.23457E+15,2026-05-01,Sample Furnace Works,0,100\r\n05-Nov,2026-05-01,Sample Furnace Works,0,200\r\n";
    let headers = [("Content-Type", "text/csv"), ("If-Match", "\"1\""), ("Accept-Language", "hi")];
    let path = format!("{}/lines", at("claims", &draft));
    let answer = works.app.preparer().send("PUT", &path, &headers, Some(file.as_bytes())).unwrap();
    let problem = answer.refused(422, "invalid_fields");
    let errors = problem["errors"].as_array().unwrap();
    assert_eq!((errors[0]["line"].as_i64(), errors[1]["line"].as_i64()), (Some(2), Some(3)));
    assert!(errors.iter().all(|error| error["code"] == "destroyed_number"), "{errors:?}");
    assert!(errors[0].to_string().contains("स्प्रेडशीट"), "{errors:?}");
}

#[apply(on_both!)]
fn the_gstin_of_the_supplier_makes_the_invoice_whatever_is_written_beside(app: App) {
    let works = Works::of(app);
    let from = |line: Value, gstin: &str| with(line, "supplier_gstin", gstin);
    let first = works.submits(0, &[from(bill("SFW/101", "2026-05-01", "Sample Furnace Works", 40), SUPPLIER)]);
    // Another name, another day of the year, no GSTIN: it stays the same invoice.
    for line in [
        from(bill("SFW/101", "2026-04-02", "Any Other Name", 9), SUPPLIER),
        from(bill("sfw/101", "2026-05-01", "Sample Furnace Works", 40), " 29aafcc9980m1zr "),
        bill("SFW/101", "2026-04-30", "SAMPLE furnace works", 9),
    ] {
        works.drafts(1, std::slice::from_ref(&line)).refused(409, "invoice_claimed");
    }
    let wrong = |gstin: &str| works.faults(&[from(bill("X/1", "2026-05-01", "Sample Works", 1), gstin)]);
    let code = |code: &str| [("0/supplier_gstin".to_owned(), code.to_owned())];
    assert_eq!(wrong("29AAFCC9980M1ZX"), code("gstin_check"));
    assert_eq!(wrong("29AAFCC9980M1Z"), code("gstin"));
    let of_buyer = with(bill("X/1", "2026-05-01", "Sample Works", 1), "buyer_gstin", SUPPLIER);
    assert_eq!(works.faults(&[of_buyer]), [("0/buyer_gstin".to_owned(), "sales_only".to_owned())]);
    // The keys are computed again from the line.
    works.app.must_verify();
    works.app.sql("UPDATE claim_lines SET supplier_gstin = NULL WHERE supplier_gstin IS NOT NULL");
    let fault = works.app.verify().fault.unwrap();
    assert!(fault.contains(first["number"].as_str().unwrap()) || fault.contains("claim_lines"), "{fault}");
}

#[apply(on_both!)]
fn an_irn_is_computed_again(app: App) {
    let works = Works::of(app);
    let plain = bill("2026-27/KA/1", "2026-05-01", "Sample Works", 40);
    let irn = irn_of(SUPPLIER, "2026-27".parse().unwrap(), DocumentType::Invoice, "2026-27/KA/1");
    let with_irn = |gstin: Option<&str>, irn: &str| {
        let line = with(plain.clone(), "irn", irn);
        gstin.map_or(line.clone(), |gstin| with(line, "supplier_gstin", gstin))
    };
    let code = |code: &str| [("0/irn".to_owned(), code.to_owned())];
    assert_eq!(works.faults(&[with_irn(None, &irn)]), code("irn_without_gstin"));
    assert_eq!(works.faults(&[with_irn(Some(SUPPLIER), "12ab")]), code("irn"));
    assert_eq!(works.faults(&[with_irn(Some(&gstin("27", "AAPFU0939F")), &irn)]), code("irn_of_another"));
    let claim = works.submits(0, &[with_irn(Some(SUPPLIER), &irn.to_uppercase())]);
    assert_eq!(claim["lines"][0]["irn"], irn.to_uppercase());
    works.app.verifier().verifies(&claim).ok();
    works.app.must_verify();
}

#[apply(on_both!)]
fn a_line_that_is_like_another_is_accepted_with_a_reason_only(app: App) {
    let works = Works::of(app);
    let first = works.submits(0, &[bill("SFW/101", "2026-05-01", "Sample Furnace Works", 40)]);
    works.app.verifier().verifies(&first).ok();
    for (line, likeness) in [
        (bill("SFW-0101", "2026-04-30", "Sample Furnace Works", 39), "same_number"),
        (bill("SFW/101", "2026-03-31", "Sample Furnace Works Ltd", 39), "same_number"),
        (bill("SFW/10-1", "2026-04-30", "Sample Furnace Works", 9), "same_number"),
        (bill("5FW2627l01", "2026-04-30", "Sample Furnace Works", 9), "same_number"),
        (bill("X/9", "2026-05-01", "Sample Furnase Works Pvt Ltd", 40), "same_amount_and_day"),
        (bill("SFW/2025-26/7", "2026-04-30", "Yet Another Firm", 39), "other_year"),
    ] {
        let second = works.submits(1, std::slice::from_ref(&line));
        let found = works.asked("invoices_alike?decision=open");
        assert_eq!((found.len(), &found[0]["likeness"]), (1, &json!(likeness)), "{line}");
        let other = if likeness == "other_year" { Value::Null } else { first["number"].clone() };
        assert_eq!((&found[0]["claim"], &found[0]["other_claim"]), (&second["number"], &other));
        says(&works.accepts(&second, "").refused(409, "lines_undecided"), "needs a reason if it is accepted");
        works.app.verifier().rejects_claim(&second).ok();
        assert!(works.asked("invoices_alike?decision=open").is_empty());
    }
    let second = works.submits(1, &[bill("X/9", "2026-05-01", "Sample Furnace Works", 40)]);
    works.accepts(&second, "two furnaces of one price; both stand in the hall").ok();
    let found = works.asked("invoices_alike?decision=accepted");
    assert_eq!(found[0]["reason"], "two furnaces of one price; both stand in the hall");
    assert_eq!((found.len(), &found[0]["other_claim"]), (1, &first["number"]));
    // The company reads neither the marks nor those of others.
    works.app.signatory().get("/selections/invoices_alike").unwrap().refused(403, "not_permitted");
    works.app.must_verify();
}

#[apply(on_both!)]
fn strangers_with_one_invoice_are_both_seen(app: App) {
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 80 * CRORE);
    let claim = |maker: &str, mtpa: i64| {
        let award = app.awarded(maker, mtpa);
        let milestone = app.reached(maker, &award, "oxide_to_metal", "2026-05-01");
        let mut form = app.capital_form(maker, &milestone, 40 * CRORE);
        form["lines"] = json!([with(bill("SFW/101", "2026-05-01", "Sample Works", 40), "supplier_gstin", SUPPLIER)]);
        let draft = app.preparer_of(maker).claims(&award, &form).ok();
        app.signatory_of(maker).submits_claim(&draft).ok()
    };
    let (ours, theirs) = (claim("lodestone", 900), claim("coercive", 600));
    let asked = |question: &str| app.auditor().sees(&format!("/selections/{question}"))["data"].clone();
    let twice = asked("invoices_claimed_twice");
    assert_eq!((&twice[0]["organisations"], &twice[0]["lines"]), (&json!(2), &json!(2)));
    for claim in [&ours, &theirs] {
        says(&unexplained(&app, claim).refused(409, "lines_undecided"), "line 1 is like the line of another claim");
    }
    let found = asked("invoices_alike");
    assert_eq!((&found[0]["likeness"], &found[0]["other_claim"]), (&json!("same_document"), &ours["number"]));
    app.verifier().rejects_claim(&theirs).ok();
    app.verifier().verifies(&ours).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn a_company_has_several_gstins_and_one_series_for_each(app: App) {
    let award = sold_from_june(&app);
    let own = app.organisation("lodestone")["gstin"].as_str().unwrap().to_owned();
    let branch = gstin("29", &own[2..12]);
    let claims = |days: (&'static str, &'static str), line: Value| {
        app.preparer().claims(&award, &form(&app, "lodestone", days, json!([line])))
    };
    let first = claims(FIRST, sale("S/1", "2026-06-02", "Sample Motors", 1_000)).ok();
    app.signatory().submits_claim(&first).ok();
    let again = |line: Value| claims(SECOND, line);
    let second = || sale("S/1", "2026-06-20", "Sample Fans", 500);
    again(second()).refused(409, "invoice_claimed");
    again(with(second(), "supplier_gstin", &own)).refused(409, "invoice_claimed");
    let problem = again(with(second(), "supplier_gstin", SUPPLIER)).refused(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["pointer"], "/form/lines/0/supplier_gstin");
    let line = with(with(second(), "supplier_gstin", &branch), "buyer_gstin", SUPPLIER);
    let other = app.signatory().submits_claim(&again(line).ok()).ok();
    says(&unexplained(&app, &other).refused(409, "lines_undecided"), "needs a reason if it is accepted");
    app.must_verify();
}

#[apply(on_both!)]
fn a_sale_of_the_group_is_like_ours_by_number_day_and_buyer(app: App) {
    app.window_is_open();
    app.provided("sales_linked_incentive", "2026-27", 10 * CRORE);
    let (ours, theirs) = (app.commissioned("lodestone", 900), app.commissioned("coercive", 600));
    app.set_clock("2026-07-15T06:30:00Z");
    for maker in ["lodestone", "coercive"] {
        groups(&app.verifier(), &app, maker, Some("Sample Group")).ok();
    }
    let lines = json!([sale("S/1", "2026-06-02", "Sample Motors", 1_000)]);
    let draft = app.preparer().claims(&ours, &form(&app, "lodestone", FIRST, lines)).ok();
    app.signatory().submits_claim(&draft).ok();
    let claims = |day: &str, party: &str| {
        let lines = json!([sale("S/01", day, party, 900)]);
        let draft = app.preparer_of("coercive").claims(&theirs, &form(&app, "coercive", FIRST, lines)).ok();
        app.signatory_of("coercive").submits_claim(&draft).ok()
    };
    let like = claims("2026-06-02", "SAMPLE MOTORS");
    unexplained(&app, &like).refused(409, "lines_undecided");
    app.verifier().rejects_claim(&like).ok();
    // Each company numbers its own sales from 1.
    let other = claims("2026-06-03", "Sample Motors");
    app.verifier().verifies(&other).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn lines_of_an_earlier_program_get_their_keys(mut app: App) {
    let award = sold_from_june(&app);
    let lines = json!([sale("S/1", "2026-06-02", "Sample Motors", 1_000)]);
    let draft = app.preparer().claims(&award, &form(&app, "lodestone", FIRST, lines)).ok();
    app.signatory().submits_claim(&draft).ok();
    let own = app.organisation("lodestone")["gstin"].as_str().unwrap().to_owned();
    let key = format!("{own}|2026-27|INV|S/1");
    let keys = |app: &App| app.values("SELECT document_key AS value FROM claim_lines");
    assert_eq!(keys(&app), std::slice::from_ref(&key));
    app.sql("UPDATE claim_lines SET document_key = 'another'");
    assert!(app.verify().fault.unwrap().contains("line 1 is not kept under the keys of its invoice"));
    app.sql("UPDATE claim_lines SET document_key = NULL, name_key = NULL, number_key = NULL, joined_key = NULL");
    app.serve(false);
    assert_eq!(keys(&app), [key]);
    app.must_verify();
    let lines = json!([sale("S/１", "2026-06-20", "Sample Motors", 1_000)]);
    app.preparer().claims(&award, &form(&app, "lodestone", SECOND, lines)).refused(409, "invoice_claimed");
}

#[apply(on_both!)]
fn of_two_claims_at_one_moment_one_gets_the_invoice(app: App) {
    let works = Works::of(app);
    let bill = |party: &str| bill("SFW/101", "2026-05-01", party, 40);
    let drafts = [
        works.drafts(0, &[bill("Sample Furnace Works Pvt Ltd")]).ok(),
        works.drafts(1, &[bill("Sample Furnace Works (P) Ltd")]).ok(),
    ];
    let signatory = works.app.signatory();
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let under_way: Vec<_> =
            drafts.iter().map(|draft| scope.spawn(|| signatory.submits_claim(draft).status)).collect();
        under_way.into_iter().map(|one| one.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    works.app.must_verify();
}

#[apply(on_both!)]
fn an_invoice_under_another_name_day_and_type_is_seen(app: App) {
    let works = Works::of(app);
    let first = works.submits(0, &[bill("SFW/101", "2026-05-01", "Sample Furnace Works Pvt Ltd", 40)]);
    works.app.verifier().verifies(&first).ok();
    let marked = |lines: &[Value], line: i64| {
        let second = works.submits(1, lines);
        let found = works.asked("invoices_alike?decision=open");
        assert_eq!((&found[0]["line"], &found[0]["likeness"]), (&json!(line), &json!("same_number")), "{lines:?}");
        let accepted: Vec<Value> =
            (1..=lines.len()).map(|line| json!({ "line": line, "accepted": true, "reason": "" })).collect();
        let body = json!({ "outcome": "verified", "lines": accepted, "remarks": "in order" });
        let path = format!("{}/verification", at("claims", &second));
        works.app.verifier().does(&path, &second, body).refused(409, "lines_undecided");
        works.app.verifier().rejects_claim(&second).ok();
    };
    for number in ["SFW/101", "SFW/1O1", "sfw-1o1"] {
        marked(&[bill(number, "2026-04-07", "Quite Another Foundry", 40)], 1);
    }
    // A debit note for a price that rose is an invoice again.
    let mut note = bill("SFW/101", "2026-04-20", "Quite Another Foundry", 40);
    note["document_type"] = json!("DBN");
    note["corrects_number"] = json!("Q/1");
    note["corrects_date"] = json!("2026-04-20");
    marked(&[bill("Q/1", "2026-04-20", "Quite Another Foundry", 1), note], 2);
    works.app.must_verify();
}

#[apply(on_both!)]
fn a_purchase_and_a_sale_can_be_one_invoice(app: App) {
    let works = Works::of(app);
    let own = works.app.organisation("lodestone")["gstin"].as_str().unwrap().to_owned();
    let first = works.submits(0, &[with(bill("S/1", "2026-05-01", "Lodestone", 40), "supplier_gstin", &own)]);
    works.app.verifier().verifies(&first).ok();
    works.app.provided("sales_linked_incentive", "2026-27", CRORE);
    works.app.reached("lodestone", &works.award, "commissioning", "2026-05-01");
    works.app.set_clock("2026-07-15T06:30:00Z");
    let sells = |number: &str| {
        let lines = json!([sale(number, "2026-06-02", "Sample Motors", 1_000)]);
        works.app.preparer().claims(&works.award, &form(&works.app, "lodestone", FIRST, lines))
    };
    sells("S/1").refused(409, "invoice_claimed");
    sells("S/2").ok();
}
