//! Somebody owns the database and changes it behind the service's back: each column of each table in turn, one row
//! taken out, one row copied. `verify` finds each of them. What it does not find is named with its reason in
//! `src/db/engine/notes/proven_tables.rs`, and nothing else is. The tables come from `schema.rs`, so that a table of
//! tomorrow is in this test from its first day.

use crate::check::controls;
use crate::check::restored::loses_an_act;
use crate::correction::corrections::Corrects;
use crate::desk::observations::DeskVerbs;
use crate::desk::samples::SampleVerbs;
use crate::harness::app::{App, Engine};
use crate::harness::disarm::disarm;
use crate::harness::people::{Answered, Sales, Verbs, at};
use crate::harness::recovery_people::Recovers;
use crate::harness::return_people::ReturnVerbs;
use crate::harness::treasury_people::TreasuryVerbs;
use crate::log::log::append;
use crate::people::sealing::story::story;
use crate::revision::scheme_versions::half_turnover;
use magnet_scheme::client::Person;
use magnet_scheme::db::engine::notes::proven_tables::{Proof, TABLES, of_notes};
use magnet_scheme::service::check::verify::verify;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A table as `schema.rs` declares it.
struct Declared {
    name: String,
    key: Vec<String>,
    /// Each with whether it is a number.
    columns: Vec<(String, bool)>,
}

/// The tables of `schema.rs`.
fn declared() -> Vec<Declared> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/db/engine/schema.rs")).unwrap();
    let mut tables: Vec<Declared> = Vec::new();
    for line in text.lines() {
        if let Some((name, key)) = line.strip_suffix(") {").and_then(|line| line.split_once(" (")) {
            let key = key.split(", ").map(str::to_owned).collect();
            tables.push(Declared { name: name.trim().to_owned(), key, columns: Vec::new() });
        } else if let Some((column, kind)) = line.trim_end_matches(',').split_once(" -> ") {
            tables.last_mut().unwrap().columns.push((column.trim().to_owned(), kind.contains("BigInt")));
        }
    }
    assert!(tables.len() > 60 && tables.iter().all(|table| !table.columns.is_empty()), "{}", tables.len());
    tables
}

/// Columns of a table that nothing proves, by their reasons; `None` if nothing proves the whole table.
fn excepted(table: &str) -> Option<Vec<&'static str>> {
    match TABLES.iter().find(|one| one.table == table).unwrap().proof {
        Proof::Notes { besides, .. } | Proof::Otherwise { besides, .. } => {
            Some(besides.iter().map(|(column, _)| *column).collect())
        }
        Proof::Unproven(_) => None,
    }
}

#[apply(plain!)]
fn every_table_has_its_proof_or_a_reason() {
    let declared = declared();
    let known: BTreeSet<&str> = declared.iter().map(|table| table.name.as_str()).collect();
    let classed: BTreeSet<&str> = TABLES.iter().map(|table| table.table).collect();
    assert_eq!(known, classed, "each table of the schema has a line in proven_tables.rs");
    assert_eq!(classed.len(), TABLES.len(), "and only one");
    for table in TABLES {
        let of_schema = declared.iter().find(|one| one.name == table.table).unwrap();
        let (Proof::Notes { besides, .. } | Proof::Otherwise { besides, .. }) = table.proof else { continue };
        if let Proof::Notes { key, .. } = table.proof {
            assert_eq!(key, of_schema.key, "{}", table.table);
        }
        let column = |name: &str| of_schema.columns.iter().any(|(column, _)| column == name);
        for (name, why) in besides {
            // The engine fills this one, and no query of the service names it.
            assert!(column(name) || *name == "known_behind", "{}.{name}", table.table);
            assert!(why.len() > 20, "{}.{name} says why", table.table);
        }
    }
}

/// A row is proven from the day on which its column exists: old rows have no value there, and keep their digests.
#[apply(plain!)]
fn a_column_that_is_added_to_a_proven_table_may_be_empty() {
    for engine in ["sqlite", "postgres"] {
        let folder = format!("{}/migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_str().unwrap() > "0040_row_notes" {
                let text = std::fs::read_to_string(path.join("up.sql")).unwrap();
                let full = |line: &&str| {
                    let words: Vec<&str> = line.split_whitespace().collect();
                    let ["ALTER", "TABLE", table, "ADD", "COLUMN", column, ..] = words.as_slice() else { return false };
                    // A column that the digest leaves out changes no digest.
                    let left_out = of_notes(table).is_some_and(|(_, out)| out.iter().any(|(name, _)| name == column));
                    line.contains("NOT NULL") && !left_out
                };
                let line = text.lines().find(full);
                assert_eq!(line, None, "{}: rows of before would no longer have their digests", path.display());
            }
        }
    }
}

/// A database that is changed and put right again.
struct Owned {
    app: App,
}

impl Owned {
    fn of(mut app: App) -> Owned {
        app.must_verify();
        app.stop();
        disarm(&app);
        Owned { app }
    }

    /// Runs a statement without any rule of the tables that the engine lets go.
    fn forges(&self, statement: &str) -> Result<(), String> {
        let free = match self.app.engine {
            Engine::Sqlite => {
                "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;"
            }
            Engine::Postgres => "SET session_replication_role = replica;",
        };
        self.app.try_sql(&format!("{free} {statement};"))
    }

    /// The values of one row of a table as SQL, in the order of the columns.
    fn row(&self, table: &Declared) -> Option<Vec<String>> {
        let key = table.key.join(", ");
        let value = |(column, _): &(String, bool)| {
            let quoted = match self.app.engine {
                Engine::Sqlite => format!("quote({column})"),
                Engine::Postgres => format!("quote_nullable({column})"),
            };
            let query = format!("SELECT {quoted} AS value FROM {} ORDER BY {key} LIMIT 1", table.name);
            self.app.values(&query).into_iter().next()
        };
        table.columns.iter().map(value).collect()
    }

    /// What `verify` says.
    fn fault(&self) -> Option<String> {
        verify(&self.app.database_url()).unwrap().fault
    }

    /// Changes each column of a row, takes the row out, and adds a copy of it. Returns what passed unseen.
    fn unseen(&self, table: &Declared) -> Option<Vec<String>> {
        let row = self.row(table)?;
        let excepted = excepted(&table.name)?;
        let mut unseen = Vec::new();
        let name = &table.name;
        let names: Vec<&str> = table.columns.iter().map(|(column, _)| column.as_str()).collect();
        let place = |column: &str| names.iter().position(|name| *name == column).unwrap();
        let at = |changed: Option<(usize, &str)>| {
            let part = |column: &String| {
                let here = place(column);
                let value = changed.filter(|(other, _)| *other == here).map_or(row[here].as_str(), |(_, value)| value);
                format!("{column} = {value}")
            };
            table.key.iter().map(part).collect::<Vec<_>>().join(" AND ")
        };
        for (here, (column, number)) in table.columns.iter().enumerate() {
            if excepted.contains(&column.as_str()) {
                continue;
            }
            let value = forged(&row[here], *number);
            self.forges(&format!("UPDATE {name} SET {column} = {value} WHERE {}", at(None)))
                .unwrap_or_else(|error| panic!("{name}.{column} = {value}: {error}"));
            match self.fault() {
                None => unseen.push(format!("{name}.{column}")),
                Some(fault) => assert!(fault.len() > 10, "{name}.{column}: {fault}"),
            }
            let old = &row[here];
            self.forges(&format!("UPDATE {name} SET {column} = {old} WHERE {}", at(Some((here, &value))))).unwrap();
        }
        let insert =
            |values: &[String]| format!("INSERT INTO {name} ({}) VALUES ({})", names.join(", "), values.join(", "));
        self.forges(&format!("DELETE FROM {name} WHERE {}", at(None))).unwrap();
        if self.fault().is_none() {
            unseen.push(format!("{name}: a row taken out"));
        }
        self.forges(&insert(&row)).unwrap();
        let mut copy = row.clone();
        for column in &table.key {
            copy[place(column)] = forged(&row[place(column)], table.columns[place(column)].1);
        }
        // A unique rule may refuse the copy, as it would refuse the row itself.
        if self.forges(&insert(&copy)).is_ok() {
            if self.fault().is_none() && !excepted.contains(&table.key[0].as_str()) {
                unseen.push(format!("{name}: a row copied"));
            }
            let there: Vec<String> =
                table.key.iter().map(|column| format!("{column} = {}", copy[place(column)])).collect();
            self.forges(&format!("DELETE FROM {name} WHERE {}", there.join(" AND "))).unwrap();
        }
        assert_eq!(self.fault(), None, "{name} is as it was");
        Some(unseen)
    }
}

/// Another value than the one that SQL writes so.
fn forged(value: &str, number: bool) -> String {
    match (value, number) {
        ("NULL", true) => "1".to_owned(),
        ("NULL", false) => "'x'".to_owned(),
        (value, true) => (value.trim_matches('\'').parse::<i64>().unwrap() + 1_000).to_string(),
        (value, false) => format!("'x{}", value.strip_prefix('\'').or_else(|| value.strip_prefix("E'")).unwrap()),
    }
}

/// A story in which nearly every table has a row.
fn filled(engine: Engine) -> App {
    let app = App::staged(engine, &[("capital_subsidy", 7_500)]);
    story(&app);
    let auditor = app.auditor();
    let sample = auditor.commits("simple_random", 1, None, json!({})).ok();
    let frozen = app.section_officer().freezes(&sample).ok();
    auditor.draws(&frozen, "correct-horse-battery-staple-0001").ok();
    auditor.requires("The furnace").ok();
    auditor.raises(json!([{ "kind": "audit_entry", "reference": "1" }]), None).ok();
    let query = auditor.post(
        "/saved-queries",
        None,
        &json!({ "title": "Paid", "selection": "disbursements?status=succeeded" }),
    );
    let query = query.unwrap().ok();
    auditor.post(&format!("/saved-queries/{}/runs", query["id"].as_str().unwrap()), None, &json!({})).unwrap().ok();
    app
}

/// What happens more rarely: a loss, a payment in a limited month, a tranche sent back, a part of a recovery that came,
/// a draft of a scheme, answers that need no more doing, and money that is stopped.
fn the_rest(engine: Engine) -> App {
    let mut app = App::start(engine);
    let award = app.selling();
    loses_an_act(&mut app);
    app.set_clock("2027-02-01T06:30:00Z");
    let sold = Sales::at_the_rate("2027-01-01", "2027-01-31", 1_000);
    // The number names another year than its day, so the line is marked.
    let mut form = app.sales_form("lodestone", sold);
    form["lines"][0]["invoice_number"] = json!("S/2025-26/1");
    let draft = app.preparer().claims(&award, &form).ok();
    let claim = app.signatory().submits_claim(&draft).ok();
    let tranche = app.verifier().verifies(&claim).ok()["tranche"].clone();
    let recommended = app.section_officer().recommends(&tranche).ok();
    let sent_back = app.finance_officer().returns_to(&recommended, "recommend").ok();
    let paid = app.paid(&sent_back, "SBINR52027020100001", "2027-02-01");
    let demanded = app.demanded(&paid["disbursement"], 1_000_000);
    app.second("ddo").receives(&app, &demanded, "SBINR52027020100002", "2027-02-01", 1_000).ok();
    app.scheme_administrator().post("/scheme-drafts", None, &json!({ "text": half_turnover(5) })).unwrap().ok();
    let claim = app.auditor().sees("/claims")["data"][0]["id"].clone();
    let failing = Sales::at_the_rate("2026-12-01", "2026-12-31", 100);
    let failing = app.sanctioned(&app.tranche_for_sales("lodestone", &award, failing));
    let advised = app.disbursing_officer().advises(&failing).ok();
    app.disbursing_officer().makes_advice(&[&advised]).ok();
    app.second("finance").confirms_failure(&advised, "failed").ok();
    app.second("section").proposes_correction("hold_award", &award, Value::Null).ok();
    let letter = json!({ "claim_id": claim, "title": "Thank you", "text": "It came." });
    let letter = app.signatory().post("/letters/to-office", None, &letter).unwrap().ok();
    let needs_nothing = json!({ "reason": "Nothing more comes of it." });
    let closes = |person: &Person, path: String| person.post(&path, None, &needs_nothing).unwrap().ok();
    closes(&app.verifier(), format!("{}/closing", at("letters", &letter)));
    let line = "LIN,NDFEB/2026-27/PAY/0099,Success,SBINR52027020100003,2027-02-01,100.00,";
    let file = format!("HDR,R-1,,1,100.00\r\n{line}\r\nTRL,1,100.00\r\n");
    app.disbursing_officer().uploads_return("text/csv", file.as_bytes()).ok();
    let file = app.auditor().sees("/treasury-returns")["data"][0]["id"].clone();
    closes(&app.disbursing_officer(), format!("/treasury-returns/{}/lines/1/closing", file.as_str().unwrap()));
    // A group of the log is full.
    append(&app, 256, false);
    // The counters are no records: `verify` leaves them to the controls, and they stop money.
    app.sql("UPDATE counters SET value = value + 1 WHERE name LIKE '%/DIS'");
    let run = app.auditor().post("/controls/runs", None, &json!({})).unwrap().ok();
    assert_eq!((&run["red"], app.rows("money_stop").len()), (&json!(1), 1), "{run}");
    app
}

#[apply(on_both!)]
fn what_is_changed_behind_the_service_is_named(app: App) {
    let (competed, _, _) = App::published(app.engine);
    let (others, rest) = (controls::story(app.engine), the_rest(app.engine));
    let stories = [filled(app.engine), competed, others, rest].map(Owned::of);
    let (mut unseen, mut tried) = (Vec::new(), BTreeSet::new());
    for owned in &stories {
        for table in declared().iter().filter(|table| !tried.contains(&table.name)).collect::<Vec<_>>() {
            if let Some(found) = owned.unseen(table) {
                unseen.extend(found);
                tried.insert(table.name.clone());
            }
        }
    }
    let bare = declared().into_iter().map(|table| table.name).filter(|name| !tried.contains(name));
    let bare: Vec<String> = bare.filter(|name| excepted(name).is_some()).collect();
    assert_eq!((unseen, bare), (Vec::new(), Vec::new()), "unseen, and in no story of this test");
}
