//! The impact of a drafted version on existing awards, and the conditions for its publication.

use super::{Legislates, half_turnover, text, text_with};
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at, says};
use serde_json::{Value, json};

const SALES: &str = "sales_linked_incentive";

impl App {
    /// An award of 500 MTPA of each maker under version 5, commissioned on 2 December 2026; the clock is
    /// then set to the end of the year.
    fn under_the_fifth(&self, makers: &[&str]) -> Vec<Value> {
        self.under(&text(5, "2026-12-02"), makers)
    }

    pub(super) fn under(&self, fifth: &str, makers: &[&str]) -> Vec<Value> {
        self.set_clock("2026-12-02T06:30:00Z");
        self.legislated(fifth);
        self.scheme_administrator().opens_window("2026-12-01", "2026-12-31").ok();
        self.provided(SALES, "2026-27", 200 * CRORE);
        let award = |maker: &&str| {
            let award = self.awarded(maker, 500);
            assert_eq!(award["scheme_version"], 5);
            self.reached(maker, &award, "commissioning", "2026-12-02");
            award
        };
        let awards = makers.iter().map(award).collect();
        self.set_clock("2027-03-31T06:30:00Z");
        awards
    }

    /// A draft of a claim: 100,000 kg at Rs 6,000, for which the rate gives Rs 16 crore.
    fn drafted_claim(&self, maker: &str, award: &Value) -> Value {
        self.drafted_for(maker, award, ("2026-12-03", "2027-03-30"))
    }

    fn drafted_for(&self, maker: &str, award: &Value, days: (&'static str, &'static str)) -> Value {
        self.preparer_of(maker).claims(award, &self.form_for(maker, days)).ok()
    }

    fn form_for(&self, maker: &str, days: (&'static str, &'static str)) -> Value {
        let sales =
            crate::harness::people::Sales { days, kg: 100_000, turnover_paise: 60 * CRORE, claimed_paise: 150 * CRORE };
        let mut form = self.sales_form(maker, sales);
        let file = form["evidence"][0].clone();
        let material = |(material, in_kg): (&str, i64)| json!({ "material": material, "opening_kg": 0, "in_kg": in_kg, "scrap_kg": 0, "closing_kg": 0, "evidence_id": file });
        let made = [("oxide", 40_000), ("metal", 34_000), ("alloy", 110_000), ("magnet", 100_000)];
        form["mass_balance"] = json!({ "materials": made.map(material), "dispatched_kg": 100_000 });
        form
    }
}

/// Each award of a sheet: the loss of its ceilings, of its claims, and the largest loss of a model claim.
fn losses(sheet: &Value) -> Vec<(String, i64, i64, i64)> {
    let loss = |all: &Value| -> Vec<i64> {
        all.as_array().unwrap().iter().map(|one| one["loss_paise"].as_i64().unwrap()).collect()
    };
    let line = |award: &Value| {
        let number = award["award"].as_str().unwrap().to_owned();
        let (ceilings, claims) = (loss(&award["ceilings"]).iter().sum(), loss(&award["claims"]).iter().sum());
        (number, ceilings, claims, loss(&award["model_claims"]).into_iter().max().unwrap())
    };
    sheet["sheet"]["awards"].as_array().unwrap().iter().map(line).collect()
}

#[apply(on_both!)]
fn an_impact_sheet_tells_who_loses_what_to_the_paisa(app: App) {
    let awards = app.under_the_fifth(&["lodestone", "ferrite"]);
    let claim = app.drafted_claim("lodestone", &awards[0]);
    let draft = app.scheme_administrator().drafts_scheme(&half_turnover(6)).ok();
    let sheet = app.scheme_administrator().impact(&draft);
    // Rs 60 crore of turnover: 40 % leaves the rate to bind at Rs 16 crore; 20 % are Rs 12 crore.
    // A full year of 500,000 kg at Rs 4,000 falls from Rs 80 crore to Rs 40 crore.
    let number = |award: &Value| award["number"].as_str().unwrap().to_owned();
    let expected = vec![(number(&awards[0]), 0, 4 * CRORE, 40 * CRORE), (number(&awards[1]), 0, 0, 40 * CRORE)];
    assert_eq!(losses(&sheet), expected);
    assert_eq!(sheet["worsened"], json!([awards[0]["number"], awards[1]["number"]]));
    let of_claim = &sheet["sheet"]["awards"][0]["claims"][0];
    assert_eq!((&of_claim["before_paise"], &of_claim["after_paise"]), (&json!(16 * CRORE), &json!(12 * CRORE)));
    assert_eq!((&of_claim["version_before"], &of_claim["version_after"]), (&json!(5), &json!(6)));
    // A draft of a claim is visible to its organisation only: the sheet does not name it.
    assert_eq!((&of_claim["claim_id"], &of_claim["number"]), (&Value::Null, &Value::Null));
    assert!(!sheet.to_string().contains(claim["id"].as_str().unwrap()));
    let organisations = sheet["sheet"]["organisations"].as_array().unwrap();
    let told: Vec<_> = organisations
        .iter()
        .map(|one| (one["organisation"].as_str().unwrap(), one["claims"]["loss_paise"].as_i64().unwrap()))
        .collect();
    assert_eq!(told, [("Sample lodestone Ltd", 4 * CRORE), ("Sample ferrite Ltd", 0)]);
    assert_eq!(
        (&sheet["sheet"]["claims"]["loss_paise"], &sheet["sheet"]["awards_untouched"]),
        (&json!(4 * CRORE), &json!(0))
    );

    // The result matches the sheet: the same claim is verified under the new version.
    let instrument = app.scheme_administrator().proposes_instrument(&draft).ok();
    let approved = app.competent_authority().approves_instrument(&instrument).ok();
    app.other_scheme_administrator().publishes(&approved).ok();
    app.set_clock("2027-04-01T06:30:00Z");
    app.provided(SALES, "2027-28", 200 * CRORE);
    let submitted = app.signatory_of("lodestone").submits_claim(&claim).ok();
    assert_eq!(submitted["scheme_version"], 6);
    let verified = app.verifier().verifies(&submitted).ok();
    assert_eq!(verified["entitlement_paise"], 12 * CRORE);
    app.must_verify();
}

/// Sales before the amendment are paid under the old terms, whenever they are claimed.
#[apply(on_both!)]
fn the_day_of_sale_governs_where_the_scheme_says_so(app: App) {
    let fifth = text(5, "2026-12-02").replacen("claim = \"date_of_claim\"", "claim = \"date_of_sale\"", 1);
    let awards = app.under(&fifth, &["lodestone"]);
    let draft = app.scheme_administrator().drafts_scheme(&half_turnover(6)).ok();
    let instrument = app.scheme_administrator().proposes_instrument(&draft).ok();
    let approved = app.competent_authority().approves_instrument(&instrument).ok();
    app.other_scheme_administrator().publishes(&approved).ok();
    app.set_clock("2027-04-15T06:30:00Z");
    app.provided(SALES, "2027-28", 200 * CRORE);
    for (days, version, entitlement) in
        [(("2026-12-03", "2027-03-31"), 5, 16 * CRORE), (("2027-04-01", "2027-04-14"), 6, 12 * CRORE)]
    {
        let claim = app.drafted_for("lodestone", &awards[0], days);
        let submitted = app.signatory_of("lodestone").submits_claim(&claim).ok();
        assert_eq!(submitted["scheme_version"], version, "{days:?}");
        assert_eq!(app.verifier().verifies(&submitted).ok()["entitlement_paise"], entitlement, "{days:?}");
    }
    app.must_verify();
}

#[apply(on_both!)]
fn ceilings_move_and_claims_that_are_submitted_stay(app: App) {
    let awards = app.under_the_fifth(&["lodestone"]);
    let claim = app.drafted_claim("lodestone", &awards[0]);
    app.signatory_of("lodestone").submits_claim(&claim).ok();
    let lower = text_with(6, "2027-04-01", "rate_ceiling_per_kg]\nvalue = 1600", "rate_ceiling_per_kg]\nvalue = 1500")
        .replacen("incentive_years * rate\"", "incentive_years * min(rate, rate_ceiling_per_kg)\"", 1);
    let draft = app.scheme_administrator().drafts_scheme(&lower).ok();
    let sheet = app.auditor().impact(&draft);
    // 500 t x 5 years x Rs 100; a full year loses 500,000 kg x Rs 100.
    let number = awards[0]["number"].as_str().unwrap().to_owned();
    assert_eq!(losses(&sheet), [(number, 25 * CRORE, 0, 5 * CRORE)]);
    let of_claim = &sheet["sheet"]["awards"][0]["claims"][0];
    assert_eq!((&of_claim["status"], &of_claim["version_after"]), (&json!("submitted"), &json!(5)));
    assert_eq!((&of_claim["before_paise"], &of_claim["after_paise"]), (&json!(16 * CRORE), &json!(16 * CRORE)));
    assert!(of_claim["number"].is_string());
    // Models show no loss under a larger share. They are samples, so a changed rule needs the instrument all the same.
    let more =
        text_with(6, "2027-04-01", "[figures.turnover_share]\nvalue = 4000", "[figures.turnover_share]\nvalue = 5000");
    let draft = app.scheme_administrator().drafts_scheme(&more).ok();
    let sheet = app.auditor().impact(&draft);
    assert_eq!(losses(&sheet), [(awards[0]["number"].as_str().unwrap().to_owned(), 0, 0, 0)]);
    app.other_scheme_administrator().publishes(&draft).refused(409, "worsens_awards");
    let proposed = app.scheme_administrator().proposes_instrument(&draft).ok();
    let covers = &proposed["instrument"]["covers"][0];
    assert_eq!(covers["changed_rules"], json!(["figures.turnover_share.value"]));
    let draft = app.competent_authority().approves_instrument(&proposed).ok();
    app.other_scheme_administrator().publishes(&draft).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn what_worsens_an_award_needs_its_own_instrument(app: App) {
    let awards = app.under_the_fifth(&["lodestone"]);
    let (one, other) = (app.scheme_administrator(), app.other_scheme_administrator());
    let draft = one.drafts_scheme(&half_turnover(6)).ok();
    let number = awards[0]["number"].as_str().unwrap();
    says(&other.publishes(&draft).refused(409, "worsens_awards"), number);
    app.competent_authority().approves_instrument(&draft).refused(409, "nothing_proposed");
    // A proposed but unapproved instrument is not enough.
    let proposed = one.proposes_instrument(&draft).ok();
    other.publishes(&proposed).refused(409, "worsens_awards");
    one.approves_instrument(&proposed).refused(403, "not_permitted");
    let both = app.person("both", &["scheme_administrator", "competent_authority"], None);
    let approved = both.approves_instrument(&proposed).ok();
    both.approves_instrument(&approved).refused(409, "wrong_state");
    both.publishes(&approved).refused(409, "same_person");
    // One person may not both propose and approve, nor write the draft and approve.
    let again = both.proposes_instrument(&approved).ok();
    both.approves_instrument(&again).refused(409, "same_person");
    let own = both.drafts_scheme(&half_turnover(6)).ok();
    let own = one.proposes_instrument(&own).ok();
    both.approves_instrument(&own).refused(409, "same_person");
    // A new proposal is not approved yet.
    other.publishes(&again).refused(409, "worsens_awards");
    let approved = app.competent_authority().approves_instrument(&again).ok();
    assert_eq!(other.publishes(&approved).ok()["status"], "published");
    assert_eq!(app.newest(), 6);
    app.must_verify();
}

#[apply(on_both!)]
fn a_sheet_that_changed_since_is_not_published_on(app: App) {
    let awards = app.under_the_fifth(&["lodestone"]);
    let (one, other) = (app.scheme_administrator(), app.other_scheme_administrator());
    let draft = one.drafts_scheme(&half_turnover(6)).ok();
    let proposed = one.proposes_instrument(&draft).ok();
    let approved = app.competent_authority().approves_instrument(&proposed).ok();
    let seen = other.impact(&approved)["digest"].clone();
    app.drafted_claim("lodestone", &awards[0]);
    let path = format!("{}/publication", at("scheme-drafts", &draft));
    let changed = other.does(&path, &approved, json!({ "impact_digest": seen }));
    says(&changed.refused(409, "impact_changed"), seen.as_str().unwrap());
    // A claim made since then loses more than the instrument covers.
    other.publishes(&approved).refused(409, "worsens_awards");
    let proposed = one.proposes_instrument(&approved).ok();
    let approved = app.competent_authority().approves_instrument(&proposed).ok();
    let published = other.publishes(&approved).ok();
    // The sheet used for the publication does not change.
    let kept = one.impact(&published);
    assert_eq!(kept["digest"], published["publication"]["impact_digest"]);
    assert_eq!(losses(&kept)[0].2, 4 * CRORE);
    app.must_verify();
}

/// A fifth version in which each line has to say whether the magnets are sintered NdFeB.
fn asking(more: &str) -> String {
    let asks = text(5, "2026-12-02").replacen("absent = true\n", "", 1);
    assert_ne!(asks, text(5, "2026-12-02"));
    format!("{asks}{more}")
}

/// The sixth version after it, which pays nothing for a kilogram.
fn paying_nothing(fifth: &str) -> String {
    let sixth = fifth.replacen("version = 5", "version = 6", 1).replacen("2026-12-02", "2027-04-01", 1);
    let nothing = sixth.replacen("rate_ceiling_per_kg]\nvalue = 1600", "rate_ceiling_per_kg]\nvalue = 0", 1);
    assert_ne!(nothing, sixth);
    nothing
}

/// 100,000 kg at Rs 6,000, for which the rate gives Rs 16 crore.
const EXAMPLE: &str = r#"
[[examples]]
title = { en = "A year of 100,000 kg", hi = "1,00,000 कि.ग्रा. का एक वर्ष" }
component = "sales_linked_incentive"
amount_paise = 16_00_00_000_00
bound_by = "rate_per_kg"
basis = "assumption"
source = "sample of a test"
lines = [{ date = "2027-06-01", quantity_kg = 100000, amount_paise = 60_00_00_000_00, facts = { sintered_ndfeb = true } }]

[examples.facts]
capacity = 500
rate = 1600_00
awarded_on = "2026-12-02"
commissioned_on = "2026-12-02"
period_from = "2027-04-01"
period_to = "2028-03-31"
"#;

#[apply(on_both!)]
fn what_no_model_shows_is_named_and_needs_an_instrument(app: App) {
    let fifth = asking("");
    let awards = app.under(&fifth, &["lodestone"]);
    let (one, other) = (app.scheme_administrator(), app.other_scheme_administrator());
    let draft = one.drafts_scheme(&paying_nothing(&fifth)).ok();
    let sheet = one.impact(&draft);
    let blind = &sheet["sheet"]["awards"][0]["not_modelled"];
    assert_eq!(blind[0]["component"], SALES);
    assert_eq!((&blind[0]["rule"], &blind[0]["fact"]), (&json!("not_sintered_ndfeb"), &json!("sintered_ndfeb")));
    assert_eq!(sheet["worsened"], json!([awards[0]["number"]]));
    says(&other.publishes(&draft).refused(409, "worsens_awards"), awards[0]["number"].as_str().unwrap());
    let proposed = one.proposes_instrument(&draft).ok();
    assert_eq!(proposed["instrument"]["covers"][0]["not_modelled"], json!([SALES]));
    let approved = app.competent_authority().approves_instrument(&proposed).ok();
    other.publishes(&approved).ok();
    // A version that pays what the award was promised is modelled; that it changes a rule is still named.
    let seventh = paying_nothing(&fifth).replacen("version = 6", "version = 7", 1).replacen(
        "kg]\nvalue = 0",
        "kg]\nvalue = 1600",
        1,
    );
    let draft = one.drafts_scheme(&seventh).ok();
    let sheet = one.impact(&draft);
    assert_eq!(sheet["sheet"]["awards"][0]["not_modelled"], Value::Null);
    let back = json!([{ "key": "figures.rate_ceiling_per_kg.value", "before": 0, "after": 1600 }]);
    assert_eq!(sheet["sheet"]["changed_rules"], back);
    other.publishes(&draft).refused(409, "worsens_awards");
    app.must_verify();
}

#[apply(on_both!)]
fn an_example_shows_what_a_claim_of_its_kind_would_lose(app: App) {
    let fifth = asking(EXAMPLE);
    let awards = app.under(&fifth, &["lodestone"]);
    let one = app.scheme_administrator();
    let nothing = paying_nothing(&fifth);
    let refused = one.drafts_scheme(&nothing).refused(422, "invalid_fields");
    says(&refused, "examples.0.amount_paise");
    says(&refused, "the rules give ₹0.00, bound by rate_per_kg; the example says ₹16,00,00,000.00");
    let draft = one.drafts_scheme(&nothing.replacen("amount_paise = 16_00_00_000_00", "amount_paise = 0", 1)).ok();
    let sheet = one.impact(&draft);
    let example = &sheet["sheet"]["examples"][0];
    assert_eq!((&example["version_before"], &example["loss_paise"]), (&json!(5), &json!(16 * CRORE)));
    // With the facts of the example a full year can be modelled: 500,000 kg at Rs 1,600 are lost.
    let number = awards[0]["number"].as_str().unwrap().to_owned();
    assert_eq!(losses(&sheet), [(number, 0, 0, 80 * CRORE)]);
    assert_eq!(sheet["sheet"]["awards"][0]["not_modelled"], Value::Null);
    let covers = one.proposes_instrument(&draft).ok()["instrument"]["covers"][0].clone();
    assert_eq!((&covers["example_paise"], &covers["model_claim_paise"]), (&json!(16 * CRORE), &json!(80 * CRORE)));
    app.must_verify();
}

#[apply(on_both!)]
fn claims_of_the_last_two_years_are_computed_again(app: App) {
    let awards = app.under_the_fifth(&["lodestone"]);
    let claim = app.drafted_claim("lodestone", &awards[0]);
    let submitted = app.signatory_of("lodestone").submits_claim(&claim).ok();
    assert_eq!(app.verifier().verifies(&submitted).ok()["entitlement_paise"], 16 * CRORE);
    let draft = app.scheme_administrator().drafts_scheme(&half_turnover(6)).ok();
    let sheet = app.scheme_administrator().impact(&draft);
    let award = &sheet["sheet"]["awards"][0];
    let past = &award["past_claims"][0];
    assert_eq!((&past["before_paise"], &past["after_paise"]), (&json!(16 * CRORE), &json!(12 * CRORE)));
    assert_eq!((&past["number"], &past["version_after"]), (&submitted["number"], &json!(6)));
    assert_eq!(award["claims"], json!([]));
    let covers = app.scheme_administrator().proposes_instrument(&draft).ok()["instrument"]["covers"][0].clone();
    assert_eq!(covers["past_claim_paise"], 4 * CRORE);
    // Two years later the claim is no measure any more.
    app.set_clock("2029-04-01T06:30:00Z");
    let later = text_with(6, "2029-04-01", "turnover_share]\nvalue = 4000", "turnover_share]\nvalue = 2000");
    let draft = app.scheme_administrator().drafts_scheme(&later).ok();
    let sheet = app.scheme_administrator().impact(&draft);
    assert_eq!(sheet["sheet"]["awards"][0]["past_claims"], Value::Null);
    app.must_verify();
}

#[apply(on_both!)]
fn an_office_asks_what_a_claim_would_get_under_a_draft(app: App) {
    let award = &app.under_the_fifth(&["lodestone"])[0];
    let draft = app.scheme_administrator().drafts_scheme(&half_turnover(6)).ok();
    let form = app.form_for("lodestone", ("2026-12-03", "2027-03-30"));
    let path = format!("{}/what-if", at("awards", award));
    let under_draft = format!("{path}?scheme_draft={}", draft["id"].as_str().unwrap());
    let gets = |path: &str| app.auditor().post(path, None, &form).unwrap().ok()["statement"].clone();
    let (now, then) = (gets(&path), gets(&under_draft));
    assert_eq!((&now["scheme_version"], &now["entitlement_paise"]), (&json!(5), &json!(16 * CRORE)));
    assert_eq!((&then["scheme_version"], &then["entitlement_paise"]), (&json!(6), &json!(12 * CRORE)));
    // A draft is no matter of the companies.
    let preparer = app.preparer_of("lodestone");
    preparer.post(&under_draft, None, &form).unwrap().refused(403, "not_permitted");
    let nothing = format!("{path}?scheme_draft={}", award["id"].as_str().unwrap());
    app.auditor().post(&nothing, None, &form).unwrap().refused(404, "not_found");
}
