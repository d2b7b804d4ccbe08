//! The error for a scheme file that is not valid: where it is wrong, and how.

use crate::base::field_reason::FieldReason;

/// The error for an invalid scheme file: the key, and what was expected there.
#[derive(Debug)]
pub struct BadScheme {
    /// The key, from the top of the file: `claims.0.limits.1.amount_paise`.
    pub key: String,
    pub line: Option<usize>,
    pub why: String,
    /// What was expected, where the parser says it in a form that is known.
    pub expected: Option<FieldReason>,
}

impl BadScheme {
    /// An error at a key, without a line yet.
    pub fn new(key: impl Into<String>, why: impl Into<String>) -> BadScheme {
        BadScheme { key: key.into(), line: None, why: why.into(), expected: None }
    }

    /// What the parser of TOML says of a text.
    pub(crate) fn of_toml(error: &toml::de::Error, text: &str) -> BadScheme {
        let start = error.span().map_or(0, |span| span.start);
        let before = text.get(..start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let why = error.message().to_owned();
        if toml::de::DeTable::parse(text).is_err() {
            return BadScheme {
                key: String::new(),
                line: Some(line),
                why,
                expected: Some(FieldReason::NotToml { line }),
            };
        }
        let (named, expected) = expected(&why);
        let written = text.lines().nth(line - 1).and_then(|line| line.split_once('='));
        let key = named.or_else(|| written.map(|(key, _)| key.trim().to_owned())).unwrap_or_default();
        BadScheme { key, line: Some(line), why, expected }
    }

    /// The same error with the line of the text on which its key is found.
    pub(crate) fn located(mut self, text: &str) -> BadScheme {
        self.line = line_of(text, &self.key);
        self
    }
}

/// The key that a message of the parser names, and what it expected, as far as its forms are known.
fn expected(message: &str) -> (Option<String>, Option<FieldReason>) {
    let quoted = |text: &str| text.split('`').nth(1).map(str::to_owned);
    let choices = || {
        let listed = message.split_once("expected ").map(|(_, rest)| rest.split('`').skip(1).step_by(2));
        listed.into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    if message.starts_with("missing field") {
        return (quoted(message), Some(FieldReason::Missing));
    }
    if message.starts_with("unknown field") {
        return (quoted(message), Some(FieldReason::UnknownField { known: choices() }));
    }
    if message.starts_with("unknown variant") {
        return (None, Some(FieldReason::OneOf { choices: choices() }));
    }
    let wrong_type = message.strip_prefix("invalid type: ").and_then(|rest| rest.rsplit_once(", expected "));
    let reason = wrong_type.and_then(|(_, wanted)| match wanted {
        "i64" | "u64" | "i32" | "u32" | "u8" | "u16" | "usize" | "integer" => Some(FieldReason::JsonWhole),
        "a string" | "string" => Some(FieldReason::JsonText),
        "a boolean" => Some(FieldReason::JsonYesNo),
        "a sequence" => Some(FieldReason::JsonList),
        _ => None,
    });
    (None, reason)
}

/// Where a scheme's text is wrong, for whoever sent it: in words that every language has, or as the parser said it.
impl From<BadScheme> for FieldReason {
    fn from(bad: BadScheme) -> FieldReason {
        match (bad.expected.clone(), bad.line) {
            (Some(FieldReason::NotToml { line }), _) => FieldReason::NotToml { line },
            (Some(why), Some(line)) => FieldReason::AtLine { line, key: bad.key, why: why.message() },
            _ => FieldReason::AsSaid { said: bad.to_string() },
        }
    }
}

impl std::error::Error for BadScheme {}

impl std::fmt::Display for BadScheme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.key.is_empty(), self.line) {
            (true, Some(line)) => write!(f, "line {line}: {}", self.why),
            (true, None) => f.write_str(&self.why),
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

#[cfg(test)]
mod tests {
    use crate::base::field_reason::FieldReason;
    use crate::scheme::scheme::Scheme;
    use crate::scheme::scheme::tests::TEXT;

    #[test]
    fn a_text_that_is_no_scheme_says_the_line_and_what_was_expected() {
        let said = |from: &str, to: &str| {
            assert!(TEXT.contains(from), "{from}");
            let bad = Scheme::parse(&TEXT.replacen(from, to, 1)).unwrap_err();
            FieldReason::from(bad).to_string()
        };
        let version = TEXT.lines().position(|line| line.starts_with("version = ")).unwrap() + 1;
        let wrong = said("\nversion = 2", "\nversion = \"two\"");
        assert_eq!(wrong, format!("line {version}, version: must be a whole number within its limits"));
        let wrong = said("\nversion = 2", "\nversion = ");
        assert!(wrong.starts_with(&format!("line {version} cannot be read as TOML")), "{wrong}");
        let wrong = said("\nversion = 2", "\nversion = 2\nnonsense = 1");
        assert!(wrong.starts_with(&format!("line {}, nonsense: is no field here", version + 1)), "{wrong}");
        assert!(said("\nversion = 2", "").ends_with("version: must be given"));
    }
}
