//! What waits for whom, and the times that the desks have.

pub mod worklist;
