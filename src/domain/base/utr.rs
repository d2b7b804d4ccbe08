//! The unique transaction reference (UTR), which a bank assigns to a payment.

use crate::base::field_reason::FieldReason;

/// A UTR in normal form: upper-case letters and digits, without blanks, hyphens and slashes.
pub fn normalise_utr(text: &str) -> Result<String, FieldReason> {
    let utr: String =
        text.chars().filter(|c| !c.is_whitespace() && *c != '-' && *c != '/').flat_map(char::to_uppercase).collect();
    let plain = utr.bytes().all(|b| b.is_ascii_alphanumeric());
    if !plain || !(12..=22).contains(&utr.len()) {
        return Err(FieldReason::Utr);
    }
    Ok(utr)
}
