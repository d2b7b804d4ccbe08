//! Reading the text of a scheme version: its rules, and the examples that they must give.

use crate::revision::example_claim::hold;
use crate::scheme::bad_scheme::BadScheme;
use crate::scheme::scheme::Scheme;
use chrono::NaiveDate;
use serde_json::Value;

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
    let checked = scheme.check_plausible().and_then(|()| check_days(scheme, text));
    checked.map_err(|error| error.located(text))
}

/// Months and days have two digits, here as everywhere. What was read as a day is found in the version itself, so that
/// a title that looks like a day is none.
fn check_days(scheme: &Scheme, text: &str) -> Result<(), BadScheme> {
    let (written, read) = (toml::from_str(text).unwrap_or_default(), serde_json::to_value(scheme).unwrap_or_default());
    let mut open: Vec<(String, &Value, &Value)> = vec![(String::new(), &written, &read)];
    while let Some((key, written, read)) = open.pop() {
        let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
        match (written, read) {
            (Value::Object(written), Value::Object(read)) => {
                let both = written.iter().filter_map(|(name, value)| Some((below(name), value, read.get(name)?)));
                open.extend(both);
            }
            (Value::Array(written), Value::Array(read)) => {
                let both = written.iter().zip(read).enumerate();
                open.extend(both.map(|(index, (written, read))| (below(&index.to_string()), written, read)));
            }
            (Value::String(written), Value::String(day)) if written != day && is_same_day(written, day) => {
                let why = format!("months and days have two digits: {day}, and not {written}");
                return Err(BadScheme::new(key, why));
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_same_day(one: &str, other: &str) -> bool {
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    day(one).is_some() && day(one) == day(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTIFIED: &str = include_str!("../../../config/schemes/repm-2025-notified-4.toml");

    #[test]
    fn a_day_has_two_digits_of_month_and_day() {
        read_new(NOTIFIED).unwrap();
        let scheme = Scheme::parse(NOTIFIED).unwrap();
        let begins = scheme.effective_from;
        let short = begins.format("%Y-%-m-%-d").to_string();
        assert_ne!(short, begins.to_string());
        let text = NOTIFIED.replacen(&format!("\"{begins}\""), &format!("\"{short}\""), 1);
        // A version that was published before is read as it is.
        read(&text).unwrap();
        let why = read_new(&text).unwrap_err().to_string();
        assert!(why.contains("effective_from") && why.contains(&format!("{begins}, and not {short}")), "{why}");
        let text = NOTIFIED.replacen("period_from = \"2029-04-01\"", "period_from = \"2029-4-1\"", 1);
        let why = read_new(&text).unwrap_err().to_string();
        assert!(why.contains("2029-04-01, and not 2029-4-1"), "{why}");
    }
}
