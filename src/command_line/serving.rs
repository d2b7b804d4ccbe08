//! `serve`: the service, from taking its address to its end.

use crate::command_line::notify;
use crate::command_line::outcome::{Failure, Outcome};
use crate::command_line::signals::{Ending, outlive_hangup};
use magnet_scheme::config::Config;
use magnet_scheme::service::Service;
use magnet_scheme::service::people::passwords::PasswordCost;
use magnet_scheme::service::running::clock::Clock;
use magnet_scheme::service::start::{Accepts, FIRST_ADMINISTRATOR};
use magnet_scheme::terminal;
use magnet_scheme::web::server;
use std::sync::Arc;

/// The longest reason for a loss.
const REASON_MOST: usize = 500;

#[derive(clap::Args)]
pub struct Arguments {
    /// Hold data that is not real, with a clock that can be moved. Refused on live data.
    #[arg(long)]
    sandbox: bool,
    /// Start although the clock of this machine is far from the newest entry of the log, because it is right.
    #[arg(long)]
    accept_clock: bool,
    /// Sign the log with another key from now on, because its own is lost. The log has an entry of it.
    #[arg(long)]
    accept_new_key: bool,
    /// Start although the database is older than the high-water mark, because what it does not have is lost. The log
    /// has an entry of it with the reason, which names no person.
    #[arg(long, value_name = "REASON", value_parser = reason_of)]
    accept_loss: Option<String>,
}

fn reason_of(text: &str) -> Result<String, String> {
    let reason = text.trim();
    if reason.is_empty() || reason.chars().count() > REASON_MOST || reason.chars().any(char::is_control) {
        return Err(format!("a reason is one line of 1 to {REASON_MOST} characters"));
    }
    Ok(reason.to_owned())
}

/// Serves until it is stopped. The address is taken first: a start that finds it taken touches no data. The first
/// password is made last, when nothing can keep it from being shown.
pub async fn serve(config: &Config, arguments: Arguments) -> Result<Outcome, Failure> {
    let Arguments { sandbox, accept_clock, accept_new_key, accept_loss } = arguments;
    let engine = config.database_url()?.engine();
    let listener = server::listen(&config.server)?;
    outlive_hangup()?;
    let (clock, accepts) = (
        Clock::system().accepted(accept_clock),
        Accepts { new_key: accept_new_key, loss: accept_loss, only_unused: false },
    );
    let service = Service::start_with(config, clock, sandbox, PasswordCost::RECOMMENDED, &accepts).await?;
    let running = server::start(Arc::clone(&service), listener, &config.server)?;
    let show = |password: &str| {
        terminal::show_once(format!("First administrator: {FIRST_ADMINISTRATOR}  password: {password}  (shown once)"))
    };
    service.show_first_administrator(show).await?;
    let mode = if sandbox { "sandbox" } else { "live" };
    terminal::say(format_args!("magnet-scheme serves {mode} data ({engine}) at http://{}/", running.address));
    let mut ending = Ending::of_a_service()?;
    notify::tell(notify::READY);
    actix_web::rt::spawn(async move {
        ending.wait().await;
        notify::tell(notify::STOPPING);
    });
    running.server.await?;
    // A backup of this state is not an older one then. If the database is away, the mark is some seconds behind.
    if let Err(error) = service.raise_high_water_mark().await {
        tracing::warn!(cause = %error, "the high-water mark could not be raised at the end");
    }
    Ok(Outcome::Good)
}
