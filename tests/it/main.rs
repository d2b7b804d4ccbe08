//! The one integration-test binary: real service, real HTTP, on SQLite always and on PostgreSQL when its
//! server programs are found (or `TEST_DATABASE_URL` names a server). Tests that did not run are listed
//! as ignored; with `REQUIRE_POSTGRES=1` a missing PostgreSQL is a failure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
extern crate macro_rules_attribute;
#[macro_use]
mod register;

mod award;
mod budget;
mod check;
mod claim;
mod desk;
mod edge;
mod engine;
mod harness;
mod log;
mod milestone;
mod payment;
mod people;
mod public;
mod recovery;
mod revision;
mod scheme;
mod story;
mod tidy;
mod worklist;

use libtest_mimic::Arguments;

fn main() {
    if harness::fake_treasury::plays() {
        return;
    }
    let arguments = Arguments::from_args();
    let postgres = harness::postgres::find();
    if !arguments.list {
        tell(&postgres);
    }
    let conclusion = harness::runner::run(arguments, postgres.is_ok());
    harness::postgres::stop();
    harness::scratch::remove();
    conclusion.exit();
}

/// Prints which tests run on which database; without a required database none runs.
fn tell(postgres: &Result<String, String>) {
    match postgres {
        Ok(found) => eprintln!("databases: SQLite and PostgreSQL ({found})"),
        Err(why) => eprintln!("databases: SQLite only. PostgreSQL tests are IGNORED: {why}"),
    }
    if postgres.is_err() && std::env::var("REQUIRE_POSTGRES").is_ok_and(|value| value == "1") {
        eprintln!("REQUIRE_POSTGRES=1 is set and there is no PostgreSQL: failing");
        std::process::exit(1);
    }
}
