//! Amounts as people write and read them: Indian grouping, crore, words in both languages, and back.

use crate::web::portal::texts::Language;
use domain::base::field_reason::FieldReason;
use domain::base::money::{LARGEST_AMOUNT, Paise, indian_grouping};

const PAISE_PER_CRORE: u64 = 1_000_000_000;

/// An amount for a heading: `₹15.00 crore`, cut to two decimals and never rounded up; `≈` says that something was
/// cut.
pub fn in_crore(amount: Paise, language: Language) -> String {
    let hundredth = PAISE_PER_CRORE / 100;
    let cut = if amount.0.unsigned_abs().is_multiple_of(hundredth) { "" } else { "≈ " };
    let written = amount.in_crore();
    let number = written.strip_suffix(" crore").unwrap_or(&written);
    let text = language.text_with("unit-crore", &[("n", number.to_owned())]);
    format!("{cut}{text}")
}

/// An amount in crore as a chart says it, cut to two decimals: `1,345.00`.
pub fn crore_figure(amount: Paise) -> String {
    amount.in_crore().replace('₹', "").replace(" crore", "")
}

/// A whole number in Indian grouping: `1,500`.
pub fn grouped(number: i64) -> String {
    indian_grouping(number.unsigned_abs())
}

/// A whole amount in words: `Rupees fifteen crore only`, `रुपये पंद्रह करोड़ मात्र`.
pub fn in_words(amount: Paise, language: Language) -> String {
    let (rupees, paise) = (amount.0.unsigned_abs() / 100, amount.0.unsigned_abs() % 100);
    let words = match (paise, language) {
        (0, _) => words_of(rupees, language),
        (_, Language::English) => {
            format!("{} and {} paise", words_of(rupees, language), words_of(paise, language))
        }
        (_, Language::Hindi) => format!("{} और {} पैसे", words_of(rupees, language), words_of(paise, language)),
    };
    language.text_with("amount-words", &[("words", words)])
}

const BELOW_TWENTY: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
#[rustfmt::skip]
const HINDI: [&str; 100] = [
    "शून्य", "एक", "दो", "तीन", "चार", "पाँच", "छह", "सात", "आठ", "नौ",
    "दस", "ग्यारह", "बारह", "तेरह", "चौदह", "पंद्रह", "सोलह", "सत्रह", "अठारह", "उन्नीस",
    "बीस", "इक्कीस", "बाईस", "तेईस", "चौबीस", "पच्चीस", "छब्बीस", "सत्ताईस", "अट्ठाईस", "उनतीस",
    "तीस", "इकतीस", "बत्तीस", "तैंतीस", "चौंतीस", "पैंतीस", "छत्तीस", "सैंतीस", "अड़तीस", "उनतालीस",
    "चालीस", "इकतालीस", "बयालीस", "तैंतालीस", "चवालीस", "पैंतालीस", "छियालीस", "सैंतालीस", "अड़तालीस", "उनचास",
    "पचास", "इक्यावन", "बावन", "तिरेपन", "चौवन", "पचपन", "छप्पन", "सत्तावन", "अट्ठावन", "उनसठ",
    "साठ", "इकसठ", "बासठ", "तिरेसठ", "चौंसठ", "पैंसठ", "छियासठ", "सड़सठ", "अड़सठ", "उनहत्तर",
    "सत्तर", "इकहत्तर", "बहत्तर", "तिहत्तर", "चौहत्तर", "पचहत्तर", "छिहत्तर", "सतहत्तर", "अठहत्तर", "उनासी",
    "अस्सी", "इक्यासी", "बयासी", "तिरासी", "चौरासी", "पचासी", "छियासी", "सत्तासी", "अट्ठासी", "नवासी",
    "नब्बे", "इक्यानवे", "बानवे", "तिरानवे", "चौरानवे", "पचानवे", "छियानवे", "सत्तानवे", "अट्ठानवे", "निन्यानवे",
];

/// What stands behind a group of digits, the largest first: crore, lakh, thousand, hundred.
const GROUPS: [(u64, &str, &str); 4] =
    [(10_000_000, "crore", "करोड़"), (100_000, "lakh", "लाख"), (1_000, "thousand", "हज़ार"), (100, "hundred", "सौ")];

/// A number in words, the Indian way; the official language of the budget counts in crore above a hundred of them too.
fn words_of(number: u64, language: Language) -> String {
    let mut words = Vec::new();
    let mut rest = number;
    for (size, english, hindi) in GROUPS {
        if rest >= size {
            words.push(words_of(rest / size, language));
            words.push(if language == Language::English { english } else { hindi }.to_owned());
            rest %= size;
        }
    }
    if rest > 0 || words.is_empty() {
        words.push(below_a_hundred(rest, language));
    }
    words.join(" ")
}

fn below_a_hundred(number: u64, language: Language) -> String {
    let at = |words: &[&str], place: u64| {
        usize::try_from(place).ok().and_then(|place| words.get(place)).copied().unwrap_or_default().to_owned()
    };
    match (language, number) {
        (Language::Hindi, _) => at(&HINDI, number),
        (Language::English, 0..20) => at(&BELOW_TWENTY, number),
        (Language::English, _) if number.is_multiple_of(10) => at(&TENS, number / 10),
        (Language::English, _) => format!("{}-{}", at(&TENS, number / 10), at(&BELOW_TWENTY, number % 10)),
    }
}

/// What may stand behind a number, and how many paise one of it is.
const UNITS: [(&str, i64); 9] = [
    ("crores", 1_000_000_000),
    ("crore", 1_000_000_000),
    ("cr", 1_000_000_000),
    ("करोड़", 1_000_000_000),
    // The same word with its dotted letter as one character, as some keyboards send it.
    ("करो\u{95c}", 1_000_000_000),
    ("lakhs", 10_000_000),
    ("lakh", 10_000_000),
    ("lac", 10_000_000),
    ("लाख", 10_000_000),
];

/// An amount as people write it: `15 crore`, `₹15,00,00,000`, `150000000.50`. One that is larger than any has a fault
/// of its own.
pub fn parse_amount(text: &str) -> Result<Paise, FieldReason> {
    let amount = paise_in(text).ok_or(FieldReason::TypedAmount)?;
    let amount = i64::try_from(amount).ok().map(Paise).filter(|amount| *amount <= LARGEST_AMOUNT);
    amount.ok_or(FieldReason::AmountMost { most: LARGEST_AMOUNT })
}

/// The paise of an amount, however large; `None` if it is none, or has a part of a paisa.
fn paise_in(text: &str) -> Option<i128> {
    let text = latin_digits(text).to_lowercase();
    let mut rest = text.trim();
    for before in ["₹", "rs.", "rs", "inr", "रु.", "रु"] {
        if let Some(after) = rest.strip_prefix(before) {
            rest = after.trim_start();
            break;
        }
    }
    let mut size = 100;
    for (unit, paise) in UNITS {
        if let Some(before) = rest.strip_suffix(unit) {
            (rest, size) = (before.trim_end(), paise);
            break;
        }
    }
    let (whole, part) = rest.split_once('.').unwrap_or((rest, ""));
    let whole = ungrouped(whole)?;
    if !is_number(part) || part.len() > 9 {
        return None;
    }
    // The digits of a whole number are too many for a number only where they are far too many for an amount.
    let mut amount = i128::from(whole.parse::<i64>().unwrap_or(i64::MAX)) * i128::from(size);
    for digit in part.bytes() {
        // Each further decimal is worth a tenth; what is less than a paisa is no amount.
        let digit = i64::from(digit - b'0');
        if size % 10 != 0 && digit != 0 {
            return None;
        }
        size /= 10;
        amount += i128::from(digit * size);
    }
    Some(amount)
}

/// A whole number as people write it: `2,10,000`.
pub fn parse_whole(text: &str) -> Result<i64, FieldReason> {
    let digits = ungrouped(&latin_digits(text.trim())).filter(|digits| !digits.is_empty());
    // Of digits alone only too many are no number.
    digits.ok_or(FieldReason::TypedWhole)?.parse().map_err(|_| FieldReason::TotalTooLarge)
}

fn is_number(digits: &str) -> bool {
    digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The digits of a whole number that has no commas, or has them where people put them: `1,50,000` as in India,
/// `150,000` as elsewhere. A comma in another place may stand for a decimal point or for a digit that is missing.
fn ungrouped(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.split(',').collect();
    let (first, rest) = groups.split_first()?;
    if first.is_empty() || !groups.iter().all(|group| is_number(group)) {
        return None;
    }
    let Some((last, between)) = rest.split_last() else { return Some((*first).to_owned()) };
    let in_groups_of = |size: usize| first.len() <= size && between.iter().all(|group| group.len() == size);
    (last.len() == 3 && (in_groups_of(2) || in_groups_of(3))).then(|| groups.concat())
}

/// The same text with `0` to `9` for the digits of Devanagari.
pub fn latin_digits(text: &str) -> String {
    let latin = |letter: char| match letter {
        '०'..='९' => char::from_digit(letter as u32 - '०' as u32, 10).unwrap_or(letter),
        other => other,
    };
    text.chars().map(latin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_heading_cuts_and_says_so() {
        assert_eq!(in_crore(Paise(15_000_000_000), Language::English), "₹15.00 crore");
        assert_eq!(in_crore(Paise(15_000_000_001), Language::English), "≈ ₹15.00 crore");
        assert_eq!(in_crore(Paise(19_999_999_999), Language::Hindi), "≈ ₹19.99 करोड़");
    }

    #[test]
    fn words_of_known_amounts() {
        for (paise, english, hindi) in [
            (15_000_000_000, "Rupees fifteen crore only", "रुपये पंद्रह करोड़ मात्र"),
            (10_050, "Rupees one hundred and fifty paise only", "रुपये एक सौ और पचास पैसे मात्र"),
            (
                33_36_12_345_00,
                "Rupees thirty-three crore thirty-six lakh twelve thousand three hundred forty-five only",
                "रुपये तैंतीस करोड़ छत्तीस लाख बारह हज़ार तीन सौ पैंतालीस मात्र",
            ),
            (
                1_345_00_00_000_00,
                "Rupees one thousand three hundred forty-five crore only",
                "रुपये एक हज़ार तीन सौ पैंतालीस करोड़ मात्र",
            ),
        ] {
            assert_eq!(in_words(Paise(paise), Language::English), english);
            assert_eq!(in_words(Paise(paise), Language::Hindi), hindi);
        }
    }

    /// Reads words back without the tables of the writer's order: each word adds or multiplies.
    fn read(words: &str, language: Language) -> u64 {
        let (mut done, mut group) = (0, 0);
        let crore = if language == Language::English { "crore" } else { "करोड़" };
        let all: Vec<&str> = words.split(' ').collect();
        if let Some(place) = all.iter().rposition(|word| *word == crore) {
            let above = read(&all[..place].join(" "), language) * 10_000_000;
            let below = all[place + 1..].join(" ");
            return above + if below.is_empty() { 0 } else { read(&below, language) };
        }
        for word in words.split(' ') {
            let size = GROUPS.iter().find(|(_, english, hindi)| [*english, *hindi].contains(&word));
            match size {
                Some((100, ..)) => group *= 100,
                Some((size, ..)) => {
                    done += group * size;
                    group = 0;
                }
                None => group += (0..100).find(|number| below_a_hundred(*number, language) == word).unwrap(),
            }
        }
        done + group
    }

    proptest! {
        #[test]
        fn words_are_the_number(rupees in 0_u64..100_000_000_000_000) {
            for language in [Language::English, Language::Hindi] {
                prop_assert_eq!(read(&words_of(rupees, language), language), rupees);
            }
        }

        #[test]
        fn what_is_shown_can_be_typed(paise in 1_i64..1_000_000_000_000_000) {
            prop_assert_eq!(parse_amount(&Paise(paise).to_string()), Ok(Paise(paise)));
        }
    }

    #[test]
    fn no_two_numbers_have_one_word() {
        let words: std::collections::BTreeSet<&str> = HINDI.into_iter().collect();
        assert_eq!(words.len(), 100);
    }

    #[test]
    fn people_write_amounts_in_many_ways() {
        let fifteen_crore = Ok(Paise(15_000_000_000));
        for text in [
            "15 crore",
            "15cr",
            "₹15,00,00,000",
            "150000000",
            " Rs. 15,00,00,000.00 ",
            "१५ करोड़",
            "1500 lakh",
            "15.0 Crore",
        ] {
            assert_eq!(parse_amount(text), fifteen_crore, "{text}");
        }
        assert_eq!(parse_amount("15.4999 crore"), Ok(Paise(15_499_900_000)));
        assert_eq!(parse_amount("0.5"), Ok(Paise(50)));
        assert_eq!(parse_amount("1.500"), Ok(Paise(150)));
        for wrong in ["", "crore", "-1", "1e3", "1.005", "15 crore 20 lakh", "1.2.3", "₹"] {
            assert_eq!(parse_amount(wrong), Err(FieldReason::TypedAmount), "{wrong}");
        }
        for wrong in ["1,5,0", "1,50", "15,00,00", ",150", "1,,500", "150,0000", "1,500,00", "1,50,000,", "2,1000"] {
            let none = (Err(FieldReason::TypedWhole), Err(FieldReason::TypedAmount));
            assert_eq!((parse_whole(wrong), parse_amount(wrong)), none, "{wrong}");
        }
        for (text, number) in
            [("1,50,000", 150_000), ("150,000", 150_000), ("150000", 150_000), ("1,234,567", 1_234_567)]
        {
            assert_eq!((parse_whole(text), parse_amount(text)), (Ok(number), Ok(Paise(number * 100))), "{text}");
        }
        assert_eq!(parse_whole("२,१०,०००"), Ok(210_000));
        assert_eq!(parse_whole("2,10,000"), Ok(210_000));
        assert_eq!(parse_whole("2.5"), Err(FieldReason::TypedWhole));
    }

    #[test]
    fn an_amount_that_is_too_large_is_told_the_largest() {
        let too_large = Err(FieldReason::AmountMost { most: LARGEST_AMOUNT });
        for text in [
            "999999999999999",
            "90071992547409",
            "9999999999999999999",
            "99999999999999999999999999999999999999999999",
            "1,00,00,00,00,00,000.01",
            "1000001 crore",
        ] {
            assert_eq!(parse_amount(text), too_large, "{text}");
        }
        assert_eq!(parse_amount("1,00,00,00,00,00,000.00"), Ok(LARGEST_AMOUNT));
        assert_eq!(
            parse_amount("999999999999999.999"),
            Err(FieldReason::TypedAmount),
            "a part of a paisa is no amount"
        );
        assert_eq!(parse_whole("99999999999999999999"), Err(FieldReason::TotalTooLarge));
    }
}
