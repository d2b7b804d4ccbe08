//! What officers note for each other on a recovery, and what its company reads of it.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, at};
use crate::harness::recovery_people::Recovers;
use serde_json::Value;

#[apply(on_both!)]
fn a_company_reads_notice_and_order_and_no_noting(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let notice = app.second("section").asks_back(&paid, CRORE).ok();
    let replied = app.signatory().replies_to(&notice).ok();
    let ordered = app.second("authority").orders(&replied, "confirmed", None).ok();
    let demanded = app.second("finance").demands(&ordered, "2026-07-01").ok();
    let proposed = app.third("finance").proposes_relief(&demanded, "write_off", Value::Null).ok();
    let noting = ["\"note\":\"pay\"", "it cannot be got", "File 7", "propose_relief"];
    let whole = app.auditor().get(&at("recoveries", &proposed)).unwrap().text();
    for note in noting {
        assert!(whole.contains(note), "an office reads {note}: {whole}");
    }
    let one = app.preparer().get(&at("recoveries", &proposed)).unwrap().text();
    let list = app.preparer().get("/recoveries").unwrap().text();
    for text in [one, list] {
        for reason in ["the magnets were imported", "as found", "we see it otherwise"] {
            assert!(text.contains(reason), "the company reads {reason}: {text}");
        }
        for note in noting {
            assert!(!text.contains(note), "the company does not read {note}: {text}");
        }
    }
    app.must_verify();
}
