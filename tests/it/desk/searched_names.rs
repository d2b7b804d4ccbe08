//! A part of a name is found in every script and case, and the same on both databases.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, registration};
use serde_json::json;

/// Companies that apply, by their names. Two letters are written with an accent of its own.
const NAMES: [&str; 7] = [
    "ÉLAN Magnets Ltd",
    "Östra Magnet GmbH",
    "МАГНИТ ООО",
    "e\u{301}lan lower",
    "Ｆｕｌｌ Width १२",
    "Straße Werke",
    "लोडस्टोन मैग्नेट्स",
];

fn apply_as(app: &App, number: usize, name: &str) {
    let preparer = app.person(&format!("preparer-{number}"), &["preparer"], None);
    let mut form = registration("sample", number);
    form["name"] = json!(name);
    let company = preparer.post("/organisations", None, &form).unwrap().ok();
    let signatory = app.person(&format!("signatory-{number}"), &["signatory"], Some(&company["id"]));
    signatory.submits(&preparer.drafts(&app.good_form(&preparer, 900)).ok()).ok();
}

fn found(app: &App, asked: &str) -> Vec<String> {
    let asked: String = asked.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let page = app.auditor().sees(&format!("/selections/applications?applicant_contains={asked}&sort=applicant"));
    page["data"].as_array().unwrap().iter().map(|row| row["applicant"].as_str().unwrap().to_owned()).collect()
}

/// What is asked, and the places of the names that have it.
const ASKED: &[(&str, &[usize])] = &[
    ("ÉLAN", &[0, 3]),
    ("élan", &[0, 3]),
    ("E\u{301}lan", &[0, 3]),
    ("Östra", &[1]),
    ("ÖSTRA", &[1]),
    ("o\u{308}stra", &[1]),
    ("МАГНИТ", &[2]),
    ("магнит", &[2]),
    ("Магнит ооо", &[2]),
    ("full WIDTH 12", &[4]),
    ("ＦＵＬＬ", &[4]),
    ("STRASSE", &[5]),
    ("straße", &[5]),
    ("लोडस्टोन", &[6]),
    ("magnet", &[0, 1]),
    (" magnet", &[0, 1]),
    ("Elan", &[]),
    ("%", &[]),
];

#[apply(on_both!)]
fn a_part_of_a_name_is_found_in_every_script_and_case(mut app: App) {
    app.window_is_open();
    for (place, name) in NAMES.iter().enumerate() {
        apply_as(&app, place + 11, name);
    }
    let check = |app: &App, when: &str| {
        for (asked, places) in ASKED {
            let mut wanted: Vec<String> = places.iter().map(|place| NAMES[*place].to_owned()).collect();
            let mut got = found(app, asked);
            wanted.sort();
            got.sort();
            assert_eq!(got, wanted, "{asked} {when}");
        }
    };
    check(&app, "as registered");
    // Names that an earlier program stored are folded at the next start.
    app.sql("DELETE FROM searched_texts");
    app.serve(false);
    check(&app, "after the next start");
    let empty = app.auditor().get("/selections/applications?applicant_contains=%E2%80%8B").unwrap();
    assert_eq!(empty.status, 400, "what nobody sees is nothing to search for");
    app.must_verify();
}
