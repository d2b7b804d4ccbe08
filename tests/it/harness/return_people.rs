//! The verbs of people who send something back, ask about it, or correct it.

use crate::harness::people::{Verbs, at, version};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

pub trait ReturnVerbs {
    /// Returns a tranche to a desk.
    fn returns_to(&self, tranche: &Value, desk: &str) -> Response;
    /// Returns a claim or a milestone for correction.
    fn sends_back(&self, noun: &str, record: &Value) -> Response;
    fn asks_about(&self, noun: &str, record: &Value, question: &str) -> Response;
    fn replies_about(&self, noun: &str, record: &Value, round: i64, text: &str) -> Response;
    fn corrects(&self, claim: &Value, form: &Value) -> Response;
}

impl ReturnVerbs for Person {
    fn returns_to(&self, tranche: &Value, desk: &str) -> Response {
        let order = json!({ "to": desk, "reasons": format!("look at it again, {desk}"), "note": "spoke by telephone" });
        self.does(&format!("{}/return", at("tranches", tranche)), tranche, order)
    }
    fn sends_back(&self, noun: &str, record: &Value) -> Response {
        let mut order = json!({ "reasons": "the certificate is of another plant" });
        if noun == "claims" {
            order["note"] = json!("the third time this year");
        }
        self.does(&format!("{}/return", at(noun, record)), record, order)
    }
    fn asks_about(&self, noun: &str, record: &Value, question: &str) -> Response {
        self.does(&format!("{}/queries", at(noun, record)), record, json!({ "question": question }))
    }
    fn replies_about(&self, noun: &str, record: &Value, round: i64, text: &str) -> Response {
        let path = format!("{}/queries/{round}/reply", at(noun, record));
        self.does(&path, record, json!({ "text": text, "documents": [self.attaches("reply")] }))
    }
    fn corrects(&self, claim: &Value, form: &Value) -> Response {
        self.put(&at("claims", claim), version(claim).unwrap(), &json!({ "form": form })).unwrap()
    }
}

/// The steps of a tranche that stand, in order, without those of the company.
pub fn standing(tranche: &Value) -> Vec<&str> {
    let steps = tranche["steps"].as_array().unwrap().iter().filter(|step| step.get("fallen").is_none());
    steps.map(|step| step["step"].as_str().unwrap()).filter(|step| !["prepare", "submit"].contains(step)).collect()
}
