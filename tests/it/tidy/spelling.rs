//! A Hindi word has one spelling in all texts. Two are usual for many words: with and without the dot of a letter that
//! Hindi took from Persian (फ and फ़), and with a moon or a dot for the same nasal sound (माँग and मांग).

use crate::tidy::root;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

const NUKTA: char = '\u{93c}';
const CHANDRABINDU: char = '\u{901}';
const ANUSVARA: char = '\u{902}';

/// The letters from Persian in one, as letter and dot.
const COMPOSED: [(char, char); 5] = [
    ('\u{958}', '\u{915}'),
    ('\u{959}', '\u{916}'),
    ('\u{95a}', '\u{917}'),
    ('\u{95b}', '\u{91c}'),
    ('\u{95e}', '\u{92b}'),
];

fn decomposed(text: &str) -> String {
    COMPOSED.iter().fold(text.to_owned(), |text, (composed, plain)| text.replace(*composed, &format!("{plain}{NUKTA}")))
}

/// The word as it would be in the other spellings too.
fn sound(word: &str) -> String {
    let plain = |word: String, (_, plain): &(char, char)| word.replace(&format!("{plain}{NUKTA}"), &plain.to_string());
    COMPOSED.iter().fold(word.to_owned(), plain).replace(CHANDRABINDU, &ANUSVARA.to_string())
}

fn hindi_texts() -> Vec<PathBuf> {
    let (mut open, mut found) = (vec![root().join("src"), root().join("config")], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let ending = path.extension().and_then(|ending| ending.to_str());
            if path.is_dir() {
                open.push(path);
            } else if ending == Some("ftl") || ending == Some("toml") {
                found.push(path);
            }
        }
    }
    found
}

#[apply(plain!)]
fn a_hindi_word_has_one_spelling() {
    let mut spellings: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let files = hindi_texts();
    assert!(files.len() > 20, "{files:?}");
    for file in files {
        let text = decomposed(&std::fs::read_to_string(&file).unwrap());
        for word in text.split(|letter: char| !('\u{900}'..='\u{963}').contains(&letter)).filter(|word| word.len() > 3)
        {
            spellings.entry(sound(word)).or_default().insert(word.to_owned());
        }
    }
    assert!(spellings.len() > 800, "{}", spellings.len());
    let several: Vec<_> = spellings.values().filter(|spellings| spellings.len() > 1).collect();
    assert!(several.is_empty(), "words in several spellings: {several:?}");
}

/// Words that another word of the glossary stands for: what may not stand in a text, and what stands there instead.
const ONE_WORD: [(&str, &str); 4] =
    [("माइलस्टोन", "पड़ाव"), ("प्रश्न", "पृच्छा"), ("आवंटन", "आबंटन"), ("बजट प्रपत्र", "बजट लिखत")];

#[apply(plain!)]
fn one_thing_has_one_hindi_word() {
    for file in hindi_texts() {
        // A question mark is no question to a company.
        let text = std::fs::read_to_string(&file).unwrap().replace("प्रश्नचिह्न", "");
        for (wrong, right) in ONE_WORD {
            assert!(!text.contains(wrong), "{}: {right} stands for {wrong}", file.display());
        }
    }
}
