//! PostgreSQL that waits for a synchronous standby, which dies: nothing is acknowledged that a failover would lose, not
//! by its answer, not by its replay and not by being read back.

use crate::engine::silence::{refused_within, timed};
use crate::engine::trouble::{proposes, unavailable};
use crate::harness::app::{App, Engine};
use crate::harness::durable;
use crate::harness::people::Verbs;
use crate::harness::postgres::Cluster;
use crate::harness::standby;
use crate::harness::standby::until;
use magnet_scheme::client::Response;

/// The time that a command may take here.
const SECONDS_MOST: u64 = 4;

/// A service on a server with a synchronous standby.
struct Scene {
    app: App,
    primary: Cluster,
    standby: Cluster,
}

impl Scene {
    fn set() -> Scene {
        let primary = standby::primary();
        let standby = primary.standby();
        let app = App::sandbox_with(Engine::Postgres, |config| {
            durable::on(&primary, config);
            config.database.command_seconds_most = SECONDS_MOST;
        });
        app.scheme_administrator().sees("/budget");
        app.auditor().sees("/budget");
        primary.waits_for_standbys();
        let scene = Scene { app, primary, standby };
        scene.is_followed();
        scene
    }

    /// Waits until the standby has everything.
    fn is_followed(&self) {
        let followed = "SELECT 'yes' AS value FROM pg_stat_replication \
                        WHERE sync_state = 'sync' AND flush_lsn >= pg_current_wal_flush_lsn()";
        until("the standby follows", || self.app.values(followed) == ["yes"]);
    }

    /// Somebody proposes, and the wait for the standby is ended by this function of PostgreSQL.
    fn proposes_until(&self, key: &str, end: &str) -> Response {
        std::thread::scope(|scope| {
            let asked = scope.spawn(|| proposes(&self.app, key));
            let end = format!("SELECT {end}(pid)::text AS value FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
            until("a commit waits", || self.app.values(&end).iter().any(|ended| ended == "true"));
            asked.join().unwrap()
        })
    }

    /// What was proposed is in force on the server, and nobody hears of it.
    fn is_silent_about(&self, key: &str, count: usize) {
        until("the server has it", || self.app.rows("budget_instruments").len() == count);
        unavailable(&proposes(&self.app, key));
        unavailable(&self.app.auditor().get("/budget").unwrap());
        unavailable(&self.app.anybody("GET", "/health/ready", None));
    }

    fn replays(&self, key: &str) {
        let answer = proposes(&self.app, key);
        let replayed = answer.header("idempotency-replayed").map(str::to_owned);
        assert_eq!((answer.status, replayed.as_deref()), (201, Some("true")), "{key}: {}", answer.text());
    }
}

#[apply(on_postgres!)]
fn what_no_standby_has_is_never_acknowledged(_: App) {
    let mut scene = Scene::set();
    assert_eq!(proposes(&scene.app, "one").status, 201);
    let ends = [("two", "pg_cancel_backend"), ("three", "pg_terminate_backend")];
    for (n, (key, end)) in ends.into_iter().enumerate() {
        scene.standby.kill();
        // What the standby has is read as before.
        scene.app.auditor().sees("/budget");
        unavailable(&scene.proposes_until(key, end));
        scene.is_silent_about(key, n + 2);
        scene.standby.serve_again();
        scene.is_followed();
        scene.replays(key);
        scene.app.auditor().sees("/budget");
    }
    scene.standby.kill();
    unavailable(&scene.proposes_until("four", "pg_cancel_backend"));
    scene.is_silent_about("four", 4);

    // The server is lost, and the standby takes its place.
    scene.primary.kill();
    scene.standby.serve_again();
    scene.standby.promote();
    scene.app.stop();
    let name = scene.app.config.database.url.split(['/', '?']).nth(3).unwrap().to_owned();
    scene.app.config.database.url = scene.standby.url_of(&name);
    until("the standby is promoted", || scene.app.values("SELECT pg_is_in_recovery()::text AS value") == ["false"]);
    scene.app.serve(true);
    assert_eq!(scene.app.rows("budget_instruments").len(), 3, "what was acknowledged is there, and nothing else");
    for key in ["one", "two", "three"] {
        scene.replays(key);
    }
    let made = proposes(&scene.app, "four");
    assert_eq!((made.status, made.header("idempotency-replayed")), (201, None), "{}", made.text());
    assert_eq!(scene.app.rows("budget_instruments").len(), 4);
    scene.app.must_verify();
}

#[apply(on_postgres!)]
fn a_commit_that_waits_for_a_standby_is_answered_in_time(_: App) {
    let scene = Scene::set();
    scene.standby.kill();
    refused_within(timed(|| proposes(&scene.app, "one")), SECONDS_MOST + 2);
    unavailable(&proposes(&scene.app, "two"));
    scene.standby.serve_again();
    scene.is_followed();
    until("the service goes on", || proposes(&scene.app, "one").status == 201);
    scene.replays("one");
    assert_eq!(proposes(&scene.app, "two").status, 201);
    assert_eq!(scene.app.rows("budget_instruments").len(), 2);
    scene.app.must_verify();
}

#[apply(on_postgres!)]
fn a_role_that_does_not_see_the_standbys_is_refused_at_the_start(_: App) {
    let server = durable::server();
    let mut app = App::start_with(Engine::Postgres, |config| durable::on(&server, config));
    app.stop();
    app.sql("CREATE ROLE clerk LOGIN");
    server.waits_for_standbys();
    app.config.database.url = app.config.database.url.replace("user=postgres", "user=clerk");
    let why = app.start_problem(false).unwrap();
    assert!(why.contains("GRANT pg_read_all_stats TO clerk"), "{why}");
}
