//! People at work on a service that may die at any moment. Each records their requests and the answers,
//! so that afterwards every answer can be compared with what is stored.

use crate::harness::app::App;
use crate::harness::beside::without_names;
use crate::harness::contest::{Field, TODAY, UNIT};
use crate::harness::people::at;
use crate::harness::process::Process;
use magnet_scheme::client::{ClientError, Person, Response};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// One request under its key, and its answer once it arrived.
struct Sent {
    by: usize,
    path: String,
    key: String,
    version: Option<i64>,
    body: Body,
    answer: Option<Response>,
}

enum Body {
    Json(Value),
    Pdf(String),
}

/// The work that somebody repeats.
enum Work {
    /// Advises, reports success, reports that the bank took it back: each turn moves money twice.
    Pay { tranche: Value, utr: String },
    /// Drafts, submits and verifies a claim, whose tranche is then rejected and released again: each turn reserves
    /// money and returns it.
    Claim { form: Value, award: Value },
    /// Proposes a paisa of appropriation and approves it: the balance that everybody uses grows.
    Provide,
    /// Uploads evidence.
    Upload { name: String },
}

/// A person at work.
pub struct Worker {
    people: Vec<Person>,
    work: Work,
    tag: String,
    sent: Vec<Sent>,
}

/// The reason why a stretch of work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Asked,
    NobodyAnswers,
}

/// Four people who pay, one who claims, one who provides and one who uploads.
pub fn workers(app: &App, field: &Field, process: &Process) -> Vec<Worker> {
    let session = |person: &Person| process.session_of(person);
    let tag = uuid::Uuid::now_v7().simple().to_string();
    let mut workers: Vec<Worker> = (0..4)
        .map(|n| {
            let tranche = field.sanctioned(app, n);
            let work = Work::Pay { tranche, utr: format!("UTR{n:04}") };
            Worker {
                people: vec![session(&app.disbursing_officer())],
                work,
                tag: format!("{tag}-pay-{n}"),
                sent: vec![],
            }
        })
        .collect();
    let claimants = [app.preparer(), app.signatory(), app.verifier(), app.section_officer()];
    let (award, form) = field.form(20);
    workers.push(Worker {
        people: claimants.iter().map(|person| session(person)).collect(),
        work: Work::Claim { form, award },
        tag: format!("{tag}-claim"),
        sent: vec![],
    });
    let providers = [app.scheme_administrator(), app.other_scheme_administrator()];
    workers.push(Worker {
        people: providers.iter().map(|person| session(person)).collect(),
        work: Work::Provide,
        tag: format!("{tag}-provide"),
        sent: vec![],
    });
    workers.push(Worker {
        people: vec![session(&app.verifier())],
        work: Work::Upload { name: tag.clone() },
        tag: format!("{tag}-upload"),
        sent: vec![],
    });
    workers
}

/// Everybody works at the same time until `until` returns; then each finishes the present request.
pub fn at_work(workers: &mut [Worker], patient: bool, until: impl FnOnce()) {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let over = &over;
        let running: Vec<_> =
            workers.iter_mut().map(|worker| scope.spawn(move || worker.works(patient, over))).collect();
        until();
        over.store(true, Ordering::SeqCst);
        for thread in running {
            thread.join().unwrap();
        }
    });
}

impl Worker {
    /// Works until told to stop or, unless patient, until the service stops answering.
    fn works(&mut self, patient: bool, over: &AtomicBool) -> Ended {
        while !over.load(Ordering::SeqCst) {
            if self.sent.last().is_none_or(|sent| sent.answer.is_some()) {
                let next = self.next();
                self.sent.push(next);
            }
            if self.sends_last().is_none() {
                if !patient {
                    return Ended::NobodyAnswers;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        Ended::Asked
    }

    /// Sends the last request (again); `None` when it got no answer or a 503.
    fn sends_last(&mut self) -> Option<bool> {
        let sent = self.sent.last().unwrap();
        let answer = send(&self.people[sent.by], sent).ok()?;
        if answer.status == 503 {
            assert!(answer.header("retry-after").is_some(), "{}", answer.text());
            return None;
        }
        assert!(answer.status < 300, "{} {} was answered {}: {}", sent.path, sent.key, answer.status, answer.text());
        let replayed = answer.header("idempotency-replayed").is_some();
        self.sent.last_mut().unwrap().answer = Some(answer);
        Some(replayed)
    }

    /// Repeats the request without an answer until it gets one. Returns whether the answer was a replay,
    /// in which case the request had already been done.
    pub fn resolves(&mut self) -> Option<bool> {
        self.sent.last().filter(|sent| sent.answer.is_none())?;
        for _ in 0..500 {
            if let Some(replayed) = self.sends_last() {
                return Some(replayed);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("{} is not answered", self.sent.last().unwrap().key);
    }

    /// Takes one more step, which must succeed.
    pub fn takes_a_step(&mut self) {
        let next = self.next();
        self.sent.push(next);
        assert!(self.resolves().is_some());
    }

    /// Sends the next step once; returns whether it was answered.
    pub fn begins_a_step(&mut self) -> bool {
        let next = self.next();
        self.sent.push(next);
        self.sends_last().is_some()
    }

    /// The number of requests, each of which was done once.
    pub fn done(&self) -> usize {
        self.sent.len()
    }

    /// Sends the last requests again: each must be answered as the first time. The names beside ids are read apart, and
    /// an answer goes without them when that reading fails (`src/web/edge/names.rs`).
    pub fn replays(&self, most: usize) {
        for sent in self.sent.iter().rev().take(most) {
            let first = sent.answer.as_ref().unwrap();
            let again = send(&self.people[sent.by], sent).unwrap();
            let answer = |response: &Response| (response.status, without_names(response));
            assert_eq!(answer(&again), answer(first), "{} {}", sent.path, sent.key);
            assert_eq!(again.header("idempotency-replayed"), Some("true"), "{} {}", sent.path, sent.key);
            if let Body::Pdf(content) = &sent.body {
                let path = format!("{}/content", at("evidence", &first.json()));
                let stored = self.people[0].get(&path).unwrap();
                assert_eq!((stored.status, stored.text()), (200, content.clone()), "an upload that was acknowledged");
            }
        }
    }

    fn next(&self) -> Sent {
        let done = self.sent.len();
        let last = self.sent.last().map(|sent| sent.answer.as_ref().unwrap().json()).unwrap_or_default();
        let request = |by, path, seen: &Value, body| Sent {
            by,
            path,
            key: format!("{}-{done}", self.tag),
            version: seen["version"].as_i64(),
            body: Body::Json(body),
            answer: None,
        };
        match &self.work {
            Work::Pay { tranche, utr } => {
                let settlement = || format!("{}/settlement", at("payments", &last));
                match done % 3 {
                    0 => {
                        let seen = json!({ "version": tranche["version"].as_i64().unwrap() + done as i64 });
                        request(0, format!("{}/payments", at("tranches", tranche)), &seen, json!({}))
                    }
                    1 => {
                        let paid = json!({ "outcome": "succeeded", "utr": format!("{utr}{done:09}"), "paid_on": TODAY,
                            "amount_paise": UNIT });
                        request(0, settlement(), &last, paid)
                    }
                    _ => {
                        let back = json!({ "outcome": "failed_after_success", "reason": "account closed" });
                        request(0, settlement(), &last, back)
                    }
                }
            }
            Work::Claim { form, award } => match done {
                0 => request(0, "/claims".to_owned(), &Value::Null, json!({ "award_id": award["id"], "form": form })),
                1 => request(1, format!("{}/submission", at("claims", &last)), &last, json!({})),
                2 => {
                    let lines = json!([{ "line": 1, "accepted": true, "reason": "" }]);
                    let decision = json!({ "outcome": "verified", "lines": lines, "remarks": "in order" });
                    request(2, format!("{}/verification", at("claims", &last)), &last, decision)
                }
                // What was rejected stays earned, and is released again.
                _ if done.is_multiple_of(2) => {
                    let claim = self.sent[done - 2].answer.as_ref().unwrap().json();
                    let seen = json!({ "version": claim["version"].as_i64().unwrap() + 1 });
                    request(2, format!("{}/tranches", at("claims", &claim)), &seen, json!({}))
                }
                _ => {
                    let tranche = &last["tranche"];
                    let path = format!("{}/rejection", at("tranches", tranche));
                    request(3, path, tranche, json!({ "reason": "not in order" }))
                }
            },
            Work::Provide if done.is_multiple_of(2) => {
                let provision = json!({ "kind": "provision", "scheme_code": crate::harness::people::SCHEME, "component": "administration",
                    "financial_year": "2033-34", "amount_paise": 1, "reference": "Sample demand",
                    "dated_on": "2033-04-01" });
                request(0, "/budget-instruments".to_owned(), &Value::Null, provision)
            }
            Work::Provide => request(1, format!("{}/approval", at("budget-instruments", &last)), &last, json!({})),
            Work::Upload { name } => Sent {
                body: Body::Pdf(format!("%PDF-1.4 {name} {done} {}", "x".repeat(20_000))),
                ..request(0, "/evidence?file_name=load.pdf".to_owned(), &Value::Null, Value::Null)
            },
        }
    }
}

fn send(person: &Person, sent: &Sent) -> Result<Response, ClientError> {
    match &sent.body {
        Body::Json(body) => person.post_with_key(&sent.path, &sent.key, sent.version, body),
        Body::Pdf(content) => {
            let headers = [("Content-Type", "application/pdf"), ("Idempotency-Key", sent.key.as_str())];
            person.send("POST", &sent.path, &headers, Some(content.as_bytes()))
        }
    }
}

/// Every request was done exactly once, as the audit log and the stored idempotency keys show.
pub fn done_exactly_once(app: &App, workers: &[Worker], entries_before: i64, keys_before: usize) {
    let asked: usize = workers.iter().map(Worker::done).sum();
    let done = app.values(&format!(
        "SELECT CAST(COUNT(*) AS TEXT) AS value FROM audit_log WHERE outcome = 'done' AND sequence > {entries_before} \
         AND command NOT IN ('sign_in', 'refresh_session', 'expire_hold', 'burn_numbers')"
    ));
    assert_eq!(done, [asked.to_string()], "acts in the log, acts that were asked for");
    assert_eq!(app.rows("idempotency_keys").len() - keys_before, asked, "kept answers");
}

/// Everybody gets an answer in the end; returns how many of the repeated requests had already been done.
pub fn resolve(workers: &mut [Worker]) -> usize {
    workers.iter_mut().filter_map(Worker::resolves).filter(|replayed| *replayed).count()
}
