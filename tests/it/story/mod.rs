//! The whole main job as people live it, and beside a short model of its rules.

pub mod scheme_model;
pub mod story;
