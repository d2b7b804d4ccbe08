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
    says(
        &problem,
        "guarantee BG-1 (SAMPLE BANK) over ₹15,46,00,000.00: it was invoked, and the bank has not confirmed",
    );
    let whole = authority.invokes(&invoked, &damages, DAMAGES - CRORE / 2).ok();
    let unpaid = authority.releases(&whole).refused(409, "security_needed");
    says(&unpaid, &format!("the bank was asked to pay ₹{} for what is still demanded", "98,95,200.00"));
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

/// A guarantee of which a part was invoked and has come, while it still runs.
fn invoked_in_part(app: &App) -> (Value, Value) {
    let award = app.bare_award();
    let form = json!({
        "guarantee_number": "BG-1", "bank": "Sample Bank", "amount_paise": REQUIRED, "issued_on": "2026-04-15",
        "expires_on": "2028-06-30", "claim_expires_on": "2028-09-30",
        "evidence_id": app.signatory().attaches("guarantee"),
    });
    let lodged = app.signatory().post(&format!("{}/securities", at("awards", &award)), None, &form).unwrap().ok();
    let security = app.confirmed_by_bank(&lodged);
    let damages = damages_due(app, &award);
    let invoked = app.competent_authority().invokes(&security, &damages, CRORE / 2).ok();
    let unpaid = app.competent_authority().releases(&invoked).refused(409, "security_needed");
    says(&unpaid, "the bank was asked to pay ₹50,00,000.00");
    let paid = app.disbursing_officer().is_paid(app, &invoked, &damages, CRORE / 2, UTR, "2027-07-02").ok();
    (award, paid)
}

#[apply(on_both!)]
fn what_is_left_of_an_invoked_guarantee_is_confirmed_topped_up_and_released(app: App) {
    let (award, invoked) = invoked_in_part(&app);
    // The rest binds the bank while the award runs, whether or not it counts before the bank confirms it.
    let kept = app.competent_authority().releases(&invoked).refused(409, "security_needed");
    says(&kept, "the award runs until");
    app.provided("capital_subsidy", "2027-28", 40 * CRORE);
    let tranche = app.concurred_of(&award, "metal_to_alloy");
    let authority = app.third("authority");
    says(&authority.sanctions(&tranche).refused(409, "security_short"), "covers ₹0.00 today");

    // The bank is asked about the rest. It says no at first, which changes nothing.
    let verifier = app.verifier();
    let no = verifier.asks_bank(&invoked, "not_confirmed").ok();
    assert_eq!(no["status"], "invoked");
    let rest = verifier.asks_bank(&no, "confirmed").ok();
    assert_eq!((rest["status"].as_str(), rest["invoked_paise"].as_i64()), (Some("confirmed"), Some(CRORE / 2)));
    says(&authority.sanctions(&tranche).refused(409, "security_short"), "covers ₹15,46,00,000.00 today");

    // A top-up to the old amount, without new dates.
    let signatory = app.signatory();
    let raises = |security: &Value, paise: i64, until: &str| {
        signatory.acts(security, "extensions", json!({
            "expires_on": until, "claim_expires_on": "2028-09-30", "top_up_paise": paise, "reference": "Amendment 1",
            "dated_on": "2027-07-02", "evidence_id": signatory.attaches("amendment"),
        }))
    };
    raises(&rest, 0, "2028-06-30").refused(422, "invalid_fields");
    raises(&rest, CRORE / 2, "2028-06-29").refused(409, "date_not_allowed");
    let raised = raises(&rest, CRORE / 2, "2028-06-30").ok();
    says(&authority.sanctions(&tranche).refused(409, "security_short"), "covers ₹15,46,00,000.00 today");
    let whole = verifier.asks_bank(&raised, "confirmed").ok();
    assert_eq!(whole["amount_paise"], REQUIRED + CRORE / 2);
    assert_eq!(whole["events"].as_array().unwrap().last().unwrap()["amount_paise"], CRORE / 2);
    let sanctioned = authority.sanctions(&tranche).ok();
    assert_eq!(sanctioned["status"], "sanctioned");

    // It is extended, and released when the award does not need it.
    let extended = signatory.extends(&whole, "2034-12-31", None, "2027-07-02").ok();
    let longer = verifier.asks_bank(&extended, "confirmed").ok();
    assert_eq!(longer["expires_on"], "2034-12-31");
    let other = guarantee_until(&app, &award, "BG-2", REQUIRED, "2034-12-31");
    assert_eq!(other["status"], "confirmed");
    assert_eq!(authority.releases(&longer).ok()["status"], "released");
    app.must_verify();
}

#[apply(on_both!)]
fn a_guarantee_invoked_in_whole_comes_back_by_a_top_up_alone(app: App) {
    let award = app.bare_award();
    let security = guarantee_until(&app, &award, "BG-1", CRORE / 2, "2034-12-31");
    let damages = damages_due(&app, &award);
    let invoked = app.competent_authority().invokes(&security, &damages, CRORE / 4).ok();
    // An extension that waits is not lost when the rest is invoked.
    let waiting = app.signatory().extends(&invoked, "2035-12-31", None, "2027-07-02").ok();
    let whole = app.competent_authority().invokes(&waiting, &damages, CRORE / 4).ok();
    let longer = app.verifier().asks_bank(&whole, "confirmed").ok();
    assert_eq!((longer["status"].as_str(), longer["expires_on"].as_str()), (Some("invoked"), Some("2035-12-31")));
    app.verifier().asks_bank(&longer, "confirmed").refused(409, "wrong_state");
    app.signatory().extends(&longer, "2036-12-31", None, "2027-07-02").refused(409, "wrong_state");
    let paid = app.disbursing_officer().is_paid(&app, &longer, &damages, CRORE / 2, UTR, "2027-07-02").ok();
    let form = json!({
        "expires_on": "2035-12-31", "claim_expires_on": null, "top_up_paise": CRORE, "reference": "Amendment 2",
        "dated_on": "2027-07-02", "evidence_id": app.signatory().attaches("amendment"),
    });
    let raised = app.signatory().acts(&paid, "extensions", form).ok();
    let again = app.verifier().asks_bank(&raised, "confirmed").ok();
    assert_eq!(
        (again["status"].as_str(), again["amount_paise"].as_i64()),
        (Some("confirmed"), Some(CRORE / 2 + CRORE))
    );
    app.must_verify();
}

fn guarantee_until(app: &App, award: &Value, number: &str, paise: i64, until: &str) -> Value {
    app.confirmed_by_bank(&app.signatory().lodges(award, number, paise, until).ok())
}
