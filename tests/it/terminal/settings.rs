//! Settings from the file and the environment: a value has the type of its key, whatever it looks like; a mistake
//! names the key and where it was made; `config show` says where each value is from.

use crate::harness::program::{Ended, program, run};
use crate::harness::scratch;
use serde_json::{Value, json};
use std::path::Path;

/// What `config show --json` says with these variables.
fn shown(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Value {
    let mut command = program(folder, &[&["config", "show", "--json"], arguments].concat());
    command.envs(variables.iter().copied());
    run(command).with(0).json()
}

fn one<'v>(shown: &'v Value, key: &str) -> &'v Value {
    shown.as_array().unwrap().iter().find(|one| one["key"] == key).unwrap_or_else(|| panic!("no {key}"))
}

fn refused(folder: &Path, variable: &str, value: &str) -> Ended {
    let mut command = program(folder, &["serve"]);
    command.env(variable, value);
    run(command).with(2)
}

#[apply(plain!)]
fn a_value_of_the_environment_has_the_type_of_its_key() {
    let folder = scratch::folder();
    for (variable, key, text, value) in [
        ("TREASURY__SOURCE_SYSTEM", "treasury.source_system", "0042", json!("0042")),
        ("PUBLISHER__ID", "publisher.id", "00123", json!("00123")),
        ("PUBLISHER__NAME", "publisher.name", "true", json!("true")),
        ("PUBLISHER__NAME", "publisher.name", "1e3", json!("1e3")),
        ("SIGN_IN__ISSUER", "sign_in.issuer", "0x10", json!("0x10")),
        ("SIGN_IN__AUDIENCE", "sign_in.audience", "[1,2]", json!("[1,2]")),
        ("DATA__FOLDER", "data.folder", "007", json!("007")),
        ("SERVER__WORKERS", "server.workers", "3", json!(3)),
        ("SIGN_IN__SESSION_DAYS", "sign_in.session_days", "07", json!(7)),
        ("DATABASE__ALLOW_UNSAFE_SETTINGS", "database.allow_unsafe_settings", "true", json!(true)),
        ("PORTAL__PLAIN_COOKIE", "portal.plain_cookie", "false", json!(false)),
    ] {
        let variable = format!("MAGNET_SCHEME__{variable}");
        let shown = shown(folder.path(), &[(&variable, text)], &[]);
        let wanted = json!({ "key": key, "value": value, "source": "environment", "from": variable });
        assert_eq!(*one(&shown, key), wanted);
    }
    for (variable, value, words) in [
        ("MAGNET_SCHEME__DATABASE__READERS", "many", &["database.readers: a whole number of 1 to 1000", "many"][..]),
        ("MAGNET_SCHEME__DATABASE__READERS", "", &["database.readers: a whole number of 1 to 1000"]),
        ("MAGNET_SCHEME__DATABASE__READERS", "99999999999999999999", &["a whole number of 1 to 1000"]),
        ("MAGNET_SCHEME__DATABASE__READERS", "1.5", &["a whole number of 1 to 1000"]),
        ("MAGNET_SCHEME__PORTAL__PLAIN_COOKIE", "yes", &["true or false is expected", "yes"]),
        ("MAGNET_SCHEME__TREASURY__SOURCE_SYSTEM", "42", &["treasury.source_system: four digits"]),
        ("MAGNET_SCHEME__SERVER__BNID", "x", &["there is no setting server.bnid", "config show"]),
        ("MAGNET_SCHEME__SERVER", "x", &["there is no setting server"]),
        ("MAGNET_SCHEME__LOG__WITNESSES", "x", &["witnesses are named in a file"]),
        ("DATABASE_URL", "mysql://x", &["database.url"]),
    ] {
        refused(folder.path(), variable, value).about(&[&["configuration: ", variable], words].concat());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "a refused start makes nothing");
}

/// Each number with its bounds, as the program documents them.
const BOUNDS: [(&str, i64, i64); 15] = [
    ("server.json_bytes_most", 1_024, 1_073_741_824),
    ("server.body_seconds_most", 1, 3_600),
    ("server.workers", 0, 256),
    ("database.readers", 1, 1_000),
    ("database.queue_length", 1, 1_000_000),
    ("database.command_seconds_most", 1, 3_600),
    ("clock.ahead_days_most", 1, 36_525),
    ("evidence.bytes_most", 1_024, 10_737_418_240),
    ("treasury.return_bytes_most", 1_024, 1_073_741_824),
    ("sign_in.access_minutes", 1, 60),
    ("sign_in.session_days", 1, 90),
    ("personal_data.kept_years", 0, 100),
    ("controls.every_minutes", 1, 1_440),
    ("portal.idle_minutes", 1, 240),
    ("portal.session_hours", 1, 24),
];

#[apply(plain!)]
fn every_number_is_held_against_its_bounds_wherever_it_is_from() {
    let folder = scratch::folder();
    let file = folder.path().join("settings.toml");
    let path = file.display().to_string();
    for (key, least, most) in BOUNDS {
        let (section, name) = key.split_once('.').unwrap();
        let variable = format!("MAGNET_SCHEME__{}", key.to_uppercase().replace('.', "__"));
        for value in [least, most] {
            assert_eq!(one(&shown(folder.path(), &[(&variable, &value.to_string())], &[]), key)["value"], json!(value));
        }
        for value in [least - 1, most + 1, i64::MIN, i64::MAX] {
            let words = format!("configuration: {key}: {least} to {most} is expected, not {value} (set in: ");
            refused(folder.path(), &variable, &value.to_string()).about(&[&words, &format!("environment {variable})")]);
        }
        std::fs::write(&file, format!("[{section}]\n{name} = {}\n", most + 1)).unwrap();
        let words = format!("{key}: {least} to {most} is expected, not {} (set in: file {path})", most + 1);
        run(program(folder.path(), &["config", "show", "--config", &path])).with(2).about(&[&words]);
        // What the environment says wins, and has the type of its key whatever stands in the file.
        std::fs::write(&file, format!("[{section}]\n{name} = \"none\"\n")).unwrap();
        let shown = shown(folder.path(), &[(&variable, &least.to_string())], &["--config", &path]);
        assert_eq!(one(&shown, key)["value"], json!(least));
    }
    // The other way round as well: a text is a text.
    std::fs::write(&file, "[publisher]\nname = 7\n[portal]\nplain_cookie = 1\n").unwrap();
    let variables = [("MAGNET_SCHEME__PUBLISHER__NAME", "123"), ("MAGNET_SCHEME__PORTAL__PLAIN_COOKIE", "false")];
    let shown = shown(folder.path(), &variables, &["--config", &path]);
    assert_eq!(one(&shown, "publisher.name")["value"], json!("123"));
    assert_eq!(one(&shown, "portal.plain_cookie")["value"], json!(false));
    std::fs::remove_file(&file).unwrap();
    run(program(folder.path(), &["healthcheck", "--within", "18446744073709551615"])).with(2).about(&["--within"]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "a refused start makes nothing");
}

#[apply(plain!)]
fn what_is_wrong_with_an_address_is_said_without_its_password() {
    let folder = scratch::folder();
    const USER: [&str; 8] = ["user", "add", "--email", "a@x.example", "--name", "Sample", "--role", "auditor"];
    for (url, words) in [
        ("postgres://magnet:hidden@db/magnet?colour=blue", &["invalid URI query parameter", "colour"][..]),
        ("postgres://magnet:hid/den@db/magnet", &["port", "***"]),
        ("postgres://magnet:hidden%zz@db/magnet", &["percent-encoded", "***"]),
        ("postgres:///magnet?host=/nowhere&password=hidden%zz", &["percent-encoded", "***"]),
        ("postgres://magnet:hidden@db:port/magnet", &["invalid integer value", "port"]),
    ] {
        for arguments in [&["serve"][..], &["verify"], &["recompute"], &["migrate"], &USER] {
            for allowed in ["true", "false"] {
                let mut command = program(folder.path(), arguments);
                command.env("DATABASE_URL", url).env("MAGNET_SCHEME__DATABASE__ALLOW_UNSAFE_SETTINGS", allowed);
                let ended = run(command).with(2).about(&[&["database.url (or DATABASE_URL): "], words].concat());
                let complained = &ended.complained;
                for untold in ["hid", "den", "timed out", "not available"] {
                    assert!(!complained.contains(untold), "{arguments:?}: {complained}");
                }
            }
        }
    }
}

#[apply(plain!)]
fn a_mistake_in_a_file_names_the_file_and_the_key() {
    let folder = scratch::folder();
    let file = folder.path().join("settings");
    let path = file.display().to_string();
    for (text, words) in [
        ("[server]\nbnid = 1", &["there is no setting server.bnid"][..]),
        ("server = 1", &["server is not a section"]),
        ("[nonsense]", &["there is no section nonsense"]),
        ("[server]\nworkers = \"2\"", &["server.workers", "expected usize"]),
        ("[controls]\nevery_minutes = 0", &["controls.every_minutes: 1 to 1440"]),
        ("[server", &["line 1"]),
    ] {
        std::fs::write(&file, text).unwrap();
        let ended = run(program(folder.path(), &["serve", "--config", &path])).with(2);
        ended.about(&[&["configuration: ", path.as_str()], words].concat());
    }
    std::fs::remove_file(&file).unwrap();
    run(program(folder.path(), &["serve", "--config", &path])).with(2).about(&[&path, "No such file"]);
}

#[apply(plain!)]
fn the_settings_are_shown_with_their_sources_and_without_secrets() {
    let folder = scratch::folder();
    let file = folder.path().join("settings.toml");
    let text = "[server]\nworkers = 2\n[publisher]\nname = \"From the file\"\n[[log.witnesses]]\nfolder = \"/x\"\n\
                [[log.witnesses]]\n[log.witnesses.mail]\nto = \"a@x.example\"\nfrom = \"b@x.example\"\n\
                server = \"mail.x.example:465\"\nuser = \"log\"\npassword_variable = \"P\"\n";
    std::fs::write(&file, text).unwrap();
    let path = file.display().to_string();
    let variables = [
        ("DATABASE_URL", "postgres://magnet:secret-1@db/magnet?sslpassword=secret-2"),
        ("MAGNET_SCHEME__DATABASE__URL", "sqlite:another.sqlite3"),
        ("MAGNET_SCHEME__PUBLISHER__NAME", "From the environment"),
        ("P", "secret-3"),
    ];
    let shown = shown(folder.path(), &variables, &["--config", &path]);
    let is = |key: &str, value: Value, source: &str, from: Option<&str>| {
        assert_eq!(*one(&shown, key), json!({ "key": key, "value": value, "source": source, "from": from }));
    };
    is("server.workers", json!(2), "file", Some(&path));
    is("server.json_bytes_most", json!(4_194_304), "default", None);
    is("publisher.name", json!("From the environment"), "environment", Some("MAGNET_SCHEME__PUBLISHER__NAME"));
    let masked = json!("postgres://magnet:***@db/magnet?sslpassword=***");
    is("database.url", masked, "environment", Some("DATABASE_URL"));
    assert_eq!(one(&shown, "log.witnesses")["source"], "file");
    // Every key of the file of defaults is there, and nobody has to know JSON.
    let defaults: toml::Table = include_str!("../../../config/default.toml").parse().unwrap();
    let mut command = program(folder.path(), &["config", "show", "--config", &path]);
    command.envs(variables);
    let said = run(command).with(0).said;
    for (section, keys) in &defaults {
        for key in keys.as_table().unwrap().keys() {
            assert!(said.lines().any(|line| line.starts_with(&format!("{section}.{key} = "))), "{section}.{key}");
        }
    }
    assert!(said.contains(&format!("server.workers = 2  # file {path}\n")), "{said}");
    assert!(!said.contains("secret") && !shown.to_string().contains("secret"), "{said}");
}
