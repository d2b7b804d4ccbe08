//! Payment advices: a file that instructs the treasury whom to pay, with its count and control
//! total. A payment is contained in one advice permanently; after a failure the money is advised
//! again as another payment.

use crate::base::calendar::Timestamp;
use crate::base::field::FieldErrors;
use crate::base::field_reason::FieldReason;
use crate::base::id::{PaymentAdviceId, PaymentId, UserId};
use crate::base::money::Paise;
use crate::words;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The largest number of payments in one advice.
pub const MOST_PAYMENTS: usize = 1_000;

/// The number of days ahead for which a payment may be requested.
const MOST_DAYS_AHEAD: i64 = 30;

words! {
    /// The formats of files sent to and received from the treasury.
    pub enum FileFormat {
        Csv = "csv",
        Xml = "xml",
    }
}

impl FileFormat {
    /// The format of a file by its content: XML begins with an element, behind a byte order mark and spaces.
    pub fn of_content(content: &[u8]) -> FileFormat {
        let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content).trim_ascii_start();
        if content.starts_with(b"<") { FileFormat::Xml } else { FileFormat::Csv }
    }
}

/// One file of payments as generated; it never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentAdvice {
    pub id: PaymentAdviceId,
    /// `MsgId`: scheme, `DBTPAYREQ`, the day as DDMMYYYY, and its number on that day.
    pub message_id: String,
    /// `PmtInfId`: `CP`, the source system, the day, and its number on that day.
    pub batch_id: String,
    pub scheme_code: String,
    /// `Src`: the four digits by which the treasury identifies this service.
    pub source_system: String,
    /// `ReqdExctnDt`: the day on which the treasury is to pay.
    pub execute_on: NaiveDate,
    /// `NbOfTxs`.
    pub payment_count: i64,
    /// `CtrlSum`: the total of all its payments.
    pub control_total_paise: Paise,
    /// SHA-256 of the CSV file, hexadecimal.
    pub csv_digest: String,
    /// SHA-256 of the XML file, hexadecimal.
    pub xml_digest: String,
    pub made_by: UserId,
    pub made_at: Timestamp,
}

/// An advice before its files are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdviceContent {
    pub id: PaymentAdviceId,
    pub message_id: String,
    pub batch_id: String,
    pub scheme_code: String,
    pub source_system: String,
    pub execute_on: NaiveDate,
    pub payment_count: i64,
    pub control_total_paise: Paise,
    pub made_by: UserId,
    pub made_at: Timestamp,
}

impl AdviceContent {
    /// The advice with the digests of its files.
    pub fn filed(self, csv_digest: String, xml_digest: String) -> PaymentAdvice {
        PaymentAdvice {
            id: self.id,
            message_id: self.message_id,
            batch_id: self.batch_id,
            scheme_code: self.scheme_code,
            source_system: self.source_system,
            execute_on: self.execute_on,
            payment_count: self.payment_count,
            control_total_paise: self.control_total_paise,
            csv_digest,
            xml_digest,
            made_by: self.made_by,
            made_at: self.made_at,
        }
    }
}

/// One payment as the treasury needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdvisedPayment {
    /// `EndToEndId`: the number of the payment, unique for life.
    pub end_to_end_id: String,
    pub amount_paise: Paise,
    pub ifsc: String,
    /// The full account number: this file is the only place where it leaves the service.
    pub bank_account: String,
    /// `Purp/Cd`: the component of the scheme.
    pub purpose: String,
    /// The days for which the money was earned.
    pub period_from: NaiveDate,
    pub period_to: NaiveDate,
    /// `Rem`: the remark shown to the payee with the UTR, at most 25 characters.
    pub remark: String,
}

/// The longest remark that is shown to a payee, in characters.
const LONGEST_REMARK: usize = 25;

/// A remark cut to that length.
pub fn remark(text: &str) -> String {
    text.chars().take(LONGEST_REMARK).collect()
}

/// The prefixes of the message ids and batch ids of a day, to which a number is appended:
/// `NDFEBDBTPAYREQ01052026` and `CP000001052026`.
pub fn series(scheme_prefix: &str, source_system: &str, day: NaiveDate) -> (String, String) {
    let day = day.format("%d%m%Y");
    (format!("{scheme_prefix}DBTPAYREQ{day}"), format!("CP{source_system}{day}"))
}

/// Reports an invalid choice of payments or day.
pub fn check_request(payments: &[PaymentId], execute_on: NaiveDate, today: NaiveDate) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::new();
    let many = (1..=MOST_PAYMENTS).contains(&payments.len());
    errors.require(
        many,
        "/payment_ids",
        FieldReason::Between { least: 1, most: MOST_PAYMENTS as i64, what: "payments" },
    );
    let mut seen = BTreeSet::new();
    for (index, id) in payments.iter().enumerate().take(MOST_PAYMENTS) {
        errors.require(seen.insert(id), format!("/payment_ids/{index}"), FieldReason::Twice);
    }
    let ahead = execute_on.signed_duration_since(today).num_days();
    let soon = (0..=MOST_DAYS_AHEAD).contains(&ahead);
    errors.require(soon, "/execute_on", FieldReason::DaysAhead { most: MOST_DAYS_AHEAD });
    errors.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_of_a_file_is_that_of_its_content() {
        for xml in ["<a/>", "\u{feff}<?xml version=\"1.0\"?>", "\n  <Document>"] {
            assert_eq!(FileFormat::of_content(xml.as_bytes()), FileFormat::Xml, "{xml}");
        }
        for csv in ["HDR,R-1,,1,1.00", "\u{feff}HDR", "", "%PDF-1.4"] {
            assert_eq!(FileFormat::of_content(csv.as_bytes()), FileFormat::Csv, "{csv}");
        }
    }

    #[test]
    fn identifiers_name_scheme_day_and_number() {
        let day = NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
        assert_eq!(series("NDFEB", "0000", day), ("NDFEBDBTPAYREQ01052026".into(), "CP000001052026".into()));
        assert_eq!(remark("NDFEB/2026-27/TRN/0001 and more"), "NDFEB/2026-27/TRN/0001 an");
    }

    #[test]
    fn a_payment_stands_in_an_advice_once_and_is_paid_soon() {
        let id = |number| PaymentId(uuid::Uuid::from_u128(number));
        let day = |day| NaiveDate::from_ymd_opt(2026, 5, day).unwrap();
        assert!(check_request(&[id(1), id(2)], day(1), day(1)).is_ok());
        assert!(check_request(&[], day(1), day(1)).is_err());
        assert!(check_request(&[id(1), id(1)], day(1), day(1)).is_err());
        assert!(check_request(&[id(1)], day(1), day(2)).is_err());
        assert!(check_request(&[id(1)], NaiveDate::MAX, day(2)).is_err());
    }
}
