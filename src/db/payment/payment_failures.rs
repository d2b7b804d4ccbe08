//! What others than the paying office say of payments that failed or came back: files of the treasury, scrolls of the
//! bank, and second persons. The rows of the table are only ever added.

use crate::db::engine::column::{Column, read, row};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::{
    bank_scroll_lines, payment_advice_lines, payment_advices, payment_failures, payments, treasury_return_lines,
};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::calendar::Timestamp;
use domain::base::evidence::EvidenceIds;
use domain::base::id::{PaymentId, UserId};
use domain::payment::payment::PaymentStatus;
use domain::payment::payment_failure::{PaymentFailure, Proof};
use domain::payment::sanction_paid::Attempt;
use std::collections::BTreeMap;

row! {
    FailureRow in payment_failures for PaymentFailure {
        payment_id: PaymentId, outcome: PaymentStatus, reason: String, evidence: EvidenceIds, confirmed_by: UserId,
        confirmed_at: Timestamp,
    }
}

/// How many ids one statement takes.
const AT_ONCE: usize = 500;

/// The words of a scroll that say that the money is not with the payee.
const FAILED: [&str; 2] = ["failed", "failed_after_success"];

pub fn insert(tx: &mut WriteTx<'_>, failure: &PaymentFailure) -> Result<(), DbError> {
    row_statement::insert(tx, &FailureRow::of(failure))
}

/// The confirmation of a second person about a payment, if there is one.
pub fn find(tx: &mut ReadTx<'_>, payment: PaymentId) -> Result<Option<PaymentFailure>, DbError> {
    let query = payment_failures::table.find(payment.raw()).select(FailureRow::as_select());
    tx.unbuffered()?.get_result(query).optional()?.map(FailureRow::record).transpose()
}

/// Reference and day of each success of a payment that bank scrolls tell.
pub fn successes_on_scrolls(tx: &mut ReadTx<'_>, payment: PaymentId) -> Result<Vec<(String, String)>, DbError> {
    let query = bank_scroll_lines::table
        .filter(bank_scroll_lines::payment_id.eq(payment.raw()))
        .filter(bank_scroll_lines::outcome.eq(PaymentStatus::Succeeded.as_str()))
        .filter(bank_scroll_lines::utr.is_not_null().and(bank_scroll_lines::paid_on.is_not_null()))
        .select((bank_scroll_lines::utr.assume_not_null(), bank_scroll_lines::paid_on.assume_not_null()));
    Ok(tx.unbuffered()?.load(query)?)
}

diesel::alias!(payments as named: Named);

/// All payments of the tranches that these payments are of, these among them.
pub fn attempts_of(tx: &mut ReadTx<'_>, ids: &[String]) -> Result<Vec<Attempt>, DbError> {
    let mut found = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let of = named.filter(named.field(payments::id).eq_any(some)).select(named.field(payments::tranche_id));
        let query = payments::table
            .left_join(payment_failures::table.on(payment_failures::payment_id.eq(payments::id)))
            .filter(payments::tranche_id.eq_any(of))
            .order(payments::id)
            .select((
                payments::id,
                payments::number,
                payments::tranche_id,
                payments::status,
                payment_failures::confirmed_by.nullable(),
            ));
        let rows: Vec<(String, String, String, String, Option<String>)> = query.load(tx.conn()?)?;
        for (id, number, tranche, status, confirmed) in rows {
            found.push(Attempt {
                id: read("payments", "id", id)?,
                number,
                tranche_id: read("payments", "tranche_id", tranche)?,
                status: read("payments", "status", status)?,
                confirmed_failed: confirmed.is_some(),
            });
        }
    }
    found.sort_by_key(|attempt| attempt.id);
    found.dedup();
    Ok(found)
}

/// Of these payments, by id and number, those that stand in a file for the treasury: the number, the name of the file,
/// and what others say of it.
pub fn sent(tx: &mut ReadTx<'_>, payments: &[(String, String)]) -> Result<Vec<(String, String, Proof)>, DbError> {
    let ids: Vec<&str> = payments.iter().map(|(id, _)| id.as_str()).collect();
    let files = payment_advice_lines::table
        .inner_join(payment_advices::table.on(payment_advices::id.eq(payment_advice_lines::advice_id)))
        .filter(payment_advice_lines::payment_id.eq_any(&ids))
        .select((payment_advice_lines::payment_id, payment_advices::message_id));
    let files: Vec<(String, String)> = tx.unbuffered()?.load(files)?;
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let numbers: Vec<&str> = payments.iter().map(|(_, number)| number.as_str()).collect();
    let said = treasury_return_lines::table.filter(treasury_return_lines::end_to_end_id.eq_any(numbers)).select((
        treasury_return_lines::end_to_end_id,
        treasury_return_lines::outcome,
        treasury_return_lines::result,
    ));
    let said: Vec<(String, String, String)> = tx.unbuffered()?.load(said)?;
    let on_scrolls = bank_scroll_lines::table
        .filter(bank_scroll_lines::payment_id.eq_any(&ids))
        .filter(bank_scroll_lines::outcome.eq_any(FAILED))
        .select(bank_scroll_lines::payment_id.assume_not_null());
    let on_scrolls: Vec<String> = tx.unbuffered()?.load(on_scrolls)?;
    let confirmed =
        payment_failures::table.filter(payment_failures::payment_id.eq_any(&ids)).select(payment_failures::payment_id);
    let confirmed: Vec<String> = tx.unbuffered()?.load(confirmed)?;
    let files: BTreeMap<String, String> = files.into_iter().collect();
    let mut found = Vec::new();
    for (id, number) in payments {
        let Some(file) = files.get(id) else { continue };
        let mut treasury = Vec::new();
        for (_, outcome, result) in said.iter().filter(|(told, ..)| told == number) {
            let outcome = read("treasury_return_lines", "outcome", outcome.clone())?;
            treasury.push((outcome, read("treasury_return_lines", "result", result.clone())?));
        }
        let proof = Proof { confirmed: confirmed.contains(id), on_scroll: on_scrolls.contains(id), treasury };
        found.push((number.clone(), file.clone(), proof));
    }
    Ok(found)
}
