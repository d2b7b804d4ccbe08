//! The JSON interface to the open data that everybody may take away.

pub mod public_data;
pub(in crate::web) mod public_files;
pub(in crate::web) mod public_grants;
pub(in crate::web) mod public_package;
pub(in crate::web) mod public_releases;
