//! Texts of rules in the languages of people. The words are in `src/web/texts/<language>/`, one key for a text in
//! every language; amounts, days and quantities are shown as each language writes them.

use actix_web::HttpMessage;
use actix_web::http::header::{ACCEPT_LANGUAGE, AcceptLanguage, Header, Preference, Quality};
use chrono::{Datelike, NaiveDate};
use domain::base::argument::Argument;
use domain::base::money::indian_grouping;
use domain::base::told::Message;
use domain::words;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, langid, static_loader};
use std::borrow::Cow;
use std::collections::HashMap;

words! {
    /// A language in which problems are told.
    pub enum Tongue {
        English = "en",
        Hindi = "hi",
    }
}

static_loader! {
    static TEXTS = {
        locales: "./src/web/texts",
        fallback_language: "en",
        // The marks would be copied with a number out of a text, and no text here runs from right to left.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static ENGLISH: LanguageIdentifier = langid!("en");
static HINDI: LanguageIdentifier = langid!("hi");

const ENGLISH_MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const HINDI_MONTHS: [&str; 12] =
    ["जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"];

type Values = HashMap<Cow<'static, str>, FluentValue<'static>>;

impl Tongue {
    /// The language that the request prefers (RFC 9110, section 12.5.4); English when it names none of ours, or
    /// when its header cannot be read. Of two that are preferred equally, the one that is named first.
    pub fn of(request: &impl HttpMessage) -> Tongue {
        if !request.headers().contains_key(ACCEPT_LANGUAGE) {
            return Tongue::English;
        }
        let accepted = AcceptLanguage::parse(request).map(|header| header.0).unwrap_or_default();
        let mut best = (Quality::ZERO, Tongue::English);
        for range in &accepted {
            let tongue = match &range.item {
                Preference::Any => Some(Tongue::English),
                Preference::Specific(tag) => tag.primary_language().to_ascii_lowercase().parse().ok(),
            };
            if let Some(tongue) = tongue
                && range.quality > best.0
            {
                best = (range.quality, tongue);
            }
        }
        best.1
    }

    fn identifier(self) -> &'static LanguageIdentifier {
        match self {
            Tongue::English => &ENGLISH,
            Tongue::Hindi => &HINDI,
        }
    }

    /// The text of a key with these values; `None` when this language has no such key.
    fn find(self, key: &str, values: &Values) -> Option<String> {
        TEXTS.lookup_no_default_fallback(self.identifier(), key, Some(values))
    }

    /// The text of a key that takes one value, `said`, or none.
    pub fn fixed(self, key: &str, said: &str) -> Option<String> {
        self.find(key, &Values::from([(Cow::Borrowed("said"), FluentValue::from(said.to_owned()))]))
    }

    /// What a rule said, for a reader of this language: with named months and Indian grouping. English that is sent
    /// to programs is [`Message::english`], whose wording is the same and whose days are written 2027-03-31.
    pub fn said(self, message: &Message) -> String {
        let named =
            |(name, value): &(&'static str, Argument)| (Cow::Borrowed(*name), FluentValue::from(self.shown(value)));
        let values: Values = message.arguments.0.iter().map(named).collect();
        let key = format!("{}-{}", message.list, message.code);
        self.find(&key, &values).unwrap_or_else(|| message.english.clone())
    }

    /// The title of a milestone. The published files of schemes give it in English alone and may not change, so its
    /// Hindi is found by the milestone's code; a code without a text shows the file's title.
    pub fn milestone_title(self, code: &str, title: &str) -> String {
        let found = match self {
            Tongue::English => None,
            Tongue::Hindi => self.find(&format!("milestone-{code}"), &Values::new()),
        };
        found.unwrap_or_else(|| title.to_owned())
    }

    /// A value as this language writes it.
    pub fn shown(self, value: &Argument) -> String {
        match value {
            Argument::Paise(amount) => amount.to_string(),
            Argument::Kg(count) | Argument::Mtpa(count) => grouped(*count),
            Argument::Days(count) | Argument::Number(count) => count.to_string(),
            Argument::Day(day) => self.day(*day),
            Argument::Word(word) => self.word(word),
            Argument::AnyOf(words) => self.any_of(words),
            Argument::Text(text) => text.clone(),
            Argument::Message(message) => self.said(message),
            Argument::Titled(title) => match self {
                Tongue::English => title.en.clone(),
                Tongue::Hindi => title.hi.clone(),
            },
            Argument::Series(values) => values.iter().map(|one| self.shown(one)).collect::<Vec<_>>().join("; "),
        }
    }

    /// A day with the name of its month: `12 Nov 2026`, `12 नवंबर 2026`.
    fn day(self, day: NaiveDate) -> String {
        let months = match self {
            Tongue::English => ENGLISH_MONTHS,
            Tongue::Hindi => HINDI_MONTHS,
        };
        let month = usize::try_from(day.month0()).ok().and_then(|month| months.get(month)).copied().unwrap_or_default();
        format!("{} {month} {}", day.day(), day.year())
    }

    /// A word of the program; a code of a scheme's file that nobody translated is shown as it is.
    fn word(self, word: &str) -> String {
        self.find(&word_key(word), &Values::new()).unwrap_or_else(|| word.to_owned())
    }

    fn any_of(self, words: &[&'static str]) -> String {
        let joined = |first: String, second: String| {
            let both = [("first", first), ("second", second)];
            let values = both.map(|(name, text)| (Cow::Borrowed(name), FluentValue::from(text)));
            self.find("joined-any_of", &Values::from(values)).unwrap_or_default()
        };
        words.iter().map(|word| self.word(word)).reduce(joined).unwrap_or_default()
    }
}

/// The key of a word: `word-` and the word, with `-` for whatever is no letter, digit or `_`.
pub fn word_key(word: &str) -> String {
    let mut key = "word".to_owned();
    for part in word.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_') {
        if !part.is_empty() {
            key.push('-');
            key.push_str(part);
        }
    }
    key
}

/// A whole number in Indian grouping.
fn grouped(count: i64) -> String {
    let sign = if count < 0 { "-" } else { "" };
    format!("{sign}{}", indian_grouping(count.unsigned_abs()))
}
