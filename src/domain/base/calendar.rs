//! Instants, dates and financial years. Instants are UTC, truncated to microseconds (the precision
//! that both databases store); the financial year runs from 1 April in Indian Standard Time
//! (UTC+05:30).

use chrono::{DateTime, Datelike, Duration, FixedOffset, Months, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// How far Indian Standard Time is ahead of UTC, in seconds.
pub const IST_OFFSET_SECONDS: i32 = 5 * 3600 + 30 * 60;

/// An instant in UTC with microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, format = DateTime)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// Truncates an instant to whole microseconds, so that it reads back equal from any database.
    pub fn new(instant: DateTime<Utc>) -> Self {
        let micros = instant.timestamp_micros();
        Self(DateTime::from_timestamp_micros(micros).unwrap_or(instant))
    }

    /// Microseconds since 1 January 1970, UTC.
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// Whole seconds since 1 January 1970, UTC.
    pub fn seconds(self) -> i64 {
        self.0.timestamp()
    }

    /// The instant this many microseconds later, or the same instant if that would be out of range.
    pub fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.checked_add_signed(Duration::microseconds(micros)).unwrap_or(self.0))
    }

    /// The instant this many seconds later, or the same instant if that would be out of range.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_micros(seconds.saturating_mul(1_000_000))
    }

    /// The calendar date in India at this instant.
    pub fn date_in_india(self) -> NaiveDate {
        match FixedOffset::east_opt(IST_OFFSET_SECONDS) {
            Some(ist) => self.0.with_timezone(&ist).date_naive(),
            None => self.0.date_naive(),
        }
    }

    /// The financial year in India at this instant.
    pub fn financial_year(self) -> FinancialYear {
        FinancialYear::containing(self.date_in_india())
    }
}

/// Written `2026-11-22T15:45:44.000000Z`: fixed width, so that text order is time order.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl FromStr for Timestamp {
    type Err = chrono::ParseError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        DateTime::parse_from_rfc3339(text).map(|instant| Self::new(instant.with_timezone(&Utc)))
    }
}

/// The error for a text that is not an instant.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("an instant is written like 2027-04-01T06:30:00Z")]
pub struct NotAnInstant;

impl TryFrom<String> for Timestamp {
    type Error = NotAnInstant;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map_err(|_| NotAnInstant)
    }
}

impl From<Timestamp> for String {
    fn from(instant: Timestamp) -> String {
        instant.to_string()
    }
}

/// A financial year (stored as the year in which it starts), written `2026-27`: 1 April 2026 to 31
/// March 2027.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = r"^\d{4}-\d{2}$")]
pub struct FinancialYear(i32);

/// The error for a text that is not a financial year.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a financial year is written like 2026-27")]
pub struct NotAFinancialYear;

impl FinancialYear {
    /// The financial year that contains a date.
    pub fn containing(date: NaiveDate) -> Self {
        Self(if date.month() >= 4 { date.year() } else { date.year() - 1 })
    }

    /// The year that begins this many years later.
    pub fn plus_years(self, years: i32) -> FinancialYear {
        Self(self.0.saturating_add(years))
    }

    /// Whether the whole period lies within this year.
    pub fn contains_period(self, from: NaiveDate, to: NaiveDate) -> bool {
        Self::containing(from) == self && Self::containing(to) == self
    }

    /// 1 April; `None` for a year outside the calendar.
    pub fn first_day(self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.0, 4, 1)
    }

    /// 31 March of the next calendar year.
    pub fn last_day(self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.0 + 1, 3, 31)
    }
}

impl fmt::Display for FinancialYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0, (self.0 + 1).rem_euclid(100))
    }
}

impl FromStr for FinancialYear {
    type Err = NotAFinancialYear;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (first, second) = text.split_once('-').ok_or(NotAFinancialYear)?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if first.len() != 4 || second.len() != 2 || !digits(first) || !digits(second) {
            return Err(NotAFinancialYear);
        }
        let year = Self(first.parse().map_err(|_| NotAFinancialYear)?);
        if year.to_string() == text { Ok(year) } else { Err(NotAFinancialYear) }
    }
}

impl TryFrom<String> for FinancialYear {
    type Error = NotAFinancialYear;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<FinancialYear> for String {
    fn from(year: FinancialYear) -> String {
        year.to_string()
    }
}

/// The same day this many months later (the last day of the month if that day does not exist).
pub fn plus_months(date: NaiveDate, months: u32) -> NaiveDate {
    date.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_year_holds_its_two_ends_and_nothing_beyond() {
        let year: FinancialYear = "2026-27".parse().unwrap();
        let (first, last) = (year.first_day().unwrap(), year.last_day().unwrap());
        assert!(year.contains_period(first, last));
        assert!(!year.contains_period(first.pred_opt().unwrap(), last));
        assert!(!year.contains_period(first, last.succ_opt().unwrap()));
    }

    #[test]
    fn the_year_turns_at_midnight_in_india() {
        assert_eq!(at("2027-03-31T18:29:59.999999Z").financial_year().to_string(), "2026-27");
        assert_eq!(at("2027-03-31T18:30:00Z").financial_year().to_string(), "2027-28");
    }

    #[test]
    fn only_a_real_year_parses() {
        assert_eq!("1999-00".parse::<FinancialYear>().unwrap().to_string(), "1999-00");
        for wrong in ["2026-28", "2026-2027", "26-27", "2026/27", "", "२०२६-27", "+026-27"] {
            assert_eq!(wrong.parse::<FinancialYear>(), Err(NotAFinancialYear), "{wrong}");
        }
    }

    #[test]
    fn instants_keep_microseconds_and_sort_as_text() {
        let early = at("2026-11-22T15:45:44.123456789Z");
        assert_eq!(early.to_string(), "2026-11-22T15:45:44.123456Z");
        assert!(early.to_string() < early.plus_micros(1).to_string());
    }

    #[test]
    fn months_end_on_a_day_that_exists() {
        let last = NaiveDate::from_ymd_opt(2027, 1, 31).unwrap();
        assert_eq!(plus_months(last, 1).to_string(), "2027-02-28");
    }
}
