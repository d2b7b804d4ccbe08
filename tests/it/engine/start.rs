//! The start of the service: the key, the schemes, live or sandbox, the clock, settings.

use crate::harness::app::{App, Engine};
use crate::harness::people::{Answered, Verbs};
use crate::harness::program::run;
use domain::base::calendar::Timestamp;
use magnet_scheme::client::{Person, Response};
use magnet_scheme::config::Config;
use magnet_scheme::db::engine::connection::DatabaseUrl;
use magnet_scheme::service::Service;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

const SCHEME_TEXT: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal.toml");

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[apply(on_both!)]
fn the_signing_key_is_private_or_nothing_starts(app: App) {
    let mut app = App::from_nothing(app.engine);
    let folder = app.config.data.folder.clone();
    let key = folder.join("signing-key.p8");
    assert_eq!((mode(&key), mode(&folder)), (0o600, 0o700));
    app.stop();
    for open in [0o640, 0o604, 0o644, 0o660, 0o666, 0o601] {
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(open)).unwrap();
        let why = app.start_problem(false).unwrap();
        assert!(why.contains("signing-key.p8") && why.contains("600"), "{why}");
    }
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(app.start_problem(false), None);
    let kept = std::fs::read(&key).unwrap();
    for broken in [&b""[..], b"not a key", &kept[..kept.len() - 1]] {
        std::fs::write(&key, broken).unwrap();
        let why = app.start_problem(false).unwrap();
        assert!(why.contains("signing-key.p8"), "{why}");
    }
}

fn me(app: &App, token: &str) -> Response {
    app.client.send("GET", "/api/v1/me", &[("Authorization", &format!("Bearer {token}"))], None).unwrap()
}

#[apply(on_both!)]
fn a_restart_keeps_sessions_and_data(mut app: App) {
    let token = app.verifier().token().unwrap();
    let (content, length) = (app.content(), app.audit_length());
    app.serve(false);
    me(&app, &token).ok();
    assert_eq!((app.content(), app.audit_length()), (content, length), "a start writes nothing");
    // With another key none of the old tokens opens anything.
    app.stop();
    std::fs::remove_file(app.config.data.folder.join("signing-key.p8")).unwrap();
    app.serve(false);
    me(&app, &token).refused(401, "unauthenticated");
}

#[apply(on_both!)]
fn a_loaded_scheme_is_never_edited_in_place(app: App) {
    let schemes = tempfile::tempdir().unwrap();
    let file = schemes.path().join("scheme.toml");
    std::fs::write(&file, SCHEME_TEXT).unwrap();
    let mut app = App::start_with(app.engine, |config| config.schemes.folder = schemes.path().to_owned());
    let (content, length) = (app.content(), app.audit_length());
    app.stop();
    for edit in [
        format!("{SCHEME_TEXT}\n# only a remark\n"),
        SCHEME_TEXT.replace("1345_00_00_000", "1346_00_00_000").replace("15_00_00_000\n", "16_00_00_000\n"),
    ] {
        assert_ne!(edit, SCHEME_TEXT);
        std::fs::write(&file, edit).unwrap();
        let why = app.start_problem(false).unwrap();
        assert!(why.contains("ndfeb-2025-proposal version 1") && why.contains("never edited"), "{why}");
    }
    std::fs::write(&file, SCHEME_TEXT).unwrap();
    app.serve(false);
    assert_eq!((app.content(), app.audit_length()), (content, length));
}

#[apply(on_both!)]
fn a_file_that_would_change_the_past_is_refused(app: App) {
    const SECOND: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-2.toml");
    const THIRD: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-3.toml");
    let schemes = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(schemes.path().join(name), text).unwrap();
    write("1.toml", SCHEME_TEXT);
    write("2.toml", SECOND);
    let mut app = App::start_with(app.engine, |config| config.schemes.folder = schemes.path().to_owned());
    // An application is made on 15 October: a version may not begin before it, whichever day it names.
    app.set_clock("2026-10-15T06:30:00Z");
    app.scheme_administrator().opens_window("2026-10-01", "2026-12-31").ok();
    app.submitted("lodestone", 750);
    app.stop();
    write("3.toml", THIRD);
    let why = app.start_problem(false).unwrap();
    assert!(why.contains("version 3") && why.contains("can begin is 2026-10-15"), "{why}");
    write("3.toml", &THIRD.replacen("2026-10-01", "2026-10-15", 1));
    // A scheme cannot begin with its second version either.
    let other = SECOND.replacen("ndfeb-2025-proposal", "sample-scheme", 1).replacen("NDFEB", "SAMPLE", 1);
    write("other.toml", &other);
    let why = app.start_problem(false).unwrap();
    assert!(why.contains("sample-scheme version 2") && why.contains("the next one is 1"), "{why}");
    std::fs::remove_file(schemes.path().join("other.toml")).unwrap();
    app.serve(false);
    assert_eq!(app.submitted("coercive", 500)["scheme_version"], 3);
    let (content, length) = (app.content(), app.audit_length());
    app.serve(false);
    assert_eq!((app.content(), app.audit_length()), (content, length));
}

/// A built-in version is only an offer: a database for which it comes too late leaves it out.
#[apply(on_both!)]
fn a_built_in_version_that_comes_too_late_is_left_out(app: App) {
    let schemes = tempfile::tempdir().unwrap();
    std::fs::write(schemes.path().join("1.toml"), SCHEME_TEXT).unwrap();
    let mut app = App::start_with(app.engine, |config| config.schemes.folder = schemes.path().to_owned());
    app.set_clock("2026-10-15T06:30:00Z");
    app.scheme_administrator().opens_window("2026-10-01", "2026-12-31").ok();
    app.submitted("lodestone", 750);
    let before = app.anybody("GET", "/api/v1/schemes/ndfeb-2025-proposal/versions", None).ok();
    app.config.schemes.folder = std::path::PathBuf::new();
    app.serve(false);
    let after = app.anybody("GET", "/api/v1/schemes/ndfeb-2025-proposal/versions", None).ok();
    assert_eq!(before["data"], after["data"]);
    assert_eq!(app.submitted("coercive", 500)["scheme_version"], 1);
    app.must_verify();
}

#[apply(on_both!)]
fn a_scheme_folder_must_hold_good_schemes(mut app: App) {
    app.stop();
    let schemes = tempfile::tempdir().unwrap();
    app.config.schemes.folder = schemes.path().to_owned();
    let why = app.start_problem(false).unwrap();
    assert!(why.contains("no scheme file"), "{why}");
    let bad = schemes.path().join("bad.toml");
    for text in ["", "code = 1", "nonsense = true", &SCHEME_TEXT.replace("number_prefix", "number_prefixes")] {
        std::fs::write(&bad, text).unwrap();
        let why = app.start_problem(false).unwrap();
        assert!(why.contains("bad.toml"), "{why}");
    }
    app.config.schemes.folder = schemes.path().join("missing");
    assert!(app.start_problem(false).is_some());
}

#[apply(on_both!)]
fn live_and_sandbox_never_mix(mut app: App) {
    assert_eq!(app.anybody("GET", "/api/v1/clock", None).ok()["sandbox"], false);
    app.stop();
    let content = app.content();
    let why = app.start_problem(true).unwrap();
    assert!(why.contains("holds live data and can never be a sandbox"), "{why}");
    assert_eq!(app.content(), content);
    assert_eq!(app.start_problem(false), None);

    let mut sandbox = App::sandbox(app.engine);
    assert_eq!(sandbox.anybody("GET", "/api/v1/clock", None).ok()["sandbox"], true);
    assert!(sandbox.anybody("GET", "/en/", None).text().contains("Sandbox: nothing here is real"));
    sandbox.stop();
    let why = sandbox.start_problem(false).unwrap();
    assert!(why.contains("this database is a sandbox"), "{why}");
    assert_eq!(sandbox.start_problem(true), None);
}

fn sets_clock(person: &Person, now: &str) -> Response {
    person.post("/clock", None, &json!({ "now": now })).unwrap()
}

#[apply(on_both!)]
fn a_sandbox_clock_goes_forward_and_survives_a_restart(app: App) {
    let mut app = App::sandbox(app.engine);
    let administrator = app.administrator();
    let token = administrator.token().unwrap();
    let before = app.audit_length();
    let moved = sets_clock(&administrator, "2027-03-31T18:30:00Z").ok();
    assert_eq!((&moved["now"], &moved["financial_year"]), (&json!("2027-03-31T18:30:00.000000Z"), &json!("2027-28")));
    for earlier in ["2027-03-31T18:29:59Z", "2026-05-01T06:30:00Z", "0000-01-01T00:00:00Z"] {
        sets_clock(&administrator, earlier).refused(409, "clock_backwards");
    }
    sets_clock(&administrator, "2099-01-01T00:00:00Z").refused(422, "invalid_fields");
    sets_clock(&administrator, "tomorrow").refused(400, "malformed_json");
    app.verifier().get("/me").unwrap();
    sets_clock(&app.verifier(), "2028-01-01T00:00:00Z").refused(403, "not_permitted");
    let mut log = app.audit_behind(before);
    log.retain(|entry| entry.starts_with("set_clock"));
    assert_eq!(log[0], "set_clock done");
    assert_eq!(log[1..4], vec!["set_clock refused clock_backwards"; 3]);
    assert_eq!(log[4..], ["set_clock refused not_permitted"]);
    // Sessions use the time of the machine, which nobody moved.
    me(&app, &token).ok();
    app.serve(true);
    let shown =
        || -> Timestamp { app.anybody("GET", "/api/v1/clock", None).ok()["now"].as_str().unwrap().parse().unwrap() };
    let moved: Timestamp = "2027-03-31T18:30:00Z".parse().unwrap();
    let kept = shown();
    // Each act since then took a second.
    assert!((1..30).contains(&(kept.seconds() - moved.seconds())), "{kept}");
    app.wait_seconds(60);
    assert_eq!(shown(), kept.plus_seconds(60));
    app.must_verify();
}

#[apply(on_both!)]
fn a_live_clock_cannot_be_set(app: App) {
    let before = app.anybody("GET", "/api/v1/clock", None).ok();
    sets_clock(&app.administrator(), "2027-03-31T18:30:00Z").refused(409, "not_a_sandbox");
    let after = app.anybody("GET", "/api/v1/clock", None).ok();
    let now = |clock: &Value| clock["now"].as_str().unwrap().parse::<Timestamp>().unwrap().seconds();
    assert!((0..30).contains(&(now(&after) - now(&before))), "{before} and {after}: a few acts, and no year");
}

#[apply(on_both!)]
fn a_newer_schema_is_refused_before_anything_is_touched(mut app: App) {
    app.stop();
    app.sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999');");
    let content = (app.content(), app.rows("audit_log"));
    let why = app.start_problem(false).unwrap();
    assert!(why.contains("written by a newer program (migration 9999"), "{why}");
    assert_eq!((app.content(), app.rows("audit_log")), content);
    app.sql("DELETE FROM __diesel_schema_migrations WHERE version = '9999';");
    assert_eq!(app.start_problem(false), None);
}

#[apply(on_both!)]
fn two_services_starting_at_once_leave_one_whole_schema(app: App) {
    let whole: Vec<String> = app.tables();
    let start = |config: Config| {
        let clock = app.test_clock();
        actix_web::rt::System::new().block_on(async move {
            let service = Service::start(&config, clock, false).await.map_err(|error| error.to_string())?;
            service.is_unused().await.map_err(|error| error.to_string())
        })
    };
    for round in 0..4 {
        let folder = tempfile::tempdir().unwrap();
        let config = crate::harness::app::config(app.engine, folder.path());
        let outcomes: Vec<Result<bool, String>> = std::thread::scope(|scope| {
            let started: Vec<_> = (0..3).map(|_| config.clone()).map(|config| scope.spawn(|| start(config))).collect();
            started.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(outcomes.iter().any(Result::is_ok), "round {round}: {outcomes:?}");
        for why in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
            let clean =
                ["database is locked", "not an Ed25519 key", "File exists"].iter().any(|known| why.contains(known));
            assert!(clean && app.engine == Engine::Sqlite, "round {round}: {why}");
        }
        // The next service to start finds everything, once.
        let mut next = App::start_with(app.engine, |other| *other = config.clone());
        assert_eq!(next.tables(), whole);
        assert_eq!((next.rows("schemes").len(), next.rows("instance").len()), (8, 1));
        assert_eq!(
            next.audit_behind(0),
            ["load_scheme done"; 8].into_iter().chain(["create_user done"]).collect::<Vec<_>>()
        );
        next.must_verify();
        next.stop();
    }
}

/// The mark in the folder knows of a database: none is made in its place, whichever command is started.
#[apply(on_both!)]
fn a_refused_start_makes_no_database_in_the_place_of_one_that_is_gone(mut app: App) {
    app.verifier();
    app.stop();
    let folder = app.config.data.folder.clone();
    let other = crate::harness::app::config(app.engine, &folder).database.url;
    let database = folder.join("magnet-scheme.sqlite3");
    if app.engine == Engine::Sqlite {
        for beside in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.join(format!("magnet-scheme.sqlite3{beside}")));
        }
    }
    const USER: [&str; 8] = ["user", "add", "--email", "a@x.example", "--name", "Sample", "--role", "auditor"];
    for arguments in [&["serve"][..], &["migrate"], &USER, &["serve", "--accept-new-key"]] {
        let mut command = app.program(arguments);
        command.env("MAGNET_SCHEME__DATABASE__URL", &other);
        run(command).with(2).about(&["the database has 0 entries of the log", "high-water-mark.note", "--accept-loss"]);
        match app.engine {
            Engine::Sqlite => assert!(!database.exists(), "{arguments:?} made a database"),
            Engine::Postgres => crate::harness::postgres::execute(
                &other,
                "DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public') \
                 THEN RAISE EXCEPTION 'there are tables'; END IF; END $$",
            ),
        }
    }
    // Settings that cannot be read leave no database either.
    let fresh = tempfile::tempdir().unwrap();
    let mut command = crate::harness::program::program(fresh.path(), &["serve"]);
    command.env("MAGNET_SCHEME__SCHEMES__FOLDER", fresh.path().join("none"));
    run(command).with(2).about(&["schemes.folder"]);
    assert_eq!(std::fs::read_dir(fresh.path()).unwrap().count(), 0);
}

#[apply(on_both!)]
fn the_first_administrator_is_made_once(app: App) {
    let mut app = App::from_nothing(app.engine);
    let administrator = app.administrator();
    administrator.get("/me").unwrap().ok();
    let users = app.rows("users");
    assert_eq!(users.len(), 1);
    app.serve(false);
    assert_eq!(app.rows("users"), users);
    let other = App::from_nothing(app.engine);
    assert_ne!(other.administrator().password, administrator.password);
    assert_eq!(administrator.password.len(), 20);
    assert_eq!(app.administrator().sees("/me")["roles"], json!(["administrator"]));
}

#[apply(plain!)]
fn unknown_and_impossible_settings_are_refused_with_their_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    let load = |text: &str| {
        std::fs::write(&file, text).unwrap();
        Config::load(Some(&file)).map(|_| ()).map_err(|error| error.to_string())
    };
    for (text, named) in [
        ("[server]\nbnid = \"127.0.0.1:1\"", "bnid"),
        ("[nonsense]\nx = 1", "nonsense"),
        ("nonsense = 1", "nonsense"),
        ("[sign_in]\naccess_minutes = 0", "sign_in.access_minutes"),
        ("[sign_in]\naccess_minutes = 61", "sign_in.access_minutes"),
        ("[sign_in]\nsession_days = 91", "sign_in.session_days"),
        ("[sign_in]\nissuer = \"\"", "sign_in"),
        ("[database]\nreaders = 0", "database"),
        ("[database]\nqueue_length = 0", "database"),
        ("[database]\nurl = \"mysql://x\"", "database.url"),
        ("[portal]\nidle_minutes = 0", "portal.idle_minutes"),
        ("[portal]\ncontact_email = \"a@b?subject=x\"", "portal.contact_email"),
        ("[portal]\ncontact_phone = \"call me\"", "portal.contact_phone"),
        ("[portal]\nsession_hours = 25", "portal.session_hours"),
        ("[server]\nbind = \"0.0.0.0:1\"\n[portal]\nplain_cookie = true", "portal.plain_cookie"),
        ("[evidence]\nbytes_most = -1", "bytes_most"),
        ("[server]\njson_bytes_most = \"many\"", "json_bytes_most"),
    ] {
        let why = load(text).unwrap_err();
        assert!(why.starts_with("configuration: ") && why.contains(named), "{text}: {why}");
    }
    load("[server").unwrap_err();
    Config::load(Some(&folder.path().join("missing.toml"))).unwrap_err();
    load("[server]\nbind = \"127.0.0.1:1\"").unwrap();
}

#[apply(plain!)]
fn a_mistyped_database_url_never_becomes_a_file() {
    for wrong in [
        "",
        "postgres",
        "postgres:/host/db",
        "Postgres://host/db",
        "postgress://host/db",
        "mysql://host/db",
        "sqlite",
        "sqlite:",
        "sqlite://",
        "sqlite::memory:",
        "sqlite:file:x?mode=memory",
        "data.sqlite3",
        "/data/x.sqlite3",
        " postgres://host/db",
    ] {
        assert!(DatabaseUrl::parse(wrong).is_err(), "{wrong:?}: {:?}", DatabaseUrl::parse(wrong));
    }
    let sqlite = |path: &str| DatabaseUrl::Sqlite(path.into());
    for (text, url) in [
        ("sqlite:data.sqlite3", sqlite("data.sqlite3")),
        ("sqlite:/data/x.sqlite3", sqlite("/data/x.sqlite3")),
        ("sqlite://x.sqlite3", sqlite("x.sqlite3")),
        ("sqlite:///data/x.sqlite3", sqlite("/data/x.sqlite3")),
        ("postgres://host/db", DatabaseUrl::Postgres("postgres://host/db".to_owned())),
        ("postgresql://host/db", DatabaseUrl::Postgres("postgresql://host/db".to_owned())),
    ] {
        assert_eq!(DatabaseUrl::parse(text).unwrap(), url, "{text}");
    }
    // Four slashes, as other tools write an absolute path, name the same file and no relative one.
    let path = |text: &str| match DatabaseUrl::parse(text) {
        Ok(DatabaseUrl::Sqlite(path)) => path,
        other => panic!("{other:?}"),
    };
    assert!(path("sqlite:////data/x.sqlite3").is_absolute());
}

#[apply(plain!)]
fn the_environment_overrides_and_is_checked_too() {
    let folder = tempfile::tempdir().unwrap();
    let run = |variable: &str, value: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_magnet-scheme"));
        command.arg("migrate").current_dir(folder.path()).env_remove("DATABASE_URL").env(variable, value);
        let output = command.output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for (variable, value, named) in [
        ("MAGNET_SCHEME__SERVER__BNID", "x", "bnid"),
        ("MAGNET_SCHEME__SIGN_IN__ACCESS_MINUTES", "0", "sign_in.access_minutes"),
        ("MAGNET_SCHEME__DATABASE__URL", "sqlite", "database.url"),
        ("DATABASE_URL", "postgress://host/db", "database URL"),
    ] {
        let (started, why) = run(variable, value);
        assert!(!started && why.contains(named), "{variable}: {why}");
    }
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "a refused start leaves no file");
    let file = folder.path().join("here.sqlite3");
    let (started, why) = run("DATABASE_URL", &format!("sqlite:{}", file.display()));
    assert!(started && file.exists(), "{why}");
}
