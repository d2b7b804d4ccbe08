//! What stands beside a button before it is pressed: what it would do to each account, or why it would be refused. It
//! is what happens then, and looking at it changes nothing.

use crate::engine::trouble::Holder;
use crate::harness::app::App;
use crate::harness::people::{CRORE, SCHEME, stages};
use crate::harness::rehearsing::same;
use crate::portal::browser::{Browser, Form, Shown};
use domain::base::money::Paise;

const PAGE: &str = "/en/tranches/NDFEB-2026-27-TRN-0001";
const PAYMENT: &str = "/en/payments/NDFEB-2026-27-PAY-0001";
const UNKNOWN: &str = "cannot be previewed now";
const NOTING: &str = "Noting on the file";

/// A page with everything that its buttons would do.
#[track_caller]
fn rehearsed(browser: &Browser, path: &str) -> Shown {
    browser.opens_rehearsed(path).with_status(200)
}

/// What a form would do: account, before and after.
fn changes(shown: &Shown, form: &str) -> Vec<[String; 3]> {
    let section = shown.page.all().into_iter().find(|node| node.attribute("id") == Some(form));
    let section = section.unwrap_or_else(|| panic!("no form {form} on {}", shown.address));
    let rows = section.named("tr").into_iter().skip(1);
    let row = |cells: Vec<String>| cells.try_into().unwrap_or_else(|cells| panic!("{cells:?}"));
    rows.map(|tr| {
        row(tr.all().into_iter().filter(|node| ["th", "td"].contains(&node.name())).map(|node| node.text()).collect())
    })
    .collect()
}

/// The balance of an account that a page names in words, as it is stored now.
fn balance(app: &App, words: &str) -> String {
    let (account, stage) = words.split_once(": ").unwrap();
    let parts: Vec<&str> = account.split(", ").collect();
    let [ledger, owner, component] = parts[..] else { panic!("{words}") };
    let owner = owner.split_once(' ').unwrap().1;
    let code_of = |words: &str| words.to_lowercase().replace(' ', "_");
    let (ledger, component, stage) = (code_of(ledger), code_of(component), code_of(stage));
    let code = format!("{ledger}:{SCHEME}:{component}:{owner}:{stage}");
    let query = format!("SELECT CAST(balance_paise AS TEXT) AS value FROM accounts WHERE code = '{code}'");
    // An account is opened by the first posting to it.
    Paise(app.values(&query).first().map_or(0, |value| value.parse().unwrap())).to_string()
}

/// Presses a button after reading what it would do; returns that, after comparing it with what it did.
#[track_caller]
fn presses(
    app: &App,
    browser: &Browser,
    path: &str,
    form: &str,
    button: &str,
    fill: impl Fn(Form) -> Form,
) -> Vec<[String; 3]> {
    let shown = rehearsed(browser, path);
    let told = changes(&shown, form);
    for [account, before, _] in &told {
        assert_eq!(balance(app, account), *before, "{account} before {button}");
    }
    browser.sends(&fill(shown.form(button))).with_status(200).says("Done");
    for [account, _, after] in &told {
        assert_eq!(balance(app, account), *after, "{account} after {button}");
    }
    told
}

fn noted(form: Form) -> Form {
    form.fill(NOTING, "in order")
}

#[apply(on_both!)]
fn what_a_button_says_it_will_do_is_what_it_does(app: App) {
    app.tranche_of_15_crore();
    app.person("section-two", &["section_officer"], None);
    let section = Browser::of(&app, &app.section_officer(), "en");
    let shown = rehearsed(&section, PAGE).says("The tranche then is: Recommended. No balance changes.");
    assert_eq!(changes(&shown, "recommend"), Vec::<[String; 3]>::new());
    let back = changes(&shown, "reject");
    assert_eq!(back.len(), 4, "the reservation goes back in both ledgers: {back:?}");
    assert!(presses(&app, &section, PAGE, "recommend", "Recommend: ₹15,00,00,000.00", noted).is_empty());
    let finance = Browser::of(&app, &app.finance_officer(), "en");
    assert!(presses(&app, &finance, PAGE, "concur", "Concur: ₹15,00,00,000.00", noted).is_empty());
    let year = || stages(&app.budget("financial_year", "capital_subsidy", Some("2026-27"))).map(|paise| paise / CRORE);
    assert_eq!(year(), [40, 25, 0, 15, 0, 0]);
    let authority = Browser::of(&app, &app.competent_authority(), "en");
    let told = presses(&app, &authority, PAGE, "sanction", "Sanction: ₹15,00,00,000.00", noted);
    let (none, all) = ("₹0.00", "₹15,00,00,000.00");
    let award = "Outlay, award NDFEB/2026-27/AWD/0001, Capital subsidy";
    let this_year = "Appropriation, year 2026-27, Capital subsidy";
    let rows: Vec<String> = told.iter().map(|row| row.join(" | ")).collect();
    for (account, stage, before, after) in [
        (award, "Reserved", all, none),
        (award, "Sanctioned", none, all),
        (this_year, "Reserved", all, none),
        (this_year, "Sanctioned", none, all),
    ] {
        assert!(rows.contains(&format!("{account}: {stage} | {before} | {after}")), "{account} {stage}: {rows:?}");
    }
    assert_eq!((rows.len(), year()), (4, [40, 25, 0, 0, 15, 0]));
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    rehearsed(&ddo, PAGE)
        .says("A payment of ₹15,00,00,000.00 is advised, to be put into a file for the treasury; ₹0.00 is set off");
    assert!(presses(&app, &ddo, PAGE, "advise", "Advise the payment: ₹15,00,00,000.00", |form| form).is_empty());
    let shown = rehearsed(&ddo, PAYMENT).says("If all of it was paid today, these balances change.");
    assert_eq!(changes(&shown, "settle").len(), 4);
    let told = presses(&app, &ddo, PAYMENT, "settle", "Record the bank's answer", |form| {
        let form = form.fill("Paid", super::browser::CHOSEN).fill("UTR", "SBINR52026050100001");
        form.fill("Day", "1").fill("Month", "5").fill("Year", "2026").fill("Amount that the bank paid", "15 crore")
    });
    assert!(told.iter().any(|[account, _, after]| account.ends_with("Disbursed") && after == all), "{told:?}");
    assert_eq!(year(), [40, 25, 0, 0, 0, 15]);
    rehearsed(&ddo, PAYMENT).says("If the money came back, these balances change.");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_button_that_would_be_refused_is_off_and_says_why(app: App) {
    app.concurred(&app.tranche_of_15_crore());
    app.set_clock("2027-04-01T06:30:00Z");
    let authority = Browser::of(&app, &app.competent_authority(), "en");
    let before = app.dump().everything();
    let shown = rehearsed(&authority, PAGE).says("You cannot take this step:");
    let shown =
        shown.says("Appropriation, year 2027-28, Capital subsidy: Available has ₹0.00 and ₹15,00,00,000.00 is needed");
    assert!(!shown.buttons().contains(&"Sanction: ₹15,00,00,000.00".to_owned()), "{:?}", shown.buttons());
    authority.opens_rehearsed(&PAGE.replace("/en/", "/hi/")).with_status(200).says("आप यह चरण नहीं उठा सकते:");
    same("looking at what a button would do", &before, &app.dump().everything());
    // With the new year's money the same page has the button, and says from where the money is taken.
    app.provided("capital_subsidy", "2027-28", 60 * CRORE);
    let told = presses(&app, &authority, PAGE, "sanction", "Sanction: ₹15,00,00,000.00", noted);
    let available = told.iter().find(|[account, ..]| account.contains("2027-28") && account.ends_with("Available"));
    assert_eq!(available.unwrap()[1..], ["₹60,00,00,000.00", "₹45,00,00,000.00"]);
    rehearsed(&Browser::of(&app, &app.auditor(), "en"), PAGE).says("NDFEB/2027-28/SAN/0001");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn what_cannot_be_previewed_now_can_be_done_all_the_same(app: App) {
    app.tranche_of_15_crore();
    let section = Browser::of(&app, &app.section_officer(), "en");
    let held = Holder::of_the_writers_lock(&app);
    let shown = section.opens(PAGE).with_status(200).says(UNKNOWN).says("the rules are checked then");
    assert_eq!(shown.buttons(), ["Recommend: ₹15,00,00,000.00", "Return with reasons", "Reject"]);
    // Asked again while the machine is still busy, and then when it is not: what was typed stays.
    let again = "Show again what the button would change; what you typed stays";
    let recommend = "Recommend: ₹15,00,00,000.00";
    let form = shown.form(again).fill(NOTING, "Seen");
    let shown = section.sends(&form).with_status(200).says(UNKNOWN).says("The page is shown again");
    assert_eq!(shown.form(recommend).text(NOTING), "Seen");
    held.lets_go();
    let shown = section.rehearses(&shown.form(again)).with_status(200).says("The tranche then is: Recommended.");
    assert_eq!(shown.form(recommend).text(NOTING), "Seen");
    assert!(!shown.says_nothing_of(UNKNOWN).page.text().contains(again));
    let shown = section.opens_rehearsed(PAGE);
    let form = shown.form("Reject").fill("Reason", "Not in order");
    section.sends(&form).with_status(200).says("Rejected by you");
    app.must_verify();
}

/// The warning that a page has, as it is told.
fn warning_with(shown: &Shown, words: &str) -> String {
    let all = shown.page.all();
    let found = all.into_iter().filter(|node| node.name() == "p" || node.name() == "div").map(|node| node.text());
    let found = found.filter(|text| text.contains(words)).min_by_key(String::len);
    found.unwrap_or_else(|| panic!("no warning on {}: {}", shown.address, shown.page.text()))
}

#[apply(on_both!)]
fn a_warning_is_told_after_the_act_in_the_words_before_it(app: App) {
    app.concurred(&app.tranche_of_15_crore());
    app.set_clock("2027-03-15T06:30:00Z");
    let hindi = "/hi/tranches/NDFEB-2026-27-TRN-0001";
    let authority = Browser::of(&app, &app.competent_authority(), "hi");
    let before = warning_with(&rehearsed(&authority, hindi), "मार्च की व्यय सीमा");
    let form = rehearsed(&authority, hindi).form("स्वीकृत करें: ₹15,00,00,000.00");
    let (noting, _) = form.fields.iter().find(|(name, _)| name.ends_with("/note")).unwrap().clone();
    let mut form = form;
    form.set(&noting, "ठीक");
    let shown = authority.sends(&form).with_status(200);
    let after = warning_with(&shown, "मार्च की व्यय सीमा");
    assert!(before.ends_with(&after) && after.starts_with("चेतावनी: "), "{before} | {after}");
    assert!(!after.bytes().any(|byte| byte.is_ascii_alphabetic()), "{after}");
    let english = authority.opens(&shown.address.replace("/hi/", "/en/"));
    let said = warning_with(&english, "2026-27 (15 % of");
    assert!(said.contains("15 % of the budget estimate, ₹40,00,00,000.00"), "{said}");
    assert!(said.contains("is passed by ₹"), "{said}");
    assert!(!said.contains("limit march of") && !said.contains(" be "), "{said}");
}
