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

    fn paid_again(&self, utr: &str) {
        self.paid_on(utr, "2026-06-15");
    }

    /// The one tranche that may still be paid is paid.
    fn paid_on(&self, utr: &str, on: &str) {
        let path = format!("/tranches?claim_id={}", self.claim["id"].as_str().unwrap());
        let all = self.app.auditor().sees(&path)["data"].clone();
        let open = |one: &&Value| ["sanctioned", "verified"].contains(&one["status"].as_str().unwrap());
        let tranche = all.as_array().unwrap().iter().find(open).unwrap().clone();
        let tranche = if tranche["status"] == "sanctioned" { tranche } else { self.app.sanctioned(&tranche) };
        let advised = self.app.disbursing_officer().advises(&tranche).ok();
        self.app.disbursing_officer().confirms(&advised, utr, on).ok();
    }

    /// A credit note over this many kilograms of the claim's first invoice, accepted by the agency.
    fn corrected_by(&self, kg: i64, on: &str) -> Value {
        let claim = self.app.auditor().sees(&at("claims", &self.claim));
        let invoice = &claim["lines"][0];
        let note = json!({
            "document_type": "CRN", "corrects_number": invoice["invoice_number"],
            "corrects_date": invoice["invoice_date"], "invoice_number": "C/1", "invoice_date": on,
            "party": invoice["party"], "quantity_kg": kg, "amount_paise": -1,
        });
        let signatory = self.app.signatory();
        let form = json!({ "notes": [note], "evidence": [signatory.attaches("credit-note")] });
        let path = format!("{}/credit-notes", at("claims", &claim));
        let stated = signatory.post(&path, version(&claim), &form).unwrap().ok();
        let left = ["certified_kg", "certified_amount_paise"].map(|name| stated[name].as_i64().unwrap());
        self.app.verifier().accepts(&stated, left[0], left[1]).ok()
    }

    /// The first ordered recovery is demanded and paid back whole.
    fn comes_back(&self, utr: &str, on: &str) {
        let all = self.app.auditor().sees("/recoveries?status=ordered")["data"].clone();
        let demanded = self.app.second("finance").demands(&all[0], on).ok();
        let due = demanded["amount_paise"].as_i64().unwrap();
        assert_eq!(self.app.second("ddo").receives(&self.app, &demanded, utr, on, due).ok()["status"], "settled");
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

impl App {
    /// What of this part of recoveries came back, by the ledger of the award.
    fn recovered(&self, part: &str) -> i64 {
        let found = self.values(&format!(
            "SELECT CAST(balance_paise AS TEXT) AS value FROM accounts \
             WHERE stage = '{part}_recovered' AND ledger = 'recovery'"
        ));
        found.iter().map(|balance| balance.parse::<i64>().unwrap()).sum()
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
    let decided = story.corrected_by(-10, "2026-06-15");
    let earned = decided["claim"]["entitlement_paise"].as_i64().unwrap();
    assert_eq!(earned, 140 * 160_000);
    assert_eq!(settled(&decided), [0, 3 * LAKH, earned + excess, 0, excess]);
    story.is_sound();
    story.paid_again(&format!("{UTR}2"));
    assert_eq!(story.has(), earned);
    story.is_sound();
}

/// Interest on two lakh at 9 % from 16 June to 27 August: 73 days of 365.
const INTEREST: i64 = 2 * LAKH / 100 * 9 * 73 / 365;

#[apply(on_both!)]
fn interest_that_a_return_kept_is_asked_back_when_less_was_earned(app: App) {
    // Two of three lakh are demanded back, and the bank returns all three: two and the interest on them are kept.
    let (story, paid) = paid_three_lakh(&app);
    story.app.demanded(&paid, 2 * LAKH);
    story.app.set_clock("2026-08-27T06:30:00Z");
    story.returned();
    assert_eq!(story.tranches(), [(LAKH - INTEREST, "sanctioned".to_owned())]);
    story.paid_on(&format!("{UTR}2"), "2026-08-27");
    story.is_sound();

    // One kilogram was earned: so of the three lakh that were paid, all but Rs 1,600 come back, the interest too.
    let one_kg = 160_000;
    let accepted = story.certified(1);
    assert_eq!(settled(&accepted), [3 * LAKH, 0, 0, 0, 3 * LAKH - one_kg]);
    assert_eq!(story.asked(&accepted), (2 * LAKH, vec![LAKH - INTEREST, INTEREST - one_kg]));
    story.is_sound();
    // A credit note takes that kilogram too.
    let decided = story.corrected_by(-1, "2026-08-27");
    assert_eq!(story.asked(&decided), (3 * LAKH - one_kg, vec![one_kg]));
    story.is_sound();
    let (section, returned) = (story.app.second("section"), paid);
    section.asks_back(&returned, 1).refused(409, "recovery_exceeds_payment");

    // Nobody wrote the reasons: they carry a code and its values, so that pages say them in their language.
    let all = story.app.auditor().sees("/recoveries")["data"].as_array().unwrap().clone();
    let of_certificate = all.iter().find(|one| one["kind"] == "true_up").unwrap();
    let said = &of_certificate["decision"]["said"];
    assert_eq!(said["code"], "beyond_certificate");
    let number = said["certificate"].as_str().unwrap().to_owned();
    assert!(of_certificate["decision"]["reasons"].as_str().unwrap().contains(&number));

    // All of it comes back. The company had three lakh and two parts of one, and gave back three lakh and the interest.
    let asked = story.recoveries().into_iter().filter(|(_, status, _)| status == "ordered").count();
    assert_eq!(asked, 3);
    for number in 0..asked {
        story.comes_back(&format!("REFUND000000000{number}"), "2026-08-27");
    }
    assert_eq!(story.has(), 0, "nothing of the money of the scheme is with it");
    let own: i64 = ["principal", "interest"].iter().map(|of| story.app.recovered(of)).sum();
    assert_eq!(own, 3 * LAKH + INTEREST);
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
