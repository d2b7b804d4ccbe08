//! Pages of accounts, for the administrator; and of companies.

pub mod organisation_page;
pub mod people_list;
pub mod person_new;
pub mod person_page;
