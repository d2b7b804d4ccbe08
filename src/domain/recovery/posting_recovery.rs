//! The posting rules of recoveries. The recovery ledger shows what payees owe; principal that was
//! paid back also moves from the award's `disbursed` to the component's `recovered`, and enters the
//! year of its receipt as `recovered`, from which only a re-appropriation can make it available.

use crate::base::calendar::FinancialYear;
use crate::base::money::Paise;
use crate::budget::ledger::{Account, Journal, JournalKind, Ledger, Movement, Stage};
use crate::budget::posting::{Purse, scheme_account};
use crate::recovery::interest::Parts;
use crate::recovery::taken_back::TakenBack;
use std::collections::BTreeMap;

/// The account of this stage in the recovery ledger.
pub(crate) fn owed(purse: &Purse, stage: Stage) -> Account {
    Account { ledger: Ledger::Recovery, ..purse.outlay(stage) }
}

/// Movements of the recovery ledger; amounts of zero give none.
fn moved(purse: &Purse, steps: &[(Stage, Stage, Paise)]) -> Vec<Movement> {
    let some = steps.iter().filter(|(.., amount)| *amount > Paise::ZERO);
    some.map(|(from, to, amount)| Movement { from: owed(purse, *from), to: owed(purse, *to), amount: *amount })
        .collect()
}

/// Posts the interest accrued up to the day of an act.
pub fn accrual(purse: &Purse, interest: Paise) -> Vec<Movement> {
    moved(purse, &[(Stage::Demanded, Stage::InterestDue, interest)])
}

/// Posts a demand: principal or damages become due.
pub fn demand(purse: &Purse, parts: &Parts, recovery: &str) -> Journal {
    let movements = moved(
        purse,
        &[
            (Stage::Demanded, Stage::PrincipalDue, parts.principal_paise),
            (Stage::Demanded, Stage::DamagesDue, parts.damages_paise),
        ],
    );
    Journal { kind: JournalKind::RecoveryDemanded, reference: recovery.to_owned(), movements }
}

/// Posts money that was paid back in a year, in cash or by set-off against a payment.
pub fn credit(purse: &Purse, year: FinancialYear, parts: &Parts) -> Vec<Movement> {
    let mut movements = moved(
        purse,
        &[
            (Stage::PrincipalDue, Stage::PrincipalRecovered, parts.principal_paise),
            (Stage::InterestDue, Stage::InterestRecovered, parts.interest_paise),
            (Stage::DamagesDue, Stage::DamagesRecovered, parts.damages_paise),
        ],
    );
    if parts.principal_paise > Paise::ZERO {
        let back = scheme_account(&purse.scheme_code, purse.component, Stage::Recovered);
        let amount = parts.principal_paise;
        movements.push(Movement { from: purse.outlay(Stage::Disbursed), to: back, amount });
        movements.push(purse.within_year(year, Stage::Receipts, Stage::Recovered, amount));
    }
    movements
}

/// Reverses a set-off because the bank returned the payment from which it was deducted: the amount
/// is owed again, with the interest it would have borne.
pub fn undo_credit(purse: &Purse, year: FinancialYear, parts: &Parts, missed_interest: Paise) -> Vec<Movement> {
    let reversed = credit(purse, year, parts).into_iter().map(|movement| Movement {
        from: movement.to,
        to: movement.from,
        amount: movement.amount,
    });
    reversed.chain(accrual(purse, missed_interest)).collect()
}

/// Where money may be that was recovered by a set-off, with what is on these accounts now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rooms(BTreeMap<String, Paise>);

impl Rooms {
    /// The accounts on which the principal of a set-off may be, the first one first: in the outlay and in a year.
    /// It was recovered; then it may have been freed. The award itself comes last.
    pub fn accounts(purse: &Purse, year: FinancialYear) -> [Vec<Account>; 2] {
        let component = |stage| scheme_account(&purse.scheme_code, purse.component, stage);
        let outlay = vec![component(Stage::Recovered), component(Stage::Available), purse.outlay(Stage::Committed)];
        let of_year = [Stage::Recovered, Stage::Available].map(|stage| purse.year(year, stage));
        [outlay, of_year.to_vec()]
    }

    pub fn put(&mut self, account: &Account, balance: Paise) {
        self.0.insert(account.code(), balance);
    }

    /// Takes an amount from these accounts in their order. The rest that is on none of them is the second value.
    fn take(&mut self, from: Vec<Account>, to: &Account, amount: Paise) -> (Vec<Movement>, Paise) {
        let (mut movements, mut rest) = (Vec::new(), amount);
        for account in from {
            let Some(left) = self.0.get_mut(&account.code()) else { continue };
            let part = rest.min(*left);
            if part > Paise::ZERO {
                *left = left.minus_floored(part);
                rest = rest.minus_floored(part);
                movements.push(Movement { from: account, to: to.clone(), amount: part });
            }
        }
        (movements, rest)
    }
}

/// Reverses a set-off because the bank returned the payment from which it was deducted. What the bank says is
/// recorded whatever became of the recovered money: if it was freed, it is taken from where it went. What lapsed
/// with its year stays lapsed, as the instruments say, and the receipts of that year stay as they are.
pub fn undo_set_off(
    purse: &Purse,
    year: FinancialYear,
    parts: &Parts,
    missed_interest: Paise,
    rooms: &mut Rooms,
) -> Vec<Movement> {
    let mut movements = moved(
        purse,
        &[
            (Stage::PrincipalRecovered, Stage::PrincipalDue, parts.principal_paise),
            (Stage::InterestRecovered, Stage::InterestDue, parts.interest_paise),
            (Stage::DamagesRecovered, Stage::DamagesDue, parts.damages_paise),
        ],
    );
    let [outlay, of_year] = Rooms::accounts(purse, year);
    let recovered = outlay.first().cloned();
    let (taken, rest) = rooms.take(outlay, &purse.outlay(Stage::Disbursed), parts.principal_paise);
    movements.extend(taken);
    // With nothing on any of them, the refusal names the account on which it was.
    let missing = recovered.filter(|_| rest > Paise::ZERO);
    let disbursed = || purse.outlay(Stage::Disbursed);
    movements.extend(missing.map(|from| Movement { from, to: disbursed(), amount: rest }));
    let (taken, _) = rooms.take(of_year, &purse.year(year, Stage::Receipts), parts.principal_paise);
    movements.extend(taken);
    movements.extend(accrual(purse, missed_interest));
    movements
}

/// A later credit that is allocated anew, and the year in which it was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resplit {
    pub year: FinancialYear,
    pub before: Parts,
    pub after: Parts,
}

/// Posts a receipt: the interest up to its day, the credit, and the changes to credits of later
/// days. `interest` is the interest posted with the later credits before, and the interest with
/// them and this receipt now.
pub fn receive(
    purse: &Purse,
    year: FinancialYear,
    interest: (Paise, Paise),
    parts: &Parts,
    later: &[Resplit],
    recovery: &str,
) -> Journal {
    let change = |from: &Parts, to: &Parts| Parts {
        principal_paise: to.principal_paise.minus_floored(from.principal_paise),
        interest_paise: to.interest_paise.minus_floored(from.interest_paise),
        damages_paise: to.damages_paise.minus_floored(from.damages_paise),
    };
    // Reversals come first, so that no account falls below zero on the way.
    let mut movements: Vec<Movement> = later
        .iter()
        .flat_map(|one| undo_credit(purse, one.year, &change(&one.after, &one.before), Paise::ZERO))
        .collect();
    movements.extend(accrual(purse, interest.1.minus_floored(interest.0)));
    let too_much = interest.0.minus_floored(interest.1);
    movements.extend(moved(purse, &[(Stage::InterestDue, Stage::Demanded, too_much)]));
    movements.extend(later.iter().flat_map(|one| credit(purse, one.year, &change(&one.before, &one.after))));
    movements.extend(credit(purse, year, parts));
    Journal { kind: JournalKind::RecoveryReceived, reference: recovery.to_owned(), movements }
}

/// Posts a bank return of a payment that was under recovery. Credits to its recoveries are posted
/// separately; the rest is owed to the payee again, in the year in which it had been paid.
pub fn take_back(purse: &Purse, paid_in: FinancialYear, all: &TakenBack) -> Vec<Movement> {
    let (owed_again, own) = (all.owed_again(), all.own());
    let movements = [
        purse.within_award(Stage::Disbursed, Stage::Sanctioned, owed_again.minus_floored(own)),
        // The amount that the payee had paid back left `disbursed` at that time; it is `recovered`
        // now and perhaps spent again.
        purse.within_award(Stage::Receipts, Stage::Sanctioned, own),
        purse.within_year(paid_in, Stage::Disbursed, Stage::Sanctioned, owed_again),
    ];
    movements.into_iter().filter(|movement| movement.amount > Paise::ZERO).collect()
}

/// Posts a write-off or waiver by the competent authority; the payment remains spent.
pub fn relieve(purse: &Purse, kind: JournalKind, interest: Paise, parts: &Parts, recovery: &str) -> Journal {
    let to = match kind {
        JournalKind::RecoveryWaived => Stage::Waived,
        _ => Stage::WrittenOff,
    };
    let mut movements = accrual(purse, interest);
    movements.extend(moved(
        purse,
        &[
            (Stage::PrincipalDue, to, parts.principal_paise),
            (Stage::InterestDue, to, parts.interest_paise),
            (Stage::DamagesDue, to, parts.damages_paise),
        ],
    ));
    Journal { kind, reference: recovery.to_owned(), movements }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::ledger::tests::award;
    use crate::scheme::scheme::Component;

    fn purse() -> Purse {
        Purse { scheme_code: "s".into(), component: Component::CapitalSubsidy, award: award() }
    }

    fn told(movements: &[Movement]) -> Vec<String> {
        let short = |account: &Account| format!("{}:{}", account.ledger, account.stage);
        movements.iter().map(|m| format!("{} > {} {}", short(&m.from), short(&m.to), m.amount.0)).collect()
    }

    #[test]
    fn principal_returns_to_both_ledgers_and_interest_only_to_the_third() {
        let year = "2026-27".parse().unwrap();
        let parts = Parts { principal_paise: Paise(7), interest_paise: Paise(2), damages_paise: Paise::ZERO };
        let journal = receive(&purse(), year, (Paise::ZERO, Paise(3)), &parts, &[], "r");
        let expected = [
            "recovery:demanded > recovery:interest_due 3",
            "recovery:principal_due > recovery:principal_recovered 7",
            "recovery:interest_due > recovery:interest_recovered 2",
            "outlay:disbursed > outlay:recovered 7",
            "appropriation:receipts > appropriation:recovered 7",
        ];
        assert_eq!(told(&journal.movements), expected);
        assert_eq!(journal.movements[3].to.code(), "outlay:s:capital_subsidy:recovered");
        let undone = undo_credit(&purse(), year, &parts, Paise(1));
        assert_eq!(undone.len(), 5);
        for (movement, original) in undone.iter().zip(&journal.movements[1..]) {
            assert_eq!((&movement.from, &movement.to), (&original.to, &original.from));
        }
        let every_ledger_balances =
            journal.movements.iter().chain(&undone).all(|movement| movement.from.ledger == movement.to.ledger);
        assert!(every_ledger_balances);
    }

    #[test]
    fn money_found_late_turns_interest_of_later_credits_into_principal() {
        let year = "2026-27".parse().unwrap();
        let split = |principal, interest| Parts {
            principal_paise: Paise(principal),
            interest_paise: Paise(interest),
            ..Parts::default()
        };
        let later = Resplit { year, before: split(5, 4), after: split(7, 2) };
        let journal = receive(&purse(), year, (Paise(6), Paise(5)), &split(10, 1), &[later], "r");
        let expected = [
            "recovery:interest_recovered > recovery:interest_due 2",
            "recovery:interest_due > recovery:demanded 1",
            "recovery:principal_due > recovery:principal_recovered 2",
            "outlay:disbursed > outlay:recovered 2",
            "appropriation:receipts > appropriation:recovered 2",
            "recovery:principal_due > recovery:principal_recovered 10",
            "recovery:interest_due > recovery:interest_recovered 1",
            "outlay:disbursed > outlay:recovered 10",
            "appropriation:receipts > appropriation:recovered 10",
        ];
        assert_eq!(told(&journal.movements), expected);
    }

    #[test]
    fn what_the_bank_took_back_is_owed_again_without_what_it_settled() {
        let year = "2026-27".parse().unwrap();
        let all = TakenBack { gross_paise: Paise(16), kept_paise: Paise(6), came_back_paise: Paise(4) };
        let expected = [
            "outlay:disbursed > outlay:sanctioned 6",
            "outlay:receipts > outlay:sanctioned 4",
            "appropriation:disbursed > appropriation:sanctioned 10",
        ];
        assert_eq!(told(&take_back(&purse(), year, &all)), expected);
        let nothing_left = TakenBack { kept_paise: Paise(16), ..all };
        assert!(take_back(&purse(), year, &nothing_left).is_empty());
    }

    #[test]
    fn what_is_given_up_stays_spent() {
        let parts = Parts { principal_paise: Paise(7), interest_paise: Paise(2), damages_paise: Paise(1) };
        let written_off = relieve(&purse(), JournalKind::RecoveryWrittenOff, Paise::ZERO, &parts, "r");
        assert!(
            written_off.movements.iter().all(|m| m.to.stage == Stage::WrittenOff && m.to.ledger == Ledger::Recovery)
        );
        let damages = Parts { damages_paise: Paise(1), ..Parts::default() };
        let waived = relieve(&purse(), JournalKind::RecoveryWaived, Paise::ZERO, &damages, "r");
        assert_eq!(told(&waived.movements), ["recovery:damages_due > recovery:waived 1"]);
    }
}
