//! Pages of allocations, disbursements and letters, the release of what a year could not pay, what takes a second
//! person, and the way from an id or a number to the page of every kind of record.

mod allocations;
mod answers;
mod deferred;
mod disbursements;
mod every_kind;
mod known_early;
mod money_stop;
mod navigation;
mod notice_withdrawn;
mod one_letter;
mod own_words;
mod said_plainly;
mod second_person;
mod since_seen;
mod turns;
mod whose_turn;

use crate::award::allocation_rules::{RULES, text};
use crate::harness::app::App;
use crate::harness::people::SCHEME;
use crate::portal::browser::Browser;
use domain::award::allocation_run::{RoomLeft, run};
use domain::scheme::scheme::Scheme;

/// The statements of a page beyond those that every page needs to know who reads it.
pub fn own_statements(browser: &Browser, path: &str) -> u32 {
    let all = |path: &str| -> u32 { browser.opens(path).answer.header("x-statements").unwrap().parse().unwrap() };
    all(path) - all("/en/sign-in")
}

/// Stores a draft of a run over no bids, where a story has no competition; returns its number as an address has it.
pub fn run_over_no_bids(app: &App) -> &'static str {
    let scheme = Scheme::parse(&text(RULES)).unwrap();
    let room = RoomLeft { beneficiaries_awarded: 0, awarded_mtpa: 0, outlay: Vec::new() };
    let statement = run(&[], &scheme, &room, None).unwrap();
    let (json, digest) = (serde_json::to_string(&statement).unwrap().replace('\'', "''"), statement.digest());
    let (id, by) = (uuid::Uuid::now_v7(), app.values("SELECT id AS value FROM users ORDER BY id LIMIT 1").remove(0));
    let at = app.now();
    app.sql(&format!(
        "INSERT INTO allocations (id, number, scheme_code, scheme_version, status, statement, digest, drafted_by, \
         drafted_at, version) VALUES ('{id}', 'NDFEB/2026-27/ALC/0001', '{SCHEME}', 1, 'draft', '{json}', '{digest}', \
         '{by}', '{at}', 1)"
    ));
    "NDFEB-2026-27-ALC-0001"
}
