//! What others than the paying office say of payments that failed or came back: files of the treasury, scrolls of the
//! bank, and second persons. The rows of the table are only ever added.

use crate::db::engine::column::{Column, read, row};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::{
    bank_differences, bank_scroll_lines, bank_scrolls, payment_advice_lines, payment_advices, payment_failures,
    payments, treasury_return_lines,
};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::calendar::Timestamp;
use domain::base::evidence::EvidenceIds;
use domain::base::id::{PaymentId, UserId};
use domain::payment::bank_difference::DifferenceStatus;
use domain::payment::bank_scroll::ScrollFinding;
use domain::payment::payment::PaymentStatus;
use domain::payment::payment_failure::{PaymentFailure, Proof};
use domain::payment::sanction_paid::Attempt;
use std::collections::{BTreeMap, BTreeSet};

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

/// A difference of the bank that nobody settled yet.
const UNSETTLED: [&str; 2] = ["open", "proposed"];

pub fn insert(tx: &mut WriteTx<'_>, failure: &PaymentFailure) -> Result<(), DbError> {
    row_statement::insert(tx, &FailureRow::of(failure))
}

/// The confirmation of a second person about a payment, if there is one.
pub fn find(tx: &mut ReadTx<'_>, payment: PaymentId) -> Result<Option<PaymentFailure>, DbError> {
    let query = payment_failures::table.find(payment.raw()).select(FailureRow::as_select());
    tx.unbuffered()?.get_result(query).optional()?.map(FailureRow::record).transpose()
}

/// Reference and day of each success of a payment that bank scrolls tell, but for those about which two people settled
/// a difference.
pub fn successes_on_scrolls(tx: &mut ReadTx<'_>, payment: PaymentId) -> Result<Vec<(String, String)>, DbError> {
    let of_line = bank_differences::scroll_id
        .eq(bank_scroll_lines::scroll_id)
        .and(bank_differences::line.eq(bank_scroll_lines::line.nullable()));
    let query = bank_scroll_lines::table
        .left_join(bank_differences::table.on(of_line))
        .filter(bank_scroll_lines::payment_id.eq(payment.raw()))
        .filter(bank_scroll_lines::outcome.eq(PaymentStatus::Succeeded.as_str()))
        .filter(bank_scroll_lines::utr.is_not_null().and(bank_scroll_lines::paid_on.is_not_null()))
        .select((
            bank_scroll_lines::utr.assume_not_null(),
            bank_scroll_lines::paid_on.assume_not_null(),
            bank_scroll_lines::finding,
            bank_differences::status.nullable(),
        ));
    let told: Vec<(String, String, String, Option<String>)> = tx.unbuffered()?.load(query)?;
    let settled: BTreeSet<(String, String)> = told
        .iter()
        .filter(|(.., status)| status.as_deref() == Some(DifferenceStatus::Settled.as_str()))
        .map(|(utr, day, ..)| (utr.clone(), day.clone()))
        .collect();
    // The same line on a later scroll says nothing new.
    let repeated = |finding: &str| finding == ScrollFinding::Repeated.as_str();
    let stands = |(utr, day, finding, status): (String, String, String, Option<String>)| {
        let ended = status.as_deref() == Some(DifferenceStatus::Settled.as_str());
        let said = (utr, day);
        let is_over = ended || (repeated(&finding) && settled.contains(&said));
        (!is_over).then_some(said)
    };
    Ok(told.into_iter().filter_map(stands).collect())
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

/// What is known of whether a payment arrived, beside its own record.
pub struct Known {
    pub number: String,
    /// The file for the treasury in which it stands.
    pub file: Option<String>,
    /// What others than the paying office say of it.
    pub proof: Proof,
    /// Whether an unsettled difference of the bank is about it.
    pub contradicted: bool,
}

/// What is known of these payments, by id and number, in their order. A scroll proves a failure only when somebody else
/// uploaded it: neither who advised the payment, made its file or recorded the answer, nor `reader`, who relies on it.
pub fn known(tx: &mut ReadTx<'_>, payments: &[(String, String)], reader: UserId) -> Result<Vec<Known>, DbError> {
    let mut found = Vec::new();
    for some in payments.chunks(AT_ONCE) {
        let ids: Vec<&str> = some.iter().map(|(id, _)| id.as_str()).collect();
        let rows = told(tx, &ids)?;
        let on_scroll = |row: &Told| row.scroll.as_deref().is_some_and(|outcome| FAILED.contains(&outcome));
        let uploaders = if rows.iter().any(on_scroll) { failures_on_scrolls(tx, &ids)? } else { BTreeMap::new() };
        for (id, number) in some {
            let mut known = Known { number: number.clone(), file: None, proof: Proof::default(), contradicted: false };
            for row in rows.iter().filter(|row| row.id == *id) {
                known.file = row.file.as_ref().map(|(message_id, _)| message_id.clone());
                known.proof.confirmed |= row.confirmed.is_some();
                let others = uploaders.get(id).into_iter().flatten();
                let independent = |by: &String| *by != reader.to_string() && !row.is_payer(by);
                known.proof.on_scroll |= others.into_iter().any(independent);
                known.contradicted |= row.difference.as_deref().is_some_and(|status| UNSETTLED.contains(&status));
                if let Some((outcome, result)) = &row.treasury {
                    let outcome = read("treasury_return_lines", "outcome", outcome.clone())?;
                    known.proof.treasury.push((outcome, read("treasury_return_lines", "result", result.clone())?));
                }
            }
            found.push(known);
        }
    }
    Ok(found)
}

/// A payment with its file, who confirmed its failure, a line of a scroll, one of the treasury, and a difference.
#[derive(Queryable)]
struct Told {
    id: String,
    advised_by: String,
    settled_by: Option<String>,
    /// The name of its file, and who made it.
    file: Option<(String, String)>,
    confirmed: Option<String>,
    scroll: Option<String>,
    treasury: Option<(String, String)>,
    difference: Option<String>,
}

impl Told {
    /// Whether a person took part in paying it. Whoever confirmed a failure as the second person did not.
    fn is_payer(&self, by: &str) -> bool {
        let settled = self.settled_by.as_deref().filter(|by| self.confirmed.as_deref() != Some(by));
        self.advised_by == by || settled == Some(by) || self.file.as_ref().is_some_and(|(_, made_by)| made_by == by)
    }
}

/// Who uploaded the scrolls that say that these payments failed or came back.
fn failures_on_scrolls(tx: &mut ReadTx<'_>, ids: &[&str]) -> Result<BTreeMap<String, Vec<String>>, DbError> {
    let query = bank_scroll_lines::table
        .inner_join(bank_scrolls::table.on(bank_scrolls::id.eq(bank_scroll_lines::scroll_id)))
        .filter(bank_scroll_lines::payment_id.eq_any(ids))
        .filter(bank_scroll_lines::outcome.eq_any(FAILED))
        .select((bank_scroll_lines::payment_id.assume_not_null(), bank_scrolls::uploaded_by));
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (payment, by) in tx.unbuffered()?.load::<(String, String)>(query)? {
        found.entry(payment).or_default().push(by);
    }
    Ok(found)
}

/// Whether a person took part in paying any of these payments.
pub fn paid_any(tx: &mut ReadTx<'_>, by: UserId, payments: &[String]) -> Result<bool, DbError> {
    for some in payments.chunks(AT_ONCE) {
        let ids: Vec<&str> = some.iter().map(String::as_str).collect();
        if told(tx, &ids)?.iter().any(|row| row.is_payer(&by.to_string())) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Everything that was told of some payments, in one statement: each combination of lines is a row.
fn told(tx: &mut ReadTx<'_>, ids: &[&str]) -> Result<Vec<Told>, DbError> {
    let query = payments::table
        .left_join(payment_advice_lines::table.on(payment_advice_lines::payment_id.eq(payments::id)))
        .left_join(payment_advices::table.on(payment_advices::id.eq(payment_advice_lines::advice_id)))
        .left_join(payment_failures::table.on(payment_failures::payment_id.eq(payments::id)))
        .left_join(bank_scroll_lines::table.on(bank_scroll_lines::payment_id.eq(payments::id.nullable())))
        .left_join(treasury_return_lines::table.on(treasury_return_lines::end_to_end_id.eq(payments::number)))
        .left_join(bank_differences::table.on(bank_differences::payment_id.eq(payments::id.nullable())))
        .filter(payments::id.eq_any(ids))
        .select((
            payments::id,
            payments::advised_by,
            payments::settled_by,
            (payment_advices::message_id, payment_advices::made_by).nullable(),
            payment_failures::confirmed_by.nullable(),
            bank_scroll_lines::outcome.nullable(),
            (treasury_return_lines::outcome, treasury_return_lines::result).nullable(),
            bank_differences::status.nullable(),
        ));
    Ok(query.load(tx.conn()?)?)
}
