//! Disturbances around the service: the disk is full, the database is unreachable, another connection
//! holds a lock, connections die. Each is refused cleanly, nothing is done by halves, and the same
//! process serves again as soon as the disturbance is over.

use crate::harness::app::{App, Engine};
use crate::harness::contest::{Field, NOW};
use crate::harness::dice::Dice;
use crate::harness::durable;
use crate::harness::load::{Worker, at_work, done_exactly_once, resolve, workers};
use crate::harness::people::{Answered, CRORE, SCHEME, Verbs};
use crate::harness::postgres;
use crate::harness::postgres::{Cluster, as_account};
use crate::harness::process::Process;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use magnet_scheme::client::Response;
use magnet_scheme::db::engine::connection::DatabaseUrl;
use serde_json::json;
use std::process::Command;
use std::time::Duration;

/// A service process with people at work on it.
struct Scene {
    app: App,
    process: Process,
    workers: Vec<Worker>,
    entries_before: i64,
    keys_before: usize,
}

impl Scene {
    fn set(mut app: App, wrap: Option<&str>) -> Scene {
        let field = Field::prepare(&app, 12);
        let process = app.hand_over_wrapped(NOW, wrap);
        let mut workers = workers(&app, &field, &process);
        app.auditor().sees("/budget");
        let (entries_before, keys_before) = (app.audit_length(), app.rows("idempotency_keys").len());
        workers.iter_mut().for_each(Worker::takes_a_step);
        Scene { app, process, workers, entries_before, keys_before }
    }

    /// Everybody tries one more step and gets 503; nothing changes. Then the disturbance ends, and the
    /// same process answers every one of these requests.
    fn refuses_until(&mut self, end: impl FnOnce()) {
        let id = self.process.id();
        let before = self.app.content();
        self.refuses();
        assert_eq!(self.app.content(), before, "what is refused leaves nothing");
        end();
        self.recovers(id);
    }

    fn refuses(&mut self) {
        for worker in &mut self.workers {
            assert!(!worker.begins_a_step(), "this cannot have been done");
        }
    }

    fn recovers(&mut self, id: u32) {
        assert_eq!(resolve(&mut self.workers), 0, "what was refused had not been done");
        self.workers.iter_mut().for_each(Worker::takes_a_step);
        assert!(self.process.runs() && self.process.id() == id && self.process.is_ready());
        self.holds();
    }

    fn holds(&mut self) {
        self.workers.iter().for_each(|worker| worker.replays(12));
        done_exactly_once(&self.app, &self.workers, self.entries_before, self.keys_before);
        self.app.must_verify();
    }
}

/// Limits how large a file a process of this account may write, as a full disk would.
fn limit_files(process: u32, bytes: &str, account: Option<(u32, u32)>) {
    let limit = format!("--fsize={bytes}:unlimited");
    let mut prlimit = Command::new("prlimit");
    prlimit.args(["--pid", &process.to_string(), &limit]);
    let done = as_account(&mut prlimit, account).output().unwrap();
    // A connection of the test itself may just have ended.
    let gone = !std::path::Path::new(&format!("/proc/{process}")).exists();
    assert!(done.status.success() || gone, "{limit} of {process}: {}", String::from_utf8_lossy(&done.stderr));
}

#[apply(on_sqlite!)]
fn a_full_disk_is_a_clean_refusal_and_service_resumes(app: App) {
    // A write beyond the limit fails with an error, as on a full disk, instead of a signal.
    let mut scene = Scene::set(App::sandbox_on_disk(app.engine), Some("trap '' XFSZ; exec \"$@\""));
    let id = scene.process.id();
    limit_files(id, "4096", None);
    scene.app.auditor().sees("/budget");
    scene.refuses_until(|| limit_files(id, "unlimited", None));

    // The disk fills at any instant, also in the middle of a batch, and has room again later.
    let mut dice = Dice(uuid::Uuid::new_v4().as_u64_pair().0);
    for _ in 0..8 {
        let pause = Duration::from_micros(20_000 + dice.roll(120_000));
        at_work(&mut scene.workers, true, || {
            std::thread::sleep(pause);
            limit_files(id, "4096", None);
            std::thread::sleep(Duration::from_millis(60));
            limit_files(id, "unlimited", None);
        });
        resolve(&mut scene.workers);
    }
    scene.holds();
    assert!(scene.process.runs());
}

#[apply(on_postgres!)]
fn a_full_disk_under_postgres_is_a_clean_refusal(_: App) {
    let server = durable::server();
    let mut scene = Scene::set(durable::sandbox(&server), None);
    // A table about to exceed the size of a write-ahead file: the limit must still allow that file to be written.
    const WAL_FILE: usize = 16 << 20;
    scene.app.sql(&format!(
        "BEGIN; INSERT INTO idempotency_keys SELECT 'x', n::text, '', repeat(md5(n::text), 50), '' \
         FROM generate_series(1, {}) AS n; ROLLBACK;",
        WAL_FILE / 1_400
    ));
    let size = scene.app.values("SELECT pg_relation_size('idempotency_keys')::text AS value")[0].clone();
    assert!(size.parse::<usize>().unwrap() > WAL_FILE, "{size}");
    let backends = scene.app.values(
        "SELECT pid::text AS value FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    for id in backends.iter().map(|id| id.parse().unwrap()).chain([server.id()]) {
        limit_files(id, &WAL_FILE.to_string(), server.account());
    }
    let id = scene.process.id();
    // The last page of the table takes a few more keys; then there is no room for another.
    let mut refused = 0;
    for _ in 0..40 {
        refused = scene.workers.iter_mut().map(|worker| usize::from(!worker.begins_a_step())).sum();
        if refused > 0 {
            break;
        }
    }
    assert!(refused > 0, "the disk was never full");
    scene.app.must_verify();
    limit_files(server.id(), "unlimited", server.account());
    scene.app.sql(TERMINATE_ALL);
    scene.recovers(id);
}

/// Ends every other connection to this database.
const TERMINATE_ALL: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
                             AND pid <> pg_backend_pid()";

#[apply(on_postgres!)]
fn a_database_that_goes_and_comes_back_needs_no_restart(_: App) {
    let server = durable::server();
    let mut scene = Scene::set(durable::sandbox(&server), None);
    let (id, auditor) = (scene.process.id(), scene.app.auditor());
    let before = scene.app.content();
    server.kill();
    scene.refuses();
    let read = auditor.get("/budget").unwrap();
    unavailable(&read);
    assert!(!scene.process.is_ready(), "not ready without a database");
    assert!(scene.process.runs());
    server.serve_again();
    assert_eq!(scene.app.content(), before);
    auditor.sees("/budget");
    scene.recovers(id);
}

/// The refusal tells the client to try again and reveals nothing internal.
#[track_caller]
pub fn unavailable(answer: &Response) {
    assert!(answer.header("retry-after").is_some(), "{}", answer.text());
    answer.clone().refused(503, "unavailable");
}

#[apply(on_postgres!)]
fn connections_that_die_are_replaced(_: App) {
    let server = durable::server();
    let mut scene = Scene::set(durable::sandbox(&server), None);
    let auditor = scene.app.auditor();
    for _ in 0..3 {
        scene.app.sql(TERMINATE_ALL);
        auditor.sees("/budget");
        scene.workers.iter_mut().for_each(Worker::takes_a_step);
    }
    let mut dice = Dice(uuid::Uuid::new_v4().as_u64_pair().0);
    for _ in 0..8 {
        let pause = Duration::from_micros(dice.roll(120_000));
        let app = &scene.app;
        at_work(&mut scene.workers, true, || {
            std::thread::sleep(pause);
            app.sql(TERMINATE_ALL);
        });
        resolve(&mut scene.workers);
    }
    scene.holds();
}

/// Another connection to the database, which holds a lock that the writer needs.
pub enum Holder {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Holder {
    pub fn of_the_writers_lock(app: &App) -> Holder {
        match app.database_url() {
            DatabaseUrl::Sqlite(path) => {
                let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
                connection.batch_execute("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE").unwrap();
                Holder::Sqlite(connection)
            }
            DatabaseUrl::Postgres(url) => {
                // The key of the lock that makes commands serial, `magnet` in hexadecimal.
                Self::postgres(&url, "SELECT pg_advisory_xact_lock(x'6d61676e6574'::bigint)")
            }
        }
    }

    fn postgres(url: &str, statement: &str) -> Holder {
        let mut connection = PgConnection::establish(url).unwrap();
        connection.batch_execute(&format!("BEGIN; {statement}")).unwrap();
        Holder::Postgres(connection)
    }

    pub fn lets_go(self) {
        match self {
            Holder::Sqlite(mut connection) => connection.batch_execute("ROLLBACK").unwrap(),
            Holder::Postgres(mut connection) => connection.batch_execute("ROLLBACK").unwrap(),
        }
    }
}

pub fn proposes(app: &App, key: &str) -> Response {
    let provision = json!({
        "kind": "provision", "scheme_code": SCHEME, "component": "capital_subsidy", "financial_year": "2026-27", "amount_paise": CRORE,
        "reference": "Sample demand", "dated_on": "2026-04-01",
    });
    app.scheme_administrator().post_with_key("/budget-instruments", key, None, &provision).unwrap()
}

#[apply(on_both!)]
fn a_held_lock_is_a_clean_refusal(app: App) {
    app.scheme_administrator().sees("/budget");
    let before = app.content();
    let holder = Holder::of_the_writers_lock(&app);
    unavailable(&proposes(&app, "one"));
    app.scheme_administrator().sees("/budget");
    assert_eq!(app.content(), before);
    holder.lets_go();
    let made = proposes(&app, "one");
    assert_eq!((made.status, made.header("idempotency-replayed")), (201, None), "{}", made.text());
    app.must_verify();
}

#[apply(on_both!)]
fn a_full_queue_turns_people_away_at_once(app: App) {
    const QUEUE: usize = 3;
    let app = App::start_with(app.engine, |config| config.database.queue_length = QUEUE);
    app.scheme_administrator().sees("/budget");
    let holder = Holder::of_the_writers_lock(&app);
    let (app, answers) = std::thread::scope(|scope| {
        let app = &app;
        let asked: Vec<_> = (0..12).map(|n| scope.spawn(move || proposes(app, &format!("key-{n}")))).collect();
        // The first requests are refused while the lock is still held.
        while asked.iter().filter(|thread| thread.is_finished()).count() < 12 - QUEUE - 1 {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(asked.iter().any(|thread| !thread.is_finished()), "some wait in the queue");
        holder.lets_go();
        (app, asked.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>())
    });
    let (made, away): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert!((1..=QUEUE + 1).contains(&made.len()), "{} were made", made.len());
    away.into_iter().for_each(unavailable);
    assert_eq!(app.rows("budget_instruments").len(), made.len());
    for n in 0..12 {
        assert_eq!(proposes(app, &format!("key-{n}")).status, 201);
    }
    assert_eq!(app.rows("budget_instruments").len(), 12);
    app.must_verify();
}

#[apply(on_postgres!)]
fn a_command_that_waits_too_long_harms_itself_alone(app: App) {
    let DatabaseUrl::Postgres(url) = app.database_url() else { return };
    let (verifier, administrator) = (app.verifier(), app.scheme_administrator());
    verifier.sees("/me");
    administrator.sees("/me");
    let holder = Holder::postgres(&url, "LOCK TABLE evidence IN EXCLUSIVE MODE");
    let upload = || {
        let headers = [("Content-Type", "application/pdf"), ("Idempotency-Key", "upload")];
        verifier.send("POST", "/evidence?file_name=a.pdf", &headers, Some(b"%PDF-1.4 a")).unwrap()
    };
    let (uploaded, proposed) = std::thread::scope(|scope| {
        let uploaded = scope.spawn(upload);
        let proposed: Vec<_> = (0..6)
            .map(|n| {
                scope.spawn({
                    let app = &app;
                    move || proposes(app, &format!("key-{n}"))
                })
            })
            .collect();
        let proposed: Vec<Response> = proposed.into_iter().map(|thread| thread.join().unwrap()).collect();
        (uploaded.join().unwrap(), proposed)
    });
    unavailable(&uploaded);
    assert!(proposed.iter().all(|answer| answer.status == 201), "the others were done all the same");
    assert_eq!((app.rows("evidence").len(), app.rows("budget_instruments").len()), (0, 6));
    holder.lets_go();
    assert_eq!(upload().status, 201);
    app.must_verify();
}

#[apply(on_postgres!)]
fn a_server_that_forgets_is_refused_at_the_start(_: App) {
    let server = Cluster::start(&[]).unwrap();
    let mut app = App::start_with(Engine::Postgres, |config| durable::on(&server, config));
    app.stop();
    let DatabaseUrl::Postgres(url) = app.database_url() else { return };
    for setting in ["fsync", "full_page_writes"] {
        let set = |value: &str| {
            postgres::execute(&url, &format!("ALTER SYSTEM SET {setting} = {value}"));
            postgres::execute(&url, "SELECT pg_reload_conf()");
            while app.values(&format!("SELECT current_setting('{setting}') AS value")) != [value] {
                std::thread::sleep(Duration::from_millis(5));
            }
        };
        set("off");
        let why = app.start_problem(false).unwrap();
        assert!(why.contains(&format!("{setting} = off")) && why.contains("allow_unsafe_settings"), "{why}");
        set("on");
        assert_eq!(app.start_problem(false), None);
    }
}
