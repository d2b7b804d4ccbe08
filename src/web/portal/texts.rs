//! The words of the pages in their languages. A key is the same in all of them; what a key says is in `texts/`, one
//! folder a language. A text that has variables gets them by name.

pub use crate::web::edge::language::Language;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{Loader, static_loader};
use std::borrow::Cow;
use std::collections::HashMap;

static_loader! {
    static TEXTS = {
        locales: "./src/web/portal/texts",
        fallback_language: "en",
        // The marks would be copied with a number out of a page, and no text here runs from right to left.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

impl Language {
    /// The text of a key.
    pub fn text(self, key: &str) -> String {
        self.text_with(key, &[])
    }

    /// The text of a key that has variables.
    pub fn text_with(self, key: &str, values: &[(&'static str, String)]) -> String {
        let named = |(name, value): &(&'static str, String)| (Cow::Borrowed(*name), FluentValue::from(value.clone()));
        let values: HashMap<Cow<'static, str>, FluentValue<'_>> = values.iter().map(named).collect();
        TEXTS.lookup_complete(self.identifier(), key, Some(&values))
    }

    /// Whether there is such a key.
    pub fn has(key: &str) -> bool {
        TEXTS.try_lookup(Language::English.identifier(), key).is_some()
    }
}
