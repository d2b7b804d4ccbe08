//! Reading the text of a scheme version: its rules, and the examples that they must give.

use crate::revision::example_claim::hold;
use crate::scheme::bad_scheme::BadScheme;
use crate::scheme::scheme::Scheme;

/// Reads a whole text and holds its examples. The error names the line, the key and what was expected.
pub fn read(text: &str) -> Result<Scheme, BadScheme> {
    let scheme = Scheme::parse(text)?;
    hold(&scheme).map_err(|error| error.located(text))?;
    Ok(scheme)
}

/// Reads a text that is no version yet: beyond what is held of every text, it must not say what cannot be meant.
pub fn read_new(text: &str) -> Result<Scheme, BadScheme> {
    let scheme = read(text)?;
    check_new(&scheme, text)?;
    Ok(scheme)
}

/// Refuses a new text that says what cannot be meant.
pub fn check_new(scheme: &Scheme, text: &str) -> Result<(), BadScheme> {
    scheme.check_plausible().map_err(|error| error.located(text))
}
