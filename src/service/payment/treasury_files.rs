//! Files for the treasury and its answers, as their pages show them: payments that wait for a file, files with the
//! payments in them, and return files with what became of each answer.

use crate::db::engine::transaction::ReadTx;
use crate::db::payment::{payment_advices, payments, treasury_returns};
use crate::db::people::organisations;
use crate::service::Service;
use crate::service::payment::payment_advices::READ_PERMISSION;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use crate::service::running::text_file::name_of;
use crate::service::worklist::names::Names;
use chrono::NaiveDate;
use domain::base::id::{PaymentAdviceId, TreasuryReturnId};
use domain::payment::payment::Payment;
use domain::payment::payment_advice::PaymentAdvice;
use domain::payment::treasury_return::{LineResult, TreasuryReturn, TreasuryReturnLine};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// At most this many payments are offered for a file, and this many lines that contradict the records are shown.
const MOST_SHOWN: i64 = 100;

/// A payment with the company that it pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPayment {
    pub payment: Payment,
    pub beneficiary: String,
}

/// One page of the list of files for the treasury, how many there are, and the payments that are in none yet.
pub struct AdviceList {
    pub rows: Vec<PaymentAdvice>,
    pub all: i64,
    pub waiting: Vec<NamedPayment>,
    pub today: NaiveDate,
}

/// One file for the treasury with the payments in it.
pub struct WholeAdvice {
    pub advice: PaymentAdvice,
    pub payments: Vec<NamedPayment>,
    pub people: Names,
}

/// One page of the list of return files, how many there are, and the newest lines that contradict the records.
pub struct ReturnList {
    pub rows: Vec<TreasuryReturn>,
    pub all: i64,
    pub contradicted: Vec<TreasuryReturnLine>,
    /// Those of their payments that there are, by number.
    pub known: BTreeSet<String>,
}

/// One return file, its answers with what became of them, and the file for the treasury that it answers.
pub struct WholeReturn {
    pub file: TreasuryReturn,
    pub lines: Vec<TreasuryReturnLine>,
    /// How many answers have each result.
    pub results: BTreeMap<LineResult, usize>,
    /// Those of the payments in its answers that there are, by number.
    pub known: BTreeSet<String>,
    pub advice: Option<PaymentAdvice>,
    /// The name of the file, if it was sent with one.
    pub file_name: Option<String>,
    pub people: Names,
}

fn named(tx: &mut ReadTx<'_>, payments: Vec<Payment>) -> Result<Vec<NamedPayment>, Error> {
    let ids: Vec<String> = payments.iter().map(|payment| payment.organisation_id.to_string()).collect();
    let names: BTreeMap<String, String> = organisations::names(tx, &ids)?.into_iter().collect();
    let named = |payment: Payment| {
        let beneficiary = names.get(&payment.organisation_id.to_string()).cloned().unwrap_or_default();
        NamedPayment { payment, beneficiary }
    };
    Ok(payments.into_iter().map(named).collect())
}

/// Those of these numbers that are numbers of payments.
pub(super) fn known<'n>(
    tx: &mut ReadTx<'_>,
    numbers: impl Iterator<Item = &'n String>,
) -> Result<BTreeSet<String>, Error> {
    let numbers: Vec<String> = numbers.cloned().collect::<BTreeSet<_>>().into_iter().collect();
    Ok(payments::ids_of_numbers(tx, &numbers)?.into_keys().collect())
}

impl Service {
    /// One page of the files for the treasury, the newest first, and the payments that wait for one.
    pub async fn advice_list(self: &Arc<Self>, caller: Caller, page: i64, rows: i64) -> Result<AdviceList, Error> {
        let today = self.clock.now().date_in_india();
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let waiting = payments::in_no_advice(tx, MOST_SHOWN)?;
            Ok(AdviceList {
                all: payment_advices::count(tx)?,
                rows: payment_advices::page(tx, page.saturating_sub(1).saturating_mul(rows), rows)?,
                waiting: named(tx, waiting)?,
                today,
            })
        })
        .await
    }

    /// One file for the treasury with what its page shows.
    pub async fn advice_file(self: &Arc<Self>, caller: Caller, id: PaymentAdviceId) -> Result<WholeAdvice, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let advice = payment_advices::find(tx, id)?.or_not_found("payment advice")?;
            let found = payment_advices::whole_payments(tx, id)?;
            let people = Names::of_people(tx, actor, &[advice.made_by])?;
            Ok(WholeAdvice { payments: named(tx, found)?, advice, people })
        })
        .await
    }

    /// One page of the return files, the newest first.
    pub async fn return_list(self: &Arc<Self>, caller: Caller, page: i64, rows: i64) -> Result<ReturnList, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let contradicted = treasury_returns::with_result(tx, LineResult::Contradicted, None, MOST_SHOWN)?;
            Ok(ReturnList {
                all: treasury_returns::count(tx)?,
                rows: treasury_returns::page(tx, page.saturating_sub(1).saturating_mul(rows), rows)?,
                known: known(tx, contradicted.iter().map(|line| &line.end_to_end_id))?,
                contradicted,
            })
        })
        .await
    }

    /// One return file with what its page shows.
    pub async fn return_file(self: &Arc<Self>, caller: Caller, id: TreasuryReturnId) -> Result<WholeReturn, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let file = treasury_returns::find(tx, id)?.or_not_found("treasury return")?;
            let lines = treasury_returns::lines(tx, id)?;
            let mut results = BTreeMap::new();
            lines.iter().for_each(|line| *results.entry(line.result).or_default() += 1);
            let advice = match file.advice_id {
                Some(id) => payment_advices::find(tx, id)?,
                None => None,
            };
            let people = Names::of_people(tx, actor, &[file.uploaded_by])?;
            let file_name = name_of(tx, &format!("treasury_return:{id}"))?;
            let known = known(tx, lines.iter().map(|line| &line.end_to_end_id))?;
            Ok(WholeReturn { file, lines, results, known, advice, file_name, people })
        })
        .await
    }
}
