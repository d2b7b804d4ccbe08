//! Bank scrolls: files in which the bank lists what it paid, line by line, compared with payments,
//! advices and sanctions as they are recorded here. A scroll only produces findings: it neither
//! makes nor reverses a payment.

use crate::base::calendar::Timestamp;
use crate::base::digest::hex;
use crate::base::field::FieldErrors;
use crate::base::field_reason::FieldReason;
use crate::base::id::{BankScrollId, PaymentId, UserId};
use crate::base::money::Paise;
use crate::payment::payment::PaymentStatus;
use crate::payment::payment_advice::FileFormat;
use crate::payment::treasury_return::Answer;
use crate::words;
use chrono::NaiveDate;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// The longest period of one scroll, in days.
pub const MOST_DAYS: i64 = 31;

words! {
    /// The finding about a line, or about the absence of one, compared with the records.
    pub enum ScrollFinding {
        /// Sanction, advice and bank agree.
        Matched = "matched",
        /// An earlier scroll had exactly the same line.
        Repeated = "repeated",
        /// It contradicts another line, of this scroll or of an earlier one.
        Contradictory = "contradictory",
        /// No payment has this UTR or number.
        UnknownUtr = "unknown_utr",
        /// Another payment of the same sanction was paid already, and did not come back.
        SanctionPaidTwice = "sanction_paid_twice",
        /// The bank already paid the same payment, or paid under the same UTR.
        PaidTwice = "paid_twice",
        PayeeDiffers = "payee_differs",
        AmountDiffers = "amount_differs",
        UtrDiffers = "utr_differs",
        /// No sanction order exists for the payment, or it is of a later day.
        NotSanctioned = "not_sanctioned",
        /// No advice to the treasury contains the payment.
        NotAdvised = "not_advised",
        /// The bank says that it failed or came back, but it is confirmed here.
        SaidFailedButConfirmed = "said_failed_but_confirmed",
        /// The bank has answered, but the payment here does not show it.
        NotConfirmedHere = "not_confirmed_here",
        DayDiffers = "day_differs",
        /// The payment is confirmed here on a day of the scroll, but no line names it.
        NotOnScroll = "not_on_scroll",
    }
}

impl ScrollFinding {
    /// Whether the finding needs no work.
    pub fn agrees(self) -> bool {
        matches!(self, ScrollFinding::Matched | ScrollFinding::Repeated)
    }

    /// Whether a later line that agrees in everything resolves it.
    pub fn is_answered_by_agreement(self) -> bool {
        use ScrollFinding::{NotAdvised, NotConfirmedHere, NotOnScroll, NotSanctioned};
        matches!(self, NotConfirmedHere | NotAdvised | NotSanctioned | NotOnScroll)
    }
}

/// One scroll as uploaded; it never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BankScroll {
    pub id: BankScrollId,
    /// The bank's own id of the file.
    pub message_id: String,
    /// SHA-256 of the file, hexadecimal.
    pub digest: String,
    /// SHA-256 of its days and its sorted lines: the same for the same lines in any order.
    pub lines_digest: String,
    pub format: FileFormat,
    /// The first and the last day of its period.
    pub period_from: NaiveDate,
    pub period_to: NaiveDate,
    pub line_count: i64,
    pub control_total_paise: Paise,
    pub uploaded_by: UserId,
    pub uploaded_at: Timestamp,
}

/// One line and the finding about it; it never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BankScrollLine {
    pub scroll_id: BankScrollId,
    /// 1 for the first.
    pub line: i64,
    pub end_to_end_id: String,
    pub outcome: PaymentStatus,
    pub utr: Option<String>,
    pub paid_on: Option<NaiveDate>,
    pub amount_paise: Paise,
    pub reason: Option<String>,
    /// The payment it is about: found by its UTR, or else by its number.
    pub payment_id: Option<PaymentId>,
    pub finding: ScrollFinding,
    /// The difference, in words.
    pub detail: Option<String>,
}

/// The period of a scroll: the given days, or else the first and last day of its lines. It contains
/// the day of every line, and does not begin before there was a scheme (`first`).
pub fn period(
    lines: &[Answer],
    given: (Option<NaiveDate>, Option<NaiveDate>),
    (first, today): (NaiveDate, NaiveDate),
) -> Result<(NaiveDate, NaiveDate), FieldErrors> {
    let days = || lines.iter().filter_map(|line| line.paid_on);
    let (Some(from), Some(to)) = (given.0.or_else(|| days().min()), given.1.or_else(|| days().max())) else {
        return Err(FieldErrors::one("/period", FieldReason::NoDayInLines));
    };
    let mut errors = FieldErrors::new();
    errors.require(from <= to && to <= today, "/period", FieldReason::PastOrToday);
    let since = FieldReason::DayRange { earliest: first, latest: today };
    errors.require(from >= first, "/period", since);
    let short = to.signed_duration_since(from).num_days() < MOST_DAYS;
    errors.require(short, "/period", FieldReason::AtMost { most: MOST_DAYS, what: "days" });
    for (index, line) in lines.iter().enumerate() {
        let within = line.paid_on.is_none_or(|day| from <= day && day <= to);
        errors.require(within, format!("/lines/{index}/paid_on"), FieldReason::OutsideScroll);
    }
    errors.finish()?;
    Ok((from, to))
}

/// The fields by which two lines are the same: number, outcome, UTR, day and amount.
pub type Said<'a> = (&'a str, PaymentStatus, Option<&'a str>, Option<NaiveDate>, Paise);

/// The fields that identify a line.
pub fn said(line: &Answer) -> Said<'_> {
    (&line.end_to_end_id, line.outcome, line.utr.as_deref(), line.paid_on, line.amount_paise)
}

/// SHA-256 of the period and of the sorted lines, whatever their order in the file.
pub fn lines_digest(period: (NaiveDate, NaiveDate), lines: &[Answer]) -> String {
    let tell = |line: &Answer| {
        let Answer { end_to_end_id, outcome, amount_paise, .. } = line;
        let day = line.paid_on.map(|day| day.to_string()).unwrap_or_default();
        let (utr, account) = (line.utr.as_deref().unwrap_or_default(), line.account.as_deref().unwrap_or_default());
        format!("{end_to_end_id},{outcome},{utr},{day},{},{account}", amount_paise.0)
    };
    let mut told: Vec<String> = lines.iter().map(tell).collect();
    told.sort();
    hex(&Sha256::digest(format!("{} {}\n{}", period.0, period.1, told.join("\n")).as_bytes()))
}

/// SHA-256 of the finding about every line, in the order of the file.
pub fn findings_digest(lines: &[BankScrollLine]) -> String {
    let told: Vec<String> = lines
        .iter()
        .map(|line| {
            let payment = line.payment_id.map(|id| id.to_string()).unwrap_or_default();
            format!("{} {} {payment} {}", line.line, line.finding, line.detail.as_deref().unwrap_or_default())
        })
        .collect();
    hex(&Sha256::digest(told.join("\n").as_bytes()))
}
