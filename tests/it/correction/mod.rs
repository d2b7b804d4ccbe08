//! Tests of the way back: what one person proposes and another decides.

pub mod bound_guarantees;
pub mod corrections;
