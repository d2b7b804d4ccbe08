//! Uploading and reading evidence.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, at};
use crate::harness::process::Process;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::base::digest::hex;
use magnet_scheme::client::{Person, Response};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::path::PathBuf;

const PDF: &[u8] = b"%PDF-1.7 \x00\xff binary \r\n content";

fn uploads(person: &Person, name: &str, kind: &str, content: &[u8]) -> Response {
    person.upload(name, kind, content).unwrap()
}

/// Every file in the evidence folder, as a relative path.
fn files(app: &App) -> Vec<PathBuf> {
    let root = app.config.data.folder.join("evidence");
    let (mut open, mut found) = (vec![root.clone()], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path.strip_prefix(&root).unwrap().to_owned()) }
        }
    }
    found.sort();
    found
}

/// Runs `attempts` and fails unless they leave no file and no row.
#[track_caller]
fn leaves_nothing(app: &App, attempts: impl FnOnce()) {
    let before = (files(app), app.content());
    attempts();
    assert_eq!((files(app), app.content()), before);
}

#[apply(on_both!)]
fn a_file_comes_back_as_it_was_sent_and_inert(app: App) {
    let verifier = app.verifier();
    verifier.get("/me").unwrap();
    let before = app.audit_length();
    let made = uploads(
        &verifier,
        "%E0%A4%A8%E0%A4%AE%E0%A5%82%E0%A4%A8%E0%A4%BE%20%22report%22%203.pdf",
        "application/pdf",
        PDF,
    );
    assert_eq!(made.status, 201, "{}", made.text());
    let record = made.json();
    let digest = Sha256::digest(PDF);
    assert_eq!((&record["digest"], &record["size_bytes"]), (&json!(hex(&digest)), &json!(PDF.len())));
    assert_eq!(
        (&record["media_type"], &record["file_name"]),
        (&json!("application/pdf"), &json!("नमूना \"report\" 3.pdf"))
    );
    assert_eq!(made.header("location"), Some(&*format!("/api/v1{}", at("evidence", &record))));
    assert_eq!(app.audit_behind(before), ["upload_evidence done"]);
    let logged = app.values("SELECT details AS value FROM audit_log WHERE command = 'upload_evidence'");
    assert!(logged[0].contains(&hex(&digest)));

    let content = verifier.get(&format!("{}/content", at("evidence", &record))).unwrap();
    assert_eq!((content.status, content.bytes.as_slice()), (200, PDF));
    assert_eq!(content.header("repr-digest"), Some(&*format!("sha-256=:{}:", STANDARD.encode(digest))));
    assert_eq!(content.header("content-type"), Some("application/pdf"));
    let disposition = content.header("content-disposition").unwrap();
    // Under the name of its upload: plain for old programs, whole for all others, and nothing that ends the header.
    let whole = "filename*=UTF-8''%E0%A4%A8%E0%A4%AE%E0%A5%82%E0%A4%A8%E0%A4%BE%20%22report%22%203.pdf";
    assert_eq!(disposition, format!("attachment; filename=\"_____ _report_ 3.pdf\"; {whole}"));
    assert_eq!(content.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(verifier.get(&at("evidence", &record)).unwrap().json(), record);
    let stored = PathBuf::from(&hex(&digest)[..2]).join(hex(&digest));
    assert_eq!(files(&app), [stored]);
    // The same content again is another record of the same file.
    uploads(&verifier, "copy.pdf", "application/pdf", PDF).ok();
    assert_eq!((files(&app).len(), app.rows("evidence").len()), (1, 2));
}

#[apply(on_sqlite!)]
fn the_content_must_be_what_its_type_says(app: App) {
    let verifier = app.verifier();
    let xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let good: [(&str, &[u8]); 5] = [
        ("application/pdf", b"%PDF-1.4"),
        ("image/png", b"\x89PNG\r\n\x1a\n0"),
        ("image/jpeg", b"\xff\xd8\xff\xe0"),
        ("text/csv", b"a,b\r\n1,2\r\n"),
        (xlsx, b"PK\x03\x04 x"),
    ];
    for (kind, content) in good {
        assert_eq!(uploads(&verifier, "x", kind, content).ok()["media_type"], kind);
    }
    leaves_nothing(&app, || {
        for (kind, _) in good {
            for (other, content) in good {
                // A PDF or an archive without a NUL byte could also be text.
                if other != kind && kind != "text/csv" {
                    uploads(&verifier, "x", kind, content).refused(422, "invalid_fields");
                }
            }
            uploads(&verifier, "x", kind, b"<script>alert(1)</script>").refused(422, "invalid_fields");
            uploads(&verifier, "x", kind, b"#!/bin/sh").refused(422, "invalid_fields");
            uploads(&verifier, "x", kind, b"\x00\x00").refused(422, "invalid_fields");
            uploads(&verifier, "x", kind, b"").refused(422, "invalid_fields");
        }
        for kind in
            ["text/html", "image/svg+xml", "application/octet-stream", "application/json", "", "application/pdf/x"]
        {
            uploads(&verifier, "x", kind, PDF).refused(415, "unsupported_media_type");
        }
    });
    uploads(&verifier, "x", "Application/PDF; charset=binary", PDF).ok();
}

#[apply(on_sqlite!)]
fn a_file_is_bounded(app: App) {
    let small = App::start_with(app.engine, |config| config.evidence.bytes_most = 1_000);
    let verifier = small.verifier();
    let sized = |length: usize| {
        let mut content = PDF.to_vec();
        content.resize(length, b'x');
        content
    };
    assert_eq!(uploads(&verifier, "x", "application/pdf", &sized(1_000)).ok()["size_bytes"], 1_000);
    leaves_nothing(&small, || {
        uploads(&verifier, "x", "application/pdf", &sized(1_001)).refused(413, "body_too_large");
        uploads(&verifier, "x", "application/pdf", &sized(50_000)).refused(413, "body_too_large");
    });
}

#[apply(on_sqlite!)]
fn hostile_names_are_refused(app: App) {
    let verifier = app.verifier();
    verifier.get("/me").unwrap();
    leaves_nothing(&app, || {
        for name in [
            "",
            "%20",
            "..%2F..%2Fetc%2Fpasswd",
            "a%5Cb",
            "c%3Ax",
            ".htaccess",
            "a..b",
            "a%0D%0Ab",
            "%E2%80%AEfdp.exe",
            "%E2%80%8Bx",
            "%3Dcmd",
            "%40x",
            "a%01b",
            &*"x".repeat(121),
        ] {
            let problem = uploads(&verifier, name, "application/pdf", PDF).refused(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], "/file_name", "{name}");
        }
        for name in ["a.exe", "a.pdf.exe", "page.html", "list.csv"] {
            let problem = uploads(&verifier, name, "application/pdf", PDF).refused(422, "invalid_fields");
            let error = &problem["errors"][0];
            assert_eq!((&error["pointer"], &error["code"]), (&json!("/file_name"), &json!("other_ending")), "{name}");
        }
        uploads(&verifier, "a%00b", "application/pdf", PDF).refused(400, "bad_parameter");
        uploads(&verifier, "a&file_name=b", "application/pdf", PDF).refused(400, "bad_parameter");
        uploads(&verifier, "a&organisation_id=b", "application/pdf", PDF).refused(400, "bad_parameter");
        let headers = [("Content-Type", "application/pdf"), ("Idempotency-Key", "k")];
        verifier.send("POST", "/evidence", &headers, Some(PDF)).unwrap().refused(400, "bad_parameter");
    });
}

#[apply(on_both!)]
fn only_who_may_upload_does(app: App) {
    let homeless = app.person("homeless", &["preparer"], None);
    let others = [app.auditor(), app.administrator()];
    homeless.get("/me").unwrap();
    others.iter().for_each(|person| assert_eq!(person.get("/me").unwrap().status, 200));
    leaves_nothing(&app, || {
        for person in &others {
            let before = app.audit_length();
            uploads(person, "x", "application/pdf", PDF).refused(403, "not_permitted");
            assert_eq!(app.audit_behind(before), ["upload_evidence refused not_permitted"], "{}", person.email);
        }
        // A person without an organisation owns no files and takes no disk space.
        let before = app.audit_length();
        uploads(&homeless, "x", "application/pdf", PDF).refused(409, "organisation_required");
        assert_eq!(app.audit_behind(before), ["upload_evidence refused organisation_required"]);
    });
    let offices = [
        app.section_officer(),
        app.finance_officer(),
        app.competent_authority(),
        app.disbursing_officer(),
        app.scheme_administrator(),
    ];
    for (place, officer) in offices.iter().enumerate() {
        let record = uploads(officer, &format!("{place}"), "application/pdf", PDF).ok();
        assert_eq!(record["organisation_id"], serde_json::Value::Null, "it belongs to the offices");
    }
}

#[apply(on_sqlite!)]
fn an_upload_that_breaks_off_leaves_nothing(app: App) {
    use std::io::{Read, Write};
    let verifier = app.verifier();
    let token = verifier.token().unwrap();
    leaves_nothing(&app, || {
        let address = app.client.base.trim_start_matches("http://").to_owned();
        let mut stream = std::net::TcpStream::connect(&address).unwrap();
        let head = format!(
            "POST /api/v1/evidence?file_name=x HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Idempotency-Key: k\r\nContent-Type: application/pdf\r\nContent-Length: 1000\r\n\r\n%PDF-1.7 half"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        // The connection may be closed or answered, but the upload is never accepted.
        let _ = stream.read_to_string(&mut answer);
        assert!(!answer.starts_with("HTTP/1.1 2") && !answer.starts_with("HTTP/1.1 5"), "{answer}");
    });
}

#[apply(on_both!)]
fn a_second_service_that_starts_harms_no_upload_of_the_first(app: App) {
    use std::io::{Read, Write};
    let mut app = App::sandbox(app.engine);
    let incoming = app.config.data.folder.join("evidence/incoming");
    let verifier = app.verifier();
    let first = app.hand_over("2033-09-01T06:30:00Z");
    let token = first.session_of(&verifier).token().unwrap();
    let address = first.client.base.trim_start_matches("http://").to_owned();
    let mut stream = std::net::TcpStream::connect(&address).unwrap();
    let (begun, rest) = PDF.split_at(10);
    let head = format!(
        "POST /api/v1/evidence?file_name=x HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Idempotency-Key: k\r\nContent-Type: application/pdf\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        PDF.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(begun).unwrap();
    // The other service starts only once the file exists; nothing signals that, so the test polls.
    let arrives = || {
        std::thread::sleep(std::time::Duration::from_millis(10));
        std::fs::read_dir(&incoming).unwrap().count() == 1
    };
    assert!((0..1_000).any(|_| arrives()), "nothing is being received");
    let _second = Process::start(&app.config, None);
    stream.write_all(rest).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

#[apply(on_both!)]
fn manufacturers_see_only_their_own_files(app: App) {
    let (ours, theirs, agency) = (app.preparer_of("lodestone"), app.preparer_of("ferrite"), app.verifier());
    let [own, other, inspection] = [&ours, &theirs, &agency].map(|person| json!({ "id": person.attaches("x") }));
    assert_eq!(ours.sees(&at("evidence", &own))["organisation_id"], app.organisation("lodestone")["id"]);
    for person in [&ours, &app.signatory_of("lodestone")] {
        person.get(&format!("{}/content", at("evidence", &own))).unwrap().status.eq(&200).then_some(()).unwrap();
        for hidden in [&other, &inspection] {
            person.get(&at("evidence", hidden)).unwrap().refused(404, "not_found");
            person.get(&format!("{}/content", at("evidence", hidden))).unwrap().refused(404, "not_found");
        }
    }
    for record in [&own, &other, &inspection] {
        assert_eq!(app.auditor().get(&format!("{}/content", at("evidence", record))).unwrap().status, 200);
        app.administrator().get(&format!("{}/content", at("evidence", record))).unwrap().refused(403, "not_permitted");
    }
}

#[apply(on_both!)]
fn evidence_of_others_supports_nothing(app: App) {
    app.window_is_open();
    let (ours, theirs) = (app.preparer_of("lodestone"), app.preparer_of("ferrite"));
    let form = app.good_form(&theirs, 900);
    let (content, before) = (app.content(), app.audit_length());
    ours.drafts(&form).refused(409, "evidence_unknown");
    assert_eq!(app.audit_behind(before).last().unwrap(), "create_application refused evidence_unknown");
    assert_eq!(app.content()["applications"], content["applications"]);
    theirs.drafts(&form).ok();
}

#[apply(on_sqlite!)]
fn content_changed_on_the_disk_is_not_given_out(app: App) {
    let verifier = app.verifier();
    let record = uploads(&verifier, "x", "application/pdf", PDF).ok();
    let path = app.config.data.folder.join("evidence").join(&files(&app)[0]);
    std::fs::write(&path, b"%PDF-1.7 forged").unwrap();
    let answer = verifier.get(&format!("{}/content", at("evidence", &record))).unwrap();
    assert!(!answer.text().contains("forged"));
    answer.refused(500, "internal");
    std::fs::write(&path, PDF).unwrap();
    assert_eq!(verifier.get(&format!("{}/content", at("evidence", &record))).unwrap().bytes, PDF);
}

#[apply(on_sqlite!)]
fn half_received_files_are_cleared_at_start(mut app: App) {
    let record = uploads(&app.verifier(), "x", "application/pdf", PDF).ok();
    let half = app.config.data.folder.join("evidence/incoming/half");
    std::fs::write(&half, b"%PDF-").unwrap();
    app.serve(false);
    assert!(!half.exists());
    assert_eq!(app.verifier().get(&format!("{}/content", at("evidence", &record))).unwrap().bytes, PDF);
}
