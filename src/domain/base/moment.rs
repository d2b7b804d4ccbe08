//! The moment of a query (bitemporal): `as_of` is the valid time, the day on which something was
//! true; `known_at` is the transaction time, the instant by which it was recorded.

use crate::base::calendar::{IST_OFFSET_SECONDS, Timestamp};
use crate::base::field::{BadParameter, is_of_files};
use crate::base::field_reason::FieldReason;
use chrono::NaiveDate;

/// The moment that a query requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedMoment {
    pub as_of: Option<NaiveDate>,
    /// `None` means everything recorded up to now.
    pub known_at: Option<Timestamp>,
}

impl AskedMoment {
    /// Parses both parameters; `known_at=now` means everything recorded up to now.
    pub fn parse(as_of: Option<&str>, known_at: Option<&str>) -> Result<AskedMoment, BadParameter> {
        let day = |text: &str| {
            let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|day| day.to_string() == text);
            let day = day.filter(|day| is_of_files(*day));
            day.ok_or_else(|| BadParameter::new("as_of", FieldReason::ADay))
        };
        let instant = |text: &str| {
            let instant = text.parse::<Timestamp>().ok().filter(|instant| is_of_files(instant.date_in_india()));
            instant.ok_or_else(|| BadParameter::new("known_at", FieldReason::AnInstant))
        };
        Ok(AskedMoment {
            as_of: as_of.map(day).transpose()?,
            known_at: known_at.filter(|text| *text != "now").map(instant).transpose()?,
        })
    }

    /// Refuses a moment in the future, because its answer could still change.
    pub fn check(self, now: Timestamp) -> Result<(), BadParameter> {
        if self.as_of.is_some_and(|day| day > now.date_in_india()) {
            return Err(BadParameter::new("as_of", FieldReason::InFuture));
        }
        if self.known_at.is_some_and(|instant| instant > now) {
            return Err(BadParameter::new("known_at", FieldReason::InFuture));
        }
        Ok(())
    }
}

/// The last microsecond of a day in India.
pub fn end_of_day(day: NaiveDate) -> Timestamp {
    let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
    Timestamp::new(midnight).plus_seconds(24 * 60 * 60 - i64::from(IST_OFFSET_SECONDS)).plus_micros(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_midnight_in_india() {
        let day = NaiveDate::from_ymd_opt(2027, 3, 31).unwrap();
        let end = end_of_day(day);
        assert_eq!(end.to_string(), "2027-03-31T18:29:59.999999Z");
        assert_eq!((end.date_in_india(), end.plus_micros(1).date_in_india()), (day, day.succ_opt().unwrap()));
    }

    #[test]
    fn what_cannot_be_read_or_lies_ahead_is_refused() {
        let now = "2027-03-31T18:29:59Z".parse::<Timestamp>().unwrap();
        let asked = |as_of, known_at| AskedMoment::parse(as_of, known_at).and_then(|asked| asked.check(now)).is_ok();
        assert!(asked(Some("2027-03-31"), Some("2027-03-31T18:29:59Z")));
        assert!(asked(None, Some("now")));
        assert!(asked(None, Some("2027-03-31T23:59:59+05:30")), "another zone");
        for (as_of, known_at) in [
            (Some("2027-04-01"), None),
            (Some("31-03-2027"), None),
            (Some("2027-3-31"), None),
            (None, Some("2027-03-31T18:30:00Z")),
            (None, Some("2027-03-31")),
            (None, Some("")),
            (Some("-0001-01-01"), None),
            (Some("0000-01-01"), None),
            (Some("1899-12-31"), None),
            (None, Some("0001-01-01T00:00:00Z")),
        ] {
            assert!(!asked(as_of, known_at), "{as_of:?} {known_at:?}");
        }
    }
}
