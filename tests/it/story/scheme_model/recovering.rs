//! The driver's acts about final certificates and recoveries.

use super::rules::recoveries::RecoveryAct;
use super::{Days1, Driver, PER_KG};
use crate::claim::staged_release::CertificateVerbs;
use crate::harness::people::at;
use crate::harness::recovery_people::Recovers;
use magnet_scheme::client::Response;
use serde_json::{Value, json};

impl Driver {
    /// Submits a certificate, unless one is waiting, and accepts it as it was submitted.
    pub fn certify(&mut self, claim: usize, paise: i64) -> Response {
        if !self.certificates.contains_key(&claim) {
            let seen = self.now("claims", &self.claims[claim]);
            let turnover = seen["lines"][0]["amount_paise"].as_i64().unwrap();
            let answer = self.app.signatory().certifies(&seen, paise / PER_KG, turnover, Some("it was late"));
            if answer.status >= 300 {
                return answer;
            }
            self.certificates.insert(claim, answer.json());
        }
        let waiting = &self.certificates[&claim];
        let [kg, turnover] = ["certified_kg", "certified_amount_paise"].map(|field| waiting[field].as_i64().unwrap());
        let answer = self.app.verifier().accepts(waiting, kg, turnover);
        if answer.status < 300 {
            self.certificates.remove(&claim);
            let accepted = answer.json();
            if !accepted["tranche"].is_null() {
                self.tranches.push(accepted["tranche"].clone());
            }
            let opened = accepted["settlement"]["receivables"].as_array().unwrap().iter();
            self.recoveries.extend(opened.map(|one| json!({ "id": one["recovery_id"] })));
        }
        answer
    }

    /// A bank return may begin a recovery.
    pub fn finds_recoveries(&mut self) {
        for id in
            self.app.values("SELECT id AS value FROM recoveries ORDER BY id").into_iter().skip(self.recoveries.len())
        {
            self.recoveries.push(json!({ "id": id }));
        }
    }

    pub fn ask_back(&mut self, payment: usize, paise: i64, reply_due_on: &str) -> Response {
        let notice = json!({
            "kind": "refund", "disbursement_id": self.disbursements[&payment]["id"], "amount_paise": paise,
            "grounds": "the magnets were imported", "reply_due_on": reply_due_on,
        });
        let answer = self.app.second("section").post("/recoveries", None, &notice).unwrap();
        if answer.status < 300 {
            self.recoveries.push(answer.json());
        }
        answer
    }

    pub fn recover(&mut self, recovery: usize, act: RecoveryAct, calendar: &Days1, day: i64) -> Response {
        let seen = self.now("recoveries", &self.recoveries[recovery]);
        assert!(at("recoveries", &seen).len() > 20);
        match act {
            RecoveryAct::Reply => self.app.signatory().replies_to(&seen),
            RecoveryAct::Order(paise) => {
                let asked = seen["amount_paise"].as_i64().unwrap();
                let (outcome, reduced) = match paise {
                    0 => ("dropped", None),
                    _ if paise == asked => ("confirmed", None),
                    _ => ("reduced", Some(paise)),
                };
                self.app.second("authority").orders(&seen, outcome, reduced)
            }
            RecoveryAct::Demand => self.app.second("finance").demands(&seen, &calendar.date(day + 10).to_string()),
            RecoveryAct::Receive { paise, days_ago } => {
                self.utr += 1;
                let on = calendar.date(day - days_ago).to_string();
                self.app.second("ddo").receives(&self.app, &seen, &format!("REFUND{:010}", self.utr), &on, paise)
            }
            RecoveryAct::SetOff(paise) => self.app.second("authority").orders_set_off(&seen, paise),
            RecoveryAct::Relieve { principal, interest, waiver } => {
                let parts = json!({ "principal_paise": principal, "interest_paise": interest });
                let kind = if waiver { "waiver" } else { "write_off" };
                let proposed = self.app.third("finance").proposes_relief(&seen, kind, parts);
                if proposed.status >= 300 {
                    return proposed;
                }
                let seen: Value = proposed.json();
                self.app.third("authority").decides_relief(&seen, "granted")
            }
        }
    }
}
