//! Whatever people type into a form comes back as text: markup, quotes, signs of templates and tables, control
//! characters and marks of direction. The forms are those that the pages of the route table show, each filled with
//! other texts (a property test: the texts are random, and a failure prints its own).

use crate::harness::app::App;
use crate::portal::browser::{Browser, Form, Node, Shown};
use crate::portal::security::{addresses, prepared};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// What a text is made of. The element and the attribute are nowhere else, so that one of them on a page is a fault.
const PIECES: &[&str] = &[
    "<x-evil data-evil=1>",
    "</textarea><x-evil>",
    "\"><x-evil data-evil=\"",
    "' data-evil='1",
    "\" data-evil=\"1",
    "<script>document.title='evil'</script>",
    "<!--",
    "]]>",
    "&lt;x-evil&gt;",
    "&#60;x-evil&#62;",
    "{{ 7 * 7 }}",
    "{% evil %}",
    "{$number}",
    "=1+1",
    "javascript:evil()",
    "\u{202E}live\u{202C}",
    "\u{200F}\u{061C}\u{2067}",
    "\u{7}\u{1B}[31m",
    "\u{85}\u{2028}",
    "\t",
    "ँ\u{200D}क्ष",
    "1,50,000",
    "a b",
];

fn typed() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 1..5).prop_map(|pieces| pieces.concat())
}

/// Fails if something that was typed became a part of the page.
#[track_caller]
fn is_text_alone(shown: &Shown, typed: &str) {
    let evil = |node: &&Node| {
        node.name() == "x-evil"
            || node.attribute("data-evil").is_some()
            || node.name() == "script" && node.attribute("src").is_none()
            || node.attribute("href").is_some_and(|address| address.trim().starts_with("javascript:"))
    };
    let found = shown.page.all().into_iter().filter(evil).count();
    assert_eq!(found, 0, "{} with {typed:?}: {}", shown.address, shown.answer.text());
}

/// The form with texts in the fields that people type into. Hidden fields and choices stay, so that it gets far.
fn filled(form: &Form, shown: &Shown, runner: &mut TestRunner) -> (Form, Vec<(String, String)>) {
    let is_typed = |name: &str| {
        let named = shown.page.all().into_iter().find(|node| node.attribute("name") == Some(name));
        named.is_some_and(|node| {
            node.name() == "textarea" || node.name() == "input" && matches!(node.attribute("type"), None | Some("text"))
        })
    };
    let mut filled = form.clone();
    let mut texts = Vec::new();
    for (name, _) in form.fields.iter().filter(|(name, _)| name.contains('/') && is_typed(name)) {
        let text = typed().new_tree(runner).unwrap().current();
        filled.set(name, &text);
        texts.push((name.clone(), text));
    }
    (filled, texts)
}

/// What a browser makes of a text that it finds in a field.
fn as_read(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[apply(on_sqlite!)]
fn what_people_type_is_shown_as_text(app: App) {
    let officer = prepared(&app);
    let readers = [officer, Browser::of(&app, &app.signatory(), "en"), Browser::of(&app, &app.administrator(), "en")];
    let mut runner = TestRunner::default();
    let (mut back, mut forms, mut all) = (0, 0, Vec::new());
    for (address, _) in addresses(&app, "GET") {
        for browser in &readers {
            let shown = browser.opens(&address);
            for button in shown.buttons() {
                let (form, texts) = filled(&shown.form(&button), &shown, &mut runner);
                if texts.is_empty() {
                    continue;
                }
                forms += 1;
                let answered = browser.sends(&form);
                let told = format!("{texts:?}");
                is_text_alone(&answered, &told);
                assert_ne!(answered.answer.status, 500, "{address}: {told}");
                if answered.answer.status == 422 && answered.buttons().contains(&button) {
                    let again = answered.form(&button);
                    for (name, text) in &texts {
                        let found = again.fields.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str());
                        assert_eq!(found.map(as_read), Some(as_read(text)), "{name} at {address}");
                        back += 1;
                    }
                }
                all.push(told);
            }
        }
    }
    // What was taken stands on the pages of its record.
    for (address, _) in addresses(&app, "GET") {
        for browser in &readers {
            is_text_alone(&browser.opens(&address), "all that was typed before");
        }
    }
    for text in PIECES {
        let query: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for path in ["/en/find?q=", "/en/sign-in?return=", "/en/tranches?status=", "/en/budget?scheme=", "/en/"] {
            is_text_alone(&readers[0].opens(&format!("{path}{query}")), text);
        }
    }
    assert!(forms > 30 && back > 60, "{forms} forms, {back} texts came back: {all:?}");
}
