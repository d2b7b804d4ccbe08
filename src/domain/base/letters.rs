//! Characters that nobody sees. A name of them looks like no name, and two names that differ in them look the same. The
//! properties of characters are those of the Unicode Character Database, as the crate `icu_properties` has them.

use icu_properties::props::{
    CanonicalCombiningClass, DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup, Script,
};
use icu_properties::{CodePointMapData, CodePointSetData};

/// The zero-width joiner and non-joiner; correct Hindi needs them.
const JOINERS: [char; 2] = ['\u{200C}', '\u{200D}'];

/// A Braille pattern without dots. It is no space to Unicode, and looks like one.
const BRAILLE_BLANK: char = '\u{2800}';

/// Where a joiner may stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Joiners {
    /// In a word of an Indian script.
    InWords,
    /// Only where it changes how a word is drawn: after a virama (RFC 5892, appendix A.1 and A.2). So two names that
    /// look the same are the same.
    AfterVirama,
}

/// Whether a text has characters that nobody sees, or that change the direction of others.
pub fn has_hidden(text: &str, joiners: Joiners) -> bool {
    let mut before = None;
    text.chars().any(|letter| {
        let hidden = if JOINERS.contains(&letter) { !joins(before, joiners) } else { is_hidden(letter) };
        before = Some(letter);
        hidden
    })
}

/// Whether a text has a letter or a digit of any script.
pub fn has_letter(text: &str) -> bool {
    text.chars().filter(|letter| !is_hidden(*letter)).any(|letter| {
        let category = category(letter);
        // A vowel sign alone is alphabetic, and no letter.
        GeneralCategoryGroup::Letter.contains(category) || GeneralCategoryGroup::Number.contains(category)
    })
}

/// Whether a joiner is in its place after this character.
fn joins(before: Option<char>, joiners: Joiners) -> bool {
    let Some(before) = before else { return false };
    let of_virama = CodePointMapData::<CanonicalCombiningClass>::new().get(before) == CanonicalCombiningClass::Virama;
    of_virama || joiners == Joiners::InWords && is_of_indian_script(before)
}

/// Whether a character belongs to a script of the languages of India (Eighth Schedule to the Constitution); Urdu is
/// written in Arabic letters, and its words have non-joiners too.
fn is_of_indian_script(letter: char) -> bool {
    let script = CodePointMapData::<Script>::new().get(letter);
    [
        Script::Arabic,
        Script::Bengali,
        Script::Devanagari,
        Script::Gujarati,
        Script::Gurmukhi,
        Script::Kannada,
        Script::Malayalam,
        Script::MeeteiMayek,
        Script::OlChiki,
        Script::Oriya,
        Script::Tamil,
        Script::Telugu,
    ]
    .contains(&script)
}

fn category(letter: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(letter)
}

fn is_hidden(letter: char) -> bool {
    let controls = matches!(
        category(letter),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::PrivateUse
    );
    let ignored = CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter);
    (controls && !matches!(letter, '\n' | '\t')) || ignored || letter == BRAILLE_BLANK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_hidden_whatever_it_is_called() {
        // Hangul fillers, a Braille blank, a grapheme joiner, a variation selector, tags, marks of direction, a soft
        // hyphen, a Mongolian selector, an invisible operator, separators of lines, a control, private use.
        let hidden = "\u{3164}\u{115F}\u{1160}\u{FFA0}\u{2800}\u{34F}\u{FE0F}\u{E0100}\u{E0041}\u{E007F}\u{200B}\u{200E}\
                      \u{202E}\u{2066}\u{AD}\u{180B}\u{180E}\u{2062}\u{2028}\u{2029}\u{7}\u{85}\u{E000}\u{FEFF}";
        for letter in hidden.chars() {
            for text in [letter.to_string(), format!("A{letter}B")] {
                assert!(has_hidden(&text, Joiners::InWords), "{letter:?}");
            }
            assert!(!has_letter(&letter.to_string()), "{letter:?}");
        }
        for seen in ["Sample Magnets Ltd", "नमूना मैग्नेट", "l'Été — “№ 7” ₹ · 磁石", "two\nlines\tand a tab"]
        {
            assert!(!has_hidden(seen, Joiners::AfterVirama) && has_letter(seen), "{seen:?}");
        }
        for blank in ["—", "...", "\u{93F}", "\u{A0}"] {
            assert!(!has_letter(blank), "{blank:?}");
        }
    }

    #[test]
    fn joiners_stand_where_hindi_needs_them() {
        for good in ["क्\u{200D}ष", "श्री\u{20}राज्\u{200C}य"] {
            assert!(!has_hidden(good, Joiners::AfterVirama), "{good:?}");
        }
        let in_a_word = "रा\u{200D}म";
        assert!(has_hidden(in_a_word, Joiners::AfterVirama) && !has_hidden(in_a_word, Joiners::InWords));
        for bad in ["a\u{200D}b", "\u{200C}राम", "क्\u{200D}\u{200D}ष", " \u{200D}"] {
            assert!(has_hidden(bad, Joiners::InWords), "{bad:?}");
        }
    }
}
