//! `/disbursements` and `/selections/disbursements` are one listing: the same query returns the same
//! records, page by page, each with its own form of cursor.

use crate::harness::app::App;
use crate::payment::disbursements::data;
use crate::payment::disbursements::sample::seven;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// The text of the records in an answer.
fn records(text: &str) -> &str {
    text.split_once("\"data\":").unwrap().1.split_once(",\"page\":").unwrap().0
}

#[apply(on_both!)]
fn the_selection_of_disbursements_gives_the_same_answers(app: App) {
    let sample = seven(&app);
    let auditor = app.auditor();
    let of = |name: &str| format!("{name}={}", sample.magnetite);
    let asked = [
        (String::new(), String::new()),
        (of("beneficiary_id"), of("organisation_id")),
        ("scheme_code=ndfeb-2025-proposal&performance_year=2026-27".into(), "performance_year=2026-27".into()),
        (
            "component=sales_linked_incentive&payment_year=2026-27".into(),
            "component=sales_linked_incentive&payment_year=2026-27".into(),
        ),
        ("paid_from=2026-06-30&paid_to=2027-04-10".into(), "paid_on_from=2026-06-30&paid_on_to=2027-04-10".into()),
        (
            "amount_from_paise=80000000&amount_to_paise=160000000".into(),
            "amount_paise_from=80000000&amount_paise_to=160000000".into(),
        ),
        ("status=succeeded&utr=utr-000000000003".into(), "status=succeeded&utr=UTR000000000003".into()),
    ];
    let orders = [
        ("sort=paid_on", "sort=-paid_on"),
        ("sort=paid_on&direction=ascending", "sort=paid_on"),
        ("sort=amount", "sort=-amount_paise"),
        ("sort=amount&direction=ascending", "sort=amount_paise"),
    ];
    for ((short, long), (order, sort)) in asked.iter().flat_map(|one| orders.iter().map(move |order| (one, order))) {
        let listed = format!("/disbursements?{short}&{order}&limit=2");
        let selected = format!("/selections/disbursements?{long}&{sort}&limit=2");
        let (mut one, mut other) = (listed.clone(), selected.clone());
        loop {
            let (answer, selection) = (auditor.get(&one).unwrap().text(), auditor.get(&other).unwrap().text());
            let (page, rows): (Value, Value) =
                (serde_json::from_str(&answer).unwrap(), serde_json::from_str(&selection).unwrap());
            let mut wanted = records(&selection).to_owned();
            for row in data(&rows) {
                let of_day = ["payment_quarter", "payment_month"].map(|name| format!("\"{name}\":{},", row[name]));
                wanted = wanted.replacen(&of_day.concat(), "", 1);
            }
            assert_eq!(records(&answer), wanted, "{one}, {other}: the same bytes");
            let sums = &rows["totals"];
            assert_eq!(
                page["totals"],
                json!({
                    "count": sums["count"], "amount_paise": sums["amount_paise"],
                    "returned_paise": sums["returned_paise"], "kept_paise": sums["kept_paise"],
                    "net_paise": sums["net_paise"],
                }),
                "{one}"
            );
            let (Some(next), Some(behind)) = (page["page"]["next"].as_str(), rows["page"]["next"].as_str()) else {
                assert_eq!(page["page"], rows["page"], "{one}, {other}: both end");
                break;
            };
            // Each has its own form of cursor, which users may have stored.
            let last = data(&page).last().unwrap();
            let value = if sort.contains("amount") { &last["amount_paise"] } else { &last["paid_on"] };
            let plain = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let decoded = |cursor: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).unwrap()).unwrap();
            assert_eq!(decoded(next), format!("{plain} {}", last["id"].as_str().unwrap()));
            assert_eq!(decoded(behind), json!([value, last["id"]]).to_string());
            (one, other) = (format!("{listed}&cursor={next}"), format!("{selected}&cursor={behind}"));
        }
    }
    // The next page of a past moment has the same moment.
    for path in ["/disbursements", "/selections/disbursements"] {
        let then = auditor.get(&format!("{path}?known_at=now&limit=1")).unwrap();
        let (link, moment) = (then.header("link").unwrap(), then.header("known-at").unwrap());
        assert!(link.contains(&format!("&known_at={moment}&cursor=")), "{link}");
    }
}
