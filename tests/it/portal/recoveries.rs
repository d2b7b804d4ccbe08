//! Recoveries in the browser: from the payment to the notice, reply, order, demand and receipt; instalments, set-off
//! and relief; and what a company does not read.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs};
use crate::harness::recovery_people::{Recovers, recovery_account};
use crate::portal::browser::{Browser, CHOSEN, Form};
use domain::base::money::Paise;
use serde_json::{Value, json};

const NUMBER: &str = "NDFEB/2026-27/REC/0001";
const PAGE: &str = "/en/recoveries/NDFEB-2026-27-REC-0001";
const PAYMENT: &str = "/en/payments/NDFEB-2026-27-PAY-0001";
const PAYMENT_NUMBER: &str = "NDFEB/2026-27/PAY/0001";
const SUMMARY: &str = "There is a problem";
const PREVIEW: &str = "Show what it would change";

fn day(form: Form, day: &str, month: &str, year: &str) -> Form {
    form.fill("Day", day).fill("Month", month).fill("Year", year)
}

#[apply(on_both!)]
fn money_is_asked_back_answered_ordered_demanded_and_paid(app: App) {
    app.paid_for(&app.selling(), 100_000);
    let section = Browser::of(&app, &app.second("section"), "en");
    section.opens("/en/recoveries").with_status(200).says("There is no recovery yet");
    let ask = section.opens(PAYMENT).with_status(200).link("Ask the money back");
    // Who recommended the payment is refused whatever is typed, and reads so before anything is typed.
    let same = Browser::of(&app, &app.section_officer(), "en").opens_rehearsed(&ask).with_status(200);
    let same = same.says("You cannot take this step:").says_nothing_of("the most that can be asked");
    assert!(same.buttons().is_empty(), "{:?}", same.buttons());
    assert_eq!(same.link(PAYMENT_NUMBER), PAYMENT, "the way there is by the payment, as the menu says");
    let shown = section.opens_rehearsed(&ask).with_status(200);
    let shown = shown.says("why it should not pay back ₹16,00,00,000.00").says("No balance changes");
    let preview = shown.form_beside("Issue the notice", PREVIEW).fill("Amount to be paid back", "1 crore");
    let shown = section.rehearses(&preview).with_status(200).says("pay back ₹1,00,00,000.00, as you typed it");
    let form = shown.form("Issue the notice").fill("Amount to be paid back", "20 crore");
    let form = day(form.fill("Grounds of the notice", "The magnets were imported."), "1", "7", "2026");
    let shown = section.sends(&form).with_status(409).says(SUMMARY).explains("recovery_exceeds_payment");
    let form = shown.form("Issue the notice");
    assert_eq!(form.text("Grounds of the notice"), "The magnets were imported.", "nothing typed is lost");
    let shown = section.sends(&form.fill("Amount to be paid back", "10 crore")).with_status(200);
    assert!(shown.address.starts_with(&format!("{PAGE}?entry=")), "{}", shown.address);
    let shown = shown.says("Notice issued by you, 1 Jun 2026").says("With Authorised signatory");
    assert_eq!(shown.says("₹10,00,00,000.00").buttons(), ["Withdraw the notice"], "the officer's step is taken");

    let company = Browser::of(&app, &app.signatory(), "hi");
    let waiting = company.opens("/hi/inbox").link(NUMBER);
    let shown = company.opens(&waiting).with_status(200).says("The magnets were imported.");
    let form = shown.form("नोटिस का उत्तर दें").fill("उत्तर", "They were made here.");
    company.sends(&form).with_status(200).says("आपके द्वारा उत्तर").says("They were made here.");

    let authority = Browser::of(&app, &app.second("authority"), "en");
    let shown = authority.opens_rehearsed(PAGE).says("They were made here.");
    let shown = shown.says("If you confirm all that was asked, the recovery then is: Ordered. No balance changes.");
    let preview = shown.form_beside("Decide on the notice", PREVIEW).fill("Reduced", CHOSEN);
    let chosen = authority.rehearses(&preview.fill("Reduced to", "4 crore")).with_status(200);
    chosen.says("Reduced: ₹4,00,00,000.00 has to be paid; the recovery then is: Ordered.");
    let form = shown.form("Decide on the notice").fill("Reduced", CHOSEN).fill("Reasons", "Six were made here.");
    let shown = authority.sends(&form).with_status(422);
    assert!(shown.page.named("a").iter().any(|link| link.attribute("href") == Some("#order-amount_paise")));
    let form = shown.form("Decide on the notice").fill("Reduced to", "4 crore");
    authority.sends(&form).with_status(200).says("Ordered by you").says("Six were made here.");

    let finance = Browser::of(&app, &app.second("finance"), "en");
    let shown = finance.opens_rehearsed(PAGE).says("Recoveries, award NDFEB/2026-27/AWD/0001");
    let shown = shown.says("Principal due").says("₹4,00,00,000.00");
    let form = day(shown.form("Demand"), "1", "8", "2026").fill("Noting on the file", "in order");
    let shown = finance.sends(&form).with_status(200).says("Demanded by you").says("To be paid by");
    shown.says("Due if it is paid today, 1 Jun 2026, with interest until then; to be paid by 1 Aug 2026");
    assert_eq!(app.holds(&recovery_account("principal_due")), 4 * CRORE);

    app.set_clock("2026-07-01T06:30:00Z");
    let recovery = app.auditor().sees("/recoveries")["data"][0].clone();
    let due = app.owed(&recovery, "2026-07-01")["statement"]["total_paise"].as_i64().unwrap();
    assert!(due > 4 * CRORE, "a month of interest");
    app.bank_credits("REFUND0000000001", "2026-07-01", due).ok();
    let ddo = Browser::of(&app, &app.second("ddo"), "en");
    let shown = ddo.opens_rehearsed(PAGE).says("Interest, line by line").says(&Paise(due).to_string());
    let shown = shown.says("If all that is due today arrives today, the recovery then is: Settled.");
    let form = day(shown.form("Record a receipt"), "1", "7", "2026").fill("UTR", "REFUND0000000001");
    let shown = ddo.sends(&form.fill("Amount received", &Paise(due).to_string())).with_status(200);
    let shown = shown.says("Receipt recorded by you").says("Settled").says("REFUND0000000001");
    let shown = shown.says(&format!("Amount: {} Still due after it: ₹0.00", Paise(due)));
    let steps: Vec<String> =
        shown.page.named("ol").into_iter().flat_map(|list| list.named("strong")).map(|one| one.text()).collect();
    let paid_back = format!("Paid: {}", Paise(due));
    assert_eq!(steps, ["Notice issued", "The company replied", "Ordered", "Demanded", paid_back.as_str()]);
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());
    assert_eq!(app.holds(&recovery_account("principal_due")), 0);
    let shown = ddo.opens("/en/recoveries?status=settled").says("1 recovery record");
    assert_eq!(shown.link(NUMBER), PAGE);
    ddo.opens("/en/recoveries?status=noticed").says("No recovery has this status now");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn instalments_a_set_off_and_relief_are_decided_on_the_page(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    app.demanded(&paid, 10 * CRORE);
    let authority = Browser::of(&app, &app.second("authority"), "en");
    let stale = authority.opens(PAGE).with_status(200);
    let form =
        stale.form("Order a set-off").fill("Amount to set off", "1 crore").fill("Noting on the file", "next one");
    authority.sends(&form).with_status(200).says("Set-off ordered by you").says("Still to be set off");
    // The other tab still shows the recovery without it.
    let mut form = stale.form("Grant instalments").fill("Noting on the file", "as asked");
    for (row, month, crore) in [(0, "7", "5 crore"), (1, "8", "4 crore")] {
        form.set(&format!("rupees:/instalments/{row}/amount_paise"), crore);
        for (part, text) in [("d", "1"), ("m", month), ("y", "2026")] {
            form.set(&format!("day:/instalments/{row}/due_on/{part}"), text);
        }
    }
    let shown = authority.sends(&form).with_status(412).says("Somebody changed this before you").says("as asked");
    let shown = authority.sends(&shown.form("Apply mine to the new version (Grant instalments)")).with_status(409);
    let mut form = shown.explains("instalments_differ").form("Grant instalments");
    form.set("rupees:/instalments/1/amount_paise", "");
    let shown = authority.sends(&form).with_status(200).says("Instalments granted by you");
    shown.says("1 Jul 2026").says("1 Aug 2026").says("Open");

    // Whoever proposes relief asks for something, and decides nothing about it.
    let both = app.person("both-sides", &["finance_officer", "competent_authority"], None);
    let proposer = Browser::of(&app, &both, "en");
    let form = proposer.opens(PAGE).form("Propose relief").fill("Write-off: it cannot be collected", CHOSEN);
    let form = form.fill("File or order", "File 7").fill("Reason", "The company was wound up.");
    proposer.sends(&form).with_status(200).says("Relief proposed by you").says("The company was wound up.");
    proposer.opens(PAGE).says("You cannot take this step:");
    let shown = authority.opens_rehearsed(PAGE).says("the recovery then is: Settled.").says("Written off");
    let form = shown.form("Decide on the relief").fill("Granted", CHOSEN).fill("Noting on the file", "as proposed");
    authority
        .sends(&form)
        .with_status(200)
        .says("Decided by you")
        .says("Decision: Granted.")
        .says("Settled")
        .says("Written off");
    assert_eq!(app.holds(&recovery_account("principal_due")), 0);
    app.must_verify();
}

/// The number of rows in the form of a plan.
fn rows(form: &Form) -> usize {
    form.fields.iter().filter(|(name, _)| name.ends_with("/amount_paise")).count()
}

/// Fills in one row of a plan: its amount, and the first day of a month, one month after the row before.
fn instalment(form: &mut Form, row: usize, amount: &str) {
    form.set(&format!("rupees:/instalments/{row}/amount_paise"), amount);
    let (month, year) = ((row + 6) % 12 + 1, 2026 + (row + 6) / 12);
    for (part, text) in [("d", 1), ("m", month), ("y", year)] {
        form.set(&format!("day:/instalments/{row}/due_on/{part}"), &text.to_string());
    }
}

#[apply(on_sqlite!)]
fn a_plan_has_as_many_instalments_as_the_rule_allows(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    app.demanded(&paid, 10 * CRORE);
    let authority = Browser::of(&app, &app.second("authority"), "en");
    let mut shown = authority.opens(PAGE);
    let mut form = shown.form("Grant instalments").fill("Noting on the file", "as asked");
    (0..4).for_each(|row| instalment(&mut form, row, "16 lakh"));
    // Each press shows four more rows and keeps everything that was typed; a plan has at most sixty.
    for row in (4..60).step_by(4) {
        assert_eq!(shown.form("Show more rows").action, format!("{PAGE}/instalments/rows#instalments"));
        form.action = format!("{PAGE}/instalments/rows");
        shown = authority.sends(&form).with_status(200);
        form = shown.form("Grant instalments");
        let typed = |name: String| form.fields.iter().find(|(known, _)| *known == name).unwrap().1.clone();
        assert_eq!((rows(&form), form.text("Noting on the file")), (row + 4, "as asked"));
        assert_eq!(typed(format!("rupees:/instalments/{}/amount_paise", row - 1)), "16 lakh");
        assert_eq!(typed("day:/instalments/3/due_on/m".to_owned()), "10");
        (row..row + 4).for_each(|row| instalment(&mut form, row, "16 lakh"));
    }
    assert!(!shown.buttons().contains(&"Show more rows".to_owned()));
    assert!(app.acts().iter().all(|act| act["command"] != "grant_instalments"), "nothing was granted yet");
    // A fault stands at its row, and all rows come back.
    let mut wrong = form.clone();
    wrong.set("rupees:/instalments/59/amount_paise", "much");
    let back = authority.sends(&wrong).with_status(422);
    let faulty = "#instalments-instalments-59-amount_paise";
    assert!(back.page.named("a").iter().any(|link| link.attribute("href") == Some(faulty)));
    assert_eq!(rows(&back.form("Grant instalments")), 60);
    let shown = authority.sends(&form).with_status(409).explains("instalments_differ");
    let mut form = shown.form("Grant instalments");
    assert_eq!(rows(&form), 60);
    instalment(&mut form, 59, "");
    authority.sends(&form).with_status(200).says("Instalments granted by you").says("1 Jun 2031");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn more_rows_do_not_hide_that_somebody_was_faster(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    app.demanded(&paid, 10 * CRORE);
    let authority = Browser::of(&app, &app.second("authority"), "en");
    let stale = authority.opens(PAGE);
    let set_off = stale.form("Order a set-off").fill("Amount to set off", "1 crore").fill("Noting on the file", "x");
    authority.sends(&set_off).with_status(200);
    let mut form = stale.form("Grant instalments").fill("Noting on the file", "as asked");
    [(0, "4 crore"), (1, "")].into_iter().for_each(|(row, amount)| instalment(&mut form, row, amount));
    form.action = format!("{PAGE}/instalments/rows");
    let form = authority.sends(&form).with_status(200).form("Grant instalments");
    let shown = authority.sends(&form).with_status(412).says("Somebody changed this before you");
    authority.sends(&shown.form("Apply mine to the new version (Grant instalments)")).with_status(200);
}

#[apply(on_sqlite!)]
fn a_company_reads_what_is_addressed_to_it_and_no_noting(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let notice = app.second("section").asks_back(&paid, 10 * CRORE).ok();
    let replied = app.signatory().replies_to(&notice).ok();
    let ordered = app.second("authority").orders(&replied, "confirmed", None).ok();
    let demand = json!({ "due_on": "2026-12-31", "note": "between offices only" });
    let demanded = app.second("finance").step(&ordered, "demand", demand).ok();
    app.third("finance").proposes_relief(&demanded, "write_off", Value::Null).ok();

    let company = Browser::of(&app, &app.signatory(), "en");
    let shown = company.opens(PAGE).with_status(200).says("the magnets were imported").says("as found");
    let shown = shown.says("we see it otherwise").says("Sample signatory-lodestone").says("Finance Officer");
    for hidden in ["between offices only", "it cannot be got", "File 7", "Relief", "Sample second-finance"] {
        assert!(!shown.page.text().contains(hidden), "a company reads '{hidden}'");
    }
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());
    company.opens("/en/recoveries").says("1 recovery record");
    let auditor = Browser::of(&app, &app.auditor(), "en");
    auditor.opens(PAGE).says("between offices only").says("it cannot be got").says("Sample second-finance");
    assert_eq!(auditor.opens("/en/find?q=REC%2F0001").address, PAGE);
    assert_eq!(auditor.opens(&format!("/en/n/{NUMBER}")).address, PAGE);
    // Another company is told the same as for a number that does not exist.
    let other = Browser::of(&app, &app.signatory_of("coercive"), "en");
    let foreign = other.opens(PAGE).with_status(404);
    let missing = other.opens("/en/recoveries/NDFEB-2026-27-REC-0002").with_status(404);
    assert_eq!(foreign.page.text(), missing.page.text());
    other.opens("/en/recoveries").says("There is no recovery yet");
    let all = |path: &str| -> u64 { auditor.opens(path).answer.header("x-statements").unwrap().parse().unwrap() };
    for path in [PAGE, "/en/recoveries"] {
        let own = all(path) - all("/en/sign-in");
        assert!(own <= 12, "{path} needs {own} statements");
    }
}

#[apply(on_sqlite!)]
fn damages_for_a_late_milestone_say_how_they_are_computed(app: App) {
    app.window_is_open();
    let award = app.awarded("lodestone", 900);
    let milestone = app.milestone(&award, "oxide_to_metal");
    let due: chrono::NaiveDate = milestone["due_on"].as_str().unwrap().parse().unwrap();
    app.set_clock(&format!("{}T06:30:00Z", due + chrono::Days::new(10)));
    let section = Browser::of(&app, &app.second("section"), "en");
    let ask = section.opens("/en/awards/NDFEB-2026-27-AWD-0001/milestones/oxide_to_metal").link("Ask for damages");
    let mut form = section
        .opens_rehearsed(&ask)
        .with_status(200)
        .says("the most that can be asked today")
        .form("Issue the notice");
    let later = due + chrono::Days::new(40);
    for (field, day) in [("charged_to", due + chrono::Days::new(10)), ("reply_due_on", later)] {
        for (part, text) in [("d", "%d"), ("m", "%m"), ("y", "%Y")] {
            form.set(&format!("day:/{field}/{part}"), &day.format(text).to_string());
        }
    }
    let shown = section.sends(&form.fill("Grounds of the notice", "The milestone is late.")).with_status(200);
    let recovery = app.auditor().sees("/recoveries")["data"][0].clone();
    let amount = Paise(recovery["amount_paise"].as_i64().unwrap());
    let shown = shown.says("Damages: 10 days from").says("of the performance security of").says(&amount.to_string());
    let replied = app.signatory().replies_to(&recovery).ok();
    let half = Paise(amount.0 / 2);
    app.second("authority").orders(&replied, "reduced", Some(half.0)).ok();
    let page = recovery["number"].as_str().unwrap().replace('/', "-");
    let reduced = format!("The notice asked {amount}; the order reduced this to {half}.");
    section.opens(&format!("/en/recoveries/{page}")).with_status(200).says(&reduced);
    assert!(shown.link("Oxide-to-metal capacity installed").ends_with("/milestones/oxide_to_metal"));
}

#[apply(on_sqlite!)]
fn the_page_says_when_the_limit_of_the_scheme_cuts_damages(app: App) {
    let text = include_str!("../../../config/schemes/ndfeb-2025-proposal-2.toml");
    let rate = "basis_points_per_day = 10";
    let cap = format!("{rate}\ncap = {{ basis_points = 300, basis = \"assumption\", source = \"a test\" }}");
    let text = text.replacen("version = 2", "version = 1", 1).replacen(rate, &cap, 1);
    let app = App::with_only(app.engine, text);
    app.window_is_open();
    let award = app.awarded("lodestone", 900);
    let milestone = app.milestone(&award, "oxide_to_metal");
    app.set_clock("2027-05-21T06:30:00Z");
    let section = app.second("section");
    let page = |notice: &Value| format!("/en/recoveries/{}", notice["number"].as_str().unwrap().replace('/', "-"));
    let first = section.asks_damages(&milestone, "2027-05-21").ok();
    let limited = "Of the limit that the scheme sets for one milestone";
    let opens = |notice: &Value| Browser::of(&app, &section, "en").opens(&page(notice)).with_status(200);
    opens(&first).says("Damages: 20 days").says_nothing_of(limited);
    app.set_clock("2027-07-02T06:30:00Z");
    let second = section.asks_damages(&milestone, "2027-07-02").ok();
    let most = Paise(second["amount_paise"].as_i64().unwrap());
    opens(&second).says(&format!("{limited} {most} was left, so no more is asked."));
}

#[apply(on_sqlite!)]
fn a_notice_of_damages_shows_the_delay_and_what_the_chosen_day_costs(app: App) {
    app.bare_award();
    app.set_clock("2027-07-02T06:30:00Z");
    let section = Browser::of(&app, &app.second("section"), "en");
    let notice = "/en/awards/NDFEB-2026-27-AWD-0001/milestones/oxide_to_metal/notice";
    let shown = section.opens_rehearsed(notice).says("Late 62 days").says("Excused 0 days");
    let shown = shown.says("Damages accrued so far, not demanded yet ₹98,95,200.00");
    let shown = shown.says("pay damages of ₹98,95,200.00, the most that can be asked today");
    let mut form = shown.form_beside("Issue the notice", PREVIEW).fill("Grounds of the notice", "It is late.");
    for (part, text) in [("d", "1"), ("m", "6"), ("y", "2027")] {
        form.set(&format!("day:/charged_to/{part}"), text);
    }
    let shown = section.rehearses(&form).with_status(200);
    let shown =
        shown.says("damages of ₹49,47,600.00 for the days until the one that you typed").says("Nothing was done.");
    assert_eq!(shown.form("Issue the notice").text("Grounds of the notice"), "It is late.");
    assert!(app.auditor().sees("/recoveries")["data"].as_array().unwrap().is_empty());
}
