//! Tests of the pages over HTTP: people in browsers, who fill in forms by their labels.

mod browser;
mod chromium;
mod chromium_claims;
mod claims;
mod headers;
mod inbox;
mod keyboard;
mod languages;
mod lists;
mod milestones;
mod rehearsals;
mod returns;
mod security;
mod sessions;
mod tranches;
mod verification;
