//! The house rules about rooms (modules of a layer), checked on the source itself: the size of a folder,
//! the rooms that each room may import, and the absence of import cycles.

use crate::tidy::{code, root, sources};
use std::collections::BTreeSet;
use std::path::Path;

/// The largest number of files that a folder may hold.
const FILES_MOST: usize = 30;

/// One room, and the rooms of its layer that it may import. Each of these must be listed above it, so
/// the table itself cannot hold a cycle.
type Room = (&'static str, &'static [&'static str]);

/// A layer: its folder, the prefix of its rooms in an import, and the rooms from the ground up.
type Layer = (&'static str, &'static str, &'static [Room]);

#[rustfmt::skip]
const LAYERS: &[Layer] = &[
    ("src/domain", "crate::", &[
        ("base", &[]),
        ("check", &["base"]),
        ("correction", &["base"]),
        ("correspondence", &["base"]),
        ("people", &["base"]),
        ("scheme", &["base"]),
        ("budget", &["base", "check", "scheme"]),
        ("desk", &["base", "scheme"]),
        ("award", &["base", "scheme", "budget"]),
        ("log", &["base", "budget"]),
        ("claim", &["base", "scheme", "award"]),
        ("milestone", &["base", "scheme", "award"]),
        ("recovery", &["base", "scheme", "budget", "milestone"]),
        ("public", &["base", "scheme", "budget", "milestone", "recovery"]),
        ("revision", &["base", "scheme", "award", "claim"]),
        ("payment", &["base", "people", "scheme", "budget", "milestone", "recovery"]),
        (
            "worklist",
            &[
                "base", "check", "correction", "correspondence", "scheme", "budget", "desk", "award", "claim", "milestone",
                "recovery", "revision", "payment",
            ],
        ),
    ]),
    ("src/db", "crate::db::", &[
        ("engine", &[]),
        ("award", &["engine"]),
        ("budget", &["engine"]),
        ("claim", &["engine"]),
        ("correction", &["engine"]),
        ("correspondence", &["engine"]),
        ("desk", &["engine"]),
        ("log", &["engine"]),
        ("milestone", &["engine"]),
        ("people", &["engine"]),
        ("recovery", &["engine"]),
        ("revision", &["engine"]),
        ("scheme", &["engine"]),
        ("worklist", &["engine"]),
        ("check", &["engine", "claim", "recovery"]),
        ("payment", &["engine", "people"]),
    ]),
    ("src/service", "crate::service::", &[
        ("running", &[]),
        ("log", &["running"]),
        ("people", &["running"]),
        ("public", &["running"]),
        ("scheme", &["running"]),
        ("worklist", &["running", "people"]),
        ("budget", &["running", "worklist"]),
        ("milestone", &["running", "worklist"]),
        ("desk", &["running", "log"]),
        ("recovery", &["running", "milestone", "worklist"]),
        ("award", &["running", "milestone", "scheme", "recovery", "worklist"]),
        ("check", &["running", "budget", "log", "milestone", "recovery"]),
        ("claim", &["running", "budget", "recovery", "award", "worklist"]),
        ("payment", &["running", "budget", "recovery", "award", "claim", "worklist"]),
        ("revision", &["running", "scheme", "check", "claim", "worklist"]),
        ("correction", &["running", "budget", "payment", "recovery", "award", "worklist"]),
        ("correspondence", &["running", "award", "claim", "milestone", "payment", "recovery", "worklist"]),
    ]),
    ("src/web/api", "crate::web::api::", &[
        ("award", &[]),
        ("budget", &[]),
        ("check", &[]),
        ("claim", &[]),
        ("correction", &[]),
        ("correspondence", &[]),
        ("log", &[]),
        ("milestone", &[]),
        ("payment", &[]),
        ("people", &[]),
        ("public", &[]),
        ("recovery", &[]),
        ("revision", &[]),
        ("scheme", &[]),
        ("worklist", &[]),
        ("desk", &["payment", "people"]),
    ]),
    ("src/web/portal", "crate::web::portal::", &[
        ("chart", &[]),
        ("worklist", &[]),
        ("payment", &["worklist"]),
        ("component", &["payment", "worklist"]),
        ("claim", &["payment", "worklist"]),
        ("milestone", &["payment", "worklist"]),
        ("award", &["payment", "worklist", "milestone", "claim"]),
        ("budget", &["chart", "payment", "worklist"]),
        ("recovery", &["payment", "worklist"]),
        ("scheme", &["payment", "worklist", "claim"]),
        ("people", &["payment"]),
        ("public", &["chart"]),
        ("correction", &["payment", "worklist"]),
        ("correspondence", &["payment", "worklist"]),
        ("everyone", &["public"]),
    ]),
    ("tests/it", "crate::", &[
        ("harness", &[]),
        ("scheme", &[]),
        ("award", &["harness"]),
        ("budget", &["harness"]),
        ("claim", &["harness"]),
        ("correspondence", &["harness"]),
        ("engine", &["harness"]),
        ("log", &["harness"]),
        ("milestone", &["harness"]),
        ("payment", &["harness"]),
        ("correction", &["harness", "award", "payment"]),
        ("revision", &["harness"]),
        ("terminal", &["harness"]),
        ("worklist", &["harness"]),
        ("desk", &["harness", "budget", "log", "payment"]),
        ("people", &["harness", "claim", "log"]),
        (
            "portal",
            &["harness", "award", "budget", "correction", "correspondence", "desk", "engine", "payment", "people"],
        ),
        ("check", &["harness", "correction", "log", "revision", "desk", "payment", "people", "portal"]),
        ("public", &["harness", "payment"]),
        ("recovery", &["harness", "budget"]),
        ("story", &["harness", "claim"]),
        ("edge", &["harness", "award", "claim", "correction", "payment", "people", "desk"]),
    ]),
];

#[apply(plain!)]
fn no_folder_is_too_large_to_be_read() {
    for top in ["src", "tests/it", "tests/bench"] {
        let mut open = vec![root().join(top)];
        while let Some(folder) = open.pop() {
            let mut files = 0;
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && !path.ends_with("target") {
                    open.push(path);
                } else {
                    files += 1;
                }
            }
            assert!(files <= FILES_MOST, "{} holds {files} files: at most {FILES_MOST}", folder.display());
        }
    }
}

#[apply(plain!)]
fn every_layer_has_the_rooms_of_the_table() {
    for (folder, _, rooms) in LAYERS {
        let named: BTreeSet<&str> = rooms.iter().map(|(room, _)| *room).collect();
        let found: BTreeSet<String> = std::fs::read_dir(root().join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir() && path.join("mod.rs").is_file())
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), named, "the rooms of {folder}");
    }
}

#[apply(plain!)]
fn a_room_imports_only_the_rooms_that_the_table_allows() {
    for (folder, prefix, rooms) in LAYERS {
        for (place, (room, allowed)) in rooms.iter().enumerate() {
            for below in *allowed {
                assert!(
                    rooms[..place].iter().any(|(name, _)| name == below),
                    "{folder}: {below} must stand above {room}"
                );
            }
            let mut used = BTreeSet::new();
            for (file, text) in sources(&format!("{folder}/{room}")) {
                for imported in imported_rooms(&text, prefix) {
                    let known = rooms.iter().any(|(name, _)| *name == imported);
                    if known && imported != *room {
                        assert!(allowed.contains(&imported), "{file} imports the room {imported}");
                        used.insert(imported.to_owned());
                    }
                }
            }
            for name in *allowed {
                assert!(used.contains(*name), "{folder}: {room} no longer imports {name}: take it out of the table");
            }
        }
    }
}

/// The names after the prefix in the code of a file, including the first names inside braces.
fn imported_rooms<'t>(text: &'t str, prefix: &str) -> Vec<&'t str> {
    let mut found = Vec::new();
    for line in code(text) {
        for (place, _) in line.match_indices(prefix) {
            let before = line[..place].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let rest = &line[place + prefix.len()..];
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            // A nested import that begins at the layer would hide the rooms from this reader.
            assert!(end > 0 || !rest.starts_with('{') || !rest.contains("::"), "write whole paths: {line}");
            found.push(&rest[..end]);
        }
    }
    found
}

#[apply(plain!)]
fn the_reader_of_imports_finds_them() {
    let text =
        "use crate::db::budget::{accounts, journals};\nlet x = crate::db::claim::claims::find;\n// crate::db::desk\n";
    assert_eq!(imported_rooms(text, "crate::db::"), ["budget", "claim"]);
    assert!(imported_rooms("use magnet::crate::db::log;", "crate::db::").is_empty());
    assert!(root().join(Path::new("src/domain")).is_dir());
}
