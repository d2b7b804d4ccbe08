//! The release program as a process of its own, from its start until the value is dropped.

use magnet_scheme::client::Client;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The place of a run's data: a folder, and a database of its own unless it is SQLite.
pub struct Place {
    pub folder: PathBuf,
    pub url: Option<String>,
}

impl Place {
    /// The SQLite file in the folder.
    pub fn sqlite(&self) -> String {
        self.folder.join("magnet-scheme.sqlite3").display().to_string()
    }
}

/// A serving process.
pub struct Served {
    pub client: Client,
    pub address: SocketAddr,
    /// The time from its start until it was ready.
    pub took: Duration,
    /// The first administrator's password, when this start created one.
    pub password: Option<String>,
    child: Child,
}

/// Starts the program with its settings as shipped and waits until it is ready.
pub fn start(place: &Place) -> Served {
    let address = free_address();
    let mut command = Command::new(env!("CARGO_BIN_EXE_magnet-scheme"));
    command
        .args(["serve", "--sandbox", "--accept-clock"])
        .env("MAGNET_SCHEME__SERVER__BIND", address.to_string())
        .env("MAGNET_SCHEME__DATA__FOLDER", &place.folder)
        .env_remove("DATABASE_URL")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(if std::env::var_os("BENCH_SHOW").is_some() { Stdio::inherit() } else { Stdio::null() });
    if let Some(url) = &place.url {
        command.env("DATABASE_URL", url);
    }
    let started = Instant::now();
    let mut child = command.spawn().unwrap();
    while !is_ready(address) {
        assert!(child.try_wait().unwrap().is_none(), "the service ended while it started");
        assert!(started.elapsed() < Duration::from_secs(30), "the service is not ready after 30 seconds");
        // Waiting for a process to start: nothing signals that it is ready.
        std::thread::sleep(Duration::from_micros(500));
    }
    let took = started.elapsed();
    let password = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .take_while(|line| !line.starts_with("magnet-scheme serves"))
        .find_map(|line| Some(line.split_once("password: ")?.1.split_whitespace().next()?.to_owned()));
    Served { client: Client::new(format!("http://{address}")), address, took, password, child }
}

/// An address on which nobody listens right now.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn is_ready(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let request = format!("GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let mut answer = [0; 12];
    stream.write_all(request.as_bytes()).is_ok() && stream.read_exact(&mut answer).is_ok() && answer.ends_with(b" 200")
}

impl Served {
    /// A figure of `/proc/PID/status`, in KiB.
    pub fn resident_kib(&self, figure: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(figure)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Served {
    /// Resets the peak of resident memory.
    pub fn forget_peak(&self) {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").unwrap();
    }

    /// Kills the process instead of asking it to stop: what it acknowledged must survive until the next start anyway.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop();
    }
}
