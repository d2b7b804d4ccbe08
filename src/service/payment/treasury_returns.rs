//! Recording the treasury's return files. A file is recorded whole or not at all; then each answer is applied
//! as a command of its own, and the result is stored with it. Everything is safe to repeat: the same file
//! continues with the answers that are still pending and changes no other.

use crate::db::engine::prefetch::Prefetch;
use crate::db::engine::transaction::ReadTx;
use crate::db::payment::{payment_advices, payments, treasury_returns};
use crate::service::payment::payments::{details, settle};
use crate::service::running::bulk::{BulkDone, BulkMode};
use crate::service::running::cursor::require_known;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::operation::Operation;
use crate::service::running::record_page::{RecordPage, RecordsAsked, read_page};
use crate::service::running::runner::{Answered, Call, Caller, Command, Done, Work};
use crate::service::running::text_file::{TextFile, store_name};
use crate::service::{Service, off_thread};
use domain::base::digest::hex;
use domain::base::field_reason::FieldReason;
use domain::base::id::{PaymentAdviceId, PaymentId, TreasuryReturnId};
use domain::base::money::Paise;
use domain::base::permission::Permission;
use domain::base::refusal::Refusal;
use domain::budget::ledger::AccountBalance;
use domain::payment::payment::{Payment, PaymentStatus, Weighed};
use domain::payment::payment_advice::FileFormat;
use domain::payment::treasury_return::{
    BadReturn, CheckedReturn, Contradiction, LineResult, ReadReturn, TreasuryReturn, TreasuryReturnLine, contradictions,
};
use domain::payment::treasury_return_file;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A return with the result of each of its answers.
pub type ReturnFile = (TreasuryReturn, Vec<TreasuryReturnLine>);

/// Records a parsed file with all answers pending. A known file stays as it is.
struct TakeReturn {
    format: FileFormat,
    file_name: Option<String>,
    digest: String,
    read: Result<CheckedReturn, Refusal>,
}

impl Command for TakeReturn {
    const NAME: &'static str = "upload_treasury_return";
    const PERMISSION: Permission = Permission::UploadTreasuryReturn;
    // The last one is told of a line, in the answer, and refuses that line alone.
    const REFUSALS: &'static [&'static str] =
        &["return_truncated", "message_id_reused", "advice_unknown", "payment_not_in_file"];
    const STOPS_WITH_MONEY: bool = true;
    type Answer = TreasuryReturnId;

    fn subject(&self) -> String {
        "treasury_return".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<TreasuryReturnId>, Error> {
        let read = self.read?;
        // The answers could not be applied now, and a file is recorded only once.
        work.require_money_moves()?;
        let done = |id, known: bool| Done {
            subject: format!("treasury_return:{id}"),
            details: json!({ "digest": self.digest, "lines": read.lines.len(), "known": known }),
            answer: id,
        };
        if let Some(known) = treasury_returns::find_by_digest(work.tx, &self.digest)? {
            return Ok(done(known.id, true));
        }
        if treasury_returns::knows_message(work.tx, &read.message_id)? {
            return Err(Refusal::MessageIdReused { message_id: read.message_id }.into());
        }
        let advice_id = answered_advice(work.tx, read.advice_message_id.as_deref())?;
        let id = TreasuryReturnId(work.new_id());
        let record = TreasuryReturn {
            id,
            message_id: read.message_id.clone(),
            advice_id,
            digest: self.digest.clone(),
            format: self.format,
            line_count: i64::try_from(read.lines.len()).unwrap_or(i64::MAX),
            control_total_paise: read.control_total_paise,
            uploaded_by: work.actor.user_id,
            uploaded_at: work.now,
        };
        treasury_returns::insert(work.tx, &record, &open_lines(id, &read))?;
        store_name(work, self.file_name.as_deref())?;
        Ok(done(id, false))
    }
}

fn answered_advice(tx: &mut ReadTx<'_>, message_id: Option<&str>) -> Result<Option<PaymentAdviceId>, Error> {
    let Some(message_id) = message_id else { return Ok(None) };
    match payment_advices::find_by_message(tx, message_id)? {
        Some(advice) => Ok(Some(advice.id)),
        None => Err(Refusal::AdviceUnknown { message_id: message_id.to_owned() }.into()),
    }
}

fn open_lines(return_id: TreasuryReturnId, read: &CheckedReturn) -> Vec<TreasuryReturnLine> {
    let open = |(line, answer): (i64, &domain::payment::treasury_return::Answer)| TreasuryReturnLine {
        return_id,
        line,
        end_to_end_id: answer.end_to_end_id.clone(),
        outcome: answer.outcome,
        utr: answer.utr.clone(),
        paid_on: answer.paid_on,
        amount_paise: answer.amount_paise,
        reason: answer.reason.clone(),
        result: LineResult::Open,
        code: None,
        detail: None,
    };
    (1_i64..).zip(&read.lines).map(open).collect()
}

/// Applies one answer of a return.
struct ApplyReturnLine {
    line: TreasuryReturnLine,
    /// The payment with its number, if there is one.
    payment_id: Option<PaymentId>,
    /// The advice that the file answers, where it names one.
    advice_id: Option<PaymentAdviceId>,
    /// Why another answer of the same file contradicts this one.
    contradiction: Option<Contradiction>,
}

impl ApplyReturnLine {
    /// The payment this is about: one of ours, and of the advice the file answers if it names one.
    fn payment(&self, work: &mut Work<'_, '_>) -> Result<Payment, Error> {
        let named = || self.line.end_to_end_id.clone();
        let unknown = || Refusal::PaymentUnknown { payment: named() };
        let id = self.payment_id.ok_or_else(unknown)?;
        if self.advice_id.is_some() {
            let advice = payment_advices::of_payment(work.tx, id)?;
            let elsewhere = || Refusal::PaymentNotInFile { payment: named() };
            advice.filter(|advice| Some(advice.id) == self.advice_id).ok_or_else(elsewhere)?;
        }
        Ok(payments::find(work.tx, id)?.ok_or_else(unknown)?)
    }
}

impl Command for ApplyReturnLine {
    const NAME: &'static str = "apply_return_line";
    const PERMISSION: Permission = Permission::UploadTreasuryReturn;
    const REFUSALS: &'static [&'static str] = &[
        "same_person",
        "amount_differs",
        "utr_already_used",
        "date_not_allowed",
        "budget_exceeded",
        "set_off_pending",
        "amount_too_large",
        "payment_unknown",
        "payment_not_in_file",
        "answer_contradicted",
        "answer_too_early",
    ];
    const MOVES_MONEY: bool = true;
    type Answer = LineResult;

    fn subject(&self) -> String {
        format!("treasury_return:{}", self.line.return_id)
    }

    fn wants(&self) -> Prefetch {
        let utrs = self.line.utr.iter().cloned().collect();
        Prefetch { payments: self.payment_id.into_iter().collect(), utrs, ..Prefetch::default() }
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<LineResult>, Error> {
        let payment = self.payment(work)?;
        let subject = format!("payment:{}", payment.id);
        let (result, mut details) = match self.line.weigh(&payment, self.contradiction.as_ref())? {
            Weighed::Known => (LineResult::AlreadyRecorded, json!({ "payment": payment.number })),
            Weighed::New => (LineResult::Applied, details(&settle(work, payment, self.line.answer())?)),
        };
        details["treasury_return"] = json!(self.line.return_id);
        details["line"] = json!(self.line.line);
        details["result"] = json!(result);
        Ok(Done { subject, answer: result, details })
    }
}

/// Stores the results of the answers that were applied, and the answer to the upload under its key.
struct RecordReturnResults {
    id: TreasuryReturnId,
    tried: Vec<TreasuryReturnLine>,
}

impl Command for RecordReturnResults {
    const NAME: &'static str = TakeReturn::NAME;
    const PERMISSION: Permission = TakeReturn::PERMISSION;
    const REFUSALS: &'static [&'static str] = TakeReturn::REFUSALS;
    type Answer = ReturnFile;

    fn subject(&self) -> String {
        format!("treasury_return:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<ReturnFile>, Error> {
        treasury_returns::set_results(work.tx, &self.tried)?;
        let file = file(work.tx, self.id)?;
        let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
        file.1.iter().for_each(|line| *counts.entry(line.result.as_str()).or_default() += 1);
        // What was known before, from this file or elsewhere, was not done now.
        let applied = |line: &&TreasuryReturnLine| line.result == LineResult::Applied;
        let of = |outcome: PaymentStatus| self.tried.iter().filter(applied).filter(move |line| line.outcome == outcome);
        let paid = Paise::sum(of(PaymentStatus::Succeeded).map(|line| line.amount_paise));
        let details = json!({
            "results": counts, "tried": self.tried.len(), "paid": of(PaymentStatus::Succeeded).count(), "paid_paise": paid,
            "failed": of(PaymentStatus::Failed).count() + of(PaymentStatus::FailedAfterSuccess).count(),
        });
        Ok(Done { subject: self.subject(), details, answer: file })
    }
}

fn file(tx: &mut ReadTx<'_>, id: TreasuryReturnId) -> Result<ReturnFile, Error> {
    let record = treasury_returns::find(tx, id)?.or_not_found("treasury return")?;
    Ok((record, treasury_returns::lines(tx, id)?))
}

/// The pending answers of a file, and waiting answers of other files about the same payments; in the order of
/// events, not of lines.
fn pending(tx: &mut ReadTx<'_>, id: TreasuryReturnId) -> Result<Vec<ApplyReturnLine>, Error> {
    let (file, lines) = file(tx, id)?;
    let mut contradicted = contradictions(&lines);
    let about: BTreeSet<String> = lines.iter().map(|line| line.end_to_end_id.clone()).collect();
    let numbers: Vec<String> = about.iter().cloned().collect();
    let ids = payments::ids_of_numbers(tx, &numbers)?;
    let command = |line: TreasuryReturnLine, advice_id, contradiction| ApplyReturnLine {
        payment_id: ids.get(&line.end_to_end_id).copied(),
        line,
        advice_id,
        contradiction,
    };
    let pending = lines.into_iter().filter(|line| line.result.is_pending());
    let mut found: Vec<ApplyReturnLine> = pending
        .map(|line| {
            let contradiction = contradicted.remove(&line.line);
            command(line, file.advice_id, contradiction)
        })
        .collect();
    let waiting = treasury_returns::with_result(tx, LineResult::Waiting, None, i64::MAX)?;
    let others = waiting.into_iter().filter(|line| line.return_id != id && about.contains(&line.end_to_end_id));
    for line in others {
        let other = treasury_returns::find(tx, line.return_id)?.or_not_found("treasury return")?;
        found.push(command(line, other.advice_id, None));
    }
    found.sort_by(|a, b| {
        let order = |one: &ApplyReturnLine| {
            (one.line.end_to_end_id.clone(), one.line.rank(), one.line.return_id, one.line.line)
        };
        order(a).cmp(&order(b))
    });
    Ok(found)
}

/// The result of one line, and the code of its refusal.
#[derive(Serialize, Deserialize)]
struct Tried {
    result: LineResult,
    code: Option<String>,
    detail: Option<String>,
}

impl Tried {
    fn of(outcome: Result<LineResult, Error>) -> Tried {
        let (result, code, detail) = match outcome {
            Ok(result) => return Tried { result, code: None, detail: None },
            Err(Error::Refused(refusal)) => {
                (LineResult::of_refusal(refusal.code()), refusal.code(), refusal.to_string())
            }
            Err(Error::NotFound(noun)) => (LineResult::Refused, "not_found", format!("there is no {noun}")),
            Err(error) => (LineResult::Refused, "invalid_fields", error.to_string()),
        };
        Tried { result, code: Some(code.to_owned()), detail: Some(detail) }
    }
}

fn with_results(tried: Vec<TreasuryReturnLine>, results: Vec<Tried>) -> Vec<TreasuryReturnLine> {
    let with_result = |(mut line, tried): (TreasuryReturnLine, Tried)| {
        line.result = tried.result;
        line.code = tried.code;
        line.detail = tried.detail;
        line
    };
    tried.into_iter().zip(results).map(with_result).collect()
}

/// The file is refused as a whole by its first command alone; what becomes of a line is in the answer.
pub const UPLOAD_TREASURY_RETURN: Operation = Operation { rehearses: false, ..Operation::of::<TakeReturn>() };

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadTreasury;

impl Service {
    /// Whether this person may send such a file at all, before a byte is taken from them; the
    /// answer to a key that is known.
    pub async fn begin_treasury_return(self: &Arc<Self>, call: &Call) -> Result<Option<Answered>, Error> {
        let nothing = RecordReturnResults { id: TreasuryReturnId(uuid::Uuid::nil()), tried: Vec::new() };
        self.begin_several(call, nothing).await
    }

    /// Takes in a whole file and applies each of its answers. `render` gets the return, its lines,
    /// and what the accounts hold that it moved money into or out of.
    pub async fn upload_treasury_return(
        self: &Arc<Self>,
        call: Call,
        format: FileFormat,
        file: TextFile,
        render: impl FnOnce(ReturnFile, Vec<AccountBalance>) -> String + Send + 'static,
    ) -> Result<Answered, Error> {
        let take = off_thread(move || read(format, file)).await?;
        let unkeyed = Call::unkeyed(call.caller);
        let taken = self.execute(unkeyed.clone(), take, |id| id.to_string()).await?;
        let id: TreasuryReturnId = taken.body.parse().map_err(|_| Error::Internal("an id was lost".to_owned()))?;
        let commands = self.read(call.caller, TakeReturn::PERMISSION, move |tx, _| pending(tx, id)).await?;
        let tried: Vec<TreasuryReturnLine> = commands.iter().map(|command| command.line.clone()).collect();
        let tried_one = |_, outcome| Tried::of(outcome);
        let done = match self.execute_bulk(&unkeyed, commands, BulkMode::Each, tried_one).await? {
            BulkDone::Done(done) => done,
            BulkDone::Undone { error, .. } => return Err(error),
        };
        let balances = done.balances();
        let last = RecordReturnResults { id, tried: with_results(tried, done.items) };
        self.execute(call, last, move |file| render(file, balances)).await
    }

    /// Returns of a selection, a page at a time.
    pub async fn list_treasury_returns(
        self: &Arc<Self>,
        caller: Caller,
        asked: RecordsAsked,
    ) -> Result<RecordPage<TreasuryReturn>, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            read_page(tx, actor, &service.on_day(), asked, treasury_returns::of_ids, |file| file.id.to_string())
        })
        .await
    }

    pub async fn treasury_return(self: &Arc<Self>, caller: Caller, id: TreasuryReturnId) -> Result<ReturnFile, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| file(tx, id)).await
    }

    /// Answers of all returns with one result, such as those that contradict what is recorded; from the newest return,
    /// or behind a line of a return.
    pub async fn list_treasury_return_lines(
        self: &Arc<Self>,
        caller: Caller,
        result: LineResult,
        behind: Option<(TreasuryReturnId, i64)>,
        limit: i64,
    ) -> Result<Vec<TreasuryReturnLine>, Error> {
        let list = move |tx: &mut ReadTx<'_>| {
            require_known(behind, |(id, _)| treasury_returns::find(tx, id))?;
            Ok(treasury_returns::with_result(tx, result, behind, limit)?)
        };
        self.read(caller, READ_PERMISSION, move |tx, _| list(tx)).await
    }
}

/// Parses a file outside the writer's thread. An incomplete file becomes a refusal that is on record; a
/// malformed one is only reported to the sender.
fn read(format: FileFormat, file: TextFile) -> Result<TakeReturn, Error> {
    file.check()?;
    let digest = hex(&Sha256::digest(&file.content));
    let text = std::str::from_utf8(&file.content).map_err(|_| BadReturn::wrong("", FieldReason::NotUtf8));
    let checked = text.and_then(|text| treasury_return_file::read(format, text)).and_then(ReadReturn::check);
    let read = match checked {
        Ok(read) => Ok(read),
        Err(BadReturn::Truncated(reason)) => Err(Refusal::ReturnTruncated { reason }),
        Err(BadReturn::Wrong(errors)) => return Err(errors.into()),
    };
    Ok(TakeReturn { format, file_name: file.name, digest, read })
}
