//! The disbursing officer's acts with the treasury, as verbs, and payments for them.

use crate::harness::app::App;
use crate::harness::fake_treasury;
use crate::harness::fake_treasury::Mood;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at, version};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

/// The day on which these tests make payments.
pub const TODAY: &str = "2026-07-01";

/// The amount of each of those payments: 1,000 kg at the rate.
pub const EACH: i64 = 160_000_000;

pub trait TreasuryVerbs {
    fn makes_advice(&self, payments: &[&Value]) -> Response;
    fn downloads(&self, advice: &Value, format: &str) -> Response;
    fn uploads_return(&self, kind: &str, content: &[u8]) -> Response;
    fn uploads_return_under(&self, key: &str, kind: &str, content: &[u8]) -> Response;
    fn settles_all(&self, mode: &str, items: Vec<Value>) -> Response;
    fn reports_unknown(&self, payment: &Value) -> Response;
    fn confirms_failure(&self, payment: &Value, outcome: &str) -> Response;
}

impl TreasuryVerbs for Person {
    fn makes_advice(&self, payments: &[&Value]) -> Response {
        let ids: Vec<&Value> = payments.iter().map(|payment| &payment["id"]).collect();
        // The day on which a payment was advised is today's, in every test.
        let day = payments[0]["advised_at"].as_str().unwrap()[..10].to_owned();
        self.post("/payment-advices", None, &json!({ "payment_ids": ids, "execute_on": day })).unwrap()
    }
    fn downloads(&self, advice: &Value, format: &str) -> Response {
        self.get(&format!("{}/file.{format}", at("payment-advices", advice))).unwrap()
    }
    fn uploads_return(&self, kind: &str, content: &[u8]) -> Response {
        self.uploads_return_under(&uuid::Uuid::now_v7().to_string(), kind, content)
    }
    fn uploads_return_under(&self, key: &str, kind: &str, content: &[u8]) -> Response {
        let headers = [("Content-Type", kind), ("Idempotency-Key", key)];
        self.send("POST", "/treasury-returns", &headers, Some(content)).unwrap()
    }
    fn settles_all(&self, mode: &str, items: Vec<Value>) -> Response {
        self.post("/payments/outcomes", None, &json!({ "mode": mode, "items": items })).unwrap()
    }
    fn reports_unknown(&self, payment: &Value) -> Response {
        let answer = json!({ "outcome": "unknown", "reason": "no answer came" });
        self.post(&format!("{}/settlement", at("payments", payment)), version(payment), &answer).unwrap()
    }
    fn confirms_failure(&self, payment: &Value, outcome: &str) -> Response {
        let word = json!({
            "outcome": outcome, "reason": "the bank wrote that the account is closed",
            "evidence": [self.attaches("letter-of-the-bank")],
        });
        self.does(&format!("{}/failure", at("payments", payment)), payment, word)
    }
}

/// The media type of a file in this format.
pub fn kind(format: &str) -> &'static str {
    if format == "xml" { "application/xml" } else { "text/csv" }
}

impl App {
    /// This many advised payments of [`EACH`], on [`TODAY`].
    pub fn advised_payments(&self, count: usize) -> Vec<Value> {
        let award = self.told("selling until today", |app| {
            app.window_is_open();
            app.provided("sales_linked_incentive", "2026-27", 10 * CRORE);
            let award = app.commissioned("lodestone", 900);
            app.set_clock(&format!("{TODAY}T06:30:00Z"));
            award
        });
        let advised = |day: usize| {
            let day = format!("2026-06-{day:02}");
            let tranche = self.tranche_for_sales("lodestone", &award, Sales::at_the_rate(&day, &day, 1_000));
            self.disbursing_officer().advises(&self.sanctioned(&tranche)).ok()
        };
        (1..=count).map(advised).collect()
    }

    /// A payment as it is now.
    pub fn payment(&self, payment: &Value) -> Value {
        self.auditor().sees(&at("payments", payment))
    }

    pub fn statuses(&self, payments: &[Value]) -> Vec<String> {
        payments.iter().map(|one| self.payment(one)["status"].as_str().unwrap().to_owned()).collect()
    }

    /// All of these payments in one advice, and its file.
    pub fn advice_file(&self, payments: &[Value], format: &str) -> String {
        let advice = self.disbursing_officer().makes_advice(&payments.iter().collect::<Vec<_>>()).ok();
        self.disbursing_officer().downloads(&advice, format).text()
    }

    /// The treasury answers an advice and the disbursing officer uploads what it returned.
    pub fn treasury_answers(&self, mood: Mood, advice: &str, message_id: &str) -> Response {
        let format = if advice.starts_with("<?xml") { "xml" } else { "csv" };
        let file = fake_treasury::answers(mood, advice, message_id, TODAY);
        self.disbursing_officer().uploads_return(kind(format), &file)
    }

    /// The amounts of the year's sales incentive that are disbursed and still sanctioned.
    pub fn disbursed_and_sanctioned(&self) -> (i64, i64) {
        let row = self.budget("financial_year", "sales_linked_incentive", Some("2026-27"));
        (row["disbursed_paise"].as_i64().unwrap(), row["sanctioned_paise"].as_i64().unwrap())
    }
}

/// The results of a return's lines, in the order of the file.
pub fn results(file: &Value) -> Vec<&str> {
    file["lines"].as_array().unwrap().iter().map(|line| line["result"].as_str().unwrap()).collect()
}
