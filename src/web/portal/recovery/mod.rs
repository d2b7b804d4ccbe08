//! Pages of recoveries.

pub mod notice_page;
pub mod recovery_acts;
pub mod recovery_forms;
pub mod recovery_list;
pub mod recovery_page;
pub mod recovery_past;
pub mod recovery_words;
