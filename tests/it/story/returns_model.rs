//! Returning and resubmitting in any order, compared with a short model: people who hold one role or many try steps,
//! returns, corrections and verifications on a few claims. After each act the model and the service must agree on the
//! outcome, the state and every reserved rupee; and nobody is ever on two steps of one tranche.
//! `RETURNS_MODEL_ACTS` and `RETURNS_MODEL_SEEDS` (separated by commas) make the run longer.

use crate::harness::app::App;
use crate::harness::dice::Dice;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at, stages};
use crate::harness::return_people::ReturnVerbs;
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const SALES: &str = "sales_linked_incentive";
const SEEDS: &[u64] = &[1, 2];
const ACTS: u64 = 120;
const PER_KG: i64 = 160_000;
const CLAIMS: usize = 4;

/// The desks in order; a tranche that lies at a desk waits for the step of the same name.
const DESKS: [&str; 6] = ["prepare", "verify", "recommend", "concur", "sanction", "pay"];
const ROLES: [&str; 6] =
    ["preparer", "verifier", "section_officer", "finance_officer", "competent_authority", "disbursing_officer"];

/// A person of the story, with the places of their desks; 0 is for who prepares, and `signs` for who signs.
struct Somebody {
    person: Arc<Person>,
    desks: BTreeSet<usize>,
    signs: bool,
}

#[derive(Clone, Debug)]
enum Act {
    Correct {
        kg: i64,
        invoice: usize,
    },
    Submit,
    Reject,
    /// Takes the step of this desk.
    Step(usize),
    ReturnClaim,
    ReturnTranche(usize),
}

/// What the model knows of one claim and its only live tranche.
#[derive(Clone, Debug, Default)]
struct Model {
    /// `submitted`, `returned`, `verified` or `rejected`.
    status: &'static str,
    kg: i64,
    invoice: usize,
    /// What it was when it was returned: nobody hands it on without a change.
    returned: (i64, usize),
    /// The desk where its tranche lies, while money is held for it.
    desk: Option<usize>,
    held: i64,
    /// Whether the company's own steps fell, and are recorded again at the next verification.
    corrected: bool,
    /// The desk at which each person acted on the tranche.
    acted: BTreeMap<usize, usize>,
    /// Who prepared and who signed it, ever.
    prepared: BTreeSet<usize>,
    signed: BTreeSet<usize>,
    last: (usize, usize),
}

impl Model {
    /// Whether a person may act at a desk of the tranche.
    fn apart(&mut self, who: usize, desk: usize) -> Result<(), &'static str> {
        if *self.acted.entry(who).or_insert(desk) == desk { Ok(()) } else { Err("same_person") }
    }

    fn is_live(&self) -> bool {
        self.status != "rejected"
    }

    /// The outcome of an act by somebody, and what becomes of the claim.
    fn does(
        &mut self,
        who: usize,
        somebody: &Somebody,
        act: &Act,
        taken: &BTreeSet<usize>,
    ) -> Result<(), &'static str> {
        let sits = |desk: usize| if somebody.desks.contains(&desk) { Ok(()) } else { Err("not_permitted") };
        let must_be = |holds: bool| if holds { Ok(()) } else { Err("wrong_state") };
        match *act {
            Act::Correct { kg, invoice } => {
                sits(0)?;
                must_be(self.status == "returned")?;
                if self.signed.contains(&who) {
                    return Err("same_person");
                }
                if self.returned == (kg, invoice) {
                    return Err("claim_unchanged");
                }
                if taken.contains(&invoice) {
                    return Err("invoice_claimed");
                }
                (self.kg, self.invoice, self.last.0) = (kg, invoice, who);
            }
            Act::Submit => {
                if !somebody.signs {
                    return Err("not_permitted");
                }
                must_be(self.status == "returned")?;
                if self.prepared.contains(&who) || self.last.0 == who {
                    return Err("same_person");
                }
                (self.status, self.last.1) = ("submitted", who);
                self.prepared.insert(self.last.0);
                self.signed.insert(who);
            }
            Act::Reject => {
                sits(1)?;
                must_be(self.status == "submitted")?;
                if self.desk.is_some() {
                    self.apart(who, 1)?;
                }
                (self.status, self.held, self.desk) = ("rejected", 0, None);
            }
            Act::Step(1) => {
                sits(1)?;
                must_be(self.status == "submitted")?;
                if self.desk.is_none() {
                    self.acted.clear();
                }
                self.apart(who, 1)?;
                (self.status, self.desk, self.held) = ("verified", Some(2), self.kg * PER_KG);
                self.corrected = false;
            }
            Act::Step(desk) => {
                sits(desk)?;
                must_be(self.desk == Some(desk))?;
                self.apart(who, desk)?;
                self.desk = Some(desk + 1);
            }
            Act::ReturnClaim => {
                sits(1)?;
                must_be(self.status == "submitted")?;
                if self.desk.is_some() {
                    self.apart(who, 1)?;
                    self.corrected = true;
                }
                (self.status, self.returned) = ("returned", (self.kg, self.invoice));
            }
            Act::ReturnTranche(to) => {
                if somebody.desks.iter().all(|desk| *desk < 2) {
                    return Err("not_permitted");
                }
                let from = self.desk.ok_or("wrong_state")?;
                if !somebody.desks.contains(&from) {
                    return Err("not_your_desk");
                }
                must_be(to < from)?;
                self.apart(who, from)?;
                self.desk = Some(to);
                if to == 1 {
                    self.status = "submitted";
                }
            }
        }
        Ok(())
    }
}

/// The service, with the claims and tranches by their places in the model.
struct Driver {
    app: App,
    people: Vec<Somebody>,
    claims: Vec<Value>,
    tranches: Vec<Option<Value>>,
    evidence: Value,
}

impl Driver {
    fn start(app: App) -> Driver {
        app.window_is_open();
        app.provided(SALES, "2026-27", 500 * CRORE);
        let award = app.commissioned("lodestone", 900);
        app.set_clock("2026-09-01T06:30:00Z");
        let company = app.organisation("lodestone")["id"].clone();
        let of_company = |who: &str, roles: &[&str]| app.person(who, roles, Some(&company));
        let office = |who: &str, roles: &[&str]| app.person(who, roles, None);
        let mut people = Vec::new();
        let mut add = |person: Arc<Person>, desks: &[usize], signs: bool| {
            people.push(Somebody { person, desks: desks.iter().copied().collect(), signs });
        };
        add(app.preparer(), &[0], false);
        add(app.signatory(), &[], true);
        add(of_company("company-both", &["preparer", "signatory"]), &[0], true);
        add(of_company("company-both-two", &["preparer", "signatory"]), &[0], true);
        for (desk, role) in ROLES.iter().enumerate().skip(1) {
            add(office(&format!("office-{desk}"), &[*role]), &[desk], false);
        }
        add(office("office-all", &ROLES[1..]), &[1, 2, 3, 4, 5], false);
        add(office("office-all-two", &ROLES[1..]), &[1, 2, 3, 4, 5], false);
        add(office("office-middle", &ROLES[2..4]), &[2, 3], false);
        let evidence = app.preparer().attaches("sales");
        let mut driver = Driver { app, people, claims: Vec::new(), tranches: vec![None; CLAIMS], evidence };
        for place in 0..CLAIMS {
            let draft = driver.app.preparer().claims(&award, &driver.form(place, 100, place)).ok();
            driver.claims.push(driver.app.signatory().submits_claim(&draft).ok());
        }
        driver
    }

    fn form(&self, place: usize, kg: i64, invoice: usize) -> Value {
        let day = format!("2026-08-{:02}", place + 1);
        let mut form = self.app.sales_form("lodestone", Sales::at_the_rate(&day, &day, kg));
        form["lines"][0]["invoice_number"] = json!(format!("S/{invoice}"));
        form["evidence"] = json!([self.evidence]);
        form
    }

    fn does(&mut self, place: usize, who: usize, act: &Act) -> Response {
        let claim = self.app.auditor().sees(&at("claims", &self.claims[place]));
        let tranche = self.tranches[place].as_ref().map(|tranche| self.app.tranche(tranche));
        let person = Arc::clone(&self.people[who].person);
        // A claim without a tranche gets the acts on tranches of the one it had, or none.
        let tranche = |then: &dyn Fn(&Value) -> Response| then(tranche.as_ref().unwrap());
        match *act {
            Act::Correct { kg, invoice } => person.corrects(&claim, &self.form(place, kg, invoice)),
            Act::Submit => person.submits_claim(&claim),
            Act::Reject => person.rejects_claim(&claim),
            Act::ReturnClaim => person.sends_back("claims", &claim),
            Act::Step(1) => {
                let answer = person.verifies(&claim);
                if answer.status == 200 {
                    self.tranches[place] = Some(answer.json()["tranche"].clone());
                }
                answer
            }
            Act::Step(2) => tranche(&|one| person.recommends(one)),
            Act::Step(3) => tranche(&|one| person.concurs(one)),
            Act::Step(_) => tranche(&|one| person.sanctions(one)),
            Act::ReturnTranche(to) => tranche(&|one| person.returns_to(one, DESKS[to])),
        }
    }

    /// Nobody is on two steps, what stands leads to the desk where the tranche lies, and its money is the model's.
    fn check(&self, place: usize, model: &Model, told: &str) {
        let claim = self.app.auditor().sees(&at("claims", &self.claims[place]));
        assert_eq!(claim["status"], model.status, "{told}");
        let Some(tranche) = &self.tranches[place] else { return };
        let now = self.app.tranche(tranche);
        let mut steps: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for step in now["steps"].as_array().unwrap() {
            steps.entry(step["taken_by"].as_str().unwrap()).or_default().insert(step["step"].as_str().unwrap());
        }
        for one in now["returns"].as_array().into_iter().flatten() {
            steps.entry(one["returned_by"].as_str().unwrap()).or_default().insert(one["from"].as_str().unwrap());
        }
        assert!(steps.values().all(|taken| taken.len() == 1), "{told}: {now}");
        let Some(desk) = model.desk else { return };
        assert_eq!((now["amount_paise"].as_i64(), &now["held_in"]), (Some(model.held), &json!("2026-27")), "{told}");
        let all = now["steps"].as_array().unwrap().iter().filter(|step| step.get("fallen").is_none());
        let stands: BTreeSet<usize> =
            all.filter_map(|step| DESKS.iter().position(|desk| step["step"] == *desk)).collect();
        let lies = if model.corrected { 0 } else { desk };
        assert_eq!(stands, (0..lies).collect::<BTreeSet<usize>>(), "{told}: {now}");
    }
}

/// A random act by a random person, with a preference for those that lead somewhere.
fn act(dice: &mut Dice, model: &Model, people: &[Somebody], fresh: usize) -> (usize, Act) {
    let roll = |dice: &mut Dice, sides: usize| dice.roll(sides as u64) as usize;
    let correct = |dice: &mut Dice| Act::Correct {
        kg: 10 + dice.roll(200) as i64,
        invoice: if dice.roll(3) == 0 { fresh } else { roll(dice, CLAIMS + 3) },
    };
    let next = match (model.status, model.desk) {
        ("submitted", _) => {
            if dice.roll(3) == 0 {
                Act::ReturnClaim
            } else {
                Act::Step(1)
            }
        }
        ("returned", _) => {
            if dice.roll(2) == 0 {
                correct(dice)
            } else {
                Act::Submit
            }
        }
        (_, Some(desk)) if desk < 5 && dice.roll(5) > 1 => Act::Step(desk),
        (_, Some(desk)) => Act::ReturnTranche(1 + roll(dice, desk.max(2) - 1)),
        _ => Act::Reject,
    };
    let has_tranche = model.held > 0 || !model.acted.is_empty();
    let act = match dice.roll(12) {
        0 => correct(dice),
        1 => Act::Submit,
        2 => Act::ReturnClaim,
        3 if has_tranche => Act::ReturnTranche(1 + roll(dice, 4)),
        4 if has_tranche => Act::Step(1 + roll(dice, 4)),
        5 if dice.roll(12) == 0 => Act::Reject,
        _ => next,
    };
    let desk = match act {
        Act::Correct { .. } => Some(0),
        Act::Reject | Act::ReturnClaim => Some(1),
        Act::Step(desk) => Some(desk),
        Act::ReturnTranche(_) => model.desk,
        Act::Submit => None,
    };
    let fits = |one: &Somebody| desk.map_or(one.signs, |desk| one.desks.contains(&desk));
    let able: Vec<usize> = (0..people.len()).filter(|place| fits(&people[*place])).collect();
    let who =
        if able.is_empty() || dice.roll(8) == 0 { roll(dice, people.len()) } else { able[roll(dice, able.len())] };
    (who, act)
}

#[apply(on_both!)]
fn returns_in_any_order_end_as_the_model_says(app: App) {
    let setting = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let seeds: Vec<u64> = match setting("RETURNS_MODEL_SEEDS") {
        Some(list) => list.split(',').map(|seed| seed.trim().parse().unwrap()).collect(),
        None => SEEDS.to_vec(),
    };
    let acts: u64 = setting("RETURNS_MODEL_ACTS").map_or(ACTS, |number| number.parse().unwrap());
    let mut ends: BTreeMap<String, u64> = BTreeMap::new();
    for seed in seeds {
        play(Driver::start(App::sandbox(app.engine)), seed, acts, &mut ends);
    }
    let of = |name: &str| ends.get(name).copied().unwrap_or(0);
    for needed in ["done", "same_person", "wrong_state", "not_permitted", "done:ReturnTranche", "done:ReturnClaim"] {
        assert!(of(needed) > acts / 30, "the dice must try {needed}: {ends:?}");
    }
    eprintln!("acts ended as the model says: {ends:?}");
}

fn play(mut driver: Driver, seed: u64, acts: u64, ends: &mut BTreeMap<String, u64>) {
    let mut dice = Dice(seed);
    let first = |place: usize| Model {
        status: "submitted",
        kg: 100,
        invoice: place,
        prepared: [0].into(),
        signed: [1].into(),
        last: (0, 1),
        ..Model::default()
    };
    let mut models: Vec<Model> = (0..CLAIMS).map(first).collect();
    for number in 0..acts {
        let place = dice.roll(CLAIMS as u64) as usize;
        let (who, act) = act(&mut dice, &models[place], &driver.people, 100 + number as usize);
        let others = models.iter().enumerate().filter(|(other, model)| *other != place && model.is_live());
        let taken: BTreeSet<usize> = others.map(|(_, model)| model.invoice).collect();
        let mut after = models[place].clone();
        let expected = after.does(who, &driver.people[who], &act, &taken);
        let answer = driver.does(place, who, &act);
        let code = answer.json()["code"].as_str().map(str::to_owned);
        let told = format!("seed {seed}, act {number}: person {who}, claim {place}: {act:?}: {}", answer.text());
        assert_eq!(code.as_deref(), expected.err(), "{told}");
        if expected.is_ok() {
            models[place] = after;
            let name = format!("{act:?}");
            *ends.entry(format!("done:{}", name.split(['(', ' ']).next().unwrap())).or_default() += 1;
        }
        *ends.entry(code.unwrap_or_else(|| "done".to_owned())).or_default() += 1;
        driver.check(place, &models[place], &told);
        let sum = |sanctioned: bool| {
            let held = models.iter().filter(|model| model.desk.is_some_and(|desk| (desk == 5) == sanctioned));
            held.map(|model| model.held).sum::<i64>()
        };
        let year = stages(&driver.app.budget("financial_year", SALES, Some("2026-27")));
        let expected = [500 * CRORE, 500 * CRORE - sum(false) - sum(true), 0, sum(false), sum(true), 0];
        assert_eq!(year, expected, "{told}");
        if number % 30 == 0 {
            driver.app.must_verify();
        }
    }
    driver.app.must_verify();
    let run = driver.app.competent_authority().post("/controls/runs", None, &json!({})).unwrap().ok();
    assert_eq!(run["red"].as_i64().unwrap_or(0), 0, "{run}");
}
