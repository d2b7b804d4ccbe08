//! The words of the pages in their languages. A key is the same in all of them; what a key says is in `texts/`, one
//! folder a language. A text that has variables gets them by name.

use crate::web::edge::texts::Tongue;
use domain::words;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};
use std::borrow::Cow;
use std::collections::HashMap;

words! {
    /// A language of the pages.
    pub enum Language {
        English = "en",
        Hindi = "hi",
    }
}

static_loader! {
    static TEXTS = {
        locales: "./src/web/portal/texts",
        fallback_language: "en",
        // The marks would be copied with a number out of a page, and no text here runs from right to left.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

const ENGLISH: LanguageIdentifier = langid!("en");
const HINDI: LanguageIdentifier = langid!("hi");

impl Language {
    /// The other language, to which the switch of a page leads.
    pub fn other(self) -> Language {
        match self {
            Language::English => Language::Hindi,
            Language::Hindi => Language::English,
        }
    }

    /// The language that a browser asks for first among those that we have; English if it asks for none of them.
    pub fn of_accept_language(header: &str) -> Language {
        let mut wanted: Vec<(u32, Language)> = Vec::new();
        for (place, part) in (0..).zip(header.split(',')) {
            let (range, weight) = part.split_once(';').unwrap_or((part, "q=1"));
            let language = match range.trim().split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
                "hi" => Language::Hindi,
                "en" => Language::English,
                _ => continue,
            };
            // `q` has at most three decimals; what cannot be read counts as not asked for.
            let weight = weight.trim().strip_prefix("q=").map_or(0, thousandths);
            // Of two that are asked for equally, the one that was named first.
            wanted.push((weight * 1_000 + 999_u32.saturating_sub(place), language));
        }
        wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        wanted.first().filter(|(weight, _)| *weight >= 1_000).map_or(Language::English, |(_, language)| *language)
    }

    /// The same language for what a rule said.
    pub fn tongue(self) -> Tongue {
        match self {
            Language::English => Tongue::English,
            Language::Hindi => Tongue::Hindi,
        }
    }

    /// The text of a key.
    pub fn text(self, key: &str) -> String {
        self.text_with(key, &[])
    }

    /// The text of a key that has variables.
    pub fn text_with(self, key: &str, values: &[(&'static str, String)]) -> String {
        let language = match self {
            Language::English => &ENGLISH,
            Language::Hindi => &HINDI,
        };
        let named = |(name, value): &(&'static str, String)| (Cow::Borrowed(*name), FluentValue::from(value.clone()));
        let values: HashMap<Cow<'static, str>, FluentValue<'_>> = values.iter().map(named).collect();
        TEXTS.lookup_complete(language, key, Some(&values))
    }

    /// Whether there is such a key.
    pub fn has(key: &str) -> bool {
        TEXTS.try_lookup(&ENGLISH, key).is_some()
    }
}

fn thousandths(text: &str) -> u32 {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits: String = part.chars().chain("000".chars()).take(3).collect();
    let whole: u32 = whole.parse().unwrap_or(0);
    whole.min(1) * 1_000 + if whole == 0 { digits.parse().unwrap_or(0) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_the_language_that_it_asks_for_first() {
        for (header, language) in [
            ("", Language::English),
            ("hi", Language::Hindi),
            ("hi-IN,en;q=0.8", Language::Hindi),
            ("en,hi", Language::English),
            ("ta,hi;q=0.5,en;q=0.4", Language::Hindi),
            ("en;q=0.2,hi;q=0.9", Language::Hindi),
            ("hi;q=0,en;q=0.1", Language::English),
            ("hi;q=0", Language::English),
            ("ta", Language::English),
            ("hi;q=x", Language::English),
        ] {
            assert_eq!(Language::of_accept_language(header), language, "{header}");
        }
    }
}
