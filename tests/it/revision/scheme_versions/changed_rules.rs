//! What a drafted version changes beyond description is named on its impact sheet and needs the instrument, whatever
//! the models and examples show: they are samples, and whoever loses between them would not be seen.

use super::{Legislates, text};
use crate::harness::app::App;
use crate::harness::people::{Answered, says};
use serde_json::{Value, json};

/// A change of the sixth version: what it replaces in the text of the fifth, and the place that the sheet must name.
type Change = (&'static str, &'static str, &'static str);

const INTEREST: Change = ("basis_points = 900\n", "basis_points = 9000\n", "recovery.interest[0].basis_points");

/// A limit that differs from the shipped one where no model sells.
const BETWEEN: &str =
    "\"choose(counted_kg >= capacity * kg_per_tonne * one_year, counted_amount * turnover_share, 0)\"";

const STAGED: &str = "\n[[staged_release]]\ncomponent = \"sales_linked_incentive\"\nprovisional_share = 100\n\
                      certificate_due_months = 120\nbasis = \"assumption\"\nsource = \"sample\"\n\n[mass_balance]\n";

const INVOICES: &str = "\n[e_invoices]\nirn_from_turnover = { rupees = 1, basis = \"assumption\", source = \"sample\" }\n\
                        \n[mass_balance]\n";

/// One change or more in each section of the shipped file.
const CHANGES: &[Change] = &[
    INTEREST,
    ("settles_first = \"interest\"", "settles_first = \"principal\"", "recovery.settles_first"),
    ("[beneficiaries_most]\nvalue = 2", "[beneficiaries_most]\nvalue = 3", "beneficiaries_most.value"),
    ("[gestation_years]\nvalue = 2", "[gestation_years]\nvalue = 3", "gestation_years.value"),
    ("step = 50", "step = 100", "capacity_mtpa.step"),
    ("\"net_worth_certificate\", ", "", "eligibility.documents[1]"),
    ("rupees = 245_00_00_000", "rupees = 300_00_00_000", "eligibility.net_worth[1].rupees"),
    ("rupees = 50_00_000", "rupees = 60_00_000", "eligibility.investment_per_mtpa.rupees"),
    ("[holds.reservation_days]\nvalue = 365", "[holds.reservation_days]\nvalue = 1", "holds.reservation_days.value"),
    ("[holds.sanction_months]\nvalue = 12", "[holds.sanction_months]\nvalue = 1", "holds.sanction_months.value"),
    (
        "[performance_security]\nbasis_points = 200",
        "[performance_security]\nbasis_points = 900",
        "performance_security.basis_points",
    ),
    ("basis_points_per_day = 10", "basis_points_per_day = 100", "liquidated_damages.basis_points_per_day"),
    ("due_months = 12", "due_months = 2", "milestones[0].due_months"),
    ("claim = \"date_of_claim\"", "claim = \"date_of_sale\"", "governed_by.claim"),
    (
        "[figures.turnover_share]\nvalue = 4000",
        "[figures.turnover_share]\nvalue = 4001",
        "figures.turnover_share.value",
    ),
    ("date = \"2025-04-01\"", "date = \"2026-04-01\"", "figures.counted_from.date"),
    ("absent = true\n", "", "facts[0].absent"),
    ("basis_points = 8574", "basis_points = 8000", "mass_balance.steps[0].best_yield.basis_points"),
    ("incentive_years * rate\"", "incentive_years * rate_ceiling_per_kg\"", "award_ceilings[1].amount_paise"),
    ("one_year - used_kg\"", "one_year\"", "claims[1].quotas[0].quantity_kg"),
    ("[claims.window_months]\nvalue = 9", "[claims.window_months]\nvalue = 1", "claims[1].window_months.value"),
    (
        "component = \"sales_linked_incentive\"\n\n[claims.window",
        "component = \"sales_linked_incentive\"\nperiod = \"quarter\"\n\n[claims.window",
        "claims[1].period",
    ),
    (
        "\"counted_amount * turnover_share\"",
        "\"choose(counted_amount_before > 0, 0, counted_amount * turnover_share)\"",
        "claims[1].limits[1].amount_paise",
    ),
    ("\"counted_amount * turnover_share\"", BETWEEN, "claims[1].limits[1].amount_paise"),
    ("\n[mass_balance]\n", STAGED, "staged_release[0].provisional_share"),
    ("\n[mass_balance]\n", INVOICES, "e_invoices.irn_from_turnover.rupees"),
];

/// The sixth version after the fifth, changed in one place.
fn sixth(fifth: &str, (from, to, place): &Change) -> String {
    let next = fifth.replacen("version = 5", "version = 6", 1).replacen("2026-12-02", "2027-04-01", 1);
    let changed = next.replacen(from, to, 1);
    assert_ne!(changed, next, "{place}");
    changed
}

fn places(sheet: &Value) -> Vec<&str> {
    let changed = sheet["sheet"]["changed_rules"].as_array();
    changed.into_iter().flatten().map(|change| change["key"].as_str().unwrap()).collect()
}

/// The makers ask of every change that the models call harmless: who says that it is?
#[apply(on_both!)]
fn a_change_in_any_section_is_named_and_waits_for_the_instrument(app: App) {
    let fifth = text(5, "2026-12-02");
    let awards = app.under(&fifth, &["lodestone"]);
    let (one, other) = (app.scheme_administrator(), app.other_scheme_administrator());
    for change in CHANGES {
        let place = change.2;
        let answer = one.drafts_scheme(&sixth(&fifth, change));
        assert!(answer.status < 300, "{place}: {}", answer.status);
        let draft = answer.ok();
        let sheet = one.impact(&draft);
        assert!(places(&sheet).contains(&place), "{place}: {:?}", places(&sheet));
        assert_eq!(sheet["worsened"], json!([awards[0]["number"]]), "{place}");
        says(&other.publishes(&draft).refused(409, "worsens_awards"), awards[0]["number"].as_str().unwrap());
    }
    // The instrument names what it covers by its place.
    let draft = one.drafts_scheme(&sixth(&fifth, &INTEREST)).ok();
    let named = json!([{ "key": INTEREST.2, "before": 900, "after": 9000 }]);
    assert_eq!(one.impact(&draft)["sheet"]["changed_rules"], named);
    let proposed = one.proposes_instrument(&draft).ok();
    assert_eq!(proposed["instrument"]["covers"][0]["changed_rules"], json!([INTEREST.2]));
    let approved = app.competent_authority().approves_instrument(&proposed).ok();
    assert_eq!(other.publishes(&approved).ok()["status"], "published");
    app.must_verify();
}

#[apply(on_both!)]
fn a_version_that_only_describes_needs_no_instrument(app: App) {
    let fifth = text(5, "2026-12-02");
    app.under(&fifth, &["lodestone"]);
    let (one, other) = (app.scheme_administrator(), app.other_scheme_administrator());
    let described = [
        ("(July 2025 proposal)", "(proposal of July 2025)"),
        ("reference = \"Proposal", "reference = \"The proposal"),
        ("\"Sample programme division", "\"Another programme division"),
        ("\"a claim for sales states", "\"every claim for sales states"),
        ("Minister and Secretary quoted", "quoted"),
        ("en = \"Not sintered NdFeB\"", "en = \"No sintered NdFeB\""),
        ("clause = \"facts.related_party\"", "clause = \"facts\""),
        ("settles_first_source = \"no rule", "settles_first_source = \"so far no rule"),
        ("title = \"Oxide-to-metal capacity installed\"", "title = \"Oxide to metal\""),
        ("basis = \"reported\"\nsource = \"livemint.com 2025-06-24", "basis = \"assumption\"\nsource = \"livemint.com"),
    ];
    let mut next = sixth(&fifth, &("version = 6", "version = 6 # as before", "version"));
    for (from, to) in described {
        let changed = next.replacen(from, to, 1);
        assert_ne!(changed, next, "{from}");
        next = changed;
    }
    let draft = one.drafts_scheme(&next).ok();
    let sheet = one.impact(&draft);
    assert_eq!(places(&sheet), Vec::<&str>::new());
    assert_eq!(sheet["worsened"], json!([]));
    one.proposes_instrument(&draft).refused(409, "nothing_proposed");
    other.publishes(&draft).ok();
    app.must_verify();
}

/// The claims of this award stay with its version, and the interest on what it owes does not.
#[apply(on_both!)]
fn interest_reaches_the_awards_that_keep_their_version(app: App) {
    let fifth = text(5, "2026-12-02").replacen("claim = \"date_of_claim\"", "claim = \"award\"", 1);
    let awards = app.under(&fifth, &["lodestone"]);
    let (one, other) = (app.scheme_administrator(), app.other_scheme_administrator());
    let draft = one.drafts_scheme(&sixth(&fifth, &INTEREST)).ok();
    let sheet = one.impact(&draft);
    assert_eq!((&sheet["sheet"]["awards"], &sheet["sheet"]["awards_untouched"]), (&json!([]), &json!(1)));
    assert_eq!(sheet["sheet"]["untouched_reached"][0]["award"], awards[0]["number"]);
    assert_eq!(sheet["worsened"], json!([awards[0]["number"]]));
    other.publishes(&draft).refused(409, "worsens_awards");
    // What these awards read from their own version is changed for later ones alone.
    let later = ("[figures.turnover_share]\nvalue = 4000", "[figures.turnover_share]\nvalue = 2000", "figures");
    let draft = one.drafts_scheme(&sixth(&fifth, &later)).ok();
    let sheet = one.impact(&draft);
    assert_eq!(places(&sheet), ["figures.turnover_share.value"]);
    assert_eq!(sheet["worsened"], json!([]));
    other.publishes(&draft).ok();
    app.must_verify();
}
