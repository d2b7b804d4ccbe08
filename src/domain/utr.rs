//! The unique transaction reference (UTR) that a bank gives to a payment.

/// A UTR in its one form: letters and digits, upper case, however it was spaced or cased.
pub fn normalise_utr(text: &str) -> Result<String, &'static str> {
    let utr: String =
        text.chars().filter(|c| !c.is_whitespace() && *c != '-' && *c != '/').flat_map(char::to_uppercase).collect();
    let plain = utr.bytes().all(|b| b.is_ascii_alphanumeric());
    if !plain || !(12..=22).contains(&utr.len()) {
        return Err("a UTR has 12 to 22 letters and digits");
    }
    Ok(utr)
}
