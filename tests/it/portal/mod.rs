//! Tests of the pages over HTTP: people in browsers, who fill in forms by their labels.

mod award;
pub mod browser;
mod budget;
mod certificates;
mod chromium;
mod claims;
mod find;
mod headers;
mod home;
mod inbox;
mod keyboard;
mod languages;
mod letters;
mod lists;
mod milestones;
mod notes;
mod people;
mod recoveries;
mod rehearsals;
mod returns;
mod schemes;
mod security;
mod sessions;
mod tranches;
mod treasury;
mod verification;
