//! The required content of every problem sent to a client, and what it must not reveal.

use crate::harness::people::Answered;
use magnet_scheme::client::Response;
use serde_json::{Value, json};

/// The problem of a refusal, checked for its form and for what it must not reveal.
#[track_caller]
pub fn problem(answer: Response, status: u16, code: &str) -> Value {
    let text = answer.text().to_lowercase();
    for word in ["sql", "diesel", "postgres", "/src/", "panicked", "constraint"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
    let request_id = answer.header("x-request-id").map(str::to_owned);
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let problem = answer.refused(status, code);
    assert!(request_id.is_some());
    assert_eq!(problem["request_id"].as_str(), request_id.as_deref());
    assert_eq!(
        (problem["status"].as_u64(), &problem["type"]),
        (Some(status.into()), &json!(format!("/problems/{code}")))
    );
    assert!(problem["title"].is_string() && problem["detail"].is_string());
    problem
}
