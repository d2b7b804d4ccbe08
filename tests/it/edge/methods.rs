//! Methods that every address answers, and addresses with a slash at their end.

use crate::edge::bad_input::unchanged;
use crate::edge::gate::all;
use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

#[apply(on_both!)]
fn head_and_options_are_answered_everywhere_and_a_slash_at_the_end_is_no_other_address(app: App) {
    let auditor = app.auditor();
    auditor.sees("/budget");
    unchanged(&app, || {
        for path in ["/health/live", "/health/ready", "/log/key", "/docs/", "/api/v1/openapi.json", "/print.css"] {
            let (whole, head) = (app.anybody("GET", path, None), app.client.send("HEAD", path, &[], None).unwrap());
            assert_eq!((head.status, head.bytes.len()), (200, 0), "{path}");
            assert_eq!(head.header("content-type"), whole.header("content-type"), "{path}");
        }
        let (whole, head) = (auditor.get("/budget").unwrap(), auditor.send("HEAD", "/budget", &[], None).unwrap());
        assert_eq!((head.status, head.bytes.len()), (200, 0));
        assert_eq!(head.header("content-length"), Some(whole.bytes.len().to_string().as_str()));
        for (path, allow) in [
            ("/api/v1/claims", "GET, HEAD, POST, OPTIONS"),
            ("/health/live", "GET, HEAD, OPTIONS"),
            ("/en/tranches", "GET, HEAD, OPTIONS"),
            ("/hi/sign-in", "GET, HEAD, POST, OPTIONS"),
        ] {
            let answer = app.client.send("OPTIONS", path, &[], None).unwrap();
            assert_eq!((answer.status, answer.header("allow")), (204, Some(allow)), "{path}");
        }
        for (path, to) in [
            ("/api/v1/budget/", "/api/v1/budget"),
            ("/api/v1/budget/?component=x&y=%2F", "/api/v1/budget?component=x&y=%2F"),
            ("/health/live/", "/health/live"),
            ("/api/v1/awards/", "/api/v1/awards"),
            ("/api/v1/bank-scrolls/?limit=3", "/api/v1/bank-scrolls?limit=3"),
            ("/en/tranches/?status=held", "/en/tranches?status=held"),
        ] {
            let answer = app.anybody("GET", path, None);
            assert_eq!((answer.status, answer.header("location")), (308, Some(to)), "{path}");
        }
        // Every address leads to itself without the slash, but those of tiles, whose last part stands for several.
        let plain = |path: &str| !path.contains('?') && !path.contains("000.p");
        for (method, path, ..) in all(&app).into_iter().filter(|(method, path, ..)| method == "GET" && plain(path)) {
            let answer = app.anybody(&method, &format!("/api/v1{path}/"), None);
            let to = format!("/api/v1{path}");
            assert_eq!((answer.status, answer.header("location")), (308, Some(to.as_str())), "{path}");
        }
        for path in ["//sample.example/", "/api/v1//sample.example/", "/\\sample.example/", "/x//y/"] {
            assert_eq!(app.anybody("GET", path, None).header("location"), None, "{path}");
        }
    });
}

#[apply(on_sqlite!)]
fn a_browser_outside_the_languages_is_led_to_a_page_or_told_so_by_one(app: App) {
    let opens = |path: &str, language: &str| {
        let headers = [("Accept", "text/html,application/xhtml+xml;q=0.9"), ("Accept-Language", language)];
        app.client.send("GET", path, &headers, None).unwrap()
    };
    for (path, to) in [
        ("/n/NDFEB/2028-29/TRN/0001", "/hi/n/NDFEB/2028-29/TRN/0001"),
        ("/inbox?kind=claim", "/hi/inbox?kind=claim"),
        ("/EN/inbox", "/en/inbox"),
        ("/En", "/en/"),
    ] {
        let answer = opens(path, "hi");
        assert_eq!((answer.status, answer.header("location")), (302, Some(to)), "{path}");
    }
    for path in ["/fr/inbox", "//x/", "/nothing", "/x//y"] {
        for (language, title) in [("hi", "lang=\"hi\""), ("en", "lang=\"en\""), ("ta", "lang=\"en\"")] {
            let answer = opens(path, language);
            assert_eq!((answer.status, answer.header("location")), (404, None), "{path}");
            assert!(answer.header("content-type").unwrap().starts_with("text/html"), "{path}");
            assert!(answer.text().contains(title), "{path}: {}", answer.text());
            assert!(answer.header("content-security-policy").unwrap().contains("img-src 'self';"), "{path}");
        }
        app.anybody("GET", path, None).refused(404, "not_found");
    }
    opens("/api/v1/nothing", "hi").refused(404, "not_found");
}

/// What comes until the other side closes the connection.
fn read_all(stream: &mut TcpStream) -> String {
    let (mut all, mut part) = (Vec::new(), [0; 4_096]);
    while let Ok(count @ 1..) = stream.read(&mut part) {
        all.extend_from_slice(&part[..count]);
    }
    String::from_utf8_lossy(&all).into_owned()
}

#[apply(on_both!)]
fn a_request_that_cannot_be_read_is_no_error_of_the_service(app: App) {
    let mut app = App::sandbox(app.engine);
    let process = app.hand_over("2033-09-01T06:30:00Z");
    let host = process.client.base.trim_start_matches("http://").to_owned();
    let sends = |before: Option<&str>, head: &str| {
        let mut stream = TcpStream::connect(&host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        if let Some(before) = before {
            stream.write_all(format!("{before} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).unwrap();
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).unwrap();
            assert_eq!(&answer, b"HTTP/1.1 200");
        }
        stream.write_all(format!("{head} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).unwrap();
        read_all(&mut stream)
    };
    let too_long = format!("GET /{}", "x".repeat(200_000));
    for (before, head, status, code) in [
        (None, "GET /api/v1/claims/<b>", 400, "not_http"),
        (None, &too_long, 431, "head_too_large"),
        // On a connection on which another request was answered.
        (Some("GET /health/live"), "GET /<b>", 400, "not_http"),
    ] {
        let answer = sends(before, head);
        let last = answer.rfind("HTTP/1.1 ").unwrap();
        let (head, body) = answer[last..].split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        let said =
            |name: &str| head.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).map(str::to_owned);
        assert_eq!(said("content-type").as_deref(), Some("application/problem+json"), "{head}");
        assert_eq!(said("content-length"), Some(body.len().to_string()), "{head}");
        assert_eq!(said("x-content-type-options").as_deref(), Some("nosniff"), "{head}");
        let problem: Value = serde_json::from_str(body).unwrap();
        assert_eq!((&problem["status"], &problem["code"]), (&json!(status), &json!(code)));
        assert_eq!(problem["type"], format!("/problems/{code}"));
        assert_eq!(problem["request_id"].as_str().map(str::to_owned), said("x-request-id"));
    }
    for _ in 0..200 {
        if process.said().matches("a request that cannot be read was refused").count() == 3 {
            break;
        }
        // The library reports it after it has answered.
        std::thread::sleep(Duration::from_millis(10));
    }
    let said = process.said();
    assert!(said.contains("invalid uri character") && !said.contains("\"ERROR\""), "{said}");
}
