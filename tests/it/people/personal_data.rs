//! Personal and confidential values are stored outside the log: the log contains only their digests,
//! each value can be proven, and erasing one breaks nothing.

use crate::harness::app::{App, Engine};
use crate::harness::disarm::must_name;

use crate::harness::people::{Answered, Verbs, at};
use crate::log::log::key;
use crate::log::log_receipts::python;
use magnet_scheme::client::Response;
use serde_json::{Value, json};

/// The account with an address, as the administrator sees it.
fn account(app: &App, email: &str) -> Value {
    let all = app.administrator().sees("/users");
    all["data"].as_array().unwrap().iter().find(|user| user["email"] == email).unwrap().clone()
}

/// The entry that a command left about a subject.
fn entry(app: &App, command: &str, subject: &str) -> i64 {
    let query = format!(
        "SELECT CAST(MIN(sequence) AS TEXT) AS value FROM audit_log WHERE command = '{command}' AND subject = '{subject}'"
    );
    app.values(&query)[0].parse().unwrap()
}

fn receipt(app: &App, entry: i64) -> String {
    app.auditor().get(&format!("/log/receipts/{entry}")).unwrap().text()
}

/// The small program's report on a receipt and on the values that the entry withholds.
fn proven(app: &App, receipt: &str, disclosures: &Value) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("key"), key(app).to_string()).unwrap();
    std::fs::write(path("receipt"), receipt).unwrap();
    std::fs::write(path("disclosures"), disclosures.to_string()).unwrap();
    python("verify_disclosure.py", &[&path("key"), &path("receipt"), &path("disclosures")])
}

fn disables(app: &App, user: &Value) -> Value {
    let change = json!({ "name": user["name"], "roles": user["roles"], "organisation_id": user["organisation_id"], "disabled": true });
    app.administrator().put(&at("users", user), user["version"].as_i64().unwrap(), &change).unwrap().ok()
}

fn erases(app: &App, user: &Value) -> Response {
    let path = format!("{}/erasure", at("users", user));
    app.administrator().post(&path, user["version"].as_i64(), &json!({ "reference": "Sample request 7" })).unwrap()
}

/// Every table with a row that contains a text, the history of users included.
fn stores(app: &App, text: &str) -> Vec<String> {
    let mut tables = app.tables();
    tables.push(if app.engine == Engine::Sqlite { "users_past".to_owned() } else { "past.users".to_owned() });
    let of = |table: &String| if table == "past.users" { past_rows(app) } else { app.rows(table) };
    tables.into_iter().filter(|table| of(table).iter().any(|row| row.contains(text))).collect()
}

fn past_rows(app: &App) -> Vec<String> {
    app.values("SELECT u::text AS value FROM past.users AS u")
}

#[apply(on_both!)]
fn the_log_withholds_what_is_personal_and_proves_it(app: App) {
    app.sanctioned_15_crore();
    app.signatory();
    app.disbursing_officer();
    let personal = [
        "SELECT name AS value FROM users",
        "SELECT email AS value FROM users",
        "SELECT pan AS value FROM organisations",
        "SELECT gstin AS value FROM organisations",
        "SELECT bank_account AS value FROM organisations",
    ];
    let log = app.values("SELECT details AS value FROM audit_log").join("\n");
    for query in personal {
        for value in app.values(query) {
            assert!(!log.contains(&value), "{value}");
            assert!(!stores(&app, &value).is_empty());
        }
    }
    let signatory = account(&app, "signatory-lodestone@sample.example");
    let made = entry(&app, "create_user", &format!("user:{}", signatory["id"].as_str().unwrap()));
    let path = format!("/log/disclosures/{made}");
    let mut shown = app.auditor().sees(&path);
    let said = proven(&app, &receipt(&app, made), &shown).unwrap();
    assert!(said.contains("  name: Sample signatory-lodestone\n"), "{said}");
    assert!(said.contains("  email: signatory-lodestone@sample.example\n"), "{said}");
    // Another name does not match the digest, and neither does the value of another entry.
    let other =
        entry(&app, "create_user", &format!("user:{}", account(&app, "ddo@sample.example")["id"].as_str().unwrap()));
    let theirs = app.auditor().sees(&format!("/log/disclosures/{other}"));
    shown["data"][0]["disclosure"] = theirs["data"][0]["disclosure"].clone();
    assert!(proven(&app, &receipt(&app, made), &shown).unwrap_err().contains("not the one of its digest"));
    assert!(proven(&app, &receipt(&app, made), &theirs).unwrap_err().contains("names no digest"));
    app.signatory().get(&path).unwrap().refused(403, "not_permitted");
    app.auditor().get("/log/disclosures/99999").unwrap().refused(404, "not_found");
    app.must_verify();
}

#[apply(on_both!)]
fn who_acted_is_erased_when_the_years_are_over(app: App) {
    app.sanctioned_15_crore();
    let officer = account(&app, "section@sample.example");
    let made = entry(&app, "create_user", &format!("user:{}", officer["id"].as_str().unwrap()));
    let before = receipt(&app, made);
    app.auditor()
        .post(&format!("{}/erasure", at("users", &officer)), Some(1), &json!({ "reference": "x" }))
        .unwrap()
        .refused(403, "not_permitted");
    erases(&app, &officer).refused(409, "account_enabled");
    let year: i32 = app.now().to_string()[..4].parse().unwrap();
    let officer = disables(&app, &officer);
    let problem = erases(&app, &officer).refused(409, "personal_data_needed");
    let until = app.now().date_in_india().to_string().replacen(&year.to_string(), &(year + 10).to_string(), 1);
    assert!(problem["detail"].as_str().unwrap().contains(&until), "{problem}");
    let known_at = app.now().to_string();
    app.set_clock(&format!("{until}T06:00:00Z"));
    for text in ["Sample section", "section@sample.example"] {
        assert!(stores(&app, text).len() >= 3, "{text}: {:?}", stores(&app, text));
    }
    let erased = erases(&app, &officer).ok();
    assert_eq!(erased["name"], "erased");
    assert!(erased["erased_at"].is_string(), "{erased}");
    for text in ["Sample section", "section@sample.example"] {
        assert_eq!(stores(&app, text), Vec::<String>::new());
    }
    erases(&app, &erased).refused(409, "already_erased");
    let change = json!({ "name": "Back again", "roles": ["verifier"], "organisation_id": null, "disabled": false });
    let version = erased["version"].as_i64().unwrap();
    app.administrator().put(&at("users", &erased), version, &change).unwrap().refused(409, "already_erased");
    // The earlier proof is still valid, and the digest reveals nothing.
    let shown = app.auditor().sees(&format!("/log/disclosures/{made}"));
    assert_eq!((&shown["data"][0]["disclosure"], &shown["data"][1]["disclosure"]), (&Value::Null, &Value::Null));
    let said = proven(&app, &before, &shown).unwrap();
    assert!(said.contains("  name: (erased)\n"), "{said}");
    let then = app.administrator().sees(&format!("{}?known_at={known_at}", at("users", &erased)));
    assert_eq!((&then["name"], &then["disabled_at"].is_string()), (&json!("erased"), &true));
    app.must_verify();
}

#[apply(on_both!)]
fn an_account_that_nobody_used_is_erased_at_once(app: App) {
    let new = json!({ "email": "mistyped@sample.example", "name": "Sample mistake", "roles": ["verifier"] });
    let create = || app.administrator().post_with_key("/users", "once", None, &new).unwrap();
    let made = create().ok();
    let made = disables(&app, &made);
    let erased = erases(&app, &made).ok();
    assert_eq!(stores(&app, "Sample mistake"), Vec::<String>::new());
    // The stored answer no longer contains it either, and the address is free.
    let again = create();
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.json(), erased);
    app.administrator().post("/users", None, &new).unwrap().ok();
    app.must_verify();
}

#[apply(on_both!)]
fn what_stands_beside_the_log_cannot_be_changed_unseen(app: App) {
    app.sanctioned_15_crore();
    app.signatory();
    let tables = ["disclosures", "users", "organisations"];
    for change in ["UPDATE disclosures SET digest = disclosure", "DELETE FROM disclosures"] {
        assert!(app.try_sql(change).is_err(), "{change}");
    }
    match app.engine {
        Engine::Sqlite => app.sql("DROP TRIGGER disclosures_erased_alone; DROP TRIGGER disclosures_no_delete;"),
        Engine::Postgres => app.sql(
            "DROP TRIGGER disclosures_erased_alone ON disclosures; DROP TRIGGER disclosures_no_delete ON disclosures;",
        ),
    }
    for table in tables {
        app.sql(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}"));
    }
    let signatory = account(&app, "signatory-lodestone@sample.example");
    let id = signatory["id"].as_str().unwrap();
    let subject = format!("user:{id}");
    let one = format!("subject = '{subject}' AND field = 'name'");
    let faults = [
        (
            format!(
                "UPDATE disclosures SET disclosure = (SELECT MIN(d.disclosure) FROM disclosures d WHERE d.subject <> '{subject}') WHERE {one}"
            ),
            "not the one of its digest",
        ),
        (format!("DELETE FROM disclosures WHERE {one}"), "not what stands beside it"),
        (format!("DELETE FROM disclosures WHERE subject = '{subject}'"), "what it withholds is gone"),
        (format!("UPDATE disclosures SET disclosure = NULL, erased_by = 1 WHERE {one}"), "was not erased by entry 1"),
        (format!("UPDATE disclosures SET subject = 'user:1' WHERE {one}"), "is of user:1"),
        (format!("UPDATE users SET name = 'Somebody else' WHERE id = '{id}'"), "its name is not the one of the log"),
        (
            format!("UPDATE users SET email = 'x@sample.example' WHERE id = '{id}'"),
            "its email is not the one of the log",
        ),
    ];
    app.must_verify();
    for (fault, said) in faults {
        app.sql(&fault);
        let found = app.verify().fault.unwrap_or_default();
        assert!(found.contains(said), "{fault}: {found:?}");
        app.sql("DELETE FROM disclosures; INSERT INTO disclosures SELECT * FROM kept_disclosures");
        app.sql("UPDATE users SET name = (SELECT k.name FROM kept_users k WHERE k.id = users.id), email = (SELECT k.email FROM kept_users k WHERE k.id = users.id)");
    }
    let other = "UPDATE organisations SET bank_account = '123498765012'";
    let back = "UPDATE organisations SET bank_account = (SELECT k.bank_account FROM kept_organisations k WHERE k.id = organisations.id)";
    must_name(&app, (other, back), ("organisations", "1 = 1"), "bank_account");
}

#[apply(on_both!)]
fn an_earlier_program_left_no_digests_and_the_start_adds_them(mut app: App) {
    app.organisation("lodestone");
    // An account as it was created before digests existed.
    app.sql(
        "INSERT INTO users (id, email, name, roles, created_at, version, password_hash, failed_attempts) \
         SELECT '00000000-0000-7000-8000-000000000001', 'old@sample.example', 'Sample old hand', roles, created_at, 1, '', 0 \
         FROM users WHERE email = 'preparer-lodestone@sample.example'",
    );
    assert!(app.verify().fault.unwrap().contains("its name is not the one of the log"));
    app.serve(false);
    // Its digests are there now; that no act made the account itself stays to be seen.
    let fault = app.verify().fault.unwrap();
    assert_eq!(fault, "users 00000000-0000-7000-8000-000000000001: no act wrote this row");
    let before = app.audit_length();
    app.serve(false);
    assert_eq!(app.audit_length(), before);
}
