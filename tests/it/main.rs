//! The one integration-test binary: real service, real HTTP, on SQLite always and on PostgreSQL when its
//! server programs are found (or `TEST_DATABASE_URL` names a server). Tests that did not run are listed
//! as ignored; with `REQUIRE_POSTGRES=1` a missing PostgreSQL is a failure, and so is a missing Chromium with
//! `REQUIRE_BROWSER=1`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
extern crate macro_rules_attribute;
#[macro_use]
mod register;

mod award;
mod budget;
mod check;
mod claim;
mod correction;
mod correspondence;
mod desk;
mod edge;
mod engine;
mod harness;
mod log;
mod milestone;
mod payment;
mod people;
mod portal;
mod public;
mod recovery;
mod revision;
mod scheme;
mod story;
mod terminal;
mod tidy;
mod worklist;

use libtest_mimic::Arguments;

// As the program has it: a fifth of the time of the tests went into the allocator of the system.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    if harness::fake_treasury::plays() {
        return;
    }
    let arguments = Arguments::from_args();
    let postgres = harness::postgres::find();
    let browser = ["chromium", "chromedriver"].into_iter().all(is_there);
    if !arguments.list {
        tell(&postgres, browser);
    }
    let conclusion = harness::runner::run(arguments, postgres.is_ok(), browser);
    harness::postgres::stop();
    harness::scratch::remove();
    conclusion.exit();
}

/// Whether a program can be started.
fn is_there(program: &str) -> bool {
    use std::process::{Command, Stdio};
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Prints which tests run on which database and in which browser; without a required one none runs.
fn tell(postgres: &Result<String, String>, browser: bool) {
    match postgres {
        Ok(found) => eprintln!("databases: SQLite and PostgreSQL ({found})"),
        Err(why) => eprintln!("databases: SQLite only. PostgreSQL tests are IGNORED: {why}"),
    }
    if !browser {
        eprintln!("browser: no chromium with chromedriver. Tests in a browser are IGNORED");
        if std::env::var("REQUIRE_BROWSER").is_ok_and(|value| value == "1") {
            eprintln!("REQUIRE_BROWSER=1 is set and there is no browser: failing");
            std::process::exit(1);
        }
    }
    if postgres.is_err() && std::env::var("REQUIRE_POSTGRES").is_ok_and(|value| value == "1") {
        eprintln!("REQUIRE_POSTGRES=1 is set and there is no PostgreSQL: failing");
        std::process::exit(1);
    }
}
