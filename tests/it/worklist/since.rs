//! Since when a record waits: since the act that brought it to whoever has it now, whatever the act was.

use crate::harness::app::App;
use crate::harness::milestone_people::MilestoneVerbs;
use crate::harness::people::{Answered, CRORE, Verbs, at};
use crate::harness::recovery_people::Recovers;
use crate::harness::return_people::ReturnVerbs;
use crate::harness::treasury_people::TreasuryVerbs;
use crate::harness::watch::Watch;
use serde_json::{Value, json};

#[apply(on_both!)]
fn an_application_an_award_and_its_milestone(app: App) {
    app.window_is_open();
    let mut watch = Watch::begin(&app);
    let form = app.good_form(&app.preparer(), 900);
    let draft = watch.brings("applications", || app.preparer().drafts(&form).ok());
    let sent = watch.brings("applications", || app.signatory().submits(&draft).ok());
    let asked = watch.brings("applications", || app.verifier().asks(&sent, "Which oxide?").ok());
    let replied = watch.brings("applications", || app.preparer().replies(&asked, 1, "The sample oxide.").ok());
    let eligible = watch.brings("applications", || app.verifier().scrutinises(&replied, true).ok());
    let award = watch.act(|| app.competent_authority().awards(&eligible, 900).ok());
    let required = award["security_required_paise"].as_i64().unwrap();
    let lodged = watch.brings("securities", || app.signatory().lodges(&award, "BG-1", required, "2034-12-31").ok());
    watch.act(|| app.confirmed_by_bank(&lodged));

    let milestone = app.milestone(&award, "oxide_to_metal");
    let needed = milestone["needed_mtpa"].clone();
    let reports = |milestone: &Value| app.preparer().reports(milestone, needed.clone(), "2026-05-01").ok();
    let reported = watch.brings("milestones", || reports(&milestone));
    let returned = watch.brings("milestones", || app.verifier().sends_back("milestones", &reported).ok());
    let reported = watch.brings("milestones", || reports(&returned));
    let asked = watch.brings("milestones", || app.verifier().asks_about("milestones", &reported, "Which plant?").ok());
    let replied =
        watch.brings("milestones", || app.preparer().replies_about("milestones", &asked, 1, "At Sample.").ok());
    let inspects = |outcome: &str, seen: &Value| app.verifier().inspects(seen, outcome, needed.clone(), "2026-05-01");
    let returned = watch.brings("milestones", || inspects("returned", &replied).ok());
    let reported = watch.brings("milestones", || reports(&returned));
    watch.act(|| inspects("verified", &reported).ok());
}

#[apply(on_both!)]
fn a_claim_its_tranche_and_its_payments(app: App) {
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    let award = app.awarded("lodestone", 900);
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let form = app.capital_form("lodestone", &milestone, 100 * CRORE);
    let mut watch = Watch::begin(&app);
    let draft = watch.brings("claims", || app.preparer().claims(&award, &form).ok());
    let sent = watch.brings("claims", || app.signatory().submits_claim(&draft).ok());
    let asked = watch.brings("claims", || app.verifier().asks_about("claims", &sent, "Which works?").ok());
    let replied = watch.brings("claims", || app.preparer().replies_about("claims", &asked, 1, "At Sample.").ok());
    let returned = watch.brings("claims", || app.verifier().sends_back("claims", &replied).ok());
    // A correction brings it to the signatory.
    let smaller = app.capital_form("lodestone", &milestone, 99 * CRORE);
    let corrected = watch.brings("claims", || app.preparer().corrects(&returned, &smaller).ok());
    let sent = watch.brings("claims", || app.signatory().submits_claim(&corrected).ok());
    let tranche = watch.brings("tranches", || app.verifier().verifies(&sent).ok()["tranche"].clone());
    let (section, finance, authority) = (app.section_officer(), app.finance_officer(), app.competent_authority());
    let recommended = watch.brings("tranches", || section.recommends(&tranche).ok());
    let returned = watch.brings("tranches", || finance.returns_to(&recommended, "recommend").ok());
    let recommended = watch.brings("tranches", || section.recommends(&returned).ok());
    let concurred = watch.brings("tranches", || finance.concurs(&recommended).ok());
    let sanctioned = watch.brings("tranches", || authority.sanctions(&concurred).ok());
    // Back to the agency: the claim lies there since then, not since it was submitted.
    let claim = watch.brings("claims", || {
        let returned = app.disbursing_officer().returns_to(&sanctioned, "verify").ok();
        app.auditor().sees(&format!("/claims/{}", returned["claim_id"].as_str().unwrap()))
    });
    let tranche = watch.brings("tranches", || app.verifier().verifies(&claim).ok()["tranche"].clone());
    let recommended = watch.brings("tranches", || section.recommends(&tranche).ok());
    let concurred = watch.brings("tranches", || finance.concurs(&recommended).ok());
    let sanctioned = watch.brings("tranches", || authority.sanctions(&concurred).ok());

    let ddo = app.disbursing_officer();
    let payment = watch.brings("payments", || ddo.advises(&sanctioned).ok());
    watch.act(|| ddo.makes_advice(&[&payment]).ok());
    // The bank had the money until it failed; only then the desk has the tranche again.
    let tranche = watch.brings("tranches", || {
        app.second("finance").confirms_failure(&app.payment(&payment), "failed").ok();
        app.tranche(&sanctioned)
    });
    let payment = watch.brings("payments", || ddo.advises(&tranche).ok());
    let payment = watch.brings("payments", || {
        ddo.makes_advice(&[&payment]).ok();
        app.payment(&payment)
    });
    let unknown = watch.brings("payments", || ddo.reports_unknown(&payment).ok());
    let paid = watch.act(|| ddo.confirms(&unknown, "SBINR52026050100001", "2026-05-01").ok());
    let tranche = watch.brings("tranches", || {
        app.second("finance").confirms_failure(&app.payment(&paid), "failed_after_success").ok();
        app.tranche(&tranche)
    });
    watch.brings("payments", || ddo.advises(&tranche).ok());
    app.must_verify();
}

#[apply(on_both!)]
fn a_recovery_and_its_relief(app: App) {
    let award = app.selling();
    let disbursement = app.paid_for(&award, 1_000);
    let mut watch = Watch::begin(&app);
    let notice = watch.brings("recoveries", || app.second("section").asks_back(&disbursement, CRORE / 100).ok());
    let replied = watch.brings("recoveries", || app.signatory().replies_to(&notice).ok());
    let ordered = watch.brings("recoveries", || app.second("authority").orders(&replied, "confirmed", None).ok());
    let demanded = watch.brings("recoveries", || app.second("finance").demands(&ordered, "2028-12-31").ok());
    let proposed = watch.act(|| app.third("finance").proposes_relief(&demanded, "write_off", Value::Null).ok());
    watch.act(|| app.third("authority").decides_relief(&proposed, "refused").ok());
}

#[apply(on_both!)]
fn a_notice_without_a_reply_lies_with_the_authority_when_its_day_is_over(app: App) {
    let award = app.selling();
    let disbursement = app.paid_for(&award, 1_000);
    let notice = app.second("section").asks_back(&disbursement, CRORE / 100).ok();
    app.set_clock("2029-01-02T06:30:00Z");
    let shown = app.auditor().get(&at("recoveries", &notice)).unwrap().json();
    let order = &shown["waiting"][0];
    assert_eq!(
        (&order["ends_with"], &order["since"]),
        (&json!("order_recovery"), &json!("2028-12-31T18:30:00.000000Z"))
    );
    assert_eq!(order["until"], "2029-01-08", "its seven days begin then, so it is not late at once");
}

#[apply(on_both!)]
fn excuses_and_what_the_auditor_asks(app: App) {
    let (app, award) = App::awarded_with_fifty_crore(app.engine);
    let milestone = app.milestone(&award, "oxide_to_metal");
    let mut watch = Watch::begin(&app);
    watch.until("2027-07-02T06:30:00Z");
    let days = ("2027-05-10", "2027-05-29");
    let asked = watch.brings("excuses", || app.signatory().asks_excuse(&milestone, "other", days).ok());
    let examined = watch.brings("excuses", || app.verifier().examines(&asked, Some(days)).ok());
    watch.act(|| app.competent_authority().excuses(&examined, None, "2027-07-02").ok());
    watch.act(|| app.scheme_administrator().proposes("capital_subsidy", "2027-28", CRORE).ok());

    let auditor = app.auditor();
    let raised = json!({
        "title": "Paid before", "text": "The inspection is later.", "organisation_id": null, "as_of": "2027-07-01",
        "pins": [{ "kind": "audit_entry", "reference": "1" }], "amount_paise": null,
    });
    let raised = watch.brings("observations", || auditor.post("/observations", None, &raised).unwrap().ok());
    let writes = |seen: &Value, act: &str| {
        let path = format!("{}/{act}", at("observations", seen));
        let person = if act == "reply" { app.section_officer() } else { app.auditor() };
        person.does(&path, seen, json!({ "text": format!("my {act}") })).ok()
    };
    let replied = watch.brings("observations", || writes(&raised, "reply"));
    watch.brings("observations", || writes(&replied, "remark"));
    let asked = json!({ "title": "The file", "text": "Show the file." });
    watch.brings("requisitions", || auditor.post("/requisitions", None, &asked).unwrap().ok());
}

#[apply(on_both!)]
fn a_difference_whose_settlement_was_not_accepted_comes_back(app: App) {
    let payment = app.advised_payments(1).remove(0);
    app.disbursing_officer().makes_advice(&[&payment]).ok();
    let mut watch = Watch::begin(&app);
    let paise = payment["amount_paise"].as_i64().unwrap();
    let rupees = format!("{}.{:02}", paise / 100, paise % 100);
    let number = payment["number"].as_str().unwrap();
    let day = crate::harness::treasury_people::TODAY;
    let lines = format!("LIN,{number},Success,SBINR520260701000001,{day},{rupees},\r\n");
    let file = format!("HDR,S-1,,1,{rupees}\r\n{lines}TRL,1,{rupees}\r\n");
    let headers = [("Content-Type", "text/csv"), ("Idempotency-Key", "scroll")];
    let differs = || app.auditor().sees("/bank-differences")["data"][0].clone();
    let found = watch.brings("bank-differences", || {
        app.finance_officer().send("POST", "/bank-scrolls", &headers, Some(file.as_bytes())).unwrap().ok();
        differs()
    });
    let path = |act: &str| format!("{}/{act}", at("bank-differences", &found));
    let proposal = json!({ "resolution": "bank_corrected", "reason": "as the bank wrote", "reference": "Letter 1" });
    let proposed = watch
        .brings("bank-differences", || app.finance_officer().does(&path("proposal"), &found, proposal.clone()).ok());
    watch.brings("bank-differences", || {
        let returned = json!({ "outcome": "returned", "note": "ask again" });
        app.competent_authority().does(&path("settlement"), &proposed, returned).ok()
    });
}

#[apply(on_both!)]
fn an_extension_of_a_guarantee_waits_since_it_was_lodged(app: App) {
    app.window_is_open();
    let award = app.awarded("lodestone", 900);
    let required = award["security_required_paise"].as_i64().unwrap();
    let lodged = app.signatory().lodges(&award, "BG-2", required, "2030-12-31").ok();
    app.confirmed_by_bank(&lodged);
    let seen = app.auditor().sees(&at("securities", &lodged));
    let mut watch = Watch::begin(&app);
    watch.brings("securities", || {
        let form = json!({
            "expires_on": "2034-12-31", "reference": "Extension 1", "dated_on": "2026-05-01",
            "evidence_id": app.signatory().attaches("extension"),
        });
        app.signatory().does(&format!("{}/extensions", at("securities", &seen)), &seen, form).ok()
    });
}
