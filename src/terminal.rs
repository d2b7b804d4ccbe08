//! What the program says to whoever started it: lines on standard output, complaints and progress on standard error.
//! A reader who closes the pipe (`serve | head -1`) ends the output and not the program; `println!` would end the
//! thread that writes.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;

/// The first error of standard output that is more than a reader who left, such as a full disk.
static FAULT: Mutex<Option<String>> = Mutex::new(None);

/// Whether progress is shown.
static WATCHED: AtomicBool = AtomicBool::new(false);

/// Moves to the begin of the line and clears it.
const LINE_AGAIN: &str = "\r\u{1b}[K";

/// Writes a line to standard output.
pub fn say(line: impl Display) {
    print(format_args!("{line}\n"));
}

/// Writes a text as it is to standard output.
pub fn print(text: impl Display) {
    hide_progress();
    let mut output = io::stdout().lock();
    note(write!(output, "{text}").and_then(|()| output.flush()));
}

/// How long a terminal may take to show a line before it counts as one that shows nothing (it was stopped by Ctrl-S).
const LONGEST_TO_SHOW: Duration = Duration::from_secs(5);

/// Writes a line that is shown once, such as a password. Unlike [`say`] it fails when nobody has the line: the reader
/// has left, the disk is full, or the terminal stands still. Whoever calls it undoes what the line is about.
pub fn show_once(line: String) -> io::Result<()> {
    let (shown, outcome) = mpsc::channel();
    // Somebody may wait for this thread with a lock of the database.
    std::thread::Builder::new().name("show".to_owned()).spawn(move || {
        let mut output = io::stdout().lock();
        let _ = shown.send(writeln!(output, "{line}").and_then(|()| output.flush()));
    })?;
    outcome.recv_timeout(LONGEST_TO_SHOW).unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
}

/// Notes how a writing to standard output went, for the end of the program.
pub fn note(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        FAULT.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| error.to_string());
    }
}

/// Why not everything could be written to standard output; a reader who left is no fault.
pub fn output_fault() -> Option<String> {
    FAULT.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Writes a complaint to standard error. Where that cannot be written either, nobody is there to be told.
pub fn complain(why: impl Display) {
    hide_progress();
    let _ = writeln!(io::stderr(), "magnet-scheme: {why}");
}

/// Shows progress from now on, if standard error is a terminal.
pub fn watch_progress() {
    WATCHED.store(io::stderr().is_terminal(), Ordering::Relaxed);
}

/// Says how far a long work is. One line, written over the one before; nothing where nobody watches.
pub fn progress(done: impl Display) {
    if WATCHED.load(Ordering::Relaxed) {
        let mut terminal = io::stderr().lock();
        let _ = write!(terminal, "{LINE_AGAIN}{done}").and_then(|()| terminal.flush());
    }
}

/// Clears the line of progress before something else is said.
fn hide_progress() {
    if WATCHED.load(Ordering::Relaxed) {
        let _ = write!(io::stderr(), "{LINE_AGAIN}");
    }
}
