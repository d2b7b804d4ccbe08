//! Who may open what the program makes: its own account alone, whatever the umask and whoever changed a mode later.

use crate::harness::app::{App, Engine};
use crate::harness::program::{Going, program, program_in_shell, run, with_database};
use crate::harness::scratch;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Everything below a folder, with the folder itself.
fn everything(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(everything(&path)) } else { found.push(path) }
    }
    found
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[apply(on_both!)]
fn nobody_else_may_open_what_the_program_makes(app: App) {
    let folder = scratch::folder();
    // The demo also makes what a start alone does not: evidence, and files for downloads.
    let mut command = program_in_shell("umask 000; exec \"$@\"", folder.path(), &["demo"]);
    with_database(&mut command, app.engine, folder.path());
    let going = Going::until(command, "Serving until");
    let made = everything(folder.path());
    let below = |name: &str| made.iter().any(|path| path.to_string_lossy().contains(name));
    let of_sqlite: &[&str] = &["magnet-scheme.sqlite3", ".sqlite3-wal", "start-lock"];
    let of_engine = if app.engine == Engine::Sqlite { of_sqlite } else { &[] };
    for name in ["signing-key.p8", "log-key.p8", "evidence/"].iter().chain(of_engine) {
        assert!(below(name), "no {name} in {made:?}");
    }
    for path in &made[1..] {
        let mode = std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{} has {mode:o}", path.display());
    }
    going.is_sent("TERM");
    going.ends().with(0);
}

#[apply(on_both!)]
fn an_open_folder_or_database_stops_the_start_and_says_what_to_do(mut app: App) {
    app.stop();
    let folder = app.config.data.folder.clone();
    let mut places = vec![(folder.clone(), 0o700)];
    if app.engine == Engine::Sqlite {
        places.push((folder.join("magnet-scheme.sqlite3"), 0o600));
    }
    for (place, private) in places {
        for open in [private | 0o040, private | 0o004, private | 0o010, private | 0o055] {
            set_mode(&place, open);
            let remedy = format!("chmod {private:o} {}", place.display());
            let why = app.start_problem(false).unwrap();
            assert!(why.contains(&remedy) && !why.contains("internal"), "{open:o}: {why}");
        }
        for arguments in [&["serve"][..], &["migrate"], &USER] {
            run(app.program(arguments)).with(2).about(&["chmod", &place.display().to_string()]);
        }
        set_mode(&place, private);
    }
    assert_eq!(app.start_problem(false), None);
}

const USER: [&str; 8] = ["user", "add", "--email", "a@x.example", "--name", "Sample", "--role", "auditor"];

#[apply(plain!)]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = scratch::folder();
    std::fs::write(folder.path().join("file"), "").unwrap();
    for (variable, value) in
        [("MAGNET_SCHEME__DATA__FOLDER", "file/data"), ("MAGNET_SCHEME__DATABASE__URL", "sqlite:none/x.sqlite3")]
    {
        let mut command = program(folder.path(), &["serve"]);
        command.current_dir(folder.path()).env(variable, value);
        run(command).with(2).about(&[value.trim_start_matches("sqlite:")]);
    }
    std::fs::write(folder.path().join("file"), "this is no database").unwrap();
    set_mode(&folder.path().join("file"), 0o600);
    let mut command = program(folder.path(), &["serve"]);
    command.current_dir(folder.path()).env("DATABASE_URL", "sqlite:file");
    run(command).with(2).about(&["file is not a SQLite database"]);
}

#[apply(plain!)]
fn a_folder_that_cannot_be_used_is_named_with_its_setting() {
    let folder = scratch::folder();
    let data = folder.path().join("data");
    // Nothing can be made there, not even by root.
    let mut command = program(folder.path(), &["serve"]);
    command.env("MAGNET_SCHEME__DATA__FOLDER", "/proc/self/fd");
    command.env("DATABASE_URL", format!("sqlite:{}", folder.path().join("x.sqlite3").display()));
    run(command).with(2).about(&["data.folder: ", "/proc/self/fd/"]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is made elsewhere either");
    // Something else stands in a place that the service needs.
    let folders = ["downloads", "evidence", "evidence/incoming"];
    let files =
        ["signing-key.p8", "log-key.p8", "high-water-mark.lock", "high-water-mark.users", "high-water-mark.new"];
    for name in folders.iter().chain(&files).chain(&["magnet-scheme.start-lock", "magnet-scheme.sqlite3"]) {
        let place = data.join(name);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        if folders.contains(name) {
            std::fs::write(&place, "").unwrap();
        } else {
            std::fs::create_dir(&place).unwrap();
            set_mode(&place, if name.ends_with("sqlite3") { 0o600 } else { 0o700 });
        }
        set_mode(&data, 0o700);
        for arguments in [&["serve"][..], &USER] {
            let ended = run(program(folder.path(), arguments)).with(2);
            ended.about(&["data.folder", &place.display().to_string()]);
        }
        std::fs::remove_dir_all(&data).unwrap();
    }
}
