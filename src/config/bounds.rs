//! The bounds of every number among the settings. Beyond them the program could not start at all (threads, memory), or
//! would promise a time that nobody waits for.

/// A number: its key, the least and the most.
pub type Bounds = (&'static str, i64, i64);

const GIBIBYTE: i64 = 1 << 30;

pub const ALL: [Bounds; 15] = [
    ("server.json_bytes_most", 1_024, GIBIBYTE),
    ("server.body_seconds_most", 1, 3_600),
    ("server.workers", 0, 256),
    ("database.readers", 1, 1_000),
    ("database.queue_length", 1, 1_000_000),
    ("database.command_seconds_most", 1, 3_600),
    ("clock.ahead_days_most", 1, 36_525),
    ("evidence.bytes_most", 1_024, 10 * GIBIBYTE),
    ("treasury.return_bytes_most", 1_024, GIBIBYTE),
    ("sign_in.access_minutes", 1, 60),
    ("sign_in.session_days", 1, 90),
    ("personal_data.kept_years", 0, 100),
    ("controls.every_minutes", 1, 1_440),
    ("portal.idle_minutes", 1, 240),
    ("portal.session_hours", 1, 24),
];

/// The bounds of the number under a key, in words.
pub fn in_words(section: &str, key: &str) -> String {
    let found = ALL.iter().find(|(name, ..)| name.split_once('.') == Some((section, key)));
    found.map_or_else(String::new, |(_, least, most)| format!(" of {least} to {most}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use toml::{Table, Value};

    #[test]
    fn every_number_of_the_settings_has_bounds() {
        let defaults: Table = include_str!("../../config/default.toml").parse().unwrap();
        let mut numbers = BTreeSet::new();
        for (section, keys) in &defaults {
            for (key, value) in keys.as_table().unwrap() {
                if let Value::Integer(usual) = value {
                    let name = format!("{section}.{key}");
                    let bounds = ALL.iter().find(|(bounded, ..)| *bounded == name);
                    let (_, least, most) = bounds.unwrap_or_else(|| panic!("{name} has no bounds"));
                    assert!((least..=most).contains(&usual), "{name} = {usual}");
                    numbers.insert(name);
                }
            }
        }
        assert_eq!(numbers.len(), ALL.len(), "each once, and no other");
    }
}
