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
        let typed = error.span().and_then(|span| text.get(span)).unwrap_or_default();
        let key = key_before(text, start);
        let (named, expected) = expected(&why);
        let expected = typed_wrong(&why, typed, key, text, start).or(expected);
        let why = expected.as_ref().map_or(why, ToString::to_string);
        let written = text.lines().nth(line - 1).and_then(|line| line.split_once('='));
        let on_line = || written.map(|(key, _)| key.trim().to_owned()).unwrap_or_default();
        let key = named.or_else(|| key.map(str::to_owned)).unwrap_or_else(on_line);
        BadScheme { key, line: Some(line), why, expected }
    }

    /// The same error with the line of the text on which its key is found.
    pub fn located(mut self, text: &str) -> BadScheme {
        self.line = line_of(text, &self.key);
        self
    }
}

/// The key that stands before a value, as it is written.
fn key_before(text: &str, start: usize) -> Option<&str> {
    let before = text.get(..start)?.trim_end().strip_suffix('=')?.trim_end();
    let inside = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    let from = before.rfind(|letter| !inside(letter)).map_or(0, |at| at + 1);
    before.get(from..).filter(|key| !key.is_empty())
}

/// The unit of the section in which a place lies, as it is written there.
fn unit_around(text: &str, start: usize) -> Option<&str> {
    let (before, after) = text.split_at_checked(start)?;
    let begins = before.rfind("\n[").unwrap_or(0);
    let ends = after.find("\n[").map_or(text.len(), |at| start + at);
    let section = text.get(begins..ends)?;
    // The rows of a table have their unit in the section of the table itself.
    let header = section.trim_start().lines().next().unwrap_or_default();
    let table = header.trim_matches(['[', ']']).strip_suffix(".rows").map(|table| format!("[{table}]"));
    let section = match table {
        Some(table) => text.split_once(table.as_str())?.1,
        None => section,
    };
    let unit = section.lines().find_map(|line| line.trim().strip_prefix("unit"))?;
    unit.trim_start().strip_prefix('=')?.split('"').nth(1)
}

/// What is wrong with a value, in terms of what was typed.
fn typed_wrong(why: &str, typed: &str, key: Option<&str>, text: &str, start: usize) -> Option<FieldReason> {
    let typed = typed.trim().to_owned();
    if why.starts_with("invalid type: floating point") {
        let unit = match key {
            Some("rupees") => Some("rupees"),
            Some("value") => unit_around(text, start),
            Some(key) if key.ends_with("_share") || key.starts_with("basis_points") => Some("basis_points"),
            _ => None,
        };
        return Some(match unit {
            Some("basis_points") => FieldReason::NotWholeBasisPoints { typed },
            Some("percent") => FieldReason::NotWholePercent { typed },
            Some("rupees") => FieldReason::NotWholeRupees { typed },
            _ => FieldReason::NotWhole { typed },
        });
    }
    if why.contains("untagged enum") {
        return Some(FieldReason::NoFactValue { typed });
    }
    // What the reader of days says of a text that is none.
    let no_day =
        ["input contains invalid characters", "premature end of input", "input is out of range", "trailing input"];
    no_day.contains(&why).then_some(FieldReason::NoDay { typed })
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
    let wrong = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "));
    let wrong_type = wrong.and_then(|rest| rest.rsplit_once(", expected "));
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
        let wrong = said("basis_points = 200", "basis_points = 13.5");
        assert!(wrong.ends_with("basis_points: 13.5 is not a whole number of basis points"), "{wrong}");
        let wrong = said("rupees = 130_00_00_000", "rupees = 1.3");
        assert!(wrong.ends_with("rupees: 1.3 is not a whole number of rupees"), "{wrong}");
        let wrong = said("due_months = 12", "due_months = 1.5");
        assert!(wrong.ends_with("due_months: 1.5 is not a whole number"), "{wrong}");
        let wrong = said("due_months = 12", "due_months = -1");
        assert!(wrong.ends_with("due_months: must be a whole number within its limits"), "{wrong}");
        let day = TEXT.lines().find(|line| line.starts_with("effective_from")).unwrap();
        let wrong = said(day, "effective_from = \"31.03.2027\"");
        assert!(
            wrong.ends_with("effective_from: \"31.03.2027\" is no day; a day is written like 2026-04-01"),
            "{wrong}"
        );
    }

    #[test]
    fn a_figure_is_named_with_its_own_unit() {
        const FOURTH: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-4.toml");
        const SAMPLE: &str = include_str!("../../../config/schemes/samples/incremental-sales.toml");
        let said = |text: &str, from: &str, to: &str| {
            assert!(text.contains(from), "{from}");
            Scheme::parse(&text.replacen(from, to, 1)).unwrap_err().to_string()
        };
        let share = said(FOURTH, "[figures.turnover_share]\nvalue = 4000", "[figures.turnover_share]\nvalue = 40.5");
        assert!(share.ends_with("key 'value': 40.5 is not a whole number of basis points"), "{share}");
        let percent = "[figures.turnover_share]\nvalue = 40.5\nunit = \"percent\"";
        let share = said(FOURTH, "[figures.turnover_share]\nvalue = 4000\nunit = \"basis_points\"", percent);
        assert!(
            share.ends_with("40.5 is not a whole number of percent; in basis points 100 are one percent"),
            "{share}"
        );
        let row = said(SAMPLE, "up_to = 250_00_00_000\nvalue = 800", "up_to = 250_00_00_000\nvalue = 8.5");
        assert!(row.ends_with("8.5 is not a whole number of basis points"), "{row}");
        let fact = said(SAMPLE, "facts = { value_addition = 5000 }", "facts = { value_addition = 50.5 }");
        assert!(fact.contains("50.5 is no value of a fact"), "{fact}");
    }
}
