//! Signals: which end a command, and one that ends nothing.

use actix_web::rt::signal::unix::{Signal, SignalKind, signal};
use futures_util::future::select_all;

/// The signals by which a person or a supervisor ends the program. They are listened for from the moment at which this
/// is made: one that came in between is not lost.
pub struct Ending(Vec<Signal>);

impl Ending {
    /// For a service: Ctrl-C and SIGTERM.
    pub fn of_a_service() -> std::io::Result<Ending> {
        Self::of(&[SignalKind::interrupt(), SignalKind::terminate(), SignalKind::quit()])
    }

    /// For a command at a terminal: these, and the end of the terminal.
    pub fn of_a_terminal() -> std::io::Result<Ending> {
        Self::of(&[SignalKind::interrupt(), SignalKind::terminate(), SignalKind::quit(), SignalKind::hangup()])
    }

    fn of(kinds: &[SignalKind]) -> std::io::Result<Ending> {
        Ok(Ending(kinds.iter().map(|kind| signal(*kind)).collect::<Result<_, _>>()?))
    }

    /// Waits for one of them.
    pub async fn wait(&mut self) {
        select_all(self.0.iter_mut().map(|one| Box::pin(one.recv()))).await;
    }
}

/// SIGHUP changes nothing: settings are read at the start alone. Without this it would end the program.
pub fn outlive_hangup() -> std::io::Result<()> {
    let mut hangups = signal(SignalKind::hangup())?;
    actix_web::rt::spawn(async move {
        while hangups.recv().await.is_some() {
            tracing::info!("SIGHUP changes nothing: settings are read when the service starts");
        }
    });
    Ok(())
}
