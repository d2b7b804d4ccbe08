//! Claims under schemes with a mass balance or with a release in stages: what the pages show of them, and the final
//! certificate from its submission to its acceptance.

use crate::harness::app::{App, Engine};
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at, version};
use crate::portal::browser::{Browser, CHOSEN};
use magnet_scheme::client::Person;
use serde_json::{Value, json};

const SCHEME_TEXT: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-2.toml");
const SALES: &str = "sales_linked_incentive";
const DESK: &str = "/en/claims/NDFEB-2026-27-CLM-0001/verification";
const CERTIFICATE: &str = "/en/claims/NDFEB-2026-27-CLM-0001/certificate";

/// A service whose only scheme is the sample with a further section.
fn with_section(engine: Engine, section: &str) -> App {
    App::with_only(engine, SCHEME_TEXT.replacen("version = 2", "version = 1", 1) + section)
}

/// A claim for 1,000 kilograms sold in June for 50 lakh, seen from the middle of June.
fn claimed(app: &App, change: impl FnOnce(&mut Value)) -> Value {
    app.window_is_open();
    app.provided(SALES, "2026-27", 20 * CRORE);
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-06-15T06:30:00Z");
    let days = ("2026-06-01", "2026-06-10");
    let sales = Sales { days, kg: 1_000, turnover_paise: 500_000_000, claimed_paise: 160_000_000 };
    let mut form = app.sales_form("lodestone", sales);
    change(&mut form);
    let draft = app.preparer().claims(&award, &form).ok();
    app.signatory().submits_claim(&draft).ok()
}

#[apply(on_sqlite!)]
fn kilograms_that_the_materials_do_not_explain_are_shown_before_the_decision(app: App) {
    let rests = "basis = \"assumption\", source = \"sample of a test\"";
    let section = format!(
        "\n[mass_balance]\nclause = \"sample\"\nbasis = \"assumption\"\nsource = \"sample of a test\"\n\
         [[mass_balance.steps]]\nfrom = \"alloy\"\nto = \"magnet\"\nbest_yield = {{ basis_points = 8000, {rests} }}\n\
         tolerance = {{ basis_points = 0, {rests} }}\n"
    );
    let app = with_section(app.engine, &section);
    let file = app.preparer().attaches("stock-register");
    claimed(&app, |form| {
        let row = |material: &str, kg: i64| {
            json!({ "material": material, "opening_kg": 0, "in_kg": kg, "scrap_kg": 0, "closing_kg": 0,
                "evidence_id": file })
        };
        form["mass_balance"] =
            json!({ "materials": [row("alloy", 1_000), row("magnet", 1_000)], "dispatched_kg": 1_000 });
    });
    let agency = Browser::of(&app, &app.verifier(), "en");
    let shown =
        agency.opens_rehearsed(DESK).with_status(200).says("stock-register.pdf").says("Alloy 0 kg 1,000 kg 0 kg 0 kg");
    let shown = shown.says("Not explained: 1,000 kg of Alloy were used up, of which at most 800 kg of Magnet");
    let shown = shown.says("200 kg, ₹10,00,000.00 does not count: Held: not explained by the mass balance");
    let shown = shown.says("If every line is accepted, the claim comes to ₹12,80,000.00");
    let form = shown.form("Verify and reserve").fill("Accept line 1", CHOSEN).fill("Remarks", "register seen");
    let shown = agency.sends(&form).with_status(200).says("Kilograms held 200 kg").says("Of it, ₹40,00,000.00 counts");
    shown.says("Payable at the verification ₹12,80,000.00");
    app.must_verify();
}

fn certifies(signatory: &Person, claim: &Value, kg: i64, paise: i64) -> Value {
    let form = json!({
        "certificate_number": "UDIN 26012345AAAAAB1234", "issued_by": "Sample Auditors LLP", "issued_on": claim["period_to"],
        "certified_kg": kg, "certified_amount_paise": paise, "evidence": [signatory.attaches("final-certificate")],
    });
    signatory.post(&format!("{}/final-certificates", at("claims", claim)), version(claim), &form).unwrap().ok()
}

#[apply(on_both!)]
fn a_final_certificate_is_returned_and_then_accepted_as_the_page_said(app: App) {
    let section = format!(
        "\n[[staged_release]]\ncomponent = \"{SALES}\"\nprovisional_share = 8000\ncertificate_due_months = 9\n\
         basis = \"assumption\"\nsource = \"sample of a test\"\n"
    );
    let app = with_section(app.engine, &section);
    let claim = claimed(&app, |_| {});
    let agency = Browser::of(&app, &app.verifier(), "en");
    let form = agency
        .opens_rehearsed(DESK)
        .says("Withheld until the final certificate ₹3,20,000.00")
        .form("Verify and reserve");
    let shown = agency.sends(&form.fill("Accept line 1", CHOSEN).fill("Remarks", "in order")).with_status(200);
    let shown = agency.opens(&shown.link("Final certificate")).with_status(200);
    shown.says("days are left").says("The company has submitted no final certificate yet");
    let claim = app.auditor().sees(&at("claims", &claim));
    certifies(&app.signatory(), &claim, 1_000, 500_000_000);

    // The inbox leads to the decision, and so does the list.
    let number = "NDFEB/2026-27/FIN/0001";
    let inbox = agency.opens("/en/inbox").says(&format!("Final certificate {number}: verify"));
    assert_eq!(inbox.link(number), CERTIFICATE);
    let list = agency.opens(&inbox.link("Final certificates")).says("1 final certificate").says("₹50,00,000.00");
    assert_eq!((list.link(number), list.address.as_str()), (CERTIFICATE.to_owned(), "/en/certificates"));
    list.says("15 Jun 2026").says("Verifier").says("Sample lodestone Ltd");
    agency.opens("/en/certificates?status=accepted").says("No final certificate has this status now");
    agency.opens("/en/certificates?page=9").with_status(200).says(number);
    let other = Browser::of(&app, &app.signatory_of("coercive"), "hi").opens("/hi/certificates");
    other.says("अभी कोई अंतिम प्रमाणपत्र नहीं है").says_nothing_of(number);
    let shown = agency.opens(CERTIFICATE).says("Sample Auditors LLP").says("Kilograms certified 1,000 kg");
    assert!(shown.link("final-certificate.pdf").starts_with("/en/files/"));
    let wrong = shown.form("Record the decision").fill("Amount accepted", "51 lakh").fill("Remarks", "compared");
    let wrong = agency.sends(&wrong.fill("Accept it", CHOSEN)).with_status(422);
    assert!(
        wrong.page.named("a").iter().any(|one| one.attribute("href") == Some("#certificate-accepted_amount_paise"))
    );
    let form = wrong.form("Record the decision").fill("Return it: something is missing", CHOSEN);
    let shown = agency.sends(&form.fill("Amount accepted", "0").fill("Remarks", "page 2 is missing")).with_status(200);
    let shown = shown.says("Decided by you, 15 Jun 2026").says("page 2 is missing");
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());

    certifies(&app.signatory(), &claim, 1_000, 500_000_000);
    let form = agency.opens(CERTIFICATE).form("Show what it comes to").fill("Accept it", CHOSEN);
    let before = app.acts();
    let shown = agency.rehearses(&form.fill("Kilograms accepted", "1,000").fill("Amount accepted", "50 lakh"));
    let shown = shown.with_status(200).says("Balance still to be paid ₹3,20,000.00").says("nothing has changed yet");
    assert_eq!(app.acts(), before, "nothing was done or even tried");
    let form = shown.form("Record the decision").fill("Remarks", "compared with the invoices");
    let shown = agency
        .sends(&form)
        .with_status(200)
        .says("Decided by you")
        .says("Decision: Accepted.")
        .says("Balance still to be paid ₹3,20,000.00");
    let shown = shown.says_nothing_of("days are left");
    let tranches = app.auditor().sees(&format!("/tranches?claim_id={}", claim["id"].as_str().unwrap()));
    let amounts: Vec<&Value> = tranches["data"].as_array().unwrap().iter().map(|one| &one["amount_paise"]).collect();
    assert_eq!(amounts, [128_000_000, 32_000_000]);
    agency.opens(&shown.link("All final certificates")).says("2 final certificates, the newest first").says("Accepted");
    let company = Browser::of(&app, &app.signatory(), "hi");
    let shown = company.opens(&CERTIFICATE.replace("/en/", "/hi/")).says("अंतिम हकदारी ₹16,00,000.00");
    assert!(shown.says_nothing_of("Sample verifier").buttons().is_empty());
    app.must_verify();
}
