//! Texts of rules in the languages of people. The words are in `src/web/texts/<language>/`, one key for a text in
//! every language; amounts, days and quantities are shown as each language writes them.

use crate::web::edge::json_tree::Node;
use crate::web::edge::language::Language;
use domain::base::argument::Argument;
use domain::base::money::indian_grouping;
use domain::base::told::Message;
use domain::budget::expenditure_limit::Warning;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::static_loader;
use std::borrow::Cow;
use std::collections::HashMap;

static_loader! {
    static TEXTS = {
        locales: "./src/web/texts",
        fallback_language: "en",
        // The marks would be copied with a number out of a text, and no text here runs from right to left.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

type Values = HashMap<Cow<'static, str>, FluentValue<'static>>;

impl Language {
    /// The text of a key with these values; `None` when this language has no such key.
    fn find(self, key: &str, values: &Values) -> Option<String> {
        TEXTS.lookup_no_default_fallback(self.identifier(), key, Some(values))
    }

    /// The text of a key that takes one value, `said`, or none.
    pub fn fixed(self, key: &str, said: &str) -> Option<String> {
        self.find(key, &Values::from([(Cow::Borrowed("said"), FluentValue::from(said.to_owned()))]))
    }

    /// The detail of a problem; what it says more is in brackets, and may be nothing.
    pub fn detail(self, code: &str, said: &str) -> Option<String> {
        Some(self.fixed(&format!("detail-{code}"), said)?.replace(" ()", ""))
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

    /// The answer of an act with its warnings told in this language. `None` where it has none, or where they are in
    /// this language already.
    pub fn warnings_retold(self, answer: &str) -> Option<String> {
        if self == Language::English || !answer.contains("\"warnings\":[{") {
            return None;
        }
        let mut tree = Node::parse(answer)?;
        let Node::Object(members) = &mut tree else { return None };
        let (_, told) = members.iter_mut().find(|(name, _)| name == "warnings")?;
        let stored: Vec<serde_json::Value> = serde_json::from_str(&told.write()).ok()?;
        let retold = |warning| {
            let warning = Warning::stored(warning)?;
            Some(Warning { detail: self.said(&warning.message), ..warning })
        };
        let retold: Vec<Warning> = stored.iter().map(retold).collect::<Option<_>>()?;
        *told = Node::plain(serde_json::to_string(&retold).ok()?);
        Some(tree.write())
    }

    /// The title of a milestone. The published files of schemes give it in English alone and may not change, so its
    /// Hindi is found by the milestone's code; a code without a text shows the file's title.
    pub fn milestone_title(self, code: &str, title: &str) -> String {
        let found = match self {
            Language::English => None,
            Language::Hindi => self.find(&format!("milestone-{code}"), &Values::new()),
        };
        found.unwrap_or_else(|| title.to_owned())
    }

    /// The title of a milestone of which only the code is known.
    pub fn milestone_of_code(self, code: &str) -> String {
        self.find(&format!("milestone-{code}"), &Values::new()).unwrap_or_else(|| code.replace('_', " "))
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
                Language::English => title.en.clone(),
                Language::Hindi => title.hi.clone(),
            },
            Argument::Series(values) => values.iter().map(|one| self.shown(one)).collect::<Vec<_>>().join("; "),
        }
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
