//! What the program says to whoever started it: lines on standard output, complaints and progress on standard error.
//! A reader who closes the pipe (`serve | head -1`) ends the output and not the program; `println!` would end the
//! thread that writes.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

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
    let written = write!(output, "{text}").and_then(|()| output.flush());
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
