//! The house rules, checked on the source itself.

mod components;
mod composed;
mod english;
mod pictures;
pub(crate) mod portal;
mod rooms;
mod spelling;

use std::path::{Path, PathBuf};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The relative path and the text of every Rust file below a folder.
pub fn sources(folder: &str) -> Vec<(String, String)> {
    let (mut open, mut found): (Vec<PathBuf>, _) = (vec![root().join(folder)], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(root()).unwrap().display().to_string();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The code of a file without its tests and comments, line by line. A file for tests alone declares that at its head.
pub fn code(text: &str) -> impl Iterator<Item = &str> {
    let end = text.find("[cfg(test)]").unwrap_or(text.len());
    text[..end].lines().filter(|line| !line.trim_start().starts_with("//"))
}

#[track_caller]
fn has_none_of(folder: &str, words: &[&str], but_in: &[&str]) {
    let sources = sources(folder);
    assert!(sources.len() >= 4, "{folder}");
    for (name, text) in sources.iter().filter(|(name, _)| !but_in.contains(&name.as_str())) {
        for line in code(text) {
            for word in words {
                assert!(!line.contains(word), "{name} has {word}: {line}");
            }
        }
    }
}

#[apply(plain!)]
fn imports_run_one_way() {
    let outer = ["crate::demo", "crate::client", "crate::config"];
    // The rules are a crate of their own, which cannot import the layers above it.
    has_none_of("src/domain", &["diesel", "actix", "tokio", "getrandom", "std::fs"], &[]);
    has_none_of("src/db", &["crate::service", "crate::web", "actix"], &[]);
    has_none_of("src/db", &outer, &[]);
    has_none_of("src/service", &["crate::web", "actix", "diesel"], &[]);
    has_none_of("src/service", &["crate::demo", "crate::client"], &[]);
    has_none_of("src/web", &["crate::db", "diesel", "crate::demo", "crate::client"], &[]);
    has_none_of("src/command_line", &["diesel"], &[]);
    // The ground of the interface does not import the rooms above it.
    has_none_of("src/web/edge", &["crate::web::api"], &[]);
    for file in ["src/main.rs", "src/client.rs", "src/config.rs", "src/lib.rs", "src/terminal.rs"] {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        assert!(code(&text).all(|line| !line.contains("diesel")), "{file}");
    }
}

#[apply(plain!)]
fn every_file_says_what_it_is_and_fits_on_a_few_screens() {
    for (name, text) in sources("src").iter().chain(&sources("tests")) {
        assert!(text.starts_with("//! "), "{name} does not begin with //!");
        let lines = text.lines().count();
        assert!(lines <= 420 || name == "src/db/engine/schema.rs", "{name} has {lines} lines");
        let mut comments = text.lines().filter(|line| line.trim_start().starts_with("//"));
        let long = comments.find(|line| line.chars().count() > 120);
        assert_eq!(long, None, "{name} has a comment of more than 120 characters");
    }
}

/// A test registers itself, but only in a file that is compiled.
#[apply(plain!)]
fn every_file_of_tests_is_a_module_of_the_run() {
    let sources = sources("tests/it");
    assert!(sources.len() >= 100, "{} files", sources.len());
    for (name, _) in &sources {
        let path = Path::new(name);
        let (folder, module) = match path.file_stem().unwrap().to_str().unwrap() {
            "main" => continue,
            "mod" => (path.parent().unwrap().parent().unwrap(), path.parent().unwrap().file_name().unwrap()),
            _ => (path.parent().unwrap(), path.file_stem().unwrap()),
        };
        let above = [folder.join("main.rs"), folder.join("mod.rs"), folder.with_extension("rs")];
        let declared = format!("mod {};", module.to_str().unwrap());
        let is_declared = |text: &str| text.lines().any(|line| line.ends_with(&declared));
        let found =
            sources.iter().any(|(name, text)| above.iter().any(|path| path == Path::new(name)) && is_declared(text));
        assert!(found, "{name} is compiled by nobody: no {declared}");
    }
}

#[apply(plain!)]
fn nothing_gives_up_or_is_left_to_do() {
    // Written in pieces, so that this file does not find itself.
    let giving_up = [".unwrap()", "panic!(", "unreachable!(", "unimplemented!("];
    has_none_of("src", &giving_up, &[]);
    // The client has a verb of this name, which the demo uses too.
    has_none_of("src", &[".expect("], &["src/client.rs", "src/demo/story.rs"]);
    let left = ["TO", "FIX", "XX"].iter().zip(["DO", "ME", "X"]).map(|(a, b)| format!("{a}{b}"));
    for word in left.collect::<Vec<_>>() {
        for (name, text) in sources("src").iter().chain(&sources("tests")) {
            assert!(!text.contains(&word), "{name} has {word}");
        }
    }
    // These end the thread when nobody reads the pipe any more; src/terminal.rs does not.
    has_none_of("src", &["todo!(", "dbg!(", "println!(", "print!("], &[]);
    has_none_of("src", &["unsafe ", "std::process::exit"], &[]);
    // The writer sleeps between batches to let readers work (back-off). A start that accepts a loss waits for a service
    // that is ending.
    has_none_of("src", &["thread::sleep"], &["src/db/engine/writer.rs", "src/service/log/high_water.rs"]);
}

#[apply(plain!)]
fn no_float_touches_the_inside() {
    // A workbook has only floating-point numbers: there an exact amount becomes one from its digits,
    // once, at the very end, and an amount that would not be exact is text. Nothing is computed with it.
    let written_as_such = ["src/web/api/desk/export_xlsx.rs"];
    for folder in ["src/domain", "src/db", "src/service", "src/web"] {
        has_none_of(folder, &["f32", "f64", "as_f64", "Double", "Float"], &written_as_such);
    }
}

#[apply(plain!)]
fn only_the_clock_asks_for_the_time() {
    has_none_of("src", &["Utc::now", "SystemTime", "Local::now"], &["src/service/running/clock.rs"]);
    has_none_of("src", &["Instant::now"], &["src/web/edge/middleware.rs", "src/db/engine/deadline.rs"]);
    has_none_of("src/domain", &["Uuid::now", "Uuid::new"], &[]);
}
