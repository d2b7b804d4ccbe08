//! Text in the form in which it is compared. Two spellings of one thing must not pass as two things: full-width
//! letters, other digits, composed and decomposed accents, letters that look like others, legal forms of companies.
//! The steps are those of Unicode: compatibility normalisation (NFKC, UAX 15), case folding (Unicode 3.13) and
//! skeletons of confusable letters (UTS 39).

use icu_casemap::CaseMapper;
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup, Script};
use icu_properties::{CodePointMapData, CodePointSetData};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

fn category(letter: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(letter)
}

/// A decimal digit of any script as one of `0` to `9`; any other character stays. In each script the ten digits have
/// ten code points in a row, which Unicode promises for all time.
fn plain_digit(letter: char) -> char {
    if letter.is_ascii() || category(letter) != GeneralCategory::DecimalNumber {
        return letter;
    }
    let is_digit = |code: u32| char::from_u32(code).is_some_and(|c| category(c) == GeneralCategory::DecimalNumber);
    let before = (0..u32::from(letter)).rev().take_while(|code| is_digit(*code)).count();
    u32::try_from(before % 10).ok().and_then(|value| char::from_digit(value, 10)).unwrap_or(letter)
}

/// Compatibility-equivalent text with the digits of all scripts as `0` to `9`, without characters that nobody sees,
/// and without space around it. The case stays.
pub fn normal(text: &str) -> String {
    let seen = |letter: &char| !CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(*letter);
    let plain: String = text.nfkc().filter(seen).map(plain_digit).nfkc().collect();
    plain.trim().to_owned()
}

/// The same without regard to case.
pub fn folded(text: &str) -> String {
    // Folding can undo a normal form and a normal form can have another case, so both are done twice (Unicode 3.13).
    let fold = |text: String| CaseMapper::new().fold_string(&text).nfkc().collect::<String>();
    normal(&fold(fold(text.nfd().collect())))
}

/// Letters and digits alone, folded: how a reference is compared in which people put spaces and marks as they like. A
/// letter of another alphabet whose capital looks like a Latin one is that one: references are written in capitals.
pub fn folded_letters(text: &str) -> String {
    let latin = |letter: char| match letter {
        plain if plain.is_ascii() => plain.to_string(),
        // The skeleton of all that looks like a capital `i` is a small `l`.
        other => skeleton(&other.to_string()).map(|like| if like == 'l' { 'I' } else { like }).collect(),
    };
    let text: String = normal(text).to_uppercase().chars().map(latin).collect();
    let plain: String = words_of(&folded(&text)).concat();
    if plain.is_empty() { folded(&text) } else { plain }
}

/// The words of a text: letters and digits of any script, with the marks on them.
fn words_of(text: &str) -> Vec<&str> {
    let part = |letter: char| letter.is_alphanumeric() || GeneralCategoryGroup::Mark.contains(category(letter));
    text.split(|letter| !part(letter)).filter(|word| !word.is_empty()).collect()
}

/// A word by what it looks like, in any case: `l`, `1` and a capital `i` are one letter, and so are a Latin and a
/// Cyrillic `a`.
fn looks(word: &str) -> String {
    let shape = |text: &str| folded(&skeleton(text).collect::<String>());
    let same = |letter: char| if letter == 'i' { 'l' } else { letter };
    shape(&shape(word)).chars().map(same).collect()
}

/// Legal forms and their short forms, in English and in Hindi, each with the form in which it is compared. A longer
/// sequence of words goes before a shorter one.
const LEGAL_FORMS: &[(&[&str], &str)] = &[
    (&["limited", "liability", "partnership"], "llp"),
    (&["one", "person", "company"], "opc"),
    (&["l", "l", "p"], "llp"),
    (&["o", "p", "c"], "opc"),
    (&["एल", "एल", "पी"], "llp"),
    (&["p", "limited"], "pvtltd"),
    (&["p", "ltd"], "pvtltd"),
    (&["प्रा", "लिमिटेड"], "pvtltd"),
    (&["प्रा", "लि"], "pvtltd"),
    (&["प्रा0", "लि0"], "pvtltd"),
    (&["private", "limited"], "pvtltd"),
    (&["private", "ltd"], "pvtltd"),
    (&["pvt", "limited"], "pvtltd"),
    (&["pvt", "ltd"], "pvtltd"),
    (&["प्राइवेट", "लिमिटेड"], "pvtltd"),
    (&["प्राइवेट", "लि"], "pvtltd"),
    (&["प्राइवेट", "लि0"], "pvtltd"),
    (&["प्रा", "limited"], "pvtltd"),
    (&["प्रा", "ltd"], "pvtltd"),
    (&["प्रा0", "लिमिटेड"], "pvtltd"),
    (&["p", "लिमिटेड"], "pvtltd"),
    (&["p", "लि"], "pvtltd"),
    (&["पी", "लिमिटेड"], "pvtltd"),
    (&["पी", "लि"], "pvtltd"),
    (&["pvtltd"], "pvtltd"),
    (&["प्रालि"], "pvtltd"),
    (&["private"], "pvt"),
    (&["pvt"], "pvt"),
    (&["प्राइवेट"], "pvt"),
    (&["प्राईवेट"], "pvt"),
    (&["प्रायवेट"], "pvt"),
    (&["पीवीटी"], "pvt"),
    (&["limited"], "ltd"),
    (&["ltd"], "ltd"),
    (&["लिमिटेड"], "ltd"),
    (&["लिमिटिड"], "ltd"),
    (&["लिमीटेड"], "ltd"),
    (&["एलटीडी"], "ltd"),
    (&["लि"], "ltd"),
    (&["लि0"], "ltd"),
    (&["llp"], "llp"),
    (&["एलएलपी"], "llp"),
    (&["opc"], "opc"),
    (&["company"], "co"),
    (&["co"], "co"),
    (&["कंपनी"], "co"),
    (&["कम्पनी"], "co"),
    (&["corporation"], "corp"),
    (&["corp"], "corp"),
    (&["निगम"], "corp"),
    (&["incorporated"], "inc"),
    (&["inc"], "inc"),
    // "&" is no word, so its words are none either.
    (&["and"], ""),
    (&["एवं"], ""),
    (&["और"], ""),
    (&["तथा"], ""),
    (&["एंड"], ""),
    (&["एण्ड"], ""),
];

/// What a letter writes before the name of a firm, which is no part of the name.
const COURTESIES: &[&[&str]] = &[&["m", "s"], &["messrs"], &["the"], &["मेसर्स"], &["मैसर्स"], &["मै"], &["मै0"]];

type Forms = BTreeMap<Vec<String>, &'static str>;

fn shapes(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| looks(&folded(word))).collect()
}

static FORMS: LazyLock<Forms> =
    LazyLock::new(|| LEGAL_FORMS.iter().map(|(words, form)| (shapes(words), *form)).collect());
static GREETINGS: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| COURTESIES.iter().map(|words| shapes(words)).collect());

/// The most words of a legal form.
const FORM_MOST: usize = 3;

/// The name of a firm: its own words, and all of it with its legal form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirmName {
    own: Vec<String>,
    /// All of it in its order, as one word.
    whole: String,
    latin: bool,
    other_script: bool,
}

impl FirmName {
    pub fn of(name: &str) -> FirmName {
        let plain = folded(name);
        let mut words = shapes(&words_of(&plain));
        let greeting = GREETINGS.iter().find(|greeting| words.len() > greeting.len() && words.starts_with(greeting));
        words.drain(..greeting.map_or(0, Vec::len));
        let (mut own, mut whole, mut place) = (Vec::new(), String::new(), 0);
        while let Some(word) = words.get(place) {
            let longest = (1..=FORM_MOST).rev().find_map(|count| {
                let words = words.get(place..place + count)?;
                Some((count, *FORMS.get(words)?))
            });
            match longest {
                Some((count, form)) => {
                    whole.push_str(form);
                    place += count;
                }
                None => {
                    own.push(word.clone());
                    whole.push_str(word);
                    place += 1;
                }
            }
        }
        if whole.is_empty() {
            // A name of marks alone is compared as typed; otherwise all such names would be equal.
            whole = plain.split_whitespace().collect();
        }
        let script = |letter| CodePointMapData::<Script>::new().get(letter);
        let common = |script: Script| matches!(script, Script::Common | Script::Inherited);
        FirmName {
            latin: plain.chars().any(|letter| script(letter) == Script::Latin),
            other_script: plain.chars().map(script).any(|of| of != Script::Latin && !common(of)),
            own,
            whole,
        }
    }

    /// The one form of all spellings of a name: `M/s. Sample Works (P) Ltd.` is the same as `SAMPLE WORKS प्रा. लि.`
    pub fn key(&self) -> &str {
        &self.whole
    }

    /// Its words in the form in which they are compared, without its legal form.
    pub fn own_words(&self) -> &[String] {
        &self.own
    }

    /// Whether two names could be one firm: without their legal forms, accents and order of words they are the same,
    /// one begins with the other, or a letter in five differs at most. Names in two scripts cannot be compared, and
    /// so they could be.
    pub fn is_like(&self, other: &FirmName) -> bool {
        if self.whole == other.whole {
            return true;
        }
        let apart = |one: &FirmName, two: &FirmName| one.latin && !one.other_script && two.other_script && !two.latin;
        if apart(self, other) || apart(other, self) {
            return true;
        }
        let (one, two) = (core(&self.own), core(&other.own));
        let letters = |text: &str| text.chars().count();
        let (short, long) = if letters(&one) <= letters(&two) { (&one, &two) } else { (&two, &one) };
        let (least, most) = (letters(short), letters(long));
        if least == 0 {
            return false;
        }
        let sorted = |own: &[String]| {
            let mut words = own.to_vec();
            words.sort_unstable();
            core(&words)
        };
        sorted(&self.own) == sorted(&other.own)
            || (least >= BEGINNING_LEAST && long.starts_with(short.as_str()))
            || (most - least <= most / LETTERS_APART && distance(short, long) <= most / LETTERS_APART)
    }
}

/// The fewest letters that a name has which another one continues.
const BEGINNING_LEAST: usize = 6;
/// One letter in so many may differ.
const LETTERS_APART: usize = 5;

/// Words without the marks on their letters, as one.
fn core(words: &[String]) -> String {
    let bare = |letter: &char| category(*letter) != GeneralCategory::NonspacingMark;
    words.iter().flat_map(|word| word.nfd().filter(bare)).collect()
}

/// The number of letters to insert, delete or replace until one text is the other (Levenshtein distance).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = index;
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
        for (place, known) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *known);
            diagonal = row[place + 1];
            row[place + 1] = replaced.min(row[place] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

/// A name in the form in which it is compared.
pub fn folded_firm(name: &str) -> String {
    FirmName::of(name).whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_of_all_scripts_and_widths_are_digits() {
        for same in ["SFW/101", "SFW/１０１", "ＳＦＷ／101", "SFW/१०१", " sfw/১০১ ", "SFW/௧௦௧", "SFW/𝟏𝟎𝟏", "sfw/١٠١"]
        {
            assert_eq!(folded(same), "sfw/101", "{same}");
        }
        assert_eq!(
            (folded("Soci\u{E9}t\u{E9}"), folded("STRASSE")),
            (folded("SOCIE\u{301}TE\u{301}"), folded("straße"))
        );
        assert_eq!(folded_letters(" BG - 17/2026. "), folded_letters("bg17２０２६"));
    }

    #[test]
    fn a_firm_is_one_however_it_is_written() {
        let one = folded_firm("Sample Furnace Works Pvt Ltd");
        for same in [
            "Sample Furnace Works (P) Ltd.",
            "SAMPLE FURNACE WORKS PRIVATE LIMITED",
            "M/s. Sample Furnace Works P. Ltd",
            " sample  furnace-works pvt.  limited ",
            "Ｓａｍｐｌｅ Furnace Works Pvt Ltd",
            "S\u{430}mple Furn\u{430}ce Works Pvt Ltd",
            "Sample Furnace Works Рvt Ltd",
            "Sample Furnace Works प्रा. लि.",
            "Sample Furnace Works प्रा॰ लि॰",
            "Sample Furnace Works प्रा० लि०",
            "मेसर्स Sample Furnace Works प्राइवेट लिमिटेड",
            "Sample Furnace Works प्राईवेट लिमिटेड",
            "Sample Furnace Works (पी) लिमिटेड",
            "Sample Furnace Works पीवीटी. एलटीडी.",
            "Sample Furnace Works Private लि.",
            "Samp1e Furnace Works PvtLtd",
            "Sample Furnace\u{200B} Works Pvt Ltd",
        ] {
            assert_eq!(folded_firm(same), one, "{same}");
        }
        assert_eq!(folded_firm("नमूना वर्क्स लिमिटेड"), folded_firm("नमूना  वर्क्स लि."));
        assert_eq!(folded_firm("Sample & Sons LLP"), folded_firm("Sample and Sons L.L.P."));
        assert_eq!(folded_firm("Sample Co."), folded_firm("Sample Company"));
        for other in ["Sample Furnace Works Ltd", "Sample Furnace Works", "Other Furnace Works Pvt Ltd", "M S", "..."] {
            assert_ne!(folded_firm(other), one, "{other}");
        }
        assert_ne!(folded_firm("..."), folded_firm("--"));
    }

    #[test]
    fn names_that_could_be_one_firm_are_alike() {
        let like = |one: &str, other: &str| {
            let (one, other) = (FirmName::of(one), FirmName::of(other));
            assert_eq!(one.is_like(&other), other.is_like(&one));
            one.is_like(&other)
        };
        for other in [
            "Sample Furnace Works Ltd",
            "Sample Furnace Works",
            "Samplé Furnace Works",
            "Sample Furnase Work",
            "Works Sample Furnace",
            "Sample Furnace Works India Pvt Ltd",
            "सैंपल फर्नेस वर्क्स",
        ] {
            assert!(like("Sample Furnace Works Pvt Ltd", other), "{other}");
        }
        for other in ["Other Furnace Works", "Sample Motors", "Magnet Works", "Pvt Ltd"] {
            assert!(!like("Sample Furnace Works Pvt Ltd", other), "{other}");
        }
        assert!(!like("नमूना वर्क्स", "दूसरा कारखाना"));
    }

    proptest! {
        #[test]
        fn the_one_form_is_its_own_form(text in "\\PC{0,24}") {
            prop_assert_eq!(normal(&normal(&text)), normal(&text));
            prop_assert_eq!(folded(&folded(&text)), folded(&text));
        }

        #[test]
        fn case_width_and_composition_change_nothing(text in "[a-zA-Zé०-९ ]{0,20}") {
            let wide: String = text.chars().map(|c| match c {
                '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap(),
                _ => c,
            }).collect();
            let decomposed: String = text.nfd().collect();
            prop_assert_eq!(folded(&wide), folded(&text));
            prop_assert_eq!(folded(&decomposed.to_uppercase()), folded(&text));
            prop_assert_eq!(folded_firm(&wide), folded_firm(&text.to_uppercase()));
        }

        #[test]
        fn every_firm_is_like_itself_and_nothing_panics(one in "\\PC{0,24}", other in "\\PC{0,24}") {
            let (one, other) = (FirmName::of(&one), FirmName::of(&other));
            prop_assert!(one.is_like(&one));
            prop_assert_eq!(one.is_like(&other), other.is_like(&one));
        }

        #[test]
        fn the_distance_is_a_distance(one in "[a-c]{0,8}", other in "[a-c]{0,8}") {
            prop_assert_eq!(distance(&one, &other), distance(&other, &one));
            prop_assert_eq!(distance(&one, &other) == 0, one == other);
            prop_assert!(distance(&one, &other) <= one.len().max(other.len()));
        }
    }
}
