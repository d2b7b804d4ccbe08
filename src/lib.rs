//! magnet-scheme records the whole life of public incentive money.
//!
//! The map: `domain` holds the rules (pure), `db` alone uses diesel, `service` has the use cases, `web` alone
//! uses actix. Imports run one way: `web → service → db → domain`.

pub mod client;
pub mod config;
pub mod db;
pub mod demo;
pub mod private_files;
pub mod service;
pub mod terminal;
pub mod web;
