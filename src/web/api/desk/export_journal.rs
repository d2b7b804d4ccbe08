//! Records of money as double entry in plain text, for hledger, ledger and beancount, with which an outsider
//! can recompute every balance. Accounts are declared where they are first used, so one pass over the rows is
//! enough; at the end every balance is asserted. Memory holds one balance for each account, so as many as there
//! are pairs of beneficiary and component.

use crate::service::desk::selections::SelectionView;
use crate::service::running::row_writer::RowWriter;
use crate::web::api::desk::export_formats::{Export, FormatWriter};
use crate::web::api::desk::journal_records;
use crate::web::api::desk::journal_records::{Record, Records, Transaction};
use crate::web::edge::download::Spool;
use crate::web::edge::selection_rows::{RowsDigest, rupees};
use chrono::NaiveDate;
use domain::base::digest::hex;
use domain::base::money::Paise;
use domain::desk::selected_row::SelectedRow;
use domain::desk::selection::Subject;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

/// Beancount opens accounts on a day; this one is before any scheme.
const OPENED_ON: &str = "2000-01-01";
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Hledger,
    Ledger,
    Beancount,
}

pub struct Journal {
    dialect: Dialect,
    records: &'static Records,
    spool: Spool,
    /// Every account used so far, with its balance in paise.
    balances: BTreeMap<String, i128>,
    last_day: Option<NaiveDate>,
    /// The place of each field in a row.
    places: HashMap<&'static str, usize>,
    digest: RowsDigest,
}

impl Journal {
    /// Whether records of this kind have a journal.
    pub fn is_of(subject: Subject) -> bool {
        journal_records::of(subject).is_some()
    }

    pub fn begin(dialect: Dialect, view: &SelectionView, mut spool: Spool) -> io::Result<Journal> {
        let subject = view.selection.subject;
        let records =
            journal_records::of(subject).ok_or_else(|| io::Error::other(format!("{subject} have no journal")))?;
        writeln!(spool, "; {}\n; {}", view.selection.written(), records.says)?;
        match dialect {
            Dialect::Hledger => writeln!(spool, "decimal-mark .\ncommodity 1,00,00,000.00 INR")?,
            Dialect::Ledger => {
                writeln!(spool, "commodity INR\n    format 1,000.00 INR")?;
                records.tags.iter().try_for_each(|tag| writeln!(spool, "tag {tag}"))?;
            }
            Dialect::Beancount => writeln!(spool, "option \"operating_currency\" \"INR\"\n{OPENED_ON} commodity INR")?,
        }
        let places = subject.fields().iter().enumerate().map(|(place, field)| (field.name, place)).collect();
        let digest = RowsDigest::new(subject);
        Ok(Journal { dialect, records, spool, balances: BTreeMap::new(), last_day: None, places, digest })
    }

    fn write(&mut self, row: &SelectedRow) -> io::Result<()> {
        let record = Record::new(&self.places, row);
        let tags: Vec<(&str, String)> = self.records.tags.iter().map(|tag| (*tag, record.plain(tag))).collect();
        for transaction in (self.records.transactions)(&record)? {
            self.transaction(&transaction, &tags)?;
            self.last_day = self.last_day.max(Some(transaction.day));
        }
        Ok(())
    }

    /// Writes one transaction, and before it the declarations of accounts that it uses first.
    fn transaction(&mut self, transaction: &Transaction, tags: &[(&str, String)]) -> io::Result<()> {
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

    /// Asserts the balance of every account after the last transaction.
    fn assert_balances(&mut self) -> io::Result<()> {
        let Some(day) = self.last_day else { return Ok(()) };
        let next = day.succ_opt().unwrap_or(day);
        if self.dialect != Dialect::Beancount {
            writeln!(self.spool, "\n{day} * Balances")?;
        }
        for (account, balance) in &self.balances {
            let balance = rupees(*balance);
            match self.dialect {
                // A balance in beancount is that of the morning of its day.
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
