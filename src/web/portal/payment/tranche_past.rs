//! What happened to a tranche, oldest first: its steps, and what became of its payments, whose answers the bank gives.

use crate::service::payment::tranche_file::TrancheFile;
use crate::service::payment::tranche_steps::{ReturnMade, StepTaken};
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::payment::payment::{Payment, PaymentStatus};

/// Something that happened to a tranche.
pub enum Past<'f> {
    Step(&'f StepTaken),
    /// A return, and whether the top of the page says it whole.
    Return(&'f ReturnMade, bool),
    /// A payment that came back later was paid on this day; when that was recorded is known no more.
    Paid(&'f Payment, NaiveDate),
    /// The bank's answer to a payment, and when it was recorded.
    Answer(&'f Payment, Timestamp),
}

impl Past<'_> {
    /// What orders it: the day, and within it the instant. No payment is paid before it is advised.
    fn when(&self) -> (NaiveDate, Timestamp) {
        match self {
            Past::Step(step) => (step.at.date_in_india(), step.at),
            Past::Return(back, _) => (back.at.date_in_india(), back.at),
            Past::Paid(payment, day) => (*day, payment.advised_at),
            Past::Answer(_, at) => (at.date_in_india(), *at),
        }
    }
}

/// What happened, oldest first.
pub fn past(file: &TrancheFile) -> Vec<Past<'_>> {
    let answers = file.payments.iter().filter_map(|payment| Some(Past::Answer(payment, payment.settled_at?)));
    let came_back = file.payments.iter().filter(|payment| payment.status == PaymentStatus::FailedAfterSuccess);
    let paid = came_back.filter_map(|payment| Some(Past::Paid(payment, payment.paid_on?)));
    let at_top = |back: &ReturnMade| file.returned.as_ref().is_some_and(|top| top.at == back.at);
    let returns = file.returns.iter().map(|back| Past::Return(back, at_top(back)));
    let steps = file.steps.iter().map(Past::Step);
    let mut past: Vec<Past<'_>> = steps.chain(returns).chain(paid).chain(answers).collect();
    past.sort_by_key(Past::when);
    past
}
