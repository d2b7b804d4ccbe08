//! What a bank's answer does to money, decided in one place: facts in; the payment, the tranche, the
//! journal, the disbursement and the changed recoveries out, or the reason why not. Only a success is
//! a disbursement. A failed payment frees its tranche to be advised again under a new number. A
//! payment that the bank took back is reversed, and first pays what its payee owes.

use crate::base::calendar::FinancialYear;
use crate::base::id::DisbursementId;
use crate::base::money::Paise;
use crate::base::permission::Step;
use crate::base::reason::Reason;
use crate::base::refusal::{Refusal, Undecided};
use crate::budget::ledger::{Journal, JournalKind, Movement};
use crate::budget::posting;
use crate::budget::posting::Purse;
use crate::budget::whole_rupees::PaymentUnit;
use crate::payment::disbursement::{Disbursement, DisbursementStatus, Figures};
use crate::payment::payment::{BankAnswer, Payment, PaymentStatus};
use crate::payment::tranche::{Tranche, TrancheStatus};
use crate::recovery::bank_return::{BankReturn, RecoveryOfPayment};
use crate::recovery::posting_recovery::Rooms;
use crate::recovery::recovery_change::{Recorder, RecoveryChange};
use crate::recovery::recovery_credit::CreditStatus;
use crate::recovery::set_off::SetOff;
use crate::recovery::taken_back::TakenBack;
use chrono::NaiveDate;

/// Everything the decision needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeFacts {
    pub payment: Payment,
    pub tranche: Tranche,
    /// The accounts of the tranche.
    pub purse: Purse,
    pub answer: BankAnswer,
    /// The person who records the answer, and when.
    pub recorder: Recorder,
    /// The part that this person takes: the office that pays records what the bank said, or a second person confirms a
    /// failure.
    pub part: Step,
    /// The unit of payments on this day.
    pub unit: PaymentUnit,
    /// What the UTR of the answer is used for already, if for anything.
    pub utr_settles: Option<Reason>,
    /// Given when the bank says that it paid.
    pub disbursement: Option<NewDisbursement>,
    /// The set-offs of the payment in the state in which this answer decides on them.
    pub set_offs: Vec<SetOff>,
    /// Where the money of these set-offs may be, when the bank says that it took the payment back.
    pub rooms: Rooms,
    /// The recoveries of the payment, when the bank says that it took the payment back.
    pub recoveries: Vec<RecoveryOfPayment>,
}

/// The values of a new disbursement that do not come from the payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDisbursement {
    pub id: DisbursementId,
    pub number: String,
    /// The name of the organisation on this day.
    pub beneficiary: String,
}

/// What the answer changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentOutcome {
    pub payment: Payment,
    pub tranche: Tranche,
    pub journal: Option<Journal>,
    /// The disbursement that is new.
    pub disbursement: Option<Disbursement>,
    /// Where the money went that the bank took back.
    pub taken_back: Option<TakenBack>,
    /// The recoveries for which the payment had kept something back.
    pub set_offs: Vec<RecoveryChange>,
    /// The recoveries of the payment itself.
    pub recoveries: Vec<RecoveryChange>,
    /// How the sums change against which the limits of expenditure are weighed.
    pub spending: SpendingChange,
}

/// Changes of what a scheme has advised and paid; below zero where it becomes less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpendingChange {
    /// On the day of the advice.
    pub advised_paise: i64,
    /// On the day on which the bank paid.
    pub paid_paise: i64,
}

/// The state of those set-offs of a payment on which such an answer decides, if it decides on any.
pub fn decides_on(outcome: PaymentStatus) -> Option<CreditStatus> {
    use PaymentStatus::{Accepted, Advised, Failed, FailedAfterSuccess, Succeeded, Unknown};
    match outcome {
        Succeeded | Failed => Some(CreditStatus::Held),
        FailedAfterSuccess => Some(CreditStatus::Done),
        Advised | Accepted | Unknown => None,
    }
}

/// Decides what the bank's answer does. Whoever records the answer has a part in paying, because the
/// answer is what spends the money.
pub fn decide(mut facts: OutcomeFacts) -> Result<PaymentOutcome, Undecided> {
    let Recorder { user_id, at } = facts.recorder;
    facts.tranche.record(facts.part, user_id, at, "bank's answer")?;
    if let Some(payment) = facts.utr_settles {
        return Err(Refusal::UtrAlreadyUsed { payment }.into());
    }
    facts.payment.settle(&facts.answer, user_id, at)?;
    match (facts.payment.status, facts.payment.paid_on) {
        (PaymentStatus::Succeeded, Some(paid_on)) => paid(facts, paid_on),
        (PaymentStatus::Failed, _) => not_paid(facts),
        (PaymentStatus::FailedAfterSuccess, Some(paid_on)) => taken_back(facts, paid_on),
        // The treasury has it, or nobody knows: the tranche stays advised, so that nothing can be
        // sent again blindly.
        (PaymentStatus::Accepted | PaymentStatus::Unknown, _) => Ok(nothing_moves(facts.payment, facts.tranche)),
        (PaymentStatus::Advised, _) => Err(inconsistent(&facts.payment, "an advice is no answer of a bank")),
        (PaymentStatus::Succeeded | PaymentStatus::FailedAfterSuccess, None) => {
            Err(inconsistent(&facts.payment, "a success has no day"))
        }
    }
}

fn inconsistent(payment: &Payment, why: &str) -> Undecided {
    Undecided::Inconsistent(format!("payment {}: {why}", payment.number))
}

/// An outcome in which no money moves.
fn nothing_moves(payment: Payment, tranche: Tranche) -> PaymentOutcome {
    PaymentOutcome {
        payment,
        tranche,
        journal: None,
        disbursement: None,
        taken_back: None,
        set_offs: Vec::new(),
        recoveries: Vec::new(),
        spending: SpendingChange::default(),
    }
}

/// A success is spent in the year in which the bank paid, with what was kept back.
fn paid(facts: OutcomeFacts, paid_on: NaiveDate) -> Result<PaymentOutcome, Undecided> {
    let OutcomeFacts { payment, mut tranche, purse, recorder, disbursement: new, set_offs: held, .. } = facts;
    let new = new.ok_or_else(|| inconsistent(&payment, "a success needs a number for its disbursement"))?;
    let (gross, paid_in) = (tranche.amount_paise, FinancialYear::containing(paid_on));
    let mut journal = posting::disburse(&purse, tranche.held_in, paid_in, gross, &payment.number);
    let mut set_offs = Vec::new();
    for set_off in held {
        let (change, movements) = set_off.credit(paid_in)?;
        set_offs.push(change);
        journal.movements.extend(movements);
    }
    tranche.held_in = paid_in;
    tranche.status = TrancheStatus::Disbursed;
    let figures = Figures::of(gross, payment.set_off_paise, Paise::ZERO, DisbursementStatus::Succeeded);
    let disbursement = Disbursement {
        id: new.id,
        number: new.number,
        scheme_code: tranche.scheme_code.clone(),
        component: tranche.component,
        organisation_id: tranche.organisation_id,
        beneficiary: new.beneficiary,
        award_id: tranche.award_id,
        claim_id: tranche.claim_id,
        tranche_id: tranche.id,
        payment_id: payment.id,
        performance_year: tranche.performance_year,
        payment_year: paid_in,
        paid_on,
        amount_paise: gross,
        returned_paise: figures.returned_paise,
        kept_paise: figures.kept_paise,
        set_off_paise: payment.set_off_paise,
        net_paise: figures.net_paise,
        utr: payment.utr.clone().unwrap_or_default(),
        status: DisbursementStatus::Succeeded,
        recorded_at: recorder.at,
    };
    Ok(PaymentOutcome {
        spending: SpendingChange { advised_paise: -payment.amount_paise.0, paid_paise: gross.0 },
        journal: Some(journal),
        disbursement: Some(disbursement),
        set_offs,
        ..nothing_moves(payment, tranche)
    })
}

/// A failure moves no money: what was kept back is released, and the tranche can be advised again.
fn not_paid(facts: OutcomeFacts) -> Result<PaymentOutcome, Undecided> {
    let OutcomeFacts { payment, mut tranche, set_offs: held, .. } = facts;
    let set_offs = held.into_iter().map(SetOff::release).collect::<Result<_, _>>()?;
    tranche.status = TrancheStatus::Sanctioned;
    Ok(PaymentOutcome {
        spending: SpendingChange { advised_paise: -payment.amount_paise.0, paid_paise: 0 },
        set_offs,
        ..nothing_moves(payment, tranche)
    })
}

/// The bank took the money back: the disbursement is reversed, recoveries of it are paid by what came
/// back, and the rest is owed again. With nothing left to owe the tranche stays disbursed.
fn taken_back(facts: OutcomeFacts, paid_on: NaiveDate) -> Result<PaymentOutcome, Undecided> {
    let OutcomeFacts { payment, mut tranche, purse, recorder, set_offs: done, recoveries, mut rooms, unit, .. } = facts;
    let (gross, paid_in) = (tranche.amount_paise, FinancialYear::containing(paid_on));
    let mut movements: Vec<Movement> = Vec::new();
    let mut set_offs = Vec::new();
    for set_off in done {
        let (change, undone) = set_off.undo(payment.id, paid_in, recorder, &mut rooms)?;
        set_offs.push(change);
        movements.extend(undone);
    }
    let bank_return = BankReturn { payment: payment.id, purse: &purse, gross_paise: gross, paid_in, unit, recorder };
    let back = bank_return.settle(recoveries)?;
    movements.extend(back.movements);
    let owed_again = back.all.owed_again();
    if owed_again > Paise::ZERO {
        tranche.amount_paise = owed_again;
        tranche.status = TrancheStatus::Sanctioned;
    }
    let (kind, reference) = (JournalKind::DisbursementReversed, payment.number.clone());
    Ok(PaymentOutcome {
        spending: SpendingChange { advised_paise: 0, paid_paise: -gross.0 },
        journal: Some(Journal { kind, reference, movements }),
        taken_back: Some(back.all),
        set_offs,
        recoveries: back.changes,
        ..nothing_moves(payment, tranche)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::PaymentId;
    use crate::base::step::TrancheStep;
    use crate::payment::payment_outcome_story::{Own, Story, World, day, recorder, stories};
    use crate::payment::tranche::tests::person;
    use crate::recovery::recovery::Recovery;
    use crate::scheme::recovery_rules::{InterestMethod, SettlesFirst};
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        /// A success is spent with what it keeps back, and its return undoes it: what the bank gives
        /// back pays what is owed of this payment, the rest is owed to the payee again, and no paisa more.
        #[test]
        fn a_success_and_its_return_gain_and_lose_nothing(story in stories()) {
            let mut world = World::advised(&story);
            world.check()?;
            let paid = world.answer(PaymentStatus::Succeeded, story.days.1);
            world.check()?;
            let made = paid.disbursement.unwrap();
            prop_assert_eq!(made.amount_paise.0, story.gross);
            prop_assert_eq!(made.net_paise.0 + made.set_off_paise.0, story.gross);
            prop_assert_eq!(paid.spending.advised_paise, -made.net_paise.0);
            prop_assert!(world.debts.iter().all(|debt| debt.held_by.is_none()));
            world.ask_back(&story);
            world.check()?;
            let before: Vec<Recovery> = world.debts.clone();
            let back = world.answer(PaymentStatus::FailedAfterSuccess, story.days.2);
            world.check()?;
            let all = back.taken_back.unwrap();
            prop_assert_eq!(all.kept_paise.0 + all.owed_again().0, story.gross);
            let again = if all.owed_again() > Paise::ZERO { TrancheStatus::Sanctioned } else { TrancheStatus::Disbursed };
            prop_assert_eq!(back.tranche.status, again);
            prop_assert_eq!(paid.spending.paid_paise + back.spending.paid_paise, 0);
            // The amount that had been set off is due again, with interest.
            let due = |debts: &[Recovery]| -> i64 { debts.iter().map(|debt| debt.dues().due.total().unwrap().0).sum() };
            prop_assert!(due(&world.debts) >= due(&before) + made.set_off_paise.0);
        }

        /// After a failure everything is as before the advice, and a later advice keeps back the same.
        #[test]
        fn a_failure_leaves_what_was(story in stories()) {
            let mut world = World::advised(&story);
            let plain = World::advised(&Story { gross: 1, ..story.clone() });
            let failed = world.answer(PaymentStatus::Failed, story.days.1);
            world.check()?;
            prop_assert_eq!(failed.journal, None);
            prop_assert_eq!(failed.tranche.status, TrancheStatus::Sanctioned);
            prop_assert_eq!(failed.spending.paid_paise, 0);
            // A payment of one paisa keeps nothing back.
            prop_assert_eq!(&world.debts, &plain.debts);
            let kept = world.payment.set_off_paise;
            world.keep_back(story.days.0);
            prop_assert_eq!(world.payment.set_off_paise, kept);
        }
    }

    /// The code of a refusal, or what a decision does.
    fn told(decided: Result<PaymentOutcome, Undecided>) -> String {
        match decided {
            Ok(outcome) => format!("{} {}", outcome.payment.status, outcome.tranche.status),
            Err(Undecided::Refused(refusal)) => refusal.code().to_owned(),
            Err(Undecided::Inconsistent(why)) => why,
        }
    }

    fn story() -> Story {
        Story {
            gross: 1_000,
            debts: vec![(300, 300)],
            own: Own::Demanded,
            asked: 50,
            days: (10, 12, 20),
            method: InterestMethod::Simple,
            settles_first: SettlesFirst::Interest,
        }
    }

    #[test]
    fn every_answer_in_every_state_is_decided_or_refused_by_name() {
        use PaymentStatus::{Accepted, Advised, Failed, FailedAfterSuccess, Succeeded, Unknown};
        let story = story();
        let mut decisions = 0;
        for reached in
            [vec![], vec![Accepted], vec![Unknown], vec![Failed], vec![Succeeded], vec![Succeeded, FailedAfterSuccess]]
        {
            let mut world = World::advised(&story);
            for outcome in &reached {
                world.answer(*outcome, story.days.1);
            }
            let is = world.payment.status;
            for outcome in PaymentStatus::ALL.iter().copied().filter(|outcome| *outcome != Advised) {
                let facts = world.facts(outcome, story.days.2);
                facts.answer.check().unwrap();
                let expected = match (is, outcome) {
                    (Advised, Accepted | Unknown) | (Accepted, Unknown) | (Unknown, Accepted) => {
                        format!("{outcome} advised")
                    }
                    (Advised | Accepted | Unknown, Succeeded) => "succeeded disbursed".to_owned(),
                    (Advised | Accepted | Unknown, Failed) => "failed sanctioned".to_owned(),
                    (Succeeded, FailedAfterSuccess) => "failed_after_success sanctioned".to_owned(),
                    _ => "wrong_state".to_owned(),
                };
                decisions += i32::from(expected != "wrong_state");
                assert_eq!(told(decide(facts)), expected, "{outcome} of a payment that is {is}");
            }
        }
        assert_eq!(decisions, 11);
    }

    #[test]
    fn the_rules_beside_the_state_refuse_too() {
        let world = World::advised(&story());
        let facts = || world.facts(PaymentStatus::Succeeded, 12);
        let mut other_step = facts();
        let note = String::new();
        other_step.tranche.steps.0.push(TrancheStep::taken(Step::Sanction, person(1), recorder(0).at, &note));
        assert_eq!(told(decide(other_step)), "same_person");
        assert_eq!(
            told(decide(OutcomeFacts { utr_settles: Some(Reason::SettlesCredit), ..facts() })),
            "utr_already_used"
        );
        let mut other_amount = facts();
        other_amount.answer.amount_paise = Some(Paise(1));
        assert_eq!(told(decide(other_amount)), "amount_differs");
        let mut early = facts();
        early.answer.paid_on = Some(day(9));
        assert_eq!(told(decide(early)), "date_not_allowed");
        assert_eq!(
            told(decide(world.facts(PaymentStatus::Advised, 12))),
            "payment PAY: an advice is no answer of a bank"
        );
        let missing = told(decide(OutcomeFacts { disbursement: None, ..facts() }));
        assert_eq!(missing, "payment PAY: a success needs a number for its disbursement");
    }

    #[test]
    fn a_return_waits_while_another_payment_holds_a_set_off() {
        let mut world = World::advised(&story());
        world.answer(PaymentStatus::Succeeded, 12);
        world.debts[0].held_by = Some(PaymentId(Uuid::from_u128(8)));
        assert_eq!(told(decide(world.facts(PaymentStatus::FailedAfterSuccess, 20))), "set_off_pending");
    }
}
