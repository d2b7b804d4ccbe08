//! Methods that every address answers, and addresses with a slash at their end.

use crate::edge::bad_input::unchanged;
use crate::edge::gate::all;
use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

#[apply(on_sqlite!)]
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

#[apply(on_sqlite!)]
fn a_request_that_cannot_be_read_is_no_error_of_the_service(app: App) {
    let mut app = App::sandbox(app.engine);
    let process = app.hand_over("2033-09-01T06:30:00Z");
    let host = process.client.base.trim_start_matches("http://").to_owned();
    let sends = |head: &str| {
        let mut stream = TcpStream::connect(&host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(format!("{head} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    };
    assert_eq!(sends("GET /api/v1/claims/<b>"), "HTTP/1.1 400");
    assert_eq!(sends(&format!("GET /{}", "x".repeat(200_000))), "HTTP/1.1 431");
    for _ in 0..200 {
        if process.said().matches("a request that cannot be read was refused").count() == 2 {
            break;
        }
        // The library reports it after it has answered.
        std::thread::sleep(Duration::from_millis(10));
    }
    let said = process.said();
    assert!(said.contains("invalid uri character") && !said.contains("\"ERROR\""), "{said}");
}
