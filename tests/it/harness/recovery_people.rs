//! The acts of people about recoveries, as verbs. A person who had a part in paying a rupee has no part
//! in recovering it, so most of it is done by second and third officers.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};
use std::sync::Arc;

const AWARD: &str = "NDFEB/2026-27/AWD/0001";
const SALES: &str = "sales_linked_incentive";

/// The account of what the first award owes back, by stage.
pub fn recovery_account(stage: &str) -> String {
    format!("recovery:ndfeb-2025-proposal:{SALES}:{AWARD}:{stage}")
}

/// The account from which the first award is paid, by stage.
pub fn outlay(stage: &str) -> String {
    format!("outlay:ndfeb-2025-proposal:{SALES}:{AWARD}:{stage}")
}

/// The account of the whole component, by stage.
pub fn component(stage: &str) -> String {
    format!("outlay:ndfeb-2025-proposal:{SALES}:{stage}")
}

pub trait Recovers {
    fn step(&self, recovery: &Value, step: &str, body: Value) -> Response;
    fn asks_back(&self, disbursement: &Value, paise: i64) -> Response;
    fn asks_damages(&self, milestone: &Value, charged_to: &str) -> Response;
    fn replies_to(&self, recovery: &Value) -> Response;
    fn orders(&self, recovery: &Value, outcome: &str, paise: Option<i64>) -> Response;
    fn demands(&self, recovery: &Value, due_on: &str) -> Response;
    fn grants(&self, recovery: &Value, instalments: &[(&str, i64)]) -> Response;
    /// Instalments of which the last may be whatever is left on its day.
    fn grants_by(&self, recovery: &Value, instalments: &[(&str, Option<i64>)]) -> Response;
    fn receives(&self, app: &App, recovery: &Value, utr: &str, on: &str, paise: i64) -> Response;
    fn receives_credited(&self, recovery: &Value, utr: &str, on: &str, paise: i64) -> Response;
    fn orders_set_off(&self, recovery: &Value, paise: i64) -> Response;
    fn proposes_relief(&self, recovery: &Value, kind: &str, parts: Value) -> Response;
    fn decides_relief(&self, recovery: &Value, outcome: &str) -> Response;
}

impl Recovers for Person {
    fn step(&self, recovery: &Value, step: &str, body: Value) -> Response {
        self.post(&format!("{}/{step}", at("recoveries", recovery)), recovery["version"].as_i64(), &body).unwrap()
    }
    fn asks_back(&self, disbursement: &Value, paise: i64) -> Response {
        let notice = json!({
            "kind": "refund", "disbursement_id": disbursement["id"], "amount_paise": paise,
            "grounds": "the magnets were imported", "reply_due_on": "2028-12-31",
        });
        self.post("/recoveries", None, &notice).unwrap()
    }
    fn asks_damages(&self, milestone: &Value, charged_to: &str) -> Response {
        let notice = json!({
            "kind": "liquidated_damages", "milestone_id": milestone["id"], "charged_to": charged_to,
            "grounds": "the milestone is late", "reply_due_on": "2028-12-31",
        });
        self.post("/recoveries", None, &notice).unwrap()
    }
    fn replies_to(&self, recovery: &Value) -> Response {
        self.step(recovery, "reply", json!({ "text": "we see it otherwise", "evidence": [] }))
    }
    fn orders(&self, recovery: &Value, outcome: &str, paise: Option<i64>) -> Response {
        let order = json!({ "outcome": outcome, "amount_paise": paise, "reasons": "as found" });
        self.step(recovery, "order", order)
    }
    fn demands(&self, recovery: &Value, due_on: &str) -> Response {
        self.step(recovery, "demand", json!({ "due_on": due_on, "note": "pay" }))
    }
    fn grants(&self, recovery: &Value, instalments: &[(&str, i64)]) -> Response {
        let rows: Vec<Value> =
            instalments.iter().map(|(on, paise)| json!({ "due_on": on, "amount_paise": paise })).collect();
        self.step(recovery, "instalments", json!({ "instalments": rows, "note": "as asked" }))
    }
    fn grants_by(&self, recovery: &Value, instalments: &[(&str, Option<i64>)]) -> Response {
        let rows: Vec<Value> =
            instalments.iter().map(|(on, paise)| json!({ "due_on": on, "amount_paise": paise })).collect();
        self.step(recovery, "instalments", json!({ "instalments": rows, "note": "as asked" }))
    }
    /// A finance officer records first what the bank credited.
    fn receives(&self, app: &App, recovery: &Value, utr: &str, on: &str, paise: i64) -> Response {
        app.bank_credits(utr, on, paise);
        self.receives_credited(recovery, utr, on, paise)
    }
    fn receives_credited(&self, recovery: &Value, utr: &str, on: &str, paise: i64) -> Response {
        self.step(recovery, "receipts", json!({ "utr": utr, "received_on": on, "amount_paise": paise }))
    }
    fn orders_set_off(&self, recovery: &Value, paise: i64) -> Response {
        self.step(recovery, "set-off", json!({ "amount_paise": paise, "note": "from the next tranche" }))
    }
    fn proposes_relief(&self, recovery: &Value, kind: &str, parts: Value) -> Response {
        let proposal = json!({ "kind": kind, "parts": parts, "reason": "it cannot be got", "reference": "File 7" });
        self.step(recovery, "relief", proposal)
    }
    fn decides_relief(&self, recovery: &Value, outcome: &str) -> Response {
        self.step(recovery, "relief-decision", json!({ "outcome": outcome, "note": "as proposed" }))
    }
}

impl App {
    /// A finance officer records a credit from the statement of the bank, if it can be one.
    pub fn bank_credits(&self, utr: &str, on: &str, paise: i64) -> Response {
        self.credit_seen_by(&self.person("bank-desk", &["finance_officer"], None), utr, on, paise)
    }

    pub fn credit_seen_by(&self, clerk: &Person, utr: &str, on: &str, paise: i64) -> Response {
        let evidence = [clerk.attaches("statement")];
        let credit = json!({ "utr": utr, "credited_on": on, "amount_paise": paise, "evidence": evidence });
        clerk.post("/bank-credits", None, &credit).unwrap()
    }

    /// An officer who had no part in paying: `section`, `authority`, `finance`, `ddo`.
    pub fn second(&self, office: &str) -> Arc<Person> {
        self.officer(office, "second")
    }

    pub fn third(&self, office: &str) -> Arc<Person> {
        self.officer(office, "third")
    }

    fn officer(&self, office: &str, which: &str) -> Arc<Person> {
        let role = match office {
            "section" => "section_officer",
            "authority" => "competent_authority",
            "finance" => "finance_officer",
            _ => "disbursing_officer",
        };
        self.person(&format!("{which}-{office}"), &[role], None)
    }

    /// A commissioned award of 900 MTPA, with 100 crore for sales in each of two years.
    pub fn selling(&self) -> Value {
        self.told("selling", |app| {
            app.window_is_open();
            for year in ["2026-27", "2027-28"] {
                app.provided("sales_linked_incentive", year, 100 * CRORE);
            }
            app.commissioned("lodestone", 900)
        })
    }

    /// The same with 20 crore for sales in one year, on the first of September.
    pub fn selling_in_september(&self) -> Value {
        self.told("selling in September", |app| {
            app.window_is_open();
            app.provided("sales_linked_incentive", "2026-27", 20 * CRORE);
            let award = app.commissioned("lodestone", 900);
            app.set_clock("2026-09-01T06:30:00Z");
            award
        })
    }

    /// The disbursement for sales of that award paid on the first of June, at Rs 1,600 a kilogram.
    pub fn paid_for(&self, award: &Value, kg: i64) -> Value {
        self.told(&format!("{kg} kg of {} paid", award["id"]), |app| {
            app.set_clock("2026-06-01T06:30:00Z");
            let tranche = app.tranche_for_sales("lodestone", award, Sales::at_the_rate("2026-05-01", "2026-05-31", kg));
            app.paid(&tranche, "SBINR52026060100001", "2026-06-01")["disbursement"].clone()
        })
    }

    /// A recovery of a payment that is demanded today.
    pub fn demanded(&self, disbursement: &Value, paise: i64) -> Value {
        self.told(&format!("{paise} of {} demanded", disbursement["id"]), |app| {
            let notice = app.second("section").asks_back(disbursement, paise).ok();
            let replied = app.signatory().replies_to(&notice).ok();
            let ordered = app.second("authority").orders(&replied, "confirmed", None).ok();
            app.second("finance").demands(&ordered, "2028-12-31").ok()
        })
    }

    /// A recovery as it is now, with its statement for a day.
    pub fn owed(&self, recovery: &Value, on: &str) -> Value {
        self.auditor().get(&format!("{}?on={on}", at("recoveries", recovery))).unwrap().ok()
    }

    /// The details of the last act in the audit log.
    pub fn last_details(&self) -> Value {
        let last = self.values("SELECT details AS value FROM audit_log ORDER BY sequence DESC LIMIT 1");
        serde_json::from_str(&last[0]).unwrap()
    }

    /// The balance of an account; zero when it does not exist.
    pub fn holds(&self, account: &str) -> i64 {
        let query = format!("SELECT CAST(balance_paise AS TEXT) AS value FROM accounts WHERE code = '{account}'");
        self.values(&query).first().map_or(0, |balance| balance.parse().unwrap())
    }
}

/// The principal, interest and damages in a record.
pub fn parts(value: &Value) -> [i64; 3] {
    ["principal", "interest", "damages"].map(|part| value[format!("{part}_paise")].as_i64().unwrap())
}
