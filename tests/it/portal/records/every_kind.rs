//! Every kind of record that has a page is found by its id and by its number, and by nobody who may not see it.

use crate::award::allocations::Allots;
use crate::harness::app::App;
use crate::harness::people::{Answered, Sales, Verbs};
use crate::payment::reconciliation::ReconciliationVerbs;
use crate::people::sealing::story::story;
use crate::portal::browser::Browser;
use domain::desk::found::FoundKind;
use magnet_scheme::web::portal::declared;
use serde_json::json;
use std::collections::BTreeSet;

/// Where the records of a kind are stored, by what people call one, and the address of its page. What stands in braces
/// is replaced: `{n}` by what it is called, `{id}` by its id.
fn stored(kind: FoundKind) -> Option<(&'static str, &'static str, &'static str)> {
    Some(match kind {
        FoundKind::Application => ("applications", "number", "/applications/{n}"),
        FoundKind::Allocation => ("allocations", "number", "/allocations/{n}"),
        FoundKind::Award => ("awards", "number", "/awards/{n}"),
        FoundKind::Milestone => {
            let named = "(SELECT number FROM awards WHERE awards.id = milestones.award_id) || '/milestones/' || code";
            ("milestones", named, "/awards/{n}")
        }
        FoundKind::Excuse => ("excuses", "number", "/excuses/{n}"),
        FoundKind::Guarantee => ("securities", "guarantee_number", "/guarantees/{id}"),
        FoundKind::Claim => ("claims", "number", "/claims/{n}"),
        FoundKind::Certificate => {
            let named = "(SELECT number FROM claims WHERE claims.id = final_certificates.claim_id)";
            ("final_certificates", named, "/claims/{n}/certificate")
        }
        FoundKind::Tranche => ("tranches", "number", "/tranches/{n}"),
        FoundKind::Payment => ("payments", "number", "/payments/{n}"),
        FoundKind::Disbursement => ("disbursements", "number", "/disbursements/{n}"),
        FoundKind::Recovery => ("recoveries", "number", "/recoveries/{n}"),
        FoundKind::Letter => ("letters", "number", "/letters/{n}"),
        FoundKind::Instrument => ("budget_instruments", "number", "/budget/instruments/{n}"),
        FoundKind::Advice => ("payment_advices", "message_id", "/advices/{id}"),
        FoundKind::TreasuryFile => ("treasury_returns", "message_id", "/treasury/{id}"),
        FoundKind::Scroll => ("bank_scrolls", "message_id", "/scrolls/{id}"),
        FoundKind::Difference => ("bank_differences", "id", "/differences/{id}"),
        FoundKind::SchemeDraft => ("scheme_drafts", "id", "/scheme-drafts/{id}"),
        // A company is found with everything that it has here.
        FoundKind::Company => return None,
    })
}

/// A story with a record of every kind.
fn told(app: &App) -> App {
    let app = App::staged(app.engine, &[("capital_subsidy", 7_500)]);
    story(&app);
    // The bank names a payment that nobody advised: a difference.
    let line = "LIN,NDFEB/2026-27/PAY/0099,Success,SBINR52026050100000099,2026-05-01,1.00,";
    let scroll = format!("HDR,SCROLL-9,,1,1.00\r\n{line}\r\nTRL,1,1.00\r\n");
    app.finance_officer().uploads_scroll("text/csv", scroll.as_bytes(), "?from=2026-05-01&to=2026-05-01").ok();
    let second = include_str!("../../../../config/schemes/ndfeb-2025-proposal-4.toml");
    let second = second.replacen("version = 4", "version = 2", 1).replacen("\"2026-12-01\"", "\"2030-12-01\"", 1);
    app.scheme_administrator().post("/scheme-drafts", None, &json!({ "text": second })).unwrap().ok();
    app
}

/// The pages that are not those of one record, or belong to one that is found.
const OTHERS: &[&str] = &[
    "/n/{number:.+}",
    // The explanation of a code.
    "/problems/{code}",
    // Accounts are read by administrators, who have no search; schemes are few and stand on one page.
    "/people/{id}",
    "/schemes/{code}",
    // A company is found with everything that it has here, and the list leads to its page.
    "/organisations/{id}",
    // Corrections have no number; their list leads to them.
    "/corrections/{id}",
    // The inbox leads to a run of the controls.
    "/controls/runs/{id}",
];

#[apply(on_both!)]
fn every_kind_of_record_with_a_page_is_found_by_id_and_number(app: App) {
    let app = told(&app);
    let auditor = Browser::of(&app, &app.auditor(), "en");
    for kind in FoundKind::ALL.iter().filter(|kind| **kind != FoundKind::Allocation) {
        let Some((table, named, page)) = stored(*kind) else { continue };
        let both = app.values(&format!("SELECT id || ' ' || {named} AS value FROM {table} ORDER BY id LIMIT 1"));
        let (id, name) = both.first().unwrap_or_else(|| panic!("the story has no {kind}")).split_once(' ').unwrap();
        let page = page.replace("{n}", &name.replace('/', "-").replace("-milestones-", "/milestones/"));
        let page = format!("/en{}", page.replace("{id}", id));
        let found = auditor.opens(&format!("/en/find?q={id}")).with_status(200);
        assert_eq!(found.address, page, "{kind} by id");
        let own = match kind {
            // Its number is that of its award with its code; the bare number of the award is the award.
            FoundKind::Milestone | FoundKind::Difference | FoundKind::SchemeDraft => continue,
            FoundKind::Certificate => app.values("SELECT number AS value FROM final_certificates").remove(0),
            _ => name.to_owned(),
        };
        let found = auditor.opens(&format!("/en/find?q={}", own.replace('/', "%2F").replace(' ', "%20")));
        assert_eq!(found.with_status(200).address, page, "{kind} by {own}");
        if own.split('/').count() == 4 {
            assert_eq!(auditor.opens(&format!("/en/n/{own}")).with_status(200).address, page, "{kind} on paper");
        }
    }
}

#[apply(on_both!)]
fn an_allocation_is_found_by_id_and_number(app: App) {
    let (app, _) = App::three_bids(app.engine);
    let run = app.section_officer().drafts_run().ok();
    let (id, page) = (run["id"].as_str().unwrap(), "/en/allocations/NDFEB-2026-27-ALC-0001");
    let auditor = Browser::of(&app, &app.auditor(), "en");
    for text in [id, "NDFEB/2026-27/ALC/0001", "alc/0001"] {
        assert_eq!(auditor.opens(&format!("/en/find?q={text}")).with_status(200).address, page, "{text}");
    }
    assert_eq!(auditor.opens("/en/n/NDFEB/2026-27/ALC/0001").with_status(200).address, page);
    // A run that is not published is there for no company, not even by its id.
    let company = Browser::of(&app, &app.signatory_of("lodestone"), "en");
    for text in [id, "ALC/0001"] {
        company.opens(&format!("/en/find?q={text}")).says("Nothing that you may see was found");
    }
    company.opens(page).with_status(403);
}

/// A page of one record that no kind leads to would be found by nobody.
#[apply(plain!)]
fn every_page_of_a_record_belongs_to_a_kind_that_is_found() {
    let plain = |path: &str| {
        let part = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() };
        path.split('/').map(part).collect::<Vec<_>>().join("/")
    };
    let found: BTreeSet<String> = FoundKind::ALL
        .iter()
        .filter_map(|kind| stored(*kind))
        .map(|(_, _, page)| plain(page))
        .chain(["/awards/{}/milestones/{}".to_owned()])
        .collect();
    for page in declared().iter().filter(|one| one.method == "GET" && one.path.ends_with('}')) {
        let known = found.contains(&plain(page.path)) || OTHERS.contains(&page.path);
        assert!(known, "{} is the page of a record that /find does not know", page.path);
    }
}

#[apply(on_both!)]
fn nobody_finds_what_is_of_another_company_or_a_draft(app: App) {
    let app = told(&app);
    let (other, own) = (app.signatory_of("ferrite"), app.signatory_of("lodestone"));
    let (other, own) = (Browser::of(&app, &other, "en"), Browser::of(&app, &own, "en"));
    let offices = [
        FoundKind::Instrument,
        FoundKind::Advice,
        FoundKind::TreasuryFile,
        FoundKind::Scroll,
        FoundKind::Difference,
        FoundKind::SchemeDraft,
    ];
    for kind in FoundKind::ALL.iter().filter(|kind| **kind != FoundKind::Allocation) {
        let Some((table, ..)) = stored(*kind) else { continue };
        let id = app.values(&format!("SELECT id AS value FROM {table} ORDER BY id LIMIT 1")).remove(0);
        let path = format!("/en/find?q={id}");
        other.opens(&path).says("Nothing that you may see was found");
        let shown = own.opens(&path).with_status(200);
        let nothing = shown.page.text().contains("Nothing that you may see was found");
        assert_eq!(nothing, offices.contains(kind), "{kind} for its own company");
    }
}

#[apply(on_both!)]
fn a_draft_is_found_by_its_company_alone(app: App) {
    let award = app.selling();
    app.set_clock("2026-06-01T06:30:00Z");
    let form = app.sales_form("lodestone", Sales::at_the_rate("2026-05-01", "2026-05-31", 100));
    let (one, two) = (app.preparer(), app.preparer_of("magnetite"));
    let claim = one.claims(&award, &form).ok();
    app.scheme_administrator().opens_window("2026-06-01", "2026-06-30").ok();
    let application = two.drafts(&app.good_form(&two, 900)).ok();
    let nothing = "Nothing that you may see was found";
    for (draft, own, other) in [(&claim, &one, &two), (&application, &two, &one)] {
        assert_eq!(draft["number"], json!(null), "{draft}");
        let path = format!("/en/find?q={}", draft["id"].as_str().unwrap());
        for stranger in [&app.section_officer(), &app.verifier(), &app.auditor(), other] {
            Browser::of(&app, stranger, "en").opens(&path).with_status(200).says(nothing);
        }
        let shown = Browser::of(&app, own, "en").opens(&path).with_status(200);
        assert!(!shown.page.text().contains(nothing), "{}", shown.page.text());
    }
}
