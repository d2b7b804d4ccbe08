//! Tests of the way back: what one person proposes and another decides.

pub mod corrections;
