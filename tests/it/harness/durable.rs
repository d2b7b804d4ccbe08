//! A durable PostgreSQL server for one test alone, which can be killed.

use crate::harness::app::{App, Engine};
use crate::harness::postgres::Cluster;
use magnet_scheme::config::Config;

/// The settings on which the service's promises depend.
const DURABLE: &[&str] = &["fsync=on", "synchronous_commit=on", "full_page_writes=on", "autovacuum=off"];

/// Starts such a server.
pub fn server() -> Cluster {
    Cluster::start(DURABLE).unwrap_or_else(|why| panic!("PostgreSQL did not start: {why}"))
}

/// A sandbox with its database there.
pub fn sandbox(server: &Cluster) -> App {
    App::sandbox_with(Engine::Postgres, |config| on(server, config))
}

/// Settings for a new database there, without the unsafe settings that a live one must not have.
pub fn on(server: &Cluster, config: &mut Config) {
    config.database.url = server.new_database();
    config.database.allow_unsafe_settings = false;
}

impl Cluster {
    /// Sends SIGKILL to the server, as when its machine runs out of memory.
    pub fn kill(&self) {
        self.idle.lock().unwrap().clear();
        let own = self.own.as_ref().unwrap();
        let mut running = own.running.lock().unwrap().take().unwrap();
        running.server.kill().unwrap();
        running.end();
    }

    /// Starts it again; it recovers the acknowledged data.
    pub fn serve_again(&self) {
        self.own.as_ref().unwrap().serve().unwrap_or_else(|why| panic!("PostgreSQL did not start again: {why}"));
    }

    /// The account that runs it, when that is not ours.
    pub fn account(&self) -> Option<(u32, u32)> {
        self.own.as_ref().unwrap().account
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.own.as_ref().unwrap().running.lock().unwrap().as_ref().unwrap().server.id()
    }
}
