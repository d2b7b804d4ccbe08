//! Every page of the route table on PostgreSQL. Most tests of pages run on SQLite alone: what a form sends is an act,
//! which has its tests on both engines. What is left is whether each statement of each page is understood there too.

use crate::harness::app::App;
use crate::portal::browser::Browser;
use crate::portal::security::{addresses, prepared};

#[apply(on_postgres!)]
fn every_page_of_the_route_table_is_made_on_postgresql(app: App) {
    let office = prepared(&app);
    let administrator = Browser::of(&app, &app.administrator(), "en");
    let company = Browser::of(&app, &app.signatory(), "hi");
    let (mut opened, mut for_a_company) = (0, 0);
    for (address, _) in addresses(&app, "GET") {
        let reader = if address.contains("/people") { &administrator } else { &office };
        reader.opens_rehearsed(&address).with_status(200);
        opened += 1;
        let answer = company.request("GET", &address.replacen("/en", "/hi", 1), &[], None);
        assert!(answer.status < 500, "{address} for a company: {}", answer.text());
        for_a_company += usize::from(answer.status == 200);
    }
    assert!(opened > 70 && for_a_company > 25, "{opened} pages, {for_a_company} for a company");
}
