//! The registration of a manufacturer: identities are checked and unique, and account numbers are always masked.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, at, registration, says};
use domain::base::gstin::gstin_check_character;
use serde_json::{Value, json};

fn gstin_of(state: &str, pan: &str) -> String {
    let start = format!("{state}{pan}1Z");
    format!("{start}{}", gstin_check_character(&start))
}

fn stored(app: &App) -> usize {
    app.auditor().sees("/organisations")["data"].as_array().unwrap().len()
}

#[apply(on_both!)]
fn a_manufacturer_registers_in_any_spelling_and_is_kept_in_one(app: App) {
    let preparer = app.person("asha", &["preparer"], None);
    let gstin = gstin_of("36", "AAACL4321K");
    let typed = json!({
        "name": " Sample Lodestone Ltd ", "cin": "u27320 tg2021 plc 154321", "pan": "aaacl-4321-k",
        "gstin": gstin.to_lowercase(), "bank_account": "3100 2045 6701", "ifsc": "sbin0012345",
    });
    let answer = preparer.post("/organisations", None, &typed).unwrap();
    assert_eq!(answer.status, 201);
    let made = answer.json();
    assert_eq!(answer.header("location").unwrap(), format!("/api/v1{}", at("organisations", &made)));
    let expected = json!({
        "id": made["id"], "name": "Sample Lodestone Ltd", "cin": "U27320TG2021PLC154321", "pan": "AAACL4321K",
        "gstin": gstin, "bank_account_masked": "********6701", "ifsc": "SBIN0012345",
        "registered_at": made["registered_at"], "version": 1,
    });
    assert_eq!(made, expected);
    assert_eq!(preparer.sees(&at("organisations", &made)), expected, "the preparer belongs to it from now on");
    app.must_verify();
}

#[apply(on_both!)]
fn each_wrong_identifier_is_named_and_nothing_is_stored(app: App) {
    let preparer = app.person("asha", &["preparer"], None);
    let wrong = [
        ("name", "   "),
        ("name", "=HYPERLINK(1)"),
        ("cin", "U27320TG2021PLC15432"),
        ("cin", "X27320TG2021PLC154321"),
        ("cin", "U27320TG1749PLC154321"),
        ("cin", "U27320TG2099PLC154321"),
        ("cin", "U27320XX2021PLC154321"),
        ("pan", "AAAPL4321K"),
        ("cin", "U27320TG2021PLC000000"),
        ("pan", "AAAXL4321K"),
        ("pan", "AAACL0000K"),
        ("pan", "AAACL43211"),
        ("gstin", "36AAACL4321K1Z"),
        ("gstin", &gstin_of("36", "AAACM4321K")),
        ("gstin", &gstin_of("00", "AAACL4321K")),
        ("gstin", &gstin_of("39", "AAACL4321K")),
        ("bank_account", "31002045"),
        ("bank_account", "3100204567013100204"),
        ("bank_account", "31002045670A"),
        ("bank_account", "1111111111"),
        ("bank_account", "123456789"),
        ("ifsc", "SBIN1012345"),
        ("ifsc", "SBIN0000000"),
        ("ifsc", "SBI00012345"),
    ];
    for (field, value) in wrong {
        let mut form = registration("lodestone", 1);
        form[field] = Value::from(value);
        let problem = preparer.post("/organisations", None, &form).unwrap().refused(422, "invalid_fields");
        let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].clone()).collect();
        assert_eq!(pointers, [json!(format!("/{field}"))], "{field} = {value:?}");
    }
    let mut form = registration("lodestone", 1);
    let gstin = form["gstin"].as_str().unwrap();
    let last = if gstin.ends_with('A') { "B" } else { "A" };
    form["gstin"] = Value::from(format!("{}{last}", &gstin[..14]));
    let problem = preparer.post("/organisations", None, &form).unwrap().refused(422, "invalid_fields");
    says(&problem, "the last character of this GSTIN does not match the others");

    assert_eq!(stored(&app), 0);
    preparer.post("/organisations", None, &registration("lodestone", 1)).unwrap().ok();
    assert_eq!(stored(&app), 1);
    app.must_verify();
}

#[apply(on_both!)]
fn all_wrong_identifiers_are_named_at_once(app: App) {
    let preparer = app.person("asha", &["preparer"], None);
    let form = json!({ "name": "", "cin": "1", "pan": "2", "gstin": "3", "bank_account": "4", "ifsc": "5" });
    let problem = preparer.post("/organisations", None, &form).unwrap().refused(422, "invalid_fields");
    let pointers: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/name", "/cin", "/pan", "/gstin", "/bank_account", "/ifsc"]);
    assert_eq!(stored(&app), 0);
}

#[apply(on_both!)]
fn an_identity_is_registered_once(app: App) {
    let first = app.organisation("lodestone");
    let rival = app.person("bina", &["preparer"], None);
    let base = registration("magnetite", 2);
    let with = |changes: Value| {
        let mut form = base.clone();
        for (field, value) in changes.as_object().unwrap() {
            form[field] = value.clone();
        }
        form
    };
    let pan = first["pan"].as_str().unwrap();
    let taken = [
        (with(json!({ "cin": first["cin"].as_str().unwrap().to_lowercase() })), "CIN"),
        (with(json!({ "pan": pan, "gstin": gstin_of("27", pan) })), "PAN"),
        (with(json!({ "pan": pan, "gstin": first["gstin"] })), "PAN"),
        (with(json!({ "bank_account": "3100 2045 6701" })), "bank account"),
    ];
    for (form, what) in taken {
        let problem = rival.post("/organisations", None, &form).unwrap().refused(409, "already_exists");
        assert_eq!(problem["detail"], format!("an organisation with this {what} already exists"));
    }
    assert_eq!(stored(&app), 1);
    // The same digits at another bank are another account.
    rival
        .post("/organisations", None, &with(json!({ "bank_account": "310020456701", "ifsc": "HDFC0012345" })))
        .unwrap()
        .ok();
    assert_eq!(stored(&app), 2);
    app.must_verify();
}

#[apply(on_both!)]
fn a_preparer_registers_one_organisation_and_others_none(app: App) {
    let preparer = app.preparer();
    preparer
        .post("/organisations", None, &registration("magnetite", 2))
        .unwrap()
        .refused(409, "organisation_already_joined");
    for other in [app.signatory(), app.verifier(), app.scheme_administrator(), app.auditor(), app.administrator()] {
        let answer = other.post("/organisations", None, &registration("magnetite", 2)).unwrap();
        answer.refused(403, "not_permitted");
    }
    assert_eq!(stored(&app), 1);
    app.must_verify();
}

#[apply(on_both!)]
fn an_organisation_is_seen_by_itself_and_by_the_offices(app: App) {
    let (ours, theirs) = (app.organisation("lodestone"), app.organisation("magnetite"));
    for own in [app.preparer_of("lodestone"), app.signatory_of("lodestone")] {
        assert_eq!(own.sees("/organisations")["data"], json!([ours]));
        assert_eq!(own.sees(&at("organisations", &ours)), ours);
        own.get(&at("organisations", &theirs)).unwrap().refused(404, "not_found");
    }
    for office in [app.verifier(), app.finance_officer(), app.auditor()] {
        assert_eq!(office.sees("/organisations")["data"], json!([ours, theirs]));
    }
    let stranger = app.person("nobody", &["preparer"], None);
    assert_eq!(stranger.sees("/organisations")["data"], json!([]));
    app.administrator().get("/organisations").unwrap().refused(403, "not_permitted");
}

#[apply(on_both!)]
fn the_account_number_is_masked_everywhere(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    let organisation = app.organisation("lodestone");
    let advised = app.disbursing_officer().advises(&sanctioned).ok();
    let paid = app.disbursing_officer().confirms(&advised, "SBINR52026050100001", "2026-05-01").ok();
    for record in [&organisation, &advised, &paid] {
        assert_eq!(record["bank_account_masked"], "********6701");
    }
    let disbursement = at("disbursements", &paid["disbursement"]);
    let pages = [
        "/organisations".to_owned(),
        at("organisations", &organisation),
        "/payments".to_owned(),
        at("payments", &advised),
        "/disbursements".to_owned(),
        "/selections/disbursements/export".to_owned(),
        "/selections/payments/export".to_owned(),
        disbursement.clone(),
        format!("{disbursement}/chain"),
        "/audit-log?limit=1000".to_owned(),
    ];
    for page in pages {
        let answer = app.auditor().get(&page).unwrap();
        assert_eq!(answer.status, 200, "{page}");
        assert!(!answer.text().contains("310020456701"), "{page} shows the account number");
    }
    let own = app.preparer().get(&at("organisations", &organisation)).unwrap();
    assert!(!own.text().contains("310020456701"));
}
