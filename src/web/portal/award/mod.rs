//! Pages of applications, awards and guarantees.

pub mod application_acts;
pub mod application_list;
pub mod application_page;
pub mod award_list;
pub mod award_page;
pub mod guarantee_acts;
pub mod guarantee_list;
pub mod guarantee_page;
pub mod scrutiny_page;
