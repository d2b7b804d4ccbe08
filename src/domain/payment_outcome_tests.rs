//! Tests of what a bank's answer does to money: every answer in every state is decided or refused by
//! name, and whatever was owed and kept back, the records and the ledger stay one.

use crate::domain::id::PaymentId;
use crate::domain::money::Paise;
use crate::domain::payment::PaymentStatus;
use crate::domain::payment_outcome::{OutcomeFacts, PaymentOutcome, decide};
use crate::domain::payment_outcome_story::{Own, Story, World, day, recorder, stories};
use crate::domain::permission::Step;
use crate::domain::recovery::Recovery;
use crate::domain::recovery_rules::{InterestMethod, SettlesFirst};
use crate::domain::refusal::Undecided;
use crate::domain::tranche::tests::person;
use crate::domain::tranche::{TrancheStatus, TrancheStep};
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
        // What had been set off is due again, with interest.
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
    other_step.tranche.steps.0.push(TrancheStep {
        step: Step::Sanction,
        taken_by: person(1),
        taken_at: recorder(0).at,
        note,
    });
    assert_eq!(told(decide(other_step)), "same_person");
    assert_eq!(told(decide(OutcomeFacts { utr_settles: Some("P".into()), ..facts() })), "utr_already_used");
    let mut other_amount = facts();
    other_amount.answer.amount_paise = Some(Paise(1));
    assert_eq!(told(decide(other_amount)), "amount_differs");
    let mut early = facts();
    early.answer.paid_on = Some(day(9));
    assert_eq!(told(decide(early)), "date_not_allowed");
    assert_eq!(told(decide(world.facts(PaymentStatus::Advised, 12))), "payment PAY: an advice is no answer of a bank");
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
