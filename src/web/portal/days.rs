//! Days and instants as people read them; instants are Indian Standard Time.

use crate::web::portal::texts::Language;
use chrono::{DateTime, FixedOffset, NaiveDate, Timelike};
use domain::base::calendar::{IST_OFFSET_SECONDS, Timestamp};

/// A day: `12 Nov 2026`, `12 नवंबर 2026`.
pub fn day(day: NaiveDate, language: Language) -> String {
    language.day(day)
}

/// An instant: `12 Nov 2026, 14:02 IST`.
pub fn instant(at: Timestamp, language: Language) -> String {
    format!("{}, {}", day(at.date_in_india(), language), time(at, language))
}

/// The time of an instant: `14:02 IST`.
pub fn time(at: Timestamp, language: Language) -> String {
    let utc = DateTime::from_timestamp_micros(at.micros()).unwrap_or_default();
    let (hour, minute) = match FixedOffset::east_opt(IST_OFFSET_SECONDS) {
        Some(ist) => {
            let here = utc.with_timezone(&ist);
            (here.hour(), here.minute())
        }
        None => (utc.hour(), utc.minute()),
    };
    language.text_with("time-ist", &[("time", format!("{hour:02}:{minute:02}"))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_india() {
        let at: Timestamp = "2026-11-11T18:31:00Z".parse().unwrap();
        assert_eq!(instant(at, Language::English), "12 Nov 2026, 00:01 IST");
        assert_eq!(day(at.date_in_india(), Language::Hindi), "12 नवंबर 2026");
    }
}
