//! The demo: a whole sample story on a fresh sandbox, played by sample people through the service's own HTTP
//! interface. Every company and person in it is a sample.

mod bids;
mod claims;
mod dates;
mod ending;
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

/// The story as it was played: its people, and what came of it.
pub struct Played {
    people: people::People,
    outcome: story::Outcome,
}

/// Plays the story against a running sandbox at `base`.
pub fn play(base: &str, administrator_password: &str) -> Result<Played, DemoError> {
    let client = Client::new(base);
    let people = people::People::arrive(&client, administrator_password)?;
    let outcome = story::tell(&people)?;
    Ok(Played { people, outcome })
}

impl Played {
    /// The address and password of everybody, in the order of the story.
    pub fn accounts(&self) -> Vec<(&str, &str)> {
        self.people.all().into_iter().map(|one| (one.person.email.as_str(), one.person.password.as_str())).collect()
    }

    /// Prints what came of the story.
    pub fn report(&self) {
        report::print(&self.outcome);
    }

    /// Prints the people with their passwords, each with a link that signs them in once, and where the service is.
    pub async fn invite(&self, base: &str, service: &Arc<Service>) -> Result<(), Error> {
        let mut links = Vec::new();
        for (email, _) in self.accounts() {
            links.push(format!("{base}/en/demo/{}", service.make_sign_in_link(email).await?));
        }
        report::invite(&self.people, base, &links);
        Ok(())
    }
}
