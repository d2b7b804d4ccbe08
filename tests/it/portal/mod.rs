//! Tests of the pages over HTTP: people in browsers, who fill in forms by their labels.

mod browser;
mod budget;
mod certificates;
mod chromium;
mod chromium_claims;
mod chromium_notes;
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
mod rehearsals;
mod returns;
mod security;
mod sessions;
mod tranches;
mod verification;
