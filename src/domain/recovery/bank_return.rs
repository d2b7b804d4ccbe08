//! What the bank's return of a payment means for the recoveries of that payment: what was asked and
//! not decided is dropped, what is owed is paid by the return, and the rest is owed to the payee again.

use crate::base::calendar::FinancialYear;
use crate::base::id::{PaymentId, RecoveryCreditId};
use crate::base::money::Paise;
use crate::base::refusal::Refusal;
use crate::budget::ledger::Movement;
use crate::budget::posting::Purse;
use crate::budget::whole_rupees::PaymentUnit;
use crate::recovery::posting_recovery;
use crate::recovery::recovery::Recovery;
use crate::recovery::recovery_change::{CreditChange, CreditSource, NewCredit, Recorder, RecoveryChange};
use crate::recovery::recovery_credit::{CreditKind, CreditStatus, RecoveryCredit};
use crate::recovery::taken_back::{Meaning, TakenBack};
use crate::scheme::recovery_rules::RecoveryTerms;

/// A recovery of the payment that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryOfPayment {
    pub recovery: Recovery,
    /// Its credits so far.
    pub credits: Vec<RecoveryCredit>,
    pub terms: RecoveryTerms,
    /// The id of the credit, if the return pays something of it.
    pub credit_id: RecoveryCreditId,
    /// Whether the return is what begins it.
    pub begins: bool,
}

/// A payment that the bank took back.
#[derive(Clone, Copy, Debug)]
pub struct BankReturn<'a> {
    pub payment: PaymentId,
    pub purse: &'a Purse,
    /// What the payment had spent.
    pub gross_paise: Paise,
    /// The year in which the bank had paid it.
    pub paid_in: FinancialYear,
    /// In which the rest is paid again.
    pub unit: PaymentUnit,
    pub recorder: Recorder,
}

/// What became of a payment that the bank took back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    pub all: TakenBack,
    pub movements: Vec<Movement>,
    pub changes: Vec<RecoveryChange>,
}

impl BankReturn<'_> {
    /// Settles the recoveries of the payment with what came back, in the given order.
    pub fn settle(&self, recoveries: Vec<RecoveryOfPayment>) -> Result<Returned, Refusal> {
        let all = TakenBack { gross_paise: self.gross_paise, kept_paise: Paise::ZERO, came_back_paise: Paise::ZERO };
        let mut back = Returned { all, movements: Vec::new(), changes: Vec::new() };
        for one in recoveries {
            self.settle_one(&mut back, one)?;
        }
        back.movements.extend(posting_recovery::take_back(self.purse, self.paid_in, &back.all));
        Ok(back)
    }

    fn settle_one(&self, back: &mut Returned, one: RecoveryOfPayment) -> Result<(), Refusal> {
        let RecoveryOfPayment { mut recovery, credits, terms, credit_id, begins } = one;
        let came = came_back(&credits)?;
        back.all.came_back_paise = back.all.came_back_paise.checked_add(came).ok_or(Refusal::AmountTooLarge)?;
        let mut no_longer_asked = None;
        let pays = match recovery.payment_was_taken_back(self.recorder.at.date_in_india())? {
            Meaning::Over => return Ok(()),
            Meaning::Dropped(asked) => {
                no_longer_asked = recovery.disbursement_id.map(|paid| (paid, asked));
                false
            }
            Meaning::DueNow(parts) => {
                back.movements.extend(posting_recovery::demand(self.purse, &parts, &recovery.number).movements);
                true
            }
            Meaning::Due => true,
        };
        let credit = if pays { self.pay(back, &mut recovery, &terms, credit_id)? } else { CreditChange::Unchanged };
        back.changes.push(RecoveryChange { recovery, credit, no_longer_asked, begins });
        Ok(())
    }

    /// Pays as much of a recovery as is left of the return.
    fn pay(
        &self,
        back: &mut Returned,
        recovery: &mut Recovery,
        terms: &RecoveryTerms,
        id: RecoveryCreditId,
    ) -> Result<CreditChange, Refusal> {
        let today = self.recorder.at.date_in_india();
        let (mut dues, accrued) = recovery.dues_on(terms, today)?;
        // The rest is a payment again, so what is kept is in whole units too.
        let amount = self.unit.payable(dues.due.total()?.min(back.all.owed_again()));
        if amount == Paise::ZERO {
            return Ok(CreditChange::Unchanged);
        }
        let parts = dues.split(amount, terms.settles_first)?;
        dues.take_off(&parts)?;
        recovery.keep(&dues);
        if let Some(plan) = &mut recovery.plan {
            plan.credit(amount);
        }
        back.movements.extend(posting_recovery::accrual(self.purse, accrued.total()?));
        let year = self.recorder.at.financial_year();
        back.movements.extend(posting_recovery::credit(self.purse, year, &parts));
        back.all.kept_paise = back.all.kept_paise.checked_add(amount).ok_or(Refusal::AmountTooLarge)?;
        let new = NewCredit {
            id,
            kind: CreditKind::BankReturn,
            credited_on: today,
            parts,
            accrued,
            dues_after: dues,
            source: CreditSource::Payment(self.payment),
            reference: "the bank took the payment back".to_owned(),
        };
        Ok(CreditChange::Added(new.of(recovery, self.recorder)))
    }
}

/// The principal that came back before, without what was set off and undone.
fn came_back(credits: &[RecoveryCredit]) -> Result<Paise, Refusal> {
    let principal = |counts: &dyn Fn(CreditKind) -> bool| {
        let done = credits.iter().filter(|credit| credit.status == CreditStatus::Done && counts(credit.kind));
        Paise::sum(done.map(|credit| credit.principal_paise)).ok_or(Refusal::AmountTooLarge)
    };
    let undone = principal(&|kind| kind == CreditKind::SetOffUndone)?;
    Ok(principal(&CreditKind::is_money_in)?.minus_floored(undone))
}
