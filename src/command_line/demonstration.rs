//! `demo`: the sample story, and what is left of it.

use crate::command_line::outcome::{Failure, Outcome};
use crate::command_line::signals::Ending;
use magnet_scheme::config::Config;
use magnet_scheme::demo;
use magnet_scheme::service::Service;
use magnet_scheme::service::people::passwords::PasswordCost;
use magnet_scheme::service::running::clock::Clock;
use magnet_scheme::service::start::Accepts;
use magnet_scheme::terminal;
use magnet_scheme::web::server;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(clap::Args)]
pub struct Arguments {
    /// Stop at the end of the story.
    #[arg(long)]
    exit: bool,
}

/// With PostgreSQL the given database is used if it is fresh; otherwise SQLite in a new folder. However a demo ends,
/// unless it is killed, it leaves no folder with keys behind.
pub async fn play(config: Config, arguments: &Arguments) -> Result<Outcome, Failure> {
    let mut config = config;
    let folder = std::env::temp_dir().join(format!("magnet-scheme-demo-{}", uuid::Uuid::now_v7()));
    config.data.folder = folder.clone();
    // Some browsers take no Secure cookie from an address without TLS, not even from their own machine.
    config.portal.plain_cookie = config.server.is_for_this_machine();
    // Listened for from here on, so that a signal during the start does not end the program beside its folder.
    let ending = Ending::of_a_terminal()?;
    let outcome = play_in(&config, arguments, ending).await;
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    outcome
}

async fn play_in(config: &Config, arguments: &Arguments, mut ending: Ending) -> Result<Outcome, Failure> {
    let engine = config.database_url()?.engine();
    let folder = config.data.folder.display();
    let listener = server::listen(&config.server)?;
    let unused = Accepts { only_unused: true, ..Accepts::default() };
    let service = Service::start_with(config, Clock::system(), true, PasswordCost::RECOMMENDED, &unused).await?;
    service.begin_demo().await?;
    let password = service.make_first_administrator().await?.unwrap_or_default();
    let running = server::start(Arc::clone(&service), listener, &config.server)?;
    let base = format!("http://{}", running.address);
    terminal::say(format_args!("magnet-scheme demo on {engine} at {base}, data in {folder}"));
    require_output()?;
    let (ended, handle) = (Arc::new(AtomicBool::new(false)), running.handle.clone());
    actix_web::rt::spawn({
        let ended = Arc::clone(&ended);
        async move {
            ending.wait().await;
            ended.store(true, Ordering::Relaxed);
            handle.stop(false).await;
        }
    });
    let serving = actix_web::rt::spawn(running.server);
    let played = actix_web::rt::task::spawn_blocking({
        let base = base.clone();
        move || demo::play(&base, &password).map_err(|error| Failure::new(error.to_string()))
    })
    .await?;
    let played = match played {
        // The story breaks because its service was stopped.
        Err(_) if ended.load(Ordering::Relaxed) => {
            return Err(Failure::new("the demo was stopped before its end; nothing of it is left"));
        }
        played => played?,
    };
    played.report();
    if arguments.exit {
        running.handle.stop(true).await;
        return Ok(Outcome::Good);
    }
    played.invite(&base, &service).await?;
    terminal::say("\nServing until Ctrl-C. All data here is sample data; its folder is removed at the end.");
    require_output()?;
    serving.await??;
    Ok(Outcome::Good)
}

/// The links and passwords of a demo are printed once: one that could not print them is of no use to anybody.
fn require_output() -> Result<(), Failure> {
    let lost = |why| Failure::new(format!("the demo ends, because standard output could not be written: {why}"));
    terminal::output_fault().map_or(Ok(()), |why| Err(lost(why)))
}
