//! From signing in to the sanction with the keyboard alone, in Chromium: every field, link and button is reached by
//! the Tab key in the order of the page, and every act is the Enter key.

use crate::harness::app::App;
use crate::portal::chromium::Chromium;
use serde_json::{Value, json};

/// The keys, as WebDriver writes them.
const TAB: &str = "\u{E004}";
const ENTER: &str = "\u{E007}";
/// More than any page has to pass by.
const TABS_MOST: usize = 150;
/// What the element that has the focus is called by whoever reads or hears the page.
const FOCUSED: &str = "const here = document.activeElement; \
    return (here.labels && here.labels.length ? here.labels[0].innerText : here.innerText).trim()";

impl Chromium {
    /// Presses keys in whatever has the focus.
    fn strikes(&self, keys: &str) -> Value {
        let ups_and_downs = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|way| json!({ "type": way, "value": key.to_string() })));
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": ups_and_downs.collect::<Vec<_>>() });
        self.asks("POST", "/actions", &json!({ "actions": [keyboard] }))
    }

    /// Goes on with the Tab key until this has the focus, which must be seen.
    #[track_caller]
    fn tabs_to(&self, name: &str) {
        let mut passed = Vec::new();
        for _ in 0..TABS_MOST {
            self.strikes(TAB);
            let here = self.runs(FOCUSED).as_str().unwrap().to_owned();
            if here == name {
                let seen = "const style = getComputedStyle(document.activeElement); \
                    return style.outlineStyle !== 'none' || style.boxShadow !== 'none'";
                assert_eq!(self.runs(seen), true, "nobody sees that {name} has the focus");
                return;
            }
            passed.push(here);
        }
        panic!("{name} is not reached, but {passed:?}");
    }

    #[track_caller]
    fn enters(&self, what: &str) {
        self.leaves(what, || self.strikes(ENTER));
    }
}

#[apply(in_browser!)]
fn the_keyboard_alone_takes_the_authority_from_signing_in_to_the_sanction(app: App) {
    app.concurred(&app.tranche_of_15_crore());
    let authority = app.competent_authority();
    let chromium = Chromium::start(&app);
    chromium.opens("/en/sign-in");
    chromium.tabs_to("E-mail address");
    chromium.strikes(&authority.email);
    chromium.tabs_to("Password");
    chromium.strikes(&authority.password);
    chromium.enters("the password");
    chromium.reads("1 matter waits for you");
    chromium.tabs_to("NDFEB/2026-27/TRN/0001");
    chromium.enters("the number");
    chromium.reads("Concurred");
    chromium.tabs_to("Noting on the file");
    chromium.strikes("Seen and found in order.");
    chromium.tabs_to("Sanction: ₹15,00,00,000.00");
    chromium.enters("the button");
    chromium.reads("Sanctioned by you");
    chromium.reads("NDFEB/2026-27/SAN/0001");
    app.must_verify();
}
