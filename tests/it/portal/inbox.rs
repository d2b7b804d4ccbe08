//! The inbox: what waits for the reader and whose clock runs out first, what waits for others, what somebody cannot
//! act on and who can; and how many statements a page needs.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs};
use crate::portal::browser::{Browser, Shown};
use crate::portal::records::own_statements;
use domain::base::permission::Role;

const NUMBER: &str = "NDFEB/2026-27/TRN/0001";

/// The rows of the inbox, each as its cells.
fn rows(shown: &Shown) -> Vec<Vec<String>> {
    let bodies = shown.page.named("tbody");
    let trs = bodies.into_iter().flat_map(|body| body.named("tr"));
    trs.map(|tr| {
        let cells = tr.all().into_iter().filter(|node| ["th", "td"].contains(&node.name()));
        cells.map(|node| node.text()).collect()
    })
    .collect()
}

fn statements(shown: &Shown) -> u64 {
    shown.answer.header("x-statements").unwrap().parse().unwrap()
}

#[apply(on_both!)]
fn an_office_lands_on_what_waits_for_it(app: App) {
    app.tranche_of_15_crore();
    let section = Browser::of(&app, &app.section_officer(), "en");
    let shown = section.opens("/en/").with_status(200).says("To do, whose clock runs out first");
    assert_eq!(shown.address, "/en/inbox");
    assert_eq!(shown.link("To do (1)"), "/en/inbox");
    let row = rows(&shown).remove(0);
    assert_eq!(row[0], format!("Tranche {NUMBER}: recommend Sample lodestone Ltd"));
    assert_eq!(row[1], "in 5 days 6 May 2026");
    assert_eq!((row[2].as_str(), row[3].as_str()), ("₹15,00,00,000.00", "1 May 2026"));
    assert!(row[4].starts_with("The desk is late (5 days are its time); nothing else happens by itself."), "{row:?}");
    assert!(row[4].contains("the reserved ₹15,00,00,000.00 returns to the budget and the tranche expires."), "{row:?}");
    // The page of the record says the same clocks, and the clock that ran out is told.
    let page =
        section.opens(&shown.link(NUMBER)).says("If nothing is done by 6 May 2026 (5 days left): the desk is late");
    assert_eq!(page.address, "/en/tranches/NDFEB-2026-27-TRN-0001");
    app.set_clock("2026-05-08T06:30:00Z");
    let section = Browser::of(&app, &app.section_officer(), "en");
    let late = section.opens("/en/inbox").says("2 days over");
    assert_eq!(late.link("All"), "/en/inbox");
    section.opens(&late.link(NUMBER)).says("Over since 6 May 2026 (2 days): the desk is late");
    // Whoever it does not wait for is told for whom it waits.
    let finance = Browser::of(&app, &app.finance_officer(), "hi").opens("/hi/").says("करने योग्य (0)");
    finance.says("आपके लिए कोई कार्य नहीं है").says("दूसरों के पास लंबित (1)").says("अनुभाग अधिकारी: किश्त (1)");
    let signatory = Browser::of(&app, &app.signatory(), "en").opens("/en/inbox").with_status(200);
    let theirs = signatory.says("Section Officer: Tranche (1)").says_nothing_of("Sample section").link("Tranche (1)");
    // What waits for others is listed, and nothing else.
    let company = Browser::of(&app, &app.signatory(), "en");
    let listed = company.opens(&theirs).with_status(200).says("Waits for Section Officer: Tranche (1)");
    assert_eq!((rows(&listed).len(), listed.link(NUMBER)), (1, page.address.clone()));
    company.opens(&theirs.replace("section_officer", "finance_officer")).says("Nothing waits for others.");
    company.opens(&theirs.replace("section_officer", "nobody")).with_status(400);
    let other = Browser::of(&app, &app.signatory_of("coercive"), "en");
    other.opens(&theirs).says("Nothing waits for others.").says_nothing_of(NUMBER);
    // Who keeps accounts has no worklist, and reads why.
    let keeper = Browser::of(&app, &app.administrator(), "en");
    let own = keeper.opens("/en/").with_status(200).link("To do (0)");
    let shown = keeper.opens(&own).with_status(200).says("Nothing waits for an account administrator");
    assert_eq!(shown.link("Go to the list of people"), "/en/people");
    let hindi = Browser::of(&app, &app.administrator(), "hi").opens("/hi/inbox").with_status(200);
    hindi.says("खाता प्रशासक के लिए यहाँ कोई कार्य");
    Browser::new(&app).opens("/en/inbox").with_status(401).says("Sign in to see this page.");
}

#[apply(on_sqlite!)]
fn money_that_its_year_would_lose_leads_whoever_may_propose_to_the_surrender(app: App) {
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 3 * CRORE);
    app.set_clock("2027-03-20T06:30:00Z");
    let one = Browser::of(&app, &app.scheme_administrator(), "en");
    let named = "Capital subsidy, Incentive scheme for sintered NdFeB magnets (July 2025 proposal)";
    let inbox = one.opens("/en/inbox").says(&format!("{named} – surrender or re-appropriate"));
    let form = one.opens(&inbox.link(named)).with_status(200).says("Surrender").form("Propose");
    let form =
        form.fill("Amount", "3 crore").fill("Demand for grants or order on which it is based", "Order 9 of 2027");
    let form = form.fill("Day", "20").fill("Month", "3").fill("Year", "2027");
    let shown = one.sends(&form).with_status(200).says("Proposed by you").says("Surrender").says("Capital subsidy");
    shown.says("2026-27").says("₹3,00,00,000.00");
    // Whoever reads the budget and proposes nothing is not led there.
    let officer = Browser::of(&app, &app.finance_officer(), "en").opens("/en/inbox");
    officer.says("Unspent money of the year (1)").says_nothing_of("Capital subsidy");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn whoever_took_an_earlier_step_reads_who_can(app: App) {
    let both = app.person("both", &["section_officer", "finance_officer"], None);
    both.recommends(&app.tranche_of_15_crore()).ok();
    let browser = Browser::of(&app, &both, "en");
    let shown = browser.opens("/en/inbox").says("I cannot act on (1)").says("Nobody else holds the office now.");
    let shown = shown.says("You took a step on the same money: recommendation.").says("To do (0)");
    assert_eq!(shown.link(NUMBER), "/en/tranches/NDFEB-2026-27-TRN-0001");
    app.finance_officer();
    browser.opens("/en/inbox").says("Who can: Finance Officer Sample finance");
    browser.opens("/hi/inbox").says("कौन कर सकता है: वित्त अधिकारी Sample finance");
}

#[apply(on_both!)]
fn filters_are_links_and_pages_follow_each_other(app: App) {
    let award = app.selling();
    app.set_clock("2026-08-01T06:30:00Z");
    let day = |n: u32| {
        let day = format!("2026-{:02}-{:02}", 5 + n / 25, 1 + n % 25);
        app.tranche_for_sales("lodestone", &award, Sales::at_the_rate(&day, &day, 100));
    };
    day(0);
    let section = Browser::of(&app, &app.section_officer(), "en");
    let few = section.opens("/en/inbox");
    (1..23).for_each(day);
    let shown = section.opens("/en/inbox").with_status(200);
    assert!(statements(&shown) <= 12, "{} statements", statements(&shown));
    assert_eq!(statements(&shown), statements(&few), "no more statements for more rows");
    assert!(shown.answer.bytes.len() < 30_000, "{} bytes", shown.answer.bytes.len());
    let of_kind = section.opens(&shown.link("Tranche (23)")).says("23 matters wait for you");
    assert_eq!((of_kind.address.as_str(), rows(&of_kind).len()), ("/en/inbox?kind=tranche", 20));
    let next = section.opens(&of_kind.link("Further matters"));
    assert_eq!(rows(&next).len(), 3);
    assert_eq!(next.link("From the beginning"), "/en/inbox?kind=tranche");
    let mut seen: Vec<String> = rows(&of_kind).into_iter().chain(rows(&next)).map(|row| row[0].clone()).collect();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 23, "every row once");
    let none = section.opens("/en/inbox?kind=observation").says("Nothing of this kind waits for you.");
    section.opens(&none.link("हिन्दी")).says("इस प्रकार का कोई कार्य नहीं है");
    let mut form = shown.form("Apply filters");
    assert!(form.offers("Scheme"));
    form.set("scheme", "ndfeb-2025-proposal");
    section.opens(&format!("{}?{}", form.action, form.body())).says("23 matters wait for you");
    for wrong in ["kind=nonsense", "scheme=another"] {
        section.opens(&format!("/en/inbox?{wrong}")).with_status(400).says("This page cannot be shown");
    }
}

#[apply(on_sqlite!)]
fn a_page_of_a_tranche_needs_few_statements(app: App) {
    let tranche = app.sanctioned_15_crore();
    let page = "/en/tranches/NDFEB-2026-27-TRN-0001";
    let auditor = Browser::of(&app, &app.auditor(), "en");
    let read = own_statements(&auditor, page);
    assert!(read <= 12, "{read} statements");
    app.disbursing_officer().advises(&tranche).ok();
    let read = own_statements(&auditor, page);
    assert!(read <= 12, "{read} statements with a payment");
}

#[apply(on_sqlite!)]
fn every_role_has_an_inbox_and_nobody_signs_in_to_a_page_that_is_not_theirs(app: App) {
    for role in Role::ALL {
        let person = match role {
            Role::Preparer => app.preparer(),
            Role::Signatory => app.signatory(),
            Role::Administrator => app.administrator(),
            role => app.person(&format!("only-{role}"), &[role.as_str()], None),
        };
        for language in ["en", "hi"] {
            let browser = Browser::new(&app);
            let asked = browser.opens(&format!("/{language}/inbox")).with_status(401);
            let shown = browser.signs_in(&asked, &person).with_status(200);
            assert_eq!(shown.address, format!("/{language}/inbox"), "{role}");
            // A page of other people leads to one's own first page.
            for other in ["people", "claims", "budget", "treasury"] {
                let browser = Browser::new(&app);
                let asked = browser.opens(&format!("/{language}/{other}")).with_status(401);
                browser.signs_in(&asked, &person).with_status(200);
            }
        }
    }
}
