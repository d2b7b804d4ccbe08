//! Outcomes of payments in bulk. Each item is recorded as if it were sent alone; either each on its own or all
//! or nothing. An outcome that is recorded already is reported as such and changes nothing.

use crate::db::engine::prefetch::Prefetch;
use crate::db::payment::payments;
use crate::service::Service;
use crate::service::payment::payment_failures::require_told;
use crate::service::payment::payments::{details, settle, visible};
use crate::service::running::bulk::{BulkDone, BulkMode, Many};
use crate::service::running::error::Error;
use crate::service::running::operation::Operation;
use crate::service::running::runner::{Answered, Call, Command, Done, Work};
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::id::PaymentId;
use domain::base::permission::Permission;
use domain::base::refusal::Refusal;
use domain::payment::disbursement::Disbursement;
use domain::payment::payment::{BankAnswer, Payment, Weighed};
use domain::payment::payment_outcome::PaymentOutcome;
use domain::payment::treasury_return::LineResult;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::sync::Arc;

/// The largest number of items in one request.
pub const MOST_ITEMS: usize = 10_000;

/// The payment that an item concerns.
#[derive(Clone, Debug)]
pub enum PaymentName {
    Id(PaymentId),
    Number(String),
}

/// One answer of the bank.
pub struct RecordOutcome {
    /// None where the sender named none, or two.
    pub payment: Option<PaymentName>,
    pub answer: BankAnswer,
}

/// The result of an item that was not refused.
pub struct Recorded {
    /// `applied` or `already_recorded`.
    pub result: LineResult,
    pub payment: Payment,
    /// The disbursement that it made.
    pub disbursement: Option<Disbursement>,
}

impl RecordOutcome {
    fn find(&self, work: &mut Work<'_, '_>) -> Result<Payment, Error> {
        match &self.payment {
            None => Err(FieldErrors::one("/payment_id", FieldReason::PaymentOrNumber).into()),
            Some(PaymentName::Id(id)) => visible(work.tx, &work.actor, *id),
            Some(PaymentName::Number(number)) => {
                let found = payments::find_by_number(work.tx, number)?;
                let seen = found.filter(|payment| work.actor.sees(payment.organisation_id));
                Ok(seen.ok_or_else(|| Refusal::PaymentUnknown { payment: number.clone() })?)
            }
        }
    }
}

impl Command for RecordOutcome {
    const NAME: &'static str = "record_outcome";
    const PERMISSION: Permission = Permission::SettlePayment;
    const REFUSALS: &'static [&'static str] = &[
        "same_person",
        "amount_differs",
        "utr_already_used",
        "date_not_allowed",
        "budget_exceeded",
        "set_off_pending",
        "amount_too_large",
        "payment_unknown",
        "answer_contradicted",
        "answer_too_early",
        "failure_unproven",
    ];
    const MOVES_MONEY: bool = true;
    type Answer = Recorded;

    fn subject(&self) -> String {
        match &self.payment {
            Some(PaymentName::Id(id)) => format!("payment:{id}"),
            _ => "payment".to_owned(),
        }
    }

    fn wants(&self) -> Prefetch {
        let payments = match self.payment {
            Some(PaymentName::Id(id)) => vec![id],
            _ => Vec::new(),
        };
        Prefetch { payments, utrs: self.answer.plain_utr().into_iter().collect(), ..Prefetch::default() }
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Recorded>, Error> {
        self.answer.check()?;
        let payment = self.find(work)?;
        let subject = format!("payment:{}", payment.id);
        if payment.weigh(&self.answer)? == Weighed::Known {
            let details = json!({ "payment": payment.number, "result": LineResult::AlreadyRecorded });
            let answer = Recorded { result: LineResult::AlreadyRecorded, payment, disbursement: None };
            return Ok(Done { subject, answer, details });
        }
        require_told(work, &payment, &self.answer)?;
        let outcome = settle(work, payment, self.answer)?;
        let details = details(&outcome);
        let PaymentOutcome { payment, disbursement, .. } = outcome;
        Ok(Done { subject, answer: Recorded { result: LineResult::Applied, payment, disbursement }, details })
    }
}

/// Keeps the answer to a whole request under its key, and puts on record how it ended.
struct SettlePayments {
    items: usize,
    refused: usize,
}

impl Command for SettlePayments {
    const NAME: &'static str = "settle_payments";
    const PERMISSION: Permission = Permission::SettlePayment;
    const REFUSALS: &'static [&'static str] = &[];
    type Answer = ();

    fn subject(&self) -> String {
        "payment".to_owned()
    }

    fn run(self, _: &mut Work<'_, '_>) -> Result<Done<()>, Error> {
        let details = json!({ "items": self.items, "refused": self.refused });
        Ok(Done { answer: (), subject: self.subject(), details })
    }
}

/// The result of a bulk of outcomes.
pub enum Outcomes {
    /// The answer for each item, or the stored answer to the same request.
    Answered(Answered),
    /// All or nothing, and nothing was recorded: the item (counted from 0) that failed, and why.
    Undone { index: usize, error: Error },
}

/// It is refused with what one of its items is refused with. Its answer lists the balances itself.
pub const SETTLE_PAYMENTS: Operation = Operation {
    refusals: RecordOutcome::REFUSALS,
    stops_with_money: RecordOutcome::STOPS_WITH_MONEY,
    ..Operation::of::<SettlePayments>()
};

impl Service {
    /// Records many outcomes. `render` makes the stored answer of one item, `refused` returns whether it was
    /// refused, `whole` makes the answer to the request.
    pub async fn record_outcomes<T: Serialize + DeserializeOwned + Send + 'static>(
        self: &Arc<Self>,
        call: Call,
        items: Vec<RecordOutcome>,
        mode: BulkMode,
        render: impl Fn(usize, Result<Recorded, Error>) -> T + Clone + Send + 'static,
        refused: impl Fn(&T) -> bool,
        whole: impl FnOnce(Many<T>) -> String + Send + 'static,
    ) -> Result<Outcomes, Error> {
        let last = |items, refused| SettlePayments { items, refused };
        let count = items.len();
        if let Some(answered) = self.begin_several(&call, last(count, 0)).await? {
            return Ok(Outcomes::Answered(answered));
        }
        if !(1..=MOST_ITEMS).contains(&count) {
            return Err(FieldErrors::one(
                "/items",
                FieldReason::Between { least: 1, most: MOST_ITEMS as i64, what: "items" },
            )
            .into());
        }
        let done = match self.execute_bulk(&call, items, mode, render).await? {
            BulkDone::Done(done) => done,
            BulkDone::Undone { index, error } => return Ok(Outcomes::Undone { index, error }),
        };
        let refused = done.items.iter().filter(|item| refused(item)).count();
        let answered = self.execute(call, last(count, refused), move |()| whole(done)).await?;
        Ok(Outcomes::Answered(answered))
    }
}
