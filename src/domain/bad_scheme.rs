//! What is wrong with a scheme file, and where.

/// A file that cannot be a scheme: where, and what was expected.
#[derive(Debug)]
pub struct BadScheme {
    /// The key, from the top of the file: `claims.0.limits.1.amount_paise`.
    pub key: String,
    pub line: Option<usize>,
    pub why: String,
}

impl BadScheme {
    pub fn new(key: impl Into<String>, why: impl Into<String>) -> BadScheme {
        BadScheme { key: key.into(), line: None, why: why.into() }
    }

    /// The same, with the line of the text in which its key stands.
    pub(in crate::domain) fn located(mut self, text: &str) -> BadScheme {
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

/// The line in which a key stands, or the nearest key above it that does.
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
