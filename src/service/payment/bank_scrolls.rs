//! Recording the bank's scrolls of what it paid (reconciliation). A scroll is recorded whole or not at all;
//! every line is compared with its payment, advice and sanction, and every disagreement enters the queue of
//! differences. No payment changes.

use crate::db::engine::transaction::ReadTx;
use crate::db::payment::{bank_differences, bank_scrolls, payment_failures, utr_uses};
use crate::service::running::cursor::require_known;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::operation::Operation;
use crate::service::running::runner::{Answered, Call, Caller, Command, Done, Work};
use crate::service::running::text_file::{TextFile, store_name};
use crate::service::{Service, off_thread};
use chrono::NaiveDate;
use domain::base::act::Act;
use domain::base::digest::hex;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::id::{BankDifferenceId, BankScrollId};
use domain::base::permission::{Permission, Step};
use domain::base::refusal::Refusal;
use domain::payment::bank_difference::{BankDifference, DifferenceStatus, differences_digest};
use domain::payment::bank_match::{Found, Known, reconcile};
use domain::payment::bank_scroll::{BankScroll, BankScrollLine, findings_digest, lines_digest, period};
use domain::payment::payment::PaymentStatus;
use domain::payment::payment_advice::FileFormat;
use domain::payment::treasury_return::{Answer, BadReturn, CheckedReturn, ReadReturn};
use domain::payment::treasury_return_file::read_scroll;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A scroll with its lines, and the number of payments that are missing from it.
pub struct ScrollFile {
    pub scroll: BankScroll,
    pub lines: Vec<BankScrollLine>,
    /// Payments confirmed on the days of this scroll that no scroll had named when this one was recorded.
    pub missing: usize,
}

/// Takes in a scroll that was read, and holds it against the records.
struct UploadBankScroll {
    format: FileFormat,
    file_name: Option<String>,
    digest: String,
    content: String,
    period: (Option<NaiveDate>, Option<NaiveDate>),
    read: Result<CheckedReturn, Refusal>,
}

impl Command for UploadBankScroll {
    const NAME: &'static str = "upload_bank_scroll";
    const PERMISSION: Permission = Permission::UploadBankScroll;
    const REFUSALS: &'static [&'static str] = &["return_truncated", "message_id_reused", "same_person"];
    type Answer = ScrollFile;

    fn subject(&self) -> String {
        "bank_scroll".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<ScrollFile>, Error> {
        let read = self.read?;
        if let Some(known) = bank_scrolls::find_by_digest(work.tx, &self.digest)? {
            return known_again(work, known);
        }
        let (from, to) = period(&read.lines, self.period, (work.schemes.first_day(work.today()), work.today()))?;
        let lines_digest = lines_digest((from, to), &read.lines);
        if let Some(known) = bank_scrolls::find_by_message(work.tx, &read.message_id)? {
            // The same lines in another order count as the same scroll.
            if known.lines_digest == lines_digest {
                return known_again(work, known);
            }
            return Err(Refusal::MessageIdReused { message_id: read.message_id }.into());
        }
        let scroll = BankScroll {
            id: BankScrollId(work.new_id()),
            message_id: read.message_id,
            digest: self.digest,
            lines_digest,
            format: self.format,
            period_from: from,
            period_to: to,
            line_count: i64::try_from(read.lines.len()).unwrap_or(i64::MAX),
            control_total_paise: read.control_total_paise,
            uploaded_by: work.actor.user_id,
            uploaded_at: work.now,
        };
        let known = known(work.tx, &read.lines)?;
        let found = reconcile(&read.lines, &known);
        require_not_payer(work, &found)?;
        let lines = held(&scroll, &read.lines, &found);
        bank_scrolls::insert(work.tx, &scroll, &self.content, &lines)?;
        store_name(work, self.file_name.as_deref())?;
        let cleared = clear(work, &scroll, &lines, &found)?;
        let differences = differences(work, &scroll, &lines)?;
        bank_differences::insert(work.tx, &differences)?;
        Ok(done(scroll, lines, &differences, &cleared))
    }
}

/// The scroll is what finds an answer that the paying office invented, so nobody uploads what it says of payments in
/// which they took part.
fn require_not_payer(work: &mut Work<'_, '_>, found: &[Found]) -> Result<(), Error> {
    let named: BTreeSet<String> = found.iter().filter_map(|one| Some(one.payment_id?.to_string())).collect();
    let named: Vec<String> = named.into_iter().collect();
    if payment_failures::paid_any(work.tx, work.actor.user_id, &named)? {
        return Err(Refusal::SamePerson { earlier: Step::Pay.into(), now: Act::UploadScroll }.into());
    }
    Ok(())
}

/// The answer that was given when this scroll was first recorded.
fn known_again(work: &mut Work<'_, '_>, scroll: BankScroll) -> Result<Done<ScrollFile>, Error> {
    let file = file(work.tx, scroll)?;
    let details = json!({ "message_id": file.scroll.message_id, "digest": file.scroll.digest, "known": true });
    Ok(Done { subject: subject(file.scroll.id), details, answer: file })
}

fn subject(id: BankScrollId) -> String {
    format!("bank_scroll:{id}")
}

fn done(
    scroll: BankScroll,
    lines: Vec<BankScrollLine>,
    differences: &[BankDifference],
    cleared: &[BankDifferenceId],
) -> Done<ScrollFile> {
    let missing = differences.iter().filter(|one| one.line.is_none()).count();
    let details = json!({
        "message_id": scroll.message_id, "digest": scroll.digest, "lines_digest": scroll.lines_digest,
        "format": scroll.format, "period_from": scroll.period_from, "period_to": scroll.period_to,
        "lines": scroll.line_count, "control_total_paise": scroll.control_total_paise, "known": false,
        "findings": counts(&lines), "findings_digest": findings_digest(&lines), "missing": missing,
        "differences": differences.len(), "differences_digest": differences_digest(differences), "cleared": cleared,
    });
    Done { subject: subject(scroll.id), details, answer: ScrollFile { scroll, lines, missing } }
}

/// The number of lines for each finding.
pub fn counts(lines: &[BankScrollLine]) -> BTreeMap<&'static str, i64> {
    let mut counts = BTreeMap::new();
    lines.iter().for_each(|line| *counts.entry(line.finding.as_str()).or_default() += 1);
    counts
}

/// Loads every record that the lines name.
fn known(tx: &mut ReadTx<'_>, lines: &[Answer]) -> Result<Known, Error> {
    let numbers: Vec<String> = lines.iter().map(|line| line.end_to_end_id.clone()).collect();
    let utrs: Vec<String> = lines.iter().filter_map(|line| line.utr.clone()).collect();
    let payments = bank_scrolls::known_payments(tx, &numbers, &utrs)?;
    let own: Vec<String> = payments.iter().map(|payment| payment.id.to_string()).collect();
    let attempts = payment_failures::attempts_of(tx, &own)?;
    let ids: Vec<String> = attempts.iter().map(|attempt| attempt.id.to_string()).collect();
    let earlier = bank_scrolls::earlier_lines(tx, &numbers, &utrs, &ids)?;
    let came_in = utr_uses::came_in(tx, &utrs)?;
    Ok(Known { payments, earlier, attempts, came_in })
}

fn held(scroll: &BankScroll, lines: &[Answer], found: &[Found]) -> Vec<BankScrollLine> {
    let line = |(number, (answer, found)): (i64, (&Answer, &Found))| BankScrollLine {
        scroll_id: scroll.id,
        line: number,
        end_to_end_id: answer.end_to_end_id.clone(),
        outcome: answer.outcome,
        utr: answer.utr.clone(),
        paid_on: answer.paid_on,
        amount_paise: answer.amount_paise,
        reason: answer.reason.clone(),
        payment_id: found.payment_id,
        finding: found.finding,
        detail: found.detail.clone(),
    };
    (1_i64..).zip(lines.iter().zip(found)).map(line).collect()
}

/// Clears differences that this scroll resolves: payments that no earlier scroll named, and differences whose
/// payment now agrees in everything.
fn clear(
    work: &mut Work<'_, '_>,
    scroll: &BankScroll,
    lines: &[BankScrollLine],
    found: &[Found],
) -> Result<Vec<BankDifferenceId>, Error> {
    let mut agrees: BTreeMap<String, bool> = BTreeMap::new();
    for (line, found) in lines.iter().zip(found) {
        if let Some(payment) = line.payment_id.filter(|_| line.outcome != PaymentStatus::Accepted) {
            *agrees.entry(payment.to_string()).or_default() |= found.agrees;
        }
    }
    let named: Vec<String> = agrees.keys().cloned().collect();
    let mut cleared = Vec::new();
    for mut difference in bank_differences::unsettled_of(work.tx, &named)? {
        let payment = difference.payment_id.map(|id| id.to_string()).unwrap_or_default();
        let missed = difference.line.is_none();
        let all_agrees = agrees.get(&payment) == Some(&true) && difference.kind.is_answered_by_agreement();
        if missed || all_agrees {
            difference.status = DifferenceStatus::Cleared;
            difference.cleared_by = Some(scroll.id);
            bank_differences::update(work.tx, &mut difference)?;
            cleared.push(difference.id);
        }
    }
    Ok(cleared)
}

/// The differences that this scroll shows: lines that disagree, and payments that no line names.
fn differences(
    work: &mut Work<'_, '_>,
    scroll: &BankScroll,
    lines: &[BankScrollLine],
) -> Result<Vec<BankDifference>, Error> {
    let mut found = Vec::new();
    for line in lines.iter().filter(|line| !line.finding.agrees()) {
        found.push(BankDifference::of_line(BankDifferenceId(work.new_id()), scroll, line));
    }
    for (payment, day, paise) in bank_differences::missing(work.tx, scroll.period_from, scroll.period_to)? {
        let id = BankDifferenceId(work.new_id());
        found.push(BankDifference::missing(id, scroll, Some(payment), day, paise));
    }
    Ok(found)
}

/// Refuses, with an audit entry, a person who may not upload; returns the stored answer for a known idempotency
/// key.
struct TurnAway;

impl Command for TurnAway {
    const NAME: &'static str = UploadBankScroll::NAME;
    const PERMISSION: Permission = UploadBankScroll::PERMISSION;
    const REFUSALS: &'static [&'static str] = UploadBankScroll::REFUSALS;
    type Answer = ();

    fn subject(&self) -> String {
        "bank_scroll".to_owned()
    }

    fn run(self, _: &mut Work<'_, '_>) -> Result<Done<()>, Error> {
        Err(Error::Unavailable("what was missing a moment ago is there now".to_owned()))
    }
}

fn file(tx: &mut ReadTx<'_>, scroll: BankScroll) -> Result<ScrollFile, Error> {
    let lines = bank_scrolls::lines(tx, scroll.id)?;
    let missing = bank_differences::of_scroll(tx, scroll.id)?.iter().filter(|one| one.line.is_none()).count();
    Ok(ScrollFile { scroll, lines, missing })
}

pub const UPLOAD_BANK_SCROLL: Operation = Operation::of::<UploadBankScroll>();

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadTreasury;

impl Service {
    /// Checks whether this person may send such a file before any of it is received. Returns the stored answer
    /// when the idempotency key is known.
    pub async fn begin_bank_scroll(self: &Arc<Self>, call: &Call) -> Result<Option<Answered>, Error> {
        self.begin_several(call, TurnAway).await
    }

    /// Records a scroll for these days, or for the days of its lines where none are given.
    pub async fn upload_bank_scroll(
        self: &Arc<Self>,
        call: Call,
        format: FileFormat,
        file: TextFile,
        period: (Option<NaiveDate>, Option<NaiveDate>),
        render: impl FnOnce(ScrollFile) -> String + Send + 'static,
    ) -> Result<Answered, Error> {
        let command = off_thread(move || read(format, file, period)).await?;
        self.execute(call, command, render).await
    }

    /// Lists scrolls before the given one, or from the newest, newest first. The caller requests one more than
    /// a page shows, to see whether more follow.
    pub async fn list_bank_scrolls(
        self: &Arc<Self>,
        caller: Caller,
        before: Option<BankScrollId>,
        limit: i64,
    ) -> Result<Vec<BankScroll>, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            require_known(before, |id| bank_scrolls::find(tx, id))?;
            Ok(bank_scrolls::page(tx, before, limit)?)
        })
        .await
    }

    pub async fn bank_scroll(self: &Arc<Self>, caller: Caller, id: BankScrollId) -> Result<ScrollFile, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let scroll = bank_scrolls::find(tx, id)?.or_not_found("bank scroll")?;
            file(tx, scroll)
        })
        .await
    }
}

/// Parses a scroll outside the writer's thread. An incomplete file becomes a refusal that is on record; a
/// malformed one is only reported to the sender.
fn read(
    format: FileFormat,
    file: TextFile,
    period: (Option<NaiveDate>, Option<NaiveDate>),
) -> Result<UploadBankScroll, Error> {
    file.check()?;
    let digest = hex(&Sha256::digest(&file.content));
    let not_text = |_| FieldErrors::one("", FieldReason::NotUtf8);
    let content = String::from_utf8(file.content).map_err(not_text)?;
    let read = match read_scroll(format, &content).and_then(ReadReturn::check_scroll) {
        Ok(read) => Ok(read),
        Err(BadReturn::Truncated(reason)) => Err(Refusal::ReturnTruncated { reason }),
        Err(BadReturn::Wrong(errors)) => return Err(errors.into()),
    };
    Ok(UploadBankScroll { format, file_name: file.name, digest, content, period, read })
}
