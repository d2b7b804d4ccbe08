//! The curl commands of docs/API.md work: all its bash blocks are run as one script, as a reader would run it.

use crate::harness::app::App;
use crate::harness::people::{CRORE, Verbs, at};
use std::process::Command;

const DOCUMENT: &str = include_str!("../../../docs/API.md");

/// Every ```bash block, in order.
fn script() -> String {
    let blocks = DOCUMENT.split("\n```bash\n").skip(1);
    blocks.map(|rest| rest.split("\n```").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn must_have(program: &str) {
    let found = Command::new(program).arg("--version").output();
    let works = found.is_ok_and(|output| output.status.success());
    assert!(works, "docs/API.md cannot be tested without the program '{program}': install it");
}

#[apply(on_both!)]
fn the_walk_through_the_interface_runs(app: App) {
    must_have("bash");
    must_have("curl");
    let run = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script()])
        .env("BASE", &app.client.base)
        .env("ADMIN_PASSWORD", &app.administrator().password)
        .env("no_proxy", "127.0.0.1")
        .output()
        .unwrap();
    let (told, failed) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "the script of docs/API.md stopped ({}):\n{told}\n{failed}", run.status);

    let auditor = app.auditor();
    let found = auditor.sees("/disbursements");
    assert_eq!(found["totals"]["count"], 1);
    assert_eq!(found["data"][0]["amount_paise"], 10 * CRORE);
    assert_eq!(found["data"][0]["utr"], "SBINR52WALK00000001");
    let chain = auditor.sees(&format!("{}/chain", at("disbursements", &found["data"][0])));
    assert_eq!(chain["claim"]["deferred_paise"], 5 * CRORE);
    let short = format!("short by {}", domain::base::money::Paise(5 * CRORE));
    assert!(told.contains("(budget_exceeded)") && told.contains(&short), "{told}");
    assert!(told.contains(found["data"][0]["id"].as_str().unwrap()), "the downloads lack the disbursement:\n{told}");
    app.must_verify();
}
