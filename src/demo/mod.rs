//! The demo: a whole sample story on a fresh sandbox, played by sample people through the service's own HTTP
//! interface. Every company and person in it is a sample.

mod people;
mod report;
mod story;

use crate::client::{Client, ClientError};
use crate::service::Service;
use crate::service::running::error::Error;
use std::sync::Arc;

/// Why the story could not be played to its end.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Service(#[from] Error),
    #[error("the story broke: {0}")]
    Story(String),
}

/// Plays the story against a running sandbox at `base`, and prints the results.
pub fn play(base: &str, administrator_password: &str) -> Result<(), DemoError> {
    let client = Client::new(base);
    let people = people::People::arrive(&client, administrator_password)?;
    let outcome = story::tell(&people)?;
    report::print(&people, base, &outcome)
}

/// Whether nobody has used this database before.
pub async fn is_fresh(service: &Arc<Service>) -> Result<bool, Error> {
    service.is_unused().await
}
