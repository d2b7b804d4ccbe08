//! `serve`: the service, from taking its address to its end.

use crate::command_line::notify;
use crate::command_line::outcome::{Failure, Outcome};
use crate::command_line::signals::{Ending, outlive_hangup};
use magnet_scheme::config::Config;
use magnet_scheme::service::Service;
use magnet_scheme::service::running::clock::Clock;
use magnet_scheme::service::start::FIRST_ADMINISTRATOR;
use magnet_scheme::terminal;
use magnet_scheme::web::server;
use std::sync::Arc;

/// Serves until it is stopped. The address is taken first: a start that finds it taken touches no data. The first
/// password is made last, when nothing can keep it from being shown.
pub async fn serve(config: &Config, sandbox: bool, accept_clock: bool) -> Result<Outcome, Failure> {
    let engine = config.database_url()?.engine();
    let listener = server::listen(&config.server)?;
    outlive_hangup()?;
    let service = Service::start(config, Clock::system().accepted(accept_clock), sandbox).await?;
    let running = server::start(Arc::clone(&service), listener, &config.server)?;
    if let Some(password) = service.make_first_administrator().await? {
        terminal::say(format_args!("First administrator: {FIRST_ADMINISTRATOR}  password: {password}  (shown once)"));
    }
    let mode = if sandbox { "sandbox" } else { "live" };
    terminal::say(format_args!("magnet-scheme serves {mode} data ({engine}) at http://{}/", running.address));
    let mut ending = Ending::of_a_service()?;
    notify::tell(notify::READY);
    actix_web::rt::spawn(async move {
        ending.wait().await;
        notify::tell(notify::STOPPING);
    });
    running.server.await?;
    Ok(Outcome::Good)
}
