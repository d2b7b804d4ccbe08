//! Treasury and bank in the browser: payments are put into a file, the treasury's answer is pasted, the bank's scroll
//! is held against the records, and two people settle a difference.

use crate::harness::app::App;
use crate::harness::fake_treasury::{self, Mood};
use crate::harness::people::{Answered, Verbs};
use crate::harness::treasury_people::{EACH, TODAY, TreasuryVerbs};
use crate::portal::browser::{Browser, CHOSEN, Form, Shown};
use domain::base::money::Paise;

const FIRST: &str = "NDFEB/2026-27/PAY/0001";
const TAKE_IN: &str = "Take in an answer of the treasury";

/// Makes a file of two payments on the page; the disbursing officer's browser, and what it shows then.
fn files_both(app: &App) -> (Browser, Shown) {
    app.advised_payments(2);
    let ddo = Browser::of(app, &app.disbursing_officer(), "en");
    let shown = ddo.opens("/en/advices").with_status(200).says("Payments that are in no file yet (2)");
    let mut form = shown.form("Make a file for the treasury").fill("Day", "31").fill("Month", "2").fill("Year", "2026");
    let wrong = ddo.sends(&form).with_status(422).says("Payments: must be given");
    wrong.says("Day on which the treasury is to pay: a day that exists");
    form = form.fill("Day", "1").fill("Month", "7");
    let label = |number: &str| format!("{number} · {} · Sample lodestone Ltd", Paise(EACH));
    assert!(form.offers(&label(FIRST)), "{form:?}");
    let none = ddo.sends(&form).with_status(422);
    assert!(none.page.named("a").iter().any(|link| link.attribute("href") == Some("#advice-payment_ids")));
    for id in app.values("SELECT id AS value FROM payments ORDER BY id") {
        form.fields.push(("each:/payment_ids".to_owned(), id));
    }
    let shown = ddo.sends(&form).with_status(200);
    (ddo, shown)
}

fn pasted(form: Form, content: &str) -> Form {
    form.fill("The file itself", &content.replace("\r\n", "\n"))
}

#[apply(on_both!)]
fn a_file_goes_to_the_treasury_and_its_answer_comes_back(app: App) {
    let before = Browser::of(&app, &app.disbursing_officer(), "en");
    before.opens("/en/payments").with_status(200).says("There is no payment yet");
    before.opens("/en/treasury").with_status(200).says("The treasury has answered nothing yet");
    let (ddo, shown) = files_both(&app);
    let shown = shown.says("File made by you, 1 Jul 2026").says(FIRST).says(&Paise(2 * EACH).to_string());
    let advice = ddo.request("GET", &shown.link("Download the file (CSV)"), &[], None);
    assert_eq!((advice.status, advice.header("content-disposition").unwrap().starts_with("attachment")), (200, true));
    ddo.opens("/en/advices").says("No payment waits for a file").says("1 file");

    let answer = fake_treasury::answers(Mood::Succeeds, &advice.text(), "RETURN1", TODAY);
    let answer = String::from_utf8(answer).unwrap();
    let form = ddo.opens("/en/treasury").form(TAKE_IN);
    let cut = ddo.sends(&pasted(form, &answer.lines().take(2).collect::<Vec<_>>().join("\n")));
    let form = cut.with_status(409).explains("return_truncated").form(TAKE_IN);
    let form = pasted(form, &answer);
    let shown = ddo.sends(&form).with_status(200).says("Taken in by you, 1 Jul 2026").says("Recorded 2").says(FIRST);
    let shown = shown.says(&format!("2 payments were paid: {}. Failed: 0.", Paise(2 * EACH)));
    let record = |shown: &Shown| shown.address.split('?').next().unwrap().to_owned();
    assert_eq!(record(&ddo.sends(&form).with_status(200)), record(&shown), "sent twice, taken in once");
    ddo.opens("/en/payments?status=succeeded").says("2 payments, the newest first").says("1 Jul 2026");
    let shown = ddo.opens("/en/treasury").says("1 file");
    ddo.opens(&shown.link("RETURN1")).with_status(200).says("Recorded");
    app.must_verify();
}

/// A file of the treasury's answer to what was made by [`files_both`].
fn answer_of(ddo: &Browser, shown: &Shown) -> Vec<u8> {
    let advice = ddo.request("GET", &shown.link("Download the file (CSV)"), &[], None);
    fake_treasury::answers(Mood::Succeeds, &advice.text(), "RETURN1", TODAY)
}

fn sha256(content: &[u8]) -> String {
    use sha2::Digest;
    domain::base::digest::hex(&sha2::Sha256::digest(content))
}

#[apply(on_sqlite!)]
fn an_answer_is_taken_in_as_the_file_that_it_is(app: App) {
    let (ddo, shown) = files_both(&app);
    let (answer, evidence) = (answer_of(&ddo, &shown), app.rows("evidence").len());
    let form = ddo.opens("/en/treasury").form(TAKE_IN);
    let form = form.choose("Choose the file", "उत्तर 1 July.csv", "text/csv", &answer);
    let shown = ddo.sends(&form).with_status(200).says("Taken in by you, 1 Jul 2026").says("Recorded 2");
    // To the byte: whoever has the file can compare.
    let shown = shown.says("Name of the file उत्तर 1 July.csv").says(&sha256(&answer));
    let record = |shown: &Shown| shown.address.split('?').next().unwrap().to_owned();
    assert_eq!(record(&ddo.sends(&form).with_status(200)), record(&shown), "sent twice, taken in once");
    let mut other = form.clone();
    other.files[0].3 = b"HDR".to_vec();
    ddo.sends(&other).with_status(422).says("This was already done");
    assert_eq!((app.rows("treasury_returns").len(), app.rows("evidence").len()), (1, evidence));
    let entries: String = app.acts().iter().map(|act| act["details"].to_string()).collect();
    assert!(!entries.contains("उत्तर"), "a name may be somebody's, and is not in the log");
    ddo.opens("/en/treasury").says("1 file");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_file_that_is_not_taken_in_loses_nothing_typed(app: App) {
    let app = App::start_with(app.engine, |config| config.treasury.return_bytes_most = 2_000);
    let (ddo, shown) = files_both(&app);
    let answer = answer_of(&ddo, &shown);
    let form = ddo.opens("/en/treasury").form(TAKE_IN);
    let acts = app.acts().len();
    ddo.sends(&form)
        .with_status(422)
        .says("Choose the file")
        .says("Must be given")
        .says_nothing_of("Choose the file again");
    let large = [answer.as_slice(), &[b' '; 2_000]].concat();
    let cut = &answer[..answer.len() / 2];
    for (name, content, status, says) in [
        ("a.csv", b"".as_slice(), 422, "The file is empty"),
        ("a.csv", b"\xff\xfe", 422, "The file is not UTF-8 text"),
        ("a.csv", large.as_slice(), 422, "At most 2000 B"),
        ("../a.csv", &answer, 422, "A file name has no /"),
        ("a.xml", b"<a/>", 422, "There is a problem"),
        ("a.csv", cut, 409, "the file is not whole"),
    ] {
        let shown = ddo.sends(&form.clone().choose("Choose the file", name, "text/csv", content)).with_status(status);
        let shown = shown.says(says).says("Choose the file again: a browser does not keep it.");
        assert_eq!(shown.described("return-file"), "Choose the file again: a browser does not keep it.", "{says}");
        if status == 422 {
            let leads = shown.page.named("a").iter().any(|link| link.attribute("href") == Some("#return-file"));
            assert!(leads, "the summary leads to the field of the file: {says}");
        }
    }
    assert!(app.rows("treasury_returns").is_empty());
    let refused = app.acts()[acts..].iter().map(|act| act["code"].to_string()).collect::<Vec<_>>();
    assert_eq!(refused, ["\"return_truncated\""], "what cannot be read is told to the sender alone");
    // Neither of two files wins silently.
    let both = form.clone().fill("The file itself", "HDR").choose("Choose the file", "a.csv", "text/csv", &answer);
    let shown = ddo.sends(&both).with_status(422).says("Choose a file or paste its text, not both");
    assert_eq!(shown.form(TAKE_IN).text("The file itself").trim(), "HDR");
    // The session ends while somebody looks for the file.
    let chosen = form.choose("Choose the file", "a.csv", "text/csv", &answer);
    app.wait_seconds(31 * 60);
    let resumed = ddo.signs_in(&ddo.sends(&chosen).with_status(401), &app.disbursing_officer()).with_status(200);
    let shown = ddo.sends(&resumed.form("Continue")).with_status(403).says("Choose the file again");
    let form = shown.form(TAKE_IN).choose("Choose the file", "a.csv", "text/csv", &answer);
    ddo.sends(&form).with_status(200).says("Recorded 2").says("a.csv");
    // Who may not take in files sends one in vain, and that is on record.
    let auditor = Browser::of(&app, &app.auditor(), "en");
    let seal = auditor.opens("/en/account").form("Sign out").fields.into_iter().find(|(name, _)| name == "seal");
    let mut foreign = form;
    foreign.set("seal", &seal.unwrap().1);
    auditor.sends(&foreign).with_status(403);
    assert_eq!(app.acts().last().unwrap()["code"], "not_permitted");
    assert_eq!(app.rows("treasury_returns").len(), 1);
}

#[apply(on_sqlite!)]
fn an_answer_that_contradicts_the_records_waits_for_the_disbursing_officer(app: App) {
    let (ddo, shown) = files_both(&app);
    let advice = ddo.request("GET", &shown.link("Download the file (CSV)"), &[], None).text();
    let answer = fake_treasury::answers(Mood::Contradicts, &advice, "RETURN1", TODAY);
    let form = pasted(ddo.opens("/en/treasury").form(TAKE_IN), &String::from_utf8(answer).unwrap());
    let shown = ddo.sends(&form).with_status(200).says("Contradicts the records");
    let (file, _) = shown.address.split_once('?').unwrap();
    let waiting = ddo.opens("/en/inbox").says("Line of the treasury");
    assert!(waiting.page.named("a").iter().any(|link| link.attribute("href") == Some(file)), "no way to {file}");
    ddo.opens("/en/treasury").says("ask the treasury").link(FIRST);
    // A file that cannot be read is named by its place, and nothing of it is taken in.
    // Nobody chooses a format: a file says itself what it is. The answers that it can have are said before an error.
    let shown = ddo.opens("/en/treasury").says("Accepted, Success, Failed, Failed after success");
    assert!(!shown.form(TAKE_IN).offers("CSV"), "{:?}", shown.form(TAKE_IN));
    let xml = ddo.sends(&pasted(shown.form(TAKE_IN), " <a></a>")).with_status(422);
    xml.says("Line 1 of the file").says_nothing_of("first record");
    let other = format!("HDR,X,,1,16860000.00\nLIN,{FIRST},Failed,,,1.00,closed\nTRL,1,16860000.00\n");
    let differs = ddo.sends(&pasted(ddo.opens("/en/treasury").form(TAKE_IN), &other)).with_status(409);
    differs.says("control total is ₹1,68,60,000.00 and its lines add up to ₹1.00");
    let form = pasted(ddo.opens("/en/treasury").form(TAKE_IN), "HDR,X,,1,1.00\nLIN,a\nTRL,1,1.00\n");
    let shown = ddo.sends(&form).with_status(422).says("Line 2 of the file: ").says_nothing_of("records 1");
    shown.says("What such a file looks like").says("LIN Number of the payment, Answer, UTR, Day of payment");
    let late = format!("HDR,X,,1,1.00\n\nLIN,{FIRST},Failed,SBINR52026070100001,,1.00,closed\nTRL,1,1.00\n");
    let shown = ddo.sends(&pasted(ddo.opens("/en/treasury").form(TAKE_IN), &late)).with_status(422);
    shown.says("Line 3 of the file, UTR: Only where the bank paid").says_nothing_of("lines 0");
    let reader = Browser::of(&app, &app.disbursing_officer(), "hi");
    let form = reader.opens("/hi/treasury").form("कोषागार का उत्तर दर्ज करें");
    let wrong = form.fill("स्वयं फ़ाइल", "<a></a>");
    reader.sends(&wrong).with_status(422).says("फ़ाइल की पंक्ति 1").says_nothing_of("<>");
    let finance = Browser::of(&app, &app.finance_officer(), "hi");
    let shown = finance.opens("/hi/treasury").with_status(200).says("कोषागार से पूछें कि क्या सही है");
    assert!(shown.buttons().is_empty());
    finance.opens(&file.replacen("/en/", "/hi/", 1)).says("कोषागार से पूछें कि क्या सही है").says_nothing_of("ask the");
    let company = Browser::of(&app, &app.signatory(), "en");
    for path in ["/en/treasury", "/en/advices", "/en/scrolls", "/en/differences"] {
        company.opens(path).with_status(403);
    }
    company.opens("/en/payments").with_status(200).says("2 payments");
}

#[apply(on_both!)]
fn two_people_settle_what_a_scroll_shows(app: App) {
    files_both(&app);
    let finance = Browser::of(&app, &app.finance_officer(), "en");
    finance.opens("/en/scrolls").with_status(200).says("No scroll of the bank was taken in yet");
    finance.opens("/en/differences").with_status(200).says("Bank and records agree so far");
    let line = format!("LIN,{FIRST},Success,SBINR5202607010000001,{TODAY},1599999.99,");
    let scroll = format!("HDR,SCROLL1,,1,1599999.99\n{line}\nTRL,1,1599999.99\n");
    let form = finance.opens("/en/scrolls").form("Take in a scroll of the bank");
    let form = form.choose("Choose the file", "scroll of 1 July.csv", "text/csv", scroll.as_bytes());
    let shown = finance.sends(&form).with_status(200).says("Taken in by you, 1 Jul 2026").says("Another amount");
    let shown = shown.says("Name of the file scroll of 1 July.csv").says(&sha256(scroll.as_bytes()));
    let shown = finance.opens(&shown.link("Go to the difference")).with_status(200).says("Difference: Another amount");
    let shown =
        shown.says("What is recorded here").says("₹16,00,000.00").says("₹15,99,999.99").says("With Finance Officer");
    let shown = shown.says(&format!("Payment {FIRST} was for ₹16,00,000.00, the bank says ₹15,99,999.99."));
    let said = format!("भुगतान {FIRST} की राशि ₹16,00,000.00 थी; बैंक ₹15,99,999.99 बताता है।");
    let hindi = finance.opens(&shown.link("हिन्दी")).says(&said);
    finance.opens(&hindi.link("SCROLL1")).says(&said);
    let form = shown.form("Propose a settlement").fill("The bank was wrong and says so", CHOSEN);
    let shown = finance.sends(&form.fill("Reason", "It writes so.")).with_status(422);
    let form = shown.form("Propose a settlement").fill("Letter of the bank, or number of the recovery", "Letter 1");
    let shown =
        finance.sends(&form).with_status(200).says("Settlement proposed by you").says("You cannot take this step:");
    let shown = shown.says("Who can: Competent authority Sample authority");
    let page = shown.address.split_once('?').unwrap().0.to_owned();

    let authority = Browser::of(&app, &app.competent_authority(), "en");
    let waiting = authority.opens("/en/inbox").says("Difference");
    assert!(waiting.page.named("a").iter().any(|link| link.attribute("href") == Some(&page)), "no way to {page}");
    let form = authority.opens(&page).form("Decide on the proposal").fill("Settled as proposed", CHOSEN);
    authority
        .sends(&form.fill("Noting on the file", "seen"))
        .with_status(200)
        .says("Decided by you")
        .says("Decision: Settled.");
    let listed = finance.opens("/en/differences?status=settled").says("1 difference");
    assert_eq!(listed.link(FIRST), "/en/payments/NDFEB-2026-27-PAY-0001");
    let all = |path: &str| -> u64 { finance.opens(path).answer.header("x-statements").unwrap().parse().unwrap() };
    for path in [page.as_str(), "/en/differences", "/en/scrolls", "/en/treasury", "/en/advices", "/en/payments"] {
        let own = all(path) - all("/en/sign-in");
        assert!(own <= 12, "{path} needs {own} statements");
    }
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_payment_of_another_file_and_one_that_never_was_are_told_apart(app: App) {
    let payments = app.advised_payments(2);
    let officer = app.disbursing_officer();
    let first = officer.makes_advice(&[&payments[0]]).ok();
    let file = officer.downloads(&first, "csv").text();
    let answer = String::from_utf8(fake_treasury::answers(Mood::Succeeds, &file, "RETURN1", TODAY)).unwrap();
    let ddo = Browser::of(&app, &officer, "en");
    let takes_in = |answer: &str| ddo.sends(&pasted(ddo.opens("/en/treasury").form(TAKE_IN), answer)).with_status(200);
    let named = answer.replace("RETURN1,,", &format!("RETURN1,{},", first["message_id"].as_str().unwrap()));
    let shown = takes_in(&named.replace("PAY/0001", "PAY/0002"));
    let shown = shown.says("Payment NDFEB/2026-27/PAY/0002 is not in the file for the treasury that is answered");
    assert_eq!(shown.link("NDFEB/2026-27/PAY/0002"), "/en/payments/NDFEB-2026-27-PAY-0002");
    ddo.opens("/en/problems/payment_not_in_file").with_status(200).says("this payment is not in that file");
    let shown = takes_in(&answer.replace("PAY/0001", "PAY/0099").replace("RETURN1", "RETURN2"));
    let shown = shown.says("There is no payment NDFEB/2026-27/PAY/0099 here");
    assert!(!shown.page.named("a").iter().any(|link| link.text().contains("PAY/0099")), "it leads nowhere");
    let hindi = Browser::of(&app, &officer, "hi").opens(&shown.address.replace("/en/", "/hi/"));
    hindi.says("यहाँ भुगतान NDFEB/2026-27/PAY/0099 नहीं है").says_nothing_of("there is no payment");
}

const SECOND: &str = "NDFEB/2026-27/PAY/0002";
const MATTER: &str = "Line of the treasury";

/// A file of the treasury with these lines, each of a payment of [`EACH`].
fn return_of(message: &str, lines: &[String]) -> String {
    let total = Paise(EACH * lines.len() as i64).in_rupees();
    format!("HDR,{message},,{},{total}\n{}\nTRL,{},{total}\n", lines.len(), lines.join("\n"), lines.len())
}

fn line(number: &str, says: &str) -> String {
    let (outcome, rest) = says.split_once(',').unwrap();
    let (utr, day_and_reason) = rest.split_once(',').unwrap();
    let (day, reason) = day_and_reason.split_once(',').unwrap();
    format!("LIN,{number},{outcome},{utr},{day},{},{reason}", Paise(EACH).in_rupees())
}

#[track_caller]
fn takes_in(ddo: &Browser, answer: &str) -> Shown {
    ddo.sends(&pasted(ddo.opens("/en/treasury").form(TAKE_IN), answer)).with_status(200)
}

#[apply(on_sqlite!)]
fn a_contradiction_ends_by_what_agrees_with_it(app: App) {
    let (ddo, _) = files_both(&app);
    let paid = |number: &str, utr: &str| line(number, &format!("Success,{utr},{TODAY},"));
    takes_in(&ddo, &return_of("R1", &[paid(FIRST, "SBINR52026070100001"), paid(SECOND, "SBINR52026070100002")]));
    ddo.opens("/en/inbox").says_nothing_of(MATTER);
    let failed = |number: &str| line(number, "Failed,,,no such account");
    let contradiction = takes_in(&ddo, &return_of("R2", &[failed(FIRST), failed(SECOND)]));
    let contradiction = contradiction.says("Waits for the Drawing and Disbursing Officer");
    let file = contradiction.address.split('?').next().unwrap().to_owned();
    ddo.opens("/en/inbox").says(MATTER).says("ask the treasury, or close the line");
    // Each payment says it, to those who read the answers of the treasury.
    let first = "/en/payments/NDFEB-2026-27-PAY-0001";
    let shown = ddo.opens(first).says("Answers of which nothing was recorded (1)").says("Contradicts the records");
    let shown = shown.says("With Drawing and Disbursing Officer (ask the treasury, or close the line)");
    let shown = shown.says_nothing_of("With nobody any more");
    assert_eq!(shown.link("Go to the answer of the treasury"), file);
    Browser::of(&app, &app.signatory(), "en").opens(first).with_status(200).says_nothing_of("nothing was recorded");
    // A later answer that agrees with the record ends one wait; what the record says then ends the other.
    let agrees = takes_in(&ddo, &return_of("R3", &[paid(FIRST, "SBINR52026070100001")]));
    agrees.says("No payment was newly recorded as paid. Failed: 0.");
    let cleared = ddo.opens(first).says("Cleared up: the record agrees with it by now");
    cleared.says_nothing_of("Waits for the Drawing").says("With nobody any more");
    ddo.opens("/en/inbox").says(MATTER);
    let second = "/en/payments/NDFEB-2026-27-PAY-0002";
    let shown = ddo.opens(second).says("Waits for the Drawing and Disbursing Officer");
    shown.says("The treasury was told of this payment");
    // The treasury said both; that the money came back is confirmed by a second person.
    let payments = app.auditor().sees("/payments")["data"].as_array().unwrap().clone();
    let paid = payments.into_iter().find(|payment| payment["number"] == SECOND).unwrap();
    app.second("finance").confirms_failure(&paid, "failed_after_success").ok();
    ddo.opens(second).says("Cleared up: the record agrees with it by now");
    ddo.opens("/en/inbox").says_nothing_of(MATTER);
    let shown = ddo.opens("/en/treasury").says_nothing_of("Answers of which nothing was recorded");
    shown.says("Contradicts the records 2").says("Known already 1").says("Recorded 2");
    ddo.opens(&file).says_nothing_of("Close a line");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn an_officer_closes_a_line_that_nothing_else_ends(app: App) {
    let (ddo, _) = files_both(&app);
    let never = line("NDFEB/2026-27/PAY/0099", &format!("Success,SBINR52026070100009,{TODAY},"));
    let shown = takes_in(&ddo, &return_of("R1", &[never])).says("Refused by a rule");
    let file = shown.address.split('?').next().unwrap().to_owned();
    ddo.opens("/en/inbox").says(MATTER);
    ddo.opens("/en/treasury").says("Answers of which nothing was recorded (1)").says("Refused by a rule 1");
    let finance = Browser::of(&app, &app.finance_officer(), "en");
    finance.opens(&file).says("Waits for the Drawing and Disbursing Officer").says_nothing_of("Close a line");
    let form = ddo.opens(&file).form("Close a line");
    let wrong = ddo.sends(&form).with_status(422).says("Line: must be given").says("Why nothing more comes of it");
    let form =
        wrong.form("Close a line").fill("Line", "1").fill("Why nothing more comes of it", "It is of another office.");
    let shown = ddo.sends(&form).with_status(200).says("Line closed by you, 1 Jul 2026");
    let shown = shown.says("Closed by an officer").says("It is of another office.").says_nothing_of("Close a line");
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());
    finance.opens(&file).says("It is of another office.").says("Sample ddo");
    ddo.opens("/en/inbox").says_nothing_of(MATTER);
    assert_eq!(app.acts().last().unwrap()["command"], "close_treasury_line");
    // What is closed is not closed again, and the reason is not in the log.
    let reason = serde_json::json!({ "reason": "once more" });
    let id = file.rsplit('/').next().unwrap();
    let again = app.disbursing_officer().post(&format!("/treasury-returns/{id}/lines/1/closing"), None, &reason);
    again.unwrap().refused(409, "wrong_state");
    let details: String = app.acts().iter().map(|act| act["details"].to_string()).collect();
    assert!(!details.contains("another office"), "{details}");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_refusal_names_the_payment_that_has_the_utr(app: App) {
    let (ddo, _) = files_both(&app);
    let paid = |number: &str| line(number, &format!("Success,SBINR52026070100001,{TODAY},"));
    takes_in(&ddo, &return_of("R1", &[paid(FIRST)]));
    let shown = takes_in(&ddo, &return_of("R2", &[paid(SECOND)])).says("Refused by a rule");
    let shown = shown.says(&format!("This UTR already settles payment {FIRST}"));
    let hindi = Browser::of(&app, &app.disbursing_officer(), "hi");
    hindi.opens(&shown.address.replace("/en/", "/hi/")).says(&format!("पहले ही भुगतान हो चुका है: {FIRST}"));
}

#[apply(on_sqlite!)]
fn an_answer_that_was_taken_in_before_pays_nothing_again(app: App) {
    let (ddo, _) = files_both(&app);
    let answer = return_of("R1", &[line(FIRST, &format!("Success,SBINR52026070100001,{TODAY},"))]);
    takes_in(&ddo, &answer).says("One payment was paid");
    let again = takes_in(&ddo, &answer).says("This file was taken in before").says_nothing_of("One payment was paid");
    let hindi = Browser::of(&app, &app.disbursing_officer(), "hi");
    hindi.opens(&again.address.replace("/en/", "/hi/")).with_status(200).says("यह फ़ाइल पहले ली जा चुकी है");
}

#[apply(on_sqlite!)]
fn the_bank_answers_from_the_ordered_day_on_and_a_payment_leads_to_its_successor(app: App) {
    let payments = app.advised_payments(1);
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    let page = "/en/payments/NDFEB-2026-27-PAY-0001";
    ddo.opens(page).says("This payment is in no file for the treasury yet, so the treasury was not told to pay");
    let form = ddo.opens("/en/advices").form("Make a file for the treasury").fill("Day", "20").fill("Month", "7");
    let mut form = form.fill("Year", "2026");
    form.fields.push(("each:/payment_ids".to_owned(), payments[0]["id"].as_str().unwrap().to_owned()));
    ddo.sends(&form).with_status(200);
    let shown = ddo.opens(page).says("Day on which the treasury is to pay 20 Jul 2026");
    // The three days of the bank begin with the ordered day.
    let shown = shown.says("23 Jul 2026");
    // A day before the ordered one is what the bank states: it is recorded, and the page says so.
    let answer = shown.says("The treasury was told to pay on 20 Jul 2026").form("Record the bank's answer");
    let answer = answer.fill("Paid", CHOSEN).fill("UTR", "SBINR52026070100001").fill("Day", "1").fill("Month", "7");
    let answer = answer.fill("Year", "2026").fill("Amount that the bank paid", "16 lakh");
    let shown = ddo.sends(&answer).with_status(200).says("The bank paid before 20 Jul 2026");
    shown.says("Bank's answer recorded").says("Sample ddo");
    let company = Browser::of(&app, &app.signatory(), "en");
    company.opens(page).says("Bank's answer recorded").says_nothing_of("Sample ddo");
}
