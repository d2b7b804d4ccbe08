//! Allocations in the browser: three people take a run from the draft to its publication, each beside what it would do;
//! what it gave and what became of it; and a run that is withdrawn.

use crate::award::allocations::Allots;
use crate::harness::app::App;
use crate::harness::people::{Answered, SCHEME, Verbs, at};
use crate::portal::browser::Browser;
use crate::portal::records::own_statements;

const PAGE: &str = "/en/allocations/NDFEB-2026-27-ALC-0001";

#[apply(on_sqlite!)]
fn a_run_is_concurred_in_and_published_on_pages(app: App) {
    let (app, bids) = App::three_bids(app.engine);
    let finance = Browser::of(&app, &app.finance_officer(), "en");
    finance.opens("/en/allocations").with_status(200).says("There is no allocation yet");
    let offered = finance.opens("/en/allocations").buttons();
    assert!(!offered.contains(&"Draft a run".to_owned()), "finance drafts no run: {offered:?}");
    let section = Browser::of(&app, &app.section_officer(), "en");
    let list = section.opens("/en/allocations");
    let nothing = section.sends(&list.form("Draft a run")).with_status(422);
    assert_eq!(nothing.link("Must be given"), "#run-scheme_code");
    let form = nothing.form("Draft a run").fill("Scheme", SCHEME);
    section.sends(&form).with_status(200).says("Allocation NDFEB/2026-27/ALC/0001").says("Drafted · Section Officer");
    let another = section.opens("/en/allocations").form("Draft a run").fill("Scheme", SCHEME);
    section.sends(&another).with_status(409).says("allocation NDFEB/2026-27/ALC/0001");
    let waiting = finance.opens("/en/inbox").says("Allocation");
    assert_eq!(waiting.link("NDFEB/2026-27/ALC/0001"), PAGE);
    finance.opens("/en/allocations").says("1 allocation").says("1,900 tonnes a year").says("Finance Officer");
    finance.opens("/en/allocations?status=published").says("No allocation has this status now");
    let shown = finance.opens_rehearsed(PAGE).says("Nobody has a place until it is published");
    let shown = shown.says("With Finance Officer since").says("The run then is: Concurred in.");
    let shown =
        shown.says("Allotted by this run 1,900 tonnes a year").says("Left of the scheme's capacity 0 tonnes a year");
    let shown = shown.says("Sample lodestone Ltd").says("On the waiting list").says("Drafted · Section Officer");
    assert_eq!(shown.buttons(), ["Concur", "Withdraw the run"]);
    let empty = finance.sends(&shown.form("Concur")).with_status(422);
    assert_eq!(empty.link("Must not be empty"), "#concur-note");
    let form = empty.form("Concur").fill("Noting on the file", "computed again");
    let stale = shown.form("Withdraw the run").fill("Reason", "bids changed");
    finance.sends(&form).with_status(200).says("Concurred in by you").says("computed again");

    // Whoever was slower is told, and may still withdraw.
    let slower = finance.sends(&stale).with_status(412).says("bids changed").says("Concurred in");
    assert!(slower.buttons()[0].starts_with("Apply mine to the new version (Withdraw"), "{:?}", slower.buttons());
    let authority = Browser::of(&app, &app.competent_authority(), "en");
    let shown = authority.opens_rehearsed(PAGE).says("The run then is: Published.");
    let form = shown.form("Publish").fill("Noting on the file", "by order");
    let shown = authority.sends(&form).with_status(200).says("Published by you").says("award awaited");
    assert!(shown.buttons().is_empty());
    // Now nothing can be withdrawn: mine is not offered any more.
    let slower = finance.sends(&stale).with_status(412).says("Yours cannot be applied any more").says("Published");
    assert_eq!((slower.buttons(), slower.link("Go to the record")), (Vec::new(), PAGE.to_owned()));

    // An award and a surrender: what was allotted is used up.
    let of = |place: usize| app.auditor().sees(&at("applications", &bids[place]));
    app.competent_authority().awards(&of(0), 1_200).ok();
    app.signatory_of("magnetite").surrenders(&of(1)).ok();
    let auditor = Browser::of(&app, &app.auditor(), "en");
    let shown =
        auditor.opens(PAGE).says("Awarded since 1,200 tonnes a year").says("Given back by bidders 700 tonnes a year");
    let shown = shown.says("Not awarded yet 0 tonnes a year").says("by order").says("Sample authority");
    auditor.opens(&shown.link("NDFEB/2026-27/AWD/0001")).with_status(200);
    let application = auditor.opens(&shown.link("NDFEB/2026-27/APP/0001")).with_status(200);
    assert_eq!(application.link("NDFEB/2026-27/ALC/0001"), PAGE);
    assert_eq!(auditor.opens("/en/budget").link("Allocations of capacity"), "/en/allocations");
    for path in [PAGE, "/en/allocations"] {
        let own = own_statements(&auditor, path);
        assert!(own <= 12, "{path}: {own}");
    }
    let company = Browser::of(&app, &app.signatory_of("lodestone"), "en");
    company.opens(PAGE).with_status(403).says("There is no such page for you");
    company.opens("/en/applications/NDFEB-2026-27-APP-0001").says("NDFEB/2026-27/ALC/0001");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_run_is_withdrawn_with_its_reason(app: App) {
    let (app, _) = App::three_bids(app.engine);
    app.section_officer().drafts_run().ok();
    let section = Browser::of(&app, &app.section_officer(), "hi");
    let page = PAGE.replace("/en/", "/hi/");
    let form = section.opens_rehearsed(&page).form("गणना वापस लें").fill("कारण", "बोली बदली");
    let shown = section.sends(&form).with_status(200).says("आपके द्वारा वापस ली गई").says("बोली बदली");
    shown.says("इससे किसी को स्थान नहीं मिला");
    // Who drafted a run does not concur in it: the page says why.
    app.section_officer().drafts_run().ok();
    let both = app.person("both", &["section_officer", "finance_officer"], None);
    let both = Browser::of(&app, &both, "en");
    both.opens(&PAGE.replace("0001", "0002")).with_status(200).says("Concur");
}
