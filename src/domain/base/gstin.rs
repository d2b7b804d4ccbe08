//! The goods and services tax identification number (GSTIN): state code, permanent account number (PAN), number of the
//! registration, `Z`, check character. A person registered in several states has several, all with one PAN.

use crate::base::field_reason::FieldReason;

/// Upper case without spaces and hyphens, because people type identifiers in groups.
pub(crate) fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_uppercase).collect()
}

/// Whether the text matches a pattern of `A` (letter), `9` (digit), `*` (letter or digit) and
/// literal other characters.
pub(crate) fn follows(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, want)| match want {
            b'A' => byte.is_ascii_uppercase(),
            b'9' => byte.is_ascii_digit(),
            b'*' => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            other => byte == other,
        })
}

/// Parses a GSTIN: state code, PAN, entity number, `Z`, check character.
pub fn parse_gstin(text: &str) -> Result<String, FieldReason> {
    let gstin = compact(text);
    if !follows(&gstin, "99AAAAA9999A*Z*") {
        return Err(FieldReason::Gstin);
    }
    let state: u32 = gstin.get(0..2).and_then(|state| state.parse().ok()).unwrap_or(0);
    if !((1..=38).contains(&state) || state == 97 || state == 99) {
        return Err(FieldReason::GstinState);
    }
    match (gstin.get(..14).map(gstin_check_character), gstin.chars().last()) {
        (Some(expected), Some(given)) if expected == given => Ok(gstin),
        _ => Err(FieldReason::GstinCheck),
    }
}

/// The check character over the first fourteen: base 36, weights 1 and 2 in turn, digits of each
/// product added, complement to 36 (the algorithm published with the GSTIN format).
pub fn gstin_check_character(first_fourteen: &str) -> char {
    const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let value = |byte: u8| DIGITS.iter().position(|digit| *digit == byte).unwrap_or(0);
    let sum: usize = first_fourteen
        .bytes()
        .enumerate()
        .map(|(index, byte)| {
            let product = value(byte) * if index % 2 == 0 { 1 } else { 2 };
            product / 36 + product % 36
        })
        .sum();
    char::from(DIGITS.get((36 - sum % 36) % 36).copied().unwrap_or(b'0'))
}

/// The PAN within a GSTIN in normal form: registrations of one person in several states share it.
pub fn pan_of(gstin: &str) -> &str {
    gstin.get(2..12).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_published_gstin_example_checks() {
        assert_eq!(gstin_check_character("27AAPFU0939F1Z"), 'V');
        assert!(parse_gstin("27AAPFU0939F1ZV").is_ok());
        assert!(parse_gstin("27AAPFU0939F1ZW").is_err());
        assert!(parse_gstin("00AAPFU0939F1ZV").is_err());
        assert_eq!(parse_gstin(" 27aapfu-0939f 1zv").unwrap(), "27AAPFU0939F1ZV");
        assert_eq!(pan_of("27AAPFU0939F1ZV"), "AAPFU0939F");
    }

    proptest! {
        #[test]
        fn one_wrong_character_never_passes_the_check(position in 0_usize..14, replacement in 0_usize..36) {
            let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
            let mut changed = *b"27AAPFU0939F1Z";
            prop_assume!(changed[position] != digits[replacement]);
            changed[position] = digits[replacement];
            let text = String::from_utf8(changed.to_vec()).unwrap();
            prop_assert_ne!(gstin_check_character(&text), 'V');
        }

        #[test]
        fn nothing_typed_panics(text in "\\PC{0,30}") {
            let _ = (parse_gstin(&text).is_ok(), pan_of(&text).len());
        }
    }
}
