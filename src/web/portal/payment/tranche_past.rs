//! What happened to a tranche, oldest first: its steps, and what became of its payments, whose answers the bank gives.

use crate::service::payment::tranche_file::TrancheFile;
use crate::service::payment::tranche_steps::StepTaken;
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::payment::payment::{Payment, PaymentStatus};

/// Something that happened to a tranche.
pub enum Past<'f> {
    Step(&'f StepTaken),
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
    let mut past: Vec<Past<'_>> = file.steps.iter().map(Past::Step).chain(paid).chain(answers).collect();
    past.sort_by_key(Past::when);
    past
}
