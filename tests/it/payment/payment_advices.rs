//! Payment advices: the file for the treasury is complete, counted and unique, and is sent once.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, at, says};
use crate::harness::treasury_people::{EACH, TODAY, TreasuryVerbs};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

#[apply(on_both!)]
fn an_advice_alone_carries_whole_account_numbers(app: App) {
    let payments = app.advised_payments(2);
    let ddo = app.disbursing_officer();
    let advice = ddo.makes_advice(&[&payments[0], &payments[1]]).ok();
    app.auditor().sees("/payments");
    let account = crate::harness::people::registration("lodestone", 1)["bank_account"].as_str().unwrap().to_owned();
    for format in ["csv", "xml"] {
        let before = app.audit_length();
        let first = ddo.downloads(&advice, format);
        assert_eq!(
            first.header("content-disposition").unwrap(),
            format!("attachment; filename=\"{}.{format}\"", advice["message_id"].as_str().unwrap())
        );
        assert_eq!(first.text().matches(&account).count(), 2);
        assert_eq!(ddo.downloads(&advice, format).bytes, first.bytes);
        let digest: String = Sha256::digest(&first.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(advice[format!("{format}_digest")], digest);
        app.auditor()
            .get(&format!("{}/file.{format}", at("payment-advices", &advice)))
            .unwrap()
            .refused(403, "not_permitted");
        let done = "download_payment_advice done";
        assert_eq!(app.audit_behind(before), [done, done, "download_payment_advice refused not_permitted"]);
    }
    for path in [
        "/payments".to_owned(),
        "/payment-advices".to_owned(),
        at("payment-advices", &advice),
        "/audit-log?limit=1000".to_owned(),
    ] {
        assert!(!app.auditor().get(&path).unwrap().text().contains(&account), "{path}");
    }
    // A file that was changed in the database is not served.
    let (drop, change) = ("payment_advice_files", "UPDATE payment_advice_files SET content = 'pay me'");
    assert!(app.try_sql(change).is_err(), "{drop} is append-only");
    app.must_verify();
}

#[apply(on_both!)]
fn an_advice_is_counted_totalled_and_numbered_by_the_day(app: App) {
    let payments = app.advised_payments(3);
    let ddo = app.disbursing_officer();
    let first = ddo.makes_advice(&[&payments[0], &payments[1]]).ok();
    let second = ddo.makes_advice(&[&payments[2]]).ok();
    let seen = |advice: &Value| {
        let fields = ["message_id", "batch_id", "payment_count", "control_total_paise", "source_system", "execute_on"];
        fields.map(|field| advice[field].clone())
    };
    assert_eq!(
        seen(&first),
        [
            json!("NDFEBDBTPAYREQ010720261"),
            json!("CP0000010720261"),
            json!(2),
            json!(2 * EACH),
            json!("0000"),
            json!(TODAY)
        ]
    );
    assert_eq!(
        seen(&second),
        [
            json!("NDFEBDBTPAYREQ010720262"),
            json!("CP0000010720262"),
            json!(1),
            json!(EACH),
            json!("0000"),
            json!(TODAY)
        ]
    );
    assert_eq!(first["payment_ids"], json!([payments[0]["id"], payments[1]["id"]]));
    let csv = ddo.downloads(&first, "csv").text();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(
        lines[0],
        format!(
            "HDR,NDFEBDBTPAYREQ010720261,{},2,3200000.00,0000,PFMS,CP0000010720261,2026-07-01",
            first["made_at"].as_str().unwrap()
        )
    );
    assert_eq!(
        lines[1],
        "PMT,NDFEB/2026-27/PAY/0001,1600000.00,SBIN0012345,310020456701,,sales_linked_incentive,2026-06-01,2026-06-01,NDFEB/2026-27/TRN/0001"
    );
    assert_eq!(lines[3], "TRL,2,3200000.00");
    let xml = ddo.downloads(&second, "xml").text();
    assert!(xml.contains("<EndToEndId>NDFEB/2026-27/PAY/0003</EndToEndId>"), "{xml}");
    assert_eq!(app.auditor().sees("/payment-advices")["data"].as_array().unwrap().len(), 2);
    app.must_verify();
}

#[apply(on_both!)]
fn a_payment_goes_to_the_treasury_once(app: App) {
    let payments = app.advised_payments(2);
    let ddo = app.disbursing_officer();
    let advice = ddo.makes_advice(&[&payments[0]]).ok();
    let content = app.content();
    let problem = ddo.makes_advice(&[&payments[1], &payments[0]]).refused(409, "payment_in_advice");
    says(&problem, advice["message_id"].as_str().unwrap());
    ddo.makes_advice(&[&payments[1], &payments[1]]).refused(422, "invalid_fields");
    let late = json!({ "payment_ids": [payments[1]["id"]], "execute_on": "2026-06-30" });
    ddo.post("/payment-advices", None, &late).unwrap().refused(422, "invalid_fields");
    let nobody = json!({ "payment_ids": [uuid::Uuid::now_v7()], "execute_on": TODAY });
    ddo.post("/payment-advices", None, &nobody).unwrap().refused(404, "not_found");
    assert_eq!(app.content(), content);
    ddo.confirms(&payments[1], "SBINR52026070100001", TODAY).ok();
    ddo.makes_advice(&[&payments[1]]).refused(409, "wrong_state");
    app.must_verify();
}
