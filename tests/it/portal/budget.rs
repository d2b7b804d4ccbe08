//! The budget on pages: the sums of its table hold, an instrument is proposed by one person and approved by another,
//! and what the page said would happen is what happened.

use crate::harness::app::App;
use crate::harness::people::CRORE;
use crate::payment::disbursements::sample::seven;
use crate::portal::browser::{Browser, CHOSEN, Node, Shown};
use std::collections::BTreeMap;

const AVAILABLE: &str = "Appropriation, year 2026-27, Capital subsidy: Available";

/// The paise of an amount as a page writes it; `None` for a text that is no amount.
fn paise_of(text: &str) -> Option<i64> {
    let (sign, rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let digits = rest.strip_prefix('₹')?.replace([',', '.'], "");
    Some(sign * digits.parse::<i64>().ok()?)
}

/// The tables of a page as they are read: a name, and amounts in paise by the names of their columns.
fn tables(shown: &Shown) -> Vec<BTreeMap<String, Vec<i64>>> {
    let paise = |cell: &&Node| paise_of(&cell.text());
    let row = |row: &&Node| {
        let name = row.named("th")[0].text();
        let cells: Option<Vec<i64>> = row.named("td").iter().map(paise).collect();
        Some((name, cells?))
    };
    let bodies = shown.page.named("tbody").into_iter();
    bodies.map(|body| body.named("tr").iter().filter_map(row).collect()).collect()
}

#[apply(on_sqlite!)]
fn every_rupee_stands_at_one_stage(app: App) {
    seven(&app);
    let officer = Browser::of(&app, &app.finance_officer(), "en");
    let shown = officer.opens("/en/budget?scheme=ndfeb-2025-proposal&year=2026-27").with_status(200);
    // Without the beginning and the end of the two readings, of the session and of the budget.
    let statements: u32 = shown.answer.header("x-statements").unwrap().parse().unwrap();
    assert!(statements - 4 <= 12, "{statements}");
    let found: Vec<_> = tables(&shown).into_iter().filter(|table| table.contains_key("Provided")).collect();
    assert_eq!(found.len(), 2, "the year, and the whole scheme");
    for table in &found {
        let columns = table["Provided"].len();
        assert!(columns >= 3, "two components and all of them");
        for column in 0..columns {
            let all: i64 = table.values().map(|cells| cells[column]).sum();
            let above = table["Provided"][column] + table["Paid back"][column];
            assert_eq!(all - above, above, "column {column} of {table:?}");
        }
        for cells in table.values() {
            let (last, others) = cells.split_last().unwrap();
            assert_eq!(others.iter().sum::<i64>(), *last);
        }
    }
    // The page says what the interface says.
    let row = app.budget("financial_year", "capital_subsidy", Some("2026-27"));
    assert_eq!(Some(found[0]["Available"][0]), row["available_paise"].as_i64());
    assert_eq!(Some(found[0]["Disbursed"][0]), row["disbursed_paise"].as_i64());
    // The days of payment add up to what was paid.
    let days = shown.page.named("details")[0].named("tbody")[0].named("tr");
    let amount = |row: &&Node| paise_of(&row.named("td")[1].text()).unwrap();
    assert_eq!(days.iter().map(amount).sum::<i64>(), *found[0]["Disbursed"].last().unwrap());
    let shown = shown.says("Limit for the last quarter").says("Limit for March").says("budget estimate");
    assert_eq!(shown.page.named("svg").len(), 2, "the chart and the lines in it");
    officer.opens("/en/budget?year=nonsense").with_status(400);
    officer.opens("/en/budget?scheme=nonsense").with_status(404);
    officer.opens("/hi/budget?year=2031-32").says("इस वर्ष का अभी कोई बजट नहीं है");
    Browser::of(&app, &app.signatory(), "en").opens("/en/budget").with_status(403);
}

#[apply(on_sqlite!)]
fn what_would_lapse_is_said_with_the_days_that_are_left(app: App) {
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    let officer = Browser::of(&app, &app.section_officer(), "en");
    officer.opens("/en/budget").says("Money moves").says("₹40.00 crore would lapse if nothing is reserved");
    officer.opens("/en/budget?year=2027-28").says_nothing_of("would lapse");
}

fn proposal(browser: &Browser, amount: &str) -> Shown {
    let shown = browser.opens("/en/budget/instruments/new").says("Gives a year its money");
    let form = browser.opens(&shown.link("Provision (budget estimate)")).form("Propose");
    let mut form = form.fill("Capital subsidy", CHOSEN).fill("Amount", amount);
    form.set("word:/scheme_code", "ndfeb-2025-proposal");
    form.set("word:/financial_year", "2026-27");
    let form = form.fill("Demand for grants or order on which it is based", "Demand 44 of 2026-27");
    browser.sends(&form.fill("Day", "1").fill("Month", "4").fill("Year", "2026"))
}

#[apply(on_both!)]
fn one_proposes_and_another_approves_what_the_page_rehearsed(app: App) {
    app.provided("capital_subsidy", "2026-27", 10 * CRORE);
    let one = Browser::of(&app, &app.scheme_administrator(), "en");
    let wrong = proposal(&one, "much").with_status(422).says("An amount such as 15 crore");
    assert_eq!(wrong.form("Propose").text("Demand for grants or order on which it is based"), "Demand 44 of 2026-27");
    let shown = proposal(&one, "30 crore").with_status(200).says("Proposed by you").says("NDFEB/2026-27/BUD/0002");
    let shown = shown
        .says("you took another step on this money (proposal of the instrument)")
        .says("₹30,00,00,000.00")
        .says("Demand 44 of 2026-27");
    assert_eq!(shown.buttons(), ["Withdraw"]);
    let page = "/en/budget/instruments/NDFEB-2026-27-BUD-0002";
    assert!(shown.address.starts_with(page), "{}", shown.address);
    let row = || app.budget("financial_year", "capital_subsidy", Some("2026-27"))["available_paise"].as_i64().unwrap();
    assert_eq!(row(), 10 * CRORE, "a proposal changes nothing");
    let other = Browser::of(&app, &app.other_scheme_administrator(), "en");
    let shown = other.opens_rehearsed(page).says("The instrument counts at once.");
    let statements: u32 = shown.answer.header("x-statements").unwrap().parse().unwrap();
    assert!(statements <= 12, "{statements}");
    let effect = tables(&shown)[0].clone();
    assert_eq!(effect[AVAILABLE], [10 * CRORE, 40 * CRORE], "{effect:?}");
    let shown = other.sends(&shown.form("Approve")).with_status(200).says("Approved by you").says("Approved");
    assert_eq!(row(), effect[AVAILABLE][1], "what was effects happened");
    assert!(shown.buttons().is_empty());
    let list = Browser::of(&app, &app.auditor(), "hi").opens("/hi/budget/instruments").with_status(200);
    assert_eq!(list.link("NDFEB/2026-27/BUD/0002"), "/hi/budget/instruments/NDFEB-2026-27-BUD-0002");
    let approved = list.says("2 लिखत").opens_filter(&app, "approved");
    assert_eq!(approved.page.named("tbody")[0].named("tr").len(), 2);
    app.must_verify();
}

impl Shown {
    /// The list of instruments with one status, as the auditor sees it.
    fn opens_filter(&self, app: &App, status: &str) -> Shown {
        Browser::of(app, &app.auditor(), "hi")
            .opens(&format!("/hi/budget/instruments?status={status}"))
            .with_status(200)
    }
}

#[apply(on_sqlite!)]
fn what_the_rules_forbid_is_said_before_the_button(app: App) {
    let (one, other) = (app.scheme_administrator(), app.other_scheme_administrator());
    let (one, other) = (Browser::of(&app, &one, "en"), Browser::of(&app, &other, "en"));
    // More than the whole outlay of the component: it can be proposed, and cannot be approved.
    proposal(&one, "2000 crore").with_status(200);
    let page = "/en/budget/instruments/NDFEB-2026-27-BUD-0001";
    let shown = other.opens(page).says("You cannot take this step:").says("outlay");
    assert!(!shown.buttons().contains(&"Approve".to_owned()));
    let refused = other.sends(&shown.form("Refuse").fill("Reason", "Beyond the outlay.")).says("Refused by you");
    refused.says("Beyond the outlay.");
    let later = one.opens(page).says("Refused").says("Beyond the outlay.");
    assert!(!later.buttons().contains(&"Withdraw".to_owned()));
    // Whoever was slower sees both sides.
    proposal(&one, "5 crore").with_status(200);
    let page = "/en/budget/instruments/NDFEB-2026-27-BUD-0002";
    let mine = other.opens(page);
    one.sends(&one.opens(page).form("Withdraw").fill("Reason", "Wrong year.")).says("Withdrawn by you");
    other
        .sends(&mine.form("Refuse").fill("Reason", "Too late."))
        .with_status(412)
        .says("Wrong year.")
        .says("Too late.");
    // An officer may read it and has no form.
    let officer =
        Browser::of(&app, &app.section_officer(), "hi").opens("/hi/budget/instruments/NDFEB-2026-27-BUD-0002");
    let officer = officer.with_status(200).says("वापस लिया गया").says("Wrong year.");
    assert!(!officer.buttons().contains(&"वापस लें".to_owned()));
    Browser::of(&app, &app.section_officer(), "en").opens("/en/budget/instruments/new").with_status(403);
}

#[apply(on_sqlite!)]
fn a_re_appropriation_is_declared_on_the_page(app: App) {
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    app.provided("sales_linked_incentive", "2026-27", 40 * CRORE);
    let one = Browser::of(&app, &app.scheme_administrator(), "en");
    let form = one.opens("/en/budget/instruments/new?kind=re_appropriation").form("Propose");
    let mut form = form.fill("Amount", "5 crore").fill("Savings: what the component has available", CHOSEN);
    form.set("word:/scheme_code", "ndfeb-2025-proposal");
    form.set("word:/financial_year", "2026-27");
    form.set("word:/component", "capital_subsidy");
    form.set("word:/to_component", "sales_linked_incentive");
    let form = form.fill("Demand for grants or order on which it is based", "Order 7");
    let form = form.fill("Day", "1").fill("Month", "4").fill("Year", "2026");
    let shown = one.sends(&form).with_status(422);
    assert!(shown.title().starts_with("Error: "));
    let mut form = shown.form("Propose");
    form.set("word:/scheme_code", "ndfeb-2025-proposal");
    form.set("word:/financial_year", "2026-27");
    for (name, said) in [
        ("new_service", "false"),
        ("expenditure_sanctioned", "true"),
        ("work_not_approved", "false"),
        ("contingency_advance", "false"),
    ] {
        form.set(&format!("either:/declaration/{name}"), said);
    }
    let shown = one.sends(&form).with_status(200).says("What the proposer declared");
    shown.says("Is the expenditure that it pays for sanctioned by a competent authority? Yes");
}

#[apply(on_sqlite!)]
fn a_surrender_shows_beforehand_what_is_available_and_what_becomes_free(app: App) {
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    let one = Browser::of(&app, &app.scheme_administrator(), "en");
    let form = one.opens("/en/budget/instruments/new?kind=surrender");
    let mut form = form.form_beside("Propose", "Show what it comes to").fill("Amount", "10 crore");
    form.set("word:/scheme_code", "ndfeb-2025-proposal");
    form.set("word:/financial_year", "2026-27");
    form.set("word:/component", "capital_subsidy");
    let form = form.fill("Demand for grants or order on which it is based", "Order 7");
    let form = form.fill("Day", "1").fill("Month", "4").fill("Year", "2026");
    let shown = one.rehearses(&form).with_status(200).says("its approval changes these balances");
    let found = tables(&shown);
    let row = |name: &str| found.iter().find_map(|table| table.get(name).cloned());
    assert_eq!(row(AVAILABLE), Some(vec![40 * CRORE, 30 * CRORE]), "{found:?}");
    let given_back = AVAILABLE.replace("Available", "Surrendered");
    assert_eq!(row(&given_back), Some(vec![0, 10 * CRORE]), "{found:?}");
    assert_eq!(app.rows("budget_instruments").len(), 1, "nothing is proposed by it");
    // More than there is cannot be approved, and no balance is said to change.
    let more = one.rehearses(&form.fill("Amount", "50 crore")).with_status(200);
    more.says("as things stand it could not be approved").says_nothing_of("its approval changes");
}
