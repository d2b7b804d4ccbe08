//! The budget table, which shows the stage of every rupee now, and the balances that a budget
//! instrument is checked against when it is approved.

use crate::base::calendar::{FinancialYear, Timestamp};
use crate::base::id::OrganisationId;
use crate::base::money::Paise;
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::budget::budget_instrument::Standing;
use crate::budget::ledger::{BalanceChange, Journal, Ledger, Stage};
use crate::check::control::{ControlCode, ControlResult};
use crate::scheme::scheme::Component;
use crate::words;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

words! {
    /// The level that a row of the budget table is about.
    pub enum BudgetLevel {
        /// A component over the whole scheme (outlay).
        Component = "component",
        /// A component in one financial year (appropriation).
        FinancialYear = "financial_year",
        /// A component of one beneficiary's award (ceiling).
        Beneficiary = "beneficiary",
        /// A component over all awards of one payee.
        Payee = "payee",
    }
}

/// The money of one row by stage. The stages do not overlap, and every row adds up: `provided + receipts =
/// available + committed + withheld + reserved + sanctioned + disbursed + kept + recovered + surrendered + lapsed`.
///
/// Component: `provided` is the outlay. Year: `provided` is all that was given to the year and not taken back or
/// moved on.
///
/// Beneficiary and payee: `provided` is the ceiling; `recovered` is the principal that was paid back; `available`
/// (what may still be claimed) is the committed part that is not yet reserved, so both fields show the same amount,
/// which counts once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BudgetRow {
    pub level: BudgetLevel,
    pub scheme_code: String,
    pub component: Component,
    pub financial_year: Option<FinancialYear>,
    pub organisation_id: Option<OrganisationId>,
    pub award_number: Option<String>,
    pub provided_paise: Paise,
    /// Money that came back and stands at some stage again. Of an award and its component: what a payee had paid back
    /// for a payment that the bank then returned. Of a year: what was paid back in it.
    pub receipts_paise: Paise,
    pub committed_paise: Paise,
    pub withheld_paise: Paise,
    pub reserved_paise: Paise,
    pub sanctioned_paise: Paise,
    /// Gross less returned; of a component and an award also less the principal that was paid back.
    pub disbursed_paise: Paise,
    /// What bank returns kept for recoveries of payments that they took back: it counts as spent. Of a component and an
    /// award the interest of it, because the principal is in `recovered`.
    pub kept_paise: Paise,
    /// Paid back by payees; of a component and a year spendable only by re-appropriation.
    pub recovered_paise: Paise,
    pub surrendered_paise: Paise,
    pub lapsed_paise: Paise,
    pub available_paise: Paise,
}

/// The reason why no money moves: an integrity control is red.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MoneyStop {
    pub control: ControlCode,
    /// The first counter-example: `noun:id`.
    pub subject: String,
    /// A description of the fault.
    pub found: String,
    /// If sums differ: the balance stored with the account.
    pub kept_paise: Option<Paise>,
    /// If sums differ: the sum of the account's entries.
    pub counted_paise: Option<Paise>,
    pub stopped_at: Timestamp,
}

impl MoneyStop {
    /// The money stop that follows from a red control; `None` if it has no counter-example.
    pub fn of(result: &ControlResult, stopped_at: Timestamp) -> Option<MoneyStop> {
        let shown = result.counterexamples.first()?;
        let (subject, found) = (shown.subject.clone(), shown.found.clone());
        Some(MoneyStop { control: result.control, subject, found, kept_paise: None, counted_paise: None, stopped_at })
    }

    /// The fault, apart from its language where the program has words for it.
    pub fn reason(&self) -> Reason {
        match (self.kept_paise, self.counted_paise) {
            (Some(_), Some(_)) => Reason::BooksDiffer,
            _ => Reason::FoundByControl { found: self.found.clone() },
        }
    }

    /// Whether this is the same stop, whenever it was found.
    pub fn same(&self, other: &MoneyStop) -> bool {
        let key = |stop: &MoneyStop| (stop.control, stop.kept_paise, stop.counted_paise);
        key(self) == key(other) && (&self.subject, &self.found) == (&other.subject, &other.found)
    }
}

/// The whole budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BudgetTable {
    pub data: Vec<BudgetRow>,
    /// Set while an integrity control is red: no money moves until all are green again.
    pub money_stop: Option<MoneyStop>,
}

/// One account with its balance, as read for the budget table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    pub account: crate::budget::ledger::Account,
    pub balance: Paise,
}

impl BudgetRow {
    fn of(balance: &Balance) -> BudgetRow {
        let account = &balance.account;
        let level = match (&account.award, account.financial_year) {
            (Some(_), _) => BudgetLevel::Beneficiary,
            (None, Some(_)) => BudgetLevel::FinancialYear,
            (None, None) => BudgetLevel::Component,
        };
        BudgetRow {
            level,
            scheme_code: account.scheme_code.clone(),
            component: account.component,
            financial_year: account.financial_year,
            organisation_id: account.award.as_ref().map(|award| award.organisation_id),
            award_number: account.award.as_ref().map(|award| award.number.clone()),
            provided_paise: Paise::ZERO,
            receipts_paise: Paise::ZERO,
            committed_paise: Paise::ZERO,
            withheld_paise: Paise::ZERO,
            reserved_paise: Paise::ZERO,
            sanctioned_paise: Paise::ZERO,
            disbursed_paise: Paise::ZERO,
            kept_paise: Paise::ZERO,
            recovered_paise: Paise::ZERO,
            surrendered_paise: Paise::ZERO,
            lapsed_paise: Paise::ZERO,
            available_paise: Paise::ZERO,
        }
    }

    fn same_row(&self, other: &BudgetRow) -> bool {
        let key = |row: &BudgetRow| (row.level, row.component, row.financial_year, row.organisation_id);
        key(self) == key(other) && (&self.scheme_code, &self.award_number) == (&other.scheme_code, &other.award_number)
    }

    fn add(&mut self, balance: &Balance) {
        let into = match balance.account.stage {
            Stage::Available => &mut self.available_paise,
            Stage::Committed => &mut self.committed_paise,
            Stage::Withheld => &mut self.withheld_paise,
            Stage::Reserved => &mut self.reserved_paise,
            Stage::Sanctioned => &mut self.sanctioned_paise,
            Stage::Disbursed => &mut self.disbursed_paise,
            Stage::Recovered | Stage::PrincipalRecovered => &mut self.recovered_paise,
            Stage::Surrendered => &mut self.surrendered_paise,
            Stage::Lapsed => &mut self.lapsed_paise,
            Stage::Receipts => {
                self.receipts_paise = Paise(self.receipts_paise.0 + balance.balance.0);
                self.provided_paise = Paise(self.provided_paise.0 - balance.balance.0);
                return;
            }
            _ => return,
        };
        *into = Paise(into.0 + balance.balance.0);
        self.provided_paise = Paise(self.provided_paise.0 + balance.balance.0);
    }
}

/// The budget table from all balances: components first, then years, then beneficiaries, then
/// payees. A component row and a payee row include the accounts of their awards; sums stay exact
/// because each account is counted once in its own row and once in each of these.
pub fn table(balances: &[Balance]) -> Vec<BudgetRow> {
    let mut rows: Vec<BudgetRow> = Vec::new();
    let mut put = |row: BudgetRow, balance: &Balance| {
        let index = rows.iter().position(|existing| existing.same_row(&row)).unwrap_or_else(|| {
            rows.push(row);
            rows.len() - 1
        });
        if let Some(existing) = rows.get_mut(index) {
            existing.add(balance);
        }
    };
    for balance in balances {
        let is_owed = balance.account.ledger == Ledger::Recovery;
        if is_owed && balance.account.stage != Stage::PrincipalRecovered {
            continue;
        }
        let own = BudgetRow::of(balance);
        if own.level == BudgetLevel::Beneficiary {
            let payee = BudgetRow { level: BudgetLevel::Payee, award_number: None, ..own.clone() };
            let whole = BudgetRow { level: BudgetLevel::Component, organisation_id: None, ..payee.clone() };
            // What an award paid back is money of its component, which has it as an account of its own.
            if !is_owed {
                put(whole, balance);
            }
            put(payee, balance);
        }
        put(own, balance);
    }
    for row in &mut rows {
        if matches!(row.level, BudgetLevel::Beneficiary | BudgetLevel::Payee) {
            row.available_paise = row.committed_paise;
        }
    }
    rows.sort_by(|a, b| {
        let key = |row: &BudgetRow| (row.component, row.financial_year, row.organisation_id);
        let rank = |row: &BudgetRow| (row.level, row.scheme_code.clone());
        (rank(a), key(a), &a.award_number).cmp(&(rank(b), key(b), &b.award_number))
    });
    rows
}

/// What bank returns kept of the payments under an award in one year of payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub scheme_code: String,
    pub component: Component,
    pub award_number: String,
    pub organisation_id: OrganisationId,
    pub paid_in: FinancialYear,
    pub principal_paise: Paise,
    pub interest_paise: Paise,
}

/// Gives what was kept its own figure in the rows: the accounts have it among what was disbursed, and gross less
/// returned has not.
pub fn name_kept(rows: &mut [BudgetRow], kept: &[Kept]) {
    for row in rows {
        for one in kept.iter().filter(|one| one.scheme_code == row.scheme_code && one.component == row.component) {
            let ours = match row.level {
                BudgetLevel::Component => true,
                BudgetLevel::FinancialYear => row.financial_year == Some(one.paid_in),
                BudgetLevel::Beneficiary => row.award_number.as_ref() == Some(&one.award_number),
                BudgetLevel::Payee => row.organisation_id == Some(one.organisation_id),
            };
            let whole = row.level == BudgetLevel::FinancialYear;
            let principal = if whole { one.principal_paise } else { Paise::ZERO };
            let amount = if ours { Paise(principal.0.saturating_add(one.interest_paise.0)) } else { Paise::ZERO };
            row.disbursed_paise = Paise(row.disbursed_paise.0.saturating_sub(amount.0));
            row.kept_paise = Paise(row.kept_paise.0.saturating_add(amount.0));
        }
    }
}

/// What an award is provided with of a component, as its row says it: the ceiling, and of an award that was ended what
/// it drew, because what it had not used went back.
pub fn provided_to(balances: &[Balance], award_number: &str, component: Component) -> Paise {
    let ours = balances.iter().filter(|one| {
        let is_owed = one.account.ledger == Ledger::Recovery && one.account.stage != Stage::PrincipalRecovered;
        let award = one.account.award.as_ref();
        !is_owed && one.account.component == component && award.is_some_and(|award| award.number == award_number)
    });
    let row = ours.fold(None, |row: Option<BudgetRow>, one| {
        let mut row = row.unwrap_or_else(|| BudgetRow::of(one));
        row.add(one);
        Some(row)
    });
    row.map_or(Paise::ZERO, |row| row.provided_paise)
}

/// The balances of a component and its year, and the amount that may still be provided to the
/// component that gains: the part of its outlay that no year's budget has. Past years count with
/// what they hold or spent; what was surrendered, lapsed or left over in them may be provided
/// again.
pub fn standing(
    balances: &[Balance],
    scheme_code: &str,
    (component, gaining): (Component, Component),
    year: Option<FinancialYear>,
    current: FinancialYear,
) -> Standing {
    let sum = |component: Component, counts: &dyn Fn(&Balance) -> bool| {
        let ours = |balance: &&Balance| {
            balance.account.scheme_code == scheme_code && balance.account.component == component && counts(balance)
        };
        Paise(balances.iter().filter(ours).map(|balance| balance.balance.0).sum())
    };
    let outlay =
        |component| sum(component, &|of| of.account.ledger == Ledger::Outlay && of.account.stage == Stage::Authorised);
    let of_years = |component, stage: Stage, in_year: &dyn Fn(FinancialYear) -> bool| {
        sum(component, &|of| of.account.stage == stage && of.account.financial_year.is_some_and(in_year))
    };
    let total = |component, in_year: &dyn Fn(FinancialYear) -> bool| {
        let taken = of_years(component, Stage::Surrendered, in_year).0 + of_years(component, Stage::Lapsed, in_year).0;
        Paise(of_years(component, Stage::Authorised, in_year).0 - taken)
    };
    let this = |other: FinancialYear| Some(other) == year;
    let left_over = of_years(gaining, Stage::Available, &|other| other < current);
    Standing {
        outlay: outlay(component),
        year_total: total(component, &this),
        year_available: of_years(component, Stage::Available, &this),
        year_recovered: of_years(component, Stage::Recovered, &this),
        room_to_provide: outlay(gaining).minus_floored(Paise(total(gaining, &|_| true).0 - left_over.0)),
    }
}

/// What a journal would change: the balance of each account that it touches, before and after, as things stand.
pub fn changes_of(journal: &Journal, balances: &[Balance]) -> Vec<BalanceChange> {
    let mut changes: Vec<BalanceChange> = Vec::new();
    for movement in &journal.movements {
        for (account, debit) in [(&movement.from, -movement.amount.0), (&movement.to, movement.amount.0)] {
            let code = account.code();
            let by = if account.grows_on_debit() { debit } else { -debit };
            let place = changes.iter().position(|change| change.account == code).unwrap_or_else(|| {
                let stored = balances.iter().find(|one| one.account.code() == code);
                let before = stored.map_or(Paise::ZERO, |one| one.balance);
                changes.push(BalanceChange { account: code, before_paise: before, after_paise: before });
                changes.len() - 1
            });
            changes[place].after_paise = Paise(changes[place].after_paise.0.saturating_add(by));
        }
    }
    changes
}

/// The first account that would fall below zero if a journal were posted on these balances.
pub fn shortfall(journal: &Journal, balances: &[Balance]) -> Option<Refusal> {
    let mut after: BTreeMap<String, Paise> = BTreeMap::new();
    for movement in &journal.movements {
        for (account, debit) in [(&movement.from, -movement.amount.0), (&movement.to, movement.amount.0)] {
            let code = account.code();
            let stored =
                || balances.iter().find(|one| one.account.code() == code).map_or(Paise::ZERO, |one| one.balance);
            let room = *after.entry(code.clone()).or_insert_with(stored);
            let by = if account.grows_on_debit() { debit } else { -debit };
            let left = room.0.saturating_add(by);
            if left < 0 {
                return Some(Refusal::BudgetExceeded { account: code, need: Paise(-by), room });
            }
            after.insert(code, Paise(left));
        }
    }
    None
}
