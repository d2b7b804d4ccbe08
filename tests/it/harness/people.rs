//! The acts of people, as verbs: a test reads as a conversation between them. A verb returns the answer;
//! `.ok()` requires a success, `.refused(status, code)` a refusal.

use crate::harness::app::App;
use crate::harness::beside::take_out_what_is_beside;
use crate::harness::rehearsing;
use domain::base::gstin::gstin_check_character;
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

pub const SCHEME: &str = "ndfeb-2025-proposal";
pub const CRORE: i64 = 1_000_000_000;

/// The expectations of a test about an answer.
pub trait Answered {
    /// The JSON of a success: the record alone, without the balances, warnings, names and waits that come with it.
    fn ok(self) -> Value;
    /// The balances in a successful answer, by account.
    fn balances(&self) -> std::collections::BTreeMap<String, i64>;
    /// The problem of a refusal, which must have this status and code.
    fn refused(self, status: u16, code: &str) -> Value;
}

impl Answered for Response {
    #[track_caller]
    fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "answered {}: {}", self.status, self.text());
        let mut record = self.json();
        take_out_what_is_beside(&mut record);
        record
    }

    #[track_caller]
    fn balances(&self) -> std::collections::BTreeMap<String, i64> {
        assert!((200..300).contains(&self.status), "answered {}: {}", self.status, self.text());
        let told = self.json()["balances"].as_array().cloned().unwrap_or_default();
        let pair = |b: &Value| (b["account"].as_str().unwrap().to_owned(), b["balance_paise"].as_i64().unwrap());
        told.iter().map(pair).collect()
    }

    #[track_caller]
    fn refused(self, status: u16, code: &str) -> Value {
        let problem = self.json();
        assert_eq!((self.status, problem["code"].as_str()), (status, Some(code)), "{}", self.text());
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        problem
    }
}

/// `/noun/id` of a record.
pub fn at(noun: &str, record: &Value) -> String {
    format!("/{noun}/{}", record["id"].as_str().unwrap_or_else(|| panic!("no id in {record}")))
}

pub fn version(record: &Value) -> Option<i64> {
    record["version"].as_i64()
}

/// The verbs.
pub trait Verbs {
    fn does(&self, path: &str, seen: &Value, body: Value) -> Response;
    fn opens_window(&self, from: &str, to: &str) -> Response;
    fn proposes(&self, component: &str, year: &str, paise: i64) -> Response;
    fn approves(&self, provision: &Value) -> Response;
    fn attaches(&self, name: &str) -> Value;
    fn drafts(&self, form: &Value) -> Response;
    fn submits(&self, application: &Value) -> Response;
    fn asks(&self, application: &Value, question: &str) -> Response;
    fn replies(&self, application: &Value, round: i64, text: &str) -> Response;
    fn scrutinises(&self, application: &Value, met: bool) -> Response;
    fn awards(&self, application: &Value, capacity_mtpa: i64) -> Response;
    fn lodges(&self, award: &Value, number: &str, paise: i64, expires_on: &str) -> Response;
    fn reports(&self, milestone: &Value, installed: Value, achieved_on: &str) -> Response;
    fn inspects(&self, milestone: &Value, outcome: &str, installed: Value, inspected_on: &str) -> Response;
    fn claims(&self, award: &Value, form: &Value) -> Response;
    fn submits_claim(&self, claim: &Value) -> Response;
    fn verifies(&self, claim: &Value) -> Response;
    fn rejects_claim(&self, claim: &Value) -> Response;
    fn recommends(&self, tranche: &Value) -> Response;
    fn concurs(&self, tranche: &Value) -> Response;
    fn sanctions(&self, tranche: &Value) -> Response;
    fn rejects(&self, tranche: &Value) -> Response;
    fn advises(&self, tranche: &Value) -> Response;
    fn confirms(&self, payment: &Value, utr: &str, paid_on: &str) -> Response;
    fn reports_failure(&self, payment: &Value, outcome: &str) -> Response;
    fn sees(&self, path: &str) -> Value;
}

/// The number of the invoice of works for a milestone, by its code.
pub fn works_invoice(milestone: &Value) -> String {
    let code = milestone["code"].as_str().unwrap_or("1").replace('_', "");
    format!("INV/{}", &code[..code.len().min(12)])
}

fn lines_of(claim: &Value, accepted: bool) -> Vec<Value> {
    let decide = |line: &Value| json!({ "line": line["line"], "accepted": accepted, "reason": if accepted { "as its documents show" } else { "not shown" } });
    claim["lines"].as_array().unwrap().iter().map(decide).collect()
}

impl Verbs for Person {
    #[track_caller]
    fn does(&self, path: &str, seen: &Value, body: Value) -> Response {
        rehearsing::step(self, path, version(seen), &body)
    }
    fn opens_window(&self, from: &str, to: &str) -> Response {
        let window = json!({ "opens_on": from, "closes_on": to, "reference": "Sample order" });
        self.post(&format!("/schemes/{SCHEME}/windows"), None, &window).unwrap()
    }
    fn proposes(&self, component: &str, year: &str, paise: i64) -> Response {
        let provision = json!({
            "kind": "provision", "scheme_code": SCHEME, "component": component, "financial_year": year, "amount_paise": paise,
            "reference": "Sample demand", "dated_on": "2026-04-01",
        });
        self.post("/budget-instruments", None, &provision).unwrap()
    }
    fn approves(&self, provision: &Value) -> Response {
        self.does(&format!("{}/approval", at("budget-instruments", provision)), provision, json!({}))
    }
    fn attaches(&self, name: &str) -> Value {
        let content = format!("%PDF-1.4 {name} by {}", self.email);
        self.upload(&format!("{name}.pdf"), "application/pdf", content.as_bytes()).unwrap().ok()["id"].clone()
    }
    fn drafts(&self, form: &Value) -> Response {
        self.post("/applications", None, &json!({ "scheme_code": SCHEME, "form": form })).unwrap()
    }
    fn submits(&self, application: &Value) -> Response {
        self.does(&format!("{}/submission", at("applications", application)), application, json!({}))
    }
    fn asks(&self, application: &Value, question: &str) -> Response {
        self.does(&format!("{}/queries", at("applications", application)), application, json!({ "question": question }))
    }
    fn replies(&self, application: &Value, round: i64, text: &str) -> Response {
        let path = format!("{}/queries/{round}/reply", at("applications", application));
        self.does(&path, application, json!({ "text": text, "documents": [] }))
    }
    fn scrutinises(&self, application: &Value, met: bool) -> Response {
        let criteria = ["capacity", "whole_chain", "net_worth", "investment", "incentive_rate", "documents"];
        let findings: Vec<Value> =
            criteria.iter().map(|c| json!({ "criterion": c, "met": met, "reason": "as found" })).collect();
        self.does(
            &format!("{}/scrutiny", at("applications", application)),
            application,
            json!({ "findings": findings }),
        )
    }
    fn awards(&self, application: &Value, capacity_mtpa: i64) -> Response {
        self.does(
            &format!("{}/award", at("applications", application)),
            application,
            json!({ "capacity_mtpa": capacity_mtpa }),
        )
    }
    fn lodges(&self, award: &Value, number: &str, paise: i64, expires_on: &str) -> Response {
        let security = json!({
            "guarantee_number": number, "bank": "Sample Bank", "amount_paise": paise, "issued_on": "2026-04-15",
            "expires_on": expires_on, "evidence_id": self.attaches("guarantee"),
        });
        self.post(&format!("{}/securities", at("awards", award)), None, &security).unwrap()
    }
    fn reports(&self, milestone: &Value, installed: Value, achieved_on: &str) -> Response {
        let report =
            json!({ "installed_mtpa": installed, "achieved_on": achieved_on, "evidence": [self.attaches("engineer")] });
        self.does(&format!("{}/reports", at("milestones", milestone)), milestone, report)
    }
    fn inspects(&self, milestone: &Value, outcome: &str, installed: Value, inspected_on: &str) -> Response {
        let inspection = json!({
            "inspected_on": inspected_on, "place": "Sample plant", "installed_mtpa": installed, "remarks": "as seen",
            "evidence": [self.attaches("inspection")],
        });
        let path = format!("{}/verification", at("milestones", milestone));
        self.does(&path, milestone, json!({ "outcome": outcome, "inspection": inspection }))
    }
    fn claims(&self, award: &Value, form: &Value) -> Response {
        self.post("/claims", None, &json!({ "award_id": award["id"], "form": form })).unwrap()
    }
    fn submits_claim(&self, claim: &Value) -> Response {
        self.does(&format!("{}/submission", at("claims", claim)), claim, json!({}))
    }
    fn verifies(&self, claim: &Value) -> Response {
        let decision = json!({ "outcome": "verified", "lines": lines_of(claim, true), "remarks": "in order" });
        self.does(&format!("{}/verification", at("claims", claim)), claim, decision)
    }
    fn rejects_claim(&self, claim: &Value) -> Response {
        let decision =
            json!({ "outcome": "rejected", "lines": lines_of(claim, false), "remarks": "x", "reasons": "not shown" });
        self.does(&format!("{}/verification", at("claims", claim)), claim, decision)
    }
    fn recommends(&self, tranche: &Value) -> Response {
        self.does(&format!("{}/recommendation", at("tranches", tranche)), tranche, json!({ "note": "seen" }))
    }
    fn concurs(&self, tranche: &Value) -> Response {
        self.does(&format!("{}/concurrence", at("tranches", tranche)), tranche, json!({ "note": "seen" }))
    }
    fn sanctions(&self, tranche: &Value) -> Response {
        self.does(&format!("{}/sanction", at("tranches", tranche)), tranche, json!({ "note": "seen" }))
    }
    fn rejects(&self, tranche: &Value) -> Response {
        self.does(&format!("{}/rejection", at("tranches", tranche)), tranche, json!({ "reason": "not in order" }))
    }
    fn advises(&self, tranche: &Value) -> Response {
        self.does(&format!("{}/payments", at("tranches", tranche)), tranche, json!({}))
    }
    fn confirms(&self, payment: &Value, utr: &str, paid_on: &str) -> Response {
        let answer =
            json!({ "outcome": "succeeded", "utr": utr, "paid_on": paid_on, "amount_paise": payment["amount_paise"] });
        self.does(&format!("{}/settlement", at("payments", payment)), payment, answer)
    }
    fn reports_failure(&self, payment: &Value, outcome: &str) -> Response {
        let answer = json!({ "outcome": outcome, "reason": "account closed" });
        self.does(&format!("{}/settlement", at("payments", payment)), payment, answer)
    }
    fn sees(&self, path: &str) -> Value {
        self.get(path).unwrap().ok()
    }
}

/// The registration of a sample manufacturer; `number` makes its identities unique.
pub fn registration(maker: &str, number: usize) -> Value {
    let pan = format!("AAAC{}{:04}K", maker.to_uppercase().chars().next().unwrap_or('X'), 4_320 + number);
    let start = format!("36{pan}1Z");
    json!({
        "name": format!("Sample {maker} Ltd"), "cin": format!("U27320TG2021PLC{:06}", 154_320 + number), "pan": pan,
        "gstin": format!("{start}{}", gstin_check_character(&start)),
        "bank_account": format!("310020456{:03}", 700 + number), "ifsc": "SBIN0012345",
    })
}

/// Longer stretches of the story, for tests about what follows them.
impl App {
    /// A window over the whole of May 2026.
    pub fn window_is_open(&self) {
        self.told("window", |app| app.scheme_administrator().opens_window("2026-05-01", "2026-05-31").ok());
    }

    /// A year's appropriation for a component, provided by two people.
    pub fn provided(&self, component: &str, year: &str, paise: i64) -> Value {
        let proposed = self.scheme_administrator().proposes(component, year, paise).ok();
        self.other_scheme_administrator().approves(&proposed).ok()
    }

    /// A form that meets every criterion.
    pub fn good_form(&self, preparer: &Person, capacity_mtpa: i64) -> Value {
        let kinds = ["board_resolution", "net_worth_certificate", "detailed_project_report"];
        let documents: Vec<Value> =
            kinds.iter().map(|kind| json!({ "kind": kind, "evidence_id": preparer.attaches(kind) })).collect();
        json!({
            "capacity_mtpa": capacity_mtpa, "stages": ["oxide_to_metal", "metal_to_alloy", "alloy_to_magnet"],
            "net_worth_paise": 400 * CRORE,
            "investment_plan": [{ "financial_year": "2026-27", "amount_paise": 550 * CRORE }],
            "incentive_asked_paise_per_kg": 160_000, "documents": documents,
        })
    }

    /// A submitted application of a maker.
    pub fn submitted(&self, maker: &str, capacity_mtpa: i64) -> Value {
        let preparer = self.preparer_of(maker);
        let draft = preparer.drafts(&self.good_form(&preparer, capacity_mtpa)).ok();
        self.signatory_of(maker).submits(&draft).ok()
    }

    /// An award with its security lodged and confirmed. Opens the window if `first`.
    pub fn awarded(&self, maker: &str, capacity_mtpa: i64) -> Value {
        self.told(&format!("{maker} awarded {capacity_mtpa}"), |app| {
            let submitted = app.submitted(maker, capacity_mtpa);
            let eligible = app.verifier().scrutinises(&submitted, true).ok();
            let award = app.competent_authority().awards(&eligible, capacity_mtpa).ok();
            let required = award["security_required_paise"].as_i64().unwrap();
            let lodged = app.signatory_of(maker).lodges(&award, &format!("BG-{maker}"), required, "2034-12-31").ok();
            app.confirmed_by_bank(&lodged);
            award
        })
    }

    /// A milestone of an award by its code, as it is now.
    pub fn milestone(&self, award: &Value, code: &str) -> Value {
        let file = self.verifier().sees(&at("awards", award));
        file["milestones"].as_array().unwrap().iter().find(|m| m["code"] == code).unwrap().clone()
    }

    /// A milestone reported and verified with what it needs.
    pub fn reached(&self, maker: &str, award: &Value, code: &str, on: &str) -> Value {
        let milestone = self.milestone(award, code);
        let installed = milestone["needed_mtpa"].clone();
        let reported = self.signatory_of(maker).reports(&milestone, installed.clone(), on).ok();
        self.verifier().inspects(&reported, "verified", installed, on).ok()
    }

    /// A form for capital subsidy on a verified milestone: it claims 15 % of the investment.
    pub fn capital_form(&self, maker: &str, milestone: &Value, invested_paise: i64) -> Value {
        json!({
            "component": "capital_subsidy", "milestone_id": milestone["id"], "amount_claimed_paise": invested_paise / 100 * 15,
            "lines": [{ "invoice_number": works_invoice(milestone), "invoice_date": "2026-05-01", "party": format!("Works of {}", milestone["id"].as_str().unwrap_or("sample")), "amount_paise": invested_paise }],
            "evidence": [self.preparer_of(maker).attaches("certificate")],
        })
    }

    /// A submitted capital claim.
    pub fn claimed_capital(&self, maker: &str, award: &Value, milestone: &Value, invested_paise: i64) -> Value {
        let draft = self.preparer_of(maker).claims(award, &self.capital_form(maker, milestone, invested_paise)).ok();
        self.signatory_of(maker).submits_claim(&draft).ok()
    }

    /// A verified tranche of 15 crore on the first milestone of a 900 MTPA award, with 40 crore
    /// appropriated. Most tests of sanction and payment start from it.
    pub fn tranche_of_15_crore(&self) -> Value {
        self.told("tranche of 15 crore", |app| {
            app.window_is_open();
            app.provided("capital_subsidy", "2026-27", 40 * CRORE);
            let award = app.awarded("lodestone", 900);
            let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
            let claim = app.claimed_capital("lodestone", &award, &milestone, 100 * CRORE);
            app.verifier().verifies(&claim).ok()["tranche"].clone()
        })
    }

    /// The same, sanctioned.
    pub fn sanctioned_15_crore(&self) -> Value {
        self.told("sanctioned 15 crore", |app| {
            let tranche = app.tranche_of_15_crore();
            let recommended = app.section_officer().recommends(&tranche).ok();
            let concurred = app.finance_officer().concurs(&recommended).ok();
            app.competent_authority().sanctions(&concurred).ok()
        })
    }
}

/// Sales of magnets: first and last day, kilograms, turnover, and the amount claimed for them.
#[derive(Clone, Copy)]
pub struct Sales<'a> {
    pub days: (&'a str, &'a str),
    pub kg: i64,
    pub turnover_paise: i64,
    pub claimed_paise: i64,
}

impl<'a> Sales<'a> {
    /// Sales at such a price that only the rate limits the incentive, claimed to the paisa.
    pub fn at_the_rate(from: &'a str, to: &'a str, kg: i64) -> Sales<'a> {
        Sales { days: (from, to), kg, turnover_paise: kg * 500_000, claimed_paise: kg * 160_000 }
    }
}

/// The story after the award, for tests about production, sanction and payment.
impl App {
    /// An award whose whole value chain was running from its first day on.
    pub fn commissioned(&self, maker: &str, capacity_mtpa: i64) -> Value {
        self.told(&format!("{maker} commissioned {capacity_mtpa}"), |app| {
            let award = app.awarded(maker, capacity_mtpa);
            app.reached(maker, &award, "commissioning", "2026-05-01");
            award
        })
    }

    pub fn sales_form(&self, maker: &str, sales: Sales<'_>) -> Value {
        json!({
            "component": "sales_linked_incentive", "period_from": sales.days.0, "period_to": sales.days.1,
            "amount_claimed_paise": sales.claimed_paise,
            "lines": [{ "invoice_number": format!("S/{}", sales.days.0), "invoice_date": sales.days.0, "party": "Sample Motors",
                "quantity_kg": sales.kg, "amount_paise": sales.turnover_paise }],
            "evidence": [self.preparer_of(maker).attaches("sales")],
        })
    }

    /// A submitted claim for sales.
    pub fn claimed_sales(&self, maker: &str, award: &Value, sales: Sales<'_>) -> Value {
        let draft = self.preparer_of(maker).claims(award, &self.sales_form(maker, sales)).ok();
        self.signatory_of(maker).submits_claim(&draft).ok()
    }

    /// The tranche of a verified claim for sales.
    pub fn tranche_for_sales(&self, maker: &str, award: &Value, sales: Sales<'_>) -> Value {
        self.verifier().verifies(&self.claimed_sales(maker, award, sales)).ok()["tranche"].clone()
    }

    pub fn concurred(&self, tranche: &Value) -> Value {
        let recommended = self.section_officer().recommends(tranche).ok();
        self.finance_officer().concurs(&recommended).ok()
    }

    pub fn sanctioned(&self, tranche: &Value) -> Value {
        self.competent_authority().sanctions(&self.concurred(tranche)).ok()
    }

    /// A verified tranche taken to its payment; returns the settled payment with its disbursement.
    pub fn paid(&self, tranche: &Value, utr: &str, on: &str) -> Value {
        let advised = self.disbursing_officer().advises(&self.sanctioned(tranche)).ok();
        self.disbursing_officer().confirms(&advised, utr, on).ok()
    }

    /// A tranche as it is now.
    pub fn tranche(&self, tranche: &Value) -> Value {
        self.auditor().sees(&at("tranches", tranche))
    }
}

/// Provided, available, committed, reserved, sanctioned, disbursed: a budget row in paise.
pub fn stages(row: &Value) -> [i64; 6] {
    ["provided", "available", "committed", "reserved", "sanctioned", "disbursed"]
        .map(|stage| row[format!("{stage}_paise")].as_i64().unwrap())
}

/// Fails unless the detail of a refusal contains this part.
#[track_caller]
pub fn says(problem: &Value, part: &str) {
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(part), "'{detail}' does not say '{part}'");
}
