//! Methods that every address answers, and addresses with a slash at their end.

use crate::edge::bad_input::unchanged;
use crate::harness::app::App;
use crate::harness::people::Verbs;

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
            ("/en/tranches/?status=held", "/en/tranches?status=held"),
        ] {
            let answer = app.anybody("GET", path, None);
            assert_eq!((answer.status, answer.header("location")), (308, Some(to)), "{path}");
        }
        for path in ["//sample.example/", "/api/v1//sample.example/", "/\\sample.example/", "/x//y/"] {
            assert_eq!(app.anybody("GET", path, None).header("location"), None, "{path}");
        }
    });
}
