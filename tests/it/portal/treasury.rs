//! Treasury and bank in the browser: payments are put into a file, the treasury's answer is pasted, the bank's scroll is
//! held against the records, and two people settle a difference.

use crate::harness::app::App;
use crate::harness::fake_treasury::{self, Mood};
use crate::harness::treasury_people::{EACH, TODAY};
use crate::portal::browser::{Browser, CHOSEN, Form, Shown};
use domain::base::money::Paise;

const FIRST: &str = "NDFEB/2026-27/PAY/0001";

/// Makes a file of two payments on the page; the disbursing officer's browser, and what it shows then.
fn files_both(app: &App) -> (Browser, Shown) {
    app.advised_payments(2);
    let ddo = Browser::of(app, &app.disbursing_officer(), "en");
    let shown = ddo.opens("/en/advices").with_status(200).says("Payments that are in no file yet (2)");
    let mut form = shown.form("Make a file for the treasury").fill("Day", "1").fill("Month", "7").fill("Year", "2026");
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
    form.fill("CSV", CHOSEN).fill("The file itself", &content.replace("\r\n", "\n"))
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
    let form = ddo.opens("/en/treasury").form("Take in an answer of the treasury");
    let cut = ddo.sends(&pasted(form, &answer.lines().take(2).collect::<Vec<_>>().join("\n")));
    let form = cut.with_status(409).says("return_truncated").form("Take in an answer of the treasury");
    let form = pasted(form, &answer);
    let shown = ddo.sends(&form).with_status(200).says("Taken in by you, 1 Jul 2026").says("Recorded 2").says(FIRST);
    let record = |shown: &Shown| shown.address.split('?').next().unwrap().to_owned();
    assert_eq!(record(&ddo.sends(&form).with_status(200)), record(&shown), "sent twice, taken in once");
    ddo.opens("/en/payments?status=succeeded").says("2 payments, the newest first").says("1 Jul 2026");
    let shown = ddo.opens("/en/treasury").says("1 file");
    ddo.opens(&shown.link("RETURN1")).with_status(200).says("Recorded");
    app.must_verify();
}

#[apply(on_both!)]
fn an_answer_that_contradicts_the_records_waits_for_the_disbursing_officer(app: App) {
    let (ddo, shown) = files_both(&app);
    let advice = ddo.request("GET", &shown.link("Download the file (CSV)"), &[], None).text();
    let answer = fake_treasury::answers(Mood::Contradicts, &advice, "RETURN1", TODAY);
    let form = pasted(
        ddo.opens("/en/treasury").form("Take in an answer of the treasury"),
        &String::from_utf8(answer).unwrap(),
    );
    let shown = ddo.sends(&form).with_status(200).says("Contradicts the records");
    let (file, _) = shown.address.split_once('?').unwrap();
    let waiting = ddo.opens("/en/inbox").says("Line of the treasury");
    assert!(waiting.page.named("a").iter().any(|link| link.attribute("href") == Some(file)), "no way to {file}");
    ddo.opens("/en/treasury").says("ask the treasury").link(FIRST);
    // A file that cannot be read is named by its place, and nothing of it is taken in.
    let form = pasted(
        ddo.opens("/en/treasury").form("Take in an answer of the treasury"),
        "HDR,X,,1,1.00\nLIN,a\nTRL,1,1.00\n",
    );
    ddo.sends(&form).with_status(422).says("There is a problem");
    let finance = Browser::of(&app, &app.finance_officer(), "hi");
    assert!(finance.opens("/hi/treasury").with_status(200).buttons().is_empty());
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
    let form = pasted(finance.opens("/en/scrolls").form("Take in a scroll of the bank"), &scroll);
    let shown = finance.sends(&form).with_status(200).says("Taken in by you, 1 Jul 2026").says("Another amount");
    let shown = finance.opens(&shown.link("Go to the difference")).with_status(200).says("Difference: Another amount");
    let shown =
        shown.says("What is recorded here").says("₹16,00,000.00").says("₹15,99,999.99").says("With Finance Officer");
    let form = shown.form("Propose a settlement").fill("The bank was wrong and says so", CHOSEN);
    let shown = finance.sends(&form.fill("Reason", "It writes so.")).with_status(422);
    let form = shown.form("Propose a settlement").fill("Letter of the bank, or number of the recovery", "Letter 1");
    let shown =
        finance.sends(&form).with_status(200).says("Settlement proposed by you").says("You cannot take this step:");
    let page = shown.address.split_once('?').unwrap().0.to_owned();

    let authority = Browser::of(&app, &app.competent_authority(), "en");
    let waiting = authority.opens("/en/inbox").says("Difference");
    assert!(waiting.page.named("a").iter().any(|link| link.attribute("href") == Some(&page)), "no way to {page}");
    let form = authority.opens(&page).form("Decide on the proposal").fill("Settled as proposed", CHOSEN);
    authority.sends(&form.fill("Noting on the file", "seen")).with_status(200).says("Decided by you").says("Settled");
    finance.opens("/en/differences?status=settled").says("1 difference");
    let all = |path: &str| -> u64 { finance.opens(path).answer.header("x-statements").unwrap().parse().unwrap() };
    for path in [page.as_str(), "/en/differences", "/en/scrolls", "/en/treasury", "/en/advices", "/en/payments"] {
        let own = all(path) - all("/en/sign-in");
        assert!(own <= 12, "{path} needs {own} statements");
    }
    app.must_verify();
}
