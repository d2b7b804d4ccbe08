//! The one integration-test binary: real service, real HTTP, on SQLite always and on PostgreSQL
//! when its server programs are found (or `TEST_DATABASE_URL` names a server). What did not run is
//! listed as ignored; with `REQUIRE_POSTGRES=1` its absence is a failure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
extern crate macro_rules_attribute;
#[macro_use]
mod register;

mod adversary;
mod allocation_rules;
mod allocations;
mod api_document;
mod app;
mod applications;
mod audit;
mod awards;
mod bad_input;
mod batch;
mod budget;
mod budget_instruments;
mod bundles;
mod claim_lines;
mod claims;
mod controls;
mod crash;
mod cross_evidence;
mod damages;
mod disbursements;
mod durable;
mod evidence;
mod excuses;
mod expenditure_limits;
mod export_journals;
mod exports;
mod fake_treasury;
mod holds;
mod idempotency;
mod ledger_model;
mod load;
mod log;
mod log_mirror;
mod log_receipts;
mod log_tampering;
mod log_witness_mail;
mod log_witnesses;
mod milestone_people;
mod milestones;
mod money_stop;
mod observations;
mod openapi;
mod operations;
mod organisations;
mod partial_achievement;
mod past;
mod payment_advices;
mod payment_outcomes;
mod payments;
mod people;
mod personal_data;
mod postgres;
mod process;
mod public_data;
mod questions;
mod race;
mod receipts;
mod reconciliation;
mod recovered_money;
mod recoveries;
mod recovery_people;
mod runner;
mod samples;
mod saved_queries;
mod schema;
mod scheme_files;
mod scheme_model;
mod scheme_versions;
mod scratch;
mod sealing;
mod securities;
mod security_invocations;
mod selections;
mod sessions;
mod set_offs;
mod staged_release;
mod stale_versions;
mod start;
mod statements;
mod stored;
mod story;
mod taken_back;
mod template;
mod tidy;
mod tranches;
mod treasury;
mod treasury_crash;
mod treasury_people;
mod trouble;
mod upgrade;
mod users;
mod year_end;

use libtest_mimic::Arguments;

fn main() {
    if fake_treasury::plays() {
        return;
    }
    let arguments = Arguments::from_args();
    let postgres = postgres::find();
    if !arguments.list {
        tell(&postgres);
    }
    let conclusion = runner::run(arguments, postgres.is_ok());
    postgres::stop();
    scratch::remove();
    conclusion.exit();
}

/// Says what runs on which database; without one that must be there, nothing does.
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
