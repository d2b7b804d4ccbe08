//! Invoked guarantees: they are invoked for a demanded amount by the right people, and the bank's
//! payment is a receipt of that recovery.

use crate::award::securities::{REQUIRED, SecurityVerbs, kinds};
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at, says};
use crate::harness::recovery_people::{Recovers, parts};
use serde_json::{Value, json};

/// 62 late days: 6.2 % of the security.
const DAMAGES: i64 = REQUIRED / 1_000 * 62;
const UTR: &str = "SBINR5202707020000000";

/// A guarantee of this amount that runs until June 2027, with a claim period until the end of September.
fn guarantee(app: &App, award: &Value, number: &str, paise: i64) -> Value {
    let form = json!({
        "guarantee_number": number, "bank": "Sample Bank", "amount_paise": paise, "issued_on": "2026-04-15",
        "expires_on": "2027-06-30", "claim_expires_on": "2027-09-30", "evidence_id": app.signatory().attaches("guarantee"),
    });
    let lodged = app.signatory().post(&format!("{}/securities", at("awards", award)), None, &form).unwrap().ok();
    app.confirmed_by_bank(&lodged)
}

/// Damages for a milestone that is 62 days late on 2 July 2027, demanded that day.
fn damages_due(app: &App, award: &Value) -> Value {
    app.set_clock("2027-07-02T06:30:00Z");
    let notice = app.second("section").asks_damages(&app.milestone(award, "oxide_to_metal"), "2027-07-02").ok();
    let replied = app.signatory().replies_to(&notice).ok();
    let ordered = app.second("authority").orders(&replied, "confirmed", None).ok();
    app.second("finance").demands(&ordered, "2028-01-01").ok()
}

fn story(app: &App) -> (Value, Value, Value) {
    let award = app.bare_award();
    let security = guarantee(app, &award, "BG-1", REQUIRED);
    let damages = damages_due(app, &award);
    (award, security, damages)
}

fn now(app: &App, recovery: &Value) -> Value {
    app.auditor().sees(&at("recoveries", recovery))
}

#[apply(on_both!)]
fn a_guarantee_pays_the_damages_it_was_invoked_for_within_its_claim_period(app: App) {
    let (award, security, damages) = story(&app);
    app.provided("capital_subsidy", "2027-28", 40 * CRORE);
    let tranche = app.concurred_of(&award, "metal_to_alloy");
    let ddo = app.disbursing_officer();
    ddo.is_paid(&app, &security, &damages, 1, UTR, "2027-07-02").refused(409, "wrong_state");

    // Expired, but within the claim period.
    app.set_clock("2027-09-30T18:29:59Z");
    let authority = app.competent_authority();
    for other in [app.verifier(), app.signatory(), ddo.clone(), app.finance_officer()] {
        other.invokes(&security, &damages, 1).refused(403, "not_permitted");
    }
    let invoked = authority.invokes(&security, &damages, CRORE / 2).ok();
    assert_eq!((invoked["status"].as_str(), invoked["invoked_paise"].as_i64()), (Some("invoked"), Some(CRORE / 2)));
    assert_eq!(invoked["events"][1]["recovery_id"], damages["id"]);
    let problem = authority.sanctions(&tranche).refused(409, "security_short");
    says(&problem, "guarantee BG-1 (SAMPLE BANK) over ₹15,96,00,000.00: it was invoked");
    let whole = authority.invokes(&invoked, &damages, DAMAGES - CRORE / 2).ok();
    authority.releases(&whole).refused(409, "wrong_state");
    app.set_clock("2027-09-30T18:30:00Z");
    let late = authority.invokes(&whole, &damages, 1).refused(409, "security_claim_over");
    says(&late, "guarantee BG-1 (SAMPLE BANK) could be invoked until 2027-09-30");

    // The bank pays in two parts, never more than was invoked, and each reference counts once.
    let paid = |security: &Value, paise, utr: &str| ddo.is_paid(&app, security, &damages, paise, utr, "2027-10-01");
    ddo.is_paid(&app, &whole, &damages, 1, &format!("{UTR}1"), "2027-10-02").refused(409, "date_not_allowed");
    paid(&whole, DAMAGES + 1, &format!("{UTR}1")).refused(409, "security_exceeded");
    let answer = paid(&whole, CRORE / 4, "sbinr 52027070 20000-0001");
    let account = "recovery:ndfeb-2025-proposal:capital_subsidy:NDFEB/2026-27/AWD/0001:damages_recovered";
    assert_eq!(answer.balances()[account], CRORE / 4);
    let part = answer.ok();
    paid(&part, 1, "SBINR52027070200000001").refused(409, "utr_already_used");
    let settled = paid(&part, DAMAGES - CRORE / 4, "SBINR52027070200000002").ok();
    assert_eq!((&settled["invoked_paise"], &settled["received_paise"]), (&json!(DAMAGES), &json!(DAMAGES)));
    assert_eq!(kinds(&settled), ["confirmed", "invoked", "invoked", "received", "received"]);
    assert_eq!(app.security(&settled), settled);
    let recovery = now(&app, &damages);
    let credit = &recovery["credits"][0];
    assert_eq!((recovery["status"].as_str(), parts(credit)), (Some("settled"), [0, 0, CRORE / 4]));
    assert_eq!(
        (credit["kind"].as_str(), credit["reference"].as_str()),
        (Some("guarantee"), Some("BG-1 (SAMPLE BANK)"))
    );
    assert_eq!((&credit["security_id"], credit["utr"].as_str()), (&security["id"], Some("SBINR52027070200000001")));
    assert_eq!(app.holds(account), DAMAGES);
    app.must_verify();
}

#[apply(on_both!)]
fn a_guarantee_pays_a_refund_with_its_interest_into_the_ledgers(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let security = app.auditor().sees("/securities")["data"][0].clone();
    let refund = app.demanded(&paid, 10 * CRORE);
    app.set_clock("2026-08-13T06:30:00Z");
    let interest = 180_000_000;
    // A person who had a part in paying has no part in the recovery.
    app.competent_authority().invokes(&security, &refund, 1).refused(409, "same_person");
    let invoked = app.second("authority").invokes(&security, &refund, 10 * CRORE + interest).ok();
    app.disbursing_officer().is_paid(&app, &invoked, &refund, 1, UTR, "2026-08-13").refused(409, "same_person");
    let ddo = app.second("ddo");
    let part = ddo.is_paid(&app, &invoked, &refund, 4 * CRORE + interest, &format!("{UTR}1"), "2026-08-13").ok();
    let after = now(&app, &refund);
    assert_eq!(parts(&after["credits"][0]), [4 * CRORE, interest, 0]);
    let sales = "ndfeb-2025-proposal:sales_linked_incentive";
    for (account, balance) in [
        (format!("outlay:{sales}:NDFEB/2026-27/AWD/0001:disbursed"), 12 * CRORE),
        (format!("outlay:{sales}:recovered"), 4 * CRORE),
        (format!("appropriation:{sales}:2026-27:recovered"), 4 * CRORE),
        (format!("recovery:{sales}:NDFEB/2026-27/AWD/0001:interest_recovered"), interest),
    ] {
        assert_eq!(app.holds(&account), balance, "{account}");
    }
    app.must_verify();
    // The payee pays a part itself: the bank's money is never taken for more than is owed.
    ddo.receives(&app, &after, &format!("{UTR}2"), "2026-08-13", 5 * CRORE).ok();
    ddo.is_paid(&app, &part, &refund, CRORE + 1, &format!("{UTR}3"), "2026-08-13").refused(409, "receipt_exceeds_due");
    ddo.is_paid(&app, &part, &refund, CRORE, &format!("{UTR}2"), "2026-08-13").refused(409, "utr_already_used");
    let last = ddo.is_paid(&app, &part, &refund, CRORE, &format!("{UTR}3"), "2026-08-13").ok();
    assert_eq!(now(&app, &refund)["status"], "settled");
    ddo.is_paid(&app, &last, &refund, 1, &format!("{UTR}4"), "2026-08-13").refused(409, "wrong_state");
    app.must_verify();
}

#[apply(on_both!)]
fn a_breach_without_a_demand_is_refused_by_name(app: App) {
    let award = app.bare_award();
    let other = app.awarded("magnetite", 600);
    let security = guarantee(&app, &award, "BG-1", REQUIRED);
    let damages = damages_due(&app, &award);
    let authority = app.competent_authority();
    let nameless = authority.invokes(&security, &Value::Null, 1).refused(409, "security_demand_needed");
    says(&nameless, "guarantee BG-1 (SAMPLE BANK) pays what is demanded: name the recovery");
    app.set_clock("2027-07-12T06:30:00Z");
    let notice = app.second("section").asks_damages(&app.milestone(&award, "oxide_to_metal"), "2027-07-12").ok();
    says(&authority.invokes(&security, &notice, 1).refused(409, "wrong_state"), "the recovery is noticed");
    // A recovery of another award cannot be paid from this guarantee.
    let theirs = app.auditor().sees(&format!("/securities?award_id={}", other["id"].as_str().unwrap()));
    authority.invokes(&theirs["data"][0], &damages, 1).refused(404, "not_found");
    let invoked = authority.invokes(&security, &damages, 1).ok();
    let ddo = app.disbursing_officer();
    ddo.is_paid(&app, &invoked, &Value::Null, 1, UTR, "2027-07-12").refused(409, "security_demand_needed");
    ddo.is_paid(&app, &invoked, &json!({ "id": uuid::Uuid::now_v7() }), 1, UTR, "2027-07-12").refused(404, "not_found");
    assert_eq!(
        (app.security(&security)["received_paise"].as_i64(), now(&app, &damages)["credits"].clone()),
        (Some(0), json!([]))
    );
    let released = authority.releases(&guarantee_of_one_paisa(&app, &award)).ok();
    authority.invokes(&released, &damages, 1).refused(409, "wrong_state");
    app.must_verify();
}

fn guarantee_of_one_paisa(app: &App, award: &Value) -> Value {
    app.signatory().lodges(award, "BG-9", 1, "2034-12-31").ok()
}

#[apply(on_both!)]
fn no_more_is_called_up_than_is_owed(app: App) {
    let award = app.bare_award();
    let (first, small) = (guarantee(&app, &award, "BG-1", REQUIRED), guarantee(&app, &award, "BG-2", CRORE / 10));
    let damages = damages_due(&app, &award);
    let authority = app.competent_authority();
    let exceeded = authority.invokes(&small, &damages, CRORE / 10 + 1).refused(409, "security_exceeded");
    says(&exceeded, "guarantee BG-2 (SAMPLE BANK) has ₹10,00,000.00 left");
    let problem = authority.invokes(&first, &damages, DAMAGES + 1).refused(409, "security_exceeds_due");
    says(&problem, "₹98,95,200.00 is owed today and not called up yet");
    authority.invokes(&small, &damages, CRORE / 10).ok();
    authority.invokes(&first, &damages, DAMAGES - CRORE / 10 + 1).refused(409, "security_exceeds_due");
    let called = authority.invokes(&first, &damages, DAMAGES - CRORE / 10).ok();
    authority.invokes(&called, &damages, 1).refused(409, "security_exceeds_due");
    app.must_verify();
}

#[apply(on_both!)]
fn nobody_has_two_parts_in_one_guarantee(app: App) {
    let award = app.bare_award();
    let lodged = app.signatory().lodges(&award, "BG-1", REQUIRED, "2034-12-31").ok();
    let roles = ["verifier", "competent_authority", "disbursing_officer"];
    let everything = app.person("everything", &roles, None);
    let confirmed = everything.asks_bank(&lodged, "confirmed").ok();
    let damages = damages_due(&app, &award);
    let problem = everything.invokes(&confirmed, &damages, 1).refused(409, "same_person");
    says(&problem, "you already did 'verify'");
    everything.releases(&confirmed).refused(409, "same_person");
    let invoked = app.competent_authority().invokes(&confirmed, &damages, 1).ok();
    everything.is_paid(&app, &invoked, &damages, 1, UTR, "2027-07-02").refused(409, "same_person");
    let both = app.person("both-money", &["competent_authority", "disbursing_officer"], None);
    let again = both.invokes(&invoked, &damages, 1).ok();
    both.is_paid(&app, &again, &damages, 1, UTR, "2027-07-02").refused(409, "same_person");
    both.receives(&app, &now(&app, &damages), UTR, "2027-07-02", 1).refused(409, "same_person");
    app.competent_authority().invokes(&invoked, &damages, 1).refused(412, "stale_version");
    app.must_verify();
}

#[apply(on_both!)]
fn a_guarantee_that_says_other_than_its_recovery_is_named(app: App) {
    let (_, security, damages) = story(&app);
    let invoked = app.competent_authority().invokes(&security, &damages, 10).ok();
    app.disbursing_officer().is_paid(&app, &invoked, &damages, 5, &format!("{UTR}1"), "2027-07-02").ok();
    app.must_verify();
    for (forged, undone, named) in [
        (
            "UPDATE recovery_credits SET utr = 'SBINR52027070200000009'",
            "UPDATE recovery_credits SET utr = 'SBINR52027070200000001'",
            "was paid by a guarantee that did not receive it",
        ),
        (
            "UPDATE securities SET received_paise = received_paise + 1",
            "UPDATE securities SET received_paise = received_paise - 1",
            "guarantee BG-1 (SAMPLE BANK): what was received of it in paise is 6, by its events 5",
        ),
    ] {
        app.sql(forged);
        let fault = app.verify().fault.unwrap_or_else(|| panic!("{forged} was not found"));
        assert!(fault.contains(named), "{forged}: {fault}");
        app.sql(undone);
        app.must_verify();
    }
}
