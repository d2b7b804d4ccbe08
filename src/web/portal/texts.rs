//! The words of the pages in their languages. A key is the same in all of them; what a key says is in `texts/`, one
//! folder a language. A text that has variables gets them by name.

pub use crate::web::edge::language::Language;
use domain::base::money::indian_grouping;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{Loader, static_loader};
use std::borrow::Cow;
use std::collections::HashMap;

static_loader! {
    static TEXTS = {
        locales: "./src/web/portal/texts",
        fallback_language: "en",
        // The marks would be copied with a number out of a page, and no text here runs from right to left.
        customise: |bundle| {
            bundle.set_use_isolating(false);
            bundle.set_formatter(Some(|value, _| in_groups(value)));
        },
    };
}

/// A number of things as people write it: `2,112 days`.
fn in_groups(value: &FluentValue<'_>) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    number.as_string().parse().ok().map(indian_grouping)
}

fn named(values: &[(&'static str, String)]) -> HashMap<Cow<'static, str>, FluentValue<'static>> {
    values.iter().map(|(name, value)| (Cow::Borrowed(*name), fluent(name, value))).collect()
}

/// A value as a text takes it. Numbers of things are numbers, so that a text can have a form for one of them; all else
/// stands as it is written.
fn fluent(name: &str, value: &str) -> FluentValue<'static> {
    let counts = COUNTS.contains(&name) && !(value.starts_with('0') && value.len() > 1);
    match value.parse::<u32>().ok().filter(|_| counts) {
        Some(number) => FluentValue::from(number),
        None => FluentValue::from(value.to_owned()),
    }
}

/// The names of variables that say how many there are of something.
const COUNTS: &[&str] = &["n", "days"];

impl Language {
    /// The text of a key.
    pub fn text(self, key: &str) -> String {
        self.text_with(key, &[])
    }

    /// The text of a key that has variables.
    pub fn text_with(self, key: &str, values: &[(&'static str, String)]) -> String {
        TEXTS.lookup_complete(self.identifier(), key, Some(&named(values)))
    }

    /// The same if there is such a key.
    pub fn text_if_any(self, key: &str, values: &[(&'static str, String)]) -> Option<String> {
        TEXTS.try_lookup_complete(self.identifier(), key, Some(&named(values)))
    }

    /// Whether there is such a key, of a text without variables.
    pub fn has(key: &str) -> bool {
        TEXTS.try_lookup(Language::English.identifier(), key).is_some()
    }
}
