//! The one integration-test binary: real service, real HTTP, on SQLite always and on PostgreSQL
//! when its server programs are found (or `TEST_DATABASE_URL` names a server). What did not run is
//! listed as ignored; with `REQUIRE_POSTGRES=1` its absence is a failure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

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
mod samples;
mod saved_queries;
mod schema;
mod scheme_files;
mod scheme_model;
mod scheme_versions;
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
mod story;
mod taken_back;
mod tidy;
mod tranches;
mod treasury;
mod treasury_crash;
mod treasury_people;
mod trouble;
mod upgrade;
mod users;
mod year_end;

use app::{App, Engine};
use libtest_mimic::{Arguments, Trial};

/// A test that gets a fresh service on one engine.
pub type OnBoth = (&'static str, fn(App));
/// A test that needs no service.
pub type Plain = (&'static str, fn());

/// Lists tests of a module by name: each runs on both engines.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        pub const ON_BOTH: &[$crate::OnBoth] = &[$((concat!(module_path!(), "::", stringify!($name)), $name)),*];
    };
}

/// Lists tests of a module that need no service.
#[macro_export]
macro_rules! plain {
    ($($name:ident),* $(,)?) => {
        pub const PLAIN: &[$crate::Plain] = &[$((concat!(module_path!(), "::", stringify!($name)), $name)),*];
    };
}

/// Lists tests that make sense on PostgreSQL alone, or need its server programs.
#[macro_export]
macro_rules! on_postgres {
    ($($name:ident),* $(,)?) => {
        pub const ON_POSTGRES: &[$crate::OnBoth] = &[$((concat!(module_path!(), "::", stringify!($name)), $name)),*];
    };
}

/// Lists tests that make sense on SQLite alone.
#[macro_export]
macro_rules! on_sqlite {
    ($($name:ident),* $(,)?) => {
        pub const ON_SQLITE: &[$crate::OnBoth] = &[$((concat!(module_path!(), "::", stringify!($name)), $name)),*];
    };
}

/// Tests of every module on both engines.
const ON_BOTH: &[&[OnBoth]] = &[
    adversary::ON_BOTH,
    allocation_rules::ON_BOTH,
    allocations::ON_BOTH,
    api_document::ON_BOTH,
    applications::ON_BOTH,
    audit::ON_BOTH,
    awards::ON_BOTH,
    bad_input::ON_BOTH,
    batch::ON_BOTH,
    budget::ON_BOTH,
    budget_instruments::ON_BOTH,
    bundles::ON_BOTH,
    claim_lines::ON_BOTH,
    claims::ON_BOTH,
    controls::ON_BOTH,
    crash::ON_BOTH,
    cross_evidence::ON_BOTH,
    damages::ON_BOTH,
    disbursements::ON_BOTH,
    evidence::ON_BOTH,
    excuses::ON_BOTH,
    expenditure_limits::ON_BOTH,
    export_journals::ON_BOTH,
    exports::ON_BOTH,
    holds::ON_BOTH,
    idempotency::ON_BOTH,
    ledger_model::ON_BOTH,
    log::ON_BOTH,
    log_mirror::ON_BOTH,
    log_receipts::ON_BOTH,
    log_tampering::ON_BOTH,
    log_witness_mail::ON_BOTH,
    log_witnesses::ON_BOTH,
    milestones::ON_BOTH,
    money_stop::ON_BOTH,
    observations::ON_BOTH,
    openapi::ON_BOTH,
    organisations::ON_BOTH,
    past::ON_BOTH,
    personal_data::ON_BOTH,
    partial_achievement::ON_BOTH,
    payment_advices::ON_BOTH,
    payment_outcomes::ON_BOTH,
    payments::ON_BOTH,
    public_data::ON_BOTH,
    questions::ON_BOTH,
    race::ON_BOTH,
    receipts::ON_BOTH,
    recovered_money::ON_BOTH,
    reconciliation::ON_BOTH,
    recoveries::ON_BOTH,
    samples::ON_BOTH,
    saved_queries::ON_BOTH,
    schema::ON_BOTH,
    scheme_files::ON_BOTH,
    scheme_model::ON_BOTH,
    scheme_versions::ON_BOTH,
    sealing::ON_BOTH,
    securities::ON_BOTH,
    selections::ON_BOTH,
    sessions::ON_BOTH,
    staged_release::ON_BOTH,
    security_invocations::ON_BOTH,
    set_offs::ON_BOTH,
    taken_back::ON_BOTH,
    start::ON_BOTH,
    statements::ON_BOTH,
    story::ON_BOTH,
    tidy::ON_BOTH,
    tranches::ON_BOTH,
    treasury::ON_BOTH,
    treasury_crash::ON_BOTH,
    trouble::ON_BOTH,
    upgrade::ON_BOTH,
    users::ON_BOTH,
    year_end::ON_BOTH,
];

/// Tests of every module that need no service.
const PLAIN: &[&[Plain]] = &[
    allocation_rules::PLAIN,
    allocations::PLAIN,
    api_document::PLAIN,
    applications::PLAIN,
    audit::PLAIN,
    awards::PLAIN,
    bad_input::PLAIN,
    budget::PLAIN,
    budget_instruments::PLAIN,
    claim_lines::PLAIN,
    claims::PLAIN,
    controls::PLAIN,
    cross_evidence::PLAIN,
    disbursements::PLAIN,
    evidence::PLAIN,
    excuses::PLAIN,
    expenditure_limits::PLAIN,
    idempotency::PLAIN,
    log_witness_mail::PLAIN,
    log_witnesses::PLAIN,
    milestones::PLAIN,
    money_stop::PLAIN,
    openapi::PLAIN,
    operations::PLAIN,
    organisations::PLAIN,
    past::PLAIN,
    personal_data::PLAIN,
    partial_achievement::PLAIN,
    payment_advices::PLAIN,
    payment_outcomes::PLAIN,
    payments::PLAIN,
    schema::PLAIN,
    scheme_files::PLAIN,
    scheme_model::PLAIN,
    scheme_versions::PLAIN,
    sealing::PLAIN,
    securities::PLAIN,
    selections::PLAIN,
    sessions::PLAIN,
    staged_release::PLAIN,
    stale_versions::PLAIN,
    start::PLAIN,
    statements::PLAIN,
    tidy::PLAIN,
    tranches::PLAIN,
    treasury::PLAIN,
    users::PLAIN,
];

fn main() {
    if fake_treasury::plays() {
        return;
    }
    let arguments = Arguments::from_args();
    let postgres = postgres::find();
    let trials = trials(ON_BOTH, PLAIN, postgres.is_ok());
    if !arguments.list {
        tell(&postgres);
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    postgres::stop();
    conclusion.exit();
}

/// Every test, on the engines it is for.
fn trials(on_both: &[&[OnBoth]], plain: &[&[Plain]], postgres: bool) -> Vec<Trial> {
    let mut trials = Vec::new();
    for (name, test) in on_both.iter().copied().flatten().copied() {
        let name = name.trim_start_matches("it::");
        trials.push(Trial::test(format!("sqlite::{name}"), move || run(Engine::Sqlite, test)));
        let trial = Trial::test(format!("postgres::{name}"), move || run(Engine::Postgres, test));
        trials.push(trial.with_ignored_flag(!postgres));
    }
    for (name, test) in [crash::ON_POSTGRES, trouble::ON_POSTGRES].into_iter().flatten().copied() {
        let name = name.trim_start_matches("it::");
        let trial = Trial::test(format!("postgres::{name}"), move || run(Engine::Postgres, test));
        trials.push(trial.with_ignored_flag(!postgres));
    }
    for (name, test) in [adversary::ON_SQLITE, trouble::ON_SQLITE].into_iter().flatten().copied() {
        let name = name.trim_start_matches("it::");
        trials.push(Trial::test(format!("sqlite::{name}"), move || run(Engine::Sqlite, test)));
    }
    for (name, test) in plain.iter().copied().flatten().copied() {
        let name = name.trim_start_matches("it::").to_owned();
        trials.push(Trial::test(name, move || {
            test();
            Ok(())
        }));
    }
    trials
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

fn run(engine: Engine, test: fn(App)) -> Result<(), libtest_mimic::Failed> {
    test(App::start(engine));
    Ok(())
}
