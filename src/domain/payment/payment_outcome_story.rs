//! A payment with everything that can be owed around it, for the tests of what a bank's answer does to
//! money: random stories, the records as the service would store them, and the journals it would post.

#![cfg(test)]

use crate::base::calendar::{FinancialYear, Timestamp};
use crate::base::id::{DisbursementId, OrganisationId, PaymentId, RecoveryCreditId, RecoveryId, TrancheId};
use crate::base::money::Paise;
use crate::base::permission::Step;
use crate::budget::ledger::tests::award;
use crate::budget::ledger::{Journal, Stage};
use crate::budget::posting;
use crate::budget::posting::Purse;
use crate::budget::posting::tests::{balances, provided};
use crate::budget::whole_rupees::PaymentUnit;
use crate::payment::payment::{BankAnswer, Payment, PaymentStatus};
use crate::payment::payment_outcome::{NewDisbursement, OutcomeFacts, PaymentOutcome, decide, decides_on};
use crate::payment::tranche::tests::{person, tranche};
use crate::payment::tranche::{Tranche, TrancheStatus};
use crate::recovery::bank_return::RecoveryOfPayment;
use crate::recovery::interest::tests::rate;
use crate::recovery::posting_recovery;
use crate::recovery::posting_recovery::Rooms;
use crate::recovery::recovery::tests::demanded;
use crate::recovery::recovery::{Recovery, RecoveryStatus};
use crate::recovery::recovery_change::{CreditSource, NewCredit, Recorder, RecoveryChange};
use crate::recovery::recovery_credit::{CreditKind, CreditStatus, RecoveryCredit, SetOffOrder};
use crate::recovery::recovery_resettlement;
use crate::recovery::set_off::{SetOff, ToSetOff, keep_back};
use crate::scheme::recovery_rules::{InterestMethod, RecoveryTerms, SettlesFirst};
use crate::scheme::scheme::Component;
use chrono::{Duration, NaiveDate};
use proptest::prelude::*;
use uuid::Uuid;

/// Money was paid on this day that is owed back; the year ends while the rest happens.
const FIRST: &str = "2027-01-15";

pub fn day(days: i64) -> NaiveDate {
    FIRST.parse::<NaiveDate>().unwrap() + Duration::days(days)
}

pub fn recorder(days: i64) -> Recorder {
    let at: Timestamp = format!("{}T06:00:00Z", day(days)).parse().unwrap();
    Recorder { user_id: person(1), at }
}

fn purse() -> Purse {
    Purse { scheme_code: "s".into(), component: Component::CapitalSubsidy, award: award() }
}

fn payment(amount: Paise, set_off: Paise, advised: i64) -> Payment {
    Payment {
        id: PaymentId(Uuid::from_u128(7)),
        number: "PAY".into(),
        tranche_id: TrancheId(Uuid::nil()),
        organisation_id: OrganisationId(Uuid::nil()),
        amount_paise: amount,
        set_off_paise: set_off,
        bank_account: "1".into(),
        ifsc: "SBIN0000001".into(),
        status: PaymentStatus::Advised,
        advised_by: person(1),
        advised_at: recorder(advised).at,
        utr: None,
        paid_on: None,
        reason: None,
        settled_by: None,
        settled_at: None,
        version: 1,
        accepted_at: None,
    }
}

fn answer(outcome: PaymentStatus, amount: Paise, paid: i64) -> BankAnswer {
    let success = outcome == PaymentStatus::Succeeded;
    BankAnswer {
        outcome,
        utr: success.then(|| "SBINR5202608010000001".to_owned()),
        paid_on: success.then(|| day(paid)),
        amount_paise: success.then_some(amount),
        reason: (!success && outcome != PaymentStatus::Accepted).then(|| "r".to_owned()),
    }
}

/// How far the recovery of the payment itself has come when the bank takes the payment back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    Nothing,
    Noticed,
    Ordered,
    Demanded,
    PartlyPaid,
}

/// What happens to one payment.
#[derive(Clone, Debug)]
pub struct Story {
    pub gross: i64,
    /// The amounts already owed, and how much of each is ordered to be set off.
    pub debts: Vec<(i64, i64)>,
    pub own: Own,
    /// The part of the payment that is asked back, in hundredths.
    pub asked: i64,
    /// Days from the first to the advice, the payment and the return.
    pub days: (i64, i64, i64),
    pub method: InterestMethod,
    pub settles_first: SettlesFirst,
}

pub fn stories() -> impl Strategy<Value = Story> {
    let own = prop_oneof![
        Just(Own::Nothing),
        Just(Own::Noticed),
        Just(Own::Ordered),
        Just(Own::Demanded),
        Just(Own::PartlyPaid)
    ];
    let rules = (
        prop_oneof![Just(InterestMethod::Simple), Just(InterestMethod::CompoundYearly)],
        prop_oneof![Just(SettlesFirst::Interest), Just(SettlesFirst::Principal)],
    );
    let debts = proptest::collection::vec((1_i64..500_000, 1_i64..600_000), 0..4);
    let days = (0_i64..120, 0_i64..40, 0_i64..900);
    (1_i64..1_000_000, debts, own, 1_i64..=100, days, rules).prop_map(
        |(gross, debts, own, asked, days, (method, settles_first))| {
            let days = (days.0, days.0 + days.1, days.0 + days.1 + days.2);
            Story { gross, debts, own, asked, days, method, settles_first }
        },
    )
}

/// The records and the journals of a story.
#[derive(Clone, Debug)]
pub struct World {
    pub terms: RecoveryTerms,
    pub payment: Payment,
    pub tranche: Tranche,
    pub journals: Vec<Journal>,
    pub debts: Vec<Recovery>,
    pub own: Option<Recovery>,
    pub credits: Vec<RecoveryCredit>,
    /// The disbursements that stand.
    pub paid: i64,
    /// What the payee had paid back itself of a payment that the bank took back.
    pub paid_back: i64,
}

impl World {
    /// The payment is advised, and keeps back what is ordered.
    pub fn advised(story: &Story) -> World {
        let rates = vec![rate("2020-01-01", 900, story.method), rate("2027-03-01", 730, story.method)];
        let terms = RecoveryTerms { interest: rates, settles_first: story.settles_first };
        let first_year = FinancialYear::containing(day(0));
        let parts = [(Component::CapitalSubsidy, Paise(10_000_000))];
        let mut journals = vec![
            posting::authorise_outlay("s", "r", &parts),
            posting::commit_award("s", &award(), &parts),
            provided(first_year, 10_000_000),
            provided(FinancialYear::containing(day(90)), 10_000_000),
        ];
        let owed: i64 = story.debts.iter().map(|(principal, _)| principal).sum();
        for amount in [owed, story.gross].map(Paise).into_iter().filter(|amount| *amount > Paise::ZERO) {
            journals.push(posting::reserve(&purse(), first_year, amount, "t"));
            journals.push(posting::sanction(&purse(), first_year, first_year, amount, "t"));
        }
        if owed > 0 {
            journals.push(posting::disburse(&purse(), first_year, first_year, Paise(owed), "p"));
        }
        let mut debts = Vec::new();
        for (number, (principal, ordered)) in (1..).zip(&story.debts) {
            let order = SetOffOrder {
                open_paise: Paise(*ordered),
                ordered_by: person(2),
                ordered_at: recorder(0).at,
                note: "n".into(),
            };
            let id = RecoveryId(Uuid::from_u128(number));
            let debt = Recovery { id, set_off: Some(order), ..demanded(Paise(*principal), day(0)) };
            journals.push(posting_recovery::demand(&purse(), &debt.dues().due, "R"));
            debts.push(debt);
        }
        let gross = Paise(story.gross);
        let status = TrancheStatus::Advised;
        let tranche = Tranche { amount_paise: gross, held_in: first_year, status, ..tranche() };
        let payment = payment(gross, Paise::ZERO, story.days.0);
        let (own, credits) = (None, Vec::new());
        let mut world = World { terms, payment, tranche, journals, debts, own, credits, paid: owed, paid_back: 0 };
        world.keep_back(story.days.0);
        world
    }

    pub fn keep_back(&mut self, advised: i64) {
        let order = |(number, recovery): (u128, &Recovery)| ToSetOff {
            recovery: recovery.clone(),
            terms: self.terms.clone(),
            credit_id: RecoveryCreditId(Uuid::from_u128(number)),
        };
        let orders = (1..).zip(&self.debts).map(order).collect();
        let gross = self.tranche.amount_paise;
        let kept = keep_back(gross, PaymentUnit::PAISA, self.payment.id, orders, recorder(advised)).unwrap();
        self.payment.amount_paise = gross.minus_floored(kept.total_paise);
        self.payment.set_off_paise = kept.total_paise;
        kept.changes.into_iter().for_each(|change| self.take(change));
    }

    pub fn facts(&self, outcome: PaymentStatus, on: i64) -> OutcomeFacts {
        let kept = self.credits.iter().filter(|credit| credit.kind == CreditKind::SetOff);
        let decided = kept.filter(|credit| decides_on(outcome) == Some(credit.status));
        let set_offs = decided.map(|credit| SetOff {
            credit: credit.clone(),
            recovery: self.debts.iter().find(|debt| debt.id == credit.recovery_id).unwrap().clone(),
            purse: purse(),
            terms: self.terms.clone(),
            undone_id: RecoveryCreditId(Uuid::from_u128(credit.id.0.as_u128() + 100)),
        });
        let own = self.own.iter().filter(|_| outcome == PaymentStatus::FailedAfterSuccess);
        let recoveries = own.map(|recovery| RecoveryOfPayment {
            recovery: recovery.clone(),
            credits: self.credits.iter().filter(|credit| credit.recovery_id == recovery.id).cloned().collect(),
            terms: self.terms.clone(),
            credit_id: RecoveryCreditId(Uuid::from_u128(300)),
            begins: false,
        });
        let new =
            NewDisbursement { id: DisbursementId(Uuid::from_u128(5)), number: "DIS".into(), beneficiary: "b".into() };
        OutcomeFacts {
            answer: answer(outcome, self.payment.amount_paise, on),
            recorder: recorder(on),
            part: Step::Pay,
            unit: PaymentUnit::PAISA,
            utr_settles: None,
            disbursement: (outcome == PaymentStatus::Succeeded).then_some(new),
            set_offs: set_offs.collect(),
            rooms: self.rooms(),
            recoveries: recoveries.collect(),
            payment: self.payment.clone(),
            tranche: self.tranche.clone(),
            purse: purse(),
        }
    }

    /// What is on the accounts on which the money of a set-off may be.
    fn rooms(&self) -> Rooms {
        let (mut rooms, held) = (Rooms::default(), balances(&self.journals).unwrap());
        let paid_in = self.payment.paid_on.map_or(self.tranche.held_in, FinancialYear::containing);
        for account in Rooms::accounts(&purse(), paid_in).into_iter().flatten() {
            rooms.put(&account, Paise(held.get(&account.code()).copied().unwrap_or(0)));
        }
        rooms
    }

    /// Decides, stores and posts, as the service does.
    pub fn answer(&mut self, outcome: PaymentStatus, on: i64) -> PaymentOutcome {
        let gross = self.tranche.amount_paise;
        let decided = decide(self.facts(outcome, on)).unwrap();
        self.payment = decided.payment.clone();
        self.tranche = decided.tranche.clone();
        self.journals.extend(decided.journal.clone());
        decided.set_offs.iter().chain(&decided.recoveries).cloned().for_each(|change| self.take(change));
        self.paid += decided.disbursement.as_ref().map_or(0, |made| made.amount_paise.0);
        if let Some(back) = decided.taken_back {
            self.paid -= gross.0;
            self.paid_back += back.own().0;
        }
        decided
    }

    fn take(&mut self, change: RecoveryChange) {
        if let Some(credit) = change.credit.credit() {
            self.credits.retain(|old| old.id != credit.id);
            self.credits.push(credit.clone());
        }
        let mut records = self.debts.iter_mut().chain(&mut self.own);
        let record = records.find(|old| old.id == change.recovery.id).unwrap();
        *record = change.recovery;
    }

    /// A part of the payment is asked back, as far as the story says.
    pub fn ask_back(&mut self, story: &Story) {
        if story.own == Own::Nothing {
            return;
        }
        let (paid, today) = (story.days.1, story.days.2);
        let amount = Paise((story.gross * story.asked / 100).max(1));
        let mut recovery = Recovery { id: RecoveryId(Uuid::from_u128(99)), ..demanded(amount, day(paid)) };
        recovery.disbursement_id = Some(DisbursementId(Uuid::from_u128(5)));
        if story.own == Own::Noticed || story.own == Own::Ordered {
            let noticed = story.own == Own::Noticed;
            recovery.status = if noticed { RecoveryStatus::Noticed } else { RecoveryStatus::Ordered };
            recovery.principal_due_paise = Paise::ZERO;
        } else {
            self.journals.push(posting_recovery::demand(&purse(), &recovery.dues().due, "R"));
        }
        if story.own == Own::PartlyPaid {
            let money = (Paise((amount.0 / 2).max(1)), day(today));
            let RecoveryTerms { interest, settles_first } = &self.terms;
            let settled =
                recovery_resettlement::settle(&recovery, &[], interest, *settles_first, money, day(today)).unwrap();
            recovery.keep(settled.dues());
            let year = FinancialYear::containing(day(today));
            let grown = settled.interest().unwrap();
            self.journals.push(posting_recovery::receive(&purse(), year, grown, &settled.parts, &[], "R"));
            let new = NewCredit {
                id: RecoveryCreditId(Uuid::from_u128(200)),
                kind: CreditKind::Receipt,
                credited_on: day(today),
                parts: settled.parts,
                accrued: settled.accrued,
                dues_after: settled.dues_after,
                source: CreditSource::MoneyIn { utr: "U".into(), guarantee: None },
                reference: String::new(),
            };
            self.credits.push(new.of(&recovery, recorder(today)));
        }
        self.own = Some(recovery);
    }

    /// Every journal balances, no account falls below zero, and each says what the records say.
    pub fn check(&self) -> Result<(), TestCaseError> {
        for movement in self.journals.iter().flat_map(|journal| &journal.movements) {
            prop_assert!(movement.from.ledger == movement.to.ledger && movement.amount > Paise::ZERO, "{movement:?}");
        }
        let held = balances(&self.journals).map_err(TestCaseError::fail)?;
        let balance = |account: crate::budget::ledger::Account| held.get(&account.code()).copied().unwrap_or(0);
        let owed = |stage| balance(posting_recovery::owed(&purse(), stage));
        let due =
            |part: fn(&Recovery) -> Paise| -> i64 { self.debts.iter().chain(&self.own).map(|one| part(one).0).sum() };
        prop_assert_eq!(owed(Stage::PrincipalDue), due(|one| one.principal_due_paise));
        prop_assert_eq!(owed(Stage::InterestDue), due(|one| one.interest_due_paise));
        let (mut principal, mut interest, mut disbursed) = (0, 0, self.paid + self.paid_back);
        for credit in self.credits.iter().filter(|credit| credit.status == CreditStatus::Done) {
            let sign = if credit.kind == CreditKind::SetOffUndone { -1 } else { 1 };
            principal += sign * credit.principal_paise.0;
            interest += sign * credit.interest_paise.0;
            // What the bank took back was no longer paid, and its part for interest stays spent.
            let bank_return = credit.kind == CreditKind::BankReturn;
            disbursed += if bank_return { credit.interest_paise.0 } else { -sign * credit.principal_paise.0 };
        }
        prop_assert_eq!(owed(Stage::PrincipalRecovered), principal);
        prop_assert_eq!(owed(Stage::InterestRecovered), interest);
        prop_assert_eq!(balance(purse().outlay(Stage::Disbursed)), disbursed);
        let waits = [TrancheStatus::Advised, TrancheStatus::Sanctioned].contains(&self.tranche.status);
        let waiting = if waits { self.tranche.amount_paise.0 } else { 0 };
        prop_assert_eq!(balance(purse().outlay(Stage::Sanctioned)), waiting);
        prop_assert_eq!(balance(purse().year(self.tranche.held_in, Stage::Sanctioned)), waiting);
        Ok(())
    }
}
