//! Tests of the pages over HTTP: people in browsers, who fill in forms by their labels.

pub mod browser;
mod budget;
mod certificates;
mod chromium;
mod chromium_claims;
mod claims;
mod demo;
mod faults;
mod find;
mod headers;
mod home;
mod inbox;
mod keyboard;
mod languages;
mod lists;
mod milestones;
mod people;
mod rehearsals;
mod returns;
mod security;
mod sessions;
mod tranches;
mod verification;
