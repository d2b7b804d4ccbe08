//! The parts of the tests' harness that the benchmark uses too: throw-away PostgreSQL servers and folders.

#[path = "../it/harness/postgres.rs"]
#[allow(dead_code)] // the tests use more of it
pub mod postgres;
#[path = "../it/harness/scratch.rs"]
#[allow(dead_code)] // the tests use more of it
pub mod scratch;
