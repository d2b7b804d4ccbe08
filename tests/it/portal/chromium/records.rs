//! Letters, disbursements, allocations and a plan of many instalments in Chromium, on a phone and on a desk.

use crate::award::allocations::Allots;
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs};
use crate::payment::disbursements::sample::seven;
use crate::portal::chromium::Chromium;
use serde_json::json;

#[apply(in_browser!)]
fn one_letter_and_the_way_to_it_in_chromium(app: App) {
    app.tranche_of_15_crore();
    let written = json!({ "claim_id": "NDFEB/2026-27/CLM/0001", "title": "Inspection of our plant at Sample Nagar",
        "text": "When is the plant inspected?\nWe are ready from the first of May.",
        "documents": [app.signatory().attaches("layout-of-the-plant")] });
    app.signatory().post("/letters/to-office", None, &written).unwrap().ok();
    let chromium = Chromium::start(&app);
    chromium.signs_in(&app.verifier(), "en");
    chromium.opens("/en/inbox?kind=letter");
    chromium.looks("inbox-letter-en");
    chromium.presses("NDFEB/2026-27/LTR/0001");
    chromium.looks("letter-en");
    chromium.types("Text", "On 4 May, at eleven.");
    chromium.presses("Answer this letter");
    chromium.reads("Letter sent by you");
    chromium.looks("letter-answered-en");
    chromium.signs_in(&app.signatory(), "hi");
    chromium.opens("/hi/letters/NDFEB-2026-27-LTR-0002");
    chromium.looks("letter-company-hi");
    chromium.opens("/hi/letters/NDFEB-2026-27-LTR-0001");
    chromium.looks("letter-hi");
}

#[apply(in_browser!)]
fn disbursements_in_chromium(app: App) {
    seven(&app);
    let chromium = Chromium::start(&app);
    for (person, language) in [(app.auditor(), "en"), (app.finance_officer(), "hi")] {
        chromium.signs_in(&person, language);
        for (page, name) in [
            ("disbursements", "disbursements"),
            ("disbursements/NDFEB-2026-27-DIS-0001", "disbursement"),
            ("awards/NDFEB-2026-27-AWD-0001/disbursements", "disbursements-of-award"),
            ("payments/NDFEB-2026-27-PAY-0001", "payment-with-disbursement"),
        ] {
            chromium.opens(&format!("/{language}/{page}"));
            chromium.looks(&format!("{name}-{language}"));
        }
    }
}

#[apply(in_browser!)]
fn allocations_in_chromium(app: App) {
    let (app, _) = App::three_bids(app.engine);
    app.section_officer().drafts_run().ok();
    let chromium = Chromium::start(&app);
    chromium.signs_in(&app.finance_officer(), "en");
    chromium.opens("/en/allocations");
    chromium.looks("allocations-en");
    chromium.opens("/en/allocations/NDFEB-2026-27-ALC-0001");
    chromium.looks("allocation-draft-en");
    chromium.signs_in(&app.competent_authority(), "hi");
    chromium.opens("/hi/allocations");
    chromium.looks("allocations-hi");
    chromium.opens("/hi/allocations/NDFEB-2026-27-ALC-0001");
    chromium.looks("allocation-draft-hi");
}

#[apply(in_browser!)]
fn more_rows_of_a_plan_in_chromium(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    app.demanded(&paid, 10 * CRORE);
    let chromium = Chromium::start(&app);
    for (language, more) in [("en", "Show more rows"), ("hi", "और पंक्तियाँ दिखाएँ")]
    {
        chromium.signs_in(&app.second("authority"), language);
        chromium.opens(&format!("/{language}/recoveries/NDFEB-2026-27-REC-0001"));
        chromium.presses(more);
        assert_eq!(chromium.runs("return location.hash"), "#instalments");
        chromium.looks(&format!("instalments-more-{language}"));
    }
}
