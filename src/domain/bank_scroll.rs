//! Scrolls of the bank: what it says it paid, line by line, held against payments, advices and
//! sanctions as they are recorded here. A scroll only finds: nothing is paid or un-paid by it.

use crate::domain::calendar::Timestamp;
use crate::domain::digest::hex;
use crate::domain::field::FieldErrors;
use crate::domain::id::{BankScrollId, PaymentId, UserId};
use crate::domain::money::Paise;
use crate::domain::payment::PaymentStatus;
use crate::domain::payment_advice::FileFormat;
use crate::domain::treasury_return::Answer;
use crate::words;
use chrono::NaiveDate;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// The longest time one scroll is about.
pub const MOST_DAYS: i64 = 31;

words! {
    /// What a line, or its absence, is beside what is recorded here.
    pub enum ScrollFinding {
        /// Sanction, advice and bank agree.
        Matched = "matched",
        /// An earlier scroll said exactly this.
        Repeated = "repeated",
        /// Beside another line, of this scroll or an earlier one, it cannot be true.
        Contradictory = "contradictory",
        /// No payment of ours has this UTR or number.
        UnknownUtr = "unknown_utr",
        /// The bank paid the same payment, or under the same UTR, before.
        PaidTwice = "paid_twice",
        PayeeDiffers = "payee_differs",
        AmountDiffers = "amount_differs",
        UtrDiffers = "utr_differs",
        /// No sanction order stands behind the payment, or none of that day yet.
        NotSanctioned = "not_sanctioned",
        /// The payment stands in no advice to the treasury.
        NotAdvised = "not_advised",
        /// The bank says it failed or came back, and here it is confirmed.
        SaidFailedButConfirmed = "said_failed_but_confirmed",
        /// The bank has answered, and here the payment does not say so.
        NotConfirmedHere = "not_confirmed_here",
        DayDiffers = "day_differs",
        /// Confirmed here on a day of the scroll, and no line names it.
        NotOnScroll = "not_on_scroll",
    }
}

impl ScrollFinding {
    /// Whether nobody has anything to do about it.
    pub fn agrees(self) -> bool {
        matches!(self, ScrollFinding::Matched | ScrollFinding::Repeated)
    }

    /// Whether a later line that agrees with everything answers it.
    pub fn is_answered_by_agreement(self) -> bool {
        use ScrollFinding::{NotAdvised, NotConfirmedHere, NotOnScroll, NotSanctioned};
        matches!(self, NotConfirmedHere | NotAdvised | NotSanctioned | NotOnScroll)
    }
}

/// One scroll as it was taken in; nothing in it changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BankScroll {
    pub id: BankScrollId,
    /// The bank's own id of the file.
    pub message_id: String,
    /// SHA-256 of the file, hexadecimal.
    pub digest: String,
    /// SHA-256 of its days and lines in an order of their own: the same for the same lines in any order.
    pub lines_digest: String,
    pub format: FileFormat,
    /// The first and the last day it is about.
    pub period_from: NaiveDate,
    pub period_to: NaiveDate,
    pub line_count: i64,
    pub control_total_paise: Paise,
    pub uploaded_by: UserId,
    pub uploaded_at: Timestamp,
}

/// One line and what was found about it; nothing in it changes.
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
    /// Whom it is about: by its UTR, else by its number.
    pub payment_id: Option<PaymentId>,
    pub finding: ScrollFinding,
    /// What differs, in words.
    pub detail: Option<String>,
}

/// The days a scroll is about: those that were given, else those of its lines. Every day of a line
/// lies among them.
pub fn period(
    lines: &[Answer],
    given: (Option<NaiveDate>, Option<NaiveDate>),
    today: NaiveDate,
) -> Result<(NaiveDate, NaiveDate), FieldErrors> {
    let days = || lines.iter().filter_map(|line| line.paid_on);
    let (Some(from), Some(to)) = (given.0.or_else(|| days().min()), given.1.or_else(|| days().max())) else {
        return Err(FieldErrors::one("/period", "no line has a day: give the days the scroll is about (from, to)"));
    };
    let mut errors = FieldErrors::new();
    errors.require(from <= to && to <= today, "/period", "from the first to the last day, which is past or today");
    let short = to.signed_duration_since(from).num_days() < MOST_DAYS;
    errors.require(short, "/period", format!("at most {MOST_DAYS} days"));
    for (index, line) in lines.iter().enumerate() {
        let within = line.paid_on.is_none_or(|day| from <= day && day <= to);
        errors.require(within, format!("/lines/{index}/paid_on"), "is not among the days of the scroll");
    }
    errors.finish()?;
    Ok((from, to))
}

/// What makes two lines the same statement: number, outcome, UTR, day and amount.
pub type Said<'a> = (&'a str, PaymentStatus, Option<&'a str>, Option<NaiveDate>, Paise);

/// What a line says.
pub fn said(line: &Answer) -> Said<'_> {
    (&line.end_to_end_id, line.outcome, line.utr.as_deref(), line.paid_on, line.amount_paise)
}

/// SHA-256 of the days and of the lines in an order that is theirs, not the file's.
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

/// SHA-256 of what was found about every line, in the order of the file.
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
