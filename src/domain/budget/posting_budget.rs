//! The posting rules of budget instruments (table in `docs/LEDGER.md`). An amount given to a year
//! comes from its `authorised` account and an amount taken away goes back there, so that
//! `authorised` is always the year's budget; surrendered and lapsed amounts remain visible in
//! accounts of their own.

use crate::base::calendar::FinancialYear;
use crate::base::money::Paise;
use crate::budget::budget_instrument::InstrumentKind;
use crate::budget::ledger::{Journal, JournalKind, Movement, Stage};
use crate::budget::posting::{scheme_account, year_account};
use crate::scheme::scheme::Component;

/// A component's appropriation of one year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Year<'a> {
    pub scheme_code: &'a str,
    pub component: Component,
    pub year: FinancialYear,
}

impl Year<'_> {
    fn within(&self, from: Stage, to: Stage, amount: Paise) -> Movement {
        self.across(self.component, from, to, amount)
    }

    /// A movement in the same year's accounts of another component.
    fn across(&self, component: Component, from: Stage, to: Stage, amount: Paise) -> Movement {
        let account = |stage| year_account(self.scheme_code, component, self.year, stage);
        Movement { from: account(from), to: account(to), amount }
    }

    fn outlay(&self, from: Stage, to: Stage, amount: Paise) -> Movement {
        let account = |stage| scheme_account(self.scheme_code, self.component, stage);
        Movement { from: account(from), to: account(to), amount }
    }

    /// A provision or supplementary grant.
    pub fn provide(&self, kind: InstrumentKind, amount: Paise, number: &str) -> Journal {
        let kind = match kind {
            InstrumentKind::Supplementary => JournalKind::AppropriationSupplemented,
            _ => JournalKind::AppropriationProvided,
        };
        journal(kind, number, vec![self.within(Stage::Authorised, Stage::Available, amount)])
    }

    /// A revised estimate: posts the difference to the year's total, up or down.
    pub fn revise(&self, difference: Paise, number: &str) -> Journal {
        let (from, to, amount) = up_or_down(difference);
        journal(JournalKind::AppropriationRevised, number, vec![self.within(from, to, amount)])
    }

    /// Moves savings to another component, in the same year.
    pub fn re_appropriate(&self, to: Component, amount: Paise, number: &str) -> Journal {
        let movements = vec![
            self.within(Stage::Available, Stage::Authorised, amount),
            self.across(to, Stage::Authorised, Stage::Available, amount),
        ];
        journal(JournalKind::AppropriationMoved, number, movements)
    }

    /// Makes money that payees paid back available again.
    pub fn free_recovered(&self, amount: Paise, number: &str) -> Journal {
        let movements = vec![
            self.outlay(Stage::Recovered, Stage::Available, amount),
            self.within(Stage::Recovered, Stage::Available, amount),
        ];
        journal(JournalKind::RecoveredFreed, number, movements)
    }

    /// Returns savings to the Ministry of Finance.
    pub fn surrender(&self, amount: Paise, number: &str) -> Journal {
        let movements = vec![self.within(Stage::Available, Stage::Surrendered, amount)];
        journal(JournalKind::AppropriationSurrendered, number, movements)
    }

    /// Lapses the amount that a past year has left. Recovered money that lapses returns to the
    /// outlay: it can only be spent after a year provides for it again.
    pub fn lapse(&self, available: Paise, recovered: Paise, number: &str) -> Journal {
        let movements = [
            self.within(Stage::Available, Stage::Lapsed, available),
            self.within(Stage::Recovered, Stage::Lapsed, recovered),
            self.outlay(Stage::Recovered, Stage::Available, recovered),
        ];
        let moving = movements.into_iter().filter(|movement| movement.amount > Paise::ZERO).collect();
        journal(JournalKind::AppropriationLapsed, number, moving)
    }
}

/// Increases or reduces a component's outlay by a difference.
pub fn change_outlay(scheme_code: &str, component: Component, difference: Paise, number: &str) -> Journal {
    let (from, to, amount) = up_or_down(difference);
    let account = |stage| scheme_account(scheme_code, component, stage);
    let movement = Movement { from: account(from), to: account(to), amount };
    journal(JournalKind::OutlayChanged, number, vec![movement])
}

fn up_or_down(difference: Paise) -> (Stage, Stage, Paise) {
    if difference < Paise::ZERO {
        (Stage::Available, Stage::Authorised, Paise::ZERO.minus_floored(difference))
    } else {
        (Stage::Authorised, Stage::Available, difference)
    }
}

fn journal(kind: JournalKind, number: &str, movements: Vec<Movement>) -> Journal {
    Journal { kind, reference: number.to_owned(), movements }
}
