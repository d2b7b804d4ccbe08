//! Recoveries: money that has to come back. A show-cause notice comes first, an order decides, and a
//! demand makes it due; then it is paid back, set off, written off or waived. Each step requires the
//! state before it, and a person who took no step of another side on this rupee; time is an argument.

use crate::base::calendar::Timestamp;
use crate::base::id::{
    AwardId, DisbursementId, EvidenceId, MilestoneId, OrganisationId, PaymentId, RecoveryId, TrancheId, UserId,
};
use crate::base::money::Paise;
use crate::base::permission::Step;
use crate::base::refusal::Refusal;
use crate::base::step::{TrancheStep, clash};
use crate::recovery::damages::Damages;
use crate::recovery::instalments::InstalmentPlan;
use crate::recovery::interest::{Dues, Parts};
use crate::recovery::notice_withdrawal::NoticeWithdrawal;
use crate::recovery::recovery_credit::SetOffOrder;
use crate::recovery::recovery_relief::ReliefProposal;
use crate::recovery::recovery_start::OrderReason;
use crate::scheme::scheme::Component;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The reason why money has to come back.
    pub enum RecoveryKind {
        /// A payment, or part of it, that should not have been made.
        Refund = "refund",
        /// A milestone that is late.
        LiquidatedDamages = "liquidated_damages",
        /// The final certificate allows less than was released on provisional papers.
        TrueUp = "true_up",
    }
}

words! {
    /// The status of a recovery.
    pub enum RecoveryStatus {
        /// The beneficiary was asked to show cause why it should not pay.
        Noticed = "noticed",
        Replied = "replied",
        /// The order was made, but not yet demanded.
        Ordered = "ordered",
        /// The amount is due.
        Demanded = "demanded",
        /// No amount is due any more.
        Settled = "settled",
        /// The order found that nothing has to be paid, or the office withdrew its notice.
        Dropped = "dropped",
    }
}

words! {
    /// The decision of the competent authority on a notice.
    pub enum OrderOutcome {
        Confirmed = "confirmed",
        Reduced = "reduced",
        Dropped = "dropped",
    }
}

/// The show-cause notice: its grounds, the amount claimed, and the last day for a reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShowCause {
    pub grounds: String,
    pub issued_on: NaiveDate,
    pub reply_due_on: NaiveDate,
    pub asked_paise: Paise,
    /// That the office withdrew it before anybody decided on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawal: Option<NoticeWithdrawal>,
}

/// The reply of the beneficiary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NoticeReply {
    pub text: String,
    pub evidence: Vec<EvidenceId>,
    pub replied_by: UserId,
    pub replied_at: Timestamp,
}

/// The order on a notice, with its reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecoveryOrder {
    pub outcome: OrderOutcome,
    pub amount_paise: Paise,
    pub reasons: String,
    pub ordered_on: NaiveDate,
    /// Where nobody wrote the reasons: what they say, apart from its language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<OrderReason>,
}

/// The demand that makes the recovery due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Demand {
    pub demanded_on: NaiveDate,
    /// The day by which it is to be paid.
    pub due_on: NaiveDate,
    pub note: String,
    /// That a bank return made it due and paid it; the note is then no person's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_bank: bool,
}

/// The steps of officers on a recovery, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct RecoverySteps(pub Vec<TrancheStep>);

/// Money that has to come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Recovery {
    pub id: RecoveryId,
    pub number: String,
    pub kind: RecoveryKind,
    pub award_id: AwardId,
    pub organisation_id: OrganisationId,
    pub scheme_code: String,
    pub component: Component,
    /// The payment that is recovered; none for damages.
    pub disbursement_id: Option<DisbursementId>,
    /// The tranche that this payment paid.
    pub tranche_id: Option<TrancheId>,
    /// The late milestone; only for damages.
    pub milestone_id: Option<MilestoneId>,
    pub damages: Option<Damages>,
    /// The amount claimed by the notice; once ordered, the amount ordered. Without interest.
    pub amount_paise: Paise,
    pub status: RecoveryStatus,
    pub notice: Option<ShowCause>,
    pub reply: Option<NoticeReply>,
    pub decision: Option<RecoveryOrder>,
    pub demand: Option<Demand>,
    pub plan: Option<InstalmentPlan>,
    pub set_off: Option<SetOffOrder>,
    /// The payment that holds a set-off; no other step is possible until that payment is settled.
    pub held_by: Option<PaymentId>,
    pub relief: Option<ReliefProposal>,
    pub steps: RecoverySteps,
    /// The day after which interest runs.
    pub interest_from: NaiveDate,
    /// The last day whose interest is posted.
    pub accrued_to: NaiveDate,
    pub principal_due_paise: Paise,
    pub interest_due_paise: Paise,
    pub damages_due_paise: Paise,
    /// The part of the interest due that bears interest itself (compounded yearly).
    pub bearing_paise: Paise,
    /// The fraction of a paisa of interest, in 3,650,000ths of a paisa.
    pub carried: i64,
    pub created_at: Timestamp,
    pub version: i64,
}

impl Recovery {
    /// The copy for a manufacturer: without what officers note for each other, and without relief, which says nothing
    /// to a company before it is decided on, and is a credit afterwards.
    pub fn without_noting(mut self) -> Recovery {
        if self.relief.take().is_some() {
            self.steps.0.retain(|step| step.step != Step::ProposeRelief);
        }
        self.steps.0.iter_mut().for_each(|step| step.note.hide());
        self.demand.iter_mut().for_each(|demand| demand.note.clear());
        self.set_off.iter_mut().for_each(|order| order.note.clear());
        self
    }

    pub(super) fn wrong_state(&self, needs: &'static str) -> Refusal {
        let is = if self.withdrawal().is_some() { "withdrawn" } else { self.status.as_str() };
        Refusal::WrongState { noun: "recovery", is, needs }
    }

    /// Whether nobody decided on the notice yet.
    pub fn is_undecided(&self) -> bool {
        matches!(self.status, RecoveryStatus::Noticed | RecoveryStatus::Replied)
    }

    fn require(&self, status: RecoveryStatus, needs: &'static str) -> Result<(), Refusal> {
        if self.status == status { Ok(()) } else { Err(self.wrong_state(needs)) }
    }

    /// `Ok` while money is due and no payment holds a set-off of it.
    pub fn require_due(&self) -> Result<(), Refusal> {
        self.require(RecoveryStatus::Demanded, "demanded")?;
        match self.held_by {
            Some(payment) => Err(Refusal::SetOffPending { payment: payment.to_string() }),
            None => Ok(()),
        }
    }

    /// Records an officer's step. A person who took a step on the payment (`paying`), or one of the other side on this
    /// recovery, is refused; repeating one's own step adds no record.
    pub fn record(
        &mut self,
        paying: &[TrancheStep],
        step: Step,
        by: UserId,
        at: Timestamp,
        note: &str,
    ) -> Result<(), Refusal> {
        let mut known = paying.iter().chain(&self.steps.0).filter(|taken| taken.taken_by == by);
        if let Some(other) = known.clone().find(|taken| clash(taken.step, step)) {
            return Err(Refusal::SamePerson { earlier: other.step.into(), now: step.into() });
        }
        if !known.any(|taken| taken.step == step) {
            self.steps.0.push(TrancheStep::taken(step, by, at, note));
        }
        Ok(())
    }

    /// Records the beneficiary's reply to the notice, once.
    pub fn answer(&mut self, reply: NoticeReply) -> Result<(), Refusal> {
        self.require(RecoveryStatus::Noticed, "noticed")?;
        self.reply = Some(reply);
        self.status = RecoveryStatus::Replied;
        Ok(())
    }

    /// Records the order of the competent authority, which is possible once the reply is received
    /// or its time is over. Returns the part of the claimed amount that is no longer claimed.
    pub fn decide(
        &mut self,
        outcome: OrderOutcome,
        reduced_to: Option<Paise>,
        reasons: &str,
        today: NaiveDate,
    ) -> Result<Paise, Refusal> {
        match (self.status, &self.notice) {
            (RecoveryStatus::Replied, _) => {}
            (RecoveryStatus::Noticed, Some(notice)) if today > notice.reply_due_on => {}
            (RecoveryStatus::Noticed, Some(notice)) => {
                return Err(Refusal::ReplyAwaited { until: notice.reply_due_on });
            }
            _ => return Err(self.wrong_state("noticed or replied")),
        }
        let asked = self.amount_paise;
        let amount = match outcome {
            OrderOutcome::Confirmed => asked,
            OrderOutcome::Dropped => Paise::ZERO,
            OrderOutcome::Reduced => reduced_to.unwrap_or(Paise::ZERO),
        };
        if outcome == OrderOutcome::Reduced && amount >= asked {
            return Err(Refusal::OrderExceedsNotice { asked });
        }
        let reasons = reasons.to_owned();
        self.decision = Some(RecoveryOrder { outcome, amount_paise: amount, reasons, ordered_on: today, said: None });
        self.status = match outcome {
            OrderOutcome::Dropped => RecoveryStatus::Dropped,
            _ => RecoveryStatus::Ordered,
        };
        self.amount_paise = amount;
        Ok(asked.minus_floored(amount))
    }

    /// The ordered amount becomes due. Interest on a payment made in good faith (a true-up) runs
    /// only after the day by which it is to be paid.
    pub fn make_due(&mut self, due_on: NaiveDate, note: &str, today: NaiveDate) -> Result<Parts, Refusal> {
        self.require(RecoveryStatus::Ordered, "ordered")?;
        if self.kind == RecoveryKind::TrueUp {
            self.interest_from = due_on;
        }
        self.accrued_to = self.interest_from;
        let parts = self.parts_of(self.amount_paise);
        self.principal_due_paise = parts.principal_paise;
        self.damages_due_paise = parts.damages_paise;
        self.demand = Some(Demand { demanded_on: today, due_on, note: note.to_owned(), by_bank: false });
        self.status = RecoveryStatus::Demanded;
        Ok(parts)
    }

    /// The amount as principal or damages, according to the kind of recovery; without interest.
    fn parts_of(&self, amount: Paise) -> Parts {
        match self.kind {
            RecoveryKind::LiquidatedDamages => Parts { damages_paise: amount, ..Parts::default() },
            _ => Parts { principal_paise: amount, ..Parts::default() },
        }
    }

    /// The state from which interest is computed. Before the demand: as if the amount were due.
    pub fn dues(&self) -> Dues {
        let due = match self.status {
            RecoveryStatus::Noticed | RecoveryStatus::Replied | RecoveryStatus::Ordered => {
                self.parts_of(self.amount_paise)
            }
            _ => Parts {
                principal_paise: self.principal_due_paise,
                interest_paise: self.interest_due_paise,
                damages_paise: self.damages_due_paise,
            },
        };
        Dues {
            due,
            bearing_paise: self.bearing_paise,
            carried: self.carried,
            interest_from: self.interest_from,
            accrued_to: self.accrued_to,
        }
    }

    /// The state on the first day of the demand.
    pub fn dues_at_first(&self) -> Dues {
        Dues {
            due: self.parts_of(self.amount_paise),
            bearing_paise: Paise::ZERO,
            carried: 0,
            interest_from: self.interest_from,
            accrued_to: self.interest_from,
        }
    }

    /// Stores the amounts due. The recovery is settled if nothing is due; it is demanded again if a
    /// set-off was reversed.
    pub fn keep(&mut self, dues: &Dues) {
        self.principal_due_paise = dues.due.principal_paise;
        self.interest_due_paise = dues.due.interest_paise;
        self.damages_due_paise = dues.due.damages_paise;
        self.bearing_paise = dues.bearing_paise;
        self.carried = dues.carried;
        self.accrued_to = dues.accrued_to;
        let settled = dues.is_settled();
        self.status = if settled { RecoveryStatus::Settled } else { RecoveryStatus::Demanded };
        if settled {
            self.set_off = None;
            self.relief = None;
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::payment::tranche::tests::person;
    use crate::recovery::recovery_start::{Ground, NewRecovery};
    use uuid::Uuid;

    /// A refund that is due, for a payment made on this day.
    pub fn demanded(amount: Paise, paid_on: NaiveDate) -> Recovery {
        let (status, interest_from) = (RecoveryStatus::Ordered, paid_on);
        let mut file = Recovery { amount_paise: amount, status, interest_from, ..recovery() };
        file.make_due(paid_on, "n", paid_on).unwrap();
        file
    }

    pub fn now() -> Timestamp {
        "2026-08-01T06:00:00Z".parse().unwrap()
    }

    pub fn recovery() -> Recovery {
        let today = now().date_in_india();
        let (grounds, asked_paise) = ("g".into(), Paise(100));
        let new = NewRecovery {
            id: RecoveryId(Uuid::nil()),
            number: "R".into(),
            award_id: AwardId(Uuid::nil()),
            organisation_id: OrganisationId(Uuid::nil()),
            scheme_code: "s".into(),
            component: Component::CapitalSubsidy,
            amount_paise: asked_paise,
            interest_from: today,
            notice: Some(ShowCause { grounds, issued_on: today, reply_due_on: today, asked_paise, withdrawal: None }),
            created_at: now(),
        };
        let (disbursement, tranche) = (DisbursementId(Uuid::nil()), TrancheId(Uuid::nil()));
        new.begin(Ground::Refund { disbursement, tranche })
    }

    #[test]
    fn nobody_is_judged_before_they_could_speak() {
        let today = now().date_in_india();
        let mut file = recovery();
        let refused = file.decide(OrderOutcome::Confirmed, None, "r", today).unwrap_err();
        assert_eq!(refused.code(), "reply_awaited");
        assert_eq!(file.clone().decide(OrderOutcome::Confirmed, None, "r", today.succ_opt().unwrap()), Ok(Paise(0)));
        let reply = NoticeReply { text: "t".into(), evidence: vec![], replied_by: person(9), replied_at: now() };
        file.answer(reply.clone()).unwrap();
        assert_eq!(file.answer(reply).unwrap_err().code(), "wrong_state");
        let more = file.clone().decide(OrderOutcome::Reduced, Some(Paise(100)), "r", today).unwrap_err();
        assert_eq!(more.code(), "order_exceeds_notice");
        assert_eq!(file.clone().decide(OrderOutcome::Dropped, None, "r", today), Ok(Paise(100)));
        assert_eq!(file.decide(OrderOutcome::Reduced, Some(Paise(40)), "r", today), Ok(Paise(60)));
        assert_eq!(file.make_due(today, "n", today).unwrap().principal_paise, Paise(40));
        assert_eq!(file.make_due(today, "n", today).unwrap_err().code(), "wrong_state");
    }

    #[test]
    fn no_pair_of_steps_of_two_sides_belongs_to_one_person() {
        let asking = [Step::ShowCause, Step::Demand, Step::Collect, Step::ProposeRelief];
        let deciding = [Step::Order, Step::Relieve];
        let steps = [Step::ShowCause, Step::Order, Step::Demand, Step::Collect, Step::ProposeRelief, Step::Relieve];
        for earlier in Step::ALL {
            for step in steps {
                let taken = TrancheStep::taken(*earlier, person(1), now(), "");
                let mut after_paying = recovery();
                let paying = after_paying.record(std::slice::from_ref(&taken), step, person(1), now(), "");
                let mut within = recovery();
                within.steps.0.push(taken);
                let recovering = within.record(&[], step, person(1), now(), "");
                let one_side =
                    [&asking[..], &deciding[..]].iter().any(|side| side.contains(earlier) && side.contains(&step));
                for result in [paying, recovering] {
                    assert_eq!(result.is_ok(), *earlier == step || one_side, "{earlier} then {step}");
                }
                assert!(within.record(&[], step, person(2), now(), "").is_ok());
            }
        }
    }
}
