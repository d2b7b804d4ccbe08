//! A PostgreSQL server of one test alone that keeps what it acknowledged, and can be killed.

use crate::app::{App, Engine};
use crate::postgres::Cluster;

/// What our promises need.
const DURABLE: &[&str] = &["fsync=on", "synchronous_commit=on", "full_page_writes=on"];

/// Starts one.
pub fn server() -> Cluster {
    Cluster::start(DURABLE).unwrap_or_else(|why| panic!("PostgreSQL did not start: {why}"))
}

/// A sandbox with its database there.
pub fn sandbox(server: &Cluster) -> App {
    App::sandbox_with(Engine::Postgres, |config| config.database.url = server.new_database())
}

impl Cluster {
    /// SIGKILL to the server, as when its machine's memory ran out.
    pub fn kill(&self) {
        let own = self.own.as_ref().unwrap();
        let mut running = own.running.lock().unwrap().take().unwrap();
        running.server.kill().unwrap();
        running.end();
    }

    /// Starts it again; it recovers what it had acknowledged.
    pub fn serve_again(&self) {
        self.own.as_ref().unwrap().serve().unwrap_or_else(|why| panic!("PostgreSQL did not start again: {why}"));
    }
}
