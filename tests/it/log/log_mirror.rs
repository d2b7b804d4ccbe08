//! A mirror of the log: an auditor's program downloads the checkpoint, the tiles and the bundles of
//! entries, and a verifier in another language checks them against each other, without the service.

use crate::harness::app::App;
use crate::harness::problem::problem;
use crate::log::log::{append, attempts, checkpoint, key};
use domain::log::audit::parse_hash;
use domain::log::checkpoint::SignedCheckpoint;
use domain::log::merkle::leaf_hash;
use std::path::PathBuf;
use std::process::Command;

/// The files that the auditor's program downloaded.
struct Mirror {
    folder: tempfile::TempDir,
    note: SignedCheckpoint,
}

impl Mirror {
    /// A log that fills two tiles of leaves and part of a third, downloaded up to its checkpoint.
    fn of(app: &App) -> Mirror {
        app.auditor().get("/me").unwrap();
        append(app, 600, false);
        app.wait_seconds(61);
        attempts(&app.auditor());
        let mirror = Mirror { folder: tempfile::tempdir().unwrap(), note: checkpoint(app) };
        let size = mirror.note.checkpoint.size;
        assert!(size > 600 && !size.is_multiple_of(256));
        std::fs::write(mirror.path("checkpoint"), mirror.note.to_string()).unwrap();
        std::fs::write(mirror.path("key"), format!("{}\n", key(app))).unwrap();
        let ending = |number: u64, count: u64| match count - number * 256 {
            width @ 1..256 => format!("{number:03}.p/{width}"),
            _ => format!("{number:03}"),
        };
        for number in 0..size.div_ceil(256) {
            let ending = ending(number, size);
            mirror.keep(app, &format!("tile/0/{ending}"));
            mirror.keep(app, &format!("tile/entries/{ending}"));
        }
        mirror.keep(app, &format!("tile/1/{}", ending(0, size / 256)));
        mirror
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn keep(&self, app: &App, name: &str) {
        let answer = if name.starts_with("tile/entries/") {
            app.auditor().get(&format!("/log/{name}")).unwrap()
        } else {
            app.anybody("GET", &format!("/log/{name}"), None)
        };
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/octet-stream")), "{name}");
        std::fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        std::fs::write(self.path(name), answer.bytes).unwrap();
    }

    /// The verifier's report on the mirror alone or with the pages of entries.
    fn verified(&self, pages: Option<&str>) -> Result<String, String> {
        let mut script = Command::new("python3");
        script.args(["-B", concat!(env!("CARGO_MANIFEST_DIR"), "/verifiers/verify_log.py")]);
        script.arg(self.path("key")).arg("--mirror").arg(self.folder.path());
        if let Some(pages) = pages {
            std::fs::write(self.path("pages"), pages).unwrap();
            script.arg(self.path("pages"));
        }
        let output = script.output().expect("python3 with the package cryptography is needed for this test");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// The verifier names the fault after a file was changed; the file is then restored.
    #[track_caller]
    fn names(&self, what: &str, file: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let path = self.path(file);
        let before = std::fs::read(&path).unwrap();
        let mut after = before.clone();
        change(&mut after);
        assert_ne!(after, before);
        std::fs::write(&path, after).unwrap();
        let told = self.verified(None).expect_err(file);
        assert!(told.starts_with("FAULT: ") && told.contains(what), "{file}: {told}\nwanted: {what}");
        std::fs::write(&path, before).unwrap();
    }
}

#[apply(on_both!)]
fn a_bundle_has_what_the_leaves_are_the_hashes_of(app: App) {
    append(&app, 300, false);
    let auditor = app.auditor();
    auditor.get("/me").unwrap();
    let hashes = app.values("SELECT hash AS value FROM audit_log ORDER BY sequence");
    let length = hashes.len();
    for (bundle, tile, range) in [
        ("000", "0/000", 0..256),
        ("001.p/9", "0/001.p/9", 256..265),
        ("000.p/255", "0/000.p/255", 0..255),
        (&*format!("001.p/{}", length - 256), &*format!("0/001.p/{}", length - 256), 256..length),
    ] {
        let answer = auditor.get(&format!("/log/tile/entries/{bundle}")).unwrap();
        assert_eq!((answer.status, answer.header("cache-control")), (200, Some("private, no-cache")), "{bundle}");
        let entries: Vec<&[u8]> = answer.bytes.chunks(34).collect();
        assert_eq!(entries.len(), range.len());
        let leaves = app.anybody("GET", &format!("/log/tile/{tile}"), None).bytes;
        for ((entry, leaf), hash) in entries.iter().zip(leaves.chunks(32)).zip(&hashes[range]) {
            assert_eq!(
                (&entry[..2], Some(&entry[2..])),
                (&[0, 32][..], parse_hash(hash).as_ref().map(|hash| &hash[..]))
            );
            assert_eq!(leaf_hash(&entry[2..]), leaf);
        }
    }
}

#[apply(on_sqlite!)]
fn a_mirror_is_verified_from_its_files_alone(app: App) {
    let mirror = Mirror::of(&app);
    let agrees = format!("{} entries, root ", mirror.note.checkpoint.size);
    assert!(mirror.verified(None).unwrap().starts_with(&agrees));
    // Given the pages of entries, the verifier checks them against the same checkpoint too.
    let page = |number: u64| app.auditor().get(&format!("/audit-log?limit=200&after={}", number * 200)).unwrap().text();
    let pages: Vec<String> = (0..mirror.note.checkpoint.size.div_ceil(200)).map(page).collect();
    mirror.verified(Some(&pages.join("\n"))).unwrap();
    let edited = pages.join("\n").replacen("sample:77\"", "sample:78\"", 1);
    let told = mirror.verified(Some(&edited)).unwrap_err();
    assert!(told.starts_with("FAULT: ") && told.contains("its content does not match its hash"), "{told}");
}

#[apply(on_sqlite!)]
fn a_byte_that_is_changed_in_a_mirror_is_named(app: App) {
    let mirror = Mirror::of(&app);
    let rest = mirror.note.checkpoint.size - 512;
    let (leaves, last) = ("tile/0/001", format!("tile/entries/002.p/{rest}"));
    // One byte of entry 300, which is the 44th of its bundle.
    let entry = |bundle: &mut Vec<u8>| bundle[43 * 34 + 2 + 9] ^= 1;
    mirror.names("entry 300: tile/entries/001 and tile/0/001 do not agree", "tile/entries/001", entry);
    mirror.names("entry 513: ", &last, |bundle| bundle[2] ^= 1);
    mirror.names("tile/entries/001 breaks off", "tile/entries/001", |bundle| bundle[0] ^= 0x80);
    mirror.names("has 255 entries, not 256", "tile/entries/000", |bundle| bundle.truncate(255 * 34));
    mirror.names("tile/entries/000 breaks off in its entry 256", "tile/entries/000", |bundle| {
        bundle.pop();
    });
    mirror.names("entry 257: tile/entries/001 and tile/0/001 do not agree", leaves, |tile| tile[0] ^= 1);
    mirror.names("tile/1/000.p/2, place 1, is not the root of tile 1", "tile/1/000.p/2", |tile| tile[63] ^= 1);
    mirror.names("the signature of the checkpoint does not match", "checkpoint", |note| note[14] ^= 1);
    // The bundle and its tiles are changed alike: the signed root reveals it.
    let path = mirror.path(&last);
    let mut bundle = std::fs::read(&path).unwrap();
    bundle[2] ^= 1;
    let leaf = leaf_hash(&bundle[2..34]);
    std::fs::write(&path, bundle).unwrap();
    let tile = format!("tile/0/002.p/{rest}");
    mirror.names("are not those of its checkpoint", &tile, |tile| tile[..32].copy_from_slice(&leaf));
    std::fs::remove_file(&path).unwrap();
    assert!(mirror.verified(None).unwrap_err().contains(&format!("{last} is missing")));
}

#[apply(on_sqlite!)]
fn a_bundle_is_for_those_who_may_read_the_log(app: App) {
    append(&app, 300, false);
    problem(app.anybody("GET", "/api/v1/log/tile/entries/000", None), 401, "unauthenticated");
    for person in [app.preparer(), app.section_officer(), app.administrator()] {
        problem(person.get("/log/tile/entries/000").unwrap(), 403, "not_permitted");
    }
    // The public files contain no bundles of entries.
    problem(app.anybody("GET", "/log/tile/entries/000", None), 404, "not_found");
    let length = app.audit_length();
    for none in
        ["001", "002.p/1", "000.p/0", "000.p/256", "0/000", "x000/001", "0", "-01", "", "x999/x999/x999/x999/x999/999"]
    {
        problem(app.auditor().get(&format!("/log/tile/entries/{none}")).unwrap(), 404, "not_found");
    }
    let beyond = app.auditor().get(&format!("/log/tile/entries/001.p/{}", length - 256 + 9)).unwrap();
    problem(beyond, 404, "not_found");
}
