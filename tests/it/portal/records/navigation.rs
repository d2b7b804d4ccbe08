//! The bar and the page of all lists: whatever list a person may open has a place there, and nothing else has.

use crate::harness::app::App;
use crate::portal::browser::{Browser, Shown};
use domain::base::permission::Role;
use magnet_scheme::web::portal::declared;
use std::collections::BTreeSet;

/// Pages without the name of a record in their address that are no lists: what everybody has, and the forms of a new
/// record, to which a list leads.
const NO_LISTS: &[&str] =
    &["", "/", "/sign-in", "/account", "/find", "/inbox", "/lists", "/people/new", "/budget/instruments/new"];

/// The addresses after the language to which the bar or the page itself leads.
fn led_to(shown: &Shown) -> BTreeSet<String> {
    let links = shown.page.named("a").into_iter().filter_map(|link| link.attribute("href"));
    links.filter_map(|address| address.strip_prefix("/en")).map(str::to_owned).collect()
}

#[apply(on_sqlite!)]
fn every_list_has_a_place_in_the_navigation_of_those_who_read_it(app: App) {
    for role in Role::ALL {
        let person = match role {
            Role::Preparer => app.preparer(),
            Role::Signatory => app.signatory(),
            Role::Administrator => app.administrator(),
            role => app.person(&format!("only-{role}"), &[role.as_str()], None),
        };
        let may = |permission: Option<domain::base::permission::Permission>| {
            permission.is_some_and(|permission| permission.roles().contains(role))
        };
        let pages = declared().into_iter().filter(|one| one.method == "GET" && !one.path.contains('{'));
        let pages = pages.filter(|one| !NO_LISTS.contains(&one.path));
        // A static page of everybody is in the footer.
        let (own, others): (Vec<_>, Vec<_>) =
            pages.filter(|one| one.permission.is_some()).partition(|one| may(one.permission));
        let browser = Browser::of(&app, &person, "en");
        let shown = browser.opens("/en/lists").with_status(200);
        let found = led_to(&shown);
        for one in &own {
            assert!(found.contains(one.path), "{role}: {} has no place", one.path);
            browser.opens(&format!("/en{}", one.path)).with_status(200);
        }
        for other in &others {
            assert!(!found.contains(other.path), "{role} is led to {}", other.path);
        }
    }
}

#[apply(on_sqlite!)]
fn the_bar_has_what_an_office_works_with(app: App) {
    let bar = |shown: &Shown| -> Vec<String> {
        let list = shown.page.all().into_iter().find(|node| node.attribute("id") == Some("navigation")).unwrap();
        list.named("a").iter().map(|link| link.text()).collect()
    };
    let agency = Browser::of(&app, &app.verifier(), "en").opens("/en/guarantees").with_status(200);
    let lists =
        ["Applications", "Awards", "Milestones", "Excused delays", "Guarantees", "Claims", "Final certificates"];
    let expected = [&["To do (0)"][..], &lists, &["All lists"]].concat();
    assert_eq!(bar(&agency), expected);
    assert_eq!(agency.link("Sample verifier"), "/en/account", "who reads stands above the bar");
    let here = agency.page.named("a").into_iter().find(|link| link.attribute("aria-current") == Some("true"));
    assert_eq!(here.unwrap().text(), "Guarantees");
    let keeper = Browser::of(&app, &app.administrator(), "hi").opens("/hi/people");
    assert_eq!(bar(&keeper)[..2], ["करने योग्य (0)", "लोग"]);
    keeper.says_nothing_of("सभी सूचियाँ");
    let section = Browser::of(&app, &app.section_officer(), "hi").opens("/hi/lists").with_status(200);
    section.says("हर सूची जो आप खोल सकते हैं").says("क्षमता प्रतिस्पर्धी बोलियों को");
    Browser::new(&app).opens("/en/lists").with_status(401);
}
