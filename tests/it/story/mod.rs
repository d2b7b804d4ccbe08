//! The whole process from end to end, and the service compared with a short model of its rules.

pub mod paid_back_model;
pub mod returns_model;
pub mod scheme_model;
pub mod smallest_office;
pub mod story;
