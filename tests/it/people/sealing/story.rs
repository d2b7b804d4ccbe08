//! A story whose records are requested, and the ids of those records.

use crate::claim::staged_release::CertificateVerbs;
use crate::harness::app::App;
use crate::harness::milestone_people::MilestoneVerbs;
use crate::harness::people::{Answered, CRORE, SCHEME, Verbs};
use crate::harness::recovery_people::Recovers;
use crate::harness::return_people::ReturnVerbs;
use crate::harness::treasury_people::TreasuryVerbs;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The nouns of which a manufacturer sees its own records.
pub const NOUNS: [&str; 10] = [
    "applications",
    "awards",
    "securities",
    "milestones",
    "excuses",
    "claims",
    "final-certificates",
    "tranches",
    "payments",
    "disbursements",
];

/// The nouns that manufacturers may not see at all.
pub const OFFICES: [&str; 15] = [
    "saved-queries",
    "saved-query-runs",
    "budget-instruments",
    "users",
    "payment-advices",
    "treasury-returns",
    "controls",
    "bank-scrolls",
    "bank-differences",
    "bank-credits",
    "corrections",
    "requisitions",
    "observations",
    "samples",
    "bid-openings",
];

/// The nouns of which a manufacturer may not even know that they exist.
pub const HIDDEN: [&str; 1] = ["notes"];

/// 15 crore of lodestone that are sanctioned, of a claim that was returned for correction once.
fn sanctioned_after_a_return(app: &App) -> Value {
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    let award = app.awarded("lodestone", 900);
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let claim = app.claimed_capital("lodestone", &award, &milestone, 100 * CRORE);
    let returned = app.verifier().sends_back("claims", &claim).ok();
    let corrected = app.signatory_of("lodestone").submits_claim(&returned).ok();
    let tranche = app.verifier().verifies(&corrected).ok()["tranche"].clone();
    let recommended = app.section_officer().recommends(&tranche).ok();
    let concurred = app.finance_officer().concurs(&recommended).ok();
    app.competent_authority().sanctions(&concurred).ok()
}

/// The ids of one whole story of lodestone, by the noun of their URL.
pub fn story(app: &App) -> BTreeMap<String, String> {
    let told = app.told("whole story of lodestone", |app| json!(whole_story(app)));
    serde_json::from_value(told).unwrap()
}

fn whole_story(app: &App) -> BTreeMap<&'static str, String> {
    let advised = app.disbursing_officer().advises(&sanctioned_after_a_return(app)).ok();
    app.disbursing_officer().makes_advice(&[&advised]).ok();
    let success =
        format!("LIN,{},Success,SBINR52026050100000001,2026-05-01,112500000.00,", advised["number"].as_str().unwrap());
    let file = format!("HDR,SCROLL-1,,1,112500000.00\r\n{success}\r\nTRL,1,112500000.00\r\n");
    app.disbursing_officer().uploads_return("text/csv", file.as_bytes()).ok();
    let auditor = app.auditor();
    let claim = auditor.sees("/claims")["data"][0].clone();
    app.signatory_of("lodestone").certifies(&claim, 0, CRORE, None).ok();
    app.set_clock("2027-11-10T06:30:00Z");
    let late = app.milestone(&auditor.sees("/awards")["data"][0], "metal_to_alloy");
    app.signatory_of("lodestone").asks_excuse(&late, "other", ("2027-11-02", "2027-11-05")).ok();
    let first = |path: &str| auditor.sees(path)["data"][0]["id"].as_str().unwrap().to_owned();
    let mut ids: BTreeMap<&str, String> = NOUNS.into_iter().map(|noun| (noun, first(&format!("/{noun}")))).collect();
    ids.extend(
        ["payment-advices", "treasury-returns", "budget-instruments"].map(|noun| (noun, first(&format!("/{noun}")))),
    );
    let notice = app.second("section").asks_back(&auditor.sees("/disbursements")["data"][0], CRORE).ok();
    ids.insert("recoveries", notice["id"].as_str().unwrap().to_owned());
    ids.insert("organisations", app.organisation("lodestone")["id"].as_str().unwrap().to_owned());
    ids.insert("evidence", app.preparer_of("lodestone").attaches("own").as_str().unwrap().to_owned());
    // The story has no competition; tests/it/award/allocations.rs tests who sees an allocation.
    ids.insert("allocations", uuid::Uuid::now_v7().to_string());
    let run = auditor.post("/controls/runs", None, &json!({})).unwrap().ok();
    ids.insert("controls", run["id"].as_str().unwrap().to_owned());
    let none = [
        "saved-queries",
        "saved-query-runs",
        "scheme-drafts",
        "samples",
        "requisitions",
        "observations",
        "bank-scrolls",
        "bank-differences",
        "bank-credits",
        "corrections",
        "bid-openings",
    ];
    let note = json!({ "claim_id": ids["claims"], "text": "Seen by the section." });
    let note = app.section_officer().post("/notes", None, &note).unwrap().ok();
    ids.insert("notes", note["id"].as_str().unwrap().to_owned());
    let letter = json!({ "claim_id": ids["claims"], "title": "Your claim", "text": "It was seen." });
    let letter = app.section_officer().post("/letters", None, &letter).unwrap().ok();
    ids.insert("letters", letter["id"].as_str().unwrap().to_owned());
    ids.extend(none.map(|noun| (noun, uuid::Uuid::now_v7().to_string())));
    ids.insert("users", app.administrator().sees("/users")["data"][0]["id"].as_str().unwrap().to_owned());
    ids
}

/// A path of the OpenAPI document with real ids in it, without its prefix.
pub fn filled(path: &str, ids: &BTreeMap<String, String>) -> String {
    let path =
        path.trim_start_matches("/api/v1").replace("{code}", SCHEME).replace("{round}", "1").replace("{version}", "1");
    let path = path.replace("{entry}", "1").replace("{line}", "1").replace("{path}", "000");
    let noun = path.split('/').nth(1).unwrap_or_default().to_owned();
    match ids.get(noun.as_str()) {
        Some(id) => path.replace("{id}", id),
        None => {
            assert!(!path.contains("{id}"), "a new noun: say in this test who sees {path}");
            path
        }
    }
}
