//! Tests of what waits for whom, of names beside ids, and of numbers instead of ids.

pub mod names;
pub mod numbers;
pub mod waiting;
pub mod worklist;
