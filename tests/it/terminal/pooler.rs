//! PostgreSQL behind a pooler in transaction mode, which hands its sessions around: the start refuses it.

use crate::harness::durable;
use crate::harness::program::{program, run};
use crate::harness::scratch;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

/// A pooler with one session of the server for all its clients. Each client has it for a transaction.
struct Session {
    server: UnixStream,
    /// What the server said when the session began: every client is told so.
    greeting: Vec<u8>,
}

/// A message after its type: its length and the rest.
fn body(stream: &mut UnixStream) -> Option<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).ok()?;
    let mut message = length.to_vec();
    message.resize(u32::from_be_bytes(length) as usize, 0);
    stream.read_exact(&mut message[4..]).ok()?;
    Some(message)
}

/// A message with its type.
fn message(stream: &mut UnixStream) -> Option<Vec<u8>> {
    let mut kind = [0];
    stream.read_exact(&mut kind).ok()?;
    Some([&kind[..], &body(stream)?].concat())
}

/// Reads what the server says until it is ready for the next query; returns also whether no transaction is open.
fn answer(server: &mut UnixStream) -> Option<(Vec<u8>, bool)> {
    let mut said = Vec::new();
    loop {
        let message = message(server)?;
        said.extend(&message);
        if message[0] == b'Z' {
            return Some((said, message[5] == b'I'));
        }
    }
}

impl Session {
    fn begin(server: &Path, startup: &[u8]) -> Option<Session> {
        let mut server = UnixStream::connect(server).ok()?;
        server.write_all(startup).ok()?;
        let (greeting, _) = answer(&mut server)?;
        Some(Session { server, greeting })
    }
}

/// Serves one client until it leaves.
fn serve(mut client: UnixStream, server: &Path, shared: &Mutex<Option<Session>>) -> Option<()> {
    let startup = body(&mut client)?;
    {
        let mut session = shared.lock().unwrap();
        if session.is_none() {
            *session = Session::begin(server, &startup);
        }
        client.write_all(&session.as_ref()?.greeting).ok()?;
    }
    let mut held: Option<MutexGuard<'_, Option<Session>>> = None;
    loop {
        let asked = message(&mut client)?;
        if asked[0] == b'X' {
            return None;
        }
        let mut guard = held.take().unwrap_or_else(|| shared.lock().unwrap());
        let session = guard.as_mut()?;
        session.server.write_all(&asked).ok()?;
        let mut is_over = false;
        // A query and the end of a row of messages are answered.
        if matches!(asked[0], b'Q' | b'S') {
            let (said, idle) = answer(&mut session.server)?;
            client.write_all(&said).ok()?;
            is_over = idle;
        }
        held = (!is_over).then_some(guard);
    }
}

/// Begins to pool at this socket.
fn pool(at: &Path, server: &Path) {
    let listener = UnixListener::bind(at).unwrap();
    let (server, shared) = (server.to_owned(), Arc::new(Mutex::new(None)));
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let (server, shared) = (server.clone(), Arc::clone(&shared));
            std::thread::spawn(move || serve(client, &server, &shared));
        }
    });
}

#[apply(on_postgres!)]
fn a_pooler_that_hands_sessions_around_stops_the_start(_: crate::harness::app::App) {
    let cluster = durable::server();
    let url = cluster.new_database();
    let folder = scratch::folder();
    let there = url.split("host=").nth(1).unwrap().split('&').next().unwrap();
    pool(&folder.path().join(".s.PGSQL.5432"), &Path::new(there).join(".s.PGSQL.5432"));
    let pooled = url.replace(there, &folder.path().display().to_string());
    let try_on = |url: &str, arguments: &[&str]| {
        let mut command = program(folder.path(), arguments);
        command.env("DATABASE_URL", url);
        run(command)
    };
    for arguments in [["migrate"], ["serve"]] {
        try_on(&pooled, &arguments).with(2).about(&["transaction mode", "session mode"]);
    }
    // The server itself is taken, and so is what a pooler in session mode shows of it.
    assert!(try_on(&url, &["migrate"]).with(0).said.contains("migrations ran"));
}
