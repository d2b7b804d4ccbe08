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
        ("MAGNET_SCHEME__DATABASE__READERS", "many", &["a whole number is expected", "many"][..]),
        ("MAGNET_SCHEME__DATABASE__READERS", "", &["a whole number is expected"]),
        ("MAGNET_SCHEME__DATABASE__READERS", "0", &["database.readers: at least 1"]),
        ("MAGNET_SCHEME__DATABASE__READERS", "-1", &["database.readers"]),
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
