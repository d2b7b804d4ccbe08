//! The bank returns a payment of a claim before or after its final certificate: what is paid anew is what the
//! certificate leaves, whichever payment the recoveries were begun on, and nobody loses anything twice.

use super::asked_once::{LAKH, UTR, paid_three_lakh};
use super::{CertificateVerbs, Story, settled};
use crate::harness::app::App;
use crate::harness::disarm::disarm;
use crate::harness::people::{Answered, Verbs, at, version};
use crate::harness::recovery_people::Recovers;
use magnet_scheme::service::revision::recompute::recompute;
use serde_json::{Value, json};

impl Story {
    /// The bank takes the last payment back.
    fn returned(&self) {
        let payments = self.app.auditor().sees("/payments?status=succeeded")["data"].clone();
        let back = self.app.disbursing_officer().reports_failure(&payments[0], "failed_after_success");
        back.ok();
    }

    fn tranches(&self) -> Vec<(i64, String)> {
        let path = format!("/tranches?claim_id={}", self.claim["id"].as_str().unwrap());
        let found = self.app.auditor().sees(&path)["data"].clone();
        let of = |one: &Value| (one["amount_paise"].as_i64().unwrap(), one["status"].as_str().unwrap().to_owned());
        found.as_array().unwrap().iter().map(of).filter(|(_, status)| status != "rejected").collect()
    }

    /// The one tranche that may still be paid is paid.
    fn paid_again(&self, utr: &str) {
        let path = format!("/tranches?claim_id={}", self.claim["id"].as_str().unwrap());
        let all = self.app.auditor().sees(&path)["data"].clone();
        let open = |one: &&Value| ["sanctioned", "verified"].contains(&one["status"].as_str().unwrap());
        let tranche = all.as_array().unwrap().iter().find(open).unwrap().clone();
        let tranche = if tranche["status"] == "sanctioned" { tranche } else { self.app.sanctioned(&tranche) };
        let advised = self.app.disbursing_officer().advises(&tranche).ok();
        self.app.disbursing_officer().confirms(&advised, utr, "2026-06-15").ok();
    }

    /// What the company has of the money: what was paid and stayed, less what it paid back itself.
    fn has(&self) -> i64 {
        self.app.held("disbursed") - self.app.held("receipts")
    }

    /// The records agree, no control is red, and the statements come out again.
    fn is_sound(&self) {
        self.app.must_verify();
        assert_eq!(self.app.red_controls(), Vec::<String>::new());
        assert_eq!(recompute(&self.app.database_url()).unwrap().differences, Vec::<String>::new());
    }

    fn recoveries(&self) -> Vec<(String, String, i64)> {
        let mut all = self.app.auditor().sees("/recoveries")["data"].as_array().unwrap().clone();
        all.sort_by_key(|one| one["number"].as_str().unwrap().to_owned());
        let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
        let of = |one: &Value| (text(one, "kind"), text(one, "status"), one["amount_paise"].as_i64().unwrap());
        all.iter().map(of).collect()
    }
}

fn told(kind: &str, status: &str, paise: i64) -> (String, String, i64) {
    (kind.to_owned(), status.to_owned(), paise)
}

#[apply(on_both!)]
fn what_a_certificate_counted_of_a_notice_is_paid_by_the_return(app: App) {
    let (story, paid) = paid_three_lakh(&app);
    story.app.second("section").asks_back(&paid, LAKH + LAKH / 2).ok();
    let accepted = story.certified(125);
    assert_eq!(story.asked(&accepted), (LAKH, vec![]), "two of the three lakh are earned, and the notice asks more");
    story.returned();
    // Nobody decided on the notice, so it is dropped. What the certificate needs of it comes back all the same.
    assert_eq!(story.recoveries(), [told("refund", "dropped", 0), told("true_up", "settled", LAKH)]);
    assert_eq!(story.tranches(), [(2 * LAKH, "sanctioned".to_owned())]);
    story.is_sound();
    story.paid_again(&format!("{UTR}2"));
    assert_eq!(story.has(), 2 * LAKH);
    story.is_sound();

    // A certificate that needs nothing of a notice leaves nothing of it.
    let (more, paid) = paid_three_lakh(&app);
    more.app.second("section").asks_back(&paid, LAKH).ok();
    more.certified(250);
    more.returned();
    assert_eq!(more.recoveries(), [told("refund", "dropped", 0)]);
    more.paid_again(&format!("{UTR}2"));
    more.is_sound();
}

#[apply(on_both!)]
fn what_was_paid_back_before_the_return_counts_in_a_certificate_after_it(app: App) {
    let (story, paid) = paid_three_lakh(&app);
    story.refunded(&paid, LAKH);
    story.returned();
    assert_eq!(story.tranches(), [(3 * LAKH, "sanctioned".to_owned())], "with the lakh that the company paid itself");
    let accepted = story.certified(125);
    assert_eq!(settled(&accepted), [3 * LAKH, 0, 0, 0, LAKH], "three are paid anew, and one of them came back");
    assert_eq!(story.asked(&accepted), (LAKH, vec![]));
    story.is_sound();
    story.paid_again(&format!("{UTR}2"));
    assert_eq!(story.has(), 2 * LAKH);
    story.is_sound();

    // With less certified, the money is withdrawn and the right amount started, again with the company's own lakh.
    let (less, paid) = paid_three_lakh(&app);
    less.refunded(&paid, LAKH);
    less.returned();
    let earned = 50 * 160_000;
    let accepted = less.certified(50);
    assert_eq!(settled(&accepted), [0, 3 * LAKH, earned + LAKH, 0, LAKH]);
    less.is_sound();
    less.paid_again(&format!("{UTR}2"));
    assert_eq!(less.has(), earned);
    less.is_sound();
}

#[apply(on_both!)]
fn a_credit_note_after_a_return_counts_what_was_paid_back_before(app: App) {
    let (story, _) = paid_three_lakh(&app);
    story.certified(150);
    let excess = 3 * LAKH - 150 * 160_000;
    let true_up = story.app.auditor().sees("/recoveries")["data"][0].clone();
    let demanded = story.app.second("finance").demands(&true_up, "2026-07-15").ok();
    story.app.second("ddo").receives(&story.app, &demanded, "SBINR52026061500000077", "2026-06-15", excess).ok();
    story.returned();
    let claim = story.app.auditor().sees(&at("claims", &story.claim));
    let invoice = &claim["lines"][0];
    let note = json!({
        "document_type": "CRN", "corrects_number": invoice["invoice_number"],
        "corrects_date": invoice["invoice_date"], "invoice_number": "C/1", "invoice_date": "2026-06-15",
        "party": invoice["party"], "quantity_kg": -10, "amount_paise": -1,
    });
    let signatory = story.app.signatory();
    let form = json!({ "notes": [note], "evidence": [signatory.attaches("credit-note")] });
    let stated =
        signatory.post(&format!("{}/credit-notes", at("claims", &claim)), version(&claim), &form).unwrap().ok();
    let kg = stated["certified_kg"].as_i64().unwrap();
    let decided = story.app.verifier().accepts(&stated, kg, stated["certified_amount_paise"].as_i64().unwrap()).ok();
    let earned = decided["claim"]["entitlement_paise"].as_i64().unwrap();
    assert_eq!(earned, 140 * 160_000);
    assert_eq!(settled(&decided), [0, 3 * LAKH, earned + excess, 0, excess]);
    story.is_sound();
    story.paid_again(&format!("{UTR}2"));
    assert_eq!(story.has(), earned);
    story.is_sound();
}

#[apply(on_both!)]
fn what_a_return_kept_is_not_deferred_when_the_sanction_lapses(app: App) {
    let (mut story, _) = paid_three_lakh(&app);
    story.certified(150);
    let earned = 150 * 160_000;
    story.returned();
    assert_eq!(story.recoveries(), [told("true_up", "settled", 3 * LAKH - earned)]);
    story.app.set_clock("2027-06-20T18:30:00Z");
    story.app.serve(false);
    assert_eq!(story.parts(), [earned, earned, 0], "all that was certified is still to be paid");
    story.app.must_verify();
}

#[apply(on_both!)]
fn the_control_sees_a_beneficiary_that_would_lose_twice(app: App) {
    let (story, paid) = paid_three_lakh(&app);
    story.refunded(&paid, LAKH);
    story.returned();
    story.certified(125);
    let app = &story.app;
    assert_eq!(app.red_controls(), Vec::<String>::new());
    disarm(app);
    // As if the certificate had forgotten the lakh that came back before the return.
    app.sql(&format!("UPDATE tranches SET amount_paise = {}", 2 * LAKH));
    assert!(app.red_controls().contains(&"paid_less_recovered".to_owned()));
    let forgets = "replace(settlement, '\"receivable_paise\":10000000', '\"receivable_paise\":0')";
    app.sql(&format!("UPDATE final_certificates SET settlement = {forgets}"));
    assert!(app.red_controls().contains(&"paid_less_recovered".to_owned()));
    let older = "replace(settlement, '\"asked_paise\":10000000', '\"older\":1')";
    app.sql(&format!("UPDATE final_certificates SET settlement = {older}"));
    assert!(!app.red_controls().contains(&"paid_less_recovered".to_owned()), "what is older is left alone");
}
