//! A service that is started: it takes its address before anything else, survives a reader who leaves, tells its
//! supervisor what it does, and ends when it is asked to.

use crate::harness::app::{App, config};
use crate::harness::described;
use crate::harness::process::free_address;
use crate::harness::program::{Going, program, run, send};
use crate::harness::scratch;
use std::net::TcpListener;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

/// The socket of a supervisor.
struct Supervisor(UnixDatagram);

impl Supervisor {
    fn at(path: &Path) -> Supervisor {
        let socket = UnixDatagram::bind(path).unwrap();
        // Long enough for any start; without it a program that says nothing would be waited for without end.
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Supervisor(socket)
    }

    /// Waits for the next message.
    fn is_told(&self) -> String {
        let mut message = [0; 64];
        let length = self.0.recv(&mut message).unwrap();
        String::from_utf8(message[..length].to_vec()).unwrap()
    }
}

#[apply(on_both!)]
fn a_service_whose_address_is_taken_makes_and_shows_nothing(app: App) {
    let folder = scratch::folder();
    let settings = config(app.engine, folder.path());
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for arguments in [&["serve"][..], &["serve", "--sandbox"], &["demo"]] {
        let mut command = program(folder.path(), arguments);
        command.env("MAGNET_SCHEME__SERVER__BIND", &address);
        command.env("MAGNET_SCHEME__DATABASE__URL", &settings.database.url);
        command.env("MAGNET_SCHEME__DATABASE__ALLOW_UNSAFE_SETTINGS", "true");
        let ended = run(command).with(2).about(&["server.bind", &address]);
        assert_eq!(ended.said, "", "a password that is printed here is lost");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is made");
    }
    drop(taken);
    // The next start makes the first administrator, and shows the password.
    let mut command = program(folder.path(), &["serve"]);
    command.env("MAGNET_SCHEME__DATABASE__URL", &settings.database.url);
    command.env("MAGNET_SCHEME__DATABASE__ALLOW_UNSAFE_SETTINGS", "true");
    let going = Going::serving(command);
    assert!(going.said[0].starts_with("First administrator: "), "{:?}", going.said);
}

#[apply(on_both!)]
fn a_service_goes_on_when_nobody_reads_what_it_says(app: App) {
    let folder = scratch::folder();
    let supervisor = Supervisor::at(&folder.path().join("notify"));
    let address = free_address().to_string();
    let url = config(app.engine, folder.path()).database.url;
    let service = || {
        let mut command = program(folder.path(), &["serve", "--sandbox"]);
        command.env("MAGNET_SCHEME__SERVER__BIND", &address).env("NOTIFY_SOCKET", folder.path().join("notify"));
        command.env("MAGNET_SCHEME__DATABASE__URL", &url);
        command.env("MAGNET_SCHEME__DATABASE__ALLOW_UNSAFE_SETTINGS", "true");
        command
    };
    // Somebody has to read the first password.
    let first = Going::serving(service());
    assert_eq!(supervisor.is_told(), "READY=1");
    drop(first);
    let mut command = service();
    // Both pipes are closed before the first line is written.
    for end in [0, 1] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        if end == 0 {
            command.stdout(writer)
        } else {
            command.stderr(writer)
        };
    }
    let mut child = command.spawn().unwrap();
    assert_eq!(supervisor.is_told(), "READY=1");
    let client = described::client(format!("http://{address}"));
    for _ in 0..3 {
        assert_eq!(client.send("GET", "/health/ready", &[], None).unwrap().status, 200);
    }
    send(child.id(), "TERM");
    assert_eq!(supervisor.is_told(), "STOPPING=1");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[apply(plain!)]
fn a_command_whose_reader_leaves_ends_quietly_and_one_whose_disk_is_full_does_not() {
    let folder = scratch::folder();
    let (manual, verifiers) = (folder.path().join("manual"), folder.path().join("verifiers"));
    let scheme = concat!(env!("CARGO_MANIFEST_DIR"), "/config/schemes/ndfeb-2025-proposal.toml");
    for arguments in [
        &["--version"][..],
        &["--help"],
        &["help"],
        &["help", "user", "add"],
        &["serve", "--help"],
        &["openapi"],
        &["scheme-schema"],
        &["scheme-check", scheme],
        &["scheme-check", scheme, "--json"],
        &["config", "show"],
        &["config", "show", "--json"],
        &["completions", "bash"],
        &["manual", manual.to_str().unwrap()],
        &["verifiers", verifiers.to_str().unwrap()],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = program(folder.path(), arguments);
        command.stdout(writer);
        let ended = run(command).with(0);
        assert_eq!(ended.complained, "", "{arguments:?}");
        let mut command = program(folder.path(), arguments);
        command.stdout(full());
        run(command).with(2).about(&["standard output could not be written", "No space left"]);
    }
    let mut command = program(folder.path(), &["demo", "--exit"]);
    command.stdout(full());
    run(command).with(2).about(&["the demo ends", "No space left"]);
}

/// A disk without room.
fn full() -> Stdio {
    std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap().into()
}

/// A pipe whose reader has left.
fn left() -> Stdio {
    std::io::pipe().unwrap().1.into()
}

/// Of a password that nobody can read there is no account: whoever comes next has another one.
#[apply(on_both!)]
fn no_account_is_made_whose_password_is_lost(app: App) {
    let folder = scratch::folder();
    let settings = config(app.engine, folder.path());
    let starts = |arguments: &[&str], output: Stdio| {
        let mut command = program(folder.path(), arguments);
        command.env("MAGNET_SCHEME__DATABASE__URL", &settings.database.url);
        command.env("MAGNET_SCHEME__DATABASE__ALLOW_UNSAFE_SETTINGS", "true");
        command.stdout(output);
        command
    };
    const ADD: [&str; 8] = ["user", "add", "--email", "a@x.example", "--name", "Sample", "--role", "administrator"];
    for output in [full, left] {
        for arguments in [&["serve"][..], &ADD] {
            let ended = run(starts(arguments, output())).with(2);
            ended.about(&["no account was made", "standard output"]);
        }
    }
    let first = Going::serving(starts(&["serve"], Stdio::piped()));
    assert!(first.said[0].starts_with("First administrator: "), "{:?}", first.said);
    // However it ends, the account is there.
    drop(first);
    let made = run(starts(&ADD, Stdio::piped())).with(0);
    assert!(made.said.starts_with("password: "), "{made:?}");
    run(starts(&ADD, Stdio::piped())).with(2).about(&["e-mail"]);
    let verified = run(starts(&["verify"], Stdio::piped())).with(0);
    assert!(verified.said.contains("everything agrees"), "{verified:?}");
}

#[apply(plain!)]
fn a_supervisor_is_told_and_a_hangup_ends_nothing() {
    let folder = scratch::folder();
    let supervisor = Supervisor::at(&folder.path().join("notify"));
    let mut command = program(folder.path(), &["serve", "--sandbox"]);
    command.env("NOTIFY_SOCKET", folder.path().join("notify"));
    let going = Going::serving(command);
    assert_eq!(supervisor.is_told(), "READY=1");
    going.is_sent("HUP");
    let client = described::client(format!("http://{}", going.address()));
    assert_eq!(client.send("GET", "/health/ready", &[], None).unwrap().status, 200);
    going.is_sent("INT");
    assert_eq!(supervisor.is_told(), "STOPPING=1");
    let ended = going.ends().with(0);
    assert!(ended.complained.contains("SIGHUP changes nothing"), "{}", ended.complained);
    // A supervisor that is gone keeps no service from starting.
    drop(supervisor);
    std::fs::remove_file(folder.path().join("notify")).unwrap();
    let mut command = program(folder.path(), &["serve", "--sandbox"]);
    command.env("NOTIFY_SOCKET", folder.path().join("notify")).stderr(Stdio::null());
    Going::serving(command);
}
