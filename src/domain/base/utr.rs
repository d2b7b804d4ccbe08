//! The unique transaction reference (UTR), which a bank assigns to a payment.

use crate::base::field_reason::FieldReason;

/// A UTR in normal form: upper-case letters and digits, without blanks, hyphens and slashes, and without leading zeros,
/// which spreadsheets drop and which would make a second reference of one.
pub fn normalise_utr(text: &str) -> Result<String, FieldReason> {
    let utr: String =
        text.chars().filter(|c| !c.is_whitespace() && *c != '-' && *c != '/').flat_map(char::to_uppercase).collect();
    let plain = utr.bytes().all(|b| b.is_ascii_alphanumeric());
    let significant = utr.trim_start_matches('0');
    // A reference of 12 digits is as long as that with its zeros, and with none of them more than a few digits short.
    if !plain || !(12..=22).contains(&utr.len()) || significant.len() < SIGNIFICANT_LEAST {
        return Err(FieldReason::Utr);
    }
    Ok(significant.to_owned())
}

/// The least characters of a UTR without its leading zeros.
const SIGNIFICANT_LEAST: usize = 6;
