//! Every act of the pages, as the route table lists them, against forgery: without a seal, with one that was forged or
//! made for another session, from another site, and by `GET`. And every page against people who may not see it.

use crate::harness::app::App;
use crate::harness::fake_treasury::{self, Mood};
use crate::harness::milestone_people::MilestoneVerbs;
use crate::harness::people::{Answered, SCHEME, Verbs};
use crate::harness::recovery_people::Recovers;
use crate::harness::treasury_people::TreasuryVerbs;
use crate::payment::reconciliation::ReconciliationVerbs;
use crate::portal::browser::{Browser, Form, Shown};
use crate::portal::records::run_over_no_bids;
use domain::base::permission::{Permission, Role};
use magnet_scheme::client::{Person, Response};
use magnet_scheme::web::portal::declared;
use serde_json::json;
use std::sync::Arc;

const FOURTH: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-4.toml");

const TRANCHE: &str = "NDFEB-2026-27-TRN-0001";
const PAYMENT: &str = "NDFEB-2026-27-PAY-0001";
const AWARD: &str = "NDFEB-2026-27-AWD-0001";
const CLAIM: &str = "NDFEB-2026-27-CLM-0001";
const INSTRUMENT: &str = "NDFEB-2026-27-BUD-0001";
const RECOVERY: &str = "NDFEB-2026-27-REC-0001";
const APPLICATION: &str = "NDFEB-2026-27-APP-0001";
const EXCUSE: &str = "NDFEB-2027-28-EXC-0001";
const LETTER: &str = "NDFEB-2027-28-LTR-0001";
const DISBURSEMENT: &str = "NDFEB-2026-27-DIS-0001";
const ALLOCATION: &str = "NDFEB-2026-27-ALC-0001";

/// The addresses of the route table, with a record in the place of each reference.
pub(super) fn addresses(app: &App, method: &str) -> Vec<(String, Option<Permission>)> {
    let id_in = |table: &str| app.values(&format!("SELECT id AS value FROM {table} ORDER BY id LIMIT 1")).remove(0);
    let guarantee = id_in("securities");
    let all = declared().into_iter().filter(|one| one.method == method);
    let filled = |path: &str| {
        let record = match path.split('/').nth(1) {
            Some("payments") => PAYMENT,
            Some("claims") => CLAIM,
            Some("awards") => AWARD,
            Some("budget") => INSTRUMENT,
            Some("recoveries") => RECOVERY,
            Some("applications") => APPLICATION,
            Some("guarantees") => &guarantee,
            Some("excuses") => EXCUSE,
            Some("letters") => LETTER,
            Some("disbursements") => DISBURSEMENT,
            Some("allocations") => ALLOCATION,
            _ => TRANCHE,
        };
        let (table, code) = match path.split('/').nth(1) {
            Some("advices") => ("payment_advices", ""),
            Some("organisations") => ("organisations", ""),
            Some("controls") => ("control_runs", ""),
            Some("treasury") => ("treasury_returns", ""),
            Some("scrolls") => ("bank_scrolls", ""),
            Some("differences") => ("bank_differences", ""),
            Some("corrections") => ("corrections", ""),
            Some("scheme-drafts") => ("scheme_drafts", ""),
            Some("schemes") => ("users", SCHEME),
            Some("problems") => ("users", "stale_version"),
            _ => ("users", "oxide_to_metal"),
        };
        path.replace("{reference}", record)
            .replace("{id}", &id_in(table))
            .replace("{round}", "1")
            .replace("{code}", code)
            .replace("{number:.+}", "NDFEB/2026-27/TRN/0001")
    };
    // A download is no page; `claims.rs`, `treasury.rs` and `schemes.rs` test it.
    let download = |path: &str| {
        path.starts_with("/files/") || path.contains("/file.") || path.ends_with(".toml") || path.ends_with(".csv")
    };
    let all = all.filter(|one| !download(one.path));
    let all = all.map(|one| (format!("/en{}", filled(one.path)), one.permission));
    all.filter(|(address, _)| address != "/en").collect()
}

/// A person who may do everything that an office does.
pub(super) fn everything(app: &App) -> Arc<Person> {
    let offices = [
        "verifier",
        "section_officer",
        "finance_officer",
        "competent_authority",
        "disbursing_officer",
        "scheme_administrator",
    ];
    app.person("everything", &offices, None)
}

/// A tranche that was paid and is asked back, with the files of treasury and bank, a draft of a scheme version, an
/// excuse that is asked for, and a person who would be let do every act.
pub(super) fn prepared(app: &App) -> Browser {
    let tranche = app.sanctioned_15_crore();
    let payment = app.disbursing_officer().advises(&tranche).ok();
    let advice = app.advice_file(std::slice::from_ref(&payment), "csv");
    let day = &payment["advised_at"].as_str().unwrap()[..10];
    let answer = fake_treasury::answers(Mood::Succeeds, &advice, "RETURN1", day);
    app.disbursing_officer().uploads_return("text/csv", &answer).ok();
    let paid = app.auditor().sees("/disbursements")["data"][0].clone();
    app.second("section").asks_back(&paid, 1_000).ok();
    let line = format!("LIN,{},Success,SBINR5202607010000009,{day},1.00,", payment["number"].as_str().unwrap());
    let scroll = format!("HDR,SCROLL1,,1,1.00\r\n{line}\r\nTRL,1,1.00\r\n");
    app.finance_officer().uploads_scroll("text/csv", scroll.as_bytes(), "").ok();
    let text = FOURTH.replacen("version = 4", "version = 5", 1).replacen("\"2026-12-01\"", "\"2027-01-01\"", 1);
    app.scheme_administrator().post("/scheme-drafts", None, &json!({ "text": text })).unwrap().ok();
    let award = app.auditor().sees("/awards")["data"][0].clone();
    app.set_clock("2027-11-10T06:30:00Z");
    // Otherwise they are due, and the task of every minute runs them in the middle of a slow test.
    app.auditor().post("/controls/runs", None, &json!({})).unwrap().ok();
    let late = app.milestone(&award, "metal_to_alloy");
    app.signatory().asks_excuse(&late, "force_majeure", ("2027-11-02", "2027-11-05")).ok();
    let hold = json!({ "kind": "hold_award", "subject_id": award["id"], "reason": "A complaint is looked into." });
    app.section_officer().post("/corrections", None, &hold).unwrap().ok();
    let letter = json!({ "tranche_id": tranche["number"], "title": "Our tranche", "text": "When is it paid?" });
    app.signatory().post("/letters/to-office", None, &letter).unwrap().ok();
    assert_eq!(run_over_no_bids(app), ALLOCATION);
    Browser::of(app, &everything(app), "en")
}

fn posts(browser: &Browser, address: &str, seal: Option<&str>, headers: &[(&str, &str)]) -> Response {
    let mut fields = String::from("version=6&%2Fnote=seen&%2Freason=seen&word%3A%2Foutcome=accepted");
    if let Some(seal) = seal {
        fields.push_str(&format!("&seal={seal}"));
    }
    let mut all = vec![("Content-Type", "application/x-www-form-urlencoded")];
    all.extend_from_slice(headers);
    browser.request("POST", address, &all, Some(&fields))
}

fn seal_of(shown: &Shown, button: &str) -> String {
    let Form { fields, .. } = shown.form(button);
    fields.into_iter().find(|(name, _)| name == "seal").unwrap().1
}

#[apply(on_sqlite!)]
fn no_act_is_done_that_a_page_of_this_session_did_not_send(app: App) {
    let browser = prepared(&app);
    let own = seal_of(&browser.opens("/en/account"), "Sign out");
    let others = {
        let other = Browser::of(&app, &everything(&app), "en");
        seal_of(&other.opens("/en/account"), "Sign out")
    };
    let (key, digest) = own.split_once('.').unwrap();
    let forged = [
        None,
        Some(String::new()),
        Some(others),
        Some(key.to_owned()),
        Some(format!("{key}.{}", "0".repeat(64))),
        Some(format!("x{key}.{digest}")),
    ];
    let origin = app.client.base.clone();
    let here = [("Origin", origin.as_str()), ("Sec-Fetch-Site", "same-origin")];
    let foreign: [&[(&str, &str)]; 5] = [
        &[],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site"), ("Origin", &origin)],
        &[("Origin", "https://evil.example")],
        &[("Origin", "null"), ("Sec-Fetch-Site", "same-origin")],
    ];
    // The service runs its controls on a schedule of its own, which may fall into a long run of this test.
    let done = || app.acts().into_iter().filter(|act| act["command"] != "run_controls").collect::<Vec<_>>();
    let before = done();
    let acts = addresses(&app, "POST");
    assert!(acts.len() >= 9, "{acts:?}");
    for (address, permission) in acts {
        for headers in foreign {
            let answer = posts(&browser, &address, Some(&own), headers);
            assert_eq!(answer.status, 403, "{address} from {headers:?}");
            assert_eq!(answer.header("set-cookie"), None, "{address}: nobody is signed in or out by another site");
        }
        let by_get = browser.request("GET", &format!("{address}?seal={own}&version=6&note=seen"), &[], None);
        assert!([200, 303, 403, 404].contains(&by_get.status), "{address} by GET: {}", by_get.status);
        if permission.is_none() {
            continue;
        }
        for seal in &forged {
            let answer = posts(&browser, &address, seal.as_deref(), &here);
            assert_eq!(answer.status, 403, "{address} with {seal:?}");
        }
        assert_eq!(posts(&Browser::new(&app), &address, Some(&own), &here).status, 401, "{address} without a session");
    }
    assert_eq!(done(), before, "nothing was done or even tried");
    browser.opens("/en/account").with_status(200);
}

#[apply(on_sqlite!)]
fn every_page_is_for_whom_the_table_names_and_in_both_languages(app: App) {
    let browser = prepared(&app);
    let administrator = Browser::of(&app, &app.administrator(), "en");
    let pages = addresses(&app, "GET");
    assert!(pages.len() >= 7, "{pages:?}");
    for (address, permission) in pages {
        for language in ["en", "hi"] {
            let address = address.replacen("/en", &format!("/{language}"), 1);
            // An administrator of accounts holds no other role.
            let reader = if address.contains("/people") { &administrator } else { &browser };
            let shown = reader.opens(&address).with_status(200);
            assert_eq!(shown.page.named("html")[0].attribute("lang"), Some(language), "{address}");
            assert_eq!(shown.page.named("h1").len(), 1, "{address}");
            let found = Browser::new(&app).request("GET", &address, &[], None);
            assert_eq!(found.status == 401, permission.is_some(), "{address}: {}", found.status);
        }
    }
}

#[apply(on_sqlite!)]
fn whoever_may_not_act_is_told_so_before_their_form_is_read(app: App) {
    prepared(&app);
    let people = [
        (Role::Auditor, Browser::of(&app, &app.auditor(), "en")),
        (Role::Administrator, Browser::of(&app, &app.administrator(), "en")),
        (Role::Verifier, Browser::of(&app, &app.verifier(), "en")),
    ];
    let origin = app.client.base.clone();
    let here = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Origin", origin.as_str()),
        ("Sec-Fetch-Site", "same-origin"),
    ];
    let seals: Vec<String> =
        people.iter().map(|(_, browser)| seal_of(&browser.opens("/en/account"), "Sign out")).collect();
    let mut tried = 0;
    for (address, permission) in addresses(&app, "POST") {
        let Some(permission) = permission else { continue };
        let others = people.iter().zip(&seals).filter(|((role, _), _)| !permission.roles().contains(role));
        for ((role, browser), seal) in others {
            for language in ["en", "hi"] {
                let address = address.replacen("/en", &format!("/{language}"), 1);
                for fields in ["", "&word%3A%2Foutcome=gone&rupees%3A%2Famount_paise=x&%2Fnonsense=1"] {
                    let body = format!("seal={seal}&version=1{fields}");
                    let answer = browser.request("POST", &address, &here, Some(&body));
                    // What a person may not even see is not there.
                    assert!([403, 404].contains(&answer.status), "{role} at {address}: {}", answer.status);
                    assert!(
                        !answer.text().contains("missing field") && !answer.text().contains(" line 1"),
                        "{address}"
                    );
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 200, "{tried}");
}

#[apply(on_sqlite!)]
fn an_act_that_a_role_does_not_have_is_on_record_also_from_a_page(app: App) {
    app.tranche_of_15_crore();
    let agency = Browser::of(&app, &app.verifier(), "en");
    let mut form = agency.opens("/en/account").form("Sign out");
    form.action = format!("/en/tranches/{TRANCHE}/sanction");
    let before = app.audit_length();
    agency.sends(&form).with_status(403).says_nothing_of("must be given");
    assert_eq!(app.audit_behind(before), ["sanction_tranche refused not_permitted"]);
}
