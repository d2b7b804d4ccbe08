//! The command line: the commands with their arguments, one file for what each group of them does.

mod accounts;
mod checks;
mod demonstration;
mod export;
mod manual;
mod notify;
pub mod outcome;
mod scheme_check;
mod serving;
mod settings;
mod signals;
mod verifiers;

use crate::command_line::outcome::{EXIT_CODES, Failure, Outcome};
use clap::{Args, Parser, Subcommand};
use domain::scheme::scheme_schema::scheme_schema;
use magnet_scheme::config::Config;
use magnet_scheme::terminal;
use magnet_scheme::web::openapi;
use std::path::PathBuf;

/// Records the whole life of public incentive money.
#[derive(Parser)]
#[command(version, about, after_help = EXIT_CODES)]
pub struct CommandLine {
    /// Settings file (TOML); see config/default.toml for every key.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Serve the interface.
    #[command(after_help = EXIT_CODES)]
    Serve(serving::Arguments),
    /// Play a sample story on a fresh database and keep serving it.
    #[command(after_help = EXIT_CODES)]
    Demo(demonstration::Arguments),
    /// Manage accounts at the machine itself.
    #[command(after_help = EXIT_CODES)]
    User {
        #[command(subcommand)]
        what: UserWhat,
    },
    /// Check the audit log, the ledger and the disbursements; names the first fault.
    #[command(after_help = EXIT_CODES)]
    Verify(checks::VerifyArguments),
    /// Recompute every past decision from its facts and its own rules, and report any difference.
    #[command(after_help = EXIT_CODES)]
    Recompute(Form),
    /// Migrate the database schema to that of this program.
    #[command(after_help = EXIT_CODES)]
    Migrate(Form),
    /// Ask the service at the configured address whether it can serve.
    #[command(after_help = EXIT_CODES)]
    Healthcheck(checks::HealthArguments),
    /// Write a file of the public data, as the service at the configured address publishes it.
    #[command(after_help = EXIT_CODES)]
    Export(export::Arguments),
    /// Write the programs with which people outside check receipts, bundles and the log without the service.
    #[command(after_help = EXIT_CODES)]
    Verifiers(verifiers::VerifiersArguments),
    /// Look at the settings.
    #[command(after_help = EXIT_CODES)]
    Config {
        #[command(subcommand)]
        what: ConfigWhat,
    },
    /// Print the OpenAPI description.
    #[command(after_help = EXIT_CODES)]
    Openapi,
    /// Print the JSON Schema of a scheme file.
    #[command(after_help = EXIT_CODES)]
    SchemeSchema,
    /// Check the file of a scheme without a service: its rules, its examples, and what it pays.
    #[command(after_help = EXIT_CODES)]
    SchemeCheck(scheme_check::CheckArguments),
    /// Print the completions of these commands for a shell.
    #[command(after_help = EXIT_CODES)]
    Completions(manual::CompletionArguments),
    /// Write the pages of the manual, one for each command.
    #[command(after_help = EXIT_CODES)]
    Manual(manual::ManualArguments),
}

/// The form of what is printed.
#[derive(Args)]
struct Form {
    /// Print one JSON object, for a program.
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum UserWhat {
    /// Create an account; its random password is printed once.
    #[command(after_help = EXIT_CODES)]
    Add(accounts::Arguments),
}

#[derive(Subcommand)]
enum ConfigWhat {
    /// Print every setting with its source: default, file or environment. Passwords are masked.
    #[command(after_help = EXIT_CODES)]
    Show(Form),
}

impl CommandLine {
    /// What the log says unless it is filtered. The demo tells its story without it, and the answer of a check or of
    /// a question is not to be looked for among lines about the work.
    pub fn usual_log(&self) -> &'static str {
        match self.what {
            What::Serve(_) => "info,actix_server=warn",
            _ => "warn",
        }
    }
}

/// Does what is asked.
pub async fn run(line: CommandLine) -> Result<Outcome, Failure> {
    let file = line.config.as_deref();
    let settings = || Config::load(file).map_err(Failure::from);
    match line.what {
        What::Serve(arguments) => serving::serve(&settings()?, arguments).await,
        What::Demo(arguments) => demonstration::play(settings()?, &arguments).await,
        What::User { what: UserWhat::Add(arguments) } => accounts::add(&settings()?, arguments).await,
        What::Verify(arguments) => checks::verify(&settings()?, &arguments),
        What::Recompute(form) => checks::recompute_all(&settings()?, &form),
        What::Migrate(form) => checks::migrate(&settings()?, &form),
        What::Healthcheck(arguments) => checks::check_health(&settings()?, &arguments),
        What::Export(arguments) => export::write(&settings()?, &arguments),
        What::Verifiers(arguments) => verifiers::write(&arguments),
        What::Config { what: ConfigWhat::Show(form) } => settings::show(file, &form),
        What::Completions(arguments) => manual::complete(&arguments),
        What::Manual(arguments) => manual::write(&arguments),
        What::SchemeSchema => {
            terminal::print(scheme_schema()?);
            Ok(Outcome::Good)
        }
        What::SchemeCheck(arguments) => scheme_check::check(&arguments),
        What::Openapi => {
            terminal::say(openapi::description().by_line());
            Ok(Outcome::Good)
        }
    }
}
