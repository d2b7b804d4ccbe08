//! A throw-away PostgreSQL cluster on a socket, started once for the whole run, also as root (the
//! server then runs as `postgres` or `nobody`). It ends with this process, however that ends.

use std::io::Write;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

struct Cluster {
    /// URL of a server, without database name: `(before, after)` the name.
    url: (String, String),
    child: Mutex<Option<Child>>,
    folder: Option<tempfile::TempDir>,
}

static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// What was found, or why nothing was.
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

/// A URL of a new, empty database.
pub fn new_database() -> String {
    let cluster = CLUSTER.get_or_init(start).as_ref().unwrap_or_else(|why| panic!("PostgreSQL did not start: {why}"));
    let name = format!("it_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
    let (before, after) = &cluster.url;
    execute(&format!("{before}postgres{after}"), &format!("CREATE DATABASE {name}"));
    format!("{before}{name}{after}")
}

/// Runs one statement on a database, as somebody who has got hold of it.
pub fn execute(url: &str, statement: &str) {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, PgConnection};
    let mut connection = PgConnection::establish(url).unwrap();
    connection.batch_execute(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
}

fn start() -> Result<Cluster, String> {
    if let Ok(url) = std::env::var("TEST_DATABASE_URL") {
        let (server, options) =
            url.split_once('?').map_or((url.as_str(), String::new()), |(a, b)| (a, format!("?{b}")));
        let before = server.rsplit_once('/').ok_or("TEST_DATABASE_URL names no database")?.0;
        return Ok(Cluster { url: (format!("{before}/"), options), child: Mutex::new(None), folder: None });
    }
    let programs = programs()?;
    let folder = tempfile::Builder::new().prefix("ms-pg-").tempdir_in("/tmp").map_err(|error| error.to_string())?;
    let owner = server_account()?;
    if let Some((uid, gid)) = owner {
        chown(folder.path(), Some(uid), Some(gid)).map_err(|error| error.to_string())?;
    }
    let data = folder.path().join("data");
    let mut initdb = Command::new(programs.join("initdb"));
    initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"]).arg(&data);
    let made = as_account(&mut initdb, owner).output().map_err(|error| error.to_string())?;
    if !made.status.success() {
        return Err(String::from_utf8_lossy(&made.stderr).into_owned());
    }
    let child = serve(&programs, folder.path(), &data, owner)?;
    let url = ("postgres:///".to_owned(), format!("?host={}&user=postgres", folder.path().display()));
    Ok(Cluster { url, child: Mutex::new(Some(child)), folder: Some(folder) })
}

/// The server under a shell that ends it when our end of its pipe closes.
fn serve(programs: &Path, folder: &Path, data: &Path, owner: Option<(u32, u32)>) -> Result<Child, String> {
    let script = "\"$0\" -D \"$1\" -k \"$2\" -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
                  -c max_connections=300 -c shared_buffers=128MB >\"$2/log\" 2>&1 & server=$!; read line; kill -INT $server; wait $server";
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(script)
        .arg(programs.join("postgres"))
        .arg(data)
        .arg(folder)
        .stdin(Stdio::piped())
        .current_dir("/");
    let child = as_account(&mut shell, owner).spawn().map_err(|error| error.to_string())?;
    let socket = folder.join(".s.PGSQL.5432");
    let probe = format!("postgres:///postgres?host={}&user=postgres", folder.display());
    for _ in 0..600 {
        use diesel::{Connection, PgConnection};
        if socket.exists() && PgConnection::establish(&probe).is_ok() {
            return Ok(child);
        }
        // Waiting for a process to come up: there is nothing to be told when it has.
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    Err(std::fs::read_to_string(folder.join("log")).unwrap_or_default())
}

fn as_account(command: &mut Command, owner: Option<(u32, u32)>) -> &mut Command {
    match owner {
        Some((uid, gid)) => command.uid(uid).gid(gid),
        None => command,
    }
}

/// Root cannot run PostgreSQL: the account that will.
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

/// Ends the cluster and removes its files.
pub fn stop() {
    let Some(Ok(cluster)) = CLUSTER.get() else { return };
    if let Some(mut child) = cluster.child.lock().unwrap().take() {
        if let Some(mut pipe) = child.stdin.take() {
            let _ = pipe.write_all(b"\n");
        }
        let _ = child.wait();
    }
    if let Some(folder) = &cluster.folder {
        let _ = std::fs::remove_dir_all(folder.path());
    }
}
