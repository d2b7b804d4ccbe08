//! That a Hindi page is in Hindi. The browser of the tests looks at every Hindi page that any test opens; the test here
//! opens every page of the route table as an officer, an auditor, a company and an administrator.

use crate::harness::app::App;
use crate::portal::browser::{Browser, Node, Shown};
use crate::portal::security::{addresses, prepared};

/// Names that are written in Latin letters in Hindi too, among them those of the columns of a file.
const NAMES: &[&str] = &["OpenAPI", "invoice_date", "quantity_kg", "amount_paise"];

/// Attributes that people read or hear.
const READ: &[&str] = &["aria-label", "title", "alt", "placeholder", "data-label"];

/// Whether this names a record as the log does, which is for the operator: `tranche:…` with its id.
fn names_record(word: &str) -> bool {
    word.split_once(':').is_some_and(|(_, id)| uuid::Uuid::try_parse(id).is_ok())
}

/// The words of a text in Latin letters, without names and abbreviations, which have no small letter, and without codes
/// and numbers, which have digits.
fn latin_words(text: &str) -> Vec<String> {
    let words = text.split_whitespace().filter(|word| !names_record(word));
    let words = words.flat_map(|word| word.split(|letter: char| "|·:,()–".contains(letter)));
    let is_word = |word: &&str| word.bytes().any(|byte| byte.is_ascii_lowercase());
    let words = words.filter(is_word).filter(|word| !word.bytes().any(|byte| byte.is_ascii_digit()));
    // The elements of a file are named as they stand in it.
    words.filter(|word| !NAMES.contains(word) && !word.starts_with('<')).map(str::to_owned).collect()
}

impl Shown {
    /// Whether this is a page whose language is Hindi.
    fn is_hindi(&self) -> bool {
        self.page.named("html").first().is_some_and(|html| html.attribute("lang") == Some("hi"))
    }

    /// Latin words of the page that are neither marked as English nor a name, a code or a number, nor were typed.
    fn latin(&self) -> Vec<String> {
        let marked =
            |node: &Node| node.attribute("lang") == Some("en") || ["bdi", "code", "textarea"].contains(&node.name());
        let title = self.title();
        let (title, _) = title.rsplit_once(" – ").unwrap_or_default();
        let nodes = self.page.all().into_iter().filter(|node| !marked(node));
        let heard = nodes.flat_map(|node| READ.iter().filter_map(move |name| node.attribute(name)));
        let heard = heard.flat_map(latin_words);
        // The title of a page may have a name in it, which its heading marks.
        let headed = self.page.named("h1").iter().any(|head| title.ends_with(&head.text()));
        let title = if headed { Vec::new() } else { latin_words(title) };
        latin_words(&self.page.text_but(&marked)).into_iter().chain(heard).chain(title).collect()
    }

    /// Fails if this is a Hindi page with English on it.
    #[track_caller]
    pub fn is_in_its_language(&self) {
        if self.is_hindi() {
            assert_eq!(self.latin(), Vec::<String>::new(), "{}: {}", self.address, self.page.text());
        }
    }
}

#[apply(on_sqlite!)]
fn every_page_of_the_route_table_is_in_hindi(app: App) {
    let officer = prepared(&app);
    let readers = [
        ("officer", officer),
        ("auditor", Browser::of(&app, &app.auditor(), "hi")),
        ("company", Browser::of(&app, &app.signatory(), "hi")),
        ("administrator", Browser::of(&app, &app.administrator(), "hi")),
    ];
    for (address, _) in addresses(&app, "GET") {
        let address = address.replacen("/en", "/hi", 1);
        let shown: Vec<Shown> = readers.iter().map(|(_, browser)| browser.opens(&address)).collect();
        let seen = |shown: &&Shown| shown.answer.status == 200 && shown.is_hindi();
        assert!(shown.iter().filter(seen).count() > 0, "nobody reads {address} in Hindi");
    }
}
