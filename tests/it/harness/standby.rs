//! A streaming standby of a throw-away PostgreSQL server, which can be killed and promoted.

use crate::harness::postgres;
use crate::harness::postgres::{Cluster, Own, as_account};
use std::io::Write;
use std::os::unix::fs::chown;
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

/// A durable server that standbys may follow.
const FOLLOWED: &[&str] = &[
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "autovacuum=off",
    "wal_level=replica",
    "max_wal_senders=4",
    "wal_keep_size=64MB",
];

/// Starts such a server.
pub fn primary() -> Cluster {
    Cluster::start(FOLLOWED).unwrap_or_else(|why| panic!("PostgreSQL did not start: {why}"))
}

impl Cluster {
    /// A standby that follows this server from its present state on. The server is stopped for a moment: the files of
    /// a server at rest are a base from which to follow it.
    pub fn standby(&self) -> Cluster {
        let own = self.own.as_ref().unwrap();
        let folder = tempfile::Builder::new().prefix("ms-pg-").tempdir_in("/tmp").unwrap();
        if let Some((uid, gid)) = own.account {
            chown(folder.path(), Some(uid), Some(gid)).unwrap();
        }
        self.idle.lock().unwrap().clear();
        own.running.lock().unwrap().take().unwrap().end();
        let data = folder.path().join("data");
        let mut copy = Command::new("cp");
        copy.arg("-a").arg(own.folder.path().join("data")).arg(&data);
        assert!(as_account(&mut copy, own.account).status().unwrap().success());
        self.serve_again();
        let signal = std::fs::File::create(data.join("standby.signal")).unwrap();
        if let Some((uid, gid)) = own.account {
            std::os::unix::fs::fchown(&signal, Some(uid), Some(gid)).unwrap();
        }
        let mut settings = std::fs::File::options().append(true).open(data.join("postgresql.auto.conf")).unwrap();
        let from = own.folder.path().display();
        writeln!(settings, "primary_conninfo = 'host={from} user=postgres application_name=standby'").unwrap();
        let url = ("postgres:///".to_owned(), format!("?host={}&user=postgres", folder.path().display()));
        let follower = Own {
            programs: own.programs.clone(),
            folder,
            account: own.account,
            settings: own.settings,
            running: Mutex::new(None),
        };
        follower.serve().unwrap_or_else(|why| panic!("the standby did not start: {why}"));
        Cluster { url, idle: Mutex::default(), own: Some(follower) }
    }

    /// From now on this server waits for a standby with each commit.
    pub fn waits_for_standbys(&self) {
        let url = self.url_of("postgres");
        postgres::execute(&url, "ALTER SYSTEM SET synchronous_standby_names = '*'");
        postgres::execute(&url, "SELECT pg_reload_conf()");
    }

    /// Makes a server of its own of a standby.
    pub fn promote(&self) {
        postgres::execute(&self.url_of("postgres"), "SELECT pg_promote()");
    }
}

/// Waits until something holds.
#[track_caller]
pub fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it never came to this: {what}");
}
