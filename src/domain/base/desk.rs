//! Desks: the places at which a rupee waits for the next person on its way from the claim to the bank, in
//! order. A file can be returned to any earlier desk.

use crate::base::permission::{Role, Step};
use crate::words;

words! {
    /// A desk, by the step that is taken at it.
    pub enum Desk {
        /// The beneficiary: prepares and submits.
        Prepare = "prepare",
        /// The agency.
        Verify = "verify",
        /// The programme division.
        Recommend = "recommend",
        /// The finance division.
        Concur = "concur",
        /// The competent authority.
        Sanction = "sanction",
        /// The drawing and disbursing officer.
        Pay = "pay",
    }
}

impl Desk {
    /// The step that is taken at this desk. The beneficiary has a second one, to submit.
    pub fn step(self) -> Step {
        match self {
            Desk::Prepare => Step::Prepare,
            Desk::Verify => Step::Verify,
            Desk::Recommend => Step::Recommend,
            Desk::Concur => Step::Concur,
            Desk::Sanction => Step::Sanction,
            Desk::Pay => Step::Pay,
        }
    }

    /// The desk at which a step is taken; `None` for steps on budgets, recoveries and the like.
    pub fn of(step: Step) -> Option<Desk> {
        match step {
            Step::Prepare | Step::Submit => Some(Desk::Prepare),
            _ => Desk::ALL.iter().copied().find(|desk| desk.step() == step),
        }
    }

    /// The role that sits at this desk.
    pub fn role(self) -> Role {
        match self {
            Desk::Prepare => Role::Preparer,
            Desk::Verify => Role::Verifier,
            Desk::Recommend => Role::SectionOfficer,
            Desk::Concur => Role::FinanceOfficer,
            Desk::Sanction => Role::CompetentAuthority,
            Desk::Pay => Role::DisbursingOfficer,
        }
    }
}
