//! What browsers are told about pages and their files: nothing of a page is kept, and a file for ever.

use crate::harness::app::App;
use crate::portal::browser::Browser;
use std::collections::BTreeSet;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
    connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

#[apply(on_sqlite!)]
fn a_page_is_kept_by_nobody_and_framed_by_nobody(app: App) {
    app.tranche_of_15_crore();
    let officer = Browser::of(&app, &app.section_officer(), "en");
    let anybody = Browser::new(&app);
    for shown in [
        officer.opens("/en/tranches"),
        officer.opens("/en/tranches/NDFEB-2026-27-TRN-0001"),
        officer.opens("/hi/account"),
        officer.opens("/en/nothing").with_status(404),
        anybody.opens("/en/tranches").with_status(401),
        anybody.opens("/hi/sign-in").with_status(200),
    ] {
        let header = |name: &str| shown.answer.header(name);
        assert_eq!(header("content-security-policy"), Some(POLICY), "{}", shown.address);
        assert_eq!(header("x-frame-options"), Some("DENY"));
        assert_eq!(header("cache-control"), Some("no-store"), "{}", shown.address);
        assert_eq!(header("x-content-type-options"), Some("nosniff"));
        assert_eq!(header("referrer-policy"), Some("same-origin"));
        assert_eq!(header("content-type"), Some("text/html; charset=utf-8"), "{}", shown.address);
        assert!(header("permissions-policy").unwrap().contains("camera=()"));
        for node in shown.page.all() {
            assert!(node.attribute("style").is_none(), "{}: a style that the policy forbids", shown.address);
            assert!(node.name() != "script" || node.attribute("src").is_some(), "{}", shown.address);
        }
        assert!(shown.answer.bytes.len() < 30_000, "{} has {} bytes", shown.address, shown.answer.bytes.len());
    }
}

#[apply(on_sqlite!)]
fn whoever_asks_for_the_head_of_a_page_gets_it(app: App) {
    for page in ["/en/", "/hi/sign-in"] {
        let answer = app.client.send("HEAD", page, &[], None).unwrap();
        assert_eq!((answer.status, answer.bytes.len()), (200, 0), "{page}");
    }
    assert_eq!(app.client.send("HEAD", "/en/nothing", &[], None).unwrap().status, 404);
}

#[apply(on_sqlite!)]
fn what_a_page_is_not_asked_by_is_named_with_what_it_is(app: App) {
    for (method, page, allow) in [
        ("PUT", "/en/tranches", "GET, HEAD, OPTIONS"),
        ("DELETE", "/hi/tranches/NDFEB-2026-27-TRN-0001", "GET, HEAD, OPTIONS"),
        ("PATCH", "/en/sign-in", "GET, HEAD, POST, OPTIONS"),
        ("PUT", "/en/tranches/NDFEB-2026-27-TRN-0001/sanction", "POST, OPTIONS"),
    ] {
        let answer = app.client.send(method, page, &[], None).unwrap();
        assert_eq!((answer.status, answer.header("allow")), (405, Some(allow)), "{method} {page}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{method} {page}");
    }
    assert_eq!(app.client.send("PUT", "/en/nothing", &[], None).unwrap().status, 404);
}

#[apply(on_sqlite!)]
fn the_address_of_a_form_leads_to_the_page_of_the_form(app: App) {
    for (address, page) in [
        ("/hi/tranches/NDFEB-2026-27-TRN-0001/sanction", "/hi/tranches/NDFEB-2026-27-TRN-0001"),
        (
            "/en/awards/NDFEB-2026-27-AWD-0001/milestones/metal/return",
            "/en/awards/NDFEB-2026-27-AWD-0001/milestones/metal",
        ),
        ("/en/sign-out", "/en/"),
    ] {
        let answer = app.client.send("GET", address, &[], None).unwrap();
        assert_eq!((answer.status, answer.header("location")), (303, Some(page)), "{address}");
    }
}

#[apply(on_sqlite!)]
fn an_address_with_a_nul_is_refused_with_a_page(app: App) {
    let officer = Browser::of(&app, &app.section_officer(), "hi");
    for page in ["/hi/find?q=%00", "/hi/tranches/%00", "/hi/%00", "/hi/?scheme=a%00b", "/hi/sign-in?return=%00"] {
        let shown = officer.opens(page).with_status(400);
        assert_eq!(shown.page.named("html")[0].attribute("lang"), Some("hi"), "{page}");
        assert_eq!(shown.page.named("h1").len(), 1, "{page}");
    }
    assert_eq!(
        app.client.send("GET", "/api/v1/schemes/%00", &[], None).unwrap().header("content-type"),
        Some("application/problem+json")
    );
}

#[apply(on_sqlite!)]
fn files_have_the_digest_of_their_content_in_their_name(app: App) {
    let anybody = Browser::new(&app);
    let page = anybody.opens("/hi/").page;
    let named = page.all().into_iter().filter_map(|node| node.attribute("href").or(node.attribute("src")));
    let mut open: Vec<String> = named.filter(|address| address.starts_with("/assets/")).map(str::to_owned).collect();
    let mut seen = BTreeSet::new();
    while let Some(address) = open.pop() {
        if !seen.insert(address.clone()) {
            continue;
        }
        let answer = anybody.request("GET", &address, &[], None);
        assert_eq!(answer.status, 200, "{address}");
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
        let digest = address.rsplit('.').nth(1).unwrap();
        assert_eq!(digest.len(), 16);
        let content = sha2_of(&answer.bytes);
        assert!(content.starts_with(digest), "{address} is {content}");
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        // What a style or a script names comes from here too.
        let parts = text.split(['"', '(', ')']).filter(|part| part.ends_with(".woff2") || part.ends_with(".js"));
        open.extend(parts.filter(|part| !part.contains("//")).map(|part| match part.strip_prefix("./") {
            Some(name) => format!("/assets/{name}"),
            None => part.to_owned(),
        }));
        let packed = anybody.request("GET", &address, &[("Accept-Encoding", "gzip")], None);
        assert!(packed.status == 200 && packed.bytes.len() <= answer.bytes.len());
    }
    assert_eq!(seen.len(), 5, "{seen:?}");
    assert_eq!(anybody.request("GET", "/assets/portal.0000000000000000.css", &[], None).status, 404);
}

fn sha2_of(bytes: &[u8]) -> String {
    use sha2::Digest;
    domain::base::digest::hex(&sha2::Sha256::digest(bytes))
}
