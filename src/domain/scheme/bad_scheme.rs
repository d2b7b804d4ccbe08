//! The error for a scheme file that is not valid: where it is wrong, and how.

/// The error for an invalid scheme file: the key, and what was expected there.
#[derive(Debug)]
pub struct BadScheme {
    /// The key, from the top of the file: `claims.0.limits.1.amount_paise`.
    pub key: String,
    pub line: Option<usize>,
    pub why: String,
}

impl BadScheme {
    /// An error at a key, without a line yet.
    pub fn new(key: impl Into<String>, why: impl Into<String>) -> BadScheme {
        BadScheme { key: key.into(), line: None, why: why.into() }
    }

    /// The same error with the line of the text on which its key is found.
    pub(crate) fn located(mut self, text: &str) -> BadScheme {
        self.line = line_of(text, &self.key);
        self
    }
}

impl std::error::Error for BadScheme {}

impl std::fmt::Display for BadScheme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.key.is_empty(), self.line) {
            (true, _) => f.write_str(&self.why),
            (false, Some(line)) => write!(f, "line {line}, key '{}': {}", self.key, self.why),
            (false, None) => write!(f, "key '{}': {}", self.key, self.why),
        }
    }
}

/// The line on which a key is found, or else the line of its nearest parent that is found.
fn line_of(text: &str, key: &str) -> Option<usize> {
    use toml::de::{DeTable, DeValue};
    let table = DeTable::parse(text).ok()?;
    let mut place = None;
    let mut here: &DeValue<'_> = &DeValue::Table(table.get_ref().clone());
    for part in key.split('.') {
        let next = match here {
            DeValue::Table(table) => table.get(part),
            DeValue::Array(all) => part.parse().ok().and_then(|index: usize| all.get(index)),
            _ => None,
        };
        let Some(next) = next else { break };
        place = Some(next.span().start);
        here = next.get_ref();
    }
    place.map(|start| text[..start].matches('\n').count() + 1)
}
