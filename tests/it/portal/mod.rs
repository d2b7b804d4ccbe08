//! Tests of the pages over HTTP: people in browsers, who fill in forms by their labels.

mod browser;
mod budget;
mod chromium;
mod find;
mod headers;
mod home;
mod languages;
mod lists;
mod people;
mod security;
mod sessions;
mod tranches;
