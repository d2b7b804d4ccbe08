//! The budget: provisions that give a financial year its appropriation (two people each), and the
//! table that tells at any moment where every rupee stands.

use crate::domain::calendar::{FinancialYear, Timestamp};
use crate::domain::field::{FieldErrors, check_day, check_name};
use crate::domain::id::{InstrumentId, OrganisationId, UserId};
use crate::domain::money::{LARGEST_AMOUNT, Paise};
use crate::domain::permission::Step;
use crate::domain::refusal::Refusal;
use crate::domain::scheme::Component;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// Where a provision stands.
    pub enum ProvisionStatus {
        Proposed = "proposed",
        Approved = "approved",
    }
}

/// What is asked for one year and component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProvisionForm {
    pub scheme_code: String,
    pub component: Component,
    pub financial_year: FinancialYear,
    pub amount_paise: Paise,
    /// The demand for grants or order it rests on.
    pub reference: String,
    pub dated_on: NaiveDate,
}

impl ProvisionForm {
    pub fn check(&self, today: NaiveDate) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        errors.require(
            (1..=LARGEST_AMOUNT.0).contains(&self.amount_paise.0),
            "/amount_paise",
            "a positive amount in paise",
        );
        check_name(&mut errors, "/reference", &self.reference, 200);
        check_day(&mut errors, "/dated_on", self.dated_on);
        errors.require(self.dated_on <= today, "/dated_on", "must not lie in the future");
        let current = FinancialYear::containing(today);
        errors.require(self.financial_year >= current, "/financial_year", "a past year can no longer be provided for");
        errors.finish()
    }
}

/// Appropriation for one financial year and component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Provision {
    pub id: InstrumentId,
    pub scheme_code: String,
    pub component: Component,
    pub financial_year: FinancialYear,
    pub amount_paise: Paise,
    pub reference: String,
    pub dated_on: NaiveDate,
    pub status: ProvisionStatus,
    pub proposed_by: UserId,
    pub proposed_at: Timestamp,
    pub approved_by: Option<UserId>,
    pub approved_at: Option<Timestamp>,
    pub version: i64,
}

impl Provision {
    /// A second person makes it count.
    pub fn approve(&mut self, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        if self.status != ProvisionStatus::Proposed {
            return Err(Refusal::WrongState { noun: "provision", is: self.status.to_string(), needs: "proposed" });
        }
        if self.proposed_by == by {
            return Err(Refusal::SamePerson { earlier: Step::Provide, now: Step::Provide });
        }
        self.status = ProvisionStatus::Approved;
        self.approved_by = Some(by);
        self.approved_at = Some(at);
        Ok(())
    }
}

words! {
    /// What one row of the budget is about.
    pub enum BudgetLevel {
        /// A component over the whole scheme (outlay).
        Component = "component",
        /// A component in one financial year (appropriation).
        FinancialYear = "financial_year",
        /// A component of one beneficiary's award (ceiling).
        Beneficiary = "beneficiary",
    }
}

/// Where the money of one row stands. The stages do not overlap.
/// Component and year: `provided = available + committed + reserved + sanctioned + disbursed`.
/// Beneficiary: `provided` is the ceiling, all of it committed; `available` (what may still be
/// claimed) is the committed part that nothing has reserved yet, so both fields show it once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BudgetRow {
    pub level: BudgetLevel,
    pub scheme_code: String,
    pub component: Component,
    pub financial_year: Option<FinancialYear>,
    pub organisation_id: Option<OrganisationId>,
    pub award_number: Option<String>,
    pub provided_paise: Paise,
    pub committed_paise: Paise,
    pub reserved_paise: Paise,
    pub sanctioned_paise: Paise,
    pub disbursed_paise: Paise,
    pub available_paise: Paise,
}

/// One account with its balance, as read for the budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    pub account: crate::domain::ledger::Account,
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
            committed_paise: Paise::ZERO,
            reserved_paise: Paise::ZERO,
            sanctioned_paise: Paise::ZERO,
            disbursed_paise: Paise::ZERO,
            available_paise: Paise::ZERO,
        }
    }

    fn same_row(&self, other: &BudgetRow) -> bool {
        (self.level, &self.scheme_code, self.component, self.financial_year, &self.award_number)
            == (other.level, &other.scheme_code, other.component, other.financial_year, &other.award_number)
    }

    fn add(&mut self, balance: &Balance) {
        use crate::domain::ledger::Stage;
        let into = match balance.account.stage {
            Stage::Available => &mut self.available_paise,
            Stage::Committed => &mut self.committed_paise,
            Stage::Reserved => &mut self.reserved_paise,
            Stage::Sanctioned => &mut self.sanctioned_paise,
            Stage::Disbursed => &mut self.disbursed_paise,
            _ => return,
        };
        *into = Paise(into.0 + balance.balance.0);
        self.provided_paise = Paise(self.provided_paise.0 + balance.balance.0);
    }
}

/// What of a component's outlay may still be provided to years: past years count with what they
/// hold or spent (the rest has lapsed), this year and later ones with all that was provided.
pub fn room_to_provide(
    outlay: Paise,
    scheme_code: &str,
    component: Component,
    current: FinancialYear,
    balances: &[Balance],
) -> Paise {
    use crate::domain::ledger::Stage;
    let counts = |balance: &&Balance| {
        let account = &balance.account;
        let ours = account.scheme_code == scheme_code && account.component == component;
        let lapsed = account.financial_year.is_some_and(|year| year < current) && account.stage == Stage::Available;
        ours && account.financial_year.is_some() && account.stage != Stage::Authorised && !lapsed
    };
    let used = Paise::sum(balances.iter().filter(counts).map(|balance| balance.balance)).unwrap_or(outlay);
    outlay.minus_floored(used)
}

/// The budget table from all balances: components first, then years, then beneficiaries.
/// A component row counts what its awards hold; sums stay exact because each account is counted
/// once in its own row and once in its component's.
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
        let own = BudgetRow::of(balance);
        if own.level == BudgetLevel::Beneficiary {
            let whole =
                BudgetRow { level: BudgetLevel::Component, organisation_id: None, award_number: None, ..own.clone() };
            put(whole, balance);
        }
        put(own, balance);
    }
    for row in rows.iter_mut().filter(|row| row.level == BudgetLevel::Beneficiary) {
        row.available_paise = row.committed_paise;
    }
    rows.sort_by(|a, b| {
        (a.level, &a.scheme_code, a.component, a.financial_year, &a.award_number).cmp(&(
            b.level,
            &b.scheme_code,
            b.component,
            b.financial_year,
            &b.award_number,
        ))
    });
    rows
}
