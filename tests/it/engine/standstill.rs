//! One session of PostgreSQL stands still while all others answer: its process is stopped, so that nothing is closed
//! and nothing arrives. On a socket of this machine no time limit of the network ends that. Everybody is answered in
//! time, the others are served, and nothing is done twice when it goes on.

use crate::engine::silence::{refused_within, serves_through_a_network, timed};
use crate::engine::trouble::proposes;
use crate::harness::app::{App, Engine};
use crate::harness::durable;
use crate::harness::people::Verbs;
use crate::harness::postgres::Cluster;
use crate::harness::program::send;
use crate::harness::standby::until;
use diesel::connection::SimpleConnection;
use diesel::sql_types::Integer;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};
use std::time::Duration;

const SECONDS_MOST: u64 = 6;

/// Processes of the server that are stopped until this is dropped.
struct Stopped(Vec<u32>);

impl Drop for Stopped {
    fn drop(&mut self) {
        self.0.iter().for_each(|process| send(*process, "CONT"));
    }
}

#[derive(QueryableByName)]
struct Process {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

/// Stops the sessions of the service of which this is true.
fn stops(app: &App, which: &str) -> Stopped {
    let mut other = PgConnection::establish(&app.config.database.url).unwrap();
    let all = format!(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND {which}"
    );
    let found: Vec<Process> = sql_query(all).load(&mut other).unwrap();
    let stopped = Stopped(found.into_iter().map(|process| process.pid.unsigned_abs()).collect());
    assert!(!stopped.0.is_empty(), "no session with {which}");
    stopped.0.iter().for_each(|process| send(*process, "STOP"));
    stopped
}

const WRITER: &str = "state = 'idle' AND query = 'COMMIT'";
const READERS: &str = "state = 'idle' AND query = 'ROLLBACK'";

/// The service on a socket, and the same service over TCP.
fn on_each_way(server: &Cluster, tells: impl Fn(App)) {
    tells(App::sandbox_with(Engine::Postgres, |config| {
        durable::on(server, config);
        config.database.command_seconds_most = SECONDS_MOST;
    }));
    tells(serves_through_a_network(server).0);
}

#[apply(on_postgres!)]
fn a_writer_whose_session_stands_still_is_a_clean_refusal_in_time(_: App) {
    let server = durable::server();
    on_each_way(&server, |app| {
        let auditor = app.auditor();
        auditor.sees("/budget");
        assert_eq!(proposes(&app, "before").status, 201);
        let stopped = stops(&app, WRITER);
        std::thread::scope(|scope| {
            let (app, auditor) = (&app, &auditor);
            let ready = scope.spawn(|| timed(|| app.anybody("GET", "/health/ready", None)));
            let writes = ["one", "two", "three"].map(|key| scope.spawn(move || timed(|| proposes(app, key))));
            // Others are served meanwhile.
            auditor.sees("/budget");
            refused_within(ready.join().unwrap(), 2);
            writes.into_iter().for_each(|write| refused_within(write.join().unwrap(), SECONDS_MOST - 3));
        });
        refused_within(timed(|| app.anybody("GET", "/health/ready", None)), 2);
        assert_eq!(app.anybody("GET", "/health/live", None).status, 200);
        drop(stopped);
        until("the service is ready again", || app.anybody("GET", "/health/ready", None).status == 200);
        for key in ["before", "one", "two", "three"] {
            until("it is done", || proposes(&app, key).status == 201);
            assert_eq!(proposes(&app, key).header("idempotency-replayed"), Some("true"));
        }
        assert_eq!(app.rows("budget_instruments").len(), 4, "each once");
        app.must_verify();
    });
}

#[apply(on_postgres!)]
fn a_reader_whose_session_stands_still_is_a_clean_refusal_and_the_next_one_is_served(_: App) {
    let server = durable::server();
    on_each_way(&server, |app| {
        let auditor = app.auditor();
        auditor.sees("/budget");
        let stopped = stops(&app, READERS);
        refused_within(timed(|| auditor.get("/budget").unwrap()), 4);
        if stopped.0.len() < 2 {
            auditor.sees("/budget");
        } else {
            // All of them stand still: a read is refused, and readiness says so.
            refused_within(timed(|| auditor.get("/budget").unwrap()), 5);
            refused_within(timed(|| app.anybody("GET", "/health/ready", None)), 2);
        }
        drop(stopped);
        until("the service is ready again", || app.anybody("GET", "/health/ready", None).status == 200);
        auditor.sees("/budget");
    });
}

/// A session that is stopped in the middle of a statement looks busy to the server.
#[apply(on_postgres!)]
fn a_session_that_stands_still_in_a_statement_is_not_waited_for(_: App) {
    let server = durable::server();
    on_each_way(&server, |app| {
        let auditor = app.auditor();
        auditor.sees("/budget");
        assert_eq!(proposes(&app, "before").status, 201);
        for (table, read) in [("users", true), ("budget_instruments", false)] {
            let mut other = PgConnection::establish(&app.config.database.url).unwrap();
            other.batch_execute(&format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE;")).unwrap();
            std::thread::scope(|scope| {
                let (app, auditor) = (&app, &auditor);
                let asked = scope
                    .spawn(move || timed(|| if read { auditor.get("/budget").unwrap() } else { proposes(app, "mid") }));
                until("it waits", || {
                    let waits = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
                                 AND datname = current_database()";
                    let mut third = PgConnection::establish(&app.config.database.url).unwrap();
                    !sql_query(waits).load::<Process>(&mut third).unwrap().is_empty()
                });
                let stopped = stops(app, "wait_event_type = 'Lock'");
                other.batch_execute("ROLLBACK").unwrap();
                refused_within(asked.join().unwrap(), if read { 5 } else { SECONDS_MOST });
                std::thread::sleep(Duration::from_millis(100));
                drop(stopped);
            });
        }
        until("it is done", || proposes(&app, "mid").status == 201);
        assert_eq!(app.rows("budget_instruments").len(), 2, "once");
        auditor.sees("/budget");
        app.must_verify();
    });
}
