//! Optimistic locking (RFC 9110, `If-Match`): every operation that takes the version somebody saw refuses another
//! version and accepts that one. The operations are read from the description of the interface and the refusals from
//! the audit log, so an operation without a case here fails the test.

use crate::award::allocations::Allots;
use crate::award::securities::{REQUIRED, SecurityVerbs};
use crate::claim::credit_notes::{drafts, note, states};
use crate::claim::cross_evidence::sold_from_june;
use crate::claim::staged_release::CertificateVerbs;
use crate::correction::corrections::Corrects;
use crate::desk::observations::DeskVerbs;
use crate::desk::samples::SampleVerbs;
use crate::harness::app::{App, Engine};
use crate::harness::milestone_people::MilestoneVerbs;
use crate::harness::people::{Answered, CRORE, SCHEME, Sales, Verbs, at, version};
use crate::harness::recovery_people::Recovers;
use crate::harness::return_people::ReturnVerbs;
use crate::harness::treasury_people::{EACH, TODAY, TreasuryVerbs};
use crate::payment::reconciliation::{ReconciliationVerbs, scroll};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const SALES: &str = "sales_linked_incentive";
const FOURTH: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-4.toml");

/// Does something to a record with the version before its current one, which is refused, and then with
/// the current one, which succeeds. So the version was the only reason for the refusal.
#[track_caller]
fn twice(record: &Value, act: impl Fn(&Value) -> Response) -> Value {
    let mut stale = record.clone();
    stale["version"] = json!(version(record).unwrap() - 1);
    act(&stale).refused(412, "stale_version");
    act(record).ok()
}

#[apply(plain!)]
fn every_operation_that_takes_a_version_refuses_another() {
    let stories: [fn() -> App; 9] = [
        accounts_and_budget,
        from_the_application_to_the_payment,
        guarantees_and_recoveries,
        bank_and_sample,
        the_audit_desk,
        versions_of_a_scheme,
        competing_bids,
        final_certificates,
        credit_notes,
    ];
    let refused: BTreeSet<String> = std::thread::scope(|scope| {
        let running = stories.map(|story| scope.spawn(move || stale_commands(&story())));
        running.into_iter().flat_map(|story| story.join().unwrap()).collect()
    });
    assert_eq!(refused, taking_a_version());
}

/// The commands that were refused for a stale version.
fn stale_commands(app: &App) -> Vec<String> {
    app.must_verify();
    app.values("SELECT DISTINCT command AS value FROM audit_log WHERE code = 'stale_version'")
}

/// The operations that take `If-Match`.
fn taking_a_version() -> BTreeSet<String> {
    let document: Value = serde_json::from_str(&magnet_scheme::web::openapi::description().text).unwrap();
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|item| item.as_object().unwrap().values());
    let takes = |operation: &&Value| {
        operation["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "If-Match"))
    };
    operations.filter(takes).map(|operation| operation["operationId"].as_str().unwrap().to_owned()).collect()
}

fn puts(person: &Person, path: &str, seen: &Value, body: &Value) -> Response {
    person.put(path, version(seen).unwrap(), body).unwrap()
}

fn accounts_and_budget() -> App {
    let app = App::start(Engine::Sqlite);
    let administrator = app.administrator();
    let account = json!({ "email": "nobody@sample.example", "name": "Sample nobody", "roles": ["verifier"] });
    let made = administrator.post("/users", None, &account).unwrap().ok();
    let change = json!({ "name": "Sample nobody", "roles": ["verifier"], "organisation_id": null, "disabled": true });
    let disabled = twice(&made, |seen| puts(&administrator, &at("users", seen), seen, &change));
    let erasure = json!({ "reference": "Sample request 7" });
    twice(&disabled, |seen| administrator.does(&format!("{}/erasure", at("users", seen)), seen, erasure.clone()));

    let group = json!({ "company_group": "Sample group", "reason": "as filed" });
    twice(&app.organisation("lodestone"), |seen| {
        app.verifier().does(&format!("{}/company-group", at("organisations", seen)), seen, group.clone())
    });

    let (one, other) = (app.scheme_administrator(), app.other_scheme_administrator());
    let proposed = || one.proposes("capital_subsidy", "2026-27", CRORE).ok();
    let reason = json!({ "reason": "not in order" });
    let ends = |person: &Person, how: &str, seen: &Value| {
        person.does(&format!("{}/{how}", at("budget-instruments", seen)), seen, reason.clone())
    };
    twice(&proposed(), |seen| other.approves(seen));
    twice(&proposed(), |seen| ends(&other, "refusal", seen));
    twice(&proposed(), |seen| ends(&one, "withdrawal", seen));
    app
}

fn from_the_application_to_the_payment() -> App {
    let app = App::start(Engine::Sqlite);
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 10 * CRORE);
    let award = awarded(&app);
    let milestone = app.milestone(&award, "oxide_to_metal");
    let installed = milestone["needed_mtpa"].clone();
    let reported = twice(&milestone, |seen| app.signatory().reports(seen, installed.clone(), "2026-05-01"));
    let replied = asked_and_answered(&app, "milestones", &reported);
    let returned = twice(&replied, |seen| app.verifier().sends_back("milestones", seen));
    let reported = app.signatory().reports(&returned, installed.clone(), "2026-05-01").ok();
    let verified = twice(&reported, |seen| app.verifier().inspects(seen, "verified", installed.clone(), "2026-05-01"));

    // 15 crore are claimed and the year has only 10.
    let claim = claimed(&app, &award, &verified);
    let replied = asked_and_answered(&app, "claims", &claim);
    let returned = twice(&replied, |seen| app.verifier().sends_back("claims", seen));
    let claim = app.signatory().submits_claim(&returned).ok();
    let decided = twice(&claim, |seen| app.verifier().verifies(seen));
    app.provided("capital_subsidy", "2026-27", 20 * CRORE);
    let claim = app.auditor().sees(&at("claims", &claim));
    let rest = twice(&claim, |seen| app.verifier().does(&format!("{}/tranches", at("claims", seen)), seen, json!({})));
    twice(&rest["tranche"], |seen| app.section_officer().rejects(seen));
    let recommended = twice(&decided["tranche"], |seen| app.section_officer().recommends(seen));
    let returned = twice(&recommended, |seen| app.finance_officer().returns_to(seen, "recommend"));
    let recommended = app.section_officer().recommends(&returned).ok();
    let concurred = twice(&recommended, |seen| app.finance_officer().concurs(seen));
    let sanctioned = twice(&concurred, |seen| app.competent_authority().sanctions(seen));
    let advised = twice(&sanctioned, |seen| app.disbursing_officer().advises(seen));
    twice(&advised, |seen| app.disbursing_officer().confirms(seen, "SBINR52026050100001", "2026-05-01"));
    app
}

/// The record after one round of a query.
fn asked_and_answered(app: &App, noun: &str, record: &Value) -> Value {
    let asked = twice(record, |seen| app.verifier().asks_about(noun, seen, "Which plant?"));
    twice(&asked, |seen| app.preparer().replies_about(noun, seen, 1, "The second."))
}

/// An award and its guarantees.
fn awarded(app: &App) -> Value {
    let (preparer, signatory, verifier) = (app.preparer(), app.signatory(), app.verifier());
    let form = app.good_form(&preparer, 900);
    let draft = preparer.drafts(&form).ok();
    let change = json!({ "form": form });
    let changed = twice(&draft, |seen| puts(&preparer, &at("applications", seen), seen, &change));
    let submitted = twice(&changed, |seen| signatory.submits(seen));
    let asked = twice(&submitted, |seen| verifier.asks(seen, "Which furnace?"));
    let replied = twice(&asked, |seen| preparer.replies(seen, 1, "The second."));
    let eligible = twice(&replied, |seen| verifier.scrutinises(seen, true));
    let award = twice(&eligible, |seen| app.competent_authority().awards(seen, 900));
    let lodged = signatory.lodges(&award, "BG-1", REQUIRED, "2027-06-30").ok();
    let confirmed = twice(&lodged, |seen| verifier.asks_bank(seen, "confirmed"));
    let extended = twice(&confirmed, |seen| signatory.extends(seen, "2034-12-31", None, "2026-05-01"));
    app.confirmed_by_bank(&extended);
    // A guarantee that was never confirmed is not needed.
    let spare = signatory.lodges(&award, "BG-2", 1, "2034-12-31").ok();
    twice(&spare, |seen| app.competent_authority().releases(seen));
    award
}

/// A submitted claim for 100 crore of investment.
fn claimed(app: &App, award: &Value, milestone: &Value) -> Value {
    let preparer = app.preparer();
    let form = app.capital_form("lodestone", milestone, 100 * CRORE);
    let draft = preparer.claims(award, &form).ok();
    let change = json!({ "form": form });
    let changed = twice(&draft, |seen| puts(&preparer, &at("claims", seen), seen, &change));
    let file = format!(
        "invoice_number,invoice_date,party,quantity_kg,amount_paise\r\nINV/2,2026-05-01,Sample Works,0,{}\r\n",
        100 * CRORE
    );
    let with_lines = twice(&changed, |seen| {
        let tag = format!("\"{}\"", seen["version"]);
        let headers = [("Content-Type", "text/csv"), ("If-Match", tag.as_str())];
        preparer.send("PUT", &format!("{}/lines", at("claims", seen)), &headers, Some(file.as_bytes())).unwrap()
    });
    twice(&with_lines, |seen| app.signatory().submits_claim(seen))
}

fn guarantees_and_recoveries() -> App {
    let app = App::start(Engine::Sqlite);
    let award = app.bare_award();
    let security = app.confirmed_by_bank(&app.signatory().lodges(&award, "BG-1", REQUIRED, "2034-12-31").ok());
    app.set_clock("2027-07-02T06:30:00Z");
    let late = || app.milestone(&award, "oxide_to_metal");
    let days = ("2027-05-10", "2027-05-29");
    let asked = twice(&late(), |seen| app.signatory().asks_excuse(seen, "land_not_handed_over", days));
    let examined = twice(&asked, |seen| app.verifier().examines(seen, Some(days)));
    twice(&examined, |seen| app.competent_authority().excuses(seen, Some(days), "2027-07-02"));

    let mistaken = app.second("section").asks_damages(&late(), "2027-07-02").ok();
    let because = || json!({ "reason": "by mistake" });
    twice(&mistaken, |seen| app.second("section").step(seen, "withdrawal", because()));
    let notice = app.second("section").asks_damages(&late(), "2027-07-02").ok();
    let replied = twice(&notice, |seen| app.signatory().replies_to(seen));
    let ordered = twice(&replied, |seen| app.second("authority").orders(seen, "confirmed", None));
    let demanded = twice(&ordered, |seen| app.second("finance").demands(seen, "2028-01-01"));
    let due = demanded["amount_paise"].as_i64().unwrap();
    let plan = [("2027-09-01", due - 1), ("2027-10-01", 1)];
    let granted = twice(&demanded, |seen| app.second("authority").grants(seen, &plan));
    let received = twice(&granted, |seen| app.second("ddo").receives(&app, seen, "DAMAGES000000001", "2027-07-02", 1));

    let invoked = twice(&security, |seen| app.third("authority").invokes(seen, &received, 2));
    twice(&invoked, |seen| app.third("ddo").is_paid(&app, seen, &received, 2, "DAMAGES000000002", "2027-07-02"));
    let now = app.auditor().sees(&at("recoveries", &received));
    let proposed =
        twice(&now, |seen| app.third("finance").proposes_relief(seen, "waiver", json!({ "damages_paise": 1 })));
    let fourth = app.person("fourth-authority", &["competent_authority"], None);
    twice(&proposed, |seen| fourth.decides_relief(seen, "granted"));
    let now = app.auditor().sees(&at("recoveries", &received));
    let set_off = twice(&now, |seen| app.second("authority").orders_set_off(seen, 1));

    let entry = json!([{ "kind": "audit_entry", "reference": "1" }]);
    let raised = app.auditor().raises(entry, Some(&app.organisation("lodestone"))).ok();
    twice(&raised, |seen| app.auditor().converts(seen, &set_off));
    app
}

fn bank_and_sample() -> App {
    let app = App::start(Engine::Sqlite);
    let mut payments = app.advised_payments(2);
    app.disbursing_officer().makes_advice(&[&payments[0], &payments[1]]).ok();
    let (failed, payment) = (payments.remove(1), payments.remove(0));
    twice(&failed, |seen| app.second("finance").confirms_failure(seen, "failed"));
    let held =
        app.section_officer().proposes_correction("hold_award", &app.auditor().sees("/awards")["data"][0], Value::Null);
    twice(&held.ok(), |seen| app.finance_officer().decides_correction(seen, "refused"));
    let utr = "SBINR5202607010000000";
    app.disbursing_officer().confirms(&payment, utr, TODAY).ok();
    let line = format!("{},Success,{utr},{TODAY},{},", payment["number"].as_str().unwrap(), EACH + 5);
    let finance = app.finance_officer();
    finance.uploads_scroll("text/csv", &scroll("S-1", &[line]), "").ok();
    let open = app.auditor().sees("/bank-differences")["data"][0].clone();
    let proposed = twice(&open, |seen| finance.proposes_settlement(seen, "bank_corrected"));
    twice(&proposed, |seen| app.competent_authority().settles_difference(seen, "settled"));

    let committed = app.auditor().commits("simple_random", 1, None, json!({})).ok();
    let frozen = twice(&committed, |seen| app.section_officer().freezes(seen));
    twice(&frozen, |seen| app.auditor().draws(seen, "correct-horse-battery-staple-0001"));
    app
}

fn the_audit_desk() -> App {
    let app = App::start(Engine::Sqlite);
    let (auditor, section) = (app.auditor(), app.section_officer());
    let raised = auditor.raises(json!([{ "kind": "audit_entry", "reference": "1" }]), None).ok();
    let replied = twice(&raised, |seen| section.writes(seen, "reply"));
    let remarked = twice(&replied, |seen| auditor.writes(seen, "remark"));
    let replied = section.writes(&remarked, "reply").ok();
    let settled = twice(&replied, |seen| auditor.writes(seen, "settlement"));
    twice(&settled, |seen| section.writes(seen, "action-taken"));
    twice(&auditor.requires("Sample furnace").ok(), |seen| section.answers_requisition(seen));
    app
}

/// A version after the fourth, in which claims follow the version in force on their day.
fn scheme_text(version: i64, from: &str) -> String {
    FOURTH
        .replacen("version = 4", &format!("version = {version}"), 1)
        .replacen("\"2026-12-01\"", &format!("\"{from}\""), 1)
        .replacen("claim = \"award\"", "claim = \"date_of_claim\"", 1)
}

fn versions_of_a_scheme() -> App {
    let app = App::start(Engine::Sqlite);
    app.set_clock("2026-12-02T06:30:00Z");
    let (one, other) = (app.scheme_administrator(), app.other_scheme_administrator());
    let drafts = |text: &str| one.post("/scheme-drafts", None, &json!({ "text": text })).unwrap().ok();
    let path = |draft: &Value, step: &str| format!("{}/{step}", at("scheme-drafts", draft));
    let digest = |draft: &Value| one.sees(&path(draft, "impact"))["digest"].clone();
    let fifth = drafts(&scheme_text(5, "2026-12-02"));
    let body = json!({ "impact_digest": digest(&fifth) });
    twice(&fifth, |seen| other.does(&path(seen, "publication"), seen, body.clone()));

    // The loss of an award under the sixth version needs an instrument.
    one.opens_window("2026-12-01", "2026-12-31").ok();
    app.provided(SALES, "2026-27", 200 * CRORE);
    app.awarded("lodestone", 500);
    let worse = scheme_text(6, "2027-04-01").replacen(
        "[figures.turnover_share]\nvalue = 4000",
        "[figures.turnover_share]\nvalue = 2000",
        1,
    );
    let sixth = drafts(&worse);
    let body = json!({ "reference": "Sample order 7", "reason": "it is short", "impact_digest": digest(&sixth) });
    let proposed = twice(&sixth, |seen| one.does(&path(seen, "instrument"), seen, body.clone()));
    let body = json!({ "note": "approved on file", "impact_digest": digest(&proposed) });
    let approved =
        twice(&proposed, |seen| app.competent_authority().does(&path(seen, "instrument/approval"), seen, body.clone()));
    twice(&approved, |seen| one.does(&path(seen, "withdrawal"), seen, json!({ "reason": "not needed" })));
    app
}

fn competing_bids() -> App {
    let app = App::competing(Engine::Sqlite);
    let preparer = app.preparer();
    let mut form = app.good_form(&preparer, 1_200);
    form["investment_plan"][0]["amount_paise"] = json!(700 * CRORE);
    form["incentive_asked_paise_per_kg"] = json!(150_000);
    let bid = app.signatory().submits(&preparer.drafts(&form).ok()).ok();
    let (section, reason) = (app.section_officer(), json!({ "reason": "not in order" }));
    let step = |person: &Person, step: &str, seen: &Value, body: &Value| {
        person.does(&format!("{}/{step}", at("applications", seen)), seen, body.clone())
    };
    let draft = twice(&bid, |seen| step(&app.signatory(), "withdrawal", seen, &reason));
    let submitted = app.signatory().submits(&draft).ok();
    app.verifier().scrutinises(&submitted, true).ok();
    let other = app.bids("magnetite", 600, 1_600, None);
    app.verifier().scrutinises(&other, true).ok();
    app.set_clock("2026-05-02T06:30:00Z");
    twice(&section.asks_opening().ok(), |seen| app.finance_officer().opens(seen));

    let drafts = || section.post("/allocations", None, &json!({ "scheme_code": SCHEME })).unwrap().ok();
    let path = |run: &Value, step: &str| format!("{}/{step}", at("allocations", run));
    twice(&drafts(), |seen| section.does(&path(seen, "withdrawal"), seen, reason.clone()));
    let note = json!({ "note": "seen" });
    let concurred = twice(&drafts(), |seen| app.finance_officer().does(&path(seen, "concurrence"), seen, note.clone()));
    twice(&concurred, |seen| app.competent_authority().does(&path(seen, "publication"), seen, note.clone()));
    let allotted = app.auditor().sees(&at("applications", &submitted));
    twice(&allotted, |seen| step(&app.signatory(), "surrender", seen, &reason));
    let other = app.auditor().sees(&at("applications", &other));
    let proposed = twice(&other, |seen| step(&section, "allotment-end", seen, &reason));
    twice(&proposed, |seen| step(&app.competent_authority(), "allotment-end/confirmation", seen, &json!({})));
    app
}

fn final_certificates() -> App {
    let app = App::staged(Engine::Sqlite, &[(SALES, 7_500)]);
    app.window_is_open();
    app.provided(SALES, "2026-27", CRORE);
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-06-15T06:30:00Z");
    let turnover_paise = 500_000_000;
    let days = ("2026-06-01", "2026-06-10");
    let sales = Sales { days, kg: 1_000, turnover_paise, claimed_paise: 159_999_999 };
    let verified = app.verifier().verifies(&app.claimed_sales("lodestone", &award, sales)).ok();
    let claim = app.auditor().sees(&at("claims", &verified));
    let certificate = twice(&claim, |seen| app.signatory().certifies(seen, 1_000, turnover_paise, None));
    twice(&certificate, |seen| app.verifier().accepts(seen, 1_000, turnover_paise));
    app
}

fn credit_notes() -> App {
    let app = App::start(Engine::Sqlite);
    let award = sold_from_june(&app);
    let claim = app.signatory().submits_claim(&drafts(&app, &award, &[]).ok()).ok();
    app.verifier().verifies(&claim).ok();
    let claim = app.auditor().sees(&at("claims", &claim));
    let back = [note("CRN", "C/1", -250, -125_000_000)];
    twice(&claim, |seen| states(&app.signatory(), seen, &back));
    app
}
