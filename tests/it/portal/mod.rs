//! Tests of the pages over HTTP: people in browsers, who fill in forms by their labels.

mod browser;
mod certificates;
mod chromium;
mod chromium_claims;
mod claims;
mod headers;
mod languages;
mod lists;
mod milestones;
mod security;
mod sessions;
mod tranches;
mod verification;
