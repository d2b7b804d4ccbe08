//! The program as a person starts it: with arguments and settings, what it prints, and how it ends.

use crate::harness::app::{App, Engine, config};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

/// The program with these arguments and its data in a folder below this one, on a port that the system chooses.
pub fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_magnet-scheme"));
    set(&mut command, folder);
    command.args(arguments);
    command
}

/// The same, started by a shell that runs this script with the program as `"$@"`.
pub fn program_in_shell(script: &str, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    set(&mut command, folder);
    command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_magnet-scheme")]).args(arguments);
    command
}

/// Gives a program that makes a database of its own one of this engine.
pub fn with_database(command: &mut Command, engine: Engine, folder: &Path) {
    // On SQLite it is in the folder of data anyhow.
    if engine == Engine::Postgres {
        command.env("MAGNET_SCHEME__DATABASE__URL", config(engine, folder).database.url);
        command.env("MAGNET_SCHEME__DATABASE__ALLOW_UNSAFE_SETTINGS", "true");
    }
}

fn set(command: &mut Command, folder: &Path) {
    command
        .env("TMPDIR", folder)
        .env("MAGNET_SCHEME__SERVER__BIND", "127.0.0.1:0")
        .env("MAGNET_SCHEME__DATA__FOLDER", folder.join("data"))
        .env_remove("DATABASE_URL")
        .env_remove("RUST_LOG")
        .env_remove("MAGNET_SCHEME_LOG")
        .env_remove("NOTIFY_SOCKET")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
}

impl App {
    /// The program with these arguments on the data of this service, which has to be stopped.
    pub fn program(&self, arguments: &[&str]) -> Command {
        let folder = &self.config.data.folder;
        let mut command = program(folder.parent().unwrap(), arguments);
        command.env("MAGNET_SCHEME__DATA__FOLDER", folder);
        command.env("MAGNET_SCHEME__DATABASE__URL", &self.config.database.url);
        command.env("MAGNET_SCHEME__CLOCK__AHEAD_DAYS_MOST", self.config.clock.ahead_days_most.to_string());
        let allowed = self.config.database.allow_unsafe_settings.to_string();
        command.env("MAGNET_SCHEME__DATABASE__ALLOW_UNSAFE_SETTINGS", allowed);
        command
    }
}

/// How a program ended: its code, and what it wrote to standard output and to standard error.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub said: String,
    pub complained: String,
}

impl Ended {
    fn of(output: Output) -> Ended {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ended { code: output.status.code(), said: text(output.stdout), complained: text(output.stderr) }
    }

    /// Fails the test unless it ended so.
    #[track_caller]
    pub fn with(self, code: i32) -> Ended {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    /// It complained in these words, and not about a defect.
    #[track_caller]
    pub fn about(self, words: &[&str]) -> Ended {
        for word in words {
            assert!(self.complained.contains(word), "{word:?} is not in {:?}", self.complained);
        }
        for defect in ["internal", "unexpected", "panicked"] {
            assert!(!self.complained.contains(defect), "{:?}", self.complained);
        }
        self
    }

    /// What it said, as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.said).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Runs a program to its end.
pub fn run(mut command: Command) -> Ended {
    Ended::of(command.output().unwrap())
}

/// A program that goes on, with what it said so far.
pub struct Going {
    child: Child,
    output: BufReader<ChildStdout>,
    pub said: Vec<String>,
}

impl Going {
    /// Starts it and reads what it says, until a line begins so.
    #[track_caller]
    pub fn until(mut command: Command, begin: &str) -> Going {
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut going = Going { child, output, said: Vec::new() };
        loop {
            let mut line = String::new();
            if going.output.read_line(&mut line).unwrap() == 0 {
                let said = going.said.clone();
                panic!("it ended: {said:?} {}", going.ends().complained);
            }
            going.said.push(line.trim_end().to_owned());
            if line.starts_with(begin) {
                return going;
            }
        }
    }

    /// Starts a service, and waits until it has said where it serves.
    #[track_caller]
    pub fn serving(command: Command) -> Going {
        Self::until(command, "magnet-scheme serves")
    }

    /// The address of the service, such as `127.0.0.1:8080`.
    pub fn address(&self) -> String {
        let line = self.said.iter().find_map(|line| line.split_once("http://")).unwrap();
        line.1.split(['/', ',']).next().unwrap().to_owned()
    }

    /// Sends a signal, such as `TERM`.
    pub fn is_sent(&self, signal: &str) {
        send(self.child.id(), signal);
    }

    /// Waits for its end.
    pub fn ends(mut self) -> Ended {
        let (mut rest, mut complained) = (String::new(), String::new());
        self.output.read_to_string(&mut rest).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut complained).unwrap();
        let code = self.child.wait().unwrap().code();
        Ended { code, said: rest, complained }
    }
}

impl Drop for Going {
    /// A test that fails leaves no service behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process.
pub fn send(process: u32, signal: &str) {
    let sent = Command::new("kill").arg(format!("-{signal}")).arg(process.to_string()).status().unwrap();
    assert!(sent.success());
}
