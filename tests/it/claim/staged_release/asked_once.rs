//! What a final certificate asks back counts with the refunds of the same payments: no paisa is asked twice, and none
//! is forgotten.

use super::{Story, settled, story};
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, says};
use crate::harness::recovery_people::Recovers;
use serde_json::{Value, json};

pub const LAKH: i64 = 10_000_000;
pub const UTR: &str = "SBINR5202606150000000";

/// Three of three and a half lakh are paid on provisional papers; one kilogram earns Rs 1,600 at most.
pub fn paid_three_lakh(app: &App) -> (Story, Value) {
    let story = story(app.engine, 7_500, 4 * LAKH, CRORE);
    let paid = story.app.paid(&story.tranche, &format!("{UTR}1"), "2026-06-15");
    assert_eq!(paid["disbursement"]["amount_paise"], 3 * LAKH);
    (story, paid["disbursement"].clone())
}

impl Story {
    pub fn refunded(&self, paid: &Value, paise: i64) {
        let demanded = self.app.demanded(paid, paise);
        let due = self.app.owed(&demanded, "2026-06-15")["statement"]["total_paise"].as_i64().unwrap();
        let back =
            self.app.second("ddo").receives(&self.app, &demanded, "SBINR52026061500000077", "2026-06-15", due).ok();
        assert_eq!(back["status"], "settled");
    }

    pub fn asked(&self, certificate: &Value) -> (i64, Vec<i64>) {
        let settlement = &certificate["settlement"];
        let receivables = settlement["receivables"].as_array().unwrap().iter();
        let amounts = receivables.map(|one| one["amount_paise"].as_i64().unwrap()).collect();
        (settlement["already_under_recovery_paise"].as_i64().unwrap(), amounts)
    }
}

#[apply(on_both!)]
fn what_a_refund_brought_back_is_not_asked_again(app: App) {
    // 125 kg are certified, which earn two lakh: exactly what the company has after its refund.
    let (story, paid) = paid_three_lakh(&app);
    story.refunded(&paid, LAKH);
    let accepted = story.certified(125);
    assert_eq!(settled(&accepted), [3 * LAKH, 0, 0, 0, LAKH]);
    assert_eq!(story.asked(&accepted), (LAKH, vec![]), "it came back already");
    assert_eq!(story.app.held("disbursed"), 2 * LAKH);
    story.app.must_verify();
    assert_eq!(story.app.red_controls(), Vec::<String>::new());

    // Nothing at all is certified.
    let (more, paid) = paid_three_lakh(&app);
    more.refunded(&paid, LAKH);
    let accepted = more.certified(0);
    assert_eq!(more.asked(&accepted), (LAKH, vec![2 * LAKH]), "only the two that it still has");
    more.app.must_verify();
    assert_eq!(more.app.red_controls(), Vec::<String>::new());
}

#[apply(on_both!)]
fn what_a_certificate_counted_stays_asked(app: App) {
    let (story, paid) = paid_three_lakh(&app);
    let app = &story.app;
    let notice = app.second("section").asks_back(&paid, LAKH + LAKH / 2).ok();
    let accepted = story.certified(125);
    assert_eq!(story.asked(&accepted), (LAKH, vec![]));
    let section = app.second("section");
    let withdrawal = json!({ "reason": "the certificate settles it" });
    let problem = section.step(&notice, "withdrawal", withdrawal).refused(409, "certificate_needs_recovery");
    says(&problem, "at least ₹1,00,000.00 of it stays asked");
    let replied = app.signatory().replies_to(&notice).ok();
    let authority = app.second("authority");
    authority.orders(&replied, "dropped", None).refused(409, "certificate_needs_recovery");
    authority.orders(&replied, "reduced", Some(LAKH - 1)).refused(409, "certificate_needs_recovery");
    let ordered = authority.orders(&replied, "reduced", Some(LAKH)).ok();
    assert_eq!(ordered["amount_paise"], LAKH);
    app.must_verify();
    assert_eq!(app.red_controls(), Vec::<String>::new());
}

#[apply(on_both!)]
fn the_control_sees_what_is_asked_twice_and_what_nobody_asks(app: App) {
    let (story, paid) = paid_three_lakh(&app);
    let app = &story.app;
    story.refunded(&paid, LAKH);
    let accepted = story.certified(100);
    assert_eq!(story.asked(&accepted), (LAKH, vec![LAKH * 4 / 10]));
    assert_eq!(app.red_controls(), Vec::<String>::new());
    crate::harness::disarm::disarm(app);
    let both = ["entitlement_paise = entitlement_paise + 1", "entitlement_paise = entitlement_paise - 2"];
    for change in both {
        app.sql(&format!("UPDATE claims SET {change} WHERE certified_at IS NOT NULL"));
        assert_eq!(app.red_controls(), ["paid_less_recovered", "records_as_logged"], "{change}");
    }
}
