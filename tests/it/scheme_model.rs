//! The whole service beside a short model of its rules: the same random acts, legal and not, go
//! through HTTP to the service and to the model, and after each one both must agree on every balance
//! or on the refusal. `SCHEME_MODEL_ACTS` and `SCHEME_MODEL_SEEDS` (a comma between each) make it long.

mod rules;

use crate::app::App;
use crate::people::{Answered, CRORE, SCHEME, Verbs, at, version};
use chrono::{Days, Months, NaiveDate};
use magnet_scheme::client::Response;
use magnet_scheme::db::accounts;
use magnet_scheme::db::connection::ReadPool;
use magnet_scheme::db::error::DbError;
use magnet_scheme::domain::calendar::FinancialYear;
use magnet_scheme::domain::ledger::{Account, Stage};
use rules::{Act, COMPONENTS, Calendar, Model, Year};
use serde_json::{Value, json};
use std::collections::BTreeMap;

crate::on_both!(random_acts_end_as_the_model_says);
crate::plain!();

/// Each has found, or would have found, something once; kept so that it stays found.
const SEEDS: &[u64] = &[1, 1_345];
const ACTS: u64 = 120;
const ACTS_IN_STORY: u64 = 400;

/// Paise of incentive for one kilogram.
const PER_KG: i64 = 160_000;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % sides as u64) as usize
    }

    /// One of the last few of a list, more often than an old one.
    fn recent(&mut self, length: usize) -> usize {
        if self.roll(5) == 0 { self.roll(length) } else { length - 1 - self.roll(length.min(6)) }
    }
}

/// The calendar as the model asks for it: days counted from a first one.
#[derive(Clone)]
struct Days1(NaiveDate);

impl Days1 {
    fn date(&self, day: i64) -> NaiveDate {
        self.0.checked_add_days(Days::new(day.unsigned_abs())).unwrap()
    }
}

impl Calendar for Days1 {
    fn year(&self, day: i64) -> Year {
        FinancialYear::containing(self.date(day)).to_string()[..4].parse().unwrap()
    }
    fn plus_year(&self, day: i64) -> i64 {
        let then = self.date(day).checked_add_months(Months::new(12)).unwrap();
        then.signed_duration_since(self.0).num_days()
    }
}

fn year_name(year: Year) -> String {
    format!("{year}-{:02}", (year + 1) % 100)
}

/// The service with what a driver has to remember of it.
struct Driver {
    app: App,
    award: Value,
    evidence: Value,
    reads: ReadPool,
    claims: Vec<Value>,
    tranches: Vec<Value>,
    payments: Vec<Value>,
    /// The day of the next claim for sales, counted.
    next_sales: i64,
    utr: u64,
}

impl Driver {
    fn instrument(
        &self,
        kind: &str,
        component: usize,
        year: Option<Year>,
        paise: Option<i64>,
        more: Value,
    ) -> Response {
        let mut form = json!({
            "kind": kind, "scheme_code": SCHEME, "component": COMPONENTS[component], "reference": "Sample", "dated_on": "2026-05-01",
        });
        if let Some(year) = year {
            form["financial_year"] = json!(year_name(year));
        }
        if let Some(paise) = paise {
            form["amount_paise"] = json!(paise);
        }
        for (name, value) in more.as_object().unwrap() {
            form[name] = value.clone();
        }
        let proposed = self.app.scheme_administrator().post("/budget-instruments", None, &form).unwrap();
        if proposed.status != 201 {
            return proposed;
        }
        self.app.other_scheme_administrator().approves(&proposed.ok())
    }

    fn verify(&mut self, paise: i64, day: &str) -> Response {
        let form = json!({
            "component": COMPONENTS[0], "period_from": day, "period_to": day, "amount_claimed_paise": paise,
            "lines": [{ "invoice_number": format!("S/{day}"), "invoice_date": day, "party": "Sample Motors",
                "quantity_kg": paise / PER_KG, "amount_paise": paise * 4 }],
            "evidence": [self.evidence],
        });
        let draft = self.app.preparer().claims(&self.award, &form).ok();
        let answer = self.app.verifier().verifies(&self.app.signatory().submits_claim(&draft).ok());
        if answer.status == 200 {
            let verified = answer.json();
            self.tranches.push(verified["tranche"].clone());
            self.claims.push(verified);
        }
        answer
    }

    /// A record as it is now, so that only the rules can refuse.
    fn now(&self, noun: &str, record: &Value) -> Value {
        self.app.auditor().sees(&at(noun, record))
    }

    fn does(&mut self, act: &Act, calendar: &Days1, day: i64) -> Response {
        match *act {
            Act::Provide { kind, component, year, paise } => {
                self.instrument(kind, component, Some(year), Some(paise), json!({}))
            }
            Act::Revise { component, year, to } => {
                self.instrument("revision", component, Some(year), Some(to), json!({}))
            }
            Act::Surrender { component, year, paise } => {
                self.instrument("surrender", component, Some(year), Some(paise), json!({}))
            }
            Act::Lapse { component, year } => self.instrument("lapse", component, Some(year), None, json!({})),
            Act::Move { from, to, year, paise } => {
                let declaration = json!({ "new_service": false, "expenditure_sanctioned": true, "work_not_approved": false, "contingency_advance": false });
                let more = json!({ "to_component": COMPONENTS[to], "source": "savings", "declaration": declaration });
                self.instrument("re_appropriation", from, Some(year), Some(paise), more)
            }
            Act::Outlay { component, to } => self.instrument("change_of_outlay", component, None, Some(to), json!({})),
            Act::Verify { paise } => {
                self.next_sales += 1;
                let sold = calendar.date(self.next_sales - 1).to_string();
                self.verify(paise, &sold)
            }
            Act::Release { claim } => {
                let seen = self.now("claims", &self.claims[claim]);
                let path = format!("{}/tranches", at("claims", &seen));
                let answer = self.app.verifier().post(&path, version(&seen), &json!({})).unwrap();
                if answer.status < 300 {
                    self.tranches.push(answer.json()["tranche"].clone());
                }
                answer
            }
            Act::Step { tranche, step } => {
                let seen = self.now("tranches", &self.tranches[tranche]);
                match step {
                    "recommendation" => self.app.section_officer().recommends(&seen),
                    "concurrence" => self.app.finance_officer().concurs(&seen),
                    "sanction" => self.app.competent_authority().sanctions(&seen),
                    _ => self.app.section_officer().rejects(&seen),
                }
            }
            Act::Advise { tranche } => {
                let answer = self.app.disbursing_officer().advises(&self.now("tranches", &self.tranches[tranche]));
                if answer.status < 300 {
                    self.payments.push(answer.json());
                }
                answer
            }
            Act::Settle { payment, outcome } => {
                let seen = self.now("payments", &self.payments[payment]);
                if outcome != "succeeded" {
                    return self.app.disbursing_officer().reports_failure(&seen, outcome);
                }
                self.utr += 1;
                let utr = format!("SBINR1{:010}", self.utr);
                self.app.disbursing_officer().confirms(&seen, &utr, &calendar.date(day).to_string())
            }
            Act::Wait { days } => {
                let to = format!("{}T06:30:00Z", calendar.date(day + days));
                self.app.administrator().post("/clock", None, &json!({ "now": to })).unwrap()
            }
        }
    }

    /// Every balance but the sources, by the model's names.
    fn balances(&self) -> BTreeMap<String, i64> {
        let found = self.reads.read::<_, DbError>(accounts::balances).unwrap();
        let name = |account: &Account| {
            let owner = match (&account.award, account.financial_year) {
                (Some(_), _) => "award:".to_owned(),
                (None, Some(year)) => format!("{}:", &year.to_string()[..4]),
                (None, None) => String::new(),
            };
            format!("{}:{owner}{}", account.component, account.stage)
        };
        let shown = found.iter().filter(|one| one.account.stage != Stage::Authorised && one.balance.0 != 0);
        shown.map(|one| (name(&one.account), one.balance.0)).collect()
    }
}

/// An act nobody planned, with a liking for those that lead somewhere.
fn act(dice: &mut Dice, model: &Model<Days1>, next_sales: i64) -> Act {
    let component = dice.roll(4).saturating_sub(1);
    let year = model.year() + [0, 0, 0, 0, 1, -1][dice.roll(6)];
    let some = |dice: &mut Dice| (1 + dice.roll(9) as i64) * CRORE / 10 + dice.roll(2) as i64;
    let room = |stage: &str| model.at(&format!("{}:{year}:{stage}", COMPONENTS[component]));
    // Often to the paisa, or one more.
    let near = |dice: &mut Dice, exact: i64| [exact, exact + 1, exact - 1, exact / 2][dice.roll(4)].max(1);
    match dice.roll(22) {
        0 => {
            let whole = component > 0 && dice.roll(2) == 0;
            let paise = if whole { near(dice, model.room(component)) } else { some(dice) };
            Act::Provide { kind: "provision", component, year, paise }
        }
        1 => Act::Provide { kind: "supplementary", component, year, paise: some(dice) },
        2 => {
            let held = room("reserved") + room("sanctioned") + room("disbursed");
            let to = if dice.roll(2) == 0 { (held - 1 + dice.roll(3) as i64).max(0) } else { held + some(dice) };
            Act::Revise { component, year, to }
        }
        3 => Act::Surrender { component, year, paise: near(dice, room("available")) },
        4 => Act::Lapse { component, year: model.year() - dice.roll(2) as i64 },
        5 => Act::Move { from: component, to: dice.roll(3), year, paise: near(dice, room("available")) },
        6 => {
            let free = model.at(&format!("{}:available", COMPONENTS[component]));
            let bound = near(dice, model.room(component));
            let cut = [near(dice, free), bound, -some(dice), dice.roll(9) as i64 * CRORE][dice.roll(4)];
            Act::Outlay { component, to: (model.outlay[component] - cut).max(0) }
        }
        7..=9 if next_sales < model.day => Act::Verify { paise: (1 + dice.roll(2_000) as i64) * PER_KG },
        10 if !model.claims.is_empty() => Act::Release { claim: dice.recent(model.claims.len()) },
        11..=16 if !model.tranches.is_empty() => {
            let tranche = dice.recent(model.tranches.len());
            let next = match model.tranches[tranche].status {
                "verified" => "recommendation",
                "recommended" => "concurrence",
                "concurred" => "sanction",
                _ => "advice",
            };
            let step =
                ["recommendation", "concurrence", "sanction", "rejection", "advice", next, next, next, next, next]
                    [dice.roll(10)];
            if step == "advice" { Act::Advise { tranche } } else { Act::Step { tranche, step } }
        }
        17..=19 if !model.payments.is_empty() => {
            let outcome =
                ["succeeded", "succeeded", "succeeded", "failed", "unknown", "failed_after_success"][dice.roll(6)];
            Act::Settle { payment: dice.recent(model.payments.len()), outcome }
        }
        _ => {
            let days = [1, 2, 5, 20, 120][dice.roll(5)];
            Act::Wait { days: if model.day + days < 2_300 { days } else { 0 } }
        }
    }
}

fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn random_acts_end_as_the_model_says(app: App) {
    let seeds: Vec<u64> = match setting("SCHEME_MODEL_SEEDS") {
        Some(list) => list.split(',').map(|seed| seed.trim().parse().unwrap()).collect(),
        None => SEEDS.to_vec(),
    };
    let acts: u64 = setting("SCHEME_MODEL_ACTS").map_or(ACTS, |number| number.parse().unwrap());
    let mut ends = BTreeMap::new();
    for seed in seeds {
        // An award lasts seven years, so a long run is many stories.
        for story in 0..acts.div_ceil(ACTS_IN_STORY) {
            let length = ACTS_IN_STORY.min(acts - story * ACTS_IN_STORY);
            play(Driver::start(&app), seed + story * 1_000_003, length, &mut ends);
        }
    }
    let done = ends.get("done").copied().unwrap_or(0);
    let refused: u64 = ends.values().sum::<u64>() - done;
    assert!(done > acts / 4 && refused > acts / 8, "the dice must try both: {ends:?}");
    eprintln!("{} acts ended as the model says: {ends:?}", done + refused);
}

impl Driver {
    /// A plant that sells from its first day, in a sandbox of its own.
    fn start(app: &App) -> Driver {
        let app = App::sandbox(app.engine);
        app.window_is_open();
        let award = app.commissioned("lodestone", 900);
        let evidence = app.preparer().attaches("sales");
        let reads = ReadPool::open(&app.database_url(), 1).unwrap();
        let (claims, tranches, payments) = (Vec::new(), Vec::new(), Vec::new());
        Driver { app, award, evidence, reads, claims, tranches, payments, next_sales: 0, utr: 0 }
    }
}

/// Plays one story; counts how its acts ended.
fn play(mut driver: Driver, seed: u64, acts: u64, ends: &mut BTreeMap<String, u64>) {
    let mut dice = Dice(seed);
    let calendar = Days1(NaiveDate::from_ymd_opt(2026, 5, 1).unwrap());
    let mut model = Model {
        calendar: calendar.clone(),
        day: 0,
        held: driver.balances(),
        outlay: [1_200, 130, 15].map(|crore| crore * CRORE),
        claims: Vec::new(),
        tranches: Vec::new(),
        payments: Vec::new(),
        augmented: Vec::new(),
    };
    for number in 0..acts {
        let act = act(&mut dice, &model, driver.next_sales);
        let before = model.day;
        let expected = model.does(&act);
        let answer = driver.does(&act, &calendar, before);
        let told = if answer.status < 300 { Ok(()) } else { Err(answer.json()["code"].as_str().unwrap().to_owned()) };
        let text = answer.text();
        assert_eq!(
            told.as_ref().map_err(String::as_str),
            expected.as_ref().map_err(|code| *code),
            "seed {seed}, act {number}: {act:?}: {text}"
        );
        // A hold that is overdue already ends when the service next looks, whenever that is.
        let now = Act::Wait { days: 0 };
        if model.is_overdue() {
            driver.does(&now, &calendar, model.day).ok();
            model.does(&now).unwrap();
        }
        model.held.retain(|_, balance| *balance != 0);
        assert_eq!(driver.balances(), model.held, "seed {seed}, act {number}: {act:?}");
        *ends.entry(told.err().unwrap_or_else(|| "done".to_owned())).or_default() += 1;
    }
    driver.app.must_verify();
}
