//! Materials add up over time: a claim opens with what the claim before it left. What opens with more holds its
//! kilograms, in whatever order claims are filed, decided, rejected and supplemented.

use crate::claim::cross_evidence::{balanced, form, recomputes, sale, sold_from_june, verified};
use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, says};
use crate::harness::return_people::ReturnVerbs;
use magnet_scheme::client::Response;
use magnet_scheme::service::revision::recompute::recompute;
use serde_json::{Value, json};

type Days = (&'static str, &'static str);

const FIRST: Days = ("2026-06-01", "2026-06-10");
const SECOND: Days = ("2026-06-11", "2026-06-20");
const THIRD: Days = ("2026-06-21", "2026-06-30");

/// Opening, in, scrap and closing of a material.
type Row = [i64; 4];
const NOTHING: Row = [0, 0, 0, 0];
/// What 1,000 kg of oxide explain: 867 kg of metal, 2,918 of alloy and 2,404 of magnets.
const OXIDE: Row = [0, 1_000, 0, 0];
const METAL: Row = [0, 867, 0, 0];
const ALLOY: Row = [0, 2_918, 0, 0];
const MADE: i64 = 2_404;

/// A claim for so many kilograms sold on the first of its days, with all its materials.
fn sold(app: &App, days: Days, kg: i64, materials: [Row; 4]) -> Value {
    let file = app.preparer().attaches("stock-register");
    let row = |(material, [opening, came_in, scrap, closing]): (&str, Row)| {
        json!({ "material": material, "opening_kg": opening, "in_kg": came_in, "scrap_kg": scrap,
            "closing_kg": closing, "evidence_id": file })
    };
    let rows: Vec<Value> = ["oxide", "metal", "alloy", "magnet"].into_iter().zip(materials).map(row).collect();
    let number = format!("S/{}", &days.0[8..]);
    let mut form = form(app, "lodestone", days, json!([sale(&number, days.0, "Sample Motors", kg)]));
    form["amount_claimed_paise"] = json!(kg * 160_000);
    form["mass_balance"] = json!({ "materials": rows, "dispatched_kg": kg });
    form
}

fn certified(app: &App, mut form: Value) -> Value {
    form["mass_balance"]["opening_evidence_id"] = json!(app.preparer().attaches("stock-certificate"));
    form
}

fn drafts(app: &App, award: &Value, form: &Value) -> Response {
    app.preparer().claims(award, form)
}

fn submitted(app: &App, award: &Value, form: &Value) -> Value {
    app.signatory().submits_claim(&drafts(app, award, form).ok()).ok()
}

/// What a verified claim says of a material: opening, before, gap and left.
fn stock(claim: &Value, material: &str) -> [i64; 4] {
    let stocks = claim["statement"]["stocks"].as_array().unwrap();
    let stock = stocks.iter().find(|stock| stock["material"] == material).unwrap();
    ["opening_kg", "before_kg", "gap_kg", "left_kg"].map(|field| stock[field].as_i64().unwrap())
}

fn all_is_well(app: &App) {
    assert_eq!(recompute(&app.database_url()).unwrap().differences, Vec::<String>::new());
    app.must_verify();
}

#[apply(on_both!)]
fn an_opening_stock_from_nowhere_explains_nothing(app: App) {
    let app = balanced(app.engine);
    let award = sold_from_june(&app);
    let first = verified(&app, &award, &sold(&app, FIRST, MADE, [OXIDE, METAL, ALLOY, [0, MADE, 0, 0]]));
    assert_eq!((&first["held_kg"], stock(&first, "magnet")), (&json!(0), [0, 0, 0, 0]));
    // It closed with nothing. The next one opens with 20,000 kg of magnets, and makes 2,404 more.
    let magnets = [20_000, MADE, 0, 0];
    let second = verified(&app, &award, &sold(&app, SECOND, 20_000 + MADE, [OXIDE, METAL, ALLOY, magnets]));
    assert_eq!((&second["held_kg"], &second["statement"]["counted_kg"]), (&json!(20_000), &json!(MADE)));
    assert_eq!(second["tranche"]["amount_paise"], json!(MADE * 160_000));
    assert_eq!(stock(&second, "magnet"), [20_000, 0, 20_000, 0]);
    // The same of any material before magnets, and of a certificate of what the service knows better.
    let alloy = [30_000, 2_918, 0, 0];
    let third = sold(&app, THIRD, 20_000, [OXIDE, METAL, alloy, [0, 20_000, 0, 0]]);
    let third = verified(&app, &award, &certified(&app, third));
    assert_eq!((&third["held_kg"], stock(&third, "alloy")), (&json!(20_000 - MADE), [30_000, 0, 30_000, 0]));
    recomputes(&app, &second);
    all_is_well(&app);
}

#[apply(on_both!)]
fn a_supplement_of_the_first_claim_opens_with_what_that_one_opened_with(app: App) {
    let app = balanced(app.engine);
    let award = sold_from_june(&app);
    let made = MADE + 361;
    let first = verified(&app, &award, &sold(&app, FIRST, made, [OXIDE, METAL, ALLOY, [0, made, 0, 0]]));
    assert_eq!(first["held_kg"], 361);
    // There was no alloy, the first claim said. A certificate of 5,000 kg on the same day says otherwise.
    let with_alloy = sold(&app, FIRST, 361, [OXIDE, METAL, [5_000, 2_918, 0, 0], [0, made, 0, 0]]);
    let mut supplement = certified(&app, with_alloy);
    supplement["mass_balance"]["dispatched_kg"] = json!(made);
    supplement["supplements"] = first["id"].clone();
    let supplement = submitted(&app, &award, &supplement);
    app.verifier().verifies(&supplement).refused(409, "nothing_payable");
    all_is_well(&app);
}

#[apply(on_both!)]
fn what_a_claim_leaves_the_next_one_opens_with(app: App) {
    let app = balanced(app.engine);
    let award = sold_from_june(&app);
    let left_over = [0, MADE, 0, 404];
    let first = verified(&app, &award, &sold(&app, FIRST, 2_000, [[0, 1_500, 0, 500], METAL, ALLOY, left_over]));
    assert_eq!((stock(&first, "oxide")[3], stock(&first, "magnet")[3]), (500, 404));
    let more = sold(&app, SECOND, 405, [NOTHING, NOTHING, NOTHING, [405, 0, 0, 0]]);
    let second = verified(&app, &award, &more);
    assert_eq!((&second["held_kg"], stock(&second, "magnet")), (&json!(1), [405, 404, 1, 0]));
    // The oxide of the first claim was not in the second one: the third does not open with it.
    let third = sold(&app, THIRD, 1_200, [[500, 500, 0, 0], [0, 433, 0, 0], [0, 1_457, 0, 0], [0, 1_200, 0, 0]]);
    let third = verified(&app, &award, &third);
    assert_eq!((&third["held_kg"], stock(&third, "oxide")), (&json!(0), [500, 0, 500, 0]));
    recomputes(&app, &first);
    all_is_well(&app);
}

#[apply(on_both!)]
fn a_closing_stock_that_nothing_explains_is_not_opened_with(app: App) {
    let app = balanced(app.engine);
    let award = sold_from_june(&app);
    // 9,000 kg of magnets are said to be made of 1,000 kg of oxide, and 7,000 of them to be left.
    let first = sold(&app, FIRST, 2_000, [OXIDE, METAL, ALLOY, [0, 9_000, 0, 7_000]]);
    let first = submitted(&app, &award, &first);
    app.verifier().verifies(&first).refused(409, "nothing_payable");
    app.verifier().rejects_claim(&first).ok();
    let mut again = sold(&app, FIRST, 2_000, [OXIDE, METAL, ALLOY, [0, 9_000, 0, 1_404]]);
    again["lines"][0]["invoice_number"] = json!("S/01A");
    let first = verified(&app, &award, &again);
    assert_eq!((&first["held_kg"], stock(&first, "magnet")[3]), (&json!(1_000), 1_404), "counted 1,000, left 1,404");
    let second = sold(&app, SECOND, 1_405, [NOTHING, NOTHING, NOTHING, [1_405, 0, 0, 0]]);
    assert_eq!(verified(&app, &award, &second)["held_kg"], 1);
    all_is_well(&app);
}

#[apply(on_both!)]
fn the_first_claim_opens_with_what_is_certified(app: App) {
    let app = balanced(app.engine);
    let award = sold_from_june(&app);
    let form = sold(&app, FIRST, 500, [NOTHING, NOTHING, NOTHING, [500, 0, 0, 0]]);
    let problem = drafts(&app, &award, &form).refused(422, "invalid_fields");
    let error = &problem["errors"][0];
    assert_eq!(
        (&error["pointer"], &error["code"]),
        (&json!("/form/mass_balance/opening_evidence_id"), &json!("opening_certificate"))
    );
    let mut unknown = form.clone();
    unknown["mass_balance"]["opening_evidence_id"] = json!(uuid::Uuid::now_v7());
    drafts(&app, &award, &unknown).refused(409, "evidence_unknown");
    let claim = verified(&app, &award, &certified(&app, form));
    assert_eq!((&claim["held_kg"], stock(&claim, "magnet")), (&json!(0), [500, 500, 0, 0]));
    let inputs = claim["statement"]["inputs"].as_array().unwrap();
    let before = inputs.iter().find(|input| input["name"] == "magnet_before_kg").unwrap();
    assert_eq!((&before["value"], before["evidence_digest"].as_str().unwrap().len()), (&json!("500"), 64));
    all_is_well(&app);
}

#[apply(on_both!)]
fn a_claim_of_earlier_days_leaves_what_the_later_one_opened_with(app: App) {
    let app = balanced(app.engine);
    let award = sold_from_june(&app);
    let later = sold(&app, SECOND, 500, [NOTHING, NOTHING, NOTHING, [500, 0, 0, 0]]);
    let later = verified(&app, &award, &certified(&app, later));
    assert_eq!(later["held_kg"], 0);
    // The magnets that the later claim sold were there: the earlier one did not sell them too.
    let form = sold(&app, FIRST, MADE, [OXIDE, METAL, ALLOY, [0, MADE, 0, 0]]);
    let earlier = verified(&app, &award, &form);
    assert_eq!((&earlier["held_kg"], stock(&earlier, "magnet")[3]), (&json!(500), 500));
    recomputes(&app, &earlier);
    all_is_well(&app);
}

#[apply(on_both!)]
fn a_claim_waits_for_the_decision_on_the_one_before(app: App) {
    let app = balanced(app.engine);
    let award = sold_from_june(&app);
    let made = |opening: i64, closing: i64| [OXIDE, METAL, ALLOY, [opening, MADE, 0, closing]];
    verified(&app, &award, &sold(&app, FIRST, 2_304, made(0, 100)));
    let second = submitted(&app, &award, &sold(&app, SECOND, 2_100, made(100, 404)));
    let third = submitted(&app, &award, &sold(&app, THIRD, 2_808, made(404, 0)));
    let problem = app.verifier().verifies(&third).refused(409, "earlier_claim_open");
    says(&problem, second["number"].as_str().unwrap());
    // A rejected claim leaves nothing: what the first one left is all there is.
    app.verifier().rejects_claim(&second).ok();
    let third = app.verifier().verifies(&third).ok();
    assert_eq!((&third["held_kg"], stock(&third, "magnet")), (&json!(304), [404, 100, 304, 0]));
    // Filed again, it leaves at least what the third one opened with; what was held is claimed again.
    let mut again = sold(&app, SECOND, 2_100, made(100, 404));
    again["lines"][0]["invoice_number"] = json!("S/11A");
    let again = verified(&app, &award, &again);
    assert_eq!((&again["held_kg"], stock(&again, "magnet")[3]), (&json!(0), 404));
    let mut supplement = sold(&app, THIRD, 304, made(404, 0));
    supplement["supplements"] = third["id"].clone();
    let supplement = verified(&app, &award, &supplement);
    assert_eq!((&supplement["held_kg"], &supplement["eligible_kg"]), (&json!(0), &json!(304)));
    recomputes(&app, &supplement);
    all_is_well(&app);
}

#[apply(on_both!)]
fn a_returned_claim_is_not_waited_for(app: App) {
    let app = balanced(app.engine);
    let award = sold_from_june(&app);
    let made = |opening: i64, closing: i64| [OXIDE, METAL, ALLOY, [opening, MADE, 0, closing]];
    let first = submitted(&app, &award, &sold(&app, FIRST, 2_000, made(0, 404)));
    let second = submitted(&app, &award, &sold(&app, SECOND, 2_808, made(404, 0)));
    let first = app.verifier().sends_back("claims", &first).ok();
    let second = app.verifier().verifies(&second).ok();
    assert_eq!(second["held_kg"], 404, "it opens with what nobody has decided");
    let first = app.preparer().corrects(&first, &sold(&app, FIRST, 2_000, made(0, 404))).ok();
    let first = app.signatory().submits_claim(&first).ok();
    assert_eq!(app.verifier().verifies(&first).ok()["held_kg"], 0);
    all_is_well(&app);
}

#[apply(on_both!)]
fn a_supplement_does_not_use_the_same_material_again(app: App) {
    let app = balanced(app.engine);
    let award = sold_from_june(&app);
    let materials = [OXIDE, METAL, ALLOY, [0, 2_765, 0, 0]];
    let first = verified(&app, &award, &sold(&app, FIRST, 2_765, materials));
    assert_eq!(first["held_kg"], 361);
    // It says that 361 kg left the plant in these days. 2,765 did.
    let mut supplement = sold(&app, FIRST, 361, materials);
    supplement["supplements"] = first["id"].clone();
    app.verifier().verifies(&submitted(&app, &award, &supplement)).refused(409, "nothing_payable");
    app.must_verify();
}
