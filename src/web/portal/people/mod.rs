//! Pages of accounts, for the administrator.

pub mod people_list;
pub mod person_new;
pub mod person_page;
