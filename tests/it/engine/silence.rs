//! A network to PostgreSQL that goes silent: nothing is closed, and nothing arrives. Everybody is answered in time, and
//! nothing is done twice when it speaks again.

use crate::engine::trouble::{proposes, unavailable};
use crate::harness::app::{App, Engine};
use crate::harness::durable;
use crate::harness::people::Verbs;
use crate::harness::postgres::Cluster;
use crate::harness::standby::until;
use magnet_scheme::client::Response;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

const SECONDS_MOST: u64 = 6;

/// The network between the service and its server.
#[derive(Clone)]
pub struct Network {
    port: u16,
    silent: Arc<(Mutex<bool>, Condvar)>,
}

impl Network {
    /// Begins to forward what arrives at a port of this machine to the socket of a server.
    fn to(server: PathBuf) -> Network {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let network = Network { port: listener.local_addr().unwrap().port(), silent: Arc::default() };
        let forward = network.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (forward, server) = (forward.clone(), server.clone());
                std::thread::spawn(move || forward.join(client, &server));
            }
        });
        network
    }

    fn join(&self, client: TcpStream, server: &Path) -> Option<()> {
        self.waits_while_silent();
        let server = UnixStream::connect(server).ok()?;
        let (from_client, to_server) = (client.try_clone().ok()?, server.try_clone().ok()?);
        let there = self.clone();
        std::thread::spawn(move || {
            there.carries(from_client, &to_server);
            let _ = to_server.shutdown(Shutdown::Both);
        });
        self.carries(server, &client);
        let _ = client.shutdown(Shutdown::Both);
        Some(())
    }

    fn carries(&self, mut from: impl Read, mut to: impl Write) {
        let mut part = [0; 16 * 1024];
        while let Some(length) = from.read(&mut part).ok().filter(|length| *length > 0) {
            self.waits_while_silent();
            if to.write_all(&part[..length]).is_err() {
                return;
            }
        }
        // An end is no more heard than anything else.
        self.waits_while_silent();
    }

    fn waits_while_silent(&self) {
        let (silent, changed) = &*self.silent;
        drop(changed.wait_while(silent.lock().unwrap(), |silent| *silent).unwrap());
    }

    fn goes(&self, is_silent: bool) {
        let (silent, changed) = &*self.silent;
        *silent.lock().unwrap() = is_silent;
        changed.notify_all();
    }
}

/// Asks, and says how long the answer took: that there is a deadline is what these tests are about.
#[allow(clippy::disallowed_methods)]
pub fn timed(ask: impl FnOnce() -> Response) -> (Response, Duration) {
    let began = Instant::now();
    (ask(), began.elapsed())
}

/// Fails unless it was refused within these seconds, and a few more on a machine that does other things too.
#[track_caller]
pub fn refused_within((answer, took): (Response, Duration), seconds: u64) {
    unavailable(&answer);
    assert!(took < Duration::from_secs(seconds + 5), "{took:?}");
}

pub fn serves_through_a_network(server: &Cluster) -> (App, Network) {
    let socket = server.own.as_ref().unwrap().folder.path().join(".s.PGSQL.5432");
    let network = Network::to(socket);
    let app = App::sandbox_with(Engine::Postgres, |config| {
        durable::on(server, config);
        let name = config.database.url.split(['/', '?']).nth(3).unwrap().to_owned();
        config.database.url = format!("postgres://postgres@127.0.0.1:{}/{name}", network.port);
        config.database.command_seconds_most = SECONDS_MOST;
    });
    (app, network)
}

#[apply(on_postgres!)]
fn a_silent_network_is_a_clean_refusal_in_time(_: App) {
    let server = durable::server();
    let (app, network) = serves_through_a_network(&server);
    let auditor = app.auditor();
    auditor.sees("/budget");
    assert_eq!(proposes(&app, "before").status, 201);
    network.goes(true);
    // More people at once than the service has connections.
    std::thread::scope(|scope| {
        let (app, auditor) = (&app, &auditor);
        let ready = scope.spawn(|| timed(|| app.anybody("GET", "/health/ready", None)));
        let reads: Vec<_> = (0..6).map(|_| scope.spawn(|| timed(|| auditor.get("/budget").unwrap()))).collect();
        let writes = ["one", "two", "three"].map(|key| scope.spawn(move || timed(|| proposes(app, key))));
        refused_within(ready.join().unwrap(), 2);
        reads.into_iter().for_each(|read| refused_within(read.join().unwrap(), 7));
        writes.into_iter().for_each(|write| refused_within(write.join().unwrap(), SECONDS_MOST + 2));
    });
    refused_within(timed(|| app.anybody("GET", "/health/ready", None)), 2);
    assert_eq!(app.anybody("GET", "/health/live", None).status, 200);
    network.goes(false);
    until("the service is ready again", || app.anybody("GET", "/health/ready", None).status == 200);
    for key in ["before", "one", "two", "three"] {
        until("it is done", || proposes(&app, key).status == 201);
        assert_eq!(proposes(&app, key).header("idempotency-replayed"), Some("true"));
    }
    assert_eq!(app.rows("budget_instruments").len(), 4, "each once");
    auditor.sees("/budget");
    app.must_verify();
}

/// The network goes silent while a batch is under way: before, in and after its commit.
#[apply(on_postgres!)]
fn a_network_that_goes_silent_at_any_instant_doubles_nothing(_: App) {
    let server = durable::server();
    let (app, network) = serves_through_a_network(&server);
    assert_eq!(proposes(&app, "before").status, 201);
    for round in 0..4 {
        let keys = ["a", "b", "c"].map(|name| format!("{name}-{round}"));
        std::thread::scope(|scope| {
            let app = &app;
            let asked: Vec<_> = keys.iter().map(|key| scope.spawn(move || timed(|| proposes(app, key)))).collect();
            std::thread::sleep(Duration::from_millis(round * 2));
            network.goes(true);
            for (answer, took) in asked.into_iter().map(|thread| thread.join().unwrap()) {
                assert!([201, 503].contains(&answer.status), "{}", answer.text());
                assert!(took < Duration::from_secs(SECONDS_MOST + 2), "{took:?}");
            }
            network.goes(false);
        });
        keys.iter().for_each(|key| until("it is done", || proposes(&app, key).status == 201));
    }
    assert_eq!(app.rows("budget_instruments").len(), 1 + 3 * 4, "each once");
    app.must_verify();
}
