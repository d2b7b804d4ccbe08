//! The acts of the interface for programs against those of the pages: each has a form on a page, or stands in a list
//! with the reason why it has none. The list says what people cannot do in a browser yet, and shrinks.

use crate::desk::observations::DeskVerbs;
use crate::harness::app::App;
use crate::harness::people::{Answered, Sales, Verbs};
use crate::harness::return_people::ReturnVerbs;
use crate::portal::browser::{Browser, Shown};
use domain::worklist::matter::MatterKind;
use domain::worklist::rule::OUTSIDE;
use magnet_scheme::client::Person;
use magnet_scheme::service::running::operation::Effect;
use magnet_scheme::web::portal::declared;
use magnet_scheme::web::portal::route_table::{act_at, has_form};
use magnet_scheme::web::portal::worklist::without_form::{BY_ITSELF, IN_PARTS, described_at};
use magnet_scheme::web::routes::operations;
use serde_json::json;
use std::collections::BTreeSet;

/// Why operations have no form of their own, and which.
const WITHOUT_A_FORM: &[(&str, &[&str])] = &[
    ("the pages have a session of another kind: `/sign-in` and `/sign-out`", &["sign_in", "sign_out"]),
    ("only a program refreshes a token; the cookie of a page is renewed by itself", &["refresh_session"]),
    ("a form with files stores them itself, before its command", &["upload_evidence"]),
    ("many answers of the bank at once come as a file of the treasury, which has a form", &["settle_payments"]),
    ("only a sandbox has it", &["set_clock"]),
    (
        "not built yet: companies fill in their applications, milestones, claims and certificates through the interface",
        &[
            "register_organisation",
            "create_application",
            "change_application",
            "would_qualify",
            "report_milestone",
            "create_claim",
            "change_claim",
            "what_if_claim",
            "submit_final_certificate",
            "state_credit_notes",
        ],
    ),
    (
        "not built yet: the desk of the auditor and the standing controls have no pages",
        &[
            "save_query",
            "run_saved_query",
            "ask_requisition",
            "answer_requisition",
            "raise_observation",
            "reply_to_observation",
            "remark_on_observation",
            "settle_observation",
            "convert_observation",
            "note_action_taken",
            "commit_sample",
            "freeze_sample",
            "draw_sample",
            "run_controls",
        ],
    ),
];

#[apply(plain!)]
fn every_act_of_the_interface_has_a_form_or_a_reason() {
    let forms = declared().into_iter().filter(|one| one.method == "POST");
    let on_pages: BTreeSet<&str> = forms.filter_map(|one| act_at(one.path)?.command).collect();
    assert!(on_pages.contains("sanction_tranche") && on_pages.len() > 50, "{on_pages:?}");
    let acts = operations().0.iter().filter(|(_, declared)| declared.effect != Effect::Reads);
    let without: BTreeSet<&str> = acts
        .filter(|(id, declared)| !on_pages.contains(declared.command.unwrap_or(id.as_str())))
        .map(|(id, _)| id.as_str())
        .collect();
    let explained: BTreeSet<&str> = WITHOUT_A_FORM.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
    let bare: Vec<_> = without.difference(&explained).collect();
    assert!(bare.is_empty(), "these have no form on a page, and no reason why: {bare:?}");
    let stale: Vec<_> = explained.difference(&without).collect();
    assert!(stale.is_empty(), "these have a form now, or are gone, and need no reason: {stale:?}");
}

/// A page that runs what the interface does not have would be a rule of its own.
#[apply(plain!)]
fn every_form_runs_an_act_of_the_interface() {
    let known: BTreeSet<&str> = operations().0.values().filter_map(|declared| declared.command).collect();
    for form in declared().into_iter().filter(|one| one.method == "POST") {
        let Some(command) = act_at(form.path).and_then(|act| act.command) else { continue };
        // The interface ends a session by a command that its log names otherwise.
        assert!(known.contains(command) || command == "end_session", "{} runs {command}", form.path);
    }
}

/// A matter whose act has neither a form nor an operation would be a dead end.
#[apply(plain!)]
fn every_act_of_the_worklist_has_a_form_or_is_described() {
    for kind in MatterKind::ALL {
        for (state, day_over) in kind.states().into_iter().flat_map(|state| [(state, false), (state, true)]) {
            for rule in kind.waits(state, day_over).unwrap().rules() {
                let known = kind.only_tells()
                    || has_form(rule.act)
                    || described_at(rule.act).is_some()
                    || OUTSIDE.contains(&rule.act);
                assert!(known, "{kind} {state}: {}", rule.act);
            }
        }
    }
    assert_eq!(described_at("change_claim").as_deref(), Some("/docs/#/claims/change_claim"));
}

/// Whether a page, or one that it leads to, has the form of an act; or says by which operation it is done.
fn leads_on(browser: &Browser, shown: &Shown, act: &str) -> bool {
    let has_act = |shown: &Shown| {
        let actions = shown.page.named("form").into_iter().filter_map(|form| form.attribute("action"));
        let paths = actions.map(|action| action.split('?').next().unwrap_or_default().get(3..).unwrap_or_default());
        let does = |command: &str| command == act || IN_PARTS.contains(&(act, command));
        paths.filter_map(act_at).any(|one| one.command.is_some_and(does))
    };
    let links = shown.page.named("main")[0].named("a");
    let addresses: BTreeSet<&str> = links.iter().filter_map(|link| link.attribute("href")).collect();
    if described_at(act).is_some_and(|address| addresses.contains(address.as_str())) {
        return !has_form(act);
    }
    let below = addresses.iter().filter(|address| address.starts_with("/en/"));
    has_act(shown) || below.map(|address| browser.opens(address)).any(|shown| has_act(&shown))
}

/// Opens all that waits for a person, and gives the acts of it.
fn opens_what_waits(app: &App, person: &Person) -> BTreeSet<String> {
    let browser = Browser::of(app, person, "en");
    let inbox = browser.opens("/en/inbox").with_status(200);
    let rows = person.sees("/worklist")["data"].as_array().unwrap().clone();
    let shown: Vec<_> = inbox.page.named("tr").into_iter().skip(1).collect();
    assert_eq!(rows.len(), shown.len(), "{rows:?}");
    let mut acts = BTreeSet::new();
    for (row, shown) in rows.iter().zip(shown) {
        let act = row["waiting"]["ends_with"].as_str().unwrap();
        let address = shown.named("a").into_iter().find_map(|link| link.attribute("href")).unwrap_or_default();
        let leads = match address.strip_prefix("/docs/") {
            // A matter without a page says in the inbox itself how it is done.
            Some(_) => described_at(act).as_deref() == Some(address),
            None => leads_on(&browser, &browser.opens(address).with_status(200), act),
        };
        assert!(
            leads || OUTSIDE.contains(&act) || BY_ITSELF.contains(&act),
            "{act} of {row} ends at '{address}': {}",
            shown.text()
        );
        acts.insert(act.to_owned());
    }
    acts
}

#[apply(on_sqlite!)]
fn what_waits_in_an_inbox_leads_to_a_form_or_says_how_it_is_done(app: App) {
    let award = app.selling();
    app.set_clock("2026-06-01T06:30:00Z");
    let form = app.sales_form("lodestone", Sales::at_the_rate("2026-05-16", "2026-05-31", 100));
    app.preparer().claims(&award, &form).ok();
    let early = app.claimed_sales("lodestone", &award, Sales::at_the_rate("2026-05-14", "2026-05-14", 10));
    app.verifier().sends_back("claims", &early).ok();
    app.tranche_for_sales("lodestone", &award, Sales::at_the_rate("2026-05-01", "2026-05-13", 100));
    app.scheme_administrator().opens_window("2026-06-01", "2026-06-30").ok();
    app.section_officer();
    app.finance_officer();
    app.auditor().raises(json!([{ "kind": "audit_entry", "reference": "1" }]), None).ok();
    app.auditor().requires("The log of the furnace").ok();
    app.auditor().post("/controls/runs", None, &json!({})).unwrap().ok();
    let people = [app.preparer(), app.signatory(), app.preparer_of("magnetite"), app.verifier(), app.section_officer()];
    let people = people.into_iter().chain([app.finance_officer(), app.competent_authority(), app.auditor()]);
    let acts: BTreeSet<String> = people.flat_map(|person| opens_what_waits(&app, &person)).collect();
    for act in ["change_claim", "submit_claim", "create_application", "recommend_tranche", "reply_to_observation"] {
        assert!(acts.contains(act), "nobody had to {act}: {acts:?}");
    }
}
