//! Letters between office and company: sent, written, entered from paper; each side reads its own and nothing changes.

use crate::correspondence::notes::NoteVerbs;
use crate::harness::app::{App, Engine};
use crate::harness::disarm::{must_miss, must_name, names};
use crate::harness::people::{Answered, Verbs, at};
use chrono::TimeDelta;
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

/// What people do with letters.
pub trait LetterVerbs {
    /// Writes a letter about a claim at one of the addresses: `/letters`, `/letters/on-paper`, `/letters/to-office`.
    fn writes_to(&self, address: &str, claim: &Value, more: Value) -> Response;
}

impl LetterVerbs for Person {
    fn writes_to(&self, address: &str, claim: &Value, more: Value) -> Response {
        let mut letter =
            json!({ "claim_id": claim, "title": "Your claim", "text": "Please see the list.\nThank you." });
        letter.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post(address, None, &letter).unwrap()
    }
}

fn claim(app: &App) -> Value {
    app.tranche_of_15_crore();
    app.auditor().sees("/claims")["data"][0].clone()
}

fn numbers(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|letter| letter["number"].as_str().unwrap()).collect()
}

#[apply(on_both!)]
fn office_and_company_write_to_each_other_about_a_claim(app: App) {
    let claim = claim(&app);
    let (section, signatory) = (app.section_officer(), app.signatory());
    let before = (app.auditor().sees(&at("claims", &claim)), app.budget_table());
    let list = section.attaches("list");
    let sent = section.writes_to("/letters", &claim["number"], json!({ "documents": [list] }));
    let location = sent.header("location").unwrap().to_owned();
    let sent = sent.ok();
    assert_eq!((&sent["number"], &sent["direction"]), (&json!("NDFEB/2026-27/LTR/0001"), &json!("sent")));
    assert_eq!((&sent["dated_on"], &sent["on_paper"]), (&json!(app.now().date_in_india()), &json!(false)));
    assert_eq!((&sent["organisation_id"], &sent["about_id"]), (&claim["organisation_id"], &claim["id"]));
    assert_eq!(location, format!("/api/v1{}", at("letters", &sent)));

    // The company reads it and its file at once, and sees the office that wrote.
    let read = signatory.get("/letters/NDFEB-2026-27-LTR-0001").unwrap().json();
    assert_eq!((&read["text"], &read["recorded_by_person"]["offices"]), (&sent["text"], &json!(["section_officer"])));
    assert_eq!(read["recorded_by_person"]["name"], Value::Null);
    assert_eq!(signatory.get(&format!("/evidence/{}/content", list.as_str().unwrap())).unwrap().status, 200);

    let answer = json!({
        "title": "Re: your claim", "reply_to_id": sent["number"], "their_reference": "LODE/17",
        "documents": [signatory.attaches("delivery-notes")],
    });
    let written = signatory.writes_to("/letters/to-office", &claim["id"], answer).ok();
    assert_eq!((&written["direction"], &written["reply_to_id"]), (&json!("received"), &sent["id"]));
    let paper = json!({ "title": "Change of bank", "dated_on": "2026-04-20", "documents": [section.attaches("scan")] });
    let entered = section.writes_to("/letters/on-paper", &claim["id"], paper).ok();
    assert_eq!((&entered["on_paper"], &entered["dated_on"]), (&json!(true), &json!("2026-04-20")));
    let all = ["NDFEB/2026-27/LTR/0001", "NDFEB/2026-27/LTR/0002", "NDFEB/2026-27/LTR/0003"];
    for reader in [app.auditor(), app.verifier(), app.preparer(), signatory] {
        assert_eq!(numbers(&reader.sees("/letters")), all);
        assert_eq!(numbers(&reader.sees("/letters?claim_id=NDFEB-2026-27-CLM-0001&direction=sent")), all[..1]);
    }
    let page = app.auditor().sees("/letters?limit=2");
    let rest = app.auditor().sees(&format!("/letters?cursor={}", page["page"]["next"].as_str().unwrap()));
    assert_eq!((numbers(&page), numbers(&rest)), (all[..2].to_vec(), all[2..].to_vec()));
    assert_eq!((app.auditor().sees(&at("claims", &claim)), app.budget_table()), before, "a letter changes nothing");
    app.must_verify();
}

#[apply(on_both!)]
fn another_company_sees_neither_letter_nor_file_and_a_note_keeps_its_files(app: App) {
    let claim = claim(&app);
    let section = app.section_officer();
    let (enclosure, internal) = (section.attaches("enclosure"), section.attaches("internal"));
    let sent = section.writes_to("/letters", &claim["id"], json!({ "documents": [enclosure] })).ok();
    section.notes_with(("claim_id", &claim["id"]), "Not for them.", std::slice::from_ref(&internal)).ok();
    let content = |file: &Value| format!("/evidence/{}/content", file.as_str().unwrap());
    let (owner, stranger) = (app.signatory_of("lodestone"), app.signatory_of("ferrite"));
    assert_eq!(owner.get(&content(&enclosure)).unwrap().status, 200);
    owner.get(&content(&internal)).unwrap().refused(404, "not_found");
    stranger.get(&content(&enclosure)).unwrap().refused(404, "not_found");
    stranger.get(&at("letters", &sent)).unwrap().refused(404, "not_found");
    assert_eq!(stranger.sees("/letters")["data"], json!([]));
    assert_eq!(stranger.sees(&format!("/letters?claim_id={}", claim["id"].as_str().unwrap()))["data"], json!([]));
    stranger.writes_to("/letters/to-office", &claim["id"], json!({})).refused(404, "not_found");
    // Nobody attaches what is not theirs.
    owner
        .writes_to("/letters/to-office", &claim["id"], json!({ "documents": [internal] }))
        .refused(409, "evidence_unknown");
    let foreign = stranger.attaches("foreign");
    section.writes_to("/letters", &claim["id"], json!({ "documents": [foreign] })).refused(409, "evidence_unknown");
    app.must_verify();
}

#[apply(on_both!)]
fn a_file_of_a_note_does_not_go_out_with_a_letter(app: App) {
    let claim = claim(&app);
    let section = app.section_officer();
    let (fresh, noted, other) = (section.attaches("fresh"), section.attaches("noted"), section.attaches("other"));
    section.notes_with(("claim_id", &claim["id"]), "Not for them.", std::slice::from_ref(&noted)).ok();
    app.verifier().notes_with(("claim_id", &claim["id"]), "Nor this.", std::slice::from_ref(&other)).ok();
    let documents = json!({ "documents": [fresh, noted, other], "dated_on": "2026-04-20" });
    let before = app.rows("letters");
    let told = section.writes_to("/letters/on-paper", &claim["id"], documents).refused(422, "invalid_fields");
    let errors: Vec<(&str, &str)> = told["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["pointer"].as_str().unwrap(), one["code"].as_str().unwrap()))
        .collect();
    assert_eq!(errors, [("/documents/1", "file_of_note"), ("/documents/2", "file_of_note")]);
    assert!(told["errors"][0]["reason"].as_str().unwrap().contains("upload it again as a file of the letter"));
    let body = json!({ "claim_id": claim["id"], "title": "Yours", "text": "Seen.", "documents": [noted] }).to_string();
    let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "hi"), ("Accept-Language", "hi")];
    let told =
        section.send("POST", "/letters", &headers, Some(body.as_bytes())).unwrap().refused(422, "invalid_fields");
    assert!(told["errors"][0]["reason"].as_str().unwrap().contains("पत्र की फ़ाइल के रूप में फिर अपलोड करें"), "{told}");
    assert_eq!(app.rows("letters"), before);
    let content = |file: &Value| format!("/evidence/{}/content", file.as_str().unwrap());
    let company = app.signatory();
    company.get(&content(&noted)).unwrap().refused(404, "not_found");
    // The other way round nothing comes to light: what went out with a letter is known to the company already.
    section.writes_to("/letters", &claim["id"], json!({ "documents": [fresh] })).ok();
    section.notes_with(("claim_id", &claim["id"]), "They have the list.", std::slice::from_ref(&fresh)).ok();
    assert_eq!(company.get(&content(&fresh)).unwrap().status, 200);
    company.get("/notes").unwrap().refused(404, "not_found");
    app.must_verify();
}

#[apply(on_both!)]
fn a_letter_is_written_by_whom_the_table_names_and_about_what_was_submitted(app: App) {
    let claim = claim(&app);
    let before = app.rows("letters");
    app.signatory().writes_to("/letters", &claim["id"], json!({})).refused(403, "not_permitted");
    app.preparer().writes_to("/letters/to-office", &claim["id"], json!({})).refused(403, "not_permitted");
    app.auditor().writes_to("/letters", &claim["id"], json!({})).refused(403, "not_permitted");
    app.verifier().writes_to("/letters/to-office", &claim["id"], json!({})).refused(403, "not_permitted");
    let verifier = app.verifier();
    let wrong = [
        (json!({ "title": "" }), "/title"),
        (json!({ "title": "two\nlines" }), "/title"),
        (json!({ "text": " " }), "/text"),
        (json!({ "their_reference": "" }), "/their_reference"),
        (json!({ "reply_to_id": uuid::Uuid::now_v7() }), "/reply_to_id"),
    ];
    for (more, pointer) in wrong {
        let problem = verifier.writes_to("/letters", &claim["id"], more).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    let tomorrow = json!({ "dated_on": "2199-01-01" });
    let problem = verifier.writes_to("/letters/on-paper", &claim["id"], tomorrow).refused(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["pointer"], "/dated_on");
    // A letter about another record is no letter to reply to.
    let other = json!({ "claim_id": null, "tranche_id": "NDFEB/2026-27/TRN/0001" });
    assert_eq!(app.rows("letters"), before);
    let other = verifier.writes_to("/letters", &claim["id"], other).ok();
    let reply = json!({ "reply_to_id": other["id"] });
    let problem = verifier.writes_to("/letters", &claim["id"], reply).refused(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["code"], "letter_of_record");
    // A draft is not there for an office, and has no number yet for its company.
    let award = app.auditor().sees("/awards")["data"][0].clone();
    let late = app.reached("lodestone", &award, "metal_to_alloy", "2026-05-01");
    let draft = app.preparer().claims(&award, &app.capital_form("lodestone", &late, 1_000_000)).ok();
    verifier.writes_to("/letters", &draft["id"], json!({})).refused(404, "not_found");
    app.signatory().writes_to("/letters/to-office", &draft["id"], json!({})).refused(409, "wrong_state");
    app.must_verify();
}

#[apply(on_both!)]
fn no_statement_changes_a_letter_and_verify_notices_who_gets_round_that(app: App) {
    let claim = claim(&app);
    app.verifier().writes_to("/letters", &claim["id"], json!({ "answer_by": "2029-12-31" })).ok();
    let details = app.values("SELECT details AS value FROM audit_log WHERE command = 'send_letter'");
    assert!(!details[0].contains("Please see") && details[0].contains("_sd"), "{}", details[0]);
    for attempt in ["UPDATE letters SET text = 'other'", "DELETE FROM letters"] {
        let refused = app.try_sql(attempt).unwrap_err();
        assert!(refused.contains("append-only"), "{attempt}: {refused}");
    }
    match app.engine {
        Engine::Sqlite => app.sql("DROP TRIGGER letters_no_update; DROP TRIGGER letters_no_delete;"),
        Engine::Postgres => app.sql("DROP TRIGGER letters_append_only ON letters;"),
    }
    for (column, other, own) in [
        ("text", "Else.", "Please see the list.\nThank you."),
        ("title", "Else", "Your claim"),
        ("answer_by", "2030-01-01", "2029-12-31"),
    ] {
        let set = |value: &str| format!("UPDATE letters SET {column} = '{value}'");
        must_name(&app, (&set(other), &set(own)), ("letters", "1 = 1"), column);
    }
    names(&app, "UPDATE letters SET dated_on = '2020-01-01'", ("letters", "1 = 1"), "dated_on");
    must_miss(&app, ("letters", "1 = 1"));
}

#[apply(on_both!)]
fn a_letter_that_asks_for_an_answer_waits_in_the_inbox_of_the_company(app: App) {
    let claim = claim(&app);
    let (verifier, signatory) = (app.verifier(), app.signatory());
    let today = app.now().date_in_india();
    let past = json!({ "answer_by": today.pred_opt() });
    let refused = verifier.writes_to("/letters", &claim["id"], past).refused(422, "invalid_fields");
    assert_eq!(refused["errors"][0]["pointer"], "/answer_by");
    let mine = json!({ "answer_by": today });
    signatory.writes_to("/letters/to-office", &claim["id"], mine).refused(400, "malformed_json");
    let ask = |days| json!({ "answer_by": today + TimeDelta::days(days) });
    let first = verifier.writes_to("/letters", &claim["id"], ask(10)).ok();
    let second = verifier.writes_to("/letters", &claim["id"], ask(3)).ok();
    let plain = verifier.writes_to("/letters", &claim["id"], json!({})).ok();
    assert_eq!((&first["answer_by"], plain.get("answer_by")), (&json!(today + TimeDelta::days(10)), None));
    let waiting = |person: &Person| person.sees("/worklist?kind=letter_to_answer")["data"].as_array().unwrap().clone();
    let inbox = waiting(&signatory);
    let numbers: Vec<&Value> = inbox.iter().map(|matter| &matter["number"]).collect();
    assert_eq!(numbers, [&second["number"], &first["number"]], "the one whose day is next comes first");
    let waits = &inbox[0]["waiting"];
    assert_eq!((&waits["ends_with"], &waits["until"]), (&json!("write_letter"), &second["answer_by"]));
    assert_eq!(waits["clocks"][0]["then"]["code"], "answer_overdue");
    assert!(waiting(&app.signatory_of("ferrite")).is_empty());

    // An answer of the office itself ends nothing, that of the company does; the other one is no longer wanted.
    for letter in [&first, &second] {
        verifier.writes_to("/letters", &claim["id"], json!({ "reply_to_id": letter["id"] })).ok();
    }
    assert_eq!(waiting(&signatory).len(), 2);
    signatory.writes_to("/letters/to-office", &claim["id"], json!({ "reply_to_id": first["id"] })).ok();
    assert_eq!(waiting(&signatory).len(), 1);
    let close = |letter: &Value| {
        let closing = format!("{}/closing", at("letters", letter));
        verifier.post(&closing, None, &json!({ "reason": "They telephoned." })).unwrap()
    };
    close(&first).refused(409, "wrong_state");
    close(&plain).refused(409, "wrong_state");
    close(&second).ok();
    assert!(waiting(&signatory).is_empty());
    app.must_verify();
}

#[apply(on_both!)]
fn a_letter_that_needs_no_answer_leaves_the_inbox(app: App) {
    let claim = claim(&app);
    let (verifier, signatory) = (app.verifier(), app.signatory());
    let sent = verifier.writes_to("/letters", &claim["id"], json!({})).ok();
    let (thanks, other) = (json!({ "title": "Thank you" }), json!({ "title": "A question" }));
    let thanks = signatory.writes_to("/letters/to-office", &claim["id"], thanks).ok();
    let other = signatory.writes_to("/letters/to-office", &claim["id"], other).ok();
    let waiting = || verifier.sees("/worklist?kind=letter")["data"].as_array().unwrap().len();
    assert_eq!(waiting(), 2);
    let close = |person: &Person, letter: &Value, reason: &str| {
        person.post(&format!("{}/closing", at("letters", letter)), None, &json!({ "reason": reason })).unwrap()
    };
    close(&verifier, &thanks, " ").refused(422, "invalid_fields");
    close(&signatory, &thanks, "mine").refused(403, "not_permitted");
    close(&verifier, &sent, "sent").refused(409, "wrong_state");
    let closed = close(&verifier, &thanks, "It only thanks us.").ok();
    assert_eq!((&closed["letter_id"], &closed["reason"]), (&thanks["id"], &json!("It only thanks us.")));
    assert_eq!(waiting(), 1);
    close(&app.section_officer(), &thanks, "again").refused(409, "wrong_state");
    verifier.writes_to("/letters", &claim["id"], json!({ "reply_to_id": other["id"] })).ok();
    close(&verifier, &other, "late").refused(409, "wrong_state");
    assert_eq!(waiting(), 0);
    app.must_verify();
}
