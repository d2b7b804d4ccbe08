//! The double entry of each kind of record: the transactions that a journal has for one record.

use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::desk::selected_row::{Cell, SelectedRow};
use domain::desk::selection::Subject;
use domain::payment::disbursement::DisbursementStatus;
use std::collections::HashMap;
use std::io;

/// The account that the bank pays from.
const PAID: &str = "Assets:Treasury";
/// The account of what beneficiaries owe the Union.
const RECOVERABLE: &str = "Assets:Recoverable";

/// How records of one kind are written as transactions.
pub struct Records {
    /// The explanation of the accounts for the reader.
    pub says: &'static str,
    /// The fields of the record that each transaction repeats as tags.
    pub tags: &'static [&'static str],
    pub transactions: fn(&Record<'_>) -> io::Result<Vec<Transaction>>,
}

/// One transaction: its day, text and postings.
pub struct Transaction {
    pub day: NaiveDate,
    pub number: String,
    pub title: String,
    pub postings: Vec<(String, i64)>,
}

/// How a kind of record is written; `None` where its records move no money.
pub fn of(subject: Subject) -> Option<&'static Records> {
    match subject {
        Subject::Disbursements => Some(&DISBURSEMENTS),
        Subject::Sanctions => Some(&SANCTIONS),
        Subject::Payments => Some(&PAYMENTS),
        Subject::Recoveries => Some(&RECOVERIES),
        Subject::BudgetMovements => Some(&BUDGET_MOVEMENTS),
        _ => None,
    }
}

const DISBURSEMENTS: Records = Records {
    says: "Expenses:Disbursed is gross, all that was paid; Expenses:Returned is what the bank took back of it. \
           Assets:Treasury is net.",
    tags: &[
        "id",
        "scheme_code",
        "organisation_id",
        "award_id",
        "claim_id",
        "tranche_id",
        "payment_id",
        "performance_year",
        "utr",
        "status",
    ],
    transactions: |record| {
        let [amount, set_off] = record.amounts(["amount_paise", "set_off_paise"])?;
        // What the bank moved, also where it took it back later.
        let by_bank = amount - set_off;
        let (of, beneficiary, day) =
            (record.share_of("beneficiary"), record.plain("beneficiary"), record.day("paid_on")?);
        let number = record.plain("number");
        let paid = Transaction {
            day,
            number: number.clone(),
            title: beneficiary.clone(),
            postings: paid_out("Disbursed", &of, [amount, -by_bank, -set_off]),
        };
        if record.text("status") != DisbursementStatus::FailedAfterSuccess.as_str() {
            return Ok(vec![paid]);
        }
        let title = format!("{beneficiary}, returned by the bank");
        let postings = paid_out("Returned", &of, [-amount, by_bank, set_off]);
        Ok(vec![paid, Transaction { day, number, title, postings }])
    },
};

const SANCTIONS: Records = Records {
    says: "Expenses:Sanctioned is all that was sanctioned, whatever became of it; each tells its status.",
    tags: &[
        "id",
        "tranche_number",
        "scheme_code",
        "organisation_id",
        "award_id",
        "claim_id",
        "performance_year",
        "held_in",
        "met_from",
        "status",
    ],
    transactions: |record| {
        let [amount] = record.amounts(["amount_paise"])?;
        let of = format!("Expenses:Sanctioned:{}", record.share_of("beneficiary"));
        let postings = vec![(of, amount), ("Liabilities:Sanctioned".to_owned(), -amount)];
        Ok(vec![record.transaction("sanctioned_on", "beneficiary", postings)?])
    },
};

const PAYMENTS: Records = Records {
    says: "Expenses:Advised is all that was advised, whatever the bank answered; each tells its status.",
    tags: &["id", "tranche_id", "scheme_code", "organisation_id", "utr", "status"],
    transactions: |record| {
        let [amount, set_off] = record.amounts(["amount_paise", "set_off_paise"])?;
        let postings = paid_out("Advised", &record.share_of("beneficiary"), [amount, set_off - amount, -set_off]);
        Ok(vec![record.transaction("advised_at", "beneficiary", postings)?])
    },
};

const RECOVERIES: Records = Records {
    says: "Assets:Recoverable is all that was to come back at first, without interest and before any credit.",
    tags: &["id", "kind", "scheme_code", "organisation_id", "award_id", "disbursement_id", "milestone_id", "status"],
    transactions: |record| {
        let [amount] = record.amounts(["amount_paise"])?;
        let of = format!("{RECOVERABLE}:{}", record.share_of("payer"));
        let postings = vec![(of, amount), ("Income:Recoverable".to_owned(), -amount)];
        Ok(vec![record.transaction("created_at", "payer", postings)?])
    },
};

const BUDGET_MOVEMENTS: Records = Records {
    says: "Equity:Movements is the other side of each line; of whole journals nothing is left on it.",
    tags: &[
        "id",
        "journal_id",
        "kind",
        "scheme_code",
        "component",
        "award_number",
        "organisation_id",
        "financial_year",
        "stage",
        "account",
    ],
    transactions: |record| {
        let [amount] = record.amounts(["amount_paise"])?;
        let account: Vec<String> = record.text("account").split(':').map(segment).collect();
        let of = format!("Equity:{}:{}", segment(record.text("ledger")), account.join(":"));
        let postings = vec![(of, amount), ("Equity:Movements".to_owned(), -amount)];
        let (day, number, title) = (record.day("posted_at")?, record.plain("reference"), record.plain("kind"));
        Ok(vec![Transaction { day, number, title, postings }])
    },
};

/// The cells of a record, by the names of the fields.
pub struct Record<'r> {
    places: &'r HashMap<&'static str, usize>,
    cells: Vec<Cell<'r>>,
}

impl<'r> Record<'r> {
    pub fn new(places: &'r HashMap<&'static str, usize>, row: &'r SelectedRow) -> Record<'r> {
        Record { places, cells: row.cells().collect() }
    }

    fn cell(&self, name: &str) -> Option<Cell<'r>> {
        self.places.get(name).and_then(|place| self.cells.get(*place)).copied()
    }

    fn text(&self, name: &str) -> &'r str {
        match self.cell(name) {
            Some(Cell::Text(text)) => text,
            _ => "",
        }
    }

    /// A text without characters that have a meaning in any of the three programs.
    pub fn plain(&self, name: &str) -> String {
        plain(self.text(name))
    }

    fn amounts<const N: usize>(&self, names: [&str; N]) -> io::Result<[i64; N]> {
        let mut amounts = [0; N];
        for (amount, name) in amounts.iter_mut().zip(names) {
            *amount = match self.cell(name) {
                Some(Cell::Number(paise)) => paise,
                _ => return Err(io::Error::other(format!("{name} of {} is no amount", self.text("id")))),
            };
        }
        Ok(amounts)
    }

    /// A day; for an instant, its day in India.
    fn day(&self, name: &str) -> io::Result<NaiveDate> {
        let text = self.text(name);
        let day = text.parse().or_else(|_| text.parse::<Timestamp>().map(Timestamp::date_in_india));
        day.map_err(|_| io::Error::other(format!("{name} of {} is no day", self.text("id"))))
    }

    /// Scheme, component and person, as the parts of an account's name.
    fn share_of(&self, person: &str) -> String {
        let of = format!("{} {}", self.text(person), ending(self.text("organisation_id")));
        format!("{}:{}:{}", segment(self.text("scheme_code")), segment(self.text("component")), segment(&of))
    }

    fn transaction(&self, day: &str, person: &str, postings: Vec<(String, i64)>) -> io::Result<Transaction> {
        Ok(Transaction { day: self.day(day)?, number: self.plain("number"), title: self.plain(person), postings })
    }
}

/// The postings of a payment or of its return; an amount of zero is left out.
fn paid_out(what: &str, of: &str, [amount, net, set_off]: [i64; 3]) -> Vec<(String, i64)> {
    let sides = [(PAID.to_owned(), net), (RECOVERABLE.to_owned(), set_off)];
    let sides = sides.into_iter().filter(|(_, paise)| *paise != 0);
    std::iter::once((format!("Expenses:{what}:{of}"), amount)).chain(sides).collect()
}

/// Replaces the characters that have a meaning in any of the three programs: comment, tag, quote or end of
/// line.
fn plain(text: &str) -> String {
    let means = |character: char| character.is_control() || ";|\"\\()[]{},:=@*!#".contains(character);
    let words: String = text.chars().map(|character| if means(character) { ' ' } else { character }).collect();
    words.split_whitespace().collect::<Vec<&str>>().join(" ")
}

/// One part of an account's name that all three programs allow: letters, digits and hyphens, beginning with a
/// capital.
fn segment(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let joined = words.join("-");
    let mut characters = joined.chars();
    match characters.next() {
        Some(first) => first.to_ascii_uppercase().to_string() + characters.as_str(),
        None => "X".to_owned(),
    }
}

/// The end of an id, which distinguishes two beneficiaries of the same name.
fn ending(id: &str) -> &str {
    id.get(id.len().saturating_sub(8)..).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_all_three_programs_read() {
        assert_eq!(segment("capital_subsidy"), "Capital-subsidy");
        assert_eq!(segment("  Lodestone & Sons: (Pvt) Ltd 1a2b"), "Lodestone-Sons-Pvt-Ltd-1a2b");
        assert_eq!(segment("चुंबक 1a2b"), "1a2b");
        assert_eq!(segment("::"), "X");
        assert_eq!(plain("A;B|C \"D\"\n  2026-01-01 open\\E"), "A B C D 2026-01-01 open E");
        assert_eq!(plain("NDFEB/2026-27/DIS/0001"), "NDFEB/2026-27/DIS/0001");
        assert_eq!(ending("0197aaaa-0000-7000-8000-00001a2b3c4d"), "1a2b3c4d");
    }

    #[test]
    fn every_tag_is_a_field_and_every_record_of_money_is_told() {
        for subject in [
            Subject::Disbursements,
            Subject::Sanctions,
            Subject::Payments,
            Subject::Recoveries,
            Subject::BudgetMovements,
        ] {
            let records = of(subject).unwrap();
            for tag in records.tags {
                assert!(subject.fields().iter().any(|field| field.name == *tag), "{subject}: {tag}");
            }
        }
        assert!(of(Subject::Acts).is_none());
    }
}
