//! `user add`: an account made at the machine itself.

use crate::command_line::outcome::{Failure, Outcome};
use domain::base::permission::{Role, Roles};
use magnet_scheme::config::Config;
use magnet_scheme::service::Service;
use magnet_scheme::service::people::users::NewUser;
use magnet_scheme::service::running::clock::Clock;
use magnet_scheme::service::running::error::Error;
use magnet_scheme::terminal;

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(long)]
    email: String,
    #[arg(long)]
    name: String,
    /// One or more roles, such as `administrator`.
    #[arg(long = "role", required = true)]
    roles: Vec<String>,
    /// Work on a sandbox database.
    #[arg(long)]
    sandbox: bool,
    /// Work although the clock of this machine is far from the newest entry of the log, because it is right.
    #[arg(long)]
    accept_clock: bool,
}

/// Makes the account and prints its password, or makes none. What is wrong with the arguments is said before a database
/// is opened.
pub async fn add(config: &Config, arguments: Arguments) -> Result<Outcome, Failure> {
    let roles = roles(&arguments.roles)?;
    let new = NewUser { email: arguments.email, name: arguments.name, roles, organisation_id: None, password: None };
    new.check().map_err(said)?;
    let clock = Clock::system().accepted(arguments.accept_clock);
    let service = Service::start(config, clock, arguments.sandbox).await?;
    let show = |password: &str| terminal::show_once(format!("password: {password}  (shown once)"));
    service.create_user_here(new, show).await.map_err(said)?;
    Ok(Outcome::Good)
}

fn roles(named: &[String]) -> Result<Roles, Failure> {
    let words = named.iter().flat_map(|one| one.split_whitespace());
    let role = |word: &str| {
        word.parse::<Role>().map_err(|_| {
            let known: Vec<String> = Role::ALL.iter().map(|role| role.to_string()).collect();
            Failure::new(format!("--role: there is no role {word:?}; the roles are {}", known.join(", ")))
        })
    };
    Ok(Roles(words.map(role).collect::<Result<_, _>>()?))
}

/// What is wrong, in the names of the arguments.
fn said(error: Error) -> Failure {
    let Error::Invalid(errors) = error else { return error.into() };
    let argument = |pointer: &str| match pointer {
        "/email" => "--email",
        "/name" => "--name",
        // Which roles need a company is said of the company, which this command cannot name.
        _ => "--role",
    };
    let each = errors.0.iter().map(|one| format!("{}: {}", argument(&one.pointer), one.reason));
    Failure::new(each.collect::<Vec<_>>().join("; "))
}
