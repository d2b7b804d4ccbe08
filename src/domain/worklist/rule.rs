//! A rule of the worklist: the act that a record waits for, who may do it, which clocks run meanwhile, and what
//! happens when one of them runs out.

use crate::base::permission::{Permission, Role, Step};
use crate::words;
use crate::worklist::desk_times::TimedDesk;

words! {
    /// A clock that runs while a record waits.
    pub enum Clock {
        /// The days that a desk has (`config/finance/desk-times.toml`).
        DeskTime = "desk_time",
        /// The money is reserved until this day.
        Hold = "hold",
        /// A sanction is valid for as many months as the scheme says.
        SanctionTerm = "sanction_term",
        /// The day by which something is due: a milestone, a certificate, a payment, a reply to the auditor.
        DueDay = "due_day",
        /// The last day for the reply to a notice.
        ReplyDay = "reply_day",
        /// The last day that a guarantee covers.
        Expiry = "expiry",
        /// The last day of a window.
        WindowEnd = "window_end",
        /// The last day of the financial year.
        YearEnd = "year_end",
        /// The age at which a difference of the bank becomes a red control.
        SettleWithin = "settle_within",
    }
}

words! {
    /// What happens when a clock runs out and nothing was done.
    pub enum Then {
        /// Nothing by itself: the desk is late, and both sides see it.
        DeskTimeOver = "desk_time_over",
        /// The reservation returns to the budget and the tranche expires.
        ReservationReturns = "reservation_returns",
        /// The reservation returns to the budget and the tranche expires; the claim, which is corrected or verified
        /// again, goes on without money.
        HoldOfClaimEnds = "hold_of_claim_ends",
        /// The sanction lapses and its money returns to the budget.
        SanctionLapses = "sanction_lapses",
        /// The milestone is late: damages accrue from the next day.
        DamagesAccrue = "damages_accrue",
        /// The claim stays without its final certificate: a control is red, and what is withheld stays withheld.
        CertificateOverdue = "certificate_overdue",
        /// The notice can be decided without a reply.
        DecidedWithoutReply = "decided_without_reply",
        /// Interest runs on what is not paid.
        InterestRuns = "interest_runs",
        /// The auditor sees it as overdue.
        OverdueWithAuditor = "overdue_with_auditor",
        /// Nothing by itself: the office sees that the company has not answered, and may go on without it.
        AnswerOverdue = "answer_overdue",
        /// The guarantees of the award no longer cover what it requires: none of its tranches can be sanctioned or
        /// paid.
        CoverEnds = "cover_ends",
        /// The guarantee covers nothing any more; the others still cover all that the award requires.
        CoverStays = "cover_stays",
        /// The control of unsettled bank lines turns red.
        ControlTurnsRed = "control_turns_red",
        /// The control of advised payments without an answer turns red.
        PaymentUnanswered = "payment_unanswered",
        /// The window closes: a draft can no longer be submitted in it.
        WindowCloses = "window_closes",
        /// What is unspent lapses with the year.
        MoneyLapses = "money_lapses",
        /// Nothing: it is shown no longer.
        ShownNoMore = "shown_no_more",
        /// The clock of the office stands until the reply arrives.
        OfficeClockStands = "office_clock_stands",
    }
}

/// One act that a record waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The operation that ends the wait, by its operation id; `pay_demand` and `put_account_in_order` are done
    /// outside.
    pub act: &'static str,
    /// Whoever holds it can end the wait.
    pub permission: Permission,
    /// Of those who hold it, the offices with which the record lies; all of them unless it is said.
    pub lies_with: Option<&'static [Role]>,
    /// The step as which the act counts: a person who took another step on the same money cannot take it.
    pub step: Option<Step>,
    /// The desk whose days run, and what happens after them.
    pub desk: Option<(TimedDesk, Then)>,
    /// The clock of the record's own day, and what happens after it.
    pub day: Option<(Clock, Then)>,
    /// No act brought the record to these offices: it lies with them because its own day has passed.
    pub after_its_day: bool,
    /// The days of the desk begin with the record's own day where that is later than its arrival.
    pub counts_from_its_day: bool,
}

/// The acts that are done outside this program, so no operation has their name.
pub const OUTSIDE: &[&str] = &["pay_demand", "put_account_in_order"];

impl Rule {
    /// Waits for an act of the people with a permission; no clock runs.
    pub fn for_act(act: &'static str, permission: Permission) -> Rule {
        Rule {
            act,
            permission,
            lies_with: None,
            step: None,
            desk: None,
            day: None,
            after_its_day: false,
            counts_from_its_day: false,
        }
    }

    /// The act is this step on a rupee.
    pub fn as_step(self, step: Step) -> Rule {
        Rule { step: Some(step), ..self }
    }

    /// Of those who hold the permission, it lies with these offices.
    pub fn lying_with(self, offices: &'static [Role]) -> Rule {
        Rule { lies_with: Some(offices), ..self }
    }

    /// The days of a desk run; when they are over, the desk is late.
    pub fn at_desk(self, desk: TimedDesk) -> Rule {
        Rule { desk: Some((desk, Then::DeskTimeOver)), ..self }
    }

    /// The days of a desk run, and something else happens after them.
    pub fn at_desk_or(self, desk: TimedDesk, then: Then) -> Rule {
        Rule { desk: Some((desk, then)), ..self }
    }

    /// The record's own day ends the wait.
    pub fn until(self, clock: Clock, then: Then) -> Rule {
        Rule { day: Some((clock, then)), ..self }
    }

    /// The record lies with these offices from the day after its own day on.
    pub fn once_its_day_is_over(self) -> Rule {
        Rule { after_its_day: true, ..self }
    }

    /// The days of the desk begin with the record's own day at the earliest.
    pub fn counted_from_its_day(self) -> Rule {
        Rule { counts_from_its_day: true, ..self }
    }

    /// The offices that can end the wait, or those of them with which it lies.
    pub fn offices(&self) -> &'static [Role] {
        self.lies_with.unwrap_or_else(|| self.permission.roles())
    }
}

/// Whom a record waits for in one of its states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waits {
    /// For nobody: it has ended, or it only counts.
    ForNobody,
    /// Not for itself: another record, of the kind that is named, carries the wait.
    Elsewhere(&'static str),
    For(Vec<Rule>),
}

impl Waits {
    /// The acts that it waits for.
    pub fn rules(&self) -> &[Rule] {
        match self {
            Waits::For(rules) => rules,
            Waits::ForNobody | Waits::Elsewhere(_) => &[],
        }
    }

    /// All offices that can end the wait by one of the acts, each once.
    pub fn offices(&self) -> Vec<Role> {
        let all = self.rules().iter().flat_map(|rule| rule.offices().iter().copied());
        all.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worklist::matter::MatterKind;

    #[test]
    fn a_record_lies_only_with_those_who_can_end_its_wait() {
        for kind in MatterKind::ALL {
            for state in kind.states() {
                for rule in kind.waits(state, false).unwrap().rules() {
                    let may = |role: &Role| rule.permission.roles().contains(role);
                    assert!(!rule.offices().is_empty() && rule.offices().iter().all(may), "{kind} {state}");
                }
            }
        }
    }
}
