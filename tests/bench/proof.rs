//! The proof over the log: how many entries `verify` checks in a second, and how long a proof that an
//! entry is in the log takes over HTTP. The entries are made with the log's own rules and written to the
//! database directly, without the service.

use crate::load;
use crate::raw_writes::{audit_head, audit_log};
use crate::server::{self, Place};
use crate::{PAGES, line, milliseconds, timed};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::{PgConnection, SqliteConnection};
use domain::base::digest::hex;
use domain::base::id::UserId;
use domain::log::audit::{AuditEntry, AuditFacts, AuditOutcome};
use domain::log::merkle::{Frontier, entry_leaf};
use magnet_scheme::db::engine::connection::DatabaseUrl;
use magnet_scheme::service::check::verify::verify;
use std::time::Duration;

const VERIFIED_LEAST: f64 = 200_000.0;
const PROOF_MOST: Duration = Duration::from_millis(2);
const TIMES: usize = 3;
/// The rows of one statement.
const SET: usize = 500;

diesel::table! { log_tiles (level, position) { level -> BigInt, position -> BigInt, hash -> Text, } }

/// Reads and writes the log.
trait Log {
    /// Every hash of the log, in order.
    fn hashes(&mut self) -> Vec<String>;
    fn tiles(&mut self) -> i64;
    fn write(&mut self, entries: &[AuditEntry], tiles: &[(i64, i64, String)]);
}

macro_rules! log {
    ($connection:ty) => {
        impl Log for $connection {
            fn hashes(&mut self) -> Vec<String> {
                audit_log::table.order(audit_log::sequence).select(audit_log::hash).load(self).unwrap()
            }

            fn tiles(&mut self) -> i64 {
                log_tiles::table.count().get_result(self).unwrap()
            }

            fn write(&mut self, entries: &[AuditEntry], tiles: &[(i64, i64, String)]) {
                let row = |entry: &AuditEntry| {
                    let facts = &entry.facts;
                    (
                        audit_log::sequence.eq(facts.sequence),
                        audit_log::recorded_at.eq(facts.recorded_at.to_string()),
                        audit_log::actor_id.eq(facts.actor_id.to_string()),
                        audit_log::command.eq(facts.command.clone()),
                        audit_log::subject.eq(facts.subject.clone()),
                        audit_log::outcome.eq(facts.outcome.as_str()),
                        audit_log::details.eq(facts.details.clone()),
                        audit_log::previous_hash.eq(entry.previous_hash.clone()),
                        audit_log::hash.eq(entry.hash.clone()),
                    )
                };
                let tile = |(level, position, hash): &(i64, i64, String)| {
                    (log_tiles::level.eq(*level), log_tiles::position.eq(*position), log_tiles::hash.eq(hash.clone()))
                };
                self.transaction(|conn| {
                    for set in entries.chunks(SET) {
                        let rows: Vec<_> = set.iter().map(row).collect();
                        diesel::insert_into(audit_log::table).values(rows).execute(conn)?;
                    }
                    for set in tiles.chunks(SET) {
                        let rows: Vec<_> = set.iter().map(tile).collect();
                        diesel::insert_into(log_tiles::table).values(rows).execute(conn)?;
                    }
                    let last = entries.last().unwrap();
                    diesel::update(audit_head::table)
                        .set((audit_head::sequence.eq(last.facts.sequence), audit_head::hash.eq(&last.hash)))
                        .execute(conn)
                })
                .unwrap();
            }
        }
    };
}

log!(SqliteConnection);
log!(PgConnection);

/// Measures the proof on one engine.
pub fn measure(engine: &str, place: &Place, entries: i64) {
    println!("\n{engine}, a log of {entries} entries more");
    println!("{:<46}{:>13}{:>13}{:>9}{:>11}", "", "service", "", "", "target");
    drop(server::start(place));
    let last = match &place.url {
        None => extend(&mut SqliteConnection::establish(&place.sqlite()).unwrap(), entries),
        Some(url) => {
            let mut conn = PgConnection::establish(url).unwrap();
            let last = extend(&mut conn, entries);
            // Autovacuum would run too, but at a time of its own.
            conn.batch_execute("VACUUM ANALYZE").unwrap();
            last
        }
    };
    let url = match &place.url {
        None => DatabaseUrl::Sqlite(place.sqlite().into()),
        Some(url) => DatabaseUrl::Postgres(url.clone()),
    };
    let mut best = Duration::MAX;
    for _ in 0..TIMES {
        best = best.min(timed(|| {
            let found = verify(&url).unwrap();
            assert_eq!((found.entries, found.fault), (last, None));
        }));
    }
    let rate = last as f64 / best.as_secs_f64();
    line("verify, one thread", &format!("{rate:.0}/s"), "", "", "≥ 200000/s", Some(rate >= VERIFIED_LEAST));
    let served = server::start(place);
    let mut connection = load::Connection::open(served.address);
    let times = load::one_by_one(0..10 * PAGES as i64, |number| {
        let entry = 1 + number * 7_919 % last;
        let request = format!("GET /api/v1/log/inclusion?entry={entry} HTTP/1.1\r\nHost: {}\r\n\r\n", served.address);
        assert!(connection.exchange(request.as_bytes()), "no proof of entry {entry}");
    });
    let (median, late) = (load::percentile(&times, 0.5), load::percentile(&times, 0.99));
    let told = format!("p99 {}", milliseconds(late));
    line("inclusion proof", &milliseconds(median), &told, "", "< 2 ms", Some(median < PROOF_MOST));
}

/// Appends this many refused attempts to the log; returns its new length.
fn extend(log: &mut impl Log, count: i64) -> i64 {
    let hashes = log.hashes();
    let mut frontier = Frontier::default();
    let mut stored = 0;
    for hash in &hashes {
        stored += frontier.push(entry_leaf(hash).unwrap()).len() as i64;
    }
    assert_eq!(log.tiles(), stored);
    let first = hashes.len() as i64 + 1;
    let mut previous = hashes.last().unwrap().clone();
    let (mut entries, mut tiles) = (Vec::new(), Vec::new());
    for sequence in first..first + count {
        let facts = AuditFacts {
            sequence,
            recorded_at: "2026-06-01T06:30:00.123456Z".parse().unwrap(),
            actor_id: UserId(uuid::Uuid::nil()),
            command: "settle_payment".to_owned(),
            subject: format!("payment:{}", uuid::Uuid::now_v7()),
            outcome: AuditOutcome::Refused,
            code: None,
            details: format!("{{\"utr\":\"BENCH{sequence:010}\",\"why\":\"{}\"}}", "x".repeat(240)),
            journal_digest: None,
        };
        let entry = facts.link(&previous);
        previous.clone_from(&entry.hash);
        for group in frontier.push(entry_leaf(&entry.hash).unwrap()) {
            tiles.push((i64::from(group.level), group.position as i64, hex(&group.hash)));
        }
        entries.push(entry);
    }
    log.write(&entries, &tiles);
    first + count - 1
}
