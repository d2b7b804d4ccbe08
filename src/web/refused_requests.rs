//! Requests that the HTTP library cannot parse, such as one with a raw `<` in its address. The library answers them
//! itself, with 400 or 431 and an empty body, and reports each as an error of the stream. It is an error of whoever
//! sent it, and operators watch for errors of ours.

use std::fmt::Debug;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

/// Where the library reports them.
const DISPATCHER: &str = "actix_http::h1::dispatcher";
/// How such a report begins.
const OF_THE_STREAM: &str = "stream error";

/// Part of the program's log: writes a line of information in place of such an error.
pub struct RefusedRequests;

/// The message of an event.
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

impl<S: Subscriber> Layer<S> for RefusedRequests {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        if event.metadata().target() != DISPATCHER {
            return true;
        }
        let mut message = Message(String::new());
        event.record(&mut message);
        if !message.0.starts_with(OF_THE_STREAM) {
            return true;
        }
        tracing::info!(cause = message.0, "a request that cannot be read was refused");
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};
    use tracing_subscriber::layer::SubscriberExt;

    struct Heard(Arc<Mutex<Vec<String>>>);

    impl<S: Subscriber> Layer<S> for Heard {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let mut message = Message(String::new());
            event.record(&mut message);
            self.0.lock().unwrap().push(message.0);
        }
    }

    #[test]
    fn only_what_cannot_be_parsed_is_no_error() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let log = tracing_subscriber::registry().with(Heard(Arc::clone(&heard))).with(RefusedRequests);
        tracing::subscriber::with_default(log, || {
            tracing::error!(target: DISPATCHER, "stream error: {}", "invalid uri character");
            tracing::error!(target: DISPATCHER, "Response payload stream error: broken");
            tracing::error!("stream error of ours");
        });
        assert_eq!(*heard.lock().unwrap(), ["Response payload stream error: broken", "stream error of ours"]);
    }
}
