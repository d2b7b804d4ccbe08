//! The real program as processes of its own, on the database of an `App` that has stopped serving it.
//! Its address stays the same however often it is killed and started again, so people keep their tokens.

use crate::harness::app::App;
use crate::harness::described;
use crate::harness::dice::Dice;
use domain::base::calendar::Timestamp;
use magnet_scheme::client::{Client, Person};
use magnet_scheme::config::Config;
use magnet_scheme::service::running::clock::Clock;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A service that can be killed.
pub struct Process {
    pub client: Client,
    address: SocketAddr,
    config: Config,
    /// Put before the program: a shell that first lowers a limit.
    wrap: Option<String>,
    child: Option<Child>,
}

impl App {
    /// Stops serving and starts the program itself instead, beginning at this instant of business time.
    pub fn hand_over(&mut self, instant: &str) -> Process {
        self.hand_over_wrapped(instant, None)
    }

    /// The same, with the program started by this shell script, which receives it as `"$@"`.
    pub fn hand_over_wrapped(&mut self, instant: &str, wrap: Option<&str>) -> Process {
        self.stop();
        let ahead = instant.parse::<Timestamp>().unwrap().micros() - Clock::system().system_now().micros();
        self.sql(&format!("UPDATE instance SET clock_offset_micros = {ahead}"));
        let process = Process::start(&self.config, wrap);
        self.speak_to(process.client.clone());
        process
    }
}

impl Process {
    /// Starts the program on the data of these settings and waits until it is ready.
    pub fn start(config: &Config, wrap: Option<&str>) -> Process {
        let address = free_address();
        let client = described::client(format!("http://{address}"));
        let mut process =
            Process { client, address, config: config.clone(), wrap: wrap.map(str::to_owned), child: None };
        process.restart();
        process
    }

    /// Starts it again at its address and waits until it is ready.
    pub fn restart(&mut self) {
        self.kill();
        let mut child = self.spawn();
        for _ in 0..3_000 {
            if self.is_ready() {
                self.child = Some(child);
                return;
            }
            assert!(child.try_wait().unwrap().is_none(), "the service ended while it started: {}", self.said());
            // Waiting for a process to start: nothing signals that it is ready.
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the service is not ready: {}", self.said());
    }

    /// Starts it and kills it after this time, before it is ready.
    pub fn stumble(&mut self, after: Duration) {
        self.kill();
        self.child = Some(self.spawn());
        std::thread::sleep(after);
        self.kill();
    }

    /// Waits until it has ended by itself; returns whether it did.
    pub fn ends(&mut self) -> bool {
        for _ in 0..1_000 {
            if !self.runs() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }

    fn spawn(&self) -> Child {
        let program = env!("CARGO_BIN_EXE_magnet-scheme");
        let mut command = match &self.wrap {
            None => Command::new(program),
            Some(script) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", script, "sh", program]);
                shell
            }
        };
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log()).unwrap();
        command
            .args(["serve", "--sandbox"])
            .env("MAGNET_SCHEME__SERVER__BIND", self.address.to_string())
            .env("MAGNET_SCHEME__DATA__FOLDER", &self.config.data.folder)
            .env("MAGNET_SCHEME__DATABASE__URL", &self.config.database.url)
            .env("MAGNET_SCHEME__CLOCK__AHEAD_DAYS_MOST", self.config.clock.ahead_days_most.to_string())
            .env("MAGNET_SCHEME__DATABASE__QUEUE_LENGTH", self.config.database.queue_length.to_string())
            .env("MAGNET_SCHEME__DATABASE__COMMAND_SECONDS_MOST", self.config.database.command_seconds_most.to_string())
            .env(
                "MAGNET_SCHEME__DATABASE__ALLOW_UNSAFE_SETTINGS",
                self.config.database.allow_unsafe_settings.to_string(),
            )
            .env("MAGNET_SCHEME_FAULT_FILE", self.fault_file())
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::from(log));
        command.spawn().unwrap()
    }

    /// Ends it with SIGKILL, if it still runs.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            child.wait().unwrap();
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| child.try_wait().unwrap().is_none())
    }

    /// Whether its health check reports that it can serve.
    pub fn is_ready(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(self.address) else { return false };
        let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
        let request = format!("GET /health/ready HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address);
        let mut answer = [0; 12];
        stream.write_all(request.as_bytes()).is_ok()
            && stream.read_exact(&mut answer).is_ok()
            && answer.ends_with(b" 200")
    }

    /// A known person with a session and connections of their own to this service.
    pub fn session_of(&self, person: &Person) -> Person {
        let client = self.client.apart();
        let session = Person::new(&client, person.email.clone(), person.password.clone());
        session.token().unwrap();
        session
    }

    /// The file whose content names the fault point at which the program ends itself.
    pub fn fault_file(&self) -> PathBuf {
        self.config.data.folder.join(format!("fault-{}", self.address.port()))
    }

    fn log(&self) -> PathBuf {
        self.config.data.folder.join(format!("log-{}", self.address.port()))
    }

    /// The text that it wrote to its log.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// An address on which nobody listens, below the ports that outgoing connections are given.
pub fn free_address() -> SocketAddr {
    let mut dice = Dice(uuid::Uuid::new_v4().as_u64_pair().0);
    loop {
        let port = 12_000 + dice.roll(20_000) as u16;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
