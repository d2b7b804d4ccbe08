//! What a person did or tries to do, as a refusal names it: a step on money, or an act that is no step of the record.

use crate::base::argument::{Argument, ToArgument};
use crate::base::id::UserId;
use crate::base::permission::Step;
use crate::base::refusal::Refusal;
use std::borrow::Cow;
use std::fmt;

/// An act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Step(Step),
    /// Sending a file back to an earlier desk.
    Return,
    ProposeInstrument,
    ApproveInstrument,
    RefuseInstrument,
    /// Recording from the bank's statement what arrived.
    RecordCredit,
    /// Having belonged to the company whose file it is.
    WorkForCompany,
    ProposeCorrection,
    DecideCorrection,
    /// Taking in what the bank says that it paid.
    UploadScroll,
}

impl Act {
    /// The acts that are no steps.
    pub const OTHERS: &[Act] = &[
        Act::Return,
        Act::ProposeInstrument,
        Act::ApproveInstrument,
        Act::RefuseInstrument,
        Act::RecordCredit,
        Act::WorkForCompany,
        Act::ProposeCorrection,
        Act::DecideCorrection,
        Act::UploadScroll,
    ];

    /// The act with a code.
    pub fn of_code(code: &str) -> Option<Act> {
        let other = Act::OTHERS.iter().copied().find(|act| act.as_str() == code);
        other.or_else(|| code.parse().ok().map(Act::Step))
    }

    /// Its code, as in `arguments`.
    pub fn as_str(self) -> &'static str {
        match self {
            Act::Step(step) => step.as_str(),
            Act::Return => "return",
            Act::ProposeInstrument => "propose_instrument",
            Act::ApproveInstrument => "approve_instrument",
            Act::RefuseInstrument => "refuse_instrument",
            Act::RecordCredit => "record_credit",
            Act::WorkForCompany => "work_for_company",
            Act::ProposeCorrection => "propose_correction",
            Act::DecideCorrection => "decide_correction",
            Act::UploadScroll => "upload_scroll",
        }
    }
}

/// Refuses a person who took an earlier act on the same rupee (segregation of duties).
///
/// # Errors
/// `same_person`, with both acts, where the acting person is the one who took the earlier act.
pub fn require_other_person(
    earlier_by: UserId,
    earlier: impl Into<Act>,
    by: UserId,
    now: impl Into<Act>,
) -> Result<(), Refusal> {
    if earlier_by == by {
        return Err(Refusal::SamePerson { earlier: earlier.into(), now: now.into() });
    }
    Ok(())
}

/// Refuses a submission by the person who prepared what is submitted.
///
/// # Errors
/// `same_person`.
pub fn require_not_preparer(prepared_by: UserId, by: UserId) -> Result<(), Refusal> {
    require_other_person(prepared_by, Step::Prepare, by, Step::Submit)
}

impl From<Step> for Act {
    fn from(step: Step) -> Act {
        Act::Step(step)
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ToArgument for Act {
    fn to_argument(&self, _: &str) -> Argument {
        Argument::Word(Cow::Borrowed(self.as_str()))
    }
}
