//! The audit log: one entry for every act and every refused attempt; changes that bypass the service are
//! detected and named.

use crate::harness::app::{App, Engine};
use crate::harness::people::{Answered, CRORE, Verbs, at};
use domain::base::digest::hex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const APPEND_ONLY: [&str; 5] = ["journals", "entries", "audit_log", "tranche_steps", "schemes"];

/// The attacker who owns the database removes the tripwires and makes a copy to restore later.
fn breaks_in(app: &App) {
    for table in APPEND_ONLY {
        match app.engine {
            Engine::Sqlite => app.sql(&format!("DROP TRIGGER {table}_no_update; DROP TRIGGER {table}_no_delete;")),
            Engine::Postgres => app.sql(&format!("DROP TRIGGER {table}_append_only ON {table};")),
        }
    }
    for table in ["audit_log", "audit_head", "journals", "entries", "accounts", "disbursements"] {
        app.sql(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table};"));
    }
}

fn puts_back(app: &App) {
    app.sql(
        "DELETE FROM entries; DELETE FROM journals; INSERT INTO journals SELECT * FROM kept_journals; \
         INSERT INTO entries SELECT * FROM kept_entries; DELETE FROM audit_log; INSERT INTO audit_log SELECT * FROM kept_audit_log; \
         DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM kept_audit_head; \
         UPDATE accounts SET balance_paise = (SELECT balance_paise FROM kept_accounts WHERE kept_accounts.id = accounts.id); \
         UPDATE disbursements SET amount_paise = (SELECT amount_paise FROM kept_disbursements WHERE kept_disbursements.id = disbursements.id);",
    );
}

fn number(app: &App, query: &str) -> i64 {
    app.values(query)[0].parse().unwrap()
}

/// An entry in the middle of the log that posted no journal.
fn quiet_entry(app: &App) -> i64 {
    number(
        app,
        "SELECT CAST(MIN(sequence) AS TEXT) AS value FROM audit_log WHERE journal_digest IS NULL AND sequence > 5",
    )
}

/// Statements that remove, add or change rows, and the finding that must report each.
fn edits_of_rows(app: &App) -> Vec<(String, String)> {
    let last = app.audit_length();
    let quiet = quiet_entry(app);
    let posting = number(app, "SELECT CAST(MAX(audit_sequence) AS TEXT) AS value FROM journals");
    let next = quiet + 1;
    let journal = format!("(SELECT id FROM journals WHERE audit_sequence = {posting})");
    let copy = |sequence: i64| {
        format!(
            "INSERT INTO audit_log SELECT {sequence}, recorded_at, actor_id, command, subject, outcome, code, details, journal_digest, \
             previous_hash, 'another' FROM audit_log WHERE sequence = {last};"
        )
    };
    vec![
        (
            format!("DELETE FROM audit_log WHERE sequence = {quiet};"),
            format!("audit entry {next}: entry {quiet} is missing"),
        ),
        (
            format!(
                "UPDATE audit_log SET sequence = -1 WHERE sequence = {quiet}; UPDATE audit_log SET sequence = {quiet} WHERE sequence = {next}; \
                 UPDATE audit_log SET sequence = {next} WHERE sequence = -1;"
            ),
            format!("audit entry {quiet}:"),
        ),
        (copy(last + 1), format!("audit entry {}:", last + 1)),
        (copy(last + 2), format!("audit entry {}: entry {} is missing", last + 2, last + 1)),
        (copy(0), "audit entry 0:".to_owned()),
        (copy(-7), "audit entry -7:".to_owned()),
        (format!("DELETE FROM audit_log WHERE sequence = {last};"), format!("the log ends at entry {}", last - 1)),
        (format!("DELETE FROM audit_log WHERE sequence > {quiet};"), format!("the log ends at entry {quiet}")),
        ("UPDATE audit_head SET sequence = sequence - 1;".to_owned(), format!("the log ends at entry {last}")),
        (
            format!("UPDATE entries SET amount_paise = amount_paise + 1 WHERE journal_id = {journal} AND line = 1;"),
            format!("audit entry {posting}: journal"),
        ),
        (
            format!("UPDATE entries SET line = line + 100 WHERE journal_id = {journal} AND line = 1;"),
            format!("audit entry {posting}: journal"),
        ),
        (
            format!("UPDATE journals SET reference = 'other' WHERE id = {journal};"),
            format!("audit entry {posting}: journal"),
        ),
        (
            format!(
                "DELETE FROM entries WHERE journal_id = {journal}; DELETE FROM journals WHERE audit_sequence = {posting};"
            ),
            format!("audit entry {posting}: its journal is gone"),
        ),
        (
            format!("INSERT INTO journals VALUES ('forged', 'sanction', 'x', '2026-05-01T06:30:00.000000Z', {quiet});"),
            format!("audit entry {quiet}: journal forged was not posted by it"),
        ),
        (
            "INSERT INTO journals VALUES ('forged', 'sanction', 'x', '2026-05-01T06:30:00.000000Z', 999999);"
                .to_owned(),
            "journals are stored, the log names".to_owned(),
        ),
        (
            "UPDATE accounts SET balance_paise = balance_paise + 1 WHERE id = (SELECT MIN(id) FROM accounts);"
                .to_owned(),
            "paise, its entries say".to_owned(),
        ),
        (
            "UPDATE disbursements SET amount_paise = amount_paise - 1;".to_owned(),
            "disbursed: its records say".to_owned(),
        ),
    ]
}

/// Statements that change each field of an entry.
fn edits_of_fields(app: &App) -> Vec<(String, String)> {
    let quiet = quiet_entry(app);
    let edits = [
        ("recorded_at", "'2026-05-01T06:30:00.000001Z'"),
        ("actor_id", "'00000000-0000-0000-0000-000000000001'"),
        ("command", "command || 'x'"),
        ("subject", "subject || 'x'"),
        ("outcome", "CASE outcome WHEN 'done' THEN 'refused' ELSE 'done' END"),
        ("code", "'budget_exceeded'"),
        ("code", "''"),
        ("journal_digest", "''"),
        ("details", "details || ' '"),
        ("hash", "hash || 'x'"),
        ("previous_hash", "previous_hash || 'x'"),
    ];
    let edit = |(column, value)| format!("UPDATE audit_log SET {column} = {value} WHERE sequence = {quiet};");
    edits.map(|each| (edit(each), format!("audit entry {quiet}:"))).into()
}

#[apply(on_both!)]
fn each_edit_of_the_store_is_found_and_named(app: App) {
    let advised = app.disbursing_officer().advises(&app.sanctioned_15_crore()).ok();
    app.disbursing_officer().confirms(&advised, "SBINR52026050100000001", "2026-05-01").ok();
    app.must_verify();
    breaks_in(&app);
    for (edit, named) in edits_of_rows(&app).into_iter().chain(edits_of_fields(&app)) {
        app.sql(&edit);
        let fault = app.verify().fault.unwrap_or_else(|| panic!("not found: {edit}"));
        assert!(fault.contains(&named), "{edit}\n found: {fault}\n wanted: {named}");
        puts_back(&app);
        app.must_verify();
    }
}

#[apply(on_both!)]
fn the_tripwires_refuse_every_change_while_they_are_in_place(app: App) {
    app.sanctioned_15_crore();
    let content = (app.content(), app.rows("audit_log"));
    for table in APPEND_ONLY {
        assert!(!app.rows(table).is_empty(), "{table}");
        let column = app.values(&match app.engine {
            Engine::Sqlite => format!("SELECT name AS value FROM pragma_table_info('{table}') LIMIT 1"),
            Engine::Postgres => format!(
                "SELECT column_name::text AS value FROM information_schema.columns WHERE table_name = '{table}' LIMIT 1"
            ),
        });
        let mut attempts = vec![format!("UPDATE {table} SET {0} = {0}", column[0]), format!("DELETE FROM {table}")];
        if app.engine == Engine::Postgres {
            attempts.push(format!("TRUNCATE {table} CASCADE"));
        }
        for attempt in attempts {
            let refused = app.try_sql(&attempt).unwrap_err();
            assert!(refused.contains("append-only"), "{attempt}: {refused}");
        }
    }
    // The table itself holds the floor of every account.
    app.try_sql("UPDATE accounts SET balance_paise = -1").unwrap_err();
    assert_eq!((app.content(), app.rows("audit_log")), content);
    app.must_verify();
}

/// SHA-256 over fields, each preceded by its length, as an outsider would write it from the description.
fn hash_of(fields: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for field in fields {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field.as_bytes());
    }
    hex(&hasher.finalize())
}

#[apply(on_both!)]
fn a_stranger_can_compute_the_chain_from_the_interface(app: App) {
    app.sanctioned_15_crore();
    let log = app.auditor().sees("/audit-log?limit=1000");
    let mut previous = "0".repeat(64);
    for (index, entry) in log["data"].as_array().unwrap().iter().enumerate() {
        let text = |field: &str| entry[field].as_str().unwrap_or_default();
        let sequence = entry["sequence"].as_i64().unwrap();
        assert_eq!(sequence, index as i64 + 1);
        let fields = ["recorded_at", "actor_id", "command", "subject", "outcome", "code", "details", "journal_digest"];
        let number = sequence.to_string();
        let mut all = vec!["magnet-scheme audit entry v1", &previous, &number];
        all.extend(fields.map(text));
        let hash = hash_of(&all);
        assert_eq!((text("previous_hash"), text("hash")), (&*previous, &*hash), "{entry}");
        previous = hash;
    }
    let verified = app.verify();
    assert_eq!((verified.entries, &verified.last_hash), (app.audit_length(), &previous));
}

#[apply(on_both!)]
fn the_log_is_read_in_pages(app: App) {
    app.verifier();
    let auditor = app.auditor();
    let all = auditor.sees("/audit-log")["data"].as_array().unwrap().clone();
    assert!(all.len() >= 5);
    let mut paged: Vec<Value> = Vec::new();
    loop {
        let after = paged.last().map_or(0, |entry| entry["sequence"].as_i64().unwrap());
        let page = auditor.sees(&format!("/audit-log?limit=2&after={after}"))["data"].as_array().unwrap().clone();
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 2);
        paged.extend(page);
    }
    assert_eq!(paged, all);
}

/// Fails unless the act adds exactly this entry.
#[track_caller]
fn adds_one(app: &App, entry: &str, act: impl FnOnce() -> Value) -> Value {
    let before = app.audit_length();
    let answer = act();
    assert_eq!(app.audit_behind(before), [entry]);
    answer
}

#[apply(on_both!)]
fn every_step_of_money_and_every_refused_attempt_is_one_entry(app: App) {
    let tranche = app.tranche_of_15_crore();
    let (section, finance, authority, ddo) =
        (app.section_officer(), app.finance_officer(), app.competent_authority(), app.disbursing_officer());
    for person in [&section, &finance, &authority, &ddo] {
        person.get("/me").unwrap();
    }
    let budget = || app.rows("accounts");
    let before = budget();
    adds_one(&app, "sanction_tranche refused wrong_state", || {
        authority.sanctions(&tranche).refused(409, "wrong_state")
    });
    adds_one(&app, "recommend_tranche refused not_permitted", || {
        finance.recommends(&tranche).refused(403, "not_permitted")
    });
    adds_one(&app, "sanction_tranche refused not_permitted", || ddo.sanctions(&tranche).refused(403, "not_permitted"));
    adds_one(&app, "advise_payment refused wrong_state", || ddo.advises(&tranche).refused(409, "wrong_state"));
    let recommended = adds_one(&app, "recommend_tranche done", || section.recommends(&tranche).ok());
    adds_one(&app, "concur_tranche refused stale_version", || finance.concurs(&tranche).refused(412, "stale_version"));
    let concurred = adds_one(&app, "concur_tranche done", || finance.concurs(&recommended).ok());
    assert_eq!(budget(), before);
    let sanctioned = adds_one(&app, "sanction_tranche done", || authority.sanctions(&concurred).ok());
    assert_ne!(budget(), before);
    let before = budget();
    adds_one(&app, "sanction_tranche refused stale_version", || {
        authority.sanctions(&concurred).refused(412, "stale_version")
    });
    adds_one(&app, "reject_tranche refused wrong_state", || authority.rejects(&sanctioned).refused(409, "wrong_state"));
    let advised = adds_one(&app, "advise_payment done", || ddo.advises(&sanctioned).ok());
    let settles = |amount: i64| {
        let answer = json!({ "outcome": "succeeded", "utr": "SBINR52026050100000001", "paid_on": "2026-05-01", "amount_paise": amount });
        ddo.does(&format!("{}/settlement", at("payments", &advised)), &advised, answer)
    };
    adds_one(&app, "settle_payment refused amount_differs", || settles(15 * CRORE - 1).refused(409, "amount_differs"));
    adds_one(&app, "settle_payment refused not_permitted", || {
        section.confirms(&advised, "SBINR52026050100000001", "2026-05-01").refused(403, "not_permitted")
    });
    assert_eq!(budget(), before);
    adds_one(&app, "settle_payment done", || settles(15 * CRORE).ok());
    app.must_verify();
    // Each refusal gives its reason in the log, and names no account number.
    let logged = app.values("SELECT details AS value FROM audit_log WHERE outcome = 'refused'");
    assert!(logged.iter().all(|details| details.starts_with("{\"message\":\"")), "{logged:?}");
    let account = app.values("SELECT bank_account AS value FROM organisations")[0].clone();
    assert!(app.rows("audit_log").iter().all(|row| !row.contains(&account)));
}
