//! Disbursements as double entry in plain text, for hledger, ledger and beancount: an outsider
//! recomputes every balance with a program of their own. Accounts are declared where they are first
//! used, so one pass over the rows is enough; at the end every balance is asserted. What is held
//! meanwhile is one balance for each account, so as many as there are beneficiaries and components.

use crate::domain::audit::hex;
use crate::domain::disbursement::DisbursementStatus;
use crate::domain::money::Paise;
use crate::domain::selected_row::{Cell, SelectedRow};
use crate::domain::selection::Subject;
use crate::service::row_writer::RowWriter;
use crate::service::selections::SelectionView;
use crate::web::download::Spool;
use crate::web::export_formats::{Export, FormatWriter};
use crate::web::selection_rows::{RowsDigest, rupees};
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

/// Where the bank's money came from.
const PAID: &str = "Assets:Treasury";
/// What the beneficiary owes the Union, of which a part was kept back.
const SET_OFF: &str = "Assets:Recoverable";
/// Beancount opens accounts on a day; this one is before any scheme.
const OPENED_ON: &str = "2000-01-01";
/// What each transaction says of its record, under the names the records have.
const TAGS: [&str; 10] = [
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
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Hledger,
    Ledger,
    Beancount,
}

pub struct Journal {
    dialect: Dialect,
    spool: Spool,
    /// Every account that was used, and what stands on it.
    balances: BTreeMap<String, i128>,
    last_day: Option<NaiveDate>,
    /// Where each field stands in a row.
    places: HashMap<&'static str, usize>,
    digest: RowsDigest,
}

/// Who moved how much for what: a transaction as it is written.
struct Transaction<'r> {
    day: &'r str,
    number: &'r str,
    title: String,
    postings: Vec<(String, i64)>,
}

impl Journal {
    /// Whether a journal is kept of this kind of record.
    pub fn is_of(subject: Subject) -> bool {
        subject == Subject::Disbursements
    }

    pub fn begin(dialect: Dialect, view: &SelectionView, mut spool: Spool) -> io::Result<Journal> {
        writeln!(spool, "; {}", view.selection.written())?;
        writeln!(
            spool,
            "; Expenses:Disbursed is all that was paid; Expenses:Returned is what the bank took back of it."
        )?;
        match dialect {
            Dialect::Hledger => writeln!(spool, "decimal-mark .\ncommodity 1,00,00,000.00 INR")?,
            Dialect::Ledger => {
                writeln!(spool, "commodity INR\n    format 1,000.00 INR")?;
                TAGS.iter().try_for_each(|tag| writeln!(spool, "tag {tag}"))?;
            }
            Dialect::Beancount => writeln!(spool, "option \"operating_currency\" \"INR\"\n{OPENED_ON} commodity INR")?,
        }
        let subject = view.selection.subject;
        let places = subject.fields().iter().enumerate().map(|(place, field)| (field.name, place)).collect();
        let digest = RowsDigest::new(subject);
        Ok(Journal { dialect, spool, balances: BTreeMap::new(), last_day: None, places, digest })
    }

    fn write(&mut self, row: &SelectedRow) -> io::Result<()> {
        let cells: Vec<Cell<'_>> = row.cells().collect();
        let cell = |name: &str| self.places.get(name).and_then(|place| cells.get(*place)).copied();
        let text = |name: &str| match cell(name) {
            Some(Cell::Text(text)) => text,
            _ => "",
        };
        let paise = |name: &str| match cell(name) {
            Some(Cell::Number(paise)) => Ok(paise),
            _ => Err(io::Error::other(format!("{name} of {} is no amount", text("id")))),
        };
        let (amount, set_off, net) = (paise("amount_paise")?, paise("set_off_paise")?, paise("net_paise")?);
        let day: NaiveDate = text("paid_on").parse().map_err(|_| io::Error::other("paid_on is no day"))?;
        let beneficiary = plain(text("beneficiary"));
        let of = format!(
            "{}:{}:{}",
            segment(text("scheme_code")),
            segment(text("component")),
            segment(&format!("{} {}", text("beneficiary"), ending(text("organisation_id"))))
        );
        let tags: Vec<(&str, String)> = TAGS.iter().map(|tag| (*tag, plain(text(tag)))).collect();
        let number = plain(text("number"));
        let returned = text("status") == DisbursementStatus::FailedAfterSuccess.as_str();
        let paid = Transaction {
            day: text("paid_on"),
            number: &number,
            title: beneficiary.clone(),
            postings: moved("Disbursed", &of, [amount, -net, -set_off]),
        };
        self.transaction(&paid, &tags)?;
        if returned {
            let title = format!("{beneficiary}, returned by the bank");
            let postings = moved("Returned", &of, [-amount, net, set_off]);
            self.transaction(&Transaction { title, postings, ..paid }, &tags)?;
        }
        self.last_day = self.last_day.max(Some(day));
        Ok(())
    }

    /// One transaction, and before it the accounts that it is the first to use.
    fn transaction(&mut self, transaction: &Transaction<'_>, tags: &[(&str, String)]) -> io::Result<()> {
        for (account, paise) in &transaction.postings {
            if let Some(balance) = self.balances.get_mut(account) {
                *balance += i128::from(*paise);
                continue;
            }
            self.balances.insert(account.clone(), i128::from(*paise));
            match self.dialect {
                Dialect::Beancount => writeln!(self.spool, "{OPENED_ON} open {account} INR")?,
                _ => writeln!(self.spool, "account {account}")?,
            }
        }
        let Transaction { day, number, title, postings } = transaction;
        match self.dialect {
            Dialect::Beancount => {
                writeln!(self.spool, "\n{day} * \"{title}\" \"{number}\"")?;
                tags.iter().try_for_each(|(name, value)| writeln!(self.spool, "  {name}: \"{value}\""))?;
            }
            _ => {
                writeln!(self.spool, "\n{day} * ({number}) {title}")?;
                tags.iter().try_for_each(|(name, value)| writeln!(self.spool, "    ; {name}: {value}"))?;
            }
        }
        for (account, paise) in postings {
            writeln!(self.spool, "    {account}  {} INR", Paise(*paise).in_rupees())?;
        }
        Ok(())
    }

    /// What stands on every account behind the last transaction.
    fn assert_balances(&mut self) -> io::Result<()> {
        let Some(day) = self.last_day else { return Ok(()) };
        let next = day.succ_opt().unwrap_or(day);
        if self.dialect != Dialect::Beancount {
            writeln!(self.spool, "\n{day} * Balances")?;
        }
        for (account, balance) in &self.balances {
            let balance = rupees(*balance);
            match self.dialect {
                // A balance of beancount is that of the morning.
                Dialect::Beancount => writeln!(self.spool, "{next} balance {account}  {balance} INR")?,
                _ => writeln!(self.spool, "    {account}  0.00 INR = {balance} INR")?,
            }
        }
        Ok(())
    }
}

impl RowWriter for Journal {
    fn row(&mut self, row: &SelectedRow) -> io::Result<()> {
        self.digest.add(row)?;
        self.write(row)
    }
}

impl FormatWriter for Journal {
    fn end(mut self: Box<Self>) -> io::Result<Export> {
        self.assert_balances()?;
        let digest = self.digest.so_far();
        writeln!(self.spool, "\n; {} records; SHA-256 of them as NDJSON: {}", self.digest.count(), hex(&digest))?;
        Ok(Export { file: self.spool.finish()?, rows_digest: Some(digest) })
    }
}

/// The postings of a payment or of its return; what is nothing is left out.
fn moved(what: &str, of: &str, [amount, net, set_off]: [i64; 3]) -> Vec<(String, i64)> {
    let postings = [(format!("Expenses:{what}:{of}"), amount), (PAID.to_owned(), net), (SET_OFF.to_owned(), set_off)];
    postings.into_iter().filter(|(_, paise)| *paise != 0).collect()
}

/// Text in which nothing means anything to any of the three: no comment, tag, quote or line's end.
fn plain(text: &str) -> String {
    let means = |character: char| character.is_control() || ";|\"\\()[]{},:=@*!#".contains(character);
    let words: String = text.chars().map(|character| if means(character) { ' ' } else { character }).collect();
    words.split_whitespace().collect::<Vec<&str>>().join(" ")
}

/// One part of an account's name that all three allow: letters, digits and hyphens, a capital first.
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

/// What keeps apart two beneficiaries of one name.
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
}
