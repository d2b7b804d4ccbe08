//! The main process from end to end.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at};

#[apply(on_both!)]
fn a_rupee_walks_from_application_to_disbursement_and_the_auditor_finds_it(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    let advised = app.disbursing_officer().advises(&sanctioned).ok();
    let paid = app.disbursing_officer().confirms(&advised, "sbin r52026 0501-0000001", "2026-05-01").ok();
    assert_eq!(paid["disbursement"]["utr"], "SBINR5202605010000001");

    let found = app.auditor().sees("/disbursements?payment_year=2026-27&component=capital_subsidy");
    assert_eq!(found["totals"]["amount_paise"], 15 * CRORE);
    let chain = app.auditor().sees(&format!("{}/chain", at("disbursements", &found["data"][0])));
    assert_eq!(chain["application"]["number"], "NDFEB/2026-27/APP/0001");
    assert_eq!(chain["tranche"]["steps"].as_array().unwrap().len(), 7);

    let award = chain["award"]["number"].as_str().unwrap();
    for (level, owner) in [("component", None), ("financial_year", Some("2026-27")), ("beneficiary", Some(award))] {
        assert_eq!(app.budget(level, "capital_subsidy", owner)["disbursed_paise"], 15 * CRORE, "{level}");
    }
    app.must_verify();
}
