//! Guarantees: each is confirmed, extended and released by the right person, and a tranche without cover
//! is refused with the name of the missing guarantee.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at, says, version};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

/// The required cover of a 900 MTPA award: 2 % of 798 crore.
pub const REQUIRED: i64 = 15_960_000_000;

/// The verbs of people about guarantees.
pub trait SecurityVerbs {
    fn acts(&self, security: &Value, what: &str, body: Value) -> Response;
    fn asks_bank(&self, security: &Value, outcome: &str) -> Response;
    fn extends(&self, security: &Value, expires_on: &str, claim_expires_on: Option<&str>, dated_on: &str) -> Response;
    fn invokes(&self, security: &Value, recovery: &Value, paise: i64) -> Response;
    fn is_paid(&self, app: &App, security: &Value, recovery: &Value, paise: i64, utr: &str, on: &str) -> Response;
    fn releases(&self, security: &Value) -> Response;
}

impl SecurityVerbs for Person {
    fn acts(&self, security: &Value, what: &str, body: Value) -> Response {
        self.post(&format!("{}/{what}", at("securities", security)), version(security), &body).unwrap()
    }
    fn asks_bank(&self, security: &Value, outcome: &str) -> Response {
        let word = json!({ "outcome": outcome, "reference": "Message 1 of the bank", "note": "asked directly" });
        self.acts(security, "confirmation", word)
    }
    fn extends(&self, security: &Value, expires_on: &str, claim_expires_on: Option<&str>, dated_on: &str) -> Response {
        let form = json!({
            "expires_on": expires_on, "claim_expires_on": claim_expires_on, "reference": "Amendment 1",
            "dated_on": dated_on, "evidence_id": self.attaches("amendment"),
        });
        self.acts(security, "extensions", form)
    }
    fn invokes(&self, security: &Value, recovery: &Value, paise: i64) -> Response {
        let form = json!({
            "recovery_id": recovery["id"], "amount_paise": paise, "reference": "Order 7", "reason": "milestone not met",
        });
        self.acts(security, "invocations", form)
    }
    fn is_paid(&self, app: &App, security: &Value, recovery: &Value, paise: i64, utr: &str, on: &str) -> Response {
        app.bank_credits(utr, on, paise);
        let form = json!({ "recovery_id": recovery["id"], "amount_paise": paise, "utr": utr, "received_on": on });
        self.acts(security, "receipts", form)
    }
    fn releases(&self, security: &Value) -> Response {
        self.acts(security, "release", json!({ "reference": "Order 8", "reason": "all obligations met" }))
    }
}

impl App {
    /// A lodged guarantee after its bank confirmed it to the agency.
    pub fn confirmed_by_bank(&self, lodged: &Value) -> Value {
        self.verifier().asks_bank(lodged, "confirmed").ok()
    }

    pub fn security(&self, security: &Value) -> Value {
        self.auditor().sees(&at("securities", security))
    }

    /// An award of 900 MTPA without any guarantee, and 40 crore appropriated.
    pub fn bare_award(&self) -> Value {
        self.told("bare award", |app| {
            app.window_is_open();
            app.provided("capital_subsidy", "2026-27", 40 * CRORE);
            let eligible = app.verifier().scrutinises(&app.submitted("lodestone", 900), true).ok();
            app.competent_authority().awards(&eligible, 900).ok()
        })
    }

    pub fn concurred_of(&self, award: &Value, milestone: &str) -> Value {
        let reached = self.reached("lodestone", award, milestone, "2026-05-01");
        let claim = self.claimed_capital("lodestone", award, &reached, 50 * CRORE);
        self.concurred(&self.verifier().verifies(&claim).ok()["tranche"])
    }
}

pub fn kinds(security: &Value) -> Vec<&str> {
    security["events"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect()
}

#[apply(on_both!)]
fn a_guarantee_counts_once_its_bank_has_confirmed_it(app: App) {
    let award = app.bare_award();
    let tranche = app.concurred_of(&award, "oxide_to_metal");
    let forged = app.signatory().lodges(&award, "BG-F", REQUIRED, "2034-12-31").ok();
    assert_eq!((forged["status"].as_str(), forged["claim_expires_on"].as_str()), (Some("lodged"), Some("2034-12-31")));
    let unknown = app.verifier().asks_bank(&forged, "not_confirmed").ok();
    assert_eq!((unknown["status"].as_str(), kinds(&unknown)), (Some("not_confirmed"), vec!["not_confirmed"]));
    app.verifier().asks_bank(&unknown, "confirmed").refused(409, "wrong_state");
    let problem = app.competent_authority().sanctions(&tranche).refused(409, "security_short");
    says(&problem, "guarantee BG-F (SAMPLE BANK) over ₹15,96,00,000.00: its bank did not confirm it");

    let lodged = app.signatory().lodges(&award, "BG-1", REQUIRED, "2034-12-31").ok();
    app.competent_authority().sanctions(&tranche).refused(409, "security_short");
    let confirmed = app.confirmed_by_bank(&lodged);
    assert_eq!(confirmed["events"][0]["reference"], "Message 1 of the bank");
    assert_eq!(app.security(&lodged), confirmed);
    let note = |person: &Person| person.sees(&at("securities", &lodged))["events"][0]["note"].clone();
    assert_ne!(note(&app.auditor()), json!(""));
    assert_eq!(note(&app.preparer()), json!(""), "noting of the agency");
    app.competent_authority().sanctions(&tranche).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn a_tranche_is_refused_naming_the_guarantee_and_accepted_after_its_extension(app: App) {
    let award = app.bare_award();
    let lodged = app.signatory().lodges(&award, "BG-1", REQUIRED, "2026-06-30").ok();
    let security = app.confirmed_by_bank(&lodged);
    let tranche = app.concurred_of(&award, "oxide_to_metal");
    let sanctioned = app.competent_authority().sanctions(&tranche).ok();
    let waiting = app.concurred_of(&award, "metal_to_alloy");
    app.set_clock("2026-06-30T06:30:00Z");
    let extended = app.signatory().extends(&security, "2027-06-30", Some("2027-12-31"), "2026-06-29").ok();
    assert_eq!(extended["expires_on"], "2026-06-30", "nothing counts before the bank says so");
    assert_eq!(extended["extension"], json!({ "expires_on": "2027-06-30", "claim_expires_on": "2027-12-31" }));

    app.set_clock("2026-06-30T18:30:00Z");
    let before = (app.budget_table(), app.tranche(&waiting), app.tranche(&sanctioned));
    let why = "guarantee BG-1 (SAMPLE BANK) over ₹15,96,00,000.00: expired on 2026-06-30";
    for refused in [app.competent_authority().sanctions(&waiting), app.disbursing_officer().advises(&sanctioned)] {
        let problem = refused.refused(409, "security_short");
        says(&problem, "must cover ₹15,96,00,000.00 and covers ₹0.00 today");
        says(&problem, why);
    }
    assert_eq!((app.budget_table(), app.tranche(&waiting), app.tranche(&sanctioned)), before);

    // It was lodged in time, so the bank's late confirmation still counts.
    let confirmed = app.verifier().asks_bank(&extended, "confirmed").ok();
    assert_eq!((confirmed["expires_on"].as_str(), &confirmed["extension"]), (Some("2027-06-30"), &Value::Null));
    assert_eq!(kinds(&confirmed), ["confirmed", "extension_lodged", "extension_confirmed"]);
    app.competent_authority().sanctions(&waiting).ok();
    let advised = app.disbursing_officer().advises(&sanctioned).ok();
    app.disbursing_officer().confirms(&advised, "SBINR52026070100000001", "2026-07-01").ok();
    app.must_verify();
}

#[apply(on_both!)]
fn an_extension_comes_in_time_and_is_longer(app: App) {
    let award = app.bare_award();
    let lodged = app.signatory().lodges(&award, "BG-1", REQUIRED, "2026-06-30").ok();
    app.signatory().extends(&lodged, "2027-06-30", None, "2026-05-01").refused(409, "wrong_state");
    let security = app.confirmed_by_bank(&lodged);
    for (expires_on, claim) in [("2026-06-30", None), ("2026-06-29", None), ("2026-06-15", Some("2027-01-01"))] {
        app.signatory().extends(&security, expires_on, claim, "2026-05-01").refused(409, "date_not_allowed");
    }
    app.signatory_of("magnetite").extends(&security, "2027-06-30", None, "2026-05-01").refused(404, "not_found");
    app.preparer().extends(&security, "2027-06-30", None, "2026-05-01").refused(403, "not_permitted");
    let extended = app.signatory().extends(&security, "2027-06-30", None, "2026-05-01").ok();
    app.signatory().extends(&extended, "2028-06-30", None, "2026-05-01").refused(409, "wrong_state");
    let dropped = app.verifier().asks_bank(&extended, "not_confirmed").ok();
    assert_eq!((dropped["expires_on"].as_str(), dropped["status"].as_str()), (Some("2026-06-30"), Some("confirmed")));
    app.verifier().asks_bank(&dropped, "confirmed").refused(409, "wrong_state");

    // The last day is in time; the day after is late, whatever the paper says.
    app.set_clock("2026-06-30T18:30:00Z");
    let late = app.signatory().extends(&dropped, "2027-06-30", None, "2026-06-30").refused(409, "security_expired");
    says(&late, "guarantee BG-1 (SAMPLE BANK) can be extended in time only; it runs until 2026-06-30");
    assert_eq!(app.security(&dropped), dropped);
    app.must_verify();
}

#[apply(on_both!)]
fn a_guarantee_is_released_when_nothing_needs_it(app: App) {
    let award = app.bare_award();
    let first = app.confirmed_by_bank(&app.signatory().lodges(&award, "BG-1", REQUIRED, "2034-12-31").ok());
    let authority = app.competent_authority();
    let needed = authority.releases(&first).refused(409, "security_needed");
    says(&needed, "₹0.00 of the required ₹15,96,00,000.00 would be left and the award runs until 2033-04-30");
    let second = app.signatory().lodges(&award, "BG-2", REQUIRED, "2034-12-31").ok();
    authority.releases(&first).refused(409, "security_needed");
    let second = app.confirmed_by_bank(&second);
    app.signatory().releases(&first).refused(403, "not_permitted");
    let released = authority.releases(&first).ok();
    assert_eq!((released["status"].as_str(), kinds(&released)), (Some("released"), vec!["confirmed", "released"]));
    authority.releases(&released).refused(409, "wrong_state");
    authority.releases(&second).refused(409, "security_needed");
    // A guarantee that never counted may be released at any time.
    let spare = app.signatory().lodges(&award, "BG-3", 1, "2034-12-31").ok();
    authority.releases(&spare).ok();

    // After the award's last day, while a claim is open and after its decision.
    let reached = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let claim = app.claimed_capital("lodestone", &award, &reached, 50 * CRORE);
    app.set_clock("2033-05-01T06:30:00Z");
    says(&authority.releases(&second).refused(409, "security_needed"), "claim NDFEB/2026-27/CLM/0001 is open");
    app.verifier().rejects_claim(&claim).ok();
    // Other milestones were never reached: two people decide that nothing is due for that.
    says(&authority.releases(&second).refused(409, "security_needed"), "damages accrued on milestone");
    app.corrected("nothing_due", &award);
    assert_eq!(authority.releases(&second).ok()["status"], "released");
    app.must_verify();
}

#[apply(on_both!)]
fn guarantees_that_run_out_soon_are_listed(app: App) {
    let award = app.bare_award();
    let lodge = |number: &str, until: &str| app.signatory().lodges(&award, number, CRORE, until).ok();
    let (late, soon) = (lodge("BG-LATE", "2026-08-01"), lodge("BG-SOON", "2026-05-31"));
    lodge("BG-OPEN", "2026-05-20");
    app.confirmed_by_bank(&late);
    app.confirmed_by_bank(&soon);
    let numbers = |query: &str| -> Vec<String> {
        let list = app.auditor().sees(&format!("/securities{query}"));
        let rows = list["data"].as_array().unwrap().iter();
        rows.map(|row| row["guarantee_number"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(numbers(""), ["BG-OPEN", "BG-SOON", "BG-LATE"]);
    assert_eq!(numbers("?expiring_within_days=30"), ["BG-SOON"], "30 days from 1 May is 31 May");
    assert!(numbers("?expiring_within_days=29").is_empty());
    assert_eq!(numbers("?expiring_within_days=92"), ["BG-SOON", "BG-LATE"]);
    assert_eq!(numbers("?status=lodged"), ["BG-OPEN"]);
    assert_eq!(numbers(&format!("?award_id={}&status=confirmed", award["id"].as_str().unwrap())).len(), 2);
    assert!(numbers(&format!("?award_id={}", uuid::Uuid::now_v7())).is_empty());
    app.set_clock("2026-05-31T18:30:00Z");
    assert_eq!(numbers("?expiring_within_days=365"), ["BG-LATE"], "what has run out is not running out");
}

#[apply(on_both!)]
fn papers_that_cannot_be_are_refused_field_by_field(app: App) {
    let award = app.bare_award();
    let lodged = app.signatory().lodges(&award, "BG-1", REQUIRED, "2027-06-30").ok();
    let pointer = |answer: Response| answer.refused(422, "invalid_fields")["errors"][0]["pointer"].clone();
    let form = json!({
        "guarantee_number": "BG-2", "bank": "Sample Bank", "amount_paise": CRORE, "issued_on": "2026-04-15",
        "expires_on": "2027-06-30", "claim_expires_on": "2027-06-29", "evidence_id": lodged["evidence_id"],
    });
    let path = format!("{}/securities", at("awards", &award));
    assert_eq!(pointer(app.signatory().post(&path, None, &form).unwrap()), "/claim_expires_on");
    let word = |reference: &str, note: &str| json!({ "outcome": "confirmed", "reference": reference, "note": note });
    assert_eq!(pointer(app.verifier().acts(&lodged, "confirmation", word("=x", "n"))), "/reference");
    assert_eq!(pointer(app.verifier().acts(&lodged, "confirmation", word("x", " "))), "/note");
    let mut foreign = word("x", "n");
    foreign["evidence_id"] = lodged["evidence_id"].clone();
    app.verifier().acts(&lodged, "confirmation", foreign).refused(409, "evidence_unknown");
    let security = app.confirmed_by_bank(&lodged);
    let signatory = app.signatory();
    assert_eq!(pointer(signatory.extends(&security, "2026-05-01", None, "2026-05-01")), "/expires_on");
    assert_eq!(
        pointer(signatory.extends(&security, "2028-01-01", Some("2027-12-31"), "2026-05-01")),
        "/claim_expires_on"
    );
    assert_eq!(pointer(signatory.extends(&security, "2028-01-01", None, "2026-05-02")), "/dated_on");
    let theirs = app.preparer_of("magnetite").attaches("amendment");
    let extension =
        json!({ "expires_on": "2028-01-01", "reference": "x", "dated_on": "2026-05-01", "evidence_id": theirs });
    signatory.acts(&security, "extensions", extension).refused(409, "evidence_unknown");
    assert_eq!(pointer(app.competent_authority().invokes(&security, &Value::Null, 0)), "/amount_paise");
    assert_eq!(pointer(app.disbursing_officer().is_paid(&app, &security, &Value::Null, 1, "x", "2026-05-01")), "/utr");
    let release = json!({ "reference": "", "reason": "x" });
    assert_eq!(pointer(app.competent_authority().acts(&security, "release", release)), "/reference");
    assert_eq!(app.security(&security), security);
}

#[apply(on_both!)]
fn events_are_only_ever_added(app: App) {
    let award = app.bare_award();
    app.confirmed_by_bank(&app.signatory().lodges(&award, "BG-1", REQUIRED, "2034-12-31").ok());
    for forged in [
        "UPDATE security_events SET reference = 'x'",
        "DELETE FROM security_events",
        "UPDATE securities SET status = 'expired'",
        "UPDATE securities SET invoked_paise = amount_paise + 1",
        "UPDATE securities SET received_paise = 1",
        "UPDATE securities SET claim_expires_on = '2026-01-01'",
    ] {
        assert!(app.try_sql(forged).is_err(), "{forged}");
    }
    app.must_verify();
}
