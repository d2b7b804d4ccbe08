//! Tests of the pages over HTTP: people in browsers, who fill in forms by their labels.

mod applications;
mod awards;
mod browser;
mod budget;
mod certificates;
mod chromium;
mod chromium_awards;
mod chromium_claims;
mod claims;
mod excuses;
mod find;
mod guarantees;
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
