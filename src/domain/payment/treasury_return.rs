//! Treasury returns: a file of answers, each about one payment. The file is accepted as a whole or
//! not at all; then each answer is processed separately, and the order in which answers arrive does
//! not matter.

use crate::base::calendar::Timestamp;
use crate::base::field::{FieldErrors, check_day, check_name, check_text, parse_day};
use crate::base::field_reason::FieldReason;
use crate::base::id::{PaymentAdviceId, TreasuryReturnId, UserId};
use crate::base::money::Paise;
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::base::utr::normalise_utr;
use crate::payment::payment::{BankAnswer, Payment, PaymentStatus, Weighed};
use crate::payment::payment_advice::FileFormat;
use crate::words;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// The largest number of answers in one file.
pub const MOST_LINES: usize = 10_000;

words! {
    /// The result of processing one answer.
    pub enum LineResult {
        /// It was stored with its file but not processed yet (the service stopped in between).
        Open = "open",
        /// It changed the payment.
        Applied = "applied",
        /// The payment already has this outcome.
        AlreadyRecorded = "already_recorded",
        /// It cannot be recorded yet; it is retried with the file, or when the payment changes.
        Waiting = "waiting",
        /// It contradicts the records: somebody must ask the treasury.
        Contradicted = "contradicted",
        /// A rule refuses it.
        Refused = "refused",
    }
}

impl LineResult {
    /// The result that follows from the refusal of an answer.
    pub fn of_refusal(code: &str) -> LineResult {
        match code {
            "answer_contradicted" => LineResult::Contradicted,
            // Time, money or another officer can resolve these.
            "answer_too_early" | "budget_exceeded" | "same_person" | "set_off_pending" => LineResult::Waiting,
            _ => LineResult::Refused,
        }
    }

    /// Whether it is still to be processed.
    pub fn is_pending(self) -> bool {
        matches!(self, LineResult::Open | LineResult::Waiting)
    }
}

/// One file of answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TreasuryReturn {
    pub id: TreasuryReturnId,
    /// The treasury's own id of the file.
    pub message_id: String,
    /// The advice it answers, if it names one.
    pub advice_id: Option<PaymentAdviceId>,
    /// SHA-256 of the file, hexadecimal.
    pub digest: String,
    pub format: FileFormat,
    pub line_count: i64,
    pub control_total_paise: Paise,
    pub uploaded_by: UserId,
    pub uploaded_at: Timestamp,
}

/// One answer and the result of processing it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TreasuryReturnLine {
    pub return_id: TreasuryReturnId,
    /// 1 for the first.
    pub line: i64,
    /// The number of the payment.
    pub end_to_end_id: String,
    pub outcome: PaymentStatus,
    pub utr: Option<String>,
    pub paid_on: Option<NaiveDate>,
    pub amount_paise: Paise,
    pub reason: Option<String>,
    pub result: LineResult,
    /// The code of the refusal, if it was refused.
    pub code: Option<String>,
    /// The refusal in words.
    pub detail: Option<String>,
}

/// A parsed file: its header fields, and its answers as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadReturn {
    pub message_id: String,
    pub advice_message_id: Option<String>,
    /// Count and control total, from the header and (in CSV) the trailer.
    pub totals: Vec<(String, String)>,
    pub lines: Vec<ReadLine>,
}

/// One answer as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadLine {
    pub end_to_end_id: String,
    pub status: String,
    pub utr: String,
    pub paid_on: String,
    pub amount: String,
    pub reason: String,
    /// The account that was credited, if a scroll contains it; never in a return.
    pub account: String,
    /// The line of the file on which it begins, 1 for the first.
    pub begins_on: u64,
}

/// A file of which every field was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedReturn {
    pub message_id: String,
    pub advice_message_id: Option<String>,
    pub control_total_paise: Paise,
    pub lines: Vec<Answer>,
}

/// One checked answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub end_to_end_id: String,
    pub outcome: PaymentStatus,
    pub utr: Option<String>,
    pub paid_on: Option<NaiveDate>,
    pub amount_paise: Paise,
    pub reason: Option<String>,
    /// The account that was credited, if the file contains it.
    pub account: Option<String>,
}

/// The reason why a file is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadReturn {
    /// A part of it is missing.
    Truncated(Reason),
    /// It is complete, but not valid.
    Wrong(FieldErrors),
}

impl From<FieldErrors> for BadReturn {
    fn from(errors: FieldErrors) -> Self {
        BadReturn::Wrong(errors)
    }
}

impl BadReturn {
    /// The error for a file that is not complete.
    pub fn truncated(reason: Reason) -> Self {
        BadReturn::Truncated(reason)
    }

    /// The error for a file with one field that is not valid.
    pub fn wrong(pointer: &str, reason: FieldReason) -> Self {
        BadReturn::Wrong(FieldErrors::one(pointer, reason))
    }

    /// The same with the line of the file on which it was found.
    pub fn on_line(mut self, line: u64) -> Self {
        if let BadReturn::Wrong(errors) = &mut self {
            errors.stand_on(line, 0);
        }
        self
    }
}

/// The answers that a file can have, as it writes them.
pub const ANSWERS: [&str; 4] = ["Accepted", "Success", "Failed", "Failed after success"];

/// Parses an outcome: a term of the Civil Accounts Manual (para 2.3.8), in any case, or the
/// acknowledgement.
fn outcome_of(text: &str) -> Result<PaymentStatus, FieldReason> {
    let plain = text.trim().to_lowercase().replace(['_', '-'], " ");
    match plain.as_str() {
        "accepted" => Ok(PaymentStatus::Accepted),
        "success" => Ok(PaymentStatus::Succeeded),
        "failed" => Ok(PaymentStatus::Failed),
        "failed after success" => Ok(PaymentStatus::FailedAfterSuccess),
        _ => Err(FieldReason::ReturnOutcomes),
    }
}

/// An account number without blanks; it can be of any bank.
fn plain_account(text: &str) -> Result<String, FieldReason> {
    let account: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = (1..=34).contains(&account.len()) && account.bytes().all(|b| b.is_ascii_alphanumeric());
    if plain { Ok(account) } else { Err(FieldReason::PlainAccount) }
}

fn optional(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

impl ReadReturn {
    /// Checks every field and that the file is complete: each count and control total in the file
    /// must equal those of the lines. A return answers at least one payment.
    pub fn check(self) -> Result<CheckedReturn, BadReturn> {
        let checked = self.check_scroll()?;
        if checked.lines.is_empty() {
            return Err(BadReturn::wrong("/lines", FieldReason::LineMissing));
        }
        Ok(checked)
    }

    /// The same for a scroll, which has no line for days on which the bank paid nothing.
    pub fn check_scroll(self) -> Result<CheckedReturn, BadReturn> {
        let mut errors = FieldErrors::new();
        check_name(&mut errors, "/message_id", &self.message_id, 60);
        if let Some(advice) = &self.advice_message_id {
            check_name(&mut errors, "/advice_message_id", advice, 60);
        }
        errors.require(
            self.lines.len() <= MOST_LINES,
            "/lines",
            FieldReason::AtMost { most: MOST_LINES as i64, what: "lines" },
        );
        let mut lines = Vec::with_capacity(self.lines.len());
        for (index, line) in self.lines.iter().enumerate().take(MOST_LINES) {
            let known = errors.0.len();
            lines.extend(line.check(&mut errors, index));
            errors.stand_on(line.begins_on, known);
        }
        let stated: Vec<_> = self
            .totals
            .iter()
            .map(|(count, total)| (errors.take("/count", count.parse::<usize>()), total_of(&mut errors, total)))
            .collect();
        errors.finish()?;
        let Some(sum) = Paise::sum(lines.iter().map(|line| line.amount_paise)) else {
            return Err(BadReturn::wrong("/control_total", FieldReason::TotalTooLarge));
        };
        for (count, total) in stated {
            if count != Some(lines.len()) {
                let count = count.unwrap_or_default();
                return Err(BadReturn::truncated(Reason::LinesLost { says: count, has: lines.len() }));
            }
            if total != Some(sum) {
                let total = total.unwrap_or_default();
                return Err(BadReturn::truncated(Reason::TotalDiffers { total, sum }));
            }
        }
        let ReadReturn { message_id, advice_message_id, .. } = self;
        Ok(CheckedReturn { message_id, advice_message_id, control_total_paise: sum, lines })
    }
}

/// A control total may be zero in a file without lines.
fn total_of(errors: &mut FieldErrors, text: &str) -> Option<Paise> {
    if ["0", "0.0", "0.00"].contains(&text) {
        return Some(Paise::ZERO);
    }
    errors.take("/control_total", Paise::parse_rupees(text))
}

impl ReadLine {
    fn check(&self, errors: &mut FieldErrors, index: usize) -> Option<Answer> {
        let at = |field: &str| format!("/lines/{index}/{field}");
        check_name(errors, &at("end_to_end_id"), &self.end_to_end_id, 60);
        let outcome = errors.take(&at("status"), outcome_of(&self.status));
        let amount = errors.take(&at("amount"), Paise::parse_rupees(self.amount.trim()));
        let success = outcome == Some(PaymentStatus::Succeeded);
        let returned = outcome == Some(PaymentStatus::FailedAfterSuccess);
        let utr = optional(&self.utr).and_then(|utr| errors.take(&at("utr"), normalise_utr(utr)));
        errors.require(optional(&self.utr).is_some() || !success, at("utr"), FieldReason::NeededForSuccess);
        errors.require(utr.is_none() || success || returned, at("utr"), FieldReason::OnlyOfSuccess);
        let paid_on = optional(&self.paid_on).and_then(|day| errors.take(&at("paid_on"), parse_day(day)));
        errors.require_just_when(success, optional(&self.paid_on).is_some(), at("paid_on"), FieldReason::ForSuccess);
        if let Some(day) = paid_on {
            check_day(errors, &at("paid_on"), day);
        }
        let failed = returned || outcome == Some(PaymentStatus::Failed);
        let reason = optional(&self.reason).map(str::to_owned);
        if let Some(reason) = &reason {
            check_text(errors, &at("reason"), reason, 500);
        }
        let account = optional(&self.account).and_then(|account| errors.take(&at("account"), plain_account(account)));
        // The treasury may omit the reason of a failure, but the record here requires one.
        let reason = failed.then(|| reason.unwrap_or_else(|| "the treasury gave no reason".to_owned()));
        Some(Answer {
            end_to_end_id: self.end_to_end_id.clone(),
            outcome: outcome?,
            utr,
            paid_on,
            amount_paise: amount?,
            reason,
            account,
        })
    }
}

impl TreasuryReturnLine {
    /// The answer in the form in which a person would have recorded it.
    pub fn answer(&self) -> BankAnswer {
        let success = self.outcome == PaymentStatus::Succeeded;
        BankAnswer {
            outcome: self.outcome,
            utr: self.utr.clone().filter(|_| success),
            paid_on: self.paid_on,
            amount_paise: success.then_some(self.amount_paise),
            reason: self.reason.clone(),
        }
    }

    /// Whether this answer is new to the payment. `contradiction` says why another answer of the same
    /// file cannot be true beside it.
    pub fn weigh(&self, payment: &Payment, contradiction: Option<&Contradiction>) -> Result<Weighed, Refusal> {
        if self.amount_paise != payment.amount_paise {
            return Err(Refusal::AmountDiffers { advised: payment.amount_paise, reported: self.amount_paise });
        }
        let weighed = payment.weigh(&self.answer());
        let other_utr = self.utr.is_some() && payment.utr.is_some() && self.utr != payment.utr;
        if self.outcome == PaymentStatus::FailedAfterSuccess && other_utr {
            let utr = self.utr.as_deref().unwrap_or_default();
            return Err(
                payment.contradicted_by(Reason::StateWithUtr { is: self.outcome.as_str(), utr: utr.to_owned() })
            );
        }
        match contradiction {
            Some(why) if weighed != Ok(Weighed::Known) => Err(payment.contradicted_by(why.reason(self.outcome))),
            _ => weighed,
        }
    }

    /// The payment that its refusal is about where it names one alone: its own, or the one that has its UTR or holds a
    /// set-off, which is read back from what was recorded.
    pub fn refused_over(&self) -> Option<String> {
        const HERE: &str = "\u{1}";
        let read_back = |refusal: Refusal| {
            let sentence = refusal.to_string();
            let (before, after) = sentence.split_once(HERE)?;
            let said = self.detail.as_deref()?.strip_prefix(before)?.strip_suffix(after)?.to_owned();
            // A UTR of money that came in is described in words, and no number has a blank.
            Some(said).filter(|said| !said.contains(' '))
        };
        let payment = HERE.to_owned();
        match self.code.as_deref()? {
            "payment_unknown" | "payment_not_in_file" => Some(self.end_to_end_id.clone()),
            "utr_already_used" => read_back(Refusal::UtrAlreadyUsed { payment: Reason::SettlesPayment { payment } }),
            "set_off_pending" => read_back(Refusal::SetOffPending { payment }),
            _ => None,
        }
    }

    /// Where it stands among the answers about one payment: what happened first comes first.
    pub fn rank(&self) -> u8 {
        match self.outcome {
            PaymentStatus::Accepted => 0,
            PaymentStatus::FailedAfterSuccess => 2,
            _ => 1,
        }
    }
}

/// Why an answer of a file cannot be true beside another of the same file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contradiction {
    /// The file reports the payment in two ways.
    TwoWays,
    /// The file gives its UTR to this payment too.
    UtrOf { payment: String },
}

impl Contradiction {
    fn reason(&self, outcome: PaymentStatus) -> Reason {
        let is = outcome.as_str();
        match self {
            Contradiction::TwoWays => Reason::StateInTwoWays { is },
            Contradiction::UtrOf { payment } => Reason::StateWithOthersUtr { is, payment: payment.clone() },
        }
    }
}

/// Answers of one file that cannot all be true, by line: two outcomes of one payment, or one UTR
/// for two payments. None of them is applied unless it is already recorded, so that the order of
/// the lines decides nothing.
pub fn contradictions(lines: &[TreasuryReturnLine]) -> BTreeMap<i64, Contradiction> {
    let mut ends: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut payments_of: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in lines {
        let end = match line.outcome {
            PaymentStatus::Succeeded => format!("success {:?} {:?} {}", line.utr, line.paid_on, line.amount_paise.0),
            PaymentStatus::Failed => "failed".to_owned(),
            _ => continue,
        };
        ends.entry(&line.end_to_end_id).or_default().insert(end);
        if let Some(utr) = &line.utr {
            payments_of.entry(utr).or_default().insert(&line.end_to_end_id);
        }
    }
    // A failure and a failure after success also contradict each other.
    for line in lines.iter().filter(|line| line.outcome == PaymentStatus::FailedAfterSuccess) {
        if let Some(known) = ends.get_mut(line.end_to_end_id.as_str()).filter(|known| known.contains("failed")) {
            known.insert("failed after success".to_owned());
        }
    }
    let mut found = BTreeMap::new();
    for line in lines.iter().filter(|line| line.outcome != PaymentStatus::Accepted) {
        if ends.get(line.end_to_end_id.as_str()).is_some_and(|known| known.len() > 1) {
            found.insert(line.line, Contradiction::TwoWays);
            continue;
        }
        let others = line.utr.as_deref().and_then(|utr| payments_of.get(utr)).filter(|payments| payments.len() > 1);
        let other = others.and_then(|payments| payments.iter().find(|number| **number != line.end_to_end_id));
        if let (PaymentStatus::Succeeded, Some(other)) = (line.outcome, other) {
            found.insert(line.line, Contradiction::UtrOf { payment: (*other).to_owned() });
        }
    }
    found
}
