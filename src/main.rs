//! The program: it reads its command line, does what is asked, and ends with a code that says how that went.

mod command_line;

use crate::command_line::outcome::Outcome;
use crate::command_line::{CommandLine, run};
use clap::Parser;
use magnet_scheme::terminal;
use magnet_scheme::web::refused_requests::RefusedRequests;
use std::io::Write;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// A command makes many small allocations, and the writer and the web threads free each other's memory. Huge
/// pages are off: they would take 25 MiB more without a measurable gain.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(wrong) if wrong.use_stderr() => wrong.exit(),
        // The help or the version, which the parser would print without looking whether that went well.
        Err(help) => {
            terminal::note(help.print().and_then(|()| std::io::stdout().flush()));
            return ended(Outcome::Good);
        }
    };
    start_log(line.usual_log());
    let outcome = actix_web::rt::System::new().block_on(run(line)).unwrap_or_else(|failure| {
        terminal::complain(failure);
        Outcome::NotAsked
    });
    ended(outcome)
}

/// The code of an end, after which standard output is to have everything that was said.
fn ended(outcome: Outcome) -> ExitCode {
    match terminal::output_fault() {
        Some(why) => {
            terminal::complain(format_args!("standard output could not be written: {why}"));
            Outcome::NotAsked.into()
        }
        None => outcome.into(),
    }
}

/// Writes one JSON line per event to standard error. `MAGNET_SCHEME_LOG` filters, else `RUST_LOG`, else `usual`.
fn start_log(usual: &str) {
    let named = ["MAGNET_SCHEME_LOG", "RUST_LOG"].into_iter().filter_map(|name| std::env::var(name).ok());
    let wanted = named.filter(|filter| !filter.trim().is_empty()).find_map(|filter| EnvFilter::try_new(filter).ok());
    let filter = wanted.unwrap_or_else(|| EnvFilter::new(usual));
    // A log that cannot be written (its disk is full) must not end a thread by an error message about it.
    let lines = tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr).log_internal_errors(false);
    tracing_subscriber::registry().with(filter).with(lines).with(RefusedRequests).init();
}
