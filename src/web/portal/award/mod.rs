//! Pages of applications, awards and guarantees.

pub mod allocation_acts;
pub mod allocation_list;
pub mod allocation_page;
pub mod application_acts;
pub mod application_list;
pub mod application_page;
pub mod award_list;
pub mod award_page;
pub mod guarantee_acts;
pub mod guarantee_list;
pub mod guarantee_page;
pub mod loss_words;
pub mod scrutiny_page;
