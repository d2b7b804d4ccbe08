//! Rules about the way back: what one person proposes and another decides, because a step was taken by mistake.

pub mod correction;
