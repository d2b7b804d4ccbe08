//! Staged release: a share is paid on provisional papers and the rest is withheld until the final
//! certificate, which pays the balance, finds nothing due, or opens a receivable. Exact to the paisa.

mod asked_once;
mod papers;
mod returned_first;

use crate::harness::app::{App, Engine};
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at, says, stages, version};
use crate::harness::recovery_people::Recovers;
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

const SCHEME_TEXT: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-2.toml");
const UTR: &str = "SBINR5202606150000000";
const SALES: &str = "sales_linked_incentive";

/// The sample scheme with these components released in stages.
pub fn staged(components: &[(&str, i64)]) -> String {
    let rules: String = components
        .iter()
        .map(|(component, share)| {
            format!(
                "\n[[staged_release]]\ncomponent = \"{component}\"\nprovisional_share = {share}\n\
                 certificate_due_months = 9\nbasis = \"assumption\"\nsource = \"sample of a test\"\n"
            )
        })
        .collect();
    SCHEME_TEXT.replacen("version = 2", "version = 1", 1) + &rules
}

impl App {
    /// A service with the sample scheme, whose components are released in stages: the share in basis
    /// points is paid on provisional papers, and the certificate is due after nine months.
    pub fn staged(engine: Engine, components: &[(&str, i64)]) -> App {
        App::with_only(engine, staged(components))
    }

    /// A claim as it is now.
    fn claim(&self, claim: &Value) -> Value {
        let mut claim = self.auditor().sees(&at("claims", claim));
        claim.as_object_mut().unwrap().remove("lines");
        claim
    }

    /// The balance of the award's account of a stage for sales.
    fn held(&self, stage: &str) -> i64 {
        let found = self.values(&format!(
            "SELECT CAST(balance_paise AS TEXT) AS value FROM accounts WHERE stage = '{stage}' \
             AND ledger = 'outlay' AND component = '{SALES}' AND award_number IS NOT NULL"
        ));
        found.first().map_or(0, |balance| balance.parse().unwrap())
    }
}

/// The verbs of people about final certificates.
pub trait CertificateVerbs {
    fn certifies(&self, claim: &Value, kg: i64, paise: i64, late_reason: Option<&str>) -> Response;
    fn accepts(&self, certificate: &Value, kg: i64, paise: i64) -> Response;
    fn returns(&self, certificate: &Value) -> Response;
}

fn certificate_form(claim: &Value, evidence: Value, kg: i64, paise: i64, late_reason: Option<&str>) -> Value {
    let issued_on = claim["period_to"].as_str().unwrap_or("2026-05-01");
    // One UDIN for each claim, from the year and the serial number in its number.
    let number = claim["number"].as_str().unwrap_or("2026-27/CLM/0001").replace('-', "");
    let (year, serial) = (number.rsplit('/').nth(2).unwrap_or(&number), number.rsplit('/').next().unwrap());
    json!({
        "certificate_number": format!("UDIN 26012345{year:A>6}{serial}"), "issued_by": "Sample Auditors LLP", "issued_on": issued_on, "certified_kg": kg,
        "certified_amount_paise": paise, "evidence": [evidence], "late_reason": late_reason,
    })
}

impl CertificateVerbs for Person {
    fn certifies(&self, claim: &Value, kg: i64, paise: i64, late_reason: Option<&str>) -> Response {
        let form = certificate_form(claim, self.attaches("final-certificate"), kg, paise, late_reason);
        self.post(&format!("{}/final-certificates", at("claims", claim)), version(claim), &form).unwrap()
    }
    fn accepts(&self, certificate: &Value, kg: i64, paise: i64) -> Response {
        let sent =
            json!({ "outcome": "accepted", "accepted_kg": kg, "accepted_amount_paise": paise, "remarks": "seen" });
        self.does(&format!("{}/verification", at("final-certificates", certificate)), certificate, sent)
    }
    fn returns(&self, certificate: &Value) -> Response {
        let sent = json!({ "outcome": "returned", "accepted_amount_paise": 0, "remarks": "page 2 is missing" });
        self.does(&format!("{}/verification", at("final-certificates", certificate)), certificate, sent)
    }
}

/// A service in the middle of June 2026 with one verified claim for 1,000 kg, sold for 50 lakh.
struct Story {
    app: App,
    claim: Value,
    tranche: Value,
}

const TURNOVER: i64 = 500_000_000;

fn story(engine: Engine, share: i64, claimed_paise: i64, provided_paise: i64) -> Story {
    let app = App::staged(engine, &[(SALES, share)]);
    let told = app.told(&format!("{claimed_paise} claimed of {provided_paise}"), |app| {
        app.window_is_open();
        app.provided(SALES, "2026-27", provided_paise);
        let award = app.commissioned("lodestone", 900);
        app.set_clock("2026-06-15T06:30:00Z");
        let sales = Sales { days: ("2026-06-01", "2026-06-10"), kg: 1_000, turnover_paise: TURNOVER, claimed_paise };
        let claim = app.claimed_sales("lodestone", &award, sales);
        let verified = app.verifier().verifies(&claim).ok();
        json!({ "tranche": verified["tranche"], "claim": app.claim(&verified) })
    });
    Story { tranche: told["tranche"].clone(), claim: told["claim"].clone(), app }
}

impl Story {
    /// The accepted certificate of this many of the 1,000 kg.
    fn certified(&self, kg: i64) -> Value {
        let claim = self.app.claim(&self.claim);
        let certificate = self.app.signatory().certifies(&claim, kg, TURNOVER, None).ok();
        self.app.verifier().accepts(&certificate, kg, TURNOVER).ok()
    }

    fn parts(&self) -> [i64; 3] {
        let claim = self.app.claim(&self.claim);
        ["entitlement_paise", "deferred_paise", "withheld_paise"].map(|part| claim[part].as_i64().unwrap())
    }
}

/// A settlement: released before, withdrawn, payable now, deferred, and receivable.
fn settled(certificate: &Value) -> [i64; 5] {
    ["released", "withdrawn", "payable", "deferred", "receivable"]
        .map(|part| certificate["settlement"]["statement"][format!("{part}_paise")].as_i64().unwrap())
}

#[apply(on_both!)]
fn three_quarters_are_paid_and_the_certificate_pays_the_balance(app: App) {
    let story = story(app.engine, 7_500, 159_999_600, CRORE);
    let app = &story.app;
    assert_eq!(story.parts(), [159_999_600, 0, 39_999_900]);
    assert_eq!(story.claim["certificate_due_on"], "2027-03-15");
    assert_eq!(story.tranche["amount_paise"], 119_999_700, "75 %");
    assert_eq!((app.held("reserved"), app.held("withheld")), (119_999_700, 39_999_900));
    let cap = &story.claim["statement"]["caps"][5];
    assert_eq!(
        (cap["cap"].as_str(), cap["clause"].as_str()),
        (Some("provisional_share"), Some("staged_release.provisional_share"))
    );
    app.must_verify();
    app.paid(&story.tranche, &format!("{UTR}1"), "2026-06-15");
    assert_eq!((app.held("disbursed"), app.held("withheld")), (119_999_700, 39_999_900));

    let claim = app.claim(&story.claim);
    let certificate = app.signatory().certifies(&claim, 1_000, TURNOVER, None).ok();
    assert_eq!(certificate["number"], "NDFEB/2026-27/FIN/0001");
    assert_eq!(app.held("withheld"), 39_999_900, "a certificate moves nothing before it is accepted");
    let answer = app.verifier().accepts(&certificate, 1_000, TURNOVER);
    let award = "outlay:ndfeb-2025-proposal:sales_linked_incentive:NDFEB/2026-27/AWD/0001";
    assert_eq!(answer.balances()[&format!("{award}:withheld")], 0);
    let accepted = answer.ok();
    assert_eq!(settled(&accepted), [119_999_700, 0, 39_999_900, 0, 0]);
    assert_eq!((story.parts(), app.held("withheld"), app.held("reserved")), ([159_999_600, 0, 0], 0, 39_999_900));
    let balance = &accepted["tranche"];
    let steps: Vec<&str> =
        balance["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!((balance["amount_paise"].as_i64(), steps), (Some(39_999_900), vec!["prepare", "submit", "verify"]));
    app.must_verify();
    app.paid(balance, &format!("{UTR}2"), "2026-06-15");
    assert_eq!(app.held("disbursed"), 159_999_600, "in the end exactly the final entitlement");
    let last = app.auditor().sees("/disbursements?sort=paid_on")["data"][0].clone();
    let chain = app.auditor().sees(&format!("{}/chain", at("disbursements", &last)));
    assert_eq!(chain["final_certificates"][0]["number"], certificate["number"]);
    let kinds: Vec<&str> = chain["journals"].as_array().unwrap().iter().map(|j| j["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"claim_certified"), "{kinds:?}");
    app.must_verify();
}

#[apply(on_both!)]
fn eighty_five_of_a_hundred_were_too_much_and_the_rest_comes_back(app: App) {
    let story = story(app.engine, 8_500, 160_000_000, CRORE);
    let app = &story.app;
    let paid = app.paid(&story.tranche, &format!("{UTR}1"), "2026-06-15");
    assert_eq!((app.held("disbursed"), app.held("withheld")), (136_000_000, 24_000_000));
    let before = app.held("committed");
    // 800 kg are certified: 12,80,000 rupees, against 13,60,000 already paid.
    let accepted = story.certified(800);
    assert_eq!(settled(&accepted), [136_000_000, 0, 0, 0, 8_000_000]);
    let receivables = &accepted["settlement"]["receivables"];
    assert_eq!(receivables.as_array().unwrap().len(), 1);
    assert_eq!(receivables[0]["amount_paise"], 8_000_000);
    assert_eq!(receivables[0]["disbursement_id"], paid["disbursement"]["id"]);
    let recovery = app.auditor().sees(&format!("/recoveries/{}", receivables[0]["recovery_id"].as_str().unwrap()));
    assert_eq!(
        (recovery["kind"].as_str(), recovery["status"].as_str(), recovery["amount_paise"].as_i64()),
        (Some("true_up"), Some("ordered"), Some(8_000_000))
    );
    assert_eq!(accepted["tranche"], Value::Null);
    assert_eq!((app.held("committed") - before, app.held("withheld")), (24_000_000, 0), "nothing is withheld any more");
    let claim = app.claim(&story.claim);
    assert_eq!((claim["entitlement_paise"].as_i64(), claim["eligible_kg"].as_i64()), (Some(128_000_000), Some(800)));
    app.must_verify();
    let demanded = app.second("finance").demands(&recovery, "2026-07-15").ok();
    let back = app.second("ddo").receives(app, &demanded, "SBINR52026061500000077", "2026-06-15", 8_000_000).ok();
    assert_eq!(back["status"], "settled");
    assert_eq!(app.held("disbursed"), 128_000_000, "in the end exactly the final entitlement");
    app.must_verify();
}

#[apply(on_both!)]
fn a_certificate_of_what_was_released_finds_nothing_due(app: App) {
    let story = story(app.engine, 8_500, 160_000_000, CRORE);
    story.app.paid(&story.tranche, &format!("{UTR}1"), "2026-06-15");
    let accepted = story.certified(850);
    assert_eq!(settled(&accepted), [136_000_000, 0, 0, 0, 0]);
    assert_eq!((&accepted["tranche"], &accepted["settlement"]["receivables"]), (&Value::Null, &json!([])));
    assert_eq!(story.parts(), [136_000_000, 0, 0]);
    story
        .app
        .verifier()
        .does(&format!("{}/tranches", at("claims", &story.claim)), &accepted["claim"], json!({}))
        .refused(409, "nothing_deferred");
    // Nothing at all is certified: everything that was paid becomes a receivable.
    let story = self::story(app.engine, 8_500, 160_000_000, CRORE);
    let paid = story.app.paid(&story.tranche, &format!("{UTR}1"), "2026-06-15");
    story.app.second("section").asks_back(&paid["disbursement"], 36_000_000).ok();
    let nothing = story.certified(0);
    assert_eq!(settled(&nothing), [136_000_000, 0, 0, 0, 136_000_000]);
    let settlement = &nothing["settlement"];
    assert_eq!(settlement["receivables"][0]["amount_paise"], 100_000_000, "nothing is asked back twice");
    assert_eq!(settlement["already_under_recovery_paise"], 36_000_000);
    story.app.must_verify();
}

#[apply(on_both!)]
fn what_the_bank_took_back_for_a_recovery_was_paid(app: App) {
    // 13,60,000 were paid and 3,60,000 demanded back. The bank returned all of it, which also paid the demand.
    let taken_back = || {
        let story = story(app.engine, 8_500, 160_000_000, CRORE);
        let paid = story.app.paid(&story.tranche, &format!("{UTR}1"), "2026-06-15");
        story.app.demanded(&paid["disbursement"], 36_000_000);
        story.app.disbursing_officer().reports_failure(&paid, "failed_after_success").ok();
        assert_eq!((story.app.held("disbursed"), story.app.held("sanctioned")), (0, 100_000_000));
        story
    };
    let whole = taken_back();
    let accepted = whole.certified(1_000);
    assert_eq!(settled(&accepted), [136_000_000, 0, 24_000_000, 0, 0], "the 3,60,000 are not paid a second time");
    whole.app.must_verify();
    let less = taken_back();
    // Of the 80,000 that were released beyond the certificate, all came back with what was demanded.
    let accepted = less.certified(800);
    assert_eq!(settled(&accepted), [136_000_000, 0, 0, 0, 8_000_000]);
    assert_eq!(accepted["settlement"]["already_under_recovery_paise"], 8_000_000);
    less.app.must_verify();
    let nothing = taken_back();
    let accepted = nothing.certified(0);
    assert_eq!(settled(&accepted), [36_000_000, 100_000_000, 0, 0, 36_000_000]);
    assert_eq!(accepted["settlement"]["already_under_recovery_paise"], 36_000_000, "it came back already");
    nothing.app.must_verify();
}

#[apply(on_both!)]
fn the_balance_is_met_from_the_year_in_which_it_is_certified(app: App) {
    let story = story(app.engine, 7_500, 160_000_000, CRORE);
    let app = &story.app;
    app.paid(&story.tranche, &format!("{UTR}1"), "2026-06-15");
    app.set_clock("2027-03-31T18:30:00Z");
    let claim = app.claim(&story.claim);
    let late = app.signatory().certifies(&claim, 1_000, TURNOVER, Some("accounts were late")).ok();
    let accepted = app.verifier().accepts(&late, 1_000, TURNOVER).ok();
    assert_eq!(settled(&accepted), [120_000_000, 0, 0, 40_000_000, 0], "the new year has no appropriation yet");
    assert_eq!((&accepted["tranche"], story.parts()), (&Value::Null, [160_000_000, 40_000_000, 0]));
    app.must_verify();
    app.provided(SALES, "2027-28", CRORE);
    let path = format!("{}/tranches", at("claims", &story.claim));
    let released = app.verifier().does(&path, &accepted["claim"], json!({})).ok();
    let tranche = &released["tranche"];
    assert_eq!((tranche["held_in"].as_str(), tranche["amount_paise"].as_i64()), (Some("2027-28"), Some(40_000_000)));
    app.confirmed_by_bank(&app.signatory().lodges(&json!({ "id": claim["award_id"] }), "BG-2", 1, "2034-12-31").ok());
    app.paid(tranche, &format!("{UTR}2"), "2027-04-01");
    for (year, paise) in [("2026-27", 120_000_000), ("2027-28", 40_000_000)] {
        assert_eq!(app.budget("financial_year", SALES, Some(year))["disbursed_paise"], paise, "{year}");
    }
    app.must_verify();
}

#[apply(on_both!)]
fn a_share_the_year_cannot_pay_is_deferred_and_counts_in_the_balance(app: App) {
    let story = story(app.engine, 7_500, 160_000_000, 100_000_000);
    assert_eq!(story.parts(), [160_000_000, 20_000_000, 40_000_000]);
    assert_eq!(story.tranche["amount_paise"], 100_000_000);
    story.app.paid(&story.tranche, &format!("{UTR}1"), "2026-06-15");
    story.app.provided(SALES, "2026-27", 30_000_000);
    let accepted = story.certified(1_000);
    assert_eq!(settled(&accepted), [100_000_000, 0, 30_000_000, 30_000_000, 0]);
    assert_eq!(story.parts(), [160_000_000, 30_000_000, 0]);
    story.app.must_verify();
}

#[apply(on_both!)]
fn what_is_rejected_or_expires_stays_earned_and_withheld(app: App) {
    let first = story(app.engine, 7_500, 160_000_000, CRORE);
    let before = first.app.held("committed");
    let waiting = first.app.signatory().certifies(&first.claim, 1_000, TURNOVER, None).ok();
    first.app.section_officer().rejects(&first.tranche).ok();
    assert_eq!((first.app.held("withheld"), first.app.held("committed") - before), (40_000_000, 120_000_000));
    assert_eq!(first.parts(), [160_000_000, 120_000_000, 40_000_000]);
    let accepted = first.app.verifier().accepts(&waiting, 1_000, TURNOVER).ok();
    assert_eq!(settled(&accepted), [0, 0, 160_000_000, 0, 0], "all of it is paid in the end");
    first.app.must_verify();

    let mut second = story(app.engine, 7_500, 160_000_000, CRORE);
    second.app.sanctioned(&second.tranche);
    second.app.set_clock("2027-06-15T18:30:00Z");
    second.app.serve(false);
    assert_eq!((second.app.held("withheld"), second.app.held("sanctioned")), (40_000_000, 0));
    assert_eq!(second.parts(), [160_000_000, 120_000_000, 40_000_000]);
    second.app.must_verify();
}

#[apply(on_both!)]
fn what_is_not_yet_sent_is_withdrawn_first(app: App) {
    // The certificate is below the amount under way: that tranche is withdrawn, and one of the right amount starts.
    let first = story(app.engine, 7_500, 160_000_000, 130_000_000);
    let sanctioned = first.app.sanctioned(&first.tranche);
    let accepted = first.certified(700);
    assert_eq!(settled(&accepted), [0, 120_000_000, 112_000_000, 0, 0], "what came back can be reserved at once");
    let gone = first.app.tranche(&sanctioned);
    assert_eq!(gone["status"], "rejected");
    assert_eq!(gone["rejection"]["reason"], "replaced by final certificate NDFEB/2026-27/FIN/0001");
    first.app.disbursing_officer().advises(&sanctioned).refused(412, "stale_version");
    first.app.disbursing_officer().advises(&gone).refused(409, "wrong_state");
    let row = first.app.budget("financial_year", SALES, Some("2026-27"));
    assert_eq!(stages(&row), [130_000_000, 18_000_000, 0, 112_000_000, 0, 0]);
    first.app.must_verify();
    first.app.paid(&accepted["tranche"], &format!("{UTR}1"), "2026-06-15");
    assert_eq!(first.app.held("disbursed"), 112_000_000);
    first.app.must_verify();

    // The certificate is higher: the tranche under way continues, together with one for the balance.
    let second = story(app.engine, 7_500, 160_000_000, CRORE);
    let accepted = second.certified(1_000);
    assert_eq!(settled(&accepted), [120_000_000, 0, 40_000_000, 0, 0]);
    assert_eq!(second.app.tranche(&second.tranche), second.tranche);
    second.app.must_verify();

    // Nothing was earned and nothing was sent: neither side owes anything.
    let third = story(app.engine, 7_500, 160_000_000, CRORE);
    assert_eq!(settled(&third.certified(0)), [0, 120_000_000, 0, 0, 0]);
    assert_eq!(stages(&third.app.budget("financial_year", SALES, Some("2026-27"))), [CRORE, CRORE, 0, 0, 0, 0]);
    third.app.must_verify();
}

#[apply(on_both!)]
fn a_payment_at_the_bank_comes_first(app: App) {
    let story = story(app.engine, 7_500, 160_000_000, CRORE);
    let app = &story.app;
    let advised = app.disbursing_officer().advises(&app.sanctioned(&story.tranche)).ok();
    let certificate = app.signatory().certifies(&app.claim(&story.claim), 1_000, TURNOVER, None).ok();
    let problem = app.verifier().accepts(&certificate, 1_000, TURNOVER).refused(409, "payment_under_way");
    says(&problem, "tranche NDFEB/2026-27/TRN/0001 is with the bank");
    assert_eq!(app.held("withheld"), 40_000_000);
    app.disbursing_officer().reports_failure(&advised, "unknown").ok();
    app.verifier().accepts(&certificate, 1_000, TURNOVER).refused(409, "payment_under_way");
    let unknown = app.auditor().sees(&at("payments", &advised));
    app.disbursing_officer().confirms(&unknown, &format!("{UTR}1"), "2026-06-15").ok();
    assert_eq!(
        settled(&app.verifier().accepts(&certificate, 1_000, TURNOVER).ok()),
        [120_000_000, 0, 40_000_000, 0, 0]
    );
    app.must_verify();
}

#[apply(on_both!)]
fn verify_names_a_changed_withholding(app: App) {
    let story = story(app.engine, 7_500, 160_000_000, CRORE);
    story.app.must_verify();
    story.app.sql("UPDATE claims SET withheld_paise = withheld_paise - 1");
    let fault = story.app.verify().fault.unwrap();
    assert!(fault.contains("withheld: its records say 39999999 paise, the ledger says 40000000"), "{fault}");
    assert!(story.app.try_sql("UPDATE claims SET withheld_paise = entitlement_paise + 1").is_err());
}

#[apply(on_both!)]
fn capital_is_staged_where_the_scheme_says_so(app: App) {
    let app = App::staged(app.engine, &[("capital_subsidy", 8_500)]);
    let tranche = app.tranche_of_15_crore();
    assert_eq!(tranche["amount_paise"], 15 * CRORE / 100 * 85);
    app.paid(&tranche, &format!("{UTR}1"), "2026-05-01");
    let claim = app.auditor().sees("/claims")["data"][0].clone();
    app.set_clock("2026-06-15T06:30:00Z");
    // 90 crore of investment are certified: 13.5 crore, of which 12.75 were already paid.
    let certificate = app.signatory().certifies(&claim, 0, 90 * CRORE, None).ok();
    let accepted = app.verifier().accepts(&certificate, 0, 90 * CRORE).ok();
    assert_eq!(settled(&accepted), [12_750_000_000, 0, 750_000_000, 0, 0]);
    app.paid(&accepted["tranche"], &format!("{UTR}2"), "2026-06-15");
    assert_eq!(app.budget("component", "capital_subsidy", None)["disbursed_paise"], 13_500_000_000_i64);
    app.must_verify();
}
