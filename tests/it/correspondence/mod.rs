//! Tests of the room correspondence: note sheets and letters.

pub mod letters;
pub mod notes;
