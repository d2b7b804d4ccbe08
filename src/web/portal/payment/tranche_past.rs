//! What happened to a tranche, oldest first: its steps, and what became of its payments, whose answers the bank gives.

use crate::service::payment::tranche_file::TrancheFile;
use crate::service::payment::tranche_steps::StepTaken;
use domain::base::calendar::Timestamp;
use domain::payment::payment::Payment;

/// Something that happened to a tranche.
pub enum Past<'f> {
    Step(&'f StepTaken),
    /// The bank's answer to a payment, and when it was recorded.
    Answer(&'f Payment, Timestamp),
}

impl Past<'_> {
    fn at(&self) -> Timestamp {
        match self {
            Past::Step(step) => step.at,
            Past::Answer(_, at) => *at,
        }
    }
}

/// What happened, oldest first.
pub fn past(file: &TrancheFile) -> Vec<Past<'_>> {
    let answers = file.payments.iter().filter_map(|payment| Some(Past::Answer(payment, payment.settled_at?)));
    let mut past: Vec<Past<'_>> = file.steps.iter().map(Past::Step).chain(answers).collect();
    past.sort_by_key(Past::at);
    past
}
