//! The days of the story, which follow the day on which it is played.

use crate::demo::DemoError;
use crate::demo::people::People;
use crate::demo::story::{broke, text};

/// The story begins with the financial year after the present one, so that the clock only ever has to be moved
/// forward.
pub(super) struct Dates {
    first_year: i64,
}

impl Dates {
    pub(super) fn from_clock(people: &People) -> Result<Dates, DemoError> {
        let clock = people.administrator.gets("/clock")?;
        let present = text(&clock, "financial_year")?.get(..4).and_then(|year| year.parse::<i64>().ok());
        Ok(Dates { first_year: present.ok_or_else(|| broke("no financial year"))? + 1 })
    }

    /// `on(1, "03-15")`: 15 March of the second calendar year of the story.
    pub(super) fn on(&self, year: i64, day: &str) -> String {
        format!("{}-{day}", self.first_year + year)
    }

    /// `year(0)`: the story's first financial year, such as `2027-28`.
    pub(super) fn year(&self, year: i64) -> String {
        let start = self.first_year + year;
        format!("{start}-{:02}", (start + 1) % 100)
    }

    /// The reference that a bank gives to a payment on this day: the bank, the day, and a number of the day.
    pub(super) fn utr(bank: &str, day: &str, number: u32) -> String {
        format!("{bank}R1{}{number:08}", day.replace('-', ""))
    }
}
