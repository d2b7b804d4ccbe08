//! The acts of the interface for programs against those of the pages: each has a form on a page, or stands in a list
//! with the reason why it has none. The list says what people cannot do in a browser yet, and shrinks.

use magnet_scheme::service::running::operation::Effect;
use magnet_scheme::web::portal::declared;
use magnet_scheme::web::portal::route_table::act_at;
use magnet_scheme::web::routes::operations;
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
            "upload_claim_lines",
            "submit_claim",
            "what_if_claim",
            "submit_final_certificate",
        ],
    ),
    ("not built yet: offices do it through the interface", &["record_company_group", "draft_allocation"]),
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
