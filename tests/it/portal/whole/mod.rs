//! What holds for all pages together: their language, what people type into them, the acts that have a form, and the
//! pages that stand at the foot of every other; and all of them on the other engine.

mod about;
mod commands;
mod engines;
mod hindi;
mod injection;
