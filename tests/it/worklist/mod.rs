//! Tests of what waits for whom, of names beside ids, and of numbers instead of ids.

use magnet_scheme::client::{Person, Response};
use serde_json::Value;

pub mod names;
pub mod numbers;
pub mod persons;
pub mod since;
pub mod waiting;
pub mod worklist;

/// What an address shows, with the names and waits that come with it.
pub trait Shows {
    fn shows(&self, path: &str) -> Value;
}

impl Shows for Person {
    fn shows(&self, path: &str) -> Value {
        whole(self.get(path).unwrap())
    }
}

/// The JSON of a success with everything that comes with it.
pub fn whole(answer: Response) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}
