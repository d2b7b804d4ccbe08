//! Days and instants as people read them; instants are Indian Standard Time.

use crate::web::portal::texts::Language;
use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Timelike};
use domain::base::calendar::{IST_OFFSET_SECONDS, Timestamp};

const ENGLISH: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const HINDI: [&str; 12] =
    ["जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"];

/// The name of a month, 1 for January.
pub fn month(number: u32, language: Language) -> &'static str {
    let months = if language == Language::English { ENGLISH } else { HINDI };
    let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    place.and_then(|place| months.get(place)).copied().unwrap_or_default()
}

/// A day: `12 Nov 2026`, `12 नवंबर 2026`.
pub fn day(day: NaiveDate, language: Language) -> String {
    format!("{} {} {}", day.day(), month(day.month(), language), day.year())
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
