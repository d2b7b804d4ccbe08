//! What a payee ends with, whatever comes first: a claim is paid, certified, corrected by credit notes, asked back,
//! returned by the bank, paid again and lapses in a random order. Three figures of the model say what the payee may
//! keep; they are compared with the records after each act, and with the money itself when the matter is ended.
//! `PAID_BACK_CLAIMS` plays more claims for each seed, and `PAID_BACK_SEEDS` (separated by commas) other seeds.

mod acts;

use super::scheme_model::Dice;
use crate::claim::staged_release::staged;
use crate::harness::app::{App, has_only};
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at};
use crate::harness::recovery_people::Recovers;
use chrono::{DateTime, Days, Duration, NaiveDate, SecondsFormat};
use magnet_scheme::client::Response;
use serde_json::{Value, json};

const SALES: &str = "sales_linked_incentive";
const PER_KG: i64 = 160_000;
const KG: i64 = 250;
/// Few, because a whole run has little time: longer runs find more.
const SEEDS: &[u64] = &[1];
const CLAIMS: u64 = 2;
const RUPEE: i64 = 100;
/// Controls that warn of what people left undone in the years that went by.
const WARNS: &[&str] = &[
    "certificates_in_time",
    "recoveries_in_time",
    "holds_in_term",
    "sanctions_in_term",
    "delays_answered",
    "guarantees_run",
];

/// What the payee of one claim may keep.
#[derive(Clone, Debug)]
struct May {
    /// What was granted of the claim, whether it is paid, under way or waits.
    granted: i64,
    withheld: i64,
    /// What recoveries ask of that, or brought back.
    asked: i64,
    /// Principal that was asked and given up.
    given_up: i64,
    /// The entitlement, once it is settled finally.
    certified: Option<i64>,
}

impl May {
    /// The final certificate or credit notes: the payee keeps the entitlement, or what was granted less what is asked
    /// if that is less. What is granted beyond both is asked back, also where a bank return kept it as interest.
    fn settle(&mut self, entitled: i64, paid: i64) {
        let keeps = entitled.min(self.granted.max(entitled) - self.asked);
        // Money that was paid already stays paid, and is asked back.
        self.granted = (keeps + self.asked).max(paid);
        self.asked = self.granted - keeps;
        (self.withheld, self.certified) = (0, Some(entitled));
    }

    /// So much is asked no more; a final certificate keeps of it what it counted.
    fn drop_notices(&mut self, dropped: i64) {
        self.asked -= dropped;
        self.asked += self.beyond().min(dropped);
    }

    /// What the payee would keep beyond its final entitlement.
    fn beyond(&self) -> i64 {
        self.certified.map_or(0, |entitled| (self.granted - self.asked - entitled).max(0))
    }

    fn keeps(&self) -> i64 {
        self.granted - self.asked + self.given_up
    }
}

/// One claim, as the service shows it.
struct Matter<'a> {
    app: &'a App,
    claim: Value,
    may: May,
    /// The last number that was used for a reference.
    used: &'a mut u64,
    told: Vec<String>,
}

#[apply(on_both!)]
fn whatever_comes_first_the_payee_ends_with_what_it_may_keep(app: App) {
    let setting = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let seeds = setting("PAID_BACK_SEEDS")
        .map_or(SEEDS.to_vec(), |list| list.split(',').map(|seed| seed.trim().parse().unwrap()).collect());
    let claims: u64 = setting("PAID_BACK_CLAIMS").map_or(CLAIMS, |number| number.parse().unwrap());
    for seed in seeds {
        // An award lasts seven years, and a sanction that lapses takes one of them.
        for part in 0..claims.div_ceil(24) {
            play(&app, seed + part * 1_000_003, 24.min(claims - part * 24));
        }
    }
}

fn play(app: &App, seed: u64, claims: u64) {
    let app = App::sandbox_with(app.engine, |config| has_only(config, &staged(&[(SALES, 7_500)])));
    app.window_is_open();
    for year in 2026..2032 {
        app.provided(SALES, &format!("{year}-{:02}", (year + 1) % 100), 50 * CRORE);
    }
    let award = app.commissioned("lodestone", 900);
    let (mut dice, mut used, mut lapses) = (Dice(seed), 0, 0);
    for number in 0..claims {
        let day = NaiveDate::from_ymd_opt(2026, 5, 1).unwrap() + Days::new(number);
        set_clock(&app, today(&app).max(day + Days::new(1)));
        let day = day.to_string();
        let sales = Sales { days: (&day, &day), kg: KG, turnover_paise: KG * PER_KG * 4, claimed_paise: KG * PER_KG };
        let verified = app.verifier().verifies(&app.claimed_sales("lodestone", &award, sales)).ok();
        let whole = KG * PER_KG;
        let may = May { granted: whole / 4 * 3, withheld: whole / 4, asked: 0, given_up: 0, certified: None };
        let told = vec![format!("seed {seed}, claim {number}")];
        let mut matter = Matter { app: &app, claim: verified, may, used: &mut used, told };
        matter.pay();
        for _ in 0..5 + dice.roll(7) {
            lapses += matter.act(&mut dice, lapses < 4);
            matter.adds_up();
        }
        matter.end();
    }
    app.must_verify();
}

fn today(app: &App) -> NaiveDate {
    app.anybody("GET", "/api/v1/clock", None).json()["now"].as_str().unwrap()[..10].parse().unwrap()
}

fn set_clock(app: &App, day: NaiveDate) {
    if day > today(app) {
        app.administrator().post("/clock", None, &json!({ "now": format!("{day}T06:30:00Z") })).unwrap().ok();
    }
}

/// The service looks for holds that are over when the clock is moved: here by a minute of the same day.
fn looks_at_holds(app: &App) {
    let now = app.anybody("GET", "/api/v1/clock", None).json()["now"].as_str().unwrap().to_owned();
    let later = DateTime::parse_from_rfc3339(&now).unwrap().to_utc() + Duration::minutes(1);
    let later = later.to_rfc3339_opts(SecondsFormat::Secs, true);
    app.administrator().post("/clock", None, &json!({ "now": later })).unwrap().ok();
}

fn paise(record: &Value, name: &str) -> i64 {
    record[name].as_i64().unwrap()
}

impl Matter<'_> {
    fn list(&self, path: &str) -> Vec<Value> {
        self.app.auditor().sees(path)["data"].as_array().unwrap().clone()
    }

    fn tranches(&self) -> Vec<Value> {
        self.list(&format!("/tranches?claim_id={}&limit=100", self.claim["id"].as_str().unwrap()))
    }

    fn paid(&self) -> Vec<Value> {
        self.list(&format!("/selections/disbursements?claim_id={}&limit=100", self.claim["id"].as_str().unwrap()))
    }

    fn recoveries(&self) -> Vec<Value> {
        self.recoveries_of(&self.paid())
    }

    fn recoveries_of(&self, paid: &[Value]) -> Vec<Value> {
        let ours: Vec<&Value> = paid.iter().map(|one| &one["id"]).collect();
        let id = self.claim["award_id"].as_str().unwrap();
        let all = self.list(&format!("/recoveries?award_id={id}&limit=200"));
        let mut found: Vec<Value> = all.into_iter().filter(|one| ours.contains(&&one["disbursement_id"])).collect();
        found.sort_by_key(|one| one["number"].as_str().unwrap().to_owned());
        found
    }

    /// One of these recoveries in one of these states, with its credits.
    fn recovery(&self, dice: &mut Dice, states: &[&str]) -> Option<Value> {
        let mut found = self.recoveries();
        found.retain(|one| states.contains(&one["status"].as_str().unwrap()));
        let one = (!found.is_empty()).then(|| found.swap_remove(dice.roll(found.len())))?;
        Some(self.app.auditor().sees(&at("recoveries", &one)))
    }

    fn now(&self) -> Value {
        self.app.auditor().sees(&at("claims", &self.claim))
    }

    fn reference(&mut self, of: &str) -> String {
        *self.used += 1;
        format!("{of}{:0width$}", self.used, width = 16 - of.len())
    }

    /// Whether an act was done; a refusal is told, and leaves what was.
    fn done(&mut self, what: &str, answer: &Response) -> bool {
        let code = if answer.status < 300 { "done".to_owned() } else { answer.json()["code"].to_string() };
        assert!(answer.status < 500, "{what}: {}: {:?}", answer.text(), self.told);
        self.told.push(format!("{what}: {code}"));
        answer.status < 300
    }

    /// What bank returns kept of payments whose tranches stand for less by that.
    fn kept(&self) -> i64 {
        let paid = self.paid();
        self.kept_of(&paid, &self.tranches(), &self.recoveries_of(&paid))
    }

    fn kept_of(&self, paid: &[Value], tranches: &[Value], recoveries: &[Value]) -> i64 {
        let stood = |id: &Value, status: &str| paid.iter().any(|one| one["id"] == *id && one["status"] == status);
        let pays = |id: &Value| paid.iter().any(|one| one["tranche_id"] == *id && one["status"] == "succeeded");
        let beside = |id: &Value| {
            let status = &tranches.iter().find(|one| one["id"] == *id).unwrap()["status"];
            status != "disbursed" || pays(id)
        };
        let came_back = recoveries.iter().filter(|one| stood(&one["disbursement_id"], "failed_after_success"));
        let counted = came_back.filter(|one| beside(&one["tranche_id"]));
        counted.map(|one| self.credited(one, &["bank_return"], &["principal", "interest"])).sum()
    }

    /// What the credits of these kinds have of these parts.
    fn credited(&self, recovery: &Value, kinds: &[&str], parts: &[&str]) -> i64 {
        let file = self.app.auditor().sees(&at("recoveries", recovery));
        let credits = file["credits"].as_array().unwrap().iter();
        let counts = credits.filter(|one| one["status"] == "done" && kinds.contains(&one["kind"].as_str().unwrap()));
        counts.map(|one| parts.iter().map(|part| paise(one, &format!("{part}_paise"))).sum::<i64>()).sum()
    }

    /// The interest that came in, with every credit that stands.
    fn interest(&self) -> i64 {
        let of = |one: &Value| {
            self.credited(one, &["receipt", "set_off", "bank_return"], &["interest"])
                - self.credited(one, &["set_off_undone"], &["interest"])
        };
        self.recoveries().iter().map(of).sum()
    }

    /// What is granted and asked is what the model says; nobody keeps more than the entitlement.
    fn adds_up(&self) {
        let (claim, tranches, paid) = (self.now(), self.tranches(), self.paid());
        let recoveries = self.recoveries_of(&paid);
        let live = tranches.iter().filter(|one| !["rejected", "expired"].contains(&one["status"].as_str().unwrap()));
        let live: i64 = live.map(|one| paise(one, "amount_paise")).sum();
        let kept = self.kept_of(&paid, &tranches, &recoveries);
        let granted = live + kept + paise(&claim, "deferred_paise");
        let asked: i64 = recoveries.iter().map(|one| paise(one, "amount_paise")).sum();
        let told = &self.told;
        assert_eq!((granted, asked), (self.may.granted, self.may.asked), "{told:?}");
        assert_eq!(paise(&claim, "withheld_paise"), self.may.withheld, "{told:?}");
        assert!(granted - asked <= paise(&claim, "entitlement_paise"), "{told:?}");
    }

    /// Everything that is open is brought to its end: what is asked comes back, and what is owed is paid.
    fn end(&mut self) {
        let mut dice = Dice(0);
        if self.may.certified.is_none() {
            self.certify_kg(KG);
        }
        for round in 0.. {
            assert!(round < 40, "it does not end: {:?}", self.told);
            if let Some(recovery) = self.recovery(&mut dice, &["noticed"]) {
                self.app.signatory().replies_to(&recovery).ok();
            } else if let Some(recovery) = self.recovery(&mut dice, &["replied"]) {
                self.app.second("authority").orders(&recovery, "confirmed", None).ok();
            } else if self.recovery(&mut dice, &["ordered"]).is_some() {
                self.demand(&mut dice);
            } else if let Some(recovery) = self.recovery(&mut dice, &["demanded"]) {
                let due = paise(&recovery["statement"], "total_paise");
                self.receive_of(&recovery, due);
            } else if !self.pay() && !self.release() {
                break;
            }
        }
        self.adds_up();
        let recoveries = self.recoveries();
        let back = |one: &Value| self.credited(one, &["receipt"], &["principal", "interest"]);
        let paid_back: i64 = recoveries.iter().map(back).sum();
        let has = self.paid().iter().map(|one| paise(one, "net_paise")).sum::<i64>() - paid_back;
        let told = &self.told;
        assert_eq!(has, self.may.keeps() - self.interest(), "{:?}: {told:?}", self.may);
        assert!(has <= self.may.certified.unwrap() + self.may.given_up, "{told:?}");
        let red: Vec<String> =
            self.app.red_controls().into_iter().filter(|one| !WARNS.contains(&one.as_str())).collect();
        assert_eq!(red, Vec::<String>::new(), "{told:?}");
        let verified = self.app.verify().fault;
        assert_eq!(verified, None, "{told:?}");
    }
}
