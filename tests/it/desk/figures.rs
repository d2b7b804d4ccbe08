//! One number everywhere: gross, returned and net of what was paid are the same figures in every list, group, export,
//! chart and public table, after the bank returned payments and they were made again.

use crate::desk::exports::export;
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs};
use crate::harness::recovery_people::Recovers;
use serde_json::Value;
use std::io::Read;

const SALES: &str = "sales_linked_incentive";

fn paise(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("{value} is no amount"))
}

/// One payment of 16 crore, one of 20 that keeps 2 back for it and comes back, and the same made again in full; and one
/// of 8 that keeps 2 back and stays.
fn story(app: &App) -> [i64; 3] {
    let award = app.selling();
    let paid = app.paid_for(&award, 100_000);
    let demanded = app.demanded(&paid, 10 * CRORE);
    let ddo = app.disbursing_officer();
    let tranche = |from: &str, kg: i64| {
        app.sanctioned(&app.tranche_for_sales("lodestone", &award, Sales::at_the_rate(from, from, kg)))
    };
    app.set_clock("2026-08-13T06:30:00Z");
    let ordered = app.second("authority").orders_set_off(&demanded, 2 * CRORE).ok();
    let second = tranche("2026-06-01", 125_000);
    let advised = ddo.advises(&second).ok();
    assert_eq!(advised["set_off_paise"], 2 * CRORE);
    let paid = ddo.confirms(&advised, "SBINR52026081300002", "2026-08-13").ok();
    ddo.reports_failure(&paid, "failed_after_success").ok();
    let again = ddo.advises(&app.tranche(&second)).ok();
    ddo.confirms(&again, "SBINR52026081300003", "2026-08-13").ok();
    let ordered = app.auditor().sees(&format!("/recoveries/{}", ordered["id"].as_str().unwrap()));
    app.second("authority").orders_set_off(&ordered, 2 * CRORE).ok();
    let third = ddo.advises(&tranche("2026-06-02", 50_000)).ok();
    ddo.confirms(&third, "SBINR52026081300004", "2026-08-13").ok();
    [(16 + 20 + 20 + 8) * CRORE, 20 * CRORE, (16 + 20 + 8 - 2) * CRORE]
}

#[apply(on_both!)]
fn gross_returned_and_net_are_the_same_everywhere(app: App) {
    let [gross, returned, net] = story(&app);
    let stayed = gross - returned;
    let auditor = app.auditor();
    let three = |row: &Value| ["amount_paise", "returned_paise", "net_paise"].map(|name| paise(&row[name]));
    let expected = [gross, returned, net];

    // Lists, their totals, and the totals of a narrower question.
    let list = auditor.sees("/disbursements");
    assert_eq!(three(&list["totals"]), expected, "{}", list["totals"]);
    let rows = list["data"].as_array().unwrap();
    let sum = |name: &str| rows.iter().map(|row| paise(&row[name])).sum::<i64>();
    assert_eq!([sum("amount_paise"), sum("returned_paise"), sum("net_paise")], expected);
    for row in rows {
        let one = auditor.sees(&format!("/disbursements/{}", row["id"].as_str().unwrap()));
        assert_eq!(three(&one), three(row), "the record and its row");
    }
    let back = auditor.sees("/disbursements?status=failed_after_success");
    assert_eq!(three(&back["totals"]), [returned, returned, 0]);

    // Selections and their groups.
    let page = auditor.sees("/selections/disbursements");
    assert_eq!(three(&page["totals"]), expected);
    for by in ["beneficiary,payment_year", "status", "payment_quarter", "component"] {
        let grouped = auditor.sees(&format!("/selections/disbursements?group_by={by}"));
        let groups = grouped["data"].as_array().unwrap();
        let sums = ["amount_paise", "returned_paise", "net_paise"]
            .map(|name| groups.iter().map(|group| paise(&group[name])).sum::<i64>());
        assert_eq!((sums, three(&grouped["totals"])), (expected, expected), "{by}");
    }

    // What stayed: the ledger, the grantees, and what is published.
    let grantees = auditor.sees("/selections/grantees");
    assert_eq!(paise(&grantees["totals"]["amount_paise"]), stayed);
    let year = app.budget("financial_year", SALES, Some("2026-27"));
    assert_eq!(paise(&year["disbursed_paise"]), stayed);
    let component = app.budget("component", SALES, None);
    let recovered = paise(&component["recovered_paise"]);
    assert_eq!(paise(&component["disbursed_paise"]) + recovered, stayed);
    let public = app.anybody("GET", "/api/v1/public/data", None).ok();
    assert_eq!(paise(&public["totals"]["disbursed_paise"]), stayed);
    let paid = auditor.sees("/selections/payments?status=succeeded");
    assert_eq!(paise(&paid["totals"]["amount_paise"]), net, "what the bank was told and paid");
    app.must_verify();
}

#[apply(on_both!)]
fn every_file_says_which_figure_it_has(app: App) {
    let [gross, returned, net] = story(&app);
    let auditor = app.auditor();
    let text = export(&auditor, "disbursements/export?format=csv").text();
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    let head = csv.headers().unwrap().clone();
    let place = |name: &str| head.iter().position(|one| one == name).unwrap();
    let places = ["amount_paise", "returned_paise", "net_paise"].map(place);
    let mut sums = [0; 3];
    for row in csv.records() {
        let row = row.unwrap();
        for (sum, place) in sums.iter_mut().zip(places) {
            *sum += row[place].parse::<i64>().unwrap();
        }
    }
    assert_eq!(sums, [gross, returned, net]);

    let book = export(&auditor, "disbursements/export?format=xlsx").bytes;
    let mut sheets = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
    let mut about = String::new();
    for place in 0..sheets.len() {
        let mut part = sheets.by_index(place).unwrap();
        if part.name().unwrap().ends_with(".xml") {
            part.read_to_string(&mut about).unwrap();
        }
    }
    let rupees = |paise: i64| format!("{}.{:02}", paise / 100, paise % 100);
    for said in ["gross: all that was paid", "returned: of the gross amount", "net: what the bank paid and did not"] {
        assert!(about.contains(said), "the sheet does not say '{said}'");
    }
    for sum in [gross, returned, net].map(rupees) {
        assert!(about.contains(&sum), "{sum} is not on the sheet");
    }
    let journal = export(&auditor, "disbursements/export?format=beancount").text();
    assert!(journal.contains("gross") && journal.contains("Expenses:Returned"), "{journal}");
}

/// A payment of 16 crore of which 10 are demanded comes back, and the rest is paid again.
#[apply(on_both!)]
fn what_a_bank_return_kept_is_counted_once_everywhere(app: App) {
    let award = app.selling();
    let paid = app.paid_for(&award, 100_000);
    let demanded = app.demanded(&paid, 10 * CRORE);
    app.set_clock("2026-08-13T06:30:00Z");
    let auditor = app.auditor();
    let payment = auditor.sees(&format!("/payments/{}", paid["payment_id"].as_str().unwrap()));
    app.disbursing_officer().reports_failure(&payment, "failed_after_success").ok();
    let tranche = auditor.sees(&format!("/tranches/{}", paid["tranche_id"].as_str().unwrap()));
    let advised = app.disbursing_officer().advises(&tranche).ok();
    app.disbursing_officer().confirms(&advised, "SBINR52026081300009", "2026-08-13").ok();
    let credit = auditor.sees(&format!("/recoveries/{}", demanded["id"].as_str().unwrap()))["credits"][0].clone();
    let [principal, interest] = ["principal_paise", "interest_paise"].map(|part| paise(&credit[part]));
    assert_eq!((credit["kind"].as_str(), principal), (Some("bank_return"), 10 * CRORE));

    let totals = auditor.sees("/disbursements")["totals"].clone();
    let [gross, returned, net] = ["amount_paise", "returned_paise", "net_paise"].map(|name| paise(&totals[name]));
    let again = 6 * CRORE - interest;
    assert_eq!([gross, returned, net], [16 * CRORE + again, 16 * CRORE, again]);
    // What was kept is one figure, in the list, its totals, one record, groups, the file and the year of the budget.
    let kept = principal + interest;
    let rows = auditor.sees("/disbursements")["data"].as_array().unwrap().clone();
    assert_eq!(rows.iter().map(|row| paise(&row["kept_paise"])).sum::<i64>(), kept);
    for row in &rows {
        let one = auditor.sees(&format!("/disbursements/{}", row["id"].as_str().unwrap()));
        assert_eq!(one["kept_paise"], row["kept_paise"]);
    }
    assert_eq!(paise(&totals["kept_paise"]), kept);
    assert_eq!(paise(&auditor.sees("/disbursements?status=succeeded")["totals"]["kept_paise"]), 0);
    let groups = auditor.sees("/selections/disbursements?group_by=status")["data"].as_array().unwrap().clone();
    assert_eq!(groups.iter().map(|group| paise(&group["kept_paise"])).sum::<i64>(), kept);
    let text = export(&auditor, "disbursements/export?format=csv").text();
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    let place = csv.headers().unwrap().iter().position(|one| one == "kept_paise").unwrap();
    assert_eq!(csv.records().map(|row| row.unwrap()[place].parse::<i64>().unwrap()).sum::<i64>(), kept);
    let year = app.budget("financial_year", SALES, Some("2026-27"));
    assert_eq!(paise(&year["disbursed_paise"]), gross - returned, "as everywhere");
    assert_eq!((paise(&year["kept_paise"]), paise(&year["recovered_paise"])), (kept, principal));
    let component = app.budget("component", SALES, None);
    let told = ["disbursed_paise", "kept_paise", "recovered_paise"].map(|name| paise(&component[name]));
    assert_eq!(told, [gross - returned, interest, principal], "its principal is recovered");
    // What is published is one account of it: what stayed, and nothing was paid back of that.
    let public = app.anybody("GET", "/api/v1/public/data", None).ok();
    let told = ["disbursed_paise", "recovered_paise"].map(|name| paise(&public["totals"][name]));
    assert_eq!(told, [gross - returned, 0]);
    let scheme = &public["schemes"][0];
    assert_eq!(["disbursed_paise", "recovered_paise"].map(|name| paise(&scheme[name])), told);
    assert_eq!(paise(&auditor.sees("/selections/grantees")["totals"]["amount_paise"]), gross - returned);
    app.must_verify();
}

/// Every row of the budget adds up, also after a refund, a return of a refunded payment and a lapse.
#[apply(on_both!)]
fn every_row_of_the_budget_adds_up(app: App) {
    let adds_up = |when: &str| {
        for row in app.budget_table().as_array().unwrap() {
            let of = |stage: &str| paise(&row[format!("{stage}_paise")]);
            // What an award may still claim is shown in both of its fields.
            let free =
                if ["beneficiary", "payee"].contains(&row["level"].as_str().unwrap()) { 0 } else { of("available") };
            let stages = [
                "committed",
                "withheld",
                "reserved",
                "sanctioned",
                "disbursed",
                "kept",
                "recovered",
                "surrendered",
                "lapsed",
            ];
            let sum = free + stages.map(of).iter().sum::<i64>();
            assert_eq!(of("provided") + of("receipts"), sum, "{when}: {row}");
        }
    };
    let award = app.selling();
    let ceiling = |when: &str| {
        let row = app.budget("beneficiary", SALES, award["number"].as_str());
        let ceilings = award["ceilings"].as_array().unwrap();
        let ceiling = ceilings.iter().find(|one| one["component"] == SALES).unwrap();
        assert_eq!(row["provided_paise"], ceiling["amount_paise"], "{when}");
    };
    let paid = app.paid_for(&award, 100_000);
    adds_up("paid");
    let demanded = app.demanded(&paid, 10 * CRORE);
    app.set_clock("2026-08-13T06:30:00Z");
    app.second("ddo").receives(&app, &demanded, "REFUND0000000001", "2026-08-13", 4 * CRORE).ok();
    adds_up("refunded");
    ceiling("refunded");
    let payment = app.auditor().sees(&format!("/payments/{}", paid["payment_id"].as_str().unwrap()));
    app.disbursing_officer().reports_failure(&payment, "failed_after_success").ok();
    adds_up("returned");
    ceiling("returned");
    app.set_clock("2027-04-02T06:30:00Z");
    let lapse = serde_json::json!({ "component": SALES, "amount_paise": null });
    crate::budget::budget_instruments::orders(&app, "lapse", &lapse).ok();
    adds_up("lapsed");
    app.must_verify();
}
