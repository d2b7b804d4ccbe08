//! A word as a value of a fact: `plant_and_machinery`. It has few letters, so it is copied like a number.

use crate::scheme::rules::rule::is_code;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// The most letters of a word.
pub const MOST_LETTERS: usize = 31;

/// A word of lower-case letters, digits and underscores that begins with a letter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = r"^[a-z][a-z0-9_]{0,30}$")]
pub struct Word(([u8; MOST_LETTERS], u8));

impl Word {
    pub fn as_str(&self) -> &str {
        let (letters, length) = &self.0;
        let letters = letters.get(..usize::from(*length)).unwrap_or_default();
        std::str::from_utf8(letters).unwrap_or_default()
    }
}

impl FromStr for Word {
    type Err = String;

    fn from_str(text: &str) -> Result<Word, String> {
        let mut letters = [0; MOST_LETTERS];
        match (is_code(text), letters.get_mut(..text.len()), u8::try_from(text.len())) {
            (true, Some(place), Ok(length)) => {
                place.copy_from_slice(text.as_bytes());
                Ok(Word((letters, length)))
            }
            _ => Err(format!(
                "`{text}` is no word: it has at most {MOST_LETTERS} lower-case letters, digits and underscores"
            )),
        }
    }
}

impl TryFrom<String> for Word {
    type Error = String;

    fn try_from(text: String) -> Result<Word, String> {
        text.parse()
    }
}

impl From<Word> for String {
    fn from(word: Word) -> String {
        word.as_str().to_owned()
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_goes_there_and_back() {
        for text in ["a", "plant_and_machinery", "x23456789012345678901234567890_"] {
            assert_eq!(text.parse::<Word>().unwrap().to_string(), text);
        }
        for text in ["", "2", "Plant", "plant and machinery", "x2345678901234567890123456789012"] {
            assert!(text.parse::<Word>().is_err(), "{text}");
        }
    }
}
