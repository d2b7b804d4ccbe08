//! The posting rules of the ledger, one function for each business act (table in `docs/LEDGER.md`).
//! Each returns a journal, or movements of one, that balances within each ledger.

use crate::base::calendar::FinancialYear;
use crate::base::money::Paise;
use crate::budget::ledger::{Account, AccountAward, Journal, JournalKind, Ledger, Movement, Stage};
use crate::scheme::scheme::Component;

/// The component of an award in a scheme whose money is moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purse {
    pub scheme_code: String,
    pub component: Component,
    pub award: AccountAward,
}

/// A component's account of this stage in the outlay ledger.
pub(crate) fn scheme_account(scheme_code: &str, component: Component, stage: Stage) -> Account {
    Account {
        ledger: Ledger::Outlay,
        scheme_code: scheme_code.to_owned(),
        component,
        award: None,
        financial_year: None,
        stage,
    }
}

/// A component's account of this stage in the appropriation ledger of a year.
pub(crate) fn year_account(scheme_code: &str, component: Component, year: FinancialYear, stage: Stage) -> Account {
    Account {
        ledger: Ledger::Appropriation,
        scheme_code: scheme_code.to_owned(),
        component,
        award: None,
        financial_year: Some(year),
        stage,
    }
}

impl Purse {
    /// The award's account of this stage in the outlay ledger.
    pub fn outlay(&self, stage: Stage) -> Account {
        Account { award: Some(self.award.clone()), ..scheme_account(&self.scheme_code, self.component, stage) }
    }

    /// The year's account of this stage in the appropriation ledger.
    pub fn year(&self, year: FinancialYear, stage: Stage) -> Account {
        year_account(&self.scheme_code, self.component, year, stage)
    }

    /// A movement between two stages of the award in the outlay ledger.
    pub(crate) fn within_award(&self, from: Stage, to: Stage, amount: Paise) -> Movement {
        Movement { from: self.outlay(from), to: self.outlay(to), amount }
    }

    /// A movement between two stages of a year in the appropriation ledger.
    pub(crate) fn within_year(&self, year: FinancialYear, from: Stage, to: Stage, amount: Paise) -> Movement {
        Movement { from: self.year(year, from), to: self.year(year, to), amount }
    }

    /// Moves a hold from stage `from` in the old year to stage `to` in the new year: the old year
    /// gets its room back, and the new year must have room. Within one year it is a single
    /// movement.
    fn across_years(
        &self,
        old: FinancialYear,
        new: FinancialYear,
        from: Stage,
        to: Stage,
        amount: Paise,
    ) -> Vec<Movement> {
        if old == new {
            return vec![self.within_year(new, from, to, amount)];
        }
        vec![self.within_year(new, Stage::Available, to, amount), self.within_year(old, from, Stage::Available, amount)]
    }
}

/// The scheme comes into force: the outlay of each component becomes available for awards.
pub fn authorise_outlay(scheme_code: &str, reference: &str, parts: &[(Component, Paise)]) -> Journal {
    let movement = |(component, amount): &(Component, Paise)| Movement {
        from: scheme_account(scheme_code, *component, Stage::Authorised),
        to: scheme_account(scheme_code, *component, Stage::Available),
        amount: *amount,
    };
    Journal {
        kind: JournalKind::OutlayAuthorised,
        reference: reference.to_owned(),
        movements: parts.iter().map(movement).collect(),
    }
}

/// An award commits the amounts of its ceilings.
pub fn commit_award(scheme_code: &str, award: &AccountAward, ceilings: &[(Component, Paise)]) -> Journal {
    let movement = |(component, amount): &(Component, Paise)| {
        let purse = Purse { scheme_code: scheme_code.to_owned(), component: *component, award: award.clone() };
        Movement {
            from: scheme_account(scheme_code, *component, Stage::Available),
            to: purse.outlay(Stage::Committed),
            amount: *amount,
        }
    };
    Journal {
        kind: JournalKind::AwardCommitted,
        reference: award.number.clone(),
        movements: ceilings.iter().filter(|(_, amount)| *amount > Paise::ZERO).map(movement).collect(),
    }
}

/// An award ends: what nothing has used of its ceilings is free for other awards.
pub fn end_award(scheme_code: &str, award: &AccountAward, unused: &[(Component, Paise)]) -> Journal {
    let movement = |movement: Movement| Movement { from: movement.to, to: movement.from, amount: movement.amount };
    let Journal { reference, movements, .. } = commit_award(scheme_code, award, unused);
    Journal { kind: JournalKind::AwardEnded, reference, movements: movements.into_iter().map(movement).collect() }
}

/// A verified claim reserves its amount in the award and in the current year.
pub fn reserve(purse: &Purse, year: FinancialYear, amount: Paise, tranche: &str) -> Journal {
    Journal {
        kind: JournalKind::ClaimReserved,
        reference: tranche.to_owned(),
        movements: vec![
            purse.within_award(Stage::Committed, Stage::Reserved, amount),
            purse.within_year(year, Stage::Available, Stage::Reserved, amount),
        ],
    }
}

/// The journal of a verified claim for which the year has no money at all: only what is withheld moves.
pub fn withhold_alone(claim: &str) -> Journal {
    Journal { kind: JournalKind::ClaimReserved, reference: claim.to_owned(), movements: Vec::new() }
}

/// Withholds a part of an entitlement until the final certificate.
pub fn withhold(purse: &Purse, amount: Paise) -> Option<Movement> {
    (amount > Paise::ZERO).then(|| purse.within_award(Stage::Committed, Stage::Withheld, amount))
}

/// Returns the withheld amount to the award's committed money.
pub fn end_withholding(purse: &Purse, amount: Paise) -> Option<Movement> {
    (amount > Paise::ZERO).then(|| purse.within_award(Stage::Withheld, Stage::Committed, amount))
}

/// The journal of an accepted final certificate: it ends the withholding, returns the money of
/// withdrawn tranches, and reserves the balance in the current year.
pub fn certify(
    purse: &Purse,
    withheld: Paise,
    withdrawn: Vec<Journal>,
    balance: Option<(FinancialYear, Paise)>,
    certificate: &str,
) -> Journal {
    let mut movements: Vec<Movement> = end_withholding(purse, withheld).into_iter().collect();
    movements.extend(withdrawn.into_iter().flat_map(|journal| journal.movements));
    if let Some((year, amount)) = balance {
        movements.extend(reserve(purse, year, amount, certificate).movements);
    }
    Journal { kind: JournalKind::ClaimCertified, reference: certificate.to_owned(), movements }
}

/// A rejected tranche returns its reservation.
pub fn return_reservation(purse: &Purse, year: FinancialYear, amount: Paise, tranche: &str) -> Journal {
    Journal {
        kind: JournalKind::ReservationReturned,
        reference: tranche.to_owned(),
        movements: vec![
            purse.within_award(Stage::Reserved, Stage::Committed, amount),
            purse.within_year(year, Stage::Reserved, Stage::Available, amount),
        ],
    }
}

/// A sanction turns the reservation into an obligation of the year in which it is signed.
pub fn sanction(
    purse: &Purse,
    reserved_in: FinancialYear,
    year: FinancialYear,
    amount: Paise,
    tranche: &str,
) -> Journal {
    let mut movements = vec![purse.within_award(Stage::Reserved, Stage::Sanctioned, amount)];
    movements.extend(purse.across_years(reserved_in, year, Stage::Reserved, Stage::Sanctioned, amount));
    Journal { kind: JournalKind::TrancheSanctioned, reference: tranche.to_owned(), movements }
}

/// A sanction that was not paid in time lapses: the amount returns to the award and the year.
pub fn lapse_sanction(purse: &Purse, sanctioned_in: FinancialYear, amount: Paise, tranche: &str) -> Journal {
    Journal {
        kind: JournalKind::SanctionLapsed,
        reference: tranche.to_owned(),
        movements: vec![
            purse.within_award(Stage::Sanctioned, Stage::Committed, amount),
            purse.within_year(sanctioned_in, Stage::Sanctioned, Stage::Available, amount),
        ],
    }
}

/// A sanction is reversed because its tranche went back to an earlier desk: the obligation is a reservation again,
/// in the year of the sanction.
pub fn reverse_sanction(purse: &Purse, sanctioned_in: FinancialYear, amount: Paise, tranche: &str) -> Journal {
    Journal {
        kind: JournalKind::SanctionReversed,
        reference: tranche.to_owned(),
        movements: vec![
            purse.within_award(Stage::Sanctioned, Stage::Reserved, amount),
            purse.within_year(sanctioned_in, Stage::Sanctioned, Stage::Reserved, amount),
        ],
    }
}

/// The money that a claim holds: reserved in a year, and withheld until its final certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimHold {
    pub year: FinancialYear,
    pub reserved: Paise,
    pub withheld: Paise,
}

/// A claim that was verified again holds another amount: the reservation adapts exactly. What becomes free moves
/// first, so that it can be taken again. The journal has no movement when nothing changes.
pub fn adapt_reservation(purse: &Purse, old: ClaimHold, new: ClaimHold, tranche: &str) -> Journal {
    let between = |from: Stage, to: Stage, before: Paise, after: Paise| {
        let freed = before.minus_floored(after);
        (freed > Paise::ZERO).then(|| purse.within_award(from, to, freed))
    };
    let mut movements = Vec::new();
    movements.extend(between(Stage::Reserved, Stage::Committed, old.reserved, new.reserved));
    movements.extend(between(Stage::Withheld, Stage::Committed, old.withheld, new.withheld));
    movements.extend(between(Stage::Committed, Stage::Reserved, new.reserved, old.reserved));
    movements.extend(between(Stage::Committed, Stage::Withheld, new.withheld, old.withheld));
    let in_year = |year: FinancialYear, from: Stage, to: Stage, amount: Paise| {
        (amount > Paise::ZERO).then(|| purse.within_year(year, from, to, amount))
    };
    let (freed, taken) = if old.year == new.year {
        (old.reserved.minus_floored(new.reserved), new.reserved.minus_floored(old.reserved))
    } else {
        (old.reserved, new.reserved)
    };
    movements.extend(in_year(old.year, Stage::Reserved, Stage::Available, freed));
    movements.extend(in_year(new.year, Stage::Available, Stage::Reserved, taken));
    Journal { kind: JournalKind::ReservationAdapted, reference: tranche.to_owned(), movements }
}

/// Money that is sanctioned in one year is held in the year in which it will be paid: that year must have room, and the
/// earlier one gets its room back. No movements within one year.
pub fn hold_in_year(purse: &Purse, old: FinancialYear, new: FinancialYear, amount: Paise) -> Vec<Movement> {
    if old == new {
        return Vec::new();
    }
    purse.across_years(old, new, Stage::Sanctioned, Stage::Sanctioned, amount)
}

/// A payment that reached the beneficiary is spent in the year in which the bank paid it.
pub fn disburse(
    purse: &Purse,
    sanctioned_in: FinancialYear,
    paid_in: FinancialYear,
    amount: Paise,
    payment: &str,
) -> Journal {
    let mut movements = vec![purse.within_award(Stage::Sanctioned, Stage::Disbursed, amount)];
    movements.extend(purse.across_years(sanctioned_in, paid_in, Stage::Sanctioned, Stage::Disbursed, amount));
    Journal { kind: JournalKind::PaymentDisbursed, reference: payment.to_owned(), movements }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::budget::budget_instrument::InstrumentKind;
    use crate::budget::ledger::tests::award;
    use crate::budget::posting_budget::Year;
    use crate::recovery::posting_recovery::take_back;
    use crate::recovery::taken_back::TakenBack;
    use std::collections::BTreeMap;

    fn purse() -> Purse {
        Purse { scheme_code: "s".into(), component: Component::CapitalSubsidy, award: award() }
    }

    pub fn provided(year: FinancialYear, amount: i64) -> Journal {
        let budget = Year { scheme_code: "s", component: Component::CapitalSubsidy, year };
        budget.provide(InstrumentKind::Provision, Paise(amount), "be")
    }

    /// Balances after the journals, or the code of the account that would go below zero.
    pub fn balances(journals: &[Journal]) -> Result<BTreeMap<String, i64>, String> {
        let mut held: BTreeMap<String, i64> = BTreeMap::new();
        for movement in journals.iter().flat_map(|journal| &journal.movements) {
            for (account, debit) in [(&movement.from, -movement.amount.0), (&movement.to, movement.amount.0)] {
                let change = if account.grows_on_debit() { debit } else { -debit };
                let balance = held.entry(account.code()).or_default();
                *balance += change;
                if *balance < 0 {
                    return Err(account.code());
                }
            }
        }
        Ok(held)
    }

    #[test]
    fn a_reservation_adapts_exactly() {
        let (first, second): (FinancialYear, FinancialYear) = ("2026-27".parse().unwrap(), "2027-28".parse().unwrap());
        let hold = |year, reserved, withheld| ClaimHold { year, reserved: Paise(reserved), withheld: Paise(withheld) };
        let begin = vec![
            authorise_outlay("s", "r", &[(Component::CapitalSubsidy, Paise(1000))]),
            commit_award("s", &award(), &[(Component::CapitalSubsidy, Paise(800))]),
            provided(first, 600),
            provided(second, 600),
            reserve(&purse(), first, Paise(500), "t"),
        ];
        let ends = [
            hold(first, 500, 0),
            hold(first, 200, 0),
            hold(first, 600, 0),
            hold(first, 300, 300),
            hold(second, 500, 0),
            hold(second, 100, 700),
        ];
        for end in ends {
            let mut story = begin.clone();
            let adapted = adapt_reservation(&purse(), hold(first, 500, 0), end, "t");
            assert_eq!(adapted.movements.is_empty(), end == hold(first, 500, 0));
            story.push(adapted);
            let held = balances(&story).unwrap();
            let at = |code: &str| held.get(code).copied().unwrap_or(0);
            let of_award = |stage: &str| at(&format!("outlay:s:capital_subsidy:NDFEB/2026-27/AWD/0001:{stage}"));
            assert_eq!(of_award("reserved"), end.reserved.0);
            assert_eq!(of_award("withheld"), end.withheld.0);
            assert_eq!(of_award("committed"), 800 - end.reserved.0 - end.withheld.0);
            for year in [first, second] {
                let reserved = if year == end.year { end.reserved.0 } else { 0 };
                assert_eq!(at(&format!("appropriation:s:capital_subsidy:{year}:reserved")), reserved);
                assert_eq!(at(&format!("appropriation:s:capital_subsidy:{year}:available")), 600 - reserved);
            }
        }
        let mut story = begin;
        story.push(sanction(&purse(), first, second, Paise(500), "t"));
        story.push(reverse_sanction(&purse(), second, Paise(500), "t"));
        let held = balances(&story).unwrap();
        assert_eq!(held["appropriation:s:capital_subsidy:2027-28:reserved"], 500);
        assert_eq!(held["outlay:s:capital_subsidy:NDFEB/2026-27/AWD/0001:reserved"], 500);
    }

    #[test]
    fn a_rupee_walks_through_both_ledgers_and_across_the_year_end() {
        let (first, second): (FinancialYear, FinancialYear) = ("2026-27".parse().unwrap(), "2027-28".parse().unwrap());
        let amount = Paise(500);
        let mut story = vec![
            authorise_outlay("s", "r", &[(Component::CapitalSubsidy, Paise(1000))]),
            commit_award("s", &award(), &[(Component::CapitalSubsidy, Paise(800))]),
            provided(first, 600),
            reserve(&purse(), first, amount, "t"),
        ];
        let crossing = sanction(&purse(), first, second, amount, "t");
        story.push(crossing.clone());
        assert_eq!(balances(&story), Err("appropriation:s:capital_subsidy:2027-28:available".into()));
        story.pop();
        story.push(provided(second, 500));
        story.push(crossing);
        story.push(disburse(&purse(), second, second, amount, "p"));
        let held = balances(&story).unwrap();
        assert_eq!(held["appropriation:s:capital_subsidy:2026-27:available"], 600);
        assert_eq!(held["appropriation:s:capital_subsidy:2027-28:disbursed"], 500);
        assert_eq!(held["outlay:s:capital_subsidy:NDFEB/2026-27/AWD/0001:disbursed"], 500);
        assert_eq!(held["outlay:s:capital_subsidy:NDFEB/2026-27/AWD/0001:committed"], 300);
        let back = TakenBack { gross_paise: amount, ..TakenBack::default() };
        let (kind, movements) = (JournalKind::DisbursementReversed, take_back(&purse(), second, &back));
        story.push(Journal { kind, reference: "p".into(), movements });
        assert_eq!(balances(&story).unwrap()["outlay:s:capital_subsidy:NDFEB/2026-27/AWD/0001:sanctioned"], 500);
    }
}
