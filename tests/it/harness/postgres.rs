//! Throw-away PostgreSQL servers on a socket: one for the whole run, and more for the tests that kill
//! them; also as root (a server then runs as `postgres` or `nobody`). They end with this process,
//! however it ends.

use crate::harness::scratch;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use std::io::Write;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

/// A server of our own, or one named in the environment.
pub struct Cluster {
    /// URL of the server, without database name: `(before, after)` the name.
    pub url: (String, String),
    /// Connections for creating and removing databases, used again: each is a process of the server.
    pub idle: Mutex<Vec<PgConnection>>,
    /// The data of a server of our own.
    pub own: Option<Own>,
}

/// A server that we started, and can start again.
pub struct Own {
    pub programs: PathBuf,
    pub folder: tempfile::TempDir,
    pub account: Option<(u32, u32)>,
    pub settings: &'static [&'static str],
    pub running: Mutex<Option<Running>>,
}

/// The server's process, and a shell that ends it when this process ends, however it ends.
pub struct Running {
    pub server: Child,
    guard: Child,
}

/// Settings that no real database may have: nothing here outlives its test.
const FAST: &[&str] = &[
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    // A database lives for a second: its statistics are not worth a process.
    "autovacuum=off",
    "track_counts=off",
    // Without statistics the planner takes small tables for large ones, and would compile their queries.
    "jit=off",
    // A statement is planned once and not for each of its first five uses: most tests use it less often.
    "plan_cache_mode=force_generic_plan",
];

static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// A description of the server that was found, or the reason why none was.
pub fn find() -> Result<String, String> {
    if let Ok(url) = std::env::var("TEST_DATABASE_URL") {
        return Ok(format!("TEST_DATABASE_URL, {} characters", url.len()));
    }
    programs().map(|folder| folder.display().to_string())
}

/// The folder that holds `initdb` and `postgres`.
fn programs() -> Result<PathBuf, String> {
    let mut folders: Vec<PathBuf> = Vec::new();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        folders.extend(versions.flatten().map(|version| version.path().join("bin")));
        folders.sort();
        folders.reverse();
    }
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let complete = |folder: &PathBuf| folder.join("initdb").exists() && folder.join("postgres").exists();
    folders.into_iter().find(complete).ok_or_else(|| "no initdb and postgres in /usr/lib/postgresql or PATH".to_owned())
}

/// The server that all tests share.
pub fn shared() -> &'static Cluster {
    let start = || match std::env::var("TEST_DATABASE_URL") {
        Ok(url) => Cluster::named(&url),
        Err(_) => Cluster::start_in(scratch::folder(), FAST),
    };
    CLUSTER.get_or_init(start).as_ref().unwrap_or_else(|why| panic!("PostgreSQL did not start: {why}"))
}

/// A URL of a new, empty database on the server that all tests share.
pub fn new_database() -> String {
    shared().new_database()
}

/// Runs one statement on a database, as an attacker with access to it.
pub fn execute(url: &str, statement: &str) {
    let mut connection = PgConnection::establish(url).unwrap();
    connection.batch_execute(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
}

impl Cluster {
    fn named(url: &str) -> Result<Cluster, String> {
        let (server, options) = url.split_once('?').map_or((url, String::new()), |(a, b)| (a, format!("?{b}")));
        let before = server.rsplit_once('/').ok_or("TEST_DATABASE_URL names no database")?.0;
        Ok(Cluster { url: (format!("{before}/"), options), idle: Mutex::default(), own: None })
    }

    /// A new server of our own with these settings, on a disk.
    pub fn start(settings: &'static [&'static str]) -> Result<Cluster, String> {
        let folder = tempfile::Builder::new().prefix("ms-pg-").tempdir_in("/tmp").map_err(|error| error.to_string())?;
        Self::start_in(folder, settings)
    }

    fn start_in(folder: tempfile::TempDir, settings: &'static [&'static str]) -> Result<Cluster, String> {
        let programs = programs()?;
        let account = server_account()?;
        if let Some((uid, gid)) = account {
            chown(folder.path(), Some(uid), Some(gid)).map_err(|error| error.to_string())?;
        }
        let mut initdb = Command::new(programs.join("initdb"));
        initdb
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(folder.path().join("data"));
        let made = as_account(&mut initdb, account).output().map_err(|error| error.to_string())?;
        if !made.status.success() {
            return Err(String::from_utf8_lossy(&made.stderr).into_owned());
        }
        let url = ("postgres:///".to_owned(), format!("?host={}&user=postgres", folder.path().display()));
        let own = Own { programs, folder, account, settings, running: Mutex::new(None) };
        own.serve()?;
        Ok(Cluster { url, idle: Mutex::default(), own: Some(own) })
    }

    /// A URL of a new, empty database on this server.
    pub fn new_database(&self) -> String {
        self.url_of(&self.create())
    }

    /// The URL of a database.
    pub fn url_of(&self, name: &str) -> String {
        let (before, after) = &self.url;
        format!("{before}{name}{after}")
    }

    /// The name of a new, empty database.
    pub fn create(&self) -> String {
        let name = format!("it_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
        self.administers(&format!("CREATE DATABASE {name}")).unwrap();
        name
    }

    /// The name of a new database that is a copy of another, to which nobody is still connected.
    pub fn copy(&self, template: &str) -> String {
        let name = format!("it_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
        let copy = format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY");
        // The last connection of the service that made the template may still be closing.
        for _ in 0..200 {
            match self.administers(&copy) {
                Err(error) if error.contains("being accessed by other users") => {
                    std::thread::sleep(std::time::Duration::from_millis(25));
                }
                done => {
                    done.unwrap_or_else(|error| panic!("{copy}: {error}"));
                    return name;
                }
            }
        }
        panic!("somebody goes on using {template}");
    }

    /// Removes a database, even while it is in use.
    pub fn remove(&self, name: &str) {
        let _ = self.administers(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
    }

    /// Runs one statement on the server, not in a database of a test.
    fn administers(&self, statement: &str) -> Result<(), String> {
        let idle = self.idle.lock().unwrap().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => PgConnection::establish(&self.url_of("postgres")).map_err(|error| error.to_string())?,
        };
        // A connection after an error is not used again: it may have died with a server that was killed.
        connection.batch_execute(statement).map_err(|error| error.to_string())?;
        self.idle.lock().unwrap().push(connection);
        Ok(())
    }
}

impl Own {
    /// Starts the server and waits until it answers.
    pub fn serve(&self) -> Result<(), String> {
        let text = |error: std::io::Error| error.to_string();
        let mut running = self.launch().map_err(text)?;
        let probe = format!("postgres:///postgres?host={}&user=postgres", self.folder.path().display());
        for _ in 0..600 {
            if PgConnection::establish(&probe).is_ok() {
                *self.running.lock().unwrap() = Some(running);
                return Ok(());
            }
            if running.server.try_wait().map_err(text)?.is_some() {
                // The remains of a killed server (its shared memory) take a moment to disappear.
                running.end();
                running = self.launch().map_err(text)?;
            }
            // Waiting for a process to start: nothing signals that it is ready.
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        running.end();
        Err(std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default())
    }

    fn launch(&self) -> std::io::Result<Running> {
        let folder = self.folder.path();
        let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("log"))?;
        let mut server = Command::new(self.programs.join("postgres"));
        server.arg("-D").arg(folder.join("data")).arg("-k").arg(folder).args(["-c", "listen_addresses="]);
        for setting in self.settings.iter().chain(&["max_connections=300", "shared_buffers=128MB"]) {
            server.args(["-c", setting]);
        }
        server.stdin(Stdio::null()).stdout(Stdio::from(log.try_clone()?)).stderr(Stdio::from(log)).current_dir("/");
        let server = as_account(&mut server, self.account).spawn()?;
        let guard = Command::new("sh")
            .args(["-c", "read line; kill -INT \"$0\" 2>/dev/null"])
            .arg(server.id().to_string())
            .stdin(Stdio::piped())
            .spawn()?;
        Ok(Running { server, guard })
    }
}

impl Running {
    /// Ends the server, if it has not ended already.
    pub fn end(&mut self) {
        if let Some(mut pipe) = self.guard.stdin.take() {
            let _ = pipe.write_all(b"\n");
        }
        let _ = self.guard.wait();
        let _ = self.server.wait();
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.lock().unwrap().take() {
            running.end();
        }
    }
}

/// A command that runs as this account.
pub fn as_account(command: &mut Command, owner: Option<(u32, u32)>) -> &mut Command {
    match owner {
        Some((uid, gid)) => command.uid(uid).gid(gid),
        None => command,
    }
}

/// Root cannot run PostgreSQL: the account that runs it instead.
fn server_account() -> Result<Option<(u32, u32)>, String> {
    use std::os::unix::fs::MetadataExt;
    let me = std::fs::metadata("/proc/self").map_err(|error| error.to_string())?.uid();
    if me != 0 {
        return Ok(None);
    }
    let accounts = std::fs::read_to_string("/etc/passwd").map_err(|error| error.to_string())?;
    let account = |name: &str| {
        let line = accounts.lines().find(|line| line.starts_with(&format!("{name}:")))?;
        let mut parts = line.split(':').skip(2);
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    account("postgres")
        .or_else(|| account("nobody"))
        .map(Some)
        .ok_or_else(|| "no account to run PostgreSQL as".to_owned())
}

/// Ends the server that all tests share, and removes its files.
pub fn stop() {
    let Some(Ok(Cluster { own: Some(own), .. })) = CLUSTER.get() else { return };
    if let Some(mut running) = own.running.lock().unwrap().take() {
        running.end();
    }
    let _ = std::fs::remove_dir_all(own.folder.path());
}
