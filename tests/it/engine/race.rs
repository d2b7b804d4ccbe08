//! Many compete at once for the last of the money: exactly as many as it covers succeed, everybody else
//! is refused by name, and no reader ever sees an impossible figure. With one service process, and with
//! two racing on one database. `RACE_ROUNDS` sets the number of rounds (4).

use crate::harness::app::{App, Engine};
use crate::harness::contest::{Field, NOW, SALES, TODAY, UNIT, YEAR};
use crate::harness::people::{Answered, Verbs, at, stages};
use crate::harness::process::Process;
use magnet_scheme::client::{Client, Person, Response};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const APPROVERS: usize = 64;
const PLACES: usize = 10;
const NEXT_YEAR: &str = "2034-35";
const NEW_YEARS_DAY: &str = "2034-04-01T06:30:00Z";

fn rounds() -> usize {
    std::env::var("RACE_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(4)
}

/// Sessions of one role, distributed over people and services.
fn sessions(app: &App, role: &str, people: usize, clients: &[Client], count: usize) -> Vec<Person> {
    let known: Vec<_> = (0..people).map(|n| app.person(&format!("{role}-{n}"), &[role], None)).collect();
    let session = |n: usize| {
        let known = &known[n % people];
        let client = clients[n % clients.len()].apart();
        let person = Person::new(&client, known.email.clone(), known.password.clone());
        person.token().unwrap();
        person
    };
    std::thread::scope(|scope| {
        let half = |from: usize| scope.spawn(move || (from..count).step_by(2).map(session).collect::<Vec<_>>());
        let (even, odd) = (half(0), half(1));
        let mut all = even.join().unwrap();
        all.extend(odd.join().unwrap());
        all
    })
}

/// Everybody acts at the same moment; returns the answer to each.
fn race<T: Sync>(people: &[Person], files: &[T], act: impl Fn(&Person, &T) -> Response + Sync) -> Vec<Response> {
    let start = Barrier::new(people.len());
    let one = |person, file| {
        start.wait();
        act(person, file)
    };
    std::thread::scope(|scope| {
        let running: Vec<_> =
            people.iter().zip(files).map(|(person, file)| scope.spawn(|| one(person, file))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// Reads while `work` runs: every figure at every instant must be possible.
fn watched<T>(app: &App, services: &[Client], work: impl FnOnce() -> T) -> T {
    let over = AtomicBool::new(false);
    let auditor = app.auditor();
    let people: Vec<Person> = services
        .iter()
        .map(|client| Person::new(&client.apart(), auditor.email.clone(), auditor.password.clone()))
        .collect();
    std::thread::scope(|scope| {
        let watchers: Vec<_> = people.iter().map(|person| scope.spawn(|| watch(app, person, &over))).collect();
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        over.store(true, Ordering::SeqCst);
        for watcher in watchers {
            assert!(watcher.join().unwrap() >= 1, "nobody looked");
        }
        result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Reads again and again until it is over; returns the number of reads.
fn watch(app: &App, auditor: &Person, over: &AtomicBool) -> usize {
    let (mut looks, mut most) = (0, [0; 2]);
    while !over.load(Ordering::SeqCst) || looks == 0 {
        for row in auditor.sees("/budget")["data"].as_array().unwrap() {
            let [provided, available, committed, reserved, sanctioned, disbursed] = stages(row);
            let held = reserved + sanctioned + disbursed;
            let of_awards = ["beneficiary", "payee"].contains(&row["level"].as_str().unwrap());
            let all = if of_awards { committed + held } else { available + committed + held };
            assert_eq!(provided, all, "{row}");
            assert!(stages(row).iter().all(|paise| *paise >= 0), "{row}");
        }
        let totals = auditor.sees("/disbursements?limit=1")["totals"].clone();
        let now = ["count", "amount_paise"].map(|figure| totals[figure].as_i64().unwrap());
        assert!(now[0] >= most[0] && now[1] >= most[1], "the total shrank from {most:?} to {now:?}");
        most = now;
        assert_eq!(uneven(app), "0/0", "journals that do not balance / balances that are not their entries");
        looks += 1;
        // A pause, so that the readers do not take the processors from the racing requests.
        std::thread::sleep(Duration::from_millis(20));
    }
    looks
}

/// The number of journals that do not balance, and of balances that differ from their entries: one
/// statement, one instant.
pub fn uneven(app: &App) -> String {
    app.values(
        "SELECT CAST((SELECT COUNT(*) FROM (SELECT 1 FROM entries JOIN accounts ON accounts.id = entries.account_id \
         GROUP BY entries.journal_id, accounts.ledger HAVING SUM(entries.amount_paise) <> 0) AS a) AS TEXT) || '/' || \
         CAST((SELECT COUNT(*) FROM (SELECT 1 FROM accounts LEFT JOIN entries ON accounts.id = entries.account_id \
         GROUP BY accounts.id, accounts.stage, accounts.balance_paise HAVING COALESCE(SUM(entries.amount_paise), 0) <> \
         CASE accounts.stage WHEN 'authorised' THEN -accounts.balance_paise ELSE accounts.balance_paise END) AS b) AS TEXT) \
         AS value",
    )
    .remove(0)
}

/// Sixty-four are verified at once and ten of them get money; in later rounds all ask for what waits. The ten are
/// rejected each time to make room again.
fn last_ten(app: &App, field: &Field, services: &[Client]) {
    let approvers = sessions(app, "verifier", 8, services, APPROVERS);
    let mut claims: Vec<Value> = (0..APPROVERS).map(|n| field.claim(app, n)).collect();
    let room = PLACES as i64 * UNIT;
    watched(app, services, || {
        for round in 0..rounds() {
            let answers = race(&approvers, &claims, |person, claim| match round {
                0 => person.verifies(claim),
                _ => person.does(&format!("{}/tranches", at("claims", claim)), claim, json!({})),
            });
            let mut given = Vec::new();
            for answer in answers {
                if answer.status < 300 {
                    let file = answer.ok();
                    if file["tranche"].is_null() {
                        assert_eq!((round, &file["deferred_paise"]), (0, &json!(UNIT)), "it waits whole");
                    } else {
                        given.push(file["tranche"].clone());
                    }
                    continue;
                }
                let problem = answer.refused(409, "budget_exceeded");
                let detail = problem["detail"].as_str().unwrap();
                let expected = format!("{SALES}:{YEAR}:available needs ₹16,000.00 and has ₹0.00");
                assert!(detail.contains(&expected), "{detail}");
            }
            assert_eq!(given.len(), PLACES, "round {round}");
            assert!(given.iter().all(|tranche| tranche["amount_paise"] == UNIT), "round {round}: {given:?}");
            let numbers: BTreeSet<_> = given.iter().map(|tranche| tranche["number"].as_str().unwrap()).collect();
            assert_eq!(numbers.len(), PLACES, "no number is given twice");
            let row = app.budget("financial_year", SALES, Some(YEAR));
            assert_eq!(stages(&row), [room, 0, 0, room, 0, 0], "round {round}");
            for tranche in &given {
                app.section_officer().rejects(tranche).ok();
            }
            claims = claims.iter().map(|claim| app.auditor().sees(&at("claims", claim))).collect();
        }
    });
    app.must_verify();
}

/// An app in the state from which every race starts, with this many processes serving it; with none it serves itself.
fn field(engine: Engine, units: i64, processes: usize) -> (App, Field, Vec<Process>) {
    let mut app = App::sandbox(engine);
    let field = Field::prepare(&app, units);
    let mut running = Vec::new();
    if processes > 0 {
        running.push(app.hand_over(NOW));
        running.extend((1..processes).map(|_| Process::start(&app.config, None)));
    }
    (app, field, running)
}

fn clients(app: &App, processes: &[Process]) -> Vec<Client> {
    let own = processes.is_empty().then(|| app.client.clone());
    processes.iter().map(|process| process.client.clone()).chain(own).collect()
}

#[apply(on_both!)]
fn sixty_four_approvers_share_the_last_ten_units(app: App) {
    let (app, field, _) = field(app.engine, PLACES as i64, 0);
    last_ten(&app, &field, &clients(&app, &[]));
}

#[apply(on_both!)]
fn two_processes_share_the_last_ten_units(app: App) {
    let (app, field, processes) = field(app.engine, PLACES as i64, 2);
    last_ten(&app, &field, &clients(&app, &processes));
}

/// Sixty-four files wait at the year's end; the new year has room for ten, then for ten more. Only the
/// floor of the account refuses the others.
fn new_year(app: &App, waiting: Vec<Value>, services: &[Client]) {
    let authorities = sessions(app, "competent_authority", 8, services, APPROVERS);
    let (mut waiting, mut room) = (waiting, 0);
    while !waiting.is_empty() {
        app.provided(SALES, NEXT_YEAR, PLACES as i64 * UNIT);
        room += PLACES as i64 * UNIT;
        let answers = watched(app, services, || {
            race(&authorities[..waiting.len()], &waiting, |person, tranche| person.sanctions(tranche))
        });
        let mut left = Vec::new();
        for (tranche, answer) in waiting.iter().zip(answers) {
            if answer.status != 200 {
                let problem = answer.refused(409, "budget_exceeded");
                let expected = format!("{SALES}:{NEXT_YEAR}:available needs ₹16,000.00 and has ₹0.00");
                assert!(problem["detail"].as_str().unwrap().contains(&expected), "{problem}");
                left.push(tranche.clone());
            }
        }
        let given = waiting.len() - left.len();
        assert_eq!(given, PLACES.min(waiting.len()));
        let unused = (PLACES - given) as i64 * UNIT;
        let row = app.budget("financial_year", SALES, Some(NEXT_YEAR));
        assert_eq!(stages(&row), [room, unused, 0, 0, room - unused, 0]);
        waiting = left;
    }
    app.must_verify();
}

fn at_the_years_end(engine: Engine, processes: usize) -> (App, Vec<Value>, Vec<Process>) {
    let (mut app, field, _) = field(engine, APPROVERS as i64, 0);
    let concurred = |n| app.concurred(&app.verifier().verifies(&field.claim(&app, n)).ok()["tranche"]);
    let waiting = (0..APPROVERS).map(concurred).collect();
    app.set_clock(NEW_YEARS_DAY);
    let mut running = Vec::new();
    if processes > 0 {
        running.push(app.hand_over(NEW_YEARS_DAY));
        running.extend((1..processes).map(|_| Process::start(&app.config, None)));
    }
    (app, waiting, running)
}

#[apply(on_both!)]
fn sixty_four_sanctions_share_what_the_new_year_has(app: App) {
    let (app, waiting, _) = at_the_years_end(app.engine, 0);
    new_year(&app, waiting, &clients(&app, &[]));
}

#[apply(on_both!)]
fn two_processes_share_what_the_new_year_has(app: App) {
    let (app, waiting, processes) = at_the_years_end(app.engine, 2);
    new_year(&app, waiting, &clients(&app, &processes));
}

/// Two requests settle each payment at once under one key: one disbursement, and one answer for both.
fn pay_once(app: &App, field: &Field, services: &[Client]) {
    const PAYMENTS: usize = 24;
    let officer = app.person("disbursing_officer-0", &["disbursing_officer"], None);
    let advised: Vec<Value> = (0..PAYMENTS).map(|n| officer.advises(&field.sanctioned(app, n)).ok()).collect();
    let settlers = sessions(app, "disbursing_officer", 1, services, 2 * PAYMENTS);
    // The first half of the sessions uses one service and the second half the other, if there are two.
    let files: Vec<(usize, Value)> = (0..2 * PAYMENTS).map(|n| (n % PAYMENTS, advised[n % PAYMENTS].clone())).collect();
    let before = app.audit_length();
    let answers = watched(app, services, || {
        race(&settlers, &files, |person, (n, payment)| {
            let body = json!({ "outcome": "succeeded", "utr": format!("UTR{n:012}"), "paid_on": TODAY,
                "amount_paise": UNIT });
            let path = format!("{}/settlement", at("payments", payment));
            person.post_with_key(&path, &format!("settle-{n}"), Some(1), &body).unwrap()
        })
    });
    let (first, second) = answers.split_at(PAYMENTS);
    for pair in first.iter().zip(second).map(|(one, other)| [one, other]) {
        assert_eq!((pair[0].status, &pair[0].bytes), (200, &pair[1].bytes), "{} {}", pair[0].text(), pair[1].text());
        let replayed = pair.iter().filter(|answer| answer.header("idempotency-replayed").is_some());
        assert_eq!(replayed.count(), 1);
    }
    let settled = app.audit_behind(before).into_iter().filter(|entry| entry == "settle_payment done").count();
    assert_eq!((settled, app.rows("disbursements").len()), (PAYMENTS, PAYMENTS));
    let row = app.budget("component", SALES, None);
    assert_eq!(row["disbursed_paise"], PAYMENTS as i64 * UNIT);
    app.must_verify();
}

#[apply(on_both!)]
fn retries_of_payments_pay_once_and_the_total_never_shrinks(app: App) {
    let (app, field, _) = field(app.engine, 24, 0);
    pay_once(&app, &field, &clients(&app, &[]));
}

#[apply(on_both!)]
fn two_processes_pay_once_under_one_key(app: App) {
    let (app, field, processes) = field(app.engine, 24, 2);
    pay_once(&app, &field, &clients(&app, &processes));
}

/// Half reserve and return, half pay and are taken back by the bank: the same accounts, in opposite orders.
fn opposite_orders(app: &App, field: &Field, services: &[Client]) {
    const EACH: usize = 6;
    const TURNS: usize = 8;
    let sanctioned: Vec<Value> = (0..EACH).map(|n| field.sanctioned(app, n)).collect();
    let officers = sessions(app, "disbursing_officer", 1, services, EACH);
    let verifiers = sessions(app, "verifier", 2, services, EACH);
    let claims: Vec<Vec<Value>> =
        (0..EACH).map(|who| (0..TURNS).map(|turn| field.claim(app, EACH + who * TURNS + turn)).collect()).collect();
    let (section, auditor) = (app.section_officer(), app.auditor());
    let pays = |who: usize| {
        let tranche = &sanctioned[who];
        for turn in 0..TURNS {
            let advised = officers[who].advises(&auditor.sees(&at("tranches", tranche))).ok();
            let paid = officers[who].confirms(&advised, &format!("UTR{who:06}{turn:06}"), TODAY).ok();
            officers[who].reports_failure(&paid, "failed_after_success").ok();
        }
    };
    let verifies = |who: usize| {
        for claim in &claims[who] {
            let verified = verifiers[who].verifies(claim).ok();
            section.rejects(&verified["tranche"]).ok();
        }
    };
    std::thread::scope(|scope| {
        let (pays, verifies) = (&pays, &verifies);
        for who in 0..EACH {
            scope.spawn(move || pays(who));
            scope.spawn(move || verifies(who));
        }
    });
    let row = app.budget("financial_year", SALES, Some(YEAR));
    let sanctioned = EACH as i64 * UNIT;
    assert_eq!(stages(&row)[3..], [0, sanctioned, 0]);
    assert_eq!(uneven(app), "0/0");
    app.must_verify();
}

#[apply(on_both!)]
fn acts_that_lock_in_opposite_orders_all_get_through(app: App) {
    let (app, field, _) = field(app.engine, 40, 0);
    opposite_orders(&app, &field, &clients(&app, &[]));
}

#[apply(on_both!)]
fn two_processes_that_lock_in_opposite_orders_all_get_through(app: App) {
    let (app, field, processes) = field(app.engine, 40, 2);
    opposite_orders(&app, &field, &clients(&app, &processes));
}
