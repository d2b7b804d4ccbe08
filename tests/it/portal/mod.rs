//! Tests of the pages over HTTP: people in browsers, who fill in forms by their labels.

mod browser;
mod chromium;
mod headers;
mod languages;
mod lists;
mod rehearsals;
mod security;
mod sessions;
mod tranches;
